"""A whole Home Assistant with its recorder on SQLite, as a process, from an environment of its own."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx

from firmware_sim.ports import free_port
from tests.services.ports import answers
from tests.services.process import Service

LOCK = Path(__file__).parent / "requirements.txt"
"""It and what its parts that run here need; it installs nothing by itself."""
ENVIRONMENT = Path(__file__).parents[3] / ".home-assistant"
PYTHON = ">=3.13.2,<3.15"
"""Newer than ours may be."""
_CONFIG = """\
homeassistant:
  name: Bench
  latitude: 52
  longitude: 0
  elevation: 0
  unit_system: metric
  time_zone: UTC
  country: GB
  currency: GBP
http:
  server_host: 127.0.0.1
  server_port: {port}
api:
websocket_api:
config:
onboarding:
recorder:
logger:
  default: warning
"""


class HomeAssistant:
    """``pid`` of its process; its broker is set with ``use_broker``."""

    def __init__(self, folder: Path, port: int, service: Service) -> None:
        self._folder, self._address, self._service = folder, f"http://127.0.0.1:{port}", service

    @property
    def pid(self) -> int:
        return self._service.pid

    def use_broker(self, host: str, port: int) -> None:
        """Make the first user, and connect it to a broker, as its pages would."""
        client_id = f"{self._address}/"
        with httpx.Client(base_url=self._address, timeout=60) as client:
            user = {"client_id": client_id, "name": "Una", "username": "una", "password": "thirteen shelves"}
            made = client.post("/api/onboarding/users", json={**user, "language": "en"}).raise_for_status().json()
            grant = {"grant_type": "authorization_code", "code": made["auth_code"], "client_id": client_id}
            token = client.post("/auth/token", data=grant).raise_for_status().json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            flows = "/api/config/config_entries/flow"
            flow = client.post(flows, json={"handler": "mqtt"}).raise_for_status().json()
            settings = {"broker": host, "port": port}
            done = client.post(f"{flows}/{flow['flow_id']}", json=settings).raise_for_status().json()
            assert done["type"] == "create_entry", done

    def recorded(self, sensor: str) -> tuple[int, float]:
        """How many known states of sensors whose ids begin so are in its database, and when the last of them was set
        (Unix time); zeros before it has made that."""
        with closing(sqlite3.connect(f"file:{self._folder}/home-assistant_v2.db?mode=ro", uri=True)) as database:
            query = (
                "SELECT count(*), coalesce(max(last_updated_ts), 0) FROM states JOIN states_meta USING (metadata_id) "
                "WHERE states_meta.entity_id LIKE 'sensor.' || ? || '%' AND state NOT IN ('unknown', 'unavailable')"
            )
            try:
                [(found, last)] = database.execute(query, (sensor,)).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" not in str(error):
                    raise
                return 0, 0.0
        return int(found), float(last)


def version() -> str:
    """Of the release that is run."""
    found = re.search(r"^homeassistant==(\S+)", LOCK.read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def _program() -> str:
    """The path of the installed ``hass``, which is fetched if need be."""
    uv, python = str(Path(sys.executable).parent / "uv"), ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([uv, "venv", "-q", "--no-python-downloads", "-p", PYTHON, ENVIRONMENT], check=True)
    subprocess.run([uv, "pip", "sync", "-q", "--compile-bytecode", "--require-hashes", "-p", python, LOCK], check=True)
    return str(ENVIRONMENT / "bin" / "hass")


@contextmanager
def home_assistant(folder: Path) -> Iterator[HomeAssistant]:
    """It runs inside the block, on loopback."""
    config = folder / "config"
    config.mkdir()
    port = free_port()
    (config / "configuration.yaml").write_text(_CONFIG.format(port=port))
    service = Service(
        "Home Assistant",
        [_program(), "-c", str(config), "--skip-pip"],
        log=folder / "home-assistant.log",
        ready=lambda: answers(port),
        patience_s=300.0,
    )
    try:
        service.start()
        yield HomeAssistant(config, port, service)
    finally:
        service.stop()
