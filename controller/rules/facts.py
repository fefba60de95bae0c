"""What the diary says about a request; the verdict depends on nothing else. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from controller.diary.model import Claimed
from controller.rules.buffers import Buffers
from edge.wire.interval import Interval

FAR = timedelta(hours=48)
"""How far apart two bookings may be and still want a buffer: the longest clear-down and set-up, a day each."""


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that holds one of the request's atoms during its time, or near enough that buffers may matter.

    ``run_out``: a hold that expired undecided; it does not conflict.
    """

    booking: Claimed
    atom: str
    buffers: Buffers
    run_out: bool = False


class ResourceUse(msgspec.Struct, frozen=True, kw_only=True):
    """How many of ``thing`` (``site/equipment`` or ``site/pool``) a booking holds during the request's time."""

    booking: Claimed
    thing: str
    count: int
    run_out: bool = False


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found, without the bookings in ``RuleRequest.but``. ``pools``: by whole quarter hours. ``spent``:
    the bookings of its party that its quotas may count."""

    neighbours: tuple[Neighbour, ...] = ()
    equipment: tuple[ResourceUse, ...] = ()
    pools: tuple[ResourceUse, ...] = ()
    spent: tuple[Claimed, ...] = ()


def peak(uses: Iterable[ResourceUse], during: Interval) -> int:
    """The most of one thing that is held at any instant of ``during``."""
    steps: list[tuple[datetime, int]] = []
    for each in uses:
        if each.booking.during.overlaps(during):
            steps.append((max(each.booking.during.start, during.start), each.count))
            steps.append((each.booking.during.end, -each.count))
    held = most = 0
    for _, by in sorted(steps):  # what ends at an instant goes before what starts
        held += by
        most = max(most, held)
    return most
