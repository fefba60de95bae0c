"""Importing a calendar: what is sound becomes bookings, the rest is told by line and reason."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import msgspec

from controller import localtime
from controller.bookings import claims
from controller.bookings import repository as bookings
from controller.bookings.desk import Desk
from controller.bookings.model import Asked, Booking, Claimed, Status
from controller.bookings.picture import Picture
from controller.bookings.series.model import Details, Series
from controller.bookings.series.pattern import Pattern
from controller.bookings.series.repository import insert_series
from controller.bookings.service import Bookings
from controller.calendars import repository
from controller.calendars.expanding import Occurrence
from controller.calendars.lines import Fault
from controller.calendars.model import Clashing, How, Known, Outcome, Taken
from controller.calendars.sorting import sort_out
from controller.changes import Changes
from controller.database import Database, Tx
from controller.people.model import Actor
from edge.wire.clock import Clock
from edge.wire.ids import uuid7
from edge.wire.interval import Interval

BACK = timedelta(days=7)
"""What ended longer ago is not imported."""
AHEAD = timedelta(days=366)
"""How far ahead a series without end is booked; import again for more."""
_BATCH = 50


class Calendars:
    """``bookings`` lends its way to write and to retry."""

    def __init__(self, database: Database, clock: Clock, changes: Changes, desk: Desk, bookings: Bookings) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._desk = desk
        self._bookings = bookings
        # A thread of its own, so that files wait for each other and never for a sign-in, nor it for them.
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="calendar")

    async def take(self, site: str, space: str, data: bytes, *, preview: bool, actor: Actor) -> Outcome:
        """Import a file into a space; ``preview`` finds out the same and writes nothing.

        An event that was imported before is left alone, or follows the file where the file has changed; so a
        second import changes nothing, and one that broke off is finished by the next. Written in small
        transactions, so that others get their turn. Raises ``CalendarError``, ``SiteUnknown``, ``SpaceUnknown``.
        """
        async with self._database.read() as tx:
            where = await self._desk.pictures.of(tx, site)
            there = where.require(space)
        now = self._clock.now()
        since, until = now - BACK, now + AHEAD
        read = partial(sort_out, data, there.site.tz, since=since, until=until)
        found = await asyncio.get_running_loop().run_in_executor(self._reader, read)
        outcome = Outcome(site=there.site, until=until, faults=list(found.faults), past=found.past)
        batches = [found.occurrences[at : at + _BATCH] for at in range(0, len(found.occurrences), _BATCH)]
        if preview:
            async with self._database.read() as tx:
                for batch in batches:
                    _add(
                        outcome,
                        await _Batch(self._desk, where, space, actor, now, found.series, outcome).preview(tx, batch),
                    )
            return outcome
        for batch in batches:
            step = _Batch(self._desk, where, space, actor, now, found.series, None)
            _add(outcome, await self._bookings.write(self._write, step, batch))
            self._changes.site_changed(site)
        return outcome

    async def _write(self, tx: Tx, step: "_Batch", batch: Sequence[Occurrence]) -> Outcome:
        await self._database.lock_site(tx, step.place.site.id)
        return await step.write(tx, batch)


def _add(outcome: Outcome, part: Outcome) -> None:
    outcome.taken += part.taken
    outcome.unchanged += part.unchanged
    outcome.faults += part.faults
    outcome.clashes += part.clashes


class _Batch:
    """Some occurrences in one transaction. ``before``: what a preview has found free so far, held in mind only."""

    def __init__(
        self,
        desk: Desk,
        picture: Picture,
        space: str,
        actor: Actor,
        now: datetime,
        series: frozenset[str],
        before: Outcome | None,
    ) -> None:
        self._desk = desk
        self.picture = picture
        self.place = picture.require(space)
        self._actor = actor
        self._now = now
        self._series = series
        self._before = before

    async def preview(self, tx: Tx, batch: Sequence[Occurrence]) -> Outcome:
        part, new, changed = await self._sort(tx, batch)
        part.taken += [Taken(occurrence=each, how=How.NEW, booking=None) for each in new]
        part.taken += [Taken(occurrence=each, how=_how(each), booking=old.id) for each, old in changed]
        return part

    async def write(self, tx: Tx, batch: Sequence[Occurrence]) -> Outcome:
        part, new, changed = await self._sort(tx, batch)
        for each, old in changed:
            await self._follow(tx, each, old)
            part.taken.append(Taken(occurrence=each, how=_how(each), booking=old.id))
        groups: dict[str | None, list[Occurrence]] = defaultdict(list)
        for each in new:
            groups[each.uid if each.uid in self._series else None].append(each)
        for uid, group in groups.items():
            series_id = None if uid is None else await self._series_id(tx, uid, group)
            asked = [Asked(space=self.place.space.id, title=each.title, during=_during(each)) for each in group]
            made = await self._desk.book(tx, self.picture, asked, actor=self._actor, now=self._now, series_id=series_id)
            pairs = list(zip(group, (booking.id for booking in made), strict=True))
            await repository.remember(tx, self.place.site.id, self.place.space.id, pairs)
            part.taken += [Taken(occurrence=each, how=How.NEW, booking=booking_id) for each, booking_id in pairs]
        return part

    async def _sort(
        self, tx: Tx, batch: Sequence[Occurrence]
    ) -> tuple[Outcome, list[Occurrence], list[tuple[Occurrence, Booking]]]:
        """What is unchanged, wrong or taken; what is new; what has changed and may follow."""
        site, space = self.place.site.id, self.place.space.id
        part = Outcome(site=self.place.site, until=self._now)
        known = await repository.known(tx, site, space, list({each.uid for each in batch}))
        span = Interval(start=min(each.starts for each in batch), end=max(each.ends for each in batch))
        claimed = await claims.claimed(tx, self.place.atoms, span, now=self._now, limit=100_000)
        claimed += self._in_mind(span)
        new: list[Occurrence] = []
        changed: list[tuple[Occurrence, Booking]] = []
        for each in batch:
            before = known.get((each.uid, each.recurrence_id))
            old = await self._changed(tx, each, before) if before is not None else None
            if before is not None and old is None:
                part.unchanged += 1
                continue
            if each.cancelled:
                if old is None:
                    reason = "is marked as cancelled, so there is nothing to book"
                    part.faults.append(Fault(line=each.line, uid=each.uid, reason=reason))
                else:
                    changed.append((each, old))
                    claimed = [other for other in claimed if other.id != old.id]
                continue
            mine = old.id if old is not None else None
            conflicts = tuple(other for other in claimed if other.id != mine and other.during.overlaps(_during(each)))
            if conflicts:
                part.clashes.append(Clashing(occurrence=each, conflicts=conflicts))
                continue
            claimed = [other for other in claimed if other.id != mine]
            claimed.append(_claim(each, mine or "", space))
            if old is None:
                new.append(each)
            else:
                changed.append((each, old))
        return part, new, changed

    def _in_mind(self, span: Interval) -> list[Claimed]:
        if self._before is None:
            return []
        return [
            _claim(each.occurrence, "", self.place.space.id)
            for each in self._before.taken
            if each.how is How.NEW and _during(each.occurrence).overlaps(span)
        ]

    async def _changed(self, tx: Tx, occurrence: Occurrence, before: Known) -> Booking | None:
        """The booking that must follow the file; None where it does, or where a person has ended it here."""
        if occurrence.fingerprint == before.fingerprint:
            return None
        booking = await bookings.booking(tx, before.booking_id)
        if booking is None or booking.status(self._now) in (Status.CANCELLED, Status.FINISHED):
            return None
        return booking

    async def _follow(self, tx: Tx, occurrence: Occurrence, old: Booking) -> None:
        if occurrence.cancelled:
            why = "cancelled in the calendar it came from"
            await self._desk.cancel(tx, self.picture, [old], actor=self._actor, now=self._now, why=why)
        else:
            new = msgspec.structs.replace(old, title=occurrence.title, starts=occurrence.starts, ends=occurrence.ends)
            if new.during == old.during:
                await self._desk.rewrite(tx, self.picture, old, new, actor=self._actor, now=self._now, what="change")
            else:
                await self._desk.rewrite(tx, self.picture, old, new, actor=self._actor, now=self._now, what="move")
        await repository.update_fingerprint(tx, self.place.site.id, self.place.space.id, occurrence)

    async def _series_id(self, tx: Tx, uid: str, group: Sequence[Occurrence]) -> str:
        site, space, zone = self.place.site.id, self.place.space.id, self.place.site.tz
        series_id = await repository.series_of(tx, site, space, uid)
        if series_id is not None:
            return series_id
        series_id = uuid7(self._now, secrets.token_bytes(10))
        first = group[0]
        series = Series(
            id=series_id,
            site=site,
            details=Details(space=space, title=first.title),
            pattern=Pattern(
                first_starts=localtime.wall(first.starts, zone), first_ends=localtime.wall(first.ends, zone)
            ),
            imported=True,
            created_at=self._now,
            created_by=self._actor.name,
        )
        await insert_series(tx, series)
        return series_id


def _during(occurrence: Occurrence) -> Interval:
    return Interval(start=occurrence.starts, end=occurrence.ends)


def _claim(occurrence: Occurrence, booking_id: str, space: str) -> Claimed:
    return Claimed(id=booking_id, title=occurrence.title, space=space, during=_during(occurrence))


def _how(occurrence: Occurrence) -> How:
    return How.CANCELLED if occurrence.cancelled else How.CHANGED
