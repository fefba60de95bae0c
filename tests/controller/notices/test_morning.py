"""A manager's morning: what stands in it, since when, and what is left out."""

import asyncio
from datetime import UTC, date, datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from controller.bookings.diary.policy import ReleaseRule
from controller.notices.morning.model import day_after, evening_before
from controller.people.model import Role
from controller.telemetry.tables import edge_states
from tests.controller.access.test_access import go_offline
from tests.controller.billing.wishes import LONDON, wall
from tests.controller.bookings.hearing import hear
from tests.controller.bookings.no_shows.test_no_shows import SIX, give_rule
from tests.controller.clock import ManualClock
from tests.controller.signin.signing import Json, put_party, signed_in_as
from tests.controller.village import API, SITE, act, book, change, furnish, post

MORNING = f"{API}/sites/{SITE}/morning"
TONIGHT = {"starts": "2026-11-26T18:00", "ends": "2026-11-26T20:00"}
NEXT_WEEK = {"starts": "2026-12-03T18:00", "ends": "2026-12-03T20:00"}
EIGHT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # Thursday
LISTS = ("late", "unready", "affected", "doors", "documents", "calls", "new", "moved", "cancelled", "unused")


async def _online(app: FastAPI, *edges: str) -> None:
    """These are, the others are not."""
    async with app.state.container.database.write() as tx:
        await tx.execute(update(edge_states).values(online=edge_states.c.edge.in_(edges)))


async def morning(client: httpx.AsyncClient, **query: int) -> Json:
    answer = await client.get(MORNING, params=query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def titles(found: Json, name: str) -> list[str]:
    return [each["title"] for each in found[name]]


@pytest.mark.parametrize(
    ("now", "days", "since"),
    [
        ("2026-11-26 08:00", 1, "2026-11-25T18:00:00+00:00"),
        ("2026-11-26 23:59", 1, "2026-11-25T18:00:00+00:00"),
        ("2026-11-26 00:00", 1, "2026-11-25T18:00:00+00:00"),
        ("2026-11-30 08:00", 3, "2026-11-27T18:00:00+00:00"),
        ("2027-03-28 08:00", 1, "2027-03-27T18:00:00+00:00"),  # 13 hours, not 14
        ("2027-03-29 08:00", 1, "2027-03-28T17:00:00+00:00"),
        ("2027-10-31 08:00", 1, "2027-10-30T17:00:00+00:00"),  # 15 hours
        ("2027-11-01 08:00", 1, "2027-10-31T18:00:00+00:00"),
    ],
)
def test_yesterday_evening_is_18_on_the_wall_of_the_day_before(now: str, days: int, since: str) -> None:
    assert evening_before(wall(now), LONDON, days) == datetime.fromisoformat(since)


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25)])
def test_today_ends_at_midnight_when_the_clocks_change(day: date, hours: int) -> None:
    midnight = wall(f"{day} 00:00")
    assert (day_after(midnight, LONDON, 1) - midnight).total_seconds() == hours * 3600


async def test_a_quiet_site_has_nothing_but_its_next_booking(client: httpx.AsyncClient, clock: ManualClock) -> None:
    await furnish(client)
    await book(client, **TONIGHT)
    clock.set(EIGHT)
    found = await morning(client)
    assert found["requests"] == {"items": [], "next": None}
    assert {name: found[name] for name in LISTS} == {name: [] for name in LISTS}
    assert found["next"]["title"] == "Choir"


async def test_what_has_changed_since_yesterday_evening_stands_once_on_both_databases(
    any_client: httpx.AsyncClient, clock: ManualClock
) -> None:
    await furnish(any_client)
    clock.set(datetime(2026, 11, 25, 17, 0, tzinfo=UTC))
    early = await book(any_client, title="Early", **TONIGHT)
    off = await book(any_client, title="Off", space="studio", **TONIGHT)
    await book(any_client, title="Left alone", **NEXT_WEEK)
    clock.set(datetime(2026, 11, 25, 18, 30, tzinfo=UTC))
    await change(any_client, early, starts="2026-11-26T18:30", ends="2026-11-26T20:30")
    await act(any_client, off, "cancel")
    made = await book(any_client, title="Made", space="yard", **NEXT_WEEK)
    await change(any_client, made, starts="2026-12-03T18:30")
    clock.set(EIGHT)
    found = await morning(any_client)
    assert found["since"] == "2026-11-25T18:00:00+00:00"
    assert {name: titles(found, name) for name in ("new", "moved", "cancelled")} == {
        "new": ["Made"],
        "moved": ["Early"],
        "cancelled": ["Off"],
    }
    assert found["moved"][0]["changed_by"]
    whole = await morning(any_client, days=2)
    assert titles(whole, "new") == ["Early", "Left alone", "Made"]


async def test_a_request_stands_with_what_it_clashes_with(
    client: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    await furnish(client)
    await put_party(client, "choir")
    async with signed_in_as(app, client, "group_leader", party="choir") as leader:
        assert (await post(leader, party="choir", title="Asked for", **NEXT_WEEK)).status_code == 201
    clock.set(EIGHT)
    [request] = (await morning(client))["requests"]["items"]
    assert request["title"] == "Asked for"
    assert {"approve", "decline"} <= set(request["actions"])


@pytest.mark.cases_full
async def test_who_has_not_come_is_late_only_where_the_doors_report(
    client: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    await furnish(client)
    await book(client, **TONIGHT)
    await book(client, title="In the yard", space="yard", **TONIGHT)
    clock.set(datetime(2026, 11, 26, 18, 10, tzinfo=UTC))
    assert titles(await morning(client), "late") == []  # nothing has been heard of the doors
    for edge in ("pi-front", "pi-side"):
        await go_offline(app.state.container, edge, 0)
    await _online(app, "pi-front", "pi-side")
    assert titles(await morning(client), "late") == ["Choir"]
    await _online(app, "pi-front")
    assert titles(await morning(client), "late") == []


async def test_a_dead_door_names_the_bookings_of_the_week_behind_it(
    client: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    await furnish(client)
    for day in range(26, 31):
        await book(client, title=f"On {day}", starts=f"2026-11-{day}T18:00", ends=f"2026-11-{day}T20:00")
    for day in (1, 2, 3):
        await book(client, title=f"December {day}", starts=f"2026-12-0{day}T18:00", ends=f"2026-12-0{day}T20:00")
    await book(client, title="By the front", space="studio", **TONIGHT)
    clock.set(EIGHT)
    await go_offline(app.state.container, "pi-side", 30)
    [door] = (await morning(client))["doors"]
    assert door["text"].startswith("Side door has not been heard of since")
    assert [each["title"] for each in door["bookings"]] == [f"On {day}" for day in range(26, 31)]
    assert door["more"] == 2  # 3 December is a week away


@pytest.mark.cases_full
async def test_a_door_out_of_service_names_the_bookings_that_have_no_other_way_in(
    client: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    await furnish(client)
    await book(client, **TONIGHT)
    await book(client, title="By the front", space="studio", **TONIGHT)
    clock.set(EIGHT)
    order = {"kind": "out_of_service", "doors": ["front-door"], "reason": "new lock", "ends": "2026-11-27T12:00"}
    answer = await client.post(f"{API}/sites/{SITE}/overrides", json=order)
    assert answer.is_success, answer.text
    [door] = (await morning(client))["doors"]
    assert door["text"] == "Front door is out of service Thu 26 Nov, 08:00 to Fri 27 Nov, 12:00: new lock"
    assert ([each["title"] for each in door["bookings"]], door["more"]) == (["By the front"], 0)
    await go_offline(app.state.container, "pi-front", 30)
    [door] = (await morning(client))["doors"]  # named once, as what does not work
    assert "has not been heard of" in door["text"]
    answer = await client.post(f"{API}/overrides/{answer.json()['id']}/end", json={"reason": ""})
    assert answer.is_success, answer.text


@pytest.mark.cases_full
async def test_a_closure_stands_until_somebody_decides(client: httpx.AsyncClient, clock: ManualClock) -> None:
    await furnish(client)
    made = await book(client, **NEXT_WEEK)
    clock.set(EIGHT)
    closed = {"reason": "Boiler", "first": "2026-12-03", "last": "2026-12-03"}
    answer = await client.post(f"{API}/sites/{SITE}/closures", json=closed, params={"anyway": "true"})
    assert answer.is_success, answer.text
    [hit] = (await morning(client))["affected"]
    assert hit["affected_by"][0]["cause"] == "closed"
    kept = await client.post(f"{API}/sites/{SITE}/affected-bookings/keep", json={"bookings": [made["id"]]})
    assert kept.is_success
    assert (await morning(client))["affected"] == []


@pytest.mark.cases_full
async def test_what_nobody_used_stands_apart_from_what_was_cancelled(
    client: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    await furnish(client)
    container = app.state.container
    await give_rule(container, ReleaseRule(after_min=20, warn_min=10))
    await book(client, title="Released", **TONIGHT)
    clock.set(SIX)
    for _ in range(3):
        clock.advance(minutes=11)
        await hear(container, clock.now())
        await container.no_shows.look()
    clock.advance(hours=12)
    found = await morning(client)
    assert (titles(found, "unused"), titles(found, "cancelled")) == (["Released"], [])
    assert "restore" not in found["unused"][0]["actions"]
    assert "nobody had come by 18:" in found["unused"][0]["why"]


async def test_a_code_that_a_door_does_not_take_stands_for_today(
    client: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    await furnish(client)
    await book(client, **TONIGHT)
    clock.set(EIGHT)
    assert titles(await morning(client), "unready") == []  # no door has ever reported
    for edge in ("pi-front", "pi-side"):
        await go_offline(app.state.container, edge, 0)
    await _online(app, "pi-front", "pi-side")
    assert titles(await morning(client), "unready") == ["Choir"]


@pytest.mark.cases_full
async def test_a_document_stands_if_it_has_lapsed_by_a_booking_of_the_week(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    await furnish(client)
    for party, until in (("choir", "2026-11-25"), ("scouts", "2026-11-26"), ("band", "2026-11-20")):
        await put_party(client, party, contact_phone="01632 960 200")
        body = {"kind": "insurance", "valid_from": "2026-01-01", "valid_until": until}
        answer = await client.post(f"{API}/parties/{party}/documents", json=body)
        assert answer.is_success, answer.text
    await book(client, party="choir", **TONIGHT)
    await book(client, party="scouts", space="studio", **TONIGHT)
    await book(client, party="band", **NEXT_WEEK)
    clock.set(EIGHT)
    [hit] = (await morning(client))["documents"]
    assert (hit["party"], hit["until"], hit["contact_phone"]) == ("choir", "2026-11-25", "01632 960 200")
    assert [each["party"] for each in hit["bookings"]] == ["choir"]


async def test_only_who_runs_the_site_has_a_morning(client: httpx.AsyncClient, app: FastAPI) -> None:
    await furnish(client)
    for role in (Role.FACILITIES, Role.PORTER, Role.AUDITOR, Role.WALL):
        async with signed_in_as(app, client, role.value) as other:
            assert (await other.get(MORNING)).status_code == 403
    assert (await client.get(MORNING, params={"days": 8})).status_code == 422


@pytest.mark.cases_full
async def test_what_a_manager_has_seen_is_seen_on_all_their_devices_for_a_week_and_by_nobody_else(
    app: FastAPI, client: httpx.AsyncClient, clock: ManualClock
) -> None:
    await furnish(client)
    async with (
        signed_in_as(app, client, "manager", sites=[SITE], name="Ann") as ann,
        signed_in_as(app, client, "manager", sites=[SITE], name="Bo") as bo,
    ):
        for _ in range(2):
            assert (await ann.post(f"{MORNING}/seen", json={"keys": ["new 1", "new 2"]})).status_code == 204
        assert (await morning(ann))["seen"] == ["new 1", "new 2"]
        assert (await morning(bo))["seen"] == []
        await ann.post(f"{MORNING}/seen", json={"keys": ["new 1"], "seen": False})
        assert (await morning(ann))["seen"] == ["new 2"]
        assert (await ann.post(f"{MORNING}/seen", json={"keys": ["x" * 1001]})).status_code == 422
        for key in ("", "new\0", "\U0001f3b5" * 501):
            assert (await ann.post(f"{MORNING}/seen", json={"keys": [key]})).status_code == 422
        assert (
            await ann.post(f"{MORNING}/seen", json={"keys": ["document choir Scouts’ insurance"]})
        ).status_code == 204
        clock.advance(days=7)
        assert (await morning(ann))["seen"] == []


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_two_devices_of_a_manager_may_note_the_same_at_once(any_client: httpx.AsyncClient) -> None:
    await furnish(any_client)
    keys = [f"new {each}" for each in range(50)]
    answers = await asyncio.gather(
        *(any_client.post(f"{MORNING}/seen", json={"keys": some}) for some in (keys, keys[::-1], keys, keys[::-1]))
    )
    assert [each.status_code for each in answers] == [204] * 4
    assert (await morning(any_client))["seen"] == sorted(keys)
