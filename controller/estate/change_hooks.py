"""Hooks for changes of a site: each domain that depends on it previews the change and then follows it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.platform.web.problem import Conflict


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """Something that prevents a change. ``section``, ``id``, ``field``: what cannot be changed like this.

    ``kind``: a code for programs, such as "clash". ``text``: a sentence that says what to do. ``conflicts``: the
    bookings it is about; for a clash the two.
    """

    section: str
    id: str
    field: str
    kind: str
    text: str
    conflicts: tuple[Conflict, ...] = ()

    @property
    def place(self) -> str:
        return ".".join(each for each in (self.section, self.id, self.field) if each)


class ChangePreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would do. ``rewritten``: bookings whose claims are written again. ``notes``: what is worth
    knowing."""

    obstacles: tuple[Obstacle, ...] = ()
    rewritten: int = 0
    notes: tuple[str, ...] = ()


class EstateHook(Protocol):
    """``before`` and ``after`` are the whole site; that of a new site has nothing in it before."""

    async def preview_change(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> ChangePreview:
        """What the change would do, which is nothing if not overridden; writes nothing. Asked under the site's lock
        before every write, too."""
        return ChangePreview()

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        """Update the domain's own data, in the transaction of the change, which had no obstacles. Everything new or
        changed is written already; what is removed still exists."""
        ...


def together(found: Sequence[ChangePreview]) -> ChangePreview:
    """What all of them foresee."""
    return ChangePreview(
        obstacles=tuple(obstacle for each in found for obstacle in each.obstacles),
        rewritten=sum(each.rewritten for each in found),
        notes=tuple(note for each in found for note in each.notes),
    )
