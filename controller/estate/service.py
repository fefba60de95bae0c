"""The estate: reads for everybody, writes for people who set a building up, with a preview of the effects."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec
from sqlalchemy.exc import IntegrityError

from controller.db.engine import Database, Tx
from controller.estate import repository
from controller.estate.change_hooks import ChangePreview, EstateHook, together
from controller.estate.change_preview import SINGULAR, Difference, Edit, Put, Remove, Thing, differences, things
from controller.estate.errors import (
    ChangeBlocked,
    DoorUnknown,
    EdgeUnknown,
    InUse,
    SiteInvalid,
    SiteUnknown,
    ThingUnknown,
)
from controller.estate.model import Door, DoorSecrets, Edge, Equipment, Floor, SealedSecrets, Site, SiteParts, Space
from controller.estate.repository import bump
from controller.estate.validation import EstateFault, faults, users
from controller.people.model import PartyKind
from controller.people.optimistic_locking import require_version, version_of
from controller.people.party_repository import party
from controller.platform.key_files import KeyFiles
from controller.records.audit import audit_log
from controller.records.audit.audit_log import FieldChanges, diff
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.enrolment import DoorSecret, secret_id

T = TypeVar("T", Floor, Space, Equipment, Door, Edge)
SECRET_BYTES = 32


class EstateService:
    """Methods that take ``tx`` run inside the caller's transaction."""

    def __init__(self, database: Database, clock: Clock, keys: KeyFiles, changes: Changes) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._changes = changes
        self._space_followers: list[Callable[[Tx, Space], Awaitable[None]]] = []
        self._followers: list[EstateHook] = []

    def when_a_space_changes(self, follow: Callable[[Tx, Space], Awaitable[None]]) -> None:
        """Have ``follow`` called in the transaction that has written a space, under the site's lock."""
        self._space_followers.append(follow)

    def when_a_site_changes(self, hook: EstateHook) -> None:
        """Have ``hook`` called before and after every change of what a site consists of."""
        self._followers.append(hook)

    async def sites(self, *, after: str | None, limit: int, only: frozenset[str] | None = None) -> list[Site]:
        """In the order of their ids; ``only`` those of these ids."""
        async with self._database.read() as tx:
            return await repository.list_sites(tx, after=after, limit=limit, only=only)

    async def parts(self, site: str) -> SiteParts:
        """Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            return await require_parts(tx, site)

    async def door_secrets(self, tx: Tx, site: str, *, edge: str | None = None) -> dict[str, bytes]:
        """Door id -> the secret its codes are hashed with, of the whole site or of one edge."""
        sealed = await repository.sealed_secrets(tx, site, edge=edge)
        return {door: self._keys.unseal(each.secret, _about(site, door)) for door, each in sealed.items()}

    async def offline_secrets(self, tx: Tx, site: str, *, edge: str | None = None) -> dict[str, bytes]:
        """Door id -> the secret its offline codes are made from, of those that have one."""
        sealed = await repository.sealed_secrets(tx, site, edge=edge)
        return {
            door: self._keys.unseal(each.offline, _about_offline(site, door))
            for door, each in sealed.items()
            if each.offline is not None
        }

    async def secrets_of(self, tx: Tx, site: str, door: str) -> list[DoorSecrets]:
        """Those that a door has, then those that it had, the latest first, as far as plans of their time are kept."""
        sealed = (await repository.sealed_secrets(tx, site)).get(door)
        old = await repository.kept_secrets(tx, site, door)
        every: list[tuple[bytes, bytes | None, datetime | None, datetime | None]]
        every = [(each.secret, each.offline, each.since, each.until) for each in old]
        if sealed is not None:
            every.insert(0, (sealed.secret, sealed.offline, old[0].until if old else None, None))
        found = []
        for secret, offline, since, until in every:
            clear = self._keys.unseal(secret, _about(site, door))
            found.append(
                DoorSecrets(
                    name=secret_id(clear),
                    secret=clear,
                    offline=None if offline is None else self._keys.unseal(offline, _about_offline(site, door)),
                    since=since,
                    until=until,
                )
            )
        return found

    async def all_secrets(self, tx: Tx, site: str, *, edge: str) -> dict[str, tuple[DoorSecret, ...]]:
        """Door id -> its secrets, and the next ones where there are such, of the doors on an edge that have both."""
        found: dict[str, tuple[DoorSecret, ...]] = {}
        for door, sealed in (await repository.sealed_secrets(tx, site, edge=edge)).items():
            pairs = ((sealed.secret, sealed.offline), (sealed.next_secret, sealed.next_offline))
            found[door] = tuple(
                DoorSecret(
                    secret=self._keys.unseal(secret, _about(site, door)),
                    offline=self._keys.unseal(offline, _about_offline(site, door)),
                )
                for secret, offline in pairs
                if secret is not None and offline is not None
            )
        return {door: secrets for door, secrets in found.items() if secrets}

    async def complete_secrets(self, tx: Tx, site: str, *, edge: str) -> None:
        """Give a secret for offline codes to the doors on an edge that have none."""
        for door, sealed in (await repository.sealed_secrets(tx, site, edge=edge)).items():
            if sealed.offline is None:
                new = self._new_secrets(site, door)
                await repository.put_secrets(tx, site, door, msgspec.structs.replace(sealed, offline=new.offline))

    async def create_next_secrets(self, tx: Tx, site: str, *, edge: str) -> None:
        """Make the secrets that will take the place of those of an edge's doors, unless they are made already."""
        for door, sealed in (await repository.sealed_secrets(tx, site, edge=edge)).items():
            if sealed.next_secret is None:
                new = self._new_secrets(site, door)
                both = msgspec.structs.replace(sealed, next_secret=new.secret, next_offline=new.offline)
                await repository.put_secrets(tx, site, door, both)

    async def has_next_secrets(self, tx: Tx, site: str, *, edge: str) -> bool:
        """Whether doors on an edge wait for it to have their next secrets."""
        sealed = await repository.sealed_secrets(tx, site, edge=edge)
        return any(each.next_secret is not None for each in sealed.values())

    async def activate_next_secrets(self, tx: Tx, site: str, *, edge: str) -> dict[str, bytes]:
        """Make the next secrets of an edge's doors the current ones; door id -> the one that its codes are hashed with
        now."""
        changed: dict[str, bytes] = {}
        for door, sealed in (await repository.sealed_secrets(tx, site, edge=edge)).items():
            if sealed.next_secret is not None:
                await self._replace(tx, site, door, sealed, SealedSecrets(sealed.next_secret, sealed.next_offline))
                changed[door] = self._keys.unseal(sealed.next_secret, _about(site, door))
        return changed

    async def renew_secrets(self, tx: Tx, site: str, *, edge: str) -> tuple[str, ...]:
        """Other secrets for the doors on an edge, at once; the doors."""
        before = await repository.sealed_secrets(tx, site, edge=edge)
        for door, sealed in before.items():
            await self._replace(tx, site, door, sealed, self._new_secrets(site, door))
        return tuple(before)

    async def restart_secrets(self, tx: Tx, site: str) -> None:
        """Other secrets for all doors of a site; those before them do not open any more and are forgotten."""
        await repository.forget_old_secrets(tx, site)
        for door in await repository.sealed_secrets(tx, site):
            await repository.put_secrets(tx, site, door, self._new_secrets(site, door))

    async def _replace(self, tx: Tx, site: str, door: str, old: SealedSecrets, new: SealedSecrets) -> None:
        await self._keep(tx, site, door, old)
        await repository.put_secrets(tx, site, door, new)

    async def _keep(self, tx: Tx, site: str, door: str, old: SealedSecrets) -> None:
        """The secrets that a door had before, for explaining why it opened."""
        name = secret_id(self._keys.unseal(old.secret, _about(site, door)))
        await repository.keep_secrets(tx, site, door, old, name=name, until=self._clock.now())

    async def put_site(self, site: Site, *, version: int, actor: str) -> bool:
        """Write a site; True when it is new. Raises ``VersionStale``, and ``SiteInvalid`` if its organisation is not
        there."""
        new = await self._database.run(self._put_site, site, version, actor)
        self._changes.site_changed(site.id, estate=True)
        return new

    async def _put_site(self, tx: Tx, site: Site, version: int, actor: str) -> bool:
        await self._database.lock_site(tx, site.id)
        before = await repository.site_parts(tx, site.id)
        current = version_of(None if before is None else before.site)
        await require_version(tx, version, current, site=site.id, thing=f"site {site.id}")
        after = SiteParts(site=site) if before is None else msgspec.structs.replace(before, site=site)
        await self.rebuild(tx, before, after, of=("site", ""))
        await self._record(
            tx,
            actor,
            "make" if before is None else "change",
            site.id,
            f"site {site.id}",
            diff(None if before is None else before.site, site),
        )
        return before is None

    async def put(self, thing: Thing, *, version: int, actor: str) -> bool:
        """Write a floor, space, equipment, door or edge; True when it is new. Future claims follow a space. A new door
        gets a secret of its own; one that is there keeps its secret. A new edge has no keys until it enrols.

        Raises ``SiteUnknown``, ``SiteInvalid`` for a name in it that the site does not know, ``VersionStale`` where
        ``version`` is not that of the thing that is there, and ``ChangeBlocked`` where bookings prevent it."""
        new = await self._database.run(self._edit, thing.site, Put(value=thing, version=version), actor)
        self._changes.site_changed(thing.site, estate=True)
        return new

    async def remove(self, site: str, section: str, thing: str, *, actor: str) -> None:
        """Delete a floor, space, equipment, door or edge. Raises ``SiteUnknown``, ``ThingUnknown``, ``InUse``,
        ``ChangeBlocked``."""
        await self._database.run(self._edit, site, Remove(section=section, id=thing), actor)
        self._changes.site_changed(site, estate=True)

    async def check(self, site: str, edit: Edit) -> tuple[list[Difference], ChangePreview]:
        """What an edit would change, and its preview; writes nothing. Raises as the edit, except for obstacles."""
        async with self._database.read() as tx:
            before, after = await self._edited(tx, site, edit)
            await self._require_sound(tx, before, after, of=(edit.section, edit.id))
            return differences(before, after), await self.preview_change(tx, before, after)

    async def _edit(self, tx: Tx, site: str, edit: Edit, actor: str) -> bool:
        await self._database.lock_site(tx, site)
        before, after = await self._edited(tx, site, edit)
        await self.rebuild(tx, before, after, of=(edit.section, edit.id))
        new = isinstance(edit, Put) and edit.id not in things(before, edit.section)
        act = "delete" if isinstance(edit, Remove) else "make" if new else "change"
        old, made = (things(each, edit.section).get(edit.id) for each in (before, after))
        await self._record(tx, actor, act, site, _named(edit), diff(old, made))
        return new

    async def _edited(self, tx: Tx, site: str, edit: Edit) -> tuple[SiteParts, SiteParts]:
        before = await require_parts(tx, site)
        if isinstance(edit, Put):
            current = version_of(things(before, edit.section).get(edit.id))
            await require_version(tx, edit.version, current, site=site, thing=_named(edit))
        if isinstance(edit, Remove):
            if edit.id not in things(before, edit.section):
                raise ThingUnknown(site, edit.section, edit.id)
            if found := users(before, edit.section, edit.id):
                raise InUse(_named(edit), found)
        return before, edit.applied(before)

    async def preview_change(self, tx: Tx, before: SiteParts | None, after: SiteParts) -> ChangePreview:
        """What a change to a valid site would do to everything that depends on it."""
        old = before or SiteParts(site=after.site)
        now = self._clock.now()
        return together([await each.preview_change(tx, old, after, now=now) for each in self._followers])

    async def rebuild(
        self, tx: Tx, before: SiteParts | None, after: SiteParts, *, of: tuple[str, str] | None = None
    ) -> ChangePreview:
        """Make a site what ``after`` says, and update everything that depends on it. The caller holds the site's lock
        and has read ``before`` under it. ``of``: the one thing that it is about; refusals name its fields directly.

        Raises ``SiteInvalid``, ``ChangeBlocked``, ``InUse``.
        """
        await self._require_sound(tx, before, after, of=of)
        foreseen = await self.preview_change(tx, before, after)
        if foreseen.obstacles:
            raise ChangeBlocked(foreseen.obstacles, of=of)
        now = self._clock.now()
        changed = differences(before, after)
        await self._write(tx, after, [each for each in changed if each.what != "remove"])
        old = before or SiteParts(site=after.site)
        for hook in self._followers:
            await hook.follow(tx, old, after, now=now)
        for each in changed:
            if each.section == "spaces" and each.what != "remove":
                for follow in self._space_followers:
                    await follow(tx, _of(after, "spaces", each.id, Space))
        await self._remove(tx, after.site.id, [each for each in changed if each.what == "remove"])
        await bump(tx, after.site.id)
        return foreseen

    async def _write(self, tx: Tx, after: SiteParts, changed: Sequence[Difference]) -> None:
        if any(each.section == "site" for each in changed):
            await repository.put_site(tx, after.site)
        for section in ("edges", "doors", "floors", "spaces", "equipment"):
            changes = [things(after, section)[each.id] for each in changed if each.section == section]
            if section == "spaces":
                await repository.put_spaces(tx, [each for each in changes if isinstance(each, Space)])
                continue
            for each in changes:
                new = self._new_secrets(each.site, each.id) if section == "doors" else None
                await repository.put(tx, section, each, only_new=new)

    async def _remove(self, tx: Tx, site: str, gone: Sequence[Difference]) -> None:
        known = await repository.sealed_secrets(tx, site) if any(each.section == "doors" for each in gone) else {}
        for section in ("equipment", "spaces", "floors", "doors", "edges"):
            for each in gone:
                if each.section != section:
                    continue
                if section == "doors":
                    await self._keep(tx, site, each.id, known[each.id])
                try:
                    await repository.remove(tx, site, section, each.id)
                except IntegrityError as error:
                    raise InUse(each.named, ["something that is stored still refers to it"]) from error

    async def _require_sound(
        self, tx: Tx, before: SiteParts | None, after: SiteParts, *, of: tuple[str, str] | None
    ) -> None:
        first = of[1] if of is not None and of[0] == "spaces" else None
        if found := await self.faults(tx, before, after, first=first):
            raise SiteInvalid(found, of=of)

    async def faults(
        self, tx: Tx, before: SiteParts | None, after: SiteParts, *, first: str | None = None
    ) -> list[EstateFault]:
        """All that is wrong with a site as such, its organisation looked up; not whether its keys are another site's.
        ``first``: as in ``soundness``."""
        found = faults(after, first=first)
        organisation = after.site.organisation
        if organisation is not None and (before is None or before.site.organisation != organisation):
            known = await party(tx, organisation)
            if known is None or known.kind is not PartyKind.ORGANISATION:
                text = f"there is no organisation {organisation!r}; make it first"
                found.append(EstateFault(section="site", id="", field="organisation", text=text))
        return found

    def _new_secrets(self, site: str, door: str) -> SealedSecrets:
        return SealedSecrets(
            self._keys.seal(secrets.token_bytes(SECRET_BYTES), _about(site, door)),
            self._keys.seal(secrets.token_bytes(SECRET_BYTES), _about_offline(site, door)),
        )

    async def _record(self, tx: Tx, actor: str, act: str, site: str, thing: str, changes: FieldChanges) -> None:
        at = self._clock.now()
        await audit_log.record(tx, actor=actor, at=at, act=act, site=site, thing=thing, changes=changes)


def _of(parts: SiteParts, section: str, thing: str, kind: type[T]) -> T:
    found = things(parts, section)[thing]
    assert isinstance(found, kind)
    return found


def _named(edit: Edit) -> str:
    return f"{SINGULAR[edit.section]} {edit.id}"


async def require_site(tx: Tx, site_id: str) -> Site:
    """Raises ``SiteUnknown``."""
    site = await repository.site(tx, site_id)
    if site is None:
        raise SiteUnknown(site_id)
    return site


async def require_parts(tx: Tx, site_id: str) -> SiteParts:
    """Raises ``SiteUnknown``."""
    parts = await repository.site_parts(tx, site_id)
    if parts is None:
        raise SiteUnknown(site_id)
    return parts


async def require_door(tx: Tx, site: str, door_id: str) -> Door:
    """Raises ``SiteUnknown`` and ``DoorUnknown``."""
    door = (await require_parts(tx, site)).door(door_id)
    if door is None:
        raise DoorUnknown(site, door_id)
    return door


async def require_edge(tx: Tx, site: str, edge_id: str) -> Edge:
    """Raises ``SiteUnknown`` and ``EdgeUnknown``."""
    await require_site(tx, site)
    edge = await repository.edge(tx, site, edge_id)
    if edge is None:
        raise EdgeUnknown(site, edge_id)
    return edge


def _about(site: str, door: str) -> str:
    return f"secret of door {site}/{door}"


def _about_offline(site: str, door: str) -> str:
    return f"offline secret of door {site}/{door}"
