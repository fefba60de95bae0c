"""All SQL about people."""

from datetime import datetime

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from controller.database import Tx
from controller.people.model import Failures, Session, User
from controller.people.tables import sessions, sign_in_failures, users, writes


def name_key(name: str) -> str:
    """Two names with the same key are one user: case does not count."""
    return name.strip().casefold()


async def any_user(tx: Tx) -> bool:
    return bool((await tx.execute(select(exists().select_from(users)))).scalar_one())


async def user_named(tx: Tx, name: str) -> User | None:
    query = select(users.c.id, users.c.name, users.c.password_hash).where(users.c.name_key == name_key(name))
    row = (await tx.execute(query)).mappings().first()
    return User(**row) if row else None


async def add_user(tx: Tx, user: User, now: datetime) -> None:
    await tx.execute(
        insert(users).values(
            id=user.id,
            name=user.name,
            name_key=name_key(user.name),
            password_hash=user.password_hash,
            created_at=now,
        )
    )


async def add_session(tx: Tx, token_hash: bytes, user_id: str, now: datetime, expires_at: datetime) -> None:
    await tx.execute(
        insert(sessions).values(token_hash=token_hash, user_id=user_id, created_at=now, expires_at=expires_at)
    )


async def session(tx: Tx, token_hash: bytes, now: datetime) -> Session | None:
    """The session of this token, while it lasts."""
    query = (
        select(users.c.name.label("user"), sessions.c.expires_at)
        .join_from(sessions, users)
        .where(sessions.c.token_hash == token_hash, sessions.c.expires_at > now)
    )
    row = (await tx.execute(query)).mappings().first()
    return Session(**row) if row else None


async def renew_session(tx: Tx, token_hash: bytes, expires_at: datetime) -> None:
    await tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(expires_at=expires_at))


async def end_session(tx: Tx, token_hash: bytes) -> None:
    await tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


async def hold_failures(tx: Tx, name: str, now: datetime) -> Failures:
    """The wrong tries of a name; nobody else may count them until the transaction ends."""
    table = sign_in_failures
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    none = {"name_key": name_key(name), "failures": 0, "last_at": now, "blocked_until": now}
    # The row must be there to be locked: tries made at once would all find none otherwise.
    await tx.execute(dialect.insert(table).values(none).on_conflict_do_nothing())
    query = select(table.c.failures, table.c.last_at, table.c.blocked_until)
    row = (await tx.execute(query.where(table.c.name_key == name_key(name)).with_for_update())).mappings().one()
    return Failures(**row)


async def put_failures(tx: Tx, name: str, value: Failures) -> None:
    await tx.execute(
        update(sign_in_failures)
        .where(sign_in_failures.c.name_key == name_key(name))
        .values(failures=value.failures, last_at=value.last_at, blocked_until=value.blocked_until)
    )


async def forget_failures(tx: Tx, name: str) -> None:
    await tx.execute(delete(sign_in_failures).where(sign_in_failures.c.name_key == name_key(name)))


async def forget_stale(tx: Tx, now: datetime, failures_before: datetime) -> None:
    """Delete sessions that have run out and wrong tries of long ago."""
    await tx.execute(delete(sessions).where(sessions.c.expires_at <= now))
    await tx.execute(delete(sign_in_failures).where(sign_in_failures.c.last_at < failures_before))


async def lock_setup(tx: Tx) -> None:
    """Let one transaction at a time look whether there is a user and make the first."""
    if tx.dialect.name == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(0x5E70_0000)))


async def add_write(tx: Tx, *, actor: str, at: datetime, act: str, site: str | None, thing: str) -> None:
    await tx.execute(insert(writes).values(actor=actor, at=at, act=act, site=site, thing=thing))
