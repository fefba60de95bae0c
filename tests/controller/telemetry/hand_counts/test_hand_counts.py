"""A hand count at a counter: begun, ended, audited; two make its totals calibrated, and raw totals stay."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from typer.testing import CliRunner

from controller.telemetry.hand_counts.cli import app, tally
from edge.wire.events import FaultData
from edge.wire.faults import FaultCode
from edge.wire.messages import DeviceState
from tests.controller.clock import ManualClock
from tests.controller.running import signed_in
from tests.controller.serving import serving
from tests.controller.signin.signing import Json
from tests.controller.telemetry.speaking import NOW, crossing, event
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

COUNTS = "/api/v1/sites/ramsey/hand-counts"


@pytest.fixture
async def client(hub: Hub, edge: FakeEdge) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(hub.app) as client:
        await edge.say_state(DeviceState(device="front-beams", kind="counter", seq=1, at=NOW, values={}))

        async def shown() -> object:
            return (await client.get(COUNTS)).json()["items"]

        await eventually(shown, what="the counter is known")
        yield client


async def begun(client: httpx.AsyncClient) -> Json:
    answer = await client.post(COUNTS, json={"counter": "front-beams"})
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


async def listed(client: httpx.AsyncClient) -> Json:
    (found,) = (await client.get(COUNTS)).json()["items"]
    one: Json = found
    return one


@pytest.mark.cases_full
async def test_two_counts_calibrate_and_raw_totals_stay(
    client: httpx.AsyncClient, edge: FakeEdge, clock: ManualClock
) -> None:
    for number in (1, 2):
        count = await begun(client)
        clock.advance(minutes=14)
        await edge.send([crossing(number, ins=90, outs=80, total=(90 * number, 80 * number), at=clock.now())])
        await edge.acknowledged(number)
        clock.advance(minutes=1)
        done = await client.post(f"{COUNTS}/{count['id']}/end", json={"ins": 100, "outs": 80})
        assert done.status_code == 200, done.text
        assert (done.json()["counted_ins"], done.json()["counted_outs"]) == (90, 80)
        found = await listed(client)
        assert (found["ins_today"], found["outs_today"], found["hand_counts"]) == (90 * number, 80 * number, number)
        assert found["state"] == ("calibrated" if number > 1 else "not calibrated")
    assert (found["calibrated_ins"]["total"], found["calibrated_ins"]["error"]) == (200, 11)
    assert found["calibrated_outs"]["total"] == 160
    entries = (await client.get("/api/v1/audit", params={"site": "ramsey"})).json()["items"]
    acts = [each["act"] for each in entries if "hand count" in each["act"]]
    assert sorted(acts) == ["begin hand count"] * 2 + ["end hand count"] * 2


@pytest.mark.cases_full
async def test_nobody_counts_beside_a_counter_that_reports_late(client: httpx.AsyncClient, edge: FakeEdge) -> None:
    state = DeviceState(device="side-counter", kind="counter", seq=1, at=NOW, values={"heard": NOW.isoformat()})
    await edge.say_state(state)

    async def refused() -> bool:
        answer = await client.post(COUNTS, json={"counter": "side-counter"})
        return answer.status_code == 409 and "minutes after they passed" in answer.text

    await eventually(refused, what="the counter is known, and refused")


@pytest.mark.cases_full
@pytest.mark.parametrize("minutes", [2, 300])
async def test_a_count_that_is_too_short_or_too_long_is_refused(
    client: httpx.AsyncClient, clock: ManualClock, minutes: int
) -> None:
    count = await begun(client)
    clock.advance(minutes=minutes)
    refused = await client.post(f"{COUNTS}/{count['id']}/end", json={"ins": 1, "outs": 1})
    assert refused.status_code == 409
    assert (await listed(client))["hand_counts"] == 0


async def test_who_passes_after_the_phone_stopped_without_network_is_in_no_count(
    client: httpx.AsyncClient, edge: FakeEdge, clock: ManualClock
) -> None:
    count = await begun(client)
    clock.advance(minutes=14)
    await edge.send([crossing(1, ins=9, outs=8, total=(9, 8), at=clock.now())])
    clock.advance(minutes=1)
    stopped = {"ins": 10, "outs": 8, "ends_at": clock.now().isoformat()}
    clock.advance(minutes=20)
    await edge.send([crossing(2, ins=5, total=(14, 8), at=clock.now())])
    await edge.acknowledged(2)
    path, key = f"{COUNTS}/{count['id']}/end", {"Idempotency-Key": "0" * 32}
    later = stopped | {"ends_at": (clock.now() + timedelta(minutes=1)).isoformat()}
    assert (await client.post(path, json=later)).status_code == 422
    for _ in range(2):  # a phone that got no answer sends it again
        done = await client.post(path, json=stopped, headers=key)
        assert (done.status_code, done.json()["counted_ins"], done.json()["counted_outs"]) == (200, 9, 8)
    assert (await listed(client))["hand_counts"] == 1


async def test_what_the_counter_counted_has_to_be_here(
    client: httpx.AsyncClient, edge: FakeEdge, clock: ManualClock
) -> None:
    count = await begun(client)
    clock.advance(minutes=5)
    await edge.send([crossing(1, ins=3, total=(3, 0), at=clock.now())])
    await edge.acknowledged(1)
    clock.advance(minutes=10)
    path, counted = f"{COUNTS}/{count['id']}/end", {"ins": 9, "outs": 0}
    refused = await client.post(path, json=counted)
    assert (refused.status_code, "has not all arrived yet" in refused.text) == (409, True)
    await edge.send([crossing(2, ins=6, total=(9, 0), at=clock.now() - timedelta(seconds=30))])
    await edge.acknowledged(2)
    assert (await client.post(path, json=counted)).json()["counted_ins"] == 9


async def test_a_count_in_which_the_counter_had_a_fault_is_refused(
    client: httpx.AsyncClient, edge: FakeEdge, clock: ManualClock
) -> None:
    count = await begun(client)
    for seq, blocked in ((1, True), (2, False)):
        clock.advance(minutes=7)
        fault = FaultData(code=FaultCode.BEAM_BLOCKED, part="a", present=blocked)
        await edge.send([event(seq, fault, at=clock.now(), device="front-beams")])
        await edge.acknowledged(seq)
    refused = await client.post(f"{COUNTS}/{count['id']}/end", json={"ins": 9, "outs": 0})
    assert (refused.status_code, "had a fault meanwhile" in refused.text) == (409, True)


@pytest.mark.cases_full
async def test_the_count_of_an_edge_that_is_offline_waits_until_it_is_back(
    client: httpx.AsyncClient, edge: FakeEdge, clock: ManualClock
) -> None:
    count = await begun(client)
    clock.advance(minutes=15)

    async def ended() -> httpx.Response:
        return await client.post(f"{COUNTS}/{count['id']}/end", json={"ins": 1, "outs": 1})

    await edge.say_status(online=False)

    async def away() -> bool:
        edges = (await client.get("/api/v1/sites/ramsey/now")).json()["edges"]
        return not edges[0]["online"]

    await eventually(away, what="the edge is offline")
    refused = await ended()
    assert (refused.status_code, "end the count once it is back" in refused.text) == (409, True)
    await edge.say_status()

    async def done() -> bool:
        return (await ended()).status_code == 200

    await eventually(done, what="the count has ended")
    assert (await ended()).status_code == 409


@pytest.mark.cases_full
async def test_a_count_beside_a_counter_with_a_fault_is_refused(
    client: httpx.AsyncClient, edge: FakeEdge, clock: ManualClock
) -> None:
    count = await begun(client)
    clock.advance(minutes=15)
    since = clock.now().isoformat()
    await edge.say_state(
        DeviceState(device="front-beams", kind="counter", seq=2, at=clock.now(), values={"not_counting_since": since})
    )

    async def known() -> bool:
        counters = (await client.get("/api/v1/sites/ramsey/now")).json()["counters"]
        return bool(counters[0]["not_counting_since"])

    await eventually(known, what="the fault is known")
    refused = await client.post(f"{COUNTS}/{count['id']}/end", json={"ins": 1, "outs": 1})
    assert (refused.status_code, "does not count" in refused.text) == (409, True)


@pytest.mark.cases_full
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.post(COUNTS, json={"counter": "no-beams"})).status_code == 404
    assert (await client.post(f"{COUNTS}/no-count/end", json={"ins": 1, "outs": 1})).status_code == 404


def test_keys_are_counted_and_taken_back() -> None:
    keys, said = iter("iixoOuie"), list[str]()
    assert tally(lambda: next(keys), said.append) == (3, 1)
    assert said[-1] == "3 in, 1 out"


@pytest.mark.cases_full
async def test_at_a_terminal(client: httpx.AsyncClient, hub: Hub) -> None:
    async with serving(hub.app) as address:
        env = {"HALLKEEPER_TOKEN": client.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}

        def run(*words: str, keys: str = "") -> str:
            done = CliRunner().invoke(app, [*words, "--server", address], env=env, input=keys)
            return f"{done.output} {done.exception!r}"

        assert "not calibrated" in await asyncio.to_thread(run, "ramsey")
        assert "count for 15 minutes" in await asyncio.to_thread(run, "ramsey", "front-beams", keys="iioe")
