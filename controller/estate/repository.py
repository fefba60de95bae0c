"""All SQL about the estate."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import RowMapping, Table, bindparam, delete, func, insert, select, update

from controller.db.compiled_sql import CompiledReads
from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of, first_of, put_row, struct_of, structs_of
from controller.estate.change_preview import Thing
from controller.estate.model import (
    Changeover,
    Door,
    Edge,
    Equipment,
    Floor,
    Layout,
    OldSecrets,
    SealedSecrets,
    Site,
    SiteParts,
    Space,
)
from controller.estate.tables import (
    changeovers,
    doors,
    edges,
    equipment,
    floors,
    layouts,
    old_secrets,
    sites,
    space_amenities,
    space_doors,
    space_parts,
    spaces,
)
from controller.platform.text.local_time import zone

_SITE = columns_of(Site, sites)
_EDGE = columns_of(Edge, edges)
S = TypeVar("S", Floor, Equipment, Door, Edge)
_SPACE = columns_of(Space, spaces)


async def site(tx: Tx, site_id: str) -> Site | None:
    return await first_of(tx, Site, select(*_SITE).where(sites.c.id == site_id))


async def known_sites(tx: Tx, ids: frozenset[str]) -> frozenset[str]:
    """Those of the sites that there are."""
    return frozenset((await tx.execute(select(sites.c.id).where(sites.c.id.in_(ids)))).scalars())


async def zones(tx: Tx) -> frozenset[str]:
    """Of all sites, by name."""
    return frozenset((await tx.execute(select(sites.c.zone))).scalars())


async def site_ids(tx: Tx) -> frozenset[str]:
    """Of all sites."""
    return frozenset((await tx.execute(select(sites.c.id))).scalars())


async def known_spaces(tx: Tx, site: str) -> frozenset[str]:
    return frozenset((await tx.execute(select(spaces.c.id).where(spaces.c.site == site))).scalars())


async def site_zones(tx: Tx, site: str | None) -> frozenset[ZoneInfo]:
    """The zone of a site, or those of all sites; empty where there is none."""
    query = select(sites.c.zone).distinct()
    if site is not None:
        query = query.where(sites.c.id == site)
    return frozenset(zone(name) for name in (await tx.execute(query)).scalars())


async def list_sites(tx: Tx, *, after: str | None = None, limit: int, only: frozenset[str] | None = None) -> list[Site]:
    """Sites in the order of their ids, from the one behind ``after``; ``only`` those of these ids."""
    query = select(*_SITE).where(sites.c.id > (after or "")).order_by(sites.c.id).limit(limit)
    if only is not None:
        query = query.where(sites.c.id.in_(only))
    return await all_of(tx, Site, query)


async def site_parts(tx: Tx, site_id: str) -> SiteParts | None:
    """The site with everything in it."""
    found = await site(tx, site_id)
    if found is None:
        return None
    return SiteParts(
        site=found,
        spaces=tuple(await site_spaces(tx, site_id)),
        doors=tuple(await site_doors(tx, site_id)),
        edges=tuple(await site_edges(tx, site_id)),
        floors=tuple(await _of_site(tx, Floor, floors, site_id)),
        equipment=tuple(await _of_site(tx, Equipment, equipment, site_id)),
    )


async def site_spaces(tx: Tx, site: str) -> list[Space]:
    rows = (await tx.execute(select(*_SPACE).where(spaces.c.site == site).order_by(spaces.c.id))).mappings().all()
    return await _with_many(tx, rows, site)


async def space(tx: Tx, site: str, space_id: str) -> Space | None:
    query = select(*_SPACE).where(spaces.c.site == site, spaces.c.id == space_id)
    found = await _with_many(tx, (await tx.execute(query)).mappings().all(), site)
    return found[0] if found else None


async def _with_many(tx: Tx, rows: Sequence[RowMapping], site: str) -> list[Space]:
    """Spaces of one site with their doors, parts, amenities and layouts."""
    its_doors = await _by_space(tx, space_doors, site, "space", "door")
    its_parts = await _by_space(tx, space_parts, site, "whole", "part")
    its_amenities = await _by_space(tx, space_amenities, site, "space", "amenity")
    its_layouts = await _by_space(tx, layouts, site, "space", "id")
    its_changeovers = await _by_space(tx, changeovers, site, "space", "from_layout", "to_layout")
    return [
        struct_of(
            Space,
            row,
            doors=[each["door"] for each in its_doors[row["id"]]],
            parts=[each["part"] for each in its_parts[row["id"]]],
            amenities=[each["amenity"] for each in its_amenities[row["id"]]],
            layouts=structs_of(Layout, its_layouts[row["id"]]),
            changeovers=structs_of(Changeover, its_changeovers[row["id"]]),
        )
        for row in rows
    ]


async def _by_space(tx: Tx, table: Table, site: str, space: str, *order: str) -> dict[str, list[RowMapping]]:
    """The rows of a site's spaces, by the space in the column ``space``."""
    found: dict[str, list[RowMapping]] = defaultdict(list)
    query = select(table).where(table.c.site == site).order_by(*(table.c[name] for name in order))
    for row in (await tx.execute(query)).mappings():
        found[row[space]].append(row)
    return found


async def site_doors(tx: Tx, site: str) -> list[Door]:
    return await _of_site(tx, Door, doors, site)


async def site_edges(tx: Tx, site: str) -> list[Edge]:
    return await _of_site(tx, Edge, edges, site)


async def _of_site(tx: Tx, kind: type[S], table: Table, site: str) -> list[S]:
    """All things of a site in a table, in the order of their ids."""
    query = select(*columns_of(kind, table)).where(table.c.site == site).order_by(table.c.id)
    return await all_of(tx, kind, query)


async def doors_of_one_space(tx: Tx, site: str, wanted: Collection[str]) -> set[str]:
    """The doors that lead to a single space: people who walk in there go to it."""
    query = select(space_doors.c.door).where(space_doors.c.site == site, space_doors.c.door.in_(wanted))
    grouped = query.group_by(space_doors.c.door).having(func.count() == 1)
    return set((await tx.execute(grouped)).scalars())


async def all_edges(tx: Tx) -> list[Edge]:
    """Every edge of every site, by site and id."""
    return await all_of(tx, Edge, select(*_EDGE).order_by(edges.c.site, edges.c.id))


async def edge(tx: Tx, site: str, edge_id: str) -> Edge | None:
    query = select(*_EDGE).where(edges.c.site == site, edges.c.id == edge_id)
    return await first_of(tx, Edge, query)


async def sealed_secrets(tx: Tx, site: str, *, edge: str | None = None) -> dict[str, SealedSecrets]:
    """Door id -> its sealed secrets, of the whole site or of the doors on one edge."""
    query = select(doors.c.id, *columns_of(SealedSecrets, doors)).where(doors.c.site == site).order_by(doors.c.id)
    if edge is not None:
        query = query.where(doors.c.edge == edge)
    return {door: SealedSecrets(*sealed) for door, *sealed in await tx.execute(query)}


async def put_secrets(tx: Tx, site: str, door: str, sealed: SealedSecrets) -> None:
    here = (doors.c.site == site) & (doors.c.id == door)
    await tx.execute(update(doors).where(here).values(msgspec.structs.asdict(sealed)))


async def keep_secrets(tx: Tx, site: str, door: str, sealed: SealedSecrets, *, name: str, until: datetime) -> None:
    """Put a door's secrets, which plans know by ``name``, among those that it had until a moment."""
    c = old_secrets.c
    before = select(func.max(c.until)).where(c.site == site, c.door == door)
    since = (await tx.execute(before)).scalar()
    row = {"site": site, "door": door, "name": name, "since": since, "until": until}
    await tx.execute(insert(old_secrets).values(row | {"secret": sealed.secret, "offline": sealed.offline}))


async def forget_old_secrets(tx: Tx, site: str) -> None:
    await tx.execute(delete(old_secrets).where(old_secrets.c.site == site))


async def kept_secrets(tx: Tx, site: str, door: str) -> list[OldSecrets]:
    """The secrets that a door had, the latest first."""
    c = old_secrets.c
    query = select(*columns_of(OldSecrets, old_secrets)).where(c.site == site, c.door == door)
    return await all_of(tx, OldSecrets, query.order_by(c.until.desc()))


async def put_site(tx: Tx, value: Site) -> bool:
    """Write a site; True when it is new."""
    return await put_row(tx, sites, msgspec.structs.asdict(value), "id")


async def put(tx: Tx, section: str, value: Thing, *, only_new: SealedSecrets | None = None) -> bool:
    """Write a thing that is one row; True when it is new. ``only_new``: columns that one that is there keeps."""
    more = None if only_new is None else msgspec.structs.asdict(only_new)
    return await put_row(tx, _TABLES[section], msgspec.structs.asdict(value), "site", "id", new=more)


async def put_spaces(tx: Tx, values: Sequence[Space]) -> None:
    """Write spaces of one site with all they have; they may be parts of each other."""
    for value in values:
        row = {name: field for name, field in msgspec.structs.asdict(value).items() if name in spaces.c}
        await put_row(tx, spaces, row, "site", "id")
    for value in values:
        await _empty(tx, value.site, value.id)
        own: dict[str, object] = {"site": value.site, "space": value.id}
        await _insert_all(tx, space_doors, [own | {"door": door} for door in value.doors])
        await _insert_all(tx, space_amenities, [own | {"amenity": each} for each in value.amenities])
        await _insert_all(tx, layouts, [own | msgspec.structs.asdict(each) for each in value.layouts])
        await _insert_all(tx, changeovers, [own | msgspec.structs.asdict(each) for each in value.changeovers])
        whole: dict[str, object] = {"site": value.site, "whole": value.id}
        await _insert_all(tx, space_parts, [whole | {"part": part} for part in value.parts])


async def remove(tx: Tx, site: str, section: str, thing: str) -> None:
    """Delete a thing that nothing refers to. Raises ``IntegrityError`` where something does."""
    if section == "spaces":
        await _empty(tx, site, thing)
    table = _TABLES[section]
    await tx.execute(delete(table).where(table.c.site == site, table.c.id == thing))


_TABLES = {"floors": floors, "spaces": spaces, "equipment": equipment, "doors": doors, "edges": edges}


async def _empty(tx: Tx, site: str, space_id: str) -> None:
    """Take away all that a space has several of."""
    for table in (space_doors, space_amenities, changeovers, layouts):
        await tx.execute(delete(table).where(table.c.site == site, table.c.space == space_id))
    await tx.execute(delete(space_parts).where(space_parts.c.site == site, space_parts.c.whole == space_id))


async def _insert_all(tx: Tx, table: Table, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        await tx.execute(insert(table), rows)


_REVISION = CompiledReads(select(sites.c.revision).where(sites.c.id == bindparam("site")))
_REVISION_BITS = 31


async def revision(tx: Tx, site: str) -> int | None:
    """The site's random revision, changed on every write of its configuration; invalidates caches of the site in every
    process. None where there is no such site."""
    row = await _REVISION.first(tx, site=site)
    return row["revision"] if row else None


async def bump(tx: Tx, site: str) -> None:
    """Say that estate, hours, policy or tariffs of a site have changed. The caller holds the site's lock.

    Random, so that no cached number of a transaction that was rolled back comes again.
    """
    await tx.execute(update(sites).where(sites.c.id == site).values(revision=secrets.randbits(_REVISION_BITS)))
