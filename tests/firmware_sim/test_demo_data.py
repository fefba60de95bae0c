"""What the demo's hubs are besides their doors, brought into a real controller as a user would."""

import tomllib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from firmware_sim import demo_data, provision
from firmware_sim.api_client import Api
from firmware_sim.building_file import DATA, DEMO_SITES, Building, demo_buildings
from firmware_sim.demo_data import school_terms, set_up_sites
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, PASSWORD, USER


def site_file(site: str) -> dict[str, Any]:
    return tomllib.loads((DATA / "sites" / f"{site}.toml").read_text())


@pytest.fixture
async def api(app: FastAPI, tmp_path: Path) -> AsyncIterator[Api]:
    """Signed in to a controller that has the hubs with their doors and plain rooms."""
    async with Api(BASE_URL, transport=httpx.ASGITransport(app)) as api:
        await api.set_up(token=(tmp_path / "setup-token").read_text(), user=USER, password=PASSWORD)
        for building in demo_buildings():
            await provision.put_building(api, building)
            await provision.put_hours(api, building)
        yield api


@pytest.mark.parametrize("building", demo_buildings(), ids=lambda building: building.id)
def test_the_config_of_a_site_matches_the_simulated_building(building: Building) -> None:
    file = site_file(building.id)
    for field in ("id", "name", "zone", "address", "phone", "latitude", "longitude"):
        assert file["site"][field] == getattr(building, field), field
    for space in building.spaces:
        kept = file["spaces"][space.id]
        assert (kept["name"], kept["capacity"], kept["floor_area_m2"]) == (
            space.name,
            space.capacity,
            space.floor_area_m2,
        )
        assert kept["doors"] == sorted(space.doors)
    staffed = [
        (span["weekday"], span["opens"], span["closes"])
        for span in file["hours"]["pattern"]
        if span["mode"] == "staffed"
    ]
    assert staffed == [(each.weekday, each.opens, each.closes) for each in building.hours]
    assert file["hours"]["free_doors"] == [door.id for door in building.doors if door.free_while_staffed]


@pytest.mark.cases_full
@pytest.mark.parametrize("site", DEMO_SITES)
async def test_the_council_pays_nothing_at_its_free_rate_and_no_half_costs_more_than_the_whole(
    api: Api, clock: ManualClock, site: str
) -> None:
    await set_up_sites(api, demo_buildings(), clock.now().date())
    tariffs = await api.get(f"/sites/{site}/tariffs")
    told_only = ("text", "changed_at", "changed_by")
    body = {name: value for name, value in tariffs.items() if name not in told_only}
    told = await api.put(f"/sites/{site}/tariffs?check=true", body)
    assert told["effect"]["overpriced_parts"] == []
    rates = {each["name"]: each["per_hour_pence"] for each in tariffs["rates"]}
    asked = {"starts": "2026-11-26T18:00", "ends": "2026-11-26T21:00", "tier": "council"}
    spaces = (await api.get(f"/sites/{site}"))["spaces"]
    prices = {
        each["id"]: (await api.post(f"/sites/{site}/quote", asked | {"space": each["id"]}))["total_pence"]
        for each in spaces
        if each["bookable"]
    }
    assert set(prices.values()) == {rates.get("Council use", rates["Any room"]) * 3}, prices


@pytest.mark.cases_full
async def test_furnishing_twice_changes_nothing(api: Api, clock: ManualClock) -> None:
    today = clock.now().date()
    await set_up_sites(api, demo_buildings(), today)
    first = {site: await api.get(f"/sites/{site}") for site in DEMO_SITES}
    for site in DEMO_SITES:
        kept = (DATA / "sites" / f"{site}.toml").read_bytes()
        told = await api.put_file(f"/sites/{site}/file", kept, kind="application/toml")
        assert (told["written"], told["changes"]) == (True, []), site
    await set_up_sites(api, demo_buildings(), today)
    assert {site: await api.get(f"/sites/{site}") for site in DEMO_SITES} == first
    assert (await api.get("/parties", search="choir"))["items"][0]["responsible"] == "ruth-allen"


@pytest.mark.cases_full
@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 25, 12, tzinfo=UTC),
        datetime(2026, 12, 24, 19, 30, tzinfo=UTC),
        datetime(2027, 3, 27, 23, 50, tzinfo=UTC),
        datetime(2027, 7, 19, 6, tzinfo=UTC),
        datetime(2029, 10, 28, 1, 15, tzinfo=UTC),
    ],
    ids=lambda now: f"{now:%a-%d-%b-%Y}",
)
async def test_whenever_the_demo_starts_its_diary_fills_and_the_studio_is_free(
    api: Api, clock: ManualClock, now: datetime
) -> None:
    clock.set(now)
    await api.sign_in(user=USER, password=PASSWORD)  # the session of 2026 is over
    today = now.date()
    await set_up_sites(api, demo_buildings(), today)
    made = demo_data.CreatedSoFar((), keep=lambda: None)
    await demo_data.book_week(api, now=lambda: now, made=made)
    series = await demo_data.book_series(
        api, today, today + timedelta(weeks=demo_data.WEEKS), now=lambda: now, made=made
    )
    assert series == len(demo_data.demo_week().series)
    asked = len(demo_data.demo_week().asked)
    assert await demo_data.ask(api, now=lambda: now, made=made) >= asked
    lasts = {"starts": now.isoformat(), "ends": (now + timedelta(hours=9)).isoformat()}
    code = await api.post("/sites/ramsey/bookings", {"space": "studio", "title": "Try the front door", **lasts})
    assert code["status"] == "confirmed"


@pytest.mark.cases_full
async def test_the_diary_shows_a_manager_the_open_decisions(api: Api, clock: ManualClock) -> None:
    now = clock.now()
    today = now.date()
    await set_up_sites(api, demo_buildings(), today)
    made = demo_data.CreatedSoFar((), keep=lambda: None)
    await demo_data.book_week(api, now=lambda: now, made=made)
    await demo_data.book_series(api, today, today + timedelta(weeks=demo_data.WEEKS), now=lambda: now, made=made)
    await demo_data.ask(api, now=lambda: now, made=made)
    span = {"from": now.isoformat(), "to": (now + timedelta(days=35)).isoformat()}
    found = (await api.get("/sites/ramsey/bookings", **span))["items"]
    waits = {each["title"]: each["status"] for each in found if each["status"] in ("requested", "held")}
    assert waits == {"Makers' market": "requested", "Model railway exhibition": "held", "Wedding fair": "held"}
    dates = Counter(each["title"] for each in found)
    assert dates["Sewing bee"] == 4, "five Thursdays, of which the planning exhibition has one"
    assert dates["Job club"] == 4, "five Fridays, of which one is closed for the carpet"
    (waiting,) = (await api.get("/sites/ramsey/waiting"))["items"]
    assert (waiting["title"], waiting["state"], waiting["place"]) == ("Salsa taster", "waiting", 1)


def test_terms_cover_today_whenever_it_is() -> None:
    for day in (date(2026, 8, 31), date(2026, 9, 1), date(2027, 1, 1), date(2027, 7, 31)):
        terms = school_terms(day)
        assert terms == sorted(terms, key=lambda term: str(term["first"]))
        assert any(term["last"] >= f"{day:%Y-%m-%d}" for term in terms)
        assert terms[0]["first"] <= f"{day.year}-09-03"
