"""How many devices are always there is learned from the counts of nights, and from nothing else."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from controller.db.engine import Database
from controller.telemetry.fixed_devices import HOURS, NIGHTS, fixed_devices, floor_of, recent_nights
from edge.wire.events import Event, WifiData
from tests.controller.telemetry.rollups.storing import make_site, store
from tests.controller.telemetry.speaking import event

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
QUIET = [9.0, 9.0, 9.0, 9.0]


@pytest.mark.parametrize(
    ("nights", "floor"),
    [
        ([QUIET] * 7, 9),
        ([QUIET] * 5 + [[60.0, 44.0, 31.0, 30.0]] * 2, 9),
        ([QUIET] * 5 + [[0.0] * 4] * 2, 9),
        ([[9.0, 0.0, 9.0, 9.0]] * 7, 9),
        ([[30.0, 12.0, 9.0, 8.0]] * 7, 9),
        ([QUIET] * 3 + [[11.0] * 4] * 4, 11),
        ([QUIET] * 4 + [[11.0] * 4] * 3, 9),
        ([QUIET] * 3 + [[]] * 4, 9),
        ([QUIET] * 2 + [[]] * 5, None),
        ([[9.0]] * 3, 9),
        ([[0.0] * 4] * 7, 0),
        ([], None),
    ],
    ids=[
        *(
            "every night",
            "two parties",
            "off for two nights",
            "it restarts at two",
            "late guests",
            "a printer more",
            "not yet",
        ),
        *("three nights known", "two nights known", "an hour of each", "none", "nothing"),
    ],
)
def test_the_floor_is_what_is_there_in_most_nights(nights: list[list[float]], floor: int | None) -> None:
    assert floor_of(nights) == floor


@pytest.mark.parametrize(
    ("now", "first"),
    [(NOON, 25), (datetime(2026, 11, 25, 5, tzinfo=UTC), 25), (datetime(2026, 11, 25, 4, 59, tzinfo=UTC), 24)],
)
def test_only_nights_that_are_over_count(now: datetime, first: int) -> None:
    nights = recent_nights(now, LONDON)
    assert [night[0].day for night in nights] == [first - back for back in range(NIGHTS)]


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)])
def test_the_nights_of_the_clock_changes_are_nights_too(day: datetime) -> None:
    night = recent_nights(day, LONDON)[0]
    assert len(night) in (len(HOURS) - 1, len(HOURS))
    assert all(hour.astimezone(LONDON).hour in HOURS for hour in night)


async def test_each_source_has_the_floor_of_its_own_nights(db: Database) -> None:
    await make_site(db, "ramsey")
    found: list[Event] = []
    for back in range(4):
        for minute in range(0, 240, 10):
            at = NOON.replace(hour=1) - timedelta(days=back) + timedelta(minutes=minute)
            for device, stations in (("till", 3), ("ap-hall", 9 if back < 2 else 8)):
                data = WifiData(zone="hall", stations=stations, randomised=1)
                found.append(event(len(found) + 1, data, at=at, device=device))
    found.append(event(len(found) + 1, WifiData(zone="hall", stations=70), at=NOON, device="ap-new"))
    await store(db, "ramsey", found)
    async with db.read() as tx:
        assert await fixed_devices(tx, "ramsey", LONDON, NOON) == {("main", "till"): 3, ("main", "ap-hall"): 8}
        assert await fixed_devices(tx, "ramsey", LONDON, NOON - timedelta(days=3)) == {}
