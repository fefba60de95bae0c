"""All SQL about tariffs and quotes. That a booking has at most one live quote is an index of the database."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)

from controller.billing.model import Bill, Frozen, StoredTariffs, Tariffs
from controller.billing.rate_periods import micros
from controller.bookings.diary.model import CLAIMING, BookingState
from controller.bookings.diary.tables import bookings
from controller.db.engine import NAMES_ACTOR, Instant, Tx, metadata
from controller.db.row_mapping import columns_of, struct_of

tariffs = Table(
    "tariffs",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),  # the highest holds; the others are kept
    Column("document", Text, nullable=False),  # JSON, as controller.billing.model has it
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False, info=NAMES_ACTOR),
)

quotes = Table(
    "quotes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("booking_id", String(36), ForeignKey("bookings.id"), nullable=False),
    Column("number", Integer, nullable=False),  # counts the quotes of a booking from 1
    Column("site", String(40), nullable=False),
    Column("party", String(40), index=True),
    Column("tariff_version", Integer, nullable=False),
    Column("why", String(12), nullable=False),
    Column("total_pence", BigInteger),  # NULL where no charge is set
    Column("vat_pence", BigInteger, nullable=False),
    Column("document", Text, nullable=False),  # JSON: the bill, as controller.billing.model has it
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("superseded_at", Instant),  # since when another one holds
    UniqueConstraint("booking_id", "number"),
)
live_quote = Index(
    "uq_quotes_live",
    quotes.c.booking_id,
    unique=True,
    sqlite_where=quotes.c.superseded_at.is_(None),
    postgresql_where=quotes.c.superseded_at.is_(None),
)

allowance_uses = Table(
    "allowance_uses",
    metadata,
    Column("quote_id", String(36), ForeignKey("quotes.id"), primary_key=True),
    Column("allowance", String(40), primary_key=True),
    Column("period", String(7), primary_key=True),  # 2026-11, or the year it begins in
    Column("site", String(40), nullable=False),
    Column("party", String(40), nullable=False, index=True),
    Column("us", BigInteger, nullable=False),  # microseconds of real time
    Index("ix_allowance_uses_site_party", "site", "party"),
)


_AT_ONCE = 500
"""Ids asked for in one statement."""
_STANDING = [each.value for each in (*CLAIMING, BookingState.REQUESTED)]
_QUOTE = columns_of(Frozen, quotes)


async def current(tx: Tx, site: str) -> StoredTariffs | None:
    """The tariffs that hold; None where none were ever set."""
    query = select(tariffs).where(tariffs.c.site == site).order_by(tariffs.c.version.desc()).limit(1)
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        return None
    return struct_of(StoredTariffs, row, tariffs=msgspec.json.decode(row["document"], type=Tariffs))


async def version(tx: Tx, site: str, number: int) -> Tariffs:
    """Tariffs as they were once."""
    query = select(tariffs.c.document).where(tariffs.c.site == site, tariffs.c.version == number)
    return msgspec.json.decode((await tx.execute(query)).scalar_one(), type=Tariffs)


async def put(tx: Tx, site: str, value: StoredTariffs) -> None:
    """Write a new version. The caller holds the site's lock."""
    row = {
        "site": site,
        "version": value.version,
        "document": msgspec.json.encode(value.tariffs).decode(),
        "changed_at": value.changed_at,
        "changed_by": value.changed_by,
    }
    await tx.execute(insert(tariffs).values(row))


async def live(tx: Tx, booking_ids: Sequence[str]) -> dict[str, Frozen]:
    """Booking -> the quote that holds for it."""
    found: dict[str, Frozen] = {}
    for at in range(0, len(booking_ids), _AT_ONCE):
        some = booking_ids[at : at + _AT_ONCE]
        query = select(*_QUOTE, quotes.c.document).where(
            quotes.c.booking_id.in_(some), quotes.c.superseded_at.is_(None)
        )
        found |= {row["booking_id"]: _frozen(row) for row in (await tx.execute(query)).mappings()}
    return found


async def history(tx: Tx, booking_id: str) -> list[Frozen]:
    """All quotes of a booking, the newest first."""
    query = select(*_QUOTE, quotes.c.document).where(quotes.c.booking_id == booking_id)
    return [_frozen(row) for row in (await tx.execute(query.order_by(quotes.c.number.desc()))).mappings()]


def _frozen(row: RowMapping) -> Frozen:
    return struct_of(Frozen, row, bill=msgspec.json.decode(row["document"], type=Bill))


async def freeze(tx: Tx, made: Sequence[Frozen], *, instead_of: Sequence[Frozen]) -> None:
    """Write quotes; those of the same bookings that held so far are superseded."""
    ids = [each.id for each in instead_of]
    for at in range(0, len(ids), _AT_ONCE):
        gone = update(quotes).where(quotes.c.id.in_(ids[at : at + _AT_ONCE]))
        await tx.execute(gone.values(superseded_at=made[0].made_at))
    quoted = [(each, each.quote) for each in made]
    await tx.execute(
        insert(quotes),
        [
            {name: getattr(each, name) for name in Frozen.__struct_fields__ if name != "bill"}
            | {
                "why": each.why.value,
                "total_pence": quote.total,
                "vat_pence": quote.vat,
                "document": msgspec.json.encode(each.bill).decode(),
            }
            for each, quote in quoted
        ],
    )
    uses = [
        msgspec.structs.asdict(use) | {"quote_id": each.id, "site": each.site, "party": each.party}
        for each, quote in quoted
        for use in quote.uses
    ]
    if uses:
        await tx.execute(insert(allowance_uses), uses)


async def usage(
    tx: Tx, site: str, parties: Iterable[str], *, but: Sequence[str] = ()
) -> dict[str, Counter[tuple[str, str]]]:
    """Party -> allowance and period -> microseconds that live quotes have taken, those of the bookings ``but``
    left out."""
    query = (
        select(
            allowance_uses.c.party,
            allowance_uses.c.allowance,
            allowance_uses.c.period,
            allowance_uses.c.us,
            quotes.c.booking_id,
        )
        .join_from(allowance_uses, quotes, quotes.c.id == allowance_uses.c.quote_id)
        .where(
            allowance_uses.c.site == site,
            allowance_uses.c.party.in_(sorted(set(parties))),
            quotes.c.superseded_at.is_(None),
        )
    )
    left_out = frozenset(but)
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in await tx.execute(query):
        if row.booking_id not in left_out:
            found[row.party][row.allowance, row.period] += row.us
    return found


async def blocks(tx: Tx, series_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Series -> how many of its dates are active, and their total length in microseconds."""
    query = select(bookings.c.series_id, bookings.c.starts, bookings.c.ends).where(
        bookings.c.series_id.in_(sorted(set(series_ids))), bookings.c.state.in_(_STANDING)
    )
    found: dict[str, tuple[int, int]] = {}
    for row in await tx.execute(query):
        dates, us = found.get(row.series_id, (0, 0))
        found[row.series_id] = (dates + 1, us + micros(row.ends - row.starts))
    return found


async def undecided(tx: Tx, site: str, *, after: datetime, limit: int) -> list[str]:
    """The bookings that wait for a decision and are still to come, by start."""
    c = bookings.c
    waits = c.state.in_([BookingState.HELD.value, BookingState.REQUESTED.value])
    query = select(c.id).where(c.site == site, c.starts > after, waits).order_by(c.starts, c.id).limit(limit)
    return list((await tx.execute(query)).scalars())


async def count_confirmed(tx: Tx, site: str, *, after: datetime) -> int:
    """How many confirmed bookings are still to come, whose quotes stay as they are."""
    query = select(func.count()).where(
        bookings.c.site == site, bookings.c.starts > after, bookings.c.state == BookingState.CONFIRMED.value
    )
    return int((await tx.execute(query)).scalar_one())
