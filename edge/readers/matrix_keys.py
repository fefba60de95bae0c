"""Decides which keys of a matrix were pressed, from those that seem to be. Pure.

In a matrix without diodes, three pressed corners of a rectangle make the fourth seem pressed too (a ghost). So with
three or more keys down nothing counts until all are released. Two keys never make a ghost, and fast typing overlaps.
"""

import msgspec

SETTLE_S = 0.020
"""Bouncing keys settle within this time."""
STUCK_S = 60.0
"""A key that is down this long is stuck."""
LAYOUT = ("123A", "456B", "789C", "*0#D")
"""Keys row by row. A to D are ignored."""

Places = frozenset[tuple[int, int]]
"""Keys by row and column."""


class Pad(msgspec.Struct, frozen=True, kw_only=True):
    """``down``: keys that count as down; ``seen``: keys seen in the last scan, unchanged since ``since`` (seconds of
    one scale). ``jammed``: three were down, or two were pressed at once. ``ghosts``: how often that happened."""

    down: Places = frozenset()
    seen: Places = frozenset()
    since: float = float("-inf")
    jammed: bool = False
    ghosts: int = 0

    @property
    def at_rest(self) -> bool:
        """Whether no key is down and none has seemed to be for long enough."""
        return not self.down and not self.seen


def scan(
    pad: Pad, seen: Places, now: float, *, since: float | None = None, before: float | None = None
) -> tuple[Pad, str]:
    """Process a scan at ``now``. Returns the key pressed since, ``0`` to ``9``, ``*``, ``#``, or an empty string.

    For a scan that is late: ``since``: when the wires last changed, if known, so that they need not settle again;
    ``before``: time of the previous scan: a key that was down then and no longer is was pressed.
    """
    if seen != pad.seen:
        late = before is not None and now >= before + SETTLE_S
        missed = pad.seen - pad.down
        if late and len(missed) == 1 and not pad.jammed:
            return msgspec.structs.replace(pad, down=pad.seen & seen, seen=seen, since=now), _name(missed)
        pad = msgspec.structs.replace(pad, seen=seen, since=now if since is None else min(since, now))
    if now < pad.since + SETTLE_S or seen == pad.down:
        return pad, ""
    new = seen - pad.down
    jams = bool(seen) and (len(seen) > 2 or len(new) > 1)
    ghosts = pad.ghosts + (jams and not pad.jammed)
    jammed = bool(seen) and (pad.jammed or jams)
    after = Pad(down=seen, seen=seen, since=pad.since, jammed=jammed, ghosts=ghosts)
    return after, "" if jammed or not new else _name(new)


def _name(one: Places) -> str:
    ((row, column),) = one
    key = LAYOUT[row][column]
    return "" if key.isalpha() else key


def is_stuck(pad: Pad, now: float) -> bool:
    """Whether the same keys have been down for too long."""
    return bool(pad.down) and pad.down == pad.seen and now >= pad.since + STUCK_S
