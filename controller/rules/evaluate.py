"""A verdict from facts: every rule in turn. Pure."""

from collections.abc import Callable, Iterator

from controller.rules import counted_resources, neighbours, space
from controller.rules.approval import approval
from controller.rules.context import RuleContext
from controller.rules.fair_use import quota, too_early
from controller.rules.verdict import OVERRULED, ReasonKind, RuleReason, Verdict

_RULES: tuple[Callable[[RuleContext], Iterator[RuleReason]], ...] = (
    space.unbookable,
    neighbours.clash,
    space.closed,
    space.capacity,
    space.layout,
    space.seats,
    counted_resources.equipment,
    counted_resources.places,
    neighbours.gaps,
    too_early,
    quota,
    approval,
)
_HARDNESS = {why: rank for rank, why in enumerate(ReasonKind)}


def verdict(case: RuleContext) -> Verdict:
    """All reasons against a request, without those that a manager overrules."""
    lifted = OVERRULED if case.asked.overrule and case.decides else frozenset[ReasonKind]()
    found = [reason for rule in _RULES for reason in rule(case) if reason.why not in lifted]
    run_out = {each.booking.id for each in case.facts.neighbours if each.run_out}
    run_out |= {each.booking.id for each in case.facts.pools if each.run_out}
    return Verdict(
        reasons=tuple(sorted(found, key=lambda reason: _HARDNESS[reason.why])), expired=tuple(sorted(run_out))
    )
