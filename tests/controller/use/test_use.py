"""The use of a site over HTTP, as JSON and as CSV, and who reads it."""

import csv
import io
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from controller.container import Container
from controller.diary.model import BookingState
from controller.diary.tables import bookings
from tests.controller.clock import ManualClock
from tests.controller.people.signing import put_party, signed_in_as
from tests.controller.people.test_tokens import make, program
from tests.controller.running import NOW
from tests.controller.village import API, SITE, Json, book

WEEK = {"from": "2026-11-23", "to": "2026-11-30"}


async def use(client: httpx.AsyncClient, **params: str) -> Json:
    answer = await client.get(f"{API}/sites/{SITE}/use", params=WEEK | params)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


@pytest.fixture
async def after_a_week(village: httpx.AsyncClient, container: Container, clock: ManualClock) -> httpx.AsyncClient:
    """A choir that came, and scouts that did not."""
    await put_party(village, "choir")
    await put_party(village, "scouts")
    came = await book(village, party="choir")
    missed = await book(village, party="scouts", space="studio", starts="2026-11-27T10:00", ends="2026-11-27T12:00")
    async with container.database.write() as tx:
        arrived = {"arrived_at": bookings.c.starts}
        for made, values in ((came, arrived), (missed, {"state": BookingState.NO_SHOW.value})):
            await tx.execute(update(bookings).where(bookings.c.id == made["id"]).values(values))
    clock.set(NOW + timedelta(days=7))
    return village


async def test_the_answer_has_rooms_groups_and_what_was_not_used(after_a_week: httpx.AsyncClient) -> None:
    found = await use(after_a_week)
    rooms = {each["space"]: each for each in found["spaces"]}
    assert rooms["hall"]["minutes"]["used"] == 120
    assert rooms["studio"]["minutes"]["no_show"] == 120
    assert [(each["party"], each["counts"]["no_shows"]) for each in found["groups"]] == [("scouts", 1), ("choir", 0)]
    assert found["groups"][0]["party_name"]
    assert found["groups_shown"] is True
    assert (found["starts"], found["ends"]) == ("2026-11-23T00:00:00+00:00", "2026-11-30T00:00:00+00:00")


async def test_the_csv_has_units_and_notes(after_a_week: httpx.AsyncClient) -> None:
    answer = await after_a_week.get(f"{API}/sites/{SITE}/use.csv", params=WEEK)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    notes = [row for row in rows if row[0].startswith("#")]
    assert "measured until 2026-11-30 00:00" in notes[0][0]
    assert any("This is not zero" in row[0] for row in notes)
    table = [dict(zip(rows[len(notes)], row, strict=True)) for row in rows[len(notes) + 1 :]]
    hall = next(row for row in table if (row["about"], row["name"]) == ("room", "Hall"))
    assert (hall["used (h)"], hall["arrived"]) == ("2.00", "1")
    assert next(row for row in table if row["about"] == "group")["no_show (h)"] == "2.00"


async def test_managers_facilities_and_auditors_read_it_and_groups_do_not(
    after_a_week: httpx.AsyncClient, app: FastAPI
) -> None:
    for role, status in (("manager", 200), ("facilities", 200), ("auditor", 200), ("porter", 403), ("wall", 403)):
        async with signed_in_as(app, after_a_week, role) as client:
            assert (await client.get(f"{API}/sites/{SITE}/use", params=WEEK)).status_code == status, role
    async with signed_in_as(app, after_a_week, "group_leader", party="choir") as client:
        assert (await client.get(f"{API}/sites/{SITE}/use", params=WEEK)).status_code == 403


async def test_who_may_not_see_whose_bookings_they_are_reads_no_groups(
    after_a_week: httpx.AsyncClient, app: FastAPI
) -> None:
    async with program(app, await make(after_a_week, scopes=["use"])) as client:
        found = await use(client)
        assert (found["groups"], found["groups_shown"], found["counts"]["no_shows"]) == ([], False, 1)
        exported = await client.get(f"{API}/sites/{SITE}/use.csv", params=WEEK)
        assert "choir" not in exported.text.lower()
        assert "scouts" not in exported.text.lower()


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"from": "2027-01-01", "to": "2027-02-01"}, "still to come"),
        ({"from": "2026-11-01", "to": "2026-11-01"}, "must be after `from`"),
        ({"from": "2024-11-01", "to": "2026-11-01"}, "at most 367 days"),
        ({"from": "yesterday", "to": "2026-11-01"}, "from"),
    ],
)
async def test_a_time_that_cannot_be_measured_is_refused(
    village: httpx.AsyncClient, params: dict[str, str], why: str
) -> None:
    answer = await village.get(f"{API}/sites/{SITE}/use", params=params)
    assert answer.status_code == 422
    assert why in answer.text
