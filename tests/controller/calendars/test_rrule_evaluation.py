"""No file keeps a processor busy: rules are followed within bounds, and one that is left out is reported by line."""

from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from controller.calendars.ics_parser import CalendarTooSlow
from controller.calendars.read_calendar import ClassifiedCalendar, sort_out
from controller.hours.recurrence.errors import Unbookable
from controller.hours.recurrence.rrule_evaluation import EVENT_STEPS, Budget, EventWalk, last_wall
from tests.controller.calendars.test_read_calendar import LONDON, SINCE, UNTIL, event, sorted_out

OLD = ("DTSTART;TZID=Europe/London:20000103T190000", "DTEND;TZID=Europe/London:20000103T193000")
NEW = ("DTSTART;TZID=Europe/London:20260324T190000", "DTEND;TZID=Europe/London:20260324T193000")
BEGIN = datetime(2000, 1, 3, 19, 0)  # noqa: DTZ001  # wall time on purpose


class Seconds:
    """A timer that goes on by one second each time it is asked."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


class Counted(Budget):
    """Counts the steps, and the most that were asked for at once."""

    spent = most = 0

    def spend(self, steps: int) -> None:
        self.spent += steps
        self.most = max(self.most, steps)
        super().spend(steps)


def within(budget: Budget, *rules: str) -> ClassifiedCalendar:
    events = "".join(event(*OLD, f"RRULE:{rule}", uid=str(number)) for number, rule in enumerate(rules))
    data = f"BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n"
    return sort_out(data.encode(), LONDON, since=SINCE, until=UNTIL, budget=budget)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYWEEKNO=40;BYMONTH=2",
        f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE={','.join(map(str, range(60)))}",
        f"FREQ=YEARLY;BYSETPOS={','.join(str(at) for at in range(1, 367))};BYDAY=MO,TU,WE,TH,FR,SA,SU",
    ],
)
def test_no_event_of_a_file_full_of_old_or_impossible_rules_takes_more_than_its_share_of_steps(rule: str) -> None:
    budget = Counted(seconds=600)
    found = within(budget, *[rule] * 5)
    assert budget.spent <= 5 * (EVENT_STEPS + budget.most)
    told = len({each.uid for each in found.occurrences}) + len(found.faults)
    assert told == (0 if found.past == 5 else 5)


def test_a_file_whose_events_take_too_long_to_read_is_refused_as_a_whole() -> None:
    with pytest.raises(CalendarTooSlow, match="shorter period"):
        within(Budget(seconds=2, timer=Seconds()), *["FREQ=DAILY;COUNT=2"] * 5)


def test_the_guests_and_pictures_of_an_event_cost_nothing_and_its_dates_have_a_limit() -> None:
    dates = ["EXDATE:20260331T190000Z"] * 5000
    guests = ["ATTENDEE:mailto:ann@example.org"] * 20_000
    found = sorted_out(event(*OLD, *dates, uid="dates"), event(*NEW, *guests, uid="guests"))
    assert [each.uid for each in found.occurrences] == ["guests"]
    [fault] = found.faults
    assert (fault.uid, "100,000 characters" in fault.reason) == ("dates", True)


@pytest.mark.cases_full
def test_a_rule_that_comes_too_often_is_refused_by_line_and_costs_no_other() -> None:
    hours = ",".join(str(hour) for hour in range(13))
    found = sorted_out(
        event(*OLD, f"RRULE:FREQ=DAILY;BYHOUR={hours};BYMINUTE=0,30", uid="often"),
        event(*OLD, "RRULE:FREQ=DAILY;BYHOUR=19", uid="daily"),
    )
    assert [(fault.line, fault.uid, fault.reason) for fault in found.faults] == [
        (3, "often", "repeats too often; export a part of it")
    ]
    assert {each.uid for each in found.occurrences} == {"daily"}
    assert len(found.occurrences) == 365


def test_a_rule_that_never_comes_is_refused_once_its_steps_are_used_up() -> None:
    found = within(Budget(event_steps=1000), "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    assert [fault.reason for fault in found.faults] == ["its rule gives no date; give it dates that exist"]


def test_a_file_has_so_many_steps_and_so_many_seconds_for_all_its_events() -> None:
    filtered = "FREQ=DAILY;BYMONTH=1"
    whole = within(Budget(), filtered, filtered)
    assert whole.faults == ()
    for budget in (Budget(file_steps=12_000), Budget(seconds=12_000, timer=Seconds())):
        found = within(budget, filtered, filtered)
        assert ["take too long" in fault.reason for fault in found.faults] == [True]
        assert {each.uid for each in found.occurrences} == {"0"}


@pytest.mark.parametrize("interval", ["0", "1001", "9" * 30, "-1"])
def test_an_interval_without_sense_is_refused(interval: str) -> None:
    found = within(Budget(), f"FREQ=DAILY;INTERVAL={interval}")
    assert len(found.faults) == 1


def test_a_rule_with_a_thousand_parts_is_refused() -> None:
    found = within(Budget(), "FREQ=YEARLY;BYSETPOS=" + ",".join(["1"] * 2000))
    assert ["longer than 2000 characters" in fault.reason for fault in found.faults] == [True]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO,WE;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,TU,WE",
        "FREQ=WEEKLY;BYDAY=MO;UNTIL=20260301T190000",
        "FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20200301T190000",
    ],
)
def test_a_rule_begun_late_gives_the_same_dates_and_the_same_count(rule: str) -> None:
    found = within(Budget(), rule)
    horizon = UNTIL.replace(tzinfo=None)
    wall_times = {BEGIN} | set(rrulestr(rule, dtstart=BEGIN).between(BEGIN, horizon))
    ahead = sorted(wall for wall in wall_times if wall + timedelta(minutes=30) > SINCE.replace(tzinfo=None))
    assert [each.starts.astimezone(LONDON).replace(tzinfo=None) for each in found.occurrences] == ahead
    assert found.past == len(wall_times) - len(ahead)


def test_dates_are_walked_no_further_than_the_end() -> None:
    walk = EventWalk(Budget())
    assert list(walk.times("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", begin=BEGIN, end=BEGIN + timedelta(days=3650))) == []
    with pytest.raises(Unbookable, match="cannot be expanded"):
        list(walk.times("FREQ=YEARLY;BYMONTH=13,x", begin=BEGIN, end=BEGIN))


@pytest.mark.parametrize(
    ("until", "wall"),
    [
        ("20270401", "2027-04-01T23:59:59.999999"),
        ("20270401T120000", "2027-04-01T12:00:00"),
        ("20270401T120000Z", "2027-04-01T13:00:00"),
        ("99991231T235959Z", "9999-12-31T23:59:59"),
        ("99991231", "9999-12-31T23:59:59.999999"),
        ("00010101T000000Z", "0001-01-01T00:00:00"),
    ],
)
def test_until_is_read_as_wall_time_of_the_zone_to_the_ends_of_the_calendar(until: str, wall: str) -> None:
    for zone in (LONDON, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")):
        found = last_wall(until, zone)
        assert found is not None
        if zone is LONDON:
            assert found.isoformat() == wall


@pytest.mark.parametrize(
    ("rule", "most"), [("FREQ=HOURLY;INTERVAL=7", 10), ("FREQ=MINUTELY;INTERVAL=1501", 10), ("FREQ=SECONDLY", 5)]
)
def test_shorter_periods_than_days_are_walked_too(rule: str, most: int) -> None:
    found = list(islice(EventWalk(Budget()).times(rule, begin=BEGIN, end=BEGIN + timedelta(days=400)), most))
    assert found == list(islice(rrulestr(rule, dtstart=BEGIN), most))
