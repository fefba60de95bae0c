"""No edge waits for the session of another, each one's messages stay in order, a fault costs one message, and a
database that is away costs none."""

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import NoReturn

import pytest

from controller.app.mqtt.edge_queues import AT_ONCE
from controller.app.mqtt.handling import AGAIN_AFTER_S, Handling
from controller.db.lease import LeaseLost
from controller.estate.model import Edge, Site
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from controller.telemetry import repository as telemetry
from edge.wire.messages import Hello
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.controller.enrolment.trusting import trust
from tests.controller.telemetry.speaking import Speaker, run_of
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import ACTOR, Hub, open_hub
from tests.memory_link import MemoryBroker, MemoryLink


class HoldingLink(MemoryLink):
    """Keeps back each hello to the sites in ``holds``, as a broker that does not confirm it does, until ``go``."""

    def __init__(self, broker: MemoryBroker) -> None:
        super().__init__(broker, subscriptions("up"), None)
        self.holds: set[str] = set()
        self.held: list[str] = []
        self.go = asyncio.Event()

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        _, _, site, _, name = topic.split("/")[:5]
        if name == "hello" and site in self.holds:
            self.held.append(site)
            await self.go.wait()
        return await super().publish(topic, payload, qos=qos, retain=retain)


@pytest.fixture
def broker() -> MemoryBroker:
    return MemoryBroker()


@pytest.fixture
async def link(broker: MemoryBroker) -> HoldingLink:
    return HoldingLink(broker)


@pytest.fixture
async def hub(
    any_settings: Settings, clock: ManualClock, passwords: Passwords, link: HoldingLink
) -> AsyncIterator[Hub]:
    async with open_hub(any_settings, clock, passwords, link=link) as hub:
        yield hub


async def another(hub: Hub, site: str) -> Speaker:
    """A site with an edge that is known; what signs for the edge."""
    estate, speaker = hub.container.estate, Speaker(site, "main")
    await estate.put_site(Site(id=site, name=site.title(), zone="Europe/London"), version=0, actor=ACTOR)
    await estate.put(Edge(site=site, id="main", name="Main"), version=0, actor=ACTOR)
    await trust(hub.container, site, "main", speaker.public_key)

    async def known() -> bool:
        return (site, "main") in hub.container.mqtt.verifier.edges

    await eventually(known, what=f"the edge of {site} is known")
    return speaker


@asynccontextmanager
async def connected(hub: Hub, broker: MemoryBroker, *speakers: Speaker) -> AsyncIterator[list[FakeEdge]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                hub.edge(broker.client(subscriptions("down", site=each.site, edge="main")), speaker=each)
            )
            for each in speakers
        ]


async def online(hub: Hub, site: str) -> bool:
    async with hub.container.database.read() as tx:
        state = await telemetry.edge_state(tx, site, "main")
    return state is not None and state.online


async def test_an_edge_that_cannot_be_greeted_delays_no_other_and_its_own_stay_in_order(
    hub: Hub, broker: MemoryBroker, link: HoldingLink
) -> None:
    soham = await another(hub, "soham")
    async with connected(hub, broker, soham, hub.speaker) as (held, free):
        await eventually(lambda: online(hub, "soham"), what="it is online")
        await hub.quiet()
        link.holds, held.obeys = {"soham"}, False
        link.announce()
        await held.send(run_of(1, 2))
        await held.say_status(online=False)
        await free.send(run_of(1, 3))
        await free.acknowledged(3)
        assert link.held
        assert not held.acks
        assert await online(hub, "soham")
        link.go.set()
        await held.acknowledged(2)
        await hub.quiet()
        assert not await online(hub, "soham")


@pytest.mark.both_databases
async def test_edges_that_connect_at_once_are_all_online_and_acknowledged(
    hub: Hub, broker: MemoryBroker, link: HoldingLink, caplog: pytest.LogCaptureFixture
) -> None:
    speakers = [hub.speaker, *[await another(hub, f"hall-{number}") for number in range(3)]]
    with caplog.at_level(logging.ERROR):
        async with connected(hub, broker, *speakers) as edges:
            link.announce()
            await asyncio.gather(*(edge.send(run_of(1, 5)) for edge in edges))
            for edge in edges:
                await edge.acknowledged(5)
            await hub.quiet()
            assert [await online(hub, each.site) for each in speakers] == [True] * len(speakers)
    assert not caplog.records


async def test_a_fault_of_ours_at_a_message_is_told_with_its_trace_and_costs_no_other(
    hub: Hub, broker: MemoryBroker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = hub.container.mqtt.router

    async def fails(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(router.edge_sessions, "take_applied", fails)
    async with connected(hub, broker, hub.speaker) as (edge,):
        await edge.say("plan/applied", b"anything")
        await edge.send(run_of(1, 1))
        await edge.acknowledged(1)
    assert router.failed["plan/applied"] >= 1
    assert any(each.exc_info and each.exc_info[0] is ZeroDivisionError for each in caplog.records)
    router.failed.clear()


@contextmanager
def database_away(hub: Hub) -> Iterator[None]:
    """No transaction begins, as where nothing listens at the database's address."""

    def refused(*_: object, **__: object) -> NoReturn:
        raise ConnectionRefusedError("connection refused")

    with pytest.MonkeyPatch.context() as patch:
        for each in ("_written", "read", "read_without_transaction"):
            patch.setattr(hub.container.database, each, refused)
        yield


async def until_waiting(caplog: pytest.LogCaptureFixture, kind: str) -> None:
    async def waits() -> bool:
        waiting = "A message waits until the database answers"
        return any(each.message == waiting and vars(each)["kind"] == kind for each in caplog.records)

    await eventually(waits, what=f"{kind} waits for the database")


async def test_what_an_edge_says_while_the_database_is_away_is_handled_once_it_answers(
    hub: Hub, broker: MemoryBroker, link: HoldingLink, caplog: pytest.LogCaptureFixture
) -> None:
    hub.container.mqtt.router.rests = ()
    async with connected(hub, broker, hub.speaker) as (edge,):
        await eventually(lambda: online(hub, "ramsey"), what="it is online")
        await hub.up_to_date()
        edge.obeys = False
        before = len(_questions(edge))
        with database_away(hub):
            link.announce()
            await edge.say_status(online=False)
            await until_waiting(caplog, "greeting")
        await edge.until(lambda: len(_questions(edge)) > before, "it is greeted")
        await hub.quiet()
        assert not await online(hub, "ramsey")
        caplog.clear()
        with database_away(hub):
            await edge.reply(_questions(edge)[-1])
            await until_waiting(caplog, "hello/reply")
        await eventually(lambda: online(hub, "ramsey"), what="it is online again")
        assert not hub.container.mqtt.verifier.refused


TRIGGER = {
    "sqlite": ("CREATE TRIGGER refused BEFORE UPDATE ON edge_states WHEN {} BEGIN SELECT RAISE(ABORT, 'no'); END",),
    "postgresql": (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = '57014'; END$$",
        "CREATE TRIGGER refused BEFORE UPDATE ON edge_states FOR EACH ROW WHEN ({}) EXECUTE FUNCTION refuse()",
    ),
}


@asynccontextmanager
async def refused_by_the_database(hub: Hub, sites: Sequence[str]) -> AsyncIterator[None]:
    """The database takes no change of the states of these sites' edges; on PostgreSQL with the error by which it ends a
    statement that takes too long, which it also may do to any when it fails."""
    database = hub.container.database
    kind = database.url.get_backend_name()
    which = "NEW.site IN ({})".format(", ".join(f"'{each}'" for each in sites))
    async with database.write() as tx:
        for statement in TRIGGER[kind]:
            await tx.exec_driver_sql(statement.format(which))
    yield
    async with database.write() as tx:
        await tx.exec_driver_sql("DROP TRIGGER refused" + (" ON edge_states" if kind == "postgresql" else ""))


@pytest.mark.both_databases
async def test_what_the_database_never_takes_is_set_aside_and_counted_and_holds_up_no_other(
    hub: Hub, broker: MemoryBroker, caplog: pytest.LogCaptureFixture
) -> None:
    router = hub.container.mqtt.router
    router.rests, router.greet_again_s = (0.1, 0.1), 0.2
    speakers = [hub.speaker, *[await another(hub, f"hall-{number}") for number in range(AT_ONCE)]]
    async with connected(hub, broker, *speakers) as (free, *others):
        for each in speakers:
            await eventually(lambda site=each.site: online(hub, site), what="it is online")  # type: ignore[misc]
        await hub.quiet()
        asked = [len(_questions(each)) for each in others]
        async with refused_by_the_database(hub, [each.site for each in speakers[1:]]):
            for edge in others:
                await edge.say_status(online=False)
                await edge.send(run_of(1, 2))
            await free.send(run_of(1, 1))
            await free.acknowledged(1)
            for edge in others:
                await edge.acknowledged(2)
        assert router.verifier.refused["unstorable"] >= AT_ONCE
        said = [vars(each) for each in caplog.records if "is set aside" in each.message]
        assert {(each["site"], each["kind"]) for each in said} >= {(each.site, "status") for each in speakers[1:]}
        for edge, before in zip(others, asked, strict=True):
            await edge.until(partial(_asked_since, edge, before), "it is asked again")


async def test_a_message_waits_while_the_disk_is_full_though_a_small_write_finds_room(hub: Hub) -> None:
    answers = [OSError(errno.ENOSPC, "no space left on device"), None]
    aside: list[object] = []

    async def store() -> None:
        if (error := answers.pop(0)) is not None:
            raise error

    def set_aside(*what: object) -> None:
        aside.append(what)

    probe = hub.container.mqtt.router.probe
    name = ("ramsey", "main")
    again = Handling(probe=probe, name=name, kind="status", work=store, set_aside=set_aside, failed=set_aside, rests=())
    assert await again() is None
    assert (answers, aside) == ([], [])


@pytest.mark.cases_full
async def test_a_controller_that_is_stopped_waits_for_no_database(
    hub: Hub, link: HoldingLink, caplog: pytest.LogCaptureFixture
) -> None:
    await hub.quiet()
    with database_away(hub):
        link.announce()
        await until_waiting(caplog, "greeting")
        router = next(task for task in hub.tasks if task.get_name() == "router")
        router.cancel()
        done, _ = await asyncio.wait({router}, timeout=AGAIN_AFTER_S / 2)
    hub.tasks.remove(router)
    assert done


async def test_a_controller_whose_lease_is_lost_handles_nothing_more(
    hub: Hub, broker: MemoryBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object) -> None:
        raise LeaseLost("the edges")

    monkeypatch.setattr(hub.container.mqtt.edge_sessions, "take_applied", lost)
    router = next(task for task in hub.tasks if task.get_name() == "router")
    broker.publish("hk/1/ramsey/main/plan/applied", b"anything")
    with pytest.raises(LeaseLost):
        await router
    hub.tasks.remove(router)


@pytest.mark.cases_full
async def test_connections_that_come_and_go_while_an_edge_waits_ask_it_once(
    hub: Hub, broker: MemoryBroker, link: HoldingLink
) -> None:
    waits = await another(hub, "zennor")
    halls = {(await another(hub, f"hall-{number}")).site for number in range(AT_ONCE)}
    async with connected(hub, broker, waits) as (edge,):
        await hub.quiet()
        asked, link.holds = len(_questions(edge)), halls
        link.announce()

        async def all_held() -> bool:
            return set(link.held) == halls

        await eventually(all_held, what="every place is taken")
        for _ in range(3):
            link.announce()
        link.holds = set()
        link.go.set()
        await hub.quiet()
        assert len(_questions(edge)) == asked + 1


def _questions(edge: FakeEdge) -> list[Hello]:
    return [each for each in edge.hellos if each.asks]


def _asked_since(edge: FakeEdge, before: int) -> bool:
    return len(_questions(edge)) > before
