"""Which buildings have more people inside than their rooms hold: looked at once a minute, since how many are inside
takes long to work out.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func, select

from controller.alerts.machine import FALSE, UNKNOWN, Observation, Truth
from controller.db.engine import Database, Tx
from controller.estate.service import require_parts
from controller.occupancy.estimate import Estimate, capacity
from controller.occupancy.service import OccupancyService
from controller.platform.failure_log import FailureLog
from controller.telemetry.tables import counter_days, recounts
from edge.wire.clock import Clock

log = logging.getLogger(__name__)
_DAYS = timedelta(days=1)
"""Who was counted in on an earlier day than yesterday is not inside any more."""
_MISSED = 1.25
"""So many people come in, at most, for each that is counted: a counter that misses more is broken."""


def judged(found: Estimate | None) -> Observation:
    """Whether too many are inside: surely, by the lower bound; surely not, where it is likelier that they are not."""
    if found is None or found.capacity is None:
        return FALSE
    if found.full:
        text = f"More people are inside than the {found.capacity} that the rooms hold"
        return Observation(truth=Truth.TRUE, text=text)
    return FALSE if found.people <= found.capacity else UNKNOWN


class Crowds:
    """``found``: of each site that may be too full; the others are not. None before the first look."""

    def __init__(self, database: Database, clock: Clock, occupancy: OccupancyService) -> None:
        self._database = database
        self._clock = clock
        self._occupancy = occupancy
        self._failures = FailureLog(log, "Whether %s is too full is not known")
        self.found: Mapping[str, Observation] | None = None

    async def look(self) -> None:
        """Look at each site once, one after the other."""
        try:
            async with self._database.read() as tx:
                came = await self._came(tx)
                sites = [site for site, people in came.items() if await _may_be_full(tx, site, people)]
            self.found = {site: await self._of(site) for site in sites}
        except BaseException:
            self.found = None
            raise

    async def _of(self, site: str) -> Observation:
        with self._failures.catching(site):
            return judged(await self._occupancy.now(site))
        return UNKNOWN

    async def _came(self, tx: Tx) -> dict[str, int]:
        """How many people were counted in at each site since yesterday, or said to be inside."""
        first = self._clock.now().date() - _DAYS
        days, told = counter_days.c, recounts.c
        came = select(days.site, func.sum(days.top_ins - days.base_ins)).where(days.day >= first).group_by(days.site)
        found = {site: int(people or 0) for site, people in await tx.execute(came)}
        inside = select(told.site, func.sum(told.inside)).where(told.day >= first).group_by(told.site)
        for site, people in await tx.execute(inside):
            found[site] = found.get(site, 0) + int(people)
        return found


async def _may_be_full(tx: Tx, site: str, people: int) -> bool:
    holds = capacity(await require_parts(tx, site)) if people else None
    return holds is not None and people * _MISSED > holds
