"""What an error of the database says: a constraint, a lock that another holds, no room, or no database."""

import errno
import sqlite3

from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_AWAY_CLASSES = frozenset({"08", "25", "28", "3D", "40", "53", "55", "57", "58"})
_AWAY_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_NOT_DONE_STATES = frozenset({"40001", "40P01", "55P03"})


def violates(error: IntegrityError, constraint: str) -> bool:
    """Whether the database refused a write because of the constraint or trigger of this name.

    SQLite names unique constraints by their columns (``table.column``); ours that matter are triggers,
    which raise their own name.
    """
    return constraint in str(error.orig)


def is_away(error: Exception) -> bool:
    """Whether the database, or the way to it, has failed: then what was asked of it may do another time. Anything else
    is in what was asked, which fails whenever it is asked.

    After PostgreSQL, appendix A (classes of SQLSTATE), and SQLite's result codes.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    state, code = getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorcode", None)
    if state is not None:
        return state[:2] in _AWAY_CLASSES
    if code is not None:
        return code & 0xFF in _AWAY_CODES
    return isinstance(
        error, OSError | InterfaceError | InternalError | OperationalError | DisconnectionError | PoolTimeoutError
    )


def is_not_done(error: Exception) -> bool:
    """Whether a write was refused for a lock that another holds, and nothing of it is done."""
    if isinstance(error, PoolTimeoutError):
        return True
    return isinstance(error, DBAPIError) and (
        is_busy(error) or getattr(error.orig, "sqlstate", None) in _NOT_DONE_STATES
    )


def is_full(error: Exception) -> bool:
    """Whether a write was refused because there is no room for it, and nothing of it is done."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return (
        getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        or getattr(cause, "sqlstate", None) == "53100"
        or (isinstance(cause, OSError) and cause.errno in {errno.ENOSPC, errno.EDQUOT})
    )


def words_of(error: Exception) -> str:
    """What went wrong in at most 200 characters, of an error of the database what that says itself, without SQL."""
    return str(error.orig if isinstance(error, DBAPIError) else error)[:200]


def is_busy(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
