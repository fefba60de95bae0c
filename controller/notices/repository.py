"""All SQL of notices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Executable, LargeBinary, case, delete, func, literal, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from controller.bookings.diary.model import BookingState, BookingStatus
from controller.bookings.diary.tables import bookings
from controller.db.engine import Database, Tx
from controller.notices.bounces import repository as bounces
from controller.notices.model import Channel, Notice, NoticeKind, NoticeState, Told
from controller.notices.tables import (
    SENDING,
    TO_REMIND,
    WAITING,
    bundled_bookings,
    notice_pauses,
    notice_templates,
    notices,
    told,
)

COLUMNS = tuple(notices.c[name] for name in Notice.__struct_fields__)
_OPEN = or_(WAITING, SENDING)
PERHAPS_SENT = "perhaps sent before: its controller stopped while it was on its way"
"""The reply of a notice that is sent again."""


def notice_of(row: Mapping[Any, Any]) -> Notice:
    return Notice(**{**row, "state": NoticeState(row["state"]), "channel": Channel(row["channel"])})


def _joining(insert: sqlite.Insert | postgresql.Insert) -> Executable:
    return insert.on_conflict_do_update(
        index_elements=[notices.c.about, notices.c.contact_address],
        index_where=WAITING,
        set_={
            "party": insert.excluded.party,
            "whole": or_(notices.c.whole, insert.excluded.whole),
            "made_at": case(
                (insert.excluded.made_at < notices.c.made_at, insert.excluded.made_at), else_=notices.c.made_at
            ),
            # What waits for the morning may not keep back what cannot.
            "due_at": case((insert.excluded.due_at < notices.c.due_at, insert.excluded.due_at), else_=notices.c.due_at),
        },
    )


_JOINING = {"sqlite": _joining(sqlite.insert(notices)), "postgresql": _joining(postgresql.insert(notices))}


async def add(tx: Tx, new: Sequence[Notice]) -> None:
    """Write notices down, under the site's lock; one about what a notice to the same address waits for already joins
    that one."""
    await tx.execute(_JOINING[tx.dialect.name], [msgspec.structs.asdict(each) for each in new])


async def claim(tx: Tx, database: Database, now: datetime, *, channel: Channel) -> Notice | None:
    """Take the channel's notice that is due longest and not paused. A later change writes another."""
    paused = select(notice_pauses.c.site)
    due = select(notices.c.id, notices.c.site).where(
        WAITING, notices.c.channel == channel, notices.c.due_at <= now, notices.c.site.not_in(paused)
    )
    found = (await tx.execute(due.order_by(notices.c.due_at, notices.c.id).limit(1))).first()
    if found is None:
        return None
    await database.lock_site(tx, found.site)  # a change that joins it is committed, or waits until we are
    taken = update(notices).where(notices.c.id == found.id, WAITING).values(state=NoticeState.SENDING)
    await tx.execute(taken)
    return await notice(tx, found.id)


async def take_back(tx: Tx, database: Database) -> None:
    """Let what a process that died was sending wait again; nobody knows how far it was. Only for the only process there
    is."""
    for row in (await tx.execute(select(*COLUMNS).where(SENDING))).mappings().all():
        await settle(tx, database, notice_of(row), state=NoticeState.WAITING, reply=PERHAPS_SENT)


async def next_due(tx: Tx, channel: Channel) -> datetime | None:
    """When the channel's next notice is due; ``None`` where none waits."""
    query = select(notices.c.due_at).where(
        WAITING, notices.c.channel == channel, notices.c.site.not_in(select(notice_pauses.c.site))
    )
    found: datetime | None = (await tx.execute(query.order_by(notices.c.due_at).limit(1))).scalar()
    return found


async def settle(tx: Tx, database: Database, claimed: Notice, *, state: NoticeState, **fields: object) -> NoticeState:
    """Write what became of a notice; returns its state. One that waits again joins a newer one about the same,
    which then tells what changed since this one was written. What was erased meanwhile stays erased."""
    await database.lock_site(tx, claimed.site)
    if state is NoticeState.WAITING:
        newer = (WAITING, notices.c.about == claimed.about, notices.c.contact_address == claimed.contact_address)
        joined = {"made_at": claimed.made_at} | ({"whole": True} if claimed.whole else {})
        if (await tx.execute(update(notices).where(*newer).values(joined))).rowcount:
            state = NoticeState.SKIPPED
            fields["ended_at"] = claimed.due_at
    personal = {name: fields.pop(name) for name in ("subject", "reply") if name in fields}
    here = update(notices).where(notices.c.id == claimed.id)
    await tx.execute(here.values(state=state, **fields))
    if personal:
        await tx.execute(here.where(notices.c.contact_address == claimed.contact_address).values(personal))
    return state


async def known(tx: Tx, ids: Sequence[str], address_tag: bytes) -> dict[str, Told]:
    """What the address knows of these bookings."""
    query = select(told).where(told.c.booking_id.in_(ids), told.c.address_tag == address_tag)
    rows = (await tx.execute(query)).mappings()
    return {row["booking_id"]: _told_of(row) for row in rows}


def _told_of(row: Mapping[Any, Any]) -> Told:
    return Told(**{**row, "status": BookingStatus(row["status"])})


async def put_known(tx: Tx, values: Sequence[Told]) -> None:
    """Note what an address knows of bookings from now on."""
    if not values:
        return
    ids, [tag] = [each.booking_id for each in values], {each.address_tag for each in values}
    await tx.execute(delete(told).where(told.c.booking_id.in_(ids), told.c.address_tag == tag))
    await tx.execute(told.insert(), [msgspec.structs.asdict(each) for each in values])


async def share_known(tx: Tx, ids: Sequence[str], tags: Sequence[bytes]) -> None:
    """Let each of one person's addresses know of these bookings what another of them knows, where it knows nothing."""
    columns = [each for each in told.c if each is not told.c.address_tag]
    for tag in tags:
        other = told.alias()
        has = select(other.c.booking_id).where(other.c.booking_id == told.c.booking_id, other.c.address_tag == tag)
        query = select(*columns, literal(tag, LargeBinary)).where(
            told.c.booking_id.in_(ids), told.c.address_tag.in_([each for each in tags if each != tag]), ~has.exists()
        )
        await tx.execute(told.insert().from_select([*columns, told.c.address_tag], query))


async def take_told(tx: Tx, ids: Sequence[str], address_tag: bytes, notice_id: str) -> list[Told]:
    """What an address knows of these bookings by a notice that did not get there; it no longer does."""
    by_it = or_(told.c.notice == notice_id, told.c.notice.is_(None))
    here = (told.c.booking_id.in_(ids), told.c.address_tag == address_tag, by_it)
    rows = (await tx.execute(select(told).where(*here))).mappings().all()
    await tx.execute(delete(told).where(*here))
    return [_told_of(row) for row in rows]


async def waiting_to(tx: Tx, site: str, address: str) -> list[Notice]:
    """What waits to be sent to an address, or is on its way."""
    query = select(*COLUMNS).where(notices.c.site == site, notices.c.contact_address == address, _OPEN)
    return [notice_of(row) for row in (await tx.execute(query)).mappings()]


async def run_out(tx: Tx, now: datetime, *, since: datetime) -> list[str]:
    """Ids of holds that ran out ``since`` then, which somebody takes for held, and of which no notice was written."""
    held = select(told.c.booking_id).where(text("told.status = 'held'"))
    written = select(notices.c.id).where(
        notices.c.about == func.coalesce(bookings.c.series_id, bookings.c.id),
        notices.c.made_at >= bookings.c.held_until,
    )
    query = select(bookings.c.id).where(
        bookings.c.id.in_(held),
        bookings.c.state == BookingState.HELD,
        bookings.c.held_until <= now,
        bookings.c.held_until > since,
        ~written.exists(),
    )
    return list((await tx.execute(query.limit(100))).scalars())


async def to_remind(tx: Tx, now: datetime, until: datetime) -> list[str]:
    """Ids of bookings that begin until then, of which somebody was told and not reminded."""
    query = select(told.c.booking_id).where(TO_REMIND, told.c.starts > now, told.c.starts <= until)
    return list((await tx.execute(query.distinct())).scalars())


async def written_since(tx: Tx, about: str, since: datetime, *, address: str | None = None) -> bool:
    """Whether a notice about a booking or a series was written since then. ``address``: to this one."""
    query = select(notices.c.id).where(notices.c.about == about, notices.c.made_at >= since)
    if address is not None:
        query = query.where(notices.c.contact_address == address)
    return (await tx.execute(query.limit(1))).first() is not None


async def notice(tx: Tx, notice_id: str) -> Notice | None:
    row = (await tx.execute(select(*COLUMNS).where(notices.c.id == notice_id))).mappings().first()
    return None if row is None else notice_of(row)


async def of_site(
    tx: Tx, site: str, *, state: NoticeState | None, to: str, before: str | None, limit: int
) -> list[Notice]:
    """The newest first. ``to``: part of the address or number, in any case. ``before``: older than the notice of that
    id."""
    query = select(*COLUMNS).where(notices.c.site == site)
    if to:
        query = query.where(notices.c.contact_address.icontains(to, autoescape=True))
    if state is not None:
        query = query.where(notices.c.state == state)
    if before is not None:
        query = query.where(notices.c.id < before)
    rows = (await tx.execute(query.order_by(notices.c.id.desc()).limit(limit))).mappings()
    return [notice_of(row) for row in rows]


async def of_booking(tx: Tx, booking_id: str) -> list[Notice]:
    """All notices about a booking, its series and what it was changed with, the newest first."""
    series = select(bookings.c.series_id).where(bookings.c.id == booking_id, bookings.c.series_id.is_not(None))
    bundles = select(bundled_bookings.c.bundle).where(bundled_bookings.c.booking_id == booking_id)
    about = notices.c.about
    query = select(*COLUMNS).where(or_(about == booking_id, about.in_(series), about.in_(bundles)))
    rows = (await tx.execute(query.order_by(notices.c.id.desc()).limit(200))).mappings()
    return [notice_of(row) for row in rows]


async def templates(tx: Tx, site: str) -> dict[NoticeKind, str]:
    """The site's own wording, by kind."""
    query = select(notice_templates.c.kind, notice_templates.c.text).where(notice_templates.c.site == site)
    return {NoticeKind[row.kind]: row.text for row in await tx.execute(query)}


async def put_template(tx: Tx, site: str, kind: NoticeKind, text: str | None) -> None:
    """Have notices of a kind worded like that, or with ``None`` as usual."""
    await tx.execute(
        delete(notice_templates).where(notice_templates.c.site == site, notice_templates.c.kind == kind.name)
    )
    if text is not None:
        await tx.execute(notice_templates.insert().values(site=site, kind=kind.name, text=text))


async def next_booking(tx: Tx, site: str, now: datetime) -> str | None:
    """The id of the site's booking that begins next; where none does, of the last that began."""
    mine = select(bookings.c.id).where(bookings.c.site == site, bookings.c.diary == "")
    ahead = mine.where(bookings.c.starts > now).order_by(bookings.c.starts, bookings.c.id)
    past = mine.where(bookings.c.starts <= now).order_by(bookings.c.starts.desc(), bookings.c.id)
    for query in (ahead, past):
        found: str | None = (await tx.execute(query.limit(1))).scalar()
        if found is not None:
            return found
    return None


async def pause(tx: Tx, site: str, *, at: datetime, actor: str) -> None:
    """Let the site's notices wait. Idempotent."""
    insert = (postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert)(notice_pauses)
    await tx.execute(insert.on_conflict_do_nothing(index_elements=["site"]).values(site=site, at=at, actor=actor))


async def resume(tx: Tx, site: str) -> None:
    await tx.execute(delete(notice_pauses).where(notice_pauses.c.site == site))


async def paused(tx: Tx, site: str) -> datetime | None:
    """Since when the site's notices wait."""
    query = select(notice_pauses.c.at).where(notice_pauses.c.site == site)
    at: datetime | None = (await tx.execute(query)).scalar()
    return at


async def waiting(tx: Tx, site: str) -> int:
    """How many notices of the site are not sent yet."""
    query = select(func.count()).select_from(notices).where(notices.c.site == site, _OPEN)
    return int((await tx.execute(query)).scalar_one())


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """Delete what notices say of a party; that they were sent, and when, stays."""
    await tx.execute(update(notices).where(notices.c.party == party).values(subject="", reply=""))
    await bounces.forget(tx, party)
