"""What the beams counted, and how many people that leaves inside."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec

from controller import localtime
from controller.database import Tx
from controller.estate.model import SiteParts
from controller.telemetry import reading
from controller.telemetry.presence import People, people_inside
from edge.wire.interval import Interval
from edge.wire.messages import DeviceState


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What a counter counted on a day; None where nothing is known of it."""

    counter: str
    door: str | None
    ins: int | None
    outs: int | None
    at: datetime


async def counters(
    tx: Tx, parts: SiteParts, devices: Iterable[tuple[str, DeviceState]], online: set[str], now: datetime
) -> list[tuple[str, Counted]]:
    """Each counter that ever reported, with its edge. One that said nothing today counted nobody, if its edge is in
    reach or spoke of it today; else that is not known."""
    zone = parts.site.tz
    today = localtime.local_day(now, zone)
    doors = {door.counter: door.id for door in parts.doors if door.counter}
    found: dict[tuple[str, str], Counted] = {}
    for edge, state in devices:
        if state.kind != "counter":
            continue
        heard = edge in online or state.at >= localtime.day_start(today, zone)
        nobody = 0 if heard else None
        found[edge, state.device] = Counted(
            counter=state.device, door=doors.get(state.device), ins=nobody, outs=nobody, at=state.at
        )
    found |= await _counted_on(tx, parts.site.id, today)
    return [(edge, found[edge, counter]) for edge, counter in sorted(found)]


async def _counted_on(tx: Tx, site: str, day: date) -> dict[tuple[str, str], Counted]:
    """What each counter that reported on a local day counted, over all its logs."""
    found: dict[tuple[str, str], Counted] = {}
    for edge, each in await reading.site_counter_days(tx, site, day):
        before = found.get((edge, each.counter))
        found[edge, each.counter] = Counted(
            counter=each.counter,
            door=each.door,
            ins=each.top_ins - each.base_ins + (before.ins or 0 if before else 0),
            outs=each.top_outs - each.base_outs + (before.outs or 0 if before else 0),
            at=max(each.at, before.at) if before else each.at,
        )
    return found


async def people(tx: Tx, parts: SiteParts, counted: Iterable[tuple[str, Counted]], now: datetime) -> People | None:
    """People inside; None where no counter has told anything of today.

    Midnight empties the building, unless the count of the day before leaves more inside than its error explains:
    then they are taken over with it, error and gaps included, and the next midnight forgets them.
    """
    site, zone = parts.site.id, parts.site.tz
    here = list(counted)
    counts = [(each.ins, each.outs) for _, each in here if each.ins is not None and each.outs is not None]
    if not counts:
        return None
    today = localtime.local_day(now, zone)
    yesterday = today - timedelta(days=1)
    midnight, start = localtime.day_start(today, zone), localtime.day_start(yesterday, zone)
    edges = {edge for edge, _ in here}
    outages = [
        each.during
        for each in await reading.site_outages(tx, site, Interval(start=start, end=now + timedelta(seconds=1)))
        if each.edge in edges
    ]
    late = [(each.ins or 0, each.outs or 0) for each in (await _counted_on(tx, site, yesterday)).values()]
    evening = people_inside(late, Interval(start=start, end=midnight), outages)
    if evening.somebody:
        counts, midnight = counts + late, start
    return people_inside(counts, Interval(start=midnight, end=max(now, midnight + timedelta(seconds=1))), outages)
