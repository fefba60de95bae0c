"""What the figures of *Use* cost: a site with many rooms, a year of bookings, and a year of visits by five minutes.
Figures are printed; only what came out is tested."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import update

from controller.app.container import Container
from controller.bookings.diary.tables import bookings
from controller.estate.model import Site, Space
from controller.telemetry.rollups import repository
from controller.telemetry.rollups.fold import Cell, Row, Step
from controller.telemetry.rollups.repository import HeardSeries
from edge.wire.interval import Interval
from tests.bench.booking_peers import opened
from tests.bench.timing import Took, beside
from tests.controller.clock import ManualClock
from tests.controller.running import USER
from tests.controller.village import API

SITE, COUNTERS = "ramsey", 3
START = datetime(2025, 12, 1, tzinfo=UTC)
YEAR_S, MONTH_S = 0.5, 0.5
FIVE = timedelta(minutes=5)


async def furnish(client: httpx.AsyncClient, container: Container, clock: ManualClock, rooms: int) -> None:
    """Rooms, and hours from 9 to 17 with staff and until 21 without, set long ago."""
    clock.set(START - timedelta(days=30))
    await container.estate.put_site(Site(id=SITE, name="Ramsey", zone="Europe/London"), version=0, actor=USER)
    for number in range(rooms):
        space = Space(site=SITE, id=f"room-{number}", name=f"Room {number}")
        await container.estate.put(space, version=0, actor=USER)
    pattern = [
        {"weekday": day, "opens": f"{opens:02}:00", "closes": f"{closes}:00", "mode": mode}
        for day in range(7)
        for opens, closes, mode in ((9, 17, "staffed"), (17, 21, "extended"))
    ]
    path = f"{API}/sites/{SITE}/hours"
    version = (await client.get(path)).json()["version"]
    assert (await client.put(path, json={"version": version, "pattern": pattern})).is_success


async def fill(container: Container, rooms: int, days: int) -> int:
    """Two bookings in each room and day, of which each third was missed; in and out at each door in each five minutes
    of the open time. How many bookings those are."""
    peer = await opened(container.database.url)
    starts = [START + timedelta(days=day, hours=hour) for day in range(days) for hour in (10, 15)]
    booked = [
        (SITE, f"room-{room}", (f"{SITE}/room-{room}",), Interval(start=at, end=at + timedelta(hours=2)))
        for at in starts
        for room in range(rooms)
    ]
    try:
        await peer.insert_many(booked)
    finally:
        await peer.close()
    rows: dict[Row, Cell] = {}
    for day in range(days):
        for step in range(12 * 9, 12 * 21):
            at = START + timedelta(days=day) + step * FIVE
            for counter in range(COUNTERS):
                for field in ("ins", "outs"):
                    series = ("footfall", f"beams-{counter}", field, f"door-{counter}", "main")
                    rows[Step.FIVE_MINUTES, at, series] = [1, 1000, 1000, 1000]
    end = START + timedelta(days=days)
    heard = [
        HeardSeries(
            edge="main",
            device=f"beams-{counter}",
            measurement="footfall",
            place=f"door-{counter}",
            first_at=START - timedelta(days=1),
            last_at=end,
        )
        for counter in range(COUNTERS)
    ]
    async with container.database.write() as tx:
        await tx.execute(update(bookings).where(bookings.c.space != "room-0").values(arrived_at=bookings.c.starts))
        await repository.put_rows(tx, SITE, rows)
        await repository.widen_series(tx, SITE, heard)
    return len(booked)


@pytest.mark.parametrize(("rooms", "days"), [(2, 7), pytest.param(24, 365, marks=pytest.mark.bench)])
async def test_what_the_use_of_a_year_costs(
    any_client: httpx.AsyncClient, any_container: Container, clock: ManualClock, rooms: int, days: int
) -> None:
    await furnish(any_client, any_container, clock, rooms)
    number = await fill(any_container, rooms, days)
    clock.set(START + timedelta(days=days, hours=1))
    params = {"from": f"{START:%Y-%m-%d}", "to": f"{START + timedelta(days=days):%Y-%m-%d}"}
    last = f"{START + timedelta(days=days - 1):%Y-%m}"
    asked = {
        "the page": (f"{API}/sites/{SITE}/use", params, YEAR_S),
        "compared": (f"{API}/use", params, YEAR_S),
        "a month as PDF": (f"{API}/sites/{SITE}/use.pdf", {"month": last}, MONTH_S),
    }
    print(f"\n{any_container.database.url.get_backend_name()}, {rooms} rooms, {number} bookings in {days} days")
    for what, (path, given, limit) in asked.items():
        found = []
        for _ in range(4):
            took = Took()
            answer = await any_client.get(path, params=given)
            found.append(took())
            assert answer.is_success, answer.text
        print(beside(what, min(found[1:]), limit))
    body = (await any_client.get(f"{API}/sites/{SITE}/use", params=params)).json()
    assert body["counts"]["bookings"] == number
    assert sum(body["visits"][mode]["visits"] or 0 for mode in ("open", "closed")) == COUNTERS * 144 * days
