"""The tables of inductions and of who took them, and all SQL about them. ``inducted`` is for every domain above."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
)

from controller.access.induction.model import Induction, InductionDraft, InductionResult, Taker
from controller.access.tables import inductions, members
from controller.db.engine import NAMES_ACTOR, Instant, Tx, metadata
from controller.db.row_mapping import all_of, columns_of, put_row
from controller.people.tables import assignments, memberships, parties

site_inductions = Table(
    "site_inductions",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("counts_from", Integer, nullable=False),
    Column("draft", Text, nullable=False),  # JSON
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False, info=NAMES_ACTOR),
)

induction_results = Table(
    "induction_results",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("user_id", String(36), ForeignKey("users.id"), index=True),
    Column("party", String(40), ForeignKey("parties.id"), index=True),
    Column("member", String(36), index=True),  # of the library; goes with the member's own induction
    Column("taken_at", Instant, nullable=False),
    Column("taken_on", Date, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("score", Integer, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("valid_until", Date, nullable=False, index=True),
    Index("ix_induction_results_site", "site", "id"),
)
"""``valid_until``: of a try that failed the day of it."""


_c = induction_results.c
_COLUMNS = columns_of(InductionResult, induction_results)


async def induction(tx: Tx, site: str) -> Induction | None:
    c = site_inductions.c
    row = (await tx.execute(select(c.version, c.counts_from, c.draft).where(c.site == site))).first()
    if row is None:
        return None
    draft = msgspec.json.decode(row.draft, type=InductionDraft)
    return Induction(site=site, version=row.version, counts_from=row.counts_from, draft=draft)


async def sites_with_one(tx: Tx) -> list[str]:
    return list((await tx.execute(select(site_inductions.c.site).order_by(site_inductions.c.site))).scalars())


async def put(tx: Tx, new: Induction, *, actor: str, now: datetime) -> None:
    row = {
        "site": new.site,
        "version": new.version,
        "counts_from": new.counts_from,
        "draft": msgspec.json.encode(new.draft).decode(),
        "changed_at": now,
        "changed_by": actor[:200],
    }
    await put_row(tx, site_inductions, row, "site")


async def add(tx: Tx, new: InductionResult) -> None:
    await tx.execute(insert(induction_results).values(msgspec.structs.asdict(new)))


async def tries_since(tx: Tx, site: str, taker: Taker, since: datetime) -> list[datetime]:
    """When the taker tried, the first first."""
    query = select(_c.taken_at).where(_c.site == site, _of(taker), _c.taken_at > since).order_by(_c.taken_at)
    return list((await tx.execute(query)).scalars())


async def valid_until(tx: Tx, site: str, taker: Taker, today: date) -> date | None:
    """Until when the taker's induction counts; ``None`` for one who has none today."""
    query = select(func.max(_c.valid_until)).where(_of(taker), *_counts(site, today)).select_from(_joined())
    found: date | None = (await tx.execute(query)).scalar()
    return found


async def results(tx: Tx, site: str, *, before: str | None, limit: int) -> list[InductionResult]:
    """The newest first; ``before``: older than the one of that id."""
    query = select(*_COLUMNS).where(_c.site == site)
    if before is not None:
        query = query.where(_c.id < before)
    return await all_of(tx, InductionResult, query.order_by(_c.id.desc()).limit(limit))


async def inducted(tx: Tx, site: str, party: str, now: datetime, today: date) -> int:
    """How many people of a party have an induction of the site that counts today: those who sign in for it, and the
    party itself, who answers for it and its members, where they took it by a link."""
    a = assignments.c
    begun, lasts = or_(a.from_at.is_(None), a.from_at <= now), or_(a.until_at.is_(None), a.until_at > now)
    users = select(a.user_id).where(a.party == party, begun, lasts)
    answers = select(parties.c.responsible).where(parties.c.id == party, parties.c.responsible.is_not(None))
    its = answers.union(select(memberships.c.member).where(memberships.c.party == party))
    query = (
        select(_c.user_id, _c.party)
        .select_from(_joined())
        .where(*_counts(site, today), or_(_c.user_id.in_(users), _c.party == party, _c.party.in_(its)))
        .distinct()
    )
    return len((await tx.execute(query)).all())


async def run_out(tx: Tx, site: str, today: date) -> list[tuple[str, date]]:
    """Members whose induction of the site, which they took here, counts no longer, with its day."""
    i = inductions.c
    joined = _joined().join(inductions, and_(i.member == _c.member, i.site == _c.site, i.day == _c.taken_on))
    other = induction_results.alias()
    counts = exists().where(
        other.c.member == _c.member,
        other.c.site == _c.site,
        other.c.passed,
        other.c.valid_until >= today,
        other.c.version >= site_inductions.c.counts_from,
    )
    over = or_(_c.valid_until < today, _c.version < site_inductions.c.counts_from)
    query = (
        select(_c.member, _c.taken_on)
        .select_from(joined.join(members, members.c.id == _c.member))
        .where(_c.site == site, _c.passed, over, ~counts)
        .distinct()
    )
    return [(row.member, row.taken_on) for row in await tx.execute(query)]


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """Delete what a party took."""
    await tx.execute(delete(induction_results).where(_c.party == party))


def _joined() -> Any:
    return induction_results.join(site_inductions, site_inductions.c.site == _c.site)


def _counts(site: str, today: date) -> Sequence[ColumnElement[bool]]:
    return (_c.site == site, _c.passed, _c.valid_until >= today, _c.version >= site_inductions.c.counts_from)


def _of(taker: Taker) -> ColumnElement[bool]:
    if taker.user_id is not None:
        return _c.user_id == taker.user_id
    return _c.party == taker.party if taker.party is not None else _c.member == taker.member
