"""What an edge says at the moment at which it is put down as offline stands, whichever transaction begins first."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import msgspec
import pytest
from sqlalchemy import text

from controller.db.engine import Database
from controller.plans.edge_offline import put_offline
from controller.telemetry import repository as telemetry
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.model import EdgeState
from edge.wire.access_decision import ClockTrust
from tests.controller.running import NOW
from tests.eventually import eventually

NAME = "ramsey", "main"
BEFORE = EdgeState(
    site="ramsey",
    edge="main",
    online=True,
    since=NOW,
    boot="b" * 36,
    connection=1,
    nonce="1" * 32,
    at=NOW,
    software="1",
    trust=ClockTrust.SYNCED,
)
LATER = NOW + timedelta(seconds=10)
REPLIED = msgspec.structs.replace(BEFORE, connection=2, nonce="2" * 32, at=LATER, head=7)


async def _known(database: Database) -> tuple[EdgeState | None, bool]:
    """What is known of the edge, and whether it was recorded that it went offline."""
    async with database.read() as tx:
        return await telemetry.edge_state(tx, *NAME), await telemetry.alerted(tx, *NAME, AlertCode.OFFLINE, NOW)


async def _put(database: Database, state: EdgeState) -> None:
    async with database.write() as tx:
        await telemetry.put_edge_state(tx, state)


def _lost(database: Database, *, still_silent: bool = True) -> "asyncio.Task[bool | None]":
    work = partial(put_offline, name=NAME, now=LATER, by_edge=True, still_silent=lambda: still_silent)
    return asyncio.create_task(database.run(work))


async def test_a_reply_that_is_committed_while_its_edge_is_put_down_as_offline_is_not_overwritten(
    postgres_url: Callable[..., str], postgres_template: str
) -> None:
    database = Database(postgres_url(postgres_template))
    await _put(database, BEFORE)

    async def waits() -> bool:
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = :name AND wait_event_type = 'Lock'"
        async with database.read_without_transaction() as tx:
            waiting: int = (await tx.execute(text(query), {"name": database.name})).scalar_one()
        return waiting == 1

    async with database.write() as reply:
        await telemetry.put_edge_state(reply, REPLIED)
        lost = _lost(database)  # it has read what was known before the reply
        await eventually(waits, what="the other transaction waits for the reply's")
    assert await lost is None
    assert await _known(database) == (REPLIED, False)
    assert await _lost(database) is True
    assert await _known(database) == (msgspec.structs.replace(REPLIED, online=False, since=LATER), True)
    await database.close()


@pytest.mark.parametrize("online", [True, False])
async def test_an_edge_that_has_answered_since_it_was_found_silent_is_not_put_down_as_offline(
    db: Database, *, online: bool
) -> None:
    state = msgspec.structs.replace(REPLIED, online=online)
    await _put(db, state)
    assert await _lost(db, still_silent=False) is None
    assert await _known(db) == (state, False)
