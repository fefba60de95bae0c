"""All SQL about hours. What is read and written as a whole is one JSON document, in the words of ``hours.model``."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    delete,
    insert,
    select,
    text,
    update,
)

from controller.db.engine import NAMES_ACTOR, Instant, Tx, metadata
from controller.db.row_mapping import put_row, struct_of
from controller.estate.model import Site, atoms_of
from controller.estate.tables import space_parts, spaces
from controller.hours.model import BookableWindow, Closure, OpeningHours, SpaceHours, Term
from controller.hours.timetable import Timetable
from edge.wire.interval import Interval

site_hours = Table(
    "site_hours",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("timetable", Text, nullable=False),  # a Timetable, without its doors
    Column("terms", Text, nullable=False),  # a list of Term
)

space_hours = Table(
    "space_hours",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("space", String(40), primary_key=True),
    Column("windows", Text, nullable=False),  # a list of Window
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"], ondelete="CASCADE"),
)

closures = Table(
    "closures",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("whole_days", Boolean, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("public_words", String(200), nullable=False, server_default=text("''")),
    Column("spaces", Text, nullable=False),  # a list of ids; empty: the whole site
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False, info=NAMES_ACTOR),
    CheckConstraint("ends > starts", name="window"),
    Index("ix_closures_site_ends", "site", "ends"),
)

free_doors = Table(
    "free_doors",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("door", String(40), primary_key=True),
    ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"]),
)


async def hours_book(tx: Tx, site: Site) -> Timetable:
    """All hours of a site, in five statements."""
    timetable, terms = await _documents(tx, site.id)
    return Timetable(
        site=site,
        timetable=timetable,
        terms=terms,
        closures=tuple(await site_closures(tx, site.id)),
        spaces=await _spaces(tx, site.id),
    )


async def site_closures(
    tx: Tx, site: str, *, ending_after: datetime | None = None, after: str | None = None, limit: int | None = None
) -> list[Closure]:
    """A site's closures in the order they were made, from the one behind ``after``."""
    query = select(closures).where(closures.c.site == site)
    if ending_after is not None:
        query = query.where(closures.c.ends > ending_after)
    if after is not None:
        query = query.where(closures.c.id > after)
    rows = await tx.execute(query.order_by(closures.c.id).limit(limit))
    return [_closure(row) for row in rows.mappings()]


async def add_closure(tx: Tx, site: str, value: Closure) -> None:
    row = msgspec.structs.asdict(value) | {"site": site, "spaces": _json(value.spaces)}
    during = row.pop("during")
    row |= {"starts": during.start, "ends": during.end}
    await tx.execute(insert(closures).values(row))


async def move_closure(tx: Tx, site: str, value: Closure) -> None:
    """Write other times of a closure."""
    here = (closures.c.site == site, closures.c.id == value.id)
    await tx.execute(update(closures).where(*here).values(starts=value.during.start, ends=value.during.end))


async def delete_closure(tx: Tx, site: str, closure_id: str) -> None:
    await tx.execute(delete(closures).where(closures.c.site == site, closures.c.id == closure_id))


async def put_timetable(tx: Tx, site: str, value: OpeningHours) -> None:
    """Replace the site's opening hours. The caller holds the site's lock."""
    document = _json(msgspec.structs.replace(value, free_doors=()))
    await put_row(tx, site_hours, {"site": site, "timetable": document}, "site", new={"terms": "[]"})
    await tx.execute(delete(free_doors).where(free_doors.c.site == site))
    if value.free_doors:
        await tx.execute(insert(free_doors), [{"site": site, "door": door} for door in value.free_doors])


async def put_terms(tx: Tx, site: str, terms: Sequence[Term]) -> None:
    """Replace the site's school terms. The caller holds the site's lock."""
    await put_row(tx, site_hours, {"site": site, "terms": _json(terms)}, "site", new={"timetable": "{}"})


async def put_space_hours(tx: Tx, site: str, space: str, windows: Sequence[BookableWindow] | None) -> None:
    """Replace when a space can be booked; ``None`` for at any time. The caller holds the site's lock."""
    if windows is None:
        here = (space_hours.c.site == site, space_hours.c.space == space)
        await tx.execute(delete(space_hours).where(*here))
    else:
        await put_row(tx, space_hours, {"site": site, "space": space, "windows": _json(windows)}, "site", "space")


async def _documents(tx: Tx, site: str) -> tuple[OpeningHours, tuple[Term, ...]]:
    query = select(site_hours.c.timetable, site_hours.c.terms).where(site_hours.c.site == site)
    row = (await tx.execute(query)).first()
    doors = await tx.execute(select(free_doors.c.door).where(free_doors.c.site == site).order_by(free_doors.c.door))
    timetable = OpeningHours() if row is None else msgspec.json.decode(row.timetable, type=OpeningHours)
    terms = () if row is None else msgspec.json.decode(row.terms, type=tuple[Term, ...])
    return msgspec.structs.replace(timetable, free_doors=tuple(doors.scalars())), terms


async def _spaces(tx: Tx, site: str) -> dict[str, SpaceHours]:
    query = (
        select(spaces.c.id, spaces.c.name, space_hours.c.windows)
        .outerjoin(space_hours, and_(space_hours.c.site == spaces.c.site, space_hours.c.space == spaces.c.id))
        .where(spaces.c.site == site)
    )
    rows = (await tx.execute(query)).all()
    parts: dict[str, list[str]] = {row.id: [] for row in rows}
    divided = select(space_parts.c.whole, space_parts.c.part).where(space_parts.c.site == site)
    for row in await tx.execute(divided):
        parts[row.whole].append(row.part)
    atoms = atoms_of(parts)
    return {
        row.id: SpaceHours(
            name=row.name,
            atoms=frozenset(atoms[row.id]),
            windows=None if row.windows is None else msgspec.json.decode(row.windows, type=tuple[BookableWindow, ...]),
        )
        for row in rows
    }


def _closure(row: RowMapping) -> Closure:
    during = Interval(start=row["starts"], end=row["ends"])
    return struct_of(Closure, row, during=during, spaces=msgspec.json.decode(row["spaces"]))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
