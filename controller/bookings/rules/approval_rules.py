"""Whether a rule of the site's policy confirms a request at once, or a manager has to approve it, and why. Pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from controller.bookings.diary.policy import ApprovalRule, QuotaPeriod
from controller.bookings.rules import reason_wording
from controller.bookings.rules.model import ReasonKind, RuleContext, RuleReason
from controller.bookings.rules.policy_rules import days_ahead, period, waits_for_manager
from controller.platform.text import times
from edge.wire.plan import Mode

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
    if waits_for_manager(case):
        text = "needs approval: a manager decides on each change of a request from the hire page"
        yield RuleReason(why=ReasonKind.APPROVAL, field="", text=text)
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
        who, where = reason_wording.TIERS[case.request.tier], case.place.space.name
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


def standing(reasons: Sequence[RuleReason], *, more_time: bool) -> Iterator[RuleReason]:
    """The reasons, where a change that needs approval is refused: nobody is to lose a code tonight by it.
    ``more_time``: it asks for more time in its room."""
    missing = [each for each in reasons if each.why is ReasonKind.APPROVAL]
    yield from (each for each in reasons if each.why is not ReasonKind.APPROVAL)
    if missing:
        why = "; ".join(each.text.removeprefix("needs approval: ") for each in missing)
        instead = "Ask for the extra time as a booking of its own" if more_time else "Ask those who run the building"
        yield replace(
            missing[0],
            why=ReasonKind.STANDS,
            text="nothing is changed and the booking stands: until somebody agrees, its code would open no door. "
            f"{instead} ({why})",
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
        yield Miss(text=f"for {reason_wording.TIERS[case.request.tier]}", field="party", whose=True)
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
        text = f"for more than {reason_wording.plural(most, 'person', 'people')}"
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
        text = f"more than {reason_wording.plural(most, 'day')} ahead"
        yield Miss(text=text, field="starts", asked=ahead, limit=most)
    if rule.most_a_week is not None:
        week = period(QuotaPeriod.WEEK, during.start, zone, now=case.now)
        count = sum(week.has(each) for each in case.facts.spent) + 1
        if count > rule.most_a_week:
            text = f"more than {reason_wording.plural(rule.most_a_week, 'booking')} in one week"
            yield Miss(text=text, field="starts", asked=count, limit=rule.most_a_week)
    if rule.modes:
        met = [each.mode for each in case.site_config.hours.modes(during, space=case.asked.space)]
        others = [mode for mode in Mode if mode in met and mode not in rule.modes]
        if others:
            yield Miss(text=" and ".join(_MODES[mode] for mode in others), field="starts")
