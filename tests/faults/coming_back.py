"""Gives power back to what a cut has left, and looks at what came of it."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import NamedTuple

import msgspec

from edge.wire.codec import encode
from edge.wire.decide import Reason
from edge.wire.events import (
    DroppedData,
    Event,
    FootfallData,
    read_event,
)
from firmware_sim.circuit import Circuit
from firmware_sim.virtual import VirtualClock
from tests.edge.hall import INNER, OUTER, REX, STRIKE, run
from tests.edge.lobby import (
    INNER_RELAY,
    INNER_REX,
)
from tests.faults.known import Known
from tests.faults.power_cuts import BRIEF, BRIEF_CODE, OFFLINE, OFFLINE_CODE, SET, Cut, Recording, Stage, code


class Result(NamedTuple):
    """``lost``: events that power took with it, by kind, all of them young."""

    recording: Recording
    lost: Counter[str]


def come_back(cut: Cut, seed: int) -> Result:
    """Give power back some time later, and see that nothing is lost that must not be, nothing is there twice, nobody
    comes in who should not, and everybody gets out."""
    chance = random.Random(seed)
    synchronised = chance.random() < 0.7
    off = timedelta(seconds=chance.choice((1, 20, 600)))

    async def main(clock: VirtualClock) -> Result:
        stage = Stage(clock, cut.left, cut.known, synchronised=synchronised)
        await stage.start()
        try:
            await _everybody_gets_out(stage, cut.known)
            await _nobody_gets_in(stage, cut.known, chance, synchronised=synchronised)
            await stage.hear_hello()
            await _all_is_there_once(stage, cut.known)
            await _no_plan_goes_back(stage)
            raws = set(stage.known.stored.values())
            lost = Counter(event.kind for _, event in cut.known.fresh if encode(event) not in raws)
            return Result(stage.recording, lost)
        finally:
            await stage.close()

    return run(main, zero=cut.at + off)


async def _everybody_gets_out(stage: Stage, known: Known) -> None:
    fire, is_set = stage.outer_open(), stage.outputs[SET][-1]
    assert fire in known.fire, (fire, known.fire)
    assert is_set in known.is_set, (is_set, known.is_set)
    stage.known.fire, stage.known.is_set = frozenset({fire}), frozenset({is_set})
    for pin, relay, circuit in (
        (REX, STRIKE, Circuit()),
        (INNER_REX, INNER_RELAY, Circuit(lock="maglock", fail="safe")),
    ):
        await stage.drive(pin, False)
        await asyncio.sleep(0.1)
        now = msgspec.structs.replace(circuit, relay=stage.level(relay))
        assert now.released
        assert now.opens_from_inside
        await stage.drive(pin, True)
    await asyncio.sleep(6)


async def _nobody_gets_in(stage: Stage, known: Known, chance: random.Random, *, synchronised: bool) -> None:
    version = stage.status().plan_version or 0
    assert known.applied <= version <= known.sent, (known.applied, version, known.sent)
    over = [(code(version - 1), version > 1)]
    over += [(BRIEF_CODE, stage.clock.now() >= BRIEF.end), (OFFLINE_CODE, stage.clock.now() >= OFFLINE.during.end)]
    useless = [digits for digits, useless in over if useless]
    waits = known.locked_until is not None and known.locked_until > stage.clock.now() + timedelta(seconds=4)
    if useless:
        assert not (await stage.ask(chance.choice(useless))).granted
    if not version:
        return
    asked = await stage.ask(code(version))
    if waits:
        assert asked.reason is Reason.LOCKED_OUT, asked
    elif asked.reason is Reason.LOCKED_OUT:
        assert known.lock_outs
    elif synchronised:
        assert asked.granted, asked


async def _all_is_there_once(stage: Stage, known: Known) -> None:
    def missing() -> list[Event]:
        raws = set(stage.known.stored.values())
        return [read_event(raw) for raw in {*known.safe, *map(encode, stage.recorded)} - raws]

    try:
        await stage.until(lambda: not missing())
    except TimeoutError:
        raise AssertionError(f"lost: {missing()}") from None
    [log] = {log for log, _ in stage.known.stored}
    assert stage.known.wanted(log) - 1 == len(stage.known.stored)
    await stage.walk(OUTER, INNER)
    await stage.until(lambda: not missing())
    ins = outs = 0
    whole = True
    for event in stage.known.events():
        match event.read():
            case FootfallData() as crossing:
                counted = (ins + crossing.ins, outs + crossing.outs)
                now = ins, outs = crossing.total_ins, crossing.total_outs
                assert now == counted if whole else now >= counted, (event, counted)
                whole = True
            case DroppedData():
                whole = False
            case _:
                pass


async def _no_plan_goes_back(stage: Stage) -> None:
    version = stage.status().plan_version or 0
    if version > 1:
        await stage.plan_of(version - 1)
        assert not stage.applied()[-1].applied
        assert stage.status().plan_version == version
