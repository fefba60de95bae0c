"""Codes at doors: no two bookings share one, a lingering one is never given out, the database holds that."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from controller.access import service
from controller.access.code_generation import CODE_OVERLAP, Issue
from controller.access.service import AccessService
from controller.access.tables import code_claims, codes, grants
from controller.access.unused_codes import RECENT
from controller.app.container import Container
from controller.db.errors import violates
from controller.telemetry.tables import edge_states
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.interval import Interval
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.village import (
    API,
    DOORS,
    SITE,
    act,
    apply_plan,
    book,
    change,
    code_of,
    compile_plan,
    look,
    wanted,
)

WINDOW = Interval(start=NOW + timedelta(hours=5), end=NOW + timedelta(hours=7))


def chooser(container: Container, chosen: Sequence[str]) -> AccessService:
    """Gives out these codes in turn."""
    left = iter(chosen)
    return AccessService(container.estate, container.keys, choose=lambda length: next(left))


async def issue(
    container: Container, access: AccessService, booking: str, window: Interval = WINDOW, *, now: datetime | None = None
) -> str:
    async with container.database.write() as tx:
        await access.issue(tx, issue_of({booking: window}), site=SITE, now=now or container.clock.now())
        return (await access.codes(tx, [booking]))[booking].first


def issue_of(windows: dict[str, Interval]) -> Issue:
    return Issue(lengths=dict.fromkeys(DOORS, 6), windows=windows)


async def go_offline(container: Container, edge: str, since_minutes_ago: int) -> None:
    async with container.database.write() as tx:
        row = {
            "site": SITE,
            "edge": edge,
            "online": False,
            "since": container.clock.now() - timedelta(minutes=since_minutes_ago),
            "boot": "b",
            "connection": 1,
            "nonce": "n",
            "at": container.clock.now(),
            "software": "1",
            "trust": "synced",
            "head": 0,
            "health": "{}",
        }
        await tx.execute(insert(edge_states).values(row))


@pytest.mark.cases_full
async def test_a_code_that_another_booking_has_is_not_given_out_again(
    village: httpx.AsyncClient, container: Container
) -> None:
    access = chooser(container, ["482913", "482913", "482914"])
    assert await issue(container, access, "one") == "482913"
    later = Interval(start=WINDOW.start + timedelta(days=3), end=WINDOW.end + timedelta(days=3))
    assert await issue(container, access, "two", later) == "482914"


async def test_bookings_of_one_transaction_share_no_code(village: httpx.AsyncClient, container: Container) -> None:
    access = chooser(container, ["482913", "482913", "482914"])
    async with container.database.write() as tx:
        windows = {"one": WINDOW, "two": WINDOW}
        await access.issue(tx, issue_of(windows), site=SITE, now=NOW)
        found = {booking: codes.first for booking, codes in (await access.codes(tx, ["one", "two"])).items()}
    assert found == {"one": "482913", "two": "482914"}


async def test_a_lingering_or_recently_used_code_is_given_to_nobody_else(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village)
    await compile_plan(container, 1)
    await act(village, made, "cancel")
    access = chooser(container, [made["code"], "482914", made["code"], "482915", made["code"]])
    assert await issue(container, access, "other") == "482914"
    await compile_plan(container, 2)
    await apply_plan(container, 2)
    ends = datetime.fromisoformat(made["code_window"]["ends"])
    later = Interval(start=ends + timedelta(days=60), end=ends + timedelta(days=61))
    assert await issue(container, access, "third", later, now=ends + RECENT - timedelta(seconds=1)) == "482915"
    assert await issue(container, access, "fourth", later, now=ends + RECENT) == made["code"]


async def test_the_database_refuses_a_code_twice_at_one_door_and_time(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village)
    async with container.database.read() as tx:
        row = dict((await tx.execute(select(code_claims))).mappings().first() or {})
        grant = dict((await tx.execute(select(grants))).mappings().first() or {})

    async def again(booking: str, hours: float) -> None:
        shift = timedelta(hours=hours)
        async with container.database.write() as tx:
            await tx.execute(insert(grants).values(grant | {"id": f"g{hours}", "booking_id": booking}))
            twin = {"grant_id": f"g{hours}", "owner": booking}
            times = {"starts": row["starts"] + shift, "ends": row["ends"] + shift}
            await tx.execute(insert(code_claims).values(row | twin | times))

    with pytest.raises(IntegrityError) as refused:
        await again("other", 1)
    assert violates(refused.value, CODE_OVERLAP)
    await again("other", 2.5)
    await again(made["id"], -1.5)


async def test_one_code_opens_all_doors_of_the_space(village: httpx.AsyncClient, container: Container) -> None:
    made = await book(village)
    async with container.database.read() as tx:
        secrets = await container.estate.door_secrets(tx, SITE)
        keys = {row.door: row.code_key for row in await tx.execute(select(grants.c.door, grants.c.code_key))}
    expected = {door: code_key(secrets[door], CredentialKind.BOOKING_CODE, made["code"]) for door in DOORS}
    assert keys == expected


async def test_codes_are_encrypted_in_the_database(village: httpx.AsyncClient, container: Container) -> None:
    made = await book(village)
    async with container.database.read() as tx:
        sealed = (await tx.execute(select(codes.c.sealed))).scalar_one()
        assert made["code"].encode() not in sealed
        tables = (await tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))).scalars().all()
        for table in tables:
            for row in await tx.execute(text(f'SELECT * FROM "{table}"')):
                assert made["code"] not in [str(value) for value in row]
                assert made["link"].rsplit("/", 1)[1] not in repr(row)


async def test_a_plan_holds_the_grants_within_its_horizon(village: httpx.AsyncClient, container: Container) -> None:
    soon = await book(village)
    await book(village, starts="2027-02-01T10:00", ends="2027-02-01T11:00")
    gone = await book(village, starts="2026-11-27T10:00", ends="2026-11-27T11:00")
    await act(village, gone, "cancel")
    async with container.database.read() as tx:
        found = await service.grants_for_edge(tx, SITE, ["front-door"], NOW, NOW + timedelta(days=35))
    assert [(each.booking_id, each.door) for each in found] == [(soon["id"], "front-door")]


async def test_the_code_status_follows_compile_apply_cancel_and_apply(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    made = await book(village)
    await compile_plan(container, 1)
    assert (await look(village, made))["on_door"]["text"] == "waiting for Front door and Side door"
    clock.advance(minutes=2)
    await apply_plan(container, 1, ("front-door",))
    assert (await look(village, made))["on_door"]["text"] == "waiting for Side door"
    await apply_plan(container, 1, ("side-door",))
    assert (await look(village, made))["on_door"]["text"] == "on the door since 12:02"
    gone = await act(village, made, "cancel")
    assert gone["on_door"]["text"] == (
        "cancelled, but its code still opens Front door and Side door until 20:15 on Thu 26 Nov"
    )
    await compile_plan(container, 2)
    await apply_plan(container, 1)
    assert (await look(village, made))["on_door"]["state"] == "removing"
    clock.advance(minutes=3)
    await apply_plan(container, 2)
    assert (await look(village, made))["on_door"]["text"] == "cancelled; code off the door since 12:05"


async def test_an_offline_edge_is_shown_also_to_the_next_booking_of_the_slot(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village)
    await compile_plan(container, 1)
    await apply_plan(container, 1)
    await go_offline(container, "pi-front", 60)
    gone = await act(village, made, "cancel")
    await compile_plan(container, 2)
    await apply_plan(container, 2, ("side-door",))
    gone = await look(village, gone)
    assert gone["on_door"]["text"] == (
        "cancelled, but its code still opens Front door until 20:15 on Thu 26 Nov (offline since 11:00)"
    )
    warning = "the code of “Choir” (cancelled) still opens Front door until 20:15 on Thu 26 Nov (offline since 11:00)"
    path = f"{API}/sites/{SITE}/bookings/check"
    assert (await village.post(path, json=wanted(space="studio"))).json()["lingering"] == [warning]
    yoga = await book(village, title="Yoga", space="studio")
    assert yoga["lingering"] == [warning]
    assert yoga["on_door"]["text"] == "waiting for Front door (offline since 11:00)"
    later = await change(village, yoga, starts="2026-11-26T21:00", ends="2026-11-26T22:00")
    assert later["lingering"] == []


async def test_a_restored_booking_is_wanted_again_with_its_code(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village)
    await compile_plan(container, 1)
    await apply_plan(container, 1)
    await act(village, made, "cancel")
    back = await act(village, made, "restore")
    assert await code_of(village, made) == made["code"]
    assert back["on_door"]["state"] == "on"
    await act(village, made, "cancel")
    await compile_plan(container, 2)
    back = await act(village, made, "restore")
    assert back["on_door"]["state"] == "waiting"
    await compile_plan(container, 3)
    await apply_plan(container, 3)
    assert (await look(village, back))["on_door"]["state"] == "on"
    assert (await look(village, back))["still_opens"] == []


async def test_restored_or_moved_back_while_the_door_is_offline_its_code_is_on_the_door(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village, space="studio")
    await compile_plan(container, 1)
    await apply_plan(container, 1)
    await go_offline(container, "pi-front", 60)
    await act(village, made, "cancel")
    await compile_plan(container, 2)
    await act(village, made, "restore")
    await compile_plan(container, 3)
    await change(village, made, starts="2026-11-26T21:00", ends="2026-11-26T22:00")
    back = await change(village, made, starts="2026-11-26T18:00", ends="2026-11-26T20:00")
    assert await code_of(village, made) == made["code"]
    assert (back["on_door"]["state"], back["on_door"]["text"]) == ("on", "on the door since 12:00")
    assert back["still_opens"] == []
    next_one = await book(village, space="studio", starts="2026-11-26T20:00", ends="2026-11-26T21:00")
    assert next_one["lingering"] == []


async def test_codes_follow_the_doors_of_their_space(village: httpx.AsyncClient, container: Container) -> None:
    made = await book(village, space="studio")
    await compile_plan(container, 1)
    await apply_plan(container, 1)
    path = f"{API}/sites/{SITE}/spaces/studio"
    same = await village.put(path, json={"name": "Studio one", "doors": ["front-door"]})
    assert same.is_success
    assert (await look(village, made))["on_door"]["state"] == "on"
    await village.put(path, json={"name": "Studio", "doors": ["side-door"]})
    moved = await look(village, made)
    assert await code_of(village, made) == made["code"]
    assert moved["on_door"]["text"] == "waiting for Side door"
    assert moved["still_opens"] == ["the code still opens Front door until 20:15 on Thu 26 Nov, as before the change"]
    await village.put(path, json={"name": "Studio", "doors": []})
    free = await look(village, made)
    assert (free["on_door"]["state"], free["on_door"]["text"]) == ("none", "no door needs a code")
    assert free["still_opens"] == moved["still_opens"]
