"""The disk of the edge or the controller takes seconds to write anything, or that of the controller is full."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

import pytest

from firmware_sim.errors import ApiRefused
from tests.faults.ledger import SITE
from tests.faults.trial import Trial
from tests.services.failing_disk import full_disk, slow_disk

SLOW_S = 5.0
"""Real seconds that an edge's disk needs for each sync."""
SLOW_DATABASE_S = 1.0


def _now_s() -> float:
    return asyncio.get_running_loop().time()


async def _room_refused(trial: Trial) -> int:
    """The status with which a booking is refused."""
    starts = trial.hub.clock.now() + timedelta(hours=1)
    body = {"space": "hall", "title": "Too much", "starts": starts.isoformat()}
    body["ends"] = (starts + timedelta(hours=1)).isoformat()
    with pytest.raises(ApiRefused) as refused:
        await trial.hub.api.post(f"/sites/{SITE}/bookings", body)
    return refused.value.status


@pytest.mark.faults_full
async def test_a_slow_disk_holds_up_no_door_and_loses_nothing(trial: Trial) -> None:
    hub, ledger = trial.hub, trial.ledger
    await trial.begin()
    await ledger.everybody_gone()
    async with slow_disk(hub.pis[SITE].pid, SLOW_S):
        ledger.send(4)
        began = _now_s()
        await trial.opens()
        took = _now_s() - began
        # What is sent is on the disk, so that it takes as long as the disk.
        await ledger.all_stored()
        assert took < SLOW_S <= _now_s() - began
        await trial.refuses()
        await ledger.everybody_gone()
    await hub.online(SITE)
    await trial.ends_well(
        scenario="a slow disk of the edge", remark=f"{SLOW_S:g} s for each sync; in and out by code in {took:.1f} s"
    )
    async with slow_disk(hub.controller.pid, SLOW_DATABASE_S):
        ledger.send(10)
        # A booking that is made meanwhile reaches the door, if late.
        began = _now_s()
        code = await ledger.code("hall")
        assert _now_s() - began >= SLOW_DATABASE_S
        await trial.opens(code)
        await trial.refuses()
        await ledger.everybody_gone()
    await hub.online(SITE)
    await trial.ends_well(scenario="a slow disk of the controller", remark=f"{SLOW_DATABASE_S:g} s for each sync")


@pytest.mark.faults_full
async def test_a_full_disk_of_the_controller_loses_no_event(trial: Trial) -> None:
    hub, ledger = trial.hub, trial.ledger
    await trial.begin()
    await ledger.everybody_gone()
    await ledger.all_stored()
    before = len(await ledger.stored())
    log, pid = hub.folder / "controller" / "data" / "hallkeeper.db-wal", hub.controller.pid
    async with full_disk(pid, log):
        ledger.send(6)
        await trial.opens()
        await trial.refuses()
        await ledger.everybody_gone()
        assert await _room_refused(trial) == HTTPStatus.INSUFFICIENT_STORAGE
        assert len(await ledger.stored()) == before
    await hub.online(SITE)
    assert hub.controller.pid == pid
    assert ledger.outages(await ledger.all_stored()) == []
    await trial.ends_well(scenario="a full disk of the controller")
