"""What the machine knows of its clock: whether a time service sets it, the battery clock, and the time since boot.
Besides ``edge.wire.clock`` the only module of this package that reads from the machine."""

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path

TIME_ERROR = 5
BATTERY_CLOCK = Path("/sys/class/rtc/rtc0/since_epoch")


class _Timex(ctypes.Structure):
    """``struct timex`` of adjtimex(2), as far as it is read; ``modes`` 0 sets nothing. ``maxerror``: microseconds."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("room", ctypes.c_byte * 252),
    ]


def kernel_synchronised() -> bool:
    """Whether a time service sets the kernel's clock (adjtimex(2))."""
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.byref(_Timex()))
    except (OSError, AttributeError):
        return False
    return 0 <= state < TIME_ERROR


def kernel_error_s() -> float | None:
    """How far the kernel says that its clock may be off at most, in seconds (adjtimex(2), ``maxerror``)."""
    told = _Timex()
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.byref(told))
    except (OSError, AttributeError):
        return None
    return told.maxerror / 1e6 if 0 <= state < TIME_ERROR else None


def battery_clock(file: Path = BATTERY_CLOCK) -> datetime | None:
    """The battery clock's time; ``None`` without one, or if it does not answer."""
    try:
        return datetime.fromtimestamp(int(file.read_text(encoding="ascii")), UTC)
    except (OSError, ValueError, OverflowError):
        return None


def since_boot() -> float:
    """Seconds since the machine was started, including sleep, which ``time.monotonic`` omits (clock_gettime(2),
    ``CLOCK_BOOTTIME``)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def machine_boot_id() -> str:
    """The kernel's id of this boot of the machine, or nothing where there is none."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""
