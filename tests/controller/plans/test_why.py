"""Why a door opens or not: by the plan that it had, in words that never say the code."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import delete, insert, select

from controller.access.code_replacement import rehash
from controller.access.tables import offline_codes
from controller.app.container import Container
from controller.estate.tables import old_secrets
from controller.plans import repository as plans
from controller.plans.tables import plans as signed_plans
from controller.records.audit.tables import audit_rows
from controller.telemetry.tables import event_logs, events
from edge.wire.access_decision import REASON_TEXT, Reason
from edge.wire.codec import encode
from edge.wire.credentials import Method
from edge.wire.events import AccessData
from tests.controller.access.test_access import go_offline
from tests.controller.access.test_members import send
from tests.controller.clock import ManualClock
from tests.controller.enrolment.trusting import trust
from tests.controller.running import NOW
from tests.controller.village import API, SITE, Json, act, book
from tests.digits import says
from tests.eventually import eventually

EDGE = "pi-front"
DAY = timedelta(days=1)

Change = Callable[[httpx.AsyncClient, Container], Awaitable[None]]


async def sign(container: Container, *, applied: bool = True) -> int:
    """Sign the front door's plan as it is to be now; the edge says at once that it has it."""
    signed = await container.mqtt.planner.refresh((SITE, EDGE))
    assert signed is not None
    if applied:
        async with container.database.write() as tx:
            await plans.put_outcome(tx, SITE, EDGE, signed.manifest.version, applied_at=container.clock.now())
    return signed.manifest.version


async def why(client: httpx.AsyncClient, status: int = 200, door: str = "front-door", **body: object) -> Any:
    answer = await client.post(f"{API}/sites/{SITE}/doors/{door}/why", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def told(container: Container, at: datetime, data: AccessData, trust: str = "holdover") -> None:
    async with container.database.write() as tx:
        row = {"site": SITE, "edge": EDGE, "log": "ab" * 16, "opened_at": at}
        log = (await tx.execute(insert(event_logs).values(row).returning(event_logs.c.id))).scalar_one()
        event = {
            "log_id": log,
            "seq": 1,
            "site": SITE,
            "edge": EDGE,
            "kind": "access",
            "device": "front-door",
            "at": at,
            "boot": "b",
            "mono_ms": 1,
            "trust": trust,
            "data": encode(data).decode(),
            "received_at": at,
            "learned_late": False,
        }
        await tx.execute(insert(events).values(event))


async def test_what_will_open_is_explained_with_grant_window_mode_clock_and_plan(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village)
    version = await sign(any_container)
    found = await why(any_village, code=made["code"], at="2026-11-26T18:05")
    assert (found["granted"], found["past"], found["booking"], found["plan"]) == (True, False, made["id"], version)
    assert (found["opens_from"], found["opens_until"]) == (made["code_window"]["starts"], made["code_window"]["ends"])
    text = " ".join(found["text"])
    for words in ("Front door will open", "“Choir”, Hall", "from 17:45 until 20:15", "closed", str(version)):
        assert words in text, words
    assert not says(text, made["code"])
    assert "This assumes that the door's clock is right" in text


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("2026-11-26T17:44", Reason.TOO_EARLY),
        ("2026-11-26T20:15", Reason.TOO_LATE),
        ("2027-01-20T18:05", Reason.HORIZON),
    ],
)
async def test_what_will_not_open_is_explained(
    village: httpx.AsyncClient, container: Container, at: str, reason: Reason
) -> None:
    made = await book(village)
    await sign(container)
    found = await why(village, code=made["code"], at=at)
    assert (found["granted"], found["reason"]) == (False, reason)
    assert f"will stay locked, by the present plan, to a typed code: {REASON_TEXT[reason]}." in found["text"][0]


async def test_the_past_is_answered_by_the_plan_that_the_door_had_then(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    made = await book(any_village, starts="2026-11-25T18:00", ends="2026-11-25T20:00")
    first = await sign(any_container)
    clock.set(NOW + timedelta(minutes=10))
    await act(any_village, made, "cancel")
    await sign(any_container, applied=False)  # the door is offline and goes on by the old one
    clock.set(NOW + DAY)
    await sign(any_container)
    then = await why(any_village, code=made["code"], at="2026-11-25T18:05")
    assert (then["granted"], then["past"], then["plan"]) == (True, True, first)
    assert "Front door opened to a typed code" in then["text"][0]
    soon = await why(any_village, code=made["code"], at="2026-11-27T18:05")
    assert (soon["granted"], soon["reason"]) == (False, Reason.UNKNOWN)


async def test_before_its_first_plan_a_door_had_none(village: httpx.AsyncClient, container: Container) -> None:
    await sign(container)
    found = await why(village, code="482913", at="2026-11-24T18:05")
    assert (found["granted"], found["reason"], found["plan"]) == (False, Reason.NO_PLAN, None)


async def test_what_the_door_reported_is_shown_and_its_clock_is_used(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    made = await book(any_village, starts="2026-11-25T18:00", ends="2026-11-25T20:00")
    await sign(any_container)
    at = NOW.replace(hour=18, minute=5, second=7)
    await told(any_container, at, AccessData(door="front-door", granted=False, reason=Reason.CLOCK), "unproven")
    clock.set(NOW + DAY)
    found = await why(any_village, code=made["code"], at="2026-11-25T18:05")
    assert (found["reason"], found["trust"], found["assumed"]) == (Reason.CLOCK, "unproven", False)
    assert any("reported at 18:05:07: refused" in each for each in found["text"])


async def test_a_booking_or_a_holder_is_asked_about_without_a_code(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village)
    body = {"kind": "staff", "name": "Una Porter", "places": [{"site": SITE}], "first": "2026-11-01", "code": True}
    una = (await village.post(f"{API}/holders", json=body)).json()
    await sign(container)
    assert (await why(village, booking=made["id"], at="2026-11-26T18:05"))["granted"]
    found = await why(village, holder=una["holder"]["id"])
    assert found["granted"]
    assert "It is a member of staff's: Una Porter." in found["text"]
    assert any("on, without end" in each for each in found["text"])


@pytest.mark.cases_full
async def test_an_offline_code_is_explained_with_its_booking(village: httpx.AsyncClient, container: Container) -> None:
    await go_offline(container, EDGE, 30)
    made = await book(village, space="studio")
    await sign(container, applied=False)
    issued = (await village.post(f"{API}/bookings/{made['id']}/offline-code")).json()
    found = await why(village, code=issued["offline_codes"][0]["code"], at="2026-11-26T18:05")
    assert (found["granted"], found["booking"]) == (True, made["id"])
    text = " ".join(found["text"])
    assert "which the door has not confirmed yet" in text
    assert not says(text, issued["offline_codes"][0]["code"])


async def test_who_asks_is_written_down_and_the_code_is_not(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await sign(any_container)
    await why(any_village, code="604138")
    async with any_container.database.read() as tx:
        rows = [tuple(map(str, row)) for row in await tx.execute(select(audit_rows))]
    assert any("ask why" in row for row in rows)
    assert not any("604138" in cell for row in rows for cell in row)


BAD: list[tuple[Json, str]] = [
    ({}, "body"),
    ({"code": "482913", "card": "w26:1:2"}, "body"),
    ({"pin": "2749"}, "body"),
    ({"code": "48a913"}, "code"),
    ({"code": "48291376123"}, "code"),
    ({"card": "12345"}, "card"),
    ({"booking": "x"}, "booking"),
    ({"code": "482913", "at": "yesterday"}, "at"),
    ({"code": "482913", "at": "2026-03-29T01:30"}, "at"),
]


@pytest.mark.parametrize(("body", "field"), BAD, ids=str)
async def test_what_cannot_be_asked_names_its_field(
    village: httpx.AsyncClient, container: Container, body: Json, field: str
) -> None:
    refused = await why(village, 422, **body)
    assert refused["errors"][0]["field"] == field
    assert "48291376123" not in str(refused)


async def test_a_door_that_is_not_there_is_not_found(village: httpx.AsyncClient, container: Container) -> None:
    await why(village, 404, door="attic", code="482913")


def test_the_page_about_codes_says_how_to_ask() -> None:
    page = (Path(__file__).parents[3] / "docs" / "codes.md").read_text(encoding="utf-8")
    assert "hallkeeper why ramsey/front-door --code" in page


async def revoke(client: httpx.AsyncClient, container: Container) -> None:
    """Put the edge out, and let another Pi in, without which it would get no plan."""
    answer = await client.post(f"{API}/sites/{SITE}/edges/{EDGE}/revocation", json={"reason": "stolen"})
    assert answer.status_code == 200, answer.text
    await trust(container, SITE, EDGE, token_bytes(32))


async def rotate(client: httpx.AsyncClient, container: Container) -> None:
    async with container.database.write() as tx:
        await container.estate.create_next_secrets(tx, SITE, edge=EDGE)
        changed = await container.estate.activate_next_secrets(tx, SITE, edge=EDGE)
        await rehash(tx, container.access, site=SITE, secrets=changed)


@pytest.mark.parametrize("change", [revoke, rotate])
async def test_codes_from_before_a_door_had_other_secrets_are_recognised_by_those_that_it_had(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock, change: Change
) -> None:
    made = await book(any_village, starts="2026-11-25T18:00", ends="2026-11-25T20:00")
    first = await sign(any_container)
    for day in (2, 3):  # changed twice: the first secrets are neither the present nor the last ones
        clock.set(NOW + day * DAY)
        await change(any_village, any_container)
        await sign(any_container)
    found = await why(any_village, code=made["code"], at="2026-11-25T18:05")
    assert (found["granted"], found["booking"], found["plan"]) == (True, made["id"], first)
    wrong = await why(any_village, code="604138", at="2026-11-25T18:05")
    assert (wrong["granted"], wrong["reason"]) == (False, Reason.UNKNOWN)


async def test_an_offline_code_of_secrets_that_a_door_had_is_recognised(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await sign(any_container)
    await go_offline(any_container, EDGE, 30)
    made = await book(any_village, space="studio", starts="2026-11-25T18:00", ends="2026-11-25T20:00")
    issued = (await any_village.post(f"{API}/bookings/{made['id']}/offline-code")).json()
    for day in (2, 3):
        clock.set(NOW + day * DAY)
        await revoke(any_village, any_container)
        await sign(any_container)
    found = await why(any_village, code=issued["offline_codes"][0]["code"], at="2026-11-25T18:05")
    assert (found["granted"], found["booking"]) == (True, made["id"])


@pytest.mark.both_databases
async def test_old_secrets_lie_sealed_and_go_with_the_plans_of_their_time(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    made = await book(any_village, starts="2026-11-25T18:00", ends="2026-11-25T20:00")
    await sign(any_container)
    async with any_container.database.read() as tx:
        clear = (await any_container.estate.door_secrets(tx, SITE))["front-door"]
    clock.set(NOW + DAY)
    await revoke(any_village, any_container)
    clock.set(NOW + DAY + timedelta(minutes=1))
    await sign(any_container)
    here = (old_secrets.c.site == SITE) & (old_secrets.c.door == "front-door")
    kept = select(old_secrets.c.secret, old_secrets.c.since, old_secrets.c.until).where(here)
    async with any_container.database.write() as tx:
        await plans.forget_secrets(tx)
        [row] = (await tx.execute(kept)).all()
        assert (row.since, row.until) == (None, NOW + DAY)
        assert clear not in row.secret
        await tx.execute(delete(signed_plans).where(signed_plans.c.compiled_at <= NOW + DAY))

    async def gone() -> bool:
        async with any_container.database.read() as tx:
            return (await tx.execute(kept)).all() == []

    days = asyncio.create_task(any_container.mqtt.planner.watch_days())
    await eventually(gone, what="secrets that explain nothing any more are deleted")
    days.cancel()
    found = await why(any_village, code=made["code"], at="2026-11-25T18:05")
    assert (found["granted"], found["plan"]) == (False, None)


async def test_where_the_secret_of_a_plan_is_gone_that_is_said(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    made = await book(village, starts="2026-11-25T18:00", ends="2026-11-25T20:00")
    await sign(container)
    clock.set(NOW + DAY)
    await revoke(village, container)
    async with container.database.write() as tx:
        await tx.execute(delete(old_secrets))
    found = await why(village, code=made["code"], at="2026-11-25T18:05")
    assert not found["granted"]
    assert any("cannot be recognised any more" in each for each in found["text"])


CODE = AccessData(door="front-door", granted=True, reason=Reason.GRANTED, method=Method.OFFLINE_CODE)


@pytest.mark.parametrize(
    ("said", "issued", "opens"),
    [
        pytest.param(None, True, True, id="one that was issued, of which the door told nothing"),
        pytest.param(None, False, False, id="a guess, of which the door told nothing"),
        pytest.param(CODE, False, True, id="a guess that opened, offline"),
        pytest.param(
            msgspec.structs.replace(CODE, granted=False, reason=Reason.UNKNOWN), True, False, id="one refused in touch"
        ),
    ],
)
async def test_an_offline_code_that_no_plan_listed_opened_where_the_door_was_out_of_touch(
    village: httpx.AsyncClient,
    container: Container,
    clock: ManualClock,
    said: AccessData | None,
    issued: bool,
    opens: bool,
) -> None:
    await sign(container)
    await go_offline(container, EDGE, 30)
    made = await book(village, space="studio", starts="2026-11-25T18:00", ends="2026-11-25T20:00")
    [code] = (await village.post(f"{API}/bookings/{made['id']}/offline-code")).json()["offline_codes"]
    if not issued:
        async with container.database.write() as tx:
            await tx.execute(delete(offline_codes))
    if said is not None:
        await told(container, NOW.replace(hour=18, minute=5), said)
    clock.set(NOW + DAY)
    found = await why(village, code=code["code"], at="2026-11-25T18:05")
    assert (found["granted"], found["booking"]) == (opens, made["id"] if opens and issued else None)
    assert any("That plan does not list it" in each for each in found["text"])


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2749,2015-05-01,2027-06-30,no,,2026-11-01", "who must be 16 or older: the date of birth"),
        ("2749,,2027-06-30,no,,2026-11-01", "the list does not say how old they are: the date of birth"),
        ("2749,1990-05-01,2027-06-30,yes,,2026-11-01", "who is suspended: `hallkeeper members suspend NUMBER --lift`"),
        ("2749,1990-05-01,2026-11-20,no,,2026-11-01", "a membership that ended on 20 November 2026: once"),
        ("2749,1990-05-01,2027-06-30,no,,", "who has had no induction here: record the day"),
        ("2749,1990-05-01,2027-06-30,no,,2026-12-01", "who has the induction on 1 December 2026: from that day"),
        (",1990-05-01,2027-06-30,no,,2026-11-01", "who has no PIN: the library"),
    ],
)
async def test_a_refused_member_is_distinguished_from_an_unknown_card_with_a_hint(
    any_village: httpx.AsyncClient, any_container: Container, row: str, told: str
) -> None:
    await send(any_village, f"D100200300,{row},")
    await sign(any_container)
    found = await why(any_village, card="bar:D100200300", pin="2749", at="2026-11-26T18:05")
    assert found["granted"] is False
    assert told in " ".join(found["text"])
    other = await why(any_village, card="bar:D100200301", pin="2749", at="2026-11-26T18:05")
    assert "No grant of that plan for this door has it." in other["text"]


async def test_what_was_refused_during_a_lockout_is_shown_though_it_was_reported_later(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    made = await book(any_village, starts="2026-11-25T18:00", ends="2026-11-25T20:00")
    await sign(any_container)
    typed = NOW.replace(hour=18, minute=5)
    counted = AccessData(
        door="front-door", granted=False, reason=Reason.LOCKED_OUT, times=40, since=typed + timedelta(seconds=20)
    )
    await told(any_container, typed + timedelta(minutes=14), counted)
    clock.set(NOW + DAY)
    found = await why(any_village, code=made["code"], at="2026-11-25T18:05")
    assert any("reported at 18:19:00: refused" in each and "40 times" in each for each in found["text"])
    before = await why(any_village, code=made["code"], at="2026-11-25T18:02")
    assert not any("40 times" in each for each in before["text"])
