"""Checks the controller's own clock against what it has signed before. Pure."""

from datetime import UTC, date, datetime, time, timedelta

MARGIN = timedelta(minutes=1)
LONGEST_OFF = timedelta(days=40)
"""A controller that seems to have signed nothing for longer than any plan reaches has a false clock, or was off."""


class ClockDoubtful(Exception):
    """The controller's clock is unproven: it signs no plan and sends no edge the time."""


def check(now: datetime, last: datetime | None, seen_right: date | None) -> None:
    """Hold ``now`` against the ``last`` plan signed. ``seen_right``: on that day somebody saw that the clock was right,
    so that plans of a later time than now were signed in error. Raises ``ClockDoubtful``."""
    hint = "no plan is signed until it is right; set the clock"
    floor = last
    if seen_right is not None:
        day = datetime.combine(seen_right, time(), UTC) - timedelta(days=1)
        floor = day if last is None or last > now + MARGIN else max(day, last)
    if floor is None:
        return
    if now < floor - MARGIN:
        raise ClockDoubtful(f"the clock says {_words(now)}, but a plan was signed at {_words(floor)}: {hint}")
    if now > floor + LONGEST_OFF and not (seen_right is not None and last is not None and last > now + MARGIN):
        raise ClockDoubtful(
            f"the clock says {_words(now)}, but nothing was signed since {_words(floor)}: {hint}, or say with "
            "clock_right_on in the configuration that it is"
        )


def _words(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
