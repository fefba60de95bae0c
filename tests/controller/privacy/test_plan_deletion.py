"""Plans are kept as long as the events they explain, and parts as long as a plan names them."""

import hashlib
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select, update

from controller.db.engine import Database, Tx
from controller.estate.tables import sites
from controller.plans import repository
from controller.plans.model import SignedPlan
from controller.plans.tables import plan_parts, plans
from controller.privacy.plan_deletion import DeletePlans, DeleteUnusedParts
from edge.wire.envelope import Purpose, Signer
from edge.wire.plan import Manifest, PartRef
from tests.controller.running import NOW

SIGNER = Signer(Ed25519PrivateKey.generate())
CUTOFF = NOW - timedelta(days=180)


def part(name: str) -> tuple[PartRef, bytes]:
    data = name.encode()
    return PartRef(digest=hashlib.sha256(data).hexdigest(), size=len(data)), data


async def keep(tx: Tx, version: int, made_at: datetime, *names: str, edge: str = "pi", applied: bool = True) -> None:
    parts = {name: part(name) for name in names}
    manifest = Manifest(
        site="ramsey",
        edge=edge,
        version=version,
        valid_from=made_at,
        horizon=made_at + timedelta(days=35),
        parts={name: ref for name, (ref, _) in parts.items()},
    )
    sealed = SIGNER.seal(Purpose.PLAN, manifest)
    signed = SignedPlan(manifest=manifest, digest=manifest.digest, sealed=sealed, compiled_at=made_at, grants=0)
    await repository.insert_plan(tx, signed, {name: data for name, (_, data) in parts.items()})
    if applied:
        here = (plans.c.site == "ramsey", plans.c.edge == edge, plans.c.version == version)
        await tx.execute(update(plans).where(*here).values(applied_at=made_at))


async def left(db: Database) -> tuple[list[tuple[str, int]], set[str]]:
    async with db.read() as tx:
        rows = [
            (row.edge, row.version) for row in await tx.execute(select(plans).order_by(plans.c.edge, plans.c.version))
        ]
        digests = set((await tx.execute(select(plan_parts.c.digest))).scalars())
    return rows, {name for name in ("hours", "a", "b", "c", "d", "e") if part(name)[0].digest in digests}


async def enforce(db: Database) -> None:
    for rule in (DeletePlans(), DeleteUnusedParts()):
        async with db.read() as tx:
            keys = await rule.find(tx, CUTOFF, 200)
        if keys:
            await db.run(rule.apply, keys)


async def test_a_plan_goes_once_a_newer_one_was_on_the_door_before_the_oldest_event(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(insert(sites).values(id="ramsey", name="Ramsey", zone="Europe/London", address="", phone=""))
        await keep(tx, 1, CUTOFF - timedelta(days=30), "hours", "a")
        await keep(tx, 2, CUTOFF - timedelta(days=20), "hours", "b")
        await keep(tx, 3, CUTOFF - timedelta(days=10), "hours", "c", applied=False)
        await keep(tx, 4, CUTOFF + timedelta(days=10), "hours", "d")
        await keep(tx, 7, CUTOFF - timedelta(days=400), "hours", "e", edge="pi-offline")
    await enforce(db)
    assert await left(db) == ([("pi", 2), ("pi", 3), ("pi", 4), ("pi-offline", 7)], {"hours", "b", "c", "d", "e"})
    await enforce(db)
    assert (await left(db))[1] == {"hours", "b", "c", "d", "e"}


async def test_a_part_that_a_plan_took_up_meanwhile_stays(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(insert(sites).values(id="ramsey", name="Ramsey", zone="Europe/London", address="", phone=""))
        await keep(tx, 1, CUTOFF - timedelta(days=30), "hours", "a")
        await keep(tx, 2, CUTOFF - timedelta(days=20), "hours", "b")
        await DeletePlans().apply(tx, [("ramsey", "pi", 1)])
    unused = DeleteUnusedParts()
    async with db.read() as tx:
        keys = await unused.find(tx, CUTOFF, 200)
    async with db.write() as tx:
        await keep(tx, 3, NOW, "hours", "a")
    await db.run(unused.apply, keys)
    assert (await left(db))[1] == {"hours", "a", "b"}
