"""How busy a building usually is: said with its basis, and only where that is known."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert, select

from controller.app.container import Container
from controller.platform.text import local_time
from controller.telemetry.tables import event_logs, outages
from edge.wire.events import FaultData
from edge.wire.faults import FaultCode
from tests.controller.calendars.test_public_pages import PAGE, text_of
from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.telemetry.rollups.storing import store
from tests.controller.telemetry.rollups.test_service import alive
from tests.controller.telemetry.speaking import crossing, event
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


async def counted(
    container: Container, weeks: range, ins: Mapping[int, int], *, broken: datetime | None = None
) -> None:
    """What a counter at the front door counted in past weeks, in the middle of each hour; it works since the day before
    the first of them, and until now or where it is ``broken``."""
    whole = [
        (local_time.instant(datetime(2026, 11, 25, hour, 30) - timedelta(weeks=week), LONDON), number)  # noqa: DTZ001
        for week in weeks
        for hour, number in ins.items()
    ]
    begun = min(at for at, _ in whole) - timedelta(days=1)
    total, events = 0, []
    for seq, (at, number) in enumerate(sorted([(begun, 1), *whole]), 1):
        total += number
        events.append(crossing(seq, ins=number, total=(total, 0), at=at))
    if broken is not None:
        dead = FaultData(code=FaultCode.BEAM_DEAD, part="beam 2", present=True)
        events.append(event(len(events) + 1, dead, at=broken, device="front-beams"))
    await store(container.database, SITE, events)
    await alive(container.database, NOW, head=len(events))
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


async def test_silence_counts_where_the_counter_is_known_to_have_worked(
    outside: httpx.AsyncClient, container: Container, open_building: None
) -> None:
    await counted(container, range(1, 6), {9: 20, 12: 20})  # nobody came from ten to eleven
    assert "this time: 0 people came in between 10:00 and 11:00 on 5 of the last 8" in await text_of(outside, PAGE)


async def test_silence_of_a_dead_beam_says_nothing(
    outside: httpx.AsyncClient, container: Container, open_building: None
) -> None:
    await counted(container, range(1, 6), {9: 20, 12: 20}, broken=NOW - timedelta(weeks=3))
    assert "Usually" not in await text_of(outside, PAGE)


async def test_a_day_with_an_outage_is_left_out(
    outside: httpx.AsyncClient, container: Container, open_building: None
) -> None:
    await counted(container, range(1, 6), QUIET)
    async with container.database.write() as tx:
        log_id = (await tx.execute(select(event_logs.c.id))).scalar_one()
        start = NOW - timedelta(weeks=2)
        down = {"starts": start, "ends": start + timedelta(hours=1), "seq": 1, "log_id": log_id}
        await tx.execute(insert(outages).values(down | {"site": SITE, "edge": "main"}))
    container.changes.site_changed(SITE)
    assert "on 4 of the last 8 Wednesdays" in await text_of(outside, PAGE)
