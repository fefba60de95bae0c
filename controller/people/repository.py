"""All SQL about users, their sessions and the audit log. Parties are in ``parties``."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, RowMapping, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from controller.db.compiled_sql import CompiledReads
from controller.db.engine import Tx
from controller.db.notifications import notify
from controller.people.model import Failures, Role, Session, User, Write
from controller.people.session_cache import CHANNEL
from controller.people.tables import sessions, sign_in_failures, users, writes

_USER = tuple(users.c[name] for name in User.__struct_fields__)

KnownSites = Callable[[Tx, frozenset[str]], Awaitable[frozenset[str]]]
"""Those of the sites that there are."""


def name_key(name: str) -> str:
    """Two names with the same key are one user: case does not count."""
    return name.strip().casefold()


async def any_user(tx: Tx) -> bool:
    return bool((await tx.execute(select(exists().select_from(users)))).scalar_one())


async def user_named(tx: Tx, name: str) -> User | None:
    return await _one_user(tx, users.c.name_key == name_key(name))


async def user(tx: Tx, user_id: str) -> User | None:
    return await _one_user(tx, users.c.id == user_id)


async def list_users(tx: Tx, *, after: str | None, limit: int) -> list[User]:
    """In the order in which they were made, from the one behind ``after``."""
    query = select(*_USER).where(users.c.id > (after or "")).order_by(users.c.id).limit(limit)
    return [_user(row) for row in (await tx.execute(query)).mappings()]


async def count_admins(tx: Tx) -> int:
    """How many can sign in and give roles at every site."""
    query = select(func.count()).select_from(users)
    everywhere = (users.c.role == Role.ADMIN.value, users.c.sites.is_(None), users.c.ended_at.is_(None))
    return int((await tx.execute(query.where(*everywhere))).scalar_one())


async def add_user(tx: Tx, user: User) -> None:
    await tx.execute(insert(users).values(_user_row(user)))


async def update_user(tx: Tx, user: User) -> None:
    await notify(tx, CHANNEL)
    await tx.execute(update(users).where(users.c.id == user.id).values(_user_row(user)))


async def end_sessions(tx: Tx, user_id: str, *, but: bytes = b"") -> int:
    """End the sessions of a user, all or all but one; how many."""
    here = (sessions.c.user_id == user_id) & (sessions.c.token_hash != but)
    await notify(tx, CHANNEL)
    return (await tx.execute(delete(sessions).where(here))).rowcount


async def _one_user(tx: Tx, which: ColumnElement[bool]) -> User | None:
    row = (await tx.execute(select(*_USER).where(which))).mappings().first()
    return _user(row) if row else None


def _user(row: RowMapping) -> User:
    return User(**{**row, "role": Role(row["role"]), "sites": _sites(row["sites"])})


def _user_row(user: User) -> dict[str, object]:
    sites = None if user.sites is None else msgspec.json.encode(sorted(user.sites)).decode()
    row = msgspec.structs.asdict(user)
    return row | {"name_key": name_key(user.name), "role": user.role.value, "sites": sites}


def _sites(stored: str | None) -> frozenset[str] | None:
    return None if stored is None else msgspec.json.decode(stored, type=frozenset[str])


async def add_session(tx: Tx, token_hash: bytes, user_id: str, now: datetime, expires_at: datetime) -> None:
    await tx.execute(
        insert(sessions).values(token_hash=token_hash, user_id=user_id, created_at=now, expires_at=expires_at)
    )


async def session(tx: Tx, token_hash: bytes, now: datetime) -> Session | None:
    """The session of this token, while it lasts, and what its user may be."""
    row = await _SESSION.first(tx, token_hash=token_hash, now=now)
    return Session(**{**row, "role": Role(row["role"]), "sites": _sites(row["sites"])}) if row else None


_SESSION = CompiledReads(
    select(
        users.c.name.label("user"),
        sessions.c.created_at,
        sessions.c.expires_at,
        users.c.role,
        users.c.sites,
        users.c.party,
    )
    .join_from(sessions, users)
    .where(
        sessions.c.token_hash == bindparam("token_hash"),
        sessions.c.expires_at > bindparam("now"),
        users.c.ended_at.is_(None),
    )
)


async def renew_session(tx: Tx, token_hash: bytes, expires_at: datetime) -> None:
    await tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(expires_at=expires_at))


async def end_session(tx: Tx, token_hash: bytes) -> None:
    await notify(tx, CHANNEL)
    await tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


async def failures(tx: Tx, key: bytes) -> Failures | None:
    row = (await tx.execute(_FAILURES.where(sign_in_failures.c.key == key))).mappings().first()
    return Failures(**row) if row else None


async def hold_failures(tx: Tx, key: bytes, now: datetime) -> Failures:
    """The wrong tries that are counted together; nobody else may count them until the transaction ends."""
    table = sign_in_failures
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    none = {"key": key, "failures": 0, "last_at": now, "blocked_until": now, "kept_until": now}
    # The row must be there to be locked: tries made at once would all find none otherwise.
    await tx.execute(dialect.insert(table).values(none).on_conflict_do_nothing())
    row = (await tx.execute(_FAILURES.where(table.c.key == key).with_for_update())).mappings().one()
    return Failures(**row)


_FAILURES = select(*(sign_in_failures.c[name] for name in Failures.__struct_fields__))


async def put_failures(tx: Tx, key: bytes, value: Failures) -> None:
    here = sign_in_failures.c.key == key
    await tx.execute(update(sign_in_failures).where(here).values(msgspec.structs.asdict(value)))


async def take_back_failure(tx: Tx, key: bytes) -> None:
    """The last try was none."""
    c = sign_in_failures.c
    here = (c.key == key) & (c.failures > 0)
    await tx.execute(update(sign_in_failures).where(here).values(failures=c.failures - 1, blocked_until=c.last_at))


async def forget_failures(tx: Tx, key: bytes) -> None:
    await tx.execute(delete(sign_in_failures).where(sign_in_failures.c.key == key))


async def forget_stale(tx: Tx, now: datetime) -> None:
    """Delete sessions that have run out and wrong tries of long ago."""
    await tx.execute(delete(sessions).where(sessions.c.expires_at <= now))
    await tx.execute(delete(sign_in_failures).where(sign_in_failures.c.kept_until < now))


async def lock_users(tx: Tx) -> None:
    """Let one transaction at a time look what users there are and change them."""
    if tx.dialect.name == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(0x5E70_0000)))


async def last_write(tx: Tx, *, site: str | None, thing: str) -> Write | None:
    """The last write of a thing, or of the file of the site that it is part of."""
    mine = writes.c.thing == thing
    if site is not None:
        mine |= writes.c.thing.startswith(f"site {site} from a file", autoescape=True)
    query = (
        select(writes.c.actor, writes.c.act, writes.c.at)
        .where(writes.c.site == site, mine)
        .order_by(writes.c.id.desc())
    )
    row = (await tx.execute(query.limit(1))).mappings().first()
    return Write(**row) if row else None
