"""Gives an edge a new identity when its doors change."""

from datetime import datetime

from controller.db.engine import Tx
from controller.enrolment import repository
from controller.enrolment.edge_identity import EdgeIdentities
from controller.estate.change_hooks import ChangePreview
from controller.estate.model import SiteParts


class DoorChanges:
    """A ``Follower``: an edge that gets or loses a door needs a new identity."""

    def __init__(self, registry: EdgeIdentities) -> None:
        self._registry = registry

    async def preview_change(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> ChangePreview:
        return ChangePreview()

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        site, old, new = after.site.id, _hung(before), _hung(after)
        for edge in sorted({each.id for each in after.edges}):
            changed = old.get(edge, set()) != new.get(edge, set())
            if changed and await repository.identity_state(tx, site, edge) is not None:
                await self._registry.renew(tx, site, edge)


def _hung(parts: SiteParts) -> dict[str, set[str]]:
    doors: dict[str, set[str]] = {}
    for door in parts.doors:
        doors.setdefault(door.edge, set()).add(door.id)
    return doors
