"""Unlinking the accounts of a user who cannot do it: they have lost them, or they have left the provider."""

from controller.db.engine import Tx
from controller.people import repository as users
from controller.people.account_mails.model import MailPurpose
from controller.people.model import Actor
from controller.people.oidc import repository
from controller.people.oidc.errors import NoAccounts, OwnAccounts
from controller.people.oidc.group_roles import followed
from controller.people.users import UserService, record_user


async def unlink_accounts(service: UserService, user_id: str, *, actor: Actor) -> None:
    """Unlink all accounts of a user, with the roles that their groups gave, end the user's sessions and API tokens, and
    tell them by mail; it is on the record. Raises ``UserUnknown``, ``MayNotGive``, ``NotAllowed``, ``OwnAccounts`` and
    ``NoAccounts``."""

    async def unlink(tx: Tx) -> None:
        user = await service.governed(tx, user_id, actor)
        if user.id == actor.user:
            raise OwnAccounts
        accounts = await repository.accounts_of(tx, user.id)
        if not accounts:
            raise NoAccounts
        now, after = service.clock.now(), user
        for each in accounts:
            after = followed(after, each, (), by=actor.name, now=now, until=now)
            await repository.remove_account(tx, each.id)
        for ended in after.assignments:
            if ended not in user.assignments:
                await users.put_assignment(tx, ended)
        await users.end_sessions(tx, user.id)
        await record_user(tx, user, after, "unlink accounts", actor.name, now)
        await service.mails.tell(tx, MailPurpose.ACCOUNT_UNLINKED, user)

    await service.database.run(unlink)
    service.mails.asked.set()
    service.rights_changed()
