"""Models of closing: what is to be closed, what is decided about each booking in it, and what was done. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from controller.billing.model import Waiver
from controller.bookings.diary.model import Booking
from controller.hours.model import Closure
from controller.platform.web.fields import Moment

UNDO = timedelta(hours=1)
"""How long all of it can be undone."""
GONE = timedelta(minutes=5)
"""A batch at which nothing has happened for so long is not being carried out any more."""


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


class BatchState(StrEnum):
    """Where a closure with its decisions stands."""

    RUNNING = "running"
    """It is being carried out."""
    FINISHED = "finished"
    UNDOING = "undoing"
    UNDONE = "undone"
    FINAL = "final"
    """Somebody has said that it is not to be undone."""


_AT_IT = frozenset({BatchState.RUNNING, BatchState.UNDOING})


class Rebooked(msgspec.Struct, frozen=True, kw_only=True):
    """The booking at another site, and its version when it was made."""

    booking: str
    version: int


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was done to a booking, stored in the transaction that does it. ``was``: where the booking was. ``version``:
    the one after it. ``waiver``: of its charge before; ``charges``: how many it had for given-up time that are none of
    this step's. ``undone``: whether the booking was put back."""

    booking: str
    decision: Decision
    was: Spot
    version: int = 0
    rebooked: Rebooked | None = None
    waiver: Waiver | None = None
    charges: int = 0
    undone: bool = False


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A closure with what was decided about the bookings in it. ``written``: the closure as it was written.
    ``override``: of a closed door. ``replaced``: the closure before, or the id of the door's override before, if it was
    a change of one. ``claimed_at``: when the process that runs or undoes it was last seen at it. ``reopened_at``: when
    it was opened again; ``shut_again``: the door's override from then on."""

    id: str
    site: str
    made_at: datetime
    made_by: str
    reason: str
    state: BatchState
    claimed_at: datetime
    closure: str | None = None
    override: str | None = None
    written: Closure | None = None
    replaced: Closure | str | None = None
    steps: tuple[Step, ...] = ()
    reopened_at: datetime | None = None
    shut_again: str | None = None
    undone_at: datetime | None = None

    @property
    def undo_until(self) -> datetime:
        return self.made_at + UNDO

    @property
    def closes(self) -> bool:
        """Whether it closed something, not only changed bookings."""
        return self.closure is not None or self.override is not None

    @property
    def told(self) -> str:
        """Why, for those who booked."""
        return self.reason if self.written is None else self.written.told

    def busy(self, now: datetime) -> bool:
        """Whether somebody is at it. A process that has not been seen at it for ``GONE`` has died."""
        return self.state in _AT_IT and now < self.claimed_at + GONE

    def cut_short(self, now: datetime) -> bool:
        """Whether carrying it out or undoing it ended half way."""
        return self.state in _AT_IT and not self.busy(now)

    def count(self, *decisions: Decision) -> int:
        """How many bookings it was decided so about."""
        return sum(each.decision in decisions for each in self.steps)

    def with_step(self, step: Step) -> "Batch":
        """With this step in place of the one of the same booking."""
        known = {each.booking: each for each in self.steps} | {step.booking: step}
        return replace(self, steps=tuple(known.values()))
