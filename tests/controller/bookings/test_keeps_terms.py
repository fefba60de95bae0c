"""Which changes of a booking need no document or induction that it did not need before."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from controller.bookings.change_impact import keeps_terms
from controller.bookings.diary.model import BookingState
from edge.wire.interval import Interval
from tests.controller.billing.wishes import LONDON
from tests.controller.bookings.hub import asked as wished
from tests.controller.bookings.hub import booking


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def _during(starts: str, ends: str) -> Interval:
    return Interval(start=_at(starts), end=_at(ends))


@pytest.mark.parametrize(
    ("now", "old", "new", "keeps"),
    [
        # Tonight, with an hour's notice: moved and longer.
        ("2026-11-26T17:00", ("2026-11-26T18:00", "2026-11-26T20:00"), ("2026-11-26T18:15", "2026-11-26T20:15"), True),
        # Next week: within the old time, later, and to a longer evening.
        ("2026-11-26T17:00", ("2026-12-03T18:00", "2026-12-03T20:00"), ("2026-12-03T18:30", "2026-12-03T20:00"), True),
        ("2026-11-26T17:00", ("2026-12-03T18:00", "2026-12-03T20:00"), ("2026-12-03T18:15", "2026-12-03T20:15"), False),
        ("2026-11-26T17:00", ("2026-12-03T16:00", "2026-12-03T17:00"), ("2026-12-03T16:00", "2026-12-03T23:00"), False),
        # Tonight's to next week.
        ("2026-11-26T17:00", ("2026-11-26T18:00", "2026-11-26T20:00"), ("2026-12-03T18:00", "2026-12-03T20:00"), False),
        # The day the clocks go back has 25 hours, all of them today; to Monday at 01:00 it is 24 hours and no more.
        ("2027-10-31T00:30", ("2027-10-31T18:00", "2027-10-31T20:00"), ("2027-10-31T23:45", "2027-10-31T23:59"), True),
        ("2027-10-31T00:30", ("2027-10-31T18:00", "2027-10-31T20:00"), ("2027-11-01T00:00", "2027-11-01T01:00"), False),
        # The day they go forward has 23: Monday at 01:30 is within 24 hours of Sunday at 00:30, 01:31 is not.
        ("2027-03-28T00:30", ("2027-03-28T18:00", "2027-03-28T20:00"), ("2027-03-29T01:30", "2027-03-29T03:00"), True),
        ("2027-03-28T00:30", ("2027-03-28T18:00", "2027-03-28T20:00"), ("2027-03-29T01:31", "2027-03-29T03:00"), False),
    ],
)
def test_times_that_keep_the_terms(now: str, old: tuple[str, str], new: tuple[str, str], keeps: bool) -> None:
    before = booking(replace(wished(), during=_during(*old)))
    asked = replace(before.asked, during=_during(*new))
    assert keeps_terms(before, asked, zone=LONDON, now=_at(now)) is keeps


def test_another_space_another_party_or_a_request_keeps_none() -> None:
    during = _during("2026-12-03T18:00", "2026-12-03T20:00")
    before = booking(replace(wished(), during=during))
    now = _at("2026-11-26T17:00")
    assert keeps_terms(before, before.asked, zone=LONDON, now=now)
    for asked in (replace(before.asked, space="other"), replace(before.asked, party="other")):
        assert not keeps_terms(before, asked, zone=LONDON, now=now)
    assert not keeps_terms(replace(before, state=BookingState.HELD), before.asked, zone=LONDON, now=now)
