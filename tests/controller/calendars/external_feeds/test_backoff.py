"""A feed is asked at its interval, ever more seldom while it fails, and never when all the others are."""

from datetime import timedelta

import pytest

from controller.calendars.external_feeds.polling import pause


@pytest.mark.parametrize(
    ("every_min", "failures", "minutes"),
    [(30, 0, 30), (30, 1, 60), (30, 3, 240), (30, 6, 1440), (30, 500, 1440), (10080, 0, 10080), (10080, 9, 10080)],
)
def test_the_pause_doubles_with_every_failure_up_to_a_day(every_min: int, failures: int, minutes: int) -> None:
    assert pause(every_min, failures, luck=0.5) == timedelta(minutes=minutes)
    least, most = pause(every_min, failures, luck=0.0), pause(every_min, failures, luck=1.0)
    assert (least, most) == (timedelta(minutes=minutes * 0.9), timedelta(minutes=minutes * 1.1))


def test_a_retry_after_header_is_followed_up_to_a_day() -> None:
    assert pause(30, 1, luck=0.5, at_least_s=7200) == timedelta(hours=2)
    assert pause(30, 1, luck=0.5, at_least_s=1e9) == timedelta(hours=24)
