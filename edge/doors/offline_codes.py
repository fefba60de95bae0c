"""The offline codes that a door can be shown: worked out ahead of the hour, so that a key is one look into a table.

A code that was used once stays bound to its window: nine digits can mean another window on another day, and whoever
knows the code is not to come in then. Used codes are kept as an HMAC, and no digits are ever written to a log or event.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from edge.system.files import Files
from edge.wire.codec import decode
from edge.wire.credentials import CredentialKind, code_key, is_offline_code
from edge.wire.errors import WireError
from edge.wire.offline import EPOCH, QUARTER, QUARTERS_MAX, SLOTS, OfflineNumbers, OfflineWindow

AHEAD = 4
"""Quarter hours that a window is known before it begins, so that who comes early is told so."""
BEHIND = 4
"""Quarter hours that a window is known after it has ended, so that who comes late is told so."""
AT_ONCE = 64
"""Codes worked out in one go (about a third of a millisecond); between two goes a key can be served."""
BOUND_FOR = timedelta(days=40)
"""How long a used code is remembered past its window: longer than a plan reaches."""
BOUND_MAX = 10_000
_FILE_LIMIT = 4 * 1024 * 1024


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """A code that was used: the HMAC of its digits under the door's offline secret, and its window."""

    key: bytes
    window: OfflineWindow


class BoundCodes(msgspec.Struct, frozen=True, kw_only=True):
    """All used codes of a door, as they lie on the disk."""

    codes: tuple[Bound, ...] = ()


Windows = dict[bytes, OfflineWindow]
"""The windows of used codes, by the HMAC of their digits."""


class OfflineCodes:
    """The table of one door, whose offline secret is ``secret``. Its windows are packed into numbers: a door has some
    12,000 of them at any time. ``bound``: the used codes, those of the door's other secrets among them."""

    def __init__(self, door: str, secret: bytes, bound: Windows | None = None) -> None:
        self._secret = secret
        self._numbers = OfflineNumbers(secret, door)
        self._at: int | None = None
        self._table: dict[int, tuple[int, ...]] = {}
        self._by_end: defaultdict[int, list[int]] = defaultdict(list)
        self._bound = bound if bound is not None else {}

    def __len__(self) -> int:
        return len(self._table)

    def prepare(self, now: datetime) -> Iterator[None]:
        """Bring the table to ``now``; whoever steps through it may do something else after each step. Steps to the
        end before it is called again."""
        at, was = _number(now), self._at
        if at == was:
            return
        near = was is not None and was < at <= was + AHEAD
        first = was + AHEAD + 1 if was is not None and near else at - QUARTERS_MAX - BEHIND + 1
        if not near:
            self._table, self._by_end = {}, defaultdict(list)
        for end in [end for end in self._by_end if end <= at - BEHIND]:
            for code in self._by_end.pop(end):
                kept = tuple(packed for packed in self._table.get(code, ()) if _end(packed) != end)
                if kept:
                    self._table[code] = kept
                else:
                    self._table.pop(code, None)
        for count, (start, quarters, slot) in enumerate(self._coming(first, at), start=1):
            packed = start << 9 | (quarters - 1) << 3 | slot
            code = self._numbers.number(start, quarters, slot)
            known = self._table.get(code)
            self._table[code] = (packed,) if known is None else (*known, packed)
            self._by_end[start + quarters].append(code)
            if count % AT_ONCE == 0:
                yield
        self._at = at

    def windows(self, digits: str) -> tuple[OfflineWindow, ...]:
        """What ten digits can mean, the earliest start first; of a code that was used, what it meant then."""
        if not is_offline_code(digits):
            return ()
        bound = self._bound.get(self._key(digits)) if self._bound else None
        if bound is not None:
            return (bound,)
        return tuple(_window(packed) for packed in sorted(self._table.get(int(digits), ())))

    def use(self, digits: str, window: OfflineWindow) -> bool:
        """Bind a code that opened the door to its window; whether it was not bound yet, so that it wants keeping."""
        key = self._key(digits)
        new = key not in self._bound
        if new:
            self._bound[key] = window
        return new

    def _key(self, digits: str) -> bytes:
        return code_key(self._secret, CredentialKind.OFFLINE_CODE, digits)

    def _coming(self, first: int, at: int) -> Iterator[tuple[int, int, int]]:
        """Start, quarters and slot of windows that start from ``first`` on and are not long over at ``at``."""
        for start in range(first, at + AHEAD + 1):
            for quarters in range(max(1, at - BEHIND + 1 - start), QUARTERS_MAX + 1):
                for slot in range(SLOTS):
                    yield start, quarters, slot


def to_keep(bound: Windows, now: datetime) -> BoundCodes:
    """Used codes whose window is not long over, the latest if there are too many; the others are forgotten."""
    kept = sorted((each for each in bound.items() if each[1].during.end + BOUND_FOR > now), key=lambda each: each[1])
    bound.clear()
    bound.update(kept[-BOUND_MAX:])
    return BoundCodes(codes=tuple(Bound(key=key, window=window) for key, window in bound.items()))


async def read_bound(files: Files, door: str) -> BoundCodes | None:
    """The used codes of a door that are on the disk; ``None`` where they cannot be read."""
    try:
        data = await asyncio.to_thread(files.read, bound_file(door))
        return BoundCodes() if data is None else decode(data, BoundCodes, limit=_FILE_LIMIT)
    except (OSError, WireError):
        return None


def bound_file(door: str) -> str:
    """Where the used codes of a door lie on the disk."""
    return f"offline/{door}.json"


def _number(instant: datetime) -> int:
    return int((instant - EPOCH) // QUARTER)


def _unpacked(packed: int) -> tuple[int, int, int]:
    return packed >> 9, (packed >> 3 & 63) + 1, packed & 7


def _end(packed: int) -> int:
    start, quarters, _ = _unpacked(packed)
    return start + quarters


def _window(packed: int) -> OfflineWindow:
    start, quarters, slot = _unpacked(packed)
    return OfflineWindow(start=EPOCH + start * QUARTER, quarters=quarters, slot=slot)
