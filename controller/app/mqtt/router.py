"""Reads the link and passes each message to its handler."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from controller.app.mqtt.edge_queues import AT_ONCE, EdgeQueues
from controller.app.mqtt.handling import RESTS_S, Handling
from controller.db.engine import Database
from controller.db.errors import words_of
from controller.db.retry_until_available import retry_until_available
from controller.db.write_probe import WriteProbe
from controller.enrolment.identity_delivery import IdentityDelivery
from controller.enrolment.repository import live_keys
from controller.enrolment.updates.delivery import UpdateDelivery
from controller.plans.commands import CommandService
from controller.plans.edge_sessions import EdgeSessions
from controller.records.changes import Changes
from controller.telemetry.device_states import DeviceStates, RetainedSweep
from controller.telemetry.envelope_verifier import EdgeName, EnvelopeVerifier
from controller.telemetry.ingest_queue import Ingest
from controller.telemetry.model import RefusalReason
from edge.wire.broker_link import Connected, Disconnected, Link, Message
from edge.wire.clock import real_s
from edge.wire.topics import Topic, parse

log = logging.getLogger(__name__)

REST = 8
"""After the keys of edges were read, they rest this many times as long as that took of the event loop's CPU time:
however many sites there are, a controller that many of them are entered into has most of its time for that."""
REST_MOST_S = 1.0
"""And no longer than this, in real seconds: a key that was revoked must not count on."""
READ_ALL_EVERY_S, MOST_SITES = 60.0, 100
"""At a change the keys of edges at the sites that changed are read; those of all edges where that was so many real
seconds ago, or more than so many sites have changed."""
GREET_AGAIN_S = 60.0
"""Real seconds until an edge is asked again of which something was set aside."""

Greet = Callable[[EdgeName], Awaitable[None]]


@dataclass(eq=False, kw_only=True)
class MqttRouter:
    """Everything that comes over MQTT passes here: what comes of one edge in the order it came, and no edge waits for
    the session of another. While the database is away all wait, since nothing could be stored."""

    database: Database
    probe: WriteProbe
    link: Link
    changes: Changes
    verifier: EnvelopeVerifier
    ingest: Ingest
    edge_sessions: EdgeSessions
    commander: CommandService
    states: DeviceStates
    identity_delivery: IdentityDelivery
    retained: RetainedSweep
    updates: UpdateDelivery
    rests: Sequence[float] = RESTS_S
    greet_again_s: float = GREET_AGAIN_S

    def __post_init__(self) -> None:
        self.strays: Counter[str] = Counter()
        """Messages on topics that nobody here listens to, by kind."""
        self.failed: Counter[str] = Counter()
        """Messages at which the controller itself failed, by kind."""
        self._read_all_at = float("-inf")
        self._queues = EdgeQueues()
        self._to_greet: set[tuple[EdgeName, Greet]] = set()
        """Greetings that wait: a connection that comes and goes adds no second one."""

    @property
    def dropped(self) -> int:
        """Messages that found no room."""
        return self._queues.dropped

    @property
    def busy(self) -> bool:
        """Whether anything that arrived is not yet handled."""
        return self._queues.busy

    async def run(self) -> None:
        """Serve the link, for ever. A database that is away does not end it."""
        await retry_until_available(self._learn, what="the keys of edges")
        tasks = [asyncio.create_task(self._listen(), name="listen to edges")]
        tasks += [asyncio.create_task(self._queues.run(), name=f"messages of edges {at}") for at in range(AT_ONCE)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _listen(self) -> None:
        async for item in self.link.events():
            self._take(item)

    async def watch_estate(self) -> None:
        """Learn of new edges and keys, for ever."""
        with self.changes.subscribe(estate=True) as changed:
            while True:
                sites = await changed.sites()
                used = time.thread_time()
                due = real_s() >= self._read_all_at + READ_ALL_EVERY_S or len(sites) > MOST_SITES
                read = partial(self._learn, None if due else sites)
                new = await retry_until_available(read, what="the keys of edges")
                used = time.thread_time() - used
                for name in sorted(new):
                    self.greet(name)
                await asyncio.sleep(min(REST * used, REST_MOST_S))

    async def _learn(self, sites: Collection[str] | None = None) -> frozenset[EdgeName]:
        """Read the keys of all edges, or of those at some sites; those that are new."""
        if sites is None:
            self._read_all_at = real_s()
        async with self.database.read() as tx:
            new = self.verifier.load(await live_keys(tx, sites), sites)
        await self.identity_delivery.learn(sites)
        return new

    def _take(self, item: Message | Connected | Disconnected) -> None:
        if isinstance(item, Connected):
            self.edge_sessions.connected()
            for name in sorted(self.verifier.edges):
                self._put_greeting(name, self.edge_sessions.greet_first)
        elif isinstance(item, Message):
            topic = parse(item.topic)
            if topic is None:
                self.strays["topic"] += 1
            elif item.payload:
                work = partial(self._hand_on, topic, item.payload, retained=item.retained)
                name, begins = (topic.site, topic.edge), topic.name == "status"
                self._queues.put(name, self._handling(name, topic.name, work), size=len(item.payload), begins=begins)

    def greet(self, name: EdgeName, *, rests: Sequence[float] | None = None) -> None:
        """Ask an edge who it is once what it said before is handled, and the database answers."""
        self._put_greeting(name, self.edge_sessions.greet, rests)

    def _put_greeting(self, name: EdgeName, greet: Greet, rests: Sequence[float] | None = None) -> None:
        if (name, greet) not in self._to_greet:
            self._to_greet.add((name, greet))
            self._queues.put_own(name, self._handling(name, "greeting", partial(self._greet, name, greet), rests))

    async def _greet(self, name: EdgeName, greet: Greet) -> None:
        self._to_greet.discard((name, greet))
        if self.link.connected:  # the next connection asks again
            await greet(name)

    def _handling(
        self, name: EdgeName, kind: str, work: Callable[[], Awaitable[None]], rests: Sequence[float] | None = None
    ) -> Handling:
        return Handling(
            probe=self.probe,
            name=name,
            kind=kind,
            work=work,
            set_aside=self._set_aside,
            failed=self._failed,
            rests=self.rests if rests is None else rests,
        )

    def _set_aside(self, name: EdgeName, kind: str, error: Exception) -> None:
        """A message that the database does not take is counted, and what came after it is handled. The edge is asked
        again later: its answer says who is there, what it carries out and what it has."""
        site, edge = name
        why = words_of(error)
        fields = {"action": "message", "site": site, "edge": edge, "kind": kind, "reason": why}
        log.critical("A message is set aside: the database takes others but not this one", extra=fields)
        self.verifier.refuse(site, edge, RefusalReason.UNSTORABLE, f"{kind}: {why}")
        asyncio.get_running_loop().call_later(self.greet_again_s, partial(self.greet, name, rests=()))

    def _failed(self, name: EdgeName, kind: str, error: Exception) -> None:
        """A fault of ours costs one message, and is told with its trace: what other edges say is handled."""
        self.failed[kind] += 1
        site, edge = name
        fields = {"action": "message", "site": site, "edge": edge, "kind": kind, "reason": str(error)[:200]}
        log.critical("The controller failed at a message", exc_info=error, extra=fields)

    async def _hand_on(self, topic: Topic, payload: bytes, *, retained: bool) -> None:
        name = (topic.site, topic.edge)
        self.retained.look(topic, retained=retained)
        match topic.name:
            case "events":
                self.ingest.offer(*name, payload)
            case "state":
                self.states.offer(*name, topic.item or "", payload)
            case "status":
                self.retained.asked(name)
                await self.edge_sessions.take_status(name, payload)
            case "hello/reply":
                await self.edge_sessions.take_reply(name, payload)
            case "plan/applied":
                await self.edge_sessions.take_applied(name, payload)
            case "plan/held":
                await self.edge_sessions.take_held(name, topic.item, payload)
            case "command/result":
                await self.commander.take_result(*name, payload)
            case "update/state":
                await self.updates.take_state(name, payload)
            case "update/wanted":
                await self.updates.take_wanted(name, payload)
            case "renewal":
                await self.identity_delivery.take_renewal(name, payload)
            case _:
                self.strays[topic.name] += 1
