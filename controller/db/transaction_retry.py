"""Which failed transactions ``Database.run`` begins again, and after what pause. Pure."""

import secrets

from sqlalchemy.exc import DBAPIError

from controller.db.errors import is_busy

_DEADLOCK_STATES = frozenset({"40001", "40P01"})
_TRIES = 6
"""How often a transaction that met a deadlock is begun."""


def is_retried(error: DBAPIError, attempt: int, *, in_time: bool) -> bool:
    """Whether a transaction that failed at this ``attempt``, the first is 1, is begun again. ``in_time``: it may still
    wait for a lock."""
    return in_time if is_busy(error) else attempt < _TRIES and is_deadlock(error)


def pause_s(attempt: int) -> float:
    """Seconds before the attempt after this one: twice as long each time, and at random, so that two transactions that
    met do not meet again."""
    return 0.005 * 2.0 ** min(attempt, _TRIES) * (1 + secrets.randbelow(100) / 100)


def is_deadlock(error: DBAPIError) -> bool:
    """Whether PostgreSQL gave a transaction up for another: a deadlock or a serialization failure."""
    return getattr(error.orig, "sqlstate", None) in _DEADLOCK_STATES
