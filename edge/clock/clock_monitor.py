"""Reads the machine's clocks: at the start to establish the time, then every few seconds to check it."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import datetime

from edge.clock.clock_trust import ClockFloor, Timekeeper
from edge.runtime import Runtime
from edge.wire.access_decision import ClockTrust
from edge.wire.clock import Clock
from edge.wire.faults import FaultCode

REFRESH_S = 10.0
ASK_AGAIN_S = 300.0
"""How long to wait before asking the controller for the time again."""


@dataclass(eq=False, repr=False)
class ClockWatch:
    """``rtc``: the Pi has a battery clock, by its configuration. ``synchronised``: whether a time service is setting
    ``clock``. ``battery``: the battery clock's time. ``machine_boot``: identifies the boot of the machine."""

    clock: Clock
    _: KW_ONLY
    rtc: bool
    synchronised: Callable[[], bool]
    battery: Callable[[], datetime | None]
    machine_boot: Callable[[], str]

    def __post_init__(self) -> None:
        self._asked_at = float("-inf")
        self.trouble: FaultCode | None = None
        """The fault of the battery clock, found at the start."""

    def begin(self, floor: ClockFloor | None) -> Timekeeper:
        """Establish the time, from the stored floor and the machine."""
        wall, mono = self.clock.now(), self.clock.monotonic()
        battery = self.battery() if self.rtc else None
        keeper = Timekeeper(floor=floor, machine_boot=self.machine_boot(), battery=battery, now=wall, mono=mono)
        if self.rtc and battery is None:
            self.trouble = FaultCode.BATTERY_CLOCK_MISSING
        elif self.rtc and keeper.trust is ClockTrust.UNPROVEN:
            self.trouble = FaultCode.BATTERY_CLOCK_WRONG
        keeper.update(wall, mono, synchronised=self.synchronised())
        return keeper

    def update(self, runtime: Runtime, *, connected: bool, hello_too_late: bool) -> bool:
        """Check the clock. Returns whether to ask the controller for the time in a new session, because a hello proves
        nothing long after its session began. ``hello_too_late``: that has happened."""
        keeper, mono = runtime.timekeeper, self.clock.monotonic()
        keeper.update(self.clock.now(), mono, synchronised=self.synchronised())
        runtime.fault(runtime.config.edge, FaultCode.CLOCK_DISPUTED, present=keeper.disputed)
        wanted = connected and keeper.wants_proof and (keeper.disputed or hello_too_late)
        if not wanted or mono - self._asked_at < ASK_AGAIN_S:
            return False
        self._asked_at = mono
        return True
