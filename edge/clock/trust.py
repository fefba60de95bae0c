"""How far the clock is believed, and the floor below which it never falls. Pure.

- *synced*: the clock's source sets it (NTP), and nothing speaks against it.
- *holdover*: the time was proven and the monotonic clock carries it on; how far it may be off by now is known.
- *unproven*: nothing vouches for the time (after a power cut, or where two unsigned sources contradict each other);
  only credentials that do not depend on time open.

Time never goes back but by a signed hello; where it is found to be ahead it stands. Once proven it is carried on by the
monotonic clock: from then on the machine's clock, which anybody on the line can set who can answer for a time service,
is followed only within what drift explains. docs/time.md has the rules as tables.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from edge.wire.decide import ClockTrust
from edge.wire.interval import Instant

DRIFT = 100e-6
"""Seconds that a crystal may lose or gain each second; those of a Pi are five times as good."""
TOLERANCE_S = 2.0
"""Clocks that differ by less agree."""
SYNC_ERROR_S = 1.0
"""How far a clock is off that a time service sets."""
BATTERY_ERROR_S = 5.0
FORWARD_LIMIT = timedelta(days=1)
"""A time service is believed this far ahead of the floor, once after a power cut; further only a battery clock is, or a
signed hello."""
LONGEST_OFF = timedelta(days=40)
"""A battery clock is believed this far ahead of the floor. After that no plan is left for which time matters."""
BATTERY_TOLERANCE = timedelta(seconds=60)
"""The kernel has set its clock from the battery clock if they agree so well."""
HELLO_WINDOW_S = 60.0
"""A hello proves the time only this long (seconds, monotonic) after the session began: later it may be a held one."""
HELLO_TOLERANCE_S = 5.0
HOLDOVER_LIMIT_S = 900.0
"""Off by more than this (after 104 days without a source) the time is no longer proven: a booking's code would open
before its lead-in, or never."""
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
"""It was later than this when this program was made: a floor below is that of a machine that never knew the time."""
LATEST = datetime(2126, 1, 1, tzinfo=UTC)
"""Whatever says that it is later than this is spoilt."""


Span = Annotated[float, msgspec.Meta(ge=0, le=1e10)]


class ClockFloor(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept on the disk: an instant that has certainly passed; and, where it was proven, in which boot of the
    machine, at which of its monotonic seconds, how far off (seconds) it may have been then, and how far (seconds) an
    unsigned source had carried it ahead of what has certainly passed."""

    at: Instant
    machine_boot: str = ""
    mono: Span = 0.0
    error_s: Span = 0.0
    ahead_s: Span = 0.0


def possible(at: datetime) -> bool:
    """Whether it can be that time at all."""
    return RELEASED <= at <= LATEST


class Timekeeper:
    """The edge's time, held against the floor, the monotonic clock and what vouches for it.

    ``battery``: what the battery clock says at the start; ``None`` where there is none. ``now``: what the machine's
    clock says. ``mono``: monotonic seconds of this boot of the machine.
    """

    def __init__(
        self, *, floor: ClockFloor | None, machine_boot: str, battery: datetime | None, now: datetime, mono: float
    ) -> None:
        self.machine_boot = machine_boot
        floor = floor if floor is not None and possible(floor.at) else None
        self._first = floor is None
        self._mono = self._anchor = mono
        self._error_s = 0.0
        self._proven = self._believed = self._signed = self._synced = self._stands = False
        self.disputed = False
        """A time service says otherwise and is not believed."""
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
        """How far the time may be off at present, in seconds; ``None`` where it is unproven."""
        return None if self.trust is ClockTrust.UNPROVEN else self._bound_s

    @property
    def wants_proof(self) -> bool:
        """Whether a signed hello would settle something."""
        return not self._signed and (self.disputed or self.trust is ClockTrust.UNPROVEN)

    def now(self, mono: float) -> datetime:
        """The instant to go by at ``mono``: never less than before, unless a signed hello lowered it."""
        self._line += timedelta(seconds=mono - self._mono)
        self._mono = mono
        if not self._stands:
            self._last = max(self._last, self._line)
        return self._last

    def floor(self, mono: float) -> ClockFloor:
        """What to keep on the disk now. An agent restarted within this boot of the machine holds over only what
        was proven before."""
        at = self.now(mono)
        if self.trust is ClockTrust.UNPROVEN:
            return ClockFloor(at=at)
        ahead_s = (at - self._passed) / timedelta(seconds=1) if self._passed is not None else 0.0
        return ClockFloor(
            at=at, machine_boot=self.machine_boot, mono=mono, error_s=self._bound_s, ahead_s=max(0.0, ahead_s)
        )

    # Evidence

    def update(self, wall: datetime, mono: float, *, synchronised: bool) -> None:
        """Take note of the machine's clock, and whether a time service sets it now; call every few seconds.

        What the kernel holds to be synchronised may be false all the same: the answers of time services are not
        signed.
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
            # The floor may have been taken from a false time. Stand there until the service has come up to it.
            self._stands, self.disputed = True, True
        elif step_s < 0 and not self._signed and self._may_be(wall):
            # Two unsigned sources contradict each other, and either may be the false one.
            self._proven, self._stands, self.disputed = False, True, True
        else:
            self.disputed = True

    def hello(self, at: datetime, mono: float, *, session_began: float) -> bool:
        """A signed hello that echoes this session's nonce, which was issued at monotonic ``session_began``, says
        that it was ``at``. Whether it was taken as proof of the time; it may then also lower it."""
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
        self._first = self._stands = self.disputed = False
        self._least, self._least_mono = self._line, mono
        return True

    # Inner works

    @property
    def _bound_s(self) -> float:
        return self._error_s + (self._mono - self._anchor) * DRIFT

    @property
    def _slack_s(self) -> float:
        return max(TOLERANCE_S, 2 * self._bound_s) if self._proven else TOLERANCE_S

    def _may_step(self, step_s: float) -> bool:
        """Whether an unsigned source is believed that the time is ``step_s`` ahead of what was gone by: once after a
        power cut, since nothing tells how long that was."""
        if self._signed or self._believed:
            return False
        return self._first or step_s <= FORWARD_LIMIT / timedelta(seconds=1)

    def _may_be(self, wall: datetime) -> bool:
        """Whether it can be so early, by what has certainly passed."""
        return self._passed is None or wall >= self._passed - timedelta(seconds=TOLERANCE_S)

    @property
    def _passed(self) -> datetime | None:
        """What has certainly passed by now."""
        return self._least + timedelta(seconds=self._mono - self._least_mono) if self._least is not None else None

    def _follow(self, wall: datetime) -> None:
        self._line = wall
        self._error_s, self._anchor = SYNC_ERROR_S, self._mono
        self._proven = self._believed = self._synced = True
        self._first = self._stands = self.disputed = False
        self._last = max(self._last, wall)


def _vouches(battery: datetime | None, now: datetime, floor: ClockFloor | None) -> bool:
    """Whether the kernel set its clock from a battery clock that can be right."""
    if battery is None or abs(battery - now) > BATTERY_TOLERANCE or battery < RELEASED:
        return False
    return floor is None or floor.at - timedelta(seconds=BATTERY_ERROR_S) <= now <= floor.at + LONGEST_OFF
