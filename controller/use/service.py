"""Reads the bookings of a site and measures them against their use."""

from datetime import timedelta

import msgspec

from controller.bookings import repository
from controller.db.engine import Database
from controller.diary.model import listed_time
from controller.diary.site_config import SiteConfigs
from controller.estate.model import Site
from controller.people.model import Actor
from controller.people.party_repository import parties
from controller.people.permissions import Action, Thing, may
from controller.text import times
from controller.use.measure import measure
from controller.use.model import SiteUse
from controller.web.problem import invalid_field
from edge.wire.clock import Clock

LONGEST = timedelta(days=367)
"""Most time that is measured at once: a year, and what a change of the clocks adds."""


class UseFound(msgspec.Struct, frozen=True, kw_only=True):
    """``names``: party -> its name, ``None`` where the actor may not see who booked; the groups are then left out."""

    site: Site
    use: SiteUse
    names: dict[str, str] | None


class UseService:
    """Each method is one transaction, and writes nothing."""

    def __init__(self, database: Database, clock: Clock, site_configs: SiteConfigs) -> None:
        self._database = database
        self._clock = clock
        self._site_configs = site_configs

    async def between(self, site: str, starts: str, ends: str, *, actor: Actor) -> UseFound:
        """How much of a site was booked and used in a time, given as the API takes dates and moments. Raises
        ``Invalid``, also for a time that is still to come, and ``SiteUnknown``."""
        async with self._database.read() as tx:
            where = await self._site_configs.of(tx, site)
            during = listed_time(starts, ends, where.site.tz, longest=LONGEST)
            now = self._clock.now()
            found = await repository.between(tx, site, during)
            use = measure(where, during, found, public=not may(actor, Action.RUN, Thing(site=site)), now=now)
            if use is None:
                when = times.at(during.start, where.site.tz, now=now)
                raise invalid_field("from", f"must be in the past; {when} is still to come")
            if not may(actor, Action.DETAILS, Thing(site=site)):
                return UseFound(site=where.site, use=msgspec.structs.replace(use, groups=()), names=None)
            known = await parties(tx, [each.party for each in use.groups if each.party is not None])
            return UseFound(site=where.site, use=use, names={each.id: each.name for each in known.values()})
