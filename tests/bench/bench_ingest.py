"""Ingest against the bare MQTT client, side by side in one run.

The same signed batches of 200 events go through a real mosquitto twice: to a loop that only receives them
(aiomqtt's own iterator, MQTT 5), and to a controller that checks, judges, files in its database with their samples and
bookings, commits and acknowledges. Both are timed from the first batch that is published, which is when publishing
begins: the publisher has connected before. Run: ``python -m tests.bench.bench_ingest``.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import aiomqtt
import msgspec
from argon2 import PasswordHasher
from sqlalchemy import func, select

from controller.app.schema import migrate
from controller.people.passwords import Passwords
from controller.platform.mqtt_client import BrokerLink
from controller.platform.settings import Broker as BrokerSettings
from controller.platform.settings import Settings
from controller.telemetry.tables import events as stored_events
from edge.wire.clock import SystemClock
from edge.wire.event_batch import BATCH_LIMIT
from edge.wire.events import DoorChange, DoorData, Event, MotionData, WifiData
from edge.wire.topics import Topic, subscriptions
from tests.controller.telemetry.speaking import Speaker, crossing, event
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub, open_hub
from tests.services.mosquitto import Broker
from tests.services.process import program

TOPIC = str(Topic(site="ramsey", edge="main", name="events"))


LIMITS = {"sqlite": 25_000, "postgresql": 15_000}
"""Events a second, acknowledged, that one core should manage."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Events per second of the bare loop and of the controller, and per second of its process's CPU time; how many of
    them are on the controller's disk."""

    database: str
    events: int
    stored: int
    bare: float
    ingest: float
    per_cpu_s: float

    @property
    def ratio(self) -> float:
        """The controller's speed as a share of the bare loop's."""
        return self.ingest / self.bare

    def __str__(self) -> str:
        return (
            f"{self.database}, {self.events:,} events: committed and acknowledged {self.ingest:,.0f}/s = "
            f"{self.ingest / LIMITS[self.database]:.2f} x the limit of at least {LIMITS[self.database]:,}/s, "
            f"{self.per_cpu_s:,.0f} for each second of CPU; bare receive loop {self.bare:,.0f}/s, "
            f"ratio {self.ratio:.2f}"
        )


def day_of_events(count: int) -> list[Event]:
    """What a busy building says: mostly crossings, some motion, doors and WiFi."""
    start = SystemClock().now() - timedelta(seconds=60)
    events: list[Event] = []
    ins = 0
    for seq in range(1, count + 1):
        at = start + timedelta(milliseconds=seq)
        if seq % 10 < 6:
            ins += 1
            events.append(crossing(seq, ins=1, total=(ins, 0), at=at))
        elif seq % 10 < 8:
            events.append(event(seq, MotionData(zone="hall", active=seq % 2 == 0), at=at))
        elif seq % 10 == 8:
            change = DoorChange.OPENED if seq % 20 == 8 else DoorChange.CLOSED
            events.append(event(seq, DoorData(door="front-door", change=change), at=at, device="front-door"))
        else:
            events.append(event(seq, WifiData(zone="hall", stations=seq % 50), at=at, device="wifi-hall"))
    return events


class Publisher:
    """Publishes each line of a file, as fast as the broker takes it, from a process of its own. The first line goes out
    at once: when it has arrived, the process is connected."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, broker: Broker, lines: Path) -> "Publisher":
        mosquitto_pub = program("mosquitto_pub", package="mosquitto-clients")
        publish = f"{mosquitto_pub} -h {broker.host} -p {broker.port} -V 5 -q 1 -t {TOPIC} -l"
        command = f"{{ head -n 1 '{lines}'; read -r go; tail -n +2 '{lines}'; }} | {publish}"
        return cls(await asyncio.create_subprocess_shell(command, stdin=asyncio.subprocess.PIPE))

    def go(self) -> float:
        """Publish the other lines; when that began."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        return time.perf_counter()

    async def ended(self) -> None:
        assert await self._process.wait() == 0


async def bare_loop(broker: Broker, lines: Path, count: int) -> float:
    """Seconds in which aiomqtt's own iterator receives ``count`` messages after the first."""
    async with aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe(TOPIC, qos=1)
        publisher = await Publisher.start(broker, lines)
        began, got = 0.0, -1
        async for _ in client.messages:
            began = began or publisher.go()
            got += 1
            if got == count:
                break
        took = time.perf_counter() - began
        await publisher.ended()
        return took


async def ingest(edge: FakeEdge, broker: Broker, lines: Path, events: int) -> tuple[float, float]:
    """Seconds in which the controller commits and acknowledges all but the first event, and seconds of CPU."""
    publisher = await Publisher.start(broker, lines)
    await until(lambda: edge.acks and edge.acks[-1].seq >= 1)
    began, used = publisher.go(), time.process_time()
    ended = await until(lambda: edge.acks and edge.acks[-1].seq >= events)
    used = time.process_time() - used
    await publisher.ended()
    return ended - began, used


async def until(condition: Callable[[], object]) -> float:
    """When it became true."""
    while not condition():  # noqa: ASYNC110  # what is measured must not do more than it does elsewhere
        await asyncio.sleep(0.001)
    return time.perf_counter()


async def measure(*, batches: int, database: str | None = None) -> Result:
    """Both runs, one after the other, over the same broker. ``database``: where events go, in place of SQLite."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = Broker(folder)
        broker.start()
        try:
            address = BrokerSettings(host=broker.host, port=broker.port)
            settings = Settings(data_dir=folder, broker=address, database=database)
            await migrate(settings.database_url)
            passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
            async with open_hub(settings, SystemClock(), passwords) as hub:
                link = BrokerLink(
                    host=broker.host, port=broker.port, subscribe=subscriptions("down", site="ramsey", edge="main")
                )
                events = day_of_events(batches * BATCH_LIMIT + 1)
                lines = folder / "batches"
                lines.write_bytes(b"\n".join(sealed(hub.speaker, events)) + b"\n")
                async with hub.edge(link) as edge:
                    await hub.up_to_date()
                    took, used = await ingest(edge, broker, lines, len(events))
                    stored = await count_stored(hub)
            bare = await bare_loop(broker, lines, batches)
        finally:
            broker.stop()
    timed = len(events) - 1
    return Result(
        database=settings.database_url.get_backend_name(),
        events=len(events),
        stored=stored,
        bare=timed / bare,
        ingest=timed / took,
        per_cpu_s=timed / used,
    )


async def count_stored(hub: Hub) -> int:
    async with hub.container.database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(stored_events))).scalar_one())


def sealed(speaker: Speaker, events: list[Event]) -> list[bytes]:
    """The events in signed batches, the first one alone."""
    return [
        speaker.batch(events[:1]),
        *(speaker.batch(events[at : at + BATCH_LIMIT]) for at in range(1, len(events), BATCH_LIMIT)),
    ]


if __name__ == "__main__":
    for _ in range(3):
        print(asyncio.run(measure(batches=300)))
