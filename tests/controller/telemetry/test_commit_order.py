"""Events are committed in the order of their numbers: a reader who goes on from the last it has read misses none."""

import asyncio

import msgspec
from sqlalchemy import text

from controller.db.engine import Database
from controller.telemetry import queries
from controller.telemetry.event_store import ValidatedBatch
from controller.telemetry.history import HistoryFollower
from controller.telemetry.validation import validate_all
from edge.wire.codec import encode
from tests.controller.telemetry.rollups.storing import LATER, STORE, make_site, store
from tests.controller.telemetry.speaking import LOG, run_of
from tests.controller.telemetry.test_history_follower import Remembering
from tests.eventually import eventually

_WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


async def test_a_reader_behind_the_last_event_misses_none_of_a_slower_transaction_that_began_before(
    db: Database,
) -> None:
    await make_site(db, "slow")
    await make_site(db, "quick")
    kept = Remembering()
    follower = HistoryFollower(database=db, history=kept)
    judged = tuple(validate_all([msgspec.Raw(encode(each)) for each in run_of(1, 3)]))
    batch = ValidatedBatch(site="slow", edge="main", log=LOG, first_kept=1, judged=judged)
    async with db.write() as slow:
        await STORE.file(slow, [batch], LATER)  # it has its numbers and is not committed
        quick = asyncio.create_task(store(db, "quick", run_of(1, 2)))

        async def waits() -> bool:
            async with db.read() as tx:
                return db.sqlite or bool((await tx.execute(_WAITING)).scalar())

        await eventually(waits, what="the other transaction waits")
        await follower.step()
        assert kept.points == {}
    await quick
    await follower.step()
    assert len(kept.points) == 5
    async with db.read() as tx:
        assert [site for site, _ in await queries.events_after(tx, 0, limit=9)] == ["slow"] * 3 + ["quick"] * 2
