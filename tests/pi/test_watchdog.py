"""The hardware watchdog as the package sets it up: a machine that hangs is reset."""

import pytest

from tests.pi.hall import Hall
from tests.pi.machine import NO_WATCHDOG, WATCHDOG

pytestmark = pytest.mark.pi

AT = "/sys/class/watchdog/watchdog0"
DOCTOR = "hallkeeper doctor | grep 'hardware watchdog'"


async def test_a_kernel_or_a_systemd_that_hangs_is_reset_by_the_hardware_watchdog(hall: Hall) -> None:
    await hall.enrol()
    code = await hall.booked()
    hall.machine.shut_down()
    hall.machine.boot(kernel=NO_WATCHDOG, more=WATCHDOG)
    await hall.until(f"grep -qs '^active' {AT}/state")  # systemd begins when the kernel has its driver
    assert hall.machine.sh(f"cat {AT}/timeout") == "10\n"
    assert hall.machine.sh(DOCTOR).startswith("ok")
    await hall.running()
    await hall.opens(code)
    # By default it would restart by itself after five seconds (`machine.py`), as no Pi does.
    hall.machine.sh("echo 0 >/proc/sys/kernel/panic; echo 1 >/proc/sys/kernel/sysrq")
    hall.machine.sh("(sleep 1; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 &")
    hall.machine.rebooted()
    await hall.running()
    await hall.opens(code)
    hall.machine.sh("echo 0 >/proc/sys/kernel/panic; (sleep 1; kill -SEGV 1) >/dev/null 2>&1 &")  # systemd then hangs
    hall.machine.rebooted()
    await hall.running()
    await hall.opens(code)
    await hall.stored("access", 3)
    assert await hall.events("dropped") == []
