"""Which neighbours would have too little time between them, once spaces need more of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

import msgspec

from controller.diary.model import Booking
from controller.diary.site_config import SpaceAtSite
from controller.estate.model import SpaceKind
from controller.rules.model import buffer_between, buffers_of, changeover_between

Places = Mapping[str, SpaceAtSite]


class TooCloseBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Two bookings with less time ``left`` between them than they would need; ``one`` comes first."""

    one: Booking
    other: Booking
    left: timedelta
    needed: timedelta


def tightened(bookings: Sequence[Booking], old: Places, new: Places) -> list[TooCloseBooking]:
    """Each pair of neighbours once, by start, that has time enough now and would not any more. ``bookings``: all that
    hold any of the ground in question, by start."""
    by_atom: dict[str, list[Booking]] = {}
    for each in bookings:
        if new[each.space].space.kind is not SpaceKind.POOL:
            for atom in new[each.space].atoms:
                by_atom.setdefault(atom, []).append(each)
    found = {(each.one.id, each.other.id): each for mine in by_atom.values() for each in _of_atom(mine, old, new)}
    return sorted(found.values(), key=lambda each: (each.other.starts, each.one.starts, each.one.id))


def _of_atom(bookings: Sequence[Booking], old: Places, new: Places) -> Iterator[TooCloseBooking]:
    for one, other in pairwise(bookings):
        left, needed = other.starts - one.ends, _needed(one, other, new)
        if timedelta() <= left < needed and (not _meet(one, other, old) or left >= _needed(one, other, old)):
            yield TooCloseBooking(one=one, other=other, left=left, needed=needed)


def _meet(one: Booking, other: Booking, there: Places) -> bool:
    """Whether they share ground."""
    return not set(there[one.space].atoms).isdisjoint(there[other.space].atoms)


def _needed(one: Booking, other: Booking, there: Places) -> timedelta:
    """From the end of the one to the start of the other."""
    first, second = there[one.space].space, there[other.space].space
    mine, theirs = (
        buffers_of(
            there[each.space].space, layout=each.layout, setup_min=each.setup_min, cleardown_min=each.cleardown_min
        )
        for each in (one, other)
    )
    return max(
        buffer_between(first, mine.cleardown_min, second, theirs.setup_min),
        changeover_between(first, mine.layout, second, theirs.layout),
    )
