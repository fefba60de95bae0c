"""The services of deploy/compose as processes: with its files, arguments, environment and health checks, but places and
ports of this test's own. An InfluxDB 1 behind nginx stands for InfluxDB 2; there is no Grafana to run."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware_sim.api_client import Api
from firmware_sim.ports import free_port
from tests.compose import FOLDER, SERVICES, health_check, mounts
from tests.eventually import eventually
from tests.services.influx import InfluxServer
from tests.services.postgres import PostgresServer
from tests.services.process import Service

DOCKERFILE = (FOLDER / "Dockerfile").read_text()
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"])
WITHIN_S = 60.0


class Composed:
    """What a service's container would see, in a folder; the ports of this test; commands in its environment."""

    def __init__(self, folder: Path, postgres: PostgresServer, influx: InfluxServer) -> None:
        self._folder = folder
        self.port = free_port()
        self._text = {
            "@postgres:5432": f"@127.0.0.1:{postgres.port}",
            "postgres:5432": f"127.0.0.1:{postgres.port}",
            "http://influxdb:8086": influx.url,
            'bucket = "samples"': f'bucket = "{influx.create_bucket()}"',
            'host = "broker"': 'host = "127.0.0.1"',
            "0.0.0.0": "127.0.0.1",
            # Here mosquitto would become another user, who cannot read the files.
            "log_dest stdout": "log_dest stdout\nuser root" if os.getuid() == 0 else "log_dest stdout",
            **{each: str(free_port()) for each in ("8883", "1883")},
            "8080": str(self.port),
            # Nothing may vouch for the clock here.
            "data_dir =": f"clock_right_on = {datetime.now(UTC).date()}\ndata_dir =",
            "5432": str(postgres.port),
        }
        for each in ("secrets", "volumes"):
            (folder / each).mkdir()
        script = folder / "secrets.sh"
        script.write_bytes((FOLDER / "secrets.sh").read_bytes())
        subprocess.run(["sh", script], check=True)
        if os.getuid() == 0:
            os.chown(folder / "secrets" / "database-pgpass", 0, 0)
        passwords = folder / "secrets" / "database-pgpass"
        passwords.write_text(self._mapped(passwords.read_text(), {}))

    def _mapped(self, text: str, places: dict[str, str]) -> str:
        both = places | self._text
        known = "|".join(re.escape(each) for each in sorted(both, key=len, reverse=True))
        return re.sub(known, lambda found: both[found[0]], text)

    def _places(self, service: str) -> dict[str, str]:
        """Where each mount is here. A file has what it has there, with the places and ports of here."""
        found = dict[str, str]()
        for target, source in mounts(service).items():
            if source.startswith("."):
                kept = source.startswith("./secrets/")
                found[target] = str(self._folder / source if kept else self._folder / service / target.lstrip("/"))
            else:
                found[target] = str(self._folder / "volumes" / source)
                Path(found[target]).mkdir(exist_ok=True, mode=0o700)
        files = {target: FOLDER / source for target, source in mounts(service).items() if (FOLDER / source).is_file()}
        found = {str(Path(target).parent): str(Path(found[target]).parent) for target in files} | found
        for target, file in files.items():
            path = Path(found[target])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._mapped(file.read_text(), found))
            path.chmod(0o755)
        for target, here in found.items():
            if (above := found.get(str(Path(target).parent))) and target not in files:
                inside = Path(above) / Path(target).name
                if not inside.exists():
                    inside.symlink_to(here)
        return found

    def argv(self, service: str, words: list[str]) -> list[str]:
        places = self._places(service)
        return [self._mapped(each, places) for each in words]

    def environment(self, service: str) -> dict[str, str]:
        places = self._places(service)
        named = SERVICES[service].get("environment", {})
        return {"PATH": PATH, **{name: self._mapped(value, places) for name, value in named.items()}}

    def run(self, service: str, words: list[str], **more: str) -> "subprocess.CompletedProcess[str]":
        """A command in a service's container, with more variables."""
        env = self.environment(service) | more
        return subprocess.run(self.argv(service, words), env=env, capture_output=True, text=True, check=False)

    def secret(self, name: str) -> str:
        return (self._folder / "secrets" / name).read_text()

    async def healthy(self, service: str) -> None:
        async def look() -> bool:
            return self.run(service, health_check(service)).returncode == 0

        await eventually(look, what=f"{service} is healthy", within_s=WITHIN_S)

    def service(self, name: str, words: list[str]) -> Service:
        """As a process that is not waited for."""
        env = [f"{key}={value}" for key, value in self.environment(name).items()]
        log = self._folder / f"{name}.log"
        argv = ["env", *env, *self.argv(name, words)]
        return Service(name, argv, log=log, ready=lambda: True, orphan_signal=signal.SIGTERM)

    def volume(self, name: str) -> Path:
        return self._folder / "volumes" / name


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server that asks all but its superuser for a password, as the image's does."""
    server = PostgresServer()
    try:
        server.start()
        rules = Path(server.sql("SHOW hba_file").strip())
        rules.write_text("host all postgres all trust\nhost all all all scram-sha-256\n")
        server.sql("SELECT pg_reload_conf()")
        server.sql(f"CREATE DATABASE {SERVICES['postgres']['environment']['POSTGRES_DB']}")
        yield server
    finally:
        server.stop()


@pytest.fixture
def composed(tmp_path: Path, own_postgres: PostgresServer, influx: InfluxServer) -> Composed:
    return Composed(tmp_path, own_postgres, influx)


async def test_the_services_become_healthy_and_a_booking_has_a_code(
    composed: Composed, own_postgres: PostgresServer
) -> None:
    server = {"PGHOST": "127.0.0.1", "PGPORT": str(own_postgres.port)}
    made = composed.run("postgres", ["/docker-entrypoint-initdb.d/hallkeeper.sh"], **server)
    assert made.returncode == 0, made.stderr
    await composed.healthy("postgres")
    with ExitStack() as running:
        command = " ".join(re.findall(r"^(?:ENTRYPOINT|CMD) \[(.*)\]", DOCKERFILE, re.MULTILINE))
        controller = composed.service("controller", re.findall('"([^"]+)"', command))
        broker = composed.service("broker", SERVICES["broker"]["command"])
        for each in (controller, broker):
            running.callback(each.stop)
            each.start()
        await composed.healthy("broker")
        await composed.healthy("controller")
        async with Api(f"http://127.0.0.1:{composed.port}") as api:
            token = (composed.volume("controller") / "setup-token").read_text().strip()
            await api.set_up(token=token, user="Una Porter", password="thirteen shelves")
            assert re.fullmatch(r"\d{6}", await _code_of_a_booking(api))
        _boards_show_figures_and_no_table(composed, server)
        with (composed.volume("broker-files") / "hallkeeper.acl").open("a") as file:
            file.write("# another\n")

        async def ended() -> bool:
            return not broker.running

        await eventually(ended, what="the broker ends, to be started with the new list", within_s=WITHIN_S)


async def _code_of_a_booking(api: Api) -> str:
    await api.put("/sites/ramsey", {"name": "Ramsey Hall", "zone": "Europe/London"})
    await api.put("/sites/ramsey/edges/ramsey-pi", {"name": "The Pi"})
    await api.put("/sites/ramsey/doors/front-door", {"name": "Front door", "edge": "ramsey-pi"})
    await api.put("/sites/ramsey/spaces/hall", {"name": "Main hall", "capacity": 60, "doors": ["front-door"]})
    starts = datetime.now(UTC).replace(tzinfo=None, hour=10, minute=0, second=0, microsecond=0) + timedelta(days=2)
    times = {"starts": starts.isoformat(), "ends": (starts + timedelta(hours=1)).isoformat()}
    booking = await api.post("/sites/ramsey/bookings", {"space": "hall", "title": "Yoga", "people": 12, **times})
    return str(booking["code"])


def _boards_show_figures_and_no_table(composed: Composed, server: dict[str, str]) -> None:
    made = composed.run("postgres", ["/boards/boards.sh"], **server, PGPASSWORD=composed.secret("database-password"))
    assert made.returncode == 0, made.stderr
    ask = ["psql", "-At", "-U", "hallkeeper_boards", "-d", "hallkeeper", "-c"]
    grafana = {**server, "PGPASSWORD": composed.secret("boards-password")}
    assert composed.run("postgres", [*ask, "SELECT name FROM boards.sites()"], **grafana).stdout == "Ramsey Hall\n"
    assert "permission denied" in composed.run("postgres", [*ask, "SELECT * FROM bookings"], **grafana).stderr
