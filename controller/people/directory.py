"""Organisations, groups and persons: looked up, written, ended, forgotten."""

from collections.abc import Mapping
from datetime import date

from controller.database import Database, Tx
from controller.people import audit, parties, traces
from controller.people.errors import MembershipUnknown, PartyForgotten, PartyNamed, PartyUnknown
from controller.people.may import Thing
from controller.people.model import Membership, Party, PartyDraft, PartyKind, Tier
from controller.problem import invalid_field
from edge.wire.clock import Clock

FORGOTTEN = "Forgotten person"
PRIVATE = "Private booking"


class Directory:
    """Each method is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, party_id: str) -> Party:
        """Raises ``PartyUnknown``."""
        async with self._database.read() as tx:
            return await _require(tx, party_id)

    async def listed(
        self,
        *,
        search: str,
        kind: PartyKind | None,
        tier: Tier | None,
        organisation: str | None,
        member: str | None,
        ended: bool | None,
        after: str | None,
        limit: int,
    ) -> list[Party]:
        """As ``parties.listed``."""
        async with self._database.read() as tx:
            return await parties.listed(
                tx,
                search=search,
                kind=kind,
                tier=tier,
                organisation=organisation,
                member=member,
                ended=ended,
                after=after,
                limit=limit,
            )

    async def put(self, party_id: str, draft: PartyDraft, *, actor: str) -> tuple[Party, bool]:
        """Write a party; True when it is new. Raises ``Invalid``, ``PartyForgotten``."""
        return await self._database.run(self._put, party_id, draft, actor)

    async def _put(self, tx: Tx, party_id: str, draft: PartyDraft, actor: str) -> tuple[Party, bool]:
        await parties.lock(tx)
        now = self._clock.now()
        known = await parties.parties(tx, named_in(party_id, draft))
        old = known.get(party_id)
        if old is not None and old.forgotten_at is not None:
            raise PartyForgotten(party_id)
        if wrong := against(party_id, draft, old=old, kinds={each.id: each.kind for each in known.values()}):
            raise invalid_field(*wrong)
        if old is not None and old.draft == draft:
            return old, False
        if old is None:
            await parties.add(tx, {party_id: draft}, actor=actor, now=now)
        else:
            await parties.change(tx, old, draft, actor=actor, now=now)
        act = "make" if old is None else "change"
        await audit.record(tx, actor=actor, at=now, act=act, thing=f"party {party_id}")
        return await _require(tx, party_id), old is None

    async def delete(self, party_id: str, *, actor: str) -> None:
        """Raises ``PartyUnknown``, and ``PartyNamed`` while anything names it."""
        await self._database.run(self._delete, party_id, actor)

    async def _delete(self, tx: Tx, party_id: str, actor: str) -> None:
        await parties.lock(tx)
        party = await _require(tx, party_id)
        await parties.hold(tx, party_id)
        if named := await traces.named_by(tx, party_id):
            forget = ", or have what is known of it deleted" if party.kind is PartyKind.PERSON else ""
            raise PartyNamed(
                f"“{party.name}” cannot be deleted, since there are {' and '.join(named)} that name it; "
                f"end it instead{forget}"
            )
        await parties.remove(tx, party_id)
        await audit.record(tx, actor=actor, at=self._clock.now(), act="delete", thing=f"party {party_id}")

    async def forget(self, party_id: str, *, actor: str) -> Party:
        """Delete the personal data of a party for good and end it; its id, and what it booked and when, stay. A
        person also loses its name, its memberships and the titles of its bookings. Idempotent.

        Raises ``PartyUnknown``, and ``PartyNamed`` while anything goes on for it.
        """
        return await self._database.run(self._forget, party_id, actor)

    async def _forget(self, tx: Tx, party_id: str, actor: str) -> Party:
        await parties.lock(tx)
        now = self._clock.now()
        await parties.hold(tx, party_id)
        party = await _require(tx, party_id)
        if party.forgotten_at is not None:
            return party
        if (why := await traces.still(tx, party_id, now)) is not None:
            raise PartyNamed(f"“{party.name}” {why}")
        person = party.kind is PartyKind.PERSON
        await parties.blank(tx, party, name=FORGOTTEN if person else party.name, actor=actor, now=now)
        await traces.forget(tx, party_id, title=PRIVATE if person else None, actor=actor, now=now)
        await audit.record(tx, actor=actor, at=now, act="forget", thing=f"party {party_id}")
        return await _require(tx, party_id)

    async def members(self, party_id: str, *, after: str | None, limit: int) -> list[Membership]:
        """The people in a party, by id. Raises ``PartyUnknown``."""
        async with self._database.read() as tx:
            await _require(tx, party_id)
            return await parties.members(tx, party_id, after=after, limit=limit)

    async def put_member(
        self, party_id: str, member: str, *, role: str, since: date | None, until: date | None, actor: str
    ) -> tuple[Membership, bool]:
        """Make a person a member, or change the membership; True when it is new.

        Raises ``PartyUnknown``, ``PartyForgotten``, ``Invalid``.
        """
        return await self._database.run(self._put_member, party_id, member, role, since, until, actor)

    async def _put_member(
        self, tx: Tx, party_id: str, member: str, role: str, since: date | None, until: date | None, actor: str
    ) -> tuple[Membership, bool]:
        await parties.lock(tx)
        party = await _require(tx, party_id)
        person = await _require(tx, member)
        if party.kind is PartyKind.PERSON:
            raise invalid_field("party", f"{party_id!r} is a person; only groups and organisations have members")
        if person.kind is not PartyKind.PERSON:
            raise invalid_field("member", f"{member!r} is no person; name its organisation in the party itself")
        if person.forgotten_at is not None:
            raise PartyForgotten(member)
        if since is not None and until is not None and until < since:
            raise invalid_field("until", "must not be before since")
        old = await parties.membership(tx, party_id, member)
        value = Membership(party=party_id, member=member, name=person.name, role=role, since=since, until=until)
        if value != old:
            await parties.put_membership(tx, value, new=old is None)
            await self._record_member(tx, party_id, member, "make" if old is None else "change", actor)
        return value, old is None

    async def remove_member(self, party_id: str, member: str, *, actor: str) -> None:
        """Raises ``MembershipUnknown``."""
        await self._database.run(self._remove_member, party_id, member, actor)

    async def _remove_member(self, tx: Tx, party_id: str, member: str, actor: str) -> None:
        if not await parties.remove_membership(tx, party_id, member):
            raise MembershipUnknown(party_id, member)
        await self._record_member(tx, party_id, member, "delete", actor)

    async def _record_member(self, tx: Tx, party_id: str, member: str, act: str, actor: str) -> None:
        now = self._clock.now()
        await audit.record(tx, actor=actor, at=now, act=act, thing=f"member {member} of party {party_id}")


async def whose(tx: Tx, party_id: str) -> Thing:
    """A party for whoever asks whether somebody may touch it."""
    return Thing(party=party_id)


def named_in(party_id: str, draft: PartyDraft) -> set[str]:
    """The parties that a draft speaks of, itself included."""
    return {each for each in (party_id, draft.organisation, draft.responsible) if each is not None}


def against(
    party_id: str, draft: PartyDraft, *, old: Party | None, kinds: Mapping[str, PartyKind]
) -> tuple[str, str] | None:
    """What speaks against writing a party over ``old``: the field and why. ``kinds``: of the parties that it names, as
    far as there are such. Pure."""
    if old is not None and old.kind is not draft.kind:
        return "kind", f"{party_id!r} is there as {old.kind}; a party stays what it is, so choose another id"
    if old is not None and old.forgotten_at is not None and draft != old.draft:
        return "id", f"what was known of {party_id!r} has been deleted for good; choose another id"
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
    found = await parties.party(tx, party_id)
    if found is None:
        raise PartyUnknown(party_id)
    return found
