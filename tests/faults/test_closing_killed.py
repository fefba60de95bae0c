"""The controller killed with kill -9 while a closure rehouses bookings at another site: each booking is at one of the
two sites, never at both and never at none, and all of it can be undone afterwards."""

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from controller.app.schema import migrate
from controller.platform.settings import Settings
from edge.wire.clock import SystemClock
from tests.controller.running import BASE_URL, running, signed_in
from tests.controller.seeds import cheap_passwords
from tests.controller.village import API, SITE, Json, furnish
from tests.eventually import eventually
from tests.faults.controller_process import ControllerProcess
from tests.services.fork_client import ForkServer
from tests.services.mosquitto import Broker

ROOT = f"{API}/sites/{SITE}/closure-batches"
DAY = (SystemClock().now() + timedelta(days=7)).date()


async def furnished(folder: Path, count: int) -> tuple[list[Json], str]:
    """So many bookings of the hall, one an hour, and another site with a hall that is free; and a token."""
    settings = Settings(data_dir=folder, public_url=BASE_URL)
    await migrate(settings.database_url)
    async with running(settings, SystemClock(), cheap_passwords()) as app, signed_in(app) as client:
        await furnish(client)
        assert (await client.put(f"{API}/sites/march", json={"name": "March", "zone": "Europe/London"})).is_success
        hall = {"name": "Hall", "capacity": 60, "doors": []}
        assert (await client.put(f"{API}/sites/march/spaces/hall", json=hall)).is_success
        made = []
        for number in range(count):
            starts = datetime.combine(DAY, datetime.min.time()) + timedelta(hours=number)
            body = {"space": "hall", "title": f"Group {number}", "people": 10, "starts": starts.isoformat()}
            body |= {"ends": (starts + timedelta(hours=1)).isoformat()}
            answer = await client.post(f"{API}/sites/{SITE}/bookings", json=body)
            assert answer.status_code == 201, answer.text
            made.append(answer.json())
        return made, client.headers["Authorization"]


def closing(bookings: Sequence[Json]) -> Json:
    last = DAY + timedelta(days=len(bookings) // 24)
    decisions = [
        {
            "booking": each["id"],
            "decision": "rebook",
            "version": each["version"],
            "target": {"site": "march", "space": "hall", "starts": each["starts"], "ends": each["ends"]},
        }
        for each in bookings
    ]
    return {"reason": "works", "spaces": ["hall"], "first": str(DAY), "last": str(last), "decisions": decisions}


def states(database: Path, site: str) -> dict[str, list[str]]:
    """By title, the states of the bookings there."""
    found: dict[str, list[str]] = {}
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for title, state in connection.execute("SELECT title, state FROM bookings WHERE site = ?", (site,)):
            found.setdefault(title, []).append(state)
    return found


def steps(database: Path) -> list[Any]:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT steps FROM closure_batches").fetchall()
    return [step for (text,) in rows for step in msgspec.json.decode(text)]


def long_gone(database: Path) -> None:
    """Nobody has been at it for a while."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        minutes = 6 * 60 * 1_000_000
        connection.execute("UPDATE closure_batches SET claimed_at = claimed_at - ?", (minutes,))


async def killed_while_rehousing(
    folder: Path, broker: Broker, fork_server: ForkServer, *, count: int, seed: str
) -> None:
    bookings, token = await furnished(folder, count)
    goal = random.Random(seed).randrange(1, count - 1)  # not for secrets
    process = ControllerProcess(folder, broker, fork_server.start)
    await process.start()
    url, headers = f"http://127.0.0.1:{process.port}", {"Authorization": token}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:
        asked = asyncio.create_task(client.post(ROOT, json=closing(bookings)))

        async def some() -> bool:
            return asked.done() or len(steps(process.database)) >= goal

        await eventually(some, what="some are rehoused", within_s=120)
        await process.kill()
        assert (await asyncio.gather(asked, return_exceptions=True))[0] is not None
    here, there = states(process.database, SITE), states(process.database, "march")
    for each in bookings:
        at_both = (here[each["title"]], there.get(each["title"], []))
        assert at_both in ((["confirmed"], []), (["cancelled"], ["confirmed"])), each["title"]
    done = {step["booking"] for step in steps(process.database)}
    assert done == {each["id"] for each in bookings if here[each["title"]] == ["cancelled"]}
    long_gone(process.database)
    await process.start()
    try:
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:
            [batch] = (await client.get(ROOT)).json()["items"]
            undone = await client.post(f"{ROOT}/{batch['id']}/undo")
            assert (undone.status_code, undone.json()["refused"]) == (200, []), undone.text
    finally:
        await process.stop()
    assert {tuple(each) for each in states(process.database, SITE).values()} == {("confirmed",)}
    assert {tuple(each) for each in states(process.database, "march").values()} <= {("cancelled",)}


@pytest.mark.faults_full
async def test_the_controller_killed_while_it_rehouses_loses_no_booking_and_doubles_none(
    tmp_path: Path, mosquitto: Broker, fork_server: ForkServer
) -> None:
    await killed_while_rehousing(tmp_path, mosquitto, fork_server, count=20, seed="short")


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(8))
async def test_the_controller_killed_at_any_moment_of_rehousing_loses_no_booking_and_doubles_none(
    tmp_path: Path, mosquitto: Broker, fork_server: ForkServer, seed: int
) -> None:
    await killed_while_rehousing(tmp_path, mosquitto, fork_server, count=60, seed=str(seed))
