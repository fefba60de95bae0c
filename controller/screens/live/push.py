"""Live push: at most one snapshot per site and second, shared by all watchers.

A watcher is notified that something changed, not what; it then takes the newest snapshot. So a slow one delays
nothing and has no backlog. A snapshot is taken, compared with the last and serialised once, however many watch.
"""

import asyncio
import logging
import zlib
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from controller.bookings.diary.site_config import SiteConfigs
from controller.db.engine import Database
from controller.estate.service import require_parts
from controller.occupancy.service import OccupancyService
from controller.records.changes import Changes, ChangeSubscription
from controller.screens.live.snapshot import OwnTrouble, take_snapshot
from controller.screens.live.snapshot_schemas import Snapshot
from controller.telemetry.alert_codes import AlertCode
from edge.wire.clock import Clock, real_s

log = logging.getLogger(__name__)
SNAPSHOT_EVERY_S = 1.0
"""Shortest time between two snapshots of one site, in real seconds."""
BEAT_EVERY_S = 5.0
_KNOWN_FOR = timedelta(seconds=15)
"""How long a snapshot holds where nothing is said to have happened: some alerts come and go with time alone."""


class BookingsChanged(msgspec.Struct, frozen=True, kw_only=True, tag="bookings"):
    """The diary of a site, or the status of its codes, changed."""

    site: str


class Beat(msgspec.Struct, frozen=True, kw_only=True, tag="beat"):
    """The controller is there. ``at``: its time, in UTC."""

    at: str


class _Shown:
    """The newest snapshot of a site. ``at``: when it was begun, by the controller's clock; ``happened``: how much had
    happened at the site by then. ``until``: when it no longer holds though nothing happens. ``number``: raised when it
    says something else than the one before."""

    def __init__(
        self, snapshot: Snapshot, at: datetime, happened: int, known_for: timedelta, before: "_Shown | None"
    ) -> None:
        self.snapshot, self.at, self.happened = snapshot, at, happened
        self.until = min(at + known_for, datetime.fromisoformat(snapshot.mode.until))
        self.taken_s = real_s()
        self.number = 0
        if before is not None:
            same = msgspec.structs.replace(snapshot, at=before.snapshot.at) == before.snapshot
            self.number = before.number + (not same)
        self._message: bytes | None = None

    @property
    def message(self) -> bytes:
        if self._message is None:
            self._message = msgspec.json.encode(self.snapshot)
        return self._message


class _Watcher:
    def __init__(self) -> None:
        self.look = False
        self.diary = False
        self.some = asyncio.Event()


@dataclass(eq=False, kw_only=True)
class Live:
    """Tells watchers. ``seen`` and ``diary`` never wait. ``doubt``: why the controller does not believe its clock;
    ``disk``, ``backup``: what is wrong with its disk and its backups."""

    database: Database
    clock: Clock
    changes: Changes
    site_configs: SiteConfigs
    doubt: Callable[[], str | None]
    disk: Callable[[], str | None]
    backup: Callable[[], str | None]
    occupancy: OccupancyService

    def __post_init__(self) -> None:
        self.turn = 0
        """Raised whenever something changes at any site."""
        self._anywhere: set[asyncio.Event] = set()
        self._own: dict[AlertCode, datetime] = {}
        self._watchers: defaultdict[str, set[_Watcher]] = defaultdict(set)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._taken: dict[str, _Shown] = {}
        self._hearing: ChangeSubscription | None = None
        self._happened: Counter[str] = Counter()
        self._asked = asyncio.Event()
        self._asking: dict[str, None] = {}
        self._unknown: set[str] = set()

    @contextmanager
    def anything(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever something changes at any site."""
        changed = asyncio.Event()
        self._anywhere.add(changed)
        try:
            yield changed
        finally:
            self._anywhere.discard(changed)

    def seen(self, site: str) -> None:
        """Something to look at changed at the site."""
        self._happened[site] += 1
        self.turn += 1
        for changed in self._anywhere:
            changed.set()
        for watcher in self._watchers.get(site, ()):
            watcher.look = True
            watcher.some.set()

    def diary(self, site: str) -> None:
        """The site's diary, or the status of its codes, changed."""
        for watcher in self._watchers.get(site, ()):
            watcher.diary = True
            watcher.some.set()

    async def watch_changes(self) -> None:
        """Hear of changed sites, for ever."""
        with self.changes.subscribe() as changed:
            self._hearing = changed
            try:
                while True:
                    for site in await changed.sites():
                        self.diary(site)
                        self.seen(site)
            finally:
                self._hearing = None

    async def work_out(self) -> None:
        """Work out how many people are inside, one site after the other, where a snapshot was taken, for ever."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._asking:
                site = next(iter(self._asking))
                del self._asking[site]
                before = self.occupancy.last(site)
                try:
                    await self.occupancy.now(site)
                    self._unknown.discard(site)
                except Exception:
                    if site not in self._unknown:
                        log.exception("How many people are in %s is not known", site)
                    self._unknown.add(site)
                if self.occupancy.last(site) != before:
                    self.seen(site)

    async def snapshot(self, site: str) -> Snapshot:
        """The site as it is known now, with how many people were inside when that was last worked out, at most two
        minutes ago: a new figure comes in a later snapshot. Raises ``SiteUnknown``."""
        now, inside = self.clock.now(), self.occupancy.last(site)
        async with self.database.read() as tx:
            hours = (await self.site_configs.of(tx, site)).hours
            found = await take_snapshot(tx, await require_parts(tx, site), hours, now, inside, self.own_troubles(now))
        self._asking[site] = None
        self._asked.set()
        return found

    async def now(self, site: str) -> bytes:
        """The site as it is known now, as JSON. While somebody watches it, that is the snapshot they share, as long as
        it holds; not where another process may have changed something. Raises ``SiteUnknown``."""
        hearing = self._hearing
        if self.database.sqlite and site in self._watchers and hearing is not None and not hearing.waiting:
            return (await self._shared(site)).message
        return msgspec.json.encode(await self.snapshot(site))

    async def _shared(self, site: str) -> _Shown:
        """The snapshot that all share: the newest, if it holds with all that has happened by now, else another."""
        wanted = self._happened[site]
        async with self._turns[site]:
            shown, now = self._taken.get(site), self.clock.now()
            if shown is not None and shown.happened >= wanted and shown.at <= now < shown.until:
                return shown
            happened, known_for = self._happened[site], _KNOWN_FOR * _share_of(site)
            self._taken[site] = made = _Shown(await self.snapshot(site), now, happened, known_for, shown)
            return made

    def own_troubles(self, now: datetime) -> list[OwnTrouble]:
        """What is wrong with the controller itself."""
        found = []
        for code, why, text in (
            (AlertCode.CLOCK, self.doubt(), "The controller does not trust its clock: "),
            (AlertCode.DISK, self.disk(), "The controller's disk is nearly full: "),
            (AlertCode.BACKUP, self.backup(), "The controller's backups need somebody: "),
        ):
            if why is None:
                self._own.pop(code, None)
            else:
                found.append(OwnTrouble(code=code, since=self._own.setdefault(code, now), text=text + why))
        return found

    async def watch(self, site: str, *, snapshots: bool) -> AsyncGenerator[bytes, None]:
        """Messages for one watcher, for ever: a snapshot at once, then what changes. Without ``snapshots``: a beat at
        once, then beats and whether the diary changed. Raises ``SiteUnknown``."""
        watcher = _Watcher()
        self._watchers[site].add(watcher)
        try:
            newest = await self._newest(site)
            said = newest.number
            yield newest.message if snapshots else msgspec.json.encode(self._beat())
            beat_at = real_s() + BEAT_EVERY_S
            while True:
                try:
                    async with asyncio.timeout(max(beat_at - real_s(), 0)):
                        await watcher.some.wait()
                except TimeoutError:
                    yield msgspec.json.encode(self._beat())
                    beat_at = real_s() + BEAT_EVERY_S
                    watcher.look = True  # a mode may have ended without anybody doing anything
                    if not self.database.sqlite:  # another controller hears of doors, and says so of the diary only
                        self._happened[site] += 1
                watcher.some.clear()
                if watcher.diary:
                    watcher.diary = False
                    yield msgspec.json.encode(BookingsChanged(site=site))
                if watcher.look:
                    watcher.look = False
                    if not snapshots:
                        continue
                    newest = await self._newest(site)
                    if newest.number != said:
                        said = newest.number
                        yield newest.message
        finally:
            self._watchers[site].discard(watcher)
            if not self._watchers[site]:
                del self._watchers[site]
                self._taken.pop(site, None)

    def _beat(self) -> Beat:
        return Beat(at=self.clock.now().isoformat())

    async def _newest(self, site: str) -> _Shown:
        """For a watcher: so that not more than one is taken a second."""
        shown = self._taken.get(site)
        if shown is not None and shown.happened != self._happened[site]:
            await asyncio.sleep(shown.taken_s + SNAPSHOT_EVERY_S - real_s())
        return await self._shared(site)


def _share_of(site: str) -> float:
    """From 0.7 to 1, so that not the snapshots of all sites end at once."""
    return 0.7 + 0.3 * (zlib.crc32(site.encode()) % 100) / 100
