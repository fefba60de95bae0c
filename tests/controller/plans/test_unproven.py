"""What a controller does whose clock nothing vouches for: it says so everywhere, and signs nothing."""

from collections.abc import AsyncIterator

import httpx
import pytest

from controller.app.http_app import build_app
from controller.app.schema import migrate
from controller.people.passwords import Passwords
from controller.plans import repository
from controller.plans.clock_trust import ClockDoubtful, Sources
from controller.platform.settings import Settings
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.integration.hub import Hub
from tests.memory_link import MemoryBroker


@pytest.fixture
def vouched() -> list[bool]:
    """Whether a time service sets the clock."""
    return [False]


@pytest.fixture
async def doubtful(
    any_settings: Settings, clock: ManualClock, passwords: Passwords, vouched: list[bool]
) -> AsyncIterator[Hub]:
    await migrate(any_settings.database_url)
    link = MemoryBroker().client(subscriptions("up"))
    sources = Sources(synchronised=lambda: vouched[0], passed=clock.monotonic, settable=False)
    hub = Hub(build_app(any_settings, clock, passwords=passwords, link=link, time=sources))
    await hub.container.start()
    await hub.furnish()
    yield hub
    await hub.container.close()


async def test_nothing_is_signed_and_an_alert_is_shown_until_the_clock_is_proven(
    doubtful: Hub, vouched: list[bool]
) -> None:
    mqtt, name = doubtful.container.mqtt, ("ramsey", "main")
    transport = httpx.ASGITransport(app=doubtful.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as client:
        with pytest.raises(ClockDoubtful):
            await mqtt.planner.refresh(name)
        async with doubtful.container.database.read() as tx:
            assert await repository.latest(tx, *name) is None
            assert not await mqtt.planner.knows_the_time(tx)
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        assert "no time source confirms the clock" in ready.json()["checks"]["clock"]
        assert 'hallkeeper_clock{state="unproven"} 1.0' in (await client.get("/metrics")).text
        (alert,) = (await mqtt.live.snapshot("ramsey")).alerts
        assert alert.text.startswith("The controller does not trust its clock: no time source confirms the clock")

        vouched[0] = True
        assert await mqtt.planner.refresh(name) is not None
        assert (await client.get("/readyz")).json()["checks"]["clock"] == "ready"
        told = (await client.get("/metrics")).text
        assert 'hallkeeper_clock{state="synced"} 1.0' in told
        assert "hallkeeper_clock_error_seconds 0.0" in told
        assert (await mqtt.live.snapshot("ramsey")).alerts == []
