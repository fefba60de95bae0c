"""A roll-out on both databases, from the package to an edge that returns."""

from datetime import UTC, datetime

from sqlalchemy import insert, select

from controller.db.engine import Database
from controller.enrolment.updates import repository
from controller.enrolment.updates.service import UpdateService
from controller.enrolment.updates.staging import RolloutState
from controller.estate.tables import edges, sites
from controller.telemetry.tables import edge_alerts
from edge.wire.releases import UPDATE_PART, UpdatePhase, UpdateState
from tests.controller.clock import ManualClock
from tests.edge.updates.made import ARCHITECTURE, SYSTEM, manifest, signed

PACKAGE = bytes(range(256)) * 600
AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def test_a_package_an_order_and_what_an_edge_says_are_stored_and_read_again(
    db: Database, clock: ManualClock
) -> None:
    async with db.write() as tx:
        await tx.execute(insert(sites).values(id="ramsey", name="Ramsey", zone="Europe/London", address="", phone=""))
        await tx.execute(insert(edges).values(site="ramsey", id="main", name="Main"))
    service = UpdateService(db, clock)
    release = manifest("0.9.0", PACKAGE)
    await service.add(signed(release), PACKAGE, actor="console")
    async with db.read() as tx:
        parts = await repository.parts(tx, release.sha256, 1, 8)
    assert parts == [(1, PACKAGE[UPDATE_PART : 2 * UPDATE_PART]), (2, PACKAGE[2 * UPDATE_PART :])]
    said = UpdateState(site="ramsey", edge="main", at=AT, version="0.2.0", system=SYSTEM, architecture=ARCHITECTURE)
    await service.heard(said)
    await service.stage("0.9.0", soak_hours=24, opens="02:00", closes="05:00", first="", actor="console")
    await service.work()
    async with db.read() as tx:
        [told] = await repository.untold(tx)
    assert (told.edge, told.ordered) == ("main", release.sha256)
    returned = UpdateState(
        site="ramsey",
        edge="main",
        at=AT,
        version="0.2.0",
        system=SYSTEM,
        architecture=ARCHITECTURE,
        number=told.ordered_number,
        phase=UpdatePhase.RETURNED,
        why="it hangs",
    )
    await service.heard(returned)
    assert await service.heard(returned) == (await service.listing()).edges[0]
    await service.work()
    async with db.read() as tx:
        assert await repository.untold(tx) == []
        rollout = await repository.live_rollout(tx)
        assert len(list(await tx.scalars(select(edge_alerts.c.id).where(edge_alerts.c.kind == "update")))) == 1
    assert rollout is not None
    assert rollout.state is RolloutState.STOPPED
