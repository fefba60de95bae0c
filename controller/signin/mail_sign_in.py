"""Signing in by mail, and the confirmation of a changed address."""

from dataclasses import dataclass

import msgspec

from controller.db.engine import Database, Tx
from controller.people import repository as users
from controller.people.account_mails.address_verification import MailProofs
from controller.people.account_mails.errors import ProofRefused
from controller.people.account_mails.model import (
    MOST_FROM_KNOWN,
    MOST_FROM_NETWORK,
    AccountMail,
    MailProof,
    MailPurpose,
)
from controller.people.account_mails.queue import AccountMails
from controller.people.errors import SignInNeeded
from controller.people.model import Actor, SecondStepNeeded, SignedIn, SignInMethod, User
from controller.people.sign_in_throttle import SignInOrigin
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.signin.sign_in import JUST_HELP, SignInService
from edge.wire.clock import Clock

SIGN_IN_INSTEAD = "sign in with a password, or ask the person who keeps its users for one"


class UserChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Several users have the address: which of them signs in? Nothing is used up yet."""

    users: list[str]


@dataclass(eq=False)
class MailSignIn:
    """Each method is one transaction, or two where a try must count although it fails."""

    database: Database
    clock: Clock
    people: SignInService
    mails: AccountMails
    proofs: MailProofs

    async def ask(self, email: str, asker: SignInOrigin) -> str:
        """Have a mail sent to those who sign in by this address; returns the id of the request. Does the same, with the
        same answer, for an address that nobody has. Raises ``NoMailServer`` and ``TooManyMails``."""
        self.proofs.require_server(SIGN_IN_INSTEAD)
        request = await self.database.run(self._add_sign_in, email, asker)
        self.mails.asked.set()
        return request

    async def _add_sign_in(self, tx: Tx, email: str, asker: SignInOrigin) -> str:
        tries = self.people.users.tries
        browsers = [tries.browser(each.name, asker) for each in await users.active_users_with_email(tx, email)]
        by: bytes | None
        if browser := next(filter(None, browsers), ""):
            by = self.mails.digest("browser", browser)
            await self.proofs.require_few(tx, by=by, most=MOST_FROM_KNOWN)
        else:
            by = self.proofs.network(asker)
            await self.proofs.require_few(tx, to=email, by=by, most=MOST_FROM_NETWORK)
        return await self.mails.add(tx, MailPurpose.SIGN_IN, email, asker=by)

    async def ask_new_address(self, email: str, actor: Actor, *, current: str | None) -> str:
        """Have a mail sent to the address that the actor wants; it is theirs once it is confirmed, in place of what
        they asked for before. ``current``: their password; ``None`` only where they have none and
        ``has_just_signed_in``. Raises ``NoMailServer``, ``TooManyMails``, ``TooManyTries``, ``Invalid`` for
        ``current``, and as ``require_second_factor``."""
        await self.people.require_second_factor(actor)
        self.proofs.require_server(SIGN_IN_INSTEAD)
        if current is None:
            user = await self._just_signed_in(actor)
        else:
            user = await self.people.with_own_password(actor, current)
        request = await self.database.run(self._add_new_address, email, user, actor)
        self.mails.asked.set()
        return request

    async def _just_signed_in(self, actor: Actor) -> User:
        """The actor, who has no password. Raises ``Invalid`` unless ``has_just_signed_in``."""
        user, just_signed_in = await self.own_address(actor)
        if user.password_hash is not None:
            raise invalid_field("current", "is needed: the password that you have now")
        if not just_signed_in:
            raise invalid_field(
                "current",
                "you have no password: first sign in by mail or passkey again, or show under your account, by a code "
                f"or at your account's provider, that it is you; {JUST_HELP}",
            )
        return user

    async def _add_new_address(self, tx: Tx, email: str, user: User, actor: Actor) -> str:
        await self.people.own_right(tx, user)
        by = self.mails.digest("user", user.id)
        await self.proofs.require_few(tx, to=email, by=by, most=MOST_FROM_KNOWN)
        await self.mails.void_new_address(tx, user.id)
        purpose = MailPurpose.NEW_ADDRESS
        return await self.mails.add(tx, purpose, email, user_id=user.id, session=actor.session, asker=by)

    async def sign_in(
        self, proof: MailProof, *, user: str | None, asker: SignInOrigin
    ) -> SignedIn | SecondStepNeeded | UserChoice:
        """Sign in the user of the address that was proven; ``user`` names which, where several have it. Uses link and
        digits up. Raises ``ProofRefused``, ``WrongDigits`` and ``DigitsBlocked``."""
        mail = await self.proofs.proven(proof, MailPurpose.SIGN_IN)
        return await self.database.run(self._let_in, mail, user, asker)

    async def _let_in(
        self, tx: Tx, mail: AccountMail, name: str | None, asker: SignInOrigin
    ) -> SignedIn | SecondStepNeeded | UserChoice:
        found = await self.mails.users_of(tx, mail)
        if not found:
            raise ProofRefused
        if name is not None:
            found = [each for each in found if users.name_key(each.name) == users.name_key(name)]
            if not found:
                raise invalid_field("user", f"{name!r} does not sign in by this address")
        if len(found) > 1:
            return UserChoice(users=[each.name for each in found])
        await self.proofs.use(tx, mail)
        return await self.people.let_in_by(tx, found[0], asker, SignInMethod.MAIL)

    async def own_address(self, actor: Actor) -> tuple[User, bool]:
        """The actor, whose mail address it is, and ``has_just_signed_in``."""
        async with self.database.read() as tx:
            user = None if actor.user is None else await users.user(tx, actor.user)
        if user is None:
            raise SignInNeeded
        return user, await self.people.has_just_signed_in(actor)

    async def confirm_address(self, proof: MailProof) -> str:
        """Give a user the address that was proven, and tell the old one; returns the user's name. Raises
        ``ProofRefused``, ``WrongDigits`` and ``DigitsBlocked``."""
        mail = await self.proofs.proven(proof, MailPurpose.NEW_ADDRESS)
        name = await self.database.run(self._change_address, mail)
        self.mails.asked.set()
        return name

    async def _change_address(self, tx: Tx, mail: AccountMail) -> str:
        await users.lock_users(tx)
        found = await self.mails.users_of(tx, mail)
        if not found:
            raise ProofRefused
        await self.proofs.use(tx, mail)
        [user], email = found, self.mails.address_of(mail)
        await users.update_user(tx, msgspec.structs.replace(user, email=email))
        await self.mails.address_changed(tx, user, email)
        now, about, changes = self.clock.now(), f"user {user.id}", {"email": (user.email, email)}
        await audit_log.record(
            tx, actor=user.name, at=now, act="change own address", thing=about, changes=changes, subject=user.id
        )
        return user.name
