"""Reads what a site's counters counted and says how many people to expect there."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from controller.bookings import repository as bookings
from controller.bookings.diary.model import CLAIMING
from controller.bookings.diary.site_config import SiteConfigs
from controller.db.engine import Database
from controller.telemetry.rollups.crossings import crossings
from controller.telemetry.rollups.fold import Step, start_of
from edge.wire.clock import Clock
from edge.wire.interval import Interval

if TYPE_CHECKING:
    from controller.occupancy.forecast.site_forecast import SiteForecast


class ForecastService:
    """Each method is one transaction, and writes nothing."""

    def __init__(self, database: Database, clock: Clock, site_configs: SiteConfigs) -> None:
        self._database = database
        self._clock = clock
        self._site_configs = site_configs

    async def ahead(self, site: str, days: int) -> "SiteForecast":
        """The hours from this one on, so many days. Raises ``SiteUnknown``."""
        from controller.occupancy.forecast.site_forecast import (  # few ask, and it imports numpy
            LEARNS_FROM,
            site_forecast,
        )

        now = self._clock.now()
        async with self._database.read_report() as tx:
            hours = await self._site_configs.hours(tx, site)
            past = Interval(start=now - LEARNS_FROM, end=start_of(Step.HOUR, now, hours.site.tz))
            counters = await crossings(tx, site, Step.HOUR, past, now)
            found = await bookings.between(tx, site, Interval(start=now, end=now + timedelta(days=days + 1)))
        held = [each.during for each in found if each.state in CLAIMING]
        return await asyncio.to_thread(site_forecast, hours, counters, past, days, now, held)
