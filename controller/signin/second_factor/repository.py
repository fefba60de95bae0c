"""All SQL of second factors."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import delete, func, insert, select, update

from controller.db.engine import Tx
from controller.db.row_mapping import columns_of, first_of
from controller.people.sign_in_tables import pending_sign_ins, recovery_codes, second_factors
from controller.signin.second_factor.model import PendingSignIn, SecondFactor


async def factor(tx: Tx, user_id: str) -> SecondFactor | None:
    query = select(*columns_of(SecondFactor, second_factors)).where(second_factors.c.user_id == user_id)
    return await first_of(tx, SecondFactor, query)


async def put_factor(tx: Tx, new: SecondFactor) -> None:
    """In place of the one that the user has."""
    await tx.execute(delete(second_factors).where(second_factors.c.user_id == new.user_id))
    await tx.execute(insert(second_factors).values(msgspec.structs.asdict(new)))


async def remove_factor(tx: Tx, user_id: str) -> bool:
    """Remove the user's factor and recovery codes; whether there was one."""
    for table in (recovery_codes, pending_sign_ins):
        await tx.execute(delete(table).where(table.c.user_id == user_id))
    return (await tx.execute(delete(second_factors).where(second_factors.c.user_id == user_id))).rowcount > 0


async def use_step(tx: Tx, user_id: str, step: int) -> bool:
    """Note that a code was used; false where it, or a later one, was used before."""
    here = update(second_factors).where(second_factors.c.user_id == user_id, second_factors.c.last_step < step)
    return (await tx.execute(here.values(last_step=step))).rowcount == 1


async def confirm(tx: Tx, user_id: str, at: datetime) -> None:
    await tx.execute(update(second_factors).where(second_factors.c.user_id == user_id).values(confirmed_at=at))


async def put_recovery_codes(tx: Tx, user_id: str, hashes: Sequence[bytes]) -> None:
    """In place of those that are left."""
    await tx.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    await tx.execute(insert(recovery_codes), [{"user_id": user_id, "code_hash": each} for each in hashes])


async def use_recovery_code(tx: Tx, user_id: str, code_hash: bytes) -> bool:
    """Use a recovery code up; false where there is no such."""
    c = recovery_codes.c
    return (
        await tx.execute(delete(recovery_codes).where(c.user_id == user_id, c.code_hash == code_hash))
    ).rowcount == 1


async def recovery_codes_left(tx: Tx, user_id: str) -> int:
    query = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.user_id == user_id)
    return int((await tx.execute(query)).scalar_one())


async def add_pending(tx: Tx, token_hash: bytes, pending: PendingSignIn) -> None:
    await tx.execute(insert(pending_sign_ins).values(token_hash=token_hash, **msgspec.structs.asdict(pending)))


async def pending(tx: Tx, token_hash: bytes, now: datetime) -> PendingSignIn | None:
    c = pending_sign_ins.c
    query = select(*columns_of(PendingSignIn, pending_sign_ins)).where(c.token_hash == token_hash, c.expires_at > now)
    return await first_of(tx, PendingSignIn, query)


async def end_pending(tx: Tx, token_hash: bytes) -> bool:
    """Use a first step up; false where that was done before."""
    here = delete(pending_sign_ins).where(pending_sign_ins.c.token_hash == token_hash)
    return (await tx.execute(here)).rowcount == 1


async def forget_old(tx: Tx, now: datetime, *, unconfirmed_before: datetime) -> None:
    await tx.execute(delete(pending_sign_ins).where(pending_sign_ins.c.expires_at <= now))
    c = second_factors.c
    await tx.execute(delete(second_factors).where(c.confirmed_at.is_(None), c.made_at <= unconfirmed_before))
