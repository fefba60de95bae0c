"""The command line: light to start, lazy about the other rooms, clear about mistakes."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cli import until_told
from tests.edge.test_config import GOOD, folder_with
from tests.services.process import program

HALLKEEPER = Path(sys.executable).parent / "hallkeeper"


def hallkeeper(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [HALLKEEPER, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )


@pytest.mark.cases_full
def test_help_names_every_room_and_imports_none_of_them() -> None:
    heavy = ["fastapi", "sqlalchemy", "aiomqtt", "gpiozero", "uvicorn", "controller", "firmware_sim", "edge.agent"]
    program = (
        "import sys\n"
        "from edge.cli import main\n"
        "sys.argv = ['hallkeeper', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('loaded:', [name for name in {heavy!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "controller" in done.stdout
    assert "loaded: []" in done.stdout


def test_the_agent_imports_no_dependency_of_the_controller_alone() -> None:
    program = (
        "import sys\nimport edge.agent, edge.net.mqtt_client, edge.system.pins\n"
        "print([name for name in ('fastapi', 'sqlalchemy', 'httpx', 'typer') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.cases_full
def test_another_rooms_commands_are_loaded_when_used() -> None:
    done = hallkeeper("controller", "--help")
    assert done.returncode == 0
    assert "migrate" in done.stdout


def test_check_config_prints_what_it_found(tmp_path: Path) -> None:
    done = hallkeeper("edge", "check-config", "--config", str(folder_with(tmp_path, GOOD)))
    assert (done.returncode, done.stderr) == (0, "")
    assert "ramsey/ramsey-pi, 1 doors" in done.stdout


@pytest.mark.parametrize(
    ("right", "wrong", "key", "said"),
    [
        (
            'kind = "wiegand"',
            'kind = "morse"',
            "reader[0].kind",
            "takes: matrix, osdp, usb-keypad, usb-scanner",
        ),
        ('format = "iw"', 'format = "ip"', "wifi[0].format", "it takes: hostapd, iw"),
        ("rex = { pin = 22 }", "rix = { pin = 22 }", "door[0].rix", "it takes: break_glass, buzzer, contact"),
        ('host = "127.0.0.1"', 'host = "not a host"', "broker.host", "'not a host' is not a host name"),
    ],
)
def test_the_allowed_values_of_a_key_are_listed_for_a_wrong_value(
    tmp_path: Path, right: str, wrong: str, key: str, said: str
) -> None:
    assert right in GOOD
    done = hallkeeper("edge", "check-config", "--config", str(folder_with(tmp_path, GOOD.replace(right, wrong))))
    assert (done.returncode, key in done.stderr, said in done.stderr) == (2, True, True), done.stderr


def test_an_unwritable_data_folder_is_named(tmp_path: Path) -> None:
    path = folder_with(tmp_path, GOOD)
    (tmp_path / "data" / "probe.new").mkdir()  # root, who writes everywhere, cannot write this either
    done = hallkeeper("edge", "run", "--config", str(path))
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    assert f"{path}: data_dir: {tmp_path / 'data'} cannot be written" in done.stderr


def test_a_card_that_has_become_read_only_does_not_keep_the_agent_from_starting(tmp_path: Path) -> None:
    path = folder_with(tmp_path, 'clock_file = "clock.json"\n' + GOOD)
    (tmp_path / "clock.json").write_text("no clock")  # what it reads after the folder was tried, so that it ends
    refused = ("-P", tmp_path / "data" / "probe.new", "-e", "trace=openat", "-e", "inject=openat:error=EROFS")
    strace = (program("strace", package="strace"), "-f", "-o", tmp_path / "trace", *refused)
    done = subprocess.run(
        [*strace, HALLKEEPER, "edge", "run", "--config", path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "EROFS" in (tmp_path / "trace").read_text(), done.stderr
    assert f"{path}: clock_file: cannot be used" in done.stderr, done.stderr


@pytest.mark.parametrize("command", ["check-config", "run"])
def test_a_mistake_in_the_configuration_exits_2_with_file_and_key(tmp_path: Path, command: str) -> None:
    path = folder_with(tmp_path, GOOD.replace("pin = 17", "pin = 'x'"))
    done = hallkeeper("edge", command, "--config", str(path))
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert "door[0].relay.pin" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_edge_without_pins_reports_it_and_ends(tmp_path: Path) -> None:
    done = hallkeeper("edge", "run", "--config", str(folder_with(tmp_path, GOOD)))
    assert done.returncode == 1
    assert "no pins" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("listed", "warned"), [(GOOD, True), (GOOD.partition("[[wifi]]")[0], False)])
def test_an_edge_says_that_addresses_of_stations_may_be_swapped(tmp_path: Path, listed: str, warned: bool) -> None:
    path = folder_with(tmp_path, listed)
    few = ["prlimit", "--memlock=65536:65536", str(HALLKEEPER), "edge", "run", "--config", str(path)]
    done = subprocess.run(few, capture_output=True, text=True, timeout=60, check=False)
    assert ("may be swapped to disk" in done.stderr) is warned, done.stderr


async def test_a_second_sigterm_does_not_cut_the_orderly_stop_short() -> None:
    begun, stopping, last = asyncio.Event(), asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def work() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            stopping.set()
            await last.wait()
            done.append("the last group is on the disk")

    running = asyncio.create_task(until_told(work()))
    async with asyncio.timeout(60):
        await begun.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await stopping.wait()
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0)
        heard = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, heard.set)
        os.kill(os.getpid(), signal.SIGUSR1)
        await heard.wait()
        last.set()
        await running
    assert done == ["the last group is on the disk"]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
        asyncio.get_running_loop().remove_signal_handler(number)
