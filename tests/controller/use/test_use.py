"""The use of a site over HTTP, as JSON and as CSV, and who reads it."""

import csv
import io
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from controller.app.container import Container
from controller.bookings.diary.model import BookingState
from controller.bookings.diary.tables import bookings
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.signin.test_tokens import make, program
from tests.controller.telemetry.rollups.storing import store
from tests.controller.telemetry.rollups.test_service import alive
from tests.controller.telemetry.speaking import crossing
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


@pytest.fixture
async def counted(village: httpx.AsyncClient, container: Container, clock: ManualClock) -> httpx.AsyncClient:
    """Open from 9 to 17 since long ago, then until 21 without staff as well; people came in by the front door."""
    since = NOW - timedelta(days=60)
    for at, evening in ((since, False), (NOW, True)):
        clock.set(at)
        path = f"{API}/sites/{SITE}/hours"
        pattern = [{"weekday": day, "opens": "09:00", "closes": "17:00", "mode": "staffed"} for day in range(7)]
        late = [{"weekday": day, "opens": "17:00", "closes": "21:00", "mode": "extended"} for day in range(7)]
        given = {"version": (await village.get(path)).json()["version"], "pattern": pattern + late * evening}
        answer = await village.put(path, json=given)
        assert answer.is_success, answer.text
    starts = [datetime(2026, 10, 1, 10, tzinfo=UTC) + timedelta(days=each) for each in range(61)]
    events = []
    for n, at in enumerate(starts):
        events.append(crossing(2 * n + 1, ins=16, outs=0, total=(16 * (n + 1), 16 * n), at=at))
        leaving = at + timedelta(hours=5)
        events.append(crossing(2 * n + 2, ins=0, outs=16, total=(16 * (n + 1), 16 * (n + 1)), at=leaving))
    await store(container.database, SITE, events)
    await alive(container.database, datetime(2026, 12, 1, tzinfo=UTC), head=len(events))
    clock.set(datetime(2026, 12, 1, 12, tzinfo=UTC))
    return village


async def test_visits_stand_beside_the_bookings_and_hours_count_as_they_were_set_then(
    counted: httpx.AsyncClient,
) -> None:
    found = await use(counted, **{"from": "2026-11-01", "to": "2026-12-01"})
    visits = found["visits"]
    assert (visits["doors"], visits["staffed"]["visits"]) == (["front-door"], 30 * 16)
    assert visits["staffed"]["minutes"] == 30 * 8 * 60
    assert visits["extended"]["minutes"] == 6 * 4 * 60  # since the evening of the 25th
    assert visits["extended"]["visits"] == 0
    assert found["minutes"]["bookable"] == 3 * (30 * 8 + 6 * 4) * 60  # three rooms
    assert found["hours_known"] is True
    assert visits["peak"]["estimate"] == 16
    assert visits["peak"]["at"].startswith("2026-11-")
    early = await use(counted, **{"from": "2026-08-01", "to": "2026-09-01"})
    assert (early["visits"], early["minutes"]["bookable"]) == (None, 0)


async def test_the_file_has_the_doors_the_days_and_the_peak_in_its_notes(counted: httpx.AsyncClient) -> None:
    span = {"from": "2026-11-01", "to": "2026-12-01"}
    visits = (await use(counted, **span))["visits"]
    text = (await counted.get(f"{API}/sites/{SITE}/use.csv", params=span)).text
    assert "# Counted at: front-door." in text
    assert "# counted days: 30 of 30 open days." in text
    assert f"# peak: {visits['peak']['people']}, at 2026-11-" in text
    assert f"# peak, most: {visits['most']}." in text


@pytest.mark.cases_full
async def test_sites_are_compared_in_one_table(counted: httpx.AsyncClient) -> None:
    span = {"from": "2026-11-01", "to": "2026-12-01"}
    answer = await counted.get(f"{API}/use", params=span)
    assert answer.status_code == 200, answer.text
    [found] = answer.json()["items"]
    assert (found["site"], found["site_name"]) == (SITE, "Ramsey Hub")
    assert found["period"]["visits"]["open"]["visits"] == 480
    before = found["before"]
    assert before["period"]["starts"] == "2026-10-01T00:00:00+01:00"
    assert before["change"] is None
    assert before["why_no_change"] == "records begin within that time"  # on the first at 11 o’clock
    assert found["year_before"] == {"period": None, "change": None, "why_no_change": "nothing was recorded yet"}
    weeks = {"from": "2026-11-09", "to": "2026-11-16"}
    [found] = (await counted.get(f"{API}/use", params=weeks)).json()["items"]
    assert found["before"]["change"] == pytest.approx(0)
    none = await counted.get(f"{API}/use", params=weeks | {"site": "elsewhere"})
    assert none.json()["items"] == []


async def test_the_table_is_a_csv_too_with_a_row_for_each_period(counted: httpx.AsyncClient) -> None:
    answer = await counted.get(f"{API}/use.csv", params={"from": "2026-11-09", "to": "2026-11-16"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    notes = [row for row in rows if row[0].startswith("#")]
    table = [dict(zip(rows[len(notes)], row, strict=True)) for row in rows[len(notes) + 1 :]]
    assert [(row["which"], row["visits"]) for row in table] == [
        ("period", "112"),
        ("before", "112"),
        ("year before", ""),
    ]
    assert (table[0]["visits per open hour"], table[0]["peak"]) == ("2.00", "15")
    assert table[1]["visits per open hour of the period, as a share of these"] == "1.000"
    assert table[2]["why no comparison"] == "nothing was recorded yet"


@pytest.mark.cases_full
async def test_the_table_has_the_sites_whose_use_one_may_see(counted: httpx.AsyncClient, app: FastAPI) -> None:
    span = {"from": "2026-11-01", "to": "2026-12-01"}
    async with signed_in_as(app, counted, "facilities", sites=[SITE]) as client:
        answer = await client.get(f"{API}/use", params=span)
        assert [each["site"] for each in answer.json()["items"]] == [SITE]
    async with signed_in_as(app, counted, "porter") as client:
        assert (await client.get(f"{API}/use", params=span)).status_code == 403


@pytest.mark.parametrize(
    "span", [("2026-11-02", "2026-11-02"), ("2027-11-02", "2027-11-03"), ("2024-01-01", "2026-01-01")]
)
async def test_a_table_of_a_time_that_cannot_be_measured_is_refused(
    counted: httpx.AsyncClient, span: tuple[str, str]
) -> None:
    answer = await counted.get(f"{API}/use", params={"from": span[0], "to": span[1]})
    assert answer.status_code == 422, answer.text


async def test_visits_by_month_have_the_columns_of_the_library_data_schema(counted: httpx.AsyncClient) -> None:
    span = {"from": "2026-10-15", "to": "2027-01-01", "authority": "Fenland"}  # no counter before November
    answer = await counted.get(f"{API}/use/physical-visits.csv", params=span)
    assert answer.status_code == 200, answer.text
    assert list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))) == [
        ["Local authority", "Library name", "Count start", "Count end", "Count type", "Visits"],
        ["Fenland", "Ramsey Hub", "2026-11-01", "2026-11-30", "Automatic", "480"],
    ]
    assert (await counted.get(f"{API}/use/physical-visits.csv", params=span | {"to": "2028-01-01"})).status_code == 422


@pytest.mark.cases_full
async def test_a_month_is_one_sheet_as_pdf(counted: httpx.AsyncClient, app: FastAPI) -> None:
    path = f"{API}/sites/{SITE}/use.pdf"
    async with signed_in_as(app, counted, "auditor") as client:
        answer = await client.get(path, params={"month": "2026-11"})
        assert answer.status_code == 200, answer.text
        again = await client.get(path, params={"month": "2026-11"})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'inline; filename="use-ramsey-2026-11.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert answer.content == again.content
    assert answer.content.count(b"/Type /Page\n") == 1
    for month, why in (("2026-13", "month"), ("2027-01", "still to come"), ("0001-01", "year")):
        refused = await counted.get(path, params={"month": month})
        assert refused.status_code == 422
        assert why in refused.text
