"""Finds a space over many sites: the nearest spaces and times that fit."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.diary.model import booking_time, require_timely
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.rules.model import RuleRequest
from controller.bookings.rules.reason_wording import plural
from controller.db.engine import Tx
from controller.find.diary_reads import DiaryReader, FreeSpace
from controller.find.free_intervals import holds, interval, span, us
from controller.find.nearby_sites import SiteInReach
from controller.find.other_times import on_other_days, on_the_day
from controller.find.proposals import propose
from controller.find.ranking import Candidate, SpaceProposal, WantedTime
from controller.find.request import SearchRequest, SpaceFit, fit_at, why_nothing_fits
from controller.platform.web.fields import Moment
from edge.wire.interval import Interval

MOST_DAYS = 14
MOST_MOVE_MIN = 12 * 60
_CLOCKS = timedelta(hours=1)
"""By so much a day may be longer than another."""


class SpaceQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A query for any space. ``move_min``: how much earlier or later is acceptable; ``days``: how many days later is
    acceptable as well."""

    starts: Moment
    ends: Moment
    search: SearchRequest
    move_min: int = 0
    days: int = 0

    def during(self, site_config: SiteConfig, now: datetime) -> Interval:
        """The time as it is at a site. Raises ``Invalid``."""
        zone = site_config.site.tz
        found = booking_time(self.starts.resolve(zone, "starts"), self.ends.resolve(zone, "ends"))
        require_timely(found, zone=zone, now=now)
        return found


class FoundProposals(msgspec.Struct, frozen=True, kw_only=True):
    """``sites``, ``spaces``: how many were looked at, and how many of their spaces fit. ``why``: a sentence where
    there is nothing to propose, else empty."""

    proposals: Sequence[SpaceProposal]
    sites: int
    spaces: int
    why: str


async def find_anywhere(
    tx: Tx,
    diary_reader: DiaryReader,
    there: Sequence[SiteInReach],
    query: SpaceQuery,
    request: RuleRequest,
    *,
    now: datetime,
    limit: int,
) -> FoundProposals:
    """The best ``limit`` at these sites, one time per space. ``request``: by whom and for whom. Raises ``Invalid``."""
    wanted = {each.site_config.site.id: query.during(each.site_config, now) for each in there}
    search = query.search
    fit = fit_at(there, search.wants)
    candidates = await _candidates(tx, diary_reader, fit, query, wanted, now)
    asked = search.asked(next(iter(wanted.values()))) if wanted else request.asked
    requested = WantedTime(people=search.wants.people, layout=search.wants.layout)
    found = await propose(
        tx, candidates, msgspec.structs.replace(request, asked=asked), requested, now=now, limit=limit
    )
    why = ""
    if not fit.fitting:
        why = why_nothing_fits(search, fit)
    elif not candidates:
        why = f"{plural(len(fit.fitting), 'space')} would fit, and none is free then"
    elif not found.items:
        why = f"none can be booked then: {found.refused}"
    return FoundProposals(proposals=found.items, sites=len(there), spaces=len(fit.fitting), why=why)


async def _candidates(
    tx: Tx,
    diary_reader: DiaryReader,
    fit: SpaceFit,
    query: SpaceQuery,
    wanted: Mapping[str, Interval],
    now: datetime,
) -> list[Candidate]:
    move, days = timedelta(minutes=query.move_min), timedelta(days=query.days)
    within = {
        site: (max(us(during.start - move), us(now)), us(during.end + days + move + _CLOCKS))
        for site, during in wanted.items()
    }
    found = await diary_reader.look(tx, fit.fitting, query.search.use, within, now=now)
    candidates = []
    for each in found:
        site = each.fitting.site_config.site
        during = _nearest(each, wanted[site.id], site.tz, query)
        if during is not None:
            candidates.append(
                Candidate(fitting=each.fitting, during=during, wanted=wanted[site.id], miles=fit.miles[site.id])
            )
    return candidates


def _nearest(free: FreeSpace, wanted: Interval, zone: ZoneInfo, query: SpaceQuery) -> Interval | None:
    """The free time that is nearest to the wanted one, as far as that may be moved."""
    if holds(free.times, span(wanted)):
        return wanted
    if not free.times or not (query.move_min or query.days):
        return None
    move = timedelta(minutes=query.move_min)
    times = [interval(each) for each in free.times]
    near = on_the_day(times, wanted, zone, limit=1)
    if near and abs(near[0].start - wanted.start) <= move:
        return near[0]
    later = on_other_days(times, wanted, zone, range(1, query.days + 1), around=move)
    return later[0] if later else None
