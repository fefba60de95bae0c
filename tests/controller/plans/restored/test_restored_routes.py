"""What only a door knew, over HTTP and at the terminal: who may see it, what is said and decided, and the record."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from controller.plans.cli import app
from edge.wire.codec import encode
from edge.wire.credentials import CredentialKind
from edge.wire.interval import Interval
from edge.wire.plan import Grant, GrantsPart, Override, OverrideKind, OverridesPart, Session, SessionsPart
from tests.controller.people.signing import API, signed_in_as
from tests.controller.plans.restored.knowing import knows_more
from tests.controller.running import signed_in
from tests.controller.serving import serving
from tests.controller.telemetry.speaking import NOW
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

Json = dict[str, Any]
Run = Callable[..., asyncio.Future[Result]]
LOST = "0195c1a0-0000-7000-8000-000000000001"
WHEN = Interval(start=NOW + timedelta(hours=6), end=NOW + timedelta(hours=8))


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
        "decision": None,
        "decided_at": None,
        "decided_by": None,
        "decided_why": None,
    }
    now = await asked(admin, "GET", "/sites/ramsey/now")
    assert now["restored"] == 1
    assert "knew 1 thing that the database did not" in now["alerts"][0]["text"]
    assert (await asked(admin, "POST", f"/restored/{entry}/keep", 422, json={"reason": ""}))["errors"]
    kept = await asked(admin, "POST", f"/restored/{entry}/keep", json={"reason": "the choir is coming"})
    assert (kept["decision"], kept["decided_by"], kept["decided_why"]) == ("keep", "Una Porter", "the choir is coming")
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


async def test_only_who_looks_after_doors_sees_it_and_decides(hub: Hub, edge: FakeEdge) -> None:
    (entry,) = await knows_more(hub, edge, booking())
    async with signed_in(hub.app) as admin:
        for role, status in (("porter", 200), ("reader", 403)):
            async with signed_in_as(hub.app, admin, role=role) as client:
                await asked(client, "GET", "/sites/ramsey/restored", status)
                await asked(client, "GET", f"/restored/{entry}", status)
                await asked(client, "POST", f"/restored/{entry}/keep", status, json={"reason": "as agreed"})


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
        assert (removed.exit_code, "The doors are being told." in removed.stdout) == (0, True)
        await hub.up_to_date()
        assert edge.plan is not None
        assert edge.plan.doors["front-door"].overrides == ()
