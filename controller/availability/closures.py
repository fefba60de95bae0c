"""When spaces cannot be booked, as whole numbers; what was worked out for a month is kept."""

from collections import OrderedDict

from controller.availability.free_intervals import MINUTE, Span, interval, span
from controller.diary.site_config import SiteConfig

_CHUNK = 28 * 24 * 60 * MINUTE
_KEPT = 20_000
"""Months of spaces kept in mind."""


class Closures:
    """The closed times of all sites' spaces, the latest asked for first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, int], tuple[int, tuple[Span, ...]]] = OrderedDict()

    def of(self, site_config: SiteConfig, space: str, within: Span) -> list[Span]:
        """What touches that time, in any order; pieces may overlap or reach beyond it."""
        first = within[0] - within[0] % _CHUNK
        return [each for start in range(first, within[1], _CHUNK) for each in self._chunk(site_config, space, start)]

    def _chunk(self, site_config: SiteConfig, space: str, start: int) -> tuple[Span, ...]:
        key = (site_config.site.id, space, start)
        revision, found = self._kept.get(key, (None, ()))
        if revision != site_config.revision:
            closed = site_config.hours.closed(interval((start, start + _CHUNK)), space=space)
            found = tuple(span(each.during) for each in closed)
            self._kept[key] = (site_config.revision, found)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return found
