"""What a plan means at a door: may this credential come in now? Pure; the one place that answers it.

``docs/who-may-enter.md`` has the rules as tables, which a test holds to what is here.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec

from edge.wire import passes
from edge.wire.credentials import TIME_INDEPENDENT, UNREAD_KEY, CredentialKind, Method, Presented
from edge.wire.envelope import Keyring
from edge.wire.errors import WireError
from edge.wire.interval import Interval
from edge.wire.matching import Match, match
from edge.wire.offline import Lookup, OfflineWindow, nothing
from edge.wire.overrides import in_force
from edge.wire.plan import DoorPlan, DoorSpan, Grant, OverrideKind, Plan

NEAR = timedelta(hours=12)
"""Whoever comes so long before a code begins to work, or after it has ended, is taken to be whose it is. At other times
the door treats it as a code that nobody has, so that guessing finds no codes of other days."""
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
    UNREAD = "unread"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    NOT_NOW = "not_now"
    CLOCK = "clock"
    HORIZON = "horizon"
    LOCK_DOWN = "lock_down"
    OUT_OF_SERVICE = "out_of_service"
    PIN_WANTED = "pin_wanted"
    WRONG_PIN = "wrong_pin"
    PASS_EXPIRED = "pass_expired"  # noqa: S105  # a reason, no secret
    PASS_UNKNOWN = "pass_unknown"  # noqa: S105
    REVOKED = "revoked"
    PASSBACK = "passback"
    LOCKED_OUT = "locked_out"
    ALARM_SET = "alarm_set"
    INTERLOCK = "interlock"


REASON_TEXT: dict[Reason, str] = {
    Reason.GRANTED: "valid here and now",
    Reason.FREE: "the door is free to anybody now",
    Reason.NO_PLAN: "the door has no plan yet",
    Reason.NO_DOOR: "the plan does not know this door",
    Reason.UNKNOWN: "no such code at this door",
    Reason.UNREAD: "a key was pressed that could not be read; it has to be typed again",
    Reason.TOO_EARLY: "the code is not valid yet",
    Reason.TOO_LATE: "the code is no longer valid",
    Reason.NOT_NOW: "this kind of credential is not accepted here now",
    Reason.CLOCK: "the door does not know the time, so no timed code can open it",
    Reason.HORIZON: "the plan has run out, so only staff and key holders enter",
    Reason.LOCK_DOWN: "the door is locked down",
    Reason.OUT_OF_SERVICE: "the door is out of service",
    Reason.PIN_WANTED: "the card opens with its PIN, which has not been typed yet",
    Reason.WRONG_PIN: "the PIN is not this card's",
    Reason.PASS_EXPIRED: "the pass has run out, or the door's clock is off; show a fresh one or type the code",
    Reason.PASS_UNKNOWN: "the pass stands for nothing that opens this door",
    Reason.REVOKED: "the code was withdrawn",
    Reason.PASSBACK: "whoever this is came in before and has not left",
    Reason.LOCKED_OUT: "too many wrong codes were tried here; typed codes wait",
    Reason.ALARM_SET: "the intruder alarm is set, and this does not unset it",
    Reason.INTERLOCK: "the other door of the lobby is open",
}


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Whether to open, and for how many seconds. ``kind``, ``booking``, ``holder``, ``duress`` and ``offline`` are
    those of the grant that was found, also where it was refused; ``method`` is by what it was asked. ``passback``:
    whoever it is has not left since they came in last. ``near``: a grant was found, and it works within ``NEAR`` of now
    (with the clock unproven: at some time)."""

    granted: bool
    reason: Reason
    method: Method
    hold_s: float = 0.0
    kind: CredentialKind | None = None
    booking: str | None = None
    holder: str | None = None
    duress: bool = False
    offline: OfflineWindow | None = None
    passback: bool = False
    near: bool = False


def decide(
    plan: Plan | None,
    *,
    door: str,
    secret: bytes,
    credential: Presented,
    now: datetime,
    trust: ClockTrust,
    keys: Keyring | None = None,
    offline: Lookup = nothing,
    in_touch: bool = False,
) -> Decision:
    """Whether ``credential`` opens ``door`` (whose secret is ``secret``) at ``now``.

    ``keys`` are the controller's, which sign passes; ``offline`` tells what an offline code can mean here.
    ``in_touch``: the controller's word is at hand, so ``plan`` lists every offline code that was issued, and any other
    is one that nobody has. A window is half-open. A door that is free admits anybody, so that a code typed there is
    granted too.
    """
    method = credential.method
    if plan is None:
        return Decision(granted=False, reason=Reason.NO_PLAN, method=method)
    here = plan.doors.get(door)
    if here is None:
        return Decision(granted=False, reason=Reason.NO_DOOR, method=method)
    if UNREAD_KEY in credential.digits:
        return _judge(
            _Case(plan=plan, door=door, here=here, match=Match(), now=now, trust=trust, method=method),
            (),
            Reason.UNREAD,
        )
    owner, unfit = _read_pass(plan, credential, now, trust, keys)
    found = match(here, door=door, secret=secret, shown=credential, owner=owner, offline=offline, in_touch=in_touch)
    case = _Case(plan=plan, door=door, here=here, match=found, now=now, trust=trust, method=method)
    if found.withdrawn:
        unfit = Reason.REVOKED
    judged = _judge(case, found.found, unfit or (Reason.PASS_UNKNOWN if method is Method.QR else Reason.UNKNOWN))
    if judged.granted or not found.wanting:
        return judged
    # The card is known, its PIN is not. Ask for it only where it would open, so that nobody types it in vain.
    would = _judge(case, found.wanting, Reason.UNKNOWN)
    if credential.digits:
        return _refuse(case, Reason.WRONG_PIN, found.wanting)
    return _refuse(case, Reason.PIN_WANTED, found.wanting) if would.granted else would


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    plan: Plan
    door: str
    here: DoorPlan
    match: Match
    now: datetime
    trust: ClockTrust
    method: Method


def _read_pass(
    plan: Plan, credential: Presented, now: datetime, trust: ClockTrust, keys: Keyring | None
) -> tuple[str, Reason | None]:
    """Whose a pass is, or nobody's and why. A pass lives by the clock, so an unproven one reads none."""
    if credential.method is not Method.QR:
        return "", None
    if trust is ClockTrust.UNPROVEN:
        return "", Reason.CLOCK
    try:
        found = passes.read(credential.token, site=plan.manifest.site, keys=keys or Keyring())
    except WireError:
        return "", Reason.PASS_UNKNOWN
    return (found.holder, None) if found.good_at(now) else ("", Reason.PASS_EXPIRED)


def _judge(case: _Case, found: tuple[Grant, ...], unknown: Reason) -> Decision:
    """What ``found`` is worth here and now; ``unknown`` is the reason where it is nothing."""
    here, now, trust = case.here, case.now, case.trust
    blocked = _override(here, now)
    if blocked is OverrideKind.OUT_OF_SERVICE:
        return _refuse(case, Reason.OUT_OF_SERVICE, found)
    unproven = trust is ClockTrust.UNPROVEN
    valid = tuple(grant for grant in found if any(now in window for window in grant.windows))
    timeless = [grant for grant in (found if unproven else valid) if grant.kind in TIME_INDEPENDENT]
    if blocked is OverrideKind.LOCK_DOWN and not unproven:
        # A lock-down keeps the public out; staff and key holders must still reach who is inside.
        return _grant(case, timeless[0]) if timeless else _refuse(case, Reason.LOCK_DOWN, found)
    if unproven or now >= case.plan.manifest.horizon:
        if timeless:
            return _grant(case, timeless[0])
        return _refuse(case, Reason.CLOCK if unproven else Reason.HORIZON, found)
    span = span_at(here, now)
    accepted = next((grant for grant in valid if span.free or grant.kind in span.accepts), None)
    if accepted is not None:
        return _grant(case, accepted)
    if is_free(case.plan, case.door, now, trust):
        return Decision(granted=True, reason=Reason.FREE, method=case.method, hold_s=here.hours.hold_s)
    if valid:
        return _refuse(case, Reason.NOT_NOW, valid)
    if not found:
        return _refuse(case, unknown, found)
    early = any(now < window.start for grant in found for window in grant.windows)
    return _refuse(case, Reason.TOO_EARLY if early else Reason.TOO_LATE, found)


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


def _override(here: DoorPlan, now: datetime) -> OverrideKind | None:
    found = in_force(here.overrides, now)
    return found.kind if found is not None else None


def _grant(case: _Case, grant: Grant) -> Decision:
    hold_s = grant.hold_s if grant.hold_s is not None else case.here.hours.hold_s
    decision = Decision(granted=True, reason=Reason.GRANTED, method=case.method, hold_s=hold_s, near=True)
    return _about(case, grant, decision)


def _refuse(case: _Case, reason: Reason, found: tuple[Grant, ...]) -> Decision:
    unproven = case.trust is ClockTrust.UNPROVEN
    near = any(unproven or _is_near(window, case.now) for grant in found for window in grant.windows)
    decision = Decision(granted=False, reason=reason, method=case.method, near=near)
    return _about(case, found[0], decision) if found else decision


def _is_near(window: Interval, now: datetime) -> bool:
    return window.start - now <= NEAR and now - window.end <= NEAR


def _about(case: _Case, grant: Grant, decision: Decision) -> Decision:
    windows = zip(case.match.found, case.match.windows, strict=False)
    return msgspec.structs.replace(
        decision,
        kind=grant.kind,
        booking=grant.booking,
        holder=grant.holder,
        duress=grant.duress,
        offline=next((window for made, window in windows if made is grant), None),
    )
