"""What only a door knew, over HTTP and at the terminal: who may see it, what is said and decided, and the record."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from controller.plans.cli import app
from controller.plans.restored import repository
from controller.plans.restored.model import Item, ItemKind, RestoredEntry
from controller.platform.settings import Settings
from edge.wire.codec import encode
from edge.wire.credentials import CredentialKind
from edge.wire.interval import Interval
from edge.wire.plan import Grant, GrantsPart, Override, OverrideKind, OverridesPart, Session, SessionsPart
from tests.controller.plans.restored.knowing import knows_more
from tests.controller.running import signed_in
from tests.controller.serving import serving
from tests.controller.signin.signing import API, put_party, signed_in_as
from tests.controller.telemetry.speaking import NOW
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

Json = dict[str, Any]
Run = Callable[..., asyncio.Future[Result]]
LOST = "0195c1a0-0000-7000-8000-000000000001"
WHEN = Interval(start=NOW + timedelta(hours=6), end=NOW + timedelta(hours=8))


@pytest.fixture
def settings(any_settings: Settings) -> Settings:
    """All of it on both databases."""
    return any_settings


def booking() -> dict[str, bytes]:
    kind = CredentialKind.BOOKING_CODE
    grant = Grant(door="front-door", key=bytes(32), kind=kind, windows=(WHEN,), booking=LOST)
    return {
        "lost": encode(GrantsPart(grants=(grant,))),
        "lost-session": encode(SessionsPart(sessions=(Session(booking=LOST, space="hall", window=WHEN),))),
    }


@pytest.fixture
async def admin(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(hub.app) as client:
        yield client


async def asked(client: httpx.AsyncClient, method: str, path: str, status: int = 200, **how: Any) -> Json:
    answer = await client.request(method, f"{API}{path}", **how)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.cases_full
async def test_it_is_listed_decided_and_on_the_record(hub: Hub, edge: FakeEdge, admin: httpx.AsyncClient) -> None:
    (entry,) = await knows_more(hub, edge, booking())
    (told,) = (await asked(admin, "GET", "/sites/ramsey/restored"))["items"]
    assert told | {"found_at": ""} == {
        "id": entry,
        "site": "ramsey",
        "kind": "booking",
        "gone": False,
        "doors": ["Front door"],
        "booking": LOST,
        "starts": "2026-11-25T18:00:00+00:00",
        "ends": "2026-11-25T20:00:00+00:00",
        "text": "A booking of Hall that the diary does not have, and its code opens",
        "found_at": "",
        "may_decide": True,
        "decision": None,
        "decided_at": None,
        "decided_by": None,
        "decided_reason": None,
    }
    now = await asked(admin, "GET", "/sites/ramsey/now")
    assert now["restored"] == 1
    assert "knew 1 thing that the database did not" in now["alerts"][0]["text"]
    assert (await asked(admin, "POST", f"/restored/{entry}/keep", 422, json={"reason": ""}))["errors"]
    kept = await asked(admin, "POST", f"/restored/{entry}/keep", json={"reason": "the choir is coming"})
    assert (kept["decision"], kept["decided_by"], kept["decided_reason"]) == (
        "keep",
        "Una Porter",
        "the choir is coming",
    )
    after = await asked(admin, "GET", "/sites/ramsey/now")
    assert (after["restored"], after["alerts"], after["acts"] != now["acts"]) == (0, [], True)
    (act,) = (await asked(admin, "GET", "/sites/ramsey/acts"))["items"]
    assert (act["kind"], act["where"], act["actor"], act["reason"], act["outcome"]) == (
        "keep_restored",
        ["Front door"],
        "Una Porter",
        "the choir is coming",
        "done",
    )
    assert act["text"] == told["text"]
    await asked(admin, "POST", f"/restored/{entry}/remove", json={"reason": "they called"})
    assert (await asked(admin, "GET", "/sites/ramsey/restored"))["items"] == []
    gone = await asked(admin, "POST", f"/restored/{entry}/keep", 409, json={"reason": "or not"})
    assert "Una Porter has removed it" in gone["detail"]
    assert (await asked(admin, "GET", f"/restored/{entry}"))["decision"] == "remove"
    await asked(admin, "GET", f"/restored/{LOST}", 404)


@pytest.mark.cases_full
async def test_bookings_that_share_a_code_are_all_carried(hub: Hub, edge: FakeEdge) -> None:
    kind, other = CredentialKind.BOOKING_CODE, LOST[:-1] + "2"
    late = Interval(start=WHEN.start + timedelta(hours=1), end=WHEN.end + timedelta(hours=1))
    given = tuple(
        Grant(door="front-door", key=bytes(32), kind=kind, windows=(window,), booking=each)
        for each, window in ((LOST, WHEN), (other, late))
    )
    assert len(await knows_more(hub, edge, {"lost": encode(GrantsPart(grants=given))})) == 2
    assert edge.plan is not None
    assert edge.plan.grant_count == 2


async def lists(hub: Hub, kinds: Sequence[ItemKind]) -> list[str]:
    """Have an entry of each kind in the list, one after another by their start; their ids."""
    made = [
        RestoredEntry(
            id=f"0195c1a0-0000-7000-8000-0000000000{number:02}",
            site="ramsey",
            kind=kind,
            subject=f"{number}",
            gone=False,
            found_at=NOW,
            starts=WHEN.start + timedelta(minutes=number // 2),  # in pairs, to be told apart by their ids
            ends=WHEN.end,
        )
        for number, kind in enumerate(kinds)
    ]
    part = OverridesPart(overrides=(Override(door="front-door", kind=OverrideKind.LOCK_DOWN, during=WHEN),))
    async with hub.container.database.write() as tx:
        await repository.add(tx, made)
        items = [
            Item(kind=each.kind, subject=each.subject, gone=False, door="front-door", during=WHEN, part=part)
            for each in made
        ]
        await repository.add_items(tx, "main", [(each, [item]) for each, item in zip(made, items, strict=True)])
    return [each.id for each in made]


PORTERS = {ItemKind.BOOKING, ItemKind.OVERRIDE, ItemKind.OFFLINE}
DECIDES = {"manager": set(ItemKind), "porter": PORTERS, "group_leader": set[ItemKind](), "wall": set[ItemKind]()}


@pytest.mark.cases_full
@pytest.mark.parametrize("role", DECIDES)
async def test_who_may_do_the_same_by_hand_decides_and_nobody_else(
    hub: Hub, admin: httpx.AsyncClient, role: str
) -> None:
    entries = dict(zip(ItemKind, await lists(hub, list(ItemKind)), strict=True))
    party = {}
    if role == "group_leader":
        await put_party(admin, "choir")
        party = {"party": "choir"}
    async with signed_in_as(hub.app, admin, role=role, **party) as client:
        sees = role in ("manager", "porter")
        found = await asked(client, "GET", "/sites/ramsey/restored", 200 if sees else 403)
        if sees:
            assert {each["kind"]: each["may_decide"] for each in found["items"]} == {
                kind: kind in DECIDES[role] for kind in ItemKind
            }
        for kind, entry in entries.items():
            for what in ("keep", "remove"):
                status = 200 if kind in DECIDES[role] else 403
                told = await asked(client, "POST", f"/restored/{entry}/{what}", status, json={"reason": "as agreed"})
                assert told["may_decide"] if status == 200 else "may not" in told["detail"], told
    left = await asked(admin, "GET", "/sites/ramsey/restored")
    undecided = set(ItemKind) - DECIDES[role]
    assert {each["kind"]: each["decision"] for each in left["items"]} == dict.fromkeys(undecided)


@pytest.mark.cases_full
async def test_a_refusal_says_what_it_takes(hub: Hub, admin: httpx.AsyncClient) -> None:
    person, hours = await lists(hub, [ItemKind.PERSON, ItemKind.HOURS])
    async with signed_in_as(hub.app, admin, role="porter") as porter:
        for entry, words in ((person, "may not decide who opens doors"), (hours, "may not change how things run")):
            told = await asked(porter, "POST", f"/restored/{entry}/keep", 403, json={"reason": "as agreed"})
            assert words in told["detail"]


@pytest.mark.cases_full
async def test_it_comes_in_pages_that_leave_nothing_out_though_somebody_decides_in_between(
    hub: Hub, admin: httpx.AsyncClient
) -> None:
    first, second, third, fourth, fifth = await lists(hub, [ItemKind.OVERRIDE] * 5)
    path = "/sites/ramsey/restored"
    await asked(admin, "POST", f"/restored/{first}/keep", json={"reason": "as agreed"})
    page = await asked(admin, "GET", path, params={"limit": 2})
    assert [each["id"] for each in page["items"]] == [second, third]
    await asked(admin, "POST", f"/restored/{third}/keep", json={"reason": "as agreed"})
    page = await asked(admin, "GET", path, params={"limit": 2, "after": page["next"]})
    assert [each["id"] for each in page["items"]] == [fourth, fifth]
    page = await asked(admin, "GET", path, params={"limit": 1, "after": page["next"]})
    assert [each["id"] for each in page["items"]] == [first]
    page = await asked(admin, "GET", path, params={"limit": 1, "after": page["next"]})
    assert ([each["id"] for each in page["items"]], page["next"]) == ([third], None)
    refused = await asked(admin, "GET", path, 422, params={"after": first})
    assert refused["errors"][0]["field"] == "after"


@pytest.mark.cases_full
async def test_it_is_listed_kept_and_removed_at_the_terminal(
    hub: Hub, edge: FakeEdge, admin: httpx.AsyncClient
) -> None:
    async with serving(hub.app) as address:
        env = {"HALLKEEPER_TOKEN": admin.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "250"}

        def run(*words: str) -> asyncio.Future[Result]:
            line = ["restored", *words, "--server", address]
            return asyncio.get_running_loop().run_in_executor(None, lambda: CliRunner().invoke(app, line, env=env))

        assert "No door knows anything that the database does not." in (await run("list", "ramsey")).stdout
        lock = Override(door="front-door", kind=OverrideKind.LOCK_DOWN, during=WHEN)
        (entry,) = await knows_more(hub, edge, {"overrides": encode(OverridesPart(overrides=(lock,)))})
        listed = (await run("list", "ramsey")).stdout
        assert entry in listed
        assert "Front door: locked down" in listed
        kept = await run("keep", entry, "--reason", "police ask for it")
        assert (kept.exit_code, "Kept until Wed 25 Nov 2026, 20:00: Front door: locked down" in kept.stdout) == (
            0,
            True,
        )
        assert "kept by Una Porter: police ask for it" in (await run("list", "ramsey")).stdout
        removed = await run("remove", entry, "--reason", "all clear")
        assert (removed.exit_code, "The doors are being updated." in removed.stdout) == (0, True)
        await hub.up_to_date()
        assert edge.plan is not None
        assert edge.plan.doors["front-door"].overrides == ()
