"""Free times: every space that fits, with the times in which it can be booked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.diary.model import listed_time
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.fitting_spaces import SpaceNeeds, Unfit, sort_out
from controller.bookings.rules.policy_rules import window_of
from controller.db.engine import Tx
from controller.find.diary_reads import DiaryReader, FreeSpace, ResourceNeed
from controller.find.free_intervals import MINUTE, us
from controller.find.nearby_sites import SiteInReach
from controller.find.no_space_reason import why_none
from controller.people.model import Tier
from controller.platform.text import local_time, times
from controller.platform.web.problem import invalid_field
from edge.wire.interval import Interval

LONGEST = timedelta(weeks=8)
_CLOCKS = timedelta(hours=1)


class FreeQuery(msgspec.Struct, frozen=True, kw_only=True):
    """``starts``, ``ends``: moments or dates as the API takes them. ``minutes``: what a booking needs at least.
    ``spaces``: of these, ``None`` for all."""

    starts: str
    ends: str
    minutes: int
    wants: SpaceNeeds = SpaceNeeds()
    setup_min: int | None = None
    cleardown_min: int | None = None
    spaces: tuple[str, ...] | None = None

    def during(self, zone: ZoneInfo) -> Interval:
        """The time that is asked about. Raises ``Invalid``."""
        during = listed_time(self.starts, self.ends, zone)
        if during.end - during.start > LONGEST + _CLOCKS:
            raise invalid_field("to", "must be at most 8 weeks after `from`")
        if timedelta(minutes=self.minutes) > during.end - during.start:
            most = int((during.end - during.start).total_seconds() // 60)
            raise invalid_field("minutes", f"must fit between `from` and `to`, which are {most} minutes apart")
        return during


class FreeAtSite(msgspec.Struct, frozen=True, kw_only=True):
    """The free times of a site. ``why``: a sentence where no space fits or the whole time is over, else empty."""

    site_config: SiteConfig
    during: Interval
    free: Sequence[FreeSpace]
    unfit: Sequence[Unfit]
    why: str = ""
    miles: float | None = None


def _why_over(during: Interval, site_config: SiteConfig, now: datetime) -> str:
    """A sentence if the whole time is over, else empty."""
    if during.end > now:
        return ""
    return f"the time asked about is over: it ended at {times.at(during.end, site_config.site.tz, now=now)}"


async def free_at(
    tx: Tx,
    diary_reader: DiaryReader,
    there: Sequence[SiteInReach],
    question: FreeQuery,
    *,
    tier: Tier | None,
    now: datetime,
) -> list[FreeAtSite]:
    """The free times of these sites, in their order. ``tier``: whose booking window bounds the answer; a manager's has
    no end. Nothing that is past is free. Raises ``Invalid``."""
    asked = {each.site_config.site.id: question.during(each.site_config.site.tz) for each in there}
    sorted_out = {
        each.site_config.site.id: sort_out(each.site_config, question.wants, only=question.spaces) for each in there
    }
    use = ResourceNeed(
        shortest=question.minutes * MINUTE,
        setup_min=question.setup_min,
        cleardown_min=question.cleardown_min,
        equipment=question.wants.equipment,
    )
    fittings = [each for fitting, _ in sorted_out.values() for each in fitting]
    within = {site: (max(us(during.start), us(now)), us(during.end)) for site, during in asked.items()}
    found = await diary_reader.look(tx, fittings, use, within, now=now)
    by_site: dict[str, list[FreeSpace]] = {site: [] for site in asked}
    for each in found:
        site = each.fitting.site_config.site.id
        by_site[site].append(each if tier is None else bounded(each, tier, use.shortest, now=now))
    return [
        FreeAtSite(
            site_config=each.site_config,
            during=asked[each.site_config.site.id],
            free=by_site[each.site_config.site.id],
            unfit=(unfit := sorted_out[each.site_config.site.id][1]),
            why=_why_over(asked[each.site_config.site.id], each.site_config, now)
            if by_site[each.site_config.site.id]
            else why_none(question.wants, unfit, where="here"),
            miles=each.miles,
        )
        for each in there
    ]


def bounded(free: FreeSpace, tier: Tier, shortest: int, *, now: datetime) -> FreeSpace:
    """The part within the tier's booking window: up to the end of the last day that it may book."""
    site_config, space = free.fitting.site_config, free.fitting.place.space
    window = window_of(site_config.policy.windows, tier, space.id)
    if window is None:
        return free
    zone = site_config.site.tz
    last = local_time.local_day(now, zone) + timedelta(days=window.days)
    end = us(local_time.day_start(last + timedelta(days=1), zone))
    bounded_times = [(start, min(stop, end)) for start, stop in free.times if min(stop, end) - start >= shortest]
    return FreeSpace(fitting=free.fitting, times=bounded_times, seats=free.seats[: len(bounded_times)])
