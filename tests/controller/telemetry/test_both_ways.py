"""A counter that does not tell in from out, from its edge through a broker to what is shown."""

import asyncio

import pytest
from typer.testing import CliRunner

from controller.telemetry.hand_counts.cli import app
from controller.telemetry.model import RefusalReason, SetAside
from controller.telemetry.validation import validate
from edge.wire.codec import encode
from edge.wire.messages import DeviceState
from tests.controller.clock import ManualClock
from tests.controller.running import signed_in
from tests.controller.serving import serving
from tests.controller.telemetry.speaking import NOW, crossing, passing
from tests.controller.telemetry.test_snapshot import told
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

SITE = "/api/v1/sites/ramsey"


@pytest.mark.parametrize(
    ("raw", "reason", "why"),
    [
        (passing(1, 390_000, total=390_000), RefusalReason.ABSURD, "390000 crossings in one event"),
        (passing(1, 7, total=3), RefusalReason.ABSURD, "more crossings than its own totals hold"),
        (b'"passages":-3', RefusalReason.MALFORMED, "passages"),
        (b'"passages":1.5', RefusalReason.MALFORMED, "passages"),
        (b'"passages":NaN', RefusalReason.MALFORMED, ""),
        (b'"passages":"many"', RefusalReason.MALFORMED, "passages"),
    ],
)
def test_a_number_that_cannot_be_is_set_aside(raw: object, reason: RefusalReason, why: str) -> None:
    good = encode(passing(1, 3, total=3))
    judged = validate(good.replace(b'"passages":3', raw) if isinstance(raw, bytes) else encode(raw))  # type: ignore[arg-type]
    assert isinstance(judged, SetAside)
    assert judged.reason is reason
    assert why in judged.why


async def test_passages_are_shown_as_they_are_and_change_nobody_inside(hub: Hub, edge: FakeEdge) -> None:
    mat = DeviceState(device="side-mat", kind="counter", seq=1, at=NOW, values={"passages_today": 0})
    await edge.say_state(mat)
    found = await told(hub, lambda shot: shot.counters, "the counter is shown")
    (one,) = found.counters
    assert (one.ins_today, one.outs_today, one.passages_today, found.people) == (None, None, 0, None)
    await edge.send([crossing(1, ins=5, outs=2, total=(5, 2)), passing(2, 3, total=3), passing(3, 4, total=7)])
    found = await told(hub, lambda shot: len(shot.counters) == 2, "both counters are shown")
    shown = {each.id: (each.ins_today, each.outs_today, each.passages_today) for each in found.counters}
    assert shown == {"front-beams": (5, 2, None), "side-mat": (None, None, 7)}
    assert found.people is not None
    assert (found.people.estimate, found.people.error >= 7) == (3, True)


@pytest.mark.cases_full
async def test_two_hand_counts_calibrate_half_of_the_passages(hub: Hub, edge: FakeEdge, clock: ManualClock) -> None:
    async with signed_in(hub.app) as client:
        await edge.say_state(
            DeviceState(device="side-mat", kind="counter", seq=1, at=NOW, values={"passages_today": 0})
        )
        await told(hub, lambda shot: shot.counters, "the counter is shown")
        for number in (1, 2):
            count = (await client.post(f"{SITE}/hand-counts", json={"counter": "side-mat"})).json()
            clock.advance(minutes=14)
            await edge.send([passing(number, 81, total=81 * number, at=clock.now())])
            await edge.acknowledged(number)
            clock.advance(minutes=1)
            done = await client.post(f"{SITE}/hand-counts/{count['id']}/end", json={"ins": 50, "outs": 40})
            assert done.status_code == 200, done.text
            assert done.json()["counted_passages"] == 81
        (found,) = (await client.get(f"{SITE}/hand-counts")).json()["items"]
        assert (found["state"], found["passages_today"], found["ins_today"]) == ("calibrated", 162, None)
        assert found["calibrated_visits"]["total"] == 90
        assert (found["calibrated_ins"], found["calibrated_outs"]) == (None, None)


@pytest.mark.cases_full
async def test_the_command_says_that_visits_are_halved(hub: Hub, edge: FakeEdge) -> None:
    await edge.say_state(DeviceState(device="side-mat", kind="counter", seq=1, at=NOW, values={"passages_today": 7}))
    await edge.send([passing(1, 7, total=7)])
    await told(hub, lambda shot: any(each.passages_today for each in shot.counters), "they are counted")
    async with signed_in(hub.app) as client, serving(hub.app) as address:
        env = {"HALLKEEPER_TOKEN": client.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}
        done = await asyncio.to_thread(CliRunner().invoke, app, ["ramsey", "--server", address], env=env)
    assert "7 passed both ways, halved: 3.5 visits" in done.output
