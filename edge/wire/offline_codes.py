"""Offline codes: the controller issues one while the door is offline, and the door verifies it by itself.

A code is ``9`` and nine more digits, derived from ``HMAC-SHA256(door's offline secret, offline_code NUL door NUL start
NUL quarters NUL slot)``: its first eight bytes, as a big-endian number, modulo 10^9. ``start`` counts quarter hours
since 1970 in UTC, so clock changes have no effect.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from edge.wire.credentials import OFFLINE_FIRST, OFFLINE_LENGTH, CredentialKind
from edge.wire.interval import Instant, Interval

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
QUARTERS_MAX = 48
"""The longest window, 12 hours."""
SLOTS = 8
"""The number of different codes for one window at one door."""
_QUARTER_S = 900
_SPACE: int = 10 ** (OFFLINE_LENGTH - 1)
_FIRST = int(OFFLINE_FIRST) * _SPACE


class OfflineWindow(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """When an offline code works: from ``start``, on a quarter hour, for ``quarters``; ``slot`` distinguishes codes
    with the same window. Raises ``ValueError`` for a start that is not on a quarter hour."""

    start: Instant
    quarters: Annotated[int, msgspec.Meta(ge=1, le=QUARTERS_MAX)]
    slot: Annotated[int, msgspec.Meta(ge=0, lt=SLOTS)] = 0

    def __post_init__(self) -> None:
        try:
            msgspec.structs.force_setattr(self, "start", self.start.astimezone(UTC))
            on_quarter = quarter_at(self.start) == self.start and self.start + self.quarters * QUARTER > self.start
        except OverflowError as error:
            raise ValueError(f"an offline window at the end of the calendar: {error}") from error
        if not on_quarter:
            raise ValueError(f"an offline window starts on a quarter hour, not at {self.start}")

    @property
    def during(self) -> Interval:
        """The window as an interval."""
        return Interval(start=self.start, end=self.start + self.quarters * QUARTER)


Lookup = Callable[[str], tuple[OfflineWindow, ...]]
"""The windows that an offline code can stand for at a door, best first."""


def nothing(digits: str) -> tuple[OfflineWindow, ...]:
    """The ``Lookup`` of a door without offline codes."""
    return ()


def quarter_at(instant: datetime) -> datetime:
    """The last quarter hour that is not after ``instant``."""
    seconds = int((instant - EPOCH) // QUARTER) * _QUARTER_S
    return EPOCH + timedelta(seconds=seconds)


def offline_code(secret: bytes, door: str, window: OfflineWindow) -> str:
    """The ten digits of ``window`` at ``door``, whose offline secret is ``secret``."""
    return digits_of(secret, door, int((window.start - EPOCH) // QUARTER), window.quarters, window.slot)


def digits_of(secret: bytes, door: str, start: int, quarters: int, slot: int) -> str:
    """The same from plain numbers, ``start`` in quarter hours since 1970."""
    return str(OfflineNumbers(secret, door).number(start, quarters, slot))


class OfflineNumbers:
    """The codes of a door as numbers, for computing thousands of them: the common prefix is hashed once."""

    def __init__(self, secret: bytes, door: str) -> None:
        self._begun = hmac.new(secret, f"{CredentialKind.OFFLINE_CODE}\0{door}\0".encode(), hashlib.sha256)

    def number(self, start: int, quarters: int, slot: int) -> int:
        """``start`` in quarter hours since 1970."""
        made = self._begun.copy()
        made.update(b"%d\0%d\0%d" % (start, quarters, slot))
        return _FIRST + int.from_bytes(made.digest()[:8]) % _SPACE
