"""How many people are inside by one counter, and whether that can be believed. Pure.

A counter misses some: the count is believed where it is off by no more than that explains. It counts from the last time
that nobody was there for certain (the alarm was set, or a person said so), so errors do not pile up over days.
"""

import math

import msgspec

MISSED = 0.05
"""The share of crossings that a counter may miss. Good doors miss 1 to 3 %."""
SURE = 3.0
"""Standard deviations within which a count is believed."""


class Headcount(msgspec.Struct, frozen=True, kw_only=True):
    """``inside`` by the counter since it was certain; ``crossings`` it saw since. ``doubt``: in words, what it cannot
    have seen."""

    inside: int = 0
    crossings: int = 0
    doubt: str | None = None

    @property
    def error(self) -> int:
        """By how many it may be off, for what it misses."""
        return math.ceil(SURE * math.sqrt(self.crossings * MISSED * (1 - MISSED)))

    @property
    def against(self) -> str | None:
        """Why nobody should be taken to have left, in words; ``None`` where the count says that all have."""
        if self.inside > 0:
            return f"{self.inside} {'person is' if self.inside == 1 else 'people are'} counted inside"
        if self.doubt is not None:
            return f"the count cannot be trusted, since {self.doubt}"
        if self.inside < -self.error:
            return f"the count cannot be trusted, since {-self.inside} more went out than came in"
        return None


def crossed(count: Headcount, *, ins: int, outs: int) -> Headcount:
    """The counter saw some come in and some go out."""
    return msgspec.structs.replace(count, inside=count.inside + ins - outs, crossings=count.crossings + ins + outs)


def doubted(count: Headcount, doubt: str) -> Headcount:
    """The counter cannot have seen all; that stands until somebody counts."""
    return count if count.doubt is not None else msgspec.structs.replace(count, doubt=doubt)
