"""When something happened at an edge whose own time is wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.telemetry.event_timestamps import AHEAD_LIMIT, UNKNOWN, ClockSample, better, dated, of_earlier
from edge.wire.access_decision import ClockTrust
from edge.wire.events import EarlierRun

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
BOOTS = [f"0193a3c1-0000-7000-8000-00000000000{number}" for number in range(5)]


def sample(boot: str = BOOTS[4], mono_ms: int = 600_000, *, within: timedelta = SECOND) -> ClockSample:
    return ClockSample(boot=boot, mono_ms=mono_ms, earliest=NOW - within, latest=NOW)


def test_a_reply_dates_what_its_run_sent_before_and_after() -> None:
    early, late = sample().span(0)
    assert (early.replace(microsecond=0), late.replace(microsecond=0)) == (
        NOW - timedelta(minutes=10, seconds=2),
        NOW - timedelta(minutes=10),
    )
    early, late = sample().span(600_000 + 35 * 86_400_000)
    assert timedelta(minutes=10) < late - early < timedelta(minutes=11)


@pytest.mark.parametrize("trust", [ClockTrust.SYNCED, ClockTrust.HOLDOVER])
@pytest.mark.parametrize("off", [HOUR, -HOUR, timedelta(days=7300)])
def test_a_time_that_cannot_be_is_replaced_whatever_the_edge_believes_of_it(trust: ClockTrust, off: timedelta) -> None:
    span = sample().span(300_000)
    found = dated(NOW - timedelta(minutes=5) + off, trust, span)
    assert found is not None
    assert abs(found.at - (NOW - timedelta(minutes=5))) < 2 * SECOND
    assert 1 <= found.error_s < 2


def test_a_time_that_may_be_right_is_not_changed() -> None:
    span = sample().span(600_000)
    for off in (timedelta(0), AHEAD_LIMIT, -AHEAD_LIMIT):
        assert dated(NOW + off, ClockTrust.HOLDOVER, span) is None
    assert dated(NOW + AHEAD_LIMIT + SECOND, ClockTrust.HOLDOVER, span) is not None


@pytest.mark.parametrize("told", [NOW + HOUR, NOW - HOUR, NOW - SECOND / 2])
def test_an_unproven_time_is_never_taken_for_exact(told: datetime) -> None:
    found = dated(told, ClockTrust.UNPROVEN, (NOW - SECOND, NOW))
    assert found is not None
    assert (NOW - SECOND <= found.at <= NOW, found.error_s) == (True, 1)


def test_the_tighter_sample_wins_and_the_newer_one_after_our_clock_was_set() -> None:
    tight, wide = sample(), sample(within=timedelta(seconds=9))
    assert better(None, wide) == wide
    assert better(wide, tight) == tight
    assert better(tight, wide) == tight
    month = ClockSample(boot=BOOTS[4], mono_ms=30 * 86_400_000, earliest=NOW + timedelta(days=30), latest=NOW)
    stale = ClockSample(boot=BOOTS[4], mono_ms=0, earliest=NOW - SECOND, latest=NOW)
    later = ClockSample(
        boot=BOOTS[4],
        mono_ms=month.mono_ms,
        earliest=NOW + timedelta(days=30),
        latest=NOW + timedelta(days=30, seconds=9),
    )
    assert better(stale, later) == later
    moved = ClockSample(boot=BOOTS[4], mono_ms=600_000, earliest=NOW + HOUR, latest=NOW + HOUR + 9 * SECOND)
    assert better(tight, moved) == moved


def test_earlier_runs_are_bounded_by_the_ones_around_them() -> None:
    """Heard of at 9:00 for the last time; then three runs off the line, and the present one since 11:50."""
    first, *lost = BOOTS[:4]
    runs = [EarlierRun(boot=first, mono_ms=3_600_000), *(EarlierRun(boot=boot, mono_ms=600_000) for boot in lost)]
    heard = ClockSample(boot=first, mono_ms=3_600_000, earliest=NOW - 3 * HOUR, latest=NOW - 3 * HOUR)
    found = of_earlier(sample(within=timedelta(0)), runs, {first: heard})
    assert [each.boot for each in found] == lost
    begun = NOW - timedelta(minutes=10)
    for place, each in enumerate(found):
        least = NOW - 3 * HOUR + timedelta(minutes=10) * (place + 1)
        most = begun - timedelta(minutes=10) * (2 - place)
        assert abs(each.earliest - least) < SECOND
        assert abs(each.latest - most) < SECOND


def test_the_first_run_of_all_may_have_been_long_ago() -> None:
    (found,) = of_earlier(sample(within=timedelta(0)), [EarlierRun(boot=BOOTS[0], mono_ms=1000)], {})
    assert abs(found.latest - (NOW - timedelta(minutes=10))) < SECOND
    assert abs(found.latest - found.earliest - UNKNOWN) < 3 * SECOND


@given(
    st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)), min_size=1, max_size=4),
    st.sets(st.integers(0, 3)),
    st.integers(-(10**7), 10**7),
    st.floats(-80e-6, 80e-6),
)
def test_no_event_is_dated_further_off_than_its_stated_error(
    lasted: list[tuple[int, int]], heard: set[int], off_s: int, drift: float
) -> None:
    """Runs with outages between them, of a clock that is off and a crystal that drifts; some of them were heard of."""
    begins, at = [], NOW - timedelta(days=60)
    for run_ms, outage_ms in lasted:
        begins.append(at)
        at += timedelta(milliseconds=run_ms + outage_ms)
    newest = ClockSample(boot=BOOTS[4], mono_ms=0, earliest=at - SECOND, latest=at + SECOND)
    monos = [int(run_ms * (1 + drift)) for run_ms, _ in lasted]
    runs = [EarlierRun(boot=BOOTS[place], mono_ms=mono) for place, mono in enumerate(monos)]
    known = {
        BOOTS[place]: ClockSample(boot=BOOTS[place], mono_ms=0, earliest=begin - SECOND, latest=begin + SECOND)
        for place, begin in enumerate(begins)
        if place in heard
    }
    samples = known | {each.boot: each for each in of_earlier(newest, runs, known)}
    for place, begin in enumerate(begins):
        for mono in (0, monos[place]):
            truth = begin + timedelta(milliseconds=mono / (1 + drift))
            found = dated(truth + timedelta(seconds=off_s), ClockTrust.UNPROVEN, samples[BOOTS[place]].span(mono))
            assert found is not None
            slack = timedelta(days=60) * 2 * 100e-6 + SECOND
            assert abs(found.at - truth) <= timedelta(seconds=found.error_s) + slack
