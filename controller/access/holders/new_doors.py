"""Gives holders with all doors of a site access to a new door."""

from datetime import datetime

from controller.access.holders.service import HolderService
from controller.db.engine import Tx
from controller.estate.change_hooks import ChangePreview
from controller.estate.model import SiteParts


class NewDoors:
    """Their codes are claimed at the door from its first moment, so that nobody else is given them there."""

    def __init__(self, holders: HolderService) -> None:
        self._holders = holders

    async def preview_change(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> ChangePreview:
        return ChangePreview()

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        new = {door.id for door in after.doors} - {door.id for door in before.doors}
        if new:
            await self._holders.rehash_at(tx, after.site.id, new, now=now)
