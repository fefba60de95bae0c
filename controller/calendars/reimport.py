"""Compares a calendar that is imported again with the diary, in parts, and writes each part in one transaction."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec

from controller.bookings import repository as bookings
from controller.bookings.diary.model import Booking, BookingRequest, BookingState, Changed, Details
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.rules.evaluate import HypotheticalBookings, judge
from controller.bookings.rules.model import RuleRequest, Verdict
from controller.bookings.series.model import Series
from controller.bookings.series.repository import insert_series
from controller.bookings.writer import BookingWriter
from controller.calendars import repository
from controller.calendars.ics_parser import CalendarFault
from controller.calendars.model import FEED, IMPORT, CalendarImportResult, Clashing, ImportResult, Taken
from controller.calendars.recurring_events import EventOccurrence
from controller.db.engine import Tx
from controller.hours.recurrence.pattern import RecurrencePattern
from controller.people.model import Actor, Tier
from controller.platform.text import local_time
from edge.wire.ids import new_id
from edge.wire.interval import Interval


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where a calendar's events go: into a space, for a party if one is named. ``source``: which calendar it is.
    ``diary``: whose diary they are blocks of. ``still``: raises where they are not to be written any more. ``series``:
    the UIDs of it that come more than once."""

    site_config: SiteConfig
    space: str
    source: str
    party: str | None
    tier: Tier
    diary: str
    still: Callable[[Tx], Awaitable[None]] | None
    actor: Actor
    now: datetime
    series: frozenset[str]


class SortedOccurrences(msgspec.Struct, kw_only=True):
    """What a batch comes to. ``again``: events whose bookings the calendar itself had cancelled."""

    part: CalendarImportResult
    new: list[EventOccurrence] = []
    moved: list[tuple[EventOccurrence, Booking]] = []
    reworded: list[tuple[EventOccurrence, Booking]] = []
    ended: list[tuple[EventOccurrence, Booking]] = []
    again: list[tuple[str, str]] = []
    expired: set[str] = set()


class ImportBatch:
    """``hypothetical``: of a preview, which writes nothing: the result of earlier batches, grows."""

    def __init__(self, writer: BookingWriter, target: Target, hypothetical: HypotheticalBookings | None = None) -> None:
        self._writer = writer
        self._to = target
        self._hypothetical = hypothetical

    async def preview(self, tx: Tx, batch: Sequence[EventOccurrence]) -> CalendarImportResult:
        assert self._hypothetical is not None, "a preview goes on from what came before"
        found = await self._sort(tx, batch)
        part = found.part
        self._hypothetical.let_go(old.id for _, old in (*found.ended, *found.moved))
        booked = [_moved(old, each) for each, old in found.moved] + [self._asked(each) for each in found.new]
        requests = [self._request(each, frozenset()) for each in booked]
        self._hypothetical.take(self._to.site_config, requests, now=self._to.now)
        part.taken += [Taken(occurrence=each, how=ImportResult.CANCELLED, booking=old.id) for each, old in found.ended]
        changed = (*found.moved, *found.reworded)
        part.taken += [Taken(occurrence=each, how=ImportResult.CHANGED, booking=old.id) for each, old in changed]
        part.taken += [Taken(occurrence=each, how=ImportResult.NEW, booking=None) for each in found.new]
        return part

    async def write(self, tx: Tx, batch: Sequence[EventOccurrence]) -> CalendarImportResult:
        """Under the site's lock."""
        to, found = self._to, await self._sort(tx, batch)
        part, site = found.part, self._to.site_config.site.id
        if found.ended:
            why = "cancelled in the calendar it came from"
            gone = [old for _, old in found.ended]
            await self._writer.cancel(tx, to.site_config, gone, actor=to.actor, now=to.now, why=why)
        changed = (*found.moved, *found.reworded)
        expired = frozenset(found.expired)
        for what, group in (("move", found.moved), ("change", found.reworded)):
            changes = [Changed(before=old, after=_updated(old, each)) for each, old in group]
            if not changes:
                continue
            rewritten = await self._writer.rewrite_all(
                tx, to.site_config, changes, actor=to.actor, now=to.now, what=what, expired=expired
            )
            await self._writer.announce(tx, to.site_config, rewritten, actor=to.actor, now=to.now)
        for each, _ in (*found.ended, *changed):
            await repository.update_fingerprint(tx, site, to.space, each)
        part.taken += [Taken(occurrence=each, how=ImportResult.CANCELLED, booking=old.id) for each, old in found.ended]
        part.taken += [Taken(occurrence=each, how=ImportResult.CHANGED, booking=old.id) for each, old in changed]
        await repository.forget(tx, site, to.space, found.again)
        await self._book(tx, found, expired)
        return part

    async def _book(self, tx: Tx, found: SortedOccurrences, expired: frozenset[str]) -> None:
        to, site = self._to, self._to.site_config.site.id
        groups: dict[str | None, list[EventOccurrence]] = defaultdict(list)
        for each in found.new:
            groups[each.uid if each.uid in to.series else None].append(each)
        for uid, group in groups.items():
            series_id = None if uid is None else await self._series_id(tx, uid, group)
            asked = [self._asked(each) for each in group]
            made = await self._writer.book(
                tx,
                to.site_config,
                asked,
                actor=to.actor,
                now=to.now,
                series_id=series_id,
                diary=to.diary,
                expired=expired,
            )
            pairs = list(zip(group, (booking.id for booking in made.bookings), strict=True))
            await repository.remember(tx, site, to.space, to.source, pairs)
            found.part.taken += [
                Taken(occurrence=each, how=ImportResult.NEW, booking=made_id) for each, made_id in pairs
            ]

    async def _sort(self, tx: Tx, batch: Sequence[EventOccurrence]) -> SortedOccurrences:
        """Sorts occurrences into unchanged, wrong and taken ones, new ones, and changed ones that may follow."""
        to, site = self._to, self._to.site_config.site.id
        found = SortedOccurrences(part=CalendarImportResult(site=to.site_config.site, until=to.now))
        known = await repository.known(tx, site, to.space, list({each.uid for each in batch}))
        differ = [
            known[key].booking_id
            for each in batch
            if (key := (each.uid, each.recurrence_id)) in known and known[key].fingerprint != each.fingerprint
        ]
        booked = {each.id: each for each in await bookings.some(tx, differ)} if differ else {}
        for each in batch:
            before = known.get((each.uid, each.recurrence_id))
            if before is None:
                if each.cancelled:
                    self._fault(found, each, "is marked as cancelled, so there is nothing to book")
                else:
                    found.new.append(each)
            elif before.source != to.source:
                self._fault(found, each, "is in this diary already, from another calendar")
            elif before.fingerprint == each.fingerprint:
                found.part.unchanged += 1
            else:
                self._follow(found, each, booked.get(before.booking_id))
        await self._judge(tx, found)
        return found

    def _fault(self, found: SortedOccurrences, occurrence: EventOccurrence, reason: str) -> None:
        found.part.faults.append(CalendarFault(line=occurrence.line, uid=occurrence.uid, reason=reason))

    def _follow(self, found: SortedOccurrences, occurrence: EventOccurrence, booking: Booking | None) -> None:
        """What a person has ended here stays so; what the calendar had cancelled comes back."""
        if booking is None or (booking.certain and booking.ends <= self._to.now):
            found.part.unchanged += 1
        elif booking.state is BookingState.CANCELLED:
            if booking.changed_by.startswith((IMPORT, FEED)) and not occurrence.cancelled:
                found.again.append((occurrence.uid, occurrence.recurrence_id))
                found.new.append(occurrence)
            else:
                found.part.unchanged += 1
        elif booking.state in (BookingState.DECLINED, BookingState.RELEASED, BookingState.NO_SHOW):
            found.part.unchanged += 1
        elif occurrence.cancelled:
            found.ended.append((occurrence, booking))
        elif _during(occurrence) != booking.during:
            found.moved.append((occurrence, booking))
        else:
            found.reworded.append((occurrence, booking))

    async def _judge(self, tx: Tx, found: SortedOccurrences) -> None:
        """Leave out occurrences that cannot be booked. A booking that may not move keeps its time."""
        while found.moved or found.new:
            free = frozenset(old.id for _, old in (*found.ended, *found.moved))
            requests = [self._request(_moved(old, each), free) for each, old in found.moved]
            requests += [self._request(self._asked(each), free) for each in found.new]
            verdicts = await judge(
                tx, self._to.site_config, requests, now=self._to.now, together=True, hypothetical=self._hypothetical
            )
            stuck = [
                (pair, verdict) for pair, verdict in zip(found.moved, verdicts, strict=False) if not verdict.possible
            ]
            if not stuck:
                new = list(zip(found.new, verdicts[len(found.moved) :], strict=True))
                found.part.clashes += [self._clash(each, verdict) for each, verdict in new if not verdict.possible]
                found.new = [each for each, verdict in new if verdict.possible]
                found.expired = {gone for verdict in verdicts if verdict.possible for gone in verdict.expired}
                return
            found.part.clashes += [self._clash(each, verdict, old.id) for (each, old), verdict in stuck]
            found.moved = [pair for pair in found.moved if pair not in [each for each, _ in stuck]]

    def _request(self, asked: BookingRequest, free: frozenset[str]) -> RuleRequest:
        return RuleRequest(asked=asked, actor=self._to.actor, tier=self._to.tier, but=free)

    def _asked(self, occurrence: EventOccurrence) -> BookingRequest:
        return BookingRequest(
            space=self._to.space,
            title=occurrence.title,
            during=_during(occurrence),
            party=self._to.party,
            overrule=True,
        )

    def _clash(self, occurrence: EventOccurrence, verdict: Verdict, booking: str | None = None) -> Clashing:
        text = "; ".join(each.text for each in verdict.refusals)
        return Clashing(occurrence=occurrence, text=text, conflicts=verdict.conflicts, booking=booking)

    async def _series_id(self, tx: Tx, uid: str, group: Sequence[EventOccurrence]) -> str:
        to = self._to
        site, zone = to.site_config.site.id, to.site_config.site.tz
        series_id = await repository.series_of(tx, site, to.space, uid)
        if series_id is not None:
            return series_id
        series_id = new_id(to.now)
        first = group[0]
        series = Series(
            id=series_id,
            site=site,
            details=Details(space=to.space, title=first.title, party=to.party),
            pattern=RecurrencePattern(
                first_starts=local_time.wall(first.starts, zone), first_ends=local_time.wall(first.ends, zone)
            ),
            imported=True,
            created_at=to.now,
            created_by=to.actor.name,
        )
        await insert_series(tx, series)
        return series_id


def _during(occurrence: EventOccurrence) -> Interval:
    return Interval(start=occurrence.starts, end=occurrence.ends)


def _updated(old: Booking, occurrence: EventOccurrence) -> Booking:
    return msgspec.structs.replace(old, title=occurrence.title, starts=occurrence.starts, ends=occurrence.ends)


def _moved(old: Booking, occurrence: EventOccurrence) -> BookingRequest:
    own = {name: getattr(old, name) for name in BookingRequest.__struct_fields__ if name in Booking.__struct_fields__}
    return BookingRequest(**own | {"title": occurrence.title}, during=_during(occurrence), overrule=True)
