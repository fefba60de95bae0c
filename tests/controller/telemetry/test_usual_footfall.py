"""How busy a building usually is: said with its basis, and only where that is known."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from controller.container import Container
from controller.telemetry.tables import device_states, event_logs, outages, samples
from controller.text import local_time
from tests.controller.calendars.test_public_pages import PAGE, text_of
from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.village import API, SITE, show_public

NOW = datetime(2026, 11, 25, 10, 20, tzinfo=UTC)
"""A Wednesday."""
LONDON = ZoneInfo("Europe/London")
QUIET = {9: 20, 10: 3, 12: 30}
"""Hour -> how many came in."""


@pytest.fixture
async def outside(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with stranger(app) as client:
        yield client


@pytest.fixture
async def open_building(village: httpx.AsyncClient, clock: ManualClock) -> None:
    pattern = [{"weekday": 2, "opens": "09:00", "closes": "13:00", "mode": "staffed"}]
    hours = (await village.get(f"{API}/sites/{SITE}/hours")).json()
    assert (await village.put(f"{API}/sites/{SITE}/hours", json=hours | {"pattern": pattern})).is_success
    await show_public(village)
    clock.set(NOW)


async def counted(container: Container, weeks: range, ins: Mapping[int, int], device: str = "beam") -> None:
    """A counter, and what it counted in past weeks; each crossing by itself."""
    async with container.database.write() as tx:
        state = {"site": SITE, "edge": "pi-front", "device": device, "kind": "counter", "seq": 1, "state": "{}"}
        await tx.execute(insert(device_states).values(state | {"at": NOW, "since": NOW}))
        own = {"site": SITE, "measurement": "footfall", "device": device, "field": "ins", "edge": "pi-front"}
        rows = [
            own | {"at": local_time.instant(wall - timedelta(weeks=week), LONDON) + timedelta(seconds=each), "value": 1}
            for week in weeks
            for hour, number in ins.items()
            for wall in (datetime(2026, 11, 25, hour),)  # noqa: DTZ001  # the site's own time, over a clock change
            for each in range(number)
        ]
        await tx.execute(insert(samples), rows)
    container.changes.site_changed(SITE)


async def test_a_quiet_hour_is_called_so_with_how_many_came_and_on_how_many_days(
    outside: httpx.AsyncClient, container: Container, open_building: None
) -> None:
    await counted(container, range(1, 7), QUIET)
    text = await text_of(outside, PAGE)
    assert "Usually quiet at this time: 3 people came in between 10:00 and 11:00 on 6 of the last 8 Wednesdays." in text


@pytest.mark.parametrize(("here", "level"), [(60, "Usually busy"), (10, "Usually neither quiet nor busy")])
async def test_other_hours_are_compared_with_the_open_hours_of_those_days(
    outside: httpx.AsyncClient, container: Container, open_building: None, here: int, level: str
) -> None:
    await counted(container, range(1, 5), {9: 10, 10: here, 11: 10, 12: 10})
    assert level in await text_of(outside, PAGE)


async def test_nothing_is_said_without_counters_of_too_few_weeks_or_while_it_is_shut(
    outside: httpx.AsyncClient, container: Container, open_building: None, clock: ManualClock
) -> None:
    assert "Usually" not in await text_of(outside, PAGE)
    await counted(container, range(1, 4), QUIET)
    assert "Usually" not in await text_of(outside, PAGE)
    clock.set(NOW.replace(hour=14))
    assert "Usually" not in await text_of(outside, PAGE)


async def test_silence_counts_only_where_the_counter_is_known_to_have_worked(
    outside: httpx.AsyncClient, container: Container, open_building: None
) -> None:
    await counted(container, range(1, 6), {9: 20, 12: 20})  # nobody came from ten to eleven
    assert "this time: 0 people came in between 10:00 and 11:00 on 5 of the last 8" in await text_of(outside, PAGE)
    await counted(container, range(1, 6), {9: 20}, device="dead-beam")  # nothing after ten: it may be broken
    assert "Usually" not in await text_of(outside, PAGE)


async def test_a_day_with_an_outage_is_left_out(
    outside: httpx.AsyncClient, container: Container, open_building: None
) -> None:
    await counted(container, range(1, 6), QUIET)
    async with container.database.write() as tx:
        log = {"site": SITE, "edge": "pi-front", "log": "a" * 32, "opened_at": NOW}
        log_id = (await tx.execute(insert(event_logs).values(log).returning(event_logs.c.id))).scalar_one()
        start = NOW - timedelta(weeks=2)
        down = {"starts": start, "ends": start + timedelta(hours=1), "seq": 1, "log_id": log_id}
        await tx.execute(insert(outages).values(down | {"site": SITE, "edge": "pi-front"}))
    container.changes.site_changed(SITE)
    assert "on 4 of the last 8 Wednesdays" in await text_of(outside, PAGE)
