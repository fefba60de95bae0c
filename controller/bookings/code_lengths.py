"""What a change of a door's code length means to the bookings that have a code there."""

from datetime import datetime

from controller.bookings.code_issuing import BookingCodes
from controller.db.engine import Tx
from controller.estate.change_hooks import Foreseen
from controller.estate.model import SiteParts


class CodeLengths:
    """Bookings get codes of the new length at once; those of the old one end with the next plan."""

    def __init__(self, codes: BookingCodes) -> None:
        self._codes = codes

    async def foresee(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> Foreseen:
        doors = _changed(before, after)
        names = [door.name for door in after.doors if door.id in doors]
        text = "bookings get another door code, since codes change their length at: "
        return Foreseen(notes=(text + ", ".join(names),)) if names else Foreseen()

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        doors = _changed(before, after)
        for space in after.spaces:
            if doors & set(space.doors):
                await self._codes.follow_doors(tx, space, now)


def _changed(before: SiteParts, after: SiteParts) -> set[str]:
    old = {door.id: door.code_length for door in before.doors}
    return {door.id for door in after.doors if old.get(door.id, door.code_length) != door.code_length}
