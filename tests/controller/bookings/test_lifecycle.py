"""The course of a booking: asked for, held, approved or declined, cancelled, given back early, checked in, undone;
who may do each, and what it says of itself on the way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select, update

from controller.app.container import Container
from controller.bookings.diary.model import BookingState, Changed
from controller.bookings.diary.policy import ApprovalRule, Policy
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.diary.tables import bookings, claims
from controller.db.engine import Tx
from tests.controller.access.test_door_page import see
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import (
    API,
    SITE,
    Json,
    act,
    apply_plan,
    book,
    change,
    code_of,
    compile_plan,
    look,
    post,
    wanted,
)

SHORT = Policy(rules=(ApprovalRule(name="two hours", most_minutes=120, most_people=30, no_under_16s=True),))
"""Confirms short bookings of few people at once."""
LONG = {"ends": "2026-11-26T21:00", "people": 20}
"""What it does not confirm."""


@pytest.fixture
async def choir(app: FastAPI, village: httpx.AsyncClient, container: Container) -> AsyncIterator[httpx.AsyncClient]:
    """The choir's leader, who books at Ramsey, where short bookings are confirmed at once."""
    await put_party(village, "choir", tier="partner")
    await put_policy(container, SHORT)
    async with signed_in_as(app, village, "group_leader", party="choir") as client:
        yield client


@pytest.fixture
async def any_choir(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container
) -> AsyncIterator[httpx.AsyncClient]:
    await put_party(any_village, "choir", tier="partner")
    await put_policy(any_container, SHORT)
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as client:
        yield client


async def log(client: httpx.AsyncClient, booking: Json) -> list[tuple[str, str]]:
    answer = await client.get(f"{API}/bookings/{booking['id']}/log")
    return [(each["what"], each["reason"]) for each in answer.json()["items"]]


async def holds(container: Container, booking: Json) -> bool:
    async with container.database.read() as tx:
        found = await tx.execute(select(claims.c.atom).where(claims.c.booking_id == booking["id"]))
        return found.first() is not None


# Made


async def test_a_booking_that_fits_a_rule_is_confirmed_at_once(choir: httpx.AsyncClient) -> None:
    made = await book(choir, people=20)
    assert (made["status"], made["party"], made["party_name"], made["party_tier"]) == (
        "confirmed",
        "choir",
        "Choir",
        "partner",
    )
    assert made["code"] is not None
    assert made["actions"] == ["change", "cancel"]


async def test_a_booking_that_fits_no_rule_is_held_with_reason_and_end(
    any_choir: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_choir, **LONG)
    assert (made["status"], made["code"], made["held_until"]) == ("held", None, "2026-11-26T18:00:00+00:00")
    assert made["why"] == "needs approval: longer than 2 hours, which “two hours” does not confirm at once"
    assert made["on_door"] == {"state": "none", "text": "not confirmed; no door has its code", "doors": []}
    assert "Not confirmed yet. The time is kept for you until 18:00 on Thu 26 Nov" in made["message"]
    assert await look(any_choir, made) == made
    assert await holds(any_container, made)
    assert (await post(any_choir, title="Late", starts="2026-11-26T20:00", ends="2026-11-26T21:30")).status_code == 409


async def test_a_request_that_holds_nothing_leaves_the_time_to_others(
    any_choir: httpx.AsyncClient, any_container: Container, any_village: httpx.AsyncClient
) -> None:
    await put_policy(any_container, Policy(requests_hold=False))
    first, second = await book(any_choir), await book(any_choir, title="Second choir")
    assert (first["status"], first["held_until"]) == ("requested", None)
    assert not await holds(any_container, first)
    assert "The time is not kept for you" in first["message"]
    await act(any_village, second, "approve")
    refused = await act(any_village, first, "approve", 409)
    assert [each["title"] for each in refused["conflicts"]] == ["Second choir"]


async def test_a_manager_is_confirmed_at_once_and_by_the_rules_only_where_he_says_so(
    choir: httpx.AsyncClient, village: httpx.AsyncClient
) -> None:
    assert (await book(village, party="choir", **LONG))["status"] == "confirmed"
    asked = await book(village, party="choir", space="studio", by_rules=True, **LONG)
    assert asked["status"] == "held"


async def test_a_hold_of_what_has_begun_lasts_to_its_end(choir: httpx.AsyncClient) -> None:
    made = await book(choir, starts="2026-11-25T11:00", ends="2026-11-25T15:00")
    assert (made["status"], made["held_until"]) == ("held", "2026-11-25T15:00:00+00:00")


async def test_all_that_was_asked_comes_back(village: httpx.AsyncClient) -> None:
    layouts = [{"id": "theatre", "name": "Theatre", "capacity": 50, "setup_min": 20, "cleardown_min": 0}]
    hall = {"name": "Hall", "doors": [], "layouts": layouts, "cleardown_min": 15}
    await village.put(f"{API}/sites/{SITE}/spaces/hall", json=hall)
    await village.put(f"{API}/sites/{SITE}/equipment/chairs", json={"name": "Chairs", "count": 80})
    await put_party(village, "choir")
    given: dict[str, object] = {
        "party": "choir",
        "contact_name": "Cora Lee",
        "contact_phone": "01487 555 020",
        "contact_email": "cora@example.org",
        "key_holder": "Cora",
        "under_16s": True,
        "notes": "the piano, please\nand water",
        "people": 45,
        "layout": "theatre",
        "equipment": {"chairs": 45},
        "setup_min": 10,
        "cleardown_min": 30,
    }
    made = await book(village, **given)
    assert {name: made[name] for name in given} == given
    assert (made["layout_name"], made["setup_starts"], made["cleardown_ends"]) == (
        "Theatre",
        "2026-11-26T17:40:00+00:00",
        "2026-11-26T20:30:00+00:00",
    )
    assert await look(village, made) == made
    bare = await change(village, made, party=None, layout=None, equipment=None, setup_min=None, notes=None)
    assert (bare["party"], bare["layout"], bare["equipment"], bare["notes"]) == (None, None, {}, "")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("party", "Choir!", "small letters"),
        ("party", "nobody", "there is no party"),
        ("seats", 0, "at least 1"),
        ("equipment", {"chairs": 0}, "at least 1"),
        ("equipment", {"Chairs!": 1}, "small letters"),
        ("equipment", {f"thing-{number}": 1 for number in range(31)}, "at most 30"),
        ("setup_min", -1, "at least 0"),
        ("cleardown_min", 1441, "at most 1,440"),
        ("under_16s", "yes", "true or false"),
        ("notes", "x" * 2001, "at most 2,000 characters"),
        ("key_holder", "🎹" * 10_000, "at most 200 characters"),
        ("contact_email", "a\u202eb", "direction of reading"),
        ("contact_email", "not-an-email", "an e-mail address like name@example.org"),
    ],
)
async def test_a_field_that_cannot_be_is_named_with_its_limit(
    village: httpx.AsyncClient, field: str, value: object, message: str
) -> None:
    answer = await post(village, **{field: value})
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert error["field"].startswith(field)
    assert message in error["message"]


@pytest.mark.both_databases
async def test_a_refusal_has_all_its_reasons_in_words_and_figures(any_village: httpx.AsyncClient) -> None:
    made = await book(any_village)
    answer = await post(any_village, title="Fair", people=61, equipment={"stage": 1}, layout="round")
    assert answer.status_code == 409
    refused = answer.json()
    assert refused["type"].endswith(":clash")
    assert [each["kind"] for each in refused["reasons"]] == ["clash", "capacity", "layout", "equipment"]
    assert [each["id"] for each in refused["reasons"][0]["conflicts"]] == [made["id"]]
    assert (refused["reasons"][1]["asked"], refused["reasons"][1]["limit"]) == (61, 60)
    alone = await post(any_village, space="studio", layout="round")
    assert alone.json()["type"].endswith(":not-possible")
    assert "Studio cannot be booked like this: Studio has no layout “round”" in alone.json()["detail"]


async def test_a_check_tells_whether_it_needs_approval_and_writes_nothing(choir: httpx.AsyncClient) -> None:
    checked = (await choir.post(f"{API}/sites/{SITE}/bookings/check", json=wanted(**LONG))).json()
    assert (checked["free"], checked["needs_approval"]) == (True, True)
    assert [each["kind"] for each in checked["reasons"]] == ["approval"]
    assert (await choir.get(f"{API}/sites/{SITE}/requests")).json() == {"items": [], "next": None}


# Decided


async def test_an_approved_request_has_a_code_and_a_second_approval_changes_nothing(
    any_choir: httpx.AsyncClient, any_village: httpx.AsyncClient
) -> None:
    made = await book(any_choir, **LONG)
    assert (await look(any_village, made))["actions"] == ["change", "approve", "decline", "cancel"]
    approved = await act(any_village, made, "approve", reason="welcome back")
    assert (approved["status"], approved["held_until"]) == ("confirmed", None)
    assert approved["code"] is not None
    assert (await act(any_village, made, "approve"))["version"] == approved["version"]
    assert (await log(any_village, made))[1:] == [("approve", "welcome back")]


async def test_a_declined_request_says_why_and_frees_its_time(
    any_choir: httpx.AsyncClient, any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_choir, **LONG)
    assert (await act(any_village, made, "decline", 422))["errors"][0]["field"] in ("body", "reason")
    assert (await act(any_village, made, "decline", 422, reason="  "))["errors"][0]["field"] == "reason"
    declined = await act(any_village, made, "decline", reason="the floor is being laid")
    assert (declined["status"], declined["why"]) == ("declined", "the floor is being laid")
    assert "This request was declined: the floor is being laid." in declined["message"]
    assert (await act(any_village, made, "decline", reason="again"))["version"] == declined["version"]
    assert not await holds(any_container, made)
    await book(any_choir, title="Band")
    assert (
        "is confirmed; cancel it instead"
        in (await act(any_village, await book(any_village, space="yard"), "decline", 409, reason="no"))["detail"]
    )


async def test_a_decline_is_undone_to_a_request_while_its_time_is_free(
    choir: httpx.AsyncClient, village: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await book(choir, **LONG)
    await act(village, made, "decline", reason="no")
    clock.advance(hours=1)
    back = await act(village, made, "restore")
    assert (back["status"], back["held_until"]) == ("held", "2026-11-26T18:00:00+00:00")
    await act(village, made, "decline", reason="no")
    await book(village, title="Band")
    assert [each["title"] for each in (await act(village, made, "restore", 409))["conflicts"]] == ["Band"]


async def test_an_approval_is_undone_while_it_is_the_last_thing_done(
    choir: httpx.AsyncClient, village: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await book(choir, **LONG)
    approved = await act(village, made, "approve")
    assert "restore" in approved["actions"]
    back = await act(village, made, "restore")
    assert (back["status"], back["code"], back["on_door"]["state"]) == ("held", None, "gone")
    await act(village, made, "approve")
    clock.advance(minutes=1)
    renamed = await change(village, made, title="Singers")
    assert "restore" not in renamed["actions"]
    assert (await act(village, made, "restore"))["status"] == "confirmed"


@pytest.mark.parametrize("done", ["approve", "decline", "cancel"])
@pytest.mark.parametrize("hold_hours", [12, None])
async def test_an_undone_decision_restores_the_reason_and_the_end_of_the_hold(
    any_choir: httpx.AsyncClient,
    any_village: httpx.AsyncClient,
    any_container: Container,
    clock: ManualClock,
    done: str,
    hold_hours: int | None,
) -> None:
    await put_policy(any_container, Policy(rules=SHORT.rules, hold_hours=hold_hours))
    made = await book(any_choir, **LONG)
    clock.advance(hours=1)
    await act(any_village, made, done, reason="by mistake")
    clock.advance(minutes=1)
    back = await act(any_village, made, "restore")
    assert made["why"].startswith("needs approval: longer than 2 hours")
    assert [back[name] for name in ("status", "why", "held_until")] == [
        made[name] for name in ("status", "why", "held_until")
    ]


async def test_a_hold_that_has_run_out_gives_way_and_can_be_approved_until_then(
    any_choir: httpx.AsyncClient, any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_policy(any_container, Policy(rules=SHORT.rules, hold_hours=2))
    first = await book(any_choir, **LONG)
    second = await book(any_choir, space="studio", **LONG)
    clock.advance(hours=3)
    there = await look(any_choir, first)
    assert there["status"] == "expired"
    assert "Nobody decided on this request in time" in there["message"]
    waiting = (await any_village.get(f"{API}/sites/{SITE}/requests")).json()["items"]
    assert [each["status"] for each in waiting] == ["expired", "expired"]
    assert (await act(any_village, second, "approve"))["status"] == "confirmed"
    taken = await book(any_village, title="Band")
    assert taken["status"] == "confirmed"
    assert (await look(any_village, first))["status"] == "declined"
    assert (await log(any_village, first))[-1][0] == "expire"
    await act(any_village, first, "approve", 409)


async def test_a_list_of_requests_shows_deciders_what_prevents_each_approval(
    any_choir: httpx.AsyncClient, any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put_policy(any_container, Policy(rules=SHORT.rules, requests_hold=False))
    blocked = await book(any_choir, **LONG)
    free = await book(any_choir, space="studio", **LONG)
    band = await book(any_village, title="Band")
    items = (await any_village.get(f"{API}/sites/{SITE}/requests")).json()["items"]
    reasons = {each["id"]: each["reasons"] for each in items}
    assert reasons[free["id"]] == []
    [clash] = reasons[blocked["id"]]
    assert (clash["kind"], [each["id"] for each in clash["conflicts"]]) == ("clash", [band["id"]])
    refused = await any_village.post(f"{API}/bookings/{blocked['id']}/approve")
    assert refused.json()["reasons"] == [clash]
    assert refused.json()["detail"].endswith("Decline the request, or move it or what is in its way.")
    acts = {each["id"]: each["actions"] for each in items}
    assert acts[blocked["id"]] == ["change", "decline", "cancel"]
    assert "approve" in acts[free["id"]]
    own = (await any_choir.get(f"{API}/requests")).json()["items"]
    assert [each["reasons"] for each in own] == [[], []]


# Allowed


async def test_a_booker_books_for_their_own_party_and_decides_nothing(
    choir: httpx.AsyncClient, village: httpx.AsyncClient
) -> None:
    await put_party(village, "yoga")
    refused = await post(choir, party="yoga")
    assert refused.status_code == 403
    assert (await post(choir, overrule=True)).status_code == 403
    checked = await choir.post(f"{API}/sites/{SITE}/bookings/check", json=wanted(party="yoga"))
    assert checked.status_code == 403
    made = await book(choir, **LONG)
    for what in ("approve", "decline"):
        assert (await choir.post(f"{API}/bookings/{made['id']}/{what}", json={"reason": "me"})).status_code == 403
    assert (await choir.patch(f"{API}/bookings/{made['id']}", json={"party": "yoga"})).status_code == 403
    await act(village, made, "decline", reason="no")
    assert (await choir.post(f"{API}/bookings/{made['id']}/restore")).status_code == 403
    others = await book(village, space="yard", party="yoga")
    assert (await choir.post(f"{API}/bookings/{others['id']}/cancel")).status_code == 403
    assert (await look(choir, others))["actions"] == []


# Changed


async def test_a_change_that_the_rules_would_not_confirm_waits_for_approval_again(
    any_choir: httpx.AsyncClient, any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_choir, people=20)
    await compile_plan(any_container, 1)
    await apply_plan(any_container, 1)
    held = await change(any_choir, made, ends="2026-11-26T21:00")
    assert (held["status"], held["code"], held["version"]) == ("held", None, 2)
    assert "longer than 2 hours" in held["why"]
    assert held["on_door"]["text"].startswith("not confirmed, but its code still opens Front door and Side door")
    assert (await log(any_village, made))[-1] == ("move", held["why"])
    shorter = await change(any_choir, made, ends="2026-11-26T20:30")
    assert (shorter["status"], shorter["held_until"]) == ("held", held["held_until"])
    back = await change(any_choir, made, ends="2026-11-26T20:00")
    assert (back["status"], await code_of(any_choir, made), back["held_until"]) == ("confirmed", made["code"], None)
    again = await change(any_choir, made, starts="2026-11-26T18:30", ends="2026-11-26T20:30")
    assert (again["status"], await code_of(any_choir, made), again["why"]) == ("confirmed", made["code"], "")


async def test_a_request_that_becomes_shorter_goes_on_waiting(
    any_choir: httpx.AsyncClient, any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put_policy(any_container, Policy(rules=SHORT.rules, requests_hold=False))
    made = await book(any_choir, people=40)
    await book(any_village, title="Band")
    fewer = await change(any_choir, made, people=20)
    assert (fewer["status"], fewer["people"]) == ("requested", 20)
    shorter = await change(any_choir, made, ends="2026-11-26T19:00")
    assert shorter["status"] == "requested"


@pytest.mark.parametrize("who", ["choir", "village"])
async def test_a_hold_that_is_moved_ends_before_its_new_start(
    choir: httpx.AsyncClient, village: httpx.AsyncClient, who: str
) -> None:
    client = {"choir": choir, "village": village}[who]
    made = await book(choir, **LONG)
    assert made["held_until"] == "2026-11-26T18:00:00+00:00"
    earlier = await change(client, made, starts="2026-11-26T10:00", ends="2026-11-26T13:00")
    assert (earlier["status"], earlier["held_until"]) == ("held", "2026-11-26T10:00:00+00:00")


async def test_a_manager_changes_it_in_the_state_it_has(choir: httpx.AsyncClient, village: httpx.AsyncClient) -> None:
    made = await book(choir, people=20)
    assert (await change(village, made, ends="2026-11-26T22:00"))["status"] == "confirmed"
    asked = await book(choir, space="studio", **LONG)
    moved = await change(village, asked, starts="2026-11-26T17:00")
    assert (moved["status"], moved["code"]) == ("held", None)
    ruled = await change(village, made, people=31, by_rules=True)
    assert ruled["status"] == "held"


async def test_a_change_that_needs_no_more_time_or_space_is_not_judged(
    choir: httpx.AsyncClient, village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village, party="choir", people=50, ends="2026-11-26T22:00")
    await compile_plan(container, 1)
    await apply_plan(container, 1)
    for fields in ({"people": 40}, {"ends": "2026-11-26T21:00"}, {"title": "Singers"}, {"notes": "x"}):
        changed = await change(choir, made, **fields)
        assert changed["status"] == "confirmed", fields
    assert (await change(choir, made, people=45))["status"] == "held"


async def test_a_change_beside_the_time_leaves_the_code_on_its_door(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village)
    await compile_plan(container, 1)
    await apply_plan(container, 1)
    changed = await change(village, made, people=12, setup_min=15, equipment={})
    assert changed["on_door"]["state"] == "on"
    assert changed["setup_starts"] == "2026-11-26T17:45:00+00:00"


async def test_an_old_violation_does_not_block_a_change_of_another_field(village: httpx.AsyncClient) -> None:
    await book(village, ends="2026-11-26T19:00")
    hypothetical = {"starts": "2026-11-26T19:05", "ends": "2026-11-26T20:00", "setup_min": 15}
    assert (await post(village, title="Band", **hypothetical)).json()["type"].endswith(":not-possible")
    made = await book(village, title="Band", overrule=True, **hypothetical)
    assert made["overruled"] is True
    assert (await change(village, made, people=5))["status"] == "confirmed"
    await act(village, made, "cancel")
    assert (await act(village, made, "restore"))["overruled"] is True
    assert (await change(village, made, 409, setup_min=20))["reasons"][0]["kind"] == "buffer"


async def test_people_and_party_are_put_right_when_it_is_over(village: httpx.AsyncClient, clock: ManualClock) -> None:
    made = await book(village, people=10)
    clock.advance(days=2)
    assert (await change(village, made, people=90))["people"] == 90
    assert "is over" in (await change(village, made, 409, layout="x"))["detail"]


# Given up, given back, taken up again


async def test_a_request_is_cancelled_and_comes_back_as_one(choir: httpx.AsyncClient) -> None:
    made = await book(choir, **LONG)
    gone = await act(choir, made, "cancel", reason="found another")
    assert (gone["status"], gone["why"], gone["actions"]) == ("cancelled", "found another", ["restore"])
    assert (await act(choir, made, "restore"))["status"] == "held"
    approved = await book(choir, space="studio", people=20)
    await act(choir, approved, "cancel")
    assert (await act(choir, approved, "restore"))["status"] == "confirmed"


async def test_a_booking_that_a_booker_restores_is_judged_like_a_new_request(
    any_choir: httpx.AsyncClient, any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_choir, people=20)
    other = await book(any_choir, space="studio", people=20)
    for each in (made, other):
        await act(any_choir, each, "cancel")
    await put_policy(any_container, Policy(rules=(ApprovalRule(name="few", most_people=10),)))
    back = await act(any_choir, made, "restore")
    assert (back["status"], back["code"], back["held_until"]) == ("held", None, "2026-11-26T18:00:00+00:00")
    assert back["why"] == "needs approval: for more than 10 people, which “few” does not confirm at once"
    assert (await act(any_village, other, "restore"))["status"] == "confirmed"
    await act(any_village, other, "cancel")
    await put_policy(any_container, Policy(rules=(ApprovalRule(name="few", most_people=10),), requests_hold=False))
    assert (await act(any_choir, other, "restore"))["status"] == "requested"


async def test_an_early_finish_releases_the_rest_and_can_be_undone_while_that_is_free(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    made = await book(any_village)
    assert "has not begun" in (await act(any_village, made, "finish", 409))["detail"]
    clock.advance(hours=30, minutes=40, seconds=20)
    done = await act(any_village, made, "finish")
    assert (done["ends"], done["ends_before"]) == ("2026-11-26T18:41:00+00:00", "2026-11-26T20:00:00+00:00")
    assert done["code_window"]["ends"] == "2026-11-26T18:56:00+00:00"
    assert (await act(any_village, made, "finish"))["version"] == done["version"]
    clock.advance(minutes=1)
    assert (await look(any_village, made))["status"] == "finished"
    back = await act(any_village, made, "restore")
    assert (back["ends"], back["ends_before"], back["status"]) == ("2026-11-26T20:00:00+00:00", None, "confirmed")
    await act(any_village, made, "finish")
    await book(any_village, title="Band", starts="2026-11-26T19:00", ends="2026-11-26T20:00")
    assert [each["title"] for each in (await act(any_village, made, "restore", 409))["conflicts"]] == ["Band"]


async def test_a_finish_in_the_last_minute_changes_nothing(village: httpx.AsyncClient, clock: ManualClock) -> None:
    made = await book(village)
    clock.advance(hours=31, minutes=59, seconds=30)
    assert await act(village, made, "finish") == await look(village, made)


async def test_somebody_says_at_the_tablet_that_the_people_are_here(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await book(village)
    assert "not yet due" in (await act(village, made, "check-in", 409))["detail"]
    clock.advance(hours=29, minutes=45)
    there = await look(village, made)
    assert "check_in" in there["actions"]
    arrived = await act(village, made, "check-in")
    assert (arrived["status"], arrived["arrived_at"], arrived["arrived_how"]) == (
        "arrived",
        "2026-11-26T17:45:00+00:00",
        "tablet",
    )
    assert (await act(village, made, "check-in"))["version"] == arrived["version"]
    undone = await village.delete(f"{API}/bookings/{made['id']}/check-in")
    assert (undone.json()["status"], undone.json()["arrived_at"]) == ("confirmed", None)
    assert (await log(village, made))[-2:] == [("check in", ""), ("check out", "")]


async def put(container: Container, booking: Json, state: BookingState) -> None:
    """As the watcher for arrivals does."""
    async with container.database.write() as tx:
        mine = bookings.c.id == booking["id"]
        await tx.execute(update(bookings).where(mine).values(state=state.value, state_at=container.clock.now()))
        if state is BookingState.RELEASED:
            await tx.execute(delete(claims).where(claims.c.booking_id == booking["id"]))


@pytest.mark.both_databases
async def test_a_released_booking_can_be_restored_while_its_time_is_free(
    any_village: httpx.AsyncClient, any_app: FastAPI, any_container: Container, clock: ManualClock
) -> None:
    made = await book(any_village)
    clock.advance(hours=30, minutes=30)
    await put(any_container, made, BookingState.RELEASED)
    there = await look(any_village, made)
    assert (there["status"], there["code"], there["actions"]) == ("released", None, ["restore"])
    assert "others can have the time" in await see(any_app, made)
    back = await act(any_village, made, "restore")
    assert (back["status"], await code_of(any_village, made)) == ("confirmed", made["code"])
    await put(any_container, made, BookingState.RELEASED)
    await book(any_village, title="Band", starts="2026-11-26T19:00", ends="2026-11-26T20:00")
    await act(any_village, made, "restore", 409)


async def test_a_no_show_that_was_none_is_put_right_by_a_manager(
    choir: httpx.AsyncClient, village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    made = await book(choir, people=20)
    clock.advance(days=2)
    await put(container, made, BookingState.NO_SHOW)
    assert (await look(village, made))["actions"] == ["restore"]
    assert (await look(choir, made))["actions"] == []
    assert (await act(village, made, "restore"))["status"] == "finished"


@pytest.mark.parametrize(
    "state", [BookingState.DECLINED, BookingState.CANCELLED, BookingState.RELEASED, BookingState.NO_SHOW]
)
async def test_an_inactive_booking_can_only_be_restored(
    village: httpx.AsyncClient, container: Container, state: BookingState
) -> None:
    made = await book(village)
    await put(container, made, state)
    for what in ("approve", "finish", "check-in"):
        assert (await act(village, made, what, 409))["type"].endswith(":not-now")
    assert (await change(village, made, 409, title="x"))["type"].endswith(":not-now")


# Listed


async def test_a_list_of_a_party_tells_a_booker_of_no_other_than_their_own(
    choir: httpx.AsyncClient, village: httpx.AsyncClient
) -> None:
    await put_party(village, "scouts")
    await book(village, party="scouts")
    mine = await book(choir, space="studio")
    path = f"{API}/sites/{SITE}/bookings?from=2026-11-26&to=2026-11-27&party="
    found = {party: (await choir.get(path + party)).json()["items"] for party in ("choir", "scouts", "nobody")}
    assert ([each["id"] for each in found["choir"]], found["scouts"], found["nobody"]) == ([mine["id"]], [], [])
    assert len((await village.get(path + "scouts")).json()["items"]) == 1


async def test_the_list_can_be_of_a_party_and_of_some_states(
    choir: httpx.AsyncClient, village: httpx.AsyncClient
) -> None:
    held, confirmed = await book(choir, **LONG), await book(choir, space="studio", people=20)
    other = await book(village, space="yard")
    gone = await book(village, space="yard", starts="2026-11-26T08:00", ends="2026-11-26T09:00")
    await act(village, gone, "cancel")

    async def listed(**filters: str | list[str]) -> set[str]:
        params = {"from": "2026-11-26", "to": "2026-11-27", **filters}
        answer = await village.get(f"{API}/sites/{SITE}/bookings", params=params)
        assert answer.status_code == 200, answer.text
        return {each["id"] for each in answer.json()["items"]}

    assert await listed(party="choir") == {held["id"], confirmed["id"]}
    assert await listed(status="held") == {held["id"]}
    assert await listed(status=["held", "cancelled"]) == {held["id"], gone["id"]}
    assert await listed() == {held["id"], confirmed["id"], other["id"], gone["id"]}
    params = {"from": "2026-11-26", "to": "2026-11-27", "status": "maybe"}
    assert (await village.get(f"{API}/sites/{SITE}/bookings", params=params)).status_code == 422


@pytest.mark.cases_full
async def test_requests_of_all_sites_come_by_their_start_a_page_at_a_time(
    any_choir: httpx.AsyncClient, any_village: httpx.AsyncClient, any_app: FastAPI, clock: ManualClock
) -> None:
    await any_village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    await any_village.put(f"{API}/sites/wyton/spaces/hall", json={"name": "Hall", "doors": []})
    ids = []
    for day, site in ((28, SITE), (26, SITE), (27, "wyton"), (27, SITE)):
        body = wanted(starts=f"2026-11-{day}T18:00", ends=f"2026-11-{day}T21:00", by_rules=True)
        answer = await any_village.post(f"{API}/sites/{site}/bookings", json=body)
        assert answer.json()["status"] == "held", answer.text
        ids.append((day, answer.json()["id"]))
    await book(any_village, space="studio")
    in_order = [each for _, each in sorted(ids)]

    async def all_pages(client: httpx.AsyncClient, path: str, limit: int) -> list[str]:
        found: list[str] = []
        after = None
        while True:
            params = {"limit": limit} | ({"after": after} if after else {})
            page = (await client.get(f"{API}{path}", params=params)).json()
            found += [each["id"] for each in page["items"]]
            after = page["next"]
            if after is None:
                return found

    assert await all_pages(any_village, "/requests", 500) == in_order
    assert await all_pages(any_village, "/requests", 3) == in_order
    here = [each for each in in_order if each != ids[2][1]]
    assert await all_pages(any_village, f"/sites/{SITE}/requests", 2) == here
    async with signed_in_as(any_app, any_village, "manager", sites=["wyton"]) as manager:
        assert await all_pages(manager, "/requests", 5) == [ids[2][1]]
        assert (await manager.get(f"{API}/sites/{SITE}/requests")).status_code == 403
    assert await all_pages(any_choir, "/requests", 5) == []
    mine = await book(any_choir, space="studio", starts="2026-11-29T18:00", ends="2026-11-29T21:00")
    assert await all_pages(any_choir, "/requests", 5) == [mine["id"]]
    clock.advance(days=20)
    assert await all_pages(any_village, "/requests", 5) == []
    assert (await any_village.get(f"{API}/requests?after=x")).status_code == 422


# Told


async def test_followers_hear_before_and_after_in_the_same_transaction(
    choir: httpx.AsyncClient, village: httpx.AsyncClient, container: Container
) -> None:
    heard: list[tuple[str, list[tuple[BookingState | None, BookingState]]]] = []
    failing = False

    async def follow(tx: Tx, site_config: SiteConfig, changes: Sequence[Changed], *, actor: str, now: datetime) -> None:
        assert (tx.in_transaction(), site_config.site.id, now) == (True, SITE, container.clock.now())
        heard.append((actor, [(each.before.state if each.before else None, each.after.state) for each in changes]))
        if failing:
            raise LookupError

    container.writer.when_bookings_change(follow)
    made = await book(choir, **LONG)
    await act(village, made, "approve")
    assert [each for _, each in heard] == [[(None, BookingState.HELD)], [(BookingState.HELD, BookingState.CONFIRMED)]]
    failing = True
    assert (await village.post(f"{API}/bookings/{made['id']}/cancel")).status_code == 500
    assert (await look(village, made))["status"] == "confirmed"


@pytest.mark.parametrize(
    ("what", "body", "says"),
    [
        (None, {}, "The time is kept for you until 18:00 on Thu 26 Nov, while somebody decides"),
        ("decline", {"reason": "the floor is being laid"}, "Choir was declined"),
        ("cancel", {}, "Choir is cancelled"),
        ("approve", {}, "Door code"),
    ],
)
async def test_the_door_page_tells_every_state(
    choir: httpx.AsyncClient,
    village: httpx.AsyncClient,
    app: FastAPI,
    what: str | None,
    body: Json,
    says: str,
) -> None:
    made = await book(choir, **LONG)
    if what:
        await act(village, made, what, **body)
    text = await see(app, made)
    assert says in text
    assert ("the floor is being laid" in text) == (what == "decline")
    assert ("Cancel this booking" in text) == (what in (None, "approve"))


@pytest.mark.both_databases
async def test_acts_at_once_end_in_one_state_with_a_line_for_each_that_did_something(
    any_choir: httpx.AsyncClient, any_village: httpx.AsyncClient
) -> None:
    made = await book(any_choir, **LONG)

    async def do(what: str) -> int:
        body = {"reason": "at once"} if what == "decline" else None
        return (await any_village.post(f"{API}/bookings/{made['id']}/{what}", json=body)).status_code

    answers = await asyncio.gather(*(do(what) for what in ("approve", "decline", "cancel") * 3))
    assert set(answers) <= {200, 409}
    there = await look(any_village, made)
    lines = await log(any_village, made)
    assert there["version"] == len(lines)
    assert there["status"] in ("declined", "cancelled")
