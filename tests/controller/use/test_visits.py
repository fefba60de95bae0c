"""Who came in by the doors, by what the site was then, and the most who were inside."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import msgspec
import pytest

from controller.hours.model import OpeningHours
from controller.hours.timetable import Timetable
from controller.telemetry.rollups.crossings import CrossingsAt, DoorCounter
from controller.use.comparison import UsePeriod, compared, earlier, year_earlier
from controller.use.measure import measure
from controller.use.model import SiteVisits
from controller.use.visits import site_visits
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.bookings.hub import HUB, site_config
from tests.controller.hours.books import closure, span, week
from tests.controller.use.test_measure import LATER, OPEN, days, hours

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = days("2026-11-23", "2026-11-30")
HOUR = timedelta(hours=1)
FIVE = timedelta(minutes=5)


def counter(
    *rows: tuple[float, int, int],
    place: str = "front",
    there: Interval = WEEK,
    dark: tuple[float, float] | None = None,
    gone: bool = False,
) -> DoorCounter:
    """``rows``: hours after Monday's beginning, people in, people out. ``dark``: hours in which nothing is known."""
    known = [there]
    if dark is not None:
        begins, ends = (MONDAY + HOUR * each for each in dark)
        known = [Interval(start=there.start, end=begins), Interval(start=ends, end=there.end)]
    crossed = [CrossingsAt(MONDAY + HOUR * at, ins, outs) for at, ins, outs in rows]
    return DoorCounter(
        device=f"{place}-beams", place=place, edge="main", gone=gone, there=there, known=known, rows=crossed
    )


def visits(*counters: DoorCounter, book: Timetable | None = None, during: Interval = WEEK) -> SiteVisits:
    found = site_visits(counters, (book or hours()).modes(during), during, HUB.tz)
    assert found is not None
    return found


def test_without_a_counter_visits_are_not_measured_and_not_zero() -> None:
    assert site_visits([], hours().modes(WEEK), WEEK, HUB.tz) is None


def test_visits_are_told_apart_by_what_the_site_was_then() -> None:
    found = visits(counter((9, 70, 0), (19, 14, 0), (23, 3, 87)))
    assert [each.visits for each in (found.open, found.staffed, found.extended, found.closed)] == [84, 70, 14, 3]
    assert (found.staffed.minutes, found.staffed.measured, found.staffed.per_hour) == (70 * 60, 70 * 60, 1.0)
    assert found.extended.per_hour == 0.5
    assert found.doors == ("front",)


def test_per_hour_is_of_the_hours_in_which_every_counter_worked() -> None:
    side = counter((12, 20, 0), place="side", dark=(8, 18))
    found = visits(counter((9, 50, 0), (33, 60, 0)), side)
    assert found.staffed.visits == 130
    assert (found.staffed.minutes, found.staffed.measured) == (70 * 60, 60 * 60)
    assert found.staffed.per_hour == 1.0


def test_the_time_before_the_first_counter_is_not_measured() -> None:
    late = Interval(start=MONDAY + 3 * 24 * HOUR, end=WEEK.end)
    found = visits(counter((80, 40, 0), (85, 0, 40), there=late))
    assert found.part_of_the_time == ("front",)
    assert (found.staffed.measured, found.staffed.per_hour) == (40 * 60, 1.0)
    assert (found.open_days, found.measured_days) == (7, 4)


def test_a_site_that_was_never_open_has_no_visits_of_an_open_hour() -> None:
    found = visits(counter((12, 5, 5)), book=hours(OPEN, closure("2026-11-23", "2026-11-29", "floor sanding")))
    assert (found.open.minutes, found.open.visits, found.open.per_hour, found.closed.visits) == (0, None, None, 5)
    assert found.open_days == 0


def test_a_peak_is_held_for_ten_minutes() -> None:
    short = [(10.0, 40, 0), (10 + 5 / 60, 0, 40), (14.0, 30, 0), (15.0, 0, 30)]
    peak = visits(counter(*short)).peak
    assert peak is not None
    assert peak.at == MONDAY + 14 * HOUR + FIVE
    assert peak.estimate == 30
    assert peak.people < 30 < peak.most
    assert (peak.ins, peak.outs, peak.ended) == (70, 70, True)


def test_who_was_not_counted_out_is_an_error_that_is_spread_over_the_crossings() -> None:
    exact = visits(counter((9, 100, 0), (14, 100, 0), (17, 0, 200))).peak
    drifted = visits(counter((9, 100, 0), (14, 100, 0), (17, 0, 160))).peak
    assert exact is not None
    assert drifted is not None
    assert (exact.estimate, drifted.estimate) == (200, 178)  # of 360 crossings 200 were made, with 22 of 40 errors
    assert drifted.most - drifted.people > exact.most - exact.people


def test_a_day_in_which_a_counter_was_silent_has_no_peak() -> None:
    found = visits(counter((9, 100, 0), (17, 0, 100), (33, 10, 0), (40, 0, 10), dark=(11, 12)))
    assert (found.open_days, found.measured_days) == (7, 6)
    assert found.peak is not None
    assert found.peak.estimate == 10


def simulated(seed: int, missed: float) -> tuple[DoorCounter, list[int]]:
    """A day's counts where each crossing is missed with this probability, by itself; and who was truly inside."""
    random = Random(seed)
    inside, true, counts = 0, [], []
    for step in range(120):  # ten hours
        came = random.randrange(8) if step < 110 else 0
        went = min(inside, random.randrange(9)) if step < 110 else inside
        inside += came - went
        true.append(inside)
        seen = [sum(random.random() >= missed for _ in range(each)) for each in (came, went)]
        counts.append((8 + step / 12, seen[0], seen[1]))
    return counter(*counts, there=Interval(start=MONDAY, end=MONDAY + 48 * HOUR)), true


def highest(inside: list[int]) -> int:
    """What was held for ten minutes."""
    return max(min(inside[n : n + 3]) for n in range(len(inside) - 2))


@pytest.mark.cases_full
def test_a_peak_holds_in_nine_of_ten_simulated_days() -> None:
    """The level that is reported was truly held."""
    held = total = 0
    below = []
    for seed in range(300):
        counted, true = simulated(seed, 0.02)
        peak = visits(counted).peak
        assert peak is not None
        total += 1
        below.append(peak.estimate - peak.people)
        held += highest(true) >= peak.people
    assert held / total >= 0.9
    assert max(below) <= 0.25 * 60  # of some 60 people who were inside at the peak
    assert min(below) > 0


@pytest.mark.parametrize("missed", [0.02, 0.1])
def test_no_more_than_most_were_inside_in_nine_of_ten_simulated_days(missed: float) -> None:
    held, far = 0, []
    for seed in range(100):
        counted, true = simulated(seed, missed)
        most = visits(counted).most
        assert most is not None
        held += highest(true) <= most
        far.append(most / highest(true))
    assert held >= 90
    assert sum(far) / 100 < 1.6


def test_the_most_may_be_of_another_day_than_the_peak() -> None:
    sure, wide = [(9, 190, 0), (17, 0, 190)], [(24 + 9, 205, 0), (24 + 17, 0, 150)]
    found, alone = visits(counter(*sure, *wide)), visits(counter(*wide))
    assert found.peak is not None
    assert found.peak.at < MONDAY + 24 * HOUR
    assert found.most == alone.most
    assert found.peak.most < (found.most or 0)
    assert visits(counter()).most == 0
    assert visits(counter(dark=(1, 167))).most is None


ROUND_THE_CLOCK = OpeningHours(pattern=week(span("00:00", "24:00")))
WITH_CODES_AT_NIGHT = OpeningHours(
    pattern=week(span("00:00", "09:00", Mode.EXTENDED), span("09:00", "17:00"), span("17:00", "24:00", Mode.EXTENDED))
)


@pytest.mark.parametrize("opening", [ROUND_THE_CLOCK, WITH_CODES_AT_NIGHT])
def test_a_building_that_is_never_closed_has_visits_and_open_days_but_no_peak(opening: OpeningHours) -> None:
    found = visits(counter((9, 98, 0), (20, 0, 98)), book=hours(opening))
    assert (found.open.visits, found.open_days, found.measured_days, found.peak) == (98, 7, 0, None)


def test_a_part_of_a_day_has_visits_but_no_peak() -> None:
    part = Interval(start=MONDAY + 9 * HOUR, end=MONDAY + 15 * HOUR)
    found = visits(counter((10, 30, 0), (12, 0, 30)), during=part)
    assert (found.open.visits, found.open_days, found.measured_days, found.peak) == (30, 1, 0, None)


def test_days_that_are_open_over_midnight_are_counted_one_by_one() -> None:
    late = OpeningHours(pattern=week(span("18:00", "26:00"), days=(4,)))
    found = visits(counter((18 + 96, 30, 0), (23 + 96, 0, 30)), book=hours(late))
    assert (found.open_days, found.measured_days) == (2, 2)
    assert found.peak is not None


@pytest.mark.parametrize("rows", [[(9, 80, 0)], [(9, 80, 0), (17, 0, 50)], [(9, 30, 0), (17, 0, 80)], [(17, 0, 80)]])
def test_a_day_of_which_one_direction_was_not_counted_is_not_measured(rows: list[tuple[float, int, int]]) -> None:
    found = visits(counter(*rows))
    assert (found.open_days, found.measured_days, found.peak) == (7, 6, None)


def test_a_peak_of_which_nothing_is_sure_is_none() -> None:
    found = visits(counter((9, 1, 0), (17, 0, 1)))
    assert (found.measured_days, found.peak) == (7, None)


def test_the_last_day_is_made_even_at_its_end_as_the_others_are() -> None:
    drifted = [(9, 100, 0), (14, 100, 0), (17, 0, 160)]
    first = visits(counter(*drifted)).peak
    last = visits(counter(*((24 * 6 + at, ins, outs) for at, ins, outs in drifted))).peak
    assert first is not None
    assert last is not None
    assert (last.people, last.estimate, last.most, last.ended) == (first.people, first.estimate, first.most, True)
    half = Interval(start=MONDAY, end=MONDAY + 15 * HOUR)
    going_on = visits(counter((9, 100, 0), (14, 0, 10)), during=half).peak
    assert going_on is not None
    assert (going_on.estimate, going_on.ended) == (100, False)


@pytest.mark.parametrize(
    ("first", "after", "before", "year"),
    [
        ("2026-11-01", "2026-12-01", ("2026-10-01", "2026-11-01"), ("2025-11-01", "2025-12-01")),
        ("2026-01-01", "2026-03-01", ("2025-11-01", "2026-01-01"), ("2025-01-01", "2025-03-01")),
        ("2026-11-02", "2026-11-30", ("2026-10-05", "2026-11-02"), ("2025-11-03", "2025-12-01")),
    ],
)
def test_whole_months_are_compared_with_months_and_other_times_with_as_many_days(
    first: str, after: str, before: tuple[str, str], year: tuple[str, str]
) -> None:
    given = (date.fromisoformat(first), date.fromisoformat(after))
    assert tuple(each.isoformat() for each in earlier(given)) == before
    assert tuple(each.isoformat() for each in year_earlier(given)) == year


def period(*counters: DoorCounter, book: Timetable | None = None, counts_from: datetime | None = None) -> UsePeriod:
    use = measure(site_config(hours=book or hours()), WEEK, (), now=LATER)
    assert use is not None
    found = site_visits(counters, (book or hours()).modes(WEEK), WEEK, HUB.tz)
    return UsePeriod(use=use, visits=found, counts_from=counts_from)


def test_visits_are_compared_by_open_hour_so_that_a_closed_day_is_no_fall() -> None:
    half = hours(OPEN, closure("2026-11-25", "2026-11-29", "floor sanding"))
    daily = [(24.0 * day + 9, 14, 0) for day in range(7)]
    found = compared(period(counter(*daily[:2]), book=half), period(counter(*daily)))
    assert found.change == pytest.approx(0)


def test_quiet_hours_that_were_not_counted_are_no_rise() -> None:
    daily = [(24.0 * day + at, 2 if at < 13 else 20, 0) for day in range(7) for at in range(8, 22)]
    whole = counter(*daily)
    dark = [(MONDAY + HOUR * (24 * day + 8), MONDAY + HOUR * (24 * day + 13)) for day in range(7)]
    edges = [WEEK.start, *(each for gap in dark for each in gap), WEEK.end]
    known = [Interval(start=at, end=until) for at, until in zip(edges[::2], edges[1::2], strict=True)]
    mornings = msgspec.structs.replace(whole, known=known, rows=[each for each in whole.rows if each.at.hour >= 13])
    found = compared(period(mornings), period(whole))
    assert found.change == pytest.approx(0)


def test_times_that_share_few_open_hours_of_the_week_are_not_compared() -> None:
    early, late = (hours(OpeningHours(pattern=week(span(*each)))) for each in (("08:00", "13:00"), ("12:00", "18:00")))
    found = compared(period(counter((12, 50, 0)), book=late), period(counter((12, 50, 0)), book=early))
    assert (found.change, found.why_no_change) == (None, "too few of the same hours of the week are measured")


def test_a_counter_that_was_replaced_is_one_with_the_other_at_its_door() -> None:
    old = counter((9, 50, 0), there=Interval(start=WEEK.start, end=MONDAY + 57 * HOUR))
    new = counter((33 + 24 * 4, 48, 0), there=Interval(start=MONDAY + 58 * HOUR, end=WEEK.end))
    both = period(old, new)
    assert both.visits is not None
    assert (both.visits.part_of_the_time, both.visits.open.measured) == ((), 97 * 60)
    same = compared(both, period(counter((9, 50, 0), (33 + 24 * 4, 48, 0))))
    assert same.change == pytest.approx(0)


def test_time_in_which_a_door_had_no_counter_is_not_measured() -> None:
    late = Interval(start=MONDAY + 4 * 24 * HOUR, end=WEEK.end)
    found = visits(counter((9, 98, 0)), counter((106, 42, 0), place="side", there=late))
    assert (found.part_of_the_time, found.open.measured) == (("side",), 3 * 14 * 60)
    assert found.open.per_hour == 1.0


def test_no_rate_is_made_of_a_few_minutes() -> None:
    found = visits(counter((9, 20, 0), dark=(9 + 1 / 60, 167.9)))
    assert (found.open.visits, found.open.per_hour) == (20, None)


@pytest.mark.parametrize(
    ("now", "then", "why"),
    [
        (period(counter((9, 9, 0))), None, "nothing was recorded yet"),
        (period(), period(counter((9, 9, 0))), "no door had a counter"),
        (period(counter((9, 9, 0))), period(), "no door had a counter then"),
        (
            period(counter((9, 9, 0))),
            period(counter((9, 9, 0)), book=hours(OPEN, closure("2026-11-23", "2026-11-29", "sanding"))),
            "it was closed then",
        ),
        (period(counter((9, 9, 0))), period(counter((9, 9, 0), place="side")), "not the same doors were counted"),
        (period(counter((9, 9, 0))), period(counter((9, 9, 0), dark=(2, 120))), "less than half is measured then"),
        (period(counter((9, 9, 0))), period(counter((9, 9, 0)), counts_from=MONDAY), "records begin within that time"),
        (period(counter((9, 9, 0))), period(counter()), "nobody came then"),
    ],
)
def test_what_cannot_be_compared_says_why(now: UsePeriod, then: UsePeriod | None, why: str) -> None:
    found = compared(now, then)
    assert (found.change, found.why_no_change) == (None, why)


def test_halves_of_passages_are_summed_before_they_are_rounded_and_no_peak_is_said_of_such_a_day() -> None:
    beams = counter((10, 4, 4))
    rows = [CrossingsAt(MONDAY + HOUR * at, 0, 0, 3) for at in range(9, 17)]
    mat = msgspec.structs.replace(counter(place="side"), rows=rows, both_ways=True)
    found = visits(beams, mat)
    assert (found.both_ways, found.open.visits) == (("side",), 4 + 8 * 3 // 2)
    assert (found.peak, found.measured_days) == (None, found.open_days - 1)
    odd = msgspec.structs.replace(mat, rows=rows[:1])
    assert visits(odd).open.visits == 2
    closed = CrossingsAt(MONDAY + HOUR * 23, 0, 0, 5)
    both = visits(msgspec.structs.replace(mat, rows=[*rows[:1], closed]))
    assert (both.open.visits, both.closed.visits, both.all_visits) == (2, 3, 4)
