"""Events turned into occurrences by RFC 5545, and what is wrong told by line and reason."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar.timezone import tzp

from controller.calendars.date_times import CalendarTime, instant
from controller.calendars.ics_parser import CalendarError
from controller.calendars.read_calendar import ClassifiedCalendar, sort_out
from controller.platform.text import local_time

LONDON = ZoneInfo("Europe/London")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2027, 1, 1, tzinfo=UTC)
START = "DTSTART;TZID=Europe/London:20260324T190000"
END = "DTEND;TZID=Europe/London:20260324T210000"


def event(*lines: str, uid: str = "a") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", "SUMMARY:Choir", *lines, "END:VEVENT")) + "\n"


def sorted_out(*events: str) -> ClassifiedCalendar:
    data = "BEGIN:VCALENDAR\nVERSION:2.0\n" + "".join(events) + "END:VCALENDAR\n"
    return sort_out(data.encode(errors="surrogateescape"), LONDON, since=SINCE, until=UNTIL)


def shown(found: ClassifiedCalendar) -> list[str]:
    wall_times = [
        (local_time.wall(each.starts, LONDON), local_time.wall(each.ends, LONDON)) for each in found.occurrences
    ]
    return [f"{starts:%m-%d %H:%M} {ends:%H:%M}" for starts, ends in wall_times]


def refused(*events: str) -> tuple[int, str]:
    found = sorted_out(*events)
    [fault] = found.faults
    assert found.occurrences == ()
    return fault.line, fault.reason


def test_a_single_event() -> None:
    found = sorted_out(event(START, END))
    [one] = found.occurrences
    assert (one.uid, one.recurrence_id, one.title, one.line) == ("a", "", "Choir", 3)
    assert one.starts == datetime(2026, 3, 24, 19, tzinfo=UTC)
    assert found.series == frozenset()


def test_a_weekly_series_keeps_its_wall_time_without_its_exceptions() -> None:
    found = sorted_out(
        event(
            START,
            END,
            "RRULE:FREQ=WEEKLY;COUNT=4",
            "EXDATE;TZID=Europe/London:20260331T190000",
        ),
        event(
            "RECURRENCE-ID;TZID=Europe/London:20260407T190000",
            "DTSTART;TZID=Europe/London:20260408T200000",
            "DTEND;TZID=Europe/London:20260408T210000",
        ),
    )
    assert found.faults == ()
    assert shown(found) == ["03-24 19:00 21:00", "04-08 20:00 21:00", "04-14 19:00 21:00"]
    assert [each.recurrence_id for each in found.occurrences] == [
        "20260324T190000Z",
        "20260407T180000Z",
        "20260414T180000Z",
    ]
    assert found.series == {"a"}


def test_until_extra_dates_and_excluded_days() -> None:
    found = sorted_out(
        event(
            START,
            END,
            "RRULE:FREQ=WEEKLY;UNTIL=20260414T180000Z",
            "RDATE;TZID=Europe/London:20260416T190000",
            "EXDATE;VALUE=DATE:20260407",
        )
    )
    assert shown(found) == ["03-24 19:00 21:00", "03-31 19:00 21:00", "04-14 19:00 21:00", "04-16 19:00 21:00"]


def test_a_series_without_end_stops_at_the_horizon_and_the_past_is_counted() -> None:
    found = sorted_out(
        event(
            "DTSTART;TZID=Europe/London:20251202T190000",
            "DTEND;TZID=Europe/London:20251202T210000",
            "RRULE:FREQ=WEEKLY",
        )
    )
    assert found.past == 5
    assert len(found.occurrences) == 52


@pytest.mark.parametrize(
    ("rule", "goes_on"),
    [
        ("FREQ=MONTHLY", True),
        ("FREQ=MONTHLY;COUNT=3", False),
        ("FREQ=MONTHLY;COUNT=300", True),
        ("FREQ=MONTHLY;UNTIL=20260701", False),
        ("FREQ=MONTHLY;UNTIL=20990701", True),
    ],
)
def test_a_series_goes_on_where_its_rule_has_more_dates_than_are_looked_at(rule: str, goes_on: bool) -> None:
    found = sorted_out(event(START, END, f"RRULE:{rule}"))
    assert [each.uid for each in found.goes_on] == [found.occurrences[0].uid] * goes_on


def test_dtend_is_exact_and_duration_nominal_over_the_clock_change() -> None:
    night = "DTSTART;TZID=Europe/London:20260321T220000"
    exact = sorted_out(event(night, "DTEND;TZID=Europe/London:20260322T060000", "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert shown(exact) == ["03-21 22:00 06:00", "03-28 22:00 07:00"]
    nominal = sorted_out(event(night, "DURATION:P1D", "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert shown(nominal) == ["03-21 22:00 22:00", "03-28 22:00 22:00"]
    hours = sorted_out(event(night, "DURATION:PT24H", "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert shown(hours) == ["03-21 22:00 22:00", "03-28 22:00 23:00"]


def test_a_recurring_time_that_does_not_exist_is_left_out_listed_and_not_counted() -> None:
    found = sorted_out(
        event(
            "DTSTART;TZID=Europe/London:20260322T013000",
            "DTEND;TZID=Europe/London:20260322T033000",
            "RRULE:FREQ=WEEKLY;COUNT=3",
        )
    )
    assert shown(found) == ["03-22 01:30 03:30", "04-05 01:30 03:30", "04-12 01:30 03:30"]
    [fault] = found.faults
    assert "01:30 on 29 March 2026 does not exist" in fault.reason


def test_an_all_day_event_is_the_whole_local_day() -> None:
    found = sorted_out(event("DTSTART;VALUE=DATE:20260329"))
    [one] = found.occurrences
    assert (one.starts, one.ends) == (
        datetime(2026, 3, 29, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 23, tzinfo=UTC),
    )
    two = sorted_out(event("DTSTART;VALUE=DATE:20260601", "DTEND;VALUE=DATE:20260603"))
    assert shown(two) == ["06-01 00:00 00:00"]
    assert (two.occurrences[0].ends - two.occurrences[0].starts).days == 2


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("DTSTART:20260603T190000", "DTEND:20260603T210000"),
        ("DTSTART:20260603T180000Z", "DTEND:20260603T200000Z"),
        ("DTSTART;TZID=GMT Standard Time:20260603T190000", "DTEND;TZID=GMT Standard Time:20260603T210000"),
        ("DTSTART;TZID=/vendor/Europe/London:20260603T190000", "DTEND;TZID=Europe/Paris:20260603T220000"),
        ("DTSTART;TZID=Hall time:20260603T190000", "DTEND;TZID=Hall time:20260603T210000"),
    ],
)
def test_zones_are_the_sites_utc_windows_vendors_or_the_files_own(start: str, end: str) -> None:
    own = (
        "BEGIN:VTIMEZONE\nTZID:Hall time\nBEGIN:STANDARD\nDTSTART:20201025T020000\nTZOFFSETFROM:+0100\n"
        "TZOFFSETTO:+0000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\n"
        "DTSTART:20200329T010000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\n"
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    assert shown(sorted_out(own, event(start, end))) == ["06-03 19:00 21:00"]


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        (("DTSTART:garbage", END), 6, "DTSTART cannot be read"),
        ((END,), 3, "has no DTSTART"),
        ((START,), 3, "neither DTEND nor DURATION"),
        ((START, END, "DURATION:PT1H"), 8, "both DTEND and DURATION"),
        ((START, "DTEND;TZID=Europe/London:20260324T180000"), 3, "ends before it begins"),
        ((START, "DTEND;TZID=Europe/London:20260324T190000"), 3, "has no length"),
        ((START, "DTEND;TZID=Europe/London:20260524T190000"), 3, "longer than 31 days"),
        ((START, "DTEND;VALUE=DATE:20260325"), 7, "one of DTSTART and DTEND is a date"),
        ((START, "DURATION:-PT1H"), 7, "not a length above zero"),
        ((START, "DURATION:PT"), 7, "not a length above zero"),
        ((START, START, END), 7, "DTSTART occurs twice"),
        (("DTSTART;TZID=Mars/Olympus:20260324T190000", END), 6, "time zone “Mars/Olympus”"),
        ((START, END, "RRULE:FREQ=WEEKLY;BYDAY=XX"), 8, "RRULE cannot be read"),
        ((START, END, "RRULE:FREQ=WEEKLY;COUNT=2;UNTIL=20270101"), 8, "both COUNT and UNTIL"),
        ((START, END, "RRULE:FREQ=HOURLY"), 8, "daily is the most often"),
        ((START, END, "RRULE:BYDAY=MO"), 8, "without FREQ"),
        ((START, END, "EXRULE:FREQ=WEEKLY"), 8, "EXRULE"),
        ((START, END, "RDATE;VALUE=PERIOD:20260401T100000Z/PT0S"), 3, "has no length"),
        ((START, END, "TRANSP:TRANSPARENT"), 3, "free time"),
        ((START, END, "this is no property"), 8, "is not a property"),
        ((START, END, "RECURRENCE-ID;RANGE=THISANDPRIOR:20260324T190000Z"), 3, "names no date of a series"),
        ((START, END, "RECURRENCE-ID:tomorrow"), 3, "names no date of a series"),
        (("DTSTART:18500101T100000Z", "DTEND:18500101T110000Z"), 3, "year 1850"),
    ],
)
def test_a_fault_is_listed_with_its_line(lines: tuple[str, ...], line: int, words: str) -> None:
    found_line, reason = refused(event(*lines))
    assert words in reason
    assert found_line == line


def test_an_event_without_uid_and_a_second_of_the_same_are_refused() -> None:
    assert "has no UID" in refused(event(START, END, uid=""))[1]
    found = sorted_out(event(START, END), event(START, END))
    assert len(found.occurrences) == 1
    assert (found.faults[0].line, found.faults[0].reason) == (
        9,
        "has the same UID as the event on line 3, which was imported",
    )


def test_one_broken_event_affects_no_other_and_a_task_is_listed() -> None:
    found = sorted_out(
        event("DTSTART:x", uid="bad"),
        "BEGIN:VTODO\nUID:todo\nEND:VTODO\n",
        event(START, END, "GEO:nowhere", uid="good"),
    )
    assert [each.uid for each in found.occurrences] == ["good"]
    assert [(fault.line, fault.uid) for fault in found.faults] == [(6, "bad"), (8, "todo")]


def test_a_long_title_is_cut_and_a_missing_one_named() -> None:
    long = sorted_out(event(START, END).replace("Choir", "x" * 300))
    assert len(long.occurrences[0].title) == 200
    assert sorted_out(event(START, END).replace("Choir", "")).occurrences[0].title == "Untitled"
    assert sorted_out(event(START, END).replace("Choir", "a\\nb\x07c")).occurrences[0].title == "a b c"


def _own_zone(offset: str) -> str:
    times = f"DTSTART:19700101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}"
    return f"BEGIN:VTIMEZONE\nTZID:Hall\nBEGIN:STANDARD\n{times}\nEND:STANDARD\nEND:VTIMEZONE\n"


@pytest.mark.parametrize("provider", ["zoneinfo", "pytz"])
def test_what_a_file_means_does_not_depend_on_files_or_settings_before_it(provider: str) -> None:
    """Other programs of the process may tell icalendar to use other zones, as khal does."""
    evening = event("DTSTART;TZID=Hall:20260324T190000", "DURATION:PT1H")
    excluded = event(START, END, "RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=America/New_York:99991231T235959")
    before = tzp.name
    tzp.use(provider)
    try:
        for offset, hour in (("+0300", 16), ("-0500", 0), ("+0300", 16)):
            [one] = sorted_out(_own_zone(offset), evening).occurrences
            assert one.starts.hour == hour
            assert "neither known nor described" in refused(evening)[1]
            assert len(sorted_out(excluded).occurrences) == 2
    finally:
        tzp.use(before)


_VALUES = st.sampled_from(
    [
        "20260324T190000",
        "20260324T190000Z",
        "20260324",
        "99991231T235959",
        "00010101",
        "P1D",
        "PT2H",
        "-P1W",
        "FREQ=WEEKLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;UNTIL=x",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=MONTHLY;BYSETPOS=9",
        "CANCELLED",
        "\ud7ff",
        "1/2",
        ",",
        "=",
    ]
)
_NAMES = st.sampled_from(
    [
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "STATUS",
        "DTSTART;VALUE=DATE",
        "SUMMARY",
        "DTSTART;TZID=Europe/London",
        "DTEND;TZID=Mars",
        "EXDATE;VALUE=DATE",
    ]
)

WEEKLY = ["DTSTART:20261120T100000", "DTEND:20261120T110000", "RRULE:FREQ=WEEKLY"]


@pytest.mark.parametrize(
    ("lines", "occurrences"),
    [
        (["DTSTART:99991231T235959", "DURATION:P1D"], 0),
        (["DTSTART:20261120T100000", "DTEND;TZID=America/New_York:99991231T235959"], 0),
        (["DTSTART:20261120T100000", "DTEND;TZID=Asia/Tokyo:00010101T000000"], 0),
        ([*WEEKLY, "RDATE;VALUE=PERIOD:99991231T235959/P1D"], 6),
        ([*WEEKLY, "EXDATE;TZID=America/New_York:99991231T235959"], 6),
    ],
)
def test_times_at_an_end_of_the_calendar_stop_nothing(lines: list[str], occurrences: int) -> None:
    assert len(sorted_out(event(*lines)).occurrences) == occurrences


@pytest.mark.parametrize(
    ("at", "zone"),
    [(datetime.max.replace(tzinfo=UTC), "America/New_York"), (datetime.min.replace(tzinfo=UTC), "Asia/Tokyo")],
)
def test_a_time_at_an_end_of_the_calendar_is_an_instant_without_its_offset(at: datetime, zone: str) -> None:
    assert instant(CalendarTime(wall=at.replace(tzinfo=None), zone=ZoneInfo(zone))) == at


@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=8))
def test_any_properties_give_occurrences_or_faults(lines: list[tuple[str, str]]) -> None:
    try:
        found = sorted_out(event(*(f"{name}:{value}" for name, value in lines)))
    except CalendarError:
        return
    assert all(each.starts < each.ends for each in found.occurrences)
