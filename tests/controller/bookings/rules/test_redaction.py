"""What a booker learns of the bookings of others: that the time is taken, and nothing else, wherever it says why."""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from controller.app.container import Container
from controller.bookings.diary.policy import ApprovalRule, Policy
from controller.bookings.diary.tables import bookings
from tests.controller.bookings.policing import put_policy
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, Json, act, apply_plan, book, compile_plan, wanted

SECRETS = ("zanzibar", "quagga", "narwhal", "scouts")
"""What nobody but the scouts and the managers may read, in small letters."""
TOLD = ("another booking", "taken")
"""What stands there instead."""
SAID_IN = frozenset({"reasons", "conflicts", "why", "lingering", "moves"})
"""Fields in which other bookings may come up."""
NOT_WALKED = frozenset(
    {
        *(("post", "/setup"), ("post", "/session"), ("delete", "/session"), ("post", "/enrol")),
        *(("delete", "/session/others"), ("delete", "/sessions/{session_id}"), ("post", "/session/password")),
        *(("post", f"/session/{what}{proof}") for what in ("mail", "email") for proof in ("", "/proof")),
        *(
            ("post", f"/session/second-{what}")
            for what in ("step", "factor", "factor/proof", "factor/remove", "factor/again")
        ),
        *(("post", f"/session/{what}") for what in ("accounts", "passkey", "passkey/again", "passkey/options")),
        *(("post", f"/session/oidc{what}") for what in ("", "/proof", "/again")),
        *(("post", "/passkeys"), ("post", "/passkeys/options"), ("patch", "/passkeys/{passkey_id}")),
        *(("post", "/passkeys/{passkey_id}/remove"), ("post", "/displays/pair")),
        *(("post", "/session/accounts/{account_id}/remove"), ("patch", "/session/notice-preferences")),
        *(("post", f"/invitations/{what}") for what in ("look", "mail", "accept")),
        *(("post", f"/hire-requests{path}") for path in ("", "/check", "/proof", "/proof/check")),
        ("post", "/parties/{party}/leave"),
        ("post", "/bookings/{booking_id}/problem-reports"),
        ("put", "/bookings/{booking_id}/problem-reports/{report_id}/content"),
        ("post", "/sites/{site}/induction/results"),
        *(("post", "/tokens"), ("delete", "/tokens/{token_id}")),
        *(("post", "/subscriptions"), ("delete", "/subscriptions/{subscription_id}")),
    }
)
"""Signing in and out, and letting a Pi in; links, which answer no more than their address;
one's own answers to an induction; one's own accounts, groups and choices; what strangers ask, where the site's policy
lets them; what is broken, which answers the report alone."""
WISH = wanted(title="Ours", starts="2026-11-26T18:30", ends="2026-11-26T19:30", equipment={"chair": 30})
"""What meets the scouts in the hall, at the chairs and beside the studio."""
STUDIO = {"space": "studio", "starts": "2026-11-26T20:10", "ends": "2026-11-26T21:00"}
WEEKLY = {
    "space": "hall",
    "title": "Ours",
    "first_starts": "2026-11-26T18:30",
    "first_ends": "2026-11-26T19:30",
    "rule": "FREQ=WEEKLY;COUNT=2",
}
SEEK = {"starts": "2026-11-26T18:30", "ends": "2026-11-26T19:30", "people": 50}


@pytest.fixture
async def choir(app: FastAPI, village: httpx.AsyncClient, container: Container) -> AsyncIterator[httpx.AsyncClient]:
    """The choir's leader, at a hub that the scouts have taken, where all that fits is confirmed."""
    await put_party(village, "choir")
    await put_party(village, "scouts", contact_name="Mrs Quagga")
    await put_policy(container, Policy(rules=(ApprovalRule(name="all"),)))
    studio = {"name": "Studio", "doors": ["front-door"], "setup_min": 30, "cleardown_min": 30}
    await village.put(f"{API}/sites/{SITE}/spaces/studio", json=studio)
    await village.put(f"{API}/sites/{SITE}/spaces/desks", json={"name": "Desks", "kind": "pool", "pool_size": 4})
    await village.put(f"{API}/sites/{SITE}/equipment/chair", json={"name": "Chair", "count": 40})
    async with signed_in_as(app, village, "group_leader", party="choir") as client:
        yield client


async def _taken(village: httpx.AsyncClient, container: Container, **changes: object) -> Json:
    """A booking of the scouts that an outside diary has put there."""
    theirs = {"title": "Zanzibar", "contact_name": "Mrs Quagga", "notes": "Narwhal", "party": "scouts"}
    made = await book(village, **theirs | changes)
    async with container.database.write() as tx:
        await tx.execute(update(bookings).where(bookings.c.id == made["id"]).values(diary="the Narwhal Surgery"))
    return made


async def _furnished(choir: httpx.AsyncClient, village: httpx.AsyncClient, container: Container) -> dict[str, str]:
    """What the choir has, by the name of a path's parameter, with the scouts in the way of all of it."""
    old = await book(choir, title="Ours", space="yard", starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    series = await choir.post(f"{API}/sites/{SITE}/series", json=WEEKLY | {"space": "yard"})
    assert series.status_code == 201, series.text
    await act(choir, old, "cancel")
    await choir.post(f"{API}/series/{series.json()['id']}/cancel")
    for yard in ({"starts": "2026-11-27T18:00", "ends": "2026-11-27T20:00"}, {}):
        await _taken(village, container, space="yard", **yard)
    await _taken(village, container, equipment={"chair": 20})
    await _taken(village, container, space="studio")
    await _taken(village, container, space="desks", seats=4)
    early = await _taken(village, container, starts="2026-11-26T20:30", ends="2026-11-26T22:00")
    for version in (1, 2):
        await compile_plan(container, version)
        if version == 1:
            await apply_plan(container, version)
            await act(village, early, "cancel")
    mine = await book(choir, title="Ours", starts="2026-11-26T20:30", ends="2026-11-26T21:30")
    assert mine["lingering"][0].startswith("the code of another booking (cancelled) still opens Front door")
    waits = await choir.post(f"{API}/sites/{SITE}/waiting", json=WISH)
    assert waits.status_code == 201, waits.text
    return {
        "site": SITE,
        "booking_id": mine["id"],
        "gone": old["id"],
        "series_id": series.json()["id"],
        "wait_id": waits.json()["id"],
        "kind": "show",
    }


SPAN = {"from": "2026-11-25", "to": "2026-12-12"}
Asked = list[dict[str, Any]]
REQUESTS: dict[tuple[str, str], Asked] = {
    ("get", "/sites/{site}/bookings"): [SPAN, SPAN | {"party": "scouts"}],
    ("post", "/sites/{site}/bookings"): [WISH, WISH | STUDIO, WISH | {"space": "desks", "seats": 1}],
    ("get", "/sites/{site}/requests"): [{}],
    ("get", "/sites/{site}/bookings/search"): [{"text": "Ours"}, {"text": "choir"}],
    ("get", "/bookings/search"): [{"text": "Ours"}, {"text": "choir"}],
    ("post", "/bookings/search"): [{"digits": "12"}],
    ("post", "/bookings/search/text"): [{"text": "Ours"}, {"text": "choir", "site": SITE}],
    ("get", "/requests"): [{}],
    ("get", "/my/bookings"): [{}, {"over": "true"}],
    ("get", "/my/waiting"): [{}],
    ("post", "/sites/{site}/bookings/check"): [WISH, WISH | STUDIO, WISH | {"starts": "2026-11-26T21:40"} | STUDIO],
    ("get", "/bookings/{booking_id}"): [{}],
    ("patch", "/bookings/{booking_id}"): [
        {"starts": WISH["starts"], "ends": WISH["ends"]},
        {"version": 99, "title": "Others"},
    ],
    ("get", "/bookings/{booking_id}/log"): [{}],
    ("post", "/bookings/{booking_id}/code"): [{}],
    ("post", "/bookings/{booking_id}/code/reissue"): [{"reason": "A lost note"}],
    ("post", "/bookings/{booking_id}/links/{kind}/renew"): [{}],
    ("post", "/series/{series_id}/links/{kind}/renew"): [{}],
    ("post", "/bookings/{booking_id}/offline-code"): [{}],
    ("post", "/bookings/{booking_id}/finish"): [{}],
    ("post", "/bookings/{booking_id}/check-in"): [{}],
    ("delete", "/bookings/{booking_id}/check-in"): [{}],
    ("post", "/bookings/{gone}/restore"): [{}],
    ("post", "/sites/{site}/series/check"): [WEEKLY, WEEKLY | {"otherwise": "skip"}],
    ("post", "/sites/{site}/series"): [WEEKLY, WEEKLY | {"otherwise": "hold"}],
    ("get", "/series/{series_id}"): [{}],
    ("post", "/series/{series_id}/code"): [{}],
    ("post", "/series/{series_id}/restore"): [{}],
    ("patch", "/series/{series_id}"): [
        {"scope": "all", "space": "hall", "check": True},
        {"scope": "all", "space": "hall"},
        {"scope": "all", "space": "hall", "otherwise": "keep"},
    ],
    ("post", "/series/{series_id}/cancel"): [{}],
    ("get", "/sites/{site}/free"): [SPAN],
    ("get", "/free"): [SPAN],
    ("get", "/sites/{site}/hours/{day}"): [{}],
    ("post", "/sites/{site}/bookings/instead"): [WISH, WISH | STUDIO],
    ("post", "/find"): [SEEK],
    ("post", "/find/series"): [
        {"people": 50, "first_starts": WEEKLY["first_starts"], "first_ends": WEEKLY["first_ends"], "weeks": 2}
    ],
    ("post", "/sites/{site}/waiting"): [WISH, WISH | {"people": 500}],
    ("post", "/waiting/{wait_id}/restore"): [{}],
    ("post", "/waiting/{wait_id}/accept"): [{}],
    ("post", "/waiting/{wait_id}/decline"): [{}],
    ("delete", "/waiting/{wait_id}"): [{}],
    ("post", "/sites/{site}/quote"): [{name: value for name, value in WISH.items() if name != "title"}],
    ("get", "/bookings/{booking_id}/quote"): [{}],
    ("post", "/bookings/{booking_id}/cancel"): [{}],
    ("post", "/bookings/{booking_id}/restore"): [{}],
}
"""What the choir asks, in this order."""
MEETS = frozenset(
    {
        ("get", "/sites/{site}/bookings"),
        ("post", "/sites/{site}/bookings"),
        ("post", "/sites/{site}/bookings/check"),
        ("patch", "/bookings/{booking_id}"),
        ("post", "/bookings/{gone}/restore"),
        ("post", "/sites/{site}/series/check"),
        ("post", "/sites/{site}/series"),
        ("patch", "/series/{series_id}"),
        ("post", "/series/{series_id}/restore"),
        ("post", "/sites/{site}/bookings/instead"),
        ("post", "/find/series"),
    }
)
"""Where the answer tells of the scouts' bookings."""


async def test_a_booker_learns_nothing_of_others_from_any_route_that_gives_reasons(
    app: FastAPI, choir: httpx.AsyncClient, village: httpx.AsyncClient, container: Container
) -> None:
    known = await _furnished(choir, village, container) | {"day": "2026-11-26"}
    for (method, path), asked in REQUESTS.items():
        text = ""
        for each in asked:
            address, body = API + path.format_map(known), None if method == "get" else each
            answer = await choir.request(method, address, params=each if body is None else None, json=body)
            assert answer.status_code not in (403, 404, 405, 422), f"{method} {path}: {answer.text}"
            text += answer.text.lower()
        assert [word for word in SECRETS if word in text] == [], f"{method} {path}: {text}"
        assert (method, path) not in MEETS or any(word in text for word in TOLD), f"{method} {path}: {text}"


@pytest.mark.cases_full
async def test_every_route_that_gives_reasons_is_walked_or_closed_to_bookers(
    choir: httpx.AsyncClient, openapi: Json
) -> None:
    known = dict.fromkeys(("booking_id", "series_id", "wait_id"), "01a21293-b600-75c8-a29c-459564e966c2")
    known |= {"site": SITE, "space": "hall", "door": "front-door", "party": "scouts"}
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            route = (method, path.removeprefix(API))
            if route in REQUESTS or route in NOT_WALKED or (method == "get" and not _says(operation, openapi)):
                continue
            address = path.format_map(defaultdict(lambda: "x", known))
            answer = await choir.request(method, address, json={})
            assert answer.status_code == 403, f"{route} is open to bookers, so it belongs to the walk: {answer.text}"


def _says(operation: Json, document: Json) -> bool:
    """Whether what it answers has a field in which other bookings may come up."""
    schemas, seen = document["components"]["schemas"], set[str]()

    def names(schema: Json) -> set[str]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name in seen:
                return set()
            seen.add(name)
            return names(schemas[name])
        inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
        inner += [schema["items"]] if "items" in schema else []
        return set(schema.get("properties", ())).union(*(names(each) for each in inner))

    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    kinds = [content.get("schema", {}) for answer in answers for content in answer.get("content", {}).values()]
    return any(names(each) & SAID_IN for each in kinds)


async def test_a_booker_sees_how_many_places_of_a_pool_are_taken(
    choir: httpx.AsyncClient, village: httpx.AsyncClient, container: Container
) -> None:
    """Whether they said so by places or by people: what is left of the pool depends on it."""
    for people in ({"people": 2}, {"people": 1, "seats": 1}):
        await _taken(village, container, space="desks", **people)
    query = {"from": "2026-11-26T00:00", "to": "2026-11-27T00:00"}
    for client in (choir, village):
        items = (await client.get(f"{API}/sites/{SITE}/bookings", params=query)).json()["items"]
        desks = [each for each in items if each["space"] == "desks"]
        taken = [each["seats"] if each["seats"] is not None else each["people"] for each in desks]
        assert sorted(taken) == [1, 2]
    assert {each["people"] for each in items} >= {1, 2}, "the manager reads how many people"
    theirs = (await choir.get(f"{API}/sites/{SITE}/bookings", params=query)).json()["items"]
    assert {each["people"] for each in theirs} == {None}
