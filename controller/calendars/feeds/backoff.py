"""How long a feed is left alone. Pure."""

from datetime import timedelta

LONGEST = timedelta(hours=24)
_SPREAD = 0.1


def pause(every_min: int, failures: int, *, luck: float, at_least_s: float = 0.0) -> timedelta:
    """Until the next poll: the feed's interval, doubled for every failure in a row, up to a day or the interval if that
    is longer; up to a tenth more or less, so that feeds that were made together do not stay together.

    ``luck``: 0 to 1. ``at_least_s``: what the other server asked for, up to a day.
    """
    every = timedelta(minutes=every_min)
    wanted = min(every * (1 << min(failures, 12)), max(every, LONGEST))
    spread = wanted * (1 + _SPREAD * (2 * luck - 1))
    return max(spread, min(timedelta(seconds=at_least_s), LONGEST))
