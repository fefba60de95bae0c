"""Bookings as CSV: previewed, imported, imported again, exported. On both databases where it is SQL."""

import sqlite3
from contextlib import closing

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.people.model import Actor, Role
from controller.platform.csv_import.rows import RowResult
from tests.controller.clock import ManualClock
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, Json, act, book, change, look

PATH = f"{API}/sites/{SITE}/bookings"
HEAD = "Ref,Room,Event,Date,Start,End,Hirer,Numbers,Notes\n"
GOOD = HEAD + (
    "a1,Hall,Choir,26/11/2026,18:00,20:00,choir,25,piano\n"
    "a2,studio,Yoga,Thu 26 Nov 2026,9am,10.30am,,8,\n"
    "a3,hall,Late dance,27/11/2026,22:00,01:00,,,\n"
)
DAYS = {"from": "2026-11-26", "to": "2026-11-30"}


async def _take(client: httpx.AsyncClient, text: str | bytes, status: int = 200, **params: str) -> Json:
    data = text.encode() if isinstance(text, str) else text
    headers = {"Content-Type": "text/csv"}
    answer = await client.post(f"{PATH}/import", content=data, headers=headers, params=params)
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


def _counts(answer: Json) -> dict[str, int]:
    names = ("added", "changed", "cancelled", "unchanged", "past", "refused")
    return {name: answer[name] for name in names if answer[name]}


def _why(answer: Json) -> list[tuple[int, str, str]]:
    return [(line["line"], fault["column"], fault["why"]) for line in answer["lines"] for fault in line["faults"]]


async def _diary(client: httpx.AsyncClient, **params: str) -> list[Json]:
    found: list[Json] = (await client.get(PATH, params=DAYS | params)).json()["items"]
    return found


async def test_rows_become_bookings_and_a_second_import_changes_nothing(any_village: httpx.AsyncClient) -> None:
    await put_party(any_village, "choir")
    tried = await _take(any_village, GOOD, preview="true")
    assert _counts(tried) == {"added": 3}
    assert {line["id"] for line in tried["lines"]} == {""}
    assert await _diary(any_village) == []
    done = await _take(any_village, GOOD)
    assert _counts(done) == {"added": 3}
    yoga, choir, dance = await _diary(any_village)
    assert (choir["space"], choir["party"], choir["people"], choir["notes"]) == ("hall", "choir", 25, "piano")
    assert (choir["status"], len(choir["code"]), choir["actor"]) == ("confirmed", 6, "import:Una Porter")
    assert (yoga["starts"], yoga["ends"]) == ("2026-11-26T09:00:00+00:00", "2026-11-26T10:30:00+00:00")
    assert (dance["starts"], dance["ends"]) == ("2026-11-27T22:00:00+00:00", "2026-11-28T01:00:00+00:00")
    assert _counts(await _take(any_village, GOOD)) == {"unchanged": 3}
    assert await _diary(any_village) == [yoga, choir, dance]


async def test_a_changed_row_changes_its_booking_and_keeps_its_code(any_village: httpx.AsyncClient) -> None:
    await put_party(any_village, "choir")
    await _take(any_village, GOOD)
    before = {each["title"]: each for each in await _diary(any_village)}
    other = GOOD.replace("18:00,20:00", "18:30,20:30").replace("Yoga", "Hot yoga")
    for preview in ("true", "false"):
        answer = await _take(any_village, other, preview=preview)
        assert _counts(answer) == {"changed": 2, "unchanged": 1}
        assert [line["changes"] for line in answer["lines"]] == [["ends", "starts"], ["title"], []]
    choir = await look(any_village, before["Choir"])
    assert (choir["starts"], choir["code"], choir["version"]) == (
        "2026-11-26T18:30:00+00:00",
        before["Choir"]["code"],
        2,
    )
    assert (await look(any_village, before["Yoga"]))["title"] == "Hot yoga"
    assert _counts(await _take(any_village, other)) == {"unchanged": 3}


async def test_what_a_person_changed_here_stays_until_the_row_says_something_else(village: httpx.AsyncClient) -> None:
    row = HEAD + "a1,hall,Choir,26/11/2026,18:00,20:00,,,\n"
    await _take(village, row)
    (made,) = await _diary(village)
    await change(village, made, title="Chamber choir", people=12)
    assert _counts(await _take(village, row)) == {"unchanged": 1}
    assert (await look(village, made))["title"] == "Chamber choir"
    await _take(village, row.replace("18:00", "18:15"))
    after = await look(village, made)
    assert (after["title"], after["starts"]) == ("Choir", "2026-11-26T18:15:00+00:00")


async def test_bookings_that_change_places_make_room_for_each_other(any_village: httpx.AsyncClient) -> None:
    rows = [f"{ref},hall,{ref},26/11/2026,{at}:00,{at + 1}:00,,,\n" for ref, at in (("x", 10), ("y", 11), ("z", 12))]
    await _take(any_village, HEAD + "".join(rows))
    turned = HEAD + "".join(
        rows[index].replace(f"{at}:00,{at + 1}:00", f"{to}:00,{to + 1}:00")
        for index, (at, to) in enumerate(((10, 11), (11, 12), (12, 10)))
    )
    for preview in ("true", "false"):
        assert _counts(await _take(any_village, turned, preview=preview)) == {"changed": 3}
    assert [each["title"] for each in await _diary(any_village)] == ["z", "x", "y"]


async def test_one_that_cannot_move_stays_and_is_in_the_way_of_the_others(village: httpx.AsyncClient) -> None:
    await book(village, title="Fixed", starts="2026-11-26T12:00", ends="2026-11-26T13:00")
    rows = "x,hall,x,26/11/2026,10:00,11:00,,,\ny,hall,y,26/11/2026,11:00,12:00,,,\n"
    await _take(village, HEAD + rows)
    moved = "x,hall,x,26/11/2026,11:00,12:00,,,\ny,hall,y,26/11/2026,12:00,13:00,,,\n"
    answer = await _take(village, HEAD + moved)
    assert _counts(answer) == {"refused": 2}
    assert [each["title"] for line in answer["lines"] for each in line["conflicts"]] == ["y", "Fixed"]
    assert [each["title"] for each in await _diary(village)] == ["x", "y", "Fixed"]


async def test_a_row_that_clashes_is_refused_by_what_it_clashes_with(any_village: httpx.AsyncClient) -> None:
    standing = await book(any_village, title="Judo")
    text = HEAD + (
        "a,hall,Choir,26/11/2026,19:00,21:00,,,\n"
        "b,studio,One,26/11/2026,18:00,20:00,,,\n"
        "c,studio,Two,26/11/2026,19:00,21:00,,,\n"
    )
    for preview in ("true", "false"):
        answer = await _take(any_village, text, preview=preview)
        assert _counts(answer) == {"added": 1, "refused": 2}
        first, _, third = answer["lines"]
        assert [each["id"] for each in first["conflicts"]] == [standing["id"]]
        assert "Judo" in first["faults"][0]["why"]
        assert [each["title"] for each in third["conflicts"]] == ["One"]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (
            "x,attic,T,26/11/2026,18:00,20:00,,,",
            "space",
            "there is no space 'attic' here; there are hall, studio, yard",
        ),
        ("x,,T,26/11/2026,18:00,20:00,,,", "space", "is empty"),
        ("x,hall,,26/11/2026,18:00,20:00,,,", "title", "must not be empty"),
        ("x,hall," + "🎵" * 10_000 + ",26/11/2026,18:00,20:00,,,", "title", "at most 200 characters"),
        ("x,hall,T,11/26/2026,18:00,20:00,,,", "date", "write day/month/year"),
        ("x,hall,T,26/11/2026,18,20:00,,,", "start", "write it like 18:00"),
        ("x,hall,T,26/11/2026,18:00,,,,", "end", "is empty"),
        ("x,hall,T,,,,,,", "starts", "needs a date, a start and an end"),
        ("x,hall,T,26/11/2026,18:00,18:00,,,", "end", "not at the same time"),
        ("x,hall,T,28/03/2027,01:30,03:00,,,", "start", "01:30 does not exist on 28 March 2027"),
        ("x,hall,T,26/11/2026,18:00,20:00,nobody,,", "party", "there is no party 'nobody'"),
        ("x,hall,T,26/11/2026,18:00,20:00,gone,,", "party", "no longer active"),
        ("x,hall,T,26/11/2026,18:00,20:00,,many,", "people", "is not a whole number"),
        ("x,hall,T,26/11/2026,18:00,20:00,,0,", "people", "at least 1"),
        ("x,hall,T,26/11/2026,18:00,20:00,,10000,", "people", "60"),
        ("x,hall,T,26/11/2026,18:00,20:00,,,,,more", "", "has 11 cells"),
        ("good,hall,T,28/11/2026,18:00,20:00,,,", "reference", "line 2 has the same reference"),
        ("x" * 201 + ",hall,T,26/11/2026,18:00,20:00,,,", "reference", "at most 200 characters"),
    ],
)
async def test_a_row_that_makes_no_sense_is_set_aside_and_says_why(
    village: httpx.AsyncClient, row: str, column: str, reason: str
) -> None:
    await put_party(village, "gone", ended=True)
    text = f"{HEAD}good,studio,Good,26/11/2026,18:00,20:00,,,\n{row}\n"
    answer = await _take(village, text)
    assert _counts(answer) == {"added": 1, "refused": 1}
    ((line, said, why),) = _why(answer)
    assert (line, said) == (3, column)
    assert reason in why
    assert [each["title"] for each in await _diary(village)] == ["Good"]


async def test_without_a_reference_a_row_is_known_by_its_space_start_and_title(village: httpx.AsyncClient) -> None:
    text = "space,title,starts,ends,people\nhall,Choir,2026-11-26T18:00,2026-11-26 20:00,9\n"
    assert _counts(await _take(village, text)) == {"added": 1}
    assert _counts(await _take(village, text)) == {"unchanged": 1}
    assert _counts(await _take(village, text.replace(",9", ",10"))) == {"changed": 1}
    twice = text + "hall,Choir,2026-11-26T18:00,2026-11-26 21:00,9\n"
    said = "line 2 has the same space, start and title; give each its own reference"
    assert _why(await _take(village, twice))[0][2] == said


@pytest.mark.cases_full
async def test_a_status_cancels_or_leaves_it_waiting_for_approval(any_village: httpx.AsyncClient) -> None:
    head = "reference,space,title,starts,ends,status\n"
    held = "r,hall,Choir,26/11/2026 18:00,26/11/2026 20:00,provisional\n"
    none = "s,hall,Gone,27/11/2026 18:00,27/11/2026 20:00,cancelled\n"
    answer = await _take(any_village, head + held + none)
    assert _why(answer) == [(3, "status", "is marked as cancelled, so there is nothing to book")]
    (made,) = await _diary(any_village)
    assert (made["status"], made["code"]) == ("held", None)
    assert _counts(await _take(any_village, head + held)) == {"unchanged": 1}
    off = head + held.replace("provisional", "Cancelled")
    for counts in ({"cancelled": 1}, {"unchanged": 1}):
        assert _counts(await _take(any_village, off)) == counts
    assert (await look(any_village, made))["status"] == "cancelled"
    back = await _take(any_village, head + held.replace("provisional", "confirmed").replace("Choir", "Choirs"))
    assert "is cancelled; restore it first" in _why(back)[0][2]
    assert _why(await _take(any_village, head + held.replace("provisional", "maybe")))[0][1] == "status"


async def test_what_is_over_is_left_out_and_what_has_begun_is_not(village: httpx.AsyncClient) -> None:
    head = "reference,space,title,date,start,end\n"
    text = (
        head
        + "a,hall,Old,25/11/2026,09:00,10:00\nb,hall,Now,25/11/2026,11:00,13:00\nc,hall,Long,20/11/2026,11:00,13:00\n"
    )
    assert _counts(await _take(village, text)) == {"added": 1, "past": 2}


async def test_an_export_changes_nothing_and_an_edited_one_changes_the_bookings(any_village: httpx.AsyncClient) -> None:
    await put_party(any_village, "choir")
    await _take(any_village, GOOD)
    gone = await book(any_village, title="=cmd", space="yard", notes="+44", contact_phone="-1")
    await act(any_village, gone, "cancel")
    answer = await any_village.get(f"{API}/sites/{SITE}/bookings.csv", params=DAYS)
    assert answer.headers["content-disposition"] == 'attachment; filename="ramsey-bookings.csv"'
    text = answer.content.decode("utf-8-sig")
    assert "'=cmd" in text
    assert text.splitlines()[0].startswith("id,reference,version,space,title,starts,ends,party,people,layout")
    before = await _diary(any_village)
    assert _counts(await _take(any_village, answer.content)) == {"unchanged": 4}
    assert await _diary(any_village) == before
    edited = text.replace("2026-11-26 18:00", "2026-11-26 17:00")
    assert _counts(await _take(any_village, edited)) == {"changed": 1, "unchanged": 3}
    assert _counts(await _take(any_village, edited)) == {"unchanged": 4}
    choir = next(each for each in await _diary(any_village) if each["title"] == "Choir")
    await change(any_village, choir, people=30)
    stale = await _take(any_village, edited)
    assert "changed by Una Porter; read it again" in _why(stale)[0][2]


async def test_an_id_names_a_booking_of_this_site(village: httpx.AsyncClient) -> None:
    text = f"id,title\n{'0' * 36},Mine\n"
    assert _why(await _take(village, text))[0][1] == "id"


async def test_columns_that_are_left_out_stay_as_they_are(village: httpx.AsyncClient) -> None:
    made = await book(village, notes="piano", people=20)
    answer = await _take(village, f"id,people\n{made['id']},21\n")
    assert answer["lines"][0]["changes"] == ["people"]
    after = await look(village, made)
    assert (after["notes"], after["people"], after["starts"]) == ("piano", 21, made["starts"])


async def test_layouts_and_equipment_are_named_by_id_or_name(village: httpx.AsyncClient) -> None:
    layouts = [{"id": "theatre", "name": "Theatre style", "capacity": 60}]
    hall = {"name": "Hall", "capacity": 60, "layouts": layouts}
    assert (await village.put(f"{API}/sites/{SITE}/spaces/hall", json=hall)).is_success
    assert (await village.put(f"{API}/sites/{SITE}/equipment/chairs", json={"name": "Chairs", "count": 50})).is_success
    head = "reference,space,title,starts,ends,layout,equipment\n"
    row = "a,hall,Play,26/11/2026 18:00,26/11/2026 20:00,Theatre Style,20 x chairs; CHAIRS 5\n"
    await _take(village, head + row)
    (made,) = await _diary(village)
    assert (made["layout"], made["equipment"]) == ("theatre", {"chairs": 25})
    wrong = await _take(village, head + row.replace("Theatre Style", "circus").replace("CHAIRS 5", "urn"))
    assert [column for _, column, _ in _why(wrong)] == ["layout", "equipment"]


@pytest.mark.parametrize("data", [b"", b"<!doctype html>", b"space,notes\nhall,x\n"])
async def test_a_file_that_is_no_table_is_refused_as_a_whole(village: httpx.AsyncClient, data: bytes) -> None:
    params: dict[str, str]
    for params in ({}, {"progress": "true"}):
        answer = await village.post(f"{PATH}/import", content=data, params=params)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["body"]
        nowhere = await village.post(f"{API}/sites/nowhere/bookings/import", content=GOOD, params=params)
        assert nowhere.status_code == 404


@pytest.mark.cases_full
async def test_a_long_file_tells_how_far_it_is(any_village: httpx.AsyncClient) -> None:
    rows = "".join(
        f"r{day}-{hour},hall,T,{day}/12/2026,{hour:02}:00,{hour + 1:02}:00,,,\n"
        for day in range(1, 25)
        for hour in range(8, 18)
    )
    params = {"progress": "true"}
    answer = await any_village.post(f"{PATH}/import", content=(HEAD + rows).encode(), params=params)
    assert answer.headers["content-type"] == "application/x-ndjson"
    *on_progress, last = answer.text.splitlines()
    assert on_progress == ['{"done":100,"of":240}', '{"done":200,"of":240}', '{"done":240,"of":240}']
    assert '"added":240' in last
    later = HEAD + rows.replace(":00,", ":05,")  # each into the next one's time, from one part of the file to the next
    assert _counts(await _take(any_village, later)) == {"changed": 240}


async def test_what_was_imported_by_mistake_is_taken_back_and_booked_afresh(village: httpx.AsyncClient) -> None:
    await put_party(village, "choir")
    made = await _take(village, GOOD)
    ids = [each["id"] for each in made["lines"]]
    gone = "id,status\n" + "".join(f"{each},cancelled\n" for each in ids)
    assert _counts(await _take(village, gone, take_back="true")) == {"cancelled": len(ids)}
    again = await _take(village, GOOD)
    assert _counts(again) == _counts(made)
    assert {each["id"] for each in again["lines"]}.isdisjoint(ids)
    await _take(village, "id,status\n" + "".join(f"{each['id']},cancelled\n" for each in again["lines"]))
    assert _counts(await _take(village, GOOD)) == {"unchanged": len(ids)}


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("wall", 403), ("group_leader", 403)])
async def test_who_runs_the_site_takes_in_and_puts_out(
    app: FastAPI, village: httpx.AsyncClient, role: str, status: int
) -> None:
    await put_party(village, "choir")
    party = {"party": "choir"} if role == "group_leader" else {}
    async with signed_in_as(app, village, role, **party) as client:
        await _take(client, GOOD, status, preview="true")
        assert (await client.get(f"{API}/sites/{SITE}/bookings.csv", params=DAYS)).status_code == status


async def test_an_export_is_of_at_most_400_days(village: httpx.AsyncClient, clock: ManualClock) -> None:
    answer = await village.get(f"{API}/sites/{SITE}/bookings.csv", params={"from": "2026-01-01", "to": "2027-03-01"})
    assert "at most 400 days" in answer.json()["detail"]


async def test_others_write_while_a_dry_run_goes_on(village: httpx.AsyncClient, container: Container) -> None:
    rows = [f"a{day},hall,Choir,{day % 28 + 1}/{day // 28 + 1}/2027,18:00,20:00,,,\n" for day in range(250)]
    could: list[str] = []

    def on_progress(done: int, of: int) -> None:
        with closing(sqlite3.connect(container.settings.data_dir / "hallkeeper.db", timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
        could.append(f"{done} of {of}")

    actor = Actor.acting("Una", Role.MANAGER)
    outcome = await container.booking_csv.take(
        SITE, (HEAD + "".join(rows)).encode(), preview=True, actor=actor, on_progress=on_progress
    )
    assert {row.become for row in outcome.rows} == {RowResult.ADDED}
    assert could == ["100 of 250", "200 of 250", "250 of 250"]


@pytest.mark.cases_full
async def test_a_dry_run_of_several_parts_says_what_the_import_does(any_village: httpx.AsyncClient) -> None:
    """Rows that clash with, or make room for, rows far before them: 100 new ones are one part, 200 changed ones too."""
    first = [f"a{day},hall,Choir {day},{day % 28 + 1}/{day // 28 + 1}/2027,18:00,20:00,,,\n" for day in range(250)]
    twins = [f"b{day},hall,Twin,{day % 28 + 1}/{day // 28 + 1}/2027,19:00,21:00,,,\n" for day in range(0, 250, 50)]
    turned = [f"a{day},hall,Choir {day},{day % 28 + 1}/{day // 28 + 1}/2027,20:00,21:00,,,\n" for day in range(250)]
    for text in (HEAD + "".join(first + twins), HEAD + "".join(turned + twins)):
        tried, done = await _take(any_village, text, preview="true"), await _take(any_village, text)
        assert _counts(tried) == _counts(done)
        assert [(each["line"], each["become"]) for each in tried["lines"]] == [
            (each["line"], each["become"]) for each in done["lines"]
        ]
    assert _counts(tried) == {"changed": 250, "refused": 5}
