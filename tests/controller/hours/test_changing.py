"""Changes of the hours over HTTP: what they would break is shown before they are made."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from controller.app.container import Container
from controller.estate.tables import sites
from controller.records.audit.tables import audit_rows
from tests.controller.clock import ManualClock
from tests.controller.village import API, SITE, Json, act, book, without_versions

ROOT = f"{API}/sites/{SITE}"
OPEN: dict[str, Any] = {
    "pattern": [{"weekday": day, "opens": "09:00", "closes": "22:00", "mode": "staffed"} for day in range(7)],
    "free_doors": ["front-door"],
}
EARLY = OPEN | {"pattern": [each | {"closes": "19:00"} for each in OPEN["pattern"]]}
CHRISTMAS = {"reason": "Christmas", "first": "2026-12-24", "last": "2026-12-27"}
EVERY_DAY = [{"weekday": day, "opens": "08:00", "closes": "22:00"} for day in range(7)]


async def put(client: httpx.AsyncClient, path: str, body: object, status: int = 200, **query: str) -> Json:
    answer = await client.put(f"{ROOT}/{path}", json=body, params=query)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def close(client: httpx.AsyncClient, body: object, status: int = 201, **query: str) -> Json:
    answer = await client.post(f"{ROOT}/closures", json=body, params=query)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def get(client: httpx.AsyncClient, path: str, **query: str) -> Json:
    answer = await client.get(f"{ROOT}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def story(client: httpx.AsyncClient, booking: Json) -> list[Json]:
    answer = await client.get(f"{API}/bookings/{booking['id']}/log")
    items: list[Json] = answer.json()["items"]
    return items


async def revision(container: Container) -> int:
    async with container.database.read() as tx:
        found: int = (await tx.execute(select(sites.c.revision).where(sites.c.id == SITE))).scalar_one()
        return found


async def test_a_closure_names_the_bookings_it_would_shut_out_and_writes_nothing(
    any_village: httpx.AsyncClient,
) -> None:
    carols = await book(any_village, title="Carols", starts="2026-12-24T18:00", ends="2026-12-24T20:00")
    await book(any_village, title="Before", starts="2026-12-23T18:00", ends="2026-12-24T00:00")
    await act(
        any_village, await book(any_village, title="Off", starts="2026-12-25T09:00", ends="2026-12-25T10:00"), "cancel"
    )
    told = await close(any_village, CHRISTMAS, 200, check="true")
    assert told["count"] == 1
    [found] = told["bookings"]
    assert found["booking"]["id"] == carols["id"]
    assert found["reasons"] == [{"kind": "closed", "text": "Ramsey Hub is closed Thu 24 Dec to Sun 27 Dec: Christmas"}]
    refused = await close(any_village, CHRISTMAS, 409)
    assert refused["type"].endswith(":would-break")
    assert [each["id"] for each in refused["conflicts"]] == [carols["id"]]
    assert refused["reasons"][0]["kind"] == "closed"
    assert "anyway=true" in refused["detail"]
    assert (await get(any_village, "closures"))["items"] == []


@pytest.mark.both_databases
async def test_a_closure_made_anyway_leaves_the_bookings_and_a_line_in_their_story(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    carols = await book(any_village, title="Carols", starts="2026-12-24T18:00", ends="2026-12-24T20:00")
    before = await revision(any_container)
    made = await close(any_village, CHRISTMAS, anyway="true")
    assert await revision(any_container) != before
    assert (made["first"], made["last"], made["spaces"]) == ("2026-12-24", "2026-12-27", [])
    assert made["starts"] == "2026-12-24T00:00:00+00:00"
    assert (await get(any_village, "closures"))["items"] == [made]
    assert (await any_village.get(f"{API}/bookings/{carols['id']}")).json()["status"] == "confirmed"
    line = (await story(any_village, carols))[-1]
    assert (line["what"], line["actor"]) == ("hours", "Una Porter")
    assert "Christmas" in line["reason"]
    async with any_container.database.read() as tx:
        last = (await tx.execute(select(audit_rows).order_by(audit_rows.c.id.desc()).limit(1))).mappings().one()
    assert (last["act"], last["thing"]) == ("make", f"closure {made['id']}")


async def test_a_booking_in_an_earlier_closure_is_not_listed_again(village: httpx.AsyncClient) -> None:
    await book(village, title="Carols", starts="2026-12-24T18:00", ends="2026-12-24T20:00")
    await close(village, CHRISTMAS, anyway="true")
    again = await close(village, CHRISTMAS | {"reason": "boiler"}, 200, check="true")
    assert again["count"] == 0
    await put(village, "hours", OPEN)


async def test_a_closure_is_taken_back_by_its_id(any_village: httpx.AsyncClient) -> None:
    made = await close(
        any_village, {"reason": "paint", "spaces": ["studio"], "first": "2026-12-01", "last": "2026-12-01"}
    )
    assert (await any_village.delete(f"{ROOT}/closures/{made['id']}")).status_code == 204
    assert (await any_village.delete(f"{ROOT}/closures/{made['id']}")).status_code == 404
    assert (await get(any_village, "closures"))["items"] == []


@pytest.mark.both_databases
async def test_a_closure_by_dates_stays_on_them_when_the_zone_is_set_right(any_village: httpx.AsyncClient) -> None:
    made = await close(any_village, CHRISTMAS)
    site = {"name": "Ramsey Hub", "zone": "Europe/Madrid"}
    assert (await any_village.put(ROOT, json=site)).is_success
    [moved] = (await get(any_village, "closures"))["items"]
    assert (moved["first"], moved["last"]) == (made["first"], made["last"])
    assert moved["starts"] == "2026-12-24T00:00:00+01:00"


async def test_a_space_that_is_deleted_takes_its_hours_along(any_village: httpx.AsyncClient) -> None:
    await put(any_village, "spaces/yard/hours", {"windows": []})
    assert (await any_village.delete(f"{ROOT}/spaces/yard")).is_success
    await any_village.put(f"{ROOT}/spaces/yard", json={"name": "Yard", "doors": []})
    assert without_versions(await get(any_village, "spaces/yard/hours")) == {"windows": None}


async def test_closures_are_listed_in_pages_and_past_ones_only_on_request(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    times = (("2026-11-25T11:00", "2026-11-25T12:30"), ("2026-11-26T00:00", "2026-11-27T00:00"))
    made = []
    for starts, ends in times:
        made.append(await close(village, {"reason": "clean", "starts": starts, "ends": ends}))
        clock.advance(seconds=1)
    first = await get(village, "closures", limit="1")
    assert (first["items"], first["next"]) == (made[:1], made[0]["id"])
    assert await get(village, "closures", limit="1", after=first["next"]) == {"items": made[1:], "next": None}
    clock.advance(hours=1)
    assert (await get(village, "closures"))["items"] == made[1:]
    assert (await get(village, "closures", ended="true"))["items"] == made


async def test_shorter_hours_name_the_bookings_that_lose_their_mode_and_the_doors_that_change(
    village: httpx.AsyncClient,
) -> None:
    await put(village, "hours", OPEN)
    choir = await book(village)
    await book(village, title="By day", starts="2026-11-26T10:00", ends="2026-11-26T12:00")
    told = await put(village, "hours", EARLY, check="true")
    [found] = told["bookings"]
    assert found["booking"]["id"] == choir["id"]
    assert found["reasons"] == [
        {"kind": "mode", "text": "Ramsey Hub would be closed instead of staffed Thu 26 Nov, 19:00 to 20:00"}
    ]
    assert [(door["id"], door["count"]) for door in told["doors"]] == [("front-door", 400), ("side-door", 400)]
    front, side = (door["changes"][0] for door in told["doors"])
    assert front == {
        "starts": "2026-11-25T19:00:00+00:00",
        "ends": "2026-11-25T22:00:00+00:00",
        "was": "unlocked",
        "becomes": "closed",
    }
    assert side["was"] == "staffed"
    assert len(told["doors"][0]["changes"]) == 20
    await put(village, "hours", EARLY, 409)
    assert (await put(village, "hours", EARLY, anyway="true"))["pattern"] == EARLY["pattern"]
    assert "staffed Thu 26 Nov" in (await story(village, choir))[-1]["reason"]


async def test_longer_hours_break_nothing_and_a_door_no_longer_free_is_listed(
    village: httpx.AsyncClient,
) -> None:
    await put(village, "hours", EARLY)
    await book(village)
    locked = OPEN | {"free_doors": []}
    told = await put(village, "hours", locked, check="true")
    assert told["count"] == 0
    assert [(each["id"], each["changes"][0]["becomes"]) for each in told["doors"]] == [
        ("front-door", "staffed"),
        ("side-door", "staffed"),
    ]
    await put(village, "hours", locked)


async def test_a_space_has_hours_of_its_own_and_a_booking_outside_them_is_named(any_village: httpx.AsyncClient) -> None:
    assert without_versions(await get(any_village, "spaces/studio/hours")) == {"windows": None}
    night = await book(any_village, space="studio", starts="2026-11-26T21:00", ends="2026-11-26T23:00")
    await put(any_village, "spaces/studio/hours", {"windows": EVERY_DAY}, 409)
    told = await put(any_village, "spaces/studio/hours", {"windows": EVERY_DAY}, check="true")
    assert told["bookings"][0]["reasons"] == [{"kind": "closed", "text": "Studio can be booked 08:00 to 22:00"}]
    assert told["doors"] == []
    await put(any_village, "spaces/studio/hours", {"windows": EVERY_DAY}, anyway="true")
    assert without_versions(await get(any_village, "spaces/studio/hours")) == {"windows": EVERY_DAY}
    assert (await story(any_village, night))[-1]["what"] == "hours"
    await put(any_village, "spaces/studio/hours", {"windows": None})
    assert without_versions(await get(any_village, "spaces/studio/hours")) == {"windows": None}
    assert (await any_village.get(f"{ROOT}/spaces/attic/hours")).status_code == 404
    await put(any_village, "spaces/attic/hours", {"windows": []}, 404)


async def test_a_booking_in_a_closure_or_outside_a_spaces_hours_is_refused_with_why(village: httpx.AsyncClient) -> None:
    await close(village, {"reason": "paint", "spaces": ["studio"], "first": "2026-11-27", "last": "2026-11-27"})
    await put(village, "spaces/studio/hours", {"windows": EVERY_DAY})
    for day, said in (("27", "Studio is closed on Fri 27 Nov: paint"), ("28", "Studio can be booked 08:00 to 22:00")):
        wish = {"space": "studio", "title": "Late", "starts": f"2026-11-{day}T21:00", "ends": f"2026-11-{day}T23:00"}
        answer = await village.post(f"{ROOT}/bookings", json=wish)
        assert answer.status_code == 409, answer.text
        [reason] = answer.json()["reasons"]
        assert reason["kind"] == "closed"
        assert said in reason["text"]


AUTUMN = {
    "id": "autumn-2026",
    "name": "Autumn term",
    "first": "2026-09-03",
    "last": "2026-12-18",
    "breaks": [{"first": "2026-10-26", "last": "2026-10-30", "name": "Half-term"}],
}


@pytest.mark.both_databases
async def test_terms_are_put_as_a_whole_and_copied_from_another_site(any_village: httpx.AsyncClient) -> None:
    assert without_versions(await get(any_village, "terms")) == {"terms": []}
    assert without_versions(await put(any_village, "terms", {"terms": [AUTUMN]})) == {"terms": [AUTUMN]}
    await any_village.put(f"{API}/sites/march", json={"name": "March", "zone": "Europe/London"})
    copied = await any_village.put(f"{API}/sites/march/terms", json={"copy_from": SITE})
    assert without_versions(copied.json()) == {"terms": [AUTUMN]}
    assert (await any_village.put(f"{API}/sites/march/terms", json={"copy_from": "chatteris"})).status_code == 404
    await put(any_village, "terms", {"terms": []})
    assert without_versions((await any_village.get(f"{API}/sites/march/terms")).json()) == {"terms": [AUTUMN]}


@pytest.mark.cases_full
async def test_a_date_of_a_term_time_series_that_falls_out_of_term_is_named(village: httpx.AsyncClient) -> None:
    await put(village, "terms", {"terms": [AUTUMN]})
    earlier = AUTUMN | {"last": "2026-12-11"}
    for title, term_only in (("Choir", False), ("Rhymes", True)):
        wish = {"title": title, "term_only": term_only, "rule": "FREQ=WEEKLY;COUNT=4"}
        times = {"first_starts": "2026-11-26T10:00", "first_ends": "2026-11-26T11:00"}
        space = "studio" if term_only else "hall"
        made = await village.post(f"{ROOT}/series", json=wish | times | {"space": space})
        assert made.status_code == 201, made.text
    told = await put(village, "terms", {"terms": [earlier]}, check="true")
    assert [each["booking"]["title"] for each in told["bookings"]] == ["Rhymes"]
    assert [each["booking"]["starts"][:10] for each in told["bookings"]] == ["2026-12-17"]
    assert told["bookings"][0]["reasons"][0]["kind"] == "term"
    await put(village, "terms", {"terms": [earlier]}, 409)


async def test_a_day_is_answered_with_what_its_hours_follow(village: httpx.AsyncClient) -> None:
    await put(village, "hours", OPEN | {"bank_holidays": {"means": "closed"}})
    await put(village, "terms", {"terms": [AUTUMN]})
    await close(
        village, {"reason": "paint", "spaces": ["studio"], "starts": "2026-12-26T09:00", "ends": "2026-12-26T10:00"}
    )
    found = await get(village, "hours/2026-12-26")
    assert (found["weekday"], found["rule"], found["holiday"]) == ("Saturday", "bank_holiday", "Boxing Day")
    assert (found["in_term"], found["term"], found["season"]) == (False, None, None)
    assert [(each["mode"], each["note"]) for each in found["modes"]] == [("closed", "Boxing Day")]
    [studio] = found["spaces"]
    assert (studio["id"], studio["closed"][0]["why"]) == (
        "studio",
        "Studio is closed Sat 26 Dec, 09:00 to 10:00: paint",
    )
    plain = await get(village, "hours/2026-11-26")
    assert (plain["rule"], plain["holiday"], plain["term"], plain["spaces"]) == ("week", None, "Autumn term", [])


async def test_bank_holidays_are_listed_with_their_meaning_here(village: httpx.AsyncClient) -> None:
    day = {"date": "2027-05-03", "note": "Fair", "spans": [{"opens": "10:00", "closes": "12:00", "mode": "staffed"}]}
    await put(village, "hours", OPEN | {"bank_holidays": {"means": "closed"}, "exceptions": [day]})
    found = await get(village, "bank-holidays", year="2027")
    assert found["rule"]["means"] == "closed"
    named = {each["date"]: (each["name"], each["rule"], len(each["modes"])) for each in found["items"]}
    assert named["2027-12-27"] == ("Christmas Day (substitute day)", "bank_holiday", 1)
    assert named["2027-05-03"] == ("May Day", "date", 3)
    assert (await get(village, "bank-holidays"))["year"] == 2026


@pytest.mark.parametrize(
    ("path", "body", "field", "said"),
    [
        ("closures", {"first": "2026-12-24", "last": "2026-12-24"}, "reason", "is missing"),
        ("closures", CHRISTMAS | {"reason": "x" * 201}, "reason", "200"),
        ("closures", CHRISTMAS | {"reason": "🎄" * 10_000}, "reason", "200"),
        ("closures", {"reason": "x", "first": "2026-12-24"}, "body", "first and last"),
        ("closures", CHRISTMAS | {"starts": "2026-12-24T10:00"}, "body", "first and last"),
        ("closures", CHRISTMAS | {"last": "2026-12-23"}, "last", "before"),
        ("closures", CHRISTMAS | {"first": "2025-12-24", "last": "2025-12-27"}, "last", "future"),
        ("closures", CHRISTMAS | {"spaces": ["attic"]}, "spaces", "attic"),
        ("closures", {"reason": "x", "starts": "2026-12-24T10:00", "ends": "2026-12-24T10:00"}, "ends", "after"),
        ("closures", {"reason": "x", "starts": "2027-03-28T01:30", "ends": "2027-03-28T04:00"}, "starts", "02:00"),
        ("terms", {}, "body", "copy_from"),
        ("terms", {"terms": [AUTUMN, AUTUMN]}, "body", "twice"),
        ("terms", {"terms": [AUTUMN, AUTUMN | {"id": "other"}]}, "body", "share days"),
        ("terms", {"terms": [AUTUMN | {"last": "2026-09-02"}]}, "terms.0", "before"),
        ("terms", {"terms": [AUTUMN | {"last": "2027-09-02"}]}, "terms.0", "200 days"),
        (
            "terms",
            {"terms": [AUTUMN | {"breaks": [{"first": "2026-12-18", "last": "2026-12-19"}]}]},
            "terms.0",
            "lie in",
        ),
        ("terms", {"terms": [AUTUMN | {"breaks": [*AUTUMN["breaks"], *AUTUMN["breaks"]]}]}, "terms.0", "share days"),
        ("spaces/studio/hours", {}, "windows", "is missing"),
        ("spaces/studio/hours", {"windows": [*EVERY_DAY, *EVERY_DAY]}, "body", "overlap"),
        ("spaces/studio/hours", {"windows": [EVERY_DAY[0] | {"opens": "7:00"}]}, "windows.0.opens", "00:00"),
    ],
)
async def test_what_cannot_be_is_refused_by_field(
    village: httpx.AsyncClient, path: str, body: object, field: str, said: str
) -> None:
    send = village.post if path == "closures" else village.put
    answer = await send(f"{ROOT}/{path}", json=body)
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert said in error["message"]


@pytest.mark.parametrize("path", ["hours/2026-02-30", "hours/today", "hours/1999-12-31", "bank-holidays?year=3000"])
async def test_a_day_that_cannot_be_is_refused(village: httpx.AsyncClient, path: str) -> None:
    assert (await village.get(f"{ROOT}/{path}")).status_code == 422


@pytest.mark.parametrize(
    "path", ["hours", "hours/2026-11-26", "closures", "terms", "spaces/hall/hours", "bank-holidays"]
)
async def test_an_unknown_site_has_no_hours(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"{API}/sites/chatteris/{path}")).status_code == 404


async def test_a_booking_that_runs_past_a_night_is_refused_with_that_nights_hours(village: httpx.AsyncClient) -> None:
    await put(village, "spaces/yard/hours", {"windows": [{"weekday": 5, "opens": "18:00", "closes": "02:00"}]})
    wish = {"space": "yard", "title": "Dance", "starts": "2026-11-28T20:00", "ends": "2026-11-29T03:00"}
    told = (await village.post(f"{ROOT}/bookings/check", json=wish)).json()
    assert [each["text"] for each in told["reasons"]] == ["Yard can be booked 18:00 to 02:00 on Saturdays"]


async def test_a_site_has_the_bank_holidays_of_its_nation(village: httpx.AsyncClient) -> None:
    """St Andrew's Day 2026, a Monday, is one in Scotland only; Easter Monday everywhere else."""

    async def is_holiday(day: str) -> bool:
        return (await get(village, f"hours/{day}"))["holiday"] is not None

    assert [await is_holiday(day) for day in ("2026-11-30", "2027-03-29")] == [False, True]
    hours = await get(village, "hours")
    hours["bank_holidays"] = {"nation": "scotland", "means": "closed", "spans": []}
    answer = await village.put(f"{API}/sites/{SITE}/hours", json=hours)
    assert answer.status_code == 200, answer.text
    assert [await is_holiday(day) for day in ("2026-11-30", "2027-03-29")] == [True, False]
    found = await get(village, "bank-holidays", year="2027")
    assert found["rule"]["nation"] == "scotland"
    assert "2027-01-04" in [each["date"] for each in found["items"]]
    hours["bank_holidays"]["nation"] = "wales"
    refused = await village.put(f"{API}/sites/{SITE}/hours", json=hours)
    assert refused.status_code == 422
    assert "england-and-wales" in refused.json()["detail"]
