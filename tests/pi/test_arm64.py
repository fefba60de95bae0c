"""The packages for arm64, installed on a Debian for it: `make pi-arm64`."""

from pathlib import Path

import pytest

from tests.pi.architecture import ARM64, Architecture
from tests.pi.hall import Hall
from tests.pi.image import base_image, say
from tests.pi.machine import HOST, Machine
from tests.pi.packages import CONTROLLER, EDGE, carried, mounted, package

pytestmark = pytest.mark.pi_arm64

UNITS = ("hallkeeper-controller", "mosquitto")


@pytest.fixture
def architecture() -> Architecture:
    return ARM64


async def test_on_arm64_a_typed_code_opens_a_real_line(hall: Hall) -> None:
    _is_installed(hall.machine, EDGE)
    await hall.until(f"ip route get {HOST}")  # its network comes up after all else
    await hall.enrol()
    code = await hall.booked()
    await hall.opens(code)
    await hall.stored("access", 1)
    assert hall.shown("NRestarts") == "0"


def test_on_arm64_one_command_makes_a_hall_of_the_controllers_package(tmp_path: Path) -> None:
    machine = Machine(tmp_path, base_image(ARM64), more=carried(package(CONTROLLER, ARM64), tmp_path))
    try:
        machine.boot()
        machine.sh(f"DEBIAN_FRONTEND=noninteractive apt-get install -y {mounted(machine)}/{CONTROLLER}_*.deb 2>&1")
        _is_installed(machine, CONTROLLER)
        said = machine.run("hallkeeper", "setup", "hall", "--plain-lan")
        assert "http://pi.local:8080" in said
        assert machine.sh(f"systemctl is-active {' '.join(UNITS)}").split() == ["active"] * len(UNITS)
    finally:
        machine.cut()


def _is_installed(machine: Machine, name: str) -> None:
    assert machine.sh("uname -m; dpkg --print-architecture").split() == ["aarch64", "arm64"]
    fields = "${Status} ${Architecture} ${Installed-Size}"
    said = machine.sh(f"dpkg-query --show --showformat='{fields}' {name}")
    say(f"{name}: {said} KiB")
    assert said.startswith("install ok installed arm64 ")
