"""A person who is forgotten, as a party and as a user, is named nowhere in the database any more."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, String, Text, event, select, update
from typer import Typer
from typer.testing import CliRunner, Result

from controller.app.container import Container
from controller.db.engine import NAMES_ACTOR, metadata
from controller.people.commands import app as parties_cli
from controller.people.user_cli import app as users_cli
from controller.privacy import nightly_run
from controller.privacy.removal_methods import is_one
from controller.privacy.user_erasure import EraseUsers, actor_columns, former
from controller.records.audit.sealer import AuditSealer
from tests.controller.clock import ManualClock
from tests.controller.people.test_matrix import furnished
from tests.controller.privacy.rows import holding, put, put_naming, table
from tests.controller.serving import serving
from tests.controller.signin.signing import API, make_user, put_party, signed_in_as
from tests.controller.village import SITE, act, book, change

NAME, MAIL = "Cora Quill", "cora@quill.test"


def test_every_column_that_says_who_did_something_is_known_as_such() -> None:
    named = {
        column
        for each in metadata.sorted_tables
        for column in each.c
        if isinstance(column.type, String | Text) and (column.name in ("actor", "by") or column.name.endswith("_by"))
    }
    assert len(named) > 30
    assert [str(column) for column in named if column.info != NAMES_ACTOR] == []
    assert {*actor_columns(), table("audit_rows").c.actor} == named


async def cora_in_every_column(container: Container) -> None:
    """One row of each table, made where there is none."""
    async with container.database.write() as tx:
        for its in dict.fromkeys(column.table for column in actor_columns()):
            mine = [column.name for column in actor_columns() if column.table is its]
            if (await tx.execute(select(its).limit(1))).first() is None:
                await put_naming(tx, its.name, mine, NAME)
            first = (await tx.execute(select(*its.primary_key.columns).limit(1))).one()
            by_import = dict.fromkeys(mine, NAME) | {mine[-1]: f"import:{NAME}"}
            await tx.execute(update(its).where(is_one(its, [tuple(first)])).values(by_import))


async def test_a_user_who_is_forgotten_is_named_in_no_column_of_any_table(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    container = any_container
    async with signed_in_as(any_app, any_village, "owner", name=NAME, email=MAIL) as cora:
        user = next(each for each in (await cora.get(f"{API}/users")).json()["items"] if each["name"] == NAME)
        await furnished(cora)
        booked = await book(cora, starts="2026-12-20T18:00", ends="2026-12-20T19:00", party="choir")
        await act(cora, booked, "cancel", reason="ill")
    await cora_in_every_column(container)
    await AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir).look()
    path = f"{API}/users/{user['id']}"
    early = await any_village.post(f"{path}/forget")
    assert (early.status_code, "end this user first" in early.text) == (409, True)
    assert (await any_village.patch(path, json={"ended": True})).is_success
    async with container.database.read() as tx:
        assert len(await holding(tx, NAME, MAIL)) > len(actor_columns())
    clock.advance(days=1)
    assert (await any_village.post(f"{path}/forget")).status_code == 204
    assert (await any_village.post(f"{path}/forget")).status_code == 204
    for change_of_user in ({"ended": False}, {"email": MAIL}, {"ended": False, "password": "a new and long one"}):
        late = await any_village.patch(path, json=change_of_user)
        assert (late.status_code, "make a new user instead" in late.text) == (409, True)
    assert (await any_village.patch(path, json={"ended": True})).is_success  # which they are
    async with container.database.read() as tx:
        assert await holding(tx, "Quill", MAIL) == []
        made_by = (await tx.execute(select(table("bookings").c.created_by).distinct())).scalars().all()
    assert former(user["id"]) in made_by


@pytest.mark.cases_full
async def test_each_column_is_searched_twice_at_most_however_many_rows_name_a_user(
    village: httpx.AsyncClient, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly_run, "AT_ONCE", 2)
    users = [await make_user(village, name, "porter") for name in (NAME, "Max Moss", "Eve Ray")]
    first, last = actor_columns()[0], table("manual_calls").c.made_by
    async with container.database.write() as tx:
        for number in range(12):
            name = users[number % 3]["name"]
            await put(tx, last.table.name, id=str(number), made_by=name, called_by=f"import:{name}")
    for user in users:
        assert (await village.patch(f"{API}/users/{user['id']}", json={"ended": True})).is_success
    searched: list[str] = []

    def note(_c: object, _u: object, statement: str, *_more: object) -> None:
        if statement.startswith(f"SELECT {first.table.name}.{first.name},"):
            searched.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await container.retention.carry_out(EraseUsers(), container.clock.now() + timedelta(days=1))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    async with container.database.read() as tx:
        assert await holding(tx, *(user["name"] for user in users)) == []
    assert len(searched) <= 4  # twice for each two users


ANN = {"contact_name": "Ann Lee", "contact_phone": "01487 555020", "contact_email": "ann@lee.test"}
OF_ANN = ("Ann Lee", "01487 555020", "ann@lee.test")


async def test_a_person_who_is_forgotten_is_named_in_no_column_of_any_table(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    office = any_village
    await put_party(office, "ann-lee", kind="person", name="Ann Lee", **ANN, notes="Ann Lee has the spare key")
    await put_party(office, "choir", name="Choir", responsible="ann-lee", **ANN)
    assert (await office.put(f"{API}/parties/choir/members/ann-lee", json={"role": "treasurer"})).is_success
    own = await book(office, party="ann-lee", title="Ann Lee is 50", notes="ring Ann Lee", **ANN)
    await book(office, party="choir", starts="2026-11-26T10:00", ends="2026-11-26T11:00", **ANN)
    ahead = await book(office, party="choir", starts="2026-12-03T10:00", ends="2026-12-03T11:00", **ANN)
    series = {"space": "studio", "title": "Practice", "party": "choir", **ANN}
    times = {"first_starts": "2026-11-26T08:00", "first_ends": "2026-11-26T09:00", "rule": "FREQ=DAILY;COUNT=2"}
    made = await office.post(f"{API}/sites/{SITE}/series", json=series | times)
    assert made.is_success, made.text
    await act(office, own, "cancel", reason="Ann Lee is ill")
    seen = {"level": "basic", "seen_on": "2026-01-01", "review_on": "2027-01-01", "seen_by": "Una"}
    assert (await office.put(f"{API}/parties/ann-lee/safeguarding", json=seen)).is_success
    clock.advance(days=2)

    async def refused() -> str:
        answer = await office.post(f"{API}/parties/ann-lee/forget")
        assert answer.status_code == 409, answer.text
        return answer.text

    assert "is the contact of “Choir”" in await refused()
    await put_party(office, "choir", name="Choir", contact_name="Bob", contact_phone="01487 555021")
    assert "is the contact of bookings ahead" in await refused()
    await change(office, ahead, contact_name="Bob", contact_phone="", contact_email="")
    async with any_container.database.read() as tx:
        assert len(await holding(tx, *OF_ANN)) > 10
    assert (await office.post(f"{API}/parties/ann-lee/forget")).is_success
    async with any_container.database.read() as tx:
        assert await holding(tx, *OF_ANN) == []
        assert "bookings.contact_name" in await holding(tx, "Bob")


@pytest.mark.cases_full
async def test_commands_forget_a_party_and_a_user(app: FastAPI, village: httpx.AsyncClient) -> None:
    await put_party(village, "ann-lee", kind="person", name="Ann Lee", **ANN)
    await make_user(village, NAME, "manager")
    env = {"HALLKEEPER_TOKEN": village.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}
    async with serving(app) as address:

        async def typed(cli: Typer, *words: str) -> Result:
            asked = [*words, "--server", address]
            return await asyncio.to_thread(lambda: CliRunner().invoke(cli, asked, env=env))

        assert "are deleted" in (await typed(parties_cli, "forget", "ann-lee")).stdout
        early = await typed(users_cli, "forget", NAME)
        assert (early.exit_code, "end this user first" in early.output) == (1, True)
        await typed(users_cli, "end", NAME)
        assert "Former user" in (await typed(users_cli, "forget", NAME)).stdout
        listed = (await typed(users_cli, "list")).stdout
    assert ("Former user" in listed, NAME in listed) == (True, False)
