"""All SQL about bookings, except their claims."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    text,
    true,
    update,
)

from controller.bookings.diary.model import (
    LONGEST,
    UNDECIDED,
    Arrival,
    Booking,
    BookingState,
    Changed,
    EventKind,
    LogEntry,
    Need,
)
from controller.bookings.diary.tables import booking_log, bookings, series, sheet_rows
from controller.bookings.no_show_rules import FORGOTTEN_AFTER
from controller.db.compiled_sql import BulkInsert, put
from controller.db.engine import Tx, batches
from controller.people.party_repository import with_mail_address
from controller.people.permissions import Thing
from edge.wire.interval import Interval

_COLUMNS = tuple(bookings.c[name] for name in Booking.__struct_fields__)


def _booking(row: RowMapping) -> Booking:
    needs = msgspec.json.decode(row["equipment"], type=dict[str, int])
    equipment = tuple(Need(equipment=each, count=count) for each, count in needs.items())
    before, kind = row["state_before"], row["event_kind"]
    return Booking(
        **{
            **row,
            "state": BookingState(row["state"]),
            "state_before": None if before is None else BookingState(before),
            "equipment": equipment,
            "event_kind": None if kind is None else EventKind(kind),
        }
    )


def _row(value: Booking) -> dict[str, object]:
    needs = {need.equipment: need.count for need in value.equipment}
    return msgspec.structs.asdict(value) | {
        "state": value.state.value,
        "state_before": None if value.state_before is None else value.state_before.value,
        "equipment": msgspec.json.encode(needs).decode(),
        "event_kind": None if value.event_kind is None else value.event_kind.value,
    }


async def booking(tx: Tx, booking_id: str) -> Booking | None:
    row = (await tx.execute(select(*_COLUMNS).where(bookings.c.id == booking_id))).mappings().first()
    return _booking(row) if row else None


async def whose(tx: Tx, booking_id: str) -> Thing | None:
    """The site and the party of a booking, for permission checks; None where there is no such booking."""
    row = (await tx.execute(select(bookings.c.site, bookings.c.party).where(bookings.c.id == booking_id))).first()
    return Thing(site=row.site, party=row.party) if row else None


async def whose_series(tx: Tx, series_id: str) -> Thing | None:
    """As ``whose``, of a series."""
    row = (await tx.execute(select(series.c.site, series.c.party).where(series.c.id == series_id))).first()
    return Thing(site=row.site, party=row.party) if row else None


async def pinned(tx: Tx, booking_id: str) -> Booking | None:
    """The booking; reports of its doors wait until this transaction ends."""
    await tx.execute(select(bookings.c.id).where(bookings.c.id == booking_id).with_for_update())
    return await booking(tx, booking_id)


async def some(tx: Tx, ids: Sequence[str]) -> list[Booking]:
    """The bookings with these ids, by start."""
    found: list[Booking] = []
    for part in batches(ids):
        query = select(*_COLUMNS).where(bookings.c.id.in_(part))
        found += [_booking(row) for row in (await tx.execute(query)).mappings()]
    return sorted(found, key=lambda each: (each.starts, each.id))


async def between(
    tx: Tx, site: str, during: Interval, *, space: str | None = None, party: str | None = None
) -> list[Booking]:
    """Bookings of a site that touch ``during``, cancelled ones too, by start."""
    query = select(*_COLUMNS).where(
        bookings.c.site == site,
        bookings.c.starts < during.end,
        bookings.c.starts > during.start - LONGEST,  # lets the index bound the search
        bookings.c.ends > during.start,
    )
    if space is not None:
        query = query.where(bookings.c.space == space)
    if party is not None:
        query = query.where(bookings.c.party == party)
    rows = (await tx.execute(query.order_by(bookings.c.starts, bookings.c.id))).mappings()
    return [_booking(row) for row in rows]


async def first_start(tx: Tx, site: str) -> datetime | None:
    """When the first booking of a site began or begins."""
    query = select(bookings.c.starts).where(bookings.c.site == site).order_by(bookings.c.starts).limit(1)
    found: datetime | None = (await tx.execute(query)).scalar()
    return found


async def search(
    tx: Tx,
    text: str,
    *,
    site: str | None,
    whose: Iterable[Thing],
    reachable: Iterable[Thing],
    requests: Iterable[Thing],
    named: Sequence[str],
    answered_by: Sequence[str],
    now: datetime,
    after: str | None,
    limit: int,
) -> list[Booking]:
    """Bookings with ``text`` in their title, or of a party of ``named``; of ``reachable`` also those that have it in
    whom to ring, or are of a party of ``answered_by`` and name nobody. What was never confirmed only of ``requests``.
    ``whose``, ``reachable``, ``requests``: as in ``of_things``. ``site``: only there. Future ones first, by start, then
    past ones, the latest first, from the one after ``after`` on. Ignores case."""
    c = bookings.c

    def has(column: Column[str]) -> ColumnElement[bool]:
        return func.lower(column).contains(text.lower(), autoescape=True)

    contact = or_(has(c.contact_name), has(c.contact_phone), and_(c.contact_name == "", c.party.in_(answered_by)))
    undecided = [each.value for each in UNDECIDED]
    never = or_(c.state.in_(undecided), and_(c.state != BookingState.CONFIRMED.value, c.state_before.in_(undecided)))
    found_by = or_(has(c.title), c.party.in_(named), and_(_any_of(reachable), contact))
    open_ = or_(_any_of(requests), not_(func.coalesce(never, false())))
    query = select(*_COLUMNS).where(_any_of(whose), open_, found_by)
    if site is not None:
        query = query.where(c.site == site)
    last = None if after is None else await booking(tx, after)
    found: list[Booking] = []
    for over in (False, True):
        if len(found) < limit and not (last is not None and last.ends <= now and not over):
            since = after if last is not None and (last.ends <= now) is over else None
            page = _page(query, over=over, now=now, after=since).limit(limit - len(found))
            found += [_booking(row) for row in (await tx.execute(page)).mappings()]
    return found


async def waiting_for_approval(
    tx: Tx,
    *,
    site: str | None,
    whose: Iterable[Thing],
    ends_after: datetime,
    after: str | None,
    limit: int,
) -> list[Booking]:
    """Requests and holds that end after a moment, by start, from the one after ``after`` on, of one site
    or of all. ``whose``: of these sites and parties, ``None`` in one standing for all."""
    query = select(*_COLUMNS).where(
        bookings.c.state.in_([BookingState.REQUESTED.value, BookingState.HELD.value]),
        bookings.c.ends > ends_after,
        _any_of(whose),
    )
    if site is not None:
        query = query.where(bookings.c.site == site)
    if after is not None:
        starts = select(bookings.c.starts).where(bookings.c.id == after).scalar_subquery()
        query = query.where(or_(bookings.c.starts > starts, and_(bookings.c.starts == starts, bookings.c.id > after)))
    rows = (await tx.execute(query.order_by(bookings.c.starts, bookings.c.id).limit(limit))).mappings()
    return [_booking(row) for row in rows]


async def of_things(
    tx: Tx, whose: Iterable[Thing], *, over: bool, now: datetime, after: str | None, limit: int
) -> list[Booking]:
    """The bookings of these sites and parties, cancelled ones too, ``None`` in one standing for all: those that are not
    over, by start, or those that are ``over``, the latest first; from the one after ``after`` on."""
    query = _page(select(*_COLUMNS).where(_any_of(whose)), over=over, now=now, after=after)
    return [_booking(row) for row in (await tx.execute(query.limit(limit))).mappings()]


def _page(query: Select[Any], *, over: bool, now: datetime, after: str | None) -> Select[Any]:
    c = bookings.c
    query = query.where(c.ends <= now if over else c.ends > now)
    if after is not None:
        last = select(c.starts).where(c.id == after).scalar_subquery()
        further = (c.starts < last, c.id < after) if over else (c.starts > last, c.id > after)
        query = query.where(or_(further[0], and_(c.starts == last, further[1])))
    return query.order_by(*((c.starts.desc(), c.id.desc()) if over else (c.starts, c.id)))


async def near(tx: Tx, sites: Collection[str] | None, during: Interval, *, most: int) -> list[Booking]:
    """Confirmed bookings of these sites, ``None`` for all, that touch ``during``, by start; at most so many."""
    c = bookings.c
    query = select(*_COLUMNS).where(
        c.state == BookingState.CONFIRMED.value,
        c.starts < during.end,
        c.starts > during.start - LONGEST,
        c.ends > during.start,
    )
    if sites is not None:
        query = query.where(c.site.in_(sorted(sites)))
    rows = (await tx.execute(query.order_by(c.starts, c.id).limit(most))).mappings()
    return [_booking(row) for row in rows]


def _any_of(things: Iterable[Thing]) -> ColumnElement[bool]:
    return or_(false(), *(_of(each) for each in things))


def _of(thing: Thing) -> ColumnElement[bool]:
    columns = ((bookings.c.site, thing.site), (bookings.c.party, thing.party))
    return and_(true(), *(column == value for column, value in columns if value is not None))


async def ahead(tx: Tx, site: str, space: str, *, after: datetime) -> list[Booking]:
    """Bookings of a space that end after ``after`` and are confirmed, by start."""
    query = select(*_COLUMNS).where(
        bookings.c.site == site,
        bookings.c.space == space,
        bookings.c.starts > after - LONGEST,
        bookings.c.ends > after,
        bookings.c.state == BookingState.CONFIRMED.value,
    )
    return [_booking(row) for row in (await tx.execute(query.order_by(bookings.c.starts))).mappings()]


async def code_owners(tx: Tx, dates: Sequence[Booking]) -> dict[str, str]:
    """Booking -> the owner of its series' one code, if the series has one and belongs to the same party."""
    wanted = sorted({each.series_id for each in dates if each.series_id is not None})
    if not wanted:
        return {}
    found: dict[str, tuple[str, str | None]] = {}
    for part in batches(wanted):
        query = select(series.c.id, series.c.code_owner, series.c.party)
        rows = await tx.execute(query.where(series.c.id.in_(part), series.c.code_owner.is_not(None)))
        found |= {row.id: (row.code_owner, row.party) for row in rows}
    return {
        each.id: found[each.series_id][0]
        for each in dates
        if each.series_id is not None and each.series_id in found and found[each.series_id][1] == each.party
    }


async def of_series(tx: Tx, series_id: str) -> list[Booking]:
    """All bookings of a series, cancelled ones too, by start."""
    query = select(*_COLUMNS).where(bookings.c.series_id == series_id).order_by(bookings.c.starts, bookings.c.id)
    return [_booking(row) for row in (await tx.execute(query)).mappings()]


async def insert_bookings(tx: Tx, values: Sequence[Booking], into: BulkInsert | None = None) -> None:
    """``into``: where the rows go, if others follow."""
    await put(tx, bookings, [_row(value) for value in values], into)


async def update_booking(tx: Tx, value: Booking) -> None:
    """As ``update_bookings``, for one."""
    await update_bookings(tx, [value])


async def update_bookings(tx: Tx, values: Sequence[Booking]) -> None:
    """Write every field of bookings but ``SEEN``. The caller has read them under the site's lock."""
    if values:
        rows = [{f"new_{name}": each for name, each in _row(value).items() if name not in SEEN} for value in values]
        await tx.execute(_UPDATE, rows)


async def update_seen(tx: Tx, changes: Sequence[Changed]) -> None:
    """Write the changed fields of ``SEEN`` of these bookings."""
    for each in changes:
        old, new = each.before, each.after
        seen = {name: getattr(new, name) for name in SEEN if old is None or getattr(old, name) != getattr(new, name)}
        if seen:
            await tx.execute(update(bookings).where(bookings.c.id == new.id).values(seen))


SEEN = frozenset({"let_in_at", "let_in_door", "arrived_at", "arrived_how", "counted_in", "maybe_in"})
"""Columns that door events write, without the site's lock; a caller that read them before must not write them back."""
_UPDATE = (
    update(bookings)
    .where(bookings.c.id == bindparam("new_id"))
    .values({each.name: bindparam(f"new_{each.name}") for each in _COLUMNS if each.name not in {"id", *SEEN}})
)


async def run_out(tx: Tx, site: str, during: Interval, *, margin: timedelta, now: datetime) -> list[Booking]:
    """The holds of a site, within ``margin`` of that time, that nobody decided before they expired."""
    query = select(*_COLUMNS).where(
        bookings.c.site == site,
        text("bookings.state IN ('requested', 'held')"),  # in the words of the index ix_bookings_open
        bookings.c.state == BookingState.HELD.value,
        bookings.c.held_until <= now,
        bookings.c.starts < during.end + margin,
        bookings.c.ends > during.start - margin,
    )
    return [_booking(row) for row in (await tx.execute(query)).mappings()]


async def not_come(tx: Tx, now: datetime) -> list[Booking]:
    """Bookings that have begun, are not long over, and whose people are not known to have arrived, or arrived after the
    release, by start. Blocks of outside diaries are not among them: only that diary releases them."""
    c = bookings.c
    # Anybody may have walked in; a rule may want more than that.
    unsure = or_(c.arrived_at.is_(None), c.arrived_how == Arrival.PRESENCE.value)
    query = select(*_COLUMNS).where(
        or_(
            and_(c.state == BookingState.CONFIRMED.value, unsure),
            and_(c.state == BookingState.RELEASED.value, c.let_in_at.is_not(None)),
        ),
        c.diary == "",
        c.starts <= now,
        c.starts > now - LONGEST - FORGOTTEN_AFTER,
        c.ends > now - FORGOTTEN_AFTER,
    )
    return [_booking(row) for row in (await tx.execute(query.order_by(c.starts, c.id))).mappings()]


async def log_entries(tx: Tx, booking_id: str) -> list[LogEntry]:
    """What happened to a booking, oldest first."""
    c = booking_log.c
    query = select(c.at, c.actor, c.what, c.why).where(c.booking_id == booking_id).order_by(c.id)
    return [LogEntry(**row) for row in (await tx.execute(query)).mappings()]


_DECISIONS = ("approve", "decline", "cancel", "expire")
"""Log entries for decisions; none of them says why an undecided booking waits for one."""


async def reasons(tx: Tx, ids: Sequence[str]) -> dict[str, str]:
    """Why each booking is in its state, from its log; bookings without a reason are left out. An arrival is no reason.
    An undecided booking keeps the reason from before a decision that was undone."""
    if not ids:
        return {}
    last = func.coalesce(bookings.c.state_at, bookings.c.created_at)
    opened = bookings.c.state.in_([BookingState.REQUESTED.value, BookingState.HELD.value])
    query = (
        select(booking_log.c.booking_id, booking_log.c.why)
        .join_from(booking_log, bookings, bookings.c.id == booking_log.c.booking_id)
        .where(booking_log.c.booking_id.in_(ids), booking_log.c.why != "", booking_log.c.what != "arrive")
        .where(case((opened, booking_log.c.what.not_in(_DECISIONS)), else_=booking_log.c.at >= last))
        .order_by(booking_log.c.id)
    )
    return {row.booking_id: row.why for row in await tx.execute(query)}


async def ahead_of_party(tx: Tx, party: str, now: datetime) -> list[Booking]:
    """A party's bookings that are not over and may take place, by start."""
    active = (BookingState.REQUESTED, BookingState.HELD, BookingState.CONFIRMED)
    c = bookings.c
    query = select(*_COLUMNS).where(c.party == party, c.ends > now, c.state.in_([each.value for each in active]))
    return [_booking(row) for row in (await tx.execute(query.order_by(c.starts, c.id))).mappings()]


async def last_site_of_party(tx: Tx, party: str) -> str | None:
    """Where a party had its latest booking, whatever became of it."""
    c = bookings.c
    query = select(c.site).where(c.party == party).order_by(c.starts.desc(), c.id).limit(1)
    return (await tx.execute(query)).scalar()


async def parties_ahead(tx: Tx, site: str | None, now: datetime) -> list[str]:
    """The parties that have bookings ahead at a site, ``None``: at any."""
    active = (BookingState.REQUESTED, BookingState.HELD, BookingState.CONFIRMED)
    c = bookings.c
    query = select(c.party).where(c.party.is_not(None), c.ends > now, c.state.in_([each.value for each in active]))
    if site is not None:
        query = query.where(c.site == site)
    return list((await tx.execute(query.distinct())).scalars())


async def ahead_of_address(tx: Tx, site: str, key: str, now: datetime) -> list[Booking]:
    """Bookings of a site that are not over and may take place, whose people have the mail address with that
    ``email_key``: their own, or their party's."""
    active = (BookingState.REQUESTED, BookingState.HELD, BookingState.CONFIRMED)
    c, theirs = bookings.c, with_mail_address(key)
    query = select(*_COLUMNS).where(
        c.site == site,
        c.diary == "",
        c.ends > now,
        c.state.in_([each.value for each in active]),
        or_(func.lower(c.contact_email) == key, and_(c.contact_email == "", c.party.in_(theirs))),
    )
    return [_booking(row) for row in (await tx.execute(query.order_by(c.starts, c.id))).mappings()]


async def still(tx: Tx, party: str, now: datetime) -> str | None:
    """As ``PersonalData`` has it."""
    ahead = [each.value for each in (BookingState.REQUESTED, BookingState.HELD, BookingState.CONFIRMED)]
    c = bookings.c
    found = await tx.execute(select(exists().where(c.party == party, c.ends > now, c.state.in_(ahead))))
    return "has bookings ahead; cancel them first" if found.scalar() else None


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """As ``PersonalData`` has it: reasons in the log, and what rows of files said."""
    c = bookings.c
    mine = select(c.id).where(c.party == party)
    await tx.execute(update(booking_log).where(booking_log.c.booking_id.in_(mine)).values(why=""))
    await tx.execute(delete(sheet_rows).where(sheet_rows.c.booking_id.in_(mine)))
    changed = {"changed_at": now, "changed_by": actor[:200], "version": c.version + 1}
    await tx.execute(update(bookings).where(c.party == party).values(changed))


async def log(
    tx: Tx, ids: Sequence[str], *, at: datetime, actor: str, what: str, why: str = "", into: BulkInsert | None = None
) -> None:
    """One entry in the log of each booking. ``into``: collects the rows, if others follow."""
    row = {"at": at, "actor": actor, "what": what, "why": why}
    await put(tx, booking_log, [row | {"booking_id": each} for each in ids], into)
