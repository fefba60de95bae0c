"""Listens to the broker of MQTT devices, in a task of its own: whatever they send, no door waits for it."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from math import inf
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgspec

from edge.runtime import Runtime
from edge.sensors.config import MqttCounterConfig, MqttSensorsConfig, hears
from edge.sensors.last_values import NEVER, LastValues
from edge.sensors.mqtt_devices.decode import Decoder
from edge.sensors.mqtt_devices.people_counter import MqttCounter
from edge.sensors.report import PAYLOAD_LIMIT
from edge.system.liveness import OUTSIDE_STUCK_S, Liveness
from edge.wire.access_decision import ClockTrust
from edge.wire.broker_link import Connected, Disconnected, Link, Message, Trouble, stop_if_told
from edge.wire.faults import FaultCode
from edge.wire.messages import DeviceState

log = logging.getLogger(__name__)

LOOK_S = 0.25
"""How often what came is read."""
TOPIC_LIMIT, WAITING_LIMIT = 20, 1000
"""Most messages that wait to be read, of one topic and of all. Of one topic the newest are kept."""
AT_ONCE = 20
"""So many messages are put with those that wait before the rest of the agent has its turn. They are read one by one."""
STATE_S = 60.0
RETRY_S, RETRY_MOST_S = 1.0, 30.0
"""The wait after an error that nobody foresaw, and the longest, to which it doubles."""
UNREAD = "messages"
"""The part of the fault that says that a message could not be read for such an error."""

SensorsLinkMaker = Callable[[MqttSensorsConfig], Link]


def subscribed(config: MqttSensorsConfig, counters: Iterable[MqttCounterConfig]) -> tuple[str, ...]:
    """What to subscribe to. A broker delivers once for each filter that a message fits: what others hear anyway is
    left out."""
    topics = [topic for each in counters for topic in each.topics]
    return (
        *config.topics,
        *(own for own in topics if "#" in own or not any(hears(each, own) for each in config.topics)),
    )


class MqttSensors:
    """Records what MQTT devices measure. Each of them has an id of its own in the events."""

    def __init__(
        self,
        config: MqttSensorsConfig,
        *,
        runtime: Runtime,
        link: SensorsLinkMaker,
        counters: Mapping[MqttCounterConfig, MqttCounter] = MappingProxyType({}),
    ) -> None:
        self.id = config.id
        self._runtime = runtime
        self._counters = counters
        self._link = link(msgspec.structs.replace(config, topics=subscribed(config, counters)))
        self._decoder = Decoder(ZoneInfo(runtime.config.timezone))
        self._values = LastValues()
        self._waiting: dict[str, deque[Message]] = {}
        self._number = 0
        self._messages = self._foreign = self._dropped = 0
        self._state_at, self._wait_s = -inf, RETRY_S
        self._hearing, self._reading = Liveness(OUTSIDE_STUCK_S), Liveness()

    def state(self) -> DeviceState:
        values = {
            "connected": self._link.connected,
            "sensors": len(self._values),
            "messages": self._messages,
            "foreign": self._foreign + self._values.foreign,
            "dropped": self._dropped,
        }
        return self._runtime.device_state(self.id, "mqtt_sensors", values)

    def start(self) -> None:
        self._runtime.supervise(f"hear {self.id}", self._hear(), self._hearing)
        self._runtime.supervise(f"read {self.id}", self._read(), self._reading)

    async def _hear(self) -> None:
        """No error ends it: sensors are not worth the doors, which end with the agent."""
        while True:
            try:
                await self._hear_link()
            except Exception:
                log.exception("The link to the broker of sensors failed")
            stop_if_told()
            self._cut_off("")
            await self._runtime.clock.sleep(self._wait_s)
            self._wait_s = min(self._wait_s * 2, RETRY_MOST_S)

    async def _hear_link(self) -> None:
        async for event in self._link.events():
            if isinstance(event, Message):
                self._take(event)
                if self._messages % AT_ONCE == 0:
                    await asyncio.sleep(0)
            elif isinstance(event, Connected | Disconnected):
                lost = isinstance(event, Disconnected)
                self._wait_s = self._wait_s if lost else RETRY_S
                self._cut_off((event.trouble or "") if isinstance(event, Disconnected) else None)
                self._runtime.publish_state(self.id)

    def _cut_off(self, part: str | None) -> None:
        """``part`` of the fault: why; ``None`` for not cut off."""
        for each in sorted(("", *Trouble), key=lambda each: each == part):  # one ends before another begins
            self._runtime.fault(self.id, FaultCode.SENSORS_CUT_OFF, each, present=each == part)

    def _take(self, message: Message) -> None:
        self._messages += 1
        full = message.topic not in self._waiting and self._number >= WAITING_LIMIT
        if full or len(message.payload) > PAYLOAD_LIMIT:
            self._dropped += 1
            return
        queue = self._waiting.setdefault(message.topic, deque())
        queue.append(message)
        if len(queue) > TOPIC_LIMIT or self._number >= WAITING_LIMIT:
            queue.popleft()
            self._dropped += 1
        else:
            self._number += 1

    async def _read(self) -> None:
        wait_s = 0.0
        while True:
            self._reading.progressed()
            waiting, self._waiting, self._number = self._waiting, {}, 0
            failed = False
            for message in (each for queue in waiting.values() for each in queue):
                failed |= not self._worked(self._note, message)
                await self._give_way()
            for device, data in self._values.events(self._runtime.clock.monotonic()):
                failed |= not self._worked(self._runtime.record, device, data)
                await self._give_way()
            self._tell_state()
            self._runtime.fault(self.id, FaultCode.SENSORS_CUT_OFF, UNREAD, present=failed)
            wait_s = min(max(RETRY_S, wait_s * 2), RETRY_MOST_S) if failed else 0.0
            await self._runtime.clock.sleep(wait_s or LOOK_S)

    def _worked(self, act: Callable[..., object], *args: object) -> bool:
        """Whether it could be done. What fails is counted, and the rest goes on."""
        try:
            act(*args)
        except Exception:
            self._dropped += 1
            log.exception("What a sensor sent could not be read")
            return False
        return True

    async def _give_way(self) -> None:
        """Let the rest of the agent have its turn."""
        await asyncio.sleep(0)
        self._reading.progressed()

    def _note(self, message: Message) -> None:
        for config, counter in self._counters.items():
            if config.takes(message.topic):
                counter.take(message)
                return
        reports = self._decoder.decode(message.topic, message.payload)
        if reports is None:
            self._foreign += 1
            return
        # What the broker had kept may be of any age: unless its time shows that it is recent, it is no measurement.
        known = self._runtime.now() if self._runtime.trust is not ClockTrust.UNPROVEN else NEVER
        for report in reports:
            kept_at = known if message.retained else None
            self._values.take(report, self._runtime.clock.monotonic(), kept_at=kept_at)

    def _tell_state(self) -> None:
        mono = self._runtime.clock.monotonic()
        if mono - self._state_at >= STATE_S:
            self._state_at = mono
            self._runtime.publish_state(self.id)
