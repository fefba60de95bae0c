"""Account mails on their way: written down in the transaction that causes them, rendered when they are sent.

``controller.notices`` sends them, with everything else that goes to the mail server.
"""

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from hashlib import sha256

from controller.db.engine import Database, Tx
from controller.db.postgresql_notifications import listen
from controller.people import party_repository
from controller.people import repository as users
from controller.people.account_mails import render, repository
from controller.people.account_mails.model import (
    KEPT,
    KEPT_AT_MOST,
    PROOF_LIFETIME,
    AccountMail,
    MailPurpose,
    MailState,
)
from controller.people.groups import repository as groups
from controller.people.groups.model import KEPT as INVITATION_KEPT
from controller.people.groups.model import InvitationState
from controller.people.model import Role, User
from controller.platform.key_files import KeyFiles, token_hash
from controller.platform.settings import Settings
from edge.wire.clock import Clock
from edge.wire.ids import new_id

PATHS = {
    MailPurpose.SIGN_IN: "sign-in",
    MailPurpose.NEW_ADDRESS: "account",
    MailPurpose.HIRE_REQUEST: "hire",
    MailPurpose.GROUP_INVITATION: "invitation",
}
"""The pages that links open. The token stands behind the #, so that it reaches no server by a mere look."""

MailSubject = Callable[[Tx, str], Awaitable[str | None]]
"""Says what the mail with an id is about, in a few words; ``None`` where that is gone."""


@dataclass(eq=False)
class AccountMails:
    database: Database
    clock: Clock
    keys: KeyFiles
    settings: Settings

    def __post_init__(self) -> None:
        self.asked = asyncio.Event()
        """Set when a mail was written down; the sender clears it."""
        self.subjects: dict[MailPurpose, MailSubject] = {}
        """Of the purposes that are about no user: what their mails are about."""

    async def hear(self) -> None:
        """Hear of mails that other processes write down, for ever. PostgreSQL only."""
        await listen(self.database.url, repository.CHANNEL, heard=self.asked.set, alive=lambda: None)

    @property
    def sends(self) -> bool:
        """Whether a mail server is set up."""
        return bool(self.settings.mail.host)

    def digest(self, kind: str, text: str) -> bytes:
        """What stands in the database for an address, or for who asks."""
        return hmac.digest(self.keys.page, f"account mail {kind}\0{text}".encode(), sha256)

    async def add(
        self,
        tx: Tx,
        purpose: MailPurpose,
        email: str,
        *,
        user_id: str | None = None,
        session: bytes | None = None,
        asker: bytes | None = None,
        mail_id: str | None = None,
        invitation: str | None = None,
    ) -> str:
        """Write a mail down; returns the id of the request, which only the asker's browser or command gets. It works as
        long as ``session`` lasts, if there is one. ``asker``: the digest of who asks, to count by. ``mail_id``: a new
        one, where the caller stores what the mail is about. Call ``asked.set`` when it is committed."""
        now, request = self.clock.now(), secrets.token_urlsafe(24)
        mail_id = mail_id or new_id(now)
        mail = AccountMail(
            id=mail_id,
            purpose=purpose,
            user_id=user_id,
            session_hash=session,
            invitation_id=invitation,
            request_hash=token_hash(request),
            address_digest=self.digest("address", users.email_key(email)),
            asker_digest=asker,
            sealed_address=self.keys.seal(email.encode(), _about(mail_id)),
            state=MailState.WAITING,
            made_at=now,
            due_at=now,
        )
        await repository.add(tx, mail)
        return request

    async def address_changed(self, tx: Tx, old: User, email: str | None) -> None:
        """Tell the address that a user had that it is another now, and let nothing that was asked for before change it
        again. Call ``asked.set`` when it is committed."""
        await self.void_new_address(tx, old.id)
        if old.email is not None and (email is None or not _same(old.email, email)):
            await self.tell(tx, MailPurpose.ADDRESS_CHANGED, old)

    async def tell(self, tx: Tx, purpose: MailPurpose, user: User) -> None:
        """Tell a user what was done to their account, if they have an address. Call ``asked.set`` when it is
        committed."""
        if self.sends and user.email is not None:
            await self.add(tx, purpose, user.email, user_id=user.id)

    async def void_new_address(self, tx: Tx, user_id: str) -> None:
        """Let no link or digits that a user asked for before give them another address. Idempotent."""
        await repository.void_new_address(tx, user_id, self.clock.now())

    def address_of(self, mail: AccountMail) -> str:
        """To whom it goes. Raises ``CannotUnseal``."""
        return self.keys.unseal(mail.sealed_address, _about(mail.id)).decode()

    def digits_digest(self, mail_id: str, digits: str) -> bytes:
        return self.digest("digits", f"{mail_id}\0{digits}")

    async def take_back(self) -> None:
        """Let what a process that died was sending be sent again."""
        await self.database.run(repository.take_back)

    async def next_due(self) -> datetime | None:
        async with self.database.read() as tx:
            return await repository.next_due(tx)

    async def claim(self) -> AccountMail | None:
        """Take the mail that is due longest. Nothing is locked where none is."""
        now = self.clock.now()
        async with self.database.read_without_transaction() as tx:
            due = await repository.next_due(tx)
        return await self.database.run(repository.claim, now) if due is not None and due <= now else None

    async def rendered(self, mail: AccountMail) -> EmailMessage | None:
        """The mail, with link and digits that work from now on; ``None`` where there is nobody to write to."""
        return await self.database.run(self._rendered, mail)

    async def _rendered(self, tx: Tx, mail: AccountMail) -> EmailMessage | None:
        to, now = self.address_of(mail), self.clock.now()
        if mail.purpose is MailPurpose.GROUP_INVITATION:
            return await self._invitation(tx, mail, to)
        about = await self._subject(tx, mail)
        if about is None or mail.used_at is not None:
            return None
        link = f"{self.settings.address}/sign-in?mail" if mail.purpose is MailPurpose.INVITATION else ""
        digits = ""
        if mail.has_proof:
            # Made from its id, so that one that is sent twice after a crash is the same.
            token, digits = self.keys.account_mail_token(mail.id), self.keys.account_mail_digits(mail.id)
            link = f"{self.settings.address}/{PATHS[mail.purpose]}#{token}"
            hashes = {"token_hash": token_hash(token), "digits_digest": self.digits_digest(mail.id, digits)}
            await repository.change(tx, mail.id, **hashes, expires_at=now + PROOF_LIFETIME)
        return render.mail(
            mail.purpose,
            sender=self.settings.mail.sender,
            to=to,
            message_id=f"<{mail.id}@hallkeeper>",
            now=mail.made_at,
            link=link,
            digits=digits,
            about=about,
        )

    async def _subject(self, tx: Tx, mail: AccountMail) -> str | None:
        """The user or the thing that a mail is about; ``None`` where there is nobody to write to."""
        if mail.purpose in self.subjects:
            return await self.subjects[mail.purpose](tx, mail.id)
        found = await self.users_of(tx, mail)
        return found[0].name if found else None

    async def _invitation(self, tx: Tx, mail: AccountMail, to: str) -> EmailMessage | None:
        """``None`` where the invitation no longer works."""
        found = await groups.invitation(tx, mail.invitation_id or "")
        if found is None or found.state(self.clock.now()) is not InvitationState.OPEN:
            return None
        party, inviter = await party_repository.party(tx, found.party), await users.user(tx, found.inviter_id)
        if party is None or party.ended_at is not None or inviter is None:
            return None
        token = self.keys.invitation_token(found.id, found.number)
        return render.invitation(
            sender=self.settings.mail.sender,
            to=to,
            message_id=f"<{mail.id}@hallkeeper>",
            now=mail.made_at,
            link=f"{self.settings.address}/{PATHS[mail.purpose]}#{token}",
            page=f"{self.settings.address}/{PATHS[mail.purpose]}",
            digits=self.keys.invitation_digits(found.id, found.number),
            inviter=inviter.name,
            party=party.name,
            leads=found.role is not Role.GROUP_MEMBER,
        )

    async def users_of(self, tx: Tx, mail: AccountMail) -> Sequence[User]:
        """Whom it is about, of those who may sign in: the user it was asked for, while the session lasts from which
        that was done, or all who have the address."""
        if mail.user_id is None:
            return await users.active_users_with_email(tx, self.address_of(mail))
        if mail.session_hash is not None and not await users.session_lasts(tx, mail.session_hash, self.clock.now()):
            return []
        found = await users.user(tx, mail.user_id)
        return [found] if found is not None and found.ended_at is None else []

    async def settle(self, mail: AccountMail, state: MailState, due_at: datetime) -> None:
        """Write what became of a mail. Link and digits work from when it was sent."""
        await self.database.run(self._settle, mail, state, due_at)

    async def _settle(self, tx: Tx, mail: AccountMail, state: MailState, due_at: datetime) -> None:
        now = self.clock.now()
        fields: dict[str, object] = {"state": state, "due_at": due_at, "attempts": mail.attempts + 1}
        fields["tried_at"] = mail.tried_at or now
        if state is MailState.SENT and mail.has_proof:
            fields["expires_at"] = now + PROOF_LIFETIME
        if state is MailState.SKIPPED:
            fields["sealed_address"] = b""
        await repository.change(tx, mail.id, **fields)

    async def tidy(self) -> None:
        """Forget mails of more than a day ago, those that still wait after four, and invitations that ran out a month
        ago."""
        now = self.clock.now()
        await self.database.run(partial(repository.forget_old, before=now - KEPT, any_before=now - KEPT_AT_MOST))
        await self.database.run(groups.forget_old, now - INVITATION_KEPT)


def _same(one: str, other: str) -> bool:
    return users.email_key(one) == users.email_key(other)


def _about(mail_id: str) -> str:
    return f"account mail {mail_id}"
