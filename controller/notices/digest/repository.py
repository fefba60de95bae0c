"""All SQL of digests."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from controller.bookings.change_impact import ChangedParts
from controller.bookings.diary.model import BookingState
from controller.bookings.diary.tables import booking_log, bookings
from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of, first_of
from controller.estate.tables import sites
from controller.notices.digest.model import Digest
from controller.notices.model import Notice, NoticeState
from controller.notices.tables import notice_digests, notices
from controller.people.tables import users

_C = notice_digests.c
_COLUMNS = columns_of(Digest, notice_digests)
_B = bookings.c
_MOST = 200


class BookingLine(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str
    space: str
    starts: datetime
    ends: datetime


class UntoldNotice(msgspec.Struct, frozen=True, kw_only=True):
    subject: str
    state: str
    reply: str


async def digest(tx: Tx, user_id: str, site: str) -> Digest | None:
    return await first_of(tx, Digest, select(*_COLUMNS).where(_C.user_id == user_id, _C.site == site))


async def by_id(tx: Tx, digest_id: str) -> Digest | None:
    return await first_of(tx, Digest, select(*_COLUMNS).where(_C.id == digest_id))


async def put(tx: Tx, new: Digest) -> None:
    await tx.execute(delete(notice_digests).where(_C.user_id == new.user_id, _C.site == new.site))
    await tx.execute(notice_digests.insert().values(msgspec.structs.asdict(new)))


async def due(tx: Tx, now: datetime) -> list[Digest]:
    """Those that are due, the longest first."""
    return await all_of(tx, Digest, select(*_COLUMNS).where(_C.next_at <= now).order_by(_C.next_at).limit(_MOST))


async def note(tx: Tx, digest_id: str, **fields: object) -> None:
    """Write when one comes next, or up to when it has told."""
    await tx.execute(update(notice_digests).where(_C.id == digest_id).values(fields))


async def note_sent(tx: Tx, told: Digest, notice_id: str, now: datetime) -> None:
    """The server took a notice with what there was to tell; what came back meanwhile is still to be told."""
    here = (_C.id == told.id, _C.sent_at == told.sent_at)
    await tx.execute(update(notice_digests).where(*here).values(sent_at=now))
    await tx.execute(update(notices).where(notices.c.id == notice_id).values(told_since=told.sent_at))


async def tell_again(tx: Tx, notice: Notice) -> None:
    """Let the next one tell what a notice told that came back; does nothing for one that was no digest."""
    if notice.told_since is None:
        return
    here = (_C.id == notice.about, _C.sent_at > notice.told_since)
    await tx.execute(update(notice_digests).where(*here).values(sent_at=notice.told_since))


class ChosenDigest(msgspec.Struct, frozen=True, kw_only=True):
    """A digest that comes to a mail address. ``site``: its name; ``zone``: of the site."""

    email: str
    site: str
    zone: str
    weekdays: str
    hour: int
    next_at: datetime


async def chosen(tx: Tx) -> list[ChosenDigest]:
    """Those that come, by site."""
    site = sites.c.name.label("site")
    query = select(users.c.email, site, sites.c.zone, _C.weekdays, _C.hour, _C.next_at)
    query = query.join_from(notice_digests, users, users.c.id == _C.user_id).join(sites, sites.c.id == _C.site)
    query = query.where(_C.next_at.is_not(None), users.c.email.is_not(None), users.c.ended_at.is_(None))
    return await all_of(tx, ChosenDigest, query.order_by(_C.site, _C.user_id))


async def undecided(tx: Tx, site: str, now: datetime) -> list[BookingLine]:
    """Requests that wait for a decision, by start."""
    holds = (_B.state == BookingState.HELD) & or_(_B.held_until.is_(None), _B.held_until > now)
    return await _bookings(tx, site, or_(_B.state == BookingState.REQUESTED, holds), _B.starts > now)


async def new(tx: Tx, site: str, since: datetime, now: datetime) -> list[BookingLine]:
    """Bookings that were made in [since, now) and still stand."""
    return await _bookings(
        tx, site, _B.state == BookingState.CONFIRMED, _B.created_at >= since, _B.created_at < now, _B.ends > now
    )


async def moved(tx: Tx, site: str, since: datetime, now: datetime) -> list[BookingLine]:
    """Bookings that were moved in [since, now), still stand and were made before."""
    log = booking_log.c
    moves = exists().where(log.booking_id == _B.id, log.what == ChangedParts.MOVE, log.at >= since, log.at < now)
    stands = (_B.state == BookingState.CONFIRMED, _B.ends > now)
    return await _bookings(tx, site, *stands, _B.created_at < since, _B.changed_at >= since, moves)


async def cancelled(tx: Tx, site: str, since: datetime, now: datetime) -> list[BookingLine]:
    return await _bookings(tx, site, _B.state == BookingState.CANCELLED, _B.state_at >= since, _B.state_at < now)


async def unused(tx: Tx, site: str, since: datetime, now: datetime) -> list[BookingLine]:
    """Bookings of which it was found in [since, now) that nobody came: released, or over."""
    unused = (BookingState.RELEASED, BookingState.NO_SHOW)
    return await _bookings(tx, site, _B.state.in_(unused), _B.state_at >= since, _B.state_at < now)


async def _bookings(tx: Tx, site: str, *conditions: ColumnElement[bool]) -> list[BookingLine]:
    query = select(_B.id, _B.title, _B.space, _B.starts, _B.ends).where(_B.site == site, _B.diary == "", *conditions)
    return await all_of(tx, BookingLine, query.order_by(_B.starts, _B.id).limit(_MOST))


async def untold(tx: Tx, site: str, since: datetime, now: datetime) -> list[UntoldNotice]:
    """Notices that reached nobody, but for digests."""
    states = (NoticeState.NO_ADDRESS, NoticeState.FAILED)
    n = notices.c
    query = select(n.subject, n.state, n.reply).where(
        n.site == site, n.state.in_(states), n.ended_at >= since, n.ended_at < now, n.about.not_in(select(_C.id))
    )
    return await all_of(tx, UntoldNotice, query.order_by(n.id).limit(_MOST))
