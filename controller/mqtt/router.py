"""Reads the link and passes each message to its handler."""

import asyncio
import logging
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from controller.changes import Changes
from controller.db.engine import Database
from controller.db.errors import is_away
from controller.db.lease import LeaseLost
from controller.db.retry_until_available import retry_until_available
from controller.enrolment.identity_delivery import IdentityDelivery
from controller.enrolment.repository import live_keys
from controller.mqtt.edge_queues import AT_ONCE, EdgeQueues, Work
from controller.plans.commands import CommandService
from controller.plans.edge_sessions import EdgeSessions
from controller.telemetry.device_states import DeviceStates, RetainedSweep
from controller.telemetry.envelope_verifier import EdgeName, EnvelopeVerifier
from controller.telemetry.ingest_queue import Ingest
from controller.updates.delivery import UpdateDelivery
from edge.wire.broker_link import Connected, Disconnected, Link, Message
from edge.wire.topics import Topic, parse

log = logging.getLogger(__name__)

REST = 8
"""After the keys of all edges were read, they rest this many times as long as that took of the event loop's CPU time:
however many sites there are, a controller that many of them are entered into has most of its time for that."""
REST_MOST_S = 1.0
"""And no longer than this, in real seconds: a key that was revoked must not count on."""
AGAIN_AFTER_S = 1.0
"""Real seconds until a message is tried again that the database was away for."""


@dataclass(eq=False, kw_only=True)
class MqttRouter:
    """Everything that comes over MQTT passes here: what comes of one edge in the order it came, and no edge waits for
    the session of another. While the database is away all wait, since nothing could be stored."""

    database: Database
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

    def __post_init__(self) -> None:
        self.strays: Counter[str] = Counter()
        """Messages on topics that nobody here listens to, by kind."""
        self.failed: Counter[str] = Counter()
        """Messages at which the controller itself failed, by kind."""
        self._queues = EdgeQueues()
        self._to_greet: set[EdgeName] = set()
        """Edges with a greeting that waits: a connection that comes and goes adds no second one."""

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
                await changed.sites()
                used = time.thread_time()
                new = await retry_until_available(self._learn, what="the keys of edges")
                used = time.thread_time() - used
                for name in sorted(new):
                    await retry_until_available(partial(self.edge_sessions.greet, name), what="an edge that is new")
                await asyncio.sleep(min(REST * used, REST_MOST_S))

    async def _learn(self) -> frozenset[EdgeName]:
        """Read the keys of all edges; those that are new."""
        async with self.database.read() as tx:
            new = self.verifier.load(await live_keys(tx))
        await self.identity_delivery.learn()
        return new

    def _take(self, item: Message | Connected | Disconnected) -> None:
        if isinstance(item, Connected):
            self.edge_sessions.connected()
            for name in sorted(self.verifier.edges - self._to_greet):
                self._to_greet.add(name)
                self._queues.put_own(name, partial(self._do, "greeting", partial(self._greet, name)))
        elif isinstance(item, Message):
            topic = parse(item.topic)
            if topic is None:
                self.strays["topic"] += 1
            elif item.payload:
                work = partial(self._hand_on, topic, item.payload, retained=item.retained)
                name, begins = (topic.site, topic.edge), topic.name == "status"
                self._queues.put(name, partial(self._do, topic.name, work), size=len(item.payload), begins=begins)

    async def _greet(self, name: EdgeName) -> None:
        self._to_greet.discard(name)
        if self.link.connected:  # the next connection asks again
            await self.edge_sessions.greet_first(name)

    async def _do(self, kind: str, work: Work) -> None:
        """A database that is away costs no message: each is tried until it is handled, and what came after it waits,
        since no edge says again that it has connected, applied a plan or gone. A fault of ours costs one, and is told
        with its trace: what other edges say is handled."""
        said = False
        while True:
            try:
                await work()
            except LeaseLost:
                raise
            except (SQLAlchemyError, OSError) as error:
                fields = {"action": "message", "kind": kind, "reason": str(error)[:200]}
                if is_away(error) and getattr(error, "filename", None) is None:  # else a file is missing
                    if not said:
                        log.error("A message waits until the database answers", extra=fields)
                    said = True
                    await asyncio.sleep(AGAIN_AFTER_S)
                    continue
                log.error("A message could not be handled", extra=fields)
            except Exception as error:
                self.failed[kind] += 1
                fields = {"action": "message", "kind": kind, "reason": str(error)[:200]}
                log.critical("The controller failed at a message", exc_info=error, extra=fields)
            return

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
