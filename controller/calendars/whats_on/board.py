"""The notice board of each site: what everybody may know of what is on."""

from datetime import date, timedelta

from controller.calendars.whats_on import repository
from controller.calendars.whats_on.events import WhatsOn, whats_on
from controller.db.engine import Database
from controller.diary.site_config import SiteConfigs
from controller.people.parties import parties
from controller.text import local_time
from edge.wire.clock import Clock
from edge.wire.interval import Interval

MOST_EVENTS = 1000


class NoticeBoard:
    def __init__(self, database: Database, clock: Clock, site_configs: SiteConfigs) -> None:
        self._database = database
        self._clock = clock
        self._site_configs = site_configs

    async def shown(self, site: str, *, first: date | None, days: int) -> WhatsOn:
        """The public bookings of some days from ``first`` on, or from today. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            site_config = await self._site_configs.of(tx, site)
            zone = site_config.site.tz
            day = first or local_time.local_day(self._clock.now(), zone)
            during = Interval(
                start=local_time.day_start(day, zone), end=local_time.day_start(day + timedelta(days=days), zone)
            )
            found = await repository.listed(tx, site, during, limit=MOST_EVENTS)
            known = await parties(tx, {each.party for each in found if each.party is not None})
        return whats_on(site_config, found, known)
