"""Every scenario file, played in virtual time with the real agent and the real controller."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from controller.app.schema import migrate
from firmware_sim.building_file import demo_buildings
from firmware_sim.ground_truth import Way
from firmware_sim.scenario import PanelEvent, Scenario, Typing, all_scenarios, read_scenario
from firmware_sim.visitor_behaviour import GroupVisit
from firmware_sim.world import World
from tests.faults.trial import Row
from tests.scenarios.virtual_hub import VirtualHub, virtual_hub
from tests.services.memory import in_memory
from tests.virtual_time import VirtualClock, run_virtual

QUIET = timedelta(minutes=15)
"""After the end: lines are repaired and everything that waits gets through."""
PAGE = 200


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "hallkeeper.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where the machine has that: a day's worth of waiting for the disk proves nothing here."""
    with tempfile.TemporaryDirectory(dir=in_memory(), prefix="hallkeeper-") as name:
        yield Path(name)


@pytest.mark.faults_full
@pytest.mark.parametrize("file", all_scenarios(), ids=lambda file: file.name.removesuffix(".toml"))
def test_every_expectation_holds(file: Traversable, template: Path, folder: Path, row: Callable[[Row], None]) -> None:
    shutil.copy(template, folder / "hallkeeper.db")
    scenario = read_scenario(file)
    row(run_virtual(lambda clock: Play(scenario, clock, folder).run(), zero=scenario.begins))


class Play:
    """One scenario as it is played."""

    def __init__(self, scenario: Scenario, clock: VirtualClock, folder: Path) -> None:
        self._scenario = scenario
        self._clock = clock
        self._folder = folder
        self._bookings: dict[str, dict[str, Any]] = {}
        self._key_holders: dict[str, str] = {}
        self._wrong: list[str] = []

    async def run(self) -> Row:
        """What it came to. Fails unless what must hold holds."""
        scenario = self._scenario
        world = World(
            [building for building in demo_buildings() if building.id in scenario.sites],
            zero=scenario.begins,
            tick=self._clock.monotonic(),
            seed=scenario.seed,
            most_per_hour=scenario.most_per_hour,
        )
        async with virtual_hub(self._folder, self._clock, world) as self._hub:
            await self._book()
            await self._give_keys()
            world.open_up()
            acts: list[tuple[datetime, Coroutine[Any, Any, None]]] = [
                *((typing.at, self._type(typing)) for typing in scenario.types),
                *((happening.at, self._happen(happening)) for happening in scenario.happens),
            ]
            async with asyncio.TaskGroup() as group:
                for at, act in acts:
                    group.create_task(self._at(at, act))
                group.create_task(self._hub.sleep_until(scenario.ends))
            await self._settle()
            stored = await self._judge(self._hub, world)
        assert self._wrong == []
        return Row(
            scenario=scenario.name.lower(),
            recorded=sum(world.reported[site].events for site in scenario.sites),
            stored=stored,
            refused=sum(not typing.opens for typing in scenario.types),
            out=sum(world.truth.count(site, Way.OUT) for site in scenario.sites),
            remark="in virtual time",
        )

    async def _at(self, moment: datetime, act: Coroutine[Any, Any, None]) -> None:
        await self._hub.sleep_until(moment)
        await act

    async def _book(self) -> None:
        parties: dict[str, list[GroupVisit]] = {}
        for booked in self._scenario.booked:
            body = {
                "space": booked.space,
                "title": booked.id,
                "people": booked.people,
                "starts": booked.starts.isoformat(),
                "ends": booked.ends.isoformat(),
            }
            made = await self._hub.api.post(f"/sites/{booked.site}/bookings", body)
            self._bookings[booked.id] = made
            if booked.comes:
                zone = ZoneInfo(self._hub.world.site(booked.site).building.zone)
                party = GroupVisit(
                    id=made["id"],
                    door=booked.door,
                    code=made["code"],
                    people=booked.people,
                    starts=booked.starts.replace(tzinfo=zone).astimezone(UTC),
                    ends=booked.ends.replace(tzinfo=zone).astimezone(UTC),
                )
                parties.setdefault(booked.site, []).append(party)
        for site, coming in parties.items():
            self._hub.world.expect(site, coming)

    async def _give_keys(self) -> None:
        """A key holder's code at each site where one is typed."""
        for site in sorted({typing.site for typing in self._scenario.types if typing.key_holder}):
            body = {"kind": "key_holder", "name": "Tilda Warden", "places": [{"site": site}], "code": True}
            day = self._scenario.begins.date().isoformat()
            made = await self._hub.api.post("/holders", {**body, "first": day})
            self._key_holders[site] = made["secrets"]["code"]

    async def _type(self, typing: Typing) -> None:
        if typing.key_holder:
            digits = self._key_holders[typing.site]
        else:
            digits = typing.digits or self._bookings[str(typing.booking)]["code"]
        outcome = await self._hub.runner.key(typing.site, typing.door, digits)
        if outcome.done is not typing.opens:
            self._wrong.append(f"{typing.at}, {typing.booking or digits}: {outcome.text}")

    async def _happen(self, happening: PanelEvent) -> None:
        hub, link = self._hub, self._hub.links.get(str(happening.site))
        if happening.what == "cancel":
            name = self._bookings[str(happening.booking)]["id"]
            await hub.api.post(f"/bookings/{name}/cancel", {})
        elif happening.what == "all out":
            building = hub.world.site(str(happening.site)).building
            for door in building.doors:
                body = {"kind": "recount", "counter": door.counter.id, "inside": 0, "reason": "Looked into every room"}
                await hub.api.post(f"/sites/{building.id}/edges/{building.edge}/commands", body)
        elif happening.what == "kill broker":
            hub.broker.kill()
        elif happening.what == "start broker":
            hub.broker.start()
        elif happening.what in ("fire on", "fire off"):
            hub.runner.set_fire(str(happening.site), happening.what == "fire on")
        elif happening.what in ("break glass", "repair glass"):
            hub.runner.set_glass(str(happening.site), str(happening.door), happening.what == "break glass")
        else:
            assert link is not None, f"{happening.what} of no site that plays"
            if happening.what == "cut network":
                link.cut()
            else:
                link.repair()

    async def _settle(self) -> None:
        self._hub.broker.start()
        for link in self._hub.links.values():
            link.repair()
        await self._hub.sleep_until(self._scenario.ends + QUIET)

    async def _judge(self, hub: VirtualHub, world: World) -> int:
        """How many events are stored."""
        claims, truth, so_many = self._scenario.must_hold, world.truth, 0
        assert truth.locked_in == []
        for site in self._scenario.sites:
            stored = await self._all_stored(site, world)
            seqs = Counter((event["log"], event["seq"]) for event in stored)
            assert max(seqs.values()) == 1
            assert len({log for log, _ in seqs}) == 1
            assert sorted(seq for _, seq in seqs) == list(range(1, len(seqs) + 1))
            assert len(seqs) == world.reported[site].events
            so_many += len(seqs)
            for door in world.site(site).doorways:
                counted = [
                    event["data"]
                    for event in stored
                    if event["kind"] == "footfall" and event["data"].get("door") == door
                ]
                assert sum(data["ins"] for data in counted) == truth.count(site, Way.IN, door), (site, door)
                assert sum(data["outs"] for data in counted) == truth.count(site, Way.OUT, door), (site, door)
            if claims.nobody_inside:
                assert world.site(site).people == 0
            self._judge_fire(site, stored)
            if site in claims.secured:
                alarm = [event["data"]["change"] for event in stored if event["kind"] == "alarm"]
                closing = [event["data"]["stage"] for event in stored if event["kind"] == "closing"]
                assert alarm[-2:] == ["warning", "set"], alarm
                assert set(alarm[:-2]) <= {"withheld"}, [e["data"] for e in stored if e["kind"] == "alarm"]
                assert closing[-1] == "secured"
                assert {"warned", "closed"} <= set(closing)
                assert not world.site(site).lit
            if claims.locked_at_the_end:
                assert not any(door.circuit.released for door in world.site(site).doorways.values())
        assert sum(truth.count(site, Way.IN) for site in self._scenario.sites) >= claims.visitors_at_least
        arrived = [
            name
            for name, booking in self._bookings.items()
            if (await hub.api.get(f"/bookings/{booking['id']}"))["arrived_at"] is not None
        ]
        assert sorted(arrived) == sorted(claims.arrived)
        return so_many

    def _judge_fire(self, site: str, stored: list[dict[str, Any]]) -> None:
        """What was told of fire is what was; while it burnt nobody came in, and everybody got out."""
        claims, truth = self._scenario.must_hold, self._hub.world.truth
        told = [event for event in stored if event["kind"] == "fire"]
        assert [event["data"]["change"] for event in told] == list(claims.fire)
        if claims.fire_ends is not None:
            ended = datetime.fromisoformat(told[-1]["at"])
            assert claims.fire_ends <= ended < claims.fire_ends + timedelta(minutes=1)
        began, reset = ([mark.at for mark in truth.fires if mark.what == what] for what in ("fire", "reset"))
        for start, end in zip(began, reset, strict=True):
            during = [each for each in truth.crossings if each.site == site and start <= each.started < end]
            assert during
            assert not [each for each in during if each.way is Way.IN and each.started > start + timedelta(seconds=5)]

    async def _all_stored(self, site: str, world: World) -> list[dict[str, Any]]:
        """The stored events, looked at between two beats: an event of this very second is on its way."""
        for _ in range(20):
            stored = await self._stored(site)
            if len(stored) == world.reported[site].events:
                break
            await self._clock.sleep(1.7)
        return stored

    async def _stored(self, site: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            page = await self._hub.api.get(f"/sites/{site}/events", limit=str(PAGE), **after)
            found += page["items"]
            if page["next"] is None:
                return found
            after = {"after": page["next"]}
