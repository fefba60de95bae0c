"""Commands that root types leave nothing that the service cannot read, and follow no link of the service as root."""

import os
import re
import shlex
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from controller.app.cli.controller import app
from controller.platform.settings import DATA_DIR

ROOT = Path(__file__).parents[3]
SYSTEMD = ROOT / "deploy" / "systemd"
DOCUMENTS = [ROOT / "deploy" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SERVICE = 65534 if os.geteuid() == 0 else os.geteuid()
"""The service's user: another than root's where root runs the tests."""
AS_SERVICE = ["setpriv", f"--reuid={SERVICE}", f"--regid={SERVICE}", "--clear-groups"] if os.geteuid() == 0 else []


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the service gets into, which it does not into pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def config(place: Path) -> Path:
    """A configuration whose data folder belongs to the service."""
    data = place / "data"
    data.mkdir(mode=0o700)
    os.chown(data, SERVICE, -1)
    file = place / "controller.toml"
    file.write_text('data_dir = "data"\n')
    return file


def _command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """As a process of its own, with what it imports loaded first: what it becomes may not read this environment."""
    program = (
        "import sys, controller.app.cli.controller, alembic.command, aiosqlite, sqlite3, logging.config\n"
        "from edge.cli import main\n"
        "main()\n"
    )
    return subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)


OTHERS = {"login-commands.pem", "rabbitmq-users.json"}
"""With which the controller signs in for commands, and what only RabbitMQ reads."""


def _are_copied_and_watched(made: set[str]) -> None:
    """Of what the controller made, all that mosquitto reads."""
    made = made - OTHERS
    unit = (SYSTEMD / "hallkeeper-broker-files.service").read_text()
    assert set(re.findall(rf"{DATA_DIR}/broker/(\S+)", unit)) == made
    watched = (SYSTEMD / "hallkeeper-broker-files.path").read_text()
    assert set(re.findall(rf"{DATA_DIR}/broker/(\S+)", watched)) == made - {"ca.pem"}
    listener = (ROOT / "deploy" / "mosquitto" / "listeners" / "tls.conf").read_text()
    assert set(re.findall(r"/etc/mosquitto/hallkeeper/(\S+)", listener)) == made


@pytest.mark.cases_full
def test_broker_files_belong_to_the_owner_and_are_copied_and_watched(config: Path) -> None:
    done = _command("controller", "broker-files", "--config", config)
    assert done.returncode == 0, done.stderr
    made = list((config.parent / "data").rglob("*"))
    assert {path.name for path in made} >= {"keys", "ca.key", "broker", "broker.pem", "crl.pem", "hallkeeper.acl"}
    assert {path.stat().st_uid for path in made} == {SERVICE}
    _are_copied_and_watched({path.name for path in (config.parent / "data" / "broker").iterdir()})


@pytest.mark.cases_full
def test_a_link_in_the_data_folder_leads_no_command_elsewhere(config: Path) -> None:
    elsewhere = config.parent / "elsewhere"
    elsewhere.mkdir(mode=0o500)
    (config.parent / "data" / "keys").symlink_to(elsewhere)
    done = _command("controller", "broker-files", "--config", config)
    assert done.returncode == 2
    assert list(elsewhere.iterdir()) == []
    assert "Traceback" not in done.stderr


def test_the_unit_copies_with_the_controllers_rights_and_only_restarts_with_more() -> None:
    unit = (SYSTEMD / "hallkeeper-broker-files.service").read_text()
    assert re.findall(r"^User=(.*)$", unit, re.MULTILINE) == ["hallkeeper-controller"]
    commands = re.findall(r"^Exec\w+=(.*)$", unit, re.MULTILINE)
    assert [each for each in commands if each.startswith(("+", "!"))] == [
        "+/usr/bin/systemctl try-restart mosquitto.service"
    ]


def test_the_units_copy_follows_no_link_to_a_file_of_others(place: Path) -> None:
    """Its own command, as the service's user."""
    unit = (SYSTEMD / "hallkeeper-broker-files.service").read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    source, target = place / "broker", place / "mosquitto"
    source.mkdir()
    target.mkdir()
    target.chmod(0o777)
    secret = place / "secret"
    secret.write_text("of root")
    secret.chmod(0)
    for name in ("broker.pem", "crl.pem", "hallkeeper.acl"):
        (source / name).write_text("ours")
    (source / "ca.pem").symlink_to(secret)
    words = shlex.split(
        command.replace(str(DATA_DIR / "broker"), str(source)).replace("/etc/mosquitto/hallkeeper", str(target))
    )
    done = subprocess.run([*AS_SERVICE, *words], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "ca.pem" in done.stderr
    assert sorted(path.name for path in target.iterdir() if path.read_text() == "of root") == []


def test_agent_and_controller_of_one_pi_both_get_into_the_folder_of_their_configurations() -> None:
    text = "\n".join(document.read_text() for document in DOCUMENTS)
    assert set(re.findall(r"install -d (.*?)/etc/hallkeeper$", text, re.MULTILINE)) == {"-m 755 "}
    for unit in ("hallkeeper-edge.service", "hallkeeper-controller.service"):
        settings = (SYSTEMD / unit).read_text()
        assert "\nConfigurationDirectory=hallkeeper\nConfigurationDirectoryMode=0755\n" in settings


def test_init_unit_and_documents_name_one_data_folder(tmp_path: Path) -> None:
    file = tmp_path / "etc" / "controller.toml"
    before = os.umask(0o077)
    try:
        done = CliRunner().invoke(app, ["init", "--config", str(file)])
    finally:
        os.umask(before)
    assert done.exit_code == 0
    assert f'data_dir = "{DATA_DIR}"' in file.read_text()
    assert (stat.S_IMODE(file.parent.stat().st_mode), stat.S_IMODE(file.stat().st_mode)) == (0o755, 0o640)
    (state,) = re.findall(
        r"^StateDirectory=(.*)$", (SYSTEMD / "hallkeeper-controller.service").read_text(), re.MULTILINE
    )
    assert Path("/var/lib") / state == DATA_DIR
    documents = "\n".join(each.read_text() for each in DOCUMENTS)
    named = re.findall(r"/var/lib/hallkeeper(?!-edge|-certificate)[\w-]*", documents)
    assert set(named) == {str(DATA_DIR)}
