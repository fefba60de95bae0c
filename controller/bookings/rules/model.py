"""A request as the rules judge it, what the diary says about it, and the verdict: reasons in words and in data.
Pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

import msgspec

from controller.bookings.diary.model import BookingRequest, Claimed
from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.bookings.rules.buffers import Buffers, buffers_of
from controller.estate.model import Space, SpaceKind
from controller.people.documents.model import ValidDocument
from controller.people.model import Actor, Tier
from controller.people.permissions import Action, Thing, may
from edge.wire.interval import Interval


class ReasonKind(StrEnum):
    """The kinds of reasons, the hardest first."""

    UNBOOKABLE = "unbookable"
    CLASH = "clash"
    CLOSED = "closed"
    CAPACITY = "capacity"
    LAYOUT = "layout"
    EQUIPMENT = "equipment"
    SEATS = "seats"
    BUFFER = "buffer"
    CHANGEOVER = "changeover"
    TOO_EARLY = "too_early"
    """The window of its tier has not opened yet."""
    QUOTA = "quota"
    STANDS = "stands"
    """It would take the code of a confirmed booking that begins soon."""
    APPROVAL = "approval"
    """Only a manager's approval is missing."""


ADVICE = frozenset({ReasonKind.APPROVAL})
"""Reasons that refuse nothing: the booking waits for approval."""
OVERRULED = frozenset({ReasonKind.BUFFER, ReasonKind.CHANGEOVER})
"""Reasons that a manager may overrule after a warning."""
_TAKEN = frozenset({ReasonKind.CLASH, ReasonKind.BUFFER, ReasonKind.CHANGEOVER})
_SHARED = frozenset({ReasonKind.EQUIPMENT, ReasonKind.SEATS})


class RuleReason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason. ``field``: the field of the request that it is about. ``asked`` and ``limit``: the figures, in the
    unit that ``text`` names; times are minutes. ``conflicts``: the bookings it is about. ``last`` and ``first``: it
    does not apply up to the local day ``last``, nor from the local day ``first`` on."""

    why: ReasonKind
    text: str
    field: str
    conflicts: tuple[Claimed, ...] = ()
    asked: float | None = None
    limit: float | None = None
    last: date | None = None
    first: date | None = None

    @property
    def taken(self) -> bool:
        """Whether other bookings hold what it is about, and may release it."""
        return self.why in _TAKEN or (self.why in _SHARED and bool(self.conflicts))


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """All reasons against a request, hardest first. Empty: it is free and confirmed at once.

    ``expired``: ids of expired holds that it replaces, for ``write_claims``.
    """

    reasons: tuple[RuleReason, ...] = ()
    expired: tuple[str, ...] = ()

    @property
    def refusals(self) -> tuple[RuleReason, ...]:
        """The reasons that refuse it."""
        return tuple(each for each in self.reasons if each.why not in ADVICE)

    @property
    def possible(self) -> bool:
        return not self.refusals

    @property
    def askable(self) -> bool:
        """Whether it can at least be requested: nothing refuses it but other bookings."""
        return all(each.taken for each in self.refusals)

    @property
    def needs_approval(self) -> bool:
        return any(each.why is ReasonKind.APPROVAL for each in self.reasons)

    @property
    def conflicts(self) -> tuple[Claimed, ...]:
        """The bookings that hold what it wants, each once; those that a quota counts do not."""
        remaining = (reason for reason in self.refusals if reason.why is not ReasonKind.QUOTA)
        return tuple({each: None for reason in remaining for each in reason.conflicts})


QUARTER = timedelta(minutes=15)


def quarters(during: Interval) -> Iterator[datetime]:
    """The starts of the quarter hours that a time touches, by UTC."""
    whole = quartered(during)
    at = whole.start
    while at < whole.end:
        yield at
        at += QUARTER


def quartered(during: Interval) -> Interval:
    """A time widened to whole quarter hours."""
    end = _floor(during.end)
    return Interval(start=_floor(during.start), end=end if end == during.end else end + QUARTER)


def _floor(moment: datetime) -> datetime:
    at = moment.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def seats_of(*, seats: int | None, people: int | None) -> int:
    """Places that a booking of a pool takes: as many as it says, or as it has people, or one."""
    return seats if seats is not None else people or 1


def takings(place: SpaceAtSite, seats: int) -> tuple[tuple[str, int], ...]:
    """The pools that a booking of this space takes places of, and how many: ``seats`` of a pool that is booked
    itself, all of one that lies in it."""
    if place.space.kind is SpaceKind.POOL:
        return tuple((pool, seats) for pool, _ in place.pools)
    return place.pools


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
    the bookings of its party that its quotas may count. ``documents``: what its party has shown, over or not.
    ``inducted``: how many of its people have had the site's induction."""

    neighbours: tuple[Neighbour, ...] = ()
    equipment: tuple[ResourceUse, ...] = ()
    pools: tuple[ResourceUse, ...] = ()
    spent: tuple[Claimed, ...] = ()
    documents: tuple[ValidDocument, ...] = ()
    inducted: int = 0


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


class RuleRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``tier``: that of ``asked.party``. ``but``: ids of bookings to ignore, such as the one that is to be moved.
    ``keeps_start``: its start does not change, so minimum notice does not apply. ``keeps_terms``: what was promised
    stays, so documents and inductions that have lapsed since do not matter; see ``change_impact.keeps_terms``. ``had``:
    when the booking was before a change; what it takes besides needs its induction as a new one does. ``None``: it
    takes no more. ``stands``: it changes a confirmed booking that begins soon, which must not lose its code by it; see
    ``change_impact.stands``. ``hired``: it changes a booking that somebody without an account asked for;
    ``self_confirmed``: which the rules alone have confirmed."""

    asked: BookingRequest
    actor: Actor
    tier: Tier = Tier.COMMUNITY
    but: frozenset[str] = frozenset()
    keeps_start: bool = False
    keeps_terms: bool = False
    had: Interval | None = None
    stands: bool = False
    hired: bool = False
    self_confirmed: bool = False

    @property
    def added(self) -> list[Interval]:
        """The time for which nothing was promised yet: all of it, but for what ``keeps_terms``."""
        during, had = self.asked.during, self.had
        if not self.keeps_terms:
            return [during]
        if had is None:
            return []
        parts = (during.start, min(during.end, had.start)), (max(during.start, had.end), during.end)
        return [Interval(start=start, end=end) for start, end in parts if start < end]


class RuleContext(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What every rule looks at."""

    site_config: SiteConfig
    request: RuleRequest
    place: SpaceAtSite
    now: datetime
    facts: Facts = Facts()

    @property
    def asked(self) -> BookingRequest:
        return self.request.asked

    @property
    def pool(self) -> bool:
        """Whether it asks for places of a pool and not for a room."""
        return self.place.space.kind is SpaceKind.POOL

    @cached_property
    def seats(self) -> int:
        """Places it takes, if it is about a pool."""
        return seats_of(seats=self.asked.seats, people=self.asked.people)

    @cached_property
    def buffers(self) -> Buffers:
        asked = self.asked
        return buffers_of(
            self.place.space, layout=asked.layout, setup_min=asked.setup_min, cleardown_min=asked.cleardown_min
        )

    @cached_property
    def decides(self) -> bool:
        """Whether the actor could approve it, and is not asking as the party would."""
        thing = Thing(site=self.site_config.site.id, party=self.asked.party)
        return not self.asked.by_rules and may(self.request.actor, Action.DECIDE, thing)

    def space_of(self, space: str) -> Space:
        """The space of a neighbour; as a bare one of that name where it is no longer there."""
        place = self.site_config.by_space.get(space)
        return place.space if place is not None else Space(site=self.site_config.site.id, id=space, name=space)

    def elsewhere(self, booking: Claimed) -> str | None:
        """The name of a booking's space where it differs from the request's."""
        return None if booking.space == self.asked.space else self.space_of(booking.space).name
