"""The unit as shipped, by the machine's own systemd: stops, hangs, limits, and clocks."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.eventually import eventually
from tests.pi.hall import SERVICE, WITHIN_S, Hall
from tests.pi.image import say
from tests.pi.machine import NO_WATCHDOG, Machine

pytestmark = pytest.mark.pi

MEMORY_MAX = 256 * 2**20
JOURNAL_MAX = 16 * 2**20
A_DAY_S = 86_400
NETWORK = "systemd-networkd.service systemd-networkd.socket"
NO_BATTERY_CLOCK = "initcall_blacklist=cmos_init"
"""For the kernel: it has no /dev/rtc0 then. What QEMU's clock says, 1970, is what a Pi without one begins at."""


async def test_a_stop_locks_the_door_and_ends_well_and_a_start_opens_it_again(hall: Hall) -> None:
    await hall.enrol()
    code = await hall.booked()
    hall.type(code)
    await hall.line_is(on=True)
    hall.machine.run("systemctl", "stop", SERVICE)
    await hall.line_is(on=False)
    ended = [hall.shown(each) for each in ("ActiveState", "Result", "ExecMainStatus", "NRestarts")]
    assert ended == ["inactive", "success", "0", "0"]
    hall.machine.run("systemctl", "start", SERVICE)
    await hall.opens(code)
    await hall.stored("access", 2)


async def test_an_agent_that_takes_too_much_memory_is_ended_and_started_and_keeps_its_events(hall: Hall) -> None:
    await hall.enrol()
    code = await hall.booked()
    await hall.opens(code)
    hall.broker.stop()
    await hall.opens(code)
    assert hall.shown("MemoryMax") == str(MEMORY_MAX)
    takes = int(hall.shown("MemoryCurrent"))
    say(f"the agent takes {takes / 1e6:.0f} of {MEMORY_MAX / 1e6:.0f} MB")
    assert takes < MEMORY_MAX / 2
    hall.machine.run("systemctl", "set-property", "--runtime", SERVICE, f"MemoryMax={takes // 4}")
    await hall.until(f'test "$(systemctl show --property=NRestarts --value {SERVICE})" -ge 1')
    hall.machine.run("systemctl", "set-property", "--runtime", SERVICE, f"MemoryMax={MEMORY_MAX}")
    assert "oom-kill" in hall.machine.sh(f"journalctl --unit {SERVICE} --output cat")
    await hall.running()
    await hall.opens(code)
    hall.broker.start()
    await hall.stored("access", 3)
    assert await hall.events("dropped") == []


def test_the_journal_in_memory_keeps_within_its_limit(machine: Machine) -> None:
    machine.boot()
    machine.sh("head -c 24M /dev/urandom | base64 --wrap=16000 | systemd-cat; journalctl --sync")
    taken = int(machine.sh("du --summarize --bytes /run/log/journal").split()[0])
    say(f"after 32 MB of lines the journal takes {taken / 2**20:.1f} MB")
    assert JOURNAL_MAX / 2 < taken <= JOURNAL_MAX * 1.01


async def test_a_machine_without_a_battery_clock_and_network_opens_to_a_key_holder_and_says_what_is_missing(
    hall: Hall,
) -> None:
    kernel = f"{NO_BATTERY_CLOCK} {NO_WATCHDOG}"
    async with opens_only_to_a_key_holder_until_it_has_a_network(hall, rtc="1970-01-01T00:00:00", kernel=kernel):
        assert hall.machine.sh("ls /dev/rtc* 2>&1 || true").startswith("ls:")
        said = hall.machine.run("hallkeeper", "doctor", check=False)
        assert "rtc = true, but no battery clock answers" in said
        assert "warn  hardware watchdog: systemd has none to ask" in said
    assert "battery_clock_missing" in {each["data"]["code"] for each in await hall.events("fault")}


async def test_an_agent_that_hangs_is_ended_and_started_by_the_watchdog(hall: Hall) -> None:
    await hall.enrol()
    code = await hall.booked()
    hall.type(code)
    await hall.line_is(on=True)
    hall.machine.run("systemctl", "kill", "--kill-whom=main", "--signal=STOP", SERVICE)

    async def restarted() -> bool:
        return hall.shown("NRestarts") == "1"

    await eventually(restarted, what="systemd has started another", within_s=WITHIN_S)
    assert "watchdog" in hall.machine.sh(f"journalctl --unit {SERVICE} --output cat").lower()
    await hall.running()
    await hall.opens(code)


async def test_a_machine_with_a_wrong_clock_and_no_network_opens_to_a_key_holder_until_it_knows_the_time(
    hall: Hall,
) -> None:
    async with opens_only_to_a_key_holder_until_it_has_a_network(hall, rtc="2020-01-01T00:00:00"):
        assert time.time() - int(hall.machine.sh("date +%s")) > A_DAY_S


@asynccontextmanager
async def opens_only_to_a_key_holder_until_it_has_a_network(
    hall: Hall, *, rtc: str, kernel: str = ""
) -> AsyncIterator[None]:
    """The machine boots without a network, with `rtc` on its battery clock and with words for its kernel; at the end it
    has a network, and by that the time."""
    await hall.enrol()
    key = await hall.key_holder()
    code = await hall.booked()
    await hall.opens(code)
    hall.machine.sh(f"systemctl mask {NETWORK}")
    hall.machine.shut_down()
    hall.machine.boot(rtc=rtc, kernel=kernel)
    await hall.running()
    hall.type(code)
    await hall.opens(key)
    yield
    hall.machine.sh(f"systemctl unmask {NETWORK}; systemctl start systemd-networkd")
    said = await hall.stored("access", 3)
    assert [each["data"]["reason"] for each in said] == ["granted", "clock", "granted"]
    await hall.opens(code)
