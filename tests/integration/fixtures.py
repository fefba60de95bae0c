"""Fixtures: a hub on a broker in memory."""

from collections.abc import AsyncIterator

import pytest

from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub, open_hub
from tests.memory_link import MemoryBroker


@pytest.fixture
def broker() -> MemoryBroker:
    return MemoryBroker()


@pytest.fixture
async def hub(settings: Settings, clock: ManualClock, passwords: Passwords, broker: MemoryBroker) -> AsyncIterator[Hub]:
    """On SQLite; a module whose ``settings`` are ``any_settings`` has it on both databases."""
    async with open_hub(settings, clock, passwords, link=broker.client(subscriptions("up"))) as hub:
        yield hub


@pytest.fixture
async def edge(hub: Hub, broker: MemoryBroker) -> AsyncIterator[FakeEdge]:
    """The hub's edge, connected and up to date."""
    async with hub.edge(broker.client(subscriptions("down", site="ramsey", edge="main"))) as edge:
        await hub.up_to_date()
        yield edge
