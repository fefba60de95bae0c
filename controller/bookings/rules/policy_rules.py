"""Reasons that lie in the site's policy. Pure.

How early and how much its tiers may book, by local days, weeks and months; what a party has to have shown, such as
insurance and hire terms; and whether enough of its people have had the site's induction to be in the building without
staff. ``approval_rules`` says whether a rule confirms a request at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.diary.model import LONGEST, Claimed
from controller.bookings.diary.policy import DocumentRule, InductionRule, Lapsing, PriorityWindow, Quota, QuotaPeriod
from controller.bookings.rules import reason_wording
from controller.bookings.rules.model import ReasonKind, RuleContext, RuleReason
from controller.people.model import Tier
from controller.platform.text import local_time, times
from edge.wire.plan import Mode


def holding(case: RuleContext) -> Iterator[DocumentRule]:
    """The documents without which the request waits for a manager. A booking that keeps its terms waits for none, so
    that nobody is turned away tonight for a document that has lapsed since."""
    if case.decides or case.request.keeps_terms or case.asked.party is None:
        return
    for rule in case.site_config.policy.documents:
        if rule.lapsing is Lapsing.HOLD and rule.applies(case.request.tier):
            yield rule


def lapsed(case: RuleContext) -> Iterator[RuleReason]:
    """A document that is over today, or that the site needs and never saw."""
    today = local_time.local_day(case.now, case.place.site.tz)
    site = case.site_config.site.name
    has = {each.kind: each for each in case.facts.documents}
    for rule in holding(case):
        found = has.get(rule.kind)
        if found is None and rule.needed:
            why = f"no {rule.name} is on record; show it to {site}"
        elif found is not None and found.until is not None and found.until < today:
            why = f"the {rule.name} on record ended on {found.until:%-d %B %Y}; show {site} a new one"
        else:
            continue
        yield RuleReason(why=ReasonKind.APPROVAL, field="party", text=f"needs approval: {why}")


def induction_rule(case: RuleContext) -> InductionRule | None:
    """The rule for a request that meets a time without staff; the first that fits. A booking that keeps its terms needs
    none for the time that it has, so that nobody is turned away tonight."""
    if case.decides or case.asked.party is None:
        return None
    tier, space = case.request.tier, case.asked.space
    rules = (each for each in case.site_config.policy.induction if each.applies(tier, space))
    found = next(rules, None)
    if found is None:
        return None
    hours = case.site_config.hours
    modes = {each.mode for added in case.request.added for each in hours.modes(added, space=space)}
    return found if modes - {Mode.STAFFED} else None


def inducted(case: RuleContext) -> Iterator[RuleReason]:
    """Too few people of the party have had it."""
    rule = induction_rule(case)
    if rule is None or case.facts.inducted >= rule.people:
        return
    people = reason_wording.plural(rule.people, "person", "people")
    has = f"{case.facts.inducted} so far" if case.facts.inducted else "nobody so far"
    yield RuleReason(
        why=ReasonKind.APPROVAL,
        field="party",
        text=f"needs approval: there is no staff then, and {people} of the group must have taken the induction of "
        f"{case.site_config.site.name} ({has}); take it on the page “Induction”",
        asked=case.facts.inducted,
        limit=rule.people,
    )


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A booking is in it when it starts in ``[starts, ends)`` and, if ``left``, ends after that instant.

    ``first``: the local day it begins on; ``None`` for what is ahead.
    """

    starts: datetime
    ends: datetime | None = None
    left: datetime | None = None
    first: date | None = None

    def has(self, booking: Claimed) -> bool:
        during = booking.during
        begins = self.starts <= during.start and (self.ends is None or during.start < self.ends)
        return begins and (self.left is None or during.end > self.left)


def period(per: QuotaPeriod, at: datetime, zone: ZoneInfo, *, now: datetime) -> Period:
    """The day, week (from Monday) or month of the site in which ``at`` lies, or what is ahead of ``now``."""
    if per is QuotaPeriod.AHEAD:
        return Period(starts=now - LONGEST, left=now)
    day = local_time.local_day(at, zone)
    if per is QuotaPeriod.DAY:
        first, after = day, day + timedelta(days=1)
    elif per is QuotaPeriod.WEEK:
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    return Period(starts=local_time.day_start(first, zone), ends=local_time.day_start(after, zone), first=first)


def covering(periods: Iterable[Period]) -> Period | None:
    """One time from the first start to the last end; ``None`` of none."""
    found = list(periods)
    if not found:
        return None
    ends = [each.ends for each in found]
    return Period(
        starts=min(each.starts for each in found),
        ends=None if None in ends else max(each for each in ends if each is not None),
    )


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
        return (
            times.duration(timedelta(minutes=count)) if self.minutes else reason_wording.plural(int(count), "booking")
        )


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
        text=f"{reason_wording.TIERS[tier]} can book {case.place.space.name} "
        f"{reason_wording.plural(found.days, 'day')} ahead; this can be booked from {day} on",
        asked=ahead,
        limit=found.days,
        last=local_time.local_day(case.now, zone) + timedelta(days=found.days),
    )


def hired_out(case: RuleContext) -> Iterator[RuleReason]:
    """A space or a day that the hire page does not offer, for a booking that came from there."""
    hire, place = case.site_config.policy.hire, case.place
    if case.decides or hire is None or not case.request.hired:
        return
    if not hire.takes(case.asked.space):
        text = f"{place.space.name} is not hired out; ask those who run the building"
        yield RuleReason(why=ReasonKind.UNBOOKABLE, field="space", text=text)
    ahead = days_ahead(case.asked.during.start, place.site.tz, now=case.now)
    if ahead > hire.most_days_ahead and not case.request.keeps_start:
        yield RuleReason(
            why=ReasonKind.TOO_EARLY,
            field="starts",
            text=f"hirers can book at most {reason_wording.plural(hire.most_days_ahead, 'day')} ahead",
            asked=ahead,
            limit=hire.most_days_ahead,
            last=local_time.local_day(case.now, place.site.tz) + timedelta(days=hire.most_days_ahead),
        )


def waits_for_manager(case: RuleContext) -> bool:
    """Whether a manager decides on a change whatever the rules say: of a booking from the hire page, unless the policy
    lets the rules confirm those and the rules alone have confirmed it."""
    hire = case.site_config.policy.hire
    return case.request.hired and not (hire is not None and hire.confirms and case.request.self_confirmed)


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
    here = f": {reason_wording.bookings(before, zone)}" if before else ""
    return RuleReason(
        why=ReasonKind.QUOTA,
        field="starts",
        text=f"“{quota.name}” allows {over.amount(over.most)} {span(quota.per, within, zone, now=case.now)}; "
        f"with this it would be {over.amount(over.used)}{here}",
        conflicts=tuple(before[: reason_wording.CARRIED]),
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
