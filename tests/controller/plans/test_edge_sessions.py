"""Who is there, and that nobody else is believed to be."""

import secrets
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from sqlalchemy import select

from controller.db.engine import Database
from controller.telemetry import queries
from controller.telemetry.model import EdgeState
from controller.telemetry.repository import edge_state
from controller.telemetry.tables import refusals
from edge.wire.access_decision import ClockTrust
from edge.wire.codec import encode
from edge.wire.envelope import Purpose
from edge.wire.messages import DeviceState, HelloReply
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import BOOT, LOG, NOW, OTHER_LOG, Speaker, run_of
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub
from tests.memory_link import MemoryBroker


async def known(hub: Hub) -> EdgeState | None:
    async with hub.container.database.read() as tx:
        return await edge_state(tx, "ramsey", "main")


async def until_online(hub: Hub, *, online: bool) -> EdgeState:
    async def look() -> EdgeState | None:
        state = await known(hub)
        return state if state is not None and state.online is online else None

    return await eventually(look, what=f"online is {online}")


@pytest.mark.cases_full
async def test_an_edge_goes_online_and_offline_with_the_time_since(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    assert (await until_online(hub, online=True)).since == NOW
    clock.advance(minutes=3)
    await edge.say_status(online=False)
    assert (await until_online(hub, online=False)).since == clock.now()
    clock.advance(minutes=3)
    await edge.say_status()
    assert (await until_online(hub, online=True)).since == clock.now()


@pytest.mark.cases_full
async def test_the_last_will_of_an_earlier_connection_puts_nobody_out(hub: Hub, edge: FakeEdge) -> None:
    old = edge.speaker.signer.seal(Purpose.STATUS, edge.status(online=False))
    edge.connection += 1
    edge.nonce = secrets.token_hex(16)
    await edge.say_status()

    async def renewed() -> bool:
        state = await known(hub)
        return state is not None and state.connection == edge.connection

    await eventually(renewed, what="the new connection is known")
    await edge.say("status", old, retain=True)
    edge.head = 77
    await edge.say_status()

    async def heard() -> bool:
        state = await known(hub)
        return state is not None and state.head == 77

    await eventually(heard, what="the last word is heard")
    assert (await until_online(hub, online=True)).connection == edge.connection


@pytest.mark.cases_full
async def test_a_new_connection_is_greeted_with_what_is_wanted_next(hub: Hub, edge: FakeEdge) -> None:
    await edge.send(run_of(1, 5), log=OTHER_LOG)
    await edge.acknowledged(5, log=OTHER_LOG)
    edge.hellos.clear()
    edge.connection += 1
    edge.nonce = secrets.token_hex(16)
    await edge.say_status()
    await edge.until(lambda: edge.hellos, "a hello")
    hello = edge.hellos[0]
    assert (hello.log, hello.next_seq, hello.session) == (OTHER_LOG, 6, edge.nonce)
    assert hello.at == NOW


@pytest.mark.cases_full
async def test_an_edge_that_goes_on_in_an_older_log_learns_how_far_that_one_is_known(hub: Hub, edge: FakeEdge) -> None:
    """Else it would take its next events for new ones under numbers that others have."""
    await edge.send(run_of(1, 9))
    await edge.acknowledged(9)
    await edge.send(run_of(1, 5), log=OTHER_LOG)
    await edge.acknowledged(5, log=OTHER_LOG)
    for log, expected in ((LOG, (LOG, 10)), ("c" * 32, (OTHER_LOG, 6))):
        edge.hellos.clear()
        edge.connection += 1
        edge.log = log
        await edge.say_status()
        await edge.until(lambda: edge.hellos, "a hello")
        assert (edge.hellos[0].log, edge.hellos[0].next_seq) == expected


async def test_the_reply_brings_the_state_of_the_devices(hub: Hub, broker: MemoryBroker) -> None:
    edge = hub.edge(broker.client(subscriptions("down", site="ramsey", edge="main")))
    values: dict[str, str | int | float | bool | None] = {
        "contact": "open",
        "lock": "unlocked",
        "alarm": "held",
        "mode": "free",
    }
    edge.states = (DeviceState(device="front-door", kind="door", seq=1, at=NOW, values=values),)
    async with edge:

        async def look() -> bool:
            (door,) = (await hub.container.mqtt.live.snapshot("ramsey")).doors
            return (door.contact, door.lock, door.alarm, door.mode, door.stale) == (
                "open",
                "unlocked",
                "held",
                "free",
                False,
            )

        await eventually(look, what="the door's state is shown")


@pytest.mark.cases_full
async def test_a_device_that_an_edge_no_longer_names_is_forgotten_and_not_restored_by_a_retained_state(
    hub: Hub, edge: FakeEdge
) -> None:
    line, door = (DeviceState(device=name, kind=name, seq=1, at=NOW, values={}) for name in ("fire", "door"))
    mqtt = hub.container.mqtt

    async def kept() -> list[str]:
        async with hub.container.database.read() as tx:
            return sorted(state.device for _, state in await queries.site_devices(tx, "ramsey"))

    async def both() -> bool:
        return await kept() == ["door", "fire"]

    async def one() -> bool:
        return await kept() == ["door"]

    await edge.say_state(line)
    await edge.say_state(door)
    await eventually(both, what="both are known")
    edge.states = (door,)
    await mqtt.edge_sessions.greet(("ramsey", "main"))
    await eventually(one, what="the line is forgotten")
    mqtt.states.offer("ramsey", "main", "fire", encode(line))
    await mqtt.states.report("ramsey", "main", edge.states)
    await mqtt.states.store()
    assert await one()


@pytest.mark.cases_full
async def test_states_that_came_while_the_database_was_away_are_stored_afterwards_the_newest_of_each_device(
    hub: Hub, edge: FakeEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = hub.container.mqtt.states

    def offer(device: str, seq: int) -> None:
        state = DeviceState(device=device, kind="door", seq=seq, at=NOW, values={"contact": f"{seq}"})
        states.offer("ramsey", "main", device, encode(state))

    async def kept() -> bool:
        async with hub.container.database.read() as tx:
            return sorted((each.device, each.seq) for _, each in await queries.site_devices(tx, "ramsey")) == [
                ("back", 1),
                ("front", 2),
            ]

    with monkeypatch.context() as away:
        away.setattr(states, "_database", Database("postgresql+asyncpg://postgres@127.0.0.1:1/nothing"))
        offer("back", 1)
        offer("front", 1)
        with pytest.raises(OSError, match=r"refused|failed"):
            await states.store()
        offer("front", 2)
    await eventually(kept, what="the states are stored")


@pytest.mark.cases_full
async def test_a_reply_that_answers_nothing_is_refused(hub: Hub, edge: FakeEdge) -> None:
    reply = HelloReply(site="ramsey", edge="main", nonce=secrets.token_hex(16), status=edge.status(), first_kept=1)
    sealed = edge.speaker.signer.seal(Purpose.HELLO_REPLY, reply)
    await hub.quiet()
    await edge.say("hello/reply", sealed)

    async def counted() -> bool:
        await hub.container.mqtt.ingest.store_counts()
        async with hub.container.database.read() as tx:
            return [row.reason for row in await tx.execute(select(refusals))] == ["wrong_address"]

    await eventually(counted, what="it is counted")


@pytest.mark.cases_full
async def test_a_dead_edge_is_not_shown_as_online_by_a_replayed_status(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    """Of its last connection, or of an earlier run: it is greeted, and only its answer brings it back."""
    edge.states = (DeviceState(device="front-door", kind="door", seq=1, at=NOW, values={"contact": "closed"}),)
    of_earlier_run = msgspec.structs.replace(edge.status(), boot=BOOT[:-1] + "0", connection=9)
    await hub.container.mqtt.edge_sessions.greet(("ramsey", "main"))
    await until_online(hub, online=True)
    await hub.quiet()
    kept = [edge.speaker.signer.seal(Purpose.STATUS, each) for each in (edge.status(), of_earlier_run)]
    edge.obeys = False
    clock.advance(minutes=5)
    await edge.say_status(online=False)
    since = (await until_online(hub, online=False)).since
    for sealed in kept:
        edge.hellos.clear()
        await edge.say("status", sealed, retain=True)
        await edge.until(lambda: edge.hellos, "a hello")
        await hub.quiet()
        state = await known(hub)
        assert state is not None
        assert (state.online, state.since) == (False, since)
        (door,) = (await hub.container.mqtt.live.snapshot("ramsey")).doors
        assert (door.stale, door.at) == (True, "2026-11-25T12:00:00+00:00")
        await hub.container.mqtt.edge_sessions.note_silent(after_s=0)
    edge.obeys = True
    await edge.say_status()
    await until_online(hub, online=True)


@pytest.mark.cases_full
async def test_one_status_sent_again_and_again_is_answered_by_one_hello(hub: Hub, edge: FakeEdge) -> None:
    await until_online(hub, online=True)
    await hub.quiet()
    edge.obeys = False
    await edge.say_status(online=False)
    await until_online(hub, online=False)
    edge.hellos.clear()
    for _ in range(50):
        await edge.say_status()
    await edge.say_status(online=False)
    edge.head = 5
    await edge.say_status(online=False)

    async def heard() -> bool:
        state = await known(hub)
        return state is not None and state.head == 5

    await eventually(heard, what="the last word is heard")
    assert len(edge.hellos) == 1


async def test_an_edge_that_is_asked_faster_than_it_answers_has_one_question_open(hub: Hub, edge: FakeEdge) -> None:
    """As the demo at 60 times the speed asks for doors of rooms that nobody comes to: its replies were refused as
    answers to nothing."""
    await until_online(hub, online=True)
    await hub.quiet()
    name, edge_sessions = ("ramsey", "main"), hub.container.mqtt.edge_sessions
    await eventually(_nothing_open(hub), what="all is answered")
    edge.obeys = False
    edge.hellos.clear()
    for _ in range(30):
        await edge_sessions.ask(name)
    await edge.until(lambda: edge.hellos, "a hello")
    assert edge_sessions.open_questions[name] == len(edge.hellos) == 1
    edge.obeys = True
    await edge.reply(edge.hellos[0])
    await eventually(_nothing_open(hub), what="it is answered")
    assert hub.container.mqtt.verifier.refused["wrong_address"] == 0
    await edge_sessions.ask(name)
    await edge.until(lambda: len(edge.hellos) == 2, "another hello")


def _nothing_open(hub: Hub) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return not hub.container.mqtt.edge_sessions.open_questions.get(("ramsey", "main"))

    return look


@pytest.mark.cases_full
async def test_a_forged_status_is_not_believed(hub: Hub, edge: FakeEdge) -> None:
    await until_online(hub, online=True)
    forger = Speaker()
    await edge.say("status", forger.signer.seal(Purpose.STATUS, edge.status(online=False)), retain=True)
    edge.head = 9
    await edge.say_status()

    async def heard() -> bool:
        state = await known(hub)
        return state is not None and state.head == 9

    await eventually(heard, what="the true status is heard")
    assert (await until_online(hub, online=True)).since == NOW


async def test_an_edge_that_does_not_answer_is_offline(hub: Hub, edge: FakeEdge, clock: ManualClock) -> None:
    await until_online(hub, online=True)
    edge.obeys = False
    edge_sessions = hub.container.mqtt.edge_sessions
    await hub.quiet()
    clock.advance(minutes=1)
    await edge_sessions.greet(("ramsey", "main"))
    await edge_sessions.note_silent(after_s=0)
    assert (await until_online(hub, online=False)).since == clock.now()


@pytest.mark.cases_full
async def test_health_has_the_edges_own_counters_and_ours(hub: Hub, edge: FakeEdge) -> None:
    edge.health = {"plan_refused": 2}
    await edge.say_status()
    await edge.say("events", b"rubbish")

    async def look() -> bool:
        await hub.container.mqtt.ingest.store_counts()
        (view,) = (await hub.container.mqtt.live.snapshot("ramsey")).edges
        return view.health == {"plan_refused": 2, "refused_malformed": 1}

    await eventually(look, what="both are in the health")


@pytest.mark.cases_full
async def test_an_edge_that_is_there_hears_which_plan_is_its_newest_without_being_asked(
    hub: Hub, edge: FakeEdge
) -> None:
    await hub.up_to_date()
    edge_sessions = hub.container.mqtt.edge_sessions
    edge.hellos.clear()
    await edge_sessions.send_heartbeats()
    await edge.until(lambda: edge.hellos, "a word")
    [word] = edge.hellos
    assert (word.asks, word.session, word.trust) == (False, edge.nonce, ClockTrust.SYNCED)
    assert edge.manifest is not None
    assert word.plan_version == edge.manifest.version
    assert edge_sessions.open_questions.get(("ramsey", "main"), 0) == 0
    await edge.say_status(online=False)
    await until_online(hub, online=False)
    await edge_sessions.send_heartbeats()
    await edge_sessions.greet(("ramsey", "main"))
    await edge.until(lambda: len(edge.hellos) > 1, "a hello")
    assert all(hello.asks for hello in edge.hellos[1:])


async def test_an_edge_whose_first_status_came_too_early_is_greeted_with_its_session(hub: Hub, edge: FakeEdge) -> None:
    """Its key was not known yet, so that only its reply says which session it has."""
    edge.connection, edge.nonce = edge.connection + 1, secrets.token_hex(16)
    await hub.container.mqtt.edge_sessions.greet(("ramsey", "main"))
    await edge.until(lambda: edge.hellos[-1].session == edge.nonce, "a hello that knows the session")
    number = len(edge.hellos)
    await hub.container.mqtt.edge_sessions.greet(("ramsey", "main"))
    await edge.until(lambda: len(edge.hellos) > number, "another hello")
    await hub.quiet()
    assert len(edge.hellos) == number + 1
