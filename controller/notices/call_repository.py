"""All SQL of calls."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import and_, delete, func, insert, or_, select, update

from controller.bookings.diary.tables import bookings
from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of, first_of
from controller.notices.model import Notice, NoticeState, Told
from controller.notices.repository import COLUMNS, known, notice_of, put_known
from controller.notices.tables import (
    bundled_bookings,
    manual_calls,
    notice_calls,
    notice_digests,
    notices,
    unanswered_calls,
)
from controller.people import party_repository
from controller.people.merging.duplicates import phone_key

UNREACHED = (NoticeState.NO_ADDRESS, NoticeState.FAILED)
"""What nobody has got."""
_MOST = 500


class ManualCall(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be rung, put on the list by hand. ``due_at``: by when."""

    id: str
    site: str
    name: str
    phone: str
    why: str
    due_at: datetime
    made_at: datetime
    made_by: str
    called_at: datetime | None = None
    called_by: str = ""


class Unanswered(msgspec.Struct, frozen=True, kw_only=True):
    """How often nobody answered, and when last. ``call``: a notice, or a call put on the list by hand."""

    call: str
    tries: int
    tried_at: datetime


async def add_manual(tx: Tx, new: ManualCall) -> None:
    await tx.execute(insert(manual_calls).values(msgspec.structs.asdict(new)))


async def manual(tx: Tx, site: str, call_id: str) -> ManualCall | None:
    c = manual_calls.c
    query = select(*columns_of(ManualCall, manual_calls)).where(c.site == site, c.id == call_id)
    return await first_of(tx, ManualCall, query)


async def manual_of_site(tx: Tx, site: str, *, since: datetime, called: bool) -> list[ManualCall]:
    """Whom somebody put on the list of a site, due since then, the first due first; ``called``: who was rung
    instead, the last first."""
    c = manual_calls.c
    query = select(*columns_of(ManualCall, manual_calls)).where(c.site == site, c.due_at >= since)
    query = query.where(c.called_at.is_not(None) if called else c.called_at.is_(None)).limit(_MOST)
    return await all_of(tx, ManualCall, query.order_by(c.called_at.desc() if called else c.due_at, c.id))


async def mark_manual(tx: Tx, call_id: str, *, at: datetime | None, by: str) -> None:
    """``at``: when somebody has rung; ``None``: nobody has."""
    query = update(manual_calls).where(manual_calls.c.id == call_id)
    await tx.execute(query.values(called_at=at, called_by=by[:200]))


async def manual_to(tx: Tx, party: str, *, by_name: bool = True) -> list[str]:
    """Ids of calls put on the list by hand that are to the party's number or, ``by_name``, to its name."""
    its = await party_repository.party(tx, party)
    if its is None:
        return []
    names = {each.casefold() for each in (its.name, its.contact_name) if each and by_name}
    number = phone_key(its.contact_phone)
    c = manual_calls.c
    rows = (await tx.execute(select(c.id, c.name, c.phone))).all()
    return [each.id for each in rows if each.name.casefold() in names or (number and phone_key(each.phone) == number)]


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """As ``PersonalData`` has it: calls put on the list by hand."""
    found = await manual_to(tx, party)
    await tx.execute(delete(unanswered_calls).where(unanswered_calls.c.call.in_(found)))
    await tx.execute(delete(manual_calls).where(manual_calls.c.id.in_(found)))


async def unanswered(tx: Tx, calls: Sequence[str]) -> dict[str, Unanswered]:
    """By call, what nobody answered."""
    query = select(*columns_of(Unanswered, unanswered_calls)).where(unanswered_calls.c.call.in_(calls))
    return {each.call: each for each in await all_of(tx, Unanswered, query)}


async def put_unanswered(tx: Tx, new: Unanswered) -> None:
    await tx.execute(delete(unanswered_calls).where(unanswered_calls.c.call == new.call))
    await tx.execute(insert(unanswered_calls).values(msgspec.structs.asdict(new)))


async def of_site(
    tx: Tx, site: str, *, since: datetime, now: datetime, called: bool
) -> list[tuple[Notice, datetime | None, str]]:
    """The last notice of each thing that reached nobody, since then, with when somebody rang and who; what begins first
    comes first, or the last call. What a later notice tells is left out, and what is over unless somebody rang."""
    c, k = notices.c, notice_calls.c
    query = select(*COLUMNS, k.called_at, k.called_by).select_from(notices.outerjoin(notice_calls, k.notice == c.id))
    query = query.where(c.site == site, c.state.in_([each.value for each in UNREACHED]), c.made_at >= since)
    query = query.where(c.about.not_in(select(notice_digests.c.id)))  # nobody rings about a digest
    later = notices.alias()
    same = and_(later.c.state.in_(UNREACHED), later.c.contact_address == c.contact_address)
    b = bundled_bookings.c
    with_others = select(b.bundle).where(b.booking_id == c.about).correlate(notices)
    newer = select(later.c.id).where(
        or_(later.c.about == c.about, later.c.about.in_(with_others)),
        later.c.id > c.id,
        or_(later.c.state == NoticeState.SENT, same),
    )
    query = query.where(~newer.exists(), k.called_at.is_not(None) if called else k.called_at.is_(None))
    if called:
        query = query.order_by(k.called_at.desc())
    else:
        concerned = select(func.min(bookings.c.starts)).where(
            or_(
                bookings.c.id == c.about,
                bookings.c.series_id == c.about,
                bookings.c.id.in_(select(b.booking_id).where(b.bundle == c.about).correlate(notices)),
            )
        )
        ahead = concerned.where(bookings.c.ends > now).scalar_subquery()
        query = query.where(or_(ahead.is_not(None), concerned.scalar_subquery().is_(None)))
        query = query.order_by(ahead.is_(None), ahead, c.id)
    query = query.limit(_MOST)
    return [
        (notice_of({name: row[name] for name in Notice.__struct_fields__}), row["called_at"], row["called_by"] or "")
        for row in (await tx.execute(query)).mappings()
    ]


async def mark(tx: Tx, notice: Notice, *, called: bool, actor: str, now: datetime) -> bool:
    """Note or take back a call about a notice; whether that changed anything."""
    k = notice_calls.c
    there = (await tx.execute(select(k.notice).where(k.notice == notice.id))).first() is not None
    if there is called:
        return False
    if called:
        row = {"notice": notice.id, "called_at": now, "called_by": actor[:200]}
        await tx.execute(insert(notice_calls).values(row))
    else:
        await tx.execute(delete(notice_calls).where(k.notice == notice.id))
    return True


async def unrung_since(tx: Tx, notice: Notice) -> datetime:
    """Since when changes are to be told by a notice: it replaces those before it that reached nobody."""
    c, later = notices.c, notices.alias()
    rung = select(notice_calls.c.notice).where(notice_calls.c.notice == later.c.id)
    reached = select(later.c.id).where(
        later.c.about == c.about,
        later.c.contact_address == c.contact_address,
        later.c.id >= c.id,
        or_(later.c.state == NoticeState.SENT, rung.exists()),
    )
    query = select(func.min(c.made_at)).where(
        c.about == notice.about,
        c.contact_address == notice.contact_address,
        c.id < notice.id,
        c.state.in_(UNREACHED),
        ~reached.exists(),
    )
    oldest: datetime | None = (await tx.execute(query)).scalar()
    return notice.made_at if oldest is None else min(oldest, notice.made_at)


def _noted(notice_id: str) -> bytes:
    return UUID(notice_id).bytes


async def note(tx: Tx, notice: Notice, values: Sequence[Told]) -> None:
    """Keep what somebody knows once they have been rung about a notice that did not reach them. Nobody is reminded by
    phone."""
    tag = _noted(notice.id)
    await put_known(
        tx, [msgspec.structs.replace(each, address_tag=tag, reminded=True, notice=notice.id) for each in values]
    )


async def known_of(tx: Tx, notice: Notice, ids: Sequence[str], address_tag: bytes) -> dict[str, Told]:
    """What the address of a notice knows of these bookings, by notices that reached it and by the calls since."""
    found = await known(tx, ids, address_tag)
    rung = select(notices.c.id).join(notice_calls, notice_calls.c.notice == notices.c.id)
    about, together = notices.c.about, bundled_bookings.c
    theirs = or_(
        about.in_([notice.about, *ids]),
        about.in_(select(bookings.c.series_id).where(bookings.c.id.in_(ids), bookings.c.series_id.is_not(None))),
        about.in_(select(together.bundle).where(together.booking_id.in_(ids))),
    )
    rung = rung.where(theirs, notices.c.contact_address == notice.contact_address).order_by(notices.c.id)
    for each in (await tx.execute(rung)).scalars().all():
        for booking_id, told_then in (await known(tx, ids, _noted(each))).items():
            before = found.get(booking_id)
            if before is None:
                found[booking_id] = told_then
            elif before.notice is None or before.notice < each:
                found[booking_id] = msgspec.structs.replace(told_then, reminded=before.reminded)
    return found
