"""Tariffs over HTTP: set, checked, refused; quotes given."""

import json

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, Json, book

TARIFFS = f"{API}/sites/{SITE}/tariffs"
QUOTE = f"{API}/sites/{SITE}/quote"
HALL: Json = {"name": "hall", "spaces": ["hall"], "per_hour_pence": 1200}
ANY: Json = {"name": "any room", "per_hour_pence": 800}


async def put(client: httpx.AsyncClient, status: int = 200, check: bool = False, **body: object) -> Json:
    answer = await client.put(TARIFFS, json=body, params={"check": str(check).lower()})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def quote(client: httpx.AsyncClient, status: int = 200, **body: object) -> Json:
    plain = {"space": "hall", "starts": "2026-11-26T18:00", "ends": "2026-11-26T20:00"}
    answer = await client.post(QUOTE, json={key: value for key, value in (plain | body).items() if value is not None})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def test_without_tariffs_no_charge_is_set_and_everything_says_so(village: httpx.AsyncClient) -> None:
    found = (await village.get(TARIFFS)).json()
    assert (found["version"], found["text"], found["rates"]) == (0, "no charge is set", [])
    quoted = await quote(village)
    assert (quoted["text"], quoted["total_pence"], quoted["dates"][0]["total_pence"]) == (
        "no charge is set",
        None,
        None,
    )
    assert quoted["dates"][0]["lines"][0]["text"] == "no charge is set"


async def test_tariffs_are_set_and_read_with_their_version(village: httpx.AsyncClient) -> None:
    first = await put(village, rates=[HALL | {"hours": ["Fri 18:00 – Sat 02:00"]}, ANY])
    assert (first["version"], first["checked"]) == (1, False)
    assert (await put(village, rates=[HALL, ANY], vat_percent="20", vat="standard", version=1))["version"] == 2
    found = (await village.get(TARIFFS)).json()
    assert (found["version"], found["vat_percent"], found["changed_by"]) == (2, "20", "Una Porter")
    assert [rate["per_hour_pence"] for rate in found["rates"]] == [1200, 800]
    stale = await put(village, status=409, rates=[], version=1)
    assert "Una Porter changed it at 2026-11-25 12:00 UTC" in stale["detail"]
    assert (await quote(village))["text"] == "£24.00 including VAT of £4.00"


async def test_what_is_read_can_be_set_again_unchanged(village: httpx.AsyncClient) -> None:
    body: Json = {
        "rates": [HALL | {"hours": ["Mon-Fri 18:00-22:00"], "modes": ["closed"], "tiers": ["community"]}, ANY],
        "limits": [{"name": "lets", "minimum_minutes": 60, "day_cap_pence": 9000}],
        "discounts": [{"name": "terms", "percent": 10, "dates": 10}],
        "allowances": [{"name": "groups", "id": "groups", "free_hours": 20, "per": "year"}],
        "cancelling": [{"name": "usual", "steps": [{"days": 14, "percent": 0}], "late_percent": 50}],
        "vat_percent": "17.50",
        "gross": False,
    }
    await put(village, **body)
    found = (await village.get(TARIFFS)).json()
    told = {"text", "changed_at", "changed_by"}
    again = await put(village, **{name: value for name, value in found.items() if name not in told})
    for name in body:
        assert again[name] == found[name], name
    assert again["version"] == 2


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"rates": [{"name": "x"}]}, "rates.0", "needs per_hour_pence"),
        ({"rates": [{"name": "x", "per_hour_pence": -1}]}, "rates.0.per_hour_pence", "at least 0"),
        ({"rates": [{"name": "x", "per_hour_pence": 12.5}]}, "rates.0.per_hour_pence", "whole number"),
        ({"rates": [{"name": "x", "per_hour_pence": 10**9}]}, "rates.0.per_hour_pence", "10,000,000"),
        ({"rates": [{"name": "🎺" * 10_000, "per_hour_pence": 1}]}, "rates.0.name", "200"),
        ({"rates": [HALL | {"hours": ["Fri eve"]}]}, "rates.0.hours.0", "Mon-Fri 18:00-22:00"),
        ({"rates": [HALL | {"spaces": ["attic"]}]}, "rates.0.spaces", "no space 'attic'"),
        ({"rates": [HALL | {"layouts": ["theatre"]}]}, "rates.0.layouts", "no space that this is for"),
        ({"rates": [HALL | {"parties": ["ghosts"]}]}, "rates.0.parties", "no party 'ghosts'"),
        ({"rates": [HALL | {"tiers": ["royal"]}]}, "rates.0.tiers.0", "community"),
        ({"rates": [HALL | {"modes": ["booked"]}]}, "rates.0.modes.0", "staffed"),
        ({"rates": [ANY, HALL, HALL | {"name": "other"}]}, "rates.2", "“hall” and “other” fit the same booking"),
        ({"rates": [ANY, ANY]}, "rates.0.name", "called “any room” too"),
        ({"rates": [ANY | {"vat": "standard"}]}, "vat_percent", "standard-rated"),
        ({"rates": [ANY], "vat_percent": "101"}, "vat_percent", "100"),
        ({"rates": [ANY] * 201}, "rates", "200"),
        ({"limits": [{"name": "x"}]}, "limits.0", "minimum or a cap"),
        (
            {"limits": [{"name": "x", "minimum_pence": 2000, "booking_cap_pence": 1000}]},
            "limits.0.booking_cap_pence",
            "£20.00",
        ),
        ({"discounts": [{"name": "x", "percent": 10}]}, "discounts.0", "dates or total_hours"),
        ({"discounts": [{"name": "x", "percent": 101, "dates": 2}]}, "discounts.0.percent", "100"),
        (
            {"equipment": [{"equipment": "piano", "per_use_pence": 500}]},
            "equipment.0.equipment",
            "no equipment 'piano'",
        ),
        (
            {
                "cancelling": [
                    {"name": "x", "steps": [{"days": 2, "percent": 10}, {"days": 9, "percent": 50}], "late_percent": 60}
                ]
            },
            "cancelling.0.steps",
            "50 % at 9 days",
        ),
        ({"year_starts": 13}, "year_starts", "12"),
    ],
)
async def test_what_is_wrong_is_refused_by_field_and_limit(
    village: httpx.AsyncClient, body: Json, field: str, words: str
) -> None:
    refused = await put(village, status=422, **body)
    [message] = [each["message"] for each in refused["errors"] if each["field"] == field]
    assert words in message
    assert len(json.dumps(refused)) < 3000
    assert (await village.get(TARIFFS)).json()["version"] == 0


async def test_a_check_answers_what_would_change_and_writes_nothing(village: httpx.AsyncClient) -> None:
    kept = await book(village)
    checked = await put(village, check=True, rates=[HALL])
    assert checked["checked"] is True
    assert checked["effect"]["kept"] == 1
    assert kept["status"] == "confirmed"
    shown = {
        (each["space"], each["tier"], each["starts"][8:16], each["before"], each["after"])
        for each in checked["effect"]["examples"]
    }
    assert ("hall", "community", "26T19:00", "no charge is set", "£24.00") in shown
    assert not any(space == "studio" for space, *_ in shown)
    assert (await village.get(TARIFFS)).json()["version"] == 0


async def test_setting_tariffs_names_each_half_that_costs_more_than_its_whole(village: httpx.AsyncClient) -> None:
    for half in ("east", "west"):
        made = await village.put(f"{API}/sites/{SITE}/spaces/hall-{half}", json={"name": f"Hall, {half}", "doors": []})
        assert made.is_success, made.text
    hall = {"name": "Hall", "capacity": 60, "doors": [], "parts": ["hall-east", "hall-west"]}
    made = await village.put(f"{API}/sites/{SITE}/spaces/hall", json=hall)
    assert made.is_success, made.text
    community = HALL | {"tiers": ["community"], "per_hour_pence": 700}
    east = {"name": "east", "spaces": ["hall-east"], "tiers": ["community"], "per_hour_pence": 400}
    told = await put(village, check=True, rates=[ANY, community, east])
    assert told["effect"]["overpriced_parts"] == [
        "Hall, west costs £16.00 for two hours and Hall, which it is part of, £14.00 (community); "
        "add 'hall-west' to the spaces of a rate"
    ]


async def test_the_dates_of_a_series_are_quoted_together(village: httpx.AsyncClient) -> None:
    await put(village, rates=[HALL], discounts=[{"name": "terms", "percent": 10, "dates": 3}])
    dates = [{"starts": f"2026-12-0{day}T18:00", "ends": f"2026-12-0{day}T20:00"} for day in (1, 2, 3)]
    found = await quote(village, starts=None, ends=None, dates=dates)
    assert found["total_pence"] == 3 * 2160
    assert [each["lines"][1]["text"] for each in found["dates"]] == ["block of 3: −10 % (terms)"] * 3
    assert found["dates"][0]["starts"] == "2026-12-01T18:00:00+00:00"


async def test_a_quote_says_what_the_clocks_do(village: httpx.AsyncClient) -> None:
    await put(village, rates=[HALL])
    night = await quote(village, starts="2027-03-27T22:00", ends="2027-03-28T06:00")
    assert night["total_pence"] == 7 * 1200
    assert "the clocks go forward" in night["dates"][0]["lines"][-1]["text"]


async def test_a_tier_is_quoted_without_a_party(village: httpx.AsyncClient) -> None:
    await put(village, rates=[ANY, {"name": "firms", "tiers": ["commercial"], "per_hour_pence": 3000}])
    assert (await quote(village, tier="commercial"))["total_pence"] == 6000
    assert (await quote(village))["total_pence"] == 1600


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ends": "2026-11-26T17:00"}, "ends"),
        ({"ends": "2026-11-26T18:00"}, "ends"),
        ({"starts": "2027-03-28T01:30", "ends": "2027-03-28T04:00"}, "starts"),
        ({"ends": None}, "body"),
        ({"dates": [{"starts": "2026-12-01T18:00", "ends": "2026-12-01T20:00"}]}, "body"),
        ({"party": "ghosts"}, "party"),
        ({"party": "choir", "tier": "council"}, "body"),
        ({"seats": 0}, "seats"),
    ],
)
async def test_what_cannot_be_quoted_is_refused_by_field(village: httpx.AsyncClient, body: Json, field: str) -> None:
    refused = await quote(village, status=422, **body)
    assert field in {each["field"] for each in refused["errors"]}


async def test_an_unknown_site_or_space_is_not_found(village: httpx.AsyncClient) -> None:
    assert (await village.put(f"{API}/sites/atlantis/tariffs", json={})).status_code == 404
    assert (await village.get(f"{API}/sites/atlantis/tariffs")).status_code == 404
    await quote(village, status=404, space="attic")


async def test_a_booker_sees_what_its_own_party_pays_and_no_others(app: FastAPI, village: httpx.AsyncClient) -> None:
    await put(village, rates=[HALL])
    for name in ("yoga", "choir"):
        await put_party(village, name)
    own = await book(village, party="yoga")
    others = await book(village, party="choir", starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    async with signed_in_as(app, village, "group_leader", party="yoga", sites=[SITE]) as yoga:
        assert (await yoga.get(f"{API}/bookings/{own['id']}/quote")).json()["total_pence"] == 2400
        assert (await yoga.get(f"{API}/bookings/{others['id']}/quote")).status_code == 403
        assert (await quote(yoga, party="yoga"))["total_pence"] == 2400
        await quote(yoga, status=403, party="choir")
        assert (await yoga.get(TARIFFS)).status_code == 200
        assert (await yoga.put(TARIFFS, json={})).status_code == 403
        assert (
            await yoga.post(f"{API}/bookings/{own['id']}/quote/waive", json={"reason": "please"})
        ).status_code == 403
