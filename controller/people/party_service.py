"""Organisations, groups and persons: reads, writes, ends and forgets them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from controller.db.engine import Database, Tx
from controller.people import erasure, party_repository
from controller.people.erasure import PersonalData
from controller.people.errors import MembershipUnknown, NotAllowed, PartyForgotten, PartyNamed, PartyUnknown
from controller.people.merging import repository as merges
from controller.people.model import Actor, Membership, Party, PartyDraft, PartyFilter, PartyKind
from controller.people.optimistic_locking import require_version, version_of
from controller.people.party_repository import PartyHook
from controller.people.permissions import Action, Thing, may, only_site, sees_party, sites_of
from controller.people.repository import KnownSites
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff
from edge.wire.clock import Clock

FORGOTTEN = "Forgotten person"
PRIVATE = "Private booking"
_CONTROLLER = Actor.acting("hallkeeper")


class PartyService:
    """Each method is one transaction."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        known_sites: KnownSites,
        data: PersonalData,
        hooks: Sequence[PartyHook],
    ) -> None:
        self._database = database
        self._clock = clock
        self._known_sites = known_sites
        self._data = data
        self._hooks = hooks

    async def get(self, party_id: str) -> Party:
        """Raises ``PartyUnknown``."""
        async with self._database.read() as tx:
            return await _require(tx, party_id)

    async def listed(self, which: PartyFilter, *, after: str | None, limit: int, actor: Actor) -> list[Party]:
        """As ``parties.listed``, those of the actor's sites and of the estate."""
        async with self._database.read() as tx:
            return await party_repository.listed(
                tx, which, sites=sites_of(actor, Action.PEOPLE), after=after, limit=limit
            )

    async def put(
        self, party_id: str, draft: PartyDraft, *, version: int, says_site: bool, actor: Actor
    ) -> tuple[Party, bool]:
        """Write a party; True when it is new. Without ``says_site`` it stays where it belongs, and a new one belongs to
        the actor's only site or to the estate. Raises ``Invalid``, ``PartyForgotten``, ``VersionStale``,
        ``NotAllowed``."""
        return await self._database.run(self._put, party_id, draft, version, says_site, actor)

    async def _put(
        self, tx: Tx, party_id: str, draft: PartyDraft, version: int, says_site: bool, actor: Actor
    ) -> tuple[Party, bool]:
        await party_repository.lock(tx)
        now = self._clock.now()
        known = await party_repository.parties(tx, named_in(party_id, draft))
        old = known.get(party_id)
        if old is not None:
            _require_may_edit(actor, party_id, old.site)
        if not says_site:
            draft = replace(draft, site=only_site(actor, Action.PEOPLE) if old is None else old.site)
        _require_may_edit(actor, party_id, draft.site)
        current = version_of(None if old is None else old.draft)
        await require_version(tx, version, current, site=None, thing=f"party {party_id}")
        if old is not None and old.forgotten_at is not None:
            raise PartyForgotten(party_id)
        seen = {each.id: each.kind for each in known.values() if sees_party(actor, each.id, each.site)}
        if wrong := against(party_id, draft, old=old, kinds=seen):
            raise invalid_field(*wrong)
        if draft.site is not None and not await self._known_sites(tx, frozenset({draft.site})):
            raise invalid_field("site", f"there is no site {draft.site!r}; look it up in the list of sites")
        if old is not None and old.draft == draft:
            return old, False
        if old is None:
            await party_repository.add(tx, {party_id: draft}, actor=actor.name, now=now)
        else:
            await party_repository.change(tx, old, draft, actor=actor.name, now=now)
            if party_repository.reached_elsewhere(old, draft):
                for follow in self._hooks:
                    await follow(tx, party_id, now)
        act = "make" if old is None else "change"
        changes = diff(None if old is None else old.draft, draft)
        await audit_log.record(
            tx, actor=actor.name, at=now, act=act, thing=f"party {party_id}", changes=changes, subject=party_id
        )
        return await _require(tx, party_id), old is None

    async def delete(self, party_id: str, *, actor: Actor) -> None:
        """Raises ``PartyUnknown``, ``NotAllowed``, and ``PartyNamed`` while anything names it."""
        await self._database.run(self._delete, party_id, actor)

    async def _delete(self, tx: Tx, party_id: str, actor: Actor) -> None:
        await party_repository.lock(tx)
        party = await _editable(tx, party_id, actor)
        await party_repository.hold(tx, party_id)
        if named := await erasure.named_by(tx, party_id):
            forget = ", or delete its personal data" if party.kind is PartyKind.PERSON else ""
            raise PartyNamed(
                f"“{party.name}” cannot be deleted, since there are {' and '.join(named)} that name it; "
                f"end it instead{forget}"
            )
        await party_repository.remove(tx, party_id)
        await audit_log.record(
            tx,
            actor=actor.name,
            at=self._clock.now(),
            act="delete",
            thing=f"party {party_id}",
            changes=diff(party.draft, None),
            subject=party_id,
        )

    async def forget(self, party_id: str, *, actor: Actor) -> Party:
        """Delete the personal data of a party for good and end it; its id, and what it booked and when, stay. A
        person also loses its name, its memberships and the titles of its bookings. So do parties that were merged into
        it. Idempotent.

        Raises ``PartyUnknown``, ``NotAllowed``, and ``PartyNamed`` while anything goes on for it.
        """
        return await self._database.run(self._forget, party_id, actor)

    async def _forget(self, tx: Tx, party_id: str, actor: Actor, *, again: bool = False) -> Party:
        await party_repository.lock(tx)
        now = self._clock.now()
        await party_repository.hold(tx, party_id)
        party = await _editable(tx, party_id, actor)
        if party.forgotten_at is not None:
            return party
        if not again and (why := await erasure.still(tx, self._data, party_id, now)) is not None:
            raise PartyNamed(f"“{party.name}” {why}")
        await self._delete_data(tx, party, actor, now)
        return await _require(tx, party_id)

    async def _delete_data(self, tx: Tx, party: Party, actor: Actor, now: datetime) -> None:
        """Also of those that were merged into it: what went on for them goes on for this one since."""
        person = party.kind is PartyKind.PERSON
        title = PRIVATE if person else None
        await erasure.forget(tx, self._data, party.id, title=title, actor=actor.name, now=now)
        await party_repository.blank(tx, party, name=FORGOTTEN if person else party.name, actor=actor.name, now=now)
        await audit_log.record(tx, actor=actor.name, at=now, act="forget", thing=f"party {party.id}")
        for each in await merges.merged_into(tx, party.id):
            merged = await _require(tx, each)
            if merged.ended_at is not None and merged.forgotten_at is None:
                await self._delete_data(tx, merged, actor, now)

    async def forget_ended(self, tx: Tx, party_id: str) -> None:
        """As ``forget``, in a transaction that is open, by the controller itself."""
        await self._forget(tx, party_id, _CONTROLLER)

    async def forget_again(self, tx: Tx, party_id: str) -> None:
        """As ``forget_ended``, of one that was forgotten before an older database came back, whatever goes on for it
        there."""
        await self._forget(tx, party_id, _CONTROLLER, again=True)

    async def members(self, party_id: str, *, after: str | None, limit: int) -> list[Membership]:
        """The people in a party, by id. Raises ``PartyUnknown``."""
        async with self._database.read() as tx:
            await _require(tx, party_id)
            return await party_repository.members(tx, party_id, after=after, limit=limit)

    async def put_member(
        self,
        party_id: str,
        member: str,
        *,
        role: str,
        since: date | None,
        until: date | None,
        version: int,
        actor: Actor,
    ) -> tuple[Membership, bool]:
        """Make a person a member, or change the membership; True when it is new.

        Raises ``PartyUnknown``, ``PartyForgotten``, ``Invalid``, ``VersionStale``, ``NotAllowed``.
        """
        wanted = Membership(party=party_id, member=member, name="", role=role, since=since, until=until)
        return await self._database.run(self._put_member, wanted, version, actor)

    async def _put_member(self, tx: Tx, wanted: Membership, version: int, actor: Actor) -> tuple[Membership, bool]:
        party_id, member = wanted.party, wanted.member
        await party_repository.lock(tx)
        party = await _editable(tx, party_id, actor)
        person = await party_repository.party(tx, member)
        if person is None or not sees_party(actor, person.id, person.site):
            raise PartyUnknown(member)
        if party.kind is PartyKind.PERSON:
            raise invalid_field("party", f"{party_id!r} is a person; only groups and organisations have members")
        if person.kind is not PartyKind.PERSON:
            raise invalid_field("member", f"{member!r} is not a person; name its organisation in the party itself")
        if person.forgotten_at is not None:
            raise PartyForgotten(member)
        if wanted.since is not None and wanted.until is not None and wanted.until < wanted.since:
            raise invalid_field("until", "must not be before since")
        old = await party_repository.membership(tx, party_id, member)
        await require_version(tx, version, version_of(old), site=None, thing=_membership(party_id, member))
        value = replace(wanted, name=person.name)
        if value != old:
            await party_repository.put_membership(tx, value, new=old is None)
            await self._record_member(tx, party_id, member, "make" if old is None else "change", actor)
        return value, old is None

    async def remove_member(self, party_id: str, member: str, *, actor: Actor) -> None:
        """Raises ``MembershipUnknown``, ``NotAllowed``."""
        await self._database.run(self._remove_member, party_id, member, actor)

    async def _remove_member(self, tx: Tx, party_id: str, member: str, actor: Actor) -> None:
        party = await party_repository.party(tx, party_id)
        if party is not None:
            _require_may_edit(actor, party_id, party.site)
        if not await party_repository.remove_membership(tx, party_id, member):
            raise MembershipUnknown(party_id, member)
        await self._record_member(tx, party_id, member, "delete", actor)

    async def _record_member(self, tx: Tx, party_id: str, member: str, act: str, actor: Actor) -> None:
        now = self._clock.now()
        await audit_log.record(tx, actor=actor.name, at=now, act=act, thing=_membership(party_id, member))


async def whose(tx: Tx, party_id: str) -> Thing | None:
    """A party with the site it belongs to, for permission checks; None where there is no such party."""
    found = await party_repository.party(tx, party_id)
    return None if found is None else Thing(site=found.site, party=party_id)


async def _editable(tx: Tx, party_id: str, actor: Actor) -> Party:
    """A party that the actor may change. Raises ``PartyUnknown``, ``NotAllowed``."""
    party = await _require(tx, party_id)
    _require_may_edit(actor, party_id, party.site)
    return party


def _require_may_edit(actor: Actor, party_id: str, site: str | None) -> None:
    thing = Thing(site=site, party=party_id)
    if not may(actor, Action.PEOPLE, thing):
        raise NotAllowed(actor, Action.PEOPLE, thing)


def _membership(party_id: str, member: str) -> str:
    return f"member {member} of party {party_id}"


def named_in(party_id: str, draft: PartyDraft) -> set[str]:
    """The parties that a draft speaks of, itself included."""
    return {each for each in (party_id, draft.organisation, draft.responsible) if each is not None}


def against(
    party_id: str, draft: PartyDraft, *, old: Party | None, kinds: Mapping[str, PartyKind]
) -> tuple[str, str] | None:
    """What prevents writing a party over ``old``: the field and why. ``kinds``: of the existing parties that it
    names. Pure."""
    if old is not None and old.kind is not draft.kind:
        return "kind", f"{party_id!r} exists as {old.kind}; the kind of a party cannot change, so choose another id"
    if old is not None and old.forgotten_at is not None and draft != old.draft:
        return "id", f"the data of {party_id!r} was deleted for good; choose another id"
    if draft.one_off and draft.kind is not PartyKind.PERSON:
        return "one_off", f"is for persons; a {draft.kind} is kept until it has ended"
    if draft.organisation is not None:
        if draft.kind is PartyKind.ORGANISATION:
            return "organisation", "an organisation is part of no other; make it a group, or leave this out"
        within = kinds.get(draft.organisation)
        if within is None:
            return "organisation", f"there is no organisation {draft.organisation!r}; make it first"
        if within is not PartyKind.ORGANISATION:
            return "organisation", f"{draft.organisation!r} is a {within} and no organisation"
    if draft.responsible is not None:
        answers = kinds.get(draft.responsible)
        if answers is None:
            return "responsible", f"there is no person {draft.responsible!r}; make it first"
        if answers is not PartyKind.PERSON or draft.responsible == party_id:
            return "responsible", "must be a person, and another one"
    return None


async def _require(tx: Tx, party_id: str) -> Party:
    found = await party_repository.party(tx, party_id)
    if found is None:
        raise PartyUnknown(party_id)
    return found
