"""The doctor names what is wrong with a controller, says what to do, changes nothing and tells no secret."""

import asyncio
import json
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from sqlalchemy import insert, text

from controller.app.doctor import machine
from controller.db.migrations import newest_revision
from controller.enrolment.tables import certificates
from controller.estate.tables import edges
from controller.notices.tables import notices
from controller.people.passwords import Passwords
from controller.platform.settings import Broker as BrokerSettings
from controller.platform.settings import Settings
from controller.telemetry.tables import edge_states, event_logs, quarantine
from edge.version import installed_version
from edge.wire.doctor_findings import Severity
from firmware_sim.ports import free_port
from tests.controller.app.doctor.place import DoctorPlace
from tests.controller.clock import ManualClock
from tests.controller.seeds import Seeds, Stage
from tests.integration.hub import open_hub
from tests.integration.test_controller import edge_link, served
from tests.leaks import leaks
from tests.services.certificates import Certificates
from tests.services.mail import PASSWORD, USER, relay
from tests.services.mosquitto import Broker

SECRET = "a secret of nobody's business"


@pytest.fixture
def place(tmp_path: Path, seeds: Seeds, mosquitto: Broker) -> DoctorPlace:
    """A controller that does not run, with a database and a broker that do."""
    folder = tmp_path / "controller"
    folder.mkdir(mode=0o700)
    seed = seeds.sqlite(Stage.FURNISHED)
    shutil.copy(seed.database, folder / "hallkeeper.db")
    (folder / "hallkeeper.db").chmod(0o600)
    seed.keys_into(folder)
    found = DoctorPlace(folder, f"sqlite+aiosqlite:///{folder}/hallkeeper.db")
    found.sections["broker"] = f"port = {mosquitto.port}"
    found.sql(
        "INSERT INTO edge_states"
        " (site, edge, online, since, boot, connection, nonce, at, software, trust, head, health)"
        f" SELECT site, id, 1, 0, 'b', 1, 'n', 0, 'hallkeeper {installed_version()}', 'synced', 0, '{{}}' FROM edges"
    )
    return found


def test_a_stopped_controller_with_all_it_needs_is_well_and_not_changed(place: DoctorPlace) -> None:
    before = place.state()
    assert place.wrong().keys() == {"backup"}  # none are set up
    things = [each.thing for each in place.findings()]
    assert {"configuration", "versions", "permissions", "broker", "broker round trip", "database"} < set(things)
    assert {"migrations", "database size", "keys", "edges", "mail", "https"} < set(things)
    assert place.state() == before


async def test_a_running_controller_is_well_and_not_disturbed(
    settings: Settings, clock: ManualClock, passwords: Passwords, mosquitto: Broker
) -> None:
    """With its edge online: the doctor's own message reaches nobody else."""
    broker = BrokerSettings(host=mosquitto.host, port=mosquitto.port)
    async with (
        open_hub(msgspec.structs.replace(settings, broker=broker), clock, passwords) as hub,
        hub.edge(edge_link(mosquitto)),
        served(hub) as address,
    ):
        await hub.up_to_date()
        place = DoctorPlace(settings.data_dir, settings.database or "")
        place.sections = {"listen": f"port = {address.partition(':')[2]}", "broker": f"port = {mosquitto.port}"}
        wrong = await asyncio.to_thread(place.wrong)
        assert wrong.pop("edge ramsey/main", "it runs").partition("it runs")[1]  # the test's edge has another version
        assert wrong.keys() <= {"permissions", "backup"}, wrong
        assert sum(hub.container.mqtt.router.strays.values()) == 0


def test_each_fault_of_files_is_named(place: DoctorPlace) -> None:
    (place.folder / "keys" / "page.key").chmod(0o644)
    (place.folder / "keys" / "code.key").write_bytes(b"x" * 32)
    (place.folder.parent / "password").write_text("\n")
    place.sections["sip2"] = 'host = "lms"\npassword_file = "password"'
    wrong = place.wrong()
    assert "sip2.password_file" in wrong["permissions"] or "page.key is open to other users" in wrong["permissions"]
    said = "\n".join(each.line() for each in place.findings())
    assert f"page.key is open to other users. chmod 600 {place.folder}/keys/page.key" in said
    assert f"sip2.password_file: {place.folder.parent}/password is empty" in said
    assert "code.key is not the one that this database was written with" in wrong["keys"]
    place.sections["sip2"] = 'host = "lms"\npassword_file = "gone"'
    assert "gone" in "".join(place.wrong().values())


def test_a_check_that_takes_too_long_is_given_up_and_the_next_one_made(place: DoctorPlace) -> None:
    """As where there are too many rows: this table has no end."""
    place.sql("ALTER TABLE quarantine RENAME TO quarantined")
    endless = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id, id AS received_at FROM n"
    place.sql(f"CREATE VIEW quarantine AS {endless}")
    place.sections["mail"] = f'host = "127.0.0.1"\nport = {free_port()}\nsender = "hall@example.org"'
    findings = {each.thing: each for each in place.findings(limit_s=0.1)}
    assert findings["quarantine"].verdict is Severity.WARN
    assert "not finished in 0.1 s" in findings["quarantine"].said
    assert findings["notices"].verdict is Severity.OK


def test_each_fault_of_the_database_is_named(place: DoctorPlace) -> None:
    file = place.folder / "hallkeeper.db"
    place.sql("UPDATE alembic_version SET version_num = '0000'")
    assert f"the database is at 0000, not at {newest_revision()}" in place.wrong()["migrations"]
    place.sql("UPDATE alembic_version SET version_num = '9999'")
    assert "which this version does not know" in place.wrong()["migrations"]
    whole = file.read_bytes()
    file.write_bytes(whole[:20_000] + b"\xff" * 60_000 + whole[80_000:])
    assert "damaged" in place.wrong()["database"] or "malformed" in place.wrong()["database"]
    file.write_bytes(b"a letter to the council, and no database at all " * 400)
    assert "file is not a database" in place.wrong()["database"]
    file.unlink()
    assert "does not exist" in place.wrong()["database"]


def test_a_write_ahead_log_that_never_ends_is_named(place: DoctorPlace) -> None:
    """As while a program reads the database and does not stop."""
    with closing(sqlite3.connect(place.folder / "hallkeeper.db", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("PRAGMA synchronous=OFF")
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("CREATE TABLE filler (data)")
        with (place.folder / "hallkeeper.db-wal").open("r+b") as log:
            log.truncate(300 * 2**20)
        assert "its write-ahead log has 300 MB" in place.wrong()["database size"]


async def test_what_edges_and_notices_wait_for_is_named(place: DoctorPlace) -> None:
    now = datetime.now(UTC)
    main = {"site": "ramsey", "edge": "hall-pi"}
    said = {"boot": "b", "connection": 1, "nonce": "n", "at": now, "trust": "synced", "health": "{}", "since": now}
    notice = {"site": "ramsey", "about": "b", "attempts": 1, "subject": "", "reply": "", "made_at": now, "due_at": now}
    await place.change(
        insert(edges).values(site="ramsey", id="hall-pi", name="Hall"),
        insert(edges).values(site="ramsey", id="new-pi", name="New"),
        insert(edge_states).values(**main, **said, online=True, software="hallkeeper 0.0.1", head=20_000, log="a"),
        insert(event_logs).values(id=9, **main, log="a", opened_at=now),
        insert(quarantine).values(log_id=9, seq=1, **main, reason="bad", why="w", raw=b"", digest=b"", received_at=now),
        insert(certificates).values(
            serial="1", **main, public_key=b"k", pem="", issued_at=now, expires_at=now + timedelta(days=20)
        ),
        insert(notices).values(
            id="n", **notice | {"due_at": now - timedelta(hours=2)}, state="waiting", contact_address=SECRET
        ),
        insert(notices).values(id="s", **notice, state="sent", ended_at=now, contact_address=SECRET),
    )
    place.sections["mail"] = f'host = "127.0.0.1"\nport = {free_port()}\nsecurity = "none"\nsender = "a@hub.test"'
    said_of = [each.line() for each in await asyncio.to_thread(place.findings) if each.verdict is not Severity.OK]
    for words in (
        "edge ramsey/new-pi: it has never connected. hallkeeper edge token ramsey/new-pi",
        "edge ramsey/hall-pi: 20000 of its events are not stored here yet",
        "edge ramsey/hall-pi: it runs 0.0.1, the controller",
        "certificate of ramsey/hall-pi: it ends on",
        "quarantine: 1 messages",
        "notices: 1 are more than 15 minutes late; the last was sent at",
        "mail: 127.0.0.1:",
    ):
        assert any(words in line for line in said_of), (words, said_of)
    assert not leaks({"address": SECRET}, {"said": "\n".join(said_of).encode()})


async def test_a_mail_server_is_asked_and_its_refusal_named(place: DoctorPlace, tmp_path: Path) -> None:
    (place.folder.parent / "mail").write_text(PASSWORD)
    (place.folder.parent / "mail").chmod(0o640)
    async with relay(tmp_path) as server:
        mail = server.settings
        place.sections["mail"] = (
            f'host = "{mail.host}"\nport = {mail.port}\nsender = "a@hub.test"\nca_file = "{mail.ca_file}"\n'
            f'username = "{USER}"\npassword_file = "{place.folder.parent}/mail"'
        )
        assert "mail" not in await asyncio.to_thread(place.wrong)
        (place.folder.parent / "mail").write_text(SECRET)
        wrong = await asyncio.to_thread(place.wrong)
        assert "does not take mails from us (535" in wrong["mail"]
        assert SECRET not in wrong["mail"]
        assert server.raw == []


@pytest.mark.parametrize("free_mb", [50, 500, 5000])
def test_little_room_on_the_disk_is_named(free_mb: int) -> None:
    found = machine.room("/data", free_mb=free_mb, inodes=None)
    assert found.verdict is {50: Severity.FAIL, 500: Severity.WARN, 5000: Severity.OK}[free_mb]


def test_a_broker_that_refuses_us_or_is_gone_is_named(place: DoctorPlace, tmp_path: Path, mosquitto: Broker) -> None:
    folder = tmp_path / "with-password"
    folder.mkdir()
    subprocess.run(["mosquitto_passwd", "-b", "-c", folder / "passwords", "other", "word"], check=True)
    with _broker(folder, more=f"password_file {folder}/passwords\n") as closed:
        place.sections["broker"] = f'port = {closed.port}\nusername = "us"\npassword_file = "p"'
        (tmp_path / "p").write_text(SECRET)
        (tmp_path / "p").chmod(0o640)
        told = place.told()
        assert b"broker round trip: no message comes back (" in told
        assert not leaks({"password": SECRET}, {"told": told})
    assert "cannot be reached (Connection refused). systemctl restart mosquitto" in place.wrong()["broker"]


def test_a_broker_with_tls_shows_how_long_its_certificates_last(place: DoctorPlace, tmp_path: Path) -> None:
    made = Certificates(tmp_path / "authority")
    shutil.copytree(made.files, place.folder / "broker")
    shutil.copy(tmp_path / "authority" / "login.pem", place.folder / "keys" / "broker-login.pem")
    (place.folder / "keys" / "broker-login.pem").chmod(0o600)
    folder = tmp_path / "tls"
    folder.mkdir()
    with _broker(folder, tls=made.files) as broker:
        place.sections["broker"] = f"port = {broker.port}\ntls = true"
        said = {each.thing: each for each in place.findings()}
        for thing in ("broker", "broker round trip", "broker's certificate", "certificate for the broker"):
            assert said[thing].verdict is Severity.OK, said[thing]
        assert "days" in said["broker's certificate"].said
    other = Certificates(tmp_path / "other")
    (tmp_path / "other-broker").mkdir()
    with _broker(tmp_path / "other-broker", tls=other.files) as broker:
        place.sections["broker"] = f"port = {broker.port}\ntls = true"
        assert "the TLS connection" in place.wrong()["broker"]
    (place.folder / "keys" / "broker-login.pem").unlink()
    assert "our certificate for it cannot be read" in place.wrong()["broker"]


@contextmanager
def _broker(folder: Path, *, tls: Path | None = None, more: str = "") -> Iterator[Broker]:
    broker = Broker(folder, tls=tls, more=more)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def test_the_https_address_is_asked_as_a_browser_does(
    place: DoctorPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Certificates(tmp_path / "web")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.files / "broker.pem")
    with serving_tls(context) as port:
        place.head += f'public_url = "https://127.0.0.1:{port}"\n'
        assert "browsers refuse https://127.0.0.1" in place.wrong()["https"]
        monkeypatch.setenv("SSL_CERT_FILE", str(made.files / "ca.pem"))
        assert "https" not in place.wrong()
    assert "cannot be reached from here" in place.wrong()["https"]
    place.head = place.head.replace("https://", "http://")
    assert "without encryption" in place.wrong()["https"]


@contextmanager
def serving_tls(context: ssl.SSLContext) -> Iterator[int]:
    """Accepts every TLS connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    way, _ = listener.accept()
                    with suppress(OSError), context.wrap_socket(way, server_side=True) as sure:
                        sure.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_battery_clock_that_is_wrong_is_named(tmp_path: Path) -> None:
    battery = tmp_path / "since_epoch"
    battery.write_text(f"{int(time.time()) - 7200}\n")
    found = {each.thing: each for each in machine.clocks(battery)}
    assert "s behind the system's clock" in found["battery clock"].said
    assert "hwclock --systohc" in found["battery clock"].hint


def test_on_postgresql_too(place: DoctorPlace, postgres_url: Callable[..., str], postgres_template: str) -> None:
    url = postgres_url(postgres_template)
    place.head = place.head.replace(place.head.partition("database = ")[2], f'"{url.replace("+asyncpg", "")}"\n')
    place.url = url
    said = {each.thing: each for each in place.findings()}
    assert said["migrations"].verdict is Severity.OK, said
    assert {"database size", "edges", "quarantine"} < said.keys()
    endless = "WITH RECURSIVE n(id) AS (SELECT 1::bigint UNION ALL SELECT id + 1 FROM n)"
    view = f"CREATE VIEW quarantine AS {endless} SELECT id, now() + id * interval '1 us' AS received_at FROM n"
    asyncio.run(place.change(text("ALTER TABLE quarantine RENAME TO quarantined"), text(view)))
    said = {each.thing: each for each in place.findings(limit_s=0.2)}
    assert said["quarantine"].said == "not finished in 0.2 s"
    assert "edges" in said
    place.head = place.head.replace("127.0.0.1", f"us:{quote(SECRET)}@127.0.0.1").rpartition("/")[0] + '/nowhere"\n'
    told = place.told()
    assert b"nowhere cannot be used (" in told
    assert not leaks({"password": SECRET}, {"told": told})


@pytest.mark.cases_full
def test_the_command_says_it_to_programs_with_the_worst_as_its_exit_code(place: DoctorPlace, mosquitto: Broker) -> None:
    mosquitto.stop()
    place.write()
    argv: list[str | Path] = [
        Path(sys.executable).parent / "hallkeeper",
        "doctor",
        "--controller",
        place.config,
        "--json",
    ]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    rows = json.loads(done.stdout)
    assert {row["side"] for row in rows} == {"controller"}
    assert "fail" in {row["verdict"] for row in rows if row["thing"] == "broker"}
