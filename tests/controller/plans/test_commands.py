"""A command moves a door once, now, for somebody with a reason, or not at all."""

import pytest

from controller.estate.errors import DoorUnknown
from controller.plans.commands import CommandOutcome, CommandUnknown, OutOfReach
from controller.platform.settings import Settings
from controller.telemetry.repository import edge_state
from edge.wire.envelope import Purpose
from edge.wire.messages import CommandResult
from tests.controller.clock import ManualClock
from tests.controller.records.audit.reading import rows_of
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub


@pytest.fixture
def settings(any_settings: Settings) -> Settings:
    """All of it on both databases."""
    return any_settings


async def until_outcome(hub: Hub, command: str, wanted: CommandOutcome) -> str | None:
    async def look() -> bool:
        return (await hub.container.mqtt.commander.outcome(command))[1] is wanted

    await eventually(look, what=f"the outcome is {wanted}")
    return (await hub.container.mqtt.commander.outcome(command))[0].why


@pytest.mark.both_databases
async def test_an_unlock_is_carried_out_in_the_edges_own_session(hub: Hub, edge: FakeEdge) -> None:
    commander = hub.container.mqtt.commander
    await hub.quiet()
    command = await commander.unlock("ramsey", "front-door", reason="left the key", actor="Una Porter")
    await until_outcome(hub, command, CommandOutcome.DONE)
    (sent,) = edge.commands
    assert (sent.id, sent.kind, sent.door, sent.nonce) == (command, "unlock", "front-door", edge.nonce)
    assert (sent.expires_at - sent.issued_at).total_seconds() == 10
    issued, _ = await commander.outcome(command)
    assert (issued.actor, issued.reason) == ("Una Porter", "left the key")
    (row,) = [each for each in await rows_of(hub.container.database, site="ramsey") if each["act"] == "unlock"]
    assert (row["thing"], row["personal"]["why"]) == ("door front-door", "left the key")


async def test_a_command_for_an_offline_edge_is_refused_and_never_queued(hub: Hub, edge: FakeEdge) -> None:
    await edge.say_status(online=False)

    async def offline() -> bool:
        return not (await hub.container.mqtt.live.snapshot("ramsey")).edges[0].online

    await eventually(offline, what="the edge is offline")
    with pytest.raises(OutOfReach, match="is not online, since 12:00;"):
        await hub.container.mqtt.commander.unlock("ramsey", "front-door", reason="x", actor="Una Porter")
    assert edge.commands == []


@pytest.mark.cases_full
async def test_a_command_for_a_session_that_is_over_is_refused_by_the_edge(hub: Hub, edge: FakeEdge) -> None:
    edge.nonce = "f" * 32
    await edge.say_status()

    async def heard() -> bool:
        async with hub.container.database.read() as tx:
            state = await edge_state(tx, "ramsey", "main")
        return state is not None and state.nonce == edge.nonce

    await eventually(heard, what="the status is heard")
    command = await hub.container.mqtt.commander.unlock("ramsey", "front-door", reason="x", actor="Una Porter")
    assert "another session" in (await until_outcome(hub, command, CommandOutcome.REFUSED) or "")


@pytest.mark.cases_full
async def test_a_command_that_nobody_answers_expires(hub: Hub, edge: FakeEdge, clock: ManualClock) -> None:
    await hub.quiet()
    edge.obeys = False
    commander = hub.container.mqtt.commander
    command = await commander.unlock("ramsey", "front-door", reason="x", actor="Una Porter")
    assert (await commander.outcome(command))[1] is CommandOutcome.WAITING
    clock.advance(seconds=16)
    assert (await commander.outcome(command))[1] is CommandOutcome.EXPIRED


@pytest.mark.cases_full
async def test_a_result_counts_once_and_only_from_its_own_edge(hub: Hub, edge: FakeEdge) -> None:
    await hub.quiet()
    commander = hub.container.mqtt.commander
    command = await commander.unlock("ramsey", "front-door", reason="x", actor="Una Porter")
    await until_outcome(hub, command, CommandOutcome.DONE)
    again = CommandResult(
        site="ramsey", edge="main", id=command, outcome="refused", at=edge.commands[0].issued_at, why="changed my mind"
    )
    await commander.take_result("ramsey", "main", edge.speaker.signer.seal(Purpose.RESULT, again))
    assert (await commander.outcome(command))[1] is CommandOutcome.DONE


@pytest.mark.cases_full
async def test_a_command_that_was_carried_out_is_done_however_late_that_is_reported_and_whatever_a_copy_got(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    await hub.up_to_date()
    edge.obeys = False
    mqtt = hub.container.mqtt
    late = await mqtt.commander.unlock("ramsey", "front-door", reason="", actor="Una")
    copied = await mqtt.commander.unlock("ramsey", "front-door", reason="", actor="Una")
    clock.advance(minutes=2)
    await until_outcome(hub, late, CommandOutcome.EXPIRED)
    for command, outcome in ((copied, "refused"), (late, "done"), (copied, "done"), (late, "refused")):
        result = CommandResult(site="ramsey", edge="main", id=command, outcome=outcome, at=clock.now())
        await mqtt.commander.take_result("ramsey", "main", edge.speaker.signer.seal(Purpose.RESULT, result))
    await until_outcome(hub, late, CommandOutcome.DONE)
    await until_outcome(hub, copied, CommandOutcome.DONE)


async def test_an_unknown_door_or_command_is_named(hub: Hub) -> None:
    with pytest.raises(DoorUnknown):
        await hub.container.mqtt.commander.unlock("ramsey", "back-door", reason="x", actor="Una Porter")
    with pytest.raises(CommandUnknown):
        await hub.container.mqtt.commander.outcome("nothing")
