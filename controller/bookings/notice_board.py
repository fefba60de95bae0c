"""What a notice board in the building may say of its bookings. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from controller.bookings.diary.model import Booking, BookingStatus
from controller.bookings.diary.site_config import SiteConfig
from controller.people.model import Party, PartyKind
from edge.wire.interval import Interval

_SHOWN = frozenset({BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.FINISHED})


class BoardEntry(msgspec.Struct, frozen=True, kw_only=True):
    """``who``: the public title of a public booking, or the group where the site's tablets name groups; else empty, and
    the space is only in use."""

    space: str
    starts: datetime
    ends: datetime
    who: str


class BoardClosed(msgspec.Struct, frozen=True, kw_only=True):
    """A closure of a space that can be booked, or of the whole site. ``words``: those for everybody, not its reason,
    which is for the staff."""

    space: str
    starts: datetime
    ends: datetime
    words: str


def board_closed(where: SiteConfig, during: Interval) -> list[BoardClosed]:
    """What of a time is closed, by space and start."""
    met = [each for each in where.hours.closures if each.during.overlaps(during)]
    met.sort(key=lambda each: each.during.start)
    return [
        BoardClosed(space=place.space.id, starts=each.during.start, ends=each.during.end, words=each.public_words)
        for place in where.by_space.values()
        if place.space.bookable
        for each in met
        if not each.spaces
        or any(set(where.by_space[one].atoms) & set(place.atoms) for one in each.spaces if one in where.by_space)
    ]


def board_entries(
    where: SiteConfig, found: Sequence[Booking], known: Mapping[str, Party], *, now: datetime
) -> list[BoardEntry]:
    """Of the bookings that take place, by start. ``known``: their parties. Never a person's name."""
    shown = [each for each in found if each.status(now) in _SHOWN]
    return [
        BoardEntry(
            space=each.space, starts=each.starts, ends=each.ends, who=_who(where, each, known.get(each.party or ""))
        )
        for each in sorted(shown, key=lambda each: (each.starts, each.space))
    ]


def _who(where: SiteConfig, booking: Booking, party: Party | None) -> str:
    """As on a room's tablet: the public title and no other, since that of the diary may name what is private."""
    if booking.public and booking.listed_as:
        return booking.listed_as
    named = where.policy.tablet_names and party is not None and party.kind is not PartyKind.PERSON
    return party.name if named and party is not None else ""
