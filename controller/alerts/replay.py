"""What alerts would have been raised in the past with other rules: the machine of alerts over what is stored. Pure."""

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from controller.alerts.conditions import FEW, FROM_DEVICES, Conditions, group_faults
from controller.alerts.machine import AlertKey, AlertState, Observation, Truth, step
from controller.alerts.rules import SiteRules, rule_of
from controller.telemetry.alert_codes import AlertCode


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


class Away(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which nothing new was known of an edge. ``ends``: None if it is still so."""

    edge: str
    known_at: datetime
    ends: datetime | None


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that would have been raised. ``until``: when its condition was over; None if it still holds."""

    key: AlertKey
    text: str
    at: datetime
    until: datetime | None


def replay(
    spells: Iterable[Spell], rules: SiteRules, *, away: Iterable[Away] = (), start: datetime, end: datetime
) -> list[Ring]:
    """The alerts that these rules would have raised at a site from ``start`` to ``end``, the first first, as if nobody
    had said that they saw one. The machine takes a step with an alert when something about it changes or a delay
    ends."""
    changes = deque(sorted(_changes((*spells, *away), end), key=lambda change: change[0]))
    of_edge: defaultdict[str, set[AlertKey]] = defaultdict(set)
    for _, _, each in changes:
        if isinstance(each, Spell):
            of_edge[each.key.edge] |= {each.key, msgspec.structs.replace(each.key, about="")}
    due: list[tuple[datetime, AlertKey]] = []
    active: defaultdict[AlertKey, list[Spell]] = defaultdict(list)
    silent: defaultdict[str, list[datetime]] = defaultdict(list)
    states: dict[AlertKey, AlertState] = {}
    rings: list[Ring] = []
    while (changes or due) and (now := min(each[0][0] for each in (changes, due) if each)) <= end:
        touched: set[AlertKey] = set()
        while due and due[0][0] == now:
            touched.add(heapq.heappop(due)[1])
        while changes and changes[0][0] == now:
            _, begins, each = changes.popleft()
            if isinstance(each, Away):
                (silent[each.edge].append if begins else silent[each.edge].remove)(each.known_at)
                touched |= of_edge[each.edge]
            else:
                (active[each.key].append if begins else active[each.key].remove)(each)
                touched.add(each.key)
        for site, edge in {(key.site, key.edge) for key in touched if key.kind is AlertCode.FAULT}:
            its = [key for key in of_edge[edge] if key.kind is AlertCode.FAULT and (key in states or active.get(key))]
            whole = AlertKey(site=site, kind=AlertCode.FAULT, edge=edge, about="")
            if len(its) > FEW or whole in states:  # many of its faults are, or were, one alert
                touched |= {*its, whole}
        found = _conditions(touched, active, silent)
        for key in sorted(touched):
            seen = found.of(key)
            rule = rule_of(key.kind, rules, seen.members)
            after = step(key, states.pop(key, None), seen, now=now, rule=rule)
            if after is None:
                continue
            if after.cleared_at is not None:
                rings.append(_ring(after))
                continue
            states[key] = after
            for at in (_later(after.begun_at, rule.raise_after), _later(after.over_since, rule.clear_after)):
                if at is not None and at > now:
                    heapq.heappush(due, (at, key))
    rings += [_ring(each) for each in states.values() if each.open]
    return sorted((each for each in rings if start <= each.at < end), key=lambda each: (each.at, each.key))


def _changes(times: Iterable[Spell | Away], end: datetime) -> Iterable[tuple[datetime, bool, Spell | Away]]:
    """When each begins and ends. One that was over before it was known never held."""
    for each in times:
        if each.known_at < (each.ends or end):
            yield each.known_at, True, each
            if each.ends is not None:
                yield each.ends, False, each


def _conditions(
    keys: Iterable[AlertKey], active: Mapping[AlertKey, list[Spell]], silent: Mapping[str, list[datetime]]
) -> Conditions:
    """What is known of these, as ``conditions.look`` has it."""
    away = {(key.site, key.edge): min(silent[key.edge]) for key in keys if silent.get(key.edge)}
    holds = {key: _observed(key, active[key], away) for key in keys if active.get(key)}
    return Conditions(grouped=frozenset(group_faults(holds)), holds=holds, away=dict(away))


def _observed(key: AlertKey, spells: list[Spell], away: Mapping[tuple[str, str], datetime]) -> Observation:
    newest = max(spells, key=lambda each: (each.report or 0, each.known_at))
    return Observation(
        truth=Truth.TRUE,
        text=newest.text,
        since=min(each.since for each in spells),
        known_to=away.get((key.site, key.edge)) if key.kind in FROM_DEVICES else None,
        report=newest.report,
        members=frozenset(each.member for each in spells if each.member),
    )


def _later(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at + by


def _ring(state: AlertState) -> Ring:
    assert state.raised_at is not None
    return Ring(key=state.key, text=state.text, at=state.raised_at, until=state.over_since)
