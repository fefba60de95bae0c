"""What wishes see of others that are taken to be booked, and what finding it costs."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

from controller.bookings.diary.model import BookingRequest
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.rules.evaluate import HypotheticalBookings, case_of
from controller.bookings.rules.model import RuleRequest
from controller.people.model import Actor, Role
from edge.wire.interval import Interval
from tests.controller.bookings.hub import site_config

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BEGIN = datetime(2026, 12, 1, 9, tzinfo=UTC)


def _wish(day: int, *, party: str | None = None) -> RuleRequest:
    start = BEGIN + timedelta(days=day)
    during = Interval(start=start, end=start + timedelta(hours=1))
    return RuleRequest(
        asked=BookingRequest(space="yard", title=f"day {day}", during=during, party=party),
        actor=Actor.acting("Una", Role.MANAGER),
    )


@contextmanager
def _counting() -> Iterator[list[int]]:
    calls = [0]

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        calls[0] += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def _cost(there: SiteConfig, wishes: int) -> int:
    hypothetical = HypotheticalBookings()
    hypothetical.take(there, [_wish(day) for day in range(wishes)], now=NOW)
    case = case_of(there, _wish(wishes // 2), NOW)
    gc.disable()  # what it finalizes of other tests would be counted too
    try:
        with _counting() as calls:
            hypothetical.seen_by(case)
    finally:
        gc.enable()
    return calls[0]


def test_a_request_reads_only_near_bookings_however_many_there_are() -> None:
    there = site_config()
    hypothetical = HypotheticalBookings()
    hypothetical.take(there, [_wish(day) for day in range(100)], now=NOW)
    seen = hypothetical.seen_by(case_of(there, _wish(50), NOW))
    assert [each.booking.title for each in seen.neighbours] == [f"day {day}" for day in range(48, 53)]
    assert _cost(there, 100) == _cost(there, 2000)
