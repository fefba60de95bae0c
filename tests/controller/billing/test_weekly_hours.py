"""Hours of the week: what can be written, and what it means in the nights in which the clocks change."""

import pytest

from controller.billing import rate_selection
from controller.billing.rate_selection import DAY, WeekWindow
from edge.wire.interval import Interval
from tests.controller.billing.wishes import LONDON, wall


def spans(text: str, starts: str, ends: str) -> list[tuple[str, str]]:
    during = Interval(start=wall(starts), end=wall(ends))
    return [
        (f"{each.start:%d %H:%M}", f"{each.end:%d %H:%M}") for each in rate_selection.intervals(text, during, LONDON)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mon 09:00-17:00", [(540, 1020)]),
        ("mon 09:00 - 17:00", [(540, 1020)]),
        ("Sat,Sun 00:00-24:00", [(5 * DAY, 6 * DAY), (6 * DAY, 7 * DAY)]),
        ("Sat-Mon 10:00–11:00", [(600, 660), (5 * DAY + 600, 5 * DAY + 660), (6 * DAY + 600, 6 * DAY + 660)]),
        ("Fri 18:00 - Sat 02:00", [(4 * DAY + 1080, 5 * DAY + 120)]),
        ("Fri 18:00-02:00", [(4 * DAY + 1080, 5 * DAY + 120)]),
        ("Sun 22:00 - Mon 02:00", [(6 * DAY + 1320, 7 * DAY + 120)]),
        ("Mon 00:00 - Mon 00:00", [(0, 7 * DAY)]),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, found: list[tuple[int, int]]) -> None:
    assert rate_selection.windows(text) == tuple(WeekWindow(start=start, end=end) for start, end in found)


@pytest.mark.parametrize("text", ["", "Fri", "Fri 25:00-26:00", "Fri 9:00-17:00", "🎺" * 10_000, "Mon 09:00-17:60"])
def test_what_are_no_hours_is_refused_with_the_way_to_write_them(text: str) -> None:
    with pytest.raises(ValueError, match="Mon-Fri 18:00-22:00") as refused:
        rate_selection.windows(text)
    assert len(str(refused.value)) < 300


def test_windows_meet_over_the_end_of_the_week() -> None:
    assert rate_selection.meet(["Sun 22:00 - Mon 02:00"], ["Mon 01:00-03:00"])
    assert not rate_selection.meet(["Sun 22:00 - Mon 02:00"], ["Mon 02:00-03:00", "Sun 21:00-22:00"])


def test_windows_touch_a_booking_from_the_week_before_and_after() -> None:
    assert spans("Sun 22:00 - Mon 02:00", "2026-11-30 01:00", "2026-12-07 00:30") == [
        ("29 22:00", "30 02:00"),
        ("06 22:00", "07 02:00"),
    ]


def test_ends_keep_their_wall_time_when_the_clocks_go_back() -> None:
    assert spans("Sat 22:00 - Sun 06:00", "2026-10-24 12:00", "2026-10-25 12:00") == [("24 21:00", "25 06:00")]
    assert spans("Sun 01:30-03:00", "2026-10-24 12:00", "2026-10-25 12:00") == [("25 00:30", "25 03:00")]


def test_ends_that_the_clocks_skip_move_forward_by_the_gap() -> None:
    assert spans("Sun 00:30-01:30", "2027-03-27 12:00", "2027-03-28 12:00") == [("28 00:30", "28 01:30")]
    assert spans("Sun 01:15-02:15", "2027-03-27 12:00", "2027-03-28 12:00") == []
