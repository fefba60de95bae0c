"""Makes of keys, cards and scans what a person presents at a door. Pure.

A code is complete at the door's code length, after ten digits if the first is 9 (an offline code), or at ``#``; ``*``
clears it. A key that could not be read keeps its place, so that the door can refuse the code at once. A card is
presented at once. If the door then asks for a PIN, the following digits are the PIN: complete at ``#``, after eight
digits, or when four or more were typed and no more follow. None of this is ever written to a log or event.
"""

import msgspec

from edge.wire import qr_passes
from edge.wire.credentials import OFFLINE_FIRST, OFFLINE_LENGTH, UNREAD_KEY, Presented

PAUSE_S = 10.0
"""After a pause this long between two keys, entry starts again; a card waits this long for its PIN."""
PIN_PAUSE_S = 3.0
"""A PIN is complete after a pause this long, so that nobody needs to know about ``#``."""
NOISE_S = 2.0
"""An unreadable input that is followed by nothing for this long was not a key."""
PIN_SHORTEST, PIN_LONGEST = 4, 8
CLEAR, ENTER = "*", "#"


class EntryState(msgspec.Struct, frozen=True, kw_only=True):
    """The digits typed so far, and the card that waits for its PIN. ``at``: time of the last key or card, in monotonic
    seconds."""

    digits: str = ""
    card: str = ""
    at: float = float("-inf")

    @property
    def due(self) -> float | None:
        """When it changes by itself: a PIN is complete, or an incomplete entry is dropped; ``None``: never."""
        if not self.digits and not self.card:
            return None
        return self.at + (PIN_PAUSE_S if self.card and len(self.digits) >= PIN_SHORTEST else PAUSE_S)

    def __repr__(self) -> str:
        return f"Entry({len(self.digits)} digits{' after a card' if self.card else ''})"


def key(entry: EntryState, pressed: str, now: float, *, length: int) -> tuple[EntryState, Presented | None]:
    """Process a key: ``0`` to ``9``, ``*``, ``#`` or ``UNREAD_KEY``. Returns what it completes. ``length``: of the
    door's codes."""
    if pressed == CLEAR:
        return EntryState(), None
    if entry.digits and not entry.digits.strip(UNREAD_KEY) and now >= entry.at + NOISE_S:
        entry = msgspec.structs.replace(entry, digits="")
    digits = entry.digits + (pressed if pressed != ENTER else "")
    code = OFFLINE_LENGTH if digits.startswith(OFFLINE_FIRST) else length
    whole = PIN_LONGEST if entry.card else code
    if pressed != ENTER and len(digits) < whole:
        return EntryState(digits=digits, card=entry.card, at=now), None
    return EntryState(), Presented(digits=digits, card=entry.card) if digits else None


def card(text: str, now: float) -> tuple[EntryState, Presented]:
    """A card, presented at once. It waits for its PIN until the door has ``answered``."""
    return EntryState(card=text, at=now), Presented(card=text)


def scan(text: str, now: float) -> tuple[EntryState, Presented]:
    """A scanned code: a Hallkeeper pass, or else a barcode that is used as a card."""
    if text.startswith(qr_passes.PREFIX):
        return EntryState(), Presented(token=text)
    return card(f"bar:{text}", now)


def answered(entry: EntryState, *, pin_wanted: bool, now: float) -> EntryState:
    """The door has answered. If it does not ask for a PIN, the card is discarded."""
    if pin_wanted and entry.card:
        return msgspec.structs.replace(entry, at=now)
    return EntryState() if entry.card else entry


def wait(entry: EntryState, now: float) -> tuple[EntryState, Presented | None]:
    """Nothing was entered until ``now``. Returns the PIN that this completes."""
    if entry.due is None or now < entry.due:
        return entry, None
    whole = entry.card and len(entry.digits) >= PIN_SHORTEST
    return EntryState(), Presented(digits=entry.digits, card=entry.card) if whole else None
