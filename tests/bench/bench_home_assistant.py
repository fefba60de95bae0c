"""Measured values over MQTT into a database on SQLite: what one costs here and in Home Assistant with its recorder.

Both run as processes beside a mosquitto with the settings of deploy. Home Assistant takes a value without asking who
sent it, sets its state, and has its recorder write it, which commits every five seconds. The controller checks the
signature and the number of each message, commits, and then acknowledges; an edge keeps what is not acknowledged.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec

from edge.wire.clock import Clock
from edge.wire.event_batch import BATCH_LIMIT, IN_FLIGHT_LIMIT
from edge.wire.events import Event, ReadingData
from edge.wire.readings import ReadingKind
from tests.controller.telemetry.speaking import event
from tests.cpu_times import cpu_seconds_of
from tests.integration.fake_edge import FakeEdge
from tests.services.home_assistant import HomeAssistant
from tests.services.mosquitto import Broker
from tests.services.process import program

SENSORS, EACH = 8, 1_200
"""Together less than a broker keeps for a client that is slower than those who publish (``max_queued_messages``)."""
ALONE_IN_FLIGHT = 50
"""Messages of one event that an edge has under way; the controller takes up 512 batches of all edges."""
PATIENCE_S = 600.0
_LOOK_S, _AT_REST = 2.0, 0.1


class Pids(msgspec.Struct, frozen=True):
    program: int
    broker: int


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """``seconds``: until the last of ``values`` was in the database; ``states_s``: until its state was set, where that
    comes first. Processor seconds until the program had nothing more to do."""

    values: int
    seconds: float
    states_s: float | None = None
    cpu_s: float
    broker_cpu_s: float


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The rounds of one program."""

    name: str
    rounds: Sequence[Round]

    @property
    def per_s(self) -> float:
        return statistics.median(each.values / each.seconds for each in self.rounds)

    @property
    def states_per_s(self) -> float | None:
        """How many states were set in a second."""
        found = [each.values / each.states_s for each in self.rounds if each.states_s is not None]
        return statistics.median(found) if found else None

    @property
    def ms(self) -> float:
        """Of processor time, each value."""
        return statistics.median(1000 * each.cpu_s / each.values for each in self.rounds)

    @property
    def broker_ms(self) -> float:
        return statistics.median(1000 * each.broker_cpu_s / each.values for each in self.rounds)

    def __str__(self) -> str:
        states = "" if self.states_per_s is None else f" (their states set at {self.states_per_s:,.0f}/s)"
        return (
            f"{self.name}: {self.per_s:,.0f} values/s{states}, {self.ms:.3f} ms of processor time each "
            f"({1000 / self.ms:,.0f} for each second of it), and {self.broker_ms:.3f} ms of the broker's"
        )


def lines(theirs: Side, ours: Sequence[Side]) -> Iterator[str]:
    """What is printed."""
    yield str(theirs)
    for each in ours:
        yield f"{each}: {each.ms / theirs.ms:.2f} of its processor time, {each.per_s / theirs.per_s:.2f} x its values/s"


class Feed(Protocol):
    async def __call__(self) -> tuple[float, float | None]:
        """Send all values of a round, and return when they are in the database: the seconds until then, and those until
        the last state was set."""


async def measured(feed: Feed, pids: Pids, values: int) -> Round:
    """A round of a program that is at rest before it."""
    await at_rest(pids.program)
    cpu_s, broker_cpu_s = cpu_seconds_of(pids.program), cpu_seconds_of(pids.broker)
    seconds, states_s = await feed()
    await at_rest(pids.program)
    return Round(
        values=values,
        seconds=seconds,
        states_s=states_s,
        cpu_s=cpu_seconds_of(pids.program) - cpu_s,
        broker_cpu_s=cpu_seconds_of(pids.broker) - broker_cpu_s,
    )


async def at_rest(pid: int) -> None:
    """Wait until a process takes less than a tenth of a core."""
    deadline, before = time.monotonic() + PATIENCE_S, cpu_seconds_of(pid)
    while time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_S)
        now = cpu_seconds_of(pid)
        if now - before < _AT_REST * _LOOK_S:
            return
        before = now
    raise AssertionError("it does not come to rest")


async def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


def value(number: int) -> float:
    """A temperature; no two one after the other are the same, so that each is a change of state."""
    return 15 + number % 1_000 / 100


class TheirFeed:
    """Home Assistant's sensors, which its MQTT discovery has made known to it. Each has a publisher."""

    def __init__(self, hass: HomeAssistant, broker: Broker, folder: Path) -> None:
        self._hass, self._broker, self._lines = hass, broker, folder / "values"

    async def prepare(self) -> None:
        self._hass.use_broker(self._broker.host, self._broker.port)
        for number in range(SENSORS):
            about = {
                "name": f"bench {number}",
                "unique_id": f"bench{number}",
                "state_topic": f"bench/{number}",
                "qos": 1,
                "origin": {"name": "bench"},
                "device_class": "temperature",
                "unit_of_measurement": "°C",
                "state_class": "measurement",
            }
            topic = f"homeassistant/sensor/bench{number}/config"
            await self._publish(topic, "-r", "-m", json.dumps(about))
        for number in range(SENSORS):  # the first ones may come before it listens
            while not self._hass.recorded(f"bench_{number}")[0]:
                await self._publish(f"bench/{number}", "-m", f"{time.monotonic():.3f}")
                await asyncio.sleep(1)
        self._lines.write_text("".join(f"{value(number)}\n" for number in range(EACH)))

    async def __call__(self) -> tuple[float, float]:
        before, _ = self._hass.recorded("bench_")
        began = time.time()
        await asyncio.gather(*(self._publish(f"bench/{number}", "-l", lines=self._lines) for number in range(SENSORS)))
        await _until(lambda: self._hass.recorded("bench_")[0] - before >= SENSORS * EACH)
        return time.time() - began, self._hass.recorded("bench_")[1] - began

    async def _publish(self, topic: str, *options: str, lines: Path | None = None) -> None:
        mosquitto_pub = program("mosquitto_pub", package="mosquitto-clients")
        argv = [mosquitto_pub, "-h", self._broker.host, "-p", str(self._broker.port), "-q", "1", "-t", topic, *options]
        with (lines or Path("/dev/null")).open("rb") as stdin:
            assert await (await asyncio.create_subprocess_exec(*argv, stdin=stdin)).wait() == 0


class OurFeed:
    """``edges`` that are up to date, a sensor at each; ``size`` values in a message, ``in_flight`` messages ahead of
    their acknowledgement."""

    def __init__(self, edges: Sequence[FakeEdge], clock: Clock, *, size: int, in_flight: int, each: int) -> None:
        self._edges, self._clock, self._size, self._in_flight, self._each = edges, clock, size, in_flight, each

    @classmethod
    def alone(cls, edges: Sequence[FakeEdge], clock: Clock, *, each: int = EACH) -> "OurFeed":
        """A message for each value."""
        return cls(edges, clock, size=1, in_flight=ALONE_IN_FLIGHT, each=each)

    @classmethod
    def many(cls, edges: Sequence[FakeEdge], clock: Clock, *, each: int = EACH) -> "OurFeed":
        """As an edge sends what has waited."""
        return cls(edges, clock, size=BATCH_LIMIT, in_flight=IN_FLIGHT_LIMIT, each=each)

    async def __call__(self) -> tuple[float, None]:
        sealed = [self._sealed(edge) for edge in self._edges]
        began = time.monotonic()
        await asyncio.gather(*(self._send(*each) for each in zip(self._edges, sealed, strict=True)))
        return time.monotonic() - began, None

    def _sealed(self, edge: FakeEdge) -> list[bytes]:
        """The signed messages of a round."""
        first, start = edge.head + 1, self._clock.now() - timedelta(seconds=60)
        edge.head += self._each
        events = [reading(seq, start + timedelta(milliseconds=seq - first)) for seq in range(first, edge.head + 1)]
        return [edge.speaker.batch(events[at : at + self._size]) for at in range(0, self._each, self._size)]

    async def _send(self, edge: FakeEdge, messages: Sequence[bytes]) -> None:
        last, first = edge.head, edge.head - self._each

        def acknowledged() -> int:
            return max(0, edge.acks[-1].seq - first) if edge.acks else 0

        for number, message in enumerate(messages):
            while number - acknowledged() // self._size >= self._in_flight:  # noqa: ASYNC110  # its cost is not ours
                await asyncio.sleep(0.001)
            await edge.say("events", message)
        await _until(lambda: bool(edge.acks) and edge.acks[-1].seq >= last)


def reading(seq: int, at: datetime) -> Event:
    """A sensor's new value."""
    data = ReadingData(name="Air", family="mqtt", values={ReadingKind.TEMPERATURE: value(seq)}, available=True)
    return event(seq, data, at=at, device="air-hall")
