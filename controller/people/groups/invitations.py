"""Invitations: by mail to one address, or by a link (as a QR code) for several people."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.db.engine import Database, Tx
from controller.people import party_repository
from controller.people import repository as users
from controller.people.account_mails import repository as mail_rows
from controller.people.account_mails.address_verification import MailProofs
from controller.people.account_mails.model import MOST_FROM_NETWORK, MailPurpose
from controller.people.account_mails.queue import PATHS, AccountMails
from controller.people.errors import MayNotGive, PartyUnknown
from controller.people.groups import repository
from controller.people.groups.errors import InvitationNotOpen, InvitationUnknown, TooManyByLink, TooManyInvitations
from controller.people.groups.model import (
    LONGEST_LINK,
    MAIL_LIFETIME,
    MOST_FROM_INVITER,
    MOST_OPEN,
    SPARE_MAILS,
    Invitation,
    InvitationState,
    ShownInvitation,
)
from controller.people.model import OF_PARTY, Actor, Assignment, Role
from controller.people.permissions import Action, Thing, lacks, may, sites_of
from controller.people.role_assignments import AssignmentDraft, SiteZones, in_force, resolve
from controller.platform.key_files import token_hash
from controller.platform.web.fields import Moment
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from edge.wire.clock import Clock
from edge.wire.ids import uuid7

INSTEAD = "make a link for several people instead, and show it as a QR code"


@dataclass(eq=False)
class Invitations:
    """Made, listed, sent again, withdrawn. Each method is one transaction."""

    database: Database
    clock: Clock
    site_zones: SiteZones
    mails: AccountMails
    proofs: MailProofs

    async def by_mail(self, party: str, email: str, role: Role, site: str | None, *, actor: Actor) -> ShownInvitation:
        """Invite the person who reads this address; the answer does not depend on whether somebody has it. Raises
        ``NoMailServer``, ``TooManyMails``, ``TooManyInvitations``, ``MayNotGive``, ``Invalid``."""
        self.proofs.require_server(INSTEAD)
        made = await self.database.run(self._by_mail, party, email, role, site, actor)
        self.mails.asked.set()
        return made

    async def _by_mail(
        self, tx: Tx, party: str, email: str, role: Role, site: str | None, actor: Actor
    ) -> ShownInvitation:
        inviter = await self._require_may_invite(tx, party, role, site, actor)
        made = await self.add(tx, party, role, site, inviter, MAIL_LIFETIME, email=email)
        await self._record(tx, "invite", made, actor)
        return await self.shown(tx, made)

    async def by_link(
        self, party: str, role: Role, site: str | None, *, most: int, lasts: timedelta, actor: Actor
    ) -> ShownInvitation:
        """Make a link by which so many people may join. Raises ``TooManyInvitations``, ``MayNotGive``, ``Invalid``."""
        if lasts > LONGEST_LINK:
            raise invalid_field("days", f"must be at most {LONGEST_LINK.days}")
        return await self.database.run(self._by_link, party, role, site, most, lasts, actor)

    async def _by_link(
        self, tx: Tx, party: str, role: Role, site: str | None, most: int, lasts: timedelta, actor: Actor
    ) -> ShownInvitation:
        inviter = await self._require_may_invite(tx, party, role, site, actor)
        made = await self.add(tx, party, role, site, inviter, lasts, most=most)
        await self._record(tx, "invite", made, actor)
        return await self.shown(tx, made)

    async def add(
        self,
        tx: Tx,
        party: str,
        role: Role,
        site: str | None,
        inviter: str,
        lasts: timedelta,
        *,
        email: str | None = None,
        most: int = 1,
        through: str | None = None,
        network: bytes | None = None,
    ) -> Invitation:
        """Write an invitation, and its mail for one by ``email``. ``through``: the link by which somebody asked for it,
        from the ``network``."""
        now = self.clock.now()
        invitation_id = uuid7(now, secrets.token_bytes(10))
        digits = None if email is None else self.mails.keys.invitation_digits(invitation_id, 0)
        made = Invitation(
            id=invitation_id,
            party=party,
            site=site,
            role=role,
            inviter_id=inviter,
            sealed_address=b"" if email is None else self.mails.keys.seal(email.encode(), _about(invitation_id)),
            address_digest=None if email is None else self.address_digest(email),
            number=0,
            token_hash=token_hash(self.mails.keys.invitation_token(invitation_id, 0)),
            digits_digest=None if digits is None else self.digits_digest(invitation_id, digits),
            digit_tries=0,
            most_uses=most,
            uses=0,
            through=through,
            made_at=now,
            expires_at=now + lasts,
            accepted_at=None,
            withdrawn_at=None,
            withdrawn_by="",
        )
        if email is not None:
            if through is None:
                await self._send(tx, made, email)
            else:
                await self._queue(tx, made, email, by=network, most=MOST_FROM_NETWORK)
        await repository.add(tx, made)
        return made

    async def _send(self, tx: Tx, invitation: Invitation, email: str) -> None:
        by = self.mails.digest("inviter", invitation.inviter_id)
        await self._queue(tx, invitation, email, by=by, most=MOST_FROM_INVITER)

    async def _queue(self, tx: Tx, invitation: Invitation, email: str, *, by: bytes | None, most: int) -> None:
        await self.proofs.require_few(tx, to=email, by=by, most=most)
        await self.mails.add(tx, MailPurpose.GROUP_INVITATION, email, asker=by, invitation=invitation.id)

    async def require_few_by_link(self, tx: Tx, link: Invitation) -> None:
        """Until the transaction ends nobody else asks for a mail by the link. Raises ``TooManyByLink``."""
        await mail_rows.lock(tx, link.token_hash)
        again = await repository.invitation(tx, link.id)
        left = 0 if again is None else again.most_uses - again.uses
        if await repository.count_through(tx, link.id, self.clock.now()) >= left + SPARE_MAILS:
            raise TooManyByLink

    def address_digest(self, email: str) -> bytes:
        return self.mails.digest("address", users.email_key(email))

    def digits_digest(self, invitation_id: str, digits: str) -> bytes:
        return self.mails.digest("invitation", f"{invitation_id}\0{digits}")

    def address_of(self, invitation: Invitation) -> str:
        """To whom it went; empty for a link. Raises ``CannotUnseal``."""
        sealed = invitation.sealed_address
        return self.mails.keys.unseal(sealed, _about(invitation.id)).decode() if sealed else ""

    async def listed(self, party: str, *, limit: int, actor: Actor) -> list[ShownInvitation]:
        """The party's invitations at the actor's sites, the newest first. Raises ``PartyUnknown``."""
        async with self.database.read() as tx:
            if await party_repository.party(tx, party) is None:
                raise PartyUnknown(party)
            sites = sites_of(actor, Action.GROUP, party=party)
            found = await repository.of_party(tx, party, sites=sites, limit=limit)
            mails = await repository.mail_states(tx, [each.id for each in found])
            return [replace(await self.shown(tx, each), mail=mails.get(each.id)) for each in found]

    async def link(self, party: str, invitation_id: str, *, actor: Actor) -> str:
        """The link of an open invitation for several people. Raises ``InvitationUnknown`` for any other."""
        async with self.database.read() as tx:
            found = await self.shown(tx, await self._found(tx, party, invitation_id, actor))
        if not found.link:
            raise InvitationUnknown(invitation_id)
        return found.link

    async def shown(self, tx: Tx, invitation: Invitation) -> ShownInvitation:
        state, inviter = await self.state(tx, invitation)
        link = ""
        if not invitation.by_mail and state is InvitationState.OPEN:
            token = self.mails.keys.invitation_token(invitation.id, invitation.number)
            link = f"{self.mails.settings.address}/{PATHS[MailPurpose.GROUP_INVITATION]}#{token}"
        return ShownInvitation(
            invitation=invitation,
            state=state,
            invited_by=inviter.name,
            address=self.address_of(invitation),
            link=link,
        )

    async def state(self, tx: Tx, invitation: Invitation) -> tuple[InvitationState, Actor]:
        """Whether it works now, and its inviter with the rights of now."""
        now = self.clock.now()
        user = await users.user(tx, invitation.inviter_id)
        held = () if user is None or user.ended_at is not None else in_force(user.assignments, now)
        inviter = Actor(name="" if user is None else user.name, user=invitation.inviter_id, assignments=held)
        state = invitation.state(now)
        if state is InvitationState.OPEN and invitation.through is not None:
            link = await repository.invitation(tx, invitation.through)
            state = InvitationState.WITHDRAWN if link is None else link.state(now)
        if state is InvitationState.OPEN:
            party = await party_repository.party(tx, invitation.party)
            if party is None or party.ended_at is not None or longest(inviter, invitation, now) is None:
                state = InvitationState.VOID
        return state, inviter

    async def withdraw(self, party: str, invitation_id: str, *, actor: Actor) -> ShownInvitation:
        """End an invitation at once. Idempotent. Raises ``InvitationUnknown``."""
        return await self.database.run(self._withdraw, party, invitation_id, actor)

    async def _withdraw(self, tx: Tx, party: str, invitation_id: str, actor: Actor) -> ShownInvitation:
        found = await self._found(tx, party, invitation_id, actor)
        if found.withdrawn_at is None:
            fields = {"withdrawn_at": self.clock.now(), "withdrawn_by": actor.name[:200]}
            await repository.change(tx, found.id, **fields)
            await self._record(tx, "withdraw invitation", found, actor)
        return await self.shown(tx, await self._found(tx, party, invitation_id, actor))

    async def resend(self, party: str, invitation_id: str, *, actor: Actor) -> ShownInvitation:
        """Send another mail with a new link and digits, which work for seven days; those before end. Also after it has
        run out. Raises ``InvitationUnknown``, ``InvitationNotOpen``, ``TooManyMails``, ``NoMailServer``."""
        self.proofs.require_server(INSTEAD)
        shown = await self.database.run(self._resend, party, invitation_id, actor)
        self.mails.asked.set()
        return shown

    async def _resend(self, tx: Tx, party: str, invitation_id: str, actor: Actor) -> ShownInvitation:
        found = await self._found(tx, party, invitation_id, actor)
        state, _ = await self.state(tx, found)
        if not found.by_mail or state not in (InvitationState.OPEN, InvitationState.EXPIRED):
            raise InvitationNotOpen(state)
        await self._require_may_invite(tx, party, found.role, found.site, actor)
        keys, number = self.mails.keys, found.number + 1
        await self._send(tx, found, self.address_of(found))
        await repository.change(
            tx,
            found.id,
            number=number,
            token_hash=token_hash(keys.invitation_token(found.id, number)),
            digits_digest=self.digits_digest(found.id, keys.invitation_digits(found.id, number)),
            digit_tries=0,
            expires_at=self.clock.now() + MAIL_LIFETIME,
        )
        await self._record(tx, "resend invitation", found, actor)
        return await self.shown(tx, await self._found(tx, party, invitation_id, actor))

    async def _found(self, tx: Tx, party: str, invitation_id: str, actor: Actor) -> Invitation:
        found = await repository.invitation(tx, invitation_id)
        if found is None or found.party != party or found.through is not None:
            raise InvitationUnknown(invitation_id)
        sites = sites_of(actor, Action.GROUP, party=party)
        if sites is not None and found.site is not None and found.site not in sites:
            raise InvitationUnknown(invitation_id)
        return found

    async def _require_may_invite(self, tx: Tx, party: str, role: Role, site: str | None, actor: Actor) -> str:
        """The inviter's id. Raises ``MayNotGive``, ``TooManyInvitations``, ``Invalid``."""
        now = self.clock.now()
        if role not in OF_PARTY:
            raise invalid_field("role", f"is no role for a party; choose one of {', '.join(sorted(OF_PARTY))}")
        wanted = Assignment(role=role, site=site, party=party)
        action = lacks(actor, wanted, renewed=True)
        if actor.user is None or longest(actor, wanted, now) is None:
            raise MayNotGive(actor, wanted, action or Action.GROUP)
        found = await party_repository.party(tx, party)
        if found is None:
            raise PartyUnknown(party)
        if found.ended_at is not None:
            raise invalid_field("party", f"“{found.name}” is no longer active; reactivate it first")
        await self._require_sound(tx, wanted, actor, now)
        if await repository.count_open(tx, party, now) >= MOST_OPEN:
            raise TooManyInvitations
        return actor.user

    async def _require_sound(self, tx: Tx, wanted: Assignment, actor: Actor, now: datetime) -> None:
        until = longest(actor, wanted, now)
        draft = draft_of(wanted, None if until is None else until.until_at)
        await resolve(tx, draft, await self.site_zones(tx, wanted.site), actor, now)

    async def _record(self, tx: Tx, act: str, invitation: Invitation, actor: Actor) -> None:
        changes: dict[str, tuple[object, object]] = {}
        if act == "invite":
            how = "by mail" if invitation.by_mail else f"by a link for {invitation.most_uses}"
            changes = {"role": (None, invitation.role.value), "how": (None, how)}
        await audit_log.record(
            tx,
            actor=actor.name,
            at=self.clock.now(),
            act=act,
            site=invitation.site,
            thing=f"invitation {invitation.id} to party {invitation.party}",
            changes=changes,
        )


def draft_of(wanted: Assignment, until: datetime | None) -> AssignmentDraft:
    end = None if until is None else Moment(instant=until)
    return AssignmentDraft(role=wanted.role, site=wanted.site, party=wanted.party, until_at=end)


def longest(
    inviter: Actor, wanted: Assignment | Invitation, now: datetime, *, renewed: bool = True
) -> Assignment | None:
    """The assignment that somebody gets by an invitation: for as long as the inviter may give it; ``None`` where they
    may not. ``renewed``: as of ``lacks``; not where the inviter joins by it themselves."""
    if not may(inviter, Action.GROUP, Thing(site=wanted.site, party=wanted.party)):
        return None
    ends = {each.until_at for each in inviter.assignments if each.until_at is not None and each.until_at > now}
    for until in (None, *sorted(ends, reverse=True)):
        given = Assignment(role=wanted.role, site=wanted.site, party=wanted.party, until_at=until)
        if lacks(inviter, given, renewed=renewed) is None:
            return given
    return None


def _about(invitation_id: str) -> str:
    return f"invitation {invitation_id}"
