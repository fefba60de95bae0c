"""Ramsey on real processes and a fast clock, at eleven on a Tuesday: its library door is free, its front door not."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware_sim.building import demo_buildings
from firmware_sim.rig import Rig, RigPlan
from tests.faults.ledger import BUSY_DOOR, SITE, Ledger
from tests.faults.trial import Row, Trial
from tests.services.fork_client import ForkServer

TUESDAY = datetime(2026, 3, 24, 11, 0, tzinfo=UTC)
RATE = 30.0


@pytest.fixture
async def rig(tmp_path: Path, fork_server: ForkServer) -> AsyncIterator[Rig]:
    buildings = tuple(building for building in demo_buildings() if building.id == "ramsey")
    plan = RigPlan(folder=tmp_path, buildings=buildings, epoch=TUESDAY, rate=RATE, answer_s=30.0)
    async with Rig(plan, launch=fork_server.start) as rig:

        async def free() -> bool:
            return rig.world.site(SITE).doorway(BUSY_DOOR).circuit.released

        await rig.until(free, "the library door is free")
        await rig.online(SITE)
        yield rig


@pytest.fixture
def ledger(rig: Rig) -> Ledger:
    return Ledger(rig)


@pytest.fixture
def trial(rig: Rig, row: Callable[[Row], None], request: pytest.FixtureRequest) -> Trial:
    """A trial on the hub, named as the test is."""
    return Trial(rig, request.node.name.removeprefix("test_").replace("_", " "), row)
