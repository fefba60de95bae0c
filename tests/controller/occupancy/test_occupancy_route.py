"""People in a building now, over the API, on the live page's snapshot and by command."""

import asyncio

from typer.testing import CliRunner

from controller.occupancy.cli import app
from edge.wire.messages import DeviceState
from tests.controller.clock import ManualClock
from tests.controller.running import signed_in
from tests.controller.serving import serving
from tests.controller.telemetry.speaking import NOW, crossing
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

OCCUPANCY = "/api/v1/sites/ramsey/occupancy"
NOT_KNOWN = dict.fromkeys(("at", "people", "mean", "low", "high", "capacity", "full")) | {
    "state": "not known",
    "rests_on": "",
    "missing": ["who was there when counting began"],
}


async def test_a_building_is_not_measured_until_a_counter_reports_and_then_says_what_it_rests_on(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    async with signed_in(hub.app) as client, serving(hub.app) as address:
        assert (await client.get(OCCUPANCY)).json()["state"] == "not measured"
        assert (await client.get("/api/v1/sites/ramsey/now")).json()["occupancy"] is None
        await edge.say_state(DeviceState(device="front-beams", kind="counter", seq=1, at=NOW, values={}))

        async def not_known() -> bool:
            clock.advance(seconds=10)
            found = (await client.get(OCCUPANCY)).json()
            return bool({name: found[name] for name in NOT_KNOWN} | {"rests_on": ""} == NOT_KNOWN)

        await eventually(not_known, what="nobody has passed, and nobody knows who was there")
        await edge.send([crossing(1, ins=3, total=(3, 0), at=clock.now())])
        await edge.acknowledged(1)
        clock.advance(minutes=2)

        async def measured() -> bool:
            clock.advance(seconds=10)
            return bool((await client.get(OCCUPANCY)).json()["people"] == 3)

        await eventually(measured, what="three people are inside")
        [hall] = (await client.get(OCCUPANCY)).json()["rooms"]
        assert (hall["space"], hall["state"], hall["people"]) == ("hall", "uncertain", 3)
        shown = (await client.get("/api/v1/sites/ramsey/now")).json()["occupancy"]
        assert (shown["people"], shown["capacity"], shown["state"]) == (3, 80, "uncertain")
        past = {"at": clock.now().isoformat()}
        clock.advance(hours=1)
        assert (await client.get(OCCUPANCY, params=past)).json()["people"] == 3
        for bad in ("2030-01-01T00:00", "yesterday"):
            assert (await client.get(OCCUPANCY, params={"at": bad})).status_code == 422
        env = {"HALLKEEPER_TOKEN": client.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}
        command = ["now", "ramsey", "--server", address]
        done = await asyncio.to_thread(CliRunner().invoke, app, command, env=env)
        assert "3 people, " in done.output
        assert "the rooms hold 80" in done.output
        assert "Uncertain: who was there when counting began" in done.output
        assert "counts at its doors" in done.output
        assert "Counts at Front door; it is not known who was there at 12:00, when counting began" in done.output
