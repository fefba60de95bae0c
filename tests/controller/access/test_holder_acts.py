"""Reissued codes of staff, key holders and contractors are recorded, without their names."""

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.plans.repository import last_acts
from tests.controller.access.test_access import go_offline
from tests.controller.access.test_holders import CARD, make, send
from tests.controller.clock import ManualClock
from tests.controller.enrolment.test_rotating import carries_out_the_newest
from tests.controller.signin.signing import signed_in_as
from tests.controller.village import API, SITE, Json


async def acts(client: httpx.AsyncClient) -> list[Json]:
    answer = await client.get(f"{API}/sites/{SITE}/acts")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


@pytest.mark.cases_full
async def test_a_holders_reissue_is_recorded_as_open_until_each_door_has_it(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    made = await make(any_village)
    await go_offline(any_container, "pi-front", 1)
    await carries_out_the_newest(any_container)
    clock.advance(minutes=5)
    await send(any_village, "POST", f"{made['holder']['id']}/reissue", reason="seen by others", code=True)
    async with signed_in_as(any_app, any_village, "porter") as porter:
        [act] = await acts(porter)
    assert {name: act[name] for name in ("kind", "where", "reason", "outcome", "text")} == {
        "kind": "new_code",
        "where": ["Front door", "Side door"],
        "reason": "seen by others",
        "outcome": "waiting",
        "text": "a key holder has another code, card or PIN; the old one may still open Front door",
    }
    assert "Una" not in str({name: value for name, value in act.items() if name != "actor"})
    before = await any_container.database.run(last_acts, SITE)
    clock.advance(minutes=1)
    await carries_out_the_newest(any_container)
    [act] = await acts(any_village)
    assert (act["outcome"], act["text"].split("; ")[1]) == ("done", "the old one opens nothing")
    assert await any_container.database.run(last_acts, SITE) != before


@pytest.mark.parametrize(
    ("row", "number"), [("{},w26:118:1604,", 1), ("{},,yes", 0), (f"{{}},{CARD},", 0)], ids=["card", "code", "nothing"]
)
async def test_a_reissue_by_import_is_recorded_once_and_no_other_row_is(
    village: httpx.AsyncClient, row: str, number: int
) -> None:
    made = await make(village, card=CARD)
    text = f"id,card,code\n{row.format(made['holder']['id'])}\n"
    headers = {"Content-Type": "text/csv"}
    answer = await village.post(f"{API}/holders/import", content=text.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    assert len(await acts(village)) == number
