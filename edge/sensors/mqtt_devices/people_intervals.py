"""People counters that report how many passed in each interval, and not totals: Xovis. Pure.

A sensor of Xovis pushes, by its *logics*, the crossings of each line forward (``fw``) and backward (``bw``) by minute,
and sends again what it was not told has arrived. Each interval counts once, whenever it comes; what they add up to
grows as the totals of other counters do.

Source: the messages of firmware 5.0 in akenza-io/device-type-library on GitHub, types/xovis/PC2SV2/uplink.spec.js.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from edge.sensors.mqtt_devices.people_totals import AT_ONCE, MOST, PER_S, Totals
from edge.sensors.report import Aside, inner, instant_of, number_of

LOGICS = "logics_data"
KEPT = 3000
"""How many intervals are remembered, the newest: two days by minute."""
LONGEST = timedelta(days=1)
OLDEST, AHEAD = timedelta(days=1), timedelta(minutes=10)
"""How long ago an interval may have ended, and how far ahead of us the clock of a counter may be."""


class Interval(msgspec.Struct, frozen=True):
    start: datetime
    end: datetime
    ins: int
    outs: int


class Intervals(msgspec.Struct, frozen=True, kw_only=True):
    """What the intervals that were counted add up to. ``starts``: of the newest of them; ``since``: what ended before
    may have been counted in an earlier run."""

    totals: Totals = Totals(0, 0)
    starts: frozenset[datetime] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


def read_intervals(said: Mapping[str, Any], line: str | None) -> tuple[Interval, ...] | Aside:
    """The intervals of a line, by its name; without one the message must have one line. One that cannot be right sets
    the whole message aside: it comes in the next, or says what is wrong with the sensor."""
    logics = inner(said, LOGICS).get("logics")
    if not isinstance(logics, list):
        return Aside.MALFORMED
    chosen = [each for each in logics if isinstance(each, dict) and line in (None, each.get("name"))]
    lines = [each for each in chosen if _counts_a_line(each)]
    if len(lines) != 1:
        return Aside.MALFORMED if len(lines) > 1 or line is not None else ()
    found = tuple(_intervals(lines[0]))
    wrong = [each for each in found if isinstance(each, Aside)]
    return wrong[0] if wrong else tuple(each for each in found if isinstance(each, Interval))


def _records(logic: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    records = logic.get("records")
    return [each for each in records if isinstance(each, dict)] if isinstance(records, list) else []


def _counts(record: Mapping[str, Any]) -> dict[str, object]:
    counts = record.get("counts")
    pairs = counts if isinstance(counts, list) else []
    return {str(each.get("name")): each.get("value") for each in pairs if isinstance(each, dict)}


def _counts_a_line(logic: Mapping[str, Any]) -> bool:
    return any({"fw", "bw"} <= _counts(each).keys() for each in _records(logic))


def _intervals(logic: Mapping[str, Any]) -> Iterator[Interval | Aside]:
    for record in _records(logic):
        counts = _counts(record)
        start, end = (instant_of(record.get(name), UTC) for name in ("from", "to"))
        ins, outs = (number_of(counts.get(name)) for name in ("fw", "bw"))
        if start is None or end is None:
            yield Aside.MALFORMED
        elif ins is None or outs is None:
            yield Aside.NOT_A_NUMBER
        elif not timedelta(0) < end - start <= LONGEST or not all(_can_be(each, end - start) for each in (ins, outs)):
            yield Aside.OUT_OF_BOUNDS
        else:
            yield Interval(start, end, int(ins), int(outs))


def _can_be(people: float, length: timedelta) -> bool:
    return people == int(people) and 0 <= people <= AT_ONCE + PER_S * length.total_seconds()


def add(state: Intervals, said: tuple[Interval, ...], now: datetime | None) -> tuple[Intervals, Aside | None]:
    """What a message adds, and whether it has intervals that are set aside by their time. ``now``: by the edge's clock;
    ``None`` if nobody knows it."""
    ins, outs, starts, odd = state.totals.ins, state.totals.outs, set(state.starts), None
    # What was taken while nobody knew the time may have ended in a year to come.
    last = datetime.max.replace(tzinfo=UTC) if now is None else now + AHEAD
    since, until = (None if each is None or each > last else each for each in (state.since, state.until))
    for each in said:
        if now is not None and not now - OLDEST <= each.end <= now + AHEAD:
            odd = Aside.OLD
        elif each.start not in starts and (since is None or each.end > since):
            ins, outs = (ins + each.ins) % MOST, (outs + each.outs) % MOST
            starts.add(each.start)
            until = each.end if until is None else max(until, each.end)
    newest = frozenset(sorted(starts)[-KEPT:])
    return Intervals(totals=Totals(ins, outs), starts=newest, since=since, until=until), odd
