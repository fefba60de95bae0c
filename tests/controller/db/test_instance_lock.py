"""One controller to a SQLite database, several to one on PostgreSQL, as real processes. What must have a database alone
is told who has it, and kill -9 leaves nothing to wait for."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from typer.testing import CliRunner, Result

from controller.app.cli.controller import app as cli
from controller.db import instance_lock
from controller.db.engine import Database
from controller.db.instance_lock import DatabaseTaken, hold
from firmware_sim.ports import free_port
from tests.eventually import eventually
from tests.services.ports import answers
from tests.services.process import Service, ServiceFailed

_COMMAND = "from edge.cli import main; main()"  # what the script `hallkeeper` does


class Installed:
    """A controller with a configuration and data folder of its own on a database that others have too."""

    def __init__(self, folder: Path, database_url: str) -> None:
        folder.mkdir()
        self.port = free_port()
        url = make_url(database_url)
        database = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=False)
        self.config = folder / "controller.toml"
        self.config.write_text(
            f'data_dir = "{folder.parent}"\ndatabase = "{database}"\n'
            f"[listen]\nport = {self.port}\n[broker]\nport = {free_port()}\n"
        )
        self.service = Service(
            "controller",
            [sys.executable, "-c", _COMMAND, "controller", "run", "--config", str(self.config)],
            log=folder / "log",
            ready=lambda: answers(self.port) and "The controller starts" in (folder / "log").read_text(),
        )

    def command(self, command: str) -> Result:
        return CliRunner().invoke(cli, [command, "--config", str(self.config)])


@pytest.fixture
async def first(tmp_path: Path, database_url: str) -> AsyncIterator[Installed]:
    """One that runs."""
    made = Installed(tmp_path / "first", database_url)
    await asyncio.to_thread(made.service.start)
    yield made
    made.service.kill()


@pytest.fixture
async def second(tmp_path: Path, database_url: str) -> AsyncIterator[Installed]:
    """One that does not run yet."""
    made = Installed(tmp_path / "second", database_url)
    yield made
    made.service.kill()


@pytest.mark.cases_full
async def test_commands_that_need_it_alone_are_refused_and_told_who_has_the_database_until_that_one_is_gone(
    first: Installed, second: Installed, database_url: str
) -> None:
    first.service.pause()  # frozen, it still has it
    for command in ("migrate", "new-keys"):
        done = await asyncio.to_thread(second.command, command)
        assert done.exit_code == 2, done.output
        assert f"is in use by the controller at http://127.0.0.1:{first.port}" in done.output
        assert str(first.service.pid) in done.output
    if database_url.startswith("sqlite"):
        with pytest.raises(ServiceFailed, match=f"in use by the controller at http://127.0.0.1:{first.port}") as failed:
            await asyncio.to_thread(second.service.start)
        assert "ended at once (2)" in str(failed.value)
        assert "Traceback" not in str(failed.value)
    else:
        await asyncio.to_thread(second.service.start)
    assert first.service.running

    first.service.kill()
    if not second.service.running:
        await asyncio.to_thread(second.service.start)
    done = await asyncio.to_thread(first.command, "migrate")
    assert f"http://127.0.0.1:{second.port}" in done.output
    await asyncio.to_thread(second.service.stop)
    assert (await asyncio.to_thread(first.command, "migrate")).exit_code == 0


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is looked at often, and the lock asked for once."""
    monkeypatch.setattr(instance_lock, "LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(instance_lock, "HANDOVER_S", 0.0)


async def _end_sessions(database: Database) -> None:
    """End the session that has the lock, as a PostgreSQL that restarts does."""
    async with database.write() as tx:
        # Its second argument: how many milliseconds it waits for the session's end.
        await tx.execute(text("SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory'"))


@pytest.mark.usefixtures("soon")
async def test_a_session_that_is_lost_is_opened_again(postgres_database: Database) -> None:
    url = postgres_database.url
    async with hold(url, name="first") as lock:
        watching = asyncio.create_task(lock.watch())
        await _end_sessions(postgres_database)

        async def taken() -> bool:
            async with postgres_database.read() as tx:
                held = await tx.execute(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
                return bool(held.scalar_one())

        await eventually(taken, what="the lock is taken again")
        with pytest.raises(DatabaseTaken, match="in use by first"):
            async with hold(url, name="second"):
                pytest.fail("two hold it")
        assert not watching.done()
        watching.cancel()


@pytest.mark.usefixtures("soon")
async def test_who_lost_it_to_another_ends(postgres_database: Database) -> None:
    url = postgres_database.url
    async with hold(url, name="first") as lock:
        await _end_sessions(postgres_database)
        async with hold(url, name="second"), asyncio.timeout(60):
            with pytest.raises(DatabaseTaken, match="in use by second"):
                await lock.watch()


@pytest.fixture
async def postgres_database(postgres_url: Callable[..., str]) -> AsyncIterator[Database]:
    database = Database(postgres_url())
    yield database
    await database.close()


async def test_a_database_has_one_lock_by_whatever_name(tmp_path: Path) -> None:
    """And others of the machine read neither the lock nor the database."""
    (tmp_path / "other.db").symlink_to(tmp_path / "hall.db")
    async with hold(make_url(f"sqlite:///{tmp_path / 'hall.db'}"), name="first"):
        with pytest.raises(DatabaseTaken, match="in use by first"):
            async with hold(make_url(f"sqlite:///{tmp_path / 'other.db'}"), name="second"):
                pytest.fail("two hold it")
    assert (tmp_path / "hall.db.lock").stat().st_mode & 0o777 == 0o600
