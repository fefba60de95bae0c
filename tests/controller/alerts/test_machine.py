"""The machine of one alert: when it is raised and cleared, and that silence does neither."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from controller.alerts.catalogue import CATALOGUE, Severity
from controller.alerts.machine import FALSE, UNKNOWN, AlertKey, AlertState, Observation, Timing, Truth, step
from controller.telemetry.alert_codes import AlertCode

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = AlertKey(site="ramsey", kind=AlertCode.OFFLINE, edge="main", about="main")
SLOW = Timing(raise_after=timedelta(seconds=20), clear_after=timedelta(seconds=60))
AT_ONCE = Timing(raise_after=timedelta(0), clear_after=timedelta(0))


def held(**more: object) -> Observation:
    return replace(Observation(truth=Truth.TRUE, text="Main is offline"), **more)


def walk(*seen: tuple[int, Observation], timing: Timing = SLOW, before: AlertState | None = None) -> AlertState | None:
    """The alert after observations, each so many seconds after the start."""
    for seconds, each in seen:
        if before is not None and before.cleared_at is not None:
            before = None
        before = step(KEY, before, each, now=START + timedelta(seconds=seconds), timing=timing)
    return before


def test_it_is_raised_once_it_has_held_long_enough_and_not_before() -> None:
    pending = walk((0, held()), (19, held()))
    assert pending is not None
    assert not pending.open
    raised = walk((0, held()), (20, held()))
    assert raised is not None
    assert raised.open
    assert (raised.begun_at, raised.raised_at) == (START, START + timedelta(seconds=20))


def test_what_its_source_says_since_when_counts_so_that_a_restart_loses_nothing() -> None:
    raised = walk((0, held(since=START - timedelta(minutes=5))))
    assert raised is not None
    assert raised.open


def test_a_condition_that_ends_while_pending_leaves_nothing() -> None:
    assert walk((0, held()), (10, FALSE)) is None


def test_it_is_cleared_once_it_has_been_over_long_enough() -> None:
    over = walk((0, held()), (20, held()), (30, FALSE), (89, FALSE))
    assert over is not None
    assert over.open
    assert over.over_since == START + timedelta(seconds=30)
    cleared = walk((0, held()), (20, held()), (30, FALSE), (90, FALSE))
    assert cleared is not None
    assert cleared.cleared_at == START + timedelta(seconds=90)


def test_one_that_comes_and_goes_is_one_alert() -> None:
    flapping = [(20 + 10 * each, held() if each % 2 == 0 else FALSE) for each in range(100)]
    state: AlertState | None = None
    raised = set()
    for seconds, each in [(0, held()), *flapping]:
        state = step(KEY, state, each, now=START + timedelta(seconds=seconds), timing=SLOW)
        assert state is not None
        assert state.cleared_at is None
        raised.add(state.raised_at)
    assert raised == {None, START + timedelta(seconds=20)}


def test_silence_neither_raises_nor_clears() -> None:
    assert walk((0, held()), (10, UNKNOWN), (3600, UNKNOWN)) is None
    pending = walk((0, held()), (10, UNKNOWN), (30, held()))
    assert pending is not None
    assert not pending.open, "the time that nobody saw does not count"
    raised = walk((0, held()), (20, held()), (30, FALSE), (40, UNKNOWN), (3600, UNKNOWN))
    assert raised is not None
    assert raised.open
    again = walk((3610, FALSE), (3660, FALSE), before=raised)
    assert again is not None
    assert again.open, "it must be seen to be over for a minute"


def test_what_was_last_known_counts_up_to_then_only() -> None:
    silent_at = START + timedelta(seconds=10)
    pending = walk((0, held()), (3600, held(known_to=silent_at)))
    assert pending is not None
    assert not pending.open
    forced = walk((3600, held(since=START, known_to=silent_at)), timing=AT_ONCE)
    assert forced is not None
    assert forced.open, "a door forced just before the Pi went away is told of"


def test_what_happened_once_is_over_when_somebody_has_seen_it_and_not_before() -> None:
    once = held(report=7, momentary=True)
    raised = walk((0, once), (3600, once), timing=AT_ONCE)
    assert raised is not None
    assert raised.open
    seen = replace(raised, acknowledged_at=START + timedelta(seconds=3600), acknowledged_by="Kim")
    cleared = walk((3601, once), timing=AT_ONCE, before=seen)
    assert cleared is not None
    assert cleared.cleared_at is not None


def test_what_happens_again_after_somebody_has_seen_it_calls_again() -> None:
    seen = walk((0, held(report=7)), timing=AT_ONCE)
    assert seen is not None
    seen = replace(seen, acknowledged_at=START + timedelta(seconds=5), acknowledged_by="Kim")
    same = walk((10, held(report=7)), timing=AT_ONCE, before=seen)
    again = walk((10, held(report=8)), timing=AT_ONCE, before=seen)
    assert same is not None
    assert again is not None
    assert (same.calls(START + timedelta(seconds=10)), again.calls(START + timedelta(seconds=10))) == (False, True)


def test_a_state_that_began_again_after_somebody_has_seen_it_calls_again() -> None:
    at = [START + timedelta(seconds=each) for each in (0, 5, 8)]
    raised = walk((0, held(since=at[0])), timing=AT_ONCE)
    assert raised is not None
    seen = replace(raised, acknowledged_at=at[1], acknowledged_by="Kim")
    same = walk((10, held(since=at[0])), timing=AT_ONCE, before=seen)
    again = walk((10, held(since=at[2])), timing=AT_ONCE, before=seen)
    assert same is not None
    assert again is not None
    assert (same.calls(START), again.calls(START)) == (False, True)


def test_a_device_whose_clock_is_ahead_calls_no_second_time_by_itself() -> None:
    ahead = held(since=START + timedelta(hours=1))
    raised = walk((0, ahead), timing=AT_ONCE)
    assert raised is not None
    seen = replace(raised, acknowledged_at=START, acknowledged_by="Kim")
    still = walk((10, ahead), (20, ahead), timing=AT_ONCE, before=seen)
    assert still is not None
    assert not still.calls(START)


@pytest.mark.parametrize("how", ["acknowledged_at", "snoozed_until"])
def test_one_that_becomes_more_calls_again_and_one_that_becomes_less_does_not(how: str) -> None:
    raised = walk((0, held(members=frozenset({"a", "b"}))), timing=AT_ONCE)
    assert raised is not None
    quiet = replace(raised, **{how: START + timedelta(hours=1)})
    for members, calls in (({"a", "b"}, False), ({"b"}, False), ({"b", "c"}, True)):
        after = walk((10, held(members=frozenset(members), since=START)), timing=AT_ONCE, before=quiet)
        assert after is not None
        assert after.calls(START) is calls


def test_a_snoozed_one_calls_again_when_its_time_is_over() -> None:
    raised = walk((0, held()), (20, held()))
    assert raised is not None
    snoozed = replace(raised, snoozed_until=START + timedelta(hours=1))
    assert not snoozed.calls(START + timedelta(minutes=59))
    assert snoozed.calls(START + timedelta(hours=1))


def test_a_clock_that_goes_back_leaves_no_alert_that_never_clears() -> None:
    over = walk((0, held()), (20, held()), (5000, FALSE))
    cleared = walk((100, FALSE), (160, FALSE), before=over)
    assert cleared is not None
    assert cleared.cleared_at == START + timedelta(seconds=160)


def test_danger_is_raised_at_once() -> None:
    danger = [kind for kind in CATALOGUE.values() if kind.severity is Severity.DANGER]
    assert danger
    assert {kind.timing.raise_after for kind in danger} == {timedelta(0)}


STEP_S = 15
MONTH = timedelta(days=30)
GLITCHES = 60
"""Short losses of a month's line, at random times: up to 15 seconds each."""
SILENCES = 20
"""Times in a month when nothing is known of it, of up to two hours."""


def simulate(seed: int, *, fault: bool) -> tuple[list[datetime], datetime]:
    """A month of one condition, in steps of 15 seconds: when it was raised; and when its fault of an hour began."""
    chance = random.Random(seed)
    ticks = int(MONTH.total_seconds()) // STEP_S
    glitches = {chance.randrange(ticks) for _ in range(GLITCHES)}
    silent: set[int] = set()
    for _ in range(SILENCES):
        first = chance.randrange(ticks)
        silent.update(range(first, first + chance.randrange(480)))
    begins = chance.randrange(ticks - 1000)
    broken = range(begins, begins + 240) if fault else range(0)
    interesting = sorted({each + more for each in {*glitches, *silent, *broken} for more in range(8)})
    raised, state = [], None
    for tick in interesting:
        now = START + timedelta(seconds=tick * STEP_S)
        truth = held() if tick in broken or tick in glitches else FALSE
        state = step(KEY, state, UNKNOWN if tick in silent and tick not in broken else truth, now=now, timing=SLOW)
        if state is not None and state.raised_at == now:
            raised.append(now)
        if state is not None and state.cleared_at is not None:
            state = None
    return raised, START + timedelta(seconds=begins * STEP_S)


@pytest.mark.parametrize("seed", range(20))
def test_a_quiet_month_raises_at_most_one_alert(seed: int) -> None:
    raised, _ = simulate(1000 + seed, fault=False)
    assert len(raised) <= 1


@pytest.mark.parametrize("seed", range(20))
def test_a_fault_at_any_time_of_a_month_is_found_within_a_minute_and_once(seed: int) -> None:
    raised, begun = simulate(2000 + seed, fault=True)
    found = [each for each in raised if begun <= each <= begun + timedelta(minutes=1)]
    assert len(found) == 1
    assert len(raised) <= 2
