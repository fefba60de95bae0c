"""Many seeded nights at a hall whose beams miss one crossing in twenty, with somebody left asleep in it: the real agent
on simulated pins, held against what really happened."""

import asyncio
import random

import pytest
from _pytest.mark import ParameterSet

from edge.wire.events import AlarmChange, AlarmData
from tests.edge.hall import CONTACT, INNER, OUTER, PIR, REX, STRIKE
from tests.edge.watched import CLOSES, CODE, WARNING, Watched, with_watched

MISSED = 0.05


def _nights(number: int) -> list[ParameterSet]:
    """The first two in the short form."""
    return [pytest.param(seed, marks=pytest.mark.faults_full if seed > 1 else []) for seed in range(number)]


NIGHTS = _nights(30)


class Night:
    """A group comes in by one code and leaves by the button, all but the sleeper."""

    def __init__(self, hall: Watched, seed: int, *, missed: float = MISSED) -> None:
        self.hall = hall
        self.rng = random.Random(f"night {seed}")
        self.people = self.rng.randint(2, 14)
        self.missed = missed
        self.missed_ins = self.missed_outs = 0

    async def pass_by(self, outer: int, inner: int) -> int:
        """Whether the beams missed somebody; then 1."""
        if self.rng.random() < self.missed:
            return 1
        await self.hall.walk(outer, inner)
        return 0

    async def evening(self, *, sleepers: int) -> None:
        hall = self.hall
        await hall.used()
        await hall.sleep_until(CLOSES, 60)
        await hall.enter(CODE)
        await hall.drive(CONTACT, True)
        for _ in range(self.people):
            self.missed_ins += await self.pass_by(OUTER, INNER)
        await hall.drive(CONTACT, False)
        for _ in range(6):
            await hall.move(3)
            await asyncio.sleep(self.rng.uniform(60, 500))
        await hall.drive(REX, False)
        await asyncio.sleep(0.3)
        await hall.drive(REX, True)
        await hall.drive(CONTACT, True)
        for _ in range(self.people - sleepers):
            self.missed_outs += await self.pass_by(INNER, OUTER)
        await hall.drive(CONTACT, False)

    @property
    def set_(self) -> bool:
        return any(data.change is AlarmChange.SET for data in self.hall.data(AlarmData))


@pytest.mark.parametrize("seed", NIGHTS)
def test_it_never_sets_on_a_sleeper_whom_the_warning_wakes(seed: int) -> None:
    async def act(hall: Watched) -> None:
        night = Night(hall, seed)

        async def sleep() -> None:
            while not hall.on(WARNING):  # noqa: ASYNC110  # it is the world's time that passes
                await asyncio.sleep(1)
            await asyncio.sleep(night.rng.uniform(1, 55))
            await hall.move()

        await night.evening(sleepers=1)
        sleeper = asyncio.create_task(sleep())
        await asyncio.sleep(9 * 3600)
        sleeper.cancel()
        assert not night.set_

    with_watched(act)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", NIGHTS)
def test_it_never_sets_on_a_sleeper_who_turned_over_once(seed: int) -> None:
    async def act(hall: Watched) -> None:
        night = Night(hall, seed)
        await night.evening(sleepers=1)
        await asyncio.sleep(night.rng.uniform(31, 900))
        await hall.move(0.5)
        await asyncio.sleep(9 * 3600)
        assert not night.set_

    with_watched(act)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", NIGHTS)
def test_it_sets_on_somebody_who_never_stirs_only_where_the_beams_hid_them_and_the_way_out_stays_free(
    seed: int,
) -> None:
    """Who neither moves nor wakes is known by the count alone, which is off by as many as were missed."""

    async def act(hall: Watched) -> None:
        night = Night(hall, seed)
        await night.evening(sleepers=1)
        await asyncio.sleep(9 * 3600)
        hidden = night.missed_ins > night.missed_outs
        assert not night.set_ or hidden
        if night.set_:
            changes = [
                (data.change, event.at) for event in hall.recorded if isinstance(data := event.read(), AlarmData)
            ]
            warned = max(at for change, at in changes if change is AlarmChange.WARNING)
            was_set = next(at for change, at in changes if change is AlarmChange.SET)
            assert (was_set - warned).total_seconds() >= 60
        await hall.drive(PIR, True)
        await hall.drive(REX, False)
        await asyncio.sleep(0.2)
        assert hall.outputs[STRIKE][-1]

    with_watched(act)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", _nights(6))
def test_beams_that_miss_nobody_never_let_it_set_on_a_motionless_person(seed: int) -> None:
    async def act(hall: Watched) -> None:
        night = Night(hall, seed, missed=0.0)
        await night.evening(sleepers=1)
        await asyncio.sleep(9 * 3600)
        assert not night.set_

    with_watched(act)


@pytest.mark.parametrize("seed", _nights(6))
def test_it_sets_when_all_have_left_and_the_beams_missed_nobody(seed: int) -> None:
    async def act(hall: Watched) -> None:
        night = Night(hall, seed, missed=0.0)
        await night.evening(sleepers=0)
        await asyncio.sleep(3600)
        assert night.set_

    with_watched(act)
