"""Who belongs to a party and who answers for it. Roles are assignments; nothing is stored twice."""

from dataclasses import dataclass
from datetime import datetime

from controller.db.engine import Database, Tx
from controller.people import party_repository
from controller.people import repository as users
from controller.people.errors import NotAllowed, PartyUnknown
from controller.people.groups import repository
from controller.people.groups.errors import BelongingUnknown, LastLeader, NotOfParty
from controller.people.groups.model import GroupPeopleList, Responsible
from controller.people.model import Actor, GivenAssignment, Party, PartyKind, Role, User
from controller.people.permissions import Action, Thing, may, sees_party, sites_of
from controller.people.role_assignments import AssignmentChange, AssignmentDraft, require_may_end
from controller.people.users import UserService
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from edge.wire.clock import Clock

LEADS = frozenset({Role.GROUP_LEADER, Role.PARTNER})
"""Roles that decide who else belongs to the party."""


@dataclass(eq=False)
class GroupPeople:
    """Each method is one transaction. ``users`` gives and ends the assignments."""

    database: Database
    clock: Clock
    users: UserService

    async def listed(self, party_id: str, *, actor: Actor) -> GroupPeopleList:
        """Those with a role for the party at sites where the actor decides about that, past ones too; and who answers
        for it. Raises ``PartyUnknown``."""
        async with self.database.read() as tx:
            party = await _require(tx, party_id)
            sites = sites_of(actor, Action.GROUP, party=party_id)
            people = await repository.people(tx, party_id, sites=sites)
            return GroupPeopleList(people=tuple(people), responsible=await responsible(tx, party, self.clock.now()))

    async def add(self, name: str, draft: AssignmentDraft, *, actor: Actor) -> User:
        """Give a user a role for a party. Takes the right to manage users, since a leader invites people instead.
        Raises ``UserUnknown``, ``MayNotGive``, ``AssignmentTaken``, ``NotAllowed``, ``Invalid``."""
        thing = Thing(site=draft.site)
        if not may(actor, Action.USERS, thing):
            raise NotAllowed(actor, Action.USERS, thing)
        user = await self.users.named(name)
        return await self.users.give(user.id, draft, actor=actor)

    async def change(
        self, party_id: str, assignment_id: str, change: AssignmentChange, *, force: bool, actor: Actor
    ) -> tuple[User, int]:
        """Change somebody's role for the party, or from when until when it counts; also returns how many open links
        have ended with that. Raises as ``end``, and ``Invalid``, ``AssignmentTaken``."""
        user, sites, links = await self.database.run(self._change, party_id, assignment_id, change, force, actor)
        self.users.rights_changed_with(sites)
        return user, links

    async def _change(
        self, tx: Tx, party_id: str, assignment_id: str, change: AssignmentChange, force: bool, actor: Actor
    ) -> tuple[User, frozenset[str], int]:
        party, user, given = await self._held(tx, party_id, assignment_id, actor)
        links = await self._open_links(tx, party_id)
        after, sites = await self.users.change_held(tx, user, given, change, actor)
        new = next(each for each in after.assignments if each.id == given.id)
        if not _leads_as_long(new, given, self.clock.now()):
            await self._require_leader(tx, party, user, given, force=force, actor=actor)
        return after, sites, links - await self._open_links(tx, party_id)

    async def _open_links(self, tx: Tx, party_id: str) -> int:
        return await repository.count_open_links(tx, [party_id], self.clock.now())

    async def end(self, party_id: str, assignment_id: str, *, force: bool, actor: Actor) -> tuple[User, int]:
        """End somebody's role for the party at once; also returns how many open links have ended with it. Idempotent.
        ``force``: though they are the last leader, which takes the right to manage users. Raises ``PartyUnknown``,
        ``BelongingUnknown``, ``MayNotGive``, ``LastLeader``."""
        user, sites, links = await self.database.run(self._end, party_id, assignment_id, force, actor)
        self.users.rights_changed_with(sites)
        return user, links

    async def _end(
        self, tx: Tx, party_id: str, assignment_id: str, force: bool, actor: Actor
    ) -> tuple[User, frozenset[str], int]:
        party, user, given = await self._held(tx, party_id, assignment_id, actor)
        if given.over(self.clock.now()):
            return user, frozenset(), 0
        await self._require_leader(tx, party, user, given, force=force, actor=actor)
        links = await self._open_links(tx, party_id)
        after, sites = await self.users.end_held(tx, user, given, actor)
        return after, sites, links - await self._open_links(tx, party_id)

    async def leave(self, party_id: str, *, actor: Actor) -> None:
        """End all of the actor's own roles for the party at once. Raises ``NotOfParty`` and ``LastLeader``."""
        sites = await self.database.run(self._leave, party_id, actor)
        self.users.rights_changed_with(sites)

    async def _leave(self, tx: Tx, party_id: str, actor: Actor) -> frozenset[str]:
        await users.lock_users(tx)
        now = self.clock.now()
        party = await party_repository.party(tx, party_id)
        user = None if actor.user is None else await users.user(tx, actor.user)
        mine = [] if user is None else [each for each in user.assignments if each.party == party_id]
        mine = [each for each in mine if not each.over(now)]
        if party is None or user is None or not mine:
            raise NotOfParty(party_id)
        if any(each.role in LEADS and each.in_force(now) for each in mine):
            others = await repository.other_leaders(tx, party_id, user.id, now)
            if not others:
                raise LastLeader(user.name, party.name)
        _, sites = await self.users.end_all_held(tx, user, mine, actor, act="leave")
        return sites

    async def set_responsible(
        self, party_id: str, *, user: str | None, person: str | None, actor: Actor
    ) -> Responsible | None:
        """Say who answers for the party: a user who has a role for it, by name, or a person without an account. Raises
        ``PartyUnknown``, ``NotAllowed`` and ``Invalid``."""
        return await self.database.run(self._set_responsible, party_id, user, person, actor)

    async def _set_responsible(
        self, tx: Tx, party_id: str, name: str | None, person: str | None, actor: Actor
    ) -> Responsible | None:
        await party_repository.lock(tx)
        now = self.clock.now()
        party = await _require(tx, party_id)
        if party.kind is PartyKind.PERSON:
            raise invalid_field("party", f"“{party.name}” is a person, who answers for themselves")
        before = await responsible(tx, party, now)
        user_id = None
        if name is not None:
            user = await users.user_named(tx, name)
            theirs = [] if user is None else [each for each in user.assignments if each.party == party_id]
            if user is None or user.ended_at is not None or not any(each.in_force(now) for each in theirs):
                raise invalid_field("user", f"no {name!r} has a role for “{party.name}”; invite them first")
            user_id = user.id
        elif person is not None:
            found = await party_repository.party(tx, person)
            if found is None or found.kind is not PartyKind.PERSON or not sees_party(actor, person, found.site):
                raise invalid_field("person", f"there is no person {person!r}; look them up in the list of parties")
            if found.ended_at is not None:
                raise invalid_field("person", f"“{found.name}” is no longer active; choose another person")
        await party_repository.put_responsible(tx, party_id, person=person, user_id=user_id, actor=actor.name, now=now)
        after = await responsible(tx, await _require(tx, party_id), now)
        if after != before:
            await audit_log.record(
                tx,
                actor=actor.name,
                at=now,
                act="change responsible person",
                site=party.site,
                thing=f"party {party_id}",
                changes={"responsible": (before and before.name, after and after.name)},
                subject=party_id,
            )
        return after

    async def _held(
        self, tx: Tx, party_id: str, assignment_id: str, actor: Actor
    ) -> tuple[Party, User, GivenAssignment]:
        """The user with this role for the party, whom nobody else changes, and whom the actor may remove."""
        await users.lock_users(tx)
        party = await _require(tx, party_id)
        found = await repository.holder_of(tx, party_id, assignment_id)
        user = None if found is None else await users.user(tx, found)
        if user is None:
            raise BelongingUnknown(party_id, assignment_id)
        given = next(each for each in user.assignments if each.id == assignment_id)
        require_may_end(actor, given, self.clock.now())
        return party, user, given

    async def _require_leader(
        self, tx: Tx, party: Party, user: User, given: GivenAssignment, *, force: bool, actor: Actor
    ) -> None:
        """Raises ``LastLeader`` where nobody would be left who leads the party."""
        now = self.clock.now()
        if given.role not in LEADS or not given.in_force(now):
            return
        rest = [each for each in user.assignments if each.id != given.id and each.party == party.id]
        if any(each.role in LEADS and each.in_force(now) for each in rest):
            return
        if force and may(actor, Action.USERS, Thing(site=given.site)):
            return
        if not await repository.other_leaders(tx, party.id, user.id, now):
            raise LastLeader(user.name, party.name)


def _leads_as_long(new: GivenAssignment, old: GivenAssignment, now: datetime) -> bool:
    """Whether it is a leading role in force now, which ends no earlier than the old one."""
    if new.role not in LEADS or not new.in_force(now):
        return False
    return new.until_at is None or (old.until_at is not None and new.until_at >= old.until_at)


async def responsible(tx: Tx, party: Party, now: datetime) -> Responsible | None:
    """Who answers for a party; also somebody who does no longer."""
    if party.responsible_user is not None:
        user = await users.user(tx, party.responsible_user)
        if user is None:
            return None
        held = any(each.party == party.id and each.in_force(now) for each in user.assignments)
        return Responsible(name=user.name, user_id=user.id, active=held and user.ended_at is None)
    if party.responsible is not None:
        person = await party_repository.party(tx, party.responsible)
        if person is not None:
            return Responsible(name=person.name, person=person.id, active=person.ended_at is None)
    return None


async def _require(tx: Tx, party_id: str) -> Party:
    found = await party_repository.party(tx, party_id)
    if found is None:
        raise PartyUnknown(party_id)
    return found
