"""The record: who asked for what at the doors, why, and what came of it; for those who look after doors only."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.plans.commands import CommandOutcome
from tests.controller.clock import ManualClock
from tests.controller.plans.test_commands import until_outcome
from tests.controller.running import signed_in
from tests.controller.signin.signing import API, put_party, signed_in_as
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

Json = dict[str, Any]


async def ordered(client: httpx.AsyncClient, status: int = 201, **fields: object) -> Json:
    body = {"kind": "hold_open", "reason": "moving furniture"} | fields
    answer = await client.post(f"{API}/sites/ramsey/overrides", json=body)
    assert answer.status_code == status, answer.text
    made: Json = answer.json()
    return made


async def listed(client: httpx.AsyncClient, what: str, **params: str) -> Json:
    answer = await client.get(f"{API}/sites/ramsey/{what}", params=params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_acts_are_one_list_the_newest_first_in_pages(any_village: httpx.AsyncClient, clock: ManualClock) -> None:
    made: list[str] = []
    for kind in ("hold_open", "lock_down", "out_of_service"):
        made.append((await ordered(any_village, kind=kind))["id"])
        clock.advance(seconds=1)
    first = await listed(any_village, "acts", limit="2")
    rest = await listed(any_village, "acts", limit="2", after=first["next"])
    assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None
    (act,) = rest["items"]
    assert act == {
        "id": made[0],
        "at": "2026-11-25T12:00:00+00:00",
        "kind": "hold_open",
        "doors": ["front-door", "side-door"],
        "where": ["Front door", "Side door"],
        "whole": True,
        "until": "2026-11-25T13:00:00+00:00",
        "reason": "moving furniture",
        "actor": "Una Porter",
        "outcome": "stands",
        "text": "not on Front door and Side door yet",
    }


@pytest.mark.cases_full
async def test_what_came_of_a_command_is_in_the_list(hub: Hub, edge: FakeEdge, clock: ManualClock) -> None:
    commander = hub.container.mqtt.commander
    done = await commander.unlock("ramsey", "front-door", reason="parcel", actor="Una Porter")
    await until_outcome(hub, done, CommandOutcome.DONE)
    edge.obeys = False
    clock.advance(seconds=1)
    await commander.recount("ramsey", "main", "front-beams", 7, reason="counted", actor="Una Porter")
    async with signed_in(hub.app) as client:
        waiting, unlocked = (await listed(client, "acts"))["items"]
        assert (unlocked["kind"], unlocked["where"], unlocked["outcome"]) == ("unlock", ["Front door"], "done")
        assert (waiting["kind"], waiting["where"], waiting["outcome"]) == ("recount", ["Main"], "waiting")
        assert waiting["text"] == "7 people at front-beams"
        clock.advance(seconds=16)
        late = (await listed(client, "acts"))["items"][0]
        assert (late["outcome"], late["text"]) == ("expired", "not answered in time; it can no longer be carried out")


@pytest.mark.cases_full
async def test_an_end_is_listed_with_who_and_why(any_village: httpx.AsyncClient, clock: ManualClock) -> None:
    made = await ordered(any_village, doors=["front-door"], minutes=30)
    clock.advance(minutes=5)
    answer = await any_village.post(f"{API}/overrides/{made['id']}/end", json={"reason": "all in"})
    assert (answer.json()["stands"], answer.json()["ended_reason"]) == (False, "all in")
    (act,) = (await listed(any_village, "acts"))["items"]
    assert (act["outcome"], act["text"]) == ("ended", "ended 12:05 by Una Porter: all in")
    again = await ordered(any_village, doors=["front-door"], minutes=30)
    clock.advance(minutes=30)
    act = (await listed(any_village, "acts"))["items"][0]
    assert (act["id"], act["outcome"]) == (again["id"], "over")
    assert act["text"] == "expired; it was never on 1 of 1 doors"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": None}, "reason"),
        ({"kind": "open"}, "kind"),
        ({"doors": []}, "doors"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 30, "ends": "2026-11-25T13:00"}, "minutes"),
        ({"ends": "2026-11-25T11:59"}, "ends"),
        ({"ends": "soon"}, "ends"),
        ({"ends": "2027-03-28T01:30"}, "ends"),
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused_by_field(
    village: httpx.AsyncClient, fields: Json, field: str
) -> None:
    refused = await ordered(village, 422, **fields)
    assert {each["field"].split(".")[0] for each in refused["errors"]} == {field}


@pytest.mark.parametrize("kind", ["recount", "restart", "self_test"])
async def test_an_edge_that_was_never_heard_of_is_offline(village: httpx.AsyncClient, kind: str) -> None:
    body = {"kind": kind, "reason": "look", "counter": "front-beams", "inside": 3}
    answer = await village.post(f"{API}/sites/ramsey/edges/pi-front/commands", json=body)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:hallkeeper:problem:offline")
    assert "it is not online, it has never connected" in answer.json()["detail"]
    assert (await village.post(f"{API}/sites/ramsey/edges/attic/commands", json=body)).status_code == 404


async def test_a_re_count_names_what_it_lacks(village: httpx.AsyncClient) -> None:
    for body, field in (({"inside": 3}, "counter"), ({"counter": "front-beams"}, "inside")):
        wish = {"kind": "recount", "reason": "look"} | body
        answer = await village.post(f"{API}/sites/ramsey/edges/pi-front/commands", json=wish)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_who_and_why_are_for_those_who_look_after_doors(app: FastAPI, village: httpx.AsyncClient) -> None:
    await put_party(village, "choir")
    made = await ordered(village)
    for role, fields in (("wall", {}), ("group_leader", {"party": "choir"})):
        async with signed_in_as(app, village, role, **fields) as client:
            assert (await client.get(f"{API}/sites/ramsey/acts")).status_code == 403
            assert (await client.get(f"{API}/sites/ramsey/overrides")).status_code == 403
            for path, body in (
                ("/sites/ramsey/overrides", {"kind": "hold_open", "reason": "x"}),
                (f"/overrides/{made['id']}/end", {}),
                ("/sites/ramsey/doors/front-door/commands", {"kind": "unlock", "reason": "x"}),
                ("/sites/ramsey/edges/pi-front/commands", {"kind": "restart", "reason": "x"}),
            ):
                assert (await client.post(f"{API}{path}", json=body)).status_code == 403
    async with signed_in_as(app, village, "porter") as porter:
        (seen,) = (await listed(porter, "overrides"))["items"]
        assert (seen["reason"], seen["actor"]) == ("moving furniture", "Una Porter")
        assert len((await listed(porter, "acts"))["items"]) == 1
        await ordered(porter, kind="lock_down")
        assert (await porter.post(f"{API}/overrides/{made['id']}/end")).status_code == 200


async def test_a_porter_of_other_sites_touches_no_door(app: FastAPI, village: httpx.AsyncClient) -> None:
    await village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    made = await ordered(village)
    async with signed_in_as(app, village, "porter", sites=["wyton"]) as porter:
        assert (await porter.post(f"{API}/sites/ramsey/overrides", json={})).status_code == 403
        assert (await porter.post(f"{API}/overrides/{made['id']}/end")).status_code == 403
        assert (await porter.get(f"{API}/overrides/{made['id']}")).status_code == 403
        assert (await porter.get(f"{API}/sites/ramsey/acts")).status_code == 403
