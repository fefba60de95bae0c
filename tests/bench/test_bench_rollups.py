"""What roll-ups cost: made again from events, and read as an answer. Figures are printed, with the limits of a quiet
machine; only what came out is tested."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from controller.app.schema import migrate
from controller.db.engine import Database
from controller.platform.settings import Settings
from controller.platform.text import local_time
from controller.telemetry.rollups.figures import figures, stored_figures
from controller.telemetry.rollups.fold import Step
from controller.telemetry.rollups.rows import FootfallRow, footfall_rows
from edge.wire.events import Event, FootfallData
from edge.wire.interval import Interval
from tests.bench.timing import Took, beside
from tests.controller.telemetry.rollups.storing import made_again, make_site, store
from tests.controller.telemetry.speaking import event

SITE = "ramsey"
ZONE = local_time.zone("Europe/London")
FIRST, COUNTERS = date(2025, 12, 1), 3
START = datetime(2025, 12, 1, tzinfo=UTC)
TEN_MILLION_S, MONTH_S, YEAR_S = 60, 0.1, 0.2


def events_of(days: int, month: int, busy: int, every: timedelta) -> list[Event]:
    """One person in at each counter: again and again in the first ``busy`` days, by day each five minutes until the
    month's end, then once an hour."""
    five, hour = timedelta(minutes=5), timedelta(hours=1)
    times = [START + each * every for each in range(timedelta(days=busy) // every)]
    times += [START + each * five for each in range(288 * busy, 288 * month) if 8 <= each // 12 % 24 < 20]
    times += [START + each * hour for each in range(24 * month, 24 * days)]
    found = []
    for nth, at in enumerate(times):
        for counter in range(COUNTERS):
            name, seq = f"beams-{counter}", COUNTERS * nth + counter + 1
            data = FootfallData(counter=name, door=f"door-{counter}", ins=1, outs=0, total_ins=nth + 1, total_outs=0)
            found.append(event(seq, data, at=at, device=name))
    return found


async def disk_bytes(database: Database) -> int:
    query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    if not database.sqlite:
        query = "SELECT pg_database_size(current_database())"
    async with database.read() as tx:
        return int((await tx.execute(text(query))).scalar_one())


async def answered(database: Database, step: Step, days: int) -> tuple[tuple[float, float], list[FootfallRow]]:
    """The best of five, and the rows."""
    found, rows = [], []
    during = Interval(start=START, end=START + timedelta(days=days))
    for _ in range(5):
        took = Took()
        async with database.read() as tx:
            stored = await stored_figures(tx, SITE, step, during, ZONE, during.end, footfall=True)
        rows = footfall_rows(figures(stored), ZONE)
        msgspec.json.encode(rows)
        found.append(took())
    return min(found), rows


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
        given = events_of(days, month, busy, every)
        empty = await disk_bytes(database)
        await store(database, SITE, *(given[at : at + 500] for at in range(0, len(given), 500)))
        per_event = (await disk_bytes(database) - empty) / len(given)
        took = Took()
        number = await made_again(database, SITE, FIRST, FIRST + timedelta(days=busy - 1))
        again = took()
        assert number == COUNTERS * (timedelta(days=busy) // every)
        fine_s, fine = await answered(database, Step.FIVE_MINUTES, month)
        hours_s, hours = await answered(database, Step.HOUR, days)
    finally:
        await database.close()
    assert len(fine) == COUNTERS * month * 288
    assert len(hours) == COUNTERS * days * 24
    assert sum(each.ins or 0 for each in fine) == number + COUNTERS * 144 * (month - busy)
    assert sum(each.ins or 0 for each in hours) == len(given)
    clock, own = (each * 10e6 / number for each in again)
    print(
        f"\n{number} of {len(given)} events of {COUNTERS} counters made again",
        beside("10 million", (clock, own), TEN_MILLION_S),
        beside(f"{month} days by 5 minutes", fine_s, MONTH_S),
        beside(f"{days} days by hour", hours_s, YEAR_S),
        f"  {per_event:.0f} bytes of disk an event, with samples and roll-ups",
        sep="\n",
    )
