"""A controller that was put back from a backup meets doors that know more than its database.

An edge that carries out a plan which the database does not know gets no other until that plan has come back from it.
What the database would take away or bring back is then written down, and goes into every plan until it is over or a
person decides.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from controller.access import repository as access
from controller.db.engine import Database, Tx
from controller.estate.model import SiteParts
from controller.estate.service import require_parts
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.permissions import Thing, may
from controller.plans import repository as plans
from controller.plans.compile import TooMuchForOnePart
from controller.plans.model import EdgeName, SignedPlan
from controller.plans.overrides import repository as overrides
from controller.plans.restored import repository
from controller.plans.restored.model import (
    NEEDS,
    AlreadyRemoved,
    Contents,
    EntryUnknown,
    Item,
    ItemKind,
    PageCursor,
    RestoredDecision,
    RestoredEntry,
    RestoredPiece,
    contents,
    identity,
    signed_about,
)
from controller.plans.restored.plan_comparison import Settled, difference
from controller.plans.restored.plan_retrieval import Fetching, HeldPlan
from controller.plans.service import Planner
from controller.platform.web.fields import LIST_LIMIT
from controller.records.audit import audit_log
from controller.telemetry import repository as telemetry
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.envelope_verifier import EnvelopeVerifier
from edge.wire.clock import Clock, real_s
from edge.wire.credentials import CredentialKind
from edge.wire.envelope import Keyring
from edge.wire.errors import WireError
from edge.wire.ids import new_id
from edge.wire.interval import Interval
from edge.wire.messages import Status
from edge.wire.plan import GrantsPart, Override, part_of

log = logging.getLogger(__name__)

ASK_AGAIN_S = 10.0
"""How long a plan may take to come back before it is asked for again, in real seconds."""


class RestoredView(msgspec.Struct, frozen=True, kw_only=True):
    """Entries with all that is needed to describe them."""

    parts: SiteParts
    entries: tuple[RestoredEntry, ...]
    pieces: Mapping[str, Sequence[RestoredPiece]]
    titles: Mapping[str, str]
    names: Mapping[str, str]


@dataclass(eq=False, kw_only=True)
class RestoredPlans:
    """``public_keys``: our own, raw; asked each time, since they change. ``due``: called with an edge whose plan must
    be made at once, after a decision. ``seen``: called with a site when something to look at changed."""

    database: Database
    clock: Clock
    verifier: EnvelopeVerifier
    planner: Planner
    public_keys: Callable[[], Sequence[bytes]]
    due: Callable[[EdgeName], None]
    seen: Callable[[str], None]

    def __post_init__(self) -> None:
        self._fetching: dict[EdgeName, Fetching] = {}
        self._fetched: dict[EdgeName, str] = {}
        self._asked_at: dict[EdgeName, float] = {}
        self._here: set[EdgeName] = set()

    # What an edge carries out

    async def look(self, name: EdgeName, status: Status, *, proven: bool) -> bool:
        """Whether the database does not know the plan that an edge says it carries out. ``proven``: the edge says so in
        answer to a question of ours."""
        (self._here.add if status.online else self._here.discard)(name)
        version, digest = status.plan_version, status.plan_digest
        if version is None or digest is None or await self._knows(name, version, digest):
            if proven:
                self._done_with(name)
            return False
        if name not in self.planner.unknown:
            self.planner.unknown.add(name)
            await self.database.run(self._say_unknown, name, version)
            self.seen(name[0])
        fetching = self._fetching.get(name)
        if proven and (fetching is None or (fetching.version, fetching.digest) != (version, digest)):
            self._fetching[name] = Fetching(site=name[0], edge=name[1], version=version, digest=digest)
            self._asked_at.pop(name, None)
        return True

    def _done_with(self, name: EdgeName) -> None:
        self._fetching.pop(name, None)
        self._asked_at.pop(name, None)
        if name in self.planner.unknown:
            self.planner.unknown.discard(name)
            self.planner.want(name, at_once=True)

    async def _knows(self, name: EdgeName, version: int, digest: str) -> bool:
        if self._fetched.get(name) == digest:
            return True
        async with self.database.read_without_transaction() as tx:
            plan = await plans.plan(tx, *name, version)
        return plan is not None and plan.digest == digest

    async def _say_unknown(self, tx: Tx, name: EdgeName, version: int) -> None:
        site, edge = name
        text = (
            f"{edge} carries out plan {version}, which the database does not know: was it restored from a backup? "
            "The door goes on as it is, and is given no other plan until this one has been fetched from it."
        )
        fields = {"action": "restore", "site": name[0], "edge": name[1]}
        log.warning("An edge carries out a plan that the database does not know", extra=fields)
        await telemetry.alert(tx, site, edge, AlertCode.UNKNOWN_PLAN, text, self.clock.now())

    def to_ask(self, name: EdgeName) -> int | None:
        """The plan that the edge is asked to send back by this call; None while it may be on its way."""
        if name not in self.planner.unknown or not self._due(name):
            return None
        self._asked_at[name] = real_s()
        fetching = self._fetching.get(name)
        return fetching.version if fetching is not None else None

    def overdue(self) -> list[EdgeName]:
        """The online edges to be asked for what they carry out, for the first time or once more."""
        return [name for name in sorted(self.planner.unknown & self._here) if self._due(name)]

    def _due(self, name: EdgeName) -> bool:
        return real_s() - self._asked_at.get(name, float("-inf")) >= ASK_AGAIN_S

    async def take(self, name: EdgeName, item: str | None, payload: bytes) -> bool:
        """A piece of a plan came back, or something else that somebody put there; whether the plan is whole now and
        what it holds is known."""
        fetching = self._fetching.get(name)
        if fetching is None:
            self.verifier.refuse(*name, "unasked", "a piece of a plan that was not asked for")
            return False
        try:
            if item is None:
                keys = (Ed25519PublicKey.from_public_bytes(key) for key in self.public_keys())
                fetching.manifest(payload, Keyring(*keys))
            else:
                fetching.part(item, payload)
            held = fetching.whole()
            if held is None:
                return False
            await self.database.run(self._recognise, name, held)
        except WireError as error:
            self.verifier.refuse(*name, error.counter, str(error))
            return False
        except TooMuchForOnePart as error:
            fields = {"action": "plan", "site": name[0], "edge": name[1], "reason": str(error)}
            log.error("A plan cannot be made", extra=fields)
            return False
        self._fetched[name] = held.manifest.digest
        self._done_with(name)
        self.seen(name[0])
        return True

    # What it knows and the database does not

    async def _recognise(self, tx: Tx, name: EdgeName, held: HeldPlan) -> None:
        """Write down what the door knew, all under the site's lock, before any plan is signed for it."""
        site, edge = name
        await self.database.lock_site(tx, site)
        now = self.clock.now()
        ours = await self.planner.compile_current(tx, name)
        if ours is None:
            return
        manifest = held.manifest
        before = await plans.before(tx, site, edge, manifest.version)
        was = await plans.parts_of(tx, before.manifest) if before else {}
        settled = await self._settled(tx, site, manifest.version)
        entries = 0
        if manifest.horizon > now:
            window = Interval(start=now, end=min(manifest.horizon, ours.window.end))
            work = partial(_differences, held.parts, was, ours.parts, settled, window)
            entries = await self._write(tx, name, await asyncio.to_thread(work))
        if await plans.plan(tx, site, edge, manifest.version) is None:
            signed = SignedPlan(
                manifest=manifest,
                digest=manifest.digest,
                sealed=held.sealed,
                compiled_at=min(signed_about(manifest.version), now),
                grants=sum(
                    len(part.grants) for part in map(part_of, held.parts.values()) if isinstance(part, GrantsPart)
                ),
            )
            await plans.insert_plan(tx, signed, held.parts)
        if entries:
            things = "1 thing" if entries == 1 else f"{entries} things"
            text = (
                f"{edge} knew {things} that the database did not, since that was restored from a backup. They stay as "
                "the door has them until somebody decides, on this page."
            )
            await telemetry.alert(tx, site, edge, AlertCode.RESTORED, text, now)
        fields = {"action": "restore", "site": name[0], "edge": name[1], "version": manifest.version}
        log.warning("Fetched a plan that the database did not know", extra=fields | {"entries": entries})

    async def _settled(self, tx: Tx, site: str, version: int) -> Settled:
        since = signed_about(version)
        ended = [
            identity(Override(door=at.door, kind=one.kind, during=one.on_the_door))
            for one in await overrides.ended_since(tx, site, since)
            for at in one.doors
        ]
        changed = await access.ended_since(tx, site, since) | await repository.changed_people(tx, since)
        return Settled(ended=frozenset(ended), changed=frozenset(changed))

    async def _write(self, tx: Tx, name: EdgeName, items: Sequence[Item]) -> int:
        """Put items to the entries they belong to; how many entries that are."""
        site, edge = name
        now = self.clock.now()
        by_entry: dict[tuple[ItemKind, str, bool], list[Item]] = {}
        for item in items:
            by_entry.setdefault((item.kind, item.subject, item.gone), []).append(item)
        # Another edge of the site may have brought the same thing.
        known = {(each.kind, each.subject, each.gone): each for each in await repository.waiting(tx, site, now)}
        new = {
            key: RestoredEntry(
                id=new_id(now),
                site=site,
                kind=key[0],
                subject=key[1],
                gone=key[2],
                found_at=now,
                starts=min(item.during.start for item in some),
                ends=max(item.during.end for item in some),
            )
            for key, some in by_entry.items()
            if key not in known
        }
        await repository.add(tx, list(new.values()))
        entries = known | new
        await repository.add_items(tx, edge, [(entries[key], some) for key, some in by_entry.items()])
        await self._mark(tx, site, items, now)
        return len(by_entry)

    async def _mark(self, tx: Tx, site: str, items: Sequence[Item], now: datetime) -> None:
        """A code that the door has is nobody else's; one that it no longer has is not on it."""
        codes = [
            (item.gone, grant.booking, grant.door, grant.key, window)
            for item in items
            if isinstance(item.part, GrantsPart)
            for grant in item.part.grants
            if grant.kind is CredentialKind.BOOKING_CODE
            for window in grant.windows
        ]
        await access.taken_off(tx, site, [(door, key, window) for gone, _, door, key, window in codes if gone])
        claims: list[dict[str, object]] = []
        for gone, booking, door, key, window in codes:
            if not gone:
                claim = new_id(now)
                row = {"grant_id": claim, "owner": booking or claim, "site": site, "door": door, "code_key": key}
                claims.append(row | {"starts": window.start, "ends": window.end})
        await access.claim(tx, claims)

    # What a person makes of it

    async def current(self, site: str, *, after: PageCursor | None = None, limit: int = LIST_LIMIT) -> RestoredView:
        """A site's entries in force, after a page cursor. Raises ``SiteUnknown``."""
        async with self.database.read() as tx:
            parts = await require_parts(tx, site)
            found = await repository.current(tx, site, self.clock.now(), after=after, limit=limit)
            return await show(tx, parts, found)

    async def look_up(self, entry_id: str) -> RestoredView:
        """One entry. Raises ``EntryUnknown``."""
        async with self.database.read() as tx:
            entry = await repository.one(tx, entry_id)
            if entry is None:
                raise EntryUnknown(entry_id)
            return await show(tx, await require_parts(tx, entry.site), [entry])

    async def decide(self, entry_id: str, decision: RestoredDecision, *, why: str, actor: Actor) -> RestoredView:
        """Keep it as the door has it until it ends, or let the door go by the database at once; what was kept can still
        be removed. Raises ``EntryUnknown``, ``NotAllowed``, ``AlreadyRemoved``."""
        edges = await self.database.run(partial(self._decide, why=why, actor=actor), entry_id, decision)
        shown = await self.look_up(entry_id)
        for edge in sorted(edges):
            self.due((shown.parts.site.id, edge))
        self.seen(shown.parts.site.id)
        return shown

    async def _decide(self, tx: Tx, entry_id: str, decision: RestoredDecision, *, why: str, actor: Actor) -> set[str]:
        entry = await repository.one(tx, entry_id)
        if entry is None:
            raise EntryUnknown(entry_id)
        thing = Thing(site=entry.site)
        if not may(actor, NEEDS[entry.kind], thing):
            raise NotAllowed(actor, NEEDS[entry.kind], thing)
        await self.database.lock_site(tx, entry.site)
        entry = await repository.one(tx, entry_id)
        assert entry is not None
        if entry.decision is decision:
            return set()
        if entry.decision is RestoredDecision.REMOVE:
            raise AlreadyRemoved(entry.decided_by or "somebody")
        now = self.clock.now()
        made = new_id(now)
        await repository.decide(tx, entry_id, decision, decision_id=made, at=now, by=actor.name, why=why)
        pieces = (await repository.pieces(tx, [entry_id]))[entry_id]
        things = [f"door {door}" for door in sorted({piece.door for piece in pieces if piece.door})]
        act = f"{decision.value} what only the door knew"
        await audit_log.record_all(
            tx, actor=actor.name, at=now, act=act, things=things or [f"site {entry.site}"], site=entry.site, why=why
        )
        return {piece.edge for piece in pieces}


async def show(tx: Tx, parts: SiteParts, entries: Sequence[RestoredEntry]) -> RestoredView:
    """Some of a site's entries, with what belongs to them."""
    of_bookings = [each.subject for each in entries if each.kind is ItemKind.BOOKING]
    of_people = [each.subject for each in entries if each.kind is ItemKind.PERSON]
    return RestoredView(
        parts=parts,
        entries=tuple(entries),
        pieces=await repository.pieces(tx, [each.id for each in entries]),
        titles=await repository.titles(tx, of_bookings),
        names=await repository.names(tx, of_people),
    )


def _differences(
    held: Mapping[str, bytes], was: Mapping[str, bytes], ours: Mapping[str, bytes], settled: Settled, window: Interval
) -> list[Item]:
    return difference(_read(held), _read(was), _read(ours), settled, window=window)


def _read(parts: Mapping[str, bytes]) -> Contents:
    return contents(map(part_of, parts.values()))
