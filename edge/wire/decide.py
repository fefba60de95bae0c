"""What a plan means at a door: may this credential come in now? Pure; the one place that answers it."""

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from edge.wire.credentials import TIME_INDEPENDENT, TYPED_KINDS, CredentialKind, Presented, code_key
from edge.wire.interval import Interval
from edge.wire.overrides import in_force
from edge.wire.plan import DoorPlan, DoorSpan, Grant, OverrideKind, Plan

_ALWAYS = Interval(start=datetime(1, 1, 2, tzinfo=UTC), end=datetime(9999, 12, 30, tzinfo=UTC))


class ClockTrust(StrEnum):
    """How far an edge believes its clock: ``holdover`` after losing its source, ``unproven`` after a power
    cut without one."""

    SYNCED = "synced"
    HOLDOVER = "holdover"
    UNPROVEN = "unproven"


class Reason(StrEnum):
    """Why a decision came out as it did; the words for people are in ``REASON_TEXT``."""

    GRANTED = "granted"
    FREE = "free"
    NO_PLAN = "no_plan"
    NO_DOOR = "no_door"
    UNKNOWN = "unknown"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    NOT_NOW = "not_now"
    CLOCK = "clock"
    HORIZON = "horizon"
    LOCK_DOWN = "lock_down"
    OUT_OF_SERVICE = "out_of_service"


REASON_TEXT: dict[Reason, str] = {
    Reason.GRANTED: "valid here and now",
    Reason.FREE: "the door is free to anybody now",
    Reason.NO_PLAN: "the door has no plan yet",
    Reason.NO_DOOR: "the plan does not know this door",
    Reason.UNKNOWN: "no such code at this door",
    Reason.TOO_EARLY: "the code is not valid yet",
    Reason.TOO_LATE: "the code is no longer valid",
    Reason.NOT_NOW: "this kind of credential is not accepted here now",
    Reason.CLOCK: "the door does not know the time, so no timed code can open it",
    Reason.HORIZON: "the plan has run out, so only staff and key holders enter",
    Reason.LOCK_DOWN: "the door is locked down",
    Reason.OUT_OF_SERVICE: "the door is out of service",
}


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Whether to open, and for how many seconds. ``kind`` and ``booking`` name the grant that was found,
    also where it was refused."""

    granted: bool
    reason: Reason
    hold_s: float = 0.0
    kind: CredentialKind | None = None
    booking: str | None = None


def decide(
    plan: Plan | None, *, door: str, secret: bytes, credential: Presented, now: datetime, trust: ClockTrust
) -> Decision:
    """Whether ``credential`` opens ``door`` (whose secret is ``secret``) at ``now``.

    A window is half-open. A door that is free admits anybody, so that a code typed there is granted too.
    """
    if plan is None:
        return Decision(granted=False, reason=Reason.NO_PLAN)
    here = plan.doors.get(door)
    if here is None:
        return Decision(granted=False, reason=Reason.NO_DOOR)
    found = _find(here, secret, credential)
    blocked = _override(here, now)
    if blocked is OverrideKind.OUT_OF_SERVICE:
        return _refuse(Reason.OUT_OF_SERVICE, found)
    unproven = trust is ClockTrust.UNPROVEN
    valid = [grant for grant in found if any(now in window for window in grant.windows)]
    timeless = [grant for grant in (found if unproven else valid) if grant.kind in TIME_INDEPENDENT]
    if blocked is OverrideKind.LOCK_DOWN and not unproven:
        # A lock-down keeps the public out; staff and key holders must still reach who is inside.
        return _grant(timeless[0], here) if timeless else _refuse(Reason.LOCK_DOWN, found)
    if unproven or now >= plan.manifest.horizon:
        if timeless:
            return _grant(timeless[0], here)
        return _refuse(Reason.CLOCK if unproven else Reason.HORIZON, found)
    span = span_at(here, now)
    accepted = next((grant for grant in valid if span.free or grant.kind in span.accepts), None)
    if accepted is not None:
        return _grant(accepted, here)
    if is_free(plan, door, now, trust):
        return Decision(granted=True, reason=Reason.FREE, hold_s=here.hours.hold_s)
    if valid:
        return _refuse(Reason.NOT_NOW, valid)
    if not found:
        return _refuse(Reason.UNKNOWN, found)
    early = any(now < window.start for grant in found for window in grant.windows)
    return _refuse(Reason.TOO_EARLY if early else Reason.TOO_LATE, found)


def is_free(plan: Plan | None, door: str, now: datetime, trust: ClockTrust) -> bool:
    """Whether ``door`` stands unlocked for anybody at ``now``. Never with the clock unproven or the plan run out."""
    if plan is None or trust is ClockTrust.UNPROVEN or now >= plan.manifest.horizon:
        return False
    here = plan.doors.get(door)
    if here is None:
        return False
    blocked = _override(here, now)
    if blocked is not None:
        return blocked is OverrideKind.HOLD_OPEN
    return span_at(here, now).free


def next_change(plan: Plan | None, door: str, now: datetime) -> datetime | None:
    """The next instant after ``now`` at which ``is_free`` may change by the plan itself, or ``None``."""
    if plan is None or door not in plan.doors:
        return None
    here = plan.doors[door]
    edges = [plan.manifest.horizon]
    edges += [edge for span in here.hours.spans for edge in (span.during.start, span.during.end)]
    edges += [edge for override in here.overrides for edge in (override.during.start, override.during.end)]
    return min((edge for edge in edges if edge > now), default=None)


def span_at(here: DoorPlan, now: datetime) -> DoorSpan:
    """The door's span at ``now``; where the plan names none the door is locked to everybody but staff and
    key holders."""
    for span in here.hours.spans:
        if now in span.during:
            return span
    return DoorSpan(during=_ALWAYS, accepts=tuple(sorted(TIME_INDEPENDENT)))


def _find(here: DoorPlan, secret: bytes, credential: Presented) -> list[Grant]:
    return [
        grant
        for kind in TYPED_KINDS
        for grant in here.grants.get(code_key(secret, kind, credential.digits), ())
        if grant.kind is kind
    ]


def _override(here: DoorPlan, now: datetime) -> OverrideKind | None:
    found = in_force(here.overrides, now)
    return found.kind if found is not None else None


def _grant(grant: Grant, here: DoorPlan) -> Decision:
    return Decision(
        granted=True,
        reason=Reason.GRANTED,
        hold_s=grant.hold_s if grant.hold_s is not None else here.hours.hold_s,
        kind=grant.kind,
        booking=grant.booking,
    )


def _refuse(reason: Reason, found: list[Grant]) -> Decision:
    first = found[0] if found else None
    return Decision(
        granted=False,
        reason=reason,
        kind=first.kind if first else None,
        booking=first.booking if first else None,
    )
