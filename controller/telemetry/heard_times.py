"""In which time all that an edge reported is stored, so that no event means that nothing happened."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from controller.db.engine import Tx
from controller.telemetry.rollups import repository as rollups
from controller.telemetry.rollups.coverage import without
from controller.telemetry.tables import edge_runs, event_logs, events, holes, outages
from edge.wire.interval import Interval


async def heard_times(tx: Tx, site: str, during: Interval, now: datetime) -> dict[str, list[Interval]]:
    """Edge -> the times, in order, without overlap. From the first event of each of its logs to the last, of the
    present one until the edge last said how far it goes; without outages, times of a wrong clock, and times whose
    events are lost: of these only what touches ``during`` is looked at; of other times too much is said."""
    horizons = await rollups.horizons(tx, site)
    present: dict[str, int] = {}
    spans: dict[int, tuple[str, datetime, datetime]] = {}
    logs = select(event_logs.c.id, event_logs.c.edge).where(event_logs.c.site == site).order_by(event_logs.c.id)
    for log, edge in (await tx.execute(logs)).all():
        first, last = await _ends(tx, log)
        if first is not None and last is not None:
            spans[log] = (edge, first, last)
            present[edge] = log
    dark = await _dark(tx, site, during)
    found: dict[str, list[Interval]] = defaultdict(list)
    for log, (edge, first, last) in spans.items():
        end = min(now, horizons.get(edge, last) if present[edge] == log else last)
        found[edge] += without(first, end, dark[edge])
    return {edge: sorted(times, key=lambda each: each.start) for edge, times in found.items()}


async def _ends(tx: Tx, log: int) -> tuple[datetime | None, datetime | None]:
    """When the first and the last stored event of a log happened."""
    query = select(events.c.at).where(events.c.log_id == log).limit(1)
    first: datetime | None = (await tx.execute(query.order_by(events.c.seq))).scalar()
    last: datetime | None = (await tx.execute(query.order_by(events.c.seq.desc()))).scalar()
    return first, last


async def _dark(tx: Tx, site: str, during: Interval) -> defaultdict[str, list[Interval]]:
    """Edge -> times of which not everything is known, that touch a time."""
    found: defaultdict[str, list[Interval]] = defaultdict(list)
    queries = (
        select(outages.c.edge, outages.c.starts, outages.c.ends).where(
            outages.c.site == site, outages.c.starts < during.end, outages.c.ends > during.start
        ),
        select(edge_runs.c.edge, edge_runs.c.wrong_from, edge_runs.c.wrong_until).where(
            edge_runs.c.site == site, edge_runs.c.wrong_from < during.end, edge_runs.c.wrong_until > during.start
        ),
    )
    for query in queries:
        for edge, start, end in (await tx.execute(query)).all():
            if start < end:
                found[edge].append(Interval(start=start, end=end))
    at = select(events.c.at).where(events.c.log_id == holes.c.log_id).limit(1)
    before = at.where(events.c.seq < holes.c.first).order_by(events.c.seq.desc()).scalar_subquery()
    after = at.where(events.c.seq > holes.c.last).order_by(events.c.seq).scalar_subquery()
    # What is lost had happened when that was learned.
    lost = select(holes.c.edge, before, after, holes.c.learned_at).where(
        holes.c.site == site, holes.c.learned_at >= during.start
    )
    for edge, start, following, learned_at in (await tx.execute(lost)).all():
        if start is not None and start < (end := following or learned_at):
            found[edge].append(Interval(start=start, end=end))
    return found
