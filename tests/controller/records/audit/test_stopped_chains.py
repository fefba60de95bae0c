"""The sealer signs nothing that rests on a head which is not its own: that chain stops, and the others go on."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import delete, func, insert, select, update

from controller.app.container import Container
from controller.db.engine import Tx
from controller.records.audit import repository
from controller.records.audit.hash_chain import AuditHead, HeadsFile, seal
from controller.records.audit.sealer import HEADS, AuditSealer, public_keys
from controller.records.audit.tables import audit_heads, audit_rows
from controller.records.audit.verify import verify
from tests.controller.clock import ManualClock
from tests.controller.records.audit.reading import rows_of
from tests.controller.records.audit.test_sealing import checked, record, row
from tests.controller.running import NOW
from tests.controller.village import SITE

OTHER = "bury"


def new_sealer(container: Container) -> AuditSealer:
    """As after a restart: it knows what the file says."""
    return AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir)


@pytest.fixture
def sealer(any_container: Container) -> AuditSealer:
    return new_sealer(any_container)


def in_file(container: Container) -> dict[str, AuditHead]:
    content = (container.settings.data_dir / HEADS).read_bytes()
    return {each.chain: each for each in msgspec.json.decode(content, type=HeadsFile).heads}


async def forge_signature(tx: Tx, old: AuditHead) -> None:
    """Rewrite the chain without the key."""
    rows = [each async for each in repository.chain(tx, SITE)]
    forged, head = seal([msgspec.structs.replace(each, act="nothing") for each in rows], None, SITE, NOW)
    await tx.execute(update(audit_rows).where(audit_rows.c.chain == SITE).values(act="nothing"))
    await repository.place(tx, forged)
    await repository.put_head(tx, msgspec.structs.replace(head, kid="nobody", signature=bytes(64)))


async def put_back_older(tx: Tx, old: AuditHead) -> None:
    """Delete the last rows, and put back the head that was signed before them."""
    await tx.execute(delete(audit_rows).where(audit_rows.c.chain == SITE, audit_rows.c.seq > old.seq))
    await repository.put_head(tx, old)


async def remove_head(tx: Tx, old: AuditHead) -> None:
    await tx.execute(delete(audit_heads).where(audit_heads.c.chain == SITE))


async def remove_chain(tx: Tx, old: AuditHead) -> None:
    await remove_head(tx, old)
    await tx.execute(delete(audit_rows).where(audit_rows.c.chain == SITE))


async def remove_last_row(tx: Tx, old: AuditHead) -> None:
    await tx.execute(delete(audit_rows).where(row(5)))


async def insert_behind(tx: Tx, old: AuditHead) -> None:
    found = dict((await tx.execute(select(audit_rows).where(row(5)))).mappings().one())
    await tx.execute(insert(audit_rows).values(found | {"id": 999, "seq": 6}))


CASES: dict[str, tuple[Callable[[Tx, AuditHead], object], str]] = {
    "forged": (forge_signature, "does not have the controller's signature"),
    "older": (put_back_older, "for row 3, is older than that for row 5, signed last"),
    "no head": (remove_head, "its head was removed from the database"),
    "no chain": (remove_chain, "its head was removed from the database"),
    "last row removed": (remove_last_row, "its last row is not row 5"),
    "inserted behind": (insert_behind, "its last row is not row 5"),
}


@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize("case", CASES)
async def test_nothing_is_signed_on_a_head_that_is_not_ours_and_the_others_go_on(
    any_container: Container, sealer: AuditSealer, case: str, restarted: bool
) -> None:
    container, (tamper, expected) = any_container, CASES[case]
    await record(container.database, 3)
    await sealer.look()
    old = in_file(container)[SITE]
    await record(container.database, 2)
    await sealer.look()
    await sealer.write_file()
    last = in_file(container)[SITE]
    assert (old.seq, last.seq) == (3, 5)
    assert await sealer.ready() is None
    async with container.database.write() as tx:
        await tamper(tx, old)  # type: ignore[misc]
    if restarted:
        sealer = new_sealer(container)
    await record(container.database, 1)
    await record(container.database, 2, site=OTHER)
    assert await sealer.look() == 2
    await sealer.write_file()
    ready = await sealer.ready()
    assert ready is not None
    assert expected in ready
    assert f"the audit log of {SITE} is not sealed any more" in ready
    assert "hallkeeper audit verify" in ready
    assert in_file(container)[SITE] == last
    assert in_file(container)[OTHER].seq == 2
    assert (await checked(container)).faults != ()
    async with container.database.read() as tx:
        assert await repository.waiting(tx) == 1


async def test_a_stopped_chain_goes_on_once_its_head_is_back(any_container: Container, sealer: AuditSealer) -> None:
    await record(any_container.database, 3)
    await sealer.look()
    head = in_file(any_container)[SITE]
    async with any_container.database.write() as tx:
        await remove_head(tx, head)
    await record(any_container.database, 1)
    assert await sealer.look() == 0
    assert await sealer.ready() is not None
    async with any_container.database.write() as tx:
        await repository.put_head(tx, head)
    assert await sealer.look() == 1
    assert await sealer.ready() is None
    assert (await checked(any_container)).faults == ()


@pytest.mark.both_databases
@pytest.mark.parametrize("case", CASES)
async def test_a_stopped_chain_goes_on_once_somebody_signs_it(
    any_container: Container, sealer: AuditSealer, case: str
) -> None:
    container, (tamper, expected) = any_container, CASES[case]
    await record(container.database, 3)
    await sealer.look()
    old = in_file(container)[SITE]
    await record(container.database, 2)
    await sealer.look()
    outside = await sealer.write_file()
    assert await new_sealer(container).sign_as_it_is(SITE, actor="Una", why="nothing is wrong") is None
    async with container.database.write() as tx:
        await tamper(tx, old)  # type: ignore[misc]
    await record(container.database, 1)
    again = new_sealer(container)
    assert await again.sign_as_it_is(SITE, actor="Una", why="a wrong restore") is not None
    (noted,) = [each for each in await rows_of(container.database) if each["act"] == "sign"]
    assert (noted["thing"], noted["personal"]["why"]) == ("audit log of ramsey", "a wrong restore")
    assert expected in noted["changes"]["found"][1]
    (kept,) = container.settings.data_dir.glob("audit-heads.*.json")
    assert msgspec.json.decode(kept.read_bytes(), type=HeadsFile).heads == outside
    started = new_sealer(container)
    assert await started.look() == 2
    assert await started.ready() is None
    keeps_since = NOW - timedelta(days=1)
    found = await verify(container.database, public_keys(container.keys), outside, keeps_since=keeps_since)
    assert (found.faults != ()) == (case != "no head")


@pytest.mark.both_databases
async def test_more_rows_than_fit_in_one_transaction_of_a_stopped_chain_hold_up_nobody(
    any_container: Container, sealer: AuditSealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controller.records.audit.sealer._AT_ONCE", 2)
    await record(any_container.database, 1)
    await sealer.look()
    async with any_container.database.write() as tx:
        await tx.execute(delete(audit_heads))
    await record(any_container.database, 5)
    await record(any_container.database, 3, site=OTHER)
    assert await sealer.look() == 3
    assert list(sealer.stopped) == [SITE]


async def test_a_head_that_was_signed_after_the_file_was_written_is_taken(
    any_container: Container, sealer: AuditSealer
) -> None:
    """The file is up to a minute older than the database, for example after a power cut."""
    await record(any_container.database, 2)
    await sealer.look()
    await record(any_container.database, 2)
    await sealer.look()
    assert in_file(any_container)[SITE].seq == 2
    again = new_sealer(any_container)
    await record(any_container.database, 1)
    assert await again.look() == 1
    assert await again.ready() is None
    assert in_file(any_container)[SITE].seq == 5


@pytest.mark.both_databases
async def test_a_head_is_not_taken_whose_chain_was_rewritten_below_the_one_in_the_file(
    any_container: Container, sealer: AuditSealer
) -> None:
    await record(any_container.database, 2)
    await sealer.look()
    await record(any_container.database, 2)
    await sealer.look()
    async with any_container.database.write() as tx:
        await tx.execute(update(audit_rows).where(row(2)).values(hash=bytes(32)))
    again = new_sealer(any_container)
    await again.write_file()
    assert "row 2 is not the one whose head was last signed" in str(await again.ready())


@pytest.mark.both_databases
async def test_old_rows_are_not_deleted_on_a_head_or_rows_that_are_not_ours(
    any_container: Container, sealer: AuditSealer
) -> None:
    container = any_container
    await record(container.database, 5)
    await sealer.look()
    head = in_file(container)[SITE]
    async with container.database.write() as tx:
        await tx.execute(update(audit_rows).where(row(2)).values(act="nothing"))
        await sealer.cut(tx, SITE, 3)
    assert "row 2 is not the one that was sealed" in str(await sealer.ready())
    async with container.database.write() as tx:
        await forge_signature(tx, head)
        await sealer.cut(tx, SITE, 3)
        found = await repository.heads(tx)
        assert (await tx.execute(select(func.count()).select_from(audit_rows))).scalar_one() == 5
    assert (found[SITE].cut_seq, found[SITE].kid) == (0, "nobody")
    assert "does not have the controller's signature" in str(await sealer.ready())


async def test_a_cut_is_known_to_the_next_look(any_container: Container, sealer: AuditSealer) -> None:
    await record(any_container.database, 5)
    await sealer.look()
    async with any_container.database.write() as tx:
        await sealer.cut(tx, SITE, 5)
    assert await rows_of(any_container.database) == []
    await record(any_container.database, 1)
    assert await sealer.look() == 1
    assert await sealer.ready() is None
    await sealer.write_file()
    assert (await checked(any_container)).faults == ()


@pytest.mark.both_databases
async def test_readyz_says_that_the_log_has_not_been_sealed_for_long(
    any_container: Container, sealer: AuditSealer, clock: ManualClock
) -> None:
    """The file is damaged, so that nothing can be compared with it."""
    await sealer.look()
    (any_container.settings.data_dir / HEADS).write_text("{")
    await record(any_container.database, 1)
    again = new_sealer(any_container)
    with pytest.raises(OSError, match="put back the copy"):
        await again.look()
    clock.advance(minutes=6)
    assert await again.ready() == (
        "rows of the audit log since 2026-11-25 12:00 UTC are not sealed; the controller's own log says why"
    )
    assert clock.now() - NOW == timedelta(minutes=6)
    assert any_container.checks["audit log"].__qualname__ == "AuditSealer.ready"


async def by_command(container: Container, site: str | None) -> None:
    """What a command on the controller's machine records."""
    await record(container.database, 1, site=site)
    newest = select(func.max(audit_rows.c.id)).scalar_subquery()
    async with container.database.write() as tx:
        await tx.execute(update(audit_rows).where(audit_rows.c.id == newest).values(source="console"))


async def test_a_command_whose_chain_is_stopped_is_followed_once(any_container: Container, sealer: AuditSealer) -> None:
    followed: list[str] = []

    async def follow() -> None:
        followed.append("")

    sealer.when_console.append(follow)
    await record(any_container.database, 1)
    await sealer.look()
    async with any_container.database.write() as tx:
        await remove_head(tx, in_file(any_container)[SITE])
    await record(any_container.database, 1)
    await sealer.look()
    assert len(followed) == 0, "no command did that"
    for times in (1, 2):
        await by_command(any_container, SITE)
        for _ in range(2):
            await sealer.look()
            assert len(followed) == times


async def test_a_command_is_followed_until_all_have(any_container: Container, sealer: AuditSealer) -> None:
    followed: list[str] = []

    async def fails() -> None:
        followed.append("")
        if len(followed) < 3:
            raise OSError("the doors do not follow")

    sealer.when_console.append(fails)
    await by_command(any_container, None)
    for _ in range(2):
        with pytest.raises(OSError, match="do not follow"):
            await sealer.look()
    for _ in range(2):
        await sealer.look()
    assert len(followed) == 3
