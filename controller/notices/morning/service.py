"""Puts a manager's morning together; writes nothing."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from controller.bookings import repository as bookings
from controller.bookings.affected import repository as affected
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Booking, Cause
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.listing import BookingListing
from controller.bookings.problem_reports.service import ProblemReports
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.notices.calls import CallService
from controller.notices.digest import repository as digest
from controller.notices.document_reminders import DocumentReminders, LapsingDocument
from controller.notices.door_trouble import repository as doors
from controller.notices.door_trouble.model import LOCK_FAULTS, DoorReport, down_text
from controller.notices.morning import repository
from controller.notices.morning.model import (
    DAYS_AHEAD,
    SEEN_FOR,
    DocumentHit,
    DoorDown,
    Morning,
    ShutDoor,
    day_after,
    evening_before,
    is_heard,
    is_late,
    is_unready,
    lapses_before,
)
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from edge.wire.clock import Clock
from edge.wire.faults import hint
from edge.wire.interval import Interval

MOST = 200
"""Of requests, and of affected bookings."""
_HITS = 5
"""Bookings named for one door or document; the rest is counted."""
_AWAY = "If it has power, it goes on by its last plan: it opens for the codes that it has."
_SHUT = "Move or cancel them under Closures, or let them in yourself."

ShutDoors = Callable[[Tx, SiteConfig, Sequence[Booking], datetime], Awaitable[Sequence[ShutDoor]]]
"""Doors that are out of service, with those of these bookings that have no other way in."""


class MorningService:
    """The caller checks permissions; documents are shown to who keeps the site's people."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        writer: BookingWriter,
        listing: BookingListing,
        calls: CallService,
        lapsing: DocumentReminders,
        reports: ProblemReports,
        shut_doors: ShutDoors,
    ) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._listing = listing
        self._calls = calls
        self._lapsing = lapsing
        self._reports = reports
        self._shut_doors = shut_doors

    async def of_site(self, site: str, *, days: int, actor: Actor) -> Morning:
        """``days``: how many evenings ago what has changed begins. Raises ``SiteUnknown``."""
        requests = await self._listing.requests(site, actor=actor, after=None, limit=MOST + 1)
        _, calls = await self._calls.of_site(site, called=False)
        async with self._database.read() as tx:
            where, now = await self._writer.site_configs.of(tx, site), self._clock.now()
            since, until = evening_before(now, where.site.tz, days), day_after(now, where.site.tz, DAYS_AHEAD)
            ahead = await _ahead(tx, site, Interval(start=now, end=until))
            tomorrow = day_after(now, where.site.tz, 1)
            today = [each for each in ahead if each.starts < tomorrow]
            following = [each for each in ahead if each.starts > now][:1]
            reports = await doors.reports(tx, site)
            down = list(_down(where, ahead, reports, now))
            dead = {report.door for report, _ in down}
            shut = [each for each in await self._shut_doors(tx, where, ahead, now) if each.door not in dead]
            problems = await self._reports.in_site(tx, site)
            lapsed = await self._lapsed(tx, where, ahead, actor, now)
            undecided = await affected.page(tx, site, causes=tuple(Cause), kept=False, now=now, after=None, limit=MOST)
            seen = await repository.seen(tx, actor.user, site, now) if actor.user else []
            changed = {name: await query(tx, site, since, now) for name, query in _CHANGES.items()}
            known = {each.id: each for each in ahead}
            hits = [*(its for _, its in (*down, *lapsed)), *(each.bookings for each in shut)]
            named = [*today, *following, *(each for its in hits for each in its[:_HITS])]
            ids = {*undecided, *(each.id for lines in changed.values() for each in lines)}
            shown = {each.id: each for each in [*named, *await bookings.some(tx, sorted(ids - known.keys()))]}
            shown |= {each: known[each] for each in ids & known.keys()}
            views = {each.booking.id: each for each in await self._writer.views(tx, where, list(shown.values()), now)}
        heard = [each for each in today if is_heard(_doors(where, each), reports)]
        broken = {each.id for _, its in down for each in its}
        return Morning(
            site_config=where,
            seen=seen,
            now=now,
            since=since,
            until=until,
            requests=requests,
            calls=calls,
            late=[views[each.id] for each in heard if is_late(each, now)],
            unready=[views[each.id] for each in heard if each.id not in broken and is_unready(views[each.id], now)],
            affected=[views[each] for each in undecided],
            doors=[
                DoorDown(
                    door=report.door,
                    text=down_text(report, _name(where, report.door), zone=where.site.tz, now=now),
                    hint=hint(min(LOCK_FAULTS.intersection(report.faults))) if report.online else _AWAY,
                    **_hits(its, views),
                )
                for report, its in down
            ]
            + [DoorDown(door=each.door, text=each.text, hint=_SHUT, **_hits(each.bookings, views)) for each in shut],
            problems=problems,
            documents=[DocumentHit(document=document, **_hits(its, views)) for document, its in lapsed],
            next=next((views[each.id] for each in following), None),
            **{name: [views[each.id] for each in lines] for name, lines in changed.items()},
        )

    async def see(self, site: str, keys: Collection[str], *, seen: bool, actor: Actor) -> None:
        """Keep for a week, on all the devices of the actor, that they have seen what the page names so, or have it
        shown again. Idempotent; nothing for who is no user. Raises ``SiteUnknown``."""

        async def write(tx: Tx) -> None:
            await self._writer.site_configs.of(tx, site)
            if actor.user is None:
                return
            now, unique = self._clock.now(), set(keys)
            await repository.drop_old(tx, now)
            if seen:
                await repository.put(tx, actor.user, site, unique, now + SEEN_FOR)
            else:
                await repository.forget(tx, actor.user, site, unique)

        await self._database.run(write)

    async def _lapsed(
        self, tx: Tx, where: SiteConfig, ahead: Sequence[Booking], actor: Actor, now: datetime
    ) -> list[tuple[LapsingDocument, list[Booking]]]:
        """What is missing at bookings ahead, with these."""
        if not may(actor, Action.PEOPLE, Thing(site=where.site.id)):
            return []
        found = []
        for document in await self._lapsing.in_site(tx, where, actor, now):
            its = [
                each
                for each in ahead
                if each.party == document.party.id and lapses_before(each, document.until, where.site.tz)
            ]
            found += [(document, its)] if its else []
        return sorted(found, key=lambda each: (each[1][0].starts, each[0].party.name))


_CHANGES = {"new": digest.new, "moved": digest.moved, "cancelled": digest.cancelled, "unused": digest.unused}


async def _ahead(tx: Tx, site: str, during: Interval) -> list[Booking]:
    """What runs or is still to take place, but for outside diaries."""
    return [each for each in await bookings.between(tx, site, during) if each.certain and not each.diary]


def _down(
    where: SiteConfig, ahead: Sequence[Booking], reports: Mapping[str, DoorReport], now: datetime
) -> Iterator[tuple[DoorReport, list[Booking]]]:
    """Each door that does not work, with the bookings ahead that pass through it."""
    for report in reports.values():
        if down_text(report, "", zone=where.site.tz, now=now):
            yield report, [each for each in ahead if report.door in _doors(where, each)]


def _doors(where: SiteConfig, booking: Booking) -> Sequence[str]:
    return where.by_space[booking.space].space.doors


def _name(where: SiteConfig, door: str) -> str:
    return next((each.name for each in where.doors if each.id == door), door)


class _Hits(TypedDict):
    bookings: Sequence[BookingView]
    more: int


def _hits(its: Sequence[Booking], views: Mapping[str, BookingView]) -> _Hits:
    return _Hits(bookings=[views[each.id] for each in its[:_HITS]], more=max(0, len(its) - _HITS))
