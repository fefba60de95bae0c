"""Where refused dates could go: near times on the same day in the same space, and other spaces at the same time."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec

from controller import localtime
from controller.access import words
from controller.bookings.finding.fitting import Wants, sort_out
from controller.bookings.judging.judge import Wish, judge
from controller.bookings.model import Asked
from controller.bookings.picture import Picture
from controller.bookings.series.model import Move, SeriesDate
from controller.bookings.series.settling import Asker
from controller.database import Tx
from edge.wire.interval import Interval

STEP = timedelta(minutes=15)
FARTHEST = timedelta(hours=3)
"""How far from the wished time others are tried."""
MOST_DATES = 60
"""For how many dates anything is looked for."""
_SPACES = 6
"""How many other spaces are tried."""
_OFFERED = 2
"""How many spaces are offered for a date."""


async def with_moves(
    tx: Tx, picture: Picture, dates: Sequence[SeriesDate], asks: Sequence[Asked | None], asker: Asker
) -> list[SeriesDate]:
    """The dates, the refused ones with where they could go: the next time later and earlier, and ``_OFFERED`` other
    spaces, the best fitting first. ``asks``: what each date asks for. One judgement for all of them."""
    spaces = _spaces(picture, next((each for each in asks if each is not None), None))
    refused = [
        index
        for index, each in enumerate(dates)
        if each.verdict.refusals and each.during and each.during.end > asker.now
    ]
    tries: list[tuple[int, Asked]] = []
    for index in refused[:MOST_DATES]:
        asked = asks[index]
        if asked is not None:
            around = [each for each in dates[max(0, index - 2) : index + 3] if each is not dates[index]]
            tries += [(index, each) for each in _elsewhere(asked, spaces)]
            tries += [(index, each) for each in _other_times(asked, around, picture, asker)]
    going = frozenset(each.before.id for each in dates if each.before is not None)
    wishes = [Wish(asked=each, actor=asker.actor, tier=asker.tier, but=going) for _, each in tries]
    verdicts = await judge(tx, picture, wishes, now=asker.now) if wishes else []
    possible = [each for each, verdict in zip(tries, verdicts, strict=True) if verdict.possible]
    found = list(dates)
    for index in refused:
        mine = [each for at, each in possible if at == index]
        wished = asks[index]
        here = [each for each in mine if wished and each.space == wished.space]
        earlier = [each for each in here if wished and each.during.start < wished.during.start][:1]
        later = [each for each in here if wished and each.during.start > wished.during.start][:1]
        there = [each for each in mine if wished and each.space != wished.space][:_OFFERED]
        moves = tuple(_move(each, picture) for each in (*later, *earlier, *there))
        found[index] = msgspec.structs.replace(dates[index], moves=moves)
    return found


def _spaces(picture: Picture, asked: Asked | None) -> list[tuple[str, str | None]]:
    """Other spaces that fit and the layout to ask for there, the least too large first."""
    if asked is None:
        return []
    wants = Wants(
        people=asked.people,
        layout=asked.layout,
        equipment=asked.equipment,
        seats=asked.seats,
        kind=picture.require(asked.space).space.kind,
    )
    fitting, _ = sort_out(picture, wants)
    unknown = float("inf")
    fitting.sort(key=lambda each: (each.holds if each.holds is not None else unknown, each.place.space.name))
    found = [(each.place.space.id, each.layout) for each in fitting if each.place.space.id != asked.space]
    return found[:_SPACES]


def _elsewhere(asked: Asked, spaces: Sequence[tuple[str, str | None]]) -> Iterator[Asked]:
    for space, layout in spaces:
        if space != asked.space:
            yield msgspec.structs.replace(asked, space=space, layout=layout)


def _other_times(asked: Asked, around: Sequence[SeriesDate], picture: Picture, asker: Asker) -> Iterator[Asked]:
    """Times of the same local day, the nearest first, apart from the dates around."""
    zone = picture.site.tz
    day = localtime.day_bounds(localtime.local_day(asked.during.start, zone), zone)
    for step in range(1, FARTHEST // STEP + 1):
        for by in (-step * STEP, step * STEP):
            during = Interval(start=asked.during.start + by, end=asked.during.end + by)
            own = any(each.during is not None and each.during.overlaps(during) for each in around)
            if day.start <= during.start < day.end and during.start > asker.now and not own:
                yield msgspec.structs.replace(asked, during=during)


def _move(asked: Asked, picture: Picture) -> Move:
    name = picture.require(asked.space).space.name
    text = f"{name}, {words.window(asked.during, picture.site.tz, now=asked.during.start)}"
    return Move(space=asked.space, layout=asked.layout, during=asked.during, text=text)
