"""May this credential come in now? As a table, and as properties over both clock changes."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.access_decision import REASON_TEXT, ClockTrust, Decision, Reason, decide, is_free, next_change
from edge.wire.credentials import CredentialKind, Method, Presented, code_key
from edge.wire.interval import Interval
from edge.wire.plan import DoorSpan, Grant, GrantsPart, HoursPart, Manifest, Override, OverrideKind, OverridesPart, Plan
from edge.wire.plan_assembly import Assembly

SECRET = bytes(range(32))
NIGHTS = [datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)]
"""The instants at which the clocks of London go forward and back."""
T = NIGHTS[1]
HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)
BOOKING, STAFF, OTHER = CredentialKind.BOOKING_CODE, CredentialKind.STAFF, "999000"


def between(start: float, end: float) -> Interval:
    """Hours after ``T``."""
    return Interval(start=T + start * HOUR, end=T + end * HOUR)


def plan(*, grants: tuple[Grant, ...] = (), overrides: tuple[Override, ...] = (), horizon_h: float = 1000) -> Plan:
    """Free for hours 10 to 12; booking codes and staff from 0 to 10; nobody's span afterwards."""
    manifest = Manifest(
        site="ramsey", edge="ramsey-pi", version=1, valid_from=T, horizon=T + horizon_h * HOUR, parts={}
    )
    assembly = Assembly(manifest)
    spans = (
        DoorSpan(during=between(-100, 10), accepts=(BOOKING, STAFF)),
        DoorSpan(during=between(10, 12), free=True),
        DoorSpan(during=between(12, 14), accepts=()),
        DoorSpan(during=between(14, 900), accepts=(STAFF,)),
    )
    assembly.add(HoursPart(door="front-door", name="Front door", hold_s=5, spans=spans))
    assembly.add(GrantsPart(grants=grants))
    assembly.add(OverridesPart(overrides=overrides))
    return assembly.finish()


def grant(code: str, *windows: Interval, kind: CredentialKind = BOOKING, hold_s: float | None = None) -> Grant:
    return Grant(door="front-door", key=code_key(SECRET, kind, code), kind=kind, windows=windows, hold_s=hold_s)


def ask(
    found: Plan | None, code: str, hours: float, *, trust: ClockTrust = ClockTrust.SYNCED, door: str = "front-door"
) -> Decision:
    return decide(found, door=door, secret=SECRET, credential=Presented(digits=code), now=T + hours * HOUR, trust=trust)


CODE, KEY, LATE = "482913", "700700", "150915"
GRANTS = (
    grant(CODE, between(1, 4), between(6, 7)),
    grant(KEY, between(-100, 2000), kind=STAFF),
    grant(LATE, between(910, 990)),
)
LOCKED = Override(door="front-door", kind=OverrideKind.LOCK_DOWN, during=between(2, 3))
OPEN = Override(door="front-door", kind=OverrideKind.HOLD_OPEN, during=between(2, 3))
OUT = Override(door="front-door", kind=OverrideKind.OUT_OF_SERVICE, during=between(2, 3))

TABLE = [
    # code, hours after T, overrides, granted, reason
    (CODE, 0.99, (), False, Reason.TOO_EARLY),
    (CODE, 1, (), True, Reason.GRANTED),
    (CODE, 3.99, (), True, Reason.GRANTED),
    (CODE, 4, (), False, Reason.TOO_EARLY),
    (CODE, 6, (), True, Reason.GRANTED),
    (CODE, 7, (), False, Reason.TOO_LATE),
    (OTHER, 2, (), False, Reason.UNKNOWN),
    (OTHER, 10, (), True, Reason.FREE),
    (OTHER, 12, (), False, Reason.UNKNOWN),
    (KEY, 5, (), True, Reason.GRANTED),
    (KEY, 13, (), False, Reason.NOT_NOW),
    (KEY, 15, (), True, Reason.GRANTED),
    (KEY, 950, (), True, Reason.GRANTED),
    (LATE, 950, (), False, Reason.NOT_NOW),
    (OTHER, 950, (), False, Reason.UNKNOWN),
    (CODE, 2.5, (LOCKED,), False, Reason.LOCK_DOWN),
    (KEY, 2.5, (LOCKED,), True, Reason.GRANTED),
    (CODE, 3, (LOCKED,), True, Reason.GRANTED),
    (OTHER, 2.5, (OPEN,), True, Reason.FREE),
    (KEY, 2.5, (OUT,), False, Reason.OUT_OF_SERVICE),
    (OTHER, 2.5, (LOCKED, OPEN), False, Reason.LOCK_DOWN),
    (CODE, 2.5, (OPEN, LOCKED), False, Reason.LOCK_DOWN),
    (KEY, 2.5, (LOCKED, OUT), False, Reason.OUT_OF_SERVICE),
    (KEY, 2.5, (OUT, LOCKED, OPEN), False, Reason.OUT_OF_SERVICE),
]


@pytest.mark.parametrize(("code", "hours", "overrides", "granted", "reason"), TABLE)
def test_the_table(code: str, hours: float, overrides: tuple[Override, ...], granted: bool, reason: Reason) -> None:
    decision = ask(plan(grants=GRANTS, overrides=overrides), code, hours)
    assert (decision.granted, decision.reason) == (granted, reason)


@pytest.mark.parametrize("code", [CODE, KEY, OTHER])
def test_without_a_plan_or_at_an_unknown_door_nobody_enters(code: str) -> None:
    shut = Decision(granted=False, reason=Reason.NO_PLAN, method=Method.CODE)
    assert ask(None, code, 2) == shut
    elsewhere = ask(plan(grants=GRANTS), code, 2, door="back-door")
    assert elsewhere == msgspec.structs.replace(shut, reason=Reason.NO_DOOR)
    assert not is_free(plan(), "back-door", T + 11 * HOUR, ClockTrust.SYNCED)
    assert next_change(plan(), "back-door", T) is next_change(None, "front-door", T) is None


def test_with_an_unproven_clock_only_timeless_grants_open() -> None:
    found = plan(grants=GRANTS)
    assert ask(found, CODE, 2, trust=ClockTrust.UNPROVEN).reason is Reason.CLOCK
    assert ask(found, OTHER, 11, trust=ClockTrust.UNPROVEN).reason is Reason.CLOCK
    assert ask(found, KEY, 13, trust=ClockTrust.UNPROVEN).granted


def test_past_the_horizon_only_staff_enter_and_no_door_is_free() -> None:
    found = plan(grants=GRANTS, horizon_h=3)
    assert ask(found, CODE, 2.9).granted
    assert ask(found, CODE, 3).reason is Reason.HORIZON
    assert ask(found, KEY, 3).granted
    assert not is_free(plan(horizon_h=11), "front-door", T + 11 * HOUR, ClockTrust.SYNCED)


def test_a_grant_holds_the_strike_for_its_own_time_or_else_the_doors_time() -> None:
    grants = (grant(CODE, between(1, 4), hold_s=30.0), grant("555123", between(1, 4)))
    assert ask(plan(grants=grants), CODE, 2).hold_s == 30
    assert ask(plan(grants=grants), "555123", 2).hold_s == 5
    assert ask(plan(), OTHER, 11) == Decision(granted=True, reason=Reason.FREE, method=Method.CODE, hold_s=5)


def test_a_secret_of_another_door_makes_the_code_unknown() -> None:
    decision = decide(
        plan(grants=GRANTS),
        door="front-door",
        secret=bytes(32),
        credential=Presented(digits=CODE),
        now=T + 2 * HOUR,
        trust=ClockTrust.SYNCED,
    )
    assert decision.reason is Reason.UNKNOWN


def test_every_reason_has_words() -> None:
    assert set(REASON_TEXT) == set(Reason)


offsets = st.integers(-72 * 3600 * 10**6, 72 * 3600 * 10**6).map(
    lambda microseconds: timedelta(microseconds=microseconds)
)


@pytest.mark.parametrize("night", NIGHTS)
@given(start=offsets, length=st.integers(1, 48 * 3600 * 10**6), ask_at=offsets)
def test_a_code_works_in_its_window_and_never_outside_across_both_clock_changes(
    night: datetime, start: timedelta, length: int, ask_at: timedelta
) -> None:
    window = Interval(start=night + start, end=night + start + timedelta(microseconds=length))
    manifest = Manifest(
        site="ramsey",
        edge="ramsey-pi",
        version=1,
        valid_from=night - 100 * HOUR,
        horizon=night + 1000 * HOUR,
        parts={},
    )
    assembly = Assembly(manifest)
    whole = Interval(start=night - 100 * HOUR, end=night + 1000 * HOUR)
    assembly.add(HoursPart(door="front-door", name="F", spans=(DoorSpan(during=whole, accepts=(BOOKING,)),)))
    assembly.add(GrantsPart(grants=(grant(CODE, window),)))
    found = assembly.finish()
    for now in (night + ask_at, window.start - MICROSECOND, window.start, window.end - MICROSECOND, window.end):
        decision = decide(
            found,
            door="front-door",
            secret=SECRET,
            credential=Presented(digits=CODE),
            now=now,
            trust=ClockTrust.HOLDOVER,
        )
        assert decision.granted is (window.start <= now < window.end)


@given(st.floats(-50, 2000), st.sampled_from(list(ClockTrust)), st.permutations([LOCKED, OPEN, OUT]))
def test_a_door_is_unlocked_or_locked_only_at_its_next_change(
    hours: float, trust: ClockTrust, overrides: list[Override]
) -> None:
    found = plan(overrides=tuple(overrides[:2]))
    now = T + hours * HOUR
    change = next_change(found, "front-door", now)
    before = is_free(found, "front-door", now, trust)
    if change is None:
        assert not before
        return
    assert change > now
    assert is_free(found, "front-door", change - MICROSECOND, trust) is before


@given(st.text(alphabet="0123456789", min_size=1, max_size=10).filter(lambda code: code not in (CODE, KEY, LATE)))
def test_no_other_code_opens(code: str) -> None:
    assert not ask(plan(grants=GRANTS), code, 2).granted


def test_of_two_credentials_with_the_same_digits_the_one_now_valid_opens() -> None:
    twins = plan(grants=(grant(CODE, between(0, 100)), grant(CODE, between(0, 100), kind=STAFF)))
    assert ask(twins, CODE, 20).kind is STAFF
    assert ask(twins, CODE, 20).granted
