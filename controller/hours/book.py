"""When a building, or a space of it, is in which mode, and when it cannot be booked and why. Pure."""

import msgspec

from controller.estate.model import Site
from controller.hours.model import Timetable
from controller.hours.modes import ModePeriod, modes
from edge.wire.interval import Interval


class ClosedPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which nothing can be booked. ``why``: words that go on from “closed because of …”."""

    during: Interval
    why: str


class HoursBook(msgspec.Struct, frozen=True, kw_only=True):
    """All hours of a site. Methods take ``space=None`` for the building."""

    site: Site
    timetable: Timetable

    def modes(self, during: Interval, *, space: str | None = None) -> list[ModePeriod]:
        """The modes that tile ``during``, closed included, in order."""
        return modes(self.timetable, self.site.tz, during)

    def closed(self, during: Interval, *, space: str | None = None) -> tuple[ClosedPeriod, ...]:
        """What of ``during`` cannot be booked, by start."""
        return ()
