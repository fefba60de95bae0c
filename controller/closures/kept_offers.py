"""Offers to the waiting list of time that a batch frees: told once it cannot be undone any more, and taken back by
undoing it."""

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from controller.bookings import repository as bookings
from controller.bookings.affected.service import RefusedDecision
from controller.bookings.diary import waitlist_repository
from controller.closures.model import Batch, Step
from controller.db.engine import Database, Tx
from controller.find.waitlist.service import WaitlistService
from controller.notices.bundles import tell_nobody, tell_now
from controller.platform.text import times
from controller.platform.web.problem import Conflicting


@dataclass(eq=False)
class KeptOffers:
    """Works in the caller's transaction, under the site's lock."""

    database: Database
    waitlist: WaitlistService

    async def take_back(self, tx: Tx, batch: Batch, step: Step, now: datetime) -> None:
        """Those in the way of what is put back, which nobody has accepted; who waited keeps their place, and is told
        nothing."""
        booking = await bookings.booking(tx, step.booking)
        if booking is not None:
            was = step.was
            wanted = replace(booking, space=was.space, layout=was.layout, starts=was.starts, ends=was.ends)
            await tell_nobody(tx, await self.waitlist.take_back(tx, batch.id, wanted, now))

    async def let_stand(self, tx: Tx, batch: Batch, now: datetime) -> None:
        """The batch is final: who is offered something is told now."""
        offered = [each.booking for each in await waitlist_repository.kept_offers(tx, batch.id)]
        await tell_now(tx, [each for each in offered if each is not None], now)
        await waitlist_repository.let_stand(tx, batch.id)

    async def named(self, refusal: RefusedDecision) -> RefusedDecision:
        """Says so where somebody from the waiting list has the time now; in a transaction of its own."""
        problem = refusal.problem
        async with self.database.read() as tx:
            found = await waitlist_repository.of_bookings(tx, [each.id for each in problem.conflicts])
        if not found:
            return refusal
        who = times.listed([f"“{each.asked.title}”" for each in found.values()])
        detail = f"{problem.detail} It went to {who} from the waiting list."
        told = Conflicting(detail, conflicts=problem.conflicts, reasons=problem.reasons)
        return RefusedDecision(booking_id=refusal.booking_id, problem=told)
