"""A bought people counter that reports over MQTT. Nobody signs what it sends, and it may come minutes late: no door,
alarm or light of the edge acts on it."""

from collections import Counter as Tally

from edge.runtime import Runtime
from edge.sensors.config import MqttCounterConfig
from edge.sensors.counter import Counter
from edge.sensors.mqtt_devices.people_totals import Follower, Passed, Totals, follow, read
from edge.sensors.mqtt_devices.report import Aside
from edge.wire.faults import FaultCode

OFTEN_S = 5.0
"""Totals that come sooner are read with the next: a counter that sends all the time fills no disk."""
SILENT_S = 3 * 3600.0
"""A counter that says nothing for so long is broken or away."""
EVENTS_PER_S, EVENTS_AT_ONCE = 0.5, 30.0
"""Single people that are believed."""


class MqttCounter(Counter):
    """Counts by what one device reports. Without a door: the site's file says at which door it counts."""

    def __init__(self, config: MqttCounterConfig, *, runtime: Runtime, totals: tuple[int, int]) -> None:
        super().__init__(config.id, None, runtime=runtime, totals=totals)
        self.topic = config.topic
        self._swapped = config.swapped
        self._follower = Follower()
        self._aside: Tally[Aside] = Tally()
        self._heard_at, self._read_at = runtime.clock.monotonic(), float("-inf")
        self._heard = runtime.now()
        self._budget = EVENTS_AT_ONCE

    def more(self) -> dict[str, int]:
        return {"set_aside": self._aside.total()}

    def take(self, payload: bytes, *, retained: bool) -> None:
        """A message of the device. What the broker had kept is no news."""
        mono, said = self._runtime.clock.monotonic(), read(payload)
        if retained or (isinstance(said, Totals) and mono < self._read_at + OFTEN_S):
            return
        if isinstance(said, Totals):
            self._read_at = mono
            self._follower, said, odd = follow(self._follower, said, mono)
            self._note(odd)
        elif isinstance(said, Passed):
            said = self._afford(said, mono)
        if isinstance(said, Aside):
            self._note(said)
            return
        self._heard_at, self._heard = mono, self._runtime.now()
        self.fault(FaultCode.COUNTER_SILENT, present=False)
        ins, outs = (said.outs, said.ins) if self._swapped else (said.ins, said.outs)
        if ins or outs:
            self.count(ins=ins, outs=outs)
            self._runtime.publish_state(self.id)

    def refresh(self) -> None:
        """A new day, and whether it has fallen silent."""
        super().refresh()
        if self._runtime.clock.monotonic() >= self._heard_at + SILENT_S:
            self.fault(FaultCode.COUNTER_SILENT, present=True, since=self._heard)

    def _afford(self, said: Passed, mono: float) -> Passed | Aside:
        """Single people, as far as so many can have passed."""
        self._budget = min(EVENTS_AT_ONCE, self._budget + (mono - self._heard_at) * EVENTS_PER_S)
        if self._budget < 1:
            return Aside.TOO_MANY
        self._budget -= 1
        return said

    def _note(self, why: Aside | None) -> None:
        if why is not None:
            self._aside[why] += 1
            self._runtime.publish_state(self.id)
