"""Staff, key holders and contractors from a spreadsheet, and into one: no code, card or PIN ever lies in a file."""

import csv
import io
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError

from controller.access.holders.csv_import import MOST
from controller.app.container import Container
from controller.people.model import Actor
from edge.wire.credentials import CredentialKind, Presented
from tests.controller.access.asking import ask
from tests.controller.access.test_holders import CARD, make
from tests.controller.running import NOW
from tests.controller.signin.signing import signed_in_as
from tests.controller.village import API, SITE, Json

HEAD = "name,kind,places,from,until,card,code\n"
UNA = f"Una Porter,key holder,{SITE},2026-11-01,,,\n"
BEN = f"Ben Sparks,contractor,{SITE}/front-door; {SITE}/side-door,2026-11-02,2026-12-04,{CARD},\n"


async def bring(client: httpx.AsyncClient, text: str, status: int = 200, **params: str) -> Any:
    headers = {"Content-Type": "text/csv"}
    answer = await client.post(f"{API}/holders/import", content=text.encode(), headers=headers, params=params)
    assert answer.status_code == status, answer.text
    return answer.json()


async def there(client: httpx.AsyncClient) -> list[Json]:
    found: list[Json] = (await client.get(f"{API}/holders")).json()["items"]
    return found


def counts(answer: Json) -> tuple[int, ...]:
    return tuple(answer[name] for name in ("added", "changed", "unchanged", "refused"))


def told_in(text: str) -> list[dict[str, str]]:
    """The rows of an export. Ids and days have digits that may be anybody's code by chance; no other cell has any."""
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert list(rows[0]) == ["id", "name", "kind", "places", "from", "until", "has"]
    return rows


async def test_an_import_adds_holders_and_shows_new_codes_once(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    dry = await bring(any_village, HEAD + UNA + BEN, preview="true")
    assert (counts(dry), await there(any_village)) == ((2, 0, 0, 0), [])
    assert not any(line["code"] for line in dry["lines"])
    done = await bring(any_village, HEAD + UNA + BEN)
    assert counts(done) == (2, 0, 0, 0)
    ben, una = sorted(await there(any_village), key=lambda each: str(each["name"]))
    assert (una["kind"], una["places"], una["has"]) == ("key_holder", [{"site": SITE, "doors": []}], ["code"])
    assert (ben["first"], ben["last"], ben["has"]) == ("2026-11-02", "2026-12-04", ["card"])
    assert ben["places"] == [{"site": SITE, "doors": ["front-door", "side-door"]}]
    code = done["lines"][0]["code"]
    assert CARD not in str(done)
    decision = await ask(any_container, Presented(digits=code), NOW)
    assert (decision.granted, decision.kind) == (True, CredentialKind.KEY_HOLDER)
    assert (await ask(any_container, Presented(card=CARD), NOW)).granted
    again = await bring(any_village, HEAD + UNA + BEN)
    assert counts(again) == (0, 0, 2, 0)
    assert not any(line["code"] for line in again["lines"])


async def test_an_export_holds_no_code_card_or_pin_and_changes_nothing_when_it_comes_back(
    any_village: httpx.AsyncClient,
) -> None:
    made = await make(any_village, card=CARD, pin=True, duress=True)
    hours = [{"days": ["mon"], "since": "08:00", "until": "17:00"}]
    await make(
        any_village, name="=Ann Lee", kind="staff", places=[{"site": SITE, "doors": ["front-door"]}], hours=hours
    )
    ended = await make(any_village, name="Gone")
    await any_village.post(f"{API}/holders/{ended['holder']['id']}/end", json={"reason": "left"})
    answer = await any_village.get(f"{API}/holders.csv")
    text = answer.text
    told = [cell for row in told_in(text) for column, cell in row.items() if column not in ("id", "from", "until")]
    secrets = {value for value in made["secrets"].values() if value}
    assert [cell for cell in told if any(secret in cell for secret in secrets)] == []
    assert "code, card, pin, duress_code, duress_pin" in text
    assert ("'=Ann Lee" in text, "Gone" in text) == (True, False)
    before = await there(any_village)
    assert counts(await bring(any_village, text)) == (0, 0, 2, 0)
    assert await there(any_village) == before


async def test_a_row_changes_its_filled_cells_and_empty_ones_stay(any_village: httpx.AsyncClient) -> None:
    made = (await make(any_village, card=CARD, last="2027-01-31"))["holder"]
    rows = f"id,name,places,from,card,code\n{made['id']},Una Warden,,,w26:118:1604,yes\n"
    dry = await bring(any_village, rows, preview="true")
    assert dry["lines"][0]["changes"] == ["name", "card"]
    assert (await there(any_village))[0] == made
    done = await bring(any_village, rows)
    assert (counts(done), done["lines"][0]["code"]) == ((0, 1, 0, 0), "")
    [now] = await there(any_village)
    assert (now["name"], now["places"], now["last"]) == ("Una Warden", made["places"], "2027-01-31")
    told = (await any_village.post(f"{API}/holders/{made['id']}/reveal")).json()["secrets"]
    assert told["card"] == "w26:118:1604"
    gone = await bring(any_village, "name,until\nUna Warden,\n")
    assert (gone["lines"][0]["changes"], (await there(any_village))[0]["last"]) == (["until"], None)


async def test_a_holder_is_found_by_name_whatever_its_case(any_village: httpx.AsyncClient) -> None:
    await make(any_village, name="Zoë Straße", kind="staff")
    assert counts(await bring(any_village, "name,kind\nZOË STRASSE,staff\n", preview="true")) == (0, 1, 0, 0)


async def test_rows_written_before_the_database_failed_reach_the_doors(
    village: httpx.AsyncClient, container: Container
) -> None:
    async with container.database.write() as tx:
        refused = (
            "CREATE TRIGGER odd BEFORE INSERT ON holders WHEN NEW.name = 'Odd' BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        await tx.exec_driver_sql(refused)
    data = (HEAD + UNA + f"Odd,staff,{SITE},2026-11-01,,,\n").encode()
    with container.changes.subscribe() as heard:
        with pytest.raises(IntegrityError):
            await container.holder_import.take(data, preview=False, actor=Actor.acting("Una Porter"))
        assert heard.waiting
    assert [each["name"] for each in await there(village)] == ["Una Porter"]


FAULTS = {
    f"Una Porter,janitor,{SITE},2026-11-01,,,": ("kind", "none of: staff, key holder, contractor"),
    "Una Porter,staff,attic,2026-11-01,,,": ("places", "no site 'attic'"),
    f"Una Porter,staff,{SITE}/attic,2026-11-01,,,": ("places", "no door 'attic'"),
    f"Una Porter,staff,{SITE}; {SITE}/front-door,2026-11-01,,,": ("places", "as a whole and by its doors"),
    f"Una Porter,staff,{SITE},soon,,,": ("from", "date"),
    f"Una Porter,staff,{SITE},,,,": ("from", ""),
    "Una Porter,staff,,2026-11-01,,,": ("places", ""),
    f"Una Porter,contractor,{SITE},2026-11-01,,,": ("until", "is needed for a contractor"),
    f"Una Porter,staff,{SITE},2026-11-02,2026-11-01,,": ("until", "not be before the first day"),
    f"Una Porter,staff,{SITE},2026-11-01,,12345,": ("card", "as a reader shows it"),
    f"Una Porter,staff,{SITE},2026-11-01,,,482913": ("code", "never taken from a file"),
    f",staff,{SITE},2026-11-01,,,": ("name", "is needed"),
}


@pytest.mark.parametrize("row", FAULTS)
async def test_a_row_that_makes_no_sense_is_set_aside_with_column_and_reason(
    village: httpx.AsyncClient, row: str
) -> None:
    column, reason = FAULTS[row]
    done = await bring(village, f"{HEAD}{row}\n{BEN}")
    assert counts(done) == (1, 0, 0, 1)
    [fault] = done["lines"][0]["faults"]
    assert (done["lines"][0]["line"], fault["column"], reason in fault["why"]) == (2, column, True), fault
    assert "482913" not in str(done)


async def test_a_card_or_name_that_is_given_twice_or_taken_is_refused(village: httpx.AsyncClient) -> None:
    twice = await bring(village, HEAD + BEN + BEN.replace("Ben", "Ann") + UNA + UNA, preview="true")
    assert counts(twice) == (2, 0, 0, 2)
    assert [line["faults"][0]["column"] for line in twice["lines"] if line["faults"]] == ["card", "name"]
    await make(village, card=CARD)
    [taken] = (await bring(village, HEAD + BEN))["lines"]
    assert "somebody else has this card" in taken["faults"][0]["why"]
    await make(village)
    [alike] = (await bring(village, HEAD + UNA))["lines"]
    assert "there are 2 of this name" in alike["faults"][0]["why"]


async def test_a_preview_refuses_what_the_import_would_and_waits_for_no_other_write(
    any_village: httpx.AsyncClient, any_container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controller.access.code_generation.choose", lambda length: "604138")
    await make(any_village, name="Ann", places=[{"site": SITE, "doors": ["front-door"]}], card=CARD)
    una = (await make(any_village, name="Una", places=[{"site": SITE, "doors": ["side-door"]}]))["holder"]
    rows = f"{una['id']},,,{SITE},,,\n,Ben,staff,{SITE},2026-11-01,{CARD},\n{una['id']},,,,,w26:118:1604,\n"
    rows += f",Cat,staff,{SITE}/front-door,2026-11-01,w26:118:1605,\n,Dan,staff,{SITE},2026-11-01,,\n"
    text = "id,name,kind,places,from,card,code\n" + rows.replace(f"{una['id']},,,,,w26", ",Una,,,,w26")
    before = await there(any_village)
    async with any_container.database.write() as tx:
        await any_container.database.lock_site(tx, SITE)
        dry = await bring(any_village, text, preview="true")
    assert await there(any_village) == before
    done = await bring(any_village, text)
    told = [(line["become"], line["changes"], line["faults"]) for line in done["lines"]]
    assert told == [(line["become"], line["changes"], line["faults"]) for line in dry["lines"]]
    clash, taken, fobbed, added, none_left = told
    assert "somebody else has the same code at one of these doors" in clash[2][0]["why"]
    assert "somebody else has this card" in taken[2][0]["why"]
    assert (fobbed[:2], added[0]) == (("changed", ["card"]), "added")
    assert "code" in none_left[2][0]["why"]


async def test_an_import_neither_adds_nor_shows_holders_at_sites_of_others(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    made = (await make(village, card=CARD))["holder"]
    await village.put(f"{API}/sites/soham", json={"name": "Soham", "zone": "Europe/London"})
    async with signed_in_as(app, village, "manager", sites=["soham"]) as manager:
        assert made["id"] not in (await manager.get(f"{API}/holders.csv")).text
        for row in (f"name,kind,places,from\nAnn,staff,{SITE},2026-11-01\n", f"id,card\n{made['id']},{CARD}\n"):
            [line] = (await bring(manager, row))["lines"]
            assert (line["become"], "may not" in line["faults"][0]["why"]) == ("refused", True)


async def test_sites_are_the_same_in_whatever_order_a_list_names_them(village: httpx.AsyncClient) -> None:
    await village.put(f"{API}/sites/march", json={"name": "March", "zone": "Europe/London"})
    for places, expected in (
        (f"{SITE};march", (1, 0, 0, 0)),
        (f"{SITE};march", (0, 0, 1, 0)),
        (f"march;{SITE}", (0, 0, 1, 0)),
    ):
        done = await bring(village, f"name,kind,places,from,code\nAnn,staff,{places},2026-11-01,yes\n")
        assert counts(done) == expected, done


@pytest.mark.parametrize("text", ["", "colour\nred\n", "name\n" + "Una\n" * (MOST + 1)])
async def test_a_file_of_no_use_is_refused_as_a_whole(village: httpx.AsyncClient, text: str) -> None:
    refused = await bring(village, text, 422)
    assert refused["errors"][0]["field"] == "body"
