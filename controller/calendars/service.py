"""Importing a calendar: valid events become bookings, others are listed by line and reason."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace

from controller.bookings import repository as bookings
from controller.bookings.rules.evaluate import HypotheticalBookings
from controller.bookings.service import BookingService
from controller.bookings.writer import BookingWriter
from controller.calendars import repository
from controller.calendars.ics_parser import CalendarFault
from controller.calendars.model import CalendarImportResult, Gone, Vanished
from controller.calendars.read_calendar import ClassifiedCalendar, sort_out
from controller.calendars.recurring_events import EventOccurrence
from controller.calendars.reimport import ImportBatch, Target
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.people.party_repository import tier_to_book
from controller.platform.uploads.parser import Parser
from controller.records.changes import Changes
from edge.wire.clock import Clock

BACK = timedelta(days=7)
"""What ended longer ago is not imported."""
AHEAD = timedelta(days=366)
"""How far ahead a series without end is booked; import again for more."""
_BATCH = 50


@dataclass(eq=False)
class CalendarImport:
    """``bookings`` writes, with its retries."""

    database: Database
    clock: Clock
    changes: Changes
    writer: BookingWriter
    bookings: BookingService
    parser: Parser

    async def take(
        self,
        site: str,
        space: str,
        data: bytes,
        *,
        preview: bool,
        actor: Actor,
        source: str = "",
        party: str | None = None,
        diary: str = "",
        vanished: Vanished = Vanished.KEEP,
        spare_all: bool = False,
        back: timedelta = BACK,
        still: Callable[[Tx], Awaitable[None]] | None = None,
    ) -> CalendarImportResult:
        """Import a file into a space; ``preview`` finds out the same and writes nothing.

        An event that was imported before is left alone, or follows the file where the file has changed; so a
        second import changes nothing, and one that broke off is finished by the next. ``source``: which calendar it
        is; events of it that are no longer in the file are ``vanished``. ``spare_all``: keep them where the file has
        no event at all. ``diary``: whose diary its bookings are blocks of. ``back``: how long ago an event may have
        ended. Written in small transactions, so that others get their turn; in each of them ``still`` may raise, to
        end it there. Raises ``CalendarError``, ``SiteUnknown``, ``SpaceUnknown``, ``Invalid`` for a party that is not
        there.
        """
        now = self.clock.now()
        since, until = now - back, now + AHEAD
        async with self.database.read() as tx:
            site_config = await self.writer.site_configs.of(tx, site)
            zone = site_config.require(space).site.tz
            tier = await tier_to_book(tx, party, actor)
        found = await self.parser.run(sort_out, data, zone, since=since, until=until)
        target = Target(
            site_config=site_config,
            space=space,
            source=source,
            party=party,
            tier=tier,
            diary=diary,
            still=still,
            actor=actor,
            now=now,
            series=found.series,
        )
        async with self.database.read() as tx:
            found = await self._with_ended(tx, target, found)
        outcome = CalendarImportResult(
            site=site_config.site,
            until=until,
            whole=found.whole,
            faults=list(found.faults),
            past=found.past,
            goes_on=found.goes_on,
        )
        cancel = vanished is Vanished.CANCEL and not (spare_all and not found.occurrences)
        batches = [found.occurrences[at : at + _BATCH] for at in range(0, len(found.occurrences), _BATCH)]
        if preview:
            hypothetical = HypotheticalBookings()
            async with self.database.read() as tx:
                outcome.gone = await self._gone(tx, target, found, outcome, cancel=cancel)
            hypothetical.let_go(each.booking.id for each in outcome.gone if each.cancelled)
            for batch in batches:
                # A transaction for each: one for all would keep a connection from others for as long as all takes.
                async with self.database.read() as tx:
                    _add(outcome, await ImportBatch(self.writer, target, hypothetical).preview(tx, batch))
            return outcome
        # First, so that what takes the place of a vanished event finds it free.
        outcome.gone = await self.bookings.write(self._let_go, target, found, outcome, cancel)
        for batch in batches:
            _add(outcome, await self.bookings.write(self._write, target, batch))
            self.changes.site_changed(site)
        self.changes.site_changed(site)
        return outcome

    async def _with_ended(self, tx: Tx, target: Target, found: ClassifiedCalendar) -> ClassifiedCalendar:
        """Adds a cancelled occurrence for each future booking of an event that is cancelled as a whole."""
        if not found.ended:
            return found
        lines = {each.uid: each.line for each in found.ended}
        present = {(each.uid, each.recurrence_id) for each in found.occurrences}
        known = await repository.to_come(
            tx, target.site_config.site.id, target.space, target.source, after=target.now, until=target.now + AHEAD
        )
        missing = {key: name for key, name in known.items() if key[0] in lines and key not in present}
        active = {each.id: each for each in await bookings.some(tx, list(missing.values()))}
        ended = [
            EventOccurrence(
                line=lines[uid],
                uid=uid,
                recurrence_id=recurrence_id,
                title=active[name].title,
                starts=active[name].starts,
                ends=active[name].ends,
                cancelled=True,
            )
            for (uid, recurrence_id), name in missing.items()
        ]
        nothing = lines.keys() - {uid for uid, _ in present | missing.keys()}
        faults = [
            CalendarFault(line=lines[uid], uid=uid, reason="is cancelled, and no booking to come was made of it here")
            for uid in sorted(nothing)
        ]
        return replace(found, occurrences=(*ended, *found.occurrences), faults=(*found.faults, *faults))

    async def _write(self, tx: Tx, target: Target, batch: Sequence[EventOccurrence]) -> CalendarImportResult:
        await self._lock(tx, target)
        return await ImportBatch(self.writer, target).write(tx, batch)

    async def _lock(self, tx: Tx, target: Target) -> None:
        await self.database.lock_site(tx, target.site_config.site.id)
        if target.still is not None:
            await target.still(tx)

    async def _gone(
        self, tx: Tx, target: Target, found: ClassifiedCalendar, outcome: CalendarImportResult, *, cancel: bool
    ) -> list[Gone]:
        """The future bookings of this calendar whose events are missing from the file; none if the file is cut
        short. An event that could not be read is not missing."""
        if not found.whole:
            return []
        known = await repository.to_come(
            tx, target.site_config.site.id, target.space, target.source, after=target.now, until=outcome.until
        )
        present = {(each.uid, each.recurrence_id) for each in found.occurrences}
        wrong = {fault.uid for fault in found.faults}
        missing = {key: value for key, value in known.items() if key not in present and key[0] not in wrong}
        active = {each.id: each for each in await bookings.some(tx, list(missing.values()))}
        return [
            Gone(uid=uid, recurrence_id=recurrence_id, booking=active[booking_id], cancelled=cancel)
            for (uid, recurrence_id), booking_id in missing.items()
        ]

    async def _let_go(
        self, tx: Tx, target: Target, found: ClassifiedCalendar, outcome: CalendarImportResult, cancel: bool
    ) -> list[Gone]:
        await self._lock(tx, target)
        gone = await self._gone(tx, target, found, outcome, cancel=cancel)
        if not cancel or not gone:
            return gone
        why = "no longer in its calendar"
        active = [each.booking for each in gone]
        await self.writer.cancel(tx, target.site_config, active, actor=target.actor, now=target.now, why=why)
        keys = [(each.uid, each.recurrence_id) for each in gone]
        await repository.forget(tx, target.site_config.site.id, target.space, keys)
        return gone


def _add(outcome: CalendarImportResult, part: CalendarImportResult) -> None:
    outcome.taken += part.taken
    outcome.unchanged += part.unchanged
    outcome.faults += part.faults
    outcome.clashes += part.clashes
