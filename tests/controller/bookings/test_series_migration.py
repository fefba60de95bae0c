"""Weekly series of before become rules, and their bookings learn which date of it they are."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from controller.db.engine import Instant
from controller.db.migrations import alembic_config

MADE = datetime(2026, 3, 1, tzinfo=UTC)
STARTS = {
    "on-time": datetime(2026, 3, 15, 1, 30, tzinfo=UTC),
    "moved": datetime(2026, 3, 23, 10, 0, tzinfo=UTC),
    "by-clock": datetime(2026, 3, 29, 1, 30, tzinfo=UTC),  # 01:30 does not exist that night: 02:30 BST
    "renamed": datetime(2026, 4, 12, 0, 30, tzinfo=UTC),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that nobody has migrated."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    make: Callable[[], str] = request.getfixturevalue("postgres_url")
    return make()


def _insert(connection: sa.Connection, table: str, **values: object) -> None:
    columns: list[sa.ColumnClause[Any]] = [
        sa.column(each, Instant() if isinstance(value, datetime) else sa.Date() if isinstance(value, date) else None)
        for each, value in values.items()
    ]
    connection.execute(sa.insert(sa.table(table, *columns)).values(values))


def _as_before(connection: sa.Connection) -> None:
    command.upgrade(alembic_config(connection), "0003")
    _insert(connection, "sites", id="ramsey", name="Ramsey", zone="Europe/London", address="", phone="")
    _insert(connection, "spaces", site="ramsey", id="hall", name="Hall")
    stamp = {"created_at": MADE, "created_by": "Una"}
    plain = {"site": "ramsey", "space": "hall", "title": "Vigil"}
    first = {"first_starts": "2026-03-15T01:30:00", "first_ends": "2026-03-15T03:30:00", "until": date(2026, 4, 12)}
    _insert(connection, "series", id="weekly", **plain, **first, **stamp)
    _insert(connection, "series", id="imported", **plain, **first, **stamp)
    for number, (name, starts) in enumerate(STARTS.items()):
        ends = datetime(starts.year, starts.month, starts.day, 2, 30, tzinfo=UTC)
        if name == "moved":
            ends = starts.replace(hour=12)
        if name == "on-time":
            ends = starts.replace(hour=3)
        title = "Vigil with Ann" if name == "renamed" else "Vigil"
        _booking(connection, name, "weekly", number, starts, ends, plain | stamp | {"title": title, "people": 7})
    day = datetime(2026, 5, 3, 18, tzinfo=UTC)
    _booking(connection, "ours", "imported", 9, day, day.replace(hour=20), plain | stamp | {"people": None})
    _insert(
        connection,
        "imported",
        site="ramsey",
        space="hall",
        uid="1",
        recurrence_id="",
        booking_id="ours",
        fingerprint="",
    )


def _booking(
    connection: sa.Connection,
    name: str,
    series: str,
    number: int,
    starts: datetime,
    ends: datetime,
    more: dict[str, Any],
) -> None:
    who = {"contact_name": "Mary", "contact_phone": "", "counted_in": 0, "link_hash": bytes([number]) * 32}
    last = {"changed_at": MADE, "changed_by": "Una", "version": 1}
    _insert(connection, "bookings", id=name, series_id=series, starts=starts, ends=ends, **who, **last, **more)


async def test_what_was_weekly_becomes_a_rule_and_back(empty_url: str) -> None:
    engine = create_async_engine(empty_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_as_before)
        async with engine.begin() as connection:
            await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "0008"))
        async with engine.begin() as connection:
            rows = (await connection.execute(sa.text("SELECT id, pattern, details, imported FROM series"))).all()
            found = {each.id: each for each in rows}
            weekly = json.loads(found["weekly"].pattern)
            assert weekly == {
                "first_starts": "2026-03-15T01:30:00",
                "first_ends": "2026-03-15T03:30:00",
                "rule": "FREQ=WEEKLY;UNTIL=20260412",
                "out_times": ["2026-04-05T01:30:00"],
            }
            assert json.loads(found["weekly"].details) == {"contact_name": "Mary", "people": 7}
            assert [bool(found[each].imported) for each in ("weekly", "imported")] == [False, True]
            dates = await connection.execute(
                sa.text("SELECT id, occurrence, changed_here FROM bookings WHERE series_id = 'weekly' ORDER BY starts")
            )
            assert [tuple(each) for each in dates] == [
                ("on-time", "2026-03-15T01:30:00", ""),
                ("moved", "2026-03-22T01:30:00", "starts,ends"),
                ("by-clock", "2026-03-29T01:30:00", ""),
                ("renamed", "2026-04-12T01:30:00", "title"),
            ]
        async with engine.begin() as connection:
            await connection.run_sync(lambda sync: command.downgrade(alembic_config(sync), "0007"))
        async with engine.begin() as connection:
            query = "SELECT first_starts, until FROM series WHERE id = 'weekly'"
            row = (await connection.execute(sa.text(query))).one()
            assert (row.first_starts, str(row.until)) == ("2026-03-15T01:30:00", "2026-04-12")
    finally:
        await engine.dispose()
