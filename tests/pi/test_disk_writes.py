"""How much the agent and the whole machine write to the card, at the kernel's block device."""

import asyncio
import time
from dataclasses import dataclass

import pytest

from tests.pi.hall import Hall
from tests.pi.image import say

pytestmark = pytest.mark.pi

QUIET_S, SETTLES_S = 300, 30
ENTRIES = 10
DAY_S = 86_400
SECTOR = 512
BUSY_DAY, MOST_A_DAY_MB = 500, 500
"""Entries on a busy day, and what a day may write with them."""
CARD_MB, REWRITES, COPIES = 32_000, 300, 10
"""A small card: how often each of its cells bears to be written, and how many of them one small write takes."""
HOLD_S = 4.0


@dataclass(frozen=True, kw_only=True)
class Written:
    """Bytes that the machine has written to its disk since it booted, and the agent since it started, `at` a second of
    this computer's clock."""

    at: float
    disk: int
    agent: int


def written(hall: Hall) -> Written:
    hall.machine.sh("sync")
    sectors = hall.machine.sh("cat /sys/block/vda/stat").split()[6]
    of_agent = hall.machine.sh(f"grep ^write_bytes /proc/{hall.shown('MainPID')}/io").split()[1]
    return Written(at=time.monotonic(), disk=int(sectors) * SECTOR, agent=int(of_agent))


async def test_a_day_writes_little_to_the_card(hall: Hall) -> None:
    await hall.hold(HOLD_S)
    await hall.enrol()
    code = await hall.booked()
    await hall.opens(code)
    await asyncio.to_thread(hall.machine.sh, f"sync; sleep {SETTLES_S}")
    before = written(hall)
    await asyncio.to_thread(hall.machine.sh, f"sleep {QUIET_S}")
    rested = written(hall)
    for _ in range(ENTRIES):
        await hall.opens(code)
    worked = written(hall)
    quiet_s, work_s = rested.at - before.at, worked.at - rested.at
    quiet, quiet_agent = ((rested.disk - before.disk) / quiet_s, (rested.agent - before.agent) / quiet_s)
    entry = ((worked.disk - rested.disk) - quiet * work_s) / ENTRIES
    entry_agent = ((worked.agent - rested.agent) - quiet_agent * work_s) / ENTRIES
    day = (quiet * DAY_S + BUSY_DAY * entry) / 1e6
    say(f"a quiet day: {quiet * DAY_S / 1e6:.0f} MB to the disk, {quiet_agent * DAY_S / 1e6:.0f} by the agent")
    say(f"an entry: {entry / 1e3:.0f} kB to the disk, {entry_agent / 1e3:.0f} by the agent")
    say(f"a day with {BUSY_DAY} entries: {day:.0f} MB; in a year {day * 365 / 1e3:.0f} GB")
    say(f"a card of {CARD_MB // 1000} GB lasts {CARD_MB * REWRITES / COPIES / day / 365:.0f} years of such days")
    assert day < MOST_A_DAY_MB
