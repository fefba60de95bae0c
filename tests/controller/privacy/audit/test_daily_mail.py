"""The heads of the audit log are mailed to auditors once a day, and the log is checked against them by command."""

import asyncio
import sqlite3
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import delete
from typer.testing import CliRunner, Result

from controller.app.cli.controller import app as controller_cli
from controller.app.container import Container
from controller.notices.smtp import SmtpMailer
from controller.privacy.audit.cli import app as audit_cli
from controller.privacy.audit.daily_mail import HeadMail
from controller.records.audit.hash_chain import HeadsFile
from controller.records.audit.sealer import HEADS, AuditSealer
from controller.records.audit.tables import audit_heads
from edge.wire.clock import ClockFile, SystemClock
from edge.wire.codec import encode
from tests.controller.clock import ManualClock
from tests.controller.signin.signing import put_party
from tests.services.mail import Behaviour, MailServer, mail_server

TO = ("auditor@county.test", "clerk@county.test")


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def head_mail(container: Container, mail: MailServer) -> HeadMail:
    sealer = AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir)
    mailer = SmtpMailer(mail.settings)
    return HeadMail(container.database, container.clock, sealer, mailer, sender=mail.settings.sender, to=TO)


async def verified(container: Container, *words: str) -> Result:
    config = container.settings.data_dir / "controller.toml"
    clock = ClockFile(epoch=container.clock.now(), started=SystemClock().now(), rate=1)
    (container.settings.data_dir / "clock.json").write_bytes(encode(clock))
    text = f'data_dir = "{container.settings.data_dir}"\nclock_file = "clock.json"\n'
    await asyncio.to_thread(config.write_text, text)
    return await asyncio.to_thread(CliRunner().invoke, audit_cli, ["verify", "--config", str(config), *words])


async def test_each_day_has_one_mail_which_is_tried_until_it_is_taken(
    client: httpx.AsyncClient, head_mail: HeadMail, mail: MailServer, clock: ManualClock
) -> None:
    await put_party(client, "choir")
    mail.next = [Behaviour.GREYLIST]
    assert not await head_mail.look()
    assert await head_mail.look()
    assert not await head_mail.look()
    clock.advance(hours=13)
    assert await head_mail.look()
    assert [each["To"] for each in mail.mails] == [*reversed(TO), *TO]
    first, *_, second = mail.mails
    assert first["Subject"] == "Audit log on 25 November 2026: 2 rows in 1 chains"
    assert second["Subject"].startswith("Audit log on 26 November 2026")


async def test_an_address_that_takes_no_mail_holds_up_no_other(
    client: httpx.AsyncClient, container: Container, mail: MailServer
) -> None:
    sealer = AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir)
    to = ("auditor@county.test.", "clerk@county.test")
    mailer = SmtpMailer(mail.settings)
    head_mail = HeadMail(container.database, container.clock, sealer, mailer, sender=mail.settings.sender, to=to)
    assert not await head_mail.look()
    assert not await head_mail.look()
    assert [each["To"] for each in mail.mails] == ["clerk@county.test"]


async def test_a_mail_says_which_chain_is_stopped_and_brings_its_last_head(
    client: httpx.AsyncClient, container: Container, head_mail: HeadMail, mail: MailServer, clock: ManualClock
) -> None:
    await put_party(client, "choir")
    await head_mail.look()
    async with container.database.write() as tx:
        await tx.execute(delete(audit_heads))
    clock.advance(days=1)
    await head_mail.look()
    first, last = mail.mails[0], mail.mails[-1]
    assert "estate: its head was removed from the database" in str(last)
    assert "its head was removed" not in str(first)
    kept = [next(each.iter_attachments()).get_content() for each in (first, last)]
    was, now = (msgspec.json.decode(each, type=HeadsFile).heads for each in kept)
    assert now == was


async def test_a_cut_is_shown_and_one_that_came_too_early_is_a_fault(
    client: httpx.AsyncClient, container: Container, head_mail: HeadMail, tmp_path: Path
) -> None:
    await put_party(client, "choir")
    await head_mail.look()
    kept = tmp_path / "kept.json"
    kept.write_bytes((tmp_path / HEADS).read_bytes())
    sealer = AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir)
    async with container.database.write() as tx:
        await sealer.cut(tx, "", 1)
    await sealer.write_file()
    (tmp_path / HEADS).unlink()
    text = "estate: rows up to 1 were deleted when their time was over; the first row kept is of 2026-11-25 12:00 UTC."
    sound = await verified(container, "--heads", str(kept))
    assert (sound.exit_code, text in sound.output) == (0, True), sound.output
    async with container.database.write() as tx:
        await sealer.cut(tx, "", 2)
    early = await verified(container, "--heads", str(kept))
    assert early.exit_code == 1
    assert "rows up to 2 were deleted too early: row 2 was sealed on 2026-11-25 12:00 UTC" in early.output
    assert "estate: rows up to 2 were deleted when their time was over; none is kept." in early.output


async def test_a_stopped_chain_is_signed_by_command(
    client: httpx.AsyncClient, container: Container, head_mail: HeadMail, tmp_path: Path
) -> None:
    await put_party(client, "choir")
    await head_mail.look()
    await verified(container)
    words = ["sign", "estate", "--reason", "a wrong restore", "--config", str(tmp_path / "controller.toml")]
    sound = await asyncio.to_thread(CliRunner().invoke, audit_cli, words)
    assert (sound.exit_code, "the audit log of estate is not stopped" in sound.output) == (2, True), sound.output
    async with container.database.write() as tx:
        await tx.execute(delete(audit_heads))
    done = await asyncio.to_thread(CliRunner().invoke, audit_cli, words)
    assert done.exit_code == 0, done.output
    assert "The audit log of estate is signed up to row 2 and goes on." in done.output
    assert (await verified(container)).exit_code == 0


async def test_the_attachment_of_a_mail_finds_what_was_done_later(
    client: httpx.AsyncClient, container: Container, head_mail: HeadMail, mail: MailServer, tmp_path: Path
) -> None:
    await put_party(client, "choir")
    await head_mail.look()
    (attachment,) = mail.mails[0].iter_attachments()
    kept = tmp_path / "kept.json"
    kept.write_bytes(attachment.get_content())
    assert msgspec.json.decode(kept.read_bytes(), type=HeadsFile).heads[0].seq == 2
    sound = await verified(container, "--heads", str(kept))
    assert (sound.exit_code, "2 rows in 1 chains checked, 0 faults found." in sound.output) == (0, True)
    with sqlite3.connect(tmp_path / "hallkeeper.db") as connection:
        connection.execute("UPDATE audit_rows SET thing = 'party bells' WHERE seq = 2")
    connection.close()
    found = await verified(container, "--heads", str(kept))
    assert found.exit_code == 1
    assert "estate: row 2 (make, party bells, 2026-11-25 12:00 UTC) was changed or inserted" in found.output
    (tmp_path / HEADS).write_text("{}")
    assert (await verified(container)).exit_code == 2


async def test_a_backup_has_the_heads_and_every_row_that_they_were_signed_for(
    client: httpx.AsyncClient, container: Container, head_mail: HeadMail, tmp_path: Path
) -> None:
    await put_party(client, "choir")
    await head_mail.look()
    await verified(container)
    file, back = tmp_path / ".." / f"{tmp_path.name}.tar.gz", tmp_path / "back"
    config = str(tmp_path / "controller.toml")
    done = await asyncio.to_thread(CliRunner().invoke, controller_cli, ["backup", str(file), "--config", config])
    assert done.exit_code == 0, done.output
    with tarfile.open(file) as archive:
        names = archive.getnames()
        archive.extractall(back, filter="data")
    assert names[:2] == [HEADS, "hallkeeper.db"]
    assert names.count(HEADS) == 1
    (back / "controller.toml").write_text(f'data_dir = "{back}"\n')
    config = str(back / "controller.toml")
    found = await asyncio.to_thread(CliRunner().invoke, audit_cli, ["verify", "--config", config])
    assert (found.exit_code, "2 rows in 1 chains checked, 0 faults found." in found.output) == (0, True), found.output
