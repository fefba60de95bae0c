"""When a building closes by its plan, and who is warned when, across both clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.alarm.closing import next_due, timetable, warning
from edge.wire.interval import Interval
from edge.wire.plan import Manifest, Mode, ModeSpan, Plan, Session

LONDON = ZoneInfo("Europe/London")
START = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
UUID = "0195d6a0-0000-7000-8000-000000000001"


def plan(
    *spans: tuple[datetime, datetime, Mode], sessions: tuple[tuple[datetime, datetime], ...] = (), days: int = 35
) -> Plan:
    first = min([start for start, _, _ in spans] + [start for start, _ in sessions])
    manifest = Manifest(
        site="ramsey",
        edge="ramsey-pi",
        version=1,
        valid_from=first,
        horizon=first + timedelta(days=days),
        parts={},
    )
    return Plan(
        manifest=manifest,
        doors={},
        modes=tuple(ModeSpan(during=Interval(start=start, end=end), mode=mode) for start, end, mode in spans),
        sessions=tuple(
            Session(booking=UUID, space="hall", window=Interval(start=start, end=end)) for start, end in sessions
        ),
    )


def at(hour: float, day: int = 28) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC) + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("modes", "sessions", "closings"),
    [
        ([(9, 17, Mode.STAFFED)], [], [17]),
        ([(9, 17, Mode.STAFFED), (17, 20, Mode.EXTENDED)], [], [20]),
        ([(9, 12, Mode.STAFFED), (13, 17, Mode.STAFFED)], [], [12, 17]),
        ([(9, 17, Mode.STAFFED), (17, 23, Mode.CLOSED)], [], [17]),
        ([(9, 17, Mode.STAFFED)], [(19, 21)], [17, 21]),
        ([(9, 17, Mode.STAFFED)], [(16, 21)], [17, 21]),
        ([(9, 17, Mode.STAFFED)], [(17, 21), (20, 22)], [17, 22]),
        ([(9, 17, Mode.STAFFED)], [(10, 12)], [17]),
        ([], [(19, 21), (21, 22)], [22]),
    ],
)
def test_it_closes_when_its_hours_end_and_when_the_last_booking_does(
    modes: list[tuple[int, int, Mode]], sessions: list[tuple[int, int]], closings: list[int]
) -> None:
    found = timetable(
        plan(
            *((at(start), at(end), mode) for start, end, mode in modes),
            sessions=tuple((at(start), at(end)) for start, end in sessions),
        )
    )
    assert found.closings == tuple(at(hour) for hour in closings)


def test_nothing_closes_at_the_end_of_the_plan() -> None:
    found = timetable(plan((at(0), at(24), Mode.STAFFED), days=1))
    assert found.closings == ()
    assert timetable(None).closings == ()


@pytest.mark.parametrize(
    ("ends", "utc"),
    [
        (datetime(2026, 3, 28, 18, 0, tzinfo=LONDON), datetime(2026, 3, 28, 18, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 18, 0, tzinfo=LONDON), datetime(2026, 3, 29, 17, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 18, 0, tzinfo=LONDON), datetime(2026, 10, 24, 17, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 18, 0, tzinfo=LONDON), datetime(2026, 10, 25, 18, 0, tzinfo=UTC)),
    ],
)
def test_people_are_warned_fifteen_and_five_real_minutes_before_on_both_sides_of_a_clock_change(
    ends: datetime, utc: datetime
) -> None:
    found = timetable(plan((ends - timedelta(hours=8), ends, Mode.STAFFED)))
    closing = found.closings[0]
    assert closing == utc
    assert warning(closing, (15, 5), utc - timedelta(minutes=15, seconds=1)) is None
    told = [warning(closing, (15, 5), utc - timedelta(minutes=minutes)) for minutes in (15, 10, 5, 1)]
    assert [(each.minutes, each.notice) for each in told if each] == [(15, 15), (10, 15), (5, 5), (1, 5)]
    assert warning(closing, (15, 5), utc) is None


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (datetime(2026, 3, 28, 22, 0, tzinfo=LONDON), datetime(2026, 3, 29, 2, 10, tzinfo=LONDON)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=LONDON), datetime(2026, 10, 25, 1, 10, fold=1, tzinfo=LONDON)),
    ],
)
def test_a_party_during_the_clock_change_is_warned_once_before_its_real_end(starts: datetime, ends: datetime) -> None:
    found = timetable(plan(sessions=((starts, ends),)))
    end = ends.astimezone(UTC)
    assert found.closings == (end,)
    told = set()
    now = starts.astimezone(UTC)
    while now < end:
        if (said := warning(end, (15, 5), now)) is not None:
            told.add(said.notice)
            assert end - now <= timedelta(minutes=15)
        now += timedelta(minutes=1)
    assert told == {15, 5}


hours = st.integers(0, 24 * 14).map(lambda quarter: START + timedelta(minutes=15 * quarter))
spans = st.tuples(hours, st.integers(1, 24 * 4)).map(lambda pair: (pair[0], pair[0] + timedelta(minutes=15 * pair[1])))


@given(st.lists(spans, min_size=1, max_size=12))
def test_by_the_plan_nobody_is_inside_after_the_last_closing_and_each_booking_ends_in_one(
    sessions: list[tuple[datetime, datetime]],
) -> None:
    found = timetable(plan(sessions=tuple(sessions)))
    for closing in found.closings:
        assert not found.in_use(closing)
        assert any(end == closing for _, end in sessions)
    for start, end in sessions:
        assert found.in_use(start)
        assert any(closing >= end for closing in found.closings)


@given(st.integers(0, 3600), st.sets(st.integers(1, 60), max_size=4))
def test_the_next_due_time_is_in_the_future_and_no_notice_is_missed(ago_s: int, minutes: set[int]) -> None:
    closing = START + timedelta(hours=1)
    now = closing - timedelta(seconds=max(1, ago_s))
    due = next_due(closing, minutes, now)
    assert now < due <= closing
    assert not any(now < closing - timedelta(minutes=each) < due for each in minutes)
