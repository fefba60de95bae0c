"""Who comes to a door that lets nobody in is told before: from a real edge on simulated hardware, over broker and
controller, to a mail in the mail server."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from firmware_sim.building_file import demo_buildings
from firmware_sim.hub_processes import SimHub, SimHubPlan
from tests.controller.notices.test_notices import ROSA, text
from tests.faults.conftest import RATE, TUESDAY
from tests.faults.ledger import CODE_DOOR, SITE, Ledger
from tests.faults.trial import typed
from tests.services.fork_client import ForkServer

LONG_S = 240.0
"""Real seconds within which a mail must have come: what it waits for takes up to 15 minutes, half a minute here."""


@pytest.fixture
async def hub(tmp_path: Path, fork_server: ForkServer) -> AsyncIterator[SimHub]:
    buildings = tuple(building for building in demo_buildings() if building.id == SITE)
    plan = SimHubPlan(folder=tmp_path, buildings=buildings, epoch=TUESDAY, rate=RATE, answer_s=30.0, inbox=True)
    async with SimHub(plan, launch=fork_server.start) as hub:
        yield hub


async def booked(hub: SimHub) -> None:
    """Rosa comes in three hours, and her code is on the door."""
    starts = hub.clock.now() + timedelta(hours=3)
    body = {"space": "meeting-room", "title": "Choir", "contact_email": ROSA, "starts": starts.isoformat()}
    made = await hub.api.post(f"/sites/{SITE}/bookings", body | {"ends": (starts + timedelta(hours=2)).isoformat()})

    async def on_door() -> bool:
        return bool((await hub.api.get(f"/bookings/{made['id']}"))["on_door"]["state"] == "on")

    await hub.until(on_door, "her code is on the door")
    await mailed(hub, "Confirmed")


async def mailed(hub: SimHub, *wanted: str) -> EmailMessage:
    """Wait until these mails have come to Rosa, and no others; the last of them."""
    assert hub.inbox is not None
    inbox = hub.inbox

    def hers() -> list[EmailMessage]:
        return [each for each in reversed(inbox.mails) if each["To"] == ROSA]

    async def there() -> bool:
        return len(hers()) >= len(wanted)

    await hub.until(there, f"Rosa has these mails: {wanted}", within_s=LONG_S)
    assert [each["Subject"].partition(":")[0] for each in hers()] == list(wanted)
    return hers()[-1]


async def cut(hub: SimHub, broken: bool) -> None:
    hub.set_network(SITE, not broken)


async def kill(hub: SimHub, broken: bool) -> None:
    await hub.set_power(SITE, not broken)


def rewire(hub: SimHub, stuck: bool | None) -> None:
    hub.runner.catch_up()
    hub.world.site(SITE).doorway(CODE_DOOR).rewire(stuck=stuck)


@pytest.mark.faults_full
async def test_a_dead_relay_is_mailed_to_who_comes_next(hub: SimHub) -> None:
    await booked(hub)
    code = await Ledger(hub).code()
    rewire(hub, False)
    await typed(hub.runner, SITE, CODE_DOOR, code)
    assert not hub.world.site(SITE).doorway(CODE_DOOR).circuit.released
    told = await mailed(hub, "Confirmed", "Door trouble")
    assert "Front door: the lock does not release." in text(told)


@pytest.mark.faults_full
async def test_a_relay_that_works_again_is_mailed_too(hub: SimHub) -> None:
    await booked(hub)
    code = await Ledger(hub).code()
    rewire(hub, False)
    await typed(hub.runner, SITE, CODE_DOOR, code)
    await mailed(hub, "Confirmed", "Door trouble")
    rewire(hub, None)
    await typed(hub.runner, SITE, CODE_DOOR, code)
    works = await mailed(hub, "Confirmed", "Door trouble", "The door works again")
    assert "Come in as usual." in text(works)


@pytest.mark.faults_full
@pytest.mark.parametrize("fault", [cut, kill])
async def test_an_edge_that_is_cut_off_or_killed_is_mailed_and_so_is_its_return(
    hub: SimHub, fault: Callable[[SimHub, bool], Awaitable[None]]
) -> None:
    await booked(hub)
    await fault(hub, True)
    told = await mailed(hub, "Confirmed", "Door trouble")
    assert "Front door has not been heard of since" in text(told)
    assert "Your code is on it, so it should open all the same." in text(told)
    await fault(hub, False)
    works = await mailed(hub, "Confirmed", "Door trouble", "The door works again")
    assert "Come in as usual." in text(works)
