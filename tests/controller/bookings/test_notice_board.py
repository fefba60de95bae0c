"""A notice board names what is public, and groups where the site's tablets do; of the rest it says only when."""

import httpx
import pytest

from tests.controller.signin.signing import put_party
from tests.controller.village import API, SITE, act, book


async def board(client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    span = {"from": "2026-11-26", "to": "2026-11-28"}
    answer = await client.get(f"{API}/sites/{SITE}/diary/whats-on", params=span)
    assert answer.status_code == 200, answer.text
    assert "Cora" not in answer.text
    return [(each["space"], each["starts"][11:16], each["who"]) for each in answer.json()["items"]]


@pytest.mark.cases_full
async def test_a_board_says_no_more_than_it_may(any_village: httpx.AsyncClient) -> None:
    await put_party(any_village, "choir", name="Great Whyte Choir")
    await put_party(any_village, "ann", kind="person", name="Ann Private")
    day, night = {"contact_name": "Cora Lee"}, "2026-11-27T{}:00"
    fair = {
        "title": "Fair of Cora",
        "listed_as": "Fair",
        "public": True,
        "starts": night.format("09"),
        "ends": night.format("10"),
    }
    await book(any_village, **day | fair)
    choir = {"title": "Secret rehearsal", "party": "choir", "starts": night.format("11"), "ends": night.format("12")}
    await book(any_village, **day | choir)
    ann = {"title": "Party", "party": "ann", "starts": night.format("13"), "ends": night.format("14")}
    await book(any_village, **day | ann)
    gone = await book(any_village, title="Gone", starts=night.format("15"), ends=night.format("16"))
    await act(any_village, gone, "cancel")
    quiz = {"title": "Cora's quiz", "public": True, "starts": night.format("19"), "ends": night.format("20")}
    await book(any_village, **day | quiz)
    asked = {"title": "Wish", "starts": night.format("17"), "ends": night.format("18"), "by_rules": True}
    await book(any_village, **asked)
    assert await board(any_village) == [
        ("hall", "09:00", "Fair"),
        ("hall", "11:00", ""),
        ("hall", "13:00", ""),
        ("hall", "19:00", ""),
    ]
    policy = (await any_village.get(f"{API}/sites/{SITE}/policy")).json() | {"tablet_names": True}
    assert (await any_village.put(f"{API}/sites/{SITE}/policy", json=policy)).is_success
    assert [who for *_, who in await board(any_village)] == ["Fair", "Great Whyte Choir", "", ""]


async def test_a_board_says_when_a_room_that_can_be_booked_is_closed_by_its_words_for_everybody(
    village: httpx.AsyncClient,
) -> None:
    office = {"name": "Yard", "bookable": False}
    assert (await village.put(f"{API}/sites/{SITE}/spaces/yard", json=office)).is_success
    for shut in (
        {"reason": "secret drain", "public_words": "drain works", "first": "2026-11-26", "last": "2026-11-26"},
        {"reason": "secret paint", "starts": "2026-11-27T10:00", "ends": "2026-11-27T12:00", "spaces": ["studio"]},
    ):
        assert (await village.post(f"{API}/sites/{SITE}/closures", json=shut)).status_code == 201
    span = {"from": "2026-11-26", "to": "2026-11-28"}
    answer = await village.get(f"{API}/sites/{SITE}/diary/whats-on", params=span)
    assert "secret" not in answer.text
    closed = {(each["space"], each["starts"][:13]) for each in answer.json()["closed"]}
    assert {each["starts"][:13]: each["words"] for each in answer.json()["closed"]} == {
        "2026-11-26T00": "drain works",
        "2026-11-27T10": "",
    }
    assert {("hall", "2026-11-26T00"), ("studio", "2026-11-26T00"), ("studio", "2026-11-27T10")} <= closed
    assert "yard" not in {space for space, _ in closed}
    assert ("hall", "2026-11-27T10") not in closed
