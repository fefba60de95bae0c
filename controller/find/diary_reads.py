"""Reads from the diary when fitting spaces are free. Closed times are whole numbers, computed once per month."""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from controller.bookings.diary.model import Need
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.fitting_spaces import Fitting
from controller.bookings.rules.buffers import buffers_of
from controller.bookings.rules.model import takings
from controller.db.engine import Tx
from controller.estate.model import SpaceKind
from controller.find import repository
from controller.find.free_intervals import (
    MINUTE,
    ExistingClaims,
    RequiredGaps,
    Span,
    claimed,
    fewest,
    full,
    interval,
    left,
    span,
    used_up,
)

_CHUNK = 28 * 24 * 60 * MINUTE
_KEPT = 20_000
"""Months of spaces in the cache."""


class Closures:
    """The closed times of all sites' spaces, the latest asked for first."""

    def __init__(self) -> None:
        self._spans: OrderedDict[tuple[str, str, int], tuple[int, tuple[Span, ...]]] = OrderedDict()

    def of(self, site_config: SiteConfig, space: str, within: Span) -> list[Span]:
        """What touches that time, in any order; pieces may overlap or reach beyond it."""
        first = within[0] - within[0] % _CHUNK
        return [each for start in range(first, within[1], _CHUNK) for each in self._chunk(site_config, space, start)]

    def _chunk(self, site_config: SiteConfig, space: str, start: int) -> tuple[Span, ...]:
        key = (site_config.site.id, space, start)
        revision, found = self._spans.get(key, (None, ()))
        if revision != site_config.revision:
            closed = site_config.hours.closed(interval((start, start + _CHUNK)), space=space)
            found = tuple(span(each.during) for each in closed)
            self._spans[key] = (site_config.revision, found)
            while len(self._spans) > _KEPT:
                self._spans.popitem(last=False)
        self._spans.move_to_end(key)
        return found


class ResourceNeed(msgspec.Struct, frozen=True, kw_only=True):
    """What a request needs besides the space. ``shortest``: the least it needs, in microseconds. ``but``: bookings to
    ignore."""

    shortest: int
    setup_min: int | None = None
    cleardown_min: int | None = None
    equipment: tuple[Need, ...] = ()
    but: frozenset[str] = frozenset()


class FreeSpace(msgspec.Struct, frozen=True, kw_only=True):
    """When a space is free: any booking that lies in one of ``times``, which are in order, is possible by the diary
    and the hours. ``seats``: the fewest places left in each, if it is a pool."""

    fitting: Fitting
    times: Sequence[Span]
    seats: Sequence[int] = ()


class DiaryReader:
    """Reads free times, and caches closed times."""

    def __init__(self) -> None:
        self._closures = Closures()

    async def look(
        self, tx: Tx, fittings: Sequence[Fitting], use: ResourceNeed, within: Mapping[str, Span], *, now: datetime
    ) -> list[FreeSpace]:
        """When each of the spaces is free. ``within``: the time that is looked at, by site."""
        if not fittings:
            return []
        rooms = [each.place for each in fittings if each.place.space.kind is not SpaceKind.POOL]
        sites = {each.site_config.site.id for each in fittings}
        start = min(within[site][0] for site in sites)
        end = max(start + 1, *(within[site][1] for site in sites))
        wide = max(
            use.setup_min or 0, use.cleardown_min or 0, *(each.site_config.widest_buffer_min for each in fittings)
        )
        change = max(each.site_config.widest_changeover_min for each in fittings)
        wanted = repository.DiaryQuery(
            at=sites,
            atoms={atom for each in rooms for atom in each.atoms},
            pools={pool for each in fittings for pool, _ in each.place.pools},
            equipment={f"{site}/{need.equipment}" for need in use.equipment for site in sites},
            during=interval((start, end)),
            wide_min=wide,
            reach=timedelta(minutes=max(2 * wide, change)),
            but=use.but,
        )
        existing = await repository.existing(tx, wanted, now=now)
        out_of = _OutOf(existing, use.equipment)
        return [self._free(each, use, within[each.site_config.site.id], existing, out_of) for each in fittings]

    def _free(
        self, fitting: Fitting, use: ResourceNeed, within: Span, existing: ExistingClaims, out_of: "_OutOf"
    ) -> FreeSpace:
        site_config, place = fitting.site_config, fitting.place
        blocked = self._closures.of(site_config, place.space.id, within)
        pool = place.space.kind is SpaceKind.POOL
        if not pool:
            buffers = buffers_of(
                place.space, layout=fitting.layout, setup_min=use.setup_min, cleardown_min=use.cleardown_min
            )
            gaps = RequiredGaps(place.space, buffers, existing.kinds, site_config)
            for atom in place.atoms:
                if atom in existing.claims:
                    blocked += claimed(existing.claims[atom], gaps)
        sizes = dict(place.pools)
        for name, seats in takings(place, fitting.seats or 0):
            if name in existing.taken:
                blocked += full(existing.taken[name], sizes[name] - seats)
        if use.equipment:
            blocked += out_of.of(fitting)
        times = left(blocked, within, use.shortest)
        if not pool:
            return FreeSpace(fitting=fitting, times=times)
        [(name, size)] = place.pools
        taken = existing.taken.get(name, {})
        return FreeSpace(fitting=fitting, times=times, seats=[fewest(taken, size, each) for each in times])


class _OutOf:
    """The times in which a site has too little equipment left, worked out once a site."""

    def __init__(self, existing: ExistingClaims, needs: Collection[Need]) -> None:
        self._existing = existing
        self._needs = needs
        self._found: dict[str, list[Span]] = {}

    def of(self, fitting: Fitting) -> list[Span]:
        site, equipment = fitting.site_config.site.id, fitting.site_config.equipment
        if site not in self._found:
            self._found[site] = [
                each
                for need in self._needs
                for each in used_up(
                    self._existing.equipment.get(f"{site}/{need.equipment}", ()),
                    equipment[need.equipment].count - need.count,
                )
            ]
        return self._found[site]
