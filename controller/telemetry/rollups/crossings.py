"""Who crossed a site's doors in a long time, and when that was counted: only the steps in which somebody did."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from controller.db.engine import Tx
from controller.telemetry import queries
from controller.telemetry.halves import visits_of
from controller.telemetry.rollups import repository
from controller.telemetry.rollups.coverage import known_times
from controller.telemetry.rollups.fold import THOUSANDTHS, Series, Step, instant
from edge.wire.interval import Interval


class CrossingsAt(msgspec.Struct, frozen=True, gc=False):
    """What a counter counted in the step that begins at ``at``. ``passages``: of one that does not tell in from out."""

    at: datetime
    ins: int
    outs: int
    passages: int = 0

    @property
    def visits(self) -> float:
        return self.ins + visits_of(self.passages)


class DoorCounter(msgspec.Struct, frozen=True, kw_only=True):
    """A counter at a place, the door's name or its own. ``there``: since its first crossing, until now or, where it is
    gone, its last. ``known``: when it is known to have worked, in order, without overlap. ``rows``: in order of time,
    without those in which nobody crossed. ``both_ways``: it does not tell in from out, or did not."""

    device: str
    place: str
    edge: str
    gone: bool
    there: Interval
    known: list[Interval]
    rows: list[CrossingsAt]
    both_ways: bool = False


async def crossings(
    tx: Tx, site: str, step: Step, during: Interval, now: datetime, *, rows: bool = True, of: str = "footfall"
) -> list[DoorCounter]:
    """Every counter that was there in a part of the time, with its crossings in it; without their ``rows`` in much less
    time. ``of``: another measurement, such as of devices, whose sources have no rows."""
    heard = [each for each in await repository.series_of(tx, site) if each.measurement == of]
    if not heard:
        return []
    heard = await repository.trimmed(tx, site, step, heard)
    fields = await repository.fields_of(tx, site, [of])
    present = {(edge, state.device) for edge, state in await queries.site_devices(tx, site)}
    marks = await repository.marks_of(tx, site, during)
    since = min([during.start, *(each.at for each in marks)])
    known = known_times(
        heard,
        horizons={edge: min(at, now) for edge, at in (await repository.horizons(tx, site)).items()},
        present=present,
        outages=await queries.site_outages(tx, site, Interval(start=since, end=during.end)),
        marks=marks,
    )
    counted = _by_counter(await repository.read_rows(tx, site, step, during, heard, sums=True)) if rows else {}
    newest: dict[tuple[str, str], datetime] = {}
    for each in heard:
        newest[each.edge, each.device] = max(each.last_at, newest.get((each.edge, each.device), each.last_at))
    found = []
    for each, times in zip(heard, known, strict=True):
        name = each.edge, each.device
        gone = name not in present or newest[name] != each.last_at
        until = each.last_at if gone else now
        if each.first_at < min(until, during.end) and until > during.start:
            found.append(
                DoorCounter(
                    device=each.device,
                    place=each.place or each.device,
                    edge=each.edge,
                    gone=gone,
                    there=Interval(start=each.first_at, end=until),
                    known=times,
                    rows=counted.get((each.device, each.place, each.edge), []),
                    both_ways="passages" in fields.get(repository.key_of(each), ()),
                )
            )
    return found


def _by_counter(rows: Iterable[repository.ReadRow]) -> dict[tuple[str, str, str], list[CrossingsAt]]:
    """Device, place and edge -> its rows."""
    cells: dict[Series, dict[int, int]] = {}
    for at, series, _, total, _, _ in rows:
        cells.setdefault(series, {})[at] = total // THOUSANDTHS
    found: dict[tuple[str, str, str], list[CrossingsAt]] = {}
    for measurement, device, place, edge in {(name[0], name[1], *name[3:]) for name in cells}:
        ins, outs, passages = (
            cells.get((measurement, device, field, place, edge), {}) for field in ("ins", "outs", "passages")
        )
        found[device, place, edge] = [
            CrossingsAt(instant(at), ins.get(at, 0), outs.get(at, 0), passages.get(at, 0))
            for at in sorted({*ins, *outs, *passages})
        ]
    return found


async def first_crossing(tx: Tx, site: str) -> datetime | None:
    """When a counter of the site was first heard of."""
    heard = [each for each in await repository.series_of(tx, site) if each.measurement == "footfall"]
    return min((each.first_at for each in heard), default=None)
