"""The ways to a site and its doors: read by who books there, written by who runs it."""

from collections.abc import Sequence

from msgspec.structs import replace

from controller.db.engine import Database, Tx
from controller.estate.errors import DoorUnknown
from controller.estate.model import SiteParts
from controller.estate.service import require_parts
from controller.estate.ways import repository
from controller.estate.ways.model import NoPhoto, Way, WayDraft, in_order
from controller.people.model import Actor
from controller.people.optimistic_locking import require_version
from controller.platform.uploads.parser import Parser
from controller.platform.uploads.photo import cleaned
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff
from edge.wire.clock import Clock


class WayService:
    """``door``: empty for the way to the site. The caller checks permissions."""

    def __init__(self, database: Database, clock: Clock, parser: Parser) -> None:
        self._database = database
        self._clock = clock
        self._parser = parser

    async def of_site(self, site: str) -> tuple[SiteParts, list[Way]]:
        """The site, and its ways: that to itself first. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            parts = await require_parts(tx, site)
            return parts, in_order(await repository.of_site(tx, site), (each.id for each in parts.doors))

    async def of_doors(self, site: str, doors: Sequence[str]) -> list[Way]:
        """The way to the site, and on to these doors."""
        async with self._database.read() as tx:
            return in_order(await repository.of_site(tx, site), doors)

    async def put(self, site: str, door: str, draft: WayDraft, *, version: int, actor: Actor) -> Way:
        """Raises ``SiteUnknown``, ``DoorUnknown``, ``VersionStale``."""

        async def put(tx: Tx) -> Way:
            old = await _require(tx, site, door)
            await require_version(tx, version, old.version, site=site, thing=_thing(door))
            new = replace(old, text=draft.text, step_free=draft.step_free)
            await repository.write(tx, new)
            await self._record(tx, "change way", new, actor, diff(old.draft, draft))
            return new

        return await self._database.run(put)

    async def put_photo(self, site: str, door: str, content: bytes, *, actor: Actor) -> Way:
        """Keep a photograph of the way, without what a camera wrote into it, in place of the one before. Raises
        ``SiteUnknown``, ``DoorUnknown``, ``Invalid``, ``TooLarge``."""
        media_type, picture = await self._parser.run(cleaned, content)
        return await self._keep(site, door, actor, media_type, picture)

    async def remove_photo(self, site: str, door: str, *, actor: Actor) -> Way:
        """Raises ``SiteUnknown``, ``DoorUnknown``."""
        return await self._keep(site, door, actor, None, None)

    async def _keep(self, site: str, door: str, actor: Actor, media_type: str | None, picture: bytes | None) -> Way:
        async def keep(tx: Tx) -> Way:
            old = await _require(tx, site, door)
            new = replace(old, media_type=media_type, size=len(picture or b""), photo=old.photo + 1)
            await repository.write(tx, new)
            await repository.write_photo(tx, site, door, picture)
            act = "remove photo of way" if picture is None else "add photo of way"
            await self._record(tx, act, new, actor, {"size": (old.size, new.size)})
            return new

        return await self._database.run(keep)

    async def photo(self, site: str, door: str) -> tuple[str, bytes]:
        """Its media type and the picture. Raises ``NoPhoto``."""
        async with self._database.read() as tx:
            found = next((each for each in await repository.of_site(tx, site) if each.door == door), None)
            content = await repository.photo(tx, site, door)
        if found is None or found.media_type is None or content is None:
            raise NoPhoto
        return found.media_type, content

    async def _record(self, tx: Tx, act: str, way: Way, actor: Actor, changes: audit_log.FieldChanges) -> None:
        at = self._clock.now()
        await audit_log.record(
            tx, actor=actor.name, at=at, act=act, site=way.site, thing=_thing(way.door), changes=changes
        )


def _thing(door: str) -> str:
    return f"the way to door {door}" if door else "the way to the site"


async def _require(tx: Tx, site: str, door: str) -> Way:
    """As it is stored, or a blank one. Raises ``SiteUnknown``, ``DoorUnknown``."""
    parts = await require_parts(tx, site)
    if door and all(each.id != door for each in parts.doors):
        raise DoorUnknown(site, door)
    found = (each for each in await repository.of_site(tx, site) if each.door == door)
    return next(found, Way(site=site, door=door))
