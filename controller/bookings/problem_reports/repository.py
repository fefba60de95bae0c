"""The tables of problem reports, and all SQL about them."""

from datetime import datetime

import msgspec
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from controller.bookings.diary.tables import bookings
from controller.bookings.problem_reports.model import Report
from controller.db.engine import NAMES_ACTOR, Instant, Tx, metadata
from controller.db.row_mapping import all_of, columns_of, first_of

problem_reports = Table(
    "problem_reports",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("space", String(40), nullable=False),
    Column("booking_id", String(36), ForeignKey("bookings.id"), nullable=False, index=True),
    Column("text", String(1000), nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("reported_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("media_type", String(40)),
    Column("size", Integer, nullable=False),
    Column("done_at", Instant),
    Column("done_by", String(200), nullable=False, info=NAMES_ACTOR),
    Index("ix_problem_reports_site", "site", "reported_at"),
)

problem_photos = Table(
    "problem_photos",
    metadata,
    Column("report", String(36), ForeignKey("problem_reports.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""Encrypted, since people may be on them, and apart from the reports, so that a list of these does not read them."""

_COLUMNS = columns_of(Report, problem_reports)
_c = problem_reports.c


async def report(tx: Tx, report_id: str) -> Report | None:
    return await first_of(tx, Report, select(*_COLUMNS).where(_c.id == report_id))


async def of_site(tx: Tx, site: str, *, done: bool, limit: int) -> list[Report]:
    """Open ones from the oldest on, done ones from the latest on."""
    order = _c.reported_at.desc() if done else _c.reported_at
    which = _c.done_at.is_not(None) if done else _c.done_at.is_(None)
    return await all_of(tx, Report, select(*_COLUMNS).where(_c.site == site, which).order_by(order, _c.id).limit(limit))


async def open_of(tx: Tx, booking_id: str) -> int:
    """How many of a booking's reports are not done."""
    query = select(func.count()).where(_c.booking_id == booking_id, _c.done_at.is_(None))
    return int((await tx.execute(query)).scalar_one())


async def same_open(tx: Tx, new: Report) -> Report | None:
    """One that is not done, says the same of the same booking and room, and comes from the same."""
    same = [_c[name] == getattr(new, name) for name in ("booking_id", "space", "text", "reported_by")]
    return await first_of(tx, Report, select(*_COLUMNS).where(*same, _c.done_at.is_(None)).limit(1))


async def add(tx: Tx, new: Report) -> None:
    await tx.execute(insert(problem_reports).values(msgspec.structs.asdict(new)))


async def change(tx: Tx, changed: Report) -> None:
    await tx.execute(update(problem_reports).where(_c.id == changed.id).values(msgspec.structs.asdict(changed)))


async def put_photo(tx: Tx, report_id: str, sealed: bytes) -> None:
    """In place of the one that is there."""
    await tx.execute(delete(problem_photos).where(problem_photos.c.report == report_id))
    await tx.execute(insert(problem_photos).values(report=report_id, sealed=sealed))


async def photo(tx: Tx, report_id: str) -> bytes | None:
    """Sealed, as it is stored."""
    found: bytes | None = (
        await tx.execute(select(problem_photos.c.sealed).where(problem_photos.c.report == report_id))
    ).scalar()
    return found


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """As ``PersonalData`` has it: what the party's people reported, with its photographs."""
    its = select(_c.id).where(_c.booking_id.in_(select(bookings.c.id).where(bookings.c.party == party)))
    await tx.execute(delete(problem_photos).where(problem_photos.c.report.in_(its)))
    await tx.execute(delete(problem_reports).where(_c.id.in_(its)))


async def forget_photos(tx: Tx) -> None:
    """All of them, since nobody can open them."""
    await tx.execute(delete(problem_photos))
    await tx.execute(update(problem_reports).values(media_type=None, size=0))
