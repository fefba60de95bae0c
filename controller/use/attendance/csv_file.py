"""Bookings against who was there as a file for spreadsheets. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from controller.platform.csv_import.spreadsheet import write_sheet
from controller.platform.text import local_time
from controller.use.attendance.model import Attendance, Count, Finding, UnbookedUse, Verdict, When
from controller.use.attendance.service import AttendanceFound

_TIMES = ("code_on", "first_code", "first_person", "arrived", "left")
_COUNTS = {"codes_used": "", "came": "people", "let_ins": "people", "peak": "people", "overstay": "min"}
_VERDICTS = ("no_show", "over_capacity")
COLUMNS = (
    *("about", "space", "title", "party", "starts (local time)", "ends (local time)", "status"),
    *("expected (people)", "capacity (people)"),
    *(column for name in _TIMES for column in (f"{name} (local time)", f"{name}: how")),
    *(
        column
        for name, unit in _COUNTS.items()
        for column in (f"{name} ({unit or 'times'})", f"{name}: ±", f"{name}: how")
    ),
    *_VERDICTS,
    "notes",
)
NOTES = (
    "Empty: not measured, or still to come; the column after it says which. This is not zero.",
    "how of a count: at_least: there may be more; at_most: of all who cannot be told apart. ±: two deviations.",
    "how of a time: at_least: it may be later; at_most: it may be earlier; shared: it may be of others.",
    "came: people counted in who are the booking's. let_ins: how many more those are than codes used.",
    "peak: most people at once in the booked time. left: the last exit. overstay: after its end.",
    "about unbooked: somebody was there for 15 minutes or more without a booking; came has the people counted in.",
)


def as_csv(found: AttendanceFound) -> bytes:
    """Notes, a line each, then the table: the bookings, then use without one."""
    zone = found.site.tz
    starts, ends, until = (each.astimezone(zone) for each in (found.during.start, found.during.end, found.until))
    lines = [f"{found.site.name}, {starts:%Y-%m-%d} to before {ends:%Y-%m-%d}, measured until {until:%Y-%m-%d %H:%M}"]
    lines += [*NOTES, *([f"Bookings that are not shown to you: {found.hidden}."] if found.hidden else [])]
    lines += [f"{each.space_name}: {each.coverage:.0%} of the time without a booking measured." for each in found.rooms]
    notes = "".join(f'"# {line.replace(chr(34), chr(34) * 2)}"\r\n' for line in lines)
    return b"\xef\xbb\xbf" + notes.encode() + write_sheet(COLUMNS, _rows(found)).removeprefix(b"\xef\xbb\xbf")


def _rows(found: AttendanceFound) -> Iterator[Mapping[str, str]]:
    zone = found.site.tz
    for each in found.items:
        yield _booking(each, found.names.get(each.party or "", ""), zone)
    for use in found.unbooked:
        yield _unbooked(use, zone)


def _booking(each: Attendance, party: str, zone: ZoneInfo) -> dict[str, str]:
    row = {
        "about": "booking",
        "space": each.space_name,
        "title": each.title,
        "party": party,
        "starts (local time)": _at(each.during.start, zone),
        "ends (local time)": _at(each.during.end, zone),
        "status": each.status.value,
        "expected (people)": _text(each.people),
        "capacity (people)": _text(each.capacity),
    }
    notes = list(each.shared)
    for name in _TIMES:
        when: When = getattr(each, name)
        row[f"{name} (local time)"] = _at(when.at, zone)
        row[f"{name}: how"] = when.how.value
        notes += [f"{name}: {when.text}"] if when.text else []
    for name, unit in _COUNTS.items():
        count: Count = getattr(each, name)
        row[f"{name} ({unit or 'times'})"] = _text(count.number)
        row[f"{name}: ±"] = "" if count.number is None else str(count.error)
        row[f"{name}: how"] = count.how.value
        notes += [f"{name}: {count.text}"] if count.text else []
    for name in _VERDICTS:
        verdict: Verdict = getattr(each, name)
        row[name] = verdict.finding.value
        notes += [f"{name}: {verdict.text}"] if verdict.text and verdict.finding is not Finding.NO else []
    return row | {"notes": "; ".join(notes)}


def _unbooked(use: UnbookedUse, zone: ZoneInfo) -> dict[str, str]:
    return {
        "about": "unbooked",
        "space": use.space_name,
        "starts (local time)": _at(use.during.start, zone),
        "ends (local time)": _at(use.during.end, zone),
        "came (people)": _text(use.people),
        "notes": use.text,
    }


def _at(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else local_time.rfc3339(moment.replace(microsecond=0), zone)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
