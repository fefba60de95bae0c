"""Reads the bookings and counts of a site and measures them."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime, timedelta

import msgspec

from controller.bookings import repository
from controller.bookings.diary.model import listed_time
from controller.bookings.diary.site_config import SiteConfig, SiteConfigs
from controller.db.engine import Database, Tx
from controller.estate.model import Site
from controller.hours.modes import ModePeriod
from controller.hours.past_hours import HoursThen, past_hours
from controller.people.model import Actor
from controller.people.party_repository import parties
from controller.people.permissions import Action, Thing, may
from controller.platform.text import local_time, times
from controller.platform.web.problem import invalid_field
from controller.telemetry.rollups import repository as telemetry
from controller.telemetry.rollups.crossings import DoorCounter, crossings, first_crossing
from controller.telemetry.rollups.fold import Step
from controller.use.comparison import ComparedSite, Days, UsePeriod, compared, earlier, months_in, year_earlier
from controller.use.late_opening import LateOpening, late_opening
from controller.use.measure import measure
from controller.use.model import BookedTime, SiteUse, SiteVisits, WifiUse
from controller.use.repository import booked
from controller.use.visits import site_visits
from controller.use.wifi import wifi_use
from edge.wire.clock import Clock
from edge.wire.interval import Interval

LONGEST = timedelta(days=367)
"""Most time that is measured at once: a year, and what a change of the clocks adds."""


class UseFound(msgspec.Struct, frozen=True, kw_only=True):
    """``visits``: ``None`` where no door had a counter. ``names``: party -> its name, ``None`` where the actor may not
    see who booked; the groups are then left out."""

    site: Site
    use: SiteUse
    visits: SiteVisits | None
    late: LateOpening
    wifi: tuple[WifiUse, ...]
    names: dict[str, str] | None


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures of a time are made from."""

    where: SiteConfig
    during: Interval
    bookings: list[BookedTime]
    set_then: list[HoursThen]
    counters: list[DoorCounter]
    crossed: Sequence[telemetry.Crossed]
    wifi: list[DoorCounter]
    wifi_sums: dict[tuple[str, str], int]
    wifi_told_from: dict[str, datetime]
    bookings_from: datetime | None
    counts_from: datetime | None


class UseService:
    """Each method reads only; of several sites each in a transaction of its own."""

    def __init__(self, database: Database, clock: Clock, site_configs: SiteConfigs) -> None:
        self._database = database
        self._clock = clock
        self._site_configs = site_configs

    async def between(self, site: str, starts: str, ends: str, *, actor: Actor) -> UseFound:
        """How much of a site was booked and used in a time, given as the API takes dates and moments, and who came.
        Raises ``Invalid``, also for a time that is still to come, and ``SiteUnknown``."""
        now = self._clock.now()
        async with self._database.read_report() as tx:
            where = await self._site_configs.of(tx, site)
            during = listed_time(starts, ends, where.site.tz, longest=LONGEST)
            stored = await _stored(tx, where, _past(where.site, during, now), now)
        public = not may(actor, Action.RUN, Thing(site=site))
        found = await asyncio.to_thread(_measured, stored, now, public=public)
        if not may(actor, Action.DETAILS, Thing(site=site)):
            use = msgspec.structs.replace(found.use, groups=())
            return _found(where.site, msgspec.structs.replace(found, use=use), None)
        async with self._database.read() as tx:
            known = await parties(tx, [each.party for each in found.use.groups if each.party is not None])
        names = {each.id: each.name for each in known.values()}
        return _found(where.site, found, names)

    async def compared(self, sites: Collection[str], days: Days, *, actor: Actor) -> AsyncIterator[ComparedSite]:
        """Of each site a period of local days beside the one before it and that of a year before. Raises as
        ``between``."""
        now = self._clock.now()
        for site in sites:
            async with self._database.read_report() as tx:
                where = await self._site_configs.of(tx, site)
                times_ = [_local(where.site, each) for each in (days, earlier(days), year_earlier(days))]
                past = _past(where.site, times_[0], now)
                stored = [await _stored(tx, where, each, now) for each in (past, *times_[1:])]
            public = not may(actor, Action.RUN, Thing(site=site))
            yield await asyncio.to_thread(_compared, where, stored, now, public=public)

    async def counted_months(
        self, sites: Collection[Site], days: Days
    ) -> AsyncIterator[tuple[Site, Days, SiteVisits | None]]:
        """Of each site each whole month that is over among local days."""
        now = self._clock.now()
        for site in sites:
            for month in months_in(days):
                during = _local(site, month)
                if during.end > now:
                    continue
                async with self._database.read_report() as tx:
                    where = await self._site_configs.of(tx, site.id)
                    hours = await past_hours(tx, where.hours, during)
                    counters = await crossings(tx, site.id, Step.FIVE_MINUTES, during, now, rows=False)
                    crossed = await telemetry.crossed(tx, site.id, Step.FIVE_MINUTES, during)
                modes = [mode for each in hours for mode in each.hours.modes(each.during)]
                yield site, month, await asyncio.to_thread(site_visits, counters, modes, during, site.tz, crossed)


def _found(site: Site, found: UsePeriod, names: dict[str, str] | None) -> UseFound:
    assert found.late is not None
    return UseFound(site=site, use=found.use, visits=found.visits, late=found.late, wifi=found.wifi, names=names)


def _past(site: Site, during: Interval, now: datetime) -> Interval:
    """Raises ``Invalid`` for a time that is still to come."""
    if during.start >= now:
        when = times.at(during.start, site.tz, now=now)
        raise invalid_field("from", f"must be in the past; {when} is still to come")
    return during


def _local(site: Site, days: Days) -> Interval:
    start, end = (local_time.day_start(each, site.tz) for each in days)
    return Interval(start=start, end=end)


async def _stored(tx: Tx, where: SiteConfig, during: Interval, now: datetime) -> _Stored:
    site = where.site.id
    past = Interval(start=during.start, end=min(during.end, now))
    return _Stored(
        where=where,
        during=during,
        bookings=await booked(tx, site, during),
        set_then=await past_hours(tx, where.hours, past),
        counters=await crossings(tx, site, Step.FIVE_MINUTES, past, now, rows=False),
        crossed=await telemetry.crossed(tx, site, Step.FIVE_MINUTES, past),
        wifi=await crossings(tx, site, Step.HOUR, past, now, rows=False, of="wifi"),
        wifi_sums=await telemetry.wifi_sums(tx, site, past),
        wifi_told_from=await telemetry.wifi_told_from(tx, site, past.end),
        bookings_from=await repository.first_start(tx, site),
        counts_from=await first_crossing(tx, site),
    )


def _measured(stored: _Stored, now: datetime, *, public: bool, whole: bool = True) -> UsePeriod:
    """``whole``: also what late opening brought, and the WiFi."""
    past = Interval(start=stored.during.start, end=min(stored.during.end, now))
    use = measure(stored.where, stored.during, stored.bookings, public=public, now=now, set_then=stored.set_then)
    assert use is not None
    modes: list[ModePeriod] = []
    for each in stored.set_then:
        modes += each.hours.modes(each.during)
    bookings_from, counts_from = (
        began if began is not None and began > past.start else None
        for began in (stored.bookings_from, stored.counts_from)
    )
    zone = stored.where.site.tz
    told = (stored.counters, stored.crossed, modes, stored.bookings, stored.set_then)
    return UsePeriod(
        use=use,
        visits=site_visits(stored.counters, modes, past, zone, stored.crossed),
        late=late_opening(*told, past, zone, bookings_from) if whole else None,
        wifi=wifi_use(stored.wifi, stored.wifi_sums, stored.wifi_told_from, past) if whole else (),
        bookings_from=bookings_from,
        counts_from=counts_from,
    )


def _compared(where: SiteConfig, stored: list[_Stored], now: datetime, *, public: bool) -> ComparedSite:
    period, *others = (
        None
        if n and all(began is None or began >= each.during.end for began in (each.bookings_from, each.counts_from))
        else _measured(each, now, public=public, whole=not n)
        for n, each in enumerate(stored)
    )
    assert period is not None
    before, year_before = (compared(period, each) for each in others)
    doors = {each.id: each.name for each in where.doors}
    return ComparedSite(site=where.site, doors=doors, period=period, before=before, year_before=year_before)
