"""How many rows each table has: what is refused must leave all of them as they were."""

from functools import cache

from sqlalchemy import TextClause, text

from controller.app.container import Container
from controller.db.engine import metadata

_ASIDE = frozenset({"idempotency", "sessions", "sign_in_failures"})
"""Tables that a refused request may write to: it is recorded, with its sender."""


async def row_counts(container: Container) -> dict[str, int]:
    """By table."""
    async with container.database.read() as tx:
        return {row.name: row.rows for row in await tx.execute(_counts())}


@cache
def _counts() -> TextClause:
    """Written once: SQLAlchemy would take longer to make it up each time than a database to count."""
    names = [table.name for table in metadata.sorted_tables if table.name not in _ASIDE]
    return text(" UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS rows FROM \"{name}\"" for name in names))
