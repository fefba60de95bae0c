"""SQLAlchemy's dialect for SQLite, with engines that share what they compile. ``controller.db.engine`` names it."""

from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite


class SharedDialect(SQLiteDialect_aiosqlite):
    """Equal for all engines of the process, since it depends on nothing but the library.

    SQLAlchemy keeps a compiled statement by the dialect and the statement. Engines with one ``compiled_cache`` and
    equal dialects compile each statement once together.
    """

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))
