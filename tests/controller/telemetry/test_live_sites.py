"""All sites side by side over one WebSocket, for staff and for a paired screen, which is told nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI
from sqlalchemy import insert
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from controller.alerts.repository import alerts
from controller.app.container import Container
from controller.telemetry import repository as telemetry
from controller.telemetry.alert_codes import AlertCode
from edge.wire.ids import new_id
from tests.controller.running import BASE_URL, NOW, stranger
from tests.controller.serving import serving
from tests.controller.signin.signing import API, Json, put_party, signed_in_as
from tests.controller.village import SITE


async def raise_alert(container: Container, kind: AlertCode, text: str, *, by: str = "") -> None:
    """One that is open, and has been seen where ``by`` says by whom."""
    row = {"id": new_id(NOW), "site": SITE, "edge": "pi-front", "kind": kind, "about": "front-door", "text": text}
    times = {"begun_at": NOW, "raised_at": NOW, "since": NOW, "acknowledged_at": NOW if by else None}
    async with container.database.write() as tx:
        await tx.execute(insert(alerts).values(row | times | {"momentary": False, "acknowledged_by": by}))
    container.mqtt.live.seen(SITE)


@asynccontextmanager
async def watching(address: str, client: httpx.AsyncClient, view: str = "alerts") -> AsyncIterator[ClientConnection]:
    headers = {"Authorization": client.headers.get("Authorization", ""), "Origin": BASE_URL}
    headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    live = address.replace("http", "ws") + f"{API}/live/sites?view={view}"
    async with connect(live, additional_headers={name: value for name, value in headers.items() if value}) as socket:
        yield socket


async def heard(socket: ClientConnection, kind: str) -> Any:
    """The next message that is of this kind and not a beat."""
    while (message := msgspec.json.decode(await socket.recv()))["type"] == "beat":
        pass
    assert message["type"] == kind
    return message


async def turned_away(socket: ClientConnection) -> int | None:
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    return socket.close_code


async def test_staff_are_told_of_their_sites_at_once_and_of_what_changes_and_a_group_of_none(
    app: FastAPI, village: httpx.AsyncClient, container: Container
) -> None:
    await village.put(f"{API}/sites/elsewhere", json={"name": "Elsewhere", "zone": "Europe/London"})
    await put_party(village, "yoga")
    async with (
        serving(app) as address,
        signed_in_as(app, village, "facilities", sites=[SITE]) as staff,
        signed_in_as(app, village, "group_leader", party="yoga") as group,
    ):
        async with watching(address, staff) as wall, watching(address, staff, "estate") as estate:
            first = await heard(wall, "alerts")
            assert [each["id"] for each in first["sites"]] == [SITE]
            before = {each["kind"] for each in first["items"]}
            shown = (await staff.get(f"{API}/estate")).json()
            told = await heard(estate, "estate")
            assert (told["items"], told["backup"]) == (shown["items"], shown["backup"])
            await raise_alert(container, AlertCode.HELD, "Front door is held open")
            after = await heard(wall, "alerts")
            [new] = [each for each in after["items"] if each["kind"] not in before]
            assert (new["site_name"], new["kind"], new["severity"]) == ("Ramsey Hub", "held", "serious")
            assert "acknowledged_by" not in new
            assert (await heard(estate, "estate"))["items"] != told["items"]
        async with watching(address, group) as socket:
            assert await turned_away(socket) == 4403


async def test_a_paired_screen_is_told_what_needs_somebody_without_a_name_and_is_let_in_nowhere_else(
    app: FastAPI, village: httpx.AsyncClient, container: Container, openapi: Json
) -> None:
    asked = {"kind": "alerts", "name": "Office wall", "sites": [SITE]}
    made = await village.post(f"{API}/sites/{SITE}/displays", json=asked)
    assert made.status_code == 201, made.text
    await raise_alert(container, AlertCode.HELD, "Front door is held open", by="Una Warden")
    async with container.database.write() as tx:
        await telemetry.alert(tx, SITE, "pi-front", AlertCode.DURESS, "The scouts opened it", NOW, about="front-door")
    async with serving(app) as address, stranger(app) as device:
        device.headers["Origin"] = BASE_URL
        paired = await device.post(f"{API}/displays/pair", json={"code": made.json()["code"]})
        assert (paired.status_code, paired.json()["kind"]) == (201, "alerts")
        for path, operations in openapi["paths"].items():
            if "get" in operations and operations["get"].get("security") != [] and path.startswith(f"{API}/sites"):
                answer = await device.get(path.format_map(_Any()))
                assert not answer.is_success, f"{path}: {answer.text}"
        assert (await device.get(f"{API}/session")).status_code == 403
        async with watching(address, device) as wall:
            told = await heard(wall, "alerts")
            text = msgspec.json.encode(told).decode()
            assert "Una" not in text
            assert "scouts" not in text
            by_kind = {each["kind"]: each for each in told["items"]}
            assert by_kind["held"]["text"] == "Front door is held open"
            assert (by_kind["duress"]["text"], by_kind["duress"]["about"]) == ("", "")
            gone = await village.delete(f"{API}/sites/{SITE}/displays/{made.json()['id']}")
            assert gone.status_code == 204
            assert await turned_away(wall) == 4401
        async with watching(address, device, "estate") as socket:
            assert await turned_away(socket) == 4401


class _Any(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return SITE if name == "site" else "0" * 36 if name.endswith("_id") else "x"


async def test_a_screen_for_a_wall_is_given_by_those_who_look_after_all_its_sites(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    await village.put(f"{API}/sites/elsewhere", json={"name": "Elsewhere", "zone": "Europe/London"})
    async with signed_in_as(app, village, "manager", sites=[SITE]) as manager:
        path = f"{API}/sites/{SITE}/displays"
        for sites in ([SITE, "elsewhere"], None):
            refused = await manager.post(path, json={"kind": "alerts", "name": "Wall", "sites": sites})
            assert refused.status_code == 403, refused.text
        assert (await manager.post(path, json={"kind": "alerts", "name": "Wall", "sites": [SITE]})).status_code == 201
        wrong = await manager.post(path, json={"kind": "wall", "name": "Foyer", "sites": [SITE]})
        assert wrong.status_code == 422
    [listed] = (await village.get(path)).json()["items"]
    assert (listed["kind"], listed["shown_sites"]) == ("alerts", [SITE])
