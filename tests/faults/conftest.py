"""Ramsey on real processes and a fast clock, at eleven on a Tuesday: its library door is free, its front door not."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware_sim.building_file import demo_buildings
from firmware_sim.hub_processes import SimHub, SimHubPlan
from tests.faults.ledger import BUSY_DOOR, SITE, Ledger
from tests.faults.trial import Row, Trial
from tests.services.fork_client import ForkServer

TUESDAY = datetime(2026, 3, 24, 11, 0, tzinfo=UTC)
RATE = 30.0


def plan_in(folder: Path) -> SimHubPlan:
    """Ramsey alone."""
    buildings = tuple(building for building in demo_buildings() if building.id == SITE)
    return SimHubPlan(folder=folder, buildings=buildings, epoch=TUESDAY, rate=RATE, answer_s=30.0)


@asynccontextmanager
async def at_eleven(plan: SimHubPlan, fork_server: ForkServer) -> AsyncIterator[SimHub]:
    """The hub of a plan, once its library door is free and its edge is online."""
    async with SimHub(plan, launch=fork_server.start) as hub:

        async def free() -> bool:
            return hub.world.site(SITE).doorway(BUSY_DOOR).circuit.released

        await hub.until(free, "the library door is free")
        await hub.online(SITE)
        yield hub


@pytest.fixture
async def hub(tmp_path: Path, fork_server: ForkServer) -> AsyncIterator[SimHub]:
    async with at_eleven(plan_in(tmp_path), fork_server) as hub:
        yield hub


@pytest.fixture
def ledger(hub: SimHub) -> Ledger:
    return Ledger(hub)


@pytest.fixture
def trial(hub: SimHub, row: Callable[[Row], None], request: pytest.FixtureRequest) -> Trial:
    """A trial on the hub, named as the test is."""
    return Trial(hub, request.node.name.removeprefix("test_").replace("_", " "), row)
