"""The free time that lies nearest to a wanted one."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from controller.find.other_times import nearest
from edge.wire.interval import Interval

DAY = datetime(2026, 11, 26, tzinfo=UTC)


def span(start: str, end: str, *, day: int = 0) -> Interval:
    """Times of one day, such as "18:00"."""
    at = [DAY + timedelta(days=day, hours=int(text[:2]), minutes=int(text[3:])) for text in (start, end)]
    return Interval(start=at[0], end=at[1])


WANTED = span("18:00", "20:00")


def test_a_wanted_time_that_is_free_is_the_nearest() -> None:
    assert nearest([span("09:00", "22:00")], WANTED) == [WANTED]


def test_each_free_time_gives_its_nearest_the_nearer_first() -> None:
    free = [span("08:00", "12:00"), span("19:00", "22:00"), span("20:00", "23:00", day=1)]
    assert nearest(free, WANTED) == [
        span("19:00", "21:00"),
        span("10:00", "12:00"),
        span("20:00", "22:00", day=1),
    ]


def test_of_two_that_are_as_near_the_earlier_comes_first() -> None:
    assert nearest([span("19:00", "22:00"), span("12:00", "19:00")], WANTED) == [
        span("17:00", "19:00"),
        span("19:00", "21:00"),
    ]


def test_a_free_time_that_is_too_short_gives_nothing() -> None:
    assert nearest([span("18:00", "19:59")], WANTED) == []


def test_starts_are_whole_steps_away() -> None:
    assert nearest([span("18:10", "22:00")], WANTED) == [span("18:15", "20:15")]
    assert nearest([span("12:00", "19:50")], WANTED) == [span("17:45", "19:45")]


def test_room_between_two_steps_is_used_from_its_nearer_end() -> None:
    assert nearest([span("18:10", "20:12")], WANTED) == [span("18:10", "20:10")]
    assert nearest([span("15:46", "17:48")], WANTED) == [span("15:48", "17:48")]


def test_no_more_than_the_limit() -> None:
    assert len(nearest([span("08:00", "12:00", day=day) for day in range(5)], WANTED, limit=2)) == 2


MINUTES = st.integers(0, 600)


@given(edges=st.sets(MINUTES, min_size=2, max_size=12), start=MINUTES, length=st.integers(1, 120))
def test_no_start_on_a_step_is_nearer(edges: set[int], start: int, length: int) -> None:
    ordered = sorted(edges)
    free = [minutes(*pair) for pair in zip(ordered[::2], ordered[1::2], strict=False)]
    wanted = minutes(start, start + length)
    found = nearest(free, wanted)
    assert all(any(each.start <= one.start and one.end <= each.end for each in free) for one in found)
    steps = [minutes(start + 15 * step, start + 15 * step + length) for step in range(-60, 60)]
    fitting = [one for one in steps if any(each.start <= one.start and one.end <= each.end for each in free)]
    if fitting:
        best = min(abs(one.start - wanted.start) for one in fitting)
        assert abs(found[0].start - wanted.start) <= best


def minutes(start: int, end: int) -> Interval:
    return Interval(start=DAY + timedelta(minutes=start), end=DAY + timedelta(minutes=end))
