"""Every key of a hub is changed, one after another and with the line cut in the middle, and a code opens all along."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.app.schema import migrate
from controller.enrolment import repository
from edge.net.identity import FILE, StoredIdentity, read_identity
from firmware_sim import provision
from firmware_sim.building_file import demo_buildings
from firmware_sim.world import World
from tests.scenarios.virtual_hub import virtual_hub
from tests.services.memory import in_memory
from tests.virtual_time import VirtualClock, run_virtual

SITE, EDGE, DOOR, SPACE = "ramsey", "ramsey-pi", "front-door", "studio"
NIGHT_BEFORE = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
"""An hour and a half before the clocks go forward."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=in_memory(), prefix="hallkeeper-") as name:
        file = Path(name) / "hallkeeper.db"
        asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
        yield Path(name)


@pytest.mark.faults_full
def test_a_code_works_through_every_change_of_keys(folder: Path) -> None:
    run_virtual(lambda clock: _Play(folder, clock).run(), zero=NIGHT_BEFORE)


class _Play:
    def __init__(self, folder: Path, clock: VirtualClock) -> None:
        self._folder = folder
        self._clock = clock

    async def run(self) -> None:
        self._world = World(
            [building for building in demo_buildings() if building.id == SITE],
            zero=NIGHT_BEFORE,
            tick=self._clock.monotonic(),
            seed="keys",
            most_per_hour=0.0,
        )
        async with virtual_hub(self._folder, self._clock, self._world) as self._hub:
            body = {"space": SPACE, "title": "Choir", "starts": "2026-03-28T23:30", "ends": "2026-03-29T09:00"}
            booking = await self._hub.api.post(f"/sites/{SITE}/bookings", body)
            self._code = booking["code"]
            await self._until_on(booking["id"])
            await self._opens("at first")
            before = self._identity()

            await self._hub.api.post(f"/sites/{SITE}/edges/{EDGE}/rotation", {})
            await self._settled(3)
            after = self._identity()
            assert after.keys.key != before.keys.key
            assert after.issued.certificate != before.issued.certificate
            assert len(after.issued.doors[DOOR]) == 1
            assert set(after.issued.doors[DOOR]).isdisjoint(before.issued.doors[DOOR])
            await self._opens("under other keys and secrets")

            # The line goes before the next change is begun, and comes back later.
            link = self._hub.links[SITE]
            link.cut()
            await self._hub.api.post(f"/sites/{SITE}/edges/{EDGE}/rotation", {})
            await self._hub.api.post("/signing-key/rotation", {})
            await self._opens("while the line is cut")
            link.repair()
            await self._opens("as the line is back")
            await self._until_signed_by_the_new_key()
            await self._opens("under another signing key")
            found = await self._hub.api.get(f"/bookings/{booking['id']}")
            assert found["on_door"]["state"] == "on"
            told = await self._hub.api.post(f"/bookings/{booking['id']}/code", {})
            assert [each["code"] for each in told["codes"]] == [self._code]

    def _identity(self) -> StoredIdentity:
        return read_identity(self._folder / SITE / provision.DATA / FILE)

    async def _opens(self, when: str) -> None:
        outcome = await self._hub.runner.key(SITE, DOOR, self._code)
        assert outcome.done, f"the code does not open {when}: {outcome.text}"

    async def _until_on(self, booking: str) -> None:
        while (await self._hub.api.get(f"/bookings/{booking}"))["on_door"]["state"] != "on":
            await self._clock.sleep(1)

    async def _settled(self, version: int) -> None:
        async with asyncio.timeout(600):
            while True:
                state = await self._hub.api.get(f"/sites/{SITE}/edges/{EDGE}/enrolment")
                if not state["changing"] and state["held_version"] == state["identity_version"] >= version:
                    return
                await self._clock.sleep(1)

    async def _until_signed_by_the_new_key(self) -> None:
        async with asyncio.timeout(3600):
            while len(self._hub.container.keys.signing_keys) > 1:
                await self._clock.sleep(5)
        await self._settled(4)
        async with self._hub.container.database.read() as tx:
            (state,) = await repository.all_identity_states(tx)
        assert len(state.held_kids) == 1
