"""How far the clock is believed, and the floor below which it never falls. Pure but for ``kernel_synchronised``.

- *synced*: the clock's source sets it (NTP, or a signed hello of this very session).
- *holdover*: it has been right since it was last set, and drifts.
- *unproven*: after a power cut nothing has vouched for it; it stands at the floor, and only credentials that
  do not depend on time open.

Time never goes back: a step back is ignored and the monotonic clock carries on. A step of more than a day forward is
believed only from a battery clock at start, or from a signed hello.
"""

import ctypes
from datetime import datetime, timedelta

import msgspec

from edge.wire.decide import ClockTrust
from edge.wire.interval import Instant

BACK_TOLERANCE = timedelta(seconds=2)
"""A clock may be slewed back this far; the time given out stands still meanwhile."""
FORWARD_LIMIT = timedelta(days=1)
HELLO_WINDOW_S = 60.0
"""A hello proves the time only this long (seconds, monotonic) after the session began: later it may be a held one."""
HELLO_TOLERANCE = timedelta(seconds=60)
TIME_ERROR = 5


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept on the disk: an instant that has certainly passed, and the machine's boot it was seen in."""

    at: Instant
    machine_boot: str = ""


class Timekeeper:
    """The edge's time: the clock's, held against the floor, the monotonic clock and what vouches for it.

    ``now`` is called with the clock's instant and monotonic seconds; it never returns less than before, unless a
    signed hello lowered it.
    """

    def __init__(self, *, floor: Floor | None, machine_boot: str, rtc: bool, now: datetime, mono: float) -> None:
        self.machine_boot = machine_boot
        above = floor is None or now >= floor.at
        running = floor is not None and machine_boot != "" and floor.machine_boot == machine_boot
        near = floor is None or now - floor.at <= FORWARD_LIMIT
        self._proven = above and (rtc or running)
        self._plausible = above and (near or self._proven)
        self._base = now if self._plausible or floor is None else floor.at
        self._mono = mono
        self._synced = False

    @property
    def trust(self) -> ClockTrust:
        if self._synced and self._proven:
            return ClockTrust.SYNCED
        return ClockTrust.HOLDOVER if self._proven else ClockTrust.UNPROVEN

    def now(self, wall: datetime, mono: float) -> datetime:
        """The instant to go by."""
        expected = self._base + timedelta(seconds=mono - self._mono)
        step = wall - expected
        if -BACK_TOLERANCE <= step <= FORWARD_LIMIT and self._plausible:
            expected = max(wall, self._base)
        self._base, self._mono = expected, mono
        return expected

    def look(self, wall: datetime, mono: float, *, synchronised: bool) -> None:
        """Take note of whether the clock's source sets it now; call every few seconds."""
        step = wall - self.now(wall, mono)
        near = -BACK_TOLERANCE <= step <= FORWARD_LIMIT
        if synchronised and near:
            self._plausible = self._proven = True
        self._synced = synchronised and near

    def hello(self, at: datetime, wall: datetime, mono: float, *, session_began: float) -> bool:
        """A signed hello that echoes this session's nonce, which was issued at monotonic ``session_began``, says
        that it was ``at``. Whether it was taken as proof of the time; it may then also lower it."""
        if mono - session_began > HELLO_WINDOW_S:
            return False
        if abs(self.now(wall, mono) - at) > HELLO_TOLERANCE:
            self._base, self._mono = at, mono
        # From here on the clock itself is followed only while it agrees with what was proven.
        self._plausible = abs(wall - at) <= HELLO_TOLERANCE
        self._proven = True
        return True

    def floor(self, wall: datetime, mono: float) -> Floor:
        """What to keep on the disk now. An agent restarted within this boot of the machine holds over only what
        was proven before."""
        return Floor(at=self.now(wall, mono), machine_boot=self.machine_boot if self._proven else "")


class _Timex(ctypes.Structure):
    """``struct timex`` of adjtimex(2): only ``modes`` is set here (0, read only); the rest is room."""

    _fields_ = [("modes", ctypes.c_uint), ("room", ctypes.c_byte * 252)]


def kernel_synchronised() -> bool:
    """Whether the kernel holds its clock to be set by a time service (adjtimex(2))."""
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.byref(_Timex()))
    except (OSError, AttributeError):
        return False
    return 0 <= state < TIME_ERROR


def machine_boot_id() -> str:
    """The kernel's id of this boot of the machine, or nothing where there is none."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""
