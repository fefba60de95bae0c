"""A hall on one Pi, from a blank system to its first door, by what `docs/install.md` says."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware_sim.api_client import Api
from firmware_sim.ports import free_port
from tests.pi.hall import EDGE, SERVICE, SITE, WITHIN_S, Pi
from tests.pi.image import base_image, say
from tests.pi.machine import WATCHDOG, Machine
from tests.pi.packages import CONTROLLER, carried, mounted, package
from tests.pi.wiring import CONFIG

pytestmark = pytest.mark.pi

USER, PASSWORD = "Una Porter", "thirteen shelves"
UNITS = ("hallkeeper-controller", SERVICE, "mosquitto")
FIRST_DOOR_S = 900.0
"""From a blank system, without the time of the person who types the commands."""
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


async def test_a_hall_opens_its_first_door_by_the_commands_of_the_page_and_again_after_a_power_cut(pi: Pi) -> None:
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
    await pi.until(" && ".join(f"systemctl is-active --quiet {unit}" for unit in UNITS))


def install(machine: Machine) -> None:
    """As the page says; all that it needs is on the machine, which has no registry."""
    machine.sh(f"DEBIAN_FRONTEND=noninteractive apt-get install -y {mounted(machine)}/{CONTROLLER}_*.deb 2>&1")


def own_loop() -> float:
    """Seconds of CPU that this machine takes for what the other one did."""
    started = time.process_time()
    sum(i * i for i in range(10**6))
    return time.process_time() - started
