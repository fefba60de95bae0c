"""What cannot go yet holds up nothing else, and each transaction is short."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import Connection, inspect, select, text, update

from controller.app.container import Container
from controller.bookings.diary.waitlist import IN_LINE
from controller.db.engine import Tx
from controller.people.erasure import PERSONAL, naming_columns
from controller.people.tables import DOCUMENT
from controller.platform.settings import RetentionSection
from controller.privacy.nightly_run import AT_ONCE, RetentionService
from controller.privacy.removal_methods import DeleteRows, Key, RetentionRule
from controller.privacy.rules_by_kind import CutAudit, ForgetParties
from controller.records.audit import repository as audit
from controller.records.audit.sealer import AuditSealer
from controller.records.audit.tables import audit_heads
from tests.controller.clock import ManualClock
from tests.controller.privacy.rows import put, table
from tests.controller.records.audit.reading import rows_of
from tests.controller.running import NOW
from tests.controller.signin.signing import API, put_party
from tests.controller.village import SITE

LONG_AGO = NOW - timedelta(days=4000)


async def ended(tx: Tx, party: str, *, waits: bool) -> None:
    await put(tx, "parties", id=party, kind="person", name=party.title(), name_key=party, ended_at=LONG_AGO)
    if waits:
        state = next(iter(IN_LINE)).value
        await put(tx, "waits", id=f"wait-{party}", party=party, state=state, asked="{}")


async def forgotten(container: Container) -> list[str]:
    c = table("parties").c
    async with container.database.read() as tx:
        return list((await tx.execute(select(c.id).where(c.forgotten_at.is_not(None)).order_by(c.id))).scalars())


def only(container: Container, rule: ForgetParties | CutAudit) -> RetentionService:
    return RetentionService(container.database, container.clock, RetentionSection(), {"ended_people": [rule]})


@pytest.mark.cases_full
async def test_parties_that_must_stay_hold_up_no_others(village: httpx.AsyncClient, container: Container) -> None:
    async with container.database.write() as tx:
        for number in range(AT_ONCE):
            await ended(tx, f"busy-{number:03}", waits=True)
        for party in ("over-1", "over-2"):
            await ended(tx, party, waits=False)
    service = only(container, ForgetParties(container.party_service))
    assert await service.enforce() == {"ended_people": 2}
    assert await forgotten(container) == ["over-1", "over-2"]
    assert await service.enforce() == {"ended_people": 0}


async def test_parties_are_forgotten_one_in_a_transaction(village: httpx.AsyncClient, container: Container) -> None:
    rule = ForgetParties(container.party_service)
    async with container.database.write() as tx:
        for party in ("over-1", "over-2"):
            await ended(tx, party, waits=False)
    async with container.database.read() as tx:
        assert await rule.find(tx, NOW, AT_ONCE) == [("over-1",)]
        assert await rule.find(tx, NOW, AT_ONCE, ("over-1",)) == [("over-2",)]
        assert await rule.find(tx, NOW, AT_ONCE, ("over-2",)) == []


LITERAL = {"literal_binds": True}


def _first_columns(connection: Connection, name: str) -> list[str | None]:
    return [each["column_names"][0] for each in inspect(connection).get_indexes(name)]


@pytest.mark.both_databases
async def test_an_index_finds_the_rows_that_are_blanked_for_a_party(any_container: Container) -> None:
    blanked = {
        column.table.name
        for column in naming_columns()
        for each in column.table.c
        if each.name in PERSONAL or each.info == DOCUMENT or each.name == "title"
    } - {"parties"}
    assert {"bookings", "series", "waits"} <= blanked
    async with any_container.database.read() as tx:
        for name in sorted(blanked):
            assert "party" in await tx.run_sync(_first_columns, name), name


async def test_an_index_finds_all_that_names_a_party(container: Container) -> None:
    columns = [each for each in naming_columns() if each.table.name != "sites"]  # a few rows
    async with container.database.read() as tx:
        for column in columns:
            query = select(column.table).where(column == "choir").compile(tx.engine, compile_kwargs=LITERAL)
            plan = [row.detail for row in await tx.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
            assert all(each.startswith("SEARCH") for each in plan), (str(column), plan)


@pytest.mark.both_databases
async def test_a_cut_is_of_one_chain_and_a_stopped_chain_holds_up_no_other(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    container = any_container
    sealer = AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir)
    rule = CutAudit(sealer)
    await put_party(any_village, "choir")
    await sealer.look()
    cutoff = clock.now() + timedelta(days=1)
    async with container.database.read() as tx:
        assert sorted(await audit.heads(tx)) == ["", SITE]
        ((first, some),) = await rule.find(tx, cutoff, 1)
        assert (first, some) == ("", 1)
        ((second, every),) = await rule.find(tx, cutoff, AT_ONCE, ("", 1))
        assert (second, every) == (SITE, (await audit.heads(tx))[SITE].seq)
        assert await rule.find(tx, cutoff, AT_ONCE, (SITE, every)) == []
    async with container.database.write() as tx:
        await tx.execute(update(audit_heads).where(audit_heads.c.chain == "").values(signature=b"?"))
    clock.advance(days=4000)
    assert await only(container, rule).enforce() == {"ended_people": every}
    assert {each["site"] for each in await rows_of(container.database)} == {None}


class Fails(DeleteRows, frozen=True):
    """A rule whose rows can never go."""

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        raise ValueError(f"no {keys}")


@pytest.mark.cases_full
async def test_a_kind_that_fails_is_shown_and_the_others_go_on(
    village: httpx.AsyncClient, container: Container, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def put_one(at: datetime) -> None:
        async with container.database.write() as tx:
            await put(tx, "refusals", edge="pi-front", reason="old", last_at=at)

    await put_one(LONG_AGO)
    rules: dict[str, Sequence[RetentionRule]] = {
        "samples": [Fails(table="refusals", column="last_at")],
        "faults": [DeleteRows(table="refusals", column="last_at")],
    }
    service = RetentionService(container.database, clock, RetentionSection(), rules)
    assert await service.look()
    assert "Data whose time is over could not be deleted" in caplog.text
    assert not await service.look()
    lines = {each["kind"]: each for each in (await village.get(f"{API}/retention")).json()["items"]}
    assert (lines["samples"]["removed"], lines["samples"]["failure"]) == (0, "ValueError in Fails")
    assert (lines["faults"]["removed"], lines["faults"]["failure"]) == (1, None)
    rules["samples"] = []
    clock.advance(days=1)
    assert await service.look()
    lines = {each["kind"]: each for each in (await village.get(f"{API}/retention")).json()["items"]}
    assert lines["samples"]["failure"] is None
