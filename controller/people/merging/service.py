"""Merges a party's duplicate into it, and undoes that until either of them changes."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from controller.db.engine import Database, Tx
from controller.people import party_repository
from controller.people import repository as users
from controller.people.errors import NotAllowed, PartyUnknown
from controller.people.merging import repository
from controller.people.merging.duplicates import duplicates
from controller.people.merging.model import DuplicatePair, Merge, MergeFacts, MergeRecord, MergeUnknown, Move, NotUndone
from controller.people.model import Actor, Party, PartyFilter
from controller.people.permissions import Action, Thing, may
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from edge.wire.clock import Clock
from edge.wire.ids import new_id

Changes = dict[str, tuple[object, object]]
MOST_COMPARED = 5000
MOST_PAIRS = 100


@dataclass(eq=False)
class PartyMerging:
    """Each method is one transaction. ``rights_changed``: called when users' roles name another party."""

    database: Database
    clock: Clock
    rights_changed: Callable[[], None]

    async def suggested(self, site: str) -> list[DuplicatePair]:
        """Parties of the site and of the estate that may be one."""
        async with self.database.read() as tx:
            found = await party_repository.listed(tx, PartyFilter(ended=False), sites=[site], limit=MOST_COMPARED)
        pairs = duplicates(found, most=MOST_PAIRS)
        here = {each.id for each in found if each.site == site}
        return [each for each in pairs if each.party in here or each.duplicate in here]

    async def preview(self, party: str, duplicate: str, *, actor: Actor) -> MergeFacts:
        """How many of each would follow. Raises as ``merge``."""
        async with self.database.read() as tx:
            into, old = await self._require_both(tx, party, duplicate, actor)
            found, stay = await repository.moves(tx, duplicate, party, self.clock.now())
            return _facts(party, duplicate, found, stay, for_all_sites=_widens(into, old))

    async def merge(self, party: str, duplicate: str, *, actor: Actor) -> MergeFacts:
        """Everything of the duplicate is the party's from now on, and the duplicate ends. Bookings keep their codes, so
        that doors go on opening. One that is merged with another site's belongs to all sites, so that neither site's
        managers lose it. Raises ``PartyUnknown``, ``NotAllowed`` without the right at every site where either has
        anything, for all sites if they belong to different ones, and ``Invalid``."""
        done = await self.database.run(self._merge, party, duplicate, actor)
        self.rights_changed()
        return done

    async def _merge(self, tx: Tx, party: str, duplicate: str, actor: Actor) -> MergeFacts:
        await self._lock(tx, (party, duplicate))
        now = self.clock.now()
        into, old = await self._require_both(tx, party, duplicate, actor)
        widens = _widens(into, old)
        found, stay = await repository.moves(tx, duplicate, party, now)
        done = await repository.move(tx, found, duplicate, party)
        ended = msgspec.structs.replace(old.draft, ended=True)
        await party_repository.change(tx, old, ended, actor=actor.name, now=now)
        if widens:
            await repository.set_site(tx, party, None)
        digests = await repository.digests(tx, (party, duplicate))
        site = into.site if widens else None
        record = MergeRecord(moves=done, digests=digests, ended_at=old.ended_at, site=site)
        made = Merge(
            id=new_id(now),
            from_party=duplicate,
            into_party=party,
            document=msgspec.json.encode(record).decode(),
            merged_at=now,
            merged_by=actor.name[:200],
        )
        await repository.add(tx, made)
        facts = _facts(party, duplicate, found, stay, made, for_all_sites=widens)
        await self._record(tx, "merge", made, actor, facts.follows, {"site": (site, None)} if widens else {})
        return facts

    async def undo(self, party: str, merge_id: str, *, actor: Actor) -> MergeFacts:
        """Put everything back as it was. Raises ``MergeUnknown``, ``NotAllowed``, and ``NotUndone`` once something of
        either party has changed."""
        done = await self.database.run(self._undo, party, merge_id, actor)
        self.rights_changed()
        return done

    async def _undo(self, tx: Tx, party: str, merge_id: str, actor: Actor) -> MergeFacts:
        found = await repository.merge(tx, merge_id)
        if found is None or found.into_party != party:
            raise MergeUnknown(merge_id)
        await self._lock(tx, (found.into_party, found.from_party))
        now = self.clock.now()
        found = await repository.merge(tx, merge_id)
        assert found is not None
        await self._require_right(tx, (found.into_party, found.from_party), actor)
        if found.undone_at is not None:
            raise NotUndone("this merge was undone already")
        if (record := _record_of(found)) is None:
            raise NotUndone("this merge cannot be undone any more, since personal data of either party were deleted")
        present = await repository.digests(tx, (found.into_party, found.from_party))
        if changed := [name.replace("_", " ") for name, each in present.items() if each != record.digests.get(name)]:
            raise NotUndone(
                f"this merge cannot be undone any more, since these have changed after it: {', '.join(changed)}; move "
                "single bookings to another party instead"
            )
        await repository.move_back(tx, record.moves, found.into_party)
        if record.site is not None:
            await repository.set_site(tx, found.into_party, record.site)
        ended = await party_repository.party(tx, found.from_party)
        assert ended is not None
        await party_repository.set_ended(tx, found.from_party, record.ended_at, actor=actor.name, now=now)
        await repository.change(tx, merge_id, undone_at=now, undone_by=actor.name[:200])
        undone = msgspec.structs.replace(found, undone_at=now)
        facts = _facts(
            found.into_party, found.from_party, record.moves, {}, undone, for_all_sites=record.site is not None
        )
        back: Changes = {} if record.site is None else {"site": (None, record.site)}
        await self._record(tx, "undo merge", found, actor, facts.follows, back)
        return facts

    async def listed(self, party: str) -> list[MergeFacts]:
        """Merges into the party or of it, the newest first. Raises ``PartyUnknown``."""
        async with self.database.read() as tx:
            if await party_repository.party(tx, party) is None:
                raise PartyUnknown(party)
            found = await repository.of_party(tx, party)
        return [
            _facts(
                each.into_party,
                each.from_party,
                record.moves if record else (),
                {},
                each,
                for_all_sites=record is not None and record.site is not None,
            )
            for each in found
            for record in (_record_of(each),)
        ]

    async def _lock(self, tx: Tx, either: Iterable[str]) -> None:
        """Nobody else changes users, parties or the sites where either has anything."""
        await users.lock_users(tx)
        await party_repository.lock(tx)
        for each in sorted(either):
            await party_repository.hold(tx, each)
        sites, _ = await repository.sites_of_dealings(tx, tuple(either))
        for site in sorted(sites):
            await self.database.lock_site(tx, site)

    async def _require_both(self, tx: Tx, party: str, duplicate: str, actor: Actor) -> tuple[Party, Party]:
        """Both. Raises ``PartyUnknown``, ``NotAllowed`` and ``Invalid``."""
        if party == duplicate:
            raise invalid_field("duplicate", "is the party itself; name another one")
        into, old = await party_repository.party(tx, party), await party_repository.party(tx, duplicate)
        if into is None or old is None:
            raise PartyUnknown(party if into is None else duplicate)
        await self._require_right(tx, (party, duplicate), actor)
        if _widens(into, old):
            self._require(actor, Thing(party=party))
        if into.kind is not old.kind:
            raise invalid_field("duplicate", f"is a {old.kind}, and “{into.name}” is a {into.kind}")
        for each, field in ((into, "party"), (old, "duplicate")):
            if each.ended_at is not None:
                raise invalid_field(field, f"“{each.name}” is no longer active; reactivate it first")
        return into, old

    async def _require_right(self, tx: Tx, either: tuple[str, str], actor: Actor) -> None:
        found = await party_repository.parties(tx, either)
        sites, everywhere = await repository.sites_of_dealings(tx, either)
        things = [Thing(site=each.site, party=each.id) for each in found.values()]
        things += [Thing(site=each) for each in sorted(sites)]
        if everywhere:
            things.append(Thing())
        for thing in things:
            self._require(actor, thing)

    def _require(self, actor: Actor, thing: Thing) -> None:
        if not may(actor, Action.PEOPLE, thing):
            raise NotAllowed(actor, Action.PEOPLE, thing)

    async def _record(
        self, tx: Tx, act: str, merge: Merge, actor: Actor, follows: dict[str, int], into: Changes
    ) -> None:
        """``into``: what else changes of the party that stays."""
        now = self.clock.now()
        changes: Changes = {
            "duplicate": (None, merge.from_party),
            "merge": (None, merge.id),
            "follows": (None, ", ".join(f"{number} {name}" for name, number in sorted(follows.items()))),
        }
        for each, more in ((merge.into_party, into), (merge.from_party, {})):
            await audit_log.record(
                tx, actor=actor.name, at=now, act=act, thing=f"party {each}", changes=changes | more, subject=each
            )


def _widens(into: Party, old: Party) -> bool:
    """Whether the party that stays is no longer one site's."""
    return into.site is not None and into.site != old.site


def _record_of(merge: Merge) -> MergeRecord | None:
    return msgspec.json.decode(merge.document, type=MergeRecord) if merge.document else None


def _facts(
    party: str,
    duplicate: str,
    moves: Iterable[Move],
    stay: dict[str, int],
    merge: Merge | None = None,
    *,
    for_all_sites: bool,
) -> MergeFacts:
    rows = {(each.table, tuple(sorted(each.key.items()))) for each in moves}
    return MergeFacts(
        party=party,
        duplicate=duplicate,
        follows=dict(Counter(table.replace("_", " ") for table, _ in rows)),
        stays={table.replace("_", " "): number for table, number in stay.items()},
        for_all_sites=for_all_sites,
        id=None if merge is None else merge.id,
        merged_at=None if merge is None else merge.merged_at,
        merged_by="" if merge is None else merge.merged_by,
        undone_at=None if merge is None else merge.undone_at,
    )
