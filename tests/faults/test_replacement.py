"""A Pi is stolen: the numbered commands of docs/enrolment.md, typed one after another on a real hub with TLS."""

import asyncio
import os
import re
import shlex
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from edge.net.identity import FILE, read_identity
from firmware_sim import provision
from firmware_sim.building_file import demo_buildings
from firmware_sim.hub_processes import SimHub, SimHubPlan, hallkeeper
from tests.faults.conftest import RATE, TUESDAY
from tests.faults.ledger import CODE_DOOR, SITE
from tests.faults.tls_broker import lets_in
from tests.faults.trial import typed
from tests.services.fork_client import ForkServer

PAGE = Path(__file__).parents[2] / "docs" / "enrolment.md"
EDGE, SPACE = "ramsey-pi", "studio"


def steps() -> list[str]:
    """The first command of each numbered step under the heading about a stolen Pi."""
    section = PAGE.read_text().split("## Replacing a stolen Pi", 1)[1].split("\n## ", 1)[0]
    numbered = re.findall(r"^\d\. .*?(?=^\d\. |^\n|\Z)", section, re.MULTILINE | re.DOTALL)
    return [found[0] for each in numbered if (found := re.findall(r"`(hallkeeper [^`]+)`", each))]


@pytest.fixture
async def hub(tmp_path: Path, fork_server: ForkServer) -> AsyncIterator[SimHub]:
    buildings = tuple(building for building in demo_buildings() if building.id == SITE)
    plan = SimHubPlan(folder=tmp_path, buildings=buildings, epoch=TUESDAY, rate=RATE, answer_s=30.0, tls=True)
    async with SimHub(plan, launch=fork_server.start) as hub:
        yield hub


async def _typed(hub: SimHub, fork_server: ForkServer, command: str, *more: str) -> str:
    """What a command of the page prints, typed where somebody is signed in."""
    env = os.environ | {"HALLKEEPER_SERVER": hub.address, "HALLKEEPER_TOKEN": hub.api.token, "COLUMNS": "200"}
    program, *arguments = shlex.split(command)
    assert program == "hallkeeper"
    log = hub.folder / f"{arguments[0]}.log"
    process = await fork_server.start([hallkeeper(), *arguments, *more], log, env)
    code, printed = await process.wait(), await asyncio.to_thread(log.read_text)
    assert code == 0, printed
    return printed


async def _booked(hub: SimHub) -> tuple[str, str]:
    """A booking that is going on, and its code, once that is on the door."""
    starts = hub.clock.now() - timedelta(minutes=hub.clock.now().minute % 15)
    body = {
        "space": SPACE,
        "title": "Choir",
        "contact_name": "Una Porter",
        "contact_phone": "01632 960 001",
        "starts": starts.isoformat(timespec="minutes"),
        "ends": (starts + timedelta(hours=7)).isoformat(timespec="minutes"),
    }
    booking = await hub.api.post(f"/sites/{SITE}/bookings", body)
    return booking["id"], await _on_the_door(hub, booking["id"])


async def _on_the_door(hub: SimHub, booking: str) -> str:
    async def on() -> bool:
        state: str = (await hub.api.get(f"/bookings/{booking}"))["on_door"]["state"]
        return state == "on"

    await hub.until(on, "the code is on the door")
    code: str = (await hub.api.post(f"/bookings/{booking}/code", {}))["codes"][0]["code"]
    return code


async def _opens(hub: SimHub, code: str) -> bool:
    """Whether a code opens the door, typed again where this busy machine could not read it."""
    return (await typed(hub.runner, SITE, CODE_DOOR, code)).done


@pytest.mark.faults_full
async def test_a_stolen_pi_is_replaced_with_the_commands_of_the_page(
    hub: SimHub, fork_server: ForkServer, tmp_path: Path
) -> None:
    revoke, token, enrol = steps()
    data = tmp_path / "edges" / SITE / provision.DATA
    booking, old_code = await _booked(hub)
    assert await _opens(hub, old_code)
    # Somebody has read its card; the Pi hangs on the wall until it is revoked.
    thief = read_identity(data / FILE)
    assert await lets_in(hub, thief)

    told = await _typed(hub, fork_server, revoke)
    assert "Choir" in told
    assert "Una Porter" in told
    assert "01632 960 001" in told

    printed = await _typed(hub, fork_server, token)
    [edge] = (await hub.api.get(f"/sites/{SITE}/now"))["edges"]
    assert edge["revoked_at"] is not None
    assert await _opens(hub, old_code)
    await hub.set_power(SITE, False)
    data.rename(data.with_name("stolen"))

    # As hallkeeper-broker-files.service does when the list is another.
    await hub.broker.stop()
    await hub.broker.start()
    assert not await lets_in(hub, thief)

    (made,) = re.findall(r"hk1\.\S+", printed)
    config = tmp_path / "edges" / SITE / "edge.toml"
    typed = enrol.replace("TOKEN", made).replace("https://hub.example.org", hub.address)
    await _typed(hub, fork_server, typed, "--config", str(config))
    assert (data / FILE).stat().st_mode & 0o777 == 0o600
    await hub.set_power(SITE, True)
    await hub.online(SITE)

    new_code = await _on_the_door(hub, booking)
    assert new_code != old_code
    assert not await _opens(hub, old_code)
    assert await _opens(hub, new_code)
    alerts = (await hub.api.get(f"/sites/{SITE}/alerts"))["items"]
    assert "new_log" in {each["kind"] for each in alerts}
    assert await lets_in(hub, read_identity(data / FILE))
    assert not await lets_in(hub, thief)
