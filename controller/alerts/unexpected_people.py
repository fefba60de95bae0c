"""Looks once a minute at closed and unstaffed buildings where something moved, and reports people who may not be there,
and people who were let in from inside."""

import asyncio
import logging
from datetime import datetime

from sqlalchemy import select, union

from controller.alerts.unexpected import APART, LOOK_BACK, Found, let_ins, present
from controller.bookings import repository as bookings
from controller.bookings.diary.model import BookingState
from controller.bookings.diary.site_config import SiteConfig, SiteConfigs
from controller.db.engine import Database, Tx
from controller.platform.failure_log import FailureLog
from controller.telemetry import queries, repository
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.movement_holds import MOVES
from controller.telemetry.tables import device_states, room_sensors
from controller.use.attendance.service import read_evidence
from edge.wire.clock import Clock
from edge.wire.interval import Interval
from edge.wire.plan import Mode

log = logging.getLogger(__name__)
_STIRRED = LOOK_BACK / 20
"""Where nothing was heard for so long, nothing new is found."""
_MOST = 50_000
"""Events of a site in a night, without readings that say nothing of movement; of more nothing is said."""
_DANGER = (AlertCode.FORCED, AlertCode.INTRUDER)


class UnexpectedPeople:
    """What it reports becomes an alert by its report."""

    def __init__(self, database: Database, clock: Clock, site_configs: SiteConfigs) -> None:
        self._database = database
        self._clock = clock
        self._site_configs = site_configs
        self._failures = FailureLog(log, "Whether anybody unexpected is in %s is not known")

    async def look(self) -> None:
        """Look at each site once, one after the other."""
        now = self._clock.now()
        async with self._database.read() as tx:
            sites = await _stirred(tx, now)
        for site in sites:
            with self._failures.catching(site):
                await self._of(site, now)

    async def _of(self, site: str, now: datetime) -> None:
        during = Interval(start=now - LOOK_BACK, end=now)
        async with self._database.read() as tx:
            where = await self._site_configs.of(tx, site)
            mode = where.hours.mode_at(now).mode
            if mode is Mode.STAFFED or not where.hours.timetable.pattern:
                return
            evidence = await read_evidence(tx, where, during, now, most=_MOST, readings=MOVES)
            doors = await _code_doors(tx, where) if mode is Mode.EXTENDED else ()
            taken = await bookings.between(tx, site, during)
        booked = [each.during for each in taken if each.state is BookingState.CONFIRMED]
        seen = await asyncio.to_thread(evidence.seen)
        if mode is Mode.CLOSED:
            code, found = AlertCode.PRESENT, await asyncio.to_thread(present, where, seen, during, booked)
        else:
            code, found = AlertCode.LET_INS, await asyncio.to_thread(let_ins, where, seen, during, doors)
        for each in found:
            await self._database.run(_report, site, code, each, now)


async def _stirred(tx: Tx, now: datetime) -> list[str]:
    """Sites where movement or people were heard lately."""
    devices, sensors = device_states.c, room_sensors.c
    lately = union(
        select(devices.site).where(devices.kind.in_(("motion", "counter")), devices.at >= now - _STIRRED),
        select(sensors.site).where(sensors.space.is_not(None), sensors.heard_at >= now - _STIRRED),
    )
    return sorted((await tx.execute(lately)).scalars())


async def _code_doors(tx: Tx, where: SiteConfig) -> set[str]:
    """Doors that need a code now, and have a reader."""
    states = await queries.site_devices(tx, where.site.id)
    need = {(edge, each.device) for edge, each in states if each.kind == "door" and each.values.get("mode") == "code"}
    return {
        str(each.values.get("door"))
        for edge, each in states
        if each.kind == "reader" and (edge, each.values.get("door")) in need
    }


async def _report(tx: Tx, site: str, code: AlertCode, found: Found, now: datetime) -> None:
    """Once for each time that somebody comes while it is closed, once for each night of those who are let in. A door
    that was forced, or the alarm, tells of who is inside."""
    since = found.since - (APART if code is AlertCode.PRESENT else LOOK_BACK)
    if await repository.alerted(tx, site, found.edge, code, since):
        return
    for danger in _DANGER if code is AlertCode.PRESENT else ():
        if await queries.newest_alerts(tx, site, kinds=[danger], learned_since=found.since - LOOK_BACK / 14):
            return
    await repository.alert(tx, site, found.edge, code, found.text, found.since, about=found.door, learned_at=now)
