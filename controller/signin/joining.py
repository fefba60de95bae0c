"""Joining a party by an invitation: by its link, or by the digits of its mail."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from controller.db.engine import Tx
from controller.people import party_repository
from controller.people import repository as users
from controller.people.account_mails.errors import DigitsBlocked
from controller.people.account_mails.model import MOST_WRONG_DIGITS, OPEN_TO_DIGITS
from controller.people.errors import UserTaken
from controller.people.groups import repository
from controller.people.groups.errors import InvitationOver, InvitationRefused
from controller.people.groups.invitations import Invitations, longest
from controller.people.groups.model import (
    MAIL_LIFETIME,
    MOST_DIGIT_TRIES,
    Invitation,
    InvitationFacts,
    InvitationProof,
    InvitationState,
    Joined,
)
from controller.people.groups.people import LEADS
from controller.people.model import Actor, Assignment, GivenAssignment, SecondStepNeeded, SignedIn, SignInMethod, User
from controller.people.role_assignments import new_assignment
from controller.people.sign_in_throttle import SignInOrigin
from controller.platform.key_files import token_hash
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.signin.sign_in import SignInService
from edge.wire.ids import uuid7


@dataclass(eq=False)
class Joining:
    """``people`` makes accounts and signs in."""

    invitations: Invitations
    people: SignInService

    async def look(self, proof: InvitationProof) -> InvitationFacts:
        """What somebody is invited to. Uses nothing up but a try with digits. Raises ``InvitationRefused``,
        ``InvitationOver`` and ``DigitsBlocked``."""
        found = await self._proven(proof)
        async with self.invitations.database.read() as tx:
            inviter = await self._require_open(tx, found)
            party = await party_repository.party(tx, found.party)
            assert party is not None
            address = self.invitations.address_of(found)
            known = await users.active_users_with_email(tx, address) if address else []
            return InvitationFacts(
                party=found.party,
                party_name=party.name,
                role=found.role,
                invited_by=inviter.name,
                by_mail=found.by_mail,
                expires_at=found.expires_at,
                users=tuple(each.name for each in known),
            )

    async def ask_mail(self, proof: InvitationProof, email: str, asker: SignInOrigin) -> None:
        """Have the invitation of a link sent to an address, for somebody who has not signed in. Does the same for
        every address. Raises as ``look``, and ``TooManyMails``, ``TooManyByLink``, ``NoMailServer``, ``Invalid``."""
        self.invitations.proofs.require_server("sign in first, and open the link again")
        found = await self._proven(proof)
        if found.by_mail:
            raise invalid_field("email", "this invitation is for the address that it was sent to; leave it out")

        async def ask(tx: Tx) -> None:
            await self.invitations.require_few_by_link(tx, found)
            await self._require_open(tx, found)
            lasts = min(MAIL_LIFETIME, found.expires_at - self.invitations.clock.now())
            await self.invitations.add(
                tx,
                found.party,
                found.role,
                found.site,
                found.inviter_id,
                lasts,
                email=email,
                through=found.id,
                network=self.invitations.proofs.network(asker),
            )

        await self.invitations.database.run(ask)
        self.invitations.mails.asked.set()

    async def join(
        self,
        proof: InvitationProof,
        *,
        actor: Actor | None,
        user: str | None,
        name: str | None,
        asker: SignInOrigin,
    ) -> tuple[Joined, SignedIn | SecondStepNeeded | None]:
        """Accept: as the ``actor`` who has signed in, as the ``user`` of the invitation's address, or with a new
        account of that ``name``, which is signed in. Without these, as the only user with the address. Raises as
        ``look``, ``UserTaken``, and ``Invalid`` where it is not said who joins."""
        found = await self._proven(proof)
        joined, signed_in, sites = await self.invitations.database.run(self._join, found, actor, user, name, asker)
        self.people.users.rights_changed_with(sites)
        return joined, signed_in

    async def _join(
        self, tx: Tx, found: Invitation, actor: Actor | None, name: str | None, new: str | None, asker: SignInOrigin
    ) -> tuple[Joined, SignedIn | SecondStepNeeded | None, frozenset[str]]:
        await users.lock_users(tx)
        now = self.invitations.clock.now()
        party = await party_repository.party(tx, found.party)
        joining = await self._who(tx, found, actor, name, new)
        wanted = Assignment(role=found.role, site=found.site, party=found.party)
        own = [] if joining is None else [each for each in joining.assignments if each.in_force(now)]
        held = next((each for each in own if _covers(each, wanted)), None)
        if joining is not None and held is not None and party is not None:
            already = Joined(party=party.id, party_name=party.name, role=held.role, user=joining.name, already=True)
            return already, None, frozenset()
        inviter = await self._require_open(tx, found)
        address = self.invitations.address_of(found) if found.by_mail else ""
        for person in await users.users_with_email(tx, address) if joining is None else (joining,):
            active = [each for each in person.assignments if person.ended_at is None and each.in_force(now)]
            if any(_covers(each, wanted) for each in active):
                continue  # of several people with one address, one who has the role: what ended was a lesser one
            if await self._ended_since(tx, person, found, now):
                raise InvitationOver(None, inviter.name)
        given = longest(inviter, found, now, renewed=not await self._is(tx, inviter, joining, address))
        assert given is not None
        assert party is not None
        if not await repository.use(tx, found.id, now):
            raise InvitationOver(InvitationState.ACCEPTED, inviter.name)
        if found.through is not None and not await repository.use(tx, found.through, now):
            raise InvitationOver(InvitationState.ACCEPTED, inviter.name)
        signed_in: SignedIn | SecondStepNeeded | None = None
        made = joining
        if made is None:
            assert new is not None
            made = User(
                id=uuid7(now, secrets.token_bytes(10)),
                name=new,
                password_hash=None,
                email=address,
                created_at=now,
            )
            await users.add_user(tx, made)
        assignment = new_assignment(made, given, by=inviter.name, now=now)
        joiner = Actor(name=made.name, user=made.id)
        sites = await self.people.users.put(tx, made, assignment, "join", joiner, now)
        for each in own:
            if each.party == found.party and each.site == found.site:  # a lesser role, which the new one covers
                _, more = await self.people.users.end_held(tx, await _again(tx, made), each, joiner)
                sites |= more
        await audit_log.record(
            tx,
            actor=made.name,
            at=now,
            act="accept invitation",
            site=found.site,
            thing=f"invitation {found.id} to party {found.party}",
            subject=made.id,
        )
        if joining is None:
            signed_in = await self.people.let_in_by(tx, made, asker, SignInMethod.MAIL)
        joined = Joined(party=party.id, party_name=party.name, role=found.role, user=made.name, new=joining is None)
        return joined, signed_in, sites

    async def _who(
        self, tx: Tx, found: Invitation, actor: Actor | None, name: str | None, new: str | None
    ) -> User | None:
        """The user who joins; ``None`` for a new one of the name ``new``."""
        if actor is not None and actor.user is not None and name is None and new is None:
            return await users.user(tx, actor.user)
        if not found.by_mail:
            raise invalid_field("email", "sign in first, or give the mail address to which the invitation is sent")
        known = await users.active_users_with_email(tx, self.invitations.address_of(found))
        if name is not None:
            chosen = next((each for each in known if users.name_key(each.name) == users.name_key(name)), None)
            if chosen is None:
                raise invalid_field("user", f"{name!r} does not have the address that the invitation went to")
            return chosen
        if new is not None:
            if await users.user_named(tx, new) is not None:
                raise UserTaken(new)
            return None
        if len(known) == 1:
            return known[0]
        if known:
            raise invalid_field("user", f"say who joins: {', '.join(each.name for each in known)}")
        raise invalid_field("name", "say by which name you want to be known here")

    async def _is(self, tx: Tx, inviter: Actor, joining: User | None, address: str) -> bool:
        """Whether the inviter joins: as the user that they are, or by another one of the same mail address."""
        inviting = None if inviter.user is None else await users.user(tx, inviter.user)
        if inviting is None:
            return False
        if joining is not None:
            address = joining.email or ""
        same = bool(inviting.email and address) and users.email_key(inviting.email or "") == users.email_key(address)
        return same or (joining is not None and joining.id == inviting.id)

    async def _ended_since(self, tx: Tx, user: User, found: Invitation, now: datetime) -> bool:
        """Whether a role of theirs for the party has ended since the invitation was made, or last sent, or they
        themselves with it: it is no way back for somebody who was removed."""
        link = found if found.through is None else await repository.invitation(tx, found.through)
        if link is None:
            return True
        since = link.sent_at
        its = [each for each in user.assignments if each.party == found.party]
        ends = [each.until_at if each.over(now) else user.ended_at for each in its]
        return any(at is not None and at > since for at in ends)

    async def _require_open(self, tx: Tx, found: Invitation) -> Actor:
        """The inviter. Raises ``InvitationOver``."""
        again = await repository.invitation(tx, found.id)
        if again is None:
            raise InvitationRefused
        state, inviter = await self.invitations.state(tx, again)
        if state is not InvitationState.OPEN:
            raise InvitationOver(state, inviter.name)
        return inviter

    async def _proven(self, proof: InvitationProof) -> Invitation:
        """The invitation that the proof is of. A try with digits counts before they are compared; the answer to wrong
        ones does not tell whether the address was invited."""
        if proof.token:
            async with self.invitations.database.read() as tx:
                found = await repository.by_token(tx, token_hash(proof.token))
            if found is None:
                raise InvitationRefused
            return found
        tried = await self.invitations.database.run(self._count_try, proof.email)
        fits = [
            each
            for each in tried
            if hmac.compare_digest(each.digits_digest or b"", self.invitations.digits_digest(each.id, proof.digits))
        ]
        if not fits:
            raise InvitationRefused
        await self.invitations.database.run(repository.take_back_digit_try, [each.id for each in tried])
        return fits[0]

    async def _count_try(self, tx: Tx, email: str) -> list[Invitation]:
        now = self.invitations.clock.now()
        if await repository.digit_tries(tx, now - OPEN_TO_DIGITS) >= MOST_WRONG_DIGITS:
            raise DigitsBlocked
        found = await repository.to_address(tx, self.invitations.address_digest(email))
        still = [each for each in found if each.expires_at > now and each.withdrawn_at is None]
        counted = await repository.count_digit_try(tx, [each.id for each in still], now, most=MOST_DIGIT_TRIES)
        return [each for each in still if each.id in counted]


def _covers(held: GivenAssignment, wanted: Assignment) -> bool:
    """Whether somebody has what they are invited to, or more."""
    if held.party != wanted.party or held.site not in (None, wanted.site):
        return False
    return held.role == wanted.role or held.role in LEADS


async def _again(tx: Tx, user: User) -> User:
    found = await users.user(tx, user.id)
    assert found is not None
    return found
