"""What roll-ups cost: made again from events, and read as an answer. Figures are printed, with the limits of a quiet
machine; only what came out is tested."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from controller.db.engine import Database
from controller.schema import migrate
from controller.settings import Settings
from controller.telemetry.rollups.figures import figures, stored_figures
from controller.telemetry.rollups.fold import Step
from controller.telemetry.rollups.rows import FootfallRow, footfall_rows
from controller.text import local_time
from edge.wire.events import Event, FootfallData
from edge.wire.interval import Interval
from tests.controller.telemetry.rollups.storing import made_again, make_site, store
from tests.controller.telemetry.speaking import event

SITE = "ramsey"
ZONE = local_time.zone("Europe/London")
FIRST, COUNTERS = date(2025, 12, 1), 3
START = datetime(2025, 12, 1, tzinfo=UTC)
TEN_MILLION_S, MONTH_MS, YEAR_MS = 60, 100, 200


def events_of(days: int, busy: int, every: timedelta) -> list[Event]:
    """One person in at each counter, again and again in the first ``busy`` days, then once an hour."""
    times = [START + each * every for each in range(timedelta(days=busy) // every)]
    times += [START + timedelta(hours=each) for each in range(24 * busy, 24 * days)]
    found = []
    for nth, at in enumerate(times):
        for counter in range(COUNTERS):
            name, seq = f"beams-{counter}", COUNTERS * nth + counter + 1
            data = FootfallData(counter=name, door=f"door-{counter}", ins=1, outs=0, total_ins=nth + 1, total_outs=0)
            found.append(event(seq, data, at=at, device=name))
    return found


async def answered(database: Database, step: Step, days: int) -> tuple[float, list[FootfallRow]]:
    """Milliseconds of the best of five, and the rows."""
    took, rows = [], []
    during = Interval(start=START, end=START + timedelta(days=days))
    for _ in range(5):
        began = time.perf_counter()
        async with database.read() as tx:
            stored = await stored_figures(tx, SITE, step, during, ZONE, during.end, footfall=True)
        rows = footfall_rows(figures(stored), ZONE)
        msgspec.json.encode(rows)
        took.append((time.perf_counter() - began) * 1000)
    return min(took), rows


@pytest.mark.bench
@pytest.mark.parametrize(
    ("days", "month", "busy", "seconds"), [(2, 2, 1, 600), pytest.param(365, 31, 3, 10, marks=pytest.mark.bench)]
)
async def test_rollups_are_made_again_and_read(
    tmp_path: Path, durable_url: str, days: int, month: int, busy: int, seconds: int
) -> None:
    settings = Settings(data_dir=tmp_path, database=durable_url)
    await migrate(settings.database_url)
    database = Database(settings.database_url)
    try:
        every = timedelta(seconds=seconds)
        await make_site(database, SITE)
        found = events_of(days, busy, every)
        await store(database, SITE, *(found[at : at + 500] for at in range(0, len(found), 500)))
        began = time.perf_counter()
        number = await made_again(database, SITE, FIRST, FIRST + timedelta(days=busy - 1))
        again_s = (time.perf_counter() - began) * 10e6 / number
        assert number == COUNTERS * (timedelta(days=busy) // every)
        fine_ms, fine = await answered(database, Step.FIVE_MINUTES, month)
        hours_ms, hours = await answered(database, Step.HOUR, days)
    finally:
        await database.close()
    assert len(fine) == COUNTERS * month * 288
    assert len(hours) == COUNTERS * days * 24
    assert sum(each.ins or 0 for each in fine) == number + COUNTERS * 24 * (month - busy)
    assert sum(each.ins or 0 for each in hours) == len(found)
    print(
        f"\n{number} events of {COUNTERS} counters made again: 10 million in {again_s:.0f} s, "
        f"{again_s / TEN_MILLION_S:.1f} of {TEN_MILLION_S} s; {month} days by 5 minutes {fine_ms:.0f} ms, "
        f"{fine_ms / MONTH_MS:.1f} of {MONTH_MS} ms; {days} days by hour {hours_ms:.0f} ms, "
        f"{hours_ms / YEAR_MS:.1f} of {YEAR_MS} ms"
    )
