"""How many rows each table has: what is refused must leave all of them as they were."""

from sqlalchemy import func, literal, select, union_all

from controller.database import metadata
from controller.house import House

_ASIDE = frozenset({"idempotency", "sessions", "sign_in_failures"})
"""Tables that a refused request may write to: it is remembered, and whoever sent it was here."""


async def row_counts(house: House) -> dict[str, int]:
    """By table."""
    tables = [table for table in metadata.sorted_tables if table.name not in _ASIDE]
    counts = [
        select(literal(table.name).label("name"), func.count().label("rows")).select_from(table) for table in tables
    ]
    async with house.database.read() as tx:
        return {row.name: row.rows for row in await tx.execute(union_all(*counts))}
