"""Somebody who waits for a time that is taken."""

from datetime import datetime
from enum import StrEnum

import msgspec

from controller.bookings.model import Asked, Draft
from controller.bookings.picture import Picture
from controller.bookings.verdict import Reason, Why


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
    OVER = "over"
    """The time came and nothing had become free."""


PASSING = frozenset(
    {Why.CLASH, Why.BUFFER, Why.CHANGEOVER, Why.EQUIPMENT, Why.SEATS, Why.QUOTA, Why.TOO_EARLY, Why.CLOSED}
)
"""Reasons that may go away by themselves; the others stand however long one waits."""


def may_pass(reason: Reason, asked: Asked, picture: Picture) -> bool:
    """Whether waiting can help against a reason. More than there is of a thing never comes free."""
    if reason.why is Why.EQUIPMENT:
        found = picture.equipment.get(reason.field.partition(".")[2])
        return found is not None and reason.asked is not None and reason.asked <= found.count
    if reason.why is Why.SEATS and reason.field == "seats":
        size = picture.require(asked.space).space.pool_size
        return size is not None and reason.asked is not None and reason.asked <= size
    return reason.why in PASSING


STANDING = frozenset({WaitState.WAITING, WaitState.OFFERED})
"""The states in which something may still come of it."""


class WaitDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A request to wait. ``also``: other spaces that would do, the best first."""

    wish: Draft
    also: tuple[str, ...] = ()


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """One place in the queue. ``spaces``: those that would do, the best first. ``booking``: the hold that was
    offered last. ``turn``: counts up within the site."""

    id: str
    site: str
    asked: Asked
    spaces: tuple[str, ...]
    state: WaitState
    state_at: datetime
    offered_until: datetime | None
    booking: str | None
    made_at: datetime
    made_by: str
    turn: int

    def wishes(self) -> tuple[Asked, ...]:
        """The wish in each space that would do. A layout belongs to the first one only."""
        first, *others = self.spaces
        return (
            msgspec.structs.replace(self.asked, space=first),
            *(msgspec.structs.replace(self.asked, space=each, layout=None) for each in others),
        )
