"""All SQL about the estate."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy import Table, and_, delete, insert, select, update

from controller.database import Tx
from controller.estate.model import Door, Edge, Site, SiteParts, Space
from controller.estate.tables import doors, edges, sites, space_doors, spaces

_SITE = tuple(sites.c[name] for name in Site.__struct_fields__)
_EDGE = tuple(edges.c[name] for name in Edge.__struct_fields__)
_DOOR = tuple(doors.c[name] for name in Door.__struct_fields__)
_SPACE = tuple(spaces.c[name] for name in Space.__struct_fields__ if name != "doors")


async def site(tx: Tx, site_id: str) -> Site | None:
    row = (await tx.execute(select(*_SITE).where(sites.c.id == site_id))).mappings().first()
    return Site(**row) if row else None


async def list_sites(tx: Tx, *, after: str | None = None, limit: int) -> list[Site]:
    """Sites in the order of their ids, from the one behind ``after``."""
    query = select(*_SITE).where(sites.c.id > (after or "")).order_by(sites.c.id).limit(limit)
    return [Site(**row) for row in (await tx.execute(query)).mappings()]


async def site_parts(tx: Tx, site_id: str) -> SiteParts | None:
    """The site with everything in it, in four small queries."""
    found = await site(tx, site_id)
    if found is None:
        return None
    return SiteParts(
        site=found,
        spaces=tuple(await site_spaces(tx, site_id)),
        doors=tuple(await site_doors(tx, site_id)),
        edges=tuple(await site_edges(tx, site_id)),
    )


async def site_spaces(tx: Tx, site: str) -> list[Space]:
    query = select(space_doors.c.space, space_doors.c.door).where(space_doors.c.site == site)
    ways: dict[str, list[str]] = defaultdict(list)
    for row in await tx.execute(query.order_by(space_doors.c.door)):
        ways[row.space].append(row.door)
    rows = (await tx.execute(select(*_SPACE).where(spaces.c.site == site).order_by(spaces.c.id))).mappings()
    return [Space(**row, doors=tuple(ways[row["id"]])) for row in rows]


async def space(tx: Tx, site: str, space_id: str) -> Space | None:
    row = (await tx.execute(select(*_SPACE).where(spaces.c.site == site, spaces.c.id == space_id))).mappings().first()
    if row is None:
        return None
    query = select(space_doors.c.door).where(space_doors.c.site == site, space_doors.c.space == space_id)
    ways = (await tx.execute(query.order_by(space_doors.c.door))).scalars().all()
    return Space(**row, doors=tuple(ways))


async def site_doors(tx: Tx, site: str) -> list[Door]:
    rows = (await tx.execute(select(*_DOOR).where(doors.c.site == site).order_by(doors.c.id))).mappings()
    return [Door(**row) for row in rows]


async def site_edges(tx: Tx, site: str) -> list[Edge]:
    rows = (await tx.execute(select(*_EDGE).where(edges.c.site == site).order_by(edges.c.id))).mappings()
    return [Edge(**row) for row in rows]


async def all_edges(tx: Tx) -> list[Edge]:
    """Every edge of every site, by site and id."""
    rows = (await tx.execute(select(*_EDGE).order_by(edges.c.site, edges.c.id))).mappings()
    return [Edge(**row) for row in rows]


async def edge(tx: Tx, site: str, edge_id: str) -> Edge | None:
    query = select(*_EDGE).where(edges.c.site == site, edges.c.id == edge_id)
    row = (await tx.execute(query)).mappings().first()
    return Edge(**row) if row else None


async def edge_with_key(tx: Tx, public_key: bytes) -> Edge | None:
    row = (await tx.execute(select(*_EDGE).where(edges.c.public_key == public_key))).mappings().first()
    return Edge(**row) if row else None


async def sealed_secrets(tx: Tx, site: str, *, edge: str | None = None) -> dict[str, bytes]:
    """Door id -> sealed secret, of the whole site or of the doors on one edge."""
    query = select(doors.c.id, doors.c.secret).where(doors.c.site == site).order_by(doors.c.id)
    if edge is not None:
        query = query.where(doors.c.edge == edge)
    return {row.id: row.secret for row in await tx.execute(query)}


async def put_site(tx: Tx, value: Site) -> bool:
    """Write a site; True when it is new."""
    return await _put(tx, sites, msgspec.structs.asdict(value), ("id",))


async def put_edge(tx: Tx, value: Edge) -> bool:
    """Write an edge; True when it is new."""
    return await _put(tx, edges, msgspec.structs.asdict(value), ("site", "id"))


async def put_door(tx: Tx, value: Door, *, new_secret: bytes) -> bool:
    """Write a door; True when it is new. One that is there keeps the secret it has."""
    row = msgspec.structs.asdict(value)
    return await _put(tx, doors, row, ("site", "id"), only_new={"secret": new_secret})


async def put_space(tx: Tx, value: Space) -> bool:
    """Write a space and its doors; True when it is new."""
    row = msgspec.structs.asdict(value)
    row.pop("doors")
    new = await _put(tx, spaces, row, ("site", "id"))
    await tx.execute(delete(space_doors).where(space_doors.c.site == value.site, space_doors.c.space == value.id))
    await _insert_all(tx, space_doors, [{"site": value.site, "space": value.id, "door": door} for door in value.doors])
    return new


async def _insert_all(tx: Tx, table: Table, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        await tx.execute(insert(table), rows)


async def _put(
    tx: Tx,
    table: Table,
    row: dict[str, object],
    key: tuple[str, ...],
    only_new: dict[str, object] | None = None,
) -> bool:
    """Update the row with this key or insert it. The caller holds the site's lock, so none comes between."""
    changed = await tx.execute(update(table).where(and_(*(table.c[name] == row[name] for name in key))).values(row))
    if changed.rowcount:
        return False
    await tx.execute(insert(table).values(row | (only_new or {})))
    return True
