"""What a person makes of keys. Pure. Digits are never written to a log or an event."""

import msgspec

ENTRY_PAUSE_S = 10.0
"""A person who stops this long between two keys begins anew."""
CODE_LENGTH = 6
STAR, HASH = 10, 11


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What has been typed so far, and when the last key came (monotonic seconds)."""

    digits: str = ""
    at: float = float("-inf")

    def __repr__(self) -> str:
        return f"Entry({len(self.digits)} digits)"


def key(entry: Entry, pressed: int, now: float) -> tuple[Entry, str | None]:
    """One more key; the digits to judge when the code is complete: after six, or at ``#``. ``*`` clears."""
    digits = entry.digits if now - entry.at <= ENTRY_PAUSE_S else ""
    if pressed == STAR:
        return Entry(), None
    if pressed != HASH:
        digits += str(pressed)
        if len(digits) < CODE_LENGTH:
            return Entry(digits=digits, at=now), None
    return Entry(), digits or None
