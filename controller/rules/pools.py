"""Places of a pool, which are counted by the quarter hour. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from controller.diary.site_config import SpaceAtSite
from controller.estate.model import SpaceKind
from edge.wire.interval import Interval

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
