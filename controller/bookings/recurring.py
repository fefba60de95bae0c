"""Weekly series: every date checked before anything is written, and nothing half-written."""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec

from controller import localtime
from controller.access import repository as access
from controller.access import words
from controller.access.standing import Lingering, lingering_texts
from controller.bookings import limits, repository
from controller.bookings.claims import claimed
from controller.bookings.desk import Desk, View
from controller.bookings.errors import SeriesClash, SeriesUnknown
from controller.bookings.model import Asked, Claimed, Mark, SeriesDate, SeriesDraft
from controller.bookings.notes import notes
from controller.bookings.picture import Place
from controller.bookings.series import Clocks, Occurrence, weekly
from controller.bookings.service import Bookings
from controller.changes import Changes
from controller.database import Database, Tx
from controller.estate.model import Site
from controller.people.model import Actor
from controller.problem import invalid_field
from edge.wire.clock import Clock
from edge.wire.ids import uuid7
from edge.wire.interval import Interval

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class CheckedSeries(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of each date."""

    site: Site
    dates: tuple[SeriesDate, ...]


class BookedSeries(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a series."""

    id: str
    views: list[View]
    skipped: list[SeriesDate]


class Recurring:
    """``bookings`` lends its way to write and to retry."""

    def __init__(self, database: Database, clock: Clock, changes: Changes, desk: Desk, bookings: Bookings) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._desk = desk
        self._bookings = bookings

    async def check(self, site: str, draft: SeriesDraft) -> CheckedSeries:
        """Every date with its mark. Raises ``Invalid``, ``SiteUnknown``, ``SpaceUnknown``."""
        async with self._database.read() as tx:
            there = (await self._desk.pictures.of(tx, site)).require(draft.space)
            now = self._clock.now()
            dates = await self._dates(tx, there, draft, now)
            old = await access.lingering(tx, site, now=now)
            told = [self._told(each, there, old, draft.people, now) for each in dates]
            return CheckedSeries(site=there.site, dates=tuple(told))

    def _told(
        self, date: SeriesDate, place: Place, old: Sequence[Lingering], people: int | None, now: datetime
    ) -> SeriesDate:
        """The date with what is worth knowing of it."""
        if date.during is None:
            return date
        window, zone = self._desk.code_window(date.during), place.site.tz
        return msgspec.structs.replace(
            date,
            lingering=lingering_texts(old, doors=place.space.doors, window=window, zone=zone, now=now),
            notes=notes(place, date.during, people),
        )

    async def create(self, site: str, draft: SeriesDraft, *, actor: Actor) -> BookedSeries:
        """Book every date that is not skipped, or none. Raises ``SeriesClash``, ``Invalid``, ``SiteUnknown``,
        ``SpaceUnknown``. Dates that the clocks leave empty are skipped by themselves."""
        booked = await self._bookings.write(self._create, site, draft, actor)
        self._changes.site_changed(site)
        return booked

    async def _create(self, tx: Tx, site: str, draft: SeriesDraft, actor: Actor) -> BookedSeries:
        now = self._clock.now()
        await self._database.lock_site(tx, site)
        where = await self._desk.pictures.of(tx, site)
        there = where.require(draft.space)
        dates = await self._dates(tx, there, draft, now)
        skipped, wanted = _sorted_out(dates, draft.skip)
        _refuse_clashes(wanted, there)
        series_id = uuid7(now, secrets.token_bytes(10))
        await repository.insert_series(
            tx,
            {
                "id": series_id,
                "site": site,
                "space": draft.space,
                "title": draft.title,
                "first_starts": draft.first_starts.isoformat(),
                "first_ends": draft.first_ends.isoformat(),
                "until": draft.until,
                "created_at": now,
                "created_by": actor.name,
            },
        )
        asked = [_asked(draft, each.during) for each in wanted if each.during is not None]
        made = await self._desk.book(tx, where, asked, actor=actor, now=now, series_id=series_id)
        return BookedSeries(id=series_id, views=await self._desk.views(tx, where, made, now), skipped=skipped)

    async def _dates(self, tx: Tx, place: Place, draft: SeriesDraft, now: datetime) -> list[SeriesDate]:
        limits.series(draft.first_starts, draft.first_ends, draft.until)
        zone = place.site.tz
        occurrences = weekly(first_starts=draft.first_starts, first_ends=draft.first_ends, until=draft.until, zone=zone)
        times = [each.during for each in occurrences if each.during is not None]
        if times and times[0].start < now - limits.BEGUN:
            hours = limits.BEGUN.total_seconds() / 3600
            raise invalid_field("first_starts", f"must be at most {hours:.0f} hours ago")
        if not times:
            return [_marked(each, (), place) for each in occurrences]
        span = Interval(start=times[0].start, end=max(each.end for each in times))
        # A lone query: far fewer than the limit fit into two years of one space at a time.
        taken = await claimed(tx, place.atoms, span, now=now, limit=100_000)
        return [_marked(each, taken, place) for each in occurrences]

    async def cancel(self, series_id: str, *, from_date: date | None, why: str, actor: Actor) -> list[View]:
        """Cancel what is left of a series, or what is left of it from a local date on. Raises ``SeriesUnknown``.

        ``why`` is kept in each booking's story.
        """
        views, site = await self._bookings.write(self._cancel, series_id, from_date, why, actor)
        self._changes.site_changed(site)
        return views

    async def _cancel(
        self, tx: Tx, series_id: str, from_date: date | None, why: str, actor: Actor
    ) -> tuple[list[View], str]:
        site_id = await repository.series_site(tx, series_id)
        if site_id is None:
            raise SeriesUnknown(series_id)
        await self._database.lock_site(tx, site_id)
        now = self._clock.now()
        where = await self._desk.pictures.of(tx, site_id)
        since = _BEGINNING if from_date is None else localtime.day_start(from_date, where.site.tz)
        left = [each for each in await repository.of_series(tx, series_id, starting=since) if each.ends > now]
        gone = await self._desk.cancel(tx, where, left, actor=actor, now=now, why=why or "series cancelled")
        return await self._desk.views(tx, where, gone, now), site_id


def _asked(draft: SeriesDraft, during: Interval) -> Asked:
    return Asked(
        space=draft.space,
        title=draft.title,
        during=during,
        contact_name=draft.contact_name,
        contact_phone=draft.contact_phone,
        people=draft.people,
    )


def _marked(occurrence: Occurrence, claimed: Sequence[Claimed], place: Place) -> SeriesDate:
    during = occurrence.during
    if during is None:
        return SeriesDate(date=occurrence.date, during=None, mark=Mark.EMPTY, text=occurrence.text)
    conflicts = tuple(each for each in claimed if each.during.overlaps(during))
    if conflicts:
        named = words.listed(
            [f"{each.title}, {words.window(each.during, place.site.tz, now=during.start)}" for each in conflicts[:3]]
        )
        text = f"taken by {named}" + (f"; {occurrence.text}" if occurrence.text else "")
        return SeriesDate(date=occurrence.date, during=during, mark=Mark.CLASH, text=text, conflicts=conflicts)
    mark = Mark.FREE if occurrence.clocks is Clocks.NOTHING else Mark.MOVED_BY_CLOCK
    return SeriesDate(date=occurrence.date, during=during, mark=mark, text=occurrence.text or "free")


def _sorted_out(dates: Sequence[SeriesDate], skip: Sequence[date]) -> tuple[list[SeriesDate], list[SeriesDate]]:
    """Skipped and wanted dates. Raises ``Invalid`` for a skip that is no date of the series, or nothing left."""
    there = {each.date for each in dates}
    for index, day in enumerate(skip):
        if day not in there:
            raise invalid_field(f"skip.{index}", f"{day} is no date of this series")
    skipped, wanted = [], []
    for each in dates:
        if each.date in skip:
            skipped.append(msgspec.structs.replace(each, text=f"left out ({each.text})"))
        elif each.during is None:
            skipped.append(each)
        else:
            wanted.append(each)
    if not wanted:
        raise invalid_field("skip", "leaves no date to book")
    return skipped, wanted


def _refuse_clashes(wanted: Sequence[SeriesDate], place: Place) -> None:
    clashes = [each for each in wanted if each.mark is Mark.CLASH]
    if clashes:
        raise SeriesClash(
            [(each.date.isoformat(), each.text) for each in clashes],
            [claimed for each in clashes for claimed in each.conflicts],
            place.site.tz,
        )
