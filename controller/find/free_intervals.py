"""The free intervals that claims leave in a time. Pure, in whole numbers: microseconds since 1970.

A county's 250 spaces over eight weeks have some 20,000 claims; building an object for each would cost more than all the
rest of the answer.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import TypeAlias

import msgspec

from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.rules.buffers import Buffers, buffer_between, changeover_between
from controller.estate.model import Space
from edge.wire.interval import Interval

Span: TypeAlias = tuple[int, int]
"""``[start, end)``."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONG_AGO = 0
_NEVER = (1 << 62, 1 << 62, "")
MINUTE = 60_000_000
QUARTER = 15 * MINUTE


def us(moment: datetime) -> int:
    """An aware instant as a number."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(number: int) -> datetime:
    """The instant of a number, in UTC."""
    return _EPOCH + number * _MICROSECOND


def span(during: Interval) -> Span:
    return us(during.start), us(during.end)


def interval(found: Span) -> Interval:
    return Interval(start=moment(found[0]), end=moment(found[1]))


class BufferKind(msgspec.Struct, frozen=True, kw_only=True):
    """What a claim leaves to its neighbours: the space that is booked, its layout, what it takes before and after."""

    space: str
    layout: str
    setup_min: int
    cleardown_min: int


Claim: TypeAlias = tuple[int, int, str]
"""Start, end, and the name of its kind."""
Use: TypeAlias = tuple[int, int, int]
"""Start, end, how many."""


class ExistingClaims(msgspec.Struct, frozen=True, kw_only=True):
    """What holds time. ``claims``: of each atom, by start. ``kinds``: by name. ``taken``: pool -> quarter hour ->
    places. ``equipment``: ``site/equipment`` -> who uses how many when."""

    claims: Mapping[str, Sequence[Claim]]
    kinds: Mapping[str, BufferKind]
    taken: Mapping[str, Mapping[int, int]]
    equipment: Mapping[str, Sequence[Use]]


Gap: TypeAlias = tuple[int, int, int, int]
"""Between a request and a claim: buffer and change-over before the claim, buffer and change-over after it."""


class RequiredGaps(dict[str, Gap]):
    """The gaps that a request for ``space`` must keep from claims, by their kind."""

    def __init__(
        self, space: Space, buffers: Buffers, kinds: Mapping[str, BufferKind], site_config: SiteConfig
    ) -> None:
        super().__init__()
        self._space = space
        self._buffers = buffers
        self._kinds = kinds
        self._site_config = site_config

    def __missing__(self, name: str) -> Gap:
        kind, mine, my = self._kinds[name], self._space, self._buffers
        there = self._site_config.by_space.get(kind.space)
        other = there.space if there else Space(site=mine.site, id=kind.space, name=kind.space)
        self[name] = found = (
            buffer_between(mine, my.cleardown_min, other, kind.setup_min) // _MICROSECOND,
            changeover_between(mine, my.layout, other, kind.layout) // _MICROSECOND,
            buffer_between(other, kind.cleardown_min, mine, my.setup_min) // _MICROSECOND,
            changeover_between(other, kind.layout, mine, my.layout) // _MICROSECOND,
        )
        return found


def claimed(claims: Sequence[Claim], gaps: RequiredGaps) -> list[Span]:
    """The times that a request cannot use because of the claims on one atom, with the gaps that it keeps from them.

    Buffers are kept from each claim, a change-over only from the one before and the one after.
    """
    kinds = {kind for _, _, kind in claims}
    if all(gaps[kind][1] <= gaps[kind][0] and gaps[kind][3] <= gaps[kind][2] for kind in kinds):
        return _buffered(claims, gaps, kinds)
    found = []
    last_end = _LONG_AGO
    for (start, end, kind), (next_start, _, _) in zip_longest(claims, claims[1:], fillvalue=_NEVER):
        buffer_before, change_before, buffer_after, change_after = gaps[kind]
        begins, ends = start - buffer_before, end + buffer_after
        changing, changed = start - change_before, end + change_after
        if changing < begins and last_end < begins:
            begins = max(last_end, changing)
        if ends < changed and ends < next_start:
            ends = min(next_start, changed)
        found.append((begins, ends))
        last_end = end
    return found


def _buffered(claims: Sequence[Claim], gaps: RequiredGaps, kinds: Collection[str]) -> list[Span]:
    """The same where no change-over is longer than the buffer next to it, so that neighbours do not matter."""
    if len(kinds) == 1:
        [(before, _, after, _)] = (gaps[kind] for kind in kinds)
        return [(start - before, end + after) for start, end, _ in claims]
    return [(start - gaps[kind][0], end + gaps[kind][2]) for start, end, kind in claims]


def full(taken: Mapping[int, int], most: int) -> list[Span]:
    """The quarter hours in which more than ``most`` places of a pool are taken."""
    return [(quarter, quarter + QUARTER) for quarter, count in taken.items() if count > most]


def used_up(uses: Iterable[Use], most: int) -> list[Span]:
    """The times in which more than ``most`` of one equipment are in use."""
    steps = sorted(step for start, end, count in uses for step in ((start, count), (end, -count)))
    found = []
    held = began = 0
    for at, by in steps:
        before, held = held, held + by
        if before <= most < held:
            began = at
        elif held <= most < before and began < at:
            found.append((began, at))
    return found


def left(blocked: Iterable[Span], within: Span, shortest: int) -> list[Span]:
    """The parts of ``within`` that no block touches, in order, each at least ``shortest``."""
    at, last = within
    found = []
    for start, end in sorted(blocked):
        if start >= last:
            break
        if start - at >= shortest:
            found.append((at, start))
        if end > at:
            at = end
    if last - at >= shortest:
        found.append((at, last))
    return found


def fewest(taken: Mapping[int, int], size: int, during: Span) -> int:
    """The places of a pool that are left all through a time."""
    first = during[0] - during[0] % QUARTER
    return size - max((taken.get(quarter, 0) for quarter in range(first, during[1], QUARTER)), default=0)


def holds(found: Sequence[Span], wanted: Span) -> bool:
    """Whether a time lies in one of these, which are in order and apart."""
    at = bisect_right(found, wanted[0], key=lambda each: each[0]) - 1
    return at >= 0 and wanted[1] <= found[at][1]
