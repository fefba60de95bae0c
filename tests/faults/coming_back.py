"""Gives power back to what a cut has left, and looks at what came of it."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import NamedTuple

import msgspec

from edge.wire.access_decision import Reason
from edge.wire.codec import encode
from edge.wire.events import (
    AccessData,
    DroppedData,
    Event,
    FootfallData,
    read_event,
)
from firmware_sim.lock_circuit import Circuit
from tests.edge.hall import INNER, OUTER, REX, SECRET, STRIKE, ZERO, run
from tests.edge.lobby import (
    INNER_RELAY,
    INNER_REX,
)
from tests.faults.known import Known
from tests.faults.power_cuts import Cut
from tests.faults.simulated_edge import BRIEF, BRIEF_CODE, SET, Recording, SimulatedEdge, code, offline_now
from tests.virtual_time import VirtualClock

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
        simulated = SimulatedEdge(clock, cut.left, cut.known, synchronised=synchronised)
        await simulated.start()
        try:
            _no_identity_goes_back(simulated, cut.known)
            await _everybody_gets_out(simulated, cut.known)
            await _nobody_gets_in(simulated, cut.known, chance, synchronised=synchronised)
            await simulated.identity_applied()
            await simulated.hear_hello()
            await _all_is_there_once(simulated, cut.known)
            refused = await simulated.refuse_retired_keys()
            await _it_goes_on(simulated, synchronised=synchronised)
            await _no_plan_goes_back(simulated)
            assert not simulated.refused
            raws = set(simulated.known.stored.values())
            lost = Counter(event.kind for _, event in cut.known.fresh if encode(event) not in raws)
            refused += sum(not asked.granted for asked in simulated.data(AccessData))
            recorded = len(cut.known.fresh) + len(simulated.recorded)
            return Result(simulated.recording, Figures(recorded, lost, refused, len(WAYS_OUT)))
        finally:
            await simulated.close()

    return run(main, zero=cut.at + off, seed=f"back {seed}")


async def _everybody_gets_out(simulated: SimulatedEdge, known: Known) -> None:
    fire, is_set = simulated.outer_open(), simulated.outputs[SET][-1]
    assert fire in known.fire, (fire, known.fire)
    assert is_set in known.is_set, (is_set, known.is_set)
    simulated.known.fire, simulated.known.is_set = frozenset({fire}), frozenset({is_set})
    for pin, relay, circuit in WAYS_OUT:
        await simulated.drive(pin, False)
        await asyncio.sleep(0.1)
        now = msgspec.structs.replace(circuit, relay=simulated.level(relay))
        assert now.released
        assert now.opens_from_inside
        await simulated.drive(pin, True)
    await asyncio.sleep(6)


async def _nobody_gets_in(simulated: SimulatedEdge, known: Known, chance: random.Random, *, synchronised: bool) -> None:
    version = simulated.status().plan_version or 0
    assert known.applied <= version <= known.sent, (known.applied, version, known.sent)
    over = [(code(version - 1), version > 1)]
    now, retired = simulated.clock.now(), simulated.known.retired_secrets(simulated.status().identity_version)
    over += [(BRIEF_CODE, now >= BRIEF.end), (offline_now(SECRET, ZERO), now >= OFFLINE_END)]
    over += [(offline_now(secret, now), True) for secret in retired]
    useless = [digits for digits, useless in over if useless]
    waits = known.locked_until is not None and known.locked_until > simulated.clock.now() + timedelta(seconds=4)
    if useless:
        assert not (await simulated.ask(chance.choice(useless))).granted
    if not version:
        return
    asked = await simulated.ask(code(version))
    if waits:
        assert asked.reason is Reason.LOCKED_OUT, asked
    elif asked.reason is Reason.LOCKED_OUT:
        assert known.lock_outs
    elif synchronised:
        assert asked.granted, asked


async def _all_is_there_once(simulated: SimulatedEdge, known: Known) -> None:
    def missing() -> list[Event]:
        raws = set(simulated.known.stored.values())
        return [read_event(raw) for raw in {*known.safe, *map(encode, simulated.recorded)} - raws]

    try:
        await simulated.until(lambda: not missing())
    except TimeoutError:
        raise AssertionError(f"lost: {missing()}") from None
    [log] = {log for log, _ in simulated.known.stored}
    assert simulated.known.wanted(log) - 1 == len(simulated.known.stored)
    await simulated.walk(OUTER, INNER)
    await simulated.until(lambda: not missing())
    ins = outs = 0
    whole = True
    for event in simulated.known.events():
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


async def _it_goes_on(simulated: SimulatedEdge, *, synchronised: bool) -> None:
    """What its controller signs now is carried out: a command, and a new plan with another code."""
    # A new identity may have brought another session with them.
    await simulated.hear_hello()
    done = len(simulated.results())
    await simulated.order(simulated.command("recount", args={"counter": "front-beams", "inside": 0}))
    await simulated.until(lambda: len(simulated.results()) > done)
    assert simulated.results()[-1].outcome == "done", simulated.results()[-1]
    await simulated.next_plan()
    asked = await simulated.ask(code(simulated.known.applied))
    if asked.reason is Reason.LOCKED_OUT:
        assert simulated.known.lock_outs or any(event.kind == "lockout" for _, event in simulated.known.fresh)
    elif synchronised:
        assert asked.granted, asked


def _no_identity_goes_back(simulated: SimulatedEdge, known: Known) -> None:
    assert known.held <= simulated.config.identity.issued.version <= known.owed.version


async def _no_plan_goes_back(simulated: SimulatedEdge) -> None:
    version = simulated.known.applied
    if version > 1:
        await simulated.plan_of(version - 1)
        assert not simulated.applied()[-1].applied
        assert simulated.status().plan_version == version
