"""All SQL of accounts at OpenID providers, and unlinking them for a user who cannot do it: they have lost them, or they
have left the provider.
"""

from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of, first_of
from controller.people import repository as users
from controller.people.account_mails.model import MailPurpose
from controller.people.model import Actor
from controller.people.sign_in_tables import finished_flows, user_accounts
from controller.people.users import UserService, record_user
from controller.signin.oidc.errors import NoAccounts, OwnAccounts
from controller.signin.oidc.group_roles import followed
from controller.signin.oidc.model import UserAccount

_ACCOUNT = columns_of(UserAccount, user_accounts)


async def account(tx: Tx, issuer: str, subject: str) -> UserAccount | None:
    c = user_accounts.c
    return await first_of(tx, UserAccount, select(*_ACCOUNT).where(c.issuer == issuer, c.subject == subject))


async def accounts_of(tx: Tx, user_id: str) -> list[UserAccount]:
    """In the order in which they were linked."""
    c = user_accounts.c
    return await all_of(tx, UserAccount, select(*_ACCOUNT).where(c.user_id == user_id).order_by(c.linked_at, c.id))


async def add_account(tx: Tx, new: UserAccount) -> None:
    await tx.execute(insert(user_accounts).values(msgspec.structs.asdict(new)))


async def use_account(tx: Tx, account_id: str, label: str, now: datetime) -> None:
    here = update(user_accounts).where(user_accounts.c.id == account_id)
    await tx.execute(here.values(last_used_at=now, label=label))


async def remove_account(tx: Tx, account_id: str) -> None:
    await tx.execute(delete(user_accounts).where(user_accounts.c.id == account_id))


async def finish_flow(tx: Tx, state_hash: bytes, expires_at: datetime) -> bool:
    """Note that a sign-in has come back; false where it did before."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    row = {"state_hash": state_hash, "expires_at": expires_at}
    return (await tx.execute(dialect.insert(finished_flows).values(row).on_conflict_do_nothing())).rowcount == 1


async def forget_finished(tx: Tx, now: datetime) -> None:
    await tx.execute(delete(finished_flows).where(finished_flows.c.expires_at <= now))


async def unlink_accounts(service: UserService, user_id: str, *, actor: Actor) -> None:
    """Unlink all accounts of a user, with the roles that their groups gave, end the user's sessions and API tokens, and
    tell them by mail; it is on the record. Raises ``UserUnknown``, ``MayNotGive``, ``NotAllowed``, ``OwnAccounts`` and
    ``NoAccounts``."""

    async def unlink(tx: Tx) -> None:
        user = await service.governed(tx, user_id, actor)
        if user.id == actor.user:
            raise OwnAccounts
        accounts = await accounts_of(tx, user.id)
        if not accounts:
            raise NoAccounts
        now, after = service.clock.now(), user
        for each in accounts:
            after = followed(after, each, (), by=actor.name, now=now, until=now)
            await remove_account(tx, each.id)
        for ended in after.assignments:
            if ended not in user.assignments:
                await users.put_assignment(tx, ended)
        await users.end_sessions(tx, user.id)
        await record_user(tx, user, after, "unlink accounts", actor.name, now)
        await service.mails.tell(tx, MailPurpose.ACCOUNT_UNLINKED, user)

    await service.database.run(unlink)
    service.mails.asked.set()
    service.rights_changed()
