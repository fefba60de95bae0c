"""How fast an agent goes by a new plan: its first, and one in which a single part has changed.

From the first part that is published to the word that the plan is on the disk and in force; the broker is in memory.
Figures are printed, with the limits of a quiet machine.
"""

import asyncio
import os
import statistics
from pathlib import Path

import msgspec
import pytest
from gpiozero.pins.mock import MockFactory

from edge.agent import Agent
from edge.system.durable_files import DiskFiles
from edge.system.pins import GpioPins
from edge.wire.clock import SystemClock
from edge.wire.codec import encode
from edge.wire.plan import GrantsPart, part_of
from tests.bench.centre import Centre, plan_parts
from tests.edge.hall import config
from tests.memory_link import MemoryBroker

FIRST_LIMIT_MS, CHANGED_LIMIT_MS = 1_000.0, 100.0


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of the first plan and of those with one changed part, each with the longest stall of the loop."""

    parts: int
    first: tuple[float, float]
    changed: list[tuple[float, float]]


async def measure(folder: Path, *, grants: int, rounds: int) -> Applied:
    broker = MemoryBroker()
    centre = Centre(broker)
    agent = Agent(
        config(),
        clock=SystemClock(),
        pins=GpioPins(MockFactory()),
        link=broker.link,
        files=DiskFiles(folder),
        synchronised=lambda: True,
    )
    tasks = [asyncio.create_task(work) for work in (centre.listen(), agent.run())]
    try:
        await asyncio.sleep(0.3)
        parts = plan_parts([f"{number:06}" for number in range(100_000, 100_000 + grants)])
        first = await centre.send(parts), centre.stall_ms
        changed = []
        for _ in range(rounds):
            one, *others = part_of(parts["grants-0"]).grants  # type: ignore[union-attr]  # it holds grants
            one = msgspec.structs.replace(one, key=os.urandom(32))
            parts["grants-0"] = encode(GrantsPart(grants=(one, *others)))
            changed.append((await centre.send(parts, changed=["grants-0"]), centre.stall_ms))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return Applied(parts=len(parts), first=first, changed=changed)


@pytest.mark.parametrize(
    ("grants", "rounds"),
    [
        (1_000, 2),
        pytest.param(10_000, 20, marks=pytest.mark.bench),
        pytest.param(100_000, 20, marks=pytest.mark.bench),
    ],
)
async def test_a_plan_with_one_changed_part_is_applied(tmp_path: Path, grants: int, rounds: int) -> None:
    found = await measure(tmp_path, grants=grants, rounds=rounds)
    times = [ms for ms, _ in found.changed]
    assert len(times) == rounds
    print(
        f"\n{grants:,} grants in {found.parts} parts: the first plan is applied in {found.first[0]:.0f} ms = "
        f"{found.first[0] / FIRST_LIMIT_MS:.2f} x the limit of {FIRST_LIMIT_MS:.0f} ms, longest stall "
        f"{found.first[1]:.1f} ms; one changed part in {statistics.median(times):.1f} ms, at most {max(times):.1f} "
        f"ms = {max(times) / CHANGED_LIMIT_MS:.2f} x the limit of {CHANGED_LIMIT_MS:.0f} ms, longest stall "
        f"{max(stall for _, stall in found.changed):.1f} ms"
    )
