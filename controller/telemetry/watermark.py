"""The time up to which all events of an edge are committed, so that no event means that nothing happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

import msgspec
from sqlalchemy import func, select

from controller.db.engine import Tx
from controller.telemetry import repository
from controller.telemetry.tables import edge_runs, event_logs, holes, outages
from edge.wire.access_decision import ClockTrust
from edge.wire.interval import Interval

DRIFT = timedelta(minutes=5)
"""How far a clock that nothing sets may have drifted since an edge last spoke with us: more than 100 parts in a million
over all the time that a plan reaches."""


class Gap(Enum):
    """What keeps us from knowing."""

    NOT_RUNNING = auto()
    WRONG_CLOCK = auto()
    """It went by a wrong time: what happened may have been at another, and codes were refused by it."""
    LOST = auto()
    """Events that will never come."""
    NEW_LOG = auto()
    """Nothing is known of what was before."""
    NEVER_HEARD = auto()
    OFFLINE = auto()
    CLOCK = auto()
    TO_COME = auto()


FOR_GOOD = frozenset({Gap.NOT_RUNNING, Gap.WRONG_CLOCK, Gap.LOST, Gap.NEW_LOG})
"""Gaps that no later message of the edge can fill."""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing can be said, and of which edge. ``starts`` and ``ends``: of the time that nothing is known of."""

    gap: Gap
    edge: str
    starts: datetime | None = None
    ends: datetime | None = None


async def heard_until(tx: Tx, site: str, edges: Sequence[str], during: Interval) -> datetime | Silence:
    """The moment up to which nothing can have happened at these edges, one at least, during ``during`` that is not
    stored; or why there is none.

    That is when the edge last said how far its log goes, less ``DRIFT`` where nothing sets its clock, if all of that
    has been committed, its clock is proven, it is online, and neither an outage, a wrong time nor a hole lies in
    ``during``.
    """
    states = {state.edge: state for state in await repository.site_edge_states(tx, site)}
    heard: list[datetime] = []
    passing: list[Silence] = []
    for edge in edges:
        blind = await _blind(tx, site, edge, during)
        if blind is not None:
            return blind
        state = states.get(edge)
        if state is None:
            passing.append(Silence(gap=Gap.NEVER_HEARD, edge=edge))
        elif not state.online:
            passing.append(Silence(gap=Gap.OFFLINE, edge=edge, starts=state.since))
        elif state.trust is ClockTrust.UNPROVEN:
            passing.append(Silence(gap=Gap.CLOCK, edge=edge))
        else:
            present = await repository.present_log(tx, site, edge, said=state.log)
            renewed = state.head and (present is None or present[1] != state.log)
            if renewed or (present is not None and (await repository.runs(tx, present[0])).contiguous < state.head):
                passing.append(Silence(gap=Gap.TO_COME, edge=edge))
            else:
                heard.append(state.at if state.trust is ClockTrust.SYNCED else state.at - DRIFT)
    return passing[0] if passing else min(heard)


async def _blind(tx: Tx, site: str, edge: str, during: Interval) -> Silence | None:
    """An outage or a wrong time that lies in ``during``, or a hole that was learned of, or a log begun, since it
    started."""
    dark = select(outages.c.starts, outages.c.ends).where(
        outages.c.site == site, outages.c.edge == edge, outages.c.starts < during.end, outages.c.ends > during.start
    )
    found = (await tx.execute(dark.order_by(outages.c.starts).limit(1))).first()
    if found is not None:
        return Silence(gap=Gap.NOT_RUNNING, edge=edge, starts=found.starts, ends=found.ends)
    c = edge_runs.c
    wrong = select(c.wrong_from, c.wrong_until).where(
        c.site == site, c.edge == edge, c.wrong_from < during.end, c.wrong_until > during.start
    )
    times = (await tx.execute(wrong.order_by(c.wrong_from).limit(1))).first()
    if times is not None:
        return Silence(gap=Gap.WRONG_CLOCK, edge=edge, starts=times.wrong_from, ends=times.wrong_until)
    lost = select(holes.c.first).where(holes.c.site == site, holes.c.edge == edge, holes.c.learned_at >= during.start)
    if (await tx.execute(lost.limit(1))).first() is not None:
        return Silence(gap=Gap.LOST, edge=edge)
    begun = select(func.max(event_logs.c.opened_at)).where(
        event_logs.c.site == site, event_logs.c.edge == edge, event_logs.c.opened_at >= during.start
    )
    opened: datetime | None = (await tx.execute(begun)).scalar()
    return None if opened is None else Silence(gap=Gap.NEW_LOG, edge=edge, ends=opened)
