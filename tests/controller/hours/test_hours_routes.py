"""Opening hours over HTTP, on both databases where SQL matters."""

from typing import Any

import httpx
import pytest

from tests.controller.estate.test_estate_routes import ROOT, furnish
from tests.controller.village import without_versions

HOURS: dict[str, list[Any]] = {
    "pattern": [
        {"weekday": 2, "opens": "09:00", "closes": "17:00", "mode": "staffed"},
        {"weekday": 2, "opens": "17:00", "closes": "24:00", "mode": "extended"},
    ],
    "exceptions": [
        {"date": "2026-12-23", "note": "Carols", "spans": [{"opens": "10:00", "closes": "12:30", "mode": "staffed"}]},
        {"date": "2026-12-25", "note": "Christmas Day", "spans": []},
    ],
    "free_doors": ["front"],
}
NO_RULE: dict[str, Any] = {"nation": "england-and-wales", "means": "nothing", "weekday": None, "spans": []}
NOTHING: dict[str, Any] = {
    "pattern": [],
    "seasons": [],
    "exceptions": [],
    "bank_holidays": NO_RULE,
    "free_doors": [],
    "closing": {"warn_minutes": [15, 5], "secure_within_minutes": 30},
}
PATH = f"{ROOT}/ramsey/hours"


async def test_hours_come_back_as_they_were_put_and_replace_those_before(client: httpx.AsyncClient) -> None:
    await furnish(client)
    assert (await client.get(PATH)).json() == NOTHING | {"version": 0}
    assert without_versions((await client.put(PATH, json=HOURS)).json()) == NOTHING | HOURS
    assert without_versions((await client.get(PATH)).json()) == NOTHING | HOURS
    every = {
        "pattern": [{"weekday": 6, "opens": "22:00", "closes": "06:00", "mode": "extended"}],
        "seasons": [
            {"name": "Summer", "first": "06-01", "last": "08-31", "pattern": []},
            {"name": "New Year", "first": "2026-12-21", "last": "2027-01-03", "pattern": HOURS["pattern"]},
            {"name": "Leap", "first": "02-29", "last": "02-29", "pattern": []},
        ],
        "exceptions": [],
        "bank_holidays": {"nation": "scotland", "means": "weekday", "weekday": 6, "spans": []},
        "free_doors": [],
        "closing": {"warn_minutes": [30, 10], "secure_within_minutes": 45},
    }
    await client.put(PATH, json=every)
    assert without_versions((await client.get(PATH)).json()) == every


async def test_a_night_that_ends_at_midnight_is_answered_as_a_day_that_does(client: httpx.AsyncClient) -> None:
    await furnish(client)
    put = await client.put(PATH, json=_weekly(opens="18:00", closes="00:00"))
    assert put.json()["pattern"] == _weekly(opens="18:00", closes="24:00")["pattern"]


async def test_a_date_means_where_its_day_begins(client: httpx.AsyncClient) -> None:
    await furnish(client)
    by_date = await client.get(f"{ROOT}/ramsey/modes", params={"from": "2026-07-01", "to": "2026-07-02"})
    times = {"from": "2026-06-30T23:00Z", "to": "2026-07-01T23:00Z"}
    assert by_date.json() == (await client.get(f"{ROOT}/ramsey/modes", params=times)).json()
    assert by_date.json()["items"][0]["starts"] == "2026-07-01T00:00:00+01:00"


async def test_modes_carry_the_sites_offset_and_tile_the_asked_time(client: httpx.AsyncClient) -> None:
    await furnish(client)
    await client.put(PATH, json=HOURS)
    answer = await client.get(f"{ROOT}/ramsey/modes", params={"from": "2026-07-01T08:00", "to": "2026-07-01T17:00:00Z"})
    assert answer.json()["items"] == [
        {"starts": "2026-07-01T08:00:00+01:00", "ends": "2026-07-01T09:00:00+01:00", "mode": "closed", "note": None},
        {"starts": "2026-07-01T09:00:00+01:00", "ends": "2026-07-01T17:00:00+01:00", "mode": "staffed", "note": None},
        {"starts": "2026-07-01T17:00:00+01:00", "ends": "2026-07-01T18:00:00+01:00", "mode": "extended", "note": None},
    ]


async def test_a_wall_time_that_does_not_exist_is_refused_with_the_nearest_two(client: httpx.AsyncClient) -> None:
    await furnish(client)
    answer = await client.get(f"{ROOT}/ramsey/modes", params={"from": "2026-03-29T01:30", "to": "2026-03-30T00:00"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "from"
    assert "02:00 is the next time there is" in error["message"]


async def test_a_free_door_must_be_of_this_site(client: httpx.AsyncClient) -> None:
    await furnish(client)
    answer = await client.put(PATH, json={"free_doors": ["front", "back"]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "free_doors"
    assert (await client.get(PATH)).json()["free_doors"] == []


def _season(**changed: object) -> dict[str, list[dict[str, object]]]:
    return {"seasons": [{"name": "Summer", "first": "06-01", "last": "08-31"} | changed]}


def _two(*spans: tuple[int, str, str]) -> dict[str, list[dict[str, object]]]:
    return {"pattern": [_weekly(weekday=day, opens=opens, closes=closes)["pattern"][0] for day, opens, closes in spans]}


def _weekly(**changed: object) -> dict[str, list[dict[str, object]]]:
    return {"pattern": [{"weekday": 0, "opens": "09:00", "closes": "17:00", "mode": "staffed"} | changed]}


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        (_weekly(weekday=7), "pattern.0.weekday", "6"),
        (_weekly(weekday=-1), "pattern.0.weekday", "0"),
        (_weekly(weekday="1"), "pattern.0.weekday", "whole number"),
        (_weekly(opens="9:00"), "pattern.0.opens", "00:00"),
        (_weekly(opens="25:00"), "pattern.0.opens", "24:00"),
        (_weekly(closes="24:01"), "pattern.0.closes", "24:00"),
        (_weekly(opens="\u0660\u0669:00"), "pattern.0.opens", "00:00"),
        (_weekly(closes="09:00"), "pattern.0", "00:00 to 24:00"),
        (_weekly(opens="24:00", closes="02:00"), "pattern.0", "next day"),
        (_weekly(mode="closed"), "pattern.0.mode", "staffed"),
        ({"pattern": _weekly()["pattern"] + _weekly(opens="16:59", closes="18:00")["pattern"]}, "body", "Monday"),
        (_two((0, "22:00", "02:00"), (1, "01:00", "03:00")), "body", "Monday 22:00-02:00 and Tuesday 01:00-03:00"),
        (_two((6, "22:00", "02:00"), (0, "01:59", "03:00")), "body", "Sunday 22:00-02:00 and Monday 01:59-03:00"),
        (_season(first="06-31"), "seasons.0.first", "06-01 for every year"),
        (_season(first="1999-06-01"), "seasons.0.first", "2000"),
        (_season(last="2026-08-31"), "seasons.0", "both with the year"),
        (_season(first="2026-09-01", last="2026-08-31"), "seasons.0", "before"),
        (_season(name=""), "seasons.0.name", "must not be empty"),
        (
            {"seasons": [*_season()["seasons"], *_season(name="July", first="05-01", last="07-31")["seasons"]]},
            "body",
            "“Summer” (1 June to 31 August) and “July” (1 May to 31 July) overlap and neither is more specific",
        ),
        ({"bank_holidays": {"means": "weekday"}}, "bank_holidays", "weekday"),
        ({"bank_holidays": {"means": "closed", "weekday": 0}}, "bank_holidays", "weekday"),
        ({"bank_holidays": {"means": "spans"}}, "bank_holidays", "closed"),
        ({"bank_holidays": {"means": "shut"}}, "bank_holidays.means", "'closed'"),
        ({"exceptions": [{"date": "2026-02-30"}]}, "exceptions.0.date", "day"),
        ({"exceptions": [{"date": "25/12/2026"}]}, "exceptions.0.date", "2026-11-25"),
        ({"exceptions": [{"date": "1999-12-31"}]}, "exceptions.0.date", "2000"),
        ({"exceptions": [{"date": 0}]}, "exceptions.0.date", ""),
        ({"exceptions": [{"date": "2026-12-25"}, {"date": "2026-12-25"}]}, "body", "twice"),
        ({"exceptions": [{"date": "2026-12-25", "note": "x" * 201}]}, "exceptions.0.note", "200"),
        ({"free_doors": ["Front"]}, "free_doors.0", "small letters, digits and hyphens"),
    ],
)
async def test_hours_that_cannot_be_are_refused_by_field(
    client: httpx.AsyncClient, body: object, field: str, said: str
) -> None:
    await furnish(client)
    answer = await client.put(PATH, json=body)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert said in error["message"]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("2026-02-30", "2026-11-26T00:00", "from"),
        ("2026-11-25T00:00", "2026-11-25T00:00", "to"),
        ("2026-11-25T00:00", "2027-12-31T00:00", "to"),
        ("2026-11-25T00:00+25:00", "2026-11-26T00:00", "from"),
        ("0001-01-01T00:00Z", "2026-11-26T00:00", "from"),
        ("2026-11-25T00:00", "9999-12-31T23:59-23:59", "to"),
        ("0", "1", "from"),
    ],
)
async def test_a_range_that_cannot_be_is_refused(client: httpx.AsyncClient, start: str, end: str, field: str) -> None:
    await furnish(client)
    answer = await client.get(f"{ROOT}/ramsey/modes", params={"from": start, "to": end})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
