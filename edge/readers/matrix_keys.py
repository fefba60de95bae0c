"""The keys of a matrix: which were pressed, from which seem to be. Pure.

Keys without a diode each give a ghost: with three corners of a rectangle pressed, the fourth seems to be. So with
three or more down nothing counts until all are up again; two never make a ghost, and quick fingers overlap.
"""

import msgspec

SETTLE_S = 0.020
"""Keys that bounce settle within this."""
STUCK_S = 60.0
"""A key down so long is stuck."""
LAYOUT = ("123A", "456B", "789C", "*0#D")
"""Row by row. A to D mean nothing here."""

Places = frozenset[tuple[int, int]]
"""Keys by row and column."""


class Pad(msgspec.Struct, frozen=True, kw_only=True):
    """``down``: keys that count as down; ``seen``: as last seen, since ``since`` (seconds of any one scale).
    ``jammed``: three were down, or two came at once. ``ghosts`` counts how often."""

    down: Places = frozenset()
    seen: Places = frozenset()
    since: float = float("-inf")
    jammed: bool = False
    ghosts: int = 0

    @property
    def at_rest(self) -> bool:
        """Nothing is down, and nothing has seemed to be for long enough."""
        return not self.down and not self.seen


def scan(
    pad: Pad, seen: Places, now: float, *, since: float | None = None, before: float | None = None
) -> tuple[Pad, str]:
    """The matrix was scanned at ``now``; the key pressed since, ``0`` to ``9``, ``*``, ``#``, or nothing.

    Where this machine looks late: ``since``, when the wires last changed before that, where it is known, so that they
    need not settle any more; ``before``, when it looked last: what was down then and no longer is was a key.
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
