"""Whether enough people of a party have had the site's induction to be in the building without staff. Pure."""

from collections.abc import Iterator

from controller.diary.policy import InductionRule
from controller.rules import phrases
from controller.rules.model import ReasonKind, RuleContext, RuleReason
from edge.wire.plan import Mode


def induction_rule(case: RuleContext) -> InductionRule | None:
    """The rule for a request that meets a time without staff; the first that fits. A booking that keeps its terms needs
    none, so that nobody is turned away tonight."""
    if case.decides or case.request.keeps_terms or case.asked.party is None:
        return None
    tier, space = case.request.tier, case.asked.space
    rules = (each for each in case.site_config.policy.induction if each.applies(tier, space))
    found = next(rules, None)
    if found is None:
        return None
    modes = {each.mode for each in case.site_config.hours.modes(case.asked.during, space=space)}
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
