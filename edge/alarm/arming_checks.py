"""What prevents an alarm area from being set; how many people are inside by one counter, and how reliable that is.
Pure.

A counter misses some people. Its count is accepted if the deviation can be explained by that. It counts from the last
time when certainly nobody was inside (the alarm was set, or a person said so), so errors do not add up over days.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec

from edge.wire.access_decision import ClockTrust
from edge.wire.faults import FaultCode, describe

MISSED = 0.05
"""The share of crossings that a counter may miss. Good door counters miss 1 to 3 %."""
SURE = 3.0
"""Standard deviations within which a count is accepted."""


class Headcount(msgspec.Struct, frozen=True, kw_only=True):
    """``inside``: the count since it was last certain; ``crossings``: counted since then. ``doubt``: what the counter
    cannot have seen, as text."""

    inside: int = 0
    crossings: int = 0
    doubt: str | None = None

    @property
    def error(self) -> int:
        """The possible error of the count, for missed crossings."""
        return math.ceil(SURE * math.sqrt(self.crossings * MISSED * (1 - MISSED)))

    @property
    def against(self) -> str | None:
        """Why the area may not be empty, as text; ``None`` if the count says that everybody has left."""
        if self.inside > 0:
            return f"{self.inside} {'person is' if self.inside == 1 else 'people are'} counted inside"
        if self.doubt is not None:
            return f"the count cannot be trusted, since {self.doubt}"
        if self.inside < -self.error:
            return f"the count cannot be trusted, since {-self.inside} more went out than came in"
        return None


def crossed(count: Headcount, *, ins: int, outs: int) -> Headcount:
    """Add counted crossings."""
    return msgspec.structs.replace(count, inside=count.inside + ins - outs, crossings=count.crossings + ins + outs)


def doubted(count: Headcount, doubt: str) -> Headcount:
    """Note that the counter cannot have seen everything; this lasts until a person counts."""
    return count if count.doubt is not None else msgspec.structs.replace(count, doubt=doubt)


TAMPERED = describe(FaultCode.TAMPER_OPEN)


class WayIn(msgspec.Struct, frozen=True, kw_only=True):
    """A door or window, by its name. ``open``: ``None`` if its contact chatters."""

    name: str
    open: bool | None
    locked: bool = True


def unsure(way_in: str) -> str:
    return f"the contact of {way_in} is unreliable, so it may be open"


def obstacle(
    *,
    fire: bool,
    trust: ClockTrust,
    tampered: bool,
    ways_in: Sequence[WayIn],
    blind: Sequence[str],
    blind_after: int,
    counts: Iterable[Headcount],
) -> str | None:
    """What prevents setting, as text, the most serious first; ``None`` for nothing. ``blind``: the places whose motion
    sensor saw nobody in the last ``blind_after`` uses of the area."""
    if fire:
        return "there is a fire, or a fire that nobody has cleared"
    if trust is ClockTrust.UNPROVEN:
        return "the clock is not trusted"
    if tampered:
        return TAMPERED
    for each in ways_in:
        if each.open is not False:
            return unsure(each.name) if each.open is None else f"{each.name} is open"
    for each in ways_in:
        if not each.locked:
            return f"{each.name} is not locked"
    for where in blind:
        return f"the motion sensor in {where} saw nobody in the last {blind_after} uses and may be broken; walk past it"
    return next((against for count in counts if (against := count.against) is not None), None)
