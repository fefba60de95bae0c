"""What of a database's form differs from the tables of the code, and the rules that Alembic does not compare."""

from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from controller.db.engine import Database, metadata

_RULES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('c', 'x')"
    " UNION ALL SELECT tgrelid::regclass || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    " UNION ALL SELECT proname, prosrc FROM pg_proc WHERE proname = 'hallkeeper_note_change'",
}
"""Triggers, checks, exclusions."""


def _drift(connection: sa.Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def drift_of(url: str) -> list[Any]:
    """The changes that would bring the database to the tables of the code."""
    database = Database(url)
    try:
        async with database.read() as tx:
            return await tx.run_sync(_drift)
    finally:
        await database.close()


async def rules_of(url: str) -> list[tuple[str, str]]:
    """Triggers, checks, exclusions and the function of triggers, by name."""
    database = Database(url)
    try:
        async with database.read() as tx:
            rows = await tx.execute(sa.text(_RULES[tx.dialect.name]))
            return sorted((str(name), str(rule)) for name, rule in rows)
    finally:
        await database.close()
