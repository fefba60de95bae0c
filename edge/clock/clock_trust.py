"""How far the clock is trusted, and the floor below which it never goes. Pure.

- *synced*: a time service (NTP) sets the clock, and nothing contradicts it.
- *holdover*: the time was proven and is carried on by the monotonic clock; its possible error is known.
- *unproven*: nothing confirms the time (after a power cut, or when two unsigned sources contradict each other). Only
  credentials that do not depend on time open.

Time never goes back, except by a signed hello; if it is found to be ahead, it stops. Once proven, it is carried
on by the monotonic clock: anybody on the network who can answer for a time service can set the machine's clock, so that
clock is then followed only within what drift explains. docs/time.md has the rules as tables.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from edge.wire.access_decision import ClockTrust
from edge.wire.interval import Instant

DRIFT = 100e-6
"""Seconds that a crystal may drift per second; a Pi's is five times better."""
TOLERANCE_S = 2.0
"""Clocks that differ by less than this agree."""
SYNC_ERROR_S = 1.0
"""The error of a clock that a time service sets."""
BATTERY_ERROR_S = 5.0
FORWARD_LIMIT = timedelta(days=1)
"""A time service may set the time this far ahead of the floor, once after a power cut. Only a battery clock or a signed
hello may set it further."""
LONGEST_OFF = timedelta(days=40)
"""A battery clock may be this far ahead of the floor. After that, no plan is left for which time matters."""
BATTERY_TOLERANCE = timedelta(seconds=60)
"""If the clocks agree this well, the kernel has set its clock from the battery clock."""
HELLO_WINDOW_S = 60.0
"""A hello proves the time only for this long (seconds, monotonic) after the session began; later, it may have been
delayed."""
HELLO_TOLERANCE_S = 5.0
HOLDOVER_LIMIT_S = 900.0
"""With a larger possible error (after 104 days without a source), the time is no longer proven: a booking's code would
open before its lead-in, or never."""
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
"""A time before the release of this program; a floor before it comes from a machine that never knew the time."""
LATEST = datetime(2126, 1, 1, tzinfo=UTC)
"""A time after this is corrupt."""


Span = Annotated[float, msgspec.Meta(ge=0, le=1e10)]


class ClockFloor(msgspec.Struct, frozen=True, kw_only=True):
    """Stored on disk: an instant that has certainly passed. If the time was proven, also: the boot of the machine, its
    monotonic seconds, the possible error (seconds), and how far (seconds) an unsigned source had set the time ahead of
    what has certainly passed."""

    at: Instant
    machine_boot: str = ""
    mono: Span = 0.0
    error_s: Span = 0.0
    ahead_s: Span = 0.0


def possible(at: datetime) -> bool:
    """Whether the time is possible at all."""
    return RELEASED <= at <= LATEST


class Timekeeper:
    """The edge's time, derived from the floor, the monotonic clock and other evidence.

    ``battery``: the battery clock's time at the start, ``None`` without one. ``now``: the machine's clock. ``mono``:
    monotonic seconds of this boot of the machine.
    """

    def __init__(
        self, *, floor: ClockFloor | None, machine_boot: str, battery: datetime | None, now: datetime, mono: float
    ) -> None:
        self.machine_boot = machine_boot
        floor = floor if floor is not None and possible(floor.at) else None
        self._first = floor is None
        self._mono = self._anchor = mono
        self._error_s = 0.0
        self._proven = self._believed = self._signed = self._synced = self._paused = False
        self.disputed = False
        """A time service gives another time, which is not accepted."""
        self.battery_good = _vouches(battery, now, floor)
        if floor is not None and machine_boot and floor.machine_boot == machine_boot and mono >= floor.mono:
            # The agent was restarted, the machine was not: its monotonic clock has gone on counting.
            self._line = floor.at + timedelta(seconds=mono - floor.mono)
            self._proven = self._believed = True
            self._error_s = floor.error_s + (mono - floor.mono) * DRIFT
        elif self.battery_good:
            self._line, self._proven = now, True
            self._error_s = BATTERY_ERROR_S
            if floor is not None:
                self._error_s += floor.error_s + (now - floor.at) / timedelta(seconds=1) * DRIFT
        else:
            near = floor is None or floor.at <= now <= floor.at + FORWARD_LIMIT
            self._line = now if near or floor is None else floor.at
        if floor is not None:
            self._line = max(self._line, floor.at)
        self._last = self._line
        self._least_mono = mono
        self._least = None
        if floor is not None:
            self._least = self._line - timedelta(seconds=floor.ahead_s) if self._believed else floor.at

    # Reading

    @property
    def trust(self) -> ClockTrust:
        if not self._proven or self._bound_s > HOLDOVER_LIMIT_S:
            return ClockTrust.UNPROVEN
        return ClockTrust.SYNCED if self._synced else ClockTrust.HOLDOVER

    @property
    def error_s(self) -> float | None:
        """The possible error of the time in seconds; ``None`` while unproven."""
        return None if self.trust is ClockTrust.UNPROVEN else self._bound_s

    @property
    def wants_proof(self) -> bool:
        """Whether a signed hello would help."""
        return not self._signed and (self.disputed or self.trust is ClockTrust.UNPROVEN)

    def now(self, mono: float) -> datetime:
        """The time at ``mono``. Never goes back, unless a signed hello lowered it."""
        self._line += timedelta(seconds=mono - self._mono)
        self._mono = mono
        if not self._paused:
            self._last = max(self._last, self._line)
        return self._last

    def floor(self, mono: float) -> ClockFloor:
        """What to store on disk now. After a restart within the same boot of the machine, the agent is in holdover only
        if the time was proven before."""
        at = self.now(mono)
        if self.trust is ClockTrust.UNPROVEN:
            return ClockFloor(at=at)
        ahead_s = (at - self._passed) / timedelta(seconds=1) if self._passed is not None else 0.0
        return ClockFloor(
            at=at, machine_boot=self.machine_boot, mono=mono, error_s=self._bound_s, ahead_s=max(0.0, ahead_s)
        )

    # Evidence

    def update(self, wall: datetime, mono: float, *, synchronised: bool) -> None:
        """Note the machine's clock, and whether a time service is setting it. Call it every few seconds.

        A clock that the kernel calls synchronised may still be wrong, because answers of time services are not signed.
        """
        now = self.now(mono)
        self._synced = False
        if not synchronised:
            # Whether a service that is not there any more was right stays open.
            return
        step_s = (wall - now) / timedelta(seconds=1)
        off_s = min(abs(step_s), abs(wall - self._line) / timedelta(seconds=1))
        if off_s <= self._slack_s or (step_s > 0 and self._may_step(step_s)):
            self._follow(wall)
        elif step_s < 0 and not self._proven:
            # The floor may have been taken from a false time. Stop there until the service has caught up.
            self._paused, self.disputed = True, True
        elif step_s < 0 and not self._signed and self._may_be(wall):
            # Two unsigned sources contradict each other, and either may be the false one.
            self._proven, self._paused, self.disputed = False, True, True
        else:
            self.disputed = True

    def hello(self, at: datetime, mono: float, *, session_began: float) -> bool:
        """Process a signed hello with time ``at`` that echoes this session's nonce, issued at monotonic
        ``session_began``. Returns whether it proved the time; it may also lower it."""
        age_s = mono - session_began
        if age_s > HELLO_WINDOW_S:
            return False
        now = self.now(mono)
        off_s = abs(now - at) / timedelta(seconds=1)
        # It was on its way for some of the session's age: so much later it may be by now, but no earlier than it says.
        if off_s > HELLO_TOLERANCE_S + (age_s if now > at else 0.0):
            self._line = self._last = at
            self._synced, off_s = False, 0.0
        else:
            self._line = now
        self._error_s, self._anchor = off_s + age_s, mono
        self._proven = self._signed = True
        self._first = self._paused = self.disputed = False
        self._least, self._least_mono = self._line, mono
        return True

    # Helpers

    @property
    def _bound_s(self) -> float:
        return self._error_s + (self._mono - self._anchor) * DRIFT

    @property
    def _slack_s(self) -> float:
        return max(TOLERANCE_S, 2 * self._bound_s) if self._proven else TOLERANCE_S

    def _may_step(self, step_s: float) -> bool:
        """Whether an unsigned source may set the time ``step_s`` ahead: once after a power cut, because nothing shows
        how long that was."""
        if self._signed or self._believed:
            return False
        return self._first or step_s <= FORWARD_LIMIT / timedelta(seconds=1)

    def _may_be(self, wall: datetime) -> bool:
        """Whether ``wall`` is possible, given the time that has certainly passed."""
        return self._passed is None or wall >= self._passed - timedelta(seconds=TOLERANCE_S)

    @property
    def _passed(self) -> datetime | None:
        """The latest instant that has certainly passed."""
        return self._least + timedelta(seconds=self._mono - self._least_mono) if self._least is not None else None

    def _follow(self, wall: datetime) -> None:
        self._line = wall
        self._error_s, self._anchor = SYNC_ERROR_S, self._mono
        self._proven = self._believed = self._synced = True
        self._first = self._paused = self.disputed = False
        self._last = max(self._last, wall)


def _vouches(battery: datetime | None, now: datetime, floor: ClockFloor | None) -> bool:
    """Whether the kernel set its clock from a plausible battery clock."""
    if battery is None or abs(battery - now) > BATTERY_TOLERANCE or battery < RELEASED:
        return False
    return floor is None or floor.at - timedelta(seconds=BATTERY_ERROR_S) <= now <= floor.at + LONGEST_OFF
