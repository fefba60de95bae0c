"""A backup of a controller's database, of either kind, taken and put back row by row."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete, insert, select

from controller.db.engine import Database, metadata

Backup = Mapping[Table, Sequence[Mapping[str, Any]]]


async def take_backup(database: Database) -> Backup:
    """Every row of every table."""
    async with database.read() as tx:
        return {
            table: [dict(row) for row in (await tx.execute(select(table))).mappings()]
            for table in metadata.sorted_tables
        }


async def put_back(database: Database, backup: Backup) -> None:
    """The database as it was."""
    async with database.write() as tx:
        for table in reversed(metadata.sorted_tables):
            await tx.execute(delete(table))
        for table, rows in backup.items():
            if rows:
                await tx.execute(insert(table), rows)
