"""Which season holds on a day. The most particular one does: one of a single year before one of every year, then the
one of fewer days. Two of the same rank that meet are a mistake. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations

from controller.hours.model import LEAP_YEAR, Season


def ranked(seasons: Iterable[Season]) -> tuple[Season, ...]:
    """The most particular first."""
    return tuple(sorted(seasons, key=lambda each: (*rank(each), each.first)))


def rank(season: Season) -> tuple[bool, int]:
    """Less is more particular."""
    return season.yearly, _days(season)


def holds(season: Season, day: date) -> bool:
    """Whether the day lies in the season."""
    if not season.yearly:
        return season.first <= day <= season.last
    here, first, last = ((each.month, each.day) for each in (day, season.first, season.last))
    return first <= here <= last if first <= last else here >= first or here <= last


def season_of(by_rank: Sequence[Season], day: date) -> Season | None:
    """The season of a day; ``by_rank`` as ``ranked`` gives them."""
    return next((each for each in by_rank if holds(each, day)), None)


def tied(seasons: Sequence[Season]) -> tuple[Season, Season] | None:
    """Two seasons of the same rank that share a day, so that nobody could say which holds."""
    pairs = ((one, other) for one, other in combinations(seasons, 2) if rank(one) == rank(other))
    return next(((one, other) for one, other in pairs if _meet(one, other)), None)


def dates(season: Season) -> str:
    """“1 June to 31 August”, “21 December 2026 to 3 January 2027”."""
    form = "%-d %B" if season.yearly else "%-d %B %Y"
    return f"{season.first:{form}} to {season.last:{form}}"


def _days(season: Season) -> int:
    days = (season.last - season.first).days + 1
    return days if days > 0 else days + _YEAR_DAYS


_YEAR_DAYS = (date(LEAP_YEAR + 1, 1, 1) - date(LEAP_YEAR, 1, 1)).days


def _meet(one: Season, other: Season) -> bool:
    if not one.yearly:
        return one.first <= other.last and other.first <= one.last
    # Of two ranges on a circle one begins in the other.
    return any(holds(each, began) for each, began in ((one, other.first), (other, one.first)))
