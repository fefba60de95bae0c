"""Bookings whose people do not come: warned, released, marked as no-shows, confirmed again if they come late. No cron
job is needed: ``run`` sleeps until the next moment at which something is due."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from controller.bookings import repository
from controller.bookings.arrivals import evidence_of
from controller.bookings.claims import SYSTEM_ACTOR
from controller.bookings.diary.model import Booking, BookingState
from controller.bookings.diary.policy import ReleaseRule
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.lifecycle import restore
from controller.bookings.no_show_rules import Evidence, NoShowAction, course, next_due, step
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import RuleRequest
from controller.bookings.service import BookingService
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.estate import repository as estate
from controller.people.model import Actor, Tier
from controller.people.party_repository import parties, tier_of
from controller.platform.text import times
from controller.records.changes import Changes
from edge.wire.clock import Clock

LOOK_EVERY_S = 60.0
"""Longest sleep between two runs."""
HEAR_EVERY_S = 10.0
"""How soon an edge whose report is missing is asked again."""

Ask = Callable[[tuple[str, str]], Awaitable[None]]
"""Asks an edge (site, edge) to say how far its log goes."""


@dataclass(eq=False)
class NoShowService:
    """``ask`` sends to the edges; ``bookings`` writes, with its retries."""

    database: Database
    clock: Clock
    changes: Changes
    writer: BookingWriter
    bookings: BookingService
    ask: Ask

    def __post_init__(self) -> None:
        self._asked: dict[tuple[str, str], float] = {}

    async def run(self) -> None:
        """Run forever: do what is due."""
        while True:
            wait_s = await retry_until_available(self.look, what="bookings whose people have not come")
            await self.clock.sleep(wait_s)

    async def look(self) -> float:
        """Do everything that is due now; returns the seconds until the next."""
        now = self.clock.now()
        by_site: dict[str, list[Booking]] = defaultdict(list)
        async with self.database.read() as tx:
            for booking in await repository.not_come(tx, now):
                by_site[booking.site].append(booking)
        waits = [await self._look_at(site, found, now) for site, found in by_site.items()]
        return min(waits, default=LOOK_EVERY_S)

    async def _look_at(self, site: str, found: list[Booking], now: datetime) -> float:
        async with self.database.read() as tx:
            site_config = await self.writer.site_configs.of(tx, site)
            rules = await _rules(tx, site_config, found)
            evidence = await self._evidence(tx, site_config, found)
        steps = {each.id: step(each, rules[each.id], evidence[each.id], now) for each in found}
        unheard = [each for each in found if steps[each.id] is NoShowAction.HEAR]
        for each in found:
            if steps[each.id] not in (NoShowAction.NOTHING, NoShowAction.HEAR):
                await self.bookings.write(self._carry_out, each.id)
                self.changes.site_changed(site)
        await self._hear(site_config, unheard)
        due = next_due([(each, rules[each.id]) for each in found], now)
        wait_s = LOOK_EVERY_S if due is None else min(LOOK_EVERY_S, (due - now).total_seconds())
        return min(wait_s, HEAR_EVERY_S) if unheard else wait_s

    async def _carry_out(self, tx: Tx, booking_id: str) -> None:
        """Check again under the site's lock, and do it."""
        await self.bookings.locked(tx, booking_id)
        found = await repository.pinned(tx, booking_id)
        assert found is not None
        now = self.clock.now()
        site_config = await self.writer.site_configs.of(tx, found.site)
        rule = (await _rules(tx, site_config, [found]))[found.id]
        evidence = (await self._evidence(tx, site_config, [found]))[found.id]
        due = step(found, rule, evidence, now)
        planned = course(found, rule)
        zone = site_config.site.tz
        match due:
            case NoShowAction.WARN:
                new = msgspec.structs.replace(found, release_warned_at=now)
                later = course(new, rule) or planned
                assert later is not None
                at = times.at(later.release_at, zone, now=now)
                why = f"nobody has arrived yet; cancelled if nobody arrives by {at}"
                await self.writer.rewrite(tx, site_config, found, new, actor=_SYSTEM, now=now, what="warn", why=why)
            case NoShowAction.RELEASE:
                new = msgspec.structs.replace(
                    found, state=BookingState.RELEASED, state_at=now, state_before=found.state
                )
                why = f"nobody had come by {times.at(now, zone, now=now)}, {_heard(evidence, site_config, now)}"
                await self.writer.rewrite(tx, site_config, found, new, actor=_SYSTEM, now=now, what="release", why=why)
            case NoShowAction.NO_SHOW:
                new = msgspec.structs.replace(found, state=BookingState.NO_SHOW, state_at=now)
                why = f"nobody came, {_heard(evidence, site_config, now)}"
                await self.writer.rewrite(tx, site_config, found, new, actor=_SYSTEM, now=now, what="no-show", why=why)
            case NoShowAction.TAKE_UP:
                await self._take_up(tx, site_config, found, now)
            case _:
                pass

    async def _take_up(self, tx: Tx, site_config: SiteConfig, found: Booking, now: datetime) -> None:
        """Confirm it again if its time is still free; otherwise its log says that they came."""
        tier = await tier_of(tx, found.party)
        request = RuleRequest(asked=found.asked, actor=_SYSTEM, tier=tier, but=frozenset({found.id}))
        [verdict] = await judge(tx, site_config, [request], now=now)
        if not verdict.possible:
            return
        assert found.let_in_at is not None
        why = (
            f"its people came at {times.at(found.let_in_at, site_config.site.tz, now=now)}, and its time was still free"
        )
        await self.writer.rewrite(
            tx,
            site_config,
            found,
            restore(found, now),
            actor=_SYSTEM,
            now=now,
            what="restore",
            why=why,
            expired=verdict.expired,
        )

    async def _evidence(self, tx: Tx, site_config: SiteConfig, found: list[Booking]) -> dict[str, Evidence]:
        now = self.clock.now()
        return {
            each.id: await evidence_of(
                tx,
                site_config,
                site_config.require(each.space),
                self.writer.codes.window(each.during, site_config.policy),
                now,
            )
            for each in found
        }

    async def _hear(self, site_config: SiteConfig, unheard: list[Booking]) -> None:
        """Ask the edges whose report is missing, each at most every ``HEAR_EVERY_S``."""
        if not unheard:
            return
        async with self.database.read() as tx:
            edge_of = {door.id: door.edge for door in await estate.site_doors(tx, site_config.site.id)}
        doors = {door for each in unheard for door in site_config.require(each.space).space.doors}
        now = self.clock.monotonic()
        for edge in sorted({edge_of[door] for door in doors if door in edge_of}):
            name = (site_config.site.id, edge)
            if now - self._asked.get(name, float("-inf")) >= HEAR_EVERY_S:
                self._asked[name] = now
                await self.ask(name)


_SYSTEM = Actor.acting(SYSTEM_ACTOR)


async def _rules(tx: Tx, site_config: SiteConfig, found: list[Booking]) -> dict[str, ReleaseRule | None]:
    known = await parties(tx, [each.party for each in found if each.party is not None])
    return {
        each.id: site_config.policy.release_rule(
            each.space, known[each.party].tier if each.party in known else Tier.COMMUNITY
        )
        for each in found
    }


def _heard(evidence: Evidence, site_config: SiteConfig, now: datetime) -> str:
    assert evidence.heard_until is not None
    return f"and its doors are heard of until {times.at(evidence.heard_until, site_config.site.tz, now=now)}"
