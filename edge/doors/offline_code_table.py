"""The offline codes that a door accepts, computed ahead of time so that checking one is a table look-up.

After its first use a code stays bound to its window: the same nine digits can stand for another window on another day,
and somebody who knows the code must not get in then. Used codes are stored as an HMAC; no digits are ever written to a
log or event.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from edge.system.durable_files import Files
from edge.system.persisted_state import read_state
from edge.wire.credentials import CredentialKind, code_key, is_offline_code
from edge.wire.offline_codes import EPOCH, QUARTER, QUARTERS_MAX, SLOTS, OfflineNumbers, OfflineWindow

AHEAD = 4
"""Quarter hours before its start at which a window is known, so that somebody who comes early is told so."""
BEHIND = 4
"""Quarter hours after its end during which a window is known, so that somebody who comes late is told so."""
AT_ONCE = 64
"""Codes computed in one step (about a third of a millisecond); a reader can be served between two steps."""
BOUND_FOR = timedelta(days=40)
"""How long after its window a used code is remembered: longer than a plan reaches."""
BOUND_MAX = 10_000
_FILE_LIMIT = 4 * 1024 * 1024


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """A used code: the HMAC of its digits under the door's offline secret, and its window."""

    key: bytes
    window: OfflineWindow


class BoundCodes(msgspec.Struct, frozen=True, kw_only=True):
    """All used codes of a door, as stored on disk."""

    codes: tuple[Bound, ...] = ()


Windows = dict[bytes, OfflineWindow]
"""The windows of used codes, by the HMAC of their digits."""


class OfflineCodes:
    """The table of one door, for the offline secret ``secret``. Windows are packed into integers, because a door has
    about 12,000 of them at any time. ``bound``: the used codes, including those of the door's other secrets."""

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
        """Update the table to ``now`` in steps; the caller can do other work between them. Exhaust the iterator before
        calling this again."""
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
        """The windows that ten digits can stand for, earliest start first. For a used code, the window it was used
        for."""
        if not is_offline_code(digits):
            return ()
        bound = self._bound.get(self._key(digits)) if self._bound else None
        if bound is not None:
            return (bound,)
        return tuple(_window(packed) for packed in sorted(self._table.get(int(digits), ())))

    def use(self, digits: str, window: OfflineWindow) -> bool:
        """Bind a code that opened the door to its window. Returns whether that is new, so that it must be stored."""
        key = self._key(digits)
        new = key not in self._bound
        if new:
            self._bound[key] = window
        return new

    def _key(self, digits: str) -> bytes:
        return code_key(self._secret, CredentialKind.OFFLINE_CODE, digits)

    def _coming(self, first: int, at: int) -> Iterator[tuple[int, int, int]]:
        """Start, quarters and slot of the windows that start at or after ``first`` and have not ended long before
        ``at``."""
        for start in range(first, at + AHEAD + 1):
            for quarters in range(max(1, at - BEHIND + 1 - start), QUARTERS_MAX + 1):
                for slot in range(SLOTS):
                    yield start, quarters, slot


def to_store(bound: Windows, now: datetime) -> BoundCodes:
    """The used codes to store: those whose window ended less than ``BOUND_FOR`` ago, the latest ``BOUND_MAX`` of them.
    Forgets the others."""
    kept = sorted((each for each in bound.items() if each[1].during.end + BOUND_FOR > now), key=lambda each: each[1])
    bound.clear()
    bound.update(kept[-BOUND_MAX:])
    return BoundCodes(codes=tuple(Bound(key=key, window=window) for key, window in bound.items()))


async def read_bound(files: Files, door: str) -> BoundCodes | None:
    """Read the used codes of a door from disk; ``None`` if they cannot be read."""
    bound, fault = await read_state(files, bound_file(door), BoundCodes, limit=_FILE_LIMIT)
    return None if fault is not None else bound or BoundCodes()


def bound_file(door: str) -> str:
    """The file of a door's used codes."""
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
