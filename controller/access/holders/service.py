"""Staff, key holders and contractors: creates, changes, reissues codes, ends."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy.exc import IntegrityError

from controller.access import code_replacement as reissue_log
from controller.access.cards_and_pins import choose_pin, tag
from controller.access.holders import repository
from controller.access.holders.code_claims import CodeClaims, length_of
from controller.access.holders.model import (
    CardTaken,
    CredentialRequest,
    Holder,
    HolderDraft,
    HolderEnded,
    HolderUnknown,
    Secrets,
)
from controller.db.engine import Database, Tx
from controller.estate import repository as estate_repository
from controller.estate.change_hooks import EstateHook
from controller.estate.model import SiteParts
from controller.estate.repository import bump
from controller.estate.service import EstateService
from controller.people.errors import NotAllowed
from controller.people.model import Actor, Write
from controller.people.optimistic_locking import VersionStale
from controller.people.permissions import Action, Thing, may
from controller.platform.key_files import KeyFiles
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.records.audit.audit_log import FieldChanges, diff
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.credentials import CredentialKind
from edge.wire.ids import new_id
from edge.wire.plan import HORIZON

_TRIES = 50


class HolderWithSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """A holder, and their new codes and PINs, which are shown once."""

    holder: Holder
    secrets: Secrets


class HolderService(EstateHook):
    """The actor must be allowed at every site that the holder opens, before and after the change."""

    def __init__(
        self, database: Database, clock: Clock, changes: Changes, keys: KeyFiles, estate: EstateService
    ) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._keys = keys
        self._claims = CodeClaims(estate)

    async def get(self, holder_id: str, *, actor: Actor) -> Holder:
        """Raises ``HolderUnknown``, ``NotAllowed``."""
        async with self._database.read() as tx:
            return await self._found(tx, holder_id, actor)

    async def listed(
        self,
        *,
        site: str | None,
        kind: CredentialKind | None,
        ended: bool | None,
        after: str | None,
        limit: int,
        actor: Actor,
    ) -> list[Holder]:
        """Those whose sites the actor may see to, in the order in which they were made."""
        kept: list[Holder] = []
        async with self._database.read() as tx:
            while len(kept) < limit and (
                page := await repository.listed(tx, site=site, kind=kind, ended=ended, after=after, limit=limit)
            ):
                kept += self.seen(page, actor)
                after = page[-1].id
        return kept[:limit]

    def seen(self, found: Sequence[Holder], actor: Actor) -> list[Holder]:
        """Those of them whose sites the actor may see to."""
        return [each for each in found if _allowed(actor, each)]

    async def make(self, draft: HolderDraft, request: CredentialRequest, *, actor: Actor) -> HolderWithSecrets:
        """Raises ``Invalid``, ``NotAllowed``, ``CardTaken``, ``NoCodeLeft``."""

        return await self._write_and_notify(lambda tx: self.make_in(tx, draft, request, actor=actor))

    async def make_in(
        self, tx: Tx, draft: HolderDraft, request: CredentialRequest, *, actor: Actor, preview: bool = False
    ) -> HolderWithSecrets:
        """As ``make``, inside the caller's transaction; the caller announces the change. ``preview``, here and below:
        raise the same, write nothing and return no code."""
        now = self._clock.now()
        holder = Holder(
            id=new_id(now),
            draft=draft,
            has=(),
            made_at=now,
            made_by=actor.name,
            changed_at=now,
            changed_by=actor.name,
            ended_at=None,
            ended_why="",
            version=1,
        )
        _require(actor, holder)
        parts = await self._parts(tx, draft, lock=not preview)
        drawn = await self._drawn(tx, holder, request, parts, Secrets(), now)
        if preview:
            return await self._previewed(tx, holder, drawn, parts, now)
        return await self._written(tx, holder, drawn, parts, actor, "make", now, new=True)

    async def change(self, holder_id: str, draft: HolderDraft, *, version: int, actor: Actor) -> Holder:
        """Where and when somebody opens, and their name. Codes stay, unless somebody else has them at a new door: then
        ``Invalid``. Raises ``VersionStale``, ``HolderEnded`` and as ``make``."""

        before = await self.get(holder_id, actor=actor)

        async def write(tx: Tx) -> HolderWithSecrets:
            old = await self.active_holder(tx, holder_id, actor)
            if version != old.version:
                raise VersionStale(old.draft.name, Write(actor=old.changed_by, act="change", at=old.changed_at))
            return HolderWithSecrets(holder=await self.change_in(tx, old, draft, actor=actor), secrets=Secrets())

        given = await self._write_and_notify(write)
        for site in set(before.sites) - set(given.holder.sites):
            self._changes.site_changed(site, estate=True)
        return given.holder

    async def change_in(
        self, tx: Tx, old: Holder, draft: HolderDraft, *, actor: Actor, preview: bool = False
    ) -> Holder:
        """As ``change``, of a holder as it is in the caller's transaction; the caller announces the change."""
        now = self._clock.now()
        new = msgspec.structs.replace(old, draft=draft, changed_at=now, changed_by=actor.name, version=old.version + 1)
        _require(actor, new)
        parts = await self._parts(tx, draft, lock=not preview)
        kept = await self.secrets(tx, old)
        if preview:
            return (await self._previewed(tx, new, kept, parts, now)).holder
        given = await self._written(tx, new, kept, parts, actor, "change", now, new=False)
        await self._bump(tx, set(old.sites) - set(new.sites))
        return given.holder

    async def reissue(self, holder_id: str, request: CredentialRequest, *, why: str, actor: Actor) -> HolderWithSecrets:
        """New codes, a new PIN or another card, as requested; the rest stays. Raises as ``make``, ``HolderEnded``."""

        async def write(tx: Tx) -> HolderWithSecrets:
            return await self.reissue_in(
                tx, await self.active_holder(tx, holder_id, actor), request, why=why, actor=actor
            )

        return await self._write_and_notify(write)

    async def reissue_in(
        self, tx: Tx, old: Holder, request: CredentialRequest, *, why: str, actor: Actor, preview: bool = False
    ) -> HolderWithSecrets:
        """As ``reissue``, of a holder as it is in the caller's transaction; the caller announces the change."""
        now = self._clock.now()
        parts = await self._parts(tx, old.draft, lock=not preview)
        kept = await self.secrets(tx, old)
        drawn = await self._drawn(tx, old, request, parts, kept, now)
        if preview:
            return await self._previewed(tx, old, drawn, parts, now)
        new = msgspec.structs.replace(old, changed_at=now, changed_by=actor.name, version=old.version + 1)
        given = await self._written(tx, new, drawn, parts, actor, "new code", now, new=False, why=why)
        for place in new.draft.places:
            opened = [door.id for door in parts[place.site].doors if place.has(door.id)]
            await reissue_log.record(
                tx, site=place.site, at=now, actor=actor.name, why=why, doors=opened, holder=old.id
            )
        fresh = {name: value for name, value in _values(drawn).items() if value != getattr(kept, name)}
        return HolderWithSecrets(holder=given.holder, secrets=Secrets(**fresh))

    async def renew_at(
        self, tx: Tx, site: str, doors: Collection[str], *, why: str, actor: Actor, now: datetime
    ) -> list[Holder]:
        """Replace the codes and PINs of everybody who opens one of these doors, because a thief may know them; returns
        who they are. Cards stay. The caller holds the site's lock and announces the change. Raises ``NoCodeLeft``."""
        renewed = []
        for old, parts in await self._opening(tx, site, doors):
            kept = await self.secrets(tx, old)
            duress = bool(kept.duress_code or kept.duress_pin)
            request = CredentialRequest(code=bool(kept.code), pin=bool(kept.pin), duress=duress)
            drawn = await self._drawn(tx, old, request, parts, kept, now)
            new = msgspec.structs.replace(old, changed_at=now, changed_by=actor.name, version=old.version + 1)
            await self._written(tx, new, drawn, parts, actor, "new code", now, new=False, why=why)
            renewed.append(new)
        return renewed

    async def rehash_at(self, tx: Tx, site: str, doors: Collection[str], *, now: datetime) -> None:
        """These doors are new or have other secrets: write again whose code is whose there. The caller holds the site's
        lock."""
        for holder, parts in await self._opening(tx, site, doors):
            await self._claims.put(tx, holder, await self.secrets(tx, holder), parts, now)

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        """Claim the codes at a new door from its first moment, so that nobody else gets them there."""
        if new := {door.id for door in after.doors} - {door.id for door in before.doors}:
            await self.rehash_at(tx, after.site.id, new, now=now)

    async def _opening(self, tx: Tx, site: str, doors: Collection[str]) -> list[tuple[Holder, Mapping[str, SiteParts]]]:
        """Who opens one of these doors and has not ended, each with the sites where they open any."""
        found: list[tuple[Holder, Mapping[str, SiteParts]]] = []
        for holder in await repository.at_site(tx, site):
            here = any(place.site == site and place.has(door) for place in holder.draft.places for door in doors)
            if here and holder.ended_at is None:
                found.append((holder, await self._parts(tx, holder.draft)))
        return found

    async def reveal(self, holder_id: str, *, actor: Actor) -> HolderWithSecrets:
        """All credentials of a holder, in the clear. Records who asked."""

        async def look(tx: Tx) -> HolderWithSecrets:
            holder = await self.active_holder(tx, holder_id, actor)
            await self._record(tx, holder, actor, "see the code", self._clock.now())
            return HolderWithSecrets(holder=holder, secrets=await self.secrets(tx, holder))

        return await self._database.run(look)

    async def end(self, holder_id: str, *, why: str, actor: Actor) -> Holder:
        """End a holder's access: nothing of theirs opens a door once the doors have the next plan. Idempotent."""

        async def write(tx: Tx) -> HolderWithSecrets:
            now = self._clock.now()
            old = await self._found(tx, holder_id, actor)
            if old.ended_at is not None:
                return HolderWithSecrets(holder=old, secrets=Secrets())
            new = msgspec.structs.replace(
                old,
                ended_at=now,
                ended_why=why,
                has=(),
                changed_at=now,
                changed_by=actor.name,
                version=old.version + 1,
            )
            gone = dict.fromkeys(repository.SECRETS)
            await repository.write(tx, new, gone, card_tag=None, new=False)
            await repository.release(tx, new.id, until=now + HORIZON)
            await self._bump(tx, set(new.sites))
            await self._record(tx, new, actor, "end", now, why=why)
            return HolderWithSecrets(holder=new, secrets=Secrets())

        return (await self._write_and_notify(write)).holder

    async def secrets(self, tx: Tx, holder: Holder) -> Secrets:
        """What a holder opens doors with."""
        sealed = (await repository.sealed(tx, [holder.id])).get(holder.id, {})
        return self.opened(holder.id, sealed)

    def opened(self, holder_id: str, sealed: Mapping[str, bytes]) -> Secrets:
        return Secrets(
            **{name: self._keys.unseal(value, _about(name, holder_id)).decode() for name, value in sealed.items()}
        )

    async def _drawn(
        self,
        tx: Tx,
        holder: Holder,
        request: CredentialRequest,
        parts: Mapping[str, SiteParts],
        kept: Secrets,
        now: datetime,
    ) -> Secrets:
        """The present secrets, with those that were asked for drawn again."""
        values = _values(kept)
        if request.card:
            values["card"] = request.card
        if request.code or (request.duress and values["code"]):
            length = length_of(holder.draft, parts)
            if request.code:
                values["code"] = await self._claims.free(tx, holder, parts, length, now, but=())
            if request.duress:
                values["duress_code"] = await self._claims.free(tx, holder, parts, length, now, but=(values["code"],))
        if request.pin:
            if not values["card"]:
                raise invalid_field("pin", "belongs to a card; name the card too")
            values["pin"] = choose_pin(but=kept.pin)
        if request.duress and values["pin"]:
            values["duress_pin"] = choose_pin(but=values["pin"])
        if request.duress and not (values["duress_code"] or values["duress_pin"]):
            raise invalid_field("duress", "needs a code or a PIN that it belongs to")
        if not values["code"] and not values["card"]:
            raise invalid_field("code", "a holder needs a code or a card to open anything with")
        return Secrets(**values)

    async def _previewed(
        self, tx: Tx, holder: Holder, given: Secrets, parts: Mapping[str, SiteParts], now: datetime
    ) -> HolderWithSecrets:
        """As ``_written``, but writes nothing: the card and the codes are looked up instead of claimed."""
        if given.card and await repository.card_taken(tx, tag(self._keys, given.card), but=holder.id):
            raise CardTaken
        await self._claims.require_free(tx, holder, given, parts, now)
        return HolderWithSecrets(holder=holder, secrets=Secrets())

    async def _written(
        self,
        tx: Tx,
        holder: Holder,
        given: Secrets,
        parts: Mapping[str, SiteParts],
        actor: Actor,
        act: str,
        now: datetime,
        *,
        new: bool,
        why: str = "",
    ) -> HolderWithSecrets:
        sealed = {
            name: self._keys.seal(value.encode(), _about(name, holder.id)) if value else None
            for name, value in _values(given).items()
        }
        holder = msgspec.structs.replace(holder, has=tuple(name for name, value in sealed.items() if value))
        before = None if new else await repository.holder(tx, holder.id)
        changes = diff(before and before.draft, holder.draft)
        try:
            card_tag = tag(self._keys, given.card) if given.card else None
            await repository.write(tx, holder, sealed, card_tag=card_tag, new=new)
        except IntegrityError as error:
            if "card_tag" in str(error.orig):
                raise CardTaken from error
            raise
        await self._claims.put(tx, holder, given, parts, now)
        await self._bump(tx, set(holder.sites))
        await self._record(tx, holder, actor, act, now, why=why, changes=changes)
        return HolderWithSecrets(holder=holder, secrets=given)

    async def _parts(self, tx: Tx, draft: HolderDraft, *, lock: bool = True) -> dict[str, SiteParts]:
        """The sites of a draft. ``lock``: take their locks too. Raises ``Invalid`` for a site or door that there is
        not."""
        found: dict[str, SiteParts] = {}
        for index, place in enumerate(draft.places):
            if lock:
                await self._database.lock_site(tx, place.site)
            parts = await estate_repository.site_parts(tx, place.site)
            if parts is None:
                raise invalid_field(f"places.{index}.site", f"there is no site {place.site!r}")
            for at, door in enumerate(place.doors):
                if parts.door(door) is None:
                    raise invalid_field(f"places.{index}.doors.{at}", f"site {place.site!r} has no door {door!r}")
            found[place.site] = parts
        return found

    async def _found(self, tx: Tx, holder_id: str, actor: Actor) -> Holder:
        found = await repository.holder(tx, holder_id)
        if found is None:
            raise HolderUnknown(holder_id)
        _require(actor, found)
        return found

    async def active_holder(self, tx: Tx, holder_id: str, actor: Actor) -> Holder:
        """One that has not ended. Raises ``HolderUnknown``, ``HolderEnded``, ``NotAllowed``."""
        found = await self._found(tx, holder_id, actor)
        if found.ended_at is not None:
            raise HolderEnded(found.draft.name)
        return found

    async def _bump(self, tx: Tx, sites: set[str]) -> None:
        for site in sorted(sites):
            await self._database.lock_site(tx, site)
            await bump(tx, site)

    async def _record(
        self,
        tx: Tx,
        holder: Holder,
        actor: Actor,
        act: str,
        now: datetime,
        *,
        why: str = "",
        changes: FieldChanges | None = None,
    ) -> None:
        thing = f"{holder.draft.kind.value.replace('_', ' ')} {holder.id}"
        for site in holder.sites:
            await audit_log.record(
                tx, actor=actor.name, at=now, act=act, site=site, thing=thing, why=why, changes=changes
            )

    async def _write_and_notify(self, write: Callable[[Tx], Awaitable[HolderWithSecrets]]) -> HolderWithSecrets:
        given = await self._database.run(write)
        for site in given.holder.sites:
            self._changes.site_changed(site, estate=True)
        return given


def _values(secrets: Secrets) -> dict[str, str]:
    return {name: getattr(secrets, name) for name in repository.SECRETS}


def _about(name: str, holder_id: str) -> str:
    return f"{name} of holder {holder_id}"


def _allowed(actor: Actor, holder: Holder) -> bool:
    return all(may(actor, Action.KEYS, Thing(site=site)) for site in holder.sites)


def _require(actor: Actor, holder: Holder) -> None:
    for site in holder.sites:
        if not may(actor, Action.KEYS, Thing(site=site)):
            raise NotAllowed(actor, Action.KEYS, Thing(site=site))
