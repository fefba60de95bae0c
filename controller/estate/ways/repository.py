"""The table of the ways to sites and doors, and all SQL about it."""

import msgspec
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, delete, insert, select

from controller.db.engine import Tx, metadata
from controller.db.row_mapping import all_of, columns_of
from controller.estate.ways.model import Way

ways = Table(
    "ways",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("door", String(40), primary_key=True),  # empty: the way to the site; that of a door that is gone stays
    Column("text", String(2000), nullable=False),
    Column("step_free", String(2000), nullable=False),
    Column("media_type", String(40)),
    Column("size", Integer, nullable=False),
    Column("photo", Integer, nullable=False),  # counts them
)

way_photos = Table(
    "way_photos",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("door", String(40), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""Apart from the ways, so that a list of these does not read them. In the database, so that a backup has them."""

_c, _p = ways.c, way_photos.c


async def of_site(tx: Tx, site: str) -> list[Way]:
    return await all_of(tx, Way, select(*columns_of(Way, ways)).where(_c.site == site).order_by(_c.door))


async def write(tx: Tx, way: Way) -> None:
    """In place of the one that is there."""
    await tx.execute(delete(ways).where(_c.site == way.site, _c.door == way.door))
    await tx.execute(insert(ways).values(msgspec.structs.asdict(way)))


async def write_photo(tx: Tx, site: str, door: str, content: bytes | None) -> None:
    """In place of the one that is there; ``None``: none."""
    await tx.execute(delete(way_photos).where(_p.site == site, _p.door == door))
    if content is not None:
        await tx.execute(insert(way_photos).values(site=site, door=door, content=content))


async def photo(tx: Tx, site: str, door: str) -> bytes | None:
    query = select(_p.content).where(_p.site == site, _p.door == door)
    found: bytes | None = (await tx.execute(query)).scalar()
    return found
