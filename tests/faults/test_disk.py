"""The edge's disk becomes read-only, fills up, or is put back to an old copy: the doors go on, and nothing is lost but
what must go where no room is left."""

import asyncio
import shutil

import aiomqtt
import pytest

from edge.wire.events import PlanData
from edge.wire.faults import FaultCode
from firmware_sim import provision
from firmware_sim.pi_faults import DiskState
from tests.faults.ledger import SITE, Stored
from tests.faults.trial import Trial

PLAN, PARTS = (f"hk/1/{SITE}/ramsey-pi/plan{name}" for name in ("", "/part/#"))


def _disk(trial: Trial, state: DiskState, room: int = 0) -> None:
    trial.hub.gate.set_hardware(SITE, disk=state, room=room)


async def _people_come_and_go(trial: Trial, people: int = 2) -> None:
    trial.ledger.send(people)
    await trial.opens()
    await trial.refuses()
    await trial.ledger.everybody_gone()


async def _cut(trial: Trial) -> None:
    trial.hub.set_network(SITE, False)


async def _repair(trial: Trial) -> None:
    trial.hub.set_network(SITE, True)
    await trial.hub.online(SITE)
    await trial.ledger.all_stored()


def _said_of_the_disk(stored: list[Stored]) -> list[bool]:
    return [
        event["data"]["present"]
        for event in stored
        if event["kind"] == "fault" and event["data"]["code"] == FaultCode.DISK_REFUSES
    ]


async def _heard(trial: Trial, *said: bool) -> None:
    """The controller has received exactly the disk faults ``said``."""

    async def heard() -> bool:
        return _said_of_the_disk(await trial.ledger.stored())[-len(said) :] == [*said]

    await trial.hub.until(heard, f"the controller has heard {said} of the disk")


async def _read_only_at_work(trial: Trial) -> None:
    """All of it reaches the controller at once although none of it is on the disk; the fault is on *Now*."""
    _disk(trial, DiskState.READ_ONLY)
    await _people_come_and_go(trial)
    await _heard(trial, True)
    await trial.ledger.all_stored()
    alerts = (await trial.hub.api.get(f"/sites/{SITE}/alerts"))["items"]
    assert any("the disk cannot be written" in alert["text"] for alert in alerts)
    _disk(trial, DiskState.SOUND)
    await _heard(trial, True, False)


async def _read_only_for_good(trial: Trial) -> None:
    """A card that takes nothing any more, and then the power goes: what went out from memory is the controller's, and
    the run after it begins a log of its own."""
    _disk(trial, DiskState.READ_ONLY)
    await _people_come_and_go(trial)
    await trial.ledger.all_stored()
    await trial.pull_the_plug()
    await trial.wakes()
    await trial.hub.online(SITE)
    await _people_come_and_go(trial)
    await trial.ledger.all_stored()
    _disk(trial, DiskState.SOUND)
    await _heard(trial, True, False)


async def _refused_from_the_start(trial: Trial, state: DiskState) -> None:
    """The plan can be read, so that the code opens before there is a network."""
    await _cut(trial)
    await trial.hub.pis[SITE].stop()
    _disk(trial, state)
    await trial.wakes(machine=False)
    await _people_come_and_go(trial)
    _disk(trial, DiskState.SOUND)
    await _repair(trial)
    await _heard(trial, True, False)


async def _full_with_the_line_cut(trial: Trial) -> None:
    """Room is made of what matters least."""
    await _cut(trial)
    await _people_come_and_go(trial)
    _disk(trial, DiskState.FULL)
    await _people_come_and_go(trial)
    _disk(trial, DiskState.SOUND)
    await _repair(trial)
    assert any(event["kind"] == "dropped" for event in await trial.ledger.stored())


async def _plan_on_the_broker(trial: Trial) -> list[tuple[str, bytes]]:
    """The retained plan: parts first, the manifest last."""
    found: dict[str, bytes] = {}
    async with aiomqtt.Client("127.0.0.1", trial.hub.broker_port, protocol=aiomqtt.ProtocolVersion.V5) as listener:
        await listener.subscribe(PARTS, qos=1)
        await listener.subscribe(PLAN, qos=1)
        async with asyncio.timeout(60):
            async for message in listener.messages:
                assert isinstance(message.payload, bytes)
                found[str(message.topic)] = message.payload
                if str(message.topic) == PLAN:
                    break
    return [*found.items()]


async def _put_back_to_an_old_copy(trial: Trial) -> None:
    """It goes by the old plan until it is online, for longer than the copy is old; then by the newest, and by no older
    one ever again."""
    folder = trial.hub.folder / "edges" / SITE / provision.DATA
    copy = folder.with_name("copy")
    old_plan = await _plan_on_the_broker(trial)
    await trial.hub.pis[SITE].stop()
    await asyncio.to_thread(shutil.copytree, folder, copy)
    await trial.wakes()
    await trial.hub.online(SITE)
    newer = await trial.ledger.code("hall")
    await _people_come_and_go(trial, 1)
    await trial.ledger.all_stored()
    await trial.pull_the_plug()
    await asyncio.to_thread(shutil.rmtree, folder)
    await asyncio.to_thread(copy.rename, folder)
    await _cut(trial)
    await trial.wakes()
    await _people_come_and_go(trial, 4)
    await _repair(trial)
    await trial.opens(newer)
    async with aiomqtt.Client("127.0.0.1", trial.hub.broker_port, protocol=aiomqtt.ProtocolVersion.V5) as attacker:
        for topic, payload in old_plan:
            await attacker.publish(topic, payload, qos=1)

    async def refused() -> bool:
        plans = [event.read() for event in trial.hub.world.reported[SITE].recent if event.kind == "plan"]
        return isinstance(plans[-1], PlanData) and not plans[-1].applied

    await trial.hub.until(refused, "the edge has refused the older plan")
    await trial.opens(newer)


@pytest.mark.faults_full
async def test_a_disk_that_accepts_no_write_or_returns_old_data(trial: Trial) -> None:
    await trial.begin(2)
    await _read_only_at_work(trial)
    await trial.ends_well(scenario="a disk that becomes read-only at work")
    await _full_with_the_line_cut(trial)
    await trial.ends_well(scenario="a full disk with the line cut", remark="crossings dropped, totals true")
    await _put_back_to_an_old_copy(trial)
    await trial.ends_well(scenario="a disk put back to an old copy", logs=2)


@pytest.mark.faults_full
@pytest.mark.parametrize("state", [DiskState.FULL, DiskState.READ_ONLY])
async def test_a_disk_that_accepts_no_write_from_the_start(trial: Trial, state: DiskState) -> None:
    await trial.begin()
    await _refused_from_the_start(trial, state)
    await trial.ends_well(scenario=f"a disk {state} from the start")


@pytest.mark.faults_full
async def test_a_permanently_read_only_disk(trial: Trial) -> None:
    await trial.begin()
    await _read_only_for_good(trial)
    await trial.ends_well(scenario="a disk read-only for good, and a power cut", logs=2)
