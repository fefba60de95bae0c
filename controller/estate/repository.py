"""All SQL about the estate."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import RowMapping, Table, and_, bindparam, delete, func, insert, select, update

from controller.db.compiled_sql import CompiledReads
from controller.db.engine import Tx
from controller.estate.model import (
    Changeover,
    Door,
    Edge,
    Equipment,
    Floor,
    Layout,
    Noise,
    OldSecrets,
    SealedSecrets,
    Site,
    SiteParts,
    Space,
    SpaceKind,
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
from edge.wire.plan import Passback

_SITE = tuple(sites.c[name] for name in Site.__struct_fields__)
_EDGE = tuple(edges.c[name] for name in Edge.__struct_fields__)
_DOOR = tuple(doors.c[name] for name in Door.__struct_fields__)
_MANY = ("doors", "parts", "amenities", "layouts", "changeovers")
"""What a space has several of, each in a table of its own."""
_SPACE = tuple(spaces.c[name] for name in Space.__struct_fields__ if name not in _MANY)


async def site(tx: Tx, site_id: str) -> Site | None:
    row = (await tx.execute(select(*_SITE).where(sites.c.id == site_id))).mappings().first()
    return Site(**row) if row else None


async def known_sites(tx: Tx, ids: frozenset[str]) -> frozenset[str]:
    """Those of the sites that there are."""
    return frozenset((await tx.execute(select(sites.c.id).where(sites.c.id.in_(ids)))).scalars())


async def list_sites(tx: Tx, *, after: str | None = None, limit: int, only: frozenset[str] | None = None) -> list[Site]:
    """Sites in the order of their ids, from the one behind ``after``; ``only`` those of these ids."""
    query = select(*_SITE).where(sites.c.id > (after or "")).order_by(sites.c.id).limit(limit)
    if only is not None:
        query = query.where(sites.c.id.in_(only))
    return [Site(**row) for row in (await tx.execute(query)).mappings()]


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
        floors=tuple(await site_floors(tx, site_id)),
        equipment=tuple(await site_equipment(tx, site_id)),
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
    doors_of: dict[str, list[str]] = defaultdict(list)
    query = select(space_doors.c.space, space_doors.c.door).where(space_doors.c.site == site)
    for row in await tx.execute(query.order_by(space_doors.c.door)):
        doors_of[row.space].append(row.door)
    parts_of: dict[str, list[str]] = defaultdict(list)
    query = select(space_parts.c.whole, space_parts.c.part).where(space_parts.c.site == site)
    for row in await tx.execute(query.order_by(space_parts.c.part)):
        parts_of[row.whole].append(row.part)
    amenities_of: dict[str, list[str]] = defaultdict(list)
    query = select(space_amenities.c.space, space_amenities.c.amenity).where(space_amenities.c.site == site)
    for row in await tx.execute(query.order_by(space_amenities.c.amenity)):
        amenities_of[row.space].append(row.amenity)
    layouts_of: dict[str, list[Layout]] = defaultdict(list)
    found = await tx.execute(select(layouts).where(layouts.c.site == site).order_by(layouts.c.id))
    for each in found.mappings():
        layouts_of[each["space"]].append(Layout(**{name: each[name] for name in Layout.__struct_fields__}))
    changes_of: dict[str, list[Changeover]] = defaultdict(list)
    every = select(changeovers).where(changeovers.c.site == site)
    found = await tx.execute(every.order_by(changeovers.c.from_layout, changeovers.c.to_layout))
    for each in found.mappings():
        changes_of[each["space"]].append(Changeover(**{name: each[name] for name in Changeover.__struct_fields__}))
    return [
        Space(
            **{**row, "kind": SpaceKind(row["kind"]), "noise": Noise(row["noise"])},
            doors=tuple(doors_of[row["id"]]),
            parts=tuple(parts_of[row["id"]]),
            amenities=tuple(amenities_of[row["id"]]),
            layouts=tuple(layouts_of[row["id"]]),
            changeovers=tuple(changes_of[row["id"]]),
        )
        for row in rows
    ]


async def site_floors(tx: Tx, site: str) -> list[Floor]:
    rows = (await tx.execute(select(floors).where(floors.c.site == site).order_by(floors.c.id))).mappings()
    return [Floor(**row) for row in rows]


async def site_equipment(tx: Tx, site: str) -> list[Equipment]:
    rows = (await tx.execute(select(equipment).where(equipment.c.site == site).order_by(equipment.c.id))).mappings()
    return [Equipment(**row) for row in rows]


async def site_doors(tx: Tx, site: str) -> list[Door]:
    rows = (await tx.execute(select(*_DOOR).where(doors.c.site == site).order_by(doors.c.id))).mappings()
    return [Door(**(dict(row) | {"passback": Passback(row["passback"])})) for row in rows]


async def doors_of_one_space(tx: Tx, site: str, wanted: Collection[str]) -> set[str]:
    """The doors that lead to a single space: people who walk in there go to it."""
    query = select(space_doors.c.door).where(space_doors.c.site == site, space_doors.c.door.in_(wanted))
    grouped = query.group_by(space_doors.c.door).having(func.count() == 1)
    return set((await tx.execute(grouped)).scalars())


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


async def sealed_secrets(tx: Tx, site: str, *, edge: str | None = None) -> dict[str, SealedSecrets]:
    """Door id -> its sealed secrets, of the whole site or of the doors on one edge."""
    columns = [doors.c[name] for name in SealedSecrets.__struct_fields__]
    query = select(doors.c.id, *columns).where(doors.c.site == site).order_by(doors.c.id)
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
    query = select(*(c[name] for name in OldSecrets.__struct_fields__)).where(c.site == site, c.door == door)
    return [OldSecrets(**row) for row in (await tx.execute(query.order_by(c.until.desc()))).mappings()]


async def put_site(tx: Tx, value: Site) -> bool:
    """Write a site; True when it is new."""
    return await _put(tx, sites, msgspec.structs.asdict(value), ("id",))


async def put_edge(tx: Tx, value: Edge) -> bool:
    """Write an edge; True when it is new."""
    return await _put(tx, edges, msgspec.structs.asdict(value), ("site", "id"))


async def put_door(tx: Tx, value: Door, *, new: SealedSecrets) -> bool:
    """Write a door; True when it is new. One that is there keeps the secrets it has."""
    row = msgspec.structs.asdict(value)
    return await _put(tx, doors, row, ("site", "id"), only_new=msgspec.structs.asdict(new))


async def put_floor(tx: Tx, value: Floor) -> bool:
    """Write a floor; True when it is new."""
    return await _put(tx, floors, msgspec.structs.asdict(value), ("site", "id"))


async def put_equipment(tx: Tx, value: Equipment) -> bool:
    """Write equipment; True when it is new."""
    return await _put(tx, equipment, msgspec.structs.asdict(value), ("site", "id"))


async def put_spaces(tx: Tx, values: Sequence[Space]) -> None:
    """Write spaces of one site with all they have; they may be parts of each other."""
    for value in values:
        row = {name: field for name, field in msgspec.structs.asdict(value).items() if name not in _MANY}
        await _put(tx, spaces, row, ("site", "id"))
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


_REVISION = CompiledReads(select(sites.c.revision).where(sites.c.id == bindparam("site")))
_REVISION_BITS = 31


async def revision(tx: Tx, site: str) -> int | None:
    """The site's random revision, changed on every write of its configuration; invalidates caches of the site in every
    process. None where there is no such site."""
    row = await _REVISION.first(tx, site=site)
    return row["revision"] if row else None


async def bump(tx: Tx, site: str) -> None:
    """Say that estate, hours, policy or tariffs of a site have changed. The caller holds the site's lock.

    Drawn at random, so that no number is met again that somebody kept from a transaction that came to nothing.
    """
    await tx.execute(update(sites).where(sites.c.id == site).values(revision=secrets.randbits(_REVISION_BITS)))
