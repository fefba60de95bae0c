"""All SQL of account mails."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update

from controller.db.engine import Tx
from controller.db.postgresql_notifications import notify
from controller.db.row_mapping import columns_of, first_of
from controller.people.account_mails.model import AccountMail, MailPurpose, MailState
from controller.people.account_mails.tables import WAITING, account_mails

_COLUMNS = columns_of(AccountMail, account_mails)
_C = account_mails.c
CHANNEL = "hallkeeper_account_mails"
"""On which the controller that sends them is told that there is a new one."""


async def lock(tx: Tx, digest: bytes) -> None:
    """Let one transaction at a time count what belongs to a digest. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], "big", signed=True))))


async def add(tx: Tx, mail: AccountMail) -> None:
    await tx.execute(insert(account_mails).values(msgspec.structs.asdict(mail)))
    await notify(tx, CHANNEL)


async def made_to_address(tx: Tx, digest: bytes, since: datetime) -> list[datetime]:
    """When mails to an address were asked for by who may be anybody, the oldest first."""
    asked = _C.purpose != MailPurpose.INVITATION.value
    return await _made(tx, (_C.address_digest == digest) & asked, since)


async def made_for_asker(tx: Tx, digest: bytes, since: datetime) -> list[datetime]:
    """When mails were asked for from a network, by a browser or by a user, the oldest first."""
    return await _made(tx, _C.asker_digest == digest, since)


async def _made(tx: Tx, which: ColumnElement[bool], since: datetime) -> list[datetime]:
    query = select(_C.made_at).where(which, _C.made_at > since).order_by(_C.made_at)
    return list((await tx.execute(query)).scalars())


async def claim(tx: Tx, now: datetime) -> AccountMail | None:
    """Take the mail that is due longest."""
    query = select(*_COLUMNS).where(WAITING, _C.due_at <= now).order_by(_C.due_at, _C.id).limit(1)
    found = await first_of(tx, AccountMail, query)
    if found is not None:
        await change(tx, found.id, state=MailState.SENDING)
    return found


async def take_back(tx: Tx) -> None:
    """Let what a process that died was sending wait again. Only for the only process that sends."""
    here = _C.state == MailState.SENDING.value
    await tx.execute(update(account_mails).where(here).values(state=MailState.WAITING))


async def next_due(tx: Tx) -> datetime | None:
    """When the next mail is due; ``None`` where none waits."""
    found: datetime | None = (await tx.execute(select(func.min(_C.due_at)).where(WAITING))).scalar()
    return found


async def change(tx: Tx, mail_id: str, **fields: object) -> None:
    await tx.execute(update(account_mails).where(_C.id == mail_id).values(fields))


async def by_token(tx: Tx, token_hash: bytes) -> AccountMail | None:
    return await first_of(tx, AccountMail, select(*_COLUMNS).where(_C.token_hash == token_hash))


async def by_request(tx: Tx, request_hash: bytes) -> AccountMail | None:
    return await first_of(tx, AccountMail, select(*_COLUMNS).where(_C.request_hash == request_hash))


async def count_digit_try(tx: Tx, request_hash: bytes, *, most: int) -> bool:
    """Whether digits may be tried once more; then the try is counted."""
    here = update(account_mails).where(_C.request_hash == request_hash, _C.digit_tries < most)
    return (await tx.execute(here.values(digit_tries=_C.digit_tries + 1))).rowcount == 1


async def digit_tries(tx: Tx, since: datetime) -> int:
    """How often digits were tried, of all mails that were asked for since then; right ones are not counted."""
    query = select(func.coalesce(func.sum(_C.digit_tries), 0)).where(_C.made_at > since)
    return int((await tx.execute(query)).scalar_one())


async def take_back_digit_try(tx: Tx, mail_id: str) -> None:
    """The digits were right."""
    await tx.execute(update(account_mails).where(_C.id == mail_id).values(digit_tries=_C.digit_tries - 1))


async def use(tx: Tx, mail_id: str, now: datetime) -> bool:
    """Use up a mail's link and digits; false where that was done before."""
    here = update(account_mails).where(_C.id == mail_id, _C.used_at.is_(None))
    return (await tx.execute(here.values(used_at=now))).rowcount == 1


async def void_new_address(tx: Tx, user_id: str, now: datetime) -> None:
    """Use up what would give a user another address."""
    theirs = (_C.user_id == user_id, _C.purpose == MailPurpose.NEW_ADDRESS.value, _C.used_at.is_(None))
    await tx.execute(update(account_mails).where(*theirs).values(used_at=now))


async def forget_old(tx: Tx, before: datetime, *, any_before: datetime) -> None:
    """Delete mails that were asked for before then and wait no longer, and whatever was before ``any_before``."""
    over = or_(*(_C.state == state.value for state in MailState if state not in _OPEN))
    old = and_(_C.made_at < before, over)
    await tx.execute(delete(account_mails).where(or_(old, _C.made_at < any_before)))


_OPEN = frozenset({MailState.WAITING, MailState.SENDING})
