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

from controller.app.cli.controller import app as controller_cli
from controller.app.container import Container
from controller.db.backup import ERASURES, ERASURES_COPY
from controller.people.passwords import Passwords
from controller.people.tables import parties, users
from controller.platform.settings import Settings
from controller.privacy.erasure_log import NO_OWNER
from tests.controller.clock import ManualClock
from tests.controller.privacy.rows import holding
from tests.controller.running import PASSWORD, running, signed_in
from tests.controller.signin.signing import API, put_party, signed_in_as
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
        async with signed_in_as(app, client, "manager", name="Cora Quill", email="cora@quill.test") as cora:
            await book(cora, starts="2026-12-20T18:00", ends="2026-12-20T19:00", party="choir")
        await back_up(data_dir, backups / "old.tar.gz")
        assert (await client.post(f"{API}/bookings/{made['id']}/cancel", json={"reason": "ill"})).is_success
        assert (await client.post(f"{API}/parties/ann-lee/forget")).is_success
        [user] = [each for each in (await client.get(f"{API}/users")).json()["items"] if each["name"] == "Cora Quill"]
        assert (await client.patch(f"{API}/users/{user['id']}", json={"ended": True})).is_success
        assert (await client.post(f"{API}/users/{user['id']}/forget")).is_success
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
        async with _container(app).database.read() as tx:
            assert await holding(tx, "Ann Lee", "01487 555020", "Quill") == []
            assert (await tx.execute(select(users.c.ended_at).where(users.c.id == user["id"]))).scalar() is not None
        assert await _container(app).erasures.repeat() == []


@pytest.mark.cases_full
def test_each_of_several_controllers_keeps_the_file_of_its_machine(app: FastAPI) -> None:
    """Any of the machines may be the one whose backups a copy of the file goes with."""
    assert [each.everywhere for each in _container(app).tasks if each.name == "erasures"] == [True]


async def test_where_the_last_owner_is_forgotten_again_it_is_said_how_to_make_another(
    client: httpx.AsyncClient, container: Container, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    [owner] = (await client.get(f"{API}/users")).json()["items"]
    file = container.settings.data_dir / ERASURES
    file.write_text(f'{{"users":{{"{owner["id"]}":"2026-11-01T00:00:00Z"}}}}')
    assert await container.erasures.repeat() == [owner["id"]]
    assert (await client.get(f"{API}/users")).status_code == 401
    said = (await client.get("/readyz")).json()["checks"]["erasures"]
    assert said == NO_OWNER
    assert [each.reason for each in caplog.records if each.levelname == "ERROR"] == [NO_OWNER]  # type: ignore[attr-defined]
    config = tmp_path / "controller.toml"
    config.write_text(f'data_dir = "{container.settings.data_dir}"\n')
    words = [*NO_OWNER.partition("hallkeeper controller ")[2].replace("NAME", "Una").split(), "--config", str(config)]
    made = await asyncio.to_thread(CliRunner().invoke, controller_cli, words, f"{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    assert (await client.get("/readyz")).json()["checks"]["erasures"] == "ready"
    assert (await client.post(f"{API}/session", json={"user": "Una", "password": PASSWORD})).status_code == 201


async def test_a_damaged_file_is_reported_once_and_kept_until_its_copy_is_put_back(
    client: httpx.AsyncClient, container: Container, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    erasures, file = container.erasures, container.settings.data_dir / ERASURES
    await erasures.note()
    assert not file.exists()
    for party in ("ann-lee", "bob-ray"):
        await put_party(client, party, kind="person", name=party)
    file.write_text("[")
    for _ in range(3):
        await erasures.note()
        assert await erasures.repeat() == []
    [aside] = container.settings.data_dir.glob("erasures.*.json")
    assert aside.read_text() == "["
    said = (await client.get("/readyz")).json()["checks"]["erasures"]
    assert ERASURES_COPY in said
    assert str(aside) in said
    assert [each.levelname for each in caplog.records if getattr(each, "action", "") == "erasure"] == ["ERROR"]
    file.write_text('{"parties":{"ann-lee":"2026-11-01T00:00:00Z","gone":"2026-11-01T00:00:00Z"}}')
    aside.unlink()
    await erasures.note()
    assert await erasures.repeat() == ["ann-lee"]
    assert (await names(container))["bob-ray"] == "bob-ray"
    assert (await client.get("/readyz")).json()["checks"]["erasures"] == "ready"


async def test_a_file_that_is_not_to_be_had_is_reported_once_and_tried_again(
    client: httpx.AsyncClient, container: Container, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    file = container.settings.data_dir / ERASURES
    file.mkdir()
    for _ in range(3):
        await container.erasures.note()
        assert await container.erasures.repeat() == []
    assert "cannot be read" in (await client.get("/readyz")).json()["checks"]["erasures"]
    assert [each.levelname for each in caplog.records if getattr(each, "action", "") == "erasure"] == ["ERROR"]
    file.rmdir()
    await container.erasures.note()
    assert (await client.get("/readyz")).json()["checks"]["erasures"] == "ready"


def _container(app: FastAPI) -> Container:
    container: Container = app.state.container
    return container
