"""Decides whether a credential opens a door now, by the plan. Pure; the only module that decides it.

``docs/who-may-enter.md`` has the rules as tables, which a test compares with this code.
"""

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec

from edge.wire import qr_passes
from edge.wire.credentials import (
    CARD_KINDS,
    TIME_INDEPENDENT,
    TYPED_KINDS,
    UNREAD_KEY,
    CredentialKind,
    Method,
    Presented,
    code_key,
    pin_key,
)
from edge.wire.envelope import Keyring
from edge.wire.errors import WireError
from edge.wire.interval import Interval
from edge.wire.offline_codes import Lookup, OfflineWindow, nothing
from edge.wire.plan import DoorPlan, DoorSpan, Grant, Override, OverrideKind, Plan

NEAR = timedelta(hours=12)
"""Somebody who uses a code within this time of its window is assumed to be its owner. Outside it the code is treated as
unknown, so that guessing finds no codes of other days."""
_NO_KEY = bytes(32)
_ALWAYS = Interval(start=datetime(1, 1, 2, tzinfo=UTC), end=datetime(9999, 12, 30, tzinfo=UTC))


class ClockTrust(StrEnum):
    """How far an edge trusts its clock: ``holdover`` after losing its source, ``unproven`` after a power cut without
    one."""

    SYNCED = "synced"
    HOLDOVER = "holdover"
    UNPROVEN = "unproven"


class Reason(StrEnum):
    """The reason of a decision; the texts for people are in ``REASON_TEXT``."""

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
    Reason.FREE: "the door is open to everybody now",
    Reason.NO_PLAN: "the door has no plan yet",
    Reason.NO_DOOR: "the plan does not know this door",
    Reason.UNKNOWN: "no such code at this door",
    Reason.UNREAD: "a key could not be read; type the code again",
    Reason.TOO_EARLY: "the code is not valid yet",
    Reason.TOO_LATE: "the code is no longer valid",
    Reason.NOT_NOW: "this kind of credential is not accepted here now",
    Reason.CLOCK: "the door does not know the time, so codes with a time window do not work",
    Reason.HORIZON: "the plan has expired, so only staff and key holders can enter",
    Reason.LOCK_DOWN: "the door is locked down",
    Reason.OUT_OF_SERVICE: "the door is out of service",
    Reason.PIN_WANTED: "the card needs its PIN, which has not been typed yet",
    Reason.WRONG_PIN: "the PIN does not belong to this card",
    Reason.PASS_EXPIRED: "the pass has expired, or the door's clock is wrong; show a new one or type the code",
    Reason.PASS_UNKNOWN: "the pass does not open this door",
    Reason.REVOKED: "the code was withdrawn",
    Reason.PASSBACK: "this person came in before and has not left",
    Reason.LOCKED_OUT: "too many wrong codes were tried here; typed codes are refused for a while",
    Reason.ALARM_SET: "the intruder alarm is set, and this does not unset it",
    Reason.INTERLOCK: "the other door of the lobby is open",
}
_OF_CARDS = {
    Reason.UNKNOWN: "no such card at this door",
    Reason.TOO_EARLY: "the card is not valid yet",
    Reason.TOO_LATE: "the card is no longer valid",
}


def reason_text(reason: Reason, method: Method | None) -> str:
    """The reason in words for people, of what was presented so: a card is not called a code."""
    of_card = _OF_CARDS.get(reason) if method in (Method.CARD, Method.CARD_PIN) else None
    return of_card or REASON_TEXT[reason]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Whether to open, and for how many seconds. ``kind``, ``booking``, ``holder``, ``duress`` and ``offline``: of the
    grant that was found, also if it was refused; ``method``: how it was presented. ``passback``: the person has not
    left since last coming in. ``near``: a grant was found that works within ``NEAR`` of now (with the clock unproven:
    at any time)."""

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


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """``found``: grants that match entirely. ``wanting``: grants of the card without the right PIN. ``windows``: the
    window of each found grant of an offline code. ``withdrawn``: an offline code that the plan revokes."""

    found: tuple[Grant, ...] = ()
    wanting: tuple[Grant, ...] = ()
    windows: tuple[OfflineWindow, ...] = ()
    withdrawn: bool = False


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

    ``keys``: the controller's, which sign passes; ``offline``: the windows that an offline code can stand for here.
    ``in_touch``: the edge has recent news from the controller, so ``plan`` lists every issued offline code, and any
    other is unknown. A window is half-open. A free door admits everybody, so any code typed there is granted.
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
    # The card is known, its PIN is not. Ask for it only where it would open, otherwise typing it would be useless.
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
    """The owner of a pass, or none with the reason. A pass depends on the clock, so none is valid while it is
    unproven."""
    if credential.method is not Method.QR:
        return "", None
    if trust is ClockTrust.UNPROVEN:
        return "", Reason.CLOCK
    try:
        found = qr_passes.read(credential.token, site=plan.manifest.site, keys=keys or Keyring())
    except WireError:
        return "", Reason.PASS_UNKNOWN
    return (found.holder, None) if found.good_at(now) else ("", Reason.PASS_EXPIRED)


def _judge(case: _Case, found: tuple[Grant, ...], unknown: Reason) -> Decision:
    """Decide on the grants ``found``; ``unknown``: the reason if there are none."""
    here, now, trust = case.here, case.now, case.trust
    blocked = _override(here, now)
    if blocked is OverrideKind.OUT_OF_SERVICE:
        return _refuse(case, Reason.OUT_OF_SERVICE, found)
    unproven = trust is ClockTrust.UNPROVEN
    valid = tuple(grant for grant in found if any(now in window for window in grant.windows))
    timeless = [grant for grant in (found if unproven else valid) if grant.kind in TIME_INDEPENDENT]
    if blocked is OverrideKind.LOCK_DOWN and not unproven:
        # A lock-down keeps the public out; staff and key holders must still be able to reach people inside.
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


def match(
    here: DoorPlan, *, door: str, secret: bytes, shown: Presented, owner: str, offline: Lookup, in_touch: bool
) -> Match:
    """Match ``shown`` at ``door``. ``owner``: the owner of a valid pass. ``in_touch``: only listed offline codes
    match."""
    if shown.method is Method.QR:
        # A pass replaces a code or a card. It is not enough where a PIN or second factor is required.
        owned = here.of_owner(owner)
        return Match(found=tuple(grant for grant in owned if _single(grant) and not grant.duress))
    if shown.method is Method.OFFLINE_CODE:
        return _offline(here, door, offline(shown.digits), in_touch=in_touch)
    if shown.card:
        return _card(here, secret, shown)
    if not (shown.digits.isascii() and shown.digits.isdigit()):
        return Match()
    return Match(
        found=tuple(
            grant
            for kind in TYPED_KINDS
            for grant in here.with_key(code_key(secret, kind, shown.digits))
            if grant.kind is kind
        )
    )


def _single(grant: Grant) -> bool:
    """Whether one factor is enough."""
    return grant.pin_key is None and grant.kind is not CredentialKind.MEMBER_CARD_PIN


def _card(here: DoorPlan, secret: bytes, shown: Presented) -> Match:
    found: list[Grant] = []
    wanting: list[Grant] = []
    if ":" not in shown.card:
        return Match()  # a code, which no card's text is
    for kind in CARD_KINDS:
        typed = pin_key(secret, kind, shown.card, shown.digits)
        for grant in here.with_key(code_key(secret, kind, shown.card)):
            if grant.kind is not kind:
                continue
            if _single(grant) or (grant.pin_key is not None and hmac.compare_digest(grant.pin_key, typed)):
                found.append(grant)
            else:
                wanting.append(grant)
    return Match(found=tuple(found), wanting=tuple(wanting))


def _offline(here: DoorPlan, door: str, meant: tuple[OfflineWindow, ...], *, in_touch: bool) -> Match:
    candidates = sorted((window for window in meant if window not in here.revoked), key=lambda w: w not in here.offline)
    good = [window for window in candidates if window in here.offline or not in_touch]
    return Match(
        found=tuple(
            Grant(
                door=door,
                key=_NO_KEY,
                kind=CredentialKind.OFFLINE_CODE,
                windows=(window.during,),
                booking=here.offline.get(window),
            )
            for window in good
        ),
        windows=tuple(good),
        withdrawn=bool(meant) and not candidates,
    )


STRICTEST_FIRST = (OverrideKind.OUT_OF_SERVICE, OverrideKind.LOCK_DOWN, OverrideKind.HOLD_OPEN)
"""The strictest override wins, so that adding one never admits anybody who was kept out before."""


def in_force(overrides: Iterable[Override], now: datetime) -> Override | None:
    """The override of a door in force at ``now``, independent of their order: the strictest, and of one kind the one
    that lasts longest. ``None`` if the timetable applies."""
    here = [override for override in overrides if now in override.during]
    return min(here, key=lambda each: (STRICTEST_FIRST.index(each.kind), -each.during.end.timestamp()), default=None)


def is_free(plan: Plan | None, door: str, now: datetime, trust: ClockTrust) -> bool:
    """Whether ``door`` is unlocked for everybody at ``now``. Never with an unproven clock or an expired plan."""
    if plan is None or trust is ClockTrust.UNPROVEN or now >= plan.manifest.horizon:
        return False
    here = plan.doors.get(door)
    if here is None:
        return False
    blocked = _override(here, now)
    if blocked is not None:
        return blocked is OverrideKind.HOLD_OPEN
    return span_at(here, now).free


def takes_codes(plan: Plan | None, door: str, now: datetime) -> bool:
    """Whether ``door``, where it is not free, takes more at ``now`` than the credentials of staff and key holders."""
    here = plan.doors.get(door) if plan is not None else None
    if plan is None or here is None or now >= plan.manifest.horizon:
        return False
    if _override(here, now) not in (None, OverrideKind.HOLD_OPEN):
        return False
    return bool(set(span_at(here, now).accepts) - TIME_INDEPENDENT)


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
    """The door's span at ``now``; without one the door is locked to everybody except staff and key holders."""
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
