"""What statements need that go to the driver past SQLAlchemy: it neither tells of them nor turns their errors into its
own."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from controller.db.engine import Tx


def driver_of(tx: Tx) -> Any:
    """The driver's own connection."""
    assert tx.sync_connection is not None
    return tx.sync_connection.connection.driver_connection


def trace_statement(tx: Tx, sql: str, values: Sequence[Any]) -> None:
    """Tell those who count or trace statements."""
    connection = tx.sync_connection
    assert connection is not None
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, None, sql, values, None, False)


def translated(sql: str, error: Exception) -> DBAPIError:
    """What SQLAlchemy would raise. ``is_away`` and ``is_not_done`` know it."""
    state = str(getattr(error, "sqlstate", None) or "")
    names = {each.__name__ for each in type(error).__mro__}
    kind = DBAPIError
    if isinstance(error, sqlite3.IntegrityError) or state.startswith("23"):
        kind = IntegrityError
    elif isinstance(error, sqlite3.Error):
        kind = OperationalError
    elif isinstance(error, OSError) or ("InterfaceError" in names and not isinstance(error, ValueError)):
        kind = InterfaceError  # in asyncpg an error of a value is an InterfaceError too
    return kind(sql, None, error, hide_parameters=True)
