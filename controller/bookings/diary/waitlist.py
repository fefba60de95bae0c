"""The waiting list: somebody who waits for a time that is taken. Pure."""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from controller.bookings.diary.model import Booking, BookingRequest, BookingState
from edge.wire.interval import Interval


class WaitState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    """A hold is kept for them until ``offered_until``."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    """They said no to the offer."""
    EXPIRED = "expired"
    """They did not answer in time."""
    WITHDRAWN = "withdrawn"
    LOST = "lost"
    """They said yes, but a manager said no, or nobody decided in time."""
    OVER = "over"
    """Nothing became free while it was of use to them."""


WIDEST_BUFFER = timedelta(days=1)
"""The most that set-up, clear-down or a change-over may take: how far from a booking time is freed by its going."""
LEAST = timedelta(minutes=30)
"""How much of a time that has begun must be left to be offered."""
IN_LINE = frozenset({WaitState.WAITING, WaitState.OFFERED})
"""The states in which it may still be offered."""

_ANSWERED = frozenset({WaitState.ACCEPTED, WaitState.DECLINED, WaitState.WITHDRAWN})


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """One place in the queue. ``spaces``: those that would do, the best first. ``booking``: the hold that was
    offered last. ``turn``: counts up within the site. ``undo_batch``: the batch of changes that freed its time and can
    still be undone, which takes the offer back; empty for none."""

    id: str
    site: str
    asked: BookingRequest
    spaces: tuple[str, ...]
    state: WaitState
    state_at: datetime
    offered_until: datetime | None
    booking: str | None
    made_at: datetime
    made_by: str
    turn: int
    undo_batch: str = ""

    def requests(self, there: Container[str]) -> tuple[BookingRequest, ...]:
        """The request in each acceptable space that still exists (``there``). A layout belongs to the first one
        only."""
        first = self.spaces[0]
        return tuple(
            msgspec.structs.replace(self.asked, space=each, layout=self.asked.layout if each == first else None)
            for each in self.spaces
            if each in there
        )

    def back_on_offer(self, before: Booking, after: Booking) -> bool:
        """Whether undoing the change of its hold also undoes the answer to the offer, which is then open again. A hold
        whose end had to change is no longer an offer."""
        return (
            self.state in _ANSWERED
            and self.state_at == before.state_at
            and before.state is not BookingState.HELD
            and after.state is BookingState.HELD
            and after.held_until == before.held_until
        )

    def same_wish(self, other: "Wait") -> bool:
        """Whether it is for the same party, the same time and some of the same spaces. Those of no party are each their
        own."""
        mine, theirs = self.asked, other.asked
        same = mine.party is not None and mine.party == theirs.party and mine.during == theirs.during
        return same and not set(self.spaces).isdisjoint(other.spaces)

    def of_use(self, now: datetime) -> bool:
        """Whether its time may still be offered."""
        during = self.asked.during
        return during.start > now or during.end - LEAST > now

    def near(self, during: Interval) -> bool:
        """Whether freeing that time may free some of what is requested."""
        wanted = self.asked.during
        return wanted.start < during.end + WIDEST_BUFFER and during.start - WIDEST_BUFFER < wanted.end


class UndoableChange(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of changes that can be undone ``until`` then: who is offered time that it frees is told only then."""

    batch: str
    until: datetime


UNDOABLE: ContextVar[UndoableChange | None] = ContextVar("a change that can be undone", default=None)


@contextmanager
def undoable(change: UndoableChange | None) -> Iterator[None]:
    """What is changed meanwhile is of the batch; of none, if that is ``None``."""
    before = UNDOABLE.set(change)
    try:
        yield
    finally:
        UNDOABLE.reset(before)


class Overdue(Exception):
    """Somebody wants the time of a hold that has run out, and others wait for it: they come first."""

    def __init__(self, site: str) -> None:
        super().__init__(f"the waiting list of {site} has something to do first")
        self.site = site
