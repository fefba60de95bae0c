"""Closes and carries out what was decided about each booking in it, and undoes all of it within the hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from controller.audit import audit_log
from controller.billing.service import BillingService, NothingCharged
from controller.bookings import repository as bookings
from controller.bookings.affected.service import AffectedBookings, AffectedSelection, RefusedDecision
from controller.bookings.booking_view import BookingView
from controller.bookings.errors import BookingUnknown, NotNow
from controller.bookings.service import BookingService
from controller.closures import repository
from controller.closures.errors import BatchUnknown, TooLate
from controller.closures.model import UNDO, Batch, BookingDecision, Decision, Spot, Step
from controller.closures.requested_closure import RequestedClosure
from controller.db.engine import Database, Tx
from controller.diary.model import Booking, BookingChange, BookingState, Details, Draft
from controller.estate.model import Site
from controller.estate.service import require_site
from controller.hours.change_preview import NoClosure, ReplacedClosure
from controller.hours.impact import ClosureUnknown
from controller.hours.model import Closure
from controller.hours.service import HoursService
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.plans.overrides.model import OverrideDraft
from controller.plans.overrides.service import OverrideService, OverrideUnknown
from controller.text import times
from controller.web.fields import Moment
from controller.web.problem import Problem
from edge.wire.clock import Clock
from edge.wire.ids import new_id
from edge.wire.plan import OverrideKind

_UNDONE = "the closure was undone"


class CarriedOut(msgspec.Struct, frozen=True, kw_only=True):
    """``site``: with its zone. ``refused``: bookings that stay as they are, and why."""

    site: Site
    batch: Batch
    done: tuple[BookingView, ...] = ()
    refused: tuple[RefusedDecision, ...] = ()


@dataclass(eq=False)
class ClosureBatches:
    """Each booking is decided on separately: one that is refused does not affect the others."""

    database: Database
    clock: Clock
    hours: HoursService
    overrides: OverrideService
    single: BookingService
    affected: AffectedBookings
    billing: BillingService

    async def open(self, site: str) -> tuple[Site, Sequence[Batch]]:
        """Those that can still be undone, the newest first. Raises ``SiteUnknown``."""
        async with self.database.read() as tx:
            return await require_site(tx, site), await repository.since(tx, site, self.clock.now() - UNDO)

    async def carry_out(
        self, site: str, wanted: RequestedClosure, decisions: Sequence[BookingDecision], *, actor: Actor
    ) -> CarriedOut:
        """Close first, then carry out the decisions, each in a transaction of its own. Raises ``SiteUnknown``,
        ``DoorUnknown``, ``ClosureUnknown``, ``NotAllowed`` and what the closure itself refuses."""
        _require(actor, site, Action.RUN, Action.DECIDE)
        now = self.clock.now()
        batch = Batch(id=new_id(now), site=site, made_at=now, made_by=actor.name, reason=wanted.closure.reason)
        if wanted.door is None:
            batch = replace(
                batch, closure=wanted.replaces or wanted.closure.id, replaced=await self._replaced(site, wanted)
            )
            await self.hours.change(site, wanted.proposal(), anyway=True, actor=actor.name)
        else:
            override = await self._shut_door(site, wanted.door, wanted, actor)
            batch = replace(batch, override=override, replaced=wanted.replaces)
        await self.database.run(repository.add, batch)
        done: list[BookingView] = []
        refused: list[RefusedDecision] = []
        for each in decisions:
            try:
                step, view = await self._decide(site, wanted, each, actor)
            except Problem as problem:
                refused.append(RefusedDecision(booking_id=each.booking, problem=problem))
                continue
            done.append(view)
            if step is not None:
                batch = replace(batch, steps=(*batch.steps, step))
                await self.database.run(repository.put, batch)
        return CarriedOut(site=await self._site(site), batch=batch, done=tuple(done), refused=tuple(refused))

    async def _replaced(self, site: str, wanted: RequestedClosure) -> Closure | None:
        if wanted.replaces is None:
            return None
        found = next((each for each in (await self.hours.book(site)).closures if each.id == wanted.replaces), None)
        if found is None:
            raise ClosureUnknown(site, wanted.replaces)
        return found

    async def _shut_door(self, site: str, door: str, wanted: RequestedClosure, actor: Actor) -> str:
        if wanted.replaces is not None:
            await self.overrides.look(wanted.replaces)  # raises OverrideUnknown
        during = wanted.closure.during((await self._site(site)).tz)
        draft = OverrideDraft(
            kind=OverrideKind.OUT_OF_SERVICE,
            doors=(door,),
            reason=wanted.closure.reason,
            starts=during.start,
            ends=during.end,
        )
        made = (await self.overrides.order(site, draft, actor=actor)).ordered[0].id
        if wanted.replaces is not None:
            await self.overrides.end(wanted.replaces, why="it was changed", actor=actor)
        return made

    async def _decide(
        self, site: str, wanted: RequestedClosure, decision: BookingDecision, actor: Actor
    ) -> tuple[Step | None, BookingView]:
        booking = await self._booking(site, decision.booking)
        if decision.version is not None and decision.version != booking.version:
            raise NotNow(f"“{booking.title}” has been changed since; look at it again")
        step = Step(booking=booking.id, decision=decision.decision, was=Spot.of(booking), version=booking.version)
        target, reason = decision.target, wanted.closure.reason
        match decision.decision:
            case Decision.KEEP:
                return None, await self._keep(site, wanted, booking, actor)
            case Decision.CANCEL:
                view = await self.single.cancel(booking.id, why=reason, actor=actor)
            case Decision.MOVE:
                assert target is not None
                change = BookingChange(space=target.space, layout=target.layout, starts=target.starts, ends=target.ends)
                view = await self.single.change(booking.id, change, if_match=booking.version, actor=actor)
            case Decision.REBOOK:
                assert target is not None
                draft = Draft(
                    **{name: getattr(booking, name) for name in Details.__struct_fields__ if name not in _PLACE},
                    space=target.space,
                    layout=target.layout,
                    starts=target.starts,
                    ends=target.ends,
                )
                made = await self.single.create(target.site, draft, actor=actor)
                where = f"{made.place.space.name} at {made.place.site.name}"
                try:
                    view = await self.single.cancel(booking.id, why=f"{reason}; it is in {where} instead", actor=actor)
                except Problem:
                    await self.single.cancel(made.booking.id, why="it stays where it was", actor=actor)
                    raise
                step = replace(step, rebooked=made.booking.id)
        waived = await self._waive(booking.id, reason, given_up_only=decision.decision is Decision.MOVE, actor=actor)
        return replace(step, version=view.booking.version, waived=waived), view

    async def _waive(self, booking_id: str, why: str, *, given_up_only: bool, actor: Actor) -> bool:
        """Who gives up time for a closure pays nothing for it; whether there was a charge."""
        try:
            await self.billing.waive(booking_id, why=why, given_up_only=given_up_only, actor=actor)
        except NothingCharged:
            return False
        return True

    async def _keep(self, site: str, wanted: RequestedClosure, booking: Booking, actor: Actor) -> BookingView:
        """A door that is shut marks no booking, so there is nothing to decide."""
        if wanted.door is not None:
            return await self.single.get(booking.id)
        which = AffectedSelection(ids=(booking.id,))
        found = await self.affected.keep(site, which, kept=True, why="", actor=actor)
        for each in found.refused:
            raise each.problem
        return found.done[0]

    async def undo(self, site: str, batch_id: str, *, actor: Actor) -> CarriedOut:
        """Open again, and put every booking back that nobody has changed since. What is refused can be tried again;
        what is undone already stays so. Raises ``SiteUnknown``, ``BatchUnknown``, ``TooLate``, ``NotAllowed``."""
        _require(actor, site, Action.RUN, Action.DECIDE)
        where = await self._site(site)
        async with self.database.read() as tx:
            batch = await repository.one(tx, site, batch_id)
        if batch is None:
            raise BatchUnknown(site, batch_id)
        now = self.clock.now()
        if batch.undone_at is not None:
            return CarriedOut(site=where, batch=batch)
        if batch.undo_until <= now:
            until = times.at(batch.undo_until, where.tz, now=now)
            raise TooLate(f"it could be undone until {until}; remove the closure, and move or restore its bookings")
        await self._open_again(batch, actor)
        done: list[BookingView] = []
        refused: list[RefusedDecision] = []
        for step in reversed(batch.steps):
            try:
                done.append(await self._put_back(site, step, actor))
            except Problem as problem:
                refused.append(RefusedDecision(booking_id=step.booking, problem=problem))
        if not refused:
            batch = replace(batch, undone_at=now)
        await self.database.run(self._note, batch, now, actor)
        return CarriedOut(site=where, batch=batch, done=tuple(done), refused=tuple(refused))

    async def _open_again(self, batch: Batch, actor: Actor) -> None:
        try:
            if isinstance(batch.replaced, Closure):
                proposal = ReplacedClosure(closure=batch.replaced)
                await self.hours.change(batch.site, proposal, anyway=True, actor=actor.name)
            elif batch.closure is not None:
                await self.hours.change(batch.site, NoClosure(closure=batch.closure), anyway=True, actor=actor.name)
            if batch.override is not None:
                await self.overrides.end(batch.override, why=_UNDONE, actor=actor)
                await self._shut_again(batch, actor)
        except (ClosureUnknown, OverrideUnknown):
            return  # somebody has removed it

    async def _shut_again(self, batch: Batch, actor: Actor) -> None:
        """A door whose times were changed is shut at the times before."""
        if not isinstance(batch.replaced, str):
            return
        [was] = (await self.overrides.look(batch.replaced)).ordered
        if was.ends > self.clock.now():
            doors = tuple(each.door for each in was.doors)
            draft = OverrideDraft(kind=was.kind, doors=doors, reason=was.reason, starts=was.starts, ends=was.ends)
            await self.overrides.order(batch.site, draft, actor=actor)

    async def _put_back(self, site: str, step: Step, actor: Actor) -> BookingView:
        booking = await self._booking(site, step.booking)
        if step.decision is Decision.MOVE:
            if Spot.of(booking) == step.was:
                return await self.single.get(booking.id)
            if booking.version != step.version:
                raise NotNow(f"“{booking.title}” has been changed since; move it yourself")
            change = BookingChange(
                space=step.was.space,
                layout=step.was.layout,
                starts=Moment(instant=step.was.starts),
                ends=Moment(instant=step.was.ends),
            )
            view = await self.single.change(booking.id, change, if_match=booking.version, actor=actor)
            await self._waive(booking.id, _UNDONE, given_up_only=True, actor=actor)
            return view
        if booking.state is BookingState.CANCELLED:
            view = await self.single.restore(booking.id, actor=actor)
            if step.waived:
                await self.billing.charge(booking.id, actor=actor)
        else:
            view = await self.single.get(booking.id)
        if step.rebooked is not None:
            await self.single.cancel(step.rebooked, why=_UNDONE, actor=actor)
        return view

    async def _note(self, tx: Tx, batch: Batch, now: datetime, actor: Actor) -> None:
        await repository.put(tx, batch)
        ids = [each.booking for each in batch.steps]
        thing = f"closure {batch.closure or batch.override}"
        await audit_log.record(
            tx, actor=actor.name, at=now, act="undo", site=batch.site, thing=thing, changes={"bookings": (ids, None)}
        )

    async def _booking(self, site: str, booking_id: str) -> Booking:
        async with self.database.read() as tx:
            found = await bookings.booking(tx, booking_id)
        if found is None or found.site != site:
            raise BookingUnknown(booking_id)
        return found

    async def _site(self, site: str) -> Site:
        async with self.database.read() as tx:
            return await require_site(tx, site)


_PLACE = ("space", "layout")


def _require(actor: Actor, site: str, *actions: Action) -> None:
    """Raises ``NotAllowed``."""
    for action in actions:
        if not may(actor, action, Thing(site=site)):
            raise NotAllowed(actor, action, Thing(site=site))
