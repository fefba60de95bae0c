"""Listens to the broker of MQTT devices, in a task of its own: whatever they send, no door waits for it."""

import asyncio
from collections import deque
from collections.abc import Callable
from math import inf
from zoneinfo import ZoneInfo

from edge.runtime import Runtime
from edge.sensors.config import MqttSensorsConfig
from edge.sensors.mqtt_devices.decode import Decoder
from edge.sensors.mqtt_devices.last_values import NEVER, LastValues
from edge.system.liveness import OUTSIDE_STUCK_S, Liveness
from edge.wire.access_decision import ClockTrust
from edge.wire.broker_link import Connected, Disconnected, Link, Message
from edge.wire.faults import FaultCode
from edge.wire.messages import DeviceState

LOOK_S = 0.25
"""How often what came is read."""
TOPIC_LIMIT, WAITING_LIMIT = 20, 1000
"""Most messages that wait to be read, of one topic and of all. Of one topic the newest are kept."""
AT_ONCE = 20
"""So many messages are read before the rest of the agent has its turn."""
STATE_S = 60.0

SensorsLinkMaker = Callable[[MqttSensorsConfig], Link]


class MqttSensors:
    """Records what MQTT devices measure. Each of them has an id of its own in the events."""

    def __init__(self, config: MqttSensorsConfig, *, runtime: Runtime, link: SensorsLinkMaker) -> None:
        self.id = config.id
        self._runtime = runtime
        self._link = link(config)
        self._decoder = Decoder(ZoneInfo(runtime.config.timezone))
        self._values = LastValues()
        self._waiting: dict[str, deque[Message]] = {}
        self._number = 0
        self._messages = self._foreign = self._dropped = 0
        self._state_at = -inf
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
        async for event in self._link.events():
            if isinstance(event, Message):
                self._take(event)
                if self._messages % AT_ONCE == 0:
                    await asyncio.sleep(0)
            elif isinstance(event, Connected | Disconnected):
                lost = isinstance(event, Disconnected)
                self._runtime.fault(self.id, FaultCode.SENSORS_CUT_OFF, present=lost)
                self._runtime.publish_state(self.id)

    def _take(self, message: Message) -> None:
        self._messages += 1
        if message.topic not in self._waiting and self._number >= WAITING_LIMIT:
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
        while True:
            self._reading.progressed()
            waiting, self._waiting, self._number = self._waiting, {}, 0
            for at, message in enumerate(each for queue in waiting.values() for each in queue):
                self._note(message)
                if at % AT_ONCE == 0:
                    await asyncio.sleep(0)
            self._record()
            await self._runtime.clock.sleep(LOOK_S)

    def _note(self, message: Message) -> None:
        reports = self._decoder.decode(message.topic, message.payload)
        if reports is None:
            self._foreign += 1
            return
        # What the broker had kept may be of any age: unless its time shows that it is recent, it is no measurement.
        known = self._runtime.now() if self._runtime.trust is not ClockTrust.UNPROVEN else NEVER
        for report in reports:
            kept_at = known if message.retained else None
            self._values.take(report, self._runtime.clock.monotonic(), kept_at=kept_at)

    def _record(self) -> None:
        mono = self._runtime.clock.monotonic()
        for device, data in self._values.events(mono):
            self._runtime.record(device, data)
        if mono - self._state_at >= STATE_S:
            self._state_at = mono
            self._runtime.publish_state(self.id)
