"""Members come in with card and PIN while nobody is there: after an induction, old enough, not suspended."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select

from controller.access.holder_and_member_grants import A_SHARD, shards
from controller.access.members.csv_rows import COLUMNS
from controller.access.members.model import LibraryRecord, Member, against, age, window
from controller.access.tables import members
from controller.app.container import Container
from edge.wire.access_decision import Reason
from edge.wire.codec import PART_LIMIT
from edge.wire.credentials import Presented
from edge.wire.ids import uuid7
from edge.wire.plan import Mode
from tests.controller.access.asking import ask, plan_of
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.village import API, SITE, Json
from tests.digits import says

LONDON = ZoneInfo("Europe/London")
PAGE = Path(__file__).parents[3] / "docs" / "members.md"
DAY = timedelta(days=1)
HEAD = "number,pin,born,expires,suspended,suspended_until,inducted,sites"
ADA = "D100200300,2749,1990-05-01,2027-06-30,no,,2026-11-01,"


async def send(client: httpx.AsyncClient, rows: str, status: int = 200, head: str = HEAD, **params: str) -> Any:
    answer = await client.post(
        f"{API}/members/import",
        content=f"{head}\n{rows}".encode(),
        params=params,
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def one(client: httpx.AsyncClient, number: str = "D100200300") -> Json:
    [found] = (await client.get(f"{API}/members", params={"number": number})).json()["items"]
    return dict(found)


def shown(number: str = "D100200300", pin: str = "2749") -> Presented:
    return Presented(card=f"bar:{number}", digits=pin)


async def test_a_member_on_the_list_gets_in_with_card_and_pin_in_extended_mode_alone(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    told = await send(any_village, ADA)
    assert (told["added"], told["refused"]) == (1, 0)
    assert (await ask(any_container, shown(), NOW)).granted
    assert (await ask(any_container, shown(pin="8351"), NOW)).reason is Reason.WRONG_PIN
    assert (await ask(any_container, Presented(card="bar:D100200300"), NOW)).reason is Reason.PIN_WANTED
    assert (await ask(any_container, shown(), NOW, mode=Mode.CLOSED)).reason is Reason.NOT_NOW
    assert (await ask(any_container, shown(), NOW, mode=Mode.STAFFED)).reason is Reason.NOT_NOW


TABLE = [
    ("D1,2749,1990-05-01,,no,,2026-11-01,", ""),
    ("D1,2749,1990-05-01,2026-11-25,no,,2026-11-01,", ""),
    ("D1,2749,1990-05-01,2026-11-24,no,,2026-11-01,", "ended on 24 November 2026"),
    ("D1,2749,1990-05-01,,yes,,2026-11-01,", "is suspended"),
    ("D1,2749,1990-05-01,,no,2026-11-25,2026-11-01,", "suspended until 25 November 2026"),
    ("D1,2749,1990-05-01,,no,2026-11-24,2026-11-01,", ""),
    ("D1,2749,1990-05-01,,no,,,", "no induction here"),
    ("D1,2749,1990-05-01,,no,,2026-11-26,", "has the induction on 26 November 2026"),
    ("D1,2749,1990-05-01,,no,,2026-11-01,ramsey", ""),
    ("D1,2749,1990-05-01,,no,,2026-11-01,wyton", "no induction here"),
    ("D1,2749,2010-11-25,,no,,2026-11-01,", ""),
    ("D1,2749,2010-11-26,,no,,2026-11-01,", "must be 16 or older"),
    ("D1,2749,,,no,,2026-11-01,", "does not say how old"),
    ("D1,,1990-05-01,,no,,2026-11-01,", "has no PIN"),
]


@pytest.mark.parametrize(("row", "wrong"), TABLE)
async def test_a_member_who_is_kept_out_is_not_in_the_plan(
    village: httpx.AsyncClient, container: Container, row: str, wrong: str
) -> None:
    await village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    assert (await send(village, row))["added"] == 1
    [found] = await container.members.listed(number="D1", after=None, limit=1)
    assert wrong in against(found, SITE, NOW.date(), least_age=16)
    plan = await plan_of(container, "front-door")
    assert plan.grant_count == (0 if wrong else 1)
    assert (await ask(container, shown("D1"), NOW, plan=plan)).granted is not bool(wrong)


async def test_the_age_is_the_sites_to_set(village: httpx.AsyncClient, container: Container) -> None:
    await send(village, "D1,2749,2012-01-01,,no,,2026-11-01,\nD2,8351,,,no,,2026-11-01,")
    assert (await plan_of(container, "front-door")).grant_count == 0
    for least, count in ((14, 1), (0, 2), (15, 0)):
        await village.put(f"{API}/sites/{SITE}/policy", json={"member_age": least})
        assert (await plan_of(container, "front-door")).grant_count == count


async def test_a_list_means_the_same_however_often_it_comes(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    assert (await send(any_village, ADA, preview="true"))["added"] == 1
    assert (await any_village.get(f"{API}/members")).json()["items"] == []
    await send(any_village, ADA)
    clock.set(NOW + timedelta(hours=1))
    again = await send(any_village, ADA)
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 1)
    changed = await send(any_village, ADA.replace("2749", "8351").replace("2027-06-30", "2027-07-31"))
    [row] = changed["lines"]
    assert (row["line"], row["become"], row["changes"]) == (2, "changed", ["pin", "expires"])
    assert (await ask(any_container, shown(pin="8351"), NOW)).granted
    assert not (await ask(any_container, shown(), NOW)).granted


async def test_columns_that_a_list_does_not_have_stay_as_they_were(
    village: httpx.AsyncClient, container: Container
) -> None:
    await send(village, ADA)
    told = await send(village, "D100200300,2028-01-31", head="Card number;expiry".replace(";", ","))
    assert told["lines"][0]["changes"] == ["expires"]
    assert (await ask(container, shown(), NOW)).granted


@pytest.mark.both_databases
async def test_people_missing_from_the_whole_list_are_ended_unless_a_row_is_wrong(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    ben = "D400,8351,1980-01-01,,no,,2026-11-01,"
    await send(any_village, f"{ADA}\n{ben}")
    spoilt = await send(any_village, f"{ben}\nD500,12,,,no,,,", whole="true")
    assert (spoilt["ended"], spoilt["refused"]) == (0, 1)
    assert "were not ended" in spoilt["warnings"][0]
    assert (await send(any_village, ben, whole="true", preview="true"))["ended"] == 1
    assert (await ask(any_container, shown(), NOW)).granted
    assert (await send(any_village, ben, whole="true"))["ended"] == 1
    assert not (await ask(any_container, shown(), NOW)).granted
    assert (await ask(any_container, shown("D400", "8351"), NOW)).granted
    back = await send(any_village, ADA)
    assert back["lines"][0]["changes"] == ["ended"]
    assert (await ask(any_container, shown(), NOW)).granted


BAD = [
    (",2749,,,no,,,", "number"),
    ("D1,12,,,no,,,", "pin"),
    ("D1,abcd,,,no,,,", "pin"),
    ("D1,2749,1.5.1990,,no,,,", "born"),
    ("D1,2749,,2026-02-30,no,,,", "expires"),
    ("D1,2749,,,perhaps,,,", "suspended"),
    ("D1,2749,,,no,,2026-11-01,Ramsey Hub", "sites"),
    ("D1,2749,,,no,,2026-11-01,attic", "sites"),
    ("D1,2749,,,no,,,\nD1,8351,,,no,,,", "number"),
]


@pytest.mark.parametrize(("rows", "column"), BAD)
async def test_a_row_that_cannot_be_taken_names_its_column(
    village: httpx.AsyncClient, container: Container, rows: str, column: str
) -> None:
    told = await send(village, rows)
    assert told["refused"] == 1
    [refused] = [line for line in told["lines"] if line["become"] == "refused"]
    assert refused["faults"][0]["column"] == column


async def test_a_file_that_is_no_list_is_refused_whole(village: httpx.AsyncClient, container: Container) -> None:
    refused = await send(village, "1,2", 422, head="name,street")
    assert "no column number" in refused["detail"]


async def test_a_suspension_and_an_induction_are_at_the_door_with_the_next_plan(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await send(any_village, ADA)
    path = f"{API}/members/{(await one(any_village))['id']}"

    async def granted() -> bool:
        return (await ask(any_container, shown(), NOW)).granted

    assert (await any_village.patch(path, json={"suspended": True})).json()["suspended"]
    assert not await granted()
    assert not (await any_village.patch(path, json={"suspended": False})).json()["suspended"]
    assert await granted()
    until = (await any_village.patch(path, json={"suspended_until": "2026-11-30"})).json()
    assert (until["suspended"], until["suspended_until"]) == (True, "2026-11-30")
    assert not await granted()
    await any_village.patch(path, json={"suspended": False})
    [version] = [each["version"] for each in (await one(any_village))["inductions"]]
    taken = (await any_village.put(f"{path}/induction", json={"day": None, "version": version})).json()
    assert (taken["inductions"], await granted()) == ([], False)
    noted = (await any_village.put(f"{path}/induction", json={"site": SITE, "day": "2026-11-25"})).json()
    assert [each["site"] for each in noted["inductions"]] == [SITE]
    assert await granted()
    refused = await any_village.put(f"{path}/induction", json={"site": "attic", "day": "2026-11-25"})
    assert refused.json()["errors"][0]["field"] == "site"


async def test_a_members_data_is_stored_encrypted_and_shown_in_part(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await send(any_village, ADA)
    told = await one(any_village)
    assert (told["number"], told["has_pin"]) == ("…0300", True)
    assert not says(str(told), "2749")
    async with any_container.database.read() as tx:
        row = (await tx.execute(select(members))).one()
    kept = b"".join(each for each in row if isinstance(each, bytes))
    assert b"D100200300" not in kept
    assert b"2749" not in kept


# Thousands of them


def many(count: int) -> list[Member]:
    return [
        Member(
            id=uuid7(NOW + timedelta(milliseconds=at), at.to_bytes(10)),
            record=LibraryRecord(number=f"D{at}", card=f"bar:D{at}", pin="2749", born=date(1990, 1, 1)),
            inductions={"": date(2026, 11, 1)},
            source="csv",
            checked_at=NOW,
            ended_at=None,
        )
        for at in range(count)
    ]


@pytest.mark.cases_full
async def test_thousands_of_members_come_in_parts_of_64_kb_of_which_a_change_of_one_changes_one(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    rows = "\n".join(f"D{at:06},2749,1990-05-01,,no,,2026-11-01," for at in range(3000))
    assert (await send(village, rows))["added"] == 3000
    plan = await plan_of(container, "front-door")
    parts = {name: ref for name, ref in plan.manifest.parts.items() if name.startswith("members-")}
    assert plan.grant_count == 3000
    assert len(parts) == 32
    assert all(ref.size <= PART_LIMIT for ref in parts.values())
    clock.set(NOW + timedelta(minutes=1))
    await send(village, "D000007,8351,1990-05-01,,no,,2026-11-01,")
    after = (await plan_of(container, "front-door")).manifest.parts
    assert len([name for name, ref in parts.items() if after[name] != ref]) == 1
    clock.set(NOW + DAY)
    tomorrow = (await plan_of(container, "front-door")).manifest.parts
    assert {name: tomorrow[name] for name in parts} == {name: after[name] for name in parts}


@pytest.mark.parametrize("count", [0, 1, A_SHARD, A_SHARD + 1, 5000])
def test_shards_hold_every_member_once(count: int) -> None:
    everybody = many(count)
    found = shards(everybody)
    assert sorted(each.id for shard in found.values() for each in shard) == sorted(each.id for each in everybody)
    assert len(found) <= 1 or count / len(found) <= A_SHARD


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2010, 11, 25), date(2026, 11, 24), 15),
        (date(2010, 11, 25), date(2026, 11, 25), 16),
        (date(2012, 2, 29), date(2028, 2, 28), 15),
        (date(2012, 2, 29), date(2028, 2, 29), 16),
        (date(2011, 2, 28), date(2027, 2, 28), 16),
        (date(2012, 2, 29), date(2027, 2, 28), 14),
        (date(2012, 2, 29), date(2027, 3, 1), 15),
    ],
)
def test_an_age_is_in_full_years(born: date, day: date, years: int) -> None:
    assert age(born, day) == years


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        (date(2026, 3, 29), date(2026, 3, 29), "2026-03-29T00:00Z", "2026-03-29T23:00Z"),
        (date(2026, 10, 25), date(2026, 10, 25), "2026-10-24T23:00Z", "2026-10-26T00:00Z"),
    ],
)
def test_a_membership_begins_and_ends_at_the_sites_midnight_across_the_clock_changes(
    first: date, last: date, start: str, end: str
) -> None:
    [member] = many(1)
    record = LibraryRecord(number="D0", card="bar:D0", pin="2749", expires=last)
    found = window(Member(**{**_fields(member), "record": record, "inductions": {"": first}}), SITE, LONDON)
    assert (found.start, found.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


def _fields(member: Member) -> dict[str, Any]:
    return {name: getattr(member, name) for name in Member.__struct_fields__}


def test_the_page_about_members_tells_every_column_and_what_else_it_is_called() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for column, names in COLUMNS.items():
        assert f"| `{column}` | {', '.join(names)} |" in page
