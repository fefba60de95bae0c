"""Chooses the most specific of several fitting rules, and splits a booking into parts with one rate, one local day and
one mode each. Pure.

A rule that names more kinds of things (parties, tiers, spaces, layouts, hours, modes) is more specific; of two that
name as many, the one that names the earlier kind in this list. Two that name the same kinds and can both fit are a
tie, which is refused when tariffs are set, so the order in which rules are written never matters.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise

import msgspec

from controller.billing import weekly_hours
from controller.billing.model import AnyScope, Priced, Rate, RuleScope, Tariffs
from controller.text import local_time
from edge.wire.interval import Interval

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


_MICROSECOND = timedelta(microseconds=1)


class RatedPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """``us``: its real length. ``rate``: ``None`` where none fits. ``day``: the local date it lies in."""

    us: int
    day: date
    rate: Rate | None


def split(tariffs: Tariffs, request: Priced) -> list[RatedPeriod]:
    """The pieces of a booking in order of time. Neighbours may have the same rate."""
    rates = sorted((rate for rate in tariffs.rates if fits(rate, request)), key=specificity, reverse=True)
    open_at = {
        rate.name: [each for text in rate.hours for each in weekly_hours.intervals(text, request.during, request.zone)]
        for rate in rates
    }
    cuts = {request.during.start, request.during.end, *_midnights(request)}
    cuts |= {edge for spans in open_at.values() for span in spans for edge in (span.start, span.end)}
    cuts |= {period.during.end for period in request.modes}
    times = sorted(cut for cut in cuts if request.during.start <= cut <= request.during.end)
    pieces = []
    for start, end in pairwise(times):
        rate = next((rate for rate in rates if _holds(rate, open_at[rate.name], request, start)), None)
        pieces.append(RatedPeriod(us=micros(end - start), day=local_time.local_day(start, request.zone), rate=rate))
    return pieces


def micros(length: timedelta) -> int:
    """A length as whole microseconds."""
    return length // _MICROSECOND


def _holds(rate: Rate, spans: list[Interval], request: Priced, at: datetime) -> bool:
    if rate.hours and not any(at in span for span in spans):
        return False
    return not rate.modes or any(at in period.during and period.mode in rate.modes for period in request.modes)


def _midnights(request: Priced) -> list[datetime]:
    day = local_time.local_day(request.during.start, request.zone)
    last = local_time.local_day(request.during.end, request.zone)
    return [local_time.day_start(day + timedelta(days=each + 1), request.zone) for each in range((last - day).days)]
