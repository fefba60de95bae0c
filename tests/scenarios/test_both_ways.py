"""A simulated door whose counter does not tell in from out: what is counted, and halved, is the truth."""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from firmware_sim.building_file import Building, demo_buildings
from firmware_sim.demo_data import set_up_sites
from firmware_sim.ground_truth import Way
from firmware_sim.world import World
from tests.scenarios.test_readers import template
from tests.scenarios.virtual_hub import virtual_hub
from tests.services.memory import in_memory
from tests.virtual_time import VirtualClock, run_virtual

__all__ = ["template"]
DOOR = "library-door"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
"""A Tuesday on which the door is free."""


def one_beam(building: Building) -> Building:
    doors = tuple(
        msgspec.structs.replace(each, counter=msgspec.structs.replace(each.counter, both_ways=each.id == DOOR))
        for each in building.doors
    )
    return msgspec.structs.replace(building, doors=doors)


@pytest.mark.faults_full
def test_the_visits_of_a_door_are_half_of_those_who_truly_passed(template: Path) -> None:
    async def play(clock: VirtualClock) -> None:
        with tempfile.TemporaryDirectory(dir=in_memory(), prefix="hallkeeper-") as name:
            folder = Path(name)
            shutil.copy(template, folder / "hallkeeper.db")
            buildings = [one_beam(demo_buildings()[0])]
            world = World(buildings, zero=clock.now(), seed="both ways")
            async with virtual_hub(folder, clock, world) as hub:
                await set_up_sites(hub.api, buildings, clock.now().date())
                await clock.sleep(60)
                walks = [hub.runner.walk_in] * 4 + [hub.runner.walk_out] * 3
                for walk in walks:
                    done = await walk("ramsey", DOOR)
                    assert done.done, done.text
                    await clock.sleep(20)
                await clock.sleep(120)
                true_ins, true_outs = (world.truth.count("ramsey", way, DOOR) for way in (Way.IN, Way.OUT))
                assert (true_ins, true_outs) == (4, 3)
                assert world.reported["ramsey"].passages[DOOR] == true_ins + true_outs
                assert not world.reported["ramsey"].ins[DOOR]
                asked = {"from": "2026-03-03", "to": "2026-03-04", "by": "day", "counter": "library-beams"}
                (row,) = (await hub.api.get("/sites/ramsey/footfall", **asked))["items"]
                assert (row["passages"], row["visits"], row["ins"]) == (7, 3.5, None)

    run_virtual(play, zero=NOON)
