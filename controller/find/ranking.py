"""Ranks alternatives by how acceptable they are to people. Pure.

Every difference is weighed in minutes, compared with being that much earlier or later. The weights are estimates; they
affect the order only.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from math import log2
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.diary.site_config import SpaceAtSite
from controller.bookings.fitting_spaces import Fitting
from controller.estate.model import Space, SpaceKind
from controller.platform.text import local_time
from edge.wire.interval import Interval

_OTHER_DAY = 240
_A_DAY = 20
_SAME_WEEKDAY = 2
"""A week on is as near as so many days."""
_OTHER_LAYOUT = 15
_OTHER_SPACE = 25
_OTHER_SITE = 180
"""Three hours earlier or later at the same building weigh as much as another building."""
_A_MILE = 12
_EMPTY = 30
"""Room for twice as many people as there are, and as much again for each doubling, up to three."""
_CRAMPED = 60
"""Room for half as many people; for fewer, up to three times that."""
_UNKNOWN = 24 * 60
"""Nobody has said how many people it holds: after all of which it is known that they do."""
_NOT_STEP_FREE = 60
_NO_AMENITY = 4
_OTHER_ZONE = 10
_DECIDED = 20
"""Somebody has to approve it first."""


class ProposalDifference(StrEnum):
    """How a proposal differs from the request; the largest difference counts."""

    SAME = "same"
    OTHER_TIME = "other_time"
    OTHER_LAYOUT = "other_layout"
    OTHER_SPACE = "other_space"
    OTHER_SITE = "other_site"


class WantedTime(msgspec.Struct, frozen=True, kw_only=True):
    """What was requested. ``place`` and ``layout``: ``None`` where any will do."""

    people: int | None = None
    place: SpaceAtSite | None = None
    layout: str | None = None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that may be free. ``wanted``: the time that was asked for, as it is at its site. ``miles``: how
    far off that is, where it is known."""

    fitting: Fitting
    during: Interval
    wanted: Interval
    miles: float | None = None

    @property
    def zone(self) -> ZoneInfo:
        return self.fitting.site_config.site.tz


class SpaceProposal(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that has been judged possible. ``text``: how it differs, in words. ``approval``: why somebody has to
    approve it, else empty."""

    candidate: Candidate
    how: ProposalDifference
    text: str
    approval: str = ""


def how(candidate: Candidate, requested: WantedTime) -> ProposalDifference:
    mine, place = candidate.fitting.place, requested.place
    if place is not None and mine.site.id != place.site.id:
        return ProposalDifference.OTHER_SITE
    if place is not None and mine.space.id != place.space.id:
        return ProposalDifference.OTHER_SPACE
    if candidate.during != candidate.wanted:
        return ProposalDifference.OTHER_TIME
    return (
        ProposalDifference.OTHER_LAYOUT
        if layout_of(candidate) != requested_layout(requested) and place is not None
        else ProposalDifference.SAME
    )


def effort(candidate: Candidate, requested: WantedTime) -> float:
    """How much worse it is than the request itself, in minutes."""
    return (
        _time(candidate.during, candidate.wanted, candidate.zone)
        + _where(candidate, requested)
        + _room(candidate, requested)
        + _lacking(candidate.fitting.place.space, requested)
    )


def _time(during: Interval, wanted: Interval, zone: ZoneInfo) -> float:
    apart = abs((during.start - wanted.start).total_seconds()) / 60
    days = days_between(during.start, wanted.start, zone)
    if days == 0:
        return apart
    off = abs(time_of_day(during.start, zone) - time_of_day(wanted.start, zone)).total_seconds() / 60
    near = abs(days) / 7 * _SAME_WEEKDAY if days % 7 == 0 else abs(days)
    return _OTHER_DAY + _A_DAY * near + off


def _where(candidate: Candidate, requested: WantedTime) -> float:
    cost = 0.0 if candidate.miles is None else _A_MILE * candidate.miles
    found = how(candidate, requested)
    if found is ProposalDifference.OTHER_SITE:
        cost += _OTHER_SITE
    elif found is ProposalDifference.OTHER_SPACE:
        cost += _OTHER_SPACE
    if requested.place is not None and layout_of(candidate) != requested_layout(requested):
        cost += _OTHER_LAYOUT
    return cost


def _room(candidate: Candidate, requested: WantedTime) -> float:
    """How much it is too large or too small for the number of people or, where that is not given, compared with the
    requested space."""
    fitting, place = candidate.fitting, requested.place
    if fitting.place.space.kind is SpaceKind.POOL or fitting.place == place:
        return 0.0
    needed = requested.people
    if needed is None and place is not None:
        needed = place.space.holds(requested.layout)
    if not needed:
        return 0.0
    if not fitting.holds:
        return _UNKNOWN
    if fitting.holds < needed:
        return _CRAMPED * min(needed / fitting.holds - 1, 3)
    return _EMPTY * min(log2(fitting.holds / needed), 3)


def _lacking(space: Space, requested: WantedTime) -> float:
    """What the requested space has and this one lacks, though nobody asked for it."""
    if requested.place is None or requested.place.space == space:
        return 0.0
    there = requested.place.space
    cost = _NOT_STEP_FREE if there.step_free and not space.step_free else 0
    cost += _NO_AMENITY * min(len(set(there.amenities) - set(space.amenities)), 4)
    return cost + (_OTHER_ZONE if there.noise is not space.noise else 0)


def rank(candidates: Iterable[Candidate], requested: WantedTime) -> list[Candidate]:
    """The nearest first; of those that are as near the smallest, then by time and name."""
    return sorted(
        candidates,
        key=lambda each: (
            effort(each, requested),
            each.fitting.holds or 0,
            each.during.start,
            each.fitting.place.site.id,
            each.fitting.place.space.id,
        ),
    )


def mixed(proposals: Sequence[SpaceProposal], limit: int) -> list[SpaceProposal]:
    """The first ``limit``, in their order, but no more than half of one kind while there are others to show."""
    most, seen = max(1, (limit + 1) // 2), Counter[ProposalDifference]()
    chosen: list[int] = []
    passed: list[int] = []
    for number, each in enumerate(proposals):
        seen[each.how] += 1
        (chosen if seen[each.how] <= most else passed).append(number)
    numbers = sorted([*chosen, *passed][:limit])
    return [proposals[number] for number in numbers]


def decided(candidate: Candidate, requested: WantedTime, *, approval: bool) -> float:
    """The effort, once it is known whether somebody has to approve it."""
    return effort(candidate, requested) + (_DECIDED if approval else 0)


def layout_of(candidate: Candidate) -> str | None:
    found = candidate.fitting.laid_out
    return found.id if found else None


def requested_layout(requested: WantedTime) -> str | None:
    found = requested.place.space.layout(requested.layout) if requested.place else None
    return found.id if found else requested.layout


def days_between(one: datetime, other: datetime, zone: ZoneInfo) -> int:
    return (local_time.local_day(one, zone) - local_time.local_day(other, zone)).days


def time_of_day(moment: datetime, zone: ZoneInfo) -> timedelta:
    """Wall time since midnight."""
    wall = local_time.wall(moment, zone)
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)
