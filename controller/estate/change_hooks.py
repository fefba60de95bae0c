"""What a change of a site means to the other domains: each domain that stands on it foresees and follows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.web.problem import Conflict


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands in the way of a change. ``section``, ``id``, ``field``: of what cannot be changed so.

    ``why``: a word for programs, such as "clash". ``text``: a sentence with the mend. ``conflicts``: the bookings it is
    about; of a clash the two.
    """

    section: str
    id: str
    field: str
    why: str
    text: str
    conflicts: tuple[Conflict, ...] = ()

    @property
    def place(self) -> str:
        return ".".join(each for each in (self.section, self.id, self.field) if each)


class Foreseen(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would do. ``rewritten``: bookings whose claims are made anew. ``notes``: what is worth knowing."""

    obstacles: tuple[Obstacle, ...] = ()
    rewritten: int = 0
    notes: tuple[str, ...] = ()


class EstateHook(Protocol):
    """``before`` and ``after`` are the whole site; that of a new site has nothing in it before."""

    async def foresee(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> Foreseen:
        """What the change would do; writes nothing. Asked under the site's lock before every write, too."""
        ...

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        """Bring one's own in line, in the transaction of the change, which had no obstacles. All that is new or
        changed is written; what goes away is still there."""
        ...


def together(found: Sequence[Foreseen]) -> Foreseen:
    """What all of them foresee."""
    return Foreseen(
        obstacles=tuple(obstacle for each in found for obstacle in each.obstacles),
        rewritten=sum(each.rewritten for each in found),
        notes=tuple(note for each in found for note in each.notes),
    )
