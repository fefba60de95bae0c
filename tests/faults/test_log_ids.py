"""One id is enough to follow what happened through the logs of an edge and of the controller: real processes, a real
broker, a simulated key press and a broken lock."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from firmware_sim.building_file import demo_buildings
from firmware_sim.hub_processes import SimHub, SimHubPlan
from tests.digits import says
from tests.faults.conftest import RATE, TUESDAY
from tests.faults.ledger import CODE_DOOR, SITE
from tests.faults.trial import typed
from tests.services.fork_client import ForkServer

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
async def hub(tmp_path: Path, fork_server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SimHub]:
    """Its processes log in JSON."""
    monkeypatch.setenv("HALLKEEPER_LOG_FORMAT", "json")
    buildings = tuple(building for building in demo_buildings() if building.id == SITE)
    plan = SimHubPlan(folder=tmp_path, buildings=buildings, epoch=TUESDAY, rate=RATE, answer_s=30.0)
    async with SimHub(plan, launch=fork_server.start) as hub:
        await hub.online(SITE)
        yield hub


class Logs:
    def __init__(self, hub: SimHub) -> None:
        self._files = {"controller": hub.controller.log, "edge": hub.pis[SITE].log}

    def lines(self, of: str) -> list[dict[str, Any]]:
        """The lines that are JSON; libraries may write others as they start."""
        return [json.loads(line) for line in self._files[of].read_text().splitlines() if line.startswith("{")]

    def grep(self, word: str) -> list[tuple[str, str]]:
        """Whose line it is, and its sentence, where any field has the word."""
        return [
            (of, line["message"])
            for of in self._files
            for line in self.lines(of)
            if any(value == word or (isinstance(value, list) and word in value) for value in line.values())
        ]

    def field(self, of: str, message: str, name: str, **fields: object) -> str:
        """A field of the newest such line."""
        found = [line for line in self.lines(of) if line["message"] == message and fields.items() <= line.items()]
        return str(found[-1][name])


@pytest.mark.faults_full
async def test_a_request_its_plan_a_key_press_its_event_and_its_alert_are_found_by_one_id_each(hub: SimHub) -> None:
    logs = Logs(hub)
    starts = hub.clock.now() - timedelta(minutes=5)
    body = {"space": "studio", "title": "Choir", "starts": starts.isoformat()}
    async with httpx.AsyncClient(base_url=hub.address) as client:
        answer = await client.post(
            f"/api/v1/sites/{SITE}/bookings",
            json=body | {"ends": (starts + timedelta(hours=6)).isoformat()},
            headers={"authorization": f"Bearer {hub.api.token}", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
        )
    assert answer.status_code == 201, answer.text
    assert answer.headers["x-request-id"] == TRACE

    async def carried_out() -> bool:
        return ("controller", "An edge carries out a plan") in logs.grep(TRACE)

    await hub.until(carried_out, "the request is named where the edge carries out its plan")
    assert [line for _, line in logs.grep(TRACE)][:1] == ["A request was answered"]
    plan = logs.field("controller", "An edge carries out a plan", "plan", requests=[TRACE])
    assert {("controller", "Published a plan"), ("edge", "A plan is in force")} <= set(logs.grep(plan))

    hub.runner.catch_up()
    hub.world.site(SITE).doorway(CODE_DOOR).rewire(stuck=False)
    code = str(answer.json()["code"])
    await typed(hub.runner, SITE, CODE_DOOR, code)

    async def raised() -> bool:
        lines = logs.lines("controller")
        return any(line["message"] == "An alert was raised" and line["code"] == "fault" for line in lines)

    await hub.until(raised, "the dead lock is an alert")
    press = logs.field("edge", "An event was recorded", "event", kind="access", door=CODE_DOOR, granted=True)
    assert logs.grep(press) == [("controller", "An event was stored"), ("edge", "An event was recorded")]
    fault = logs.field("controller", "An alert was raised", "event", code="fault")
    assert sorted(logs.grep(fault)) == [
        ("controller", "An alert was raised"),
        ("controller", "An event was stored"),
        ("edge", "An event was recorded"),
    ]
    for file in (hub.controller.log, hub.pis[SITE].log):
        assert not says(file.read_text(), code)
