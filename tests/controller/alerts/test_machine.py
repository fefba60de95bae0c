"""The machine of one alert: when it is raised and cleared, and that silence does neither."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from controller.alerts.catalogue import CATALOGUE, Severity
from controller.alerts.machine import FALSE, UNKNOWN, AlertKey, AlertRule, AlertState, Observation, Truth, step
from controller.telemetry.alert_codes import AlertCode

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = AlertKey(site="ramsey", kind=AlertCode.OFFLINE, edge="main", about="main")
SLOW = AlertRule(raise_after=timedelta(seconds=20), clear_after=timedelta(seconds=60))
AT_ONCE = AlertRule(raise_after=timedelta(0), clear_after=timedelta(0))


def held(**more: object) -> Observation:
    return replace(Observation(truth=Truth.TRUE, text="Main is offline"), **more)


def walk(*seen: tuple[int, Observation], rule: AlertRule = SLOW, before: AlertState | None = None) -> AlertState | None:
    """The alert after observations, each so many seconds after the start."""
    for seconds, each in seen:
        if before is not None and before.cleared_at is not None:
            before = None
        before = step(KEY, before, each, now=START + timedelta(seconds=seconds), rule=rule)
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
    assert walk((0, held()), (10, FALSE), (70, FALSE)) is None
    again = walk((0, held()), (10, FALSE), (70, FALSE), (71, held()), (90, held()))
    assert again is not None
    assert not again.open, "after so long it begins again"


def test_what_comes_and_goes_is_raised_once_it_has_held_for_long_enough_in_all() -> None:
    hour = replace(SLOW, raise_after=timedelta(hours=1))
    flapping = [(minute * 60 + second, each) for minute in range(70) for second, each in ((0, held()), (55, FALSE))]
    early = walk(*[each for each in flapping if each[0] <= 65 * 60], rule=hour)
    assert early is not None
    assert not early.open, "the seconds without it count for nothing"
    late = walk(*flapping, rule=hour)
    assert late is not None
    assert late.raised_at is not None
    assert late.raised_at - START == timedelta(minutes=66)


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
        state = step(KEY, state, each, now=START + timedelta(seconds=seconds), rule=SLOW)
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


def test_what_began_after_it_was_last_known_is_raised_at_once_where_nothing_delays_it() -> None:
    late = held(since=START + timedelta(seconds=5), known_to=START)
    raised = walk((10, late), rule=AT_ONCE)
    assert raised is not None
    assert raised.open
    pending = walk((10, late), (3600, late))
    assert pending is not None
    assert not pending.open


def test_what_was_last_known_counts_up_to_then_only() -> None:
    silent_at = START + timedelta(seconds=10)
    pending = walk((0, held()), (3600, held(known_to=silent_at)))
    assert pending is not None
    assert not pending.open
    forced = walk((3600, held(since=START, known_to=silent_at)), rule=AT_ONCE)
    assert forced is not None
    assert forced.open, "a door forced just before the Pi went away is told of"


def test_what_happened_once_is_over_when_somebody_has_seen_it_and_not_before() -> None:
    once = held(report=7, momentary=True)
    raised = walk((0, once), (3600, once), rule=AT_ONCE)
    assert raised is not None
    assert raised.open
    seen = replace(raised, acknowledged_at=START + timedelta(seconds=3600), acknowledged_by="Kim")
    cleared = walk((3601, once), rule=AT_ONCE, before=seen)
    assert cleared is not None
    assert cleared.cleared_at is not None


def test_what_happens_again_after_somebody_has_seen_it_calls_again() -> None:
    seen = walk((0, held(report=7)), rule=AT_ONCE)
    assert seen is not None
    seen = replace(seen, acknowledged_at=START + timedelta(seconds=5), acknowledged_by="Kim")
    same = walk((10, held(report=7)), rule=AT_ONCE, before=seen)
    again = walk((10, held(report=8)), rule=AT_ONCE, before=seen)
    assert same is not None
    assert again is not None
    assert (same.calls(START + timedelta(seconds=10)), again.calls(START + timedelta(seconds=10))) == (False, True)


def test_a_state_that_began_again_after_somebody_has_seen_it_calls_again() -> None:
    at = [START + timedelta(seconds=each) for each in (0, 5, 8)]
    raised = walk((0, held(since=at[0])), rule=AT_ONCE)
    assert raised is not None
    seen = replace(raised, acknowledged_at=at[1], acknowledged_by="Kim")
    same = walk((10, held(since=at[0])), rule=AT_ONCE, before=seen)
    again = walk((10, held(since=at[2])), rule=AT_ONCE, before=seen)
    assert same is not None
    assert again is not None
    assert (same.calls(START), again.calls(START)) == (False, True)


def test_a_device_whose_clock_is_ahead_calls_no_second_time_by_itself() -> None:
    ahead = held(since=START + timedelta(hours=1))
    raised = walk((0, ahead), rule=AT_ONCE)
    assert raised is not None
    seen = replace(raised, acknowledged_at=START, acknowledged_by="Kim")
    still = walk((10, ahead), (20, ahead), rule=AT_ONCE, before=seen)
    assert still is not None
    assert not still.calls(START)


@pytest.mark.parametrize("how", ["acknowledged_at", "snoozed_until"])
def test_one_that_becomes_more_calls_again_and_one_that_becomes_less_does_not(how: str) -> None:
    raised = walk((0, held(members=frozenset({"a", "b"}))), rule=AT_ONCE)
    assert raised is not None
    quiet = replace(raised, **{how: START + timedelta(hours=1)})
    for members, calls in (({"a", "b"}, False), ({"b"}, False), ({"b", "c"}, True)):
        after = walk((10, held(members=frozenset(members), since=START)), rule=AT_ONCE, before=quiet)
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
    assert {kind.rule.raise_after for kind in danger} == {timedelta(0)}


MONTH_S = 30 * 86_400
GLITCHES = 60
"""Short losses in a month, at random times: from nothing to twice the time after which they are raised."""
SILENCES = 20
"""Times in a month when nothing is known of it, of up to two hours."""
LOOK_S = 10
CODES = (AlertCode.OFFLINE, AlertCode.FAULT, AlertCode.HELD, AlertCode.FORCED)
"""With each way of timing: raised late and cleared late, cleared late alone, and at once."""


class Month:
    """One condition in a month: what was true in each second, and when an alert was raised and cleared."""

    def __init__(self, code: AlertCode, seed: int, *, silences: int) -> None:
        chance = random.Random(seed)
        self.rule = CATALOGUE[code].rule
        most = 2 * max(int(self.rule.raise_after.total_seconds()), LOOK_S)
        begins = sorted(chance.sample(range(0, MONTH_S - 20_000, 2 * most + 400), GLITCHES))
        self.glitches = [(at, at + chance.randrange(1, most)) for at in begins]
        silent = [(at, at + chance.randrange(1, 7200)) for at in chance.sample(range(MONTH_S), silences)]
        self.raised: list[int] = []
        self.cleared: list[int] = []
        state: AlertState | None = None
        looks = {
            each + more for span in (*self.glitches, *silent) for each in span for more in range(-200, 400, LOOK_S)
        }
        for second in sorted(looks | {each for span in self.glitches for each in span}):
            now = START + timedelta(seconds=second)
            truth = held() if any(first <= second < last for first, last in self.glitches) else FALSE
            if any(first <= second < last for first, last in silent):
                truth = UNKNOWN
            state = step(KEY, state, truth, now=now, rule=self.rule)
            if state is not None and state.raised_at == now:
                self.raised.append(second)
            if state is not None and state.cleared_at is not None:
                self.cleared.append(second)
                state = None


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("seed", range(5))
def test_each_loss_that_lasts_is_raised_once_and_each_shorter_one_never(code: AlertCode, seed: int) -> None:
    month = Month(code, seed, silences=0)
    least = int(month.rule.raise_after.total_seconds())
    spans = [(first, last) for first, last in month.glitches if last - first > least + LOOK_S]
    found = [[at for at in month.raised if first <= at < last] for first, last in spans]
    assert all(len(each) == 1 for each in found)
    assert all(first + least <= at <= first + least + LOOK_S for (first, _), [at] in zip(spans, found, strict=True))
    short = [(first, last) for first, last in month.glitches if last - first <= least]
    assert not [at for at in month.raised if any(first <= at <= last for first, last in short)]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("seed", range(5))
def test_each_is_cleared_once_it_has_been_over_for_as_long_as_its_code_says(code: AlertCode, seed: int) -> None:
    month = Month(code, seed, silences=0)
    ends = [max(last for _, last in month.glitches if last <= at) for at in month.cleared]
    least = int(month.rule.clear_after.total_seconds())
    assert len(month.cleared) == len(month.raised)
    assert all(least <= at - end <= least + LOOK_S for at, end in zip(month.cleared, ends, strict=True))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("seed", range(5))
def test_silence_at_any_time_raises_nothing_of_its_own(code: AlertCode, seed: int) -> None:
    month = Month(code, seed, silences=SILENCES)
    assert month.raised
    assert all(any(first <= at < last for first, last in month.glitches) for at in month.raised)
