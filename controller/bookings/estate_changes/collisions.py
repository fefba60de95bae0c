"""Finds bookings that would clash after a change of divisions, and neighbours that would have too little time
between them. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from heapq import heappop, heappush
from itertools import pairwise

import msgspec

from controller.bookings.diary.model import Booking, Claimed
from controller.bookings.diary.site_config import SpaceAtSite
from controller.bookings.rules.buffers import buffer_between, buffers_of, changeover_between
from controller.bookings.rules.model import quartered
from controller.estate.model import SpaceKind
from edge.wire.interval import Interval

Places = Mapping[str, SpaceAtSite]


class TooCloseBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Two bookings with less time ``left`` between them than they would need; ``one`` comes first."""

    one: Booking
    other: Booking
    left: timedelta
    needed: timedelta


def tightened(bookings: Sequence[Booking], old: Places, new: Places) -> list[TooCloseBooking]:
    """Each pair of neighbours once, by start, that has time enough now and would not after the change. ``bookings``:
    all that hold any of these spaces, by start."""
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
    """Whether they share space."""
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


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What a booking would hold. ``pools``: places of each pool; ``atoms`` is empty for a booking of a pool itself."""

    booking: Claimed
    atoms: tuple[str, ...] = ()
    pools: tuple[tuple[str, int], ...] = ()

    @property
    def during(self) -> Interval:
        return self.booking.during


class Collision(msgspec.Struct, frozen=True, kw_only=True):
    """Two bookings that would hold the same ``atoms`` at once; ``one`` starts first."""

    one: Claimed
    other: Claimed
    atoms: tuple[str, ...]


class PoolOverrun(msgspec.Struct, frozen=True, kw_only=True):
    """Bookings that together would take more places of a pool than it has. ``taken``: at the fullest."""

    pool: str
    size: int
    taken: int
    bookings: tuple[Claimed, ...]


def collisions(holdings: Sequence[Holding]) -> list[Collision]:
    """Each pair once, by start. Bookings that only touch do not collide."""
    by_atom: dict[str, list[Holding]] = defaultdict(list)
    for each in sorted(holdings, key=_order):
        for atom in each.atoms:
            by_atom[atom].append(each)
    pairs: dict[tuple[str, str], tuple[Claimed, Claimed]] = {}
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    for atom, holders in by_atom.items():
        for one, other in _overlapping(holders):
            pairs[one.id, other.id] = one, other
            shared[one.id, other.id].append(atom)
    found = [Collision(one=one, other=other, atoms=tuple(sorted(shared[pair]))) for pair, (one, other) in pairs.items()]
    return sorted(found, key=lambda each: (each.one.during, each.other.during, each.one.id, each.other.id))


def crowds(holdings: Sequence[Holding], sizes: Mapping[str, int]) -> list[PoolOverrun]:
    """Each time that a pool would be too full, once, by start. Pairs of whole-space bookings that ``collisions``
    reports are left out."""
    by_pool: dict[str, list[tuple[Holding, int]]] = defaultdict(list)
    for each in sorted(holdings, key=_order):
        for pool, seats in each.pools:
            by_pool[pool].append((each, seats))
    return [crowd for pool in sorted(by_pool) for crowd in _crowds_of(pool, sizes[pool], by_pool[pool])]


def _overlapping(holders: Sequence[Holding]) -> Iterator[tuple[Claimed, Claimed]]:
    """Pairs of those that overlap; they come by start."""
    going: list[tuple[object, int, Holding]] = []  # by end
    for number, each in enumerate(holders):
        while going and going[0][2].during.end <= each.during.start:
            heappop(going)
        for _, _, other in sorted(going, key=lambda entry: entry[1]):
            yield other.booking, each.booking
        heappush(going, (each.during.end, number, each))


def _crowds_of(pool: str, size: int, takers: Sequence[tuple[Holding, int]]) -> Iterator[PoolOverrun]:
    steps = sorted(
        (moment, sign, number)
        for number, (each, _) in enumerate(takers)
        for whole in (quartered(each.during),)
        for moment, sign in ((whole.start, 1), (whole.end, -1))
    )
    here: dict[int, None] = {}
    crowd: dict[int, None] = {}
    taken = fullest = 0
    for _, sign, number in steps:  # at one moment those that end come first
        taken += sign * takers[number][1]
        if sign > 0:
            here[number] = None
        else:
            del here[number]
        if taken > size:
            crowd |= here
            fullest = max(fullest, taken)
        elif crowd:
            yield from _overruns(pool, size, fullest, [takers[each][0] for each in sorted(crowd)])
            crowd, fullest = {}, 0


def _overruns(pool: str, size: int, taken: int, crowd: Sequence[Holding]) -> Iterator[PoolOverrun]:
    if any(not each.atoms for each in crowd):
        yield PoolOverrun(pool=pool, size=size, taken=taken, bookings=tuple(each.booking for each in crowd))


def _order(holding: Holding) -> tuple[Interval, str]:
    return holding.during, holding.booking.id
