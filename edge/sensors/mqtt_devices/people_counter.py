"""A bought people counter that reports over MQTT. Nobody signs what it sends, and it may come minutes late: no door,
alarm or light of the edge acts on it."""

from datetime import datetime
from math import inf

from edge.runtime import Runtime, Timer
from edge.sensors.config import MqttCounterConfig, hears
from edge.sensors.counter import Counter
from edge.sensors.mqtt_devices.people_intervals import LOGICS, Intervals, add, read_intervals
from edge.sensors.mqtt_devices.people_totals import MOST, Follower, Totals, follow, read, read_both_ways, read_one
from edge.sensors.report import Aside, object_of
from edge.system.persisted_state import HeardCounter
from edge.wire.access_decision import ClockTrust
from edge.wire.broker_link import Message
from edge.wire.faults import FaultCode

OFTEN_S = 30.0
"""Totals that come sooner wait, and only the newest of them are read: a counter makes 120 events an hour at most."""
STATE_S = 60.0
"""How often at most its state is published for what was set aside or counts nobody."""
SILENT_S = 3 * 3600.0
"""A counter that says nothing for so long is broken or away."""


class MqttCounter(Counter):
    """Counts by what one device reports."""

    def __init__(self, config: MqttCounterConfig, *, runtime: Runtime) -> None:
        super().__init__(config.id, config.door, runtime=runtime, both_ways=config.both_ways)
        self._config = config
        self._follower = Follower()
        self._intervals = Intervals()
        self._until: datetime | None = None
        self._ways: list[int | None] = [None, None]
        """The totals in and out of a counter that sends each by itself."""
        self._waiting: Totals | None = None
        self._timer = Timer(runtime, f"counter {config.id}", self._read)
        self._set_aside, self._untold, self._told_at = 0, False, -inf
        self._heard_at, self._read_at = runtime.clock.monotonic(), -inf
        self._heard = runtime.now()

    def more(self) -> dict[str, str | int]:
        return {"set_aside": self._set_aside, "heard": self._heard.isoformat()}

    @property
    def heard(self) -> HeardCounter:
        """What must survive this run."""
        last = self._follower.last
        return HeardCounter(
            at=self._heard,
            topic=self._config.source,
            last=(last.ins, last.outs) if last is not None else None,
            own=self._own,
            until=self._until,
        )

    @property
    def _own(self) -> tuple[int, int]:
        return (self.passages, 0) if self.both_ways else self.totals

    def resume(self, stored: HeardCounter) -> None:
        """Go on from what the last run heard. What it counted after that was stored is in the totals of its events."""
        if stored.topic != self._config.source:
            return
        self._heard = min(stored.at, self._heard)
        self._heard_at -= (self._runtime.now() - self._heard).total_seconds()
        if stored.last is not None:
            ins, outs = (max(0, now - then) for now, then in zip(self._own, stored.own, strict=True))
            since = (outs, ins) if self._config.swapped else (ins, outs)
            last = Totals(*(min(MOST - 1, a + b) for a, b in zip(stored.last, since, strict=True)))
            self._follower = Follower(last=last, at=self._heard_at)
            self._ways = [last.ins, last.outs]
            self._intervals, self._until = Intervals(totals=last, since=stored.until), stored.until

    def take(self, message: Message) -> None:
        """A message of the device. What the broker had kept is no news."""
        if message.retained:
            return
        said, mono = self._said(message), self._runtime.clock.monotonic()
        if isinstance(said, Aside):
            self._set_aside += 1
            self._tell()
            return
        if said is None:
            return
        self._heard_at, self._heard, self._waiting = mono, self._runtime.now(), said
        self.fault(FaultCode.COUNTER_SILENT, present=False)
        if mono >= self._read_at + OFTEN_S:
            self._read()
        else:
            self._timer.set(self._read_at + OFTEN_S)

    def refresh(self) -> None:
        """A new day, and whether it has fallen silent."""
        super().refresh()
        if self._runtime.clock.monotonic() >= self._heard_at + SILENT_S:
            self.fault(FaultCode.COUNTER_SILENT, present=True, since=self._heard)
        if self._untold:
            self._tell()

    def _said(self, message: Message) -> Totals | Aside | None:
        """The totals by a message; ``None`` if it does not tell both yet."""
        if self.both_ways:
            return read_both_ways(message.payload, self._config.total)
        if (out_topic := self._config.out_topic) is not None:
            total = read_one(message.payload)
            if isinstance(total, Aside):
                return total
            self._ways[hears(out_topic, message.topic)] = total
            ins, outs = self._ways
            return Totals(ins, outs) if ins is not None and outs is not None else None
        said = object_of(message.payload) or {}
        if LOGICS not in said:
            return read(message.payload)
        found = read_intervals(said, self._config.line)
        if isinstance(found, Aside):
            return found
        now = self._runtime.now() if self._runtime.trust is not ClockTrust.UNPROVEN else None
        self._intervals, old = add(self._intervals, found, now)
        self._set_aside += old is not None
        return self._intervals.totals

    def _read(self) -> None:
        """Count by the newest totals."""
        if self._waiting is None:
            return
        self._follower, passed, odd = follow(self._follower, self._waiting, self._heard_at)
        self._waiting, self._read_at = None, self._runtime.clock.monotonic()
        self._until = self._intervals.until or self._until
        self._set_aside += odd is not None
        ins, outs = (passed.outs, passed.ins) if self._config.swapped else (passed.ins, passed.outs)
        if ins or outs:
            if self.both_ways:
                self.passed(ins)
            else:
                self.count(ins=ins, outs=outs)
            self._runtime.publish_state(self.id)
        else:
            self._tell()

    def _tell(self) -> None:
        """Publish the state, now or when it may be."""
        mono = self._runtime.clock.monotonic()
        self._untold = mono < self._told_at + STATE_S
        if not self._untold:
            self._told_at = mono
            self._runtime.publish_state(self.id)
