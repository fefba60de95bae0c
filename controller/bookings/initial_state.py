"""What a verdict makes of a booking: confirmed at once, held, or only asked for. Pure."""

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from controller.diary import limits
from controller.diary.model import Booking, BookingState
from controller.diary.policy import Policy
from controller.rules.model import ReasonKind, Verdict
from controller.text import times
from edge.wire.interval import Interval


class InitialState(msgspec.Struct, frozen=True, kw_only=True):
    """``why``: what it waits for approval for; empty where it does not."""

    state: BookingState
    held_until: datetime | None = None
    why: str = ""


def outcome(verdict: Verdict, policy: Policy, during: Interval, *, now: datetime) -> InitialState:
    """The state of a possible request."""
    if not verdict.needs_approval:
        return InitialState(state=BookingState.CONFIRMED)
    return InitialState(
        state=waiting_state(policy), held_until=held_until(policy, during, now=now), why=_approval(verdict)
    )


def requested_state(verdict: Verdict) -> InitialState:
    """The state of a request that holds no time, whatever it conflicts with. The recorded reason names nobody else's
    booking, since the party may read it."""
    met = dict.fromkeys(_MET[each.why] for each in verdict.refusals if each.why in _MET)
    why = f"requested although {times.listed(list(met))}" if met else _approval(verdict)
    return InitialState(state=BookingState.REQUESTED, why=why)


_MET = {
    ReasonKind.CLASH: "the time is taken",
    ReasonKind.BUFFER: "too little time is left to clear down and set up",
    ReasonKind.CHANGEOVER: "too little time is left to change over",
    ReasonKind.EQUIPMENT: "too little equipment is left",
    ReasonKind.SEATS: "too few places are left",
}


def _approval(verdict: Verdict) -> str:
    return "; ".join(each.text for each in verdict.reasons if each.why is ReasonKind.APPROVAL)


def waiting_state(policy: Policy) -> BookingState:
    """The state of a booking that waits for approval."""
    return BookingState.HELD if policy.requests_hold else BookingState.REQUESTED


def held_until(policy: Policy, during: Interval, *, now: datetime) -> datetime | None:
    """Until when a request that is made now holds its time: to its start at most, or to its end once it has begun.
    ``None`` where requests hold nothing."""
    if not policy.requests_hold:
        return None
    last = limits.last_moment(during, now=now)
    return last if policy.hold_hours is None else min(last, now + timedelta(hours=policy.hold_hours))


def put(new: Booking, becomes: InitialState, now: datetime) -> Booking:
    """The booking in the state that the rules give it; a hold that runs keeps its end."""
    if becomes.state is new.state and not new.expired(now):
        return new
    return replace(new, state=becomes.state, state_at=now, state_before=None, held_until=becomes.held_until)
