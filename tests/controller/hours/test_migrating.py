"""Opening hours of before there were seasons are carried over, and back as far as the old tables hold them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from controller.db.engine import Database
from controller.db.migrations import alembic_config
from controller.hours import repository
from controller.hours.model import OpeningHours, Season, WeeklySpan
from edge.wire.plan import Mode
from tests.controller.hours.books import SITE, span

OLD = (
    "INSERT INTO sites (id, name, zone, address, phone) VALUES ('ramsey', 'Ramsey Hub', 'Europe/London', '', '')",
    "INSERT INTO weekly_spans VALUES ('ramsey', 2, 540, 1020, 'staffed'), ('ramsey', 2, 1020, 1440, 'extended')",
    "INSERT INTO other_days VALUES ('ramsey', '2026-12-24', 'Christmas Eve'), ('ramsey', '2026-12-25', '')",
    "INSERT INTO other_day_spans VALUES ('ramsey', '2026-12-24', 540, 720, 'staffed')",
)


async def moved(url: str, *, to: str, statements: tuple[str, ...] = ()) -> None:
    """Bring a database to a version, up or down, and carry out the statements there."""

    def work(connection: sa.Connection) -> None:
        config = alembic_config(connection)
        now = connection.dialect.has_table(connection, "site_hours")
        (command.downgrade if now else command.upgrade)(config, to)
        for each in statements:
            connection.execute(sa.text(each))
        connection.commit()

    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


async def hours_of(url: str) -> OpeningHours:
    database = Database(url)
    try:
        async with database.read() as tx:
            return (await repository.hours_book(tx, SITE)).timetable
    finally:
        await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    fresh: Callable[..., str] = request.getfixturevalue("postgres_url")
    return fresh()


async def test_old_hours_are_carried_over_and_back(empty_url: str) -> None:
    await moved(empty_url, to="0005", statements=OLD)
    await moved(empty_url, to="0006")
    found = await hours_of(empty_url)
    assert found.pattern == (
        WeeklySpan(weekday=2, span=span("09:00", "17:00")),
        WeeklySpan(weekday=2, span=span("17:00", "24:00", Mode.EXTENDED)),
    )
    eve, day = found.exceptions
    assert (eve.date, eve.note, eve.spans) == (date(2026, 12, 24), "Christmas Eve", (span("09:00", "12:00"),))
    assert (day.date, day.note, day.spans) == (date(2026, 12, 25), "", ())
    night = WeeklySpan(weekday=4, span=span("20:00", "26:00", Mode.EXTENDED))
    season = Season(name="Summer", first=date(2000, 6, 1), last=date(2000, 8, 31), yearly=True)
    database = Database(empty_url)
    async with database.write() as tx:
        changed = OpeningHours(pattern=(*found.pattern, night), seasons=(season,), exceptions=found.exceptions)
        await repository.put_timetable(tx, "ramsey", changed)
    await database.close()
    await moved(empty_url, to="0005")
    await moved(empty_url, to="0006")
    cut = WeeklySpan(weekday=4, span=span("20:00", "24:00", Mode.EXTENDED))
    assert await hours_of(empty_url) == OpeningHours(pattern=(*found.pattern, cut), exceptions=found.exceptions)
