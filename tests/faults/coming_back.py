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
    AccessData,
    DroppedData,
    Event,
    FootfallData,
    read_event,
)
from firmware_sim.circuit import Circuit
from firmware_sim.virtual import VirtualClock
from tests.edge.hall import INNER, OUTER, REX, SECRET, STRIKE, ZERO, run
from tests.edge.lobby import (
    INNER_RELAY,
    INNER_REX,
)
from tests.faults.known import Known
from tests.faults.power_cuts import Cut
from tests.faults.stage import BRIEF, BRIEF_CODE, SET, Recording, Stage, code, offline_now

OFFLINE_END = ZERO + timedelta(minutes=15)
"""When the offline code that was used early in the hour is over."""


WAYS_OUT = (
    (REX, STRIKE, Circuit()),
    (INNER_REX, INNER_RELAY, Circuit(lock="maglock", fail="safe")),
)


class Figures(NamedTuple):
    """What a cut came to. ``recorded``: so many events, in the run that it ended and in the next. ``lost``: those that
    power took with it, by kind, all of them young. ``refused``: so many codes and orders were; ``out``: by so many
    doors somebody got out."""

    recorded: int
    lost: Counter[str]
    refused: int
    out: int


class Result(NamedTuple):
    """``recording``: of the run after the cut."""

    recording: Recording
    figures: Figures


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
            _no_identity_goes_back(stage, cut.known)
            await _everybody_gets_out(stage, cut.known)
            await _nobody_gets_in(stage, cut.known, chance, synchronised=synchronised)
            await stage.identity_applied()
            await stage.hear_hello()
            await _all_is_there_once(stage, cut.known)
            refused = await stage.refuse_retired_keys()
            await _it_goes_on(stage, synchronised=synchronised)
            await _no_plan_goes_back(stage)
            assert not stage.refused
            raws = set(stage.known.stored.values())
            lost = Counter(event.kind for _, event in cut.known.fresh if encode(event) not in raws)
            refused += sum(not asked.granted for asked in stage.data(AccessData))
            recorded = len(cut.known.fresh) + len(stage.recorded)
            return Result(stage.recording, Figures(recorded, lost, refused, len(WAYS_OUT)))
        finally:
            await stage.close()

    return run(main, zero=cut.at + off, seed=f"back {seed}")


async def _everybody_gets_out(stage: Stage, known: Known) -> None:
    fire, is_set = stage.outer_open(), stage.outputs[SET][-1]
    assert fire in known.fire, (fire, known.fire)
    assert is_set in known.is_set, (is_set, known.is_set)
    stage.known.fire, stage.known.is_set = frozenset({fire}), frozenset({is_set})
    for pin, relay, circuit in WAYS_OUT:
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
    now, retired = stage.clock.now(), stage.known.retired_secrets(stage.status().identity_version)
    over += [(BRIEF_CODE, now >= BRIEF.end), (offline_now(SECRET, ZERO), now >= OFFLINE_END)]
    over += [(offline_now(secret, now), True) for secret in retired]
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


async def _it_goes_on(stage: Stage, *, synchronised: bool) -> None:
    """What its controller signs now is carried out: a command, and a new plan with another code."""
    # A new identity may have brought another session with them.
    await stage.hear_hello()
    done = len(stage.results())
    await stage.order(stage.command("recount", args={"counter": "front-beams", "inside": 0}))
    await stage.until(lambda: len(stage.results()) > done)
    assert stage.results()[-1].outcome == "done", stage.results()[-1]
    await stage.next_plan()
    asked = await stage.ask(code(stage.known.applied))
    if asked.reason is Reason.LOCKED_OUT:
        assert stage.known.lock_outs or any(event.kind == "lockout" for _, event in stage.known.fresh)
    elif synchronised:
        assert asked.granted, asked


def _no_identity_goes_back(stage: Stage, known: Known) -> None:
    assert known.held <= stage.config.identity.issued.version <= known.owed.version


async def _no_plan_goes_back(stage: Stage) -> None:
    version = stage.known.applied
    if version > 1:
        await stage.plan_of(version - 1)
        assert not stage.applied()[-1].applied
        assert stage.status().plan_version == version
