"""Alternatives for refused dates: near times on the same day in the same space, other layouts, and other spaces at
the same time."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec

from controller.bookings.diary.model import BookingRequest
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.fitting_spaces import Fitting, SpaceNeeds, sort_out
from controller.bookings.rules.evaluate import HypotheticalBookings, judge
from controller.bookings.rules.model import RuleRequest
from controller.bookings.series.model import DateEffect, Move, SeriesDate
from controller.bookings.series.resolve import Asker
from controller.db.engine import Tx
from controller.estate.model import Layout
from controller.platform.text import local_time, times
from edge.wire.interval import Interval

STEP = timedelta(minutes=15)
FARTHEST = timedelta(hours=3)
"""The largest distance from the requested time."""
MOST_DATES = 60
"""The most dates for which alternatives are searched."""
_SPACES = 6
"""The most other spaces that are tried."""
_OFFERED = 2
"""How many spaces are offered for a date, and how many layouts of its own."""


async def with_moves(
    tx: Tx, site_config: SiteConfig, dates: Sequence[SeriesDate], asks: Sequence[BookingRequest | None], asker: Asker
) -> list[SeriesDate]:
    """The dates, each refused one with its alternatives: other layouts of the space, the next time later and earlier,
    and ``_OFFERED`` other spaces, the best fitting first. ``asks``: what each date asks for. All are judged together
    with the dates that are booked."""
    refused = [
        index
        for index, each in enumerate(dates)
        if each.verdict.refusals and each.during and each.during.end > asker.now
    ]
    tries: list[tuple[int, BookingRequest]] = []
    for index in refused[:MOST_DATES]:
        asked = asks[index]
        if asked is not None:
            around = [each for each in dates[max(0, index - 2) : index + 3] if each is not dates[index]]
            tries += [(index, each) for each in _elsewhere(asked, site_config)]
            tries += [(index, each) for each in _other_times(asked, around, site_config, asker)]
    going = frozenset(each.before.id for each in dates if each.before is not None and each.effect in _GOING)

    def request(asked: BookingRequest, but: frozenset[str] = frozenset()) -> RuleRequest:
        return RuleRequest(asked=asked, actor=asker.actor, tier=asker.tier, but=but)

    booked = [
        request(asked) for each, asked in zip(dates, asks, strict=True) if asked is not None and each.effect in _BOOKING
    ]
    hypothetical = HypotheticalBookings()
    hypothetical.take(site_config, booked, now=asker.now)
    requests = [request(each, going | _own(dates[index])) for index, each in tries]
    verdicts = await judge(tx, site_config, requests, now=asker.now, hypothetical=hypothetical) if requests else []
    possible = [each for each, verdict in zip(tries, verdicts, strict=True) if verdict.possible]
    found = list(dates)
    for index in refused:
        mine = [each for at, each in possible if at == index]
        requested = asks[index]
        if requested is None:
            continue
        here = [each for each in mine if each.space == requested.space]
        earlier = [each for each in here if each.during.start < requested.during.start][:1]
        later = [each for each in here if each.during.start > requested.during.start][:1]
        relaid = [each for each in here if each.during == requested.during][:_OFFERED]
        there = [each for each in mine if each.space != requested.space][:_OFFERED]
        moves = tuple(_move(each, requested, site_config) for each in (*relaid, *later, *earlier, *there))
        found[index] = msgspec.structs.replace(dates[index], moves=moves)
    return found


_BOOKING = frozenset({DateEffect.BOOK, DateEffect.CHANGE})
_GOING = frozenset({DateEffect.CHANGE, DateEffect.CANCEL, DateEffect.HOLD})
"""Effects that move a booking away."""


def _own(date: SeriesDate) -> frozenset[str]:
    """The booking of a date, which does not conflict with itself."""
    return frozenset() if date.before is None else frozenset((date.before.id,))


def _elsewhere(asked: BookingRequest, site_config: SiteConfig) -> Iterator[BookingRequest]:
    """The same time in other layouts of the space and in other spaces that fit, the least too large first: in the
    layout asked for where they have it, else in one that holds the people."""
    space = site_config.require(asked.space).space
    wants = SpaceNeeds(people=asked.people, equipment=asked.equipment, seats=asked.seats, kind=space.kind)
    own = [
        each
        for layout in space.layouts
        if layout != space.layout(asked.layout)
        for each in sort_out(site_config, msgspec.structs.replace(wants, layout=layout.id), only=[space.id])[0]
    ]
    others = {each.place.space.id: each for each in sort_out(site_config, wants)[0] if each.place.space.id != space.id}
    if asked.layout is not None:
        alike, _ = sort_out(site_config, msgspec.structs.replace(wants, layout=asked.layout), only=list(others))
        others |= {each.place.space.id: each for each in alike}
    for each in (*sorted(own, key=_size), *sorted(others.values(), key=_size)[:_SPACES]):
        yield msgspec.structs.replace(asked, space=each.place.space.id, layout=each.layout)


def _size(fitting: Fitting) -> tuple[float, str]:
    return fitting.holds if fitting.holds is not None else float("inf"), fitting.place.space.name


def _other_times(
    asked: BookingRequest, around: Sequence[SeriesDate], site_config: SiteConfig, asker: Asker
) -> Iterator[BookingRequest]:
    """Times of the same local day, the nearest first, apart from the dates around."""
    zone = site_config.site.tz
    day = local_time.day_bounds(local_time.local_day(asked.during.start, zone), zone)
    for step in range(1, FARTHEST // STEP + 1):
        for by in (-step * STEP, step * STEP):
            during = Interval(start=asked.during.start + by, end=asked.during.end + by)
            own = any(each.during is not None and each.during.overlaps(during) for each in around)
            if day.start <= during.start < day.end and during.start > asker.now and not own:
                yield msgspec.structs.replace(asked, during=during)


def _layout(asked: BookingRequest, site_config: SiteConfig) -> Layout | None:
    return site_config.require(asked.space).space.layout(asked.layout)


def _move(asked: BookingRequest, requested: BookingRequest, site_config: SiteConfig) -> Move:
    space = site_config.require(asked.space).space
    layout = space.layout(asked.layout)
    name = space.name
    if layout is not None and (asked.layout or requested.layout) and layout != _layout(requested, site_config):
        name += f" as “{layout.name}”"
    text = f"{name}, {times.window(asked.during, site_config.site.tz, now=asked.during.start)}"
    return Move(space=asked.space, layout=asked.layout, during=asked.during, text=text)
