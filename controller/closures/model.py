"""Models of closing: what is to be closed, what is decided about each booking in it, and what was done. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from controller.diary.model import Booking
from controller.hours.model import Closure
from controller.web.fields import Moment

UNDO = timedelta(hours=1)
"""How long all of it can be undone."""


class Decision(StrEnum):
    """What becomes of a booking."""

    KEEP = "keep"
    """It goes ahead anyway."""
    MOVE = "move"
    """To another space or time of the same site."""
    REBOOK = "rebook"
    """It is booked at another site, and cancelled here."""
    CANCEL = "cancel"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a booking is to be instead."""

    site: str
    space: str
    layout: str | None
    starts: Moment
    ends: Moment


class BookingDecision(msgspec.Struct, frozen=True, kw_only=True):
    """``target``: of a move or a new booking. ``version``: the one that was decided on, if given."""

    booking: str
    decision: Decision
    target: Target | None = None
    version: int | None = None


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a booking was."""

    space: str
    layout: str | None
    starts: datetime
    ends: datetime

    @staticmethod
    def of(booking: Booking) -> "Spot":
        return Spot(space=booking.space, layout=booking.layout, starts=booking.starts, ends=booking.ends)


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was done to a booking. ``was``: where it was before. ``version``: the booking's after it. ``rebooked``: the
    booking at another site. ``waived``: whether a charge for it was."""

    booking: str
    decision: Decision
    was: Spot
    version: int
    rebooked: str | None = None
    waived: bool = False


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A closure with what was decided about the bookings in it. ``override``: of a closed door. ``replaced``: the
    closure before, or the id of the door's override before, if it was a change of one."""

    id: str
    site: str
    made_at: datetime
    made_by: str
    reason: str
    closure: str | None = None
    override: str | None = None
    replaced: Closure | str | None = None
    steps: tuple[Step, ...] = ()
    undone_at: datetime | None = None

    @property
    def undo_until(self) -> datetime:
        return self.made_at + UNDO

    def count(self, *decisions: Decision) -> int:
        """How many bookings it was decided so about."""
        return sum(each.decision in decisions for each in self.steps)
