"""The lifecycle of a booking: the effect of each action, and when it is allowed. Pure.

Every function returns the changed booking, the same object if the action was already done, and raises ``NotNow`` if
it is not possible.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from controller.bookings.diary.model import Arrival, Booking, BookingState, BookingStatus, last_moment
from controller.bookings.diary.policy import Policy
from controller.bookings.errors import NotNow
from controller.bookings.rules.model import ReasonKind, Verdict
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.platform.text import times
from edge.wire.interval import Interval

_MINUTE = timedelta(minutes=1)
_OPEN = (BookingState.REQUESTED, BookingState.HELD)
_AGAIN = (BookingState.CANCELLED, BookingState.DECLINED, BookingState.RELEASED)
"""States that can be restored while the time is free."""
_OFF = {
    BookingStatus.REQUESTED: "not confirmed",
    BookingStatus.HELD: "not confirmed",
    BookingStatus.EXPIRED: "not confirmed",
    BookingStatus.DECLINED: "declined",
    BookingStatus.RELEASED: "released",
    BookingStatus.NO_SHOW: "over",
}
_WORDS = {
    BookingState.REQUESTED: "is requested and not confirmed",
    BookingState.HELD: "is not confirmed yet",
    BookingState.CONFIRMED: "is confirmed",
    BookingState.DECLINED: "was declined",
    BookingState.CANCELLED: "is cancelled",
    BookingState.RELEASED: "was released, since nobody came",
    BookingState.NO_SHOW: "is over, and nobody came",
}


def words_of(status: BookingStatus) -> str:
    """Why a booking has no code, in a word or two; “cancelled” above all."""
    return _OFF.get(status, "cancelled")


def is_active(booking: Booking, now: datetime) -> bool:
    """Whether it is not over, and requested, held or confirmed."""
    return booking.state in (*_OPEN, BookingState.CONFIRMED) and booking.ends > now and not booking.expired(now)


class BookingAction(StrEnum):
    """An action on a booking."""

    CHANGE = "change"
    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    RESTORE = "restore"
    FINISH = "finish"
    CHECK_IN = "check_in"
    ACCEPT_OFFER = "accept_offer"
    DECLINE_OFFER = "decline_offer"


def require_changeable(old: Booking) -> None:
    """Whether its fields may be changed."""
    if old.state in (*_OPEN, BookingState.CONFIRMED):
        return
    hint = "restore it first" if old.state in _AGAIN else "it stays as it is"
    raise NotNow(f"{_named(old)}; {hint}")


def approve(old: Booking, now: datetime) -> Booking:
    if old.state is BookingState.CONFIRMED:
        return old
    if old.state not in _OPEN:
        raise NotNow(f"{_named(old)}; only a request can be approved")
    if old.ends <= now:
        raise NotNow(f"the time of “{old.title}” is over; it can only be declined")
    return replace(old, state=BookingState.CONFIRMED, state_at=now, state_before=old.state)


def decline(old: Booking, now: datetime) -> Booking:
    if old.state is BookingState.DECLINED:
        return old
    if old.state not in _OPEN:
        hint = "cancel it instead" if old.state is BookingState.CONFIRMED else "only a request can be declined"
        raise NotNow(f"{_named(old)}; {hint}")
    return replace(old, state=BookingState.DECLINED, state_at=now, state_before=old.state)


def cancel(old: Booking, now: datetime) -> Booking:
    if old.state is BookingState.CANCELLED:
        return old
    if old.state is BookingState.CONFIRMED and old.ends <= now:
        raise NotNow(f"“{old.title}” is over and cannot be cancelled")
    if old.state not in (*_OPEN, BookingState.CONFIRMED):
        raise NotNow(f"{_named(old)}, so there is nothing to cancel")
    return replace(old, state=BookingState.CANCELLED, state_at=now, state_before=old.state)


def restore(old: Booking, now: datetime) -> Booking:
    """Undo the last cancel, decline, release or no-show, an early finish while its time runs, or an approval that
    was the last action. A hold keeps its old end, even if that has passed."""
    if old.state in _AGAIN:
        if old.ends <= now:
            raise NotNow(f"the time of “{old.title}” is over; make a new booking")
        back = old.state_before or BookingState.CONFIRMED
        # The warning counts from now, so the person who restores it has the warning time before it is released again.
        warned_at = now if old.state is BookingState.RELEASED else old.release_warned_at
        return replace(old, state=back, state_at=now, state_before=None, release_warned_at=warned_at)
    if old.state is BookingState.NO_SHOW:
        return replace(old, state=BookingState.CONFIRMED, state_at=now)
    if old.state is BookingState.CONFIRMED and old.ends_before is not None and old.ends_before > now:
        return replace(old, ends=old.ends_before, ends_before=None)
    if _just_approved(old) and old.starts > now:
        assert old.state_before is not None
        return replace(old, state=old.state_before, state_at=now, state_before=None)
    return old


def finish(old: Booking, now: datetime) -> Booking:
    """End it at the next full minute; the rest of its time is released."""
    if old.state is not BookingState.CONFIRMED:
        raise NotNow(f"{_named(old)}; only a booking that has begun can be finished")
    if old.starts > now:
        raise NotNow(f"“{old.title}” has not begun; cancel it instead")
    whole = now.replace(second=0, microsecond=0)
    ends = max(whole if whole == now else whole + _MINUTE, old.starts + _MINUTE)
    return old if ends >= old.ends else replace(old, ends=ends, ends_before=old.ends_before or old.ends)


def check_in(old: Booking, now: datetime, *, opens_at: datetime) -> Booking:
    """Check in: its people are here, whatever the doors reported. ``opens_at``: from when its code opens;
    before that nobody can be inside."""
    if old.state is not BookingState.CONFIRMED:
        raise NotNow(f"{_named(old)}; only a confirmed booking can be checked in")
    if old.arrived_at is not None and old.arrived_how != Arrival.PRESENCE:
        return old
    if old.ends <= now:
        raise NotNow(f"“{old.title}” is over")
    if now < opens_at:
        raise NotNow(f"“{old.title}” is not yet due; it can be checked in from when its code opens")
    return replace(old, arrived_at=old.arrived_at or now, arrived_how=Arrival.TABLET.value)


def check_out(old: Booking) -> Booking:
    """Undo a mistaken check-in. An arrival at a door stays."""
    if old.arrived_at is not None and old.arrived_how != Arrival.TABLET:
        raise NotNow(f"the people of “{old.title}” came through the door; that is not undone")
    return replace(old, arrived_at=None, arrived_how="")


def takes_more(old: Booking, new: Booking) -> bool:
    """Whether the change has to be judged: it becomes active again, or lasts longer."""
    is_active = new.state in (*_OPEN, BookingState.CONFIRMED)
    return is_active and (old.state in (*_OPEN, *_AGAIN) or new.ends > old.ends)


def asked_again(old: Booking, new: Booking) -> bool:
    """Whether an inactive booking becomes active again: for an actor who cannot decide it is then a request like any
    other."""
    return old.state in _AGAIN and new.state in (*_OPEN, BookingState.CONFIRMED)


def needs(act: BookingAction, old: Booking) -> Action:
    """The permission that this action needs."""
    if act is BookingAction.CHECK_IN:
        return Action.CHECK_IN
    decided = act is BookingAction.RESTORE and (
        old.state in (BookingState.DECLINED, BookingState.NO_SHOW) or _just_approved(old)
    )
    return Action.DECIDE if decided or act in (BookingAction.APPROVE, BookingAction.DECLINE) else Action.BOOK


_ANSWERS = (BookingAction.ACCEPT_OFFER, BookingAction.DECLINE_OFFER)
"""The actions on an offer; no others are possible before it is answered."""


def possible(
    old: Booking, actor: Actor, now: datetime, *, opens_at: datetime, offered: bool = False
) -> tuple[BookingAction, ...]:
    """The actor's possible actions now; the diary may still refuse some. ``offered``: it is on offer to somebody
    who waited for it. ``opens_at``: from when its code opens."""
    thing = Thing(site=old.site, party=old.party)
    acts = _ANSWERS if offered else _BY_STATE[old.state]
    if not offered and old.state is BookingState.CONFIRMED and opens_at <= now:
        acts = (*acts, *_WHEN_OPEN)
    return tuple(
        act
        for act in acts
        if may(actor, needs(act, old), thing) and (offered or _does_something(act, old, now, opens_at=opens_at))
    )


def _does_something(act: BookingAction, old: Booking, now: datetime, *, opens_at: datetime) -> bool:
    if act is BookingAction.CHANGE:
        return True
    try:
        if act is BookingAction.CHECK_IN:
            return check_in(old, now, opens_at=opens_at) is not old
        return EFFECTS[act](old, now) is not old
    except NotNow:
        return False


def _just_approved(old: Booking) -> bool:
    return old.state is BookingState.CONFIRMED and old.state_before in _OPEN and old.changed_at == old.state_at


def _named(old: Booking) -> str:
    return f"“{old.title}” {_WORDS[old.state]}"


_UNDECIDED = (BookingAction.CHANGE, BookingAction.APPROVE, BookingAction.DECLINE, BookingAction.CANCEL)
_BY_STATE = {
    BookingState.REQUESTED: _UNDECIDED,
    BookingState.HELD: _UNDECIDED,
    BookingState.CONFIRMED: (BookingAction.CHANGE, BookingAction.CANCEL, BookingAction.RESTORE),
    **dict.fromkeys((*_AGAIN, BookingState.NO_SHOW), (BookingAction.RESTORE,)),
}
"""The actions that a state allows, before the times are looked at."""
_WHEN_OPEN = (BookingAction.FINISH, BookingAction.CHECK_IN)
"""More actions of a confirmed booking, once its code opens."""
EFFECTS = {
    BookingAction.APPROVE: approve,
    BookingAction.DECLINE: decline,
    BookingAction.CANCEL: cancel,
    BookingAction.RESTORE: restore,
    BookingAction.FINISH: finish,
}
"""The effect of the actions that need nothing but the booking and the time."""


class InitialState(msgspec.Struct, frozen=True, kw_only=True):
    """``why``: why it needs approval; empty if it does not."""

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
    """The end of the hold of a request made now: to its start at most, or to its end once it has begun.
    ``None`` where requests hold nothing."""
    if not policy.requests_hold:
        return None
    last = last_moment(during, now=now)
    return last if policy.hold_hours is None else min(last, now + timedelta(hours=policy.hold_hours))


def put(new: Booking, becomes: InitialState, now: datetime) -> Booking:
    """The booking in the state that the rules give it; a running hold keeps its end."""
    if becomes.state is new.state and not new.expired(now):
        return new
    return replace(new, state=becomes.state, state_at=now, state_before=None, held_until=becomes.held_until)
