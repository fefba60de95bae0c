"""The estate: reads for everybody, writes for whoever sets a building up."""

import base64
import secrets
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import IntegrityError

from controller.changes import Changes
from controller.database import Database, Tx
from controller.estate import repository
from controller.estate.errors import DoorUnknown, KeyTaken, SiteUnknown
from controller.estate.model import Door, Edge, Site, SiteParts, Space
from controller.estate.revisions import bump
from controller.people import audit
from controller.problem import invalid_field
from controller.secrets import Keys
from edge.wire.clock import Clock

SECRET_BYTES = 32


class Estate:
    """Methods that take ``tx`` run inside the caller's transaction."""

    def __init__(self, database: Database, clock: Clock, keys: Keys, changes: Changes) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._changes = changes
        self._followers: list[Callable[[Tx, Space], Awaitable[None]]] = []

    def when_a_space_changes(self, follow: Callable[[Tx, Space], Awaitable[None]]) -> None:
        """Have ``follow`` called in the transaction that has written a space, under the site's lock."""
        self._followers.append(follow)

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
        return {door: self._keys.unseal(secret, _about(site, door)) for door, secret in sealed.items()}

    async def put_site(self, site: Site, *, actor: str) -> bool:
        """Write a site; True when it is new."""
        new = await self._database.run(self._put_site, site, actor)
        self._changes.site_changed(site.id)
        return new

    async def _put_site(self, tx: Tx, site: Site, actor: str) -> bool:
        await self._database.lock_site(tx, site.id)
        new = await repository.put_site(tx, site)
        await self._record(tx, actor, new, site.id, f"site {site.id}")
        return new

    async def put_space(self, space: Space, *, actor: str) -> bool:
        """Write a space; True when it is new. Raises ``SiteUnknown``, ``Invalid`` for a door not here."""
        new = await self._database.run(self._put_space, space, actor)
        self._changes.site_changed(space.site)
        return new

    async def _put_space(self, tx: Tx, space: Space, actor: str) -> bool:
        await self._database.lock_site(tx, space.site)
        await require_site(tx, space.site)
        here = {door.id for door in await repository.site_doors(tx, space.site)}
        for door in space.doors:
            if door not in here:
                raise invalid_field("doors", f"site {space.site!r} has no door {door!r}; make it first")
        new = await repository.put_space(tx, space)
        for follow in self._followers:
            await follow(tx, space)
        await self._record(tx, actor, new, space.site, f"space {space.id}")
        return new

    async def put_door(self, door: Door, *, actor: str) -> bool:
        """Write a door; True when it is new. Raises ``SiteUnknown``, ``Invalid`` for an edge not here.

        A new door gets a secret of its own; one that is there keeps its secret.
        """
        new = await self._database.run(self._put_door, door, actor)
        self._changes.site_changed(door.site)
        return new

    async def _put_door(self, tx: Tx, door: Door, actor: str) -> bool:
        await self._database.lock_site(tx, door.site)
        await require_site(tx, door.site)
        if await repository.edge(tx, door.site, door.edge) is None:
            raise invalid_field("edge", f"site {door.site!r} has no edge {door.edge!r}; make it first")
        sealed = self._keys.seal(secrets.token_bytes(SECRET_BYTES), _about(door.site, door.id))
        new = await repository.put_door(tx, door, new_secret=sealed)
        await self._record(tx, actor, new, door.site, f"door {door.id}")
        return new

    async def put_edge(self, edge: Edge, *, actor: str) -> dict[str, str]:
        """Write an edge; returns the secrets of the doors that hang on it, base64.

        Raises ``SiteUnknown``, and ``KeyTaken`` when another edge signs with this key.
        """
        try:
            door_secrets = await self._database.run(self._put_edge, edge, actor)
        except IntegrityError as error:
            # Two sites have a lock each, so the other may have come between our look and our write.
            async with self._database.read() as tx:
                holder = await repository.edge_with_key(tx, edge.public_key)
            if holder is None:
                raise
            raise KeyTaken(holder.id, holder.site) from error
        self._changes.site_changed(edge.site)
        return {door: base64.b64encode(secret).decode() for door, secret in door_secrets.items()}

    async def _put_edge(self, tx: Tx, edge: Edge, actor: str) -> dict[str, bytes]:
        await self._database.lock_site(tx, edge.site)
        await require_site(tx, edge.site)
        holder = await repository.edge_with_key(tx, edge.public_key)
        if holder is not None and (holder.site, holder.id) != (edge.site, edge.id):
            raise KeyTaken(holder.id, holder.site)
        new = await repository.put_edge(tx, edge)
        await self._record(tx, actor, new, edge.site, f"edge {edge.id}")
        return await self.door_secrets(tx, edge.site, edge=edge.id)

    async def _record(self, tx: Tx, actor: str, new: bool, site: str, thing: str) -> None:
        await bump(tx, site)
        act = "make" if new else "change"
        await audit.record(tx, actor=actor, at=self._clock.now(), act=act, site=site, thing=thing)


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


def _about(site: str, door: str) -> str:
    return f"secret of door {site}/{door}"
