"""Finding a space: what is free, what would fit instead, where a wish or a whole series can be had."""

from collections.abc import Sequence

import msgspec

from controller.bookings.finding.free import FreeThere, Question, free_at
from controller.bookings.finding.look import Looker
from controller.bookings.finding.reach import Reach, Reached, reached
from controller.bookings.picture import Pictures
from controller.database import Database, Tx
from controller.people.may import Action, Thing, may
from controller.people.model import Actor
from controller.people.parties import tier_of
from edge.wire.clock import Clock


class FreePage(msgspec.Struct, frozen=True, kw_only=True):
    """``more``: whether there are other sites behind these."""

    items: Sequence[FreeThere]
    more: bool


class Finding:
    """Each method is one transaction that writes nothing."""

    def __init__(self, database: Database, clock: Clock, pictures: Pictures) -> None:
        self._database = database
        self._clock = clock
        self._pictures = pictures
        self._looker = Looker()

    async def free(self, site: str, question: Question, *, actor: Actor) -> FreeThere:
        """What is free at one site. Raises ``Invalid``, ``SiteUnknown``, ``SpaceUnknown``."""
        async with self._database.read() as tx:
            picture = await self._pictures.of(tx, site)
            for space in question.spaces or ():
                picture.require(space)
            [found] = await self._free(tx, [Reached(picture=picture)], question, actor)
            return found

    async def free_everywhere(
        self, reach: Reach, question: Question, *, actor: Actor, after: str | None, limit: int
    ) -> FreePage:
        """What is free at the sites in reach that the actor may see, the nearest first. Raises ``Invalid``."""
        async with self._database.read() as tx:
            page = await reached(tx, self._pictures, reach, actor, after=after, limit=limit)
            return FreePage(items=await self._free(tx, page.items, question, actor), more=page.more)

    async def _free(self, tx: Tx, there: Sequence[Reached], question: Question, actor: Actor) -> list[FreeThere]:
        now = self._clock.now()
        # A manager may decide wherever it may look, and then no window holds.
        decides = may(actor, Action.DECIDE, Thing(party=actor.party))
        tier = None if decides or not actor.party else await tier_of(tx, actor.party)
        return await free_at(tx, self._looker, there, question, tier=tier, now=now)
