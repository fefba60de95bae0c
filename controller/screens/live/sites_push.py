"""Live push of all the sites that somebody watches: what needs somebody, for a wall, or the table of all buildings.

A watcher gets all of it at once, then again when it has changed, and beats between; so one that was cut off has missed
nothing once it hears again. Watchers of the same sites share what is looked up.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from controller.alerts import repository as alerts
from controller.alerts.catalogue import CATALOGUE
from controller.alerts.machine import AlertState
from controller.alerts.open_alerts import open_alerts
from controller.alerts.rules import rule_of
from controller.db.engine import Database
from controller.estate import repository as estate
from controller.estate.model import Site
from controller.occupancy.service import OccupancyService
from controller.platform.backups.state import BackupWatch
from controller.platform.text import local_time
from controller.screens.live.all_sites import SiteSummary, summaries
from controller.screens.live.push import BEAT_EVERY_S, Beat, Live
from controller.screens.live.snapshot import OwnTrouble
from controller.screens.live.snapshot_schemas import SiteRef, WallAlert, WallView
from controller.telemetry.alert_codes import AlertCode
from edge.wire.clock import Clock, real_s

Sites = frozenset[str] | None
"""Those that somebody watches; ``None`` for all."""
MOST_SITES = 20_000
CONTROLLER = "The controller"
"""What an alert of no site is said to be at."""
OF_THINGS = frozenset(
    {AlertCode.FORCED, AlertCode.HELD, AlertCode.GLASS, AlertCode.LEFT_UNLOCKED, AlertCode.LOCKOUT, AlertCode.FIRE}
    | {AlertCode.OFFLINE, AlertCode.FAULT, AlertCode.CO2, AlertCode.SENSOR_BATTERY, AlertCode.SENSOR_SILENT}
)
"""Alerts whose text names doors and devices, and nothing else."""


class SitesView(StrEnum):
    """What is pushed of the sites."""

    ALERTS = "alerts"
    ESTATE = "estate"


_EVERY_S = {SitesView.ALERTS: 1.0, SitesView.ESTATE: 5.0}
"""Shortest time between two looks, in real seconds."""


class Alerts(msgspec.Struct, frozen=True, kw_only=True):
    """``own``: what is wrong with the controller. ``off``: how many sites do without some kind of alert."""

    sites: dict[str, Site]
    open: list[AlertState]
    own: list[OwnTrouble]
    off: int


class Estate(msgspec.Struct, frozen=True, kw_only=True):
    items: list[SiteSummary]
    backup_trouble: str | None


Found = Alerts | Estate
Encode = Callable[[Found], bytes]


@dataclass(eq=False, kw_only=True)
class LiveSites:
    """Tells those who watch sites side by side."""

    database: Database
    clock: Clock
    live: Live
    occupancy: OccupancyService
    backups: BackupWatch

    def __post_init__(self) -> None:
        self._turns: defaultdict[tuple[SitesView, Sites], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._taken: dict[tuple[SitesView, Sites], tuple[float, int, Found]] = {}

    async def watch(self, sites: Sites, view: SitesView, encode: Encode) -> AsyncGenerator[bytes, None]:
        """Messages for one watcher, for ever."""
        said: Found | None = None
        beat_at = 0.0
        with self.live.anything() as changed:
            while True:
                changed.clear()
                newest = await self._newest(sites, view)
                if newest != said:
                    said = newest
                    yield encode(newest)
                    beat_at = real_s() + BEAT_EVERY_S
                elif real_s() >= beat_at:
                    yield msgspec.json.encode(Beat(at=self.clock.now().isoformat()))
                    beat_at = real_s() + BEAT_EVERY_S
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(beat_at - real_s(), 0)):
                        await changed.wait()

    async def _newest(self, sites: Sites, view: SitesView) -> Found:
        """What all watchers of the sites share; another look when the last is old, or was before something changed."""
        key = (view, sites)
        async with self._turns[key]:
            at, turn, taken = self._taken.get(key, (0.0, -1, None))
            if taken is not None and turn == self.live.turn and real_s() - at < BEAT_EVERY_S:
                return taken
            if taken is not None:
                await asyncio.sleep(at + _EVERY_S[view] - real_s())
            turn = self.live.turn
            found = await (self._alerts(sites) if view is SitesView.ALERTS else self._estate(sites))
            self._taken[key] = (real_s(), turn, found)
            return found

    async def _alerts(self, sites: Sites) -> Found:
        now = self.clock.now()
        async with self.database.read() as tx:
            found = {each.id: each for each in await estate.list_sites(tx, limit=MOST_SITES, only=sites)}
            shown = await open_alerts(tx, found, now)
            rules = await alerts.rules(tx, found)
        off = sum(any(rule_of(code, its).off for code in its) for its in rules.values())
        return Alerts(sites=found, open=shown, own=self.live.own_troubles(now), off=off)

    async def _estate(self, sites: Sites) -> Found:
        async with self.database.read() as tx:
            found = await estate.list_sites(tx, limit=MOST_SITES, only=sites)
            items = await summaries(tx, found, self.clock.now(), self.occupancy)
        return Estate(items=items, backup_trouble=self.backups.trouble() if self.backups.wanted else None)


def wall_view(found: Alerts, at: str, *, build: str, on_display: bool) -> WallView:
    """What a wall shows. ``on_display``: on a paired screen, where nobody has signed in: texts that may say more than
    which door or device it is are left out, and what is wrong with the controller is named by its kind."""
    items = [_wall_alert(each, found.sites[each.site]) for each in found.open]
    items += [
        WallAlert(
            site="",
            site_name=CONTROLLER,
            kind=each.code,
            severity=CATALOGUE[each.code].severity,
            about="",
            text=each.text,
            at=each.since.replace(microsecond=0).isoformat(),
        )
        for each in found.own
    ]
    if on_display:
        items = [each if each.kind in OF_THINGS else msgspec.structs.replace(each, text="", about="") for each in items]
    sites = [SiteRef(id=each.id, name=each.name, zone=each.zone) for each in found.sites.values()]
    return WallView(at=at, sites=sites, items=items, off=found.off, build=build)


def _wall_alert(alert: AlertState, site: Site) -> WallAlert:
    def at(name: str) -> str | None:
        moment = getattr(alert, name)
        return None if moment is None else local_time.rfc3339(moment.replace(microsecond=0), site.tz)

    return WallAlert(
        site=site.id,
        site_name=site.name,
        kind=alert.kind,
        severity=CATALOGUE[alert.kind].severity,
        about=alert.about,
        text=alert.text,
        at=at("since"),
        over_since=at("over_since"),
        acknowledged_at=at("acknowledged_at"),
        snoozed_until=at("snoozed_until"),
    )
