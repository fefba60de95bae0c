"""The figures of use as a file for spreadsheets. Pure."""

from collections.abc import Iterator, Mapping

from controller.csv_import.spreadsheet import write_sheet
from controller.use.model import Counts, Minutes, Week
from controller.use.service import UseFound
from controller.use.spans import WEEK_HOURS

_TIMES = ("bookable", "booked", "outside", "used", "no_show", "not_measured")
_COUNTS = ("bookings", "arrived", "no_shows", "unknown", "late_cancellations")
_HOURS = tuple(f"{name} (h)" for name in _TIMES)
COLUMNS = ("about", "name", "month", "weekday", "hour", *_HOURS, *_COUNTS)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NOTES = (
    "Times are hours; those of a pool are hours of its places. Empty: does not apply.",
    "bookable: the building is open, staffed or not, less closures, by the hours as they are set now. 0: closed.",
    "booked: with bookings after which nobody came. outside: what of it is not bookable time.",
    "used: from people's arrival to the end of the booking; when they left is not known, so this is the most.",
    "not_measured, unknown: nothing is known of whether anybody came. This is not zero.",
    "about site: all rooms, each part of a room that divides counted once; pools left out.",
    "late_cancellations: less than 24 hours before the start; not among bookings.",
)


def as_csv(found: UseFound) -> bytes:
    """Notes, a line each, then the table: the site, its months, its rooms, the groups, the hours of the week."""
    use, zone = found.use, found.site.tz
    starts, ends, until = (each.astimezone(zone) for each in (use.during.start, use.during.end, use.until))
    about = f"{found.site.name}, {starts:%Y-%m-%d} to before {ends:%Y-%m-%d}, measured until {until:%Y-%m-%d %H:%M}"
    notes = "".join(f'"# {line.replace(chr(34), chr(34) * 2)}"\r\n' for line in (about, *NOTES, *use.closed))
    return b"\xef\xbb\xbf" + notes.encode() + write_sheet(COLUMNS, _rows(found)).removeprefix(b"\xef\xbb\xbf")


def _rows(found: UseFound) -> Iterator[Mapping[str, str]]:
    use, names = found.use, found.names or {}
    yield {"about": "site", "name": found.site.name} | _of(use.minutes) | _counted(use.counts)
    for month in use.months:
        yield {"about": "month", "name": found.site.name, "month": month.month} | _of(month.minutes)
    for space in use.spaces:
        kind = "room" if space.places is None else "pool"
        yield {"about": kind, "name": space.name} | _of(space.minutes) | _counted(space.counts)
    for group in use.groups:
        name = names.get(group.party or "", "no group")
        own = {"booked (h)": _hours(group.booked), "no_show (h)": _hours(group.missed)}
        yield {"about": "group", "name": name} | own | _counted(group.counts)
    yield from _weeks("site hour", found.site.name, use.week)
    for space in use.spaces:
        yield from _weeks("room hour" if space.places is None else "pool hour", space.name, space.week)


def _weeks(about: str, name: str, week: Week) -> Iterator[Mapping[str, str]]:
    for at in range(WEEK_HOURS):
        if week.bookable[at] or week.booked[at]:
            own = {f"{each} (h)": _hours(getattr(week, each)[at]) for each in _TIMES if each != "no_show"}
            yield {"about": about, "name": name, "weekday": _DAYS[at // 24], "hour": f"{at % 24:02}:00"} | own


def _of(minutes: Minutes) -> dict[str, str]:
    return {f"{name} (h)": _hours(getattr(minutes, name)) for name in _TIMES}


def _counted(counts: Counts) -> dict[str, str]:
    return {name: str(getattr(counts, name)) for name in _COUNTS}


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.2f}"
