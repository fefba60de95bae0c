"""The tables of displays that are paired or wait for their code to be typed, and all SQL about them."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import Column, LargeBinary, String, Table, Text, delete, func, insert, select, text, update

from controller.db.engine import NAMES_ACTOR, Instant, Tx, metadata
from controller.db.row_mapping import all_of, columns_of, first_of, struct_of
from controller.signin.displays.model import Display

displays = Table(
    "displays",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("space", String(40)),
    Column("sites", Text),  # JSON list; null for all, where the kind shows several
    Column("name", String(200), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("code_digest", LargeBinary(32), unique=True),  # null once it is paired
    Column("code_until", Instant),
    Column("token_hash", LargeBinary(32), unique=True),  # null until then
    Column("paired_at", Instant),
    Column("last_seen_at", Instant),  # to the hour
    Column("expires_at", Instant, nullable=False, index=True),
    Column("address", String(45), nullable=False, server_default=text("''")),
    Column("browser", String(80), nullable=False, server_default=text("''")),
)


_DISPLAY = columns_of(Display, displays)


async def of_site(tx: Tx, site: str, now: datetime) -> list[Display]:
    """By name; without those that are forgotten."""
    c = displays.c
    query = select(*_DISPLAY).where(c.site == site, c.expires_at > now)
    return await all_of(tx, Display, query.order_by(func.lower(c.name), c.id))


async def one(tx: Tx, site: str, display_id: str) -> Display | None:
    return await first_of(tx, Display, select(*_DISPLAY).where(displays.c.id == display_id, displays.c.site == site))


async def add(tx: Tx, new: Display, code_digest: bytes) -> None:
    await tx.execute(insert(displays).values(code_digest=code_digest, **msgspec.structs.asdict(new)))


async def waiting_for(tx: Tx, code_digest: bytes, now: datetime) -> Display | None:
    """The display whose code this is, while it can be typed."""
    c = displays.c
    return await first_of(tx, Display, select(*_DISPLAY).where(c.code_digest == code_digest, c.code_until > now))


async def pair(tx: Tx, paired: Display, token_hash: bytes) -> bool:
    """Use the code up; false where somebody else did."""
    here = displays.c.id == paired.id, displays.c.code_digest.is_not(None)
    row = msgspec.structs.asdict(paired) | {"token_hash": token_hash, "code_digest": None}
    return (await tx.execute(update(displays).where(*here).values(row))).rowcount == 1


async def paired_by(tx: Tx, token_hash: bytes, now: datetime) -> Display | None:
    """The display with this token, while it is paired."""
    c = displays.c
    return await first_of(tx, Display, select(*_DISPLAY).where(c.token_hash == token_hash, c.expires_at > now))


async def paired_by_any(tx: Tx, token_hashes: Collection[bytes], now: datetime) -> dict[bytes, Display]:
    """The displays with these tokens that are paired, by the hash of the token."""
    c = displays.c
    query = select(c.token_hash, *_DISPLAY).where(c.token_hash.in_(token_hashes), c.expires_at > now)
    return {row["token_hash"]: struct_of(Display, row) for row in (await tx.execute(query)).mappings()}


async def note_seen(tx: Tx, display_id: str, *, now: datetime, expires_at: datetime, address: str) -> None:
    here = update(displays).where(displays.c.id == display_id)
    await tx.execute(here.values(last_seen_at=now, expires_at=expires_at, address=address))


async def end(tx: Tx, display_id: str) -> bool:
    """Forget a display and its token; whether there was one."""
    return (await tx.execute(delete(displays).where(displays.c.id == display_id))).rowcount == 1


async def forget_old(tx: Tx, now: datetime) -> None:
    await tx.execute(delete(displays).where(displays.c.expires_at <= now))
