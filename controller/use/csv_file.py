"""The figures of use as a file for spreadsheets. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from controller.platform.csv_import.spreadsheet import write_sheet
from controller.use.comparison import ComparedSite, UsePeriod
from controller.use.late_opening import LateOpening, OpenHours
from controller.use.model import Counts, Minutes, ModeVisits, SiteUse, SiteVisits, Week
from controller.use.service import UseFound
from controller.use.spans import WEEK_HOURS

_TIMES = ("bookable", "booked", "outside", "used", "no_show", "not_measured")
_COUNTS = ("bookings", "arrived", "no_shows", "unknown", "late_cancellations")
_HOURS = tuple(f"{name} (h)" for name in _TIMES)
_VISITS = ("open (h)", "counted (h)", "visits", "visits per open hour")
_ERROR = "visits per open hour, error"
_WIFI = ("WiFi sessions (devices)", "WiFi minutes (devices)")
COLUMNS = ("about", "name", "month", "weekday", "hour", *_HOURS, *_COUNTS, *_VISITS, _ERROR, *_WIFI)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NOTES = (
    "Times are hours; those of a pool are hours of its places. Empty: does not apply.",
    "bookable: the building is open, staffed or not, less closures, by the hours as they were set then. 0: closed.",
    "booked: with bookings after which nobody came. outside: what of it is not bookable time.",
    "used: from people's arrival to the end of the booking; when they left is not known, so this is the most.",
    "not_measured, unknown: nothing is known of whether anybody came. This is not zero.",
    "about site: all rooms, each part of a room that divides counted once; pools left out.",
    "late_cancellations: less than 24 hours before the start; not among bookings.",
)
_COUNTED = (
    "visits: people counted in by the doors that have a counter, or half of those who passed one that does not tell in "
    "from out. counted: when each of them had one that worked.",
    "visits per open hour: of the hours that were counted. Empty: not measured, which is not zero.",
    "peak: at least so many people were inside for ten minutes, with a probability of 0.9.",
    "peak, most: no counted day had more, with a probability of 0.9 if at most a tenth of the crossings were missed.",
)
_LATE = (
    "staffed hour, extended hour: hours of the week that were so, with the bookings that began in them.",
    "error: half of a 90 % interval, from how days differ and from 2 % of crossings that counters get wrong.",
    "about wifi: devices, which are not people. Sessions of zones do not add up to the building's. counted: when every "
    "source of the zone worked.",
)
_UNKNOWN_HOURS = "For part of this time nobody knows which opening hours were set; the later ones are used for it."


def as_csv(found: UseFound) -> bytes:
    """Notes, a line each, then the table: the site, its months, its rooms, the groups, the hours of the week."""
    use, zone = found.use, found.site.tz
    starts, ends, until = (each.astimezone(zone) for each in (use.during.start, use.during.end, use.until))
    about = f"{found.site.name}, {starts:%Y-%m-%d} to before {ends:%Y-%m-%d}, measured until {until:%Y-%m-%d %H:%M}"
    counted = [*_counters(found.visits, {}), *_days_and_peak(found), *changed(found.late, zone)]
    lines = (about, *NOTES, *_COUNTED, *_LATE, *_of_hours(use), *counted, *use.closed)
    return _with_notes(lines, write_sheet(COLUMNS, _rows(found)))


def _of_hours(use: SiteUse) -> list[str]:
    none = [] if use.hours_set else ["No opening hours are set, so that no time counts as open."]
    return none if use.hours_known else [*none, _UNKNOWN_HOURS]


def changed(late: LateOpening, zone: ZoneInfo) -> list[str]:
    """What a week had before and after the last change of the opening hours."""
    if late.change is None:
        return [f"Before and after a change of hours cannot be compared, because {late.why_no_change}."]
    when = f"{late.change.at.astimezone(zone):%Y-%m-%d}"
    said = []
    for each in late.change.rates:
        if each.before is None or each.after is None:
            said.append(f"{each.what.capitalize()} before and after cannot be compared, because {each.why_not}.")
        else:
            said.append(
                f"{each.what.capitalize()} a week before the opening hours were changed on {when}: {each.before:.1f} "
                f"± {each.before_error:.1f}; after: {each.after:.1f} ± {each.after_error:.1f}."
            )
    return said


def _counters(visits: SiteVisits | None, doors: Mapping[str, str]) -> list[str]:
    """Where was counted. ``doors``: id -> name."""
    if visits is None:
        return ["No door had a counter."]
    all_, partly = (", ".join(doors.get(one, one) for one in its) for its in (visits.doors, visits.part_of_the_time))
    halved = ", ".join(doors.get(one, one) for one in visits.both_ways)
    return [
        f"Counted at: {all_}.",
        *([f"Counted in a part of the time only: {partly}."] if partly else []),
        *([f"Counted both ways, halved: {halved}."] if halved else []),
    ]


def _days_and_peak(found: UseFound) -> Iterator[str]:
    if (visits := found.visits) is None:
        return
    yield f"counted days: {visits.measured_days} of {visits.open_days} open days."
    if visits.most is not None:
        yield f"peak, most: {visits.most}."
    if (peak := visits.peak) is not None:
        yield f"peak: {peak.people}, at {peak.at.astimezone(found.site.tz):%Y-%m-%d %H:%M}."


def _with_notes(lines: Iterable[str], sheet: bytes) -> bytes:
    notes = "".join(f'"# {line.replace(chr(34), chr(34) * 2)}"\r\n' for line in lines)
    return b"\xef\xbb\xbf" + notes.encode() + sheet.removeprefix(b"\xef\xbb\xbf")


def _rows(found: UseFound) -> Iterator[Mapping[str, str]]:
    use, names = found.use, found.names or {}
    yield {"about": "site", "name": found.site.name} | _of(use.minutes) | _counted(use.counts)
    open_hours = {"staffed": found.late.staffed, "extended": found.late.extended}
    for about in ("open", "staffed", "extended", "closed"):
        row = {"about": about, "name": found.site.name}
        row |= {} if found.visits is None else _visited(getattr(found.visits, about))
        row |= _late(open_hours[about]) if about in open_hours else {}
        if len(row) > 2:
            yield row
    for wifi in found.wifi:
        counted = {"open (h)": _hours(wifi.minutes), "counted (h)": _hours(wifi.measured)}
        told = ("" if each is None else str(each) for each in (wifi.sessions, wifi.stayed))
        yield {"about": "wifi", "name": wifi.zone} | counted | dict(zip(_WIFI, told, strict=True))
    for month in use.months:
        yield {"about": "month", "name": found.site.name, "month": month.month} | _of(month.minutes)
    for space in use.spaces:
        kind = "room" if space.places is None else "pool"
        yield {"about": kind, "name": space.name} | _of(space.minutes) | _counted(space.counts)
    for group in use.groups:
        name = names.get(group.party or "", "no group")
        own = {"booked (h)": _hours(group.booked), "no_show (h)": _hours(group.missed)}
        yield {"about": "group", "name": name} | own | _counted(group.counts)
    yield from _late_hours(found)
    yield from _weeks("site hour", found.site.name, use.week)
    for space in use.spaces:
        yield from _weeks("room hour" if space.places is None else "pool hour", space.name, space.week)


def _late(of: OpenHours) -> dict[str, str]:
    known = {"bookings": of.bookings, "arrived": of.arrivals, "unknown": of.unknown}
    error = {} if of.error is None else {_ERROR: f"{of.error:.2f}"}
    return {name: str(number) for name, number in known.items()} | error


def _late_hours(found: UseFound) -> Iterator[Mapping[str, str]]:
    for each in found.late.week:
        at = {"weekday": _DAYS[each.hour // 24], "hour": f"{each.hour % 24:02}:00"}
        counted = {"open (h)": _hours(each.minutes), "counted (h)": _hours(each.measured)}
        known = {"bookings": str(each.bookings), "arrived": "" if each.arrivals is None else str(each.arrivals)}
        visits = {} if each.visits is None else {"visits": str(each.visits)}
        yield {"about": f"{each.mode.value} hour", "name": found.site.name} | at | counted | known | visits


def _weeks(about: str, name: str, week: Week) -> Iterator[Mapping[str, str]]:
    for at in range(WEEK_HOURS):
        if week.bookable[at] or week.booked[at]:
            own = {f"{each} (h)": _hours(getattr(week, each)[at]) for each in _TIMES if each != "no_show"}
            yield {"about": about, "name": name, "weekday": _DAYS[at // 24], "hour": f"{at % 24:02}:00"} | own


def _of(minutes: Minutes) -> dict[str, str]:
    return {f"{name} (h)": _hours(getattr(minutes, name)) for name in _TIMES}


def _counted(counts: Counts) -> dict[str, str]:
    return {name: str(getattr(counts, name)) for name in _COUNTS}


def _visited(found: ModeVisits) -> dict[str, str]:
    return {
        "open (h)": _hours(found.minutes),
        "counted (h)": _hours(found.measured),
        "visits": "" if found.visits is None else str(found.visits),
        "visits per open hour": "" if found.per_hour is None else f"{found.per_hour:.2f}",
    }


_RATIO = "visits per open hour of the period, as a share of these"
_PERIODS = ("period", "before", "year before")
_MODE_COLUMNS = tuple(
    f"{mode} {name}" for mode in ("staffed", "extended") for name in ("(h)", "counted (h)", "visits", "visits per hour")
)
_PEAK_COLUMNS = ("peak", "peak, most", "peak at", "open days", "counted days")
COMPARED_COLUMNS = (
    *("site", "name", "which", "from", "to", *_HOURS, *_COUNTS, *_VISITS, *_MODE_COLUMNS, *_PEAK_COLUMNS),
    *(_RATIO, "why no comparison", "notes"),
)


def compared_csv(found: Sequence[ComparedSite]) -> bytes:
    """Notes, a line each, then three rows for each site: the period, the one before, and that of a year before."""
    return _with_notes((*NOTES[:5], NOTES[-1], *_COUNTED), write_sheet(COMPARED_COLUMNS, _compared_rows(found)))


def _compared_rows(found: Sequence[ComparedSite]) -> Iterator[Mapping[str, str]]:
    for each in found:
        then = (each.before, each.year_before)
        periods = (each.period, *(one.period for one in then))
        changes = (None, *then)
        for which, period, change in zip(_PERIODS, periods, changes, strict=True):
            row = {"site": each.site.id, "name": each.site.name, "which": which}
            if change is not None:
                row["why no comparison"] = change.why_no_change
                if change.change is not None:
                    row[_RATIO] = f"{1 + change.change:.3f}"
            yield row | ({} if period is None else _period(each, period))


def _period(site: ComparedSite, period: UsePeriod) -> dict[str, str]:
    use, zone = period.use, site.site.tz
    starts, ends = (f"{each.astimezone(zone):%Y-%m-%d}" for each in (use.during.start, use.during.end))
    notes = _of_hours(use)
    if use.until < use.during.end:
        notes.append(f"Measured until {use.until.astimezone(zone):%Y-%m-%d %H:%M}.")
    for what, began in (("Bookings", period.bookings_from), ("Counts", period.counts_from)):
        if began is not None:
            notes.append(f"{what} begin on {began.astimezone(zone):%Y-%m-%d}.")
    row = {"from": starts, "to": ends}
    row |= _of(use.minutes) | _counted(use.counts) if period.bookings_known else {}
    visits = period.visits
    notes += _counters(visits, site.doors)
    if visits is not None:
        row |= _visited(visits.open)
        for mode, one in (("staffed", visits.staffed), ("extended", visits.extended)):
            row |= dict(zip(_named(mode), _visited(one).values(), strict=True))
        row |= {"open days": str(visits.open_days), "counted days": str(visits.measured_days)}
        row |= {} if visits.most is None else {"peak, most": str(visits.most)}
        if (peak := visits.peak) is not None:
            at = f"{peak.at.astimezone(zone):%Y-%m-%d %H:%M}"
            row |= {"peak": str(peak.people), "peak at": at}
    return row | {"notes": " ".join([*notes, *use.closed])}


def _named(mode: str) -> tuple[str, ...]:
    return tuple(each for each in _MODE_COLUMNS if each.startswith(mode))


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.2f}"
