"""The line between an edge and its controller fails in every way that lines do."""

import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from firmware_sim.edge_line import ON_TIME, Disorder, Fate, unruly
from tests.faults.doctored import each_check_can_fail
from tests.faults.ledger import CODE_DOOR, SITE
from tests.faults.orders import COMMAND, RESULT, broker, health, outcome_of, send, unlocking
from tests.faults.trial import Trial

TOO_LATE_S = 0.5
"""A command lives ten seconds, which at thirty times the pace are a third of one."""


def _about(topic: str, fate: Fate) -> Disorder:
    """That fate for messages of one topic."""
    return lambda message: fate if topic.encode() in message else ON_TIME


async def _offline(trial: Trial) -> None:
    async def offline() -> bool:
        return not (await trial.hub.api.get(f"/sites/{SITE}/now"))["edges"][0]["online"]

    await trial.hub.until(offline, "the controller says that the edge is offline")


async def _repair(trial: Trial) -> None:
    line = trial.hub.lines[SITE]
    line.disorder = None
    trial.hub.set_network(SITE, True)
    await trial.hub.online(SITE)


async def _nothing_heard(trial: Trial) -> None:
    """Fails if the controller has what the edge has recorded last."""
    last = trial.ledger.reported.last
    assert last is not None
    times = {datetime.fromisoformat(event["at"]) for event in await trial.ledger.stored()}
    assert last.at not in times


async def _cut(trial: Trial) -> None:
    """Refused connections: codes work, and people are counted."""
    trial.hub.set_network(SITE, False)
    await trial.opens()
    await trial.refuses()
    trial.ledger.send(4)
    await trial.ledger.everybody_gone()
    await _nothing_heard(trial)
    await _repair(trial)


async def _silent(trial: Trial) -> None:
    """Neither end learns anything, and nothing that was sent arrives."""
    trial.hub.lines[SITE].silence()
    trial.ledger.send(4)
    await trial.opens()
    await trial.refuses()
    await trial.ledger.everybody_gone()
    await _nothing_heard(trial)
    await _repair(trial)


async def _unruly(trial: Trial, seed: str = "unruly", guests: int = 8, late_s: float = 0.8) -> str:
    """Events up, and plans, acknowledgements and hellos down come twice, late and out of order; how many."""
    line = trial.hub.lines[SITE]
    before = (line.toll.repeated, line.toll.late, line.toll.overtaken)
    line.disorder = unruly(seed, repeats=0.4, delays=0.4, late_s=late_s)
    trial.ledger.send(guests)
    await trial.opens(await trial.ledger.code("meeting-room", lasts=timedelta(minutes=25)))
    await trial.refuses()
    await trial.ledger.everybody_gone()
    # Through the same line, while it is still as it is.
    await trial.ledger.all_stored()
    after = (line.toll.repeated, line.toll.late, line.toll.overtaken)
    assert all(more > less for more, less in zip(after, before, strict=True)), (before, after)
    await _repair(trial)
    repeated, late, overtaken = (more - less for more, less in zip(after, before, strict=True))
    return f"{repeated} messages twice, {late} late, {overtaken} out of order"


async def _command_late(trial: Trial) -> None:
    """Unlock once, ordered by somebody at a screen, comes after its time: nothing opens, and the screen says so."""
    trial.hub.lines[SITE].disorder = _about(COMMAND, (TOO_LATE_S,))
    order = {"kind": "unlock", "reason": "somebody forgot the code"}
    ordered = await trial.hub.api.post(f"/sites/{SITE}/doors/{CODE_DOOR}/commands", order)

    async def refused() -> bool:
        return bool((await trial.hub.api.get(f"/commands/{ordered['id']}"))["outcome"] == "refused")

    await trial.hub.until(refused, "the command was refused")
    assert (await trial.hub.api.get(f"/commands/{ordered['id']}"))["why"] == "the command came too late"
    await _repair(trial)


async def _command_twice(trial: Trial) -> None:
    """Unlock once comes a second time, when the door has locked again and the command is still in time: once it is."""
    trial.lawful["command"] += 1
    before = await health(trial.hub, "command_refused")
    trial.hub.lines[SITE].disorder = _about(COMMAND, (0.0, 0.3))
    async with broker(trial.hub) as client:
        await client.subscribe(RESULT, qos=1)
        order = await unlocking(trial.hub)
        await send(trial.hub, client, order)
        assert (await outcome_of(client, order)).outcome == "done"

    async def refused() -> bool:
        return await health(trial.hub, "command_refused") > before

    await trial.hub.until(refused, "the second copy was refused")
    await _repair(trial)


async def test_a_cut_silent_disordered_or_slow_line_loses_nothing_and_opens_nothing(trial: Trial) -> None:
    await trial.begin()
    await _cut(trial)
    await trial.ends_well(scenario="a line that is cut")
    await _silent(trial)
    await trial.ends_well(scenario="a line that falls silent")
    remark = await _unruly(trial)
    await trial.ends_well(scenario="an unruly line", remark=remark)
    await _command_late(trial)
    await trial.ends_well(scenario="a command that comes late")
    await _command_twice(trial)
    stored = await trial.ends_well(scenario="a command that comes twice")
    each_check_can_fail(trial, stored)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(5))
async def test_a_line_disordered_for_long_loses_nothing_and_opens_nothing(trial: Trial, seed: int) -> None:
    """Up to ninety seconds of the hub's time late."""
    await trial.begin()
    remark = await _unruly(trial, seed=str(seed), guests=40, late_s=3.0)
    await trial.ends_well(remark=remark)


@pytest.mark.faults_full
async def test_a_line_silent_until_both_ends_give_up_loses_nothing(trial: Trial) -> None:
    """The broker waits one and a half times the keep-alive before it says that the edge is gone."""
    await trial.begin()
    trial.hub.lines[SITE].silence()
    trial.ledger.send(10)
    await trial.opens()
    await _offline(trial)
    await trial.refuses()
    await _repair(trial)
    await trial.ends_well()


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(3))
async def test_an_intermittent_line_loses_nothing_and_opens_nothing(trial: Trial, seed: int) -> None:
    """Cut, silent, unruly and repaired a dozen times, mostly in the middle of something."""
    chance, line = random.Random(seed), trial.hub.lines[SITE]

    def unruly_() -> None:
        trial.hub.set_network(SITE, True)
        line.disorder = unruly(str(chance.random()), repeats=0.5, delays=0.5, late_s=2.0)

    states: list[Callable[[], None]] = [line.cut, line.silence, unruly_, lambda: trial.hub.set_network(SITE, True)]

    async def wrong_then_right() -> None:
        await trial.refuses()
        await trial.opens()

    acts: list[Callable[[], Awaitable[None]]] = [trial.opens, wrong_then_right, trial.ledger.everybody_gone]
    await trial.begin()
    for _ in range(12):
        trial.ledger.send(2)
        chance.choice(states)()
        await chance.choice(acts)()
    await _repair(trial)
    await trial.ends_well()
