"""Counts from the beams, and the number of people inside: those who came in less those who went out."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec

from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.platform.text import local_time
from controller.telemetry import queries
from edge.wire.interval import Interval
from edge.wire.messages import PASSAGES_TODAY, DeviceState

MISSED_PER_CROSSING = 0.02
"""Share of crossings that a beam pair gets wrong at a good door: makers state 97 to 99 % of visits counted
(SenSource, Density, Xovis); we take 98 %."""


class People(msgspec.Struct, frozen=True, kw_only=True):
    """``estimate`` ± ``error`` persons, counted in ``counted`` except in ``gaps``."""

    estimate: int
    error: int
    counted: Interval
    gaps: tuple[Interval, ...] = ()

    @property
    def somebody(self) -> bool:
        """More are inside than the error explains."""
        return self.estimate > self.error


def people_inside(
    counts: Iterable[tuple[int, int]],
    counted: Interval,
    outages: Iterable[Interval] = (),
    *,
    known: int = 0,
    passages: int = 0,
) -> People:
    """People inside from each counter's (ins, outs) since ``known`` of them were inside at ``counted.start``: nobody,
    where nobody has counted.

    Each crossing is wrong by one with probability p, independently, so after n crossings the count is off by
    sqrt(n·p) at one standard deviation (binomial, n·p·(1-p) with p small); the reported error is two of them, rounded
    up. It grows with every crossing and never with time. Never below zero: what went below is an error seen.

    In an outage nothing was counted. All may have gone one way, so each gap adds its length times the average rate
    of crossings in the time that was counted, rounded up, and at least one.

    ``passages``: at counters that do not tell in from out. They change no estimate; all may have gone one way, so the
    error grows by each.
    """
    pairs = tuple(counts)
    ins, outs = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    gaps = _joined(outages, counted)
    unseen = sum((gap.end - gap.start for gap in gaps), timedelta())
    seen = max(counted.end - counted.start - unseen, timedelta(minutes=1))
    error = math.ceil(2 * math.sqrt((ins + outs) * MISSED_PER_CROSSING))
    error += sum(max(math.ceil((ins + outs) * ((gap.end - gap.start) / seen)), 1) for gap in gaps)
    error += passages
    left = known + ins - outs
    return People(estimate=max(left, 0), error=max(error, -left), counted=counted, gaps=gaps)


def _joined(outages: Iterable[Interval], counted: Interval) -> tuple[Interval, ...]:
    """The parts of the outages that lie in ``counted``, without overlap, in order."""
    joined: list[Interval] = []
    for each in sorted(outages, key=lambda outage: outage.start):
        start, end = max(each.start, counted.start), min(each.end, counted.end)
        if start >= end:
            continue
        if joined and start <= joined[-1].end:
            joined[-1] = Interval(start=joined[-1].start, end=max(end, joined[-1].end))
        else:
            joined.append(Interval(start=start, end=end))
    return tuple(joined)


_SECOND = timedelta(seconds=1)


class DayCount(msgspec.Struct, frozen=True, kw_only=True):
    """What a counter counted on a day; None where nothing is known of it. ``both_ways``: it does not tell in from out,
    and counts ``passages``."""

    counter: str
    door: str | None
    ins: int | None
    outs: int | None
    at: datetime
    passages: int | None = None
    both_ways: bool = False


async def counters(
    tx: Tx, parts: SiteParts, devices: Iterable[tuple[str, DeviceState]], online: set[str], now: datetime
) -> list[tuple[str, DayCount]]:
    """Each counter that ever reported, with its edge. One that said nothing today counted nobody, if its edge is in
    reach or spoke of it today; else that is not known."""
    zone = parts.site.tz
    today = local_time.local_day(now, zone)
    doors = {door.counter: door.id for door in parts.doors if door.counter}
    found: dict[tuple[str, str], DayCount] = {}
    for edge, state in devices:
        if state.kind != "counter":
            continue
        heard = edge in online or state.at >= local_time.day_start(today, zone)
        nobody = 0 if heard else None
        both_ways = PASSAGES_TODAY in state.values
        found[edge, state.device] = DayCount(
            counter=state.device,
            door=doors.get(state.device),
            ins=None if both_ways else nobody,
            outs=None if both_ways else nobody,
            at=state.at,
            passages=nobody if both_ways else None,
            both_ways=both_ways,
        )
    found |= await _counted_on(tx, parts.site.id, today)
    return [(edge, found[edge, counter]) for edge, counter in sorted(found)]


async def _counted_on(tx: Tx, site: str, day: date) -> dict[tuple[str, str], DayCount]:
    """What each counter that reported on a local day counted, over all its logs."""
    found: dict[tuple[str, str], DayCount] = {}
    for edge, _, each in await queries.site_counter_days(tx, site, day):
        before = found.get((edge, each.counter))
        ins = each.top_ins - each.base_ins + (before.ins or 0 if before else 0)
        outs = each.top_outs - each.base_outs + (before.outs or 0 if before else 0)
        passages = each.top_passages - each.base_passages + (before.passages or 0 if before else 0)
        ways = bool(ins or outs or not passages)  # it told both on the day on which it was replaced
        found[edge, each.counter] = DayCount(
            counter=each.counter,
            door=each.door,
            ins=ins if ways else None,
            outs=outs if ways else None,
            at=max(each.at, before.at) if before else each.at,
            passages=passages or None,
            both_ways=passages > 0,
        )
    return found


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What a counter makes of a day: ``known`` people when it began to count at ``since``, and who came and went from
    then on. ``since`` is None for the day's own beginning, when nobody is known to be inside."""

    known: int = 0
    ins: int = 0
    outs: int = 0
    passages: int = 0
    since: datetime | None = None


async def _figures(tx: Tx, site: str, day: date) -> dict[tuple[str, str], Figure]:
    """Each counter's figure of a day, from its last re-count on, over all its logs."""
    recounts = await queries.site_recounts(tx, site, day)
    found = {name: Figure(known=each.inside, since=each.at) for name, each in recounts.items()}
    for edge, log, each in await queries.site_counter_days(tx, site, day):
        recount = recounts.get((edge, each.counter))
        ins, outs = each.top_ins - each.base_ins, each.top_outs - each.base_outs
        if recount is not None and log <= recount.log:
            here = log == recount.log
            ins = max(each.top_ins - recount.total_ins, 0) if here else 0
            outs = max(each.top_outs - recount.total_outs, 0) if here else 0
        before = found.get((edge, each.counter), Figure())
        passages = before.passages + each.top_passages - each.base_passages
        found[edge, each.counter] = msgspec.structs.replace(
            before, ins=before.ins + ins, outs=before.outs + outs, passages=passages
        )
    return found


async def people(tx: Tx, parts: SiteParts, counted: Iterable[tuple[str, DayCount]], now: datetime) -> People | None:
    """People inside; None where no counter has reported anything today.

    Midnight empties the building, unless the count of the day before leaves more inside than its error explains:
    then they are taken over with it, error and gaps included, and the next midnight forgets them. Of a counter at
    which somebody has counted today only that number matters, and who came and went since.
    """
    site, zone = parts.site.id, parts.site.tz
    here = list(counted)
    heard = [(edge, each.counter) for edge, each in here if each.ins is not None and each.outs is not None]
    if not heard:
        return None
    today = local_time.local_day(now, zone)
    yesterday = today - timedelta(days=1)
    midnight, start = local_time.day_start(today, zone), local_time.day_start(yesterday, zone)
    edges = {edge for edge, _ in here}
    outages = [
        each.during
        for each in await queries.site_outages(tx, site, Interval(start=start, end=now + timedelta(seconds=1)))
        if each.edge in edges
    ]
    figures = await _figures(tx, site, today)
    passed = [(edge, each.counter) for edge, each in here if each.both_ways and (edge, each.counter) not in heard]
    today_s = [*(figures.get(name, Figure()) for name in heard), *(figures[name] for name in passed if name in figures)]
    known = {name for name, figure in figures.items() if figure.since is not None}
    late = [figure for name, figure in (await _figures(tx, site, yesterday)).items() if name not in known]
    evening = _inside(late, Interval(start=start, end=midnight), outages)
    if evening.somebody:
        return _inside(today_s + late, Interval(start=start, end=max(now, start + _SECOND)), outages)
    return _inside(today_s, Interval(start=midnight, end=max(now, midnight + _SECOND)), outages)


def _inside(figures: Sequence[Figure], during: Interval, outages: Iterable[Interval]) -> People:
    """Of several counters; where somebody has counted at all of them, the time before that no longer matters."""
    begun = [figure.since for figure in figures if figure.since is not None]
    if begun and len(begun) == len(figures) and min(begun) < during.end:
        during = Interval(start=max(min(begun), during.start), end=during.end)
    known, passages = sum(figure.known for figure in figures), sum(figure.passages for figure in figures)
    return people_inside(
        ((figure.ins, figure.outs) for figure in figures), during, outages, known=known, passages=passages
    )
