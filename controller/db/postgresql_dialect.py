"""SQLAlchemy's dialect for PostgreSQL, with engines that share what they compile, as ``sqlite_dialect`` has it.
``controller.db.engine`` names it."""

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg


class SharedDialect(PGDialect_asyncpg):
    """Equal for all engines whose servers SQLAlchemy writes the same SQL for."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SharedDialect) and self._written_for() == other._written_for()

    def __hash__(self) -> int:
        return hash(type(self))

    def _written_for(self) -> tuple[object, ...]:
        """What SQLAlchemy learns of a server at the first connection."""
        return self.server_version_info, self._backslash_escapes, self.default_schema_name
