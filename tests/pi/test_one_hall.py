"""A hall on one Pi, from a blank system to its first door, by what `docs/install.md` says; its nights; a server."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware_sim.api_client import Api, Json
from firmware_sim.ports import free_port
from tests.pi.hall import EDGE, SERVICE, SITE, WITHIN_S, Pi
from tests.pi.image import base_image, run, say
from tests.pi.machine import WATCHDOG, Machine
from tests.pi.packages import CONTROLLER, carried, mounted, package
from tests.pi.wiring import CONFIG
from tests.services.process import program

pytestmark = pytest.mark.pi

USER, PASSWORD = "Una Porter", "thirteen shelves"
UNITS = ("hallkeeper-controller", SERVICE, "mosquitto")
ALL_ACTIVE = " && ".join(f"systemctl is-active --quiet {unit}" for unit in UNITS)
FIRST_DOOR_S = 900.0
"""From a blank system, without the time of the person who types the commands."""
EXPOSURE_LIMIT = 20
"""As in `tests/test_platform_debian.py`."""
REPOSITORY = "/var/backups/hallkeeper/restic"
SWITCHED_ON = f's|^repository = ""$|repository = "{REPOSITORY}"|; s|^# password_file|password_file|'
"""In the table of backups."""
READY = """
import time, urllib.request
while True:
    try:
        urllib.request.urlopen("http://127.0.0.1:8080/readyz")
        break
    except OSError:
        time.sleep(1)
"""
SHOW = "systemctl show --value hallkeeper-backup.service --property"
VAR_MB = 1024
LOOP = "import time; t=time.process_time(); sum(i*i for i in range(10**6)); print(time.process_time()-t)"


class Timed:
    """How long each step of the machine took."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, float]] = []

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.steps.append((what, time.monotonic() - started))
        say(f"{self.steps[-1][1]:6.0f} s  {what}")


@pytest.fixture
async def pi(tmp_path: Path) -> AsyncIterator[Pi]:
    """A machine with nothing of Hallkeeper on its disk, the package on another; a browser that can reach its pages."""
    folder, port = tmp_path / "machine", free_port()
    folder.mkdir()
    words = carried(package(CONTROLLER), tmp_path)
    var = folder / "var.raw"
    run(program("mke2fs", package="e2fsprogs"), "-q", "-t", "ext4", "-L", "var", var, f"{VAR_MB}M")
    words += ["-drive", f"file={var},format=raw,if=virtio"]
    # The building's network; the first one leads to the test's own programs, as the internet would.
    words += ["-netdev", f"user,id=lan,net=10.0.3.0/24,hostfwd=tcp:127.0.0.1:{port}-:8080"]
    words += ["-device", "virtio-net-pci,netdev=lan,romfile="]
    machine = Machine(folder, base_image(), more=[*words, *WATCHDOG])
    try:
        machine.boot()
        async with Api(f"http://127.0.0.1:{port}", timeout_s=WITHIN_S) as api:
            yield Pi(machine=machine, api=api)
    finally:
        machine.cut()


async def test_a_hall_opens_its_first_door_by_the_commands_of_the_page_and_works_after_a_cut_and_a_night(
    pi: Pi,
) -> None:
    machine, api = pi.machine, pi.api
    timed = Timed()
    with timed.step("apt-get install ./hallkeeper-controller_*.deb"):
        install(machine)
    with timed.step("hallkeeper setup hall --plain-lan"):
        said = machine.run("hallkeeper", "setup", "hall", "--plain-lan")
    assert "http://pi.local:8080" in said
    with timed.step("hallkeeper controller user add"):
        machine.run(
            *("hallkeeper", "controller", "user", "add", USER, "--role", "owner"), stdin=f"{PASSWORD}\n".encode()
        )
    with timed.step("signing in; a building, a door and a room; a token"):
        await api.sign_in(user=USER, password=PASSWORD)
        await pi.furnish()
        token = (await api.post(f"/sites/{SITE}/edges/{EDGE}/enrolment", {}))["token"]
    with timed.step("hallkeeper setup edge TOKEN"):
        said = machine.run(
            *("hallkeeper", "setup", "edge", str(token), "--controller", "http://127.0.0.1:8080"), check=False
        )
    assert "ok    configuration" in said, said
    machine.put("/etc/hallkeeper/edge.toml", CONFIG)
    with timed.step("systemctl restart hallkeeper-edge"):
        machine.run("systemctl", "restart", SERVICE)
    key = await pi.key_holder()  # its code is on the door once the booking's is
    with timed.step("a booking, until its code is on the door"):
        code = await pi.booked()
    with timed.step("typing the code, until the door opens"):
        pi.type(code)
        await pi.line_is(on=True)
    loop = [json.loads(machine.run("python3", "-c", LOOP)), own_loop()]
    took = sum(each for _, each in timed.steps)
    say(f"{took / 60:.1f} minutes in all, on a processor {loop[0] / loop[1]:.0f} times as slow as this machine's")
    assert took < FIRST_DOOR_S
    await pi.line_is(on=False)
    assert machine.sh(f"systemctl is-enabled {' '.join(UNITS)}").split() == ["enabled"] * 3
    assert machine.sh("cat /sys/class/watchdog/watchdog0/state") == "active\n"
    found = machine.run("hallkeeper", "doctor", check=False)
    say(found)
    assert [line for line in found.splitlines() if line.startswith("fail")] == []
    await pi.stored("access", 1)
    machine.cut()
    machine.boot()
    await pi.running()
    await pi.opens(code)
    await pi.until(ALL_ACTIVE)
    await pi.answers()
    await pi.stored("access", 2)
    say("after a cut all units are active, and the door opens")
    backs_up(machine)
    say("a backup was made")
    begins_a_night_with_a_root_that_is_never_written(machine)
    await pi.running()
    await pi.until(ALL_ACTIVE)
    assert machine.sh("findmnt --noheadings --output OPTIONS /").startswith("ro,")
    await pi.opens(key)
    await pi.until(f"[ $({SHOW}=ExecMainExitTimestampMonotonic) != 0 ]")
    assert machine.sh(f"{SHOW}=Result") == "success\n"
    assert len(backups(machine)) == 2
    scored(machine)


async def test_a_server_has_a_broker_with_tls_that_restarts_when_the_controller_revokes_an_edge(pi: Pi) -> None:
    machine = pi.machine
    install(machine)
    machine.run("hallkeeper", "setup", "server", "--domain", "hub.example.org")  # ready, so the broker has let it in
    running = "systemctl show --property=InvocationID --value mosquitto"
    before = machine.sh(running).strip()
    machine.sh("runuser -u hallkeeper-controller -- touch /var/lib/hallkeeper-controller/broker/crl.pem")
    await pi.until(f"[ $({running}) != {before} ] && systemctl is-active --quiet mosquitto")
    machine.run("python3", "-c", READY)
    scored(machine)


def install(machine: Machine) -> None:
    """As the page says; all that it needs is on the machine, which has no registry."""
    machine.sh(f"DEBIAN_FRONTEND=noninteractive apt-get install -y {mounted(machine)}/{CONTROLLER}_*.deb 2>&1")


def own_loop() -> float:
    """Seconds of CPU that this machine takes for what the other one did."""
    started = time.process_time()
    sum(i * i for i in range(10**6))
    return time.process_time() - started


def scored(machine: Machine) -> None:
    """systemd's own score of each installed unit, as it is loaded with all that adds to it."""
    machine.sh(
        "for unit in $(cd /usr/lib/systemd/system; echo hallkeeper-*.service); do\n"
        f"systemd-analyze security --no-pager --threshold={EXPOSURE_LIMIT} $unit >/dev/null; done"
    )


def backs_up(machine: Machine) -> None:
    """As `docs/restore.md` sets it up, to a folder."""
    machine.sh(
        "install -m 640 -g hallkeeper-controller /dev/null /etc/hallkeeper/backup-password\n"
        "head -c 32 /dev/urandom | base64 >/etc/hallkeeper/backup-password\n"
        "install -d -m 700 -o hallkeeper-controller -g hallkeeper-controller /var/backups/hallkeeper\n"
        f"sed -i '/^\\[backup\\]/,/^$/ {{{SWITCHED_ON}}}' /etc/hallkeeper/controller.toml\n"
        "systemctl start hallkeeper-backup.service"
    )
    assert len(backups(machine)) == 1


def begins_a_night_with_a_root_that_is_never_written(machine: Machine) -> None:
    """It is switched off and, a day later, on again: /var is then a partition of its own, and the timer of the backup
    is due."""
    machine.sh(
        f"systemctl stop hallkeeper-backup.timer {' '.join(UNITS)}\n"
        "mount LABEL=var /mnt; cp -a /var/. /mnt; umount /mnt\n"
        "echo 'LABEL=root / ext4 ro 0 1' >/etc/fstab; echo 'LABEL=var /var ext4 defaults,noatime 0 2' >>/etc/fstab"
    )
    machine.shut_down()
    machine.boot(rtc=f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%S}")
    # By its own time it would come within half an hour.
    machine.sh(
        "mkdir -p /run/systemd/system/hallkeeper-backup.timer.d\n"
        "printf '[Timer]\\nRandomizedDelaySec=0\\n' >/run/systemd/system/hallkeeper-backup.timer.d/now.conf\n"
        "systemctl daemon-reload; systemctl restart hallkeeper-backup.timer"
    )


def backups(machine: Machine) -> list[Json]:
    """Those in the repository."""
    found: list[Json] = json.loads(machine.run("hallkeeper", "controller", "backups", "--json"))["items"]
    return found
