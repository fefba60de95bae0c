"""Carries out what was decided about one booking, and puts it back."""

from contextlib import suppress
from dataclasses import dataclass

from msgspec.structs import replace

from controller.billing.service import BillingService, NothingCharged
from controller.bookings import repository as bookings
from controller.bookings.affected.service import AffectedBookings, AffectedSelection
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import UNDECIDED, Booking, BookingChange, BookingState, Cause, Details, Draft
from controller.bookings.errors import BookingUnknown, NotNow
from controller.bookings.service import BookingService
from controller.bookings.who_may_book import party_for, require_allowed
from controller.closures.model import BookingDecision, Decision, Rebooked, Spot, Step, Target
from controller.closures.requested_closure import Wanted
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.platform.web.fields import Moment
from controller.platform.web.problem import invalid_field

UNDONE = "the closure was undone"
_ACTIVE = UNDECIDED | {BookingState.CONFIRMED}
_PLACE = ("space", "layout")
_OF_CLOSING = frozenset({Cause.CLOSED, Cause.MODE, Cause.TERM})


@dataclass(eq=False)
class BookingSteps:
    """Whatever becomes of a booking, at two sites even, is one transaction, so that a crash leaves nothing half done.
    The caller holds the locks of the sites and notifies their listeners."""

    database: Database
    single: BookingService
    affected: AffectedBookings
    billing: BillingService

    async def decide(
        self, tx: Tx, site: str, wanted: Wanted, decision: BookingDecision, actor: Actor
    ) -> tuple[Step, BookingView]:
        """Carry out one decision other than to keep. Raises ``Problem`` where it is refused."""
        booking = await self._to_decide(tx, site, decision)
        target, reason = decision.target, wanted.told
        if decision.decision is Decision.MOVE and target is not None and target.site != site:
            raise invalid_field("target.site", f"a move stays at {site!r}; use rebook for another site")
        step = Step(booking=booking.id, decision=decision.decision, was=Spot.of(booking))
        step = await self._with_charges(tx, step)
        if target is None:
            view = await self.single.cancel_in(tx, booking.id, why=reason, if_match=booking.version, actor=actor)
        elif decision.decision is Decision.MOVE:
            change = BookingChange(space=target.space, layout=target.layout, starts=target.starts, ends=target.ends)
            view = await self.single.change_in(tx, booking.id, change, booking.version, actor)
        else:
            step, view = await self._rebook(tx, booking, target, step, reason, actor)
        step = replace(step, version=view.booking.version)
        await self._waive(tx, step, reason, actor)
        return step, view

    async def keep(self, site: str, wanted: Wanted, decision: BookingDecision, actor: Actor) -> BookingView:
        """It goes ahead anyway. Only a closure of the site or of spaces marks bookings; else there is nothing to
        decide."""
        async with self.database.read() as tx:
            booking = await self._to_decide(tx, site, decision)
        if not wanted.marks:
            return await self.single.get(booking.id)
        which = AffectedSelection(ids=(booking.id,), causes=_OF_CLOSING)
        found = await self.affected.keep(site, which, kept=True, why="", actor=actor)
        for each in found.refused:
            raise each.problem
        return found.done[0]

    async def _to_decide(self, tx: Tx, site: str, decision: BookingDecision) -> Booking:
        booking = await _booking(tx, decision.booking)
        if booking.site != site:
            raise BookingUnknown(decision.booking)
        if decision.version is not None and decision.version != booking.version:
            raise NotNow(f"“{booking.title}” has been changed since; look at it again")
        if booking.state not in _ACTIVE:
            raise NotNow(
                f"“{booking.title}” is {booking.state.replace('_', ' ')} already, so there is nothing to decide"
            )
        return booking

    async def _with_charges(self, tx: Tx, step: Step) -> Step:
        bill = await self.billing.bill(tx, step.booking)
        if bill is None:
            return step
        waiver = bill.waiver
        # What a former waiver let off stays so.
        charges = waiver.since if waiver is not None and waiver.given_up_only else len(bill.given_up)
        return replace(step, waiver=waiver, charges=charges)

    async def _rebook(
        self, tx: Tx, booking: Booking, target: Target, step: Step, reason: str, actor: Actor
    ) -> tuple[Step, BookingView]:
        draft = Draft(
            **{name: getattr(booking, name) for name in Details.__struct_fields__ if name not in _PLACE},
            space=target.space,
            layout=target.layout,
            starts=target.starts,
            ends=target.ends,
        )
        draft = replace(draft, party=party_for(draft.party, actor, target.site))
        require_allowed(actor, target.site, draft.party, overrule=draft.overrule)
        made = await self.single.create_in(tx, target.site, draft, actor)
        where = f"{made.place.space.name} at {made.place.site.name}"
        if booking.state is BookingState.CONFIRMED and made.booking.state is not BookingState.CONFIRMED:
            raise NotNow(f"{where} would only be asked for, not confirmed; “{booking.title}” stays where it is")
        why = f"{reason}; it is in {where} instead"
        view = await self.single.cancel_in(tx, booking.id, why=why, if_match=booking.version, actor=actor)
        return replace(step, rebooked=Rebooked(booking=made.booking.id, version=made.booking.version)), view

    async def put_back(self, tx: Tx, step: Step, reason: str, actor: Actor) -> BookingView:
        """As it was before the step, which was done for ``reason``; a booking that was put back already stays as it
        is. Raises ``NotNow`` where somebody has changed it, or the one at the other site, since."""
        booking = await _booking(tx, step.booking)
        there = None if step.rebooked is None else await _booking(tx, step.rebooked.booking)
        gone = there is None or there.state is BookingState.CANCELLED
        if step.rebooked is not None and there is not None and not gone and there.version != step.rebooked.version:
            raise NotNow(f"“{there.title}” at {there.site} has been changed since; decide about both bookings yourself")
        back = booking.state in _ACTIVE and Spot.of(booking) == step.was
        if not back and booking.version != step.version:
            raise NotNow(f"“{booking.title}” has been changed since; move or restore it yourself")
        if back:
            view = await self.single.change_in(tx, booking.id, BookingChange(), booking.version, actor)
        elif step.decision is Decision.MOVE:
            change = BookingChange(
                space=step.was.space,
                layout=step.was.layout,
                starts=Moment(instant=step.was.starts),
                ends=Moment(instant=step.was.ends),
            )
            view = await self.single.change_in(tx, booking.id, change, booking.version, actor)
        else:
            view = await self.single.restore_in(tx, booking.id, if_match=booking.version, actor=actor)
        if step.decision is Decision.MOVE:
            await self._waive(tx, step, UNDONE, actor)
        else:
            await self.billing.charge_again(tx, booking.id, why=reason, former=step.waiver, actor=actor)
        if there is not None and not gone:
            await self._drop(tx, there, actor)
        return view

    async def _drop(self, tx: Tx, there: Booking, actor: Actor) -> None:
        """Cancel the booking at the other site, which nobody had asked for."""
        await self.single.cancel_in(tx, there.id, why=UNDONE, if_match=there.version, actor=actor)
        with suppress(NothingCharged):
            await self.billing.waive_in(tx, there.id, why=UNDONE, given_up_only=False, actor=actor)

    async def _waive(self, tx: Tx, step: Step, why: str, actor: Actor) -> None:
        """Who gives up time for a closure pays nothing for it, but what was charged before."""
        moved = step.decision is Decision.MOVE
        with suppress(NothingCharged):
            await self.billing.waive_in(tx, step.booking, why=why, given_up_only=moved, since=step.charges, actor=actor)

    async def sites(self, step: Step) -> list[str]:
        """Those at which the step booked or cancelled something."""
        ids = [step.booking, *([step.rebooked.booking] if step.rebooked else [])]
        async with self.database.read() as tx:
            return sorted({each.site for each in await bookings.some(tx, ids)})


async def _booking(tx: Tx, booking_id: str) -> Booking:
    found = await bookings.booking(tx, booking_id)
    if found is None:
        raise BookingUnknown(booking_id)
    return found
