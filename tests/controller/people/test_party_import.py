"""Parties as CSV: previewed, imported, imported again, exported."""

import httpx
import pytest
from sqlalchemy import select

from controller.app.container import Container
from controller.people.party_csv_rows import slug_of
from controller.platform.csv_import.spreadsheet import MOST_ROWS
from controller.records.audit.tables import audit_rows
from tests.controller.signin.signing import API, Json, put_party

GOOD = """\
Ref;Type;Name;Tier;Part of;Responsible person;Phone;E-mail;Notes;Shoe size
choir;group;St Mary's Choir;community;county;ann;'+44 1487 555020;choir@example.org;"two
lines";9
county;Organisation;The County Council;COUNCIL;;ann;;;;
ann;person;Ann Lee;;County;;;;;
"""
"""Every party is named before it comes, the organisation once by its id and once by its name."""


async def _take(client: httpx.AsyncClient, text: str | bytes, status: int = 200, **params: str) -> Json:
    headers = {"Content-Type": "text/csv"}
    data = text.encode() if isinstance(text, str) else text
    answer = await client.post(f"{API}/parties/import", content=data, headers=headers, params=params)
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


def _counts(answer: Json) -> list[int]:
    return [answer[name] for name in ("added", "changed", "unchanged", "refused")]


def _why(answer: Json) -> list[tuple[int, str, str]]:
    return [(line["line"], fault["column"], fault["why"]) for line in answer["lines"] for fault in line["faults"]]


async def _all(client: httpx.AsyncClient) -> list[Json]:
    found: list[Json] = (await client.get(f"{API}/parties")).json()["items"]
    return found


async def test_a_preview_answers_the_result_of_every_line_and_writes_nothing(client: httpx.AsyncClient) -> None:
    told = await _take(client, GOOD + "x;robot\n", preview="true")
    assert _counts(told) == [3, 0, 0, 1]
    assert [(line["line"], line["id"], line["become"]) for line in told["lines"]] == [
        (2, "choir", "added"),
        (4, "county", "added"),
        (5, "ann", "added"),
        (6, "x", "refused"),
    ]
    assert await _all(client) == []


@pytest.mark.both_databases
async def test_an_import_writes_what_is_sound_and_a_second_one_changes_nothing(
    any_client: httpx.AsyncClient, any_container: Container
) -> None:
    assert _counts(await _take(any_client, GOOD, preview="true")) == [3, 0, 0, 0]
    done = await _take(any_client, GOOD)
    assert _counts(done) == [3, 0, 0, 0]
    assert done["warnings"] == ["columns that are not known were left out: Shoe size"]
    ann, choir, county = await _all(any_client)
    assert (choir["contact_phone"], choir["notes"], choir["tier"]) == ("+44 1487 555020", "two\nlines", "community")
    assert (choir["organisation"], choir["responsible"], county["responsible"]) == ("county", "ann", "ann")
    assert (ann["organisation"], ann["counts_as"]) == ("county", "council")
    async with any_container.database.read() as tx:
        before = (await tx.execute(select(audit_rows.c.id))).all()
    assert _counts(await _take(any_client, GOOD)) == [0, 0, 3, 0]
    async with any_container.database.read() as tx:
        assert (await tx.execute(select(audit_rows.c.id))).all() == before
        row = (
            await tx.execute(select(audit_rows.c.actor, audit_rows.c.act).order_by(audit_rows.c.id.desc()).limit(1))
        ).one()
    assert row == ("import", "import")


async def test_columns_that_are_left_out_stay_and_empty_cells_are_emptied(client: httpx.AsyncClient) -> None:
    await put_party(client, "choir", contact_phone="1", notes="old", tier="partner")
    answer = await _take(client, "id,notes\nchoir,\n")
    (line,) = answer["lines"]
    assert (line["line"], line["id"], line["become"], line["changes"]) == (2, "choir", "changed", ["notes"])
    (choir,) = await _all(client)
    assert (choir["contact_phone"], choir["notes"], choir["tier"]) == ("1", "", "partner")


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("x,group,X,gold,,,,no", "tier", "'gold' is none of: council, partner"),
        ("x,robot,X,,,,,no", "kind", "is none of: organisation"),
        ("x,group,X,,,,,perhaps", "ended", "is neither yes nor no"),
        ("x,group,X,,,,not an address,no", "contact_email", "must be an e-mail address"),
        ("x,group,,,,,,no", "name", "must not be empty"),
        ("x,group," + "🎵" * 300 + ",,,,,no", "name", "at most 200 characters"),
        ("X Y,group,X,,,,,no", "id", "must be 1 to 40 small letters"),
        (",group,合唱団,,,,,no", "id", "give one in a column id"),
        ("x,group,X,,nowhere,,,no", "organisation", "there is no organisation 'nowhere'"),
        ("x,group,X,,good,,,no", "organisation", "is a group and no organisation"),
        ("x,group,X,,,good,,no", "responsible", "must be a person"),
        ("x,group,X,,,nobody,,no", "responsible", "there is no person 'nobody'"),
        ("x,organisation,X,,x,,,no", "organisation", "part of no other"),
        ("good,group,X,,,,,no", "id", "line 2 has the same id 'good'"),
        ("there,person,X,,,,,no", "kind", "the kind of a party cannot change"),
        ("x,group,X,,,,,no,more", "", "has 9 cells"),
    ],
)
async def test_a_row_that_makes_no_sense_is_set_aside_and_says_why(
    client: httpx.AsyncClient, row: str, column: str, reason: str
) -> None:
    await put_party(client, "there")
    text = f"id,kind,name,tier,organisation,responsible,email,ended\ngood,group,Good,,,,,no\n{row}\n"
    for preview in ("true", "false"):
        answer = await _take(client, text, preview=preview)
        assert _counts(answer) == [1, 0, 0, 1]
        ((line, said, why),) = _why(answer)
        assert (line, said) == (3, column)
        assert reason in why
    assert [each["id"] for each in await _all(client)] == ["good", "there"]


async def test_who_names_a_refused_row_is_refused_as_well(client: httpx.AsyncClient) -> None:
    text = "id,kind,name,organisation,tier\na,group,A,b,\nb,organisation,B,,gold\nc,group,C,,\n"
    answer = await _take(client, text)
    assert _counts(answer) == [1, 0, 0, 2]
    assert [line for line, _, _ in _why(answer)] == [2, 3]


async def test_all_or_nothing_writes_nothing_where_a_row_is_refused(any_client: httpx.AsyncClient) -> None:
    bad = "id,name,tier\na,A,\nb,B,gold\n"
    answer = await _take(any_client, bad, all_or_nothing="true")
    assert (answer["written"], _counts(answer)) == (False, [1, 0, 0, 1])
    unknown = "id,name,part of\na,A,\nb,B,nowhere\n"
    assert (await _take(any_client, unknown, all_or_nothing="true"))["written"] is False
    assert await _all(any_client) == []
    assert (await _take(any_client, GOOD, all_or_nothing="true"))["written"] is True
    assert (await _all(any_client))[2]["responsible"] == "ann"


async def test_without_an_id_a_row_is_known_by_its_name_and_a_person_by_a_number(client: httpx.AsyncClient) -> None:
    text = "name,kind,email\nSt Mary’s Choir,,\nAnn Lee,person,ann@example.org\nAnn Lee,person,\n"
    for counts in ([3, 0, 0, 0], [0, 0, 3, 0]):
        assert _counts(await _take(client, text)) == counts
    ids = [each["id"] for each in await _all(client)]
    assert ids[2] == "st-marys-choir"
    assert all(each.startswith("person-") and "ann" not in each for each in ids[:2])


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("St Mary’s Choir", "st-marys-choir"),
        ("St Mary's Choir!", "st-marys-choir"),
        ("Éva & Söhne GmbH", "eva-sohne-gmbh"),
        ("x" * 39 + " y", "x" * 39),
        ("合唱団", ""),
        ("--", ""),
    ],
)
def test_an_id_is_made_of_a_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


async def test_an_export_is_a_file_that_changes_nothing(client: httpx.AsyncClient) -> None:
    await _take(client, GOOD)
    await put_party(client, "gym", name='=HYPERLINK("x")', contact_phone="-1", notes="'=x", ended=True)
    answer = await client.get(f"{API}/parties.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("id,kind,name,tier,organisation,responsible,site,contact_name,")
    gym = next(line for line in lines if line.startswith("gym,"))
    assert """"'=HYPERLINK(""x"")",,,,,,'-1,,''=x,yes""" in gym
    before = await _all(client)
    assert _counts(await _take(client, answer.content)) == [0, 0, 4, 0]
    assert await _all(client) == before


@pytest.mark.parametrize("data", [b"", b"<!doctype html>", b"phone\n1\n", b"name\n" + b"x\n" * (MOST_ROWS + 1)])
async def test_a_file_that_is_no_table_is_refused_as_a_whole(client: httpx.AsyncClient, data: bytes) -> None:
    answer = await _take(client, data, 422)
    assert [error["field"] for error in answer["errors"]] == ["body"]


async def test_a_file_over_two_megabytes_is_too_large(client: httpx.AsyncClient) -> None:
    await _take(client, b"x" * (2 * 1024 * 1024 + 1), 413)


async def test_a_long_file_is_written_in_batches(any_client: httpx.AsyncClient) -> None:
    rows = "".join(f"g{number},group,Group {number},ann\n" for number in range(450))
    text = f"id,kind,name,responsible\n{rows}ann,person,Ann,\n"
    assert _counts(await _take(any_client, text)) == [451, 0, 0, 0]
    page = (await any_client.get(f"{API}/parties/g7")).json()
    assert page["responsible"] == "ann"
    assert _counts(await _take(any_client, text)) == [0, 0, 451, 0]
