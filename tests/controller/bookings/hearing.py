"""Edges that say how far their logs go."""

import secrets
from datetime import datetime

from controller.app.container import Container
from controller.telemetry import repository as telemetry
from controller.telemetry.model import EdgeState
from edge.wire.access_decision import ClockTrust
from tests.controller.running import NOW
from tests.controller.village import SITE

LOG = "0" * 32
EDGES = ("pi-front", "pi-side")


async def hear(
    container: Container,
    at: datetime,
    *,
    edges: tuple[str, ...] = EDGES,
    online: bool = True,
    head: int = 7,
    committed: int = 7,
    trust: ClockTrust = ClockTrust.SYNCED,
) -> None:
    """As after a hello reply of that moment: how far the log goes, and how much of it is here."""
    async with container.database.write() as tx:
        for edge in edges:
            log = await telemetry.log_id(tx, SITE, edge, LOG)
            if log is None:
                log = await telemetry.open_log(tx, SITE, edge, LOG, NOW)
            old = (await telemetry.runs(tx, log)).runs
            await telemetry.put_runs(tx, log, old, [(1, committed)])
            state = EdgeState(
                site=SITE,
                edge=edge,
                online=online,
                since=NOW,
                boot="b" * 36,
                connection=1,
                nonce=secrets.token_hex(16),
                at=at,
                software="1",
                trust=trust,
                head=head,
                log=LOG,
            )
            await telemetry.put_edge_state(tx, state)
