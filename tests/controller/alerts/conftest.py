"""A building whose alerts are looked at."""

import httpx
import pytest

from controller.app.container import Container
from tests.controller.alerts.building import Building
from tests.controller.clock import ManualClock


@pytest.fixture
async def building(any_container: Container, clock: ManualClock, any_village: httpx.AsyncClient) -> Building:
    """Two Pis, both online, with nothing to tell of."""
    found = Building(any_container, clock, any_village)
    for each in ("pi-front", "pi-side"):
        await found.edge(each, online=True)
    return found
