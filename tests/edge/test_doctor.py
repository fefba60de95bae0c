"""The doctor says of everything an edge rests on whether it is well, and else the hint."""

import asyncio
import errno
import json
import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from edge.config import load
from edge.system.doctor import examine
from edge.system.durable_files import DiskFiles
from edge.system.machine_checks import PROBE, Machine
from edge.wire.doctor_findings import Finding, Severity, as_json, certificate
from tests.edge.enrolled import LONG_AGO, identity
from tests.edge.hall import REX, ZERO, Hall, grant, hours, run
from tests.edge.test_cli import hallkeeper
from tests.edge.test_config import GOOD, folder_with, write
from tests.virtual_time import VirtualClock

WELL = {
    "systemctl show hallkeeper-edge": "Type=notify\nActiveState=active\nWatchdogUSec=30s\nNRestarts=0",
    "systemctl show -p RuntimeWatchdogUSec": "10s",
    "vcgencmd get_throttled": "throttled=0x0",
}


def programs(answers: Mapping[str, str]) -> Callable[..., str | None]:
    """What each program says, by how its command begins."""

    def run(*command: str) -> str | None:
        return next((said for begins, said in answers.items() if " ".join(command).startswith(begins)), None)

    return run


def pi(root: Path, answers: Mapping[str, str] = WELL) -> Machine:
    """A machine with pins, a battery clock and a watchdog under ``root``."""
    (root / "dev").mkdir(parents=True)
    (root / "dev/gpiochip0").touch()
    (root / "sys/class/watchdog/watchdog0").mkdir(parents=True)
    (root / "sys/class/rtc/rtc0").mkdir(parents=True)
    (root / "sys/class/rtc/rtc0/since_epoch").write_text(f"{int(time.time())}\n")
    return Machine(root, run=programs(answers))


def found(path: Path, machine: Machine, now: datetime = ZERO) -> dict[str, Finding]:
    return {each.thing: each for each in examine(path, machine, now)}


def with_plan(path: Path) -> None:
    """As an agent leaves its disk after an evening."""

    async def main(clock: VirtualClock) -> None:
        hall = Hall(clock, disk=DiskFiles(path.parent / "data"))
        await hall.start()
        await hall.send_plan(1, hours())
        await hall.send_codes(2, grant("482913", ZERO, ZERO + timedelta(hours=1)))
        hall.auto_ack = False
        for _ in range(3):
            await hall.drive(REX, False)
            await asyncio.sleep(1)
            await hall.drive(REX, True)
            await asyncio.sleep(1)
        await hall.close()

    run(main)


def test_a_healthy_edge_passes_every_check(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        text = GOOD.replace('host = "127.0.0.1"', f'host = "127.0.0.1"\nport = {port}').replace(
            'data_dir = "data"', 'data_dir = "data"\nrtc = true'
        )
        path = folder_with(tmp_path, text)
        (tmp_path / "stations.txt").touch()
        with_plan(path)
        here = found(path, pi(tmp_path / "pi"))
    here.pop("clock")  # this machine's own
    assert {each.verdict for each in here.values()} == {Severity.OK}, here
    assert here["plan"].said == f"version 2, 1 grants, until {ZERO + timedelta(days=35):%Y-%m-%d}"
    assert here["outbox"].said.partition(" events")[0] != "0"
    assert not (tmp_path / "data" / PROBE).exists()


def test_an_edge_never_reached_shows_what_it_lacks(tmp_path: Path) -> None:
    here = found(folder_with(tmp_path, GOOD), Machine(tmp_path / "nothing", run=programs({})))
    verdicts = {name: each.verdict.name for name, each in here.items() if name != "clock"}
    assert verdicts == {
        "configuration": "OK",
        "versions": "OK",
        "pins": "FAIL",
        "battery clock": "WARN",
        "hall-wifi": "WARN",
        "disk": "OK",
        "service": "WARN",
        "hardware watchdog": "WARN",
        "power": "WARN",
        "certificate": "OK",
        "broker": "FAIL",
        "plan": "FAIL",
        "outbox": "OK",
    }
    assert all(each.hint for each in here.values() if each.verdict is not Severity.OK)


@pytest.mark.parametrize(
    ("thing", "answers", "verdict", "words"),
    [
        ("service", {"systemctl show hallkeeper-edge": "ActiveState=failed"}, Severity.FAIL, "is failed"),
        (
            "service",
            {"systemctl show hallkeeper-edge": "ActiveState=active\nType=exec\nWatchdogUSec=0"},
            Severity.WARN,
            "does not watch",
        ),
        ("hardware watchdog", {"systemctl show -p": "0"}, Severity.WARN, "a Pi that hangs is not restarted"),
        ("power", {"vcgencmd": "throttled=0x50005"}, Severity.FAIL, "too low now"),
        ("power", {"vcgencmd": "throttled=0x50000"}, Severity.WARN, "too low since"),
        ("power", {"vcgencmd": "throttled=0x0"}, Severity.OK, "has not been"),
    ],
)
def test_the_output_of_the_machine_is_parsed(
    tmp_path: Path, thing: str, answers: dict[str, str], verdict: Severity, words: str
) -> None:
    here = found(folder_with(tmp_path, GOOD), pi(tmp_path / "pi", answers))
    assert here[thing].verdict is verdict
    assert words in here[thing].said


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "du -x -h {mount} |"), (errno.EROFS, "Mount it for writing"), (errno.EIO, "owner")],
)
def test_why_a_disk_cannot_be_written_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(_self: Path, _data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    config, machine = load(folder_with(tmp_path, GOOD)), pi(tmp_path / "pi")
    monkeypatch.setattr(Path, "write_bytes", refuse)
    [said] = machine.disk(config)
    mount = next(each for each in tmp_path.parents if each.is_mount())
    assert said.verdict is Severity.FAIL
    assert words.format(mount=mount) in said.hint


def test_a_watchdog_that_is_set_up_but_not_there_is_reported(tmp_path: Path) -> None:
    machine = pi(tmp_path / "pi")
    assert machine.hardware_watchdog().verdict is Severity.OK
    (tmp_path / "pi/sys/class/watchdog/watchdog0").rmdir()
    assert machine.hardware_watchdog().verdict is Severity.WARN


@pytest.mark.parametrize(("alarm", "verdict"), [("1", Severity.FAIL), ("0", Severity.OK)])
def test_without_the_pis_own_program_the_kernel_reports_the_voltage(
    tmp_path: Path, alarm: str, verdict: Severity
) -> None:
    machine = pi(tmp_path / "pi", {})
    volt = tmp_path / "pi/sys/class/hwmon/hwmon1"
    volt.mkdir(parents=True)
    (volt / "name").write_text("rpi_volt\n")
    (volt / "in0_lcrit_alarm").write_text(f"{alarm}\n")
    assert machine.power().verdict is verdict


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (ZERO + timedelta(days=1), Severity.OK),
        (ZERO + timedelta(days=29), Severity.WARN),
        (ZERO + timedelta(days=35), Severity.FAIL),
    ],
)
def test_an_expiring_plan_is_reported(tmp_path: Path, now: datetime, verdict: Severity) -> None:
    path = folder_with(tmp_path, GOOD)
    with_plan(path)
    assert found(path, pi(tmp_path / "pi"), now)["plan"].verdict is verdict


def test_a_configured_battery_clock_that_does_not_answer_is_a_fault(tmp_path: Path) -> None:
    path = folder_with(tmp_path, GOOD.replace('data_dir = "data"', 'data_dir = "data"\nrtc = true'))
    here = found(path, Machine(tmp_path / "nothing", run=programs(WELL)))
    assert here["battery clock"].verdict is Severity.FAIL


def test_missing_readers_and_programs_are_named(tmp_path: Path) -> None:
    text = GOOD.replace('file = "stations.txt"', 'command = ["no-such-program", "dump"]')
    text += '\n[[reader]]\nkind = "usb-scanner"\nid = "scanner"\ndoor = "front-door"\ndevice = "by-id/scanner"\n'
    here = found(folder_with(tmp_path, text), pi(tmp_path / "pi"))
    assert here["hall-wifi"].said == "the program 'no-such-program' is not installed"
    assert here["reader scanner"].said == f"{tmp_path}/by-id/scanner does not exist"


@pytest.mark.parametrize(
    ("files", "verdict", "said"),
    [
        ({"temperature": "18500"}, Severity.OK, "its driver measures temperature"),
        ({"eeprom": ""}, Severity.FAIL, "has nothing that a room sensor measures"),
        ({}, Severity.FAIL, "does not exist, so no driver has found it"),
    ],
)
def test_of_a_wired_sensor_it_says_what_its_driver_measures(
    tmp_path: Path, files: dict[str, str], verdict: Severity, said: str
) -> None:
    for name, content in files.items():
        (tmp_path / "28-0316").mkdir(exist_ok=True)
        (tmp_path / "28-0316" / name).write_text(content)
    text = f'{GOOD}\n[[room_sensor]]\nid = "store"\ndevice = "{tmp_path}/28-0316"\n'
    here = found(folder_with(tmp_path, text), pi(tmp_path / "pi"))["room sensor store"]
    assert (here.verdict, said in here.said) == (verdict, True)


def test_the_package_of_a_missing_snmp_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snmp = 'format = "snmp"\nhost = "ap"\nlogin_file = "snmp.conf"\ncount = "1.3.6.1.4"'
    write(tmp_path / "snmp.conf", "defVersion 2c\n")
    path = folder_with(tmp_path, GOOD.replace('format = "iw"\nfile = "stations.txt"', snmp))
    monkeypatch.setenv("PATH", "")
    missing = found(path, pi(tmp_path / "pi"))["hall-wifi"]
    assert (missing.said, missing.hint) == ("the program 'snmpbulkwalk' is not installed", "apt-get install snmp")


def test_an_unwritable_disk_is_a_fault_and_an_exposed_folder_a_warning(tmp_path: Path) -> None:
    path = folder_with(tmp_path, GOOD)
    config, machine = load(path), pi(tmp_path / "pi")
    (tmp_path / "data" / PROBE).mkdir()
    assert [each.verdict for each in machine.disk(config)] == [Severity.FAIL]
    (tmp_path / "data" / PROBE).rmdir()
    (tmp_path / "data").chmod(0o755)
    assert [each.verdict for each in machine.disk(config)] == [Severity.WARN, Severity.OK]


def test_secrets_readable_by_others_are_a_fault_with_a_hint(tmp_path: Path) -> None:
    path = folder_with(tmp_path, GOOD)
    (tmp_path / "broker.password").chmod(0o644)
    only, *_ = examine(path, pi(tmp_path / "pi"), ZERO)
    assert (only.verdict, only.hint) == (Severity.FAIL, f"chmod 600 {tmp_path}/broker.password")


@pytest.mark.cases_full
def test_the_command_ends_with_the_worst_and_speaks_to_programs_too(tmp_path: Path) -> None:
    path = folder_with(tmp_path, GOOD)
    done = hallkeeper("doctor", "--config", str(path))
    assert done.returncode == 2
    assert "fail  plan: there is none on disk" in done.stdout
    told = json.loads(hallkeeper("doctor", "--config", str(path), "--json").stdout)
    assert {"thing", "verdict", "said", "hint", "side"} == set(told[0])
    assert told[0]["verdict"] == "ok"


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (LONG_AGO - timedelta(days=1), Severity.FAIL),
        (LONG_AGO, Severity.OK),
        (LONG_AGO + timedelta(days=49), Severity.OK),
        (LONG_AGO + timedelta(days=50), Severity.WARN),
        (LONG_AGO + timedelta(days=60), Severity.FAIL),
    ],
)
def test_an_expiring_certificate_is_reported_in_advance(now: datetime, verdict: Severity) -> None:
    held = identity({}, until=LONG_AGO + timedelta(days=60)).certificate
    assert certificate("certificate", held, now, "Renew it").verdict is verdict


def test_findings_are_lines_for_people_and_objects_for_programs() -> None:
    found = Finding(thing="power", verdict=Severity.WARN, said="it was low", hint="Use another")
    assert found.line() == "warn  power: it was low. Use another"
    told = {"thing": "power", "verdict": "warn", "said": "it was low", "hint": "Use another", "side": "edge"}
    assert json.loads(as_json([found])) == [told]


def test_without_a_configuration_it_says_how_to_get_one_and_still_checks_the_machine(tmp_path: Path) -> None:
    told = found(tmp_path / "edge.toml", pi(tmp_path / "pi"))
    assert told["configuration"].said == f"{tmp_path / 'edge.toml'} does not exist"
    assert "hallkeeper edge enrol" in told["configuration"].hint
    assert {"pins", "clock", "hardware watchdog", "power"} <= told.keys()


def test_of_a_simulated_edge_it_asks_no_pins(tmp_path: Path) -> None:
    (tmp_path / "clock.json").write_text('{"epoch":"2026-03-28T17:00:00Z","mono":0.0,"rate":60.0}')
    told = found(folder_with(tmp_path, 'clock_file = "clock.json"\n' + GOOD), Machine(tmp_path / "empty"))
    assert told["demonstration"].verdict is Severity.OK
    assert not {"pins", "battery clock", "clock", "service", "power"} & told.keys()


def test_every_unhealthy_line_has_a_hint(tmp_path: Path) -> None:
    """On a machine with nothing attached to it."""
    reader = """
[[reader]]
kind = "osdp"
id = "side"
door = "front-door"
port = "/dev/serial/by-id/none"
address = 0
plain = true
"""
    told = found(folder_with(tmp_path, GOOD + reader), Machine(tmp_path / "empty", run=programs({})))
    assert [each.thing for each in told.values() if each.verdict is not Severity.OK and not each.hint] == []
    assert "/dev/serial/by-id" in told["reader side"].hint
    assert told["hall-wifi"].said.endswith("does not exist")
