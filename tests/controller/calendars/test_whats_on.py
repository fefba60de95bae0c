"""What's on: public bookings as schema.org events, for everybody and nothing else."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.signin.signing import put_party
from tests.controller.village import API, SITE, act, book, change, show_public

PATH = f"{API}/sites/{SITE}/whats-on"


@pytest.fixture
async def outside(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    await show_public(village)
    async with stranger(app) as client:
        yield client


async def test_public_bookings_are_events_and_the_others_are_not_there(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    await put_party(village, "choir", name="Ramsey Choir")
    await put_party(village, "ann", kind="person", name="Ann")
    made = await book(village, public=True, party="choir", contact_name="Bob", contact_phone="01487")
    await book(village, title="Private do", space="studio")
    own = {"starts": "2026-11-27T18:00", "ends": "2026-11-27T20:00", "title": "Open mic"}
    await book(village, public=True, party="ann", **own)
    answer = await outside.get(PATH)
    assert answer.headers["content-type"] == "application/ld+json"
    assert (answer.headers["cache-control"], answer.headers["access-control-allow-origin"]) == (
        "public, max-age=300",
        "*",
    )
    found = answer.json()
    assert found["@context"] == "https://schema.org"
    assert found["@graph"][0] == {
        "@type": "Event",
        "@id": f"urn:uuid:{made['id']}",
        "name": "Choir",
        "startDate": "2026-11-26T18:00:00+00:00",
        "endDate": "2026-11-26T20:00:00+00:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": "Hall, Ramsey Hub", "address": "Ramsey Hub"},
        "organizer": {"@type": "Organization", "name": "Ramsey Choir"},
    }
    assert found["@graph"][1]["name"] == "Open mic"
    assert "organizer" not in found["@graph"][1]
    for secret in ("Private", "Bob", "01487", "Ann", made["code"]):
        assert secret not in answer.text


async def test_a_booking_is_made_public_and_private_again_and_one_called_off_says_so(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    made = await book(village)
    assert made["public"] is False
    assert (await outside.get(PATH)).json()["@graph"] == []
    assert (await change(village, made, public=True))["public"] is True
    assert len((await outside.get(PATH)).json()["@graph"]) == 1
    await act(village, made, "cancel")
    [event] = (await outside.get(PATH)).json()["@graph"]
    assert event["eventStatus"] == "https://schema.org/EventCancelled"
    await act(village, made, "restore")
    await change(village, made, public=False)
    assert (await outside.get(PATH)).json()["@graph"] == []


async def test_a_series_can_be_public(village: httpx.AsyncClient, outside: httpx.AsyncClient) -> None:
    body = {
        "space": "hall",
        "title": "Tea dance",
        "first_starts": "2026-11-26T14:00",
        "first_ends": "2026-11-26T16:00",
        "rule": "FREQ=WEEKLY;COUNT=3",
        "public": True,
    }
    made = await village.post(f"{API}/sites/{SITE}/series", json=body)
    assert made.status_code == 201, made.text
    assert [each["name"] for each in (await outside.get(PATH)).json()["@graph"]] == ["Tea dance"] * 3


async def test_days_are_the_sites_own_and_within_limits(village: httpx.AsyncClient, outside: httpx.AsyncClient) -> None:
    await book(village, public=True, starts="2027-03-27T22:00", ends="2027-03-28T06:00")
    [night] = (await outside.get(PATH, params={"from": "2027-03-28", "days": 1})).json()["@graph"]
    assert (night["startDate"], night["endDate"]) == ("2027-03-27T22:00:00+00:00", "2027-03-28T06:00:00+01:00")
    assert datetime.fromisoformat(night["startDate"]).tzinfo is not None
    assert (await outside.get(PATH, params={"from": "2027-03-29"})).json()["@graph"] == []
    for params, field in (({"days": "63"}, "days"), ({"days": "0"}, "days"), ({"from": "soon"}, "from")):
        refused = await outside.get(PATH, params=params)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert (await outside.get(f"{API}/sites/atlantis/whats-on")).status_code == 404


async def test_what_is_long_over_is_not_told(
    village: httpx.AsyncClient, outside: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await book(village, public=True)
    clock.set(datetime.fromisoformat(made["ends"]) + timedelta(days=20))
    assert len((await outside.get(PATH, params={"from": "2026-11-01"})).json()["@graph"]) == 1
    clock.advance(days=20)
    for first in ("2026-11-20", "2025-11-26"):
        assert (await outside.get(PATH, params={"from": first})).json()["@graph"] == [], first


async def test_a_reader_asks_whether_anything_is_new(village: httpx.AsyncClient, outside: httpx.AsyncClient) -> None:
    made = await book(village, public=True)
    tag = (await outside.get(PATH)).headers["etag"]
    assert (await outside.get(PATH, headers={"If-None-Match": tag})).status_code == 304
    await change(village, made, title="Choir and friends")
    assert (await outside.get(PATH, headers={"If-None-Match": tag})).status_code == 200
