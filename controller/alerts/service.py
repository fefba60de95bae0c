"""Stores what becomes of alerts, and what people do about them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from controller.alerts import repository
from controller.alerts.catalogue import CATALOGUE, Severity
from controller.alerts.machine import AlertState, Observation
from controller.alerts.open_alerts import Turn, take_turn
from controller.alerts.preview import Preview, history, preview
from controller.alerts.rules import SiteRules, kept, why_not
from controller.db.engine import Database, Tx
from controller.estate import repository as estate
from controller.estate.service import require_site
from controller.people.model import Actor
from controller.people.optimistic_locking import require_version, version_of
from controller.platform.web.problem import Conflicting, NotFound, invalid_field
from controller.records.audit import audit_log
from controller.telemetry.alert_causes import AlertCauses
from controller.telemetry.alert_codes import AlertCode
from edge.wire.clock import Clock
from edge.wire.ids import new_id

log = logging.getLogger(__name__)

EVERY_S = 10.0
"""How often every site is looked at, in real seconds; one where something changed is looked at at once."""
GATHER_S = 0.5
"""How long sites are gathered that are then looked at together."""
LONGEST_SNOOZE = timedelta(days=7)
_ALL_SITES = 20_000


class AlertUnknown(NotFound):
    def __init__(self) -> None:
        super().__init__("there is no such alert; look at the list of the site again")


class AlertOver(Conflicting):
    """It is cleared, or not raised."""


class NotSnoozed(Conflicting):
    """Danger is not put off."""


def rules_version(given: SiteRules) -> int:
    """Of what a site has set; 0 where it has set nothing."""
    return version_of({code: given[code] for code in sorted(given)}, blank={})


def require_allowed(given: SiteRules) -> None:
    """Raises ``Invalid`` for a rule that the catalogue does not allow."""
    for code, rule in given.items():
        if (wrong := why_not(code, rule)) is not None:
            raise invalid_field(f"rules.{code}.{wrong[0]}", wrong[1])


class AlertService:
    """``changed``: called with a site whose alerts changed, after they are stored. ``crowds``: which sites are too
    full, as ``Crowds.found``. The caller checks permissions."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        changed: Callable[[str], None],
        crowds: Callable[[], Mapping[str, Observation] | None] = lambda: None,
        causes: AlertCauses | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._changed = changed
        self._crowds = crowds
        self._causes = causes or AlertCauses()
        self._waiting: set[str] = set()
        self.when_looked: list[Callable[[], Awaitable[None]]] = []
        """Called after all sites have been looked at."""
        self._some = asyncio.Event()
        self._one_preview = asyncio.Lock()
        self._one_step = asyncio.Lock()

    def look(self, site: str) -> None:
        """Something happened at the site. Never waits."""
        self._waiting.add(site)
        self._some.set()

    async def run(self) -> None:
        """Store what becomes of alerts, for ever."""
        clock = asyncio.get_running_loop().time
        all_due = clock() + EVERY_S
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(all_due - clock(), 0)):
                    await self._some.wait()
                await asyncio.sleep(GATHER_S)
            every = clock() >= all_due
            taken, self._waiting = self._waiting, set()
            self._some.clear()
            try:
                await self.evaluate(None if every else frozenset(taken))
                for follow in self.when_looked if every else ():
                    await follow()
            except (SQLAlchemyError, OSError) as error:
                fields = {"action": "alerts", "reason": str(error)[:200]}
                log.error("Alerts could not be stored; trying again", extra=fields)
                self._waiting |= taken  # with the next that is looked at, at the latest with all
            if every:
                all_due = clock() + EVERY_S

    async def evaluate(self, only: frozenset[str] | None = None) -> None:
        """Take one step at these sites, all where none are named, and store it. One at a time: two would raise the same
        alert twice."""
        async with self._one_step:
            await self._step(only)

    async def _step(self, only: frozenset[str] | None) -> None:
        async with self._database.read() as tx:
            quiet = not (await self._turn(tx, only))[1].changed
        if quiet:
            return

        async def store(tx: Tx) -> tuple[set[str], list[AlertState]]:
            now, turn = await self._turn(tx, only, lock=True)
            new: list[AlertState] = []
            raised: list[AlertState] = []
            for before, after in turn.changed:
                if after is None:
                    assert before is not None
                    await repository.remove(tx, before.id)
                elif before is None:
                    new.append(replace(after, id=new_id(now)))
                else:
                    await repository.change(tx, after)
                    raised += [after] if before.raised_at is None and after.raised_at is not None else []
            await repository.add(tx, new)
            raised += [each for each in new if each.raised_at is not None]
            return {each.site for pair in turn.changed for each in pair if each is not None}, raised

        sites, raised = await self._database.run(store)
        for each in raised:
            fields = {
                "action": "alert",
                "alert": each.id,
                "site": each.site,
                "edge": each.edge,
                "code": each.kind.value,
            }
            if (event := self._causes.of(each.site, each.kind, each.about or each.edge)) is not None:
                fields["event"] = event
            log.info("An alert was raised", extra=fields)
        for site in sites:
            self._changed(site)

    async def _turn(self, tx: Tx, only: frozenset[str] | None, *, lock: bool = False) -> tuple[datetime, Turn]:
        now = self._clock.now()
        sites = await estate.list_sites(tx, limit=_ALL_SITES, only=only)
        return now, await take_turn(tx, {each.id: each for each in sites}, now, lock=lock, crowds=self._crowds())

    async def of_site(self, site: str, *, past: bool, before: str | None, limit: int) -> list[AlertState]:
        """Open ones, or those that are over, the newest first."""
        async with self._database.read() as tx:
            return await repository.of_site(tx, site, past=past, before=before, limit=limit)

    async def acknowledge(self, site: str, alert_id: str, *, actor: Actor) -> AlertState:
        """Somebody has seen it and looks after it. Idempotent: the first stays. Raises ``AlertUnknown``,
        ``AlertOver``."""

        async def acknowledge(tx: Tx) -> AlertState:
            old = await self._open(tx, site, alert_id)
            if old.acknowledged_at is not None:
                return old
            now = self._clock.now()
            new = replace(old, acknowledged_at=now, acknowledged_by=actor.name)
            await self._record(tx, "acknowledge alert", new, now, actor)
            return new

        return await self._done(await self._database.run(acknowledge))

    async def snooze(self, site: str, alert_id: str, lasts: timedelta, *, actor: Actor) -> AlertState:
        """Nobody is called for so long; zero ends it. Raises ``AlertUnknown``, ``AlertOver``, ``NotSnoozed``."""

        async def snooze(tx: Tx) -> AlertState:
            old = await self._open(tx, site, alert_id)
            if CATALOGUE[old.kind].severity is Severity.DANGER:
                raise NotSnoozed("go and look; once somebody has, acknowledge it")
            now = self._clock.now()
            new = replace(old, snoozed_until=now + lasts if lasts > timedelta(0) else None)
            await self._record(tx, "snooze alert", new, now, actor)
            return new

        return await self._done(await self._database.run(snooze))

    async def rules(self, site: str) -> SiteRules:
        """What a site has set. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            await require_site(tx, site)
            return (await repository.rules(tx, [site])).get(site, {})

    async def put_rules(self, site: str, given: SiteRules, *, version: int, actor: Actor) -> SiteRules:
        """Set a site's rules; a code that is not named has the usual one. Raises ``SiteUnknown``, ``VersionStale``,
        ``Invalid``."""
        require_allowed(given)
        new = kept(given)

        async def put(tx: Tx) -> bool:
            await self._database.lock_site(tx, site)
            await require_site(tx, site)
            old = (await repository.rules(tx, [site])).get(site, {})
            thing = f"alert rules of site {site}"
            await require_version(tx, version, rules_version(old), site=site, thing=thing)
            changes = {
                str(code): (msgspec.to_builtins(old.get(code)), msgspec.to_builtins(new.get(code)))
                for code in AlertCode
                if old.get(code) != new.get(code)
            }
            if not changes:
                return False
            await repository.put_rules(tx, site, new)
            now = self._clock.now()
            await audit_log.record(tx, actor=actor.name, at=now, act="change", site=site, thing=thing, changes=changes)
            return True

        if await self._database.run(put):
            self.look(site)
            self._changed(site)
        return new

    async def preview(self, site: str, given: SiteRules) -> Preview:
        """What these rules would have raised in the last 30 days, beside those in force. Writes nothing. One at a time.
        Raises ``SiteUnknown``, ``Invalid``."""
        require_allowed(given)
        async with self._one_preview:
            async with self._database.read() as tx:
                await require_site(tx, site)
                found = await history(tx, site, self._clock.now())
                in_force = (await repository.rules(tx, [site])).get(site, {})
            return await asyncio.to_thread(preview, found, given, in_force)

    async def _open(self, tx: Tx, site: str, alert_id: str) -> AlertState:
        found = await repository.lock_alert(tx, site, alert_id)
        if found is None:
            raise AlertUnknown
        if not found.open:
            raise AlertOver("it was cleared before you came to it" if found.cleared_at else "it is not raised yet")
        return found

    async def _record(self, tx: Tx, act: str, new: AlertState, now: datetime, actor: Actor) -> None:
        await repository.change(tx, new)
        until = new.snoozed_until.isoformat() if new.snoozed_until is not None and act == "snooze alert" else ""
        thing = f"alert {new.kind} about {new.about or new.edge or 'the site'}" + (f" until {until}" if until else "")
        await audit_log.record(tx, actor=actor.name, at=now, act=act, site=new.site, thing=thing)

    async def _done(self, changed: AlertState) -> AlertState:
        self.look(changed.site)
        self._changed(changed.site)
        return changed
