"""What time zone a TZID means: an IANA name, a Windows name, or the calendar's own VTIMEZONE (RFC 5545 3.8.3.1)."""

import zoneinfo
from collections.abc import Iterable
from datetime import tzinfo
from zoneinfo import ZoneInfo

import msgspec

from controller.calendars.ics_parser import Component

_IANA = zoneinfo.available_timezones()


def named(tzid: str) -> ZoneInfo | None:
    """The zone of an IANA or Windows name; some programs put a vendor's path before the IANA name."""
    pieces = tzid.strip().strip("/").split("/")
    for start in range(len(pieces)):
        name = "/".join(pieces[start:])
        if name in _IANA:
            return ZoneInfo(name)
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    windows = WINDOWS_TO_OLSON.get(tzid.strip())
    return ZoneInfo(windows) if windows else None


class Zones:
    """The zones of one calendar; definitions of its own are read when first asked for."""

    def __init__(self, components: Iterable[Component]) -> None:
        self._own: dict[str, Component] = {}
        for component in components:
            line = component.first("TZID") if component.name == "VTIMEZONE" else None
            if line is not None:
                self._own.setdefault(line.value.strip(), component)
        self._known: dict[str, tzinfo | None] = {}

    def get(self, tzid: str) -> tzinfo | None:
        """The zone, or ``None`` when neither the world nor the file knows it."""
        if tzid not in self._known:
            self._known[tzid] = named(tzid) or self._defined(tzid)
        return self._known[tzid]

    def _defined(self, tzid: str) -> tzinfo | None:
        component = self._own.get(tzid)
        if component is None:
            return None
        location = component.first("X-LIC-LOCATION")
        if location is not None and (zone := named(location.value)):
            return zone
        # By the worker that reads files, so not at the controller's start.
        from icalendar import Timezone
        from icalendar.timezone.tzp import TZP

        # With its name icalendar would keep it for all files that the process reads after this one.
        unnamed = tuple(line for line in component.lines if line.name != "TZID")
        try:
            read = Timezone.from_ical(msgspec.structs.replace(component, lines=unnamed).text)
            if not isinstance(read, Timezone):
                return None
            read["TZID"] = tzid
            made: tzinfo = read.to_tz(TZP("zoneinfo"), lookup_tzid=False)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            return None
        return made
