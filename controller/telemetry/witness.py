"""Up to when everything that an edge saw is committed here, so that silence means that nothing happened."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from controller.database import Tx
from controller.telemetry import repository
from controller.telemetry.tables import event_logs, holes, outages
from edge.wire.decide import ClockTrust
from edge.wire.interval import Interval

DRIFT = timedelta(minutes=5)
"""How far a clock that nothing sets may have drifted since an edge last spoke with us: more than 100 parts in a million
over all the time that a plan reaches."""


async def heard_until(tx: Tx, site: str, edges: Iterable[str], during: Interval) -> tuple[datetime | None, str]:
    """The moment up to which nothing can have happened at these edges during ``during`` that is not stored; and,
    where there is none, words for why.

    That is when the edge last said how far its log goes, less ``DRIFT`` where nothing sets its clock, if all of that
    has been committed, its clock is proven, it is online, and neither an outage nor a hole lies in ``during``.
    """
    states = {state.edge: state for state in await repository.site_edge_states(tx, site)}
    heard: list[datetime] = []
    for edge in edges:
        state = states.get(edge)
        if state is None:
            return None, f"{edge} was never heard of"
        if not state.online:
            return None, f"{edge} is out of reach"
        if state.trust is ClockTrust.UNPROVEN:
            return None, f"the clock of {edge} is not proven"
        present = await repository.present_log(tx, site, edge)
        if state.head and (present is None or present[1] != state.log):
            return None, f"{edge} has begun a new log"
        if present is not None and (await repository.runs(tx, present[0])).contiguous < state.head:
            return None, f"events of {edge} are still to come"
        if await _blind(tx, site, edge, during):
            return None, f"{edge} was not running, or lost events, for a part of the time"
        heard.append(state.at if state.trust is ClockTrust.SYNCED else state.at - DRIFT)
    return (min(heard), "") if heard else (None, "no door leads there")


async def _blind(tx: Tx, site: str, edge: str, during: Interval) -> bool:
    """Whether an outage lies in ``during``, or a hole was learned of, or a log begun, since it started."""
    dark = select(outages.c.seq).where(
        outages.c.site == site, outages.c.edge == edge, outages.c.starts < during.end, outages.c.ends > during.start
    )
    lost = select(holes.c.first).where(holes.c.site == site, holes.c.edge == edge, holes.c.learned_at >= during.start)
    begun = select(event_logs.c.id).where(
        event_logs.c.site == site, event_logs.c.edge == edge, event_logs.c.opened_at >= during.start
    )
    for query in (dark, lost, begun):
        if (await tx.execute(query.limit(1))).first() is not None:
            return True
    return False
