"""Random per-site revision, changed on every config write; invalidates caches of the site in every process."""

import secrets

from sqlalchemy import bindparam, select, update

from controller.db.compiled_sql import CompiledReads
from controller.db.engine import Tx
from controller.estate.tables import sites

_READ = CompiledReads(select(sites.c.revision).where(sites.c.id == bindparam("site")))
_BITS = 31


async def revision(tx: Tx, site: str) -> int | None:
    """The site's number; None where there is no such site."""
    row = await _READ.first(tx, site=site)
    return row["revision"] if row else None


async def bump(tx: Tx, site: str) -> None:
    """Say that estate, hours, policy or tariffs of a site have changed. The caller holds the site's lock.

    Drawn at random, so that no number is met again that somebody kept from a transaction that came to nothing.
    """
    await tx.execute(update(sites).where(sites.c.id == site).values(revision=secrets.randbits(_BITS)))
