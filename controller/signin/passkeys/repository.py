"""All SQL of passkeys."""

from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of, first_of
from controller.people.sign_in_tables import passkeys, used_challenges
from controller.signin.passkeys.model import Passkey

_PASSKEY = columns_of(Passkey, passkeys)


async def passkeys_of(tx: Tx, user_id: str) -> list[Passkey]:
    """In the order in which they were added."""
    c = passkeys.c
    return await all_of(tx, Passkey, select(*_PASSKEY).where(c.user_id == user_id).order_by(c.created_at, c.id))


async def with_credential(tx: Tx, credential_id: bytes) -> Passkey | None:
    return await first_of(tx, Passkey, select(*_PASSKEY).where(passkeys.c.credential_id == credential_id))


async def add(tx: Tx, new: Passkey) -> None:
    await tx.execute(insert(passkeys).values(msgspec.structs.asdict(new)))


async def rename(tx: Tx, passkey_id: str, name: str) -> None:
    await tx.execute(update(passkeys).where(passkeys.c.id == passkey_id).values(name=name))


async def note_use(tx: Tx, used: Passkey, *, sign_count: int, at: datetime) -> bool:
    """Note that it was used; false where it was removed, or used meanwhile by another sign-in."""
    here = passkeys.c.id == used.id, passkeys.c.sign_count == used.sign_count
    done = await tx.execute(update(passkeys).where(*here).values(sign_count=sign_count, last_used_at=at))
    return done.rowcount == 1


async def remove(tx: Tx, passkey_id: str) -> None:
    await tx.execute(delete(passkeys).where(passkeys.c.id == passkey_id))


async def remove_all(tx: Tx, user_id: str) -> int:
    """Remove all passkeys of a user; how many."""
    return (await tx.execute(delete(passkeys).where(passkeys.c.user_id == user_id))).rowcount


async def use_challenge(tx: Tx, challenge_hash: bytes, expires_at: datetime) -> bool:
    """Use a challenge up; false where that was done before."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    row = {"challenge_hash": challenge_hash, "expires_at": expires_at}
    return (await tx.execute(dialect.insert(used_challenges).values(row).on_conflict_do_nothing())).rowcount == 1


async def forget_old(tx: Tx, now: datetime) -> None:
    await tx.execute(delete(used_challenges).where(used_challenges.c.expires_at <= now))
