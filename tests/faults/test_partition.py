"""A partition in front of the broker: connections stay open, and one direction of them passes nothing.

At the edge's line and at the controller's, until those who wait for an answer have given up.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from controller.platform.mqtt_client import KEEPALIVE_S
from edge.net.mqtt_client import ANSWER_S, KEEP_ALIVE_S, LONGEST_REST_S
from firmware_sim.edge_line import EdgeLine
from firmware_sim.errors import ApiRefused
from firmware_sim.hub_processes import PATIENCE_S, SimHub
from tests.faults.conftest import at_eleven, plan_in
from tests.faults.ledger import CODE_DOOR, SITE
from tests.faults.trial import Trial
from tests.services.fork_client import ForkServer

GIVES_UP_S = 2 * max(KEEP_ALIVE_S, KEEPALIVE_S) + PATIENCE_S
"""Real seconds within which both ends have given up a connection: a client after twice its keep-alive."""
BACK_S = ANSWER_S + LONGEST_REST_S + PATIENCE_S
"""Real seconds within which an edge is online again: the try that is under way may end without an answer, and it rests
for as long as it may before the next."""


@pytest.fixture
async def hub(tmp_path: Path, fork_server: ForkServer) -> AsyncIterator[SimHub]:
    plan = msgspec.structs.replace(plan_in(tmp_path), controller_line=True)
    async with at_eleven(plan, fork_server) as hub:
        yield hub


async def _offline(trial: Trial) -> None:
    async def offline() -> bool:
        return not (await trial.hub.api.get(f"/sites/{SITE}/now"))["edges"][0]["online"]

    await trial.hub.until(offline, "the controller says that the edge is offline", within_s=GIVES_UP_S)


async def _not_ready(trial: Trial) -> None:
    async def not_ready() -> bool:
        return not await trial.hub.api.answers("/readyz")

    await trial.hub.until(not_ready, "the controller says that it has no broker", within_s=GIVES_UP_S)


async def _repair(trial: Trial, line: EdgeLine) -> None:
    line.repair()

    async def ready() -> bool:
        return await trial.hub.api.answers("/readyz")

    await trial.hub.until(ready, "the controller has a broker", within_s=BACK_S)
    await trial.hub.online(SITE, within_s=BACK_S)


async def _people_come_and_go(trial: Trial) -> None:
    trial.ledger.send(4)
    await trial.opens()
    await trial.refuses()
    await trial.ledger.everybody_gone()


async def _ordered_in_vain(trial: Trial) -> str:
    """Unlock once, ordered by somebody at a screen while no order arrives."""
    order = {"kind": "unlock", "reason": "somebody forgot the code"}
    return str((await trial.hub.api.post(f"/sites/{SITE}/doors/{CODE_DOOR}/commands", order))["id"])


async def _one_way(trial: Trial, line: EdgeLine, *, up: bool) -> None:
    line.silence(up=up, down=not up)
    await _people_come_and_go(trial)


@pytest.mark.faults_full
async def test_an_edges_line_that_passes_one_direction_loses_nothing_and_opens_nothing(trial: Trial) -> None:
    line = trial.hub.lines[SITE]
    await trial.begin()
    await _one_way(trial, line, up=True)
    await _offline(trial)
    await _people_come_and_go(trial)
    await _repair(trial, line)
    await trial.ends_well(scenario="the edge's line passes nothing up")

    await _one_way(trial, line, up=False)
    ordered = await _ordered_in_vain(trial)
    await _offline(trial)
    await _people_come_and_go(trial)
    await _repair(trial, line)
    assert (await trial.hub.api.get(f"/commands/{ordered}"))["outcome"] != "done"
    await trial.ends_well(scenario="the edge's line passes nothing down")


@pytest.mark.faults_full
async def test_a_controllers_line_that_passes_one_direction_or_none_loses_nothing_and_opens_nothing(
    trial: Trial,
) -> None:
    line = trial.hub.controller_line
    await trial.begin()
    await _one_way(trial, line, up=True)
    with pytest.raises(ApiRefused, match="commands are not queued"):
        await _ordered_in_vain(trial)
    await _not_ready(trial)
    await _people_come_and_go(trial)
    await _repair(trial, line)
    await trial.ends_well(scenario="the controller's line passes nothing up")

    await _one_way(trial, line, up=False)
    await _not_ready(trial)
    await _people_come_and_go(trial)
    await _repair(trial, line)
    await trial.ends_well(scenario="the controller's line passes nothing down")

    line.silence()
    await _people_come_and_go(trial)
    await _not_ready(trial)
    with pytest.raises(ApiRefused, match="commands are not queued"):
        await _ordered_in_vain(trial)
    await _people_come_and_go(trial)
    await _repair(trial, line)
    await trial.ends_well(scenario="the controller is cut off from the broker")
