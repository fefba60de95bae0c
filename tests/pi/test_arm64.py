"""The package for arm64, installed on a Debian for it: `make pi-arm64`."""

import pytest

from tests.pi.architecture import ARM64, Architecture
from tests.pi.hall import Hall
from tests.pi.image import say
from tests.pi.machine import HOST

pytestmark = pytest.mark.pi_arm64


@pytest.fixture
def architecture() -> Architecture:
    return ARM64


async def test_on_arm64_a_typed_code_opens_a_real_line(hall: Hall) -> None:
    assert hall.machine.sh("uname -m; dpkg --print-architecture").split() == ["aarch64", "arm64"]
    said = hall.machine.sh("dpkg-query --show --showformat='${Architecture} ${Installed-Size} KiB' hallkeeper-edge")
    say(f"the package: {said}")
    assert said.startswith("arm64 ")
    await hall.until(f"ip route get {HOST}")  # its network comes up after all else
    await hall.enrol()
    code = await hall.booked()
    await hall.opens(code)
    await hall.stored("access", 1)
    assert hall.shown("NRestarts") == "0"
