"""The hours in which a site's counters counted everybody. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from controller.telemetry.rollups.coverage import shares
from controller.telemetry.rollups.crossings import DoorCounter
from controller.telemetry.rollups.fold import Step, edges_in, steps_in
from edge.wire.interval import Interval

_WHOLE = 0.9
"""An hour is known if every counter is known to have worked in this share of it."""


def doors(counters: Sequence[DoorCounter]) -> list[str]:
    """The doors that have a counter now."""
    return sorted({each.place for each in counters if not each.gone})


def counted_hours(counters: Sequence[DoorCounter], during: Interval, zone: ZoneInfo) -> dict[datetime, float]:
    """Visits by the doors that have a counter now, by the start of the hour, in UTC.

    Only whole hours in which each of these doors had a counter, and each counter that was there is known to have
    worked. So the hours before a door got its first counter are unknown.
    """
    wanted = set(doors(counters))
    here = [each for each in counters if each.place in wanted]
    hours = list(steps_in(Step.HOUR, during, zone))
    edges = edges_in(Step.HOUR, during, zone)
    covered = [shares(each.known, edges) for each in here]
    visits = [{row.at: row.visits for row in each.rows} for each in here]
    found = {}
    for at, hour in enumerate(hours):
        due = [n for n, each in enumerate(here) if each.there.overlaps(hour)]
        if hour.end > during.end or {here[n].place for n in due} != wanted:
            continue
        if all(covered[n][at] >= _WHOLE for n in due):
            found[hour.start] = float(sum(visits[n].get(hour.start, 0) for n in due))
    return found if wanted else {}
