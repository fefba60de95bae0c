"""Alternatives to a refused request: another time, layout, space or site."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.diary.model import BookingRequest
from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.bookings.fitting_spaces import SpaceNeeds, sort_out
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import RuleRequest, Verdict
from controller.db.engine import Tx
from controller.estate.model import SpaceKind
from controller.find.diary_reads import DiaryReader, FreeSpace, ResourceNeed
from controller.find.free_intervals import MINUTE, holds, interval, span, us
from controller.find.nearby_sites import SiteInReach
from controller.find.no_space_reason import why_none
from controller.find.other_times import on_another_day, on_other_days, on_the_day
from controller.find.proposals import propose
from controller.find.ranking import Candidate, SpaceProposal, WantedTime
from controller.find.request import fit_at
from controller.platform.text import local_time
from edge.wire.interval import Interval

DAYS_BEFORE = 2
DAYS_AFTER = 14
"""Days before and after the requested day that are searched."""
AROUND = timedelta(hours=3)
"""The largest distance from the requested time of day, on another day or in another space."""
_SAME_DAY = 4
"""Other times of the requested day that are tried."""


class AlternativeFinder(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on a request and its alternatives, nearest first; none where the request itself is possible. ``why``:
    a sentence where nothing would fit."""

    site_config: SiteConfig
    verdict: Verdict
    proposals: Sequence[SpaceProposal]
    why: str = ""


async def instead_of(
    tx: Tx,
    diary_reader: DiaryReader,
    site_config: SiteConfig,
    request: RuleRequest,
    nearby: Sequence[SiteInReach],
    *,
    now: datetime,
    limit: int,
) -> AlternativeFinder:
    """``nearby``: other sites, with their distance, at which the same time is looked for."""
    [verdict] = await judge(tx, site_config, [request], now=now)
    if verdict.possible:
        return AlternativeFinder(site_config=site_config, verdict=verdict, proposals=())
    asked, place = request.asked, site_config.require(request.asked.space)
    requested = WantedTime(people=asked.people, place=place, layout=asked.layout)
    candidates = [
        *await _other_times(tx, diary_reader, site_config, place, request, verdict, now),
        *await _other_spaces(tx, diary_reader, site_config, place, request, nearby, now),
    ]
    found = await propose(tx, candidates, request, requested, now=now, limit=limit)
    why = "" if found.items else _why_nothing(site_config, place, request, nearby, found.refused)
    return AlternativeFinder(site_config=site_config, verdict=verdict, proposals=found.items, why=why)


def _why_nothing(
    site_config: SiteConfig, place: SpaceAtSite, request: RuleRequest, nearby: Sequence[SiteInReach], refused: str
) -> str:
    where = f"here or at the {len(nearby)} sites nearby" if nearby else "here"
    wants = _wants(request.asked, place)
    fit = fit_at([SiteInReach(site_config=site_config), *nearby], wants)
    if not fit.fitting:
        return why_none(wants, fit.unfit, where=where)
    if refused:
        return f"nothing near that time can be booked {where}: {refused}"
    return f"nothing is free near that time {where}"


def _wants(asked: BookingRequest, place: SpaceAtSite) -> SpaceNeeds:
    """What any space has to have that comes in question."""
    pool = place.space.kind is SpaceKind.POOL
    return SpaceNeeds(
        people=asked.people,
        seats=asked.seats if pool else None,
        equipment=asked.equipment,
        kind=place.space.kind,
    )


def _use(request: RuleRequest) -> ResourceNeed:
    asked = request.asked
    return ResourceNeed(
        shortest=MINUTE,
        setup_min=asked.setup_min,
        cleardown_min=asked.cleardown_min,
        equipment=asked.equipment,
        but=request.but,
    )


def _days(verdict: Verdict, requested: date) -> list[int]:
    """Offsets in days from the requested day that are searched: those around it; where the rules allow no day before or
    after some day, the week on the allowed side. Without 0 where they do not allow the day itself."""
    days = set(range(-DAYS_BEFORE, DAYS_AFTER + 1))
    if lasts := [(each.last - requested).days for each in verdict.refusals if each.last is not None]:
        last = min(lasts)
        days = {*(each for each in days if each <= last), *range(last - 6, last + 1)}
    if firsts := [(each.first - requested).days for each in verdict.refusals if each.first is not None]:
        first = max(firsts)
        later = range(first, first + 7) if not lasts or first <= min(lasts) else range(0)
        days = {*(each for each in days if each < 0 or each >= first), *later}
    return sorted(days)


async def _other_times(
    tx: Tx,
    diary_reader: DiaryReader,
    site_config: SiteConfig,
    place: SpaceAtSite,
    request: RuleRequest,
    verdict: Verdict,
    now: datetime,
) -> list[Candidate]:
    """The same space on the same day, and near the same time on other days; as it was asked for, if that can be, else
    in the layout that holds the people."""
    asked, zone = request.asked, site_config.site.tz
    wants = _wants(asked, place)
    ways = [msgspec.structs.replace(wants, layout=asked.layout), wants] if asked.layout else [wants]
    found = [each for one in ways for each in sort_out(site_config, one, only=[place.space.id])[0]]
    if not found:
        return []
    days = _days(verdict, local_time.local_day(asked.during.start, zone))
    around = [each for number in days if (each := on_another_day(asked.during, number, zone))]
    if not around or max(around).end <= now:
        return []
    first = local_time.day_start(local_time.local_day(min(around).start, zone), zone)
    end = local_time.day_bounds(local_time.local_day(max(around).end, zone), zone).end
    within = {site_config.site.id: (max(us(now), us(first)), us(end))}
    [free] = await diary_reader.look(tx, found[:1], _use(request), within, now=now)
    times = [interval(each) for each in free.times]
    near = on_the_day(times, asked.during, zone, limit=_SAME_DAY) if 0 in days else []
    near += on_other_days(times, asked.during, zone, [each for each in days if each], around=AROUND)
    # At the very time other layouts are looked for among the other spaces.
    others = [each for each in near if each != asked.during]
    return [Candidate(fitting=free.fitting, during=each, wanted=asked.during) for each in others]


async def _other_spaces(
    tx: Tx,
    diary_reader: DiaryReader,
    site_config: SiteConfig,
    place: SpaceAtSite,
    request: RuleRequest,
    nearby: Sequence[SiteInReach],
    now: datetime,
) -> list[Candidate]:
    """The same time in other layouts of the space; in the other spaces of the site and of the sites nearby the time
    of that day that is nearest to it, unless the space itself is free then."""
    asked = request.asked
    wants = _wants(asked, place)
    layouts = [msgspec.structs.replace(wants, layout=each.id) for each in place.space.layouts]
    relaid = [each for one in layouts for each in sort_out(site_config, one, only=[place.space.id])[0]]
    there = [
        *((None, each) for each in relaid),
        *((None, each) for each in sort_out(site_config, wants)[0] if each.place.space.id != place.space.id),
        *((near.miles, each) for near in nearby for each in sort_out(near.site_config, wants)[0]),
    ]
    fittings = [each for _, each in there]
    start, end = span(asked.during)
    around = us(asked.during.start + AROUND) - start
    early = max(start - around, min(us(now), start))
    within = dict.fromkeys(
        {site_config.site.id, *(each.site_config.site.id for each in fittings)}, (early, end + around)
    )
    own = sort_out(site_config, wants, only=[place.space.id])[0]
    found = await diary_reader.look(tx, [*own, *fittings], _use(request), within, now=now)
    mine = [each for free in found[: len(own)] for each in free.times]
    return [
        Candidate(fitting=free.fitting, during=during, wanted=asked.during, miles=miles)
        for number, ((miles, _), free) in enumerate(zip(there, found[len(own) :], strict=True))
        if (during := _nearest(free, asked.during, site_config.site.tz, moving=number >= len(relaid))) is not None
        and (during == asked.during or not holds(mine, span(during)))
    ]


def _nearest(free: FreeSpace, wanted: Interval, zone: ZoneInfo, *, moving: bool) -> Interval | None:
    """The wanted time where it is free, else the nearest of its day if it may be moved."""
    if holds(free.times, span(wanted)):
        return wanted
    near = on_the_day([interval(each) for each in free.times], wanted, zone, limit=1) if moving else []
    return near[0] if near and abs(near[0].start - wanted.start) <= AROUND else None
