"""The keys that a database was written with: none is replaced before somebody has said that it is lost."""

import asyncio
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner, Result

from controller.app.cli.controller import app as cli
from controller.app.container import Container
from controller.app.main import require_known_keys
from controller.enrolment.key_file_check import CA, CODE, SIGNING, KeyFileFault, KnownKey, faults, known_keys
from controller.platform.key_files import KeyFault, load_keys
from controller.platform.settings import Settings
from controller.records.audit.sealer import AuditSealer
from edge.wire.clock import ClockFile, SystemClock
from edge.wire.codec import encode
from firmware_sim.ports import free_port
from tests.controller.clock import ManualClock
from tests.controller.enrolment.test_enrolling import enrolled
from tests.controller.running import NOW, running, stranger
from tests.controller.seeds import cheap_passwords
from tests.controller.village import API, SITE, Json, book


def known(name: str, fingerprint: bytes, until: datetime | None = None) -> KnownKey:
    return KnownKey(name=name, fingerprint=fingerprint, until=until)


IN_USE = [known(CODE, b"code"), known(SIGNING, b"sign"), known(SIGNING, b"old", NOW), known(CA, b"ca")]
FOUND = {CODE: b"code", SIGNING: b"sign", CA: b"ca"}


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (FOUND, {}),
        ({}, {CODE: KeyFileFault.MISSING, SIGNING: KeyFileFault.MISSING, CA: KeyFileFault.MISSING}),
        (FOUND | {CODE: b"x"}, {CODE: KeyFileFault.OTHER}),
        (FOUND | {CA: b"x"}, {CA: KeyFileFault.OTHER}),
        (FOUND | {SIGNING: b"old"}, {SIGNING: KeyFileFault.OLD}),
        (FOUND | {SIGNING: b"newer than the database"}, {}),
        (FOUND | {SIGNING: b"x", CODE: b"x"}, {SIGNING: KeyFileFault.OTHER, CODE: KeyFileFault.OTHER}),
    ],
)
def test_what_is_wrong_with_the_files(found: dict[str, bytes], wrong: dict[str, KeyFileFault]) -> None:
    assert faults(found, IN_USE) == wrong
    assert faults(found, []) == {}


async def test_a_signing_key_that_was_replaced_is_known_as_such(
    any_container: Container, any_settings: Settings
) -> None:
    keys = any_container.keys
    shutil.copytree(keys.folder, old := any_settings.data_dir / "old")
    assert await any_container.enrolment.rotate_own(actor="Una")
    await require_known_keys(any_settings)
    assert await any_container.enrolment.end_rotation()
    await require_known_keys(any_settings)
    shutil.rmtree(keys.folder)
    old.rename(keys.folder)
    with pytest.raises(KeyFault, match=r"controller\.key is older than this database"):
        await require_known_keys(any_settings)


@pytest.fixture
def config(any_settings: Settings) -> Path:
    url = make_url(any_settings.database or "")
    database = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=False)
    clock = ClockFile(epoch=NOW, started=SystemClock().now(), rate=1)
    (any_settings.data_dir / "clock.json").write_bytes(encode(clock))
    file = any_settings.data_dir / "controller.toml"
    file.write_text(
        f'clock_file = "clock.json"\ndata_dir = "{any_settings.data_dir}"\ndatabase = "{database}"\n'
        f"[listen]\nport = {free_port()}\n"
    )
    return file


async def _run(config: Path, command: str, *words: str, said: str = "") -> Result:
    argv = [command, *words, "--config", str(config)]
    return await asyncio.to_thread(CliRunner().invoke, cli, argv, said)


async def code_of(container: Container, booking: Json) -> str:
    async with container.database.read() as tx:
        return (await container.access.codes(tx, [booking["id"]]))[booking["id"]].at("front-door")


@pytest.mark.cases_full
async def test_a_restore_without_keys_is_refused_and_makes_none(
    any_village: httpx.AsyncClient, any_settings: Settings, config: Path
) -> None:
    shutil.rmtree(any_settings.data_dir / "keys")
    argv = [sys.executable, "-c", "from edge.cli import main; main()", "controller", "run", "--config", str(config)]
    ran = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True, timeout=60, check=False)
    asked = await _run(config, "new-keys")  # nobody answers the question
    assert (ran.returncode, asked.exit_code) == (2, 1)
    for name in ("code.key", "controller.key", "page.key", "ca.key"):
        assert f"{name} is missing" in ran.stderr
        assert f"{name} is missing" in asked.output
    assert "Traceback" not in ran.stderr
    assert not (any_settings.data_dir / "keys").exists()


async def test_with_other_keys_it_is_refused(
    any_village: httpx.AsyncClient, any_settings: Settings, config: Path
) -> None:
    shutil.rmtree(any_settings.data_dir / "keys")
    load_keys(any_settings.data_dir)
    with pytest.raises(KeyFault, match=r"code\.key is not the one that this database was written with.* new-keys"):
        await require_known_keys(any_settings)


def _sealer(container: Container) -> AuditSealer:
    return AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir)


@pytest.mark.cases_full
async def test_after_new_keys_bookings_have_codes_and_people_are_entered_again(
    any_village: httpx.AsyncClient,
    any_container: Container,
    any_settings: Settings,
    config: Path,
) -> None:
    booking = await book(any_village)
    holder = {
        "kind": "staff",
        "name": "Ben Carver",
        "places": [{"site": SITE}],
        "first": "2026-11-25",
        "code": True,
    }
    made = await any_village.post(f"{API}/holders", json=holder)
    assert made.status_code == 201, made.text
    await enrolled(any_village)
    await _sealer(any_container).look()
    shutil.rmtree(any_settings.data_dir / "keys")

    done = await _run(config, "new-keys", said="y\n")
    assert done.exit_code == 0, done.output
    assert "code.key is missing: every door code" in done.output
    assert "New codes for 1 bookings; 1 edges must enrol again; 1 holders" in done.output
    assert "nothing to do" in (await _run(config, "new-keys")).output
    await require_known_keys(any_settings)

    async with running(any_settings, ManualClock(NOW), cheap_passwords()) as app, stranger(app) as client:
        client.headers["Authorization"] = any_village.headers["Authorization"]
        code = await code_of(app.state.container, booking)
        assert code.isdigit()
        assert code != booking["code"]
        sealer = _sealer(app.state.container)
        assert await sealer.look() > 0
        assert await sealer.ready() is None
        people = (await client.get(f"{API}/holders?ended=true")).json()["items"]
        assert [(each["name"], each["ended_reason"]) for each in people] == [
            ("Ben Carver", "the controller's keys were lost")
        ]
        again = await client.post(f"{API}/holders", json=holder)
        assert again.status_code == 201, again.text
        container: Container = app.state.container
        for edge in ("pi-front", "pi-side"):
            await container.mqtt.planner.refresh((SITE, edge))
        await enrolled(client)
        async with container.database.read() as tx:
            assert {each.name for each in await known_keys(tx) if each.until is None} == {
                "code.key",
                "controller.key",
                "page.key",
                "ca.key",
            }


async def test_after_another_page_key_links_and_cards_are_found(
    any_village: httpx.AsyncClient, any_settings: Settings, config: Path
) -> None:
    booking = await book(any_village)
    holder = {"kind": "staff", "name": "Ben", "places": [{"site": SITE}], "first": "2026-11-25", "card": "w26:118:1603"}
    assert (await any_village.post(f"{API}/holders", json=holder)).status_code == 201
    members = "number,pin\nD20017001,4826\n"
    taken = await any_village.post(f"{API}/members/import", content=members, headers={"Content-Type": "text/csv"})
    assert (taken.status_code, taken.json()["added"]) == (200, 1), taken.text
    calendar = (await any_village.post(f"{API}/subscriptions", json={"site": SITE})).json()
    (any_settings.data_dir / "keys" / "page.key").unlink()
    with pytest.raises(KeyFault, match=r"page\.key is missing"):
        await require_known_keys(any_settings)
    done = await _run(config, "new-keys", "--yes")
    assert done.exit_code == 0, done.output

    async with running(any_settings, ManualClock(NOW), cheap_passwords()) as app, stranger(app) as client:
        client.headers["Authorization"] = any_village.headers["Authorization"]
        seen = (await client.get(f"{API}/bookings/{booking['id']}")).json()
        assert await code_of(app.state.container, booking) == booking["code"]
        assert seen["link"] != booking["link"]
        assert (await client.get(seen["link"])).status_code == 200
        assert (await client.get(booking["link"])).status_code == 404
        (kept,) = (await client.get(f"{API}/subscriptions")).json()["items"]
        assert kept["link"] != calendar["link"]
        assert (await client.get(kept["link"])).status_code == 200
        assert (await client.post(f"{API}/holders", json=holder)).status_code == 409
        found = (await client.get(f"{API}/members?number=D20017001")).json()["items"]
        assert [each["number"] for each in found] == ["…7001"]
