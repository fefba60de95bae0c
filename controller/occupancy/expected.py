"""What a booking lets one expect in its room: how people come and go there then. Pure.

A booking is no evidence that anybody is there. It changes how likely people are to come, how many, and how long they
stay; alone it never makes that certain, however long nothing else is known.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec
import numpy as np

from controller.occupancy.filter import Comings
from controller.occupancy.recording import Floats

CAME, UNSURE, LATE, OVER = 1.0, 0.0, -1.0, -2.0
"""Its code was used; nothing is known; it should have begun, and its code was not used; it has ended."""
_COMING = {CAME: (3.0, 0.5), UNSURE: (1.0, 0.8), LATE: (0.3, 1.0)}
"""How much more often an hour its people come, and how often they leave for once without a booking."""
_BEFORE_S, _LATE_S, _OVER_S = 600.0, 1200.0, 1200.0
_LEAVING = 2.0
"""How much more often an hour a room empties after a booking has ended."""
_OF_NAMED, _SPREAD, _OTHERWISE = 0.85, 0.35, 0.2
"""Of the people whom a booking names so many come, give or take; and how likely its number says nothing."""


def expecting(comings: Comings, people: float, sign: float) -> Comings:
    """``people``: whom the booking names; ``sign``: `CAME`, `UNSURE`, `LATE` or `OVER`."""
    if sign == OVER:
        return replace(comings, leave=comings.leave + _LEAVING)
    more, stay = _COMING[sign]
    sizes = (1 - _OTHERWISE) * _around(_OF_NAMED * people, comings.capacity) + _OTHERWISE * comings.sizes
    return replace(comings, arrive=comings.arrive + more, leave=comings.leave * stay, sizes=sizes)


def _around(middle: float, capacity: int) -> Floats:
    numbers = np.arange(1, capacity + 1)
    near = np.exp(-0.5 * ((numbers - middle) / (_SPREAD * middle + 1)) ** 2)
    if near.sum() <= 0:  # far more than the room holds
        near[-1] = 1.0
    return np.concatenate([[0.0], near / near.sum()])


class RoomBooking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that takes place, of one room. ``people``: whom it names there; ``code_at``: when its code was first
    used; ``has_code``: whether one opens its doors."""

    starts: datetime
    ends: datetime
    people: float
    code_at: datetime | None = None
    has_code: bool = True


def booked(bookings: Sequence[RoomBooking], seconds: Floats) -> tuple[Floats, Floats]:
    """Of each row how many people are booked for then, and what is known of them: the best of `CAME` to `OVER`; 0 and 0
    where nothing is. People come up to ten minutes before."""
    people, signs = np.zeros(len(seconds)), np.full(len(seconds), -np.inf)
    for each in bookings:
        start, end = each.starts.timestamp(), each.ends.timestamp()
        on = (seconds > start - _BEFORE_S) & (seconds <= end)
        late = each.has_code & (seconds > start + _LATE_S)
        code = np.inf if each.code_at is None else each.code_at.timestamp()
        sign = np.where(seconds >= code, CAME, np.where(late, LATE, UNSURE))
        people += np.where(on, each.people, 0.0)
        over = (seconds > end) & (seconds <= end + _OVER_S)
        signs = np.maximum(signs, np.where(on, sign, np.where(over, OVER, -np.inf)))
    return people, np.where(np.isfinite(signs), signs, 0.0)
