"""A busy hour at a real agent, kept step by step, and its power cut at any of those steps."""

import asyncio
import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from firmware_sim.power_cut import DiskStep, VirtualMedium
from firmware_sim.virtual import VirtualClock
from tests.edge.hall import INNER, OUTER, run
from tests.edge.lobby import KEY_HOLDER, LOOP, STAFF
from tests.faults.known import Known, Note
from tests.faults.stage import BRIEF_CODE, CLOSES, RENEWS, SET, Recording, Stage, enrolled, newcomer


async def busy_hour(stage: Stage) -> None:
    """Doors, codes, counters, plans, acknowledgements, lock-out, fire, a broken line, a restart, the alarm, and a
    change of every key."""
    await stage.hear_hello()
    await stage.next_plan()
    await stage.visit(4)
    assert (await stage.ask(BRIEF_CODE)).granted
    assert (await stage.ask(stage.offline())).granted
    await stage.change_signing_key()
    assert await stage.refuse_retired_keys()
    await stage.press_to_exit()
    await stage.pass_through(OUTER, INNER, people=200)
    await stage.drive(LOOP, True)
    await asyncio.sleep(20)
    await stage.press_to_exit()
    await stage.pass_through(INNER, OUTER, people=200)
    await stage.drive(LOOP, False)
    await stage.visit(2)
    assert (await stage.ask(KEY_HOLDER)).granted
    for number in range(5):
        await stage.ask(f"70913{number}")
    await asyncio.sleep(31)
    for number in range(3):
        await stage.ask(f"70913{number}")
    await asyncio.sleep(61)
    assert stage.link is not None
    stage.link.cut()
    await stage.visit(4)
    stage.link.repair()
    await stage.next_plan()
    await stage.stop()
    assert stage.clock.now() > RENEWS
    await stage.start()
    await stage.hear_hello()
    await stage.press_to_exit()
    await stage.pass_through(OUTER, INNER, people=200)
    await stage.press_to_exit()
    await stage.pass_through(INNER, OUTER, people=200)
    await stage.identity_applied()
    assert stage.known.holds.key != stage.known.issues[0].key
    await stage.visit(4)
    await stage.order(stage.command("recount", args={"counter": "front-beams", "inside": 0}))
    await stage.change_keys_of_the_edge()
    assert (await stage.ask(stage.offline())).granted
    assert stage.outputs[SET][-1] is False
    await asyncio.sleep((CLOSES + timedelta(minutes=17) - stage.clock.now()) / timedelta(seconds=1))
    assert stage.outputs[SET][-1] is True
    await stage.next_plan()
    assert (await stage.ask(STAFF)).granted
    await asyncio.sleep(1)
    assert stage.outputs[SET][-1] is False
    await stage.visit(2)


def recorded_hour(seed: int) -> Recording:
    """The busy hour, played once. The same seed gives the same steps in the same order."""

    async def main(clock: VirtualClock) -> Recording:
        stage = Stage(clock, enrolled(), newcomer(), synchronised=True)
        await stage.start()
        try:
            await busy_hour(stage)
            assert not stage.refused
            return stage.recording
        finally:
            await stage.close()

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
