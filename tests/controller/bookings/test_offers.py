"""What an offer says of itself, and that nothing but an answer to it confirms it."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.bookings.diary.policy import ApprovalRule, Policy
from tests.controller.access.test_door_page import see
from tests.controller.bookings.policing import put_policy
from tests.controller.bookings.test_lifecycle import log
from tests.controller.clock import ManualClock
from tests.controller.find.waitlist.test_waitlist import now, say, wait
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, Json, act, book, change, look

UNTIL = "2026-11-26T12:00:00+00:00"


async def offer(client: httpx.AsyncClient, **changes: Any) -> tuple[Json, Json]:
    """A wait that has its time on offer, and the hold that is offered."""
    choir = await book(client)
    band = await wait(client, title="Band", **changes)
    await act(client, choir, "cancel")
    band = await now(client, band)
    assert band["state"] == "offered"
    return band, await look(client, {"id": band["booking"]})


async def test_an_offer_says_in_data_and_words_that_it_is_one_and_until_when(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    band, held = await offer(village)
    assert held["offer"] == {"wait": band["id"], "until": UNTIL}
    assert held["actions"] == ["accept_offer", "decline_offer"]
    says = "is offered to you until 12:00 on Thu 26 Nov: accept or decline it"
    assert says in held["message"]
    assert "somebody decides" not in held["message"]
    page = await see(app, held)
    assert says in page
    assert "Band is offered to you" in page
    assert await log(village, held) == [
        ("book", "it came free; offered until 12:00 on Thu 26 Nov: accept or decline it")
    ]
    listed = await village.get(f"{API}/sites/{SITE}/bookings", params={"from": "2026-11-26", "to": "2026-11-27"})
    assert [each["offer"] for each in listed.json()["items"] if each["id"] == held["id"]] == [held["offer"]]


@pytest.mark.parametrize(("answer", "acts"), [("accept", ["change", "cancel"]), ("decline", ["restore"])])
async def test_an_answered_offer_is_no_longer_shown(village: httpx.AsyncClient, answer: str, acts: list[str]) -> None:
    band, held = await offer(village)
    await say(village, band, answer)
    there = await look(village, held)
    assert there["offer"] is None
    assert set(acts) <= set(there["actions"])
    assert not {"accept_offer", "decline_offer"} & set(there["actions"])


async def test_an_accepted_offer_that_needs_approval_becomes_a_request(
    village: httpx.AsyncClient, container: Container
) -> None:
    await put_policy(container, Policy(rules=(ApprovalRule(name="Short", most_minutes=60),)))
    band, held = await offer(village, by_rules=True)
    await say(village, band, "accept")
    there = await look(village, held)
    assert (there["status"], there["offer"]) == ("held", None)
    assert "approve" in there["actions"]


async def test_an_offer_that_has_run_out_says_so_and_can_not_be_accepted(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    _, held = await offer(village, starts="2026-11-26T18:00", ends="2026-11-26T20:00")
    clock.advance(hours=24)
    there = await look(village, held)
    assert (there["status"], there["offer"]) == ("expired", None)
    says = "This time was offered to you, and nobody accepted it in time."
    assert says in there["message"]
    assert says in await see(app, held)


async def test_only_the_party_it_is_offered_to_and_managers_answer_an_offer_and_others_see_none(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    for party in ("choir", "scouts"):
        await put_party(village, party)
    _, held = await offer(village, party="scouts")
    async with signed_in_as(app, village, "group_leader", party="scouts") as scouts:
        assert (await look(scouts, held))["actions"] == ["accept_offer", "decline_offer"]
    async with signed_in_as(app, village, "group_leader", party="choir") as choir:
        other = await look(choir, held)
        assert (other["title"], other["offer"], other["actions"]) == ("Taken", None, [])
    async with signed_in_as(app, village, "wall") as reader:
        assert (await look(reader, held))["actions"] == []


async def test_no_change_confirms_an_offer_before_it_is_accepted(village: httpx.AsyncClient) -> None:
    band, held = await offer(village)
    for fields in ({"people": 5}, {"title": "Big band"}, {"starts": "2026-11-26T18:30"}):
        refused = await change(village, held, 409, **fields)
        assert "accept the offer first" in refused["detail"]
    assert (await now(village, band))["state"] == "offered"
    assert await look(village, held) == held
    await say(village, band, "accept")
    assert (await change(village, held, people=5))["people"] == 5


async def test_a_managers_approval_accepts_an_offer_and_says_so(village: httpx.AsyncClient) -> None:
    band, held = await offer(village)
    assert (await act(village, held, "approve"))["status"] == "confirmed"
    assert (await now(village, band))["state"] == "accepted"
    assert (await log(village, held))[-1] == ("approve", "this accepts the offer for the person who waited")


@pytest.mark.parametrize("done", ["approve", "decline", "cancel", "accept the offer", "decline the offer"])
async def test_undoing_an_answer_to_an_offer_leaves_it_as_it_was(
    village: httpx.AsyncClient, clock: ManualClock, done: str
) -> None:
    band, held = await offer(village)
    clock.advance(hours=1)
    if done.endswith("the offer"):
        await say(village, band, done.split()[0])
    else:
        await act(village, held, done, reason="by mistake")
    assert (await now(village, band))["state"] in {"accepted", "declined"}
    clock.advance(minutes=1)
    back = await act(village, held, "restore")
    for field in ("status", "held_until", "offer", "why", "actions"):
        assert back[field] == held[field], field
    again = await now(village, band)
    assert (again["state"], again["offered_until"]) == ("offered", UNTIL)
    assert (await say(village, band, "accept"))["state"] == "accepted"


async def test_an_offer_that_a_booker_cancels_and_takes_back_is_an_offer_and_not_confirmed(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    await put_party(village, "scouts")
    band, held = await offer(village, party="scouts")
    async with signed_in_as(app, village, "group_leader", party="scouts") as scouts:
        await act(scouts, held, "cancel")
        assert (await act(scouts, held, "restore"))["offer"] == held["offer"]
    assert (await now(village, band))["state"] == "offered"


async def test_an_expired_offer_returns_as_a_request(village: httpx.AsyncClient, clock: ManualClock) -> None:
    band, held = await offer(village, starts="2026-11-26T18:00", ends="2026-11-26T20:00")
    await act(village, held, "approve")
    clock.advance(hours=24)
    back = await act(village, held, "restore")
    assert (back["status"], back["offer"], back["held_until"]) == ("held", None, "2026-11-26T18:00:00+00:00")
    assert (await now(village, band))["state"] == "accepted"


async def test_undoing_the_approval_of_an_accepted_offer_offers_it_to_nobody(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await put_policy(container, Policy(rules=(ApprovalRule(name="Short", most_minutes=60),)))
    band, held = await offer(village, by_rules=True)
    await say(village, band, "accept")
    waits = await look(village, held)
    clock.advance(minutes=1)
    await act(village, held, "approve")
    back = await act(village, held, "restore")
    assert [back[name] for name in ("status", "held_until", "why")] == [
        waits[name] for name in ("status", "held_until", "why")
    ]
    assert back["offer"] is None
    assert (await now(village, band))["state"] == "accepted"
