"""Every write leaves a line that says who did what to which thing, in the same transaction."""

from datetime import datetime

from controller.database import Tx
from controller.people import repository


async def record(tx: Tx, *, actor: str, at: datetime, act: str, thing: str, site: str | None = None) -> None:
    """``actor``: a user's name, ``edge:…`` or ``import:…``. ``act``: a few words, such as "book"."""
    await repository.add_write(tx, actor=actor[:200], at=at, act=act, site=site, thing=thing[:200])
