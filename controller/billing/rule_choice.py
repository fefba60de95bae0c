"""Chooses the most specific of several fitting rules. Pure.

A rule that names more kinds of things (parties, tiers, spaces, layouts, hours, modes) is more specific; of two that
name as many, the one that names the earlier kind in this list. Two that name the same kinds and can both fit are a
tie, which is refused when tariffs are set, so the order in which rules are written never matters.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

from controller.billing import weekly_hours
from controller.billing.model import AnyScope, Priced, RuleScope

KINDS = ("parties", "tiers", "spaces", "layouts", "hours", "modes")
"""What a rule may name, the most specific first: party, then place, then time. A rate of a party that pays nothing
applies in a room that has its own price."""


def specificity(rule: RuleScope) -> tuple[int, tuple[bool, ...]]:
    """Compares higher for the more specific rule."""
    named = tuple(bool(getattr(rule, kind, ())) for kind in KINDS)
    return sum(named), named


def fits(rule: RuleScope, request: Priced) -> bool:
    """Whether a rule is for this party, space, layout and tier, whatever the hour and the mode."""
    return (
        (not rule.parties or request.party in rule.parties)
        and (not rule.spaces or request.space in rule.spaces)
        and (not rule.layouts or request.layout in rule.layouts)
        and (not rule.tiers or request.tier in rule.tiers)
    )


def most_particular(rules: Iterable[AnyScope], request: Priced) -> AnyScope | None:
    """The rule that holds for the whole booking, or None."""
    return max((rule for rule in rules if fits(rule, request)), key=specificity, default=None)


def tie(rules: Sequence[AnyScope]) -> tuple[AnyScope, AnyScope] | None:
    """Two rules of one list that are equally particular and can both fit one booking at one moment."""
    for one, other in combinations(rules, 2):
        if specificity(one) == specificity(other) and _meet(one, other):
            return one, other
    return None


def _meet(one: RuleScope, other: RuleScope) -> bool:
    """For two rules that name the same kinds: whether one booking can fit both."""
    for kind in KINDS:
        mine, theirs = getattr(one, kind, ()), getattr(other, kind, ())
        if mine and not (weekly_hours.meet(mine, theirs) if kind == "hours" else set(mine) & set(theirs)):
            return False
    return True
