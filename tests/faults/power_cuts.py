"""A busy hour at a real agent, kept step by step, and its power cut at any of those steps."""

import asyncio
import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from firmware_sim.simulated_disk import DiskStep, VirtualMedium
from tests.edge.hall import INNER, OUTER, run
from tests.edge.lobby import KEY_HOLDER, LOOP, STAFF
from tests.faults.known import Known, Note
from tests.faults.simulated_edge import BRIEF_CODE, CLOSES, RENEWS, SET, Recording, SimulatedEdge, enrolled, newcomer
from tests.virtual_time import VirtualClock


async def busy_hour(simulated: SimulatedEdge) -> None:
    """Doors, codes, counters, plans, acknowledgements, lock-out, fire, a broken line, a restart, the alarm, and a
    change of every key."""
    await simulated.hear_hello()
    await simulated.next_plan()
    await simulated.visit(4)
    assert (await simulated.ask(BRIEF_CODE)).granted
    assert (await simulated.ask(simulated.offline())).granted
    await simulated.change_signing_key()
    assert await simulated.refuse_retired_keys()
    await simulated.press_to_exit()
    await simulated.pass_through(OUTER, INNER, people=200)
    await simulated.drive(LOOP, True)
    await asyncio.sleep(20)
    await simulated.press_to_exit()
    await simulated.pass_through(INNER, OUTER, people=200)
    await simulated.drive(LOOP, False)
    await simulated.visit(2)
    assert (await simulated.ask(KEY_HOLDER)).granted
    for number in range(5):
        await simulated.ask(f"70913{number}")
    await asyncio.sleep(31)
    for number in range(3):
        await simulated.ask(f"70913{number}")
    await asyncio.sleep(61)
    assert simulated.link is not None
    simulated.link.cut()
    await simulated.visit(4)
    simulated.link.repair()
    await simulated.next_plan()
    await simulated.stop()
    assert simulated.clock.now() > RENEWS
    await simulated.start()
    await simulated.hear_hello()
    await simulated.press_to_exit()
    await simulated.pass_through(OUTER, INNER, people=200)
    await simulated.press_to_exit()
    await simulated.pass_through(INNER, OUTER, people=200)
    await simulated.identity_applied()
    assert simulated.known.holds.key != simulated.known.issues[0].key
    await simulated.visit(4)
    await simulated.order(simulated.command("recount", args={"counter": "front-beams", "inside": 0}))
    await simulated.change_keys_of_the_edge()
    assert (await simulated.ask(simulated.offline())).granted
    assert simulated.outputs[SET][-1] is False
    await asyncio.sleep((CLOSES + timedelta(minutes=17) - simulated.clock.now()) / timedelta(seconds=1))
    assert simulated.outputs[SET][-1] is True
    await simulated.next_plan()
    assert (await simulated.ask(STAFF)).granted
    await asyncio.sleep(1)
    assert simulated.outputs[SET][-1] is False
    await simulated.visit(2)


def recorded_hour(seed: int) -> Recording:
    """The busy hour, played once. The same seed gives the same steps in the same order."""

    async def main(clock: VirtualClock) -> Recording:
        simulated = SimulatedEdge(clock, enrolled(), newcomer(), synchronised=True)
        await simulated.start()
        try:
            await busy_hour(simulated)
            assert not simulated.refused
            return simulated.recording
        finally:
            await simulated.close()

    return run(main, seed=f"hour {seed}")


class Cut(NamedTuple):
    """Power has gone. ``during``: which file was being written, or nothing. ``at``: when it was."""

    left: VirtualMedium
    known: Known
    at: datetime
    during: str


def cuts(recording: Recording, points: Iterable[int], seed: int) -> Iterator[Cut]:
    """Cut a run before the entries of those numbers, in rising order; what each leaves depends on ``seed``. One in
    eight times it is but kill -9."""
    medium, known, entries = recording.left.copy(), recording.known.copy(), iter(recording.entries)
    done = 0
    for point in points:
        while done < point:
            note = (entry := next(entries)).note
            if isinstance(note, DiskStep):
                medium.take(note)
            else:
                known.note(entry)
            done += 1
        at = recording.entries[point].at
        chance = random.Random(f"{seed} {point}")
        left = medium.copy() if chance.random() < 0.125 else medium.cut(chance.getrandbits(32))
        yield Cut(left, known.cut(at), recording.began + timedelta(seconds=at), during(recording.entries[point].note))


def during(note: Note) -> str:
    """What the disk was at work on."""
    if not isinstance(note, DiskStep):
        return "nothing"
    path = note.path.removesuffix(".new")
    if note.act == "sync" and path in ("", "outbox", "plan", "plan/parts", "offline"):
        return f"names in {path or 'the folder'}"
    if path.endswith(".log"):
        return "events"
    return "plan parts" if path.startswith("plan/parts/") else path


def some_points(recording: Recording, number: int, seed: int) -> list[int]:
    """So many points of a run, every file hit as often as any other."""
    kinds: dict[str, list[int]] = {}
    for at, entry in enumerate(recording.entries):
        kinds.setdefault(during(entry.note), []).append(at)
    chance, names = random.Random(seed), sorted(kinds)
    chance.shuffle(names)
    return sorted(chance.choice(kinds[names[at % len(names)]]) for at in range(number))
