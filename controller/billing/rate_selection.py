"""Which rate of a tariff holds when: hours of the week as people write them, and the most specific of the rules that
fit. ``rate_periods`` splits a booking by it. Pure.

Hours become instants: both ends keep their wall time over the clock changes, as opening hours do. One that the clocks
skip moves forward by the gap, one that comes twice takes the first.

A rule that names more kinds of things (parties, tiers, spaces, layouts, hours, modes) is more specific; of two that
name as many, the one that names the earlier kind in this list. Two that name the same kinds and can both fit are a tie,
which is refused when tariffs are set, so the order in which rules are written never matters.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache
from itertools import combinations
from zoneinfo import ZoneInfo

import msgspec

from controller.billing.model import AnyScope, Priced, RuleScope
from controller.platform.text import local_time
from edge.wire.interval import Interval

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 24 * 60
WEEK = 7 * DAY
FORM = 'write "Mon-Fri 18:00-22:00", "Sat,Sun 09:00-17:00", or "Fri 18:00 - Sat 02:00"'
LONGEST_TEXT = 100

_NAMED = "(?:" + "|".join(DAYS) + ")"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d|24:00"
_EACH_DAY = re.compile(
    rf"({_NAMED}(?:-{_NAMED})?(?:, ?{_NAMED}(?:-{_NAMED})?)*) ({_CLOCK}) ?- ?({_CLOCK})", re.ASCII | re.IGNORECASE
)
_ACROSS = re.compile(rf"({_NAMED}) ({_CLOCK}) ?- ?({_NAMED}) ({_CLOCK})", re.ASCII | re.IGNORECASE)


class WeekWindow(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Minutes after Monday's midnight, ``[start, end)``; ``end`` may lie in the next week, at most a week on."""

    start: int
    end: int


@lru_cache(maxsize=4096)
def windows(text: str) -> tuple[WeekWindow, ...]:
    """The windows of one text. A day's end that is not after its start lies in the next day. Raises ``ValueError``."""
    plain = " ".join(text.replace("–", "-").split())
    if found := _ACROSS.fullmatch(plain):
        first, opens, last, closes = found.groups()
        start = _day(first) * DAY + _minutes(opens)
        return (_window(start, _day(last) * DAY + _minutes(closes)),)
    if found := _EACH_DAY.fullmatch(plain):
        days, opens, closes = found.groups()
        length = _minutes(closes) - _minutes(opens)
        if length <= 0:
            length += DAY
        starts = sorted({day * DAY + _minutes(opens) for day in _listed(days)})
        return tuple(WeekWindow(start=start, end=start + length) for start in starts)
    raise ValueError(f"“{text[:LONGEST_TEXT]}” are not hours of the week; {FORM}")


def meet(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two lists of hours share a minute of the week."""
    theirs = [each for text in others for each in windows(text)]
    return any(
        mine.start < other.end + shift and other.start + shift < mine.end
        for text in some
        for mine in windows(text)
        for other in theirs
        for shift in (-WEEK, 0, WEEK)
    )


def intervals(text: str, during: Interval, zone: ZoneInfo) -> list[Interval]:
    """When the hours of a text touch ``during``, by start."""
    first = local_time.local_day(during.start, zone)
    monday = datetime.combine(first - timedelta(days=first.weekday() + 7), time.min)
    last = local_time.wall(during.end, zone)
    found = []
    while monday <= last:
        for each in windows(text):
            start, _ = local_time.instant_moved(monday + timedelta(minutes=each.start), zone)
            end, _ = local_time.instant_moved(monday + timedelta(minutes=each.end), zone)
            if start < end and start < during.end and during.start < end:
                found.append(Interval(start=start, end=end))
        monday += timedelta(days=7)
    return sorted(found)


def _window(start: int, end: int) -> WeekWindow:
    return WeekWindow(start=start, end=end if end > start else end + WEEK)


def _day(name: str) -> int:
    return DAYS.index(name.capitalize())


def _minutes(clock: str) -> int:
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


def _listed(text: str) -> set[int]:
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        start, end = _day(first), _day(last or first)
        found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return found


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
        if mine and not (meet(mine, theirs) if kind == "hours" else set(mine) & set(theirs)):
            return False
    return True
