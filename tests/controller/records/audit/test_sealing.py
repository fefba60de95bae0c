"""The sealer chains each site's rows, and ``verify`` finds what was done to them behind the controller's back."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import ColumnElement, delete, insert, select, update

from controller.app.container import Container
from controller.db.engine import Database, Tx
from controller.platform.key_files import load_keys
from controller.records.audit import audit_log, repository
from controller.records.audit import sealer as sealer_module
from controller.records.audit.hash_chain import AuditRow, HeadsFile, seal
from controller.records.audit.sealer import HEADS, AuditSealer, public_keys
from controller.records.audit.tables import audit_heads, audit_rows
from controller.records.audit.verify import Verification, verify
from tests.controller.clock import ManualClock
from tests.controller.records.audit.reading import rows_of
from tests.controller.running import NOW, USER
from tests.controller.signin.signing import API, put_party
from tests.controller.village import SITE, book


@pytest.fixture
def sealer(any_container: Container) -> AuditSealer:
    container = any_container
    return AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir)


async def record(database: Database, number: int, site: str | None = SITE) -> None:
    for each in range(number):
        async with database.write() as tx:
            await audit_log.record(
                tx, actor="edge:ramsey/pi", at=NOW, act="try", site=site, thing=f"thing {each}", why="as asked"
            )


async def checked(container: Container, *, outside: bool = True) -> Verification:
    file = container.settings.data_dir / HEADS
    kept = msgspec.json.decode(file.read_bytes(), type=HeadsFile).heads if outside else ()
    return await verify(container.database, public_keys(container.keys), kept)


async def tampered(container: Container, change: Callable[[], object]) -> list[str]:
    """What is found after a statement past the controller."""
    async with container.database.write() as tx:
        await tx.execute(change())  # type: ignore[call-overload]
    return [each.text for each in (await checked(container)).faults]


def row(seq: int) -> ColumnElement[bool]:
    return (audit_rows.c.chain == SITE) & (audit_rows.c.seq == seq)


async def test_the_rows_of_each_site_are_chained_and_the_heads_leave_the_database(
    any_village: httpx.AsyncClient, any_container: Container, sealer: AuditSealer
) -> None:
    await book(any_village)
    assert await sealer.look() == len(await rows_of(any_container.database))
    rows = await rows_of(any_container.database, site=SITE)
    assert [each["seq"] for each in rows] == list(range(1, len(rows) + 1))
    assert {each["chain"] for each in rows} == {SITE}
    found = await checked(any_container)
    assert (found.faults, found.waiting, found.chains) == ((), 0, 2)
    assert found.rows == len(await rows_of(any_container.database))
    assert await sealer.look() == 0


async def test_names_that_the_controller_acted_for_become_ids(
    any_client: httpx.AsyncClient, any_container: Container, sealer: AuditSealer
) -> None:
    async with any_container.database.write() as tx:
        await audit_log.record(tx, actor=USER, at=NOW, act="try", thing="on behalf of a user")
        await audit_log.record(tx, actor="hallkeeper", at=NOW, act="try", thing="by itself")
    await sealer.look()
    *_, theirs, own = await rows_of(any_container.database)
    assert (theirs["who"], theirs["actor"], own["actor"], own["user_id"]) == (USER, "", "hallkeeper", None)
    assert theirs["user_id"] is not None


async def test_a_row_that_is_committed_late_is_sealed_too(db: Database, tmp_path: Path) -> None:
    """A row with a smaller id may be committed after one with a larger."""
    sealer = AuditSealer(db, ManualClock(NOW), load_keys(tmp_path), tmp_path)

    async def late(tx: Tx) -> None:
        await audit_log.record(tx, actor="edge:ramsey/pi", at=NOW, act="try", site=SITE, thing="late")
        if db.sqlite:
            return  # one writer at a time: nothing can be committed between
        await record(db, 3)
        assert await sealer.look() == 3

    await db.run(late)
    await record(db, 1)
    assert await sealer.look() == 2
    rows = sorted(await rows_of(db), key=lambda each: int(each["seq"]))
    assert [each["seq"] for each in rows] == list(range(1, len(rows) + 1))
    assert [each["thing"] for each in rows if each["thing"] == "late"] == ["late"]


CASES = {
    "changed": (lambda: update(audit_rows).where(row(3)).values(act="nothing"), "row 3 (nothing, thing 2"),
    "personal": (
        lambda: update(audit_rows).where(row(3)).values(personal='{"why":"other"}'),
        "personal values of row 3",
    ),
    "removed": (lambda: delete(audit_rows).where(row(3)), "row 3 was removed"),
    "several removed": (lambda: delete(audit_rows).where(audit_rows.c.seq.in_([3, 4])), "rows 3 to 4 were removed"),
    "end removed": (lambda: delete(audit_rows).where(row(5)), "rows 5 to 5 were removed from the end"),
    "head removed": (lambda: delete(audit_heads), "its head was removed"),
    "head changed": (lambda: update(audit_heads).values(seq=4), "does not have the controller's signature"),
    "all removed": (lambda: delete(audit_rows), "rows 1 to 5 were removed from the end"),
}


@pytest.mark.both_databases
@pytest.mark.parametrize("case", CASES)
async def test_what_was_done_to_the_rows_is_found(any_container: Container, sealer: AuditSealer, case: str) -> None:
    await record(any_container.database, 5)
    await sealer.look()
    change, expected = CASES[case]
    found = await tampered(any_container, change)
    assert any(expected in each for each in found), found


@pytest.mark.both_databases
async def test_an_inserted_row_is_found_wherever_it_was_put(any_container: Container, sealer: AuditSealer) -> None:
    await record(any_container.database, 5)
    await sealer.look()
    async with any_container.database.write() as tx:
        await tx.execute(update(audit_rows).where(row(5)).values(seq=6))
        old = dict((await tx.execute(select(audit_rows).where(row(4)))).mappings().one())
        await tx.execute(insert(audit_rows).values(old | {"id": 99, "seq": 5, "thing": "inserted"}))
    found = [each.text for each in (await checked(any_container)).faults]
    assert any("row 5 (try, inserted" in each and "inserted" in each for each in found), found
    assert any("row 6" in each and "behind the signed head" in each for each in found), found


async def test_a_chain_that_was_rewritten_as_a_whole_is_found_by_a_head_kept_outside(
    any_container: Container, sealer: AuditSealer
) -> None:
    """Somebody who has the controller's key can make a chain that is sound in itself."""
    await record(any_container.database, 5)
    await sealer.look()
    async with any_container.database.write() as tx:
        rows = [each async for each in repository.chain(tx, SITE)]
        other = [msgspec.structs.replace(each, act="nothing" if each.seq == 2 else each.act) for each in rows]
        forged, head = seal(other, None, SITE, NOW)
        await tx.execute(update(audit_rows).where(row(2)).values(act="nothing"))
        await repository.place(tx, forged)
        await repository.put_head(tx, head.signed(any_container.keys.signing))
    assert (await checked(any_container, outside=False)).faults == ()
    (fault,) = (await checked(any_container)).faults
    assert "the chain was rewritten" in fault.text


@pytest.mark.both_databases
async def test_the_controllers_own_file_does_not_take_the_place_of_an_auditors_head(
    any_container: Container, sealer: AuditSealer
) -> None:
    """Somebody who has key, database and file rewrites all of them; the auditor's head has the same place."""
    await record(any_container.database, 3)
    await sealer.look()
    auditors = await sealer.write_file()
    async with any_container.database.write() as tx:
        rows = [each async for each in repository.chain(tx, SITE)]
        forged, head = seal([msgspec.structs.replace(each, act="nothing") for each in rows], None, SITE, NOW)
        head = head.signed(any_container.keys.signing)
        await tx.execute(update(audit_rows).values(act="nothing"))
        await repository.place(tx, forged)
        await repository.put_head(tx, head)
    keys = public_keys(any_container.keys)
    for outside in ([*auditors, head], [head, *auditors]):
        texts = [each.text for each in (await verify(any_container.database, keys, outside)).faults]
        assert any("heads kept outside" in each and "do not agree on row 3" in each for each in texts), texts
        assert any("row 3 is not the one whose head was kept outside" in each for each in texts), texts


@pytest.mark.both_databases
async def test_what_was_rewritten_behind_a_signed_cut_is_found(any_container: Container, sealer: AuditSealer) -> None:
    database, keys = any_container.database, public_keys(any_container.keys)
    await record(database, 5)
    await sealer.look()
    outside = await sealer.write_file()
    async with database.write() as tx:
        rows = [each async for each in repository.chain(tx, SITE)]
        head = msgspec.structs.replace(outside[0], cut_seq=4, cut_hash=rows[3].hash or b"")
        await repository.put_head(tx, head.signed(any_container.keys.signing))
        await tx.execute(update(audit_rows).where(row(2)).values(act="nothing"))
    found = await verify(database, keys, outside, keeps_since=NOW - timedelta(days=1))
    assert [each.text for each in found.faults] == [
        "rows 1 to 4 are still there, though its head says that they were deleted"
    ]
    assert (found.cuts, found.first_kept) == ({SITE: 4}, {SITE: NOW})
    async with database.write() as tx:
        await tx.execute(delete(audit_rows).where(audit_rows.c.seq <= 4))
        early = msgspec.structs.replace(outside[0], seq=3, hash=rows[2].hash or b"")
    found = await verify(database, keys, [*outside, early], keeps_since=NOW - timedelta(days=1))
    (fault,) = found.faults
    assert "rows up to 4 were deleted too early: row 3 was sealed on 2026-11-25 12:00 UTC" in fault.text
    assert (await verify(database, keys, [*outside, early], keeps_since=NOW)).faults == ()
    async with database.write() as tx:
        await repository.put_head(tx, outside[0])
    cut = msgspec.structs.replace(outside[0], cut_seq=4, cut_hash=rows[3].hash or b"")
    texts = [each.text for each in (await verify(database, keys, [cut])).faults]
    assert "a head kept outside says that rows up to 4 were deleted; its head says 0" in texts


async def test_a_chain_that_was_removed_with_its_head_is_found_by_the_head_kept_outside(
    any_container: Container, sealer: AuditSealer
) -> None:
    await record(any_container.database, 5)
    await sealer.look()
    async with any_container.database.write() as tx:
        await tx.execute(delete(audit_heads))
        await tx.execute(delete(audit_rows))
    assert (await checked(any_container, outside=False)).faults == ()
    assert any("there were 5 rows; there are 0 now" in each.text for each in (await checked(any_container)).faults)


async def test_personal_data_are_erased_and_the_chain_stays_whole(
    any_client: httpx.AsyncClient, any_container: Container, sealer: AuditSealer
) -> None:
    await put_party(any_client, "ann-lee", kind="person", name="Ann Lee", contact_phone="01487 555020")
    await sealer.look()
    answer = await any_client.post(f"{API}/parties/ann-lee/forget")
    assert answer.is_success, answer.text
    await sealer.look()
    assert "Ann Lee" not in str(await rows_of(any_container.database))
    assert (await checked(any_container)).faults == ()


async def test_heads_are_signed_again_with_the_key_that_takes_the_others_place(
    any_container: Container, sealer: AuditSealer
) -> None:
    await record(any_container.database, 2)
    await sealer.look()
    any_container.keys.begin_change()
    await sealer.write_file()
    any_container.keys.end_change()
    assert (await checked(any_container)).faults == ()


async def test_many_rows_are_sealed_in_short_transactions(
    any_container: Container, sealer: AuditSealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that bookings get their turn between."""
    await record(any_container.database, 7)
    sizes: list[int] = []
    real = repository.place

    async def noted(tx: Tx, rows: Sequence[AuditRow]) -> None:
        sizes.append(len(rows))
        await real(tx, rows)

    monkeypatch.setattr(sealer_module, "_AT_ONCE", 3)
    monkeypatch.setattr(repository, "place", noted)
    await sealer.look()
    assert sizes == [3, 3, 1]
    assert (await checked(any_container)).faults == ()
