"""A counter of people at a door, whatever it counts with: totals, the day, and since when it does not count."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from edge.runtime import Runtime
from edge.sensors import day_balance
from edge.system.persisted_state import Day
from edge.wire.events import FootfallData
from edge.wire.faults import Fault, FaultCode
from edge.wire.messages import PASSAGES_TODAY, DeviceState

STOPPING = frozenset({FaultCode.BEAM_BLOCKED, FaultCode.BEAM_DEAD, FaultCode.BEAMS_SILENT, FaultCode.COUNTER_SILENT})
"""Faults with which nobody is counted."""


class Counter:
    """``door``: the door of this edge that it counts at, if any. ``both_ways``: it does not tell in from out: it counts
    passages. Counting continues from the totals of its last event on disk."""

    def __init__(self, name: str, door: str | None, *, runtime: Runtime, both_ways: bool = False) -> None:
        self._runtime = runtime
        self.id, self.door, self.both_ways = name, door, both_ways
        self._ins, self._outs = runtime.outbox.totals.get(name, (0, 0))
        self._passages = runtime.outbox.passages.get(name, 0)
        self._zone = ZoneInfo(runtime.config.timezone)
        self.day = self._day()
        self._balance = day_balance.DayBalance(day=day_balance.day_of(self._local()))
        self._stopped: dict[Fault, datetime] = {}

    @property
    def totals(self) -> tuple[int, int]:
        """People in and out since the counter was first used."""
        return self._ins, self._outs

    @property
    def passages(self) -> int:
        """People who passed in either direction since the counter was first used, of one that counts both ways."""
        return self._passages

    def start(self) -> None:
        """Start counting."""

    def resume_day(self, day: Day) -> None:
        """Restore the totals at the start of ``day``, if it is still that day."""
        here = day.ins <= self._ins and day.outs <= self._outs and day.passages <= self._passages
        if day.day == self.day.day and here:
            self.day = day

    def refresh(self) -> None:
        """Start a new day at local midnight, and judge the balance of one early in the morning."""
        if self._today() != self.day.day:
            self.day = self._day()
            self._runtime.publish_state(self.id)
        if (day := day_balance.day_of(self._local())) != self._balance.day:
            swapped = day_balance.swapped(self._balance)
            self._balance = day_balance.DayBalance(day=day)
            if swapped is not None:
                self.fault(FaultCode.BEAMS_SWAPPED, present=swapped)
                self._runtime.publish_state(self.id)

    def state(self) -> DeviceState:
        self.refresh()
        values: dict[str, str | int | float | bool | None] = {
            **self._counts(),
            "fault": self._runtime.faults_of(self.id),
            "not_counting_since": min(self._stopped.values()).isoformat() if self._stopped else None,
        }
        return self._runtime.device_state(self.id, "counter", values | self.more())

    def _counts(self) -> dict[str, int]:
        if self.both_ways:
            return {"total_passages": self._passages, PASSAGES_TODAY: self._passages - self.day.passages}
        return {
            "total_ins": self._ins,
            "total_outs": self._outs,
            "ins_today": self._ins - self.day.ins,
            "outs_today": self._outs - self.day.outs,
        }

    def more(self) -> dict[str, str | int]:
        """What else its state says."""
        return {}

    def count(self, *, ins: int, outs: int, turned_back: int = 0) -> None:
        """Record people."""
        self._balance = day_balance.crossed(self._balance, ins=ins, outs=outs)
        self._ins += ins
        self._outs += outs
        data = FootfallData(
            counter=self.id,
            door=self.door,
            ins=ins,
            outs=outs,
            total_ins=self._ins,
            total_outs=self._outs,
            turned_back=turned_back,
            total_passages=self._passages,
        )
        self._runtime.record(self.id, data)

    def passed(self, people: int) -> None:
        """Record people of whom the direction is not known. The balance of the day has no part in them."""
        self._passages += people
        self._runtime.record(
            self.id,
            FootfallData(
                counter=self.id,
                door=self.door,
                ins=0,
                outs=0,
                total_ins=self._ins,
                total_outs=self._outs,
                passages=people,
                total_passages=self._passages,
            ),
        )

    def fault(self, code: FaultCode, part: str = "", *, present: bool, since: datetime | None = None) -> None:
        """A fault began or ended. ``since``: when it began, if not just now."""
        if present and code in STOPPING:
            self._stopped.setdefault(Fault(code, part), since or self._runtime.now())
        else:
            self._stopped.pop(Fault(code, part), None)
        self._runtime.fault(self.id, code, part, present=present, since=since)

    def _local(self) -> datetime:
        return self._runtime.now().astimezone(self._zone)

    def _day(self) -> Day:
        return Day(day=self._today(), ins=self._ins, outs=self._outs, passages=self._passages)

    def _today(self) -> date:
        return self._local().date()
