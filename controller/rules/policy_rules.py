"""Reasons that lie in the site's policy. Pure.

How early and how much its tiers may book, by local days, weeks and months; what a party has to have shown, such as
insurance and hire terms; whether enough of its people have had the site's induction to be in the building without
staff; and whether a rule confirms a request at once or a manager has to.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from controller.diary.model import LONGEST, Claimed
from controller.diary.policy import (
    ApprovalRule,
    DocumentRule,
    InductionRule,
    Lapsing,
    PriorityWindow,
    Quota,
    QuotaPeriod,
)
from controller.people.model import Tier
from controller.rules import phrases
from controller.rules.model import ReasonKind, RuleContext, RuleReason
from controller.text import local_time, times
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
    people = phrases.plural(rule.people, "person", "people")
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
        return times.duration(timedelta(minutes=count)) if self.minutes else phrases.plural(int(count), "booking")


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


_MODES = {
    Mode.CLOSED: "while the building is closed",
    Mode.STAFFED: "while the building is staffed",
    Mode.EXTENDED: "in members' hours",
}


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """A condition of a rule that a request does not fulfil. ``text`` describes the request: “longer than 3 hours”.
    ``hint``: what to do where nothing else is missing. ``whose``: the rule is for other parties or spaces."""

    text: str
    hint: str = ""
    field: str
    whose: bool = False
    asked: float | None = None
    limit: float | None = None


def approval(case: RuleContext) -> Iterator[RuleReason]:
    """``None`` where a rule confirms the request, or a manager makes it."""
    if case.decides:
        return
    rules = case.site_config.policy.rules
    nearest: tuple[ApprovalRule, list[Miss]] | None = None
    for rule in rules:
        misses = list(missed(rule, case))
        if not misses:
            yield from _short_notice(case)
            return
        if nearest is None or _distance(misses) < _distance(nearest[1]):
            nearest = rule, misses
    if nearest is None:
        yield RuleReason(
            why=ReasonKind.APPROVAL, field="", text="needs approval: a manager decides on every booking here"
        )
        return
    rule, misses = nearest
    if any(miss.whose for miss in misses):
        who, where = phrases.TIERS[case.request.tier], case.place.space.name
        text = f"needs approval: no rule confirms bookings of {where} at once for {who}"
        yield RuleReason(why=ReasonKind.APPROVAL, field="", text=text)
        return
    only = misses[0] if len(misses) == 1 else Miss(text="", field="")
    against = f"{times.listed([miss.text for miss in misses])}, which “{rule.name}” does not confirm at once"
    yield RuleReason(
        why=ReasonKind.APPROVAL,
        field=misses[0].field,
        text=f"needs approval: {only.hint or against}",
        asked=only.asked,
        limit=only.limit,
    )


def _short_notice(case: RuleContext) -> Iterator[RuleReason]:
    """A request that begins sooner than the site's minimum notice, or has begun already."""
    least = case.site_config.policy.notice_min
    if least is None or case.request.keeps_start:
        return
    left = case.asked.during.start - case.now
    if left >= timedelta(minutes=least):
        return
    asked_for = f", and {case.site_config.site.name} asks for {times.duration(timedelta(minutes=least))} of notice"
    soon = times.duration(max(left, timedelta(minutes=1)))
    begins = "it has begun already" if left < timedelta(0) else f"it begins in {soon}"
    yield RuleReason(
        why=ReasonKind.APPROVAL,
        field="starts",
        text=f"needs approval: {begins}{asked_for if least else ''}",
        asked=max(left.total_seconds() / 60, 0),
        limit=least,
    )


def standing(reasons: Sequence[RuleReason]) -> Iterator[RuleReason]:
    """The reasons, where a change that needs approval is refused: nobody is to lose a code tonight by it."""
    missing = [each for each in reasons if each.why is ReasonKind.APPROVAL]
    yield from (each for each in reasons if each.why is not ReasonKind.APPROVAL)
    if missing:
        why = "; ".join(each.text.removeprefix("needs approval: ") for each in missing)
        yield replace(
            missing[0],
            why=ReasonKind.STANDS,
            text="nothing is changed and the booking stands: until somebody agrees, its code would open no door. "
            f"Ask for the extra time as a booking of its own ({why})",
        )


def _distance(misses: Sequence[Miss]) -> tuple[int, int]:
    return sum(miss.whose for miss in misses), len(misses)


def missed(rule: ApprovalRule, case: RuleContext) -> Iterator[Miss]:
    """The conditions of a rule that the request does not fulfil; with none, the rule confirms it."""
    yield from _whose(rule, case)
    yield from _what(rule, case)
    yield from _when(rule, case)


def _whose(rule: ApprovalRule, case: RuleContext) -> Iterator[Miss]:
    if rule.tiers and case.request.tier not in rule.tiers:
        yield Miss(text=f"for {phrases.TIERS[case.request.tier]}", field="party", whose=True)
    if rule.parties and case.asked.party not in rule.parties:
        yield Miss(text="for this party", field="party", whose=True)
    if rule.spaces and case.asked.space not in rule.spaces:
        yield Miss(text=f"in {case.place.space.name}", field="space", whose=True)


def _what(rule: ApprovalRule, case: RuleContext) -> Iterator[Miss]:
    people, most = case.asked.people, rule.most_people
    if most is not None and people is None:
        hint = "say how many people come; it may be confirmed at once then"
        yield Miss(text="without a number of people", hint=hint, field="people", limit=most)
    elif most is not None and people is not None and people > most:
        text = f"for more than {phrases.plural(most, 'person', 'people')}"
        yield Miss(text=text, field="people", asked=people, limit=most)
    if rule.no_under_16s and case.asked.under_16s:
        yield Miss(text="with under-16s", field="under_16s")


def _when(rule: ApprovalRule, case: RuleContext) -> Iterator[Miss]:
    during = case.asked.during
    minutes, most = during.seconds / 60, rule.most_minutes
    if most is not None and minutes > most:
        text = f"longer than {times.duration(timedelta(minutes=most))}"
        yield Miss(text=text, field="ends", asked=minutes, limit=most)
    zone = case.place.site.tz
    ahead, most = days_ahead(during.start, zone, now=case.now), rule.most_days_ahead
    if most is not None and ahead > most:
        text = f"more than {phrases.plural(most, 'day')} ahead"
        yield Miss(text=text, field="starts", asked=ahead, limit=most)
    if rule.most_a_week is not None:
        week = period(QuotaPeriod.WEEK, during.start, zone, now=case.now)
        count = sum(week.has(each) for each in case.facts.spent) + 1
        if count > rule.most_a_week:
            text = f"more than {phrases.plural(rule.most_a_week, 'booking')} in one week"
            yield Miss(text=text, field="starts", asked=count, limit=rule.most_a_week)
    if rule.modes:
        met = [each.mode for each in case.site_config.hours.modes(during, space=case.asked.space)]
        others = [mode for mode in Mode if mode in met and mode not in rule.modes]
        if others:
            yield Miss(text=" and ".join(_MODES[mode] for mode in others), field="starts")
