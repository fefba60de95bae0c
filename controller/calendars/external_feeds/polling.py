"""Polls partners' diaries and writes their events as blocks.

A block is a booking, so its time is claimed like any other, and what is taken already is listed as a clash. A feed that
cannot be read keeps its blocks and says why.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import convert
from msgspec.structs import asdict, replace
from sqlalchemy.exc import DataError, SQLAlchemyError

from controller.calendars.external_feeds import repository
from controller.calendars.external_feeds.fetching import Fetcher
from controller.calendars.external_feeds.model import (
    LISTED,
    Feed,
    FeedChanged,
    FeedDraft,
    FeedEvent,
    FeedFault,
    FeedStatus,
    PollReport,
    Trouble,
    source_of,
)
from controller.calendars.ics_parser import CalendarError, CalendarTooLarge
from controller.calendars.model import FEED, CalendarImportResult, ImportResult, Vanished
from controller.calendars.service import CalendarImport
from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.people.model import Actor, Role
from controller.platform.key_files import CannotUnseal, KeyFiles
from controller.platform.uploads.parser import ParsingLimit
from controller.platform.web.problem import Problem, invalid_field
from controller.records.changes import Changes
from edge.wire.clock import Clock


def report(outcome: CalendarImportResult) -> PollReport:
    counted = Counter(each.how for each in outcome.taken)
    clashes = sorted(outcome.clashes, key=lambda each: (each.occurrence.starts, each.occurrence.line))
    faults = sorted(outcome.faults, key=lambda each: each.line)
    return PollReport(
        new=counted[ImportResult.NEW],
        changed=counted[ImportResult.CHANGED],
        ended=counted[ImportResult.CANCELLED] + sum(each.cancelled for each in outcome.gone),
        unchanged=outcome.unchanged,
        clashing=len(clashes),
        refused=len(faults),
        clashes=tuple(
            convert(asdict(each.occurrence) | {"text": each.text, "booking": each.booking}, FeedEvent)
            for each in clashes[:LISTED]
        ),
        refusals=tuple(FeedEvent(line=each.line, uid=each.uid or "", text=each.reason) for each in faults[:LISTED]),
    )


LONGEST = timedelta(hours=24)
_SPREAD = 0.1


def pause(every_min: int, failures: int, *, luck: float, at_least_s: float = 0.0) -> timedelta:
    """Until the next poll: the feed's interval, doubled for every failure in a row, up to a day or the interval if that
    is longer; up to a tenth more or less, so that feeds that were made together do not stay together.

    ``luck``: 0 to 1. ``at_least_s``: what the other server asked for, up to a day.
    """
    every = timedelta(minutes=every_min)
    wanted = min(every * (1 << min(failures, 12)), max(every, LONGEST))
    spread = wanted * (1 + _SPREAD * (2 * luck - 1))
    return max(spread, min(timedelta(seconds=at_least_s), LONGEST))


log = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
"""Longest sleep between two looks: what others have made is seen within it."""
READ_WHOLE = timedelta(hours=24)
"""How long a feed may answer that nothing has changed; reading it whole books its series further ahead."""
LEASE = timedelta(minutes=5)
"""How long a poll may take before another controller takes its turn."""
_AT_ONCE = 4
_DUE = 40


def _jitter() -> float:
    return secrets.randbelow(1001) / 1000


@dataclass(eq=False)
class Poller:
    """``luck`` gives numbers from 0 to 1."""

    database: Database
    clock: Clock
    changes: Changes
    calendars: CalendarImport
    keys: KeyFiles
    fetcher: Fetcher
    luck: Callable[[], float] = field(kw_only=True, default=_jitter)

    def seal(self, site: str, feed: str, address: str) -> bytes:
        """An address as the database holds it."""
        return self.keys.seal(address.encode(), _about(site, feed))

    def removed_address(self, site: str, feed: str, sealed: bytes) -> str:
        """The address of a feed of this name that was removed. Raises ``Invalid`` where it is not that."""
        try:
            return self.keys.unseal(sealed, _about(site, feed)).decode()
        except CannotUnseal:
            raise invalid_field("sealed", "is not the address of this feed; give the address") from None

    def address(self, feed: Feed) -> str:
        """Where a feed is read. Raises ``FeedFault`` where the key is not the one that it was sealed with."""
        try:
            return self.keys.unseal(feed.address, _about(feed.site, feed.id)).decode()
        except CannotUnseal:
            raise FeedFault(
                Trouble.ADDRESS, "its address was stored with another code.key; give the address again"
            ) from None

    async def preview(self, site: str, feed: str, wanted: FeedDraft, address: str) -> CalendarImportResult:
        """What a feed would bring now; writes nothing. Raises ``Invalid`` naming the address where it cannot be read,
        and what ``CalendarImport.take`` raises."""
        try:
            fetched = await self.fetcher.fetch(address)
            assert fetched is not None, "nothing was said of what is known"
            return await self._take(site, feed, wanted, fetched.data, preview=True)
        except FeedFault as fault:
            raise invalid_field("address", fault.text) from fault
        except CalendarError as error:
            raise invalid_field("address", str(error)) from error
        except ParsingLimit as error:
            raise invalid_field("address", error.text) from error

    async def run(self) -> None:
        """Poll what is due, for ever."""
        while True:
            wait_s = await retry_until_available(self.look, what="the diaries of others")
            await self.clock.sleep(wait_s)

    async def look(self) -> float:
        """Poll all that is due now, a few at a time; how many seconds nothing more will be."""
        async with self.database.read() as tx:
            found = await repository.due(tx, self.clock.now(), limit=_DUE)
        turns = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*(self._in_turn(each, turns) for each in found))
        async with self.database.read() as tx:
            next_at = await repository.next_due(tx)
        if next_at is None:
            return LOOK_EVERY_S
        return min(LOOK_EVERY_S, max(1.0, (next_at - self.clock.now()).total_seconds()))

    async def _in_turn(self, feed: Feed, turns: asyncio.Semaphore) -> None:
        async with turns:
            if await self.database.run(self._claim, feed):
                await self.poll(feed)

    async def _claim(self, tx: Tx, feed: Feed) -> bool:
        return await repository.claim(tx, feed, now=self.clock.now(), lease=LEASE)

    async def poll(self, feed: Feed, *, whole: bool = False) -> None:
        """Poll a feed whose turn was taken, and store the result. ``whole``: also where nothing has changed."""
        now = self.clock.now()
        try:
            polled = await self._read(feed, now, whole=whole)
        except FeedChanged:
            return
        except FeedFault as fault:
            polled = self._failed(feed, fault, now)
        await self.database.run(self._note, feed, polled)
        self.changes.site_changed(feed.site)

    async def _read(self, feed: Feed, now: datetime, *, whole: bool) -> Feed:
        """Ask and take it. Raises ``FeedFault``, ``FeedChanged``."""
        address = self.address(feed)
        if not whole and feed.status is FeedStatus.OK and feed.read_at is not None and feed.read_at > now - READ_WHOLE:
            fetched = await self.fetcher.fetch(address, etag=feed.etag, modified=feed.modified)
            if fetched is None:
                return self._fresh(feed, feed.report, now)
        else:
            # What clashed may be free by now, so it is read again although it has not changed.
            fetched = await self.fetcher.fetch(address)
        if fetched is None:
            raise FeedFault(
                Trouble.SERVER,
                "answers “not modified” to a request that did not ask for changes only; tell the people who run it",
            )
        outcome = await self._import_guarded(feed, fetched.data)
        found = report(outcome)
        if not outcome.whole:
            text = "the calendar breaks off; what arrived was imported, and nothing was removed"
            raise FeedFault(Trouble.BROKEN, text, report=found)
        if outcome.gone and not any(each.cancelled for each in outcome.gone):
            text = "the calendar has no events; its blocks are kept unless the next poll is empty too"
            raise FeedFault(Trouble.EMPTY, text, report=found)
        read = replace(feed, etag=fetched.etag, modified=fetched.modified, read_at=now)
        return self._fresh(read, found, now)

    async def _import_guarded(self, feed: Feed, data: bytes) -> CalendarImportResult:
        """Import the calendar. Any error is a fault of the feed, unless the database is unavailable."""
        wanted = FeedDraft(name=feed.name, space=feed.space, address=None, every_min=feed.every_min, party=feed.party)

        async def still(tx: Tx) -> None:
            if not await repository.same(tx, feed):
                raise FeedChanged

        try:
            return await self._take(
                feed.site, feed.id, wanted, data, preview=False, spare_all=not feed.came_empty, still=still
            )
        except ParsingLimit as error:
            raise FeedFault(Trouble.TOO_LARGE, error.text) from error
        except CalendarTooLarge as error:
            raise FeedFault(Trouble.TOO_LARGE, str(error)) from error
        except CalendarError as error:
            raise FeedFault(Trouble.BROKEN, str(error)) from error
        except Problem as problem:
            raise FeedFault(Trouble.REFUSED, problem.detail) from problem
        except DataError as error:
            raise FeedFault(
                Trouble.REFUSED, "the database cannot store its content; tell the people who run it"
            ) from error
        except (SQLAlchemyError, OSError, FeedChanged):
            raise
        except Exception as error:  # what others write must not end the controller
            log.exception("A feed cannot be parsed", extra={"action": "feed_poll", "site": feed.site, "feed": feed.id})
            raise FeedFault(
                Trouble.REFUSED, "it cannot be parsed; show it to the person who runs the controller"
            ) from error

    async def _take(
        self,
        site: str,
        feed: str,
        wanted: FeedDraft,
        data: bytes,
        *,
        preview: bool,
        spare_all: bool = False,
        still: Callable[[Tx], Awaitable[None]] | None = None,
    ) -> CalendarImportResult:
        return await self.calendars.take(
            site,
            wanted.space,
            data,
            preview=preview,
            actor=Actor.acting(f"{FEED}{feed}", Role.MANAGER),
            source=source_of(feed),
            party=wanted.party,
            diary=wanted.name,
            vanished=Vanished.CANCEL,
            spare_all=spare_all,
            back=timedelta(),
            still=still,
        )

    def _failed(self, feed: Feed, fault: FeedFault, now: datetime) -> Feed:
        fields = {"action": "feed_poll", "site": feed.site, "feed": feed.id, "trouble": fault.trouble.value}
        log.warning("A feed could not be polled", extra=fields)
        failures = feed.failures + 1
        return replace(
            feed,
            status=FeedStatus.FAILING,
            report=replace(fault.report or feed.report, trouble=fault.trouble, text=fault.text),
            failures=failures,
            came_empty=fault.trouble is Trouble.EMPTY,
            next_at=now + pause(feed.every_min, failures, luck=self.luck(), at_least_s=fault.retry_after_s),
            asked_at=now,
        )

    def _fresh(self, feed: Feed, found: PollReport, now: datetime) -> Feed:
        return replace(
            feed,
            status=FeedStatus.CLASHES if found.clashing else FeedStatus.OK,
            report=found,
            failures=0,
            came_empty=False,
            next_at=now + pause(feed.every_min, 0, luck=self.luck()),
            asked_at=now,
            fresh_at=now,
        )

    async def _note(self, tx: Tx, before: Feed, polled: Feed) -> None:
        await self.database.lock_site(tx, before.site)
        if await repository.same(tx, before):
            await repository.put(tx, polled)


def _about(site: str, feed: str) -> str:
    return f"feed {site}/{feed}"
