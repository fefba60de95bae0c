"""A site with two Pis: the doors of the hub on one, two further doors on the other, the fire line at both. Each works
without the other, and what needs both waits for both."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from edge.net.identity import FILE, read_identity
from edge.wire.events import Event
from firmware_sim import provision
from firmware_sim.building_file import BeamFacts, Building, DoorFacts, SpaceFacts, demo_buildings
from firmware_sim.hub_processes import SimHub, SimHubPlan
from tests.faults.conftest import RATE, TUESDAY
from tests.faults.ledger import BUSY_DOOR, CODE_DOOR, SITE, Ledger, Stored
from tests.faults.trial import TRIES, Trial, typed
from tests.services.fork_client import ForkServer

ANNEX, ANNEX_DOOR, BARN = "ramsey-annex", "annex-door", "barn"
GIVEN_BACK_MIN = 2
"""Minutes after its start until a booking is released to which nobody came."""


def annex(hub: Building) -> Building:
    """A barn in the yard. Its door is on a Pi of its own; one gets to it by the front door as well."""
    door = DoorFacts(
        id=ANNEX_DOOR,
        name="Annex door",
        zone=BARN,
        free_while_staffed=False,
        hold_s=5.0,
        held_after_s=60.0,
        relay=17,
        contact=27,
        rex=22,
        d0=5,
        d1=6,
        fire="release",
        counter=BeamFacts(id="annex-beams", outer=23, inner=24),
    )
    barn = SpaceFacts(id=BARN, name="Barn", capacity=60, floor_area_m2=90, doors=(CODE_DOOR, ANNEX_DOOR))
    return msgspec.structs.replace(
        hub,
        id=ANNEX,
        part_of=hub.id,
        name="Ramsey: the barn",
        edge="annex-pi",
        spaces=(barn,),
        doors=(door,),
        motion=(),
        wifi=(),
    )


@pytest.fixture
async def hub(tmp_path: Path, fork_server: ForkServer) -> AsyncIterator[SimHub]:
    main = next(building for building in demo_buildings() if building.id == SITE)
    plan = SimHubPlan(folder=tmp_path, buildings=(main, annex(main)), epoch=TUESDAY, rate=RATE, answer_s=30.0)
    async with SimHub(plan, launch=fork_server.start) as hub:

        async def free() -> bool:
            return hub.world.site(SITE).doorway(BUSY_DOOR).circuit.released

        await hub.until(free, "the library door is free")
        await hub.online(SITE)
        yield hub


class Barn:
    """The part behind the other Pi, and what is asked of it."""

    def __init__(self, trial: Trial) -> None:
        self.hub = trial.hub
        self.site = trial.hub.world.site(ANNEX)
        self.ledger = Ledger(trial.hub, ANNEX)
        self._may_be_gone: list[Event] = []

    async def opens(self, code: str) -> None:
        """A code opens its door; the person who typed it goes in."""
        for _ in range(TRIES):  # the door may lock again before they have pulled it
            outcome = await typed(self.hub.runner, ANNEX, ANNEX_DOOR, code)
            assert outcome.done, outcome.text
            if (await self.hub.runner.walk_in(ANNEX, ANNEX_DOOR)).done:
                return
        raise AssertionError(f"nobody got in by the annex door in {TRIES} tries")

    async def refuses(self, code: str) -> None:
        outcome = await self.hub.runner.key(ANNEX, ANNEX_DOOR, code)
        assert not outcome.done, outcome.text

    async def gets_out(self) -> None:
        outcome = await self.hub.runner.walk_out(ANNEX, ANNEX_DOOR)
        assert outcome.done, outcome.text

    async def pull_the_plug(self) -> None:
        """kill -9."""
        self._may_be_gone += await self.ledger.pull_the_plug()

    async def holds(self) -> list[Stored]:
        """Nothing of it is lost or twice, and nobody is locked in; what is stored."""
        stored = await self.ledger.all_stored()
        self.ledger.stored_once(
            stored, (event for event in self.ledger.reported.recent if event not in self._may_be_gone)
        )
        assert len(self.ledger.each_once(stored)) == 1
        self.ledger.counts_are_true(stored)
        assert self.site.people == 0
        assert all(doorway.circuit.opens_from_inside for doorway in self.site.doorways.values())
        return stored


async def book(trial: Trial, space: str, *, starts_in_s: float = -300) -> Stored:
    """A booking of two hours."""
    starts = trial.hub.clock.now() + timedelta(seconds=starts_in_s)
    times = {"starts": starts.isoformat(), "ends": (starts + timedelta(hours=2)).isoformat()}
    made: Stored = await trial.hub.api.post(f"/sites/{SITE}/bookings", {"space": space, "title": space, **times})
    return made


async def at(trial: Trial, booking: Stored) -> Stored:
    """The booking as it is now."""
    found: Stored = await trial.hub.api.get(f"/bookings/{booking['id']}")
    return found


async def on_door(trial: Trial, booking: Stored) -> None:
    async def there() -> bool:
        return bool((await at(trial, booking))["on_door"]["state"] == "on")

    await trial.hub.until(there, "the code is on both doors")


async def versions(trial: Trial) -> dict[str, int]:
    """The plan that each edge of the site has applied, as far as is known."""
    edges = (await trial.hub.api.get(f"/sites/{SITE}/now"))["edges"]
    return {edge["id"]: edge["applied_version"] for edge in edges}


async def a_code_waits_for_both_edges(trial: Trial, barn: Barn) -> None:
    """With one edge cut off, a new code of a space that has doors on both is on one door, and not *on the door*."""
    trial.hub.set_network(ANNEX, False)
    before = await versions(trial)
    booking = await book(trial, BARN)
    code = str(booking["code"])

    async def hub_has_it() -> bool:
        return (await versions(trial))["ramsey-pi"] > before["ramsey-pi"]

    await trial.hub.until(hub_has_it, "the hub's edge has the plan with the booking")
    await trial.opens(code)
    assert (await at(trial, booking))["on_door"]["state"] != "on"
    await barn.refuses(code)
    trial.hub.set_network(ANNEX, True)
    await on_door(trial, booking)
    await barn.opens(code)
    await barn.gets_out()
    await trial.hub.api.post(f"/bookings/{booking['id']}/cancel", {"reason": "the trial goes on"})


async def absence_behind_a_dead_edge_is_no_evidence(trial: Trial, barn: Barn) -> None:
    """Nobody comes to two bookings. The one whose doors all report is released, the other is not; the living edge
    keeps working, people behind the dead one get out, and its door is locked from outside."""
    await barn.pull_the_plug()
    assert not barn.site.doorway(ANNEX_DOOR).circuit.released
    trial.ledger.send(4)
    await trial.opens()
    await trial.refuses()
    # Codes open when their booking begins, so that what was before it tells nothing of who comes.
    policy = {"release": [{"after_min": GIVEN_BACK_MIN, "warn_min": 1}], "lead_in_min": 0}
    await trial.hub.api.put(f"/sites/{SITE}/policy", policy)
    kept, given_back = await book(trial, BARN, starts_in_s=60), await book(trial, "hall", starts_in_s=60)

    async def released() -> bool:
        return bool((await at(trial, given_back))["status"] == "released")

    await trial.hub.until(released, "the room that nobody came to is released")
    assert (await at(trial, kept))["status"] == "confirmed"
    await trial.ledger.everybody_gone()
    await trial.hub.set_power(ANNEX, True)
    await on_door(trial, kept)
    await barn.opens(str(kept["code"]))

    async def arrived() -> bool:
        return bool((await at(trial, kept))["status"] == "arrived")

    await trial.hub.until(arrived, "they have come after all")


async def fire_comes_to_both(trial: Trial, barn: Barn) -> None:
    """Also to one that hears nothing of the other and of the controller: its door lets go, and everybody leaves."""
    assert barn.site.people == 1
    trial.hub.set_network(ANNEX, False)
    trial.ledger.send(3)
    await trial.ledger.crossings_recorded(3)
    trial.hub.runner.set_fire(SITE, True)

    async def empty() -> bool:
        return barn.site.people == trial.site.people == 0 and barn.site.doorway(ANNEX_DOOR).circuit.released

    await trial.hub.until(empty, "everybody has left, and the door of the barn has let go")
    trial.hub.runner.set_fire(SITE, False)
    trial.hub.set_network(ANNEX, True)

    async def latched() -> bool:
        fires = (await trial.hub.api.get(f"/sites/{SITE}/now"))["fires"]
        return {fire["edge"]: fire["state"] for fire in fires} == {"ramsey-pi": "latched", "annex-pi": "latched"}

    await trial.hub.until(latched, "the fire is latched at both edges")


@pytest.mark.faults_full
async def test_two_edges_of_a_site_work_without_each_other_and_what_needs_both_waits_for_both(trial: Trial) -> None:
    barn = Barn(trial)
    await trial.begin()
    await trial.opens()
    await a_code_waits_for_both_edges(trial, barn)
    await trial.ends_well(scenario="one of two edges is cut off")
    await absence_behind_a_dead_edge_is_no_evidence(trial, barn)
    await trial.ends_well(scenario="one of two edges is dead")
    await fire_comes_to_both(trial, barn)
    stored = await trial.ends_well(scenario="fire at two edges, one of them cut off")
    other = await barn.holds()
    # Each has a log and keys of its own.
    assert {event["log"] for event in stored}.isdisjoint({event["log"] for event in other})
    hub, yard = (read_identity(trial.hub.folder / "edges" / part / provision.DATA / FILE) for part in (SITE, ANNEX))
    assert hub.keys.signing.public_key() != yard.keys.signing.public_key()
    assert set(hub.issued.doors).isdisjoint(yard.issued.doors)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(3))
async def test_two_edges_cut_off_and_killed_in_turn_lose_nothing(trial: Trial, seed: int) -> None:
    """A dozen times, each by itself, mostly while people come and go at both."""
    chance, barn = random.Random(seed), Barn(trial)
    booking = await book(trial, BARN)
    await trial.begin()
    await on_door(trial, booking)
    code = str(booking["code"])

    async def hub_dies() -> None:
        await trial.pull_the_plug()
        await barn.opens(code)
        await barn.gets_out()
        await trial.wakes()

    async def barn_dies() -> None:
        await barn.opens(code)
        await barn.pull_the_plug()
        await barn.gets_out()
        await trial.opens()
        await trial.hub.set_power(ANNEX, True)
        await trial.hub.online(SITE)

    async def both_are_cut_off() -> None:
        for part in (SITE, ANNEX):
            trial.hub.set_network(part, False)
        trial.ledger.send(3)
        await barn.opens(code)
        await trial.opens()
        await barn.gets_out()
        await trial.refuses()
        for part in (SITE, ANNEX):
            trial.hub.set_network(part, True)

    for _ in range(12):
        await chance.choice([hub_dies, barn_dies, both_are_cut_off])()
        await trial.hub.online(SITE)
        await trial.ledger.everybody_gone()
    await trial.ends_well()
    await barn.holds()
