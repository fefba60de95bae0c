"""Every write leaves a line that says who did what to which thing, in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from controller.db.compiled_sql import BulkInsert, put
from controller.db.engine import Tx
from controller.people.tables import writes


async def record(
    tx: Tx,
    *,
    actor: str,
    at: datetime,
    act: str,
    thing: str,
    site: str | None = None,
    into: BulkInsert | None = None,
) -> None:
    """``actor``: a user's name, ``edge:…`` or ``import:…``. ``act``: a few words, such as "book". ``into``: where the
    line goes, if other rows follow."""
    await record_all(tx, actor=actor, at=at, act=act, things=[thing], site=site, into=into)


async def record_all(
    tx: Tx,
    *,
    actor: str,
    at: datetime,
    act: str,
    things: Iterable[str],
    site: str | None = None,
    into: BulkInsert | None = None,
) -> None:
    """As ``record``, for things to which the same was done."""
    row = {"actor": actor[:200], "at": at, "act": act, "site": site}
    await put(tx, writes, [row | {"thing": thing[:200]} for thing in things], into)
