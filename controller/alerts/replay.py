"""What alerts would have been raised in the past with other rules: the machine of alerts over what is stored. Pure."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

import msgspec

from controller.alerts.conditions import Conditions, group_faults
from controller.alerts.machine import AlertKey, AlertState, Observation, Truth, step
from controller.alerts.rules import SiteRules, rule_of


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which the condition of an alert held. ``since``: when it began; ``known_at``: when it was known here,
    which may be later; ``ends``: when it was known to be over, None if it still holds. ``member``: which of what the
    alert is of, such as one fault of a device. ``report``: the number of its report."""

    key: AlertKey
    text: str
    since: datetime
    known_at: datetime
    ends: datetime | None
    member: str = ""
    report: int | None = None


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that would have been raised. ``until``: when its condition was over; None if it still holds."""

    key: AlertKey
    text: str
    at: datetime
    until: datetime | None


def replay(spells: Iterable[Spell], rules: SiteRules, *, start: datetime, end: datetime) -> list[Ring]:
    """The alerts that these rules would have raised from ``start`` to ``end``, the first first, as if nobody had said
    that they saw one. The machine takes a step whenever something changes and whenever a delay ends."""
    changes = sorted(_changes(spells, end), key=lambda change: change[0])
    by_instant = {at: list(group) for at, group in groupby(changes, key=lambda change: change[0])}
    instants = list(by_instant)
    heapq.heapify(instants)
    active: defaultdict[AlertKey, list[Spell]] = defaultdict(list)
    states: dict[AlertKey, AlertState] = {}
    rings: list[Ring] = []
    before: datetime | None = None
    while instants and (now := heapq.heappop(instants)) <= end:
        if now == before:
            continue
        before = now
        for _, begins, spell in by_instant.get(now, ()):
            (active[spell.key].append if begins else active[spell.key].remove)(spell)
        holds = {key: _observed(its) for key, its in active.items() if its}
        found = Conditions(grouped=frozenset(group_faults(holds)), holds=holds, away={})
        for key in sorted({*states, *holds}):
            rule = rule_of(key.kind, rules)
            after = step(key, states.pop(key, None), found.of(key), now=now, rule=rule)
            if after is None:
                continue
            if after.cleared_at is not None:
                rings.append(_ring(after))
                continue
            states[key] = after
            for due in (_later(after.begun_at, rule.raise_after), _later(after.over_since, rule.clear_after)):
                if due is not None and due > now:
                    heapq.heappush(instants, due)
    rings += [_ring(each) for each in states.values() if each.open]
    return sorted((each for each in rings if start <= each.at < end), key=lambda each: (each.at, each.key))


def _changes(spells: Iterable[Spell], end: datetime) -> Iterable[tuple[datetime, bool, Spell]]:
    """When each begins and ends. One that was over before it was known never held."""
    for each in spells:
        if each.known_at < (each.ends or end):
            yield each.known_at, True, each
            if each.ends is not None:
                yield each.ends, False, each


def _observed(spells: list[Spell]) -> Observation:
    newest = max(spells, key=lambda each: (each.report or 0, each.known_at))
    return Observation(
        truth=Truth.TRUE,
        text=newest.text,
        since=min(each.since for each in spells),
        report=newest.report,
        members=frozenset(each.member for each in spells if each.member),
    )


def _later(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at + by


def _ring(state: AlertState) -> Ring:
    assert state.raised_at is not None
    return Ring(key=state.key, text=state.text, at=state.raised_at, until=state.over_since)
