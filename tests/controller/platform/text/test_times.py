"""Times in words, in the night that has an hour twice too."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from controller.platform.text import times
from edge.wire.interval import Interval

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("starts", "ends", "text"),
    [
        ("2026-10-25T00:00", "2026-10-25T01:00", "Sun 25 Oct, 01:00 BST to 01:00 GMT"),
        ("2026-10-24T23:30", "2026-10-25T01:30", "Sun 25 Oct, 00:30 to 01:30 GMT"),
        ("2026-10-25T00:59", "2026-10-25T02:00", "Sun 25 Oct, 01:59 BST to 02:00"),
        ("2026-03-29T00:30", "2026-03-29T01:30", "Sun 29 Mar, 00:30 to 02:30"),
        ("2026-03-29T01:00", "2026-03-29T02:00", "Sun 29 Mar, 02:00 to 03:00"),
    ],
)
def test_an_hour_that_comes_twice_says_which_one_it_is(starts: str, ends: str, text: str) -> None:
    during = Interval(
        start=datetime.fromisoformat(starts).replace(tzinfo=UTC), end=datetime.fromisoformat(ends).replace(tzinfo=UTC)
    )
    assert times.window(during, LONDON, now=during.start) == text
