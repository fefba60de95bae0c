"""What comes of edges is handled in the order of each edge, and no edge waits for the session of another."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import pytest

from controller.estate.model import Edge, Site
from controller.mqtt.edge_queues import AT_ONCE, EdgeQueues
from controller.people.passwords import Passwords
from controller.settings import Settings
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.controller.enrolment.trusting import trust
from tests.controller.telemetry.speaking import Speaker, run_of
from tests.eventually import eventually
from tests.integration.hub import ACTOR, Hub, open_hub
from tests.memory_link import MemoryBroker, MemoryLink

A, B, C, D = (("ramsey", each) for each in ("a", "b", "c", "d"))


class Handled:
    """What was handled, in order; what is held is not done before it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: list[str] = []
        self.held: dict[str, asyncio.Event] = {}

    def work(self, what: str, *, hold: bool = False) -> Callable[[], Awaitable[None]]:
        if hold:
            self.held[what] = asyncio.Event()
        return partial(self._do, what)

    async def _do(self, what: str) -> None:
        self.begun.append(what)
        if what in self.held:
            await self.held[what].wait()
        self.done.append(what)

    async def until(self, *done: str) -> None:
        async def look() -> bool:
            return set(done) <= set(self.done)

        await eventually(look, what=f"{done} are handled")


@pytest.fixture
async def queues() -> AsyncIterator[EdgeQueues]:
    """At work, with room for two items."""
    queues = EdgeQueues(limit=1000)
    tasks = [asyncio.create_task(queues.run()) for _ in range(AT_ONCE)]
    yield queues
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_of_one_edge_all_is_handled_in_its_order_and_another_goes_on_meanwhile(queues: EdgeQueues) -> None:
    handled = Handled()
    await queues.put(A, handled.work("a1", hold=True))
    await queues.put(A, handled.work("a2"))
    handled.held["a1"].set()
    await handled.until("a2")
    await queues.put(A, handled.work("a3", hold=True))
    await queues.put(B, handled.work("b1"))
    await handled.until("b1")
    await queues.put(A, handled.work("a4"))
    assert handled.begun == ["a1", "a2", "a3", "b1"]
    assert queues.busy
    handled.held["a3"].set()
    await handled.until("a4")
    assert handled.done == ["a1", "a2", "b1", "a3", "a4"]
    assert not queues.busy


async def test_what_goes_on_is_handled_before_what_begins() -> None:
    queues, handled = EdgeQueues(), Handled()
    for name, text in ((A, "a"), (B, "b"), (C, "c")):
        await queues.put(name, handled.work(f"{text} begins"), begins=True)
        await queues.put(name, handled.work(f"{text} goes on"))
    await queues.put(D, handled.work("d answers"))
    task = asyncio.create_task(queues.run())
    await handled.until("c goes on")
    task.cancel()
    assert handled.done == ["d answers", *(f"{text} {what}" for text in "abc" for what in ("begins", "goes on"))]


async def test_where_too_much_waits_no_more_is_taken(queues: EdgeQueues) -> None:
    handled = Handled()
    await queues.put(A, handled.work("a1", hold=True), size=400)
    await queues.put(A, handled.work("a2"))
    third = asyncio.create_task(queues.put(B, handled.work("b1")))
    await asyncio.sleep(0)
    assert not third.done()
    handled.held["a1"].set()
    await handled.until("b1")
    assert third.done()


class HoldingLink(MemoryLink):
    """Keeps back each hello to one site until it is let go, as a broker that does not confirm it does."""

    holds: str
    let_go: asyncio.Event

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        if topic == f"hk/1/{self.holds}/main/hello":
            await self.let_go.wait()
        return await super().publish(topic, payload, qos=qos, retain=retain)


async def test_events_are_acknowledged_while_another_edge_has_still_to_be_greeted(
    settings: Settings, clock: ManualClock, passwords: Passwords
) -> None:
    broker = MemoryBroker()
    link = HoldingLink(broker, subscriptions("up"), None)
    link.holds, link.let_go = "soham", asyncio.Event()
    async with open_hub(settings, clock, passwords, link=link) as hub:
        estate, other = hub.container.estate, Speaker("soham", "main")
        await estate.put_site(Site(id="soham", name="Soham Library", zone="Europe/London"), version=0, actor=ACTOR)
        await estate.put(Edge(site="soham", id="main", name="Main"), version=0, actor=ACTOR)
        await trust(hub.container, "soham", "main", other.public_key)
        await _known(hub)
        lines = [broker.client(subscriptions("down", site=site, edge="main")) for site in ("soham", "ramsey")]
        async with hub.edge(lines[0], speaker=other), hub.edge(lines[1]) as edge:
            await edge.send(run_of(1, 3))
            await edge.acknowledged(3)
            assert not link.let_go.is_set()
            link.let_go.set()


async def _known(hub: Hub) -> None:
    async def look() -> bool:
        return ("soham", "main") in hub.container.mqtt.verifier.edges

    await eventually(look, what="the other edge is known")
