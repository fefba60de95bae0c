"""What an edge says that it carries out, and what follows from it for its codes and overrides."""

from datetime import datetime

import msgspec

from controller.access import repository as access
from controller.db.engine import Tx
from controller.estate import repository as estate
from controller.plans import repository
from controller.plans.model import EdgeName
from controller.plans.overrides import repository as overrides
from controller.telemetry import repository as telemetry


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A plan, and ``at`` what time by our clock the edge said so."""

    version: int
    digest: str
    at: datetime


async def note_carried(tx: Tx, name: EdgeName, said: Carried, *, proven: bool) -> bool:
    """Note that an edge carries out a plan; whether that is news. That it went back to an older one is believed only in
    a reply (``proven``): a last will is signed when its connection begins, and any message may be an old one."""
    site, edge = name
    state = await telemetry.edge_state(tx, site, edge)
    if not proven and state is not None and said.version < (state.applied_version or 0):
        return False
    plan = await repository.plan(tx, site, edge, said.version)
    news = state is None or (state.applied_version, state.applied_digest) != (said.version, said.digest)
    if plan is not None and plan.digest == said.digest:
        if plan.applied_at is None:
            await repository.put_outcome(tx, site, edge, said.version, applied_at=said.at)
        if news or plan.applied_at is None:
            doors = [door.id for door in await estate.site_doors(tx, site) if door.edge == edge]
            await access.mark_applied(tx, site, doors, version=said.version, at=said.at)
            await overrides.applied(tx, site, doors, version=said.version, at=said.at)
    if state is not None and news:
        changed = msgspec.structs.replace(state, applied_version=said.version, applied_digest=said.digest)
        await telemetry.put_edge_state(tx, changed)
    return news
