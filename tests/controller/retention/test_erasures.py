"""Who was forgotten is forgotten again after an older backup is restored."""

import asyncio
import shutil
import tarfile
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from typer.testing import CliRunner

from controller.cli.controller import app as controller_cli
from controller.container import Container
from controller.db.backup import ERASURES, ERASURES_COPY
from controller.people.passwords import Passwords
from controller.people.tables import parties
from controller.settings import Settings
from tests.controller.audit.reading import rows_of
from tests.controller.clock import ManualClock
from tests.controller.people.signing import API, put_party
from tests.controller.running import running, signed_in
from tests.controller.village import book, furnish


async def back_up(data_dir: Path, file: Path) -> None:
    config = data_dir / "controller.toml"
    config.write_text(f'data_dir = "{data_dir}"\n')
    words = ["backup", str(file), "--config", str(config)]
    done = await asyncio.to_thread(CliRunner().invoke, controller_cli, words)
    assert done.exit_code == 0, done.output


async def names(container: Container) -> dict[str, str]:
    async with container.database.read() as tx:
        return {row.id: row.name for row in await tx.execute(select(parties.c.id, parties.c.name))}


async def test_an_erasure_is_repeated_after_an_older_backup_is_restored(
    settings: Settings, clock: ManualClock, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory
) -> None:
    backups, data_dir = tmp_path_factory.mktemp("backups"), settings.data_dir
    async with running(settings, clock, passwords) as app, signed_in(app) as client:
        await furnish(client)
        await put_party(client, "ann-lee", kind="person", name="Ann Lee", contact_phone="01487 555020")
        await put_party(client, "choir", name="Choir")
        made = await book(client, party="ann-lee", contact_name="Ann Lee")
        await back_up(data_dir, backups / "old.tar.gz")
        assert (await client.post(f"{API}/bookings/{made['id']}/cancel", json={"reason": "ill"})).is_success
        assert (await client.post(f"{API}/parties/ann-lee/forget")).is_success
        await _container(app).erasures.note()
        await back_up(data_dir, backups / "new.tar.gz")
    assert "Ann" not in (backups / ERASURES_COPY).read_text()
    with tarfile.open(backups / "new.tar.gz") as archive:
        assert ERASURES not in archive.getnames()
    for each in data_dir.glob("hallkeeper.db*"):
        each.unlink()
    (data_dir / ERASURES).unlink()
    with tarfile.open(backups / "old.tar.gz") as archive:
        archive.extractall(data_dir, filter="data")
    shutil.copy(backups / ERASURES_COPY, data_dir / ERASURES)
    async with running(settings, clock, passwords) as app:
        assert await names(_container(app)) == {"ann-lee": "Forgotten person", "choir": "Choir"}
        assert "Ann" not in str(await rows_of(_container(app).database))
        assert await _container(app).erasures.repeat() == []


async def test_a_database_without_erasures_needs_no_file(client: httpx.AsyncClient, container: Container) -> None:
    await container.erasures.note()
    assert not (container.settings.data_dir / ERASURES).exists()
    (container.settings.data_dir / ERASURES).write_text("[")
    with pytest.raises(OSError, match="put back the copy that is beside the backups"):
        await container.erasures.repeat()


def _container(app: FastAPI) -> Container:
    container: Container = app.state.container
    return container
