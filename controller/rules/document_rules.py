"""Reasons that lie in what a party has shown: insurance, hire terms and the like that its site asks for. Pure."""

from collections.abc import Iterator

from controller.diary.policy import DocumentRule, Lapsing
from controller.rules.model import ReasonKind, RuleContext, RuleReason
from controller.text import local_time


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
