"""What a change of a door's code length means to the bookings that have a code there."""

from datetime import datetime

from controller.bookings.code_issuing import BookingCodes
from controller.db.engine import Tx
from controller.estate.change_hooks import ChangePreview
from controller.estate.model import SiteParts


class CodeLengths:
    """Bookings get codes of the new length at once; those of the old one end with the next plan."""

    def __init__(self, codes: BookingCodes) -> None:
        self._codes = codes

    async def preview_change(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> ChangePreview:
        doors = _changed(before, after)
        names = [door.name for door in after.doors if door.id in doors]
        text = "bookings get a new door code, because the code length changes at: "
        return ChangePreview(notes=(text + ", ".join(names),)) if names else ChangePreview()

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        doors = _changed(before, after)
        for space in after.spaces:
            if doors & set(space.doors):
                await self._codes.follow_doors(tx, space, now)


def _changed(before: SiteParts, after: SiteParts) -> set[str]:
    old = {door.id: door.code_length for door in before.doors}
    return {door.id for door in after.doors if old.get(door.id, door.code_length) != door.code_length}
