"""Carries out what was decided about one booking, and puts it back."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from msgspec.structs import replace

from controller.billing.service import BillingService, NothingCharged
from controller.bookings import repository as bookings
from controller.bookings.affected.service import AffectedBookings, AffectedSelection
from controller.bookings.booking_view import BookingView
from controller.bookings.errors import BookingUnknown, NotNow
from controller.bookings.service import BookingService
from controller.closures.model import BookingDecision, Decision, Rebooked, Spot, Step, Target
from controller.closures.requested_closure import Wanted
from controller.db.engine import Database
from controller.diary.model import UNDECIDED, Booking, BookingChange, BookingState, Cause, Details, Draft
from controller.people.model import Actor
from controller.web.fields import Moment
from controller.web.problem import invalid_field

UNDONE = "the closure was undone"
Note = Callable[[Step], Awaitable[object]]
"""Stores a step. Raises ``BatchTaken`` if it is not to be carried out any more."""
_ACTIVE = UNDECIDED | {BookingState.CONFIRMED}
_PLACE = ("space", "layout")
_OF_CLOSING = frozenset({Cause.CLOSED, Cause.MODE, Cause.TERM})


@dataclass(eq=False)
class BookingSteps:
    """Each change of a booking is a transaction of its own."""

    database: Database
    single: BookingService
    affected: AffectedBookings
    billing: BillingService

    async def decide(
        self, site: str, wanted: Wanted, decision: BookingDecision, note: Note, actor: Actor
    ) -> BookingView:
        """Carry out one decision; a step is stored before and after it. Raises ``Problem`` where it is refused."""
        booking = await self._booking(decision.booking)
        if booking.site != site:
            raise BookingUnknown(decision.booking)
        if decision.version is not None and decision.version != booking.version:
            raise NotNow(f"“{booking.title}” has been changed since; look at it again")
        if booking.state not in _ACTIVE:
            raise NotNow(
                f"“{booking.title}” is {booking.state.replace('_', ' ')} already, so there is nothing to decide"
            )
        target, reason = decision.target, wanted.reason
        if decision.decision is Decision.KEEP:
            return await self._keep(site, wanted, booking, actor)
        if decision.decision is Decision.MOVE and target is not None and target.site != site:
            raise invalid_field("target.site", f"a move stays at {site!r}; use rebook for another site")
        step = Step(booking=booking.id, decision=decision.decision, was=Spot.of(booking), before=booking.version)
        step = await self._with_charges(step)
        await note(step)
        match decision.decision:
            case Decision.CANCEL:
                view = await self.single.cancel(booking.id, why=reason, if_match=booking.version, actor=actor)
            case Decision.MOVE:
                assert target is not None
                change = BookingChange(space=target.space, layout=target.layout, starts=target.starts, ends=target.ends)
                view = await self.single.change(booking.id, change, if_match=booking.version, actor=actor)
            case Decision.REBOOK:
                assert target is not None
                step, view = await self._rebook(booking, target, step, reason, note, actor)
        step = replace(step, version=view.booking.version)
        await note(step)
        await self._waive(step, reason, actor)
        return view

    async def _with_charges(self, step: Step) -> Step:
        bill = await self.billing.bill(step.booking)
        if bill is None:
            return step
        waiver = bill.waiver
        # What a former waiver let off stays so.
        charges = waiver.since if waiver is not None and waiver.given_up_only else len(bill.given_up)
        return replace(step, waiver=waiver, charges=charges)

    async def _rebook(
        self, booking: Booking, target: Target, step: Step, reason: str, note: Note, actor: Actor
    ) -> tuple[Step, BookingView]:
        draft = Draft(
            **{name: getattr(booking, name) for name in Details.__struct_fields__ if name not in _PLACE},
            space=target.space,
            layout=target.layout,
            starts=target.starts,
            ends=target.ends,
        )
        made = await self.single.create(target.site, draft, actor=actor)
        step = replace(step, rebooked=Rebooked(booking=made.booking.id, version=made.booking.version))
        await note(step)
        where = f"{made.place.space.name} at {made.place.site.name}"
        try:
            if booking.state is BookingState.CONFIRMED and made.booking.state is not BookingState.CONFIRMED:
                raise NotNow(f"{where} would only be asked for, not confirmed; “{booking.title}” stays where it is")
            why = f"{reason}; it is in {where} instead"
            view = await self.single.cancel(booking.id, why=why, if_match=booking.version, actor=actor)
        except Exception:
            await self._drop(made.booking, "it stays where it was", actor)
            await note(replace(step, rebooked=None))
            raise
        return step, view

    async def put_back(self, step: Step, reason: str, actor: Actor) -> BookingView:
        """As it was before the step, which was done for ``reason``; a booking that was put back already stays as it
        is. Raises ``NotNow`` where somebody has changed it, or the one at the other site, since."""
        booking = await self._booking(step.booking)
        there = None if step.rebooked is None else await self._booking(step.rebooked.booking)
        gone = there is None or there.state is BookingState.CANCELLED
        if step.rebooked is not None and there is not None and not gone and there.version != step.rebooked.version:
            raise NotNow(f"“{there.title}” at {there.site} has been changed since; decide about both bookings yourself")
        back = booking.state in _ACTIVE and Spot.of(booking) == step.was
        if not back and booking.version != step.after:
            raise NotNow(f"“{booking.title}” has been changed since; move or restore it yourself")
        if back:
            view = await self.single.get(booking.id)
        elif step.decision is Decision.MOVE:
            change = BookingChange(
                space=step.was.space,
                layout=step.was.layout,
                starts=Moment(instant=step.was.starts),
                ends=Moment(instant=step.was.ends),
            )
            view = await self.single.change(booking.id, change, if_match=booking.version, actor=actor)
        else:
            view = await self.single.restore(booking.id, if_match=booking.version, actor=actor)
        if not step.version and booking.version == step.before:
            pass  # it was never done
        elif step.decision is Decision.MOVE:
            await self._waive(step, UNDONE, actor)
        else:
            await self.billing.charge_again(booking.id, why=reason, former=step.waiver, actor=actor)
        if there is not None and not gone:
            await self._drop(there, UNDONE, actor)
        return view

    async def _drop(self, there: Booking, why: str, actor: Actor) -> None:
        """Cancel the booking at the other site, which nobody had asked for, unless somebody changes it meanwhile."""
        await self.single.cancel(there.id, why=why, if_match=there.version, actor=actor)
        with suppress(NothingCharged):
            await self.billing.waive(there.id, why=why, given_up_only=False, actor=actor)

    async def _waive(self, step: Step, why: str, actor: Actor) -> None:
        """Who gives up time for a closure pays nothing for it, but what was charged before."""
        moved = step.decision is Decision.MOVE
        with suppress(NothingCharged):
            await self.billing.waive(step.booking, why=why, given_up_only=moved, since=step.charges, actor=actor)

    async def _keep(self, site: str, wanted: Wanted, booking: Booking, actor: Actor) -> BookingView:
        """Only a closure of the site or of spaces marks bookings; else there is nothing to decide."""
        if not wanted.marks:
            return await self.single.get(booking.id)
        which = AffectedSelection(ids=(booking.id,), causes=_OF_CLOSING)
        found = await self.affected.keep(site, which, kept=True, why="", actor=actor)
        for each in found.refused:
            raise each.problem
        return found.done[0]

    async def _booking(self, booking_id: str) -> Booking:
        async with self.database.read() as tx:
            found = await bookings.booking(tx, booking_id)
        if found is None:
            raise BookingUnknown(booking_id)
        return found
