"""How many devices on a zone's WiFi are always there, such as printers and tills: the night floor, learned from counts
alone, since no address is known here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from statistics import median_low
from zoneinfo import ZoneInfo

from controller.db.engine import Tx
from controller.platform.text import local_time
from controller.telemetry.rollups import repository
from controller.telemetry.rollups.fold import THOUSANDTHS, Step

HOURS = (1, 2, 3, 4)
"""Local hours in which a building is as empty as it gets."""
NIGHTS = 7
"""A device that is new, or gone, is learned after four of them."""
LEAST_NIGHTS = 3

Source = tuple[str, str]
"""Edge and device."""
Night = tuple[datetime, ...]
"""When its hours begin."""


def recent_nights(now: datetime, zone: ZoneInfo) -> list[Night]:
    """The last ``NIGHTS`` that are over, in UTC; of a night in which the clocks change, the hours that there are."""
    today = local_time.local_day(now, zone)
    nights = [_night(today - timedelta(days=back), zone) for back in range(NIGHTS + 1)]
    return [night for night in nights if night[-1] + timedelta(hours=1) <= now][:NIGHTS]


def _night(day: date, zone: ZoneInfo) -> Night:
    return tuple(sorted({local_time.instant_moved(datetime.combine(day, time(hour)), zone)[0] for hour in HOURS}))


def floor_of(nights: Iterable[Sequence[float]]) -> int | None:
    """The floor from the fewest devices in each hour of each night, of which nothing may be known. None of fewer than
    ``LEAST_NIGHTS``.

    The lower median of the hours, then of the nights, so that neither an access point that restarts for an hour, nor a
    night in which it is off or a party lasts, changes it.
    """
    known = [median_low(hours) for hours in nights if hours]
    return round(median_low(known)) if len(known) >= LEAST_NIGHTS else None


async def fixed_devices(tx: Tx, site: str, zone: ZoneInfo, now: datetime) -> Mapping[Source, int]:
    """The night floor of each source of a site's WiFi of which it is known."""
    nights = recent_nights(now, zone)
    wanted = [hour for night in nights for hour in night]
    least: defaultdict[Source, dict[datetime, float]] = defaultdict(dict)
    for edge, device, at, fewest in await repository.least_at(tx, site, Step.HOUR, wanted, ("wifi", "stations")):
        least[edge, device][at] = fewest / THOUSANDTHS
    floors = {
        source: floor_of([found[hour] for hour in night if hour in found] for night in nights)
        for source, found in least.items()
    }
    return {source: floor for source, floor in floors.items() if floor is not None}
