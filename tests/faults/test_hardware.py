"""What is screwed to the door fails: a relay that sticks, a contact on a loose wire, a beam that is dead. The edge
tells once, goes on, and lets everybody out; when it is repaired all is well."""

import random
from collections.abc import Awaitable, Callable

import pytest

from edge.doors.door_contact import PASSAGES
from edge.sensors.debounced_input import MOST
from edge.sensors.footfall import ALONE
from edge.wire.faults import Fault, FaultCode
from firmware_sim import lock_circuit
from firmware_sim.errors import SimError
from firmware_sim.ground_truth import Way
from firmware_sim.visitor_behaviour import think_again
from tests.faults.ledger import BUSY_DOOR, CODE_DOOR, SITE
from tests.faults.trial import Trial

NEVER_OPEN, CHATTERS = Fault(FaultCode.CONTACT_NEVER_OPEN), Fault(FaultCode.INPUT_CHATTERS, "contact")
NOT_RELEASED, NOT_LOCKED = Fault(FaultCode.LOCK_NOT_RELEASED), Fault(FaultCode.LOCK_NOT_LOCKED)


async def told(trial: Trial, what: Fault, *present: bool) -> None:
    """Wait until the controller has received exactly the states ``present`` of a fault."""

    states: list[bool] = []

    async def heard() -> bool:
        states[:] = [
            event["data"]["present"]
            for event in await trial.ledger.stored()
            if event["kind"] == "fault"
            and (event["data"]["code"], event["data"].get("part", "")) == (what.code, what.part)
        ]
        return states == [*present]

    try:
        await trial.hub.until(heard, f"the controller has heard of {what!r}: {present}")
    except SimError as error:
        error.add_note(f"it has heard {states}")
        raise


async def on_now(trial: Trial, door: str, fault: Fault | None) -> None:
    """Wait until *Now* shows that fault at the door, or none."""

    async def shown() -> bool:
        doors = (await trial.hub.api.get(f"/sites/{SITE}/now"))["doors"]
        found = [(one["code"], one["part"]) for each in doors if each["id"] == door for one in each["faults"]]
        return found == ([(fault.code, fault.part)] if fault is not None else [])

    await trial.hub.until(shown, f"the live page shows {fault!r} at {door}")


async def whoever_is_inside_gets_out(trial: Trial) -> None:
    outs = trial.hub.world.truth.count(SITE, Way.OUT, CODE_DOOR)
    await trial.gets_out()
    assert trial.hub.world.truth.count(SITE, Way.OUT, CODE_DOOR) == outs + 1


async def comes_in(trial: Trial) -> None:
    """Somebody comes in by the front door, which is released."""
    assert (await trial.hub.runner.walk_in(SITE, CODE_DOOR)).done


def rewire(trial: Trial, stuck: bool | None) -> None:
    trial.hub.runner.catch_up()
    trial.site.doorway(CODE_DOOR).rewire(stuck=stuck)


async def a_relay_that_is_dead(trial: Trial) -> None:
    """A right code clicks no lock: that is reported until the lock works again, and nobody is kept inside."""
    await trial.opens()
    rewire(trial, False)
    await trial.granted_in_vain()
    await told(trial, NOT_RELEASED, True)
    await on_now(trial, CODE_DOOR, NOT_RELEASED)
    assert not trial.site.doorway(CODE_DOOR).circuit.released
    rewire(trial, None)
    await trial.opens()
    await told(trial, NOT_RELEASED, True, False)
    await on_now(trial, CODE_DOOR, None)


async def a_relay_that_is_welded(trial: Trial) -> None:
    """The lock that a code released stays released: that is reported, and people inside get out."""
    await trial.opens()
    rewire(trial, True)
    await told(trial, NOT_LOCKED, True)
    await on_now(trial, CODE_DOOR, NOT_LOCKED)
    assert trial.site.doorway(CODE_DOOR).circuit.released
    await comes_in(trial)
    await whoever_is_inside_gets_out(trial)
    rewire(trial, None)
    await told(trial, NOT_LOCKED, True, False)
    await on_now(trial, CODE_DOOR, None)


async def a_contact_that_chatters(trial: Trial, *, every_s: float = 0.025, for_s: float = 60.0) -> str:
    """Nobody knows whether the library door is shut: one fault, no flood, people go on by it and codes at the other."""
    site, reported = trial.site, trial.ledger.reported
    before = reported.events
    trial.hub.runner.catch_up()
    contact = site.doorway(BUSY_DOOR).facts.contact
    trial.hub.world.timeline.spawn(site.wire_faults.chatter(contact, every_s=every_s, for_s=for_s))
    trial.ledger.send(4)
    await told(trial, CHATTERS, True)
    found = reported.events
    assert found - before <= 4 * MOST + 30
    await on_now(trial, BUSY_DOOR, CHATTERS)
    await trial.opens()
    await trial.refuses()
    await trial.ledger.everybody_gone()
    await told(trial, CHATTERS, True)
    # Those who came and went, the codes and the lock; nothing of some thousands of changes.
    assert reported.events - found <= 60
    await told(trial, CHATTERS, True, False)
    await on_now(trial, BUSY_DOOR, None)
    return f"{round(for_s / every_s)} changes of a contact made {found - before} events"


async def a_contact_that_always_says_shut(trial: Trial) -> None:
    """A magnet that has come off, a short: people who are counted through a door that says shut give it away."""
    contact = trial.site.doorway(BUSY_DOOR).facts.contact
    trial.hub.runner.catch_up()
    trial.site.wire_faults.stick(contact, lock_circuit.CONTACT_CLOSED)
    trial.ledger.send(PASSAGES)
    await told(trial, NEVER_OPEN, True)
    await on_now(trial, BUSY_DOOR, NEVER_OPEN)
    trial.hub.runner.catch_up()
    trial.site.wire_faults.stick(contact, None)
    trial.ledger.send(1)
    await told(trial, NEVER_OPEN, True, False)
    await trial.ledger.everybody_gone()


async def a_beam_that_is_blocked(trial: Trial) -> None:
    """Nobody is counted while it is blocked or when it clears. The other door's counter keeps working."""
    what, outer = Fault(FaultCode.BEAM_BLOCKED, "outer"), trial.site.doorway(CODE_DOOR).facts.counter.outer
    trial.hub.runner.catch_up()
    trial.site.wire_faults.stick(outer, not lock_circuit.BEAM_CLEAR)
    trial.ledger.send(3)
    await told(trial, what, True)
    trial.hub.runner.catch_up()
    trial.site.wire_faults.stick(outer, None)
    await told(trial, what, True, False)
    await trial.ledger.everybody_gone()


async def a_beam_that_is_dead(trial: Trial) -> None:
    """Of many who break one beam the other sees nobody: that is reported, nobody is invented, and it ends by itself."""
    what, inner = Fault(FaultCode.BEAM_DEAD, "inner"), trial.site.doorway(BUSY_DOOR).facts.counter.inner
    trial.hub.runner.catch_up()
    trial.site.wire_faults.stick(inner, lock_circuit.BEAM_CLEAR)
    rng = random.Random("dead beam")
    for number in range(ALONE + 1):
        await trial.hub.runner.act(think_again(trial.site, BUSY_DOOR, f"hesitant-{number}", rng))
    await told(trial, what, True)
    trial.hub.runner.catch_up()
    trial.site.wire_faults.stick(inner, None)
    trial.ledger.send(2)
    await told(trial, what, True, False)
    await trial.ledger.everybody_gone()


HardwareFault = Callable[[Trial], Awaitable[str | None]]
LOCKS_AND_CONTACTS: list[HardwareFault] = [a_relay_that_is_dead, a_relay_that_is_welded, a_contact_that_chatters]
WHAT_COUNTS: list[HardwareFault] = [a_contact_that_always_says_shut, a_beam_that_is_blocked, a_beam_that_is_dead]


async def play(trial: Trial, faults: list[HardwareFault]) -> None:
    await trial.begin()
    for play_fault in faults:
        remark = await play_fault(trial)
        await trial.ends_well(scenario=play_fault.__name__.replace("_", " "), remark=remark or "")


@pytest.mark.faults_full
async def test_a_failing_door_part_is_reported_once_and_locks_nobody_in(trial: Trial) -> None:
    await play(trial, LOCKS_AND_CONTACTS)


@pytest.mark.faults_full
async def test_a_failing_counter_is_reported_once_and_invents_no_person(trial: Trial) -> None:
    await play(trial, WHAT_COUNTS)


@pytest.mark.faults_full
@pytest.mark.parametrize("every_s", [0.01, 0.025, 0.1, 0.5])
async def test_ten_minutes_of_chatter_produce_no_more_events_than_one_minute(trial: Trial, every_s: float) -> None:
    await trial.begin()
    remark = await a_contact_that_chatters(trial, every_s=every_s, for_s=600.0)
    await trial.ends_well(remark=remark)


@pytest.mark.faults_full
async def test_a_welded_relay_is_reported_again_after_a_restart(trial: Trial) -> None:
    await trial.begin()
    await trial.opens()
    rewire(trial, True)
    await told(trial, NOT_LOCKED, True)
    await trial.pull_the_plug()
    await comes_in(trial)
    await whoever_is_inside_gets_out(trial)
    await trial.wakes()
    await told(trial, NOT_LOCKED, True, True)
    rewire(trial, None)
    await told(trial, NOT_LOCKED, True, True, False)
    await trial.ends_well()
