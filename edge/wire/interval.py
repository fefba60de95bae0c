"""Half-open intervals of time, ``[start, end)``, in UTC."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware instant. On the wire RFC 3339; ours are UTC."""


class Interval(msgspec.Struct, frozen=True, kw_only=True, order=True, gc=False):
    """``[start, end)``. Raises ``ValueError`` when ``end`` is not after ``start``.

    Both ends are held in UTC: aware times of one zone subtract as wall time, which is wrong in the night
    the clocks go back. ``gc=False``: the many of a plan are no work for the collector, whose pauses a key would meet.
    """

    start: Instant
    end: Instant

    def __post_init__(self) -> None:
        try:
            if self.start.tzinfo is not UTC:
                msgspec.structs.force_setattr(self, "start", self.start.astimezone(UTC))
            if self.end.tzinfo is not UTC:
                msgspec.structs.force_setattr(self, "end", self.end.astimezone(UTC))
        except OverflowError as error:
            raise ValueError(f"an interval at the end of the calendar: {error}") from error
        if self.end <= self.start:
            raise ValueError(f"an interval ends after it starts: {self.start} to {self.end}")

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share an instant; intervals that only touch do not."""
        return self.start < other.end and other.start < self.end

    @property
    def seconds(self) -> float:
        """Real length in seconds."""
        return (self.end - self.start).total_seconds()
