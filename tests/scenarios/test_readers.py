"""Cards and scans in the simulator go the whole way: wires or input device, real agent, event, controller."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.migrations import migrate
from edge.wire.credentials import Method
from edge.wire.decide import Reason
from firmware_sim.building import demo_buildings
from firmware_sim.stage import Outcome, Stage
from firmware_sim.virtual import VirtualClock, run_virtual
from firmware_sim.world import World
from tests.scenarios.theatre import theatre
from tests.services.memory import in_memory

ZERO = datetime(2026, 3, 3, 21, 0, tzinfo=UTC)
"""A Tuesday evening after closing."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "hallkeeper.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.mark.parametrize(
    ("present", "reader", "method", "reason"),
    [
        (
            lambda stage: stage.card("ramsey", "library-door", "118:1603"),
            "library-door-cards",
            Method.CARD,
            Reason.UNKNOWN,
        ),
        (
            lambda stage: stage.scan("ramsey", "library-door", "D0123456789"),
            "library-door-scanner",
            Method.CARD,
            Reason.UNKNOWN,
        ),
        (
            lambda stage: stage.scan("ramsey", "library-door", "HK1.abcdef"),
            "library-door-scanner",
            Method.QR,
            Reason.PASS_UNKNOWN,
        ),
        (
            lambda stage: stage.key("ramsey", "library-door", "482913"),
            "library-door-keypad",
            Method.CODE,
            Reason.UNKNOWN,
        ),
    ],
    ids=["card", "barcode", "pass", "code"],
)
def test_what_is_presented_by_hand_is_recorded_with_its_reader(
    present: Callable[[Stage], Awaitable[Outcome]], reader: str, method: Method, reason: Reason, template: Path
) -> None:
    async def play(clock: VirtualClock) -> None:
        with tempfile.TemporaryDirectory(dir=in_memory(), prefix="hallkeeper-") as name:
            folder = Path(name)
            shutil.copy(template, folder / "hallkeeper.db")
            world = World(demo_buildings()[:1], zero=ZERO, seed="readers")
            async with theatre(folder, clock, world) as open_theatre:
                await clock.sleep(60)
                outcome = await present(open_theatre.stage)
                access = world.reported["ramsey"].last_access["library-door"]
                assert not outcome.done
                assert "stays shut" in outcome.text
                assert (access.reader, access.method, access.reason) == (reader, method, reason)

    run_virtual(play, zero=ZERO)
