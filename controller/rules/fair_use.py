"""Reasons that lie in the site's rules of fair use: who may book how early, and how much. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.diary.model import Claimed
from controller.diary.policy import PriorityWindow, Quota, QuotaPeriod
from controller.people.model import Tier
from controller.rules import phrases
from controller.rules.context import RuleContext
from controller.rules.quota_periods import Period, covering, period
from controller.rules.verdict import ReasonKind, RuleReason
from controller.text import local_time, times


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a quota is used with a request, the request included."""

    bookings: int
    minutes: float


class Overrun(msgspec.Struct, frozen=True, kw_only=True):
    """More than a quota allows, in bookings or in minutes."""

    used: float
    most: int
    minutes: bool

    def amount(self, count: float) -> str:
        """“2 bookings”, “3 hours”."""
        return phrases.length(timedelta(minutes=count)) if self.minutes else phrases.plural(int(count), "booking")


def days_ahead(start: datetime, zone: ZoneInfo, *, now: datetime) -> int:
    """Local days from today to the day of ``start``."""
    return (local_time.local_day(start, zone) - local_time.local_day(now, zone)).days


def window_of(windows: Sequence[PriorityWindow], tier: Tier, space: str) -> PriorityWindow | None:
    """The window of a tier that holds for a space: of those that name it the one that names the fewest, else the
    first that is for all spaces."""
    its = [each for each in windows if each.tier is tier and (not each.spaces or space in each.spaces)]
    return min(its, key=lambda each: len(each.spaces) or float("inf"), default=None)


def too_early(case: RuleContext) -> Iterator[RuleReason]:
    if case.decides:
        return
    tier, zone = case.request.tier, case.place.site.tz
    found = window_of(case.site_config.policy.windows, tier, case.asked.space)
    ahead = days_ahead(case.asked.during.start, zone, now=case.now)
    if found is None or ahead <= found.days:
        return
    opens = local_time.local_day(case.asked.during.start, zone) - timedelta(days=found.days)
    day = times.day(local_time.day_start(opens, zone), zone, now=case.now)
    yield RuleReason(
        why=ReasonKind.TOO_EARLY,
        field="starts",
        text=f"{phrases.TIERS[tier]} can book {case.place.space.name} {phrases.plural(found.days, 'day')} ahead; "
        f"this can be booked from {day} on",
        asked=ahead,
        limit=found.days,
        last=local_time.local_day(case.now, zone) + timedelta(days=found.days),
    )


def holds_for(quota: Quota, *, tier: Tier, party: str | None, space: str) -> bool:
    """Whether a booking of this party in this space counts under the quota."""
    return (
        (not quota.tiers or tier in quota.tiers)
        and (not quota.parties or party in quota.parties)
        and (not quota.spaces or space in quota.spaces)
    )


def counted(quota: Quota, within: Period, spent: Sequence[Claimed]) -> list[Claimed]:
    """The bookings of a party that count under a quota in one period."""
    return [each for each in spent if within.has(each) and (not quota.spaces or each.space in quota.spaces)]


def tally(*sets: Sequence[Claimed]) -> Tally:
    all_of = [each for found in sets for each in found]
    return Tally(bookings=len(all_of), minutes=sum(each.during.seconds for each in all_of) / 60)


def overrun(quota: Quota, total: Tally) -> Iterator[Overrun]:
    """Which limits of a quota are overrun, and by how much."""
    if quota.most_bookings is not None and total.bookings > quota.most_bookings:
        yield Overrun(used=total.bookings, most=quota.most_bookings, minutes=False)
    if quota.most_minutes is not None and total.minutes > quota.most_minutes:
        yield Overrun(used=total.minutes, most=quota.most_minutes, minutes=True)


def needed(case: RuleContext) -> Period | None:
    """The time of its party that its verdict rests on, if any."""
    if case.decides or case.asked.party is None:
        return None
    policy, start, zone = case.site_config.policy, case.asked.during.start, case.place.site.tz
    per = {quota.per for quota in _quotas(case)}
    if any(rule.most_a_week is not None for rule in policy.rules):
        per.add(QuotaPeriod.WEEK)
    return covering(period(each, start, zone, now=case.now) for each in per)


def quota(case: RuleContext) -> Iterator[RuleReason]:
    if case.decides or case.asked.party is None:
        return
    zone = case.place.site.tz
    mine = Claimed(id="", title=case.asked.title, space=case.asked.space, during=case.asked.during)
    for each in _quotas(case):
        within = period(each.per, mine.during.start, zone, now=case.now)
        before = sorted(counted(each, within, case.facts.spent), key=lambda other: other.during)
        total = tally(before, [mine])
        for over in overrun(each, total):
            yield _over(case, each, within, over, before)


def _quotas(case: RuleContext) -> list[Quota]:
    request = case.request
    return [
        each
        for each in case.site_config.policy.quotas
        if holds_for(each, tier=request.tier, party=case.asked.party, space=case.asked.space)
    ]


def _over(case: RuleContext, quota: Quota, within: Period, over: Overrun, before: Sequence[Claimed]) -> RuleReason:
    zone = case.place.site.tz
    here = f": {phrases.bookings(before, zone)}" if before else ""
    return RuleReason(
        why=ReasonKind.QUOTA,
        field="starts",
        text=f"“{quota.name}” allows {over.amount(over.most)} {span(quota.per, within, zone, now=case.now)}; "
        f"with this it would be {over.amount(over.used)}{here}",
        conflicts=tuple(before[: phrases.CARRIED]),
        asked=over.used,
        limit=over.most,
        first=None if within.ends is None else local_time.local_day(within.ends, zone),
    )


def span(per: QuotaPeriod, within: Period, zone: ZoneInfo, *, now: datetime) -> str:
    """“in the week from Mon 23 Nov”."""
    if within.first is None:
        return "ahead at a time"
    day = times.day(within.starts, zone, now=now)
    return {
        QuotaPeriod.DAY: f"on {day}",
        QuotaPeriod.WEEK: f"in the week from {day}",
        QuotaPeriod.MONTH: f"in {within.first:%B %Y}",
    }[per]
