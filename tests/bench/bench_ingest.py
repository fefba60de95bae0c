"""Ingest against the bare MQTT client, side by side in one run.

The same signed batches of 200 events go through a real mosquitto twice: to a loop that only receives them
(aiomqtt's own iterator, MQTT 5), and to a controller that checks, judges, files in SQLite with their samples and
bookings, commits and acknowledges. The figure is the ratio of the two. Run: ``python -m tests.bench.bench_ingest``.
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

from controller.db.migrations import migrate
from controller.mqtt.client import BrokerLink
from controller.people.passwords import Passwords
from controller.settings import Broker as BrokerSettings
from controller.settings import Settings
from controller.telemetry.tables import events as stored_events
from edge.wire.clock import SystemClock
from edge.wire.events import BATCH_LIMIT, DoorChange, DoorData, Event, MotionData, WifiData
from edge.wire.topics import Topic, subscriptions
from tests.controller.telemetry.speaking import Speaker, crossing, event
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub, open_hub
from tests.services.mosquitto import Broker
from tests.services.process import program

TOPIC = str(Topic(site="ramsey", edge="main", name="events"))


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Events per second of the bare loop and of the controller; how many of them are on the controller's disk."""

    events: int
    stored: int
    bare: float
    ingest: float

    @property
    def ratio(self) -> float:
        """The controller's speed as a share of the bare loop's."""
        return self.ingest / self.bare

    def __str__(self) -> str:
        return (
            f"{self.events} events: bare receive loop {self.bare:,.0f}/s, committed and acknowledged "
            f"{self.ingest:,.0f}/s, ratio {self.ratio:.2f}"
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


async def publish(broker: Broker, lines: Path) -> None:
    """Publish each line of a file, as fast as the broker takes it, from a process of its own."""
    command = program("mosquitto_pub", package="mosquitto-clients")
    with lines.open("rb") as file:
        sending = await asyncio.create_subprocess_exec(
            command, "-h", broker.host, "-p", str(broker.port), "-V", "5", "-q", "1", "-t", TOPIC, "-l", stdin=file
        )
        assert await sending.wait() == 0


async def bare_loop(broker: Broker, lines: Path, count: int) -> float:
    """Seconds in which aiomqtt's own iterator receives ``count`` messages."""
    async with aiomqtt.Client(broker.host, broker.port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe(TOPIC, qos=1)
        async with asyncio.TaskGroup() as group:
            group.create_task(publish(broker, lines))
            began, got = 0.0, 0
            async for _ in client.messages:
                began = began or time.perf_counter()
                got += 1
                if got == count:
                    break
            return time.perf_counter() - began


async def ingest(hub: Hub, edge: FakeEdge, broker: Broker, lines: Path, events: int) -> float:
    """Seconds in which the controller commits and acknowledges all of it, from the first batch that arrives."""
    async with asyncio.TaskGroup() as group:  # who cannot send is waited for by nobody
        arriving = group.create_task(until(lambda: hub.container.mqtt.ingest.busy))
        group.create_task(publish(broker, lines))
        began = await arriving
        return await until(lambda: edge.acks and edge.acks[-1].seq >= events) - began


async def until(condition: Callable[[], object]) -> float:
    """When it became true."""
    while not condition():  # noqa: ASYNC110  # what is measured must not do more than it does elsewhere
        await asyncio.sleep(0.001)
    return time.perf_counter()


async def measure(*, batches: int) -> Result:
    """Both runs, one after the other, over the same broker."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = Broker(folder)
        broker.start()
        try:
            settings = Settings(data_dir=folder, broker=BrokerSettings(host=broker.host, port=broker.port))
            await migrate(settings.database_url)
            passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
            async with open_hub(settings, SystemClock(), passwords) as hub:
                link = BrokerLink(
                    host=broker.host, port=broker.port, subscribe=subscriptions("down", site="ramsey", edge="main")
                )
                events = day_of_events(batches * BATCH_LIMIT)
                lines = folder / "batches"
                lines.write_bytes(b"\n".join(sealed(hub.speaker, events)) + b"\n")
                async with hub.edge(link) as edge:
                    await hub.up_to_date()
                    took = await ingest(hub, edge, broker, lines, len(events))
                    stored = await count_stored(hub)
            bare = await bare_loop(broker, lines, batches)
        finally:
            broker.stop()
    return Result(events=len(events), stored=stored, bare=len(events) / bare, ingest=len(events) / took)


async def count_stored(hub: Hub) -> int:
    async with hub.container.database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(stored_events))).scalar_one())


def sealed(speaker: Speaker, events: list[Event]) -> list[bytes]:
    """The events in signed batches."""
    return [speaker.batch(events[at : at + BATCH_LIMIT]) for at in range(0, len(events), BATCH_LIMIT)]


if __name__ == "__main__":
    for _ in range(3):
        print(asyncio.run(measure(batches=300)))
