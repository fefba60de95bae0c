"""How many desks of a pool are booked, have somebody, and are free now; what no sensor sees is not measured."""

import asyncio
from datetime import timedelta

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import update
from typer.testing import CliRunner

from controller.app.container import Container
from controller.bookings.diary.tables import bookings
from controller.estate.model import Site
from controller.occupancy.cli import app as command
from controller.occupancy.desks import DeskPool, Readers, for_readers, people_seen
from controller.telemetry.room_sensors.model import LastValue, RoomSensor
from edge.wire.plan import Mode
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.serving import serving
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, book, show_public


def sensor(*, silent: bool = False, **values: float) -> RoomSensor:
    heard = NOW - timedelta(hours=silent)
    last = msgspec.json.encode({kind: LastValue(value, heard) for kind, value in values.items()}).decode()
    return RoomSensor(
        site=SITE,
        edge="pi-front",
        device="desk",
        name="desk",
        family="z",
        space="desks",
        first_at=heard,
        heard_at=heard,
        last_values=last,
    )


@pytest.mark.parametrize(
    ("sensors", "moving", "people", "all_seen"),
    [
        ([], [], None, False),
        ([sensor(temperature=20)], [], None, False),
        ([sensor(silent=True, presence=1)], [], None, False),
        ([sensor(presence=1), sensor(presence=0), sensor(motion=1)], [], 2, True),
        ([sensor(presence=0)], [(True, True)], 1, False),
        ([sensor(presence=1), sensor(presence=1), sensor(silent=True, presence=1)], [], 2, False),
        ([sensor(people=4), sensor(presence=1)], [], 4, True),
        ([sensor(people=4), sensor(silent=True, people=1)], [], 4, False),
        ([], [(True, False)], None, False),
    ],
)
def test_who_is_not_seen_is_not_taken_to_be_away(
    sensors: list[RoomSensor], moving: list[tuple[bool, bool]], people: int | None, all_seen: bool
) -> None:
    found = people_seen(sensors, moving, 3, NOW)
    assert (found.people, found.all_seen) == (people, all_seen)


def pool(**own: object) -> DeskPool:
    plain = {"space": "desks", "name": "Desks", "places": 6, "booked": 1, "arrived": 0, "present": 4, "at_least": False}
    return msgspec.convert(plain | {"text": "", "seen_at": NOW, "free": 2, "closed": False} | own, DeskPool)


@pytest.mark.parametrize(
    ("own", "mode", "to", "shown"),
    [
        ({}, Mode.STAFFED, Readers.PUBLIC, (2, True, "seen by sensors")),
        ({}, Mode.EXTENDED, Readers.SIGNED_IN, (2, True, "seen by sensors")),
        ({}, Mode.EXTENDED, Readers.PUBLIC, (5, False, "is not shown while there are no staff")),
        ({}, Mode.CLOSED, Readers.SIGNED_IN, (5, False, "is not shown while the building is closed")),
        ({"closed": True, "free": 0}, Mode.STAFFED, Readers.SIGNED_IN, (0, False, "closed")),
        ({"present": None}, Mode.STAFFED, Readers.SIGNED_IN, (5, False, "is not measured")),
        ({"places": 2, "present": 1}, Mode.STAFFED, Readers.SIGNED_IN, (1, False, "is not shown of so few desks")),
    ],
)
def test_readers_are_told_counts_while_they_may_come_and_never_who_sits_at_which_of_few_desks(
    own: dict[str, object], mode: Mode, to: Readers, shown: tuple[int, bool, str]
) -> None:
    found = for_readers(pool(**own), Site(id=SITE, name="Ramsey Hub", zone="Europe/London"), mode, to=to)
    assert (found.free, found.measured) == shown[:2]
    assert found.text.endswith(shown[2])
    assert (found.seen_at is not None) is found.measured


async def test_a_group_is_told_how_many_desks_are_free_and_the_public_where_there_is_a_public_page(
    app: FastAPI, village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    pool = {"name": "Touch-down desks", "kind": "pool", "pool_size": 6, "doors": ["front-door"]}
    assert (await village.put(f"{API}/sites/{SITE}/spaces/desks", json=pool)).is_success
    await book(village, space="desks", seats=2, title="Secret meeting")
    clock.set(NOW + timedelta(hours=30, minutes=30))
    await show_public(village)
    await put_party(village, "yoga")
    async with signed_in_as(app, village, "group_member", party="yoga") as group:
        answer = await group.get(f"{API}/sites/{SITE}/desks/free")
        [item] = answer.json()["items"]
        assert (item["free"], item["places"], item["measured"], item["seen_at"]) == (4, 6, False, None)
        assert item["text"] == "not booked; whether anybody sits there is not shown while the building is closed"
        assert (await group.get(f"{API}/desks/free")).json() == answer.json()
        assert "Secret" not in answer.text
    page = (await village.get(f"/whats-on/{SITE}")).text
    assert "Touch-down desks: 4 of 6 not booked at 18:30. People without a booking are not counted." in page


async def test_places_are_booked_and_free_and_presence_without_sensors_is_not_measured(
    app: FastAPI, village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    assert (await village.get(f"{API}/sites/{SITE}/desks")).json() == {"items": []}
    pool = {"name": "Touch-down desks", "kind": "pool", "pool_size": 6, "doors": ["front-door"]}
    assert (await village.put(f"{API}/sites/{SITE}/spaces/desks", json=pool)).is_success
    came = await book(village, space="desks", seats=2)
    await book(village, space="desks", seats=1)
    async with container.database.write() as tx:
        there = {"arrived_at": NOW, "arrived_how": "code"}
        await tx.execute(update(bookings).where(bookings.c.id == came["id"]).values(there))
    [before] = (await village.get(f"{API}/sites/{SITE}/desks")).json()["items"]
    assert (before["booked"], before["free"]) == (0, 6)
    clock.set(NOW + timedelta(hours=30, minutes=30))
    [now] = (await village.get(f"{API}/sites/{SITE}/desks")).json()["items"]
    assert (now["places"], now["booked"], now["arrived"], now["free"]) == (6, 3, 2, 3)
    assert (now["present"], now["text"]) == (None, "no sensor at these desks sees people")
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": village.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}
        done = await asyncio.to_thread(CliRunner().invoke, command, ["desks", SITE, "--server", address], env=env)
    assert "not measured: no sensor at these desks sees people" in done.output
