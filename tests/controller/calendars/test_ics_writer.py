"""Calendars as they go out: the bytes, the zones, and what other programs read in them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import msgspec
import pytest

from controller.calendars.ics_writer import CalendarEntry, calendar, changes, escaped, folded, offset
from tests.controller.calendars.readers import faults, khal_reads

LONDON = ZoneInfo("Europe/London")
MADE = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
PLAIN = CalendarEntry(
    uid="one@hallkeeper",
    title="Choir",
    starts=datetime(2026, 11, 26, 18, tzinfo=UTC),
    ends=datetime(2026, 11, 26, 20, tzinfo=UTC),
    zone=LONDON,
    status="CONFIRMED",
    sequence=3,
    created=MADE,
    changed=MADE,
)
REFRESH = timedelta(minutes=15)


def entry(**fields: object) -> CalendarEntry:
    return msgspec.structs.replace(PLAIN, **fields)


def night(title: str, starts: str, ends: str, **fields: object) -> CalendarEntry:
    begin, end = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    return entry(uid=title, title=title, starts=begin, ends=end, **fields)


def written(*entries: CalendarEntry, name: str = "Hall") -> bytes:
    return calendar(name, entries, refresh=REFRESH)


def test_an_event_is_written_whole_and_the_same_each_time() -> None:
    data = written(entry(place="Hall, Ramsey Hub", about="30 people\nLayout: Theatre", geo=(52.45, -0.1)))
    assert data == written(entry(place="Hall, Ramsey Hub", about="30 people\nLayout: Theatre", geo=(52.45, -0.1)))
    text = data.decode()
    assert text[text.index("BEGIN:VEVENT") :].split("\r\n") == [
        "BEGIN:VEVENT",
        "UID:one@hallkeeper",
        "DTSTAMP:20261101T093000Z",
        "CREATED:20261101T093000Z",
        "LAST-MODIFIED:20261101T093000Z",
        "SEQUENCE:3",
        "DTSTART;TZID=Europe/London:20261126T180000",
        "DTEND;TZID=Europe/London:20261126T200000",
        "SUMMARY:Choir",
        "LOCATION:Hall\\, Ramsey Hub",
        "GEO:52.450000;-0.100000",
        "DESCRIPTION:30 people\\nLayout: Theatre",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    assert faults(data) == []


@pytest.mark.parametrize("title", ["🎺" * 200, "ä" * 200, "x" * 400, "a;b,c\\d\ne", "Ω" * 37 + "x", " leading"])
def test_every_title_comes_back_as_it_went(title: str) -> None:
    data = written(entry(title=title), name=title)
    assert faults(data) == []
    [event] = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert str(event["SUMMARY"]) == title


def test_lines_are_folded_at_75_octets_and_inside_no_character() -> None:
    line = "SUMMARY:" + "ä" * 100
    pieces = folded(line).removesuffix(b"\r\n").split(b"\r\n ")
    assert [len(piece) for piece in pieces] == [74, 74, 60]
    assert b"".join(pieces).decode() == line
    assert folded("x" * 75) == b"x" * 75 + b"\r\n"


def test_control_characters_do_not_get_into_a_file() -> None:
    assert escaped("a\x00b\x1bc\r\nd\re") == "abc\\nd\\ne"


def test_an_empty_calendar_is_a_calendar() -> None:
    data = written()
    assert faults(data) == []
    assert b"VTIMEZONE" not in data


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("Europe/London", "26-03-29T01:00+0100BST 26-10-25T01:00+0000GMT 27-03-28T01:00+0100BST"),
        ("Europe/Dublin", "26-03-29T01:00+0100IST 26-10-25T01:00+0000GMT 27-03-28T01:00+0100IST"),
        ("UTC", "70-01-01T00:00+0000UTC"),
        ("Asia/Kathmandu", "70-01-01T00:00+0545+0545"),
        ("Australia/Lord_Howe", "26-04-04T15:00+1030+1030 26-10-03T15:30+1100+11 27-04-03T15:00+1030+1030"),
    ],
)
def test_the_changes_of_a_zone_are_those_of_its_database(zone: str, found: str) -> None:
    since, until = datetime(2026, 6, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
    told = changes(ZoneInfo(zone), since, until)
    assert " ".join(f"{each.at:%y-%m-%dT%H:%M}{offset(each.after)}{each.name}" for each in told) == found


@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns"])
def test_another_program_finds_every_hour_of_two_years_by_the_zone_we_describe(zone: str) -> None:
    here = ZoneInfo(zone)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    hours = [first + timedelta(hours=7 * number) for number in range(2 * 8766 // 7)]
    whole = entry(zone=here, starts=hours[0], ends=hours[-1] + timedelta(days=1))
    [described] = icalendar.Calendar.from_ical(written(whole)).walk("VTIMEZONE")
    assert isinstance(described, icalendar.Timezone)
    read = described.to_tz(lookup_tzid=False)
    assert [at.astimezone(read).replace(tzinfo=None) for at in hours] == [
        at.astimezone(here).replace(tzinfo=None) for at in hours
    ]


def test_an_hour_that_comes_twice_is_written_in_utc_where_the_second_is_meant() -> None:
    first = entry(starts=datetime(2026, 10, 25, 0, 15, tzinfo=UTC), ends=datetime(2026, 10, 25, 0, 45, tzinfo=UTC))
    second = entry(
        uid="two", starts=datetime(2026, 10, 25, 1, 15, tzinfo=UTC), ends=datetime(2026, 10, 25, 3, tzinfo=UTC)
    )
    data = written(first, second).decode()
    assert "DTSTART;TZID=Europe/London:20261025T011500" in data
    assert "DTSTART:20261025T011500Z\r\nDTEND:20261025T030000Z" in data
    assert faults(data.encode()) == []


@pytest.mark.cases_full
async def test_khal_shows_what_we_write_in_both_clock_change_nights(tmp_path: Path) -> None:
    nights = [
        night("Back", "2026-10-24T21:00Z", "2026-10-25T07:00Z"),
        night("Twice", "2026-10-25T01:15Z", "2026-10-25T03:00Z"),
        night("Forward", "2027-03-27T22:00Z", "2027-03-28T05:00Z"),
        night("Held?", "2027-03-29T09:00Z", "2027-03-29T10:00Z", status="TENTATIVE"),
    ]
    data = written(*nights)
    assert faults(data) == []
    assert sorted(set(await khal_reads(tmp_path, data, "2026-10-24", "2027-04-01"))) == [
        "2026-10-24 22:00 2026-10-25 07:00 Back",
        "2026-10-25 01:15 2026-10-25 03:00 Twice",
        "2027-03-27 22:00 2027-03-28 06:00 Forward",
        "2027-03-29 10:00 2027-03-29 11:00 Held?",
    ]
