"""A number per site that grows with every change of what bookings are judged by, so that any process may keep a
site in mind and see at a glance whether it is still so."""

from sqlalchemy import select, update

from controller.database import Tx
from controller.estate.tables import sites


async def revision(tx: Tx, site: str) -> int | None:
    """The site's number; None where there is no such site."""
    found: int | None = (await tx.execute(select(sites.c.revision).where(sites.c.id == site))).scalar()
    return found


async def bump(tx: Tx, site: str) -> None:
    """Say that estate, hours, policy or tariffs of a site have changed. The caller holds the site's lock."""
    await tx.execute(update(sites).where(sites.c.id == site).values(revision=sites.c.revision + 1))
