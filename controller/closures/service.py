"""Closes and carries out what was decided about each booking in it, and undoes all of it within the hour."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from controller.billing.service import BillingService
from controller.bookings.affected.service import AffectedBookings, RefusedDecision
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.waitlist import UndoableChange, undoable
from controller.bookings.service import BookingService
from controller.closures import repository
from controller.closures.booking_steps import UNDONE, BookingSteps
from controller.closures.errors import BatchTaken, BatchUnknown, BeingCarriedOut, ClosureChanged, TooLate
from controller.closures.kept_offers import KeptOffers
from controller.closures.model import UNDO, Batch, BatchState, BookingDecision, Decision, Step
from controller.closures.reopening import UndoneClosure, require_latest, standing
from controller.closures.requested_closure import NothingClosed, Wanted
from controller.db.engine import Database, Tx
from controller.estate.errors import DoorUnknown
from controller.estate.model import Site
from controller.estate.service import require_parts, require_site
from controller.hours.impact import ClosureUnknown
from controller.hours.model import Closure
from controller.hours.service import HoursService
from controller.notices.bundles import Together, release, told_together
from controller.notices.service import SETTLE
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.plans.overrides import repository as overrides
from controller.plans.overrides.model import Ordered, OverrideDraft
from controller.plans.overrides.service import OverrideService
from controller.platform.text import times
from controller.platform.web.problem import Problem, invalid_field
from controller.records.audit import audit_log
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.ids import new_id
from edge.wire.plan import OverrideKind

log = logging.getLogger(__name__)
T = TypeVar("T")


class CarriedOut(msgspec.Struct, frozen=True, kw_only=True):
    """``site``: with its zone. ``refused``: bookings that stay as they are, and why."""

    site: Site
    batch: Batch
    done: tuple[BookingView, ...] = ()
    refused: tuple[RefusedDecision, ...] = ()


@dataclass
class Progress:
    """How many of the ``planned`` bookings have been dealt with. ``key``: the Idempotency-Key of what asked for it."""

    planned: int
    finished: int = 0
    key: str | None = None


@dataclass(eq=False)
class ClosureBatches:
    """Each booking is decided on separately: one that is refused does not affect the others. What is done to it is
    stored in the same transaction, so that it can be undone after a crash. ``progress``: by id, of those that this
    process is at."""

    database: Database
    clock: Clock
    changes: Changes
    hours: HoursService
    overrides: OverrideService
    single: BookingService
    affected: AffectedBookings
    billing: BillingService
    offers: KeptOffers
    progress: dict[str, Progress] = field(init=False, default_factory=dict)
    _steps: BookingSteps = field(init=False)

    def __post_init__(self) -> None:
        self._steps = BookingSteps(self.database, self.single, self.affected, self.billing)

    async def open(self, site: str) -> tuple[Site, Sequence[Batch]]:
        """Those that can still be undone, the newest first. Raises ``SiteUnknown``."""
        async with self.database.read() as tx:
            where = await require_site(tx, site)
            found = await repository.since(tx, site, self.clock.now() - UNDO)
        return where, [each for each in found if each.state not in (BatchState.UNDONE, BatchState.FINAL)]

    async def carry_out(
        self, site: str, wanted: Wanted, decisions: Sequence[BookingDecision], *, actor: Actor, key: str | None = None
    ) -> CarriedOut:
        """Close first, if that is wanted, then carry out the decisions, each in a transaction of its own. ``key``: by
        which who asks knows its progress. Raises
        ``SiteUnknown``, ``DoorUnknown``, ``ClosureUnknown``, ``NotAllowed`` and what the closure itself refuses."""
        _require(actor, site, Action.RUN, Action.DECIDE)
        batch = await self._intended(site, wanted, actor)
        await self.database.run(repository.add, batch)
        done: list[BookingView] = []
        refused: list[RefusedDecision] = []
        undone_until = UndoableChange(batch=batch.id, until=batch.undo_until)
        why = Together(id=batch.id, site=site, text=f"Why: {_sentence(batch.told)}")
        with told_together(why), undoable(undone_until):
            try:
                await self._close(batch, wanted, actor)
            except Problem:
                await self.database.run(repository.remove, batch.id)
                raise
            try:
                for each in self._counted(batch, decisions, key):
                    try:
                        done.append(await self._decide(batch, wanted, each, actor))
                    except Exception as error:
                        refused.append(_refusal(each.booking, error))
            finally:
                self.progress.pop(batch.id, None)
                batch = await self._rest(batch, BatchState.RUNNING, BatchState.FINISHED)
            if isinstance(wanted, NothingClosed) and batch.state is BatchState.FINISHED and not batch.steps:
                await self.database.run(repository.remove, batch.id)  # there is nothing to undo
        return CarriedOut(site=await self._site(site), batch=batch, done=tuple(done), refused=tuple(refused))

    def _counted(self, batch: Batch, todo: Sequence[T], key: str | None = None) -> Iterator[T]:
        self.progress[batch.id] = progress = Progress(planned=len(todo), key=key)
        for each in todo:
            yield each
            progress.finished += 1

    async def _intended(self, site: str, wanted: Wanted, actor: Actor) -> Batch:
        """What is about to be closed. Raises what ``carry_out`` does of it."""
        now = self.clock.now()
        async with self.database.read() as tx:
            parts = await require_parts(tx, site)
            book = await self.hours.timetable(tx, site)
        batch = Batch(
            id=new_id(now),
            site=site,
            made_at=now,
            made_by=actor.name,
            reason=wanted.reason,
            state=BatchState.RUNNING,
            claimed_at=now,
        )
        if isinstance(wanted, NothingClosed):
            return batch
        if wanted.door is not None:
            if parts.door(wanted.door) is None:
                raise DoorUnknown(site, wanted.door)
            if wanted.replaces is not None:
                await self._require_standing(site, wanted.door, wanted.replaces)
            return replace(batch, override=new_id(now), replaced=wanted.replaces)
        before: Closure | None = None
        if wanted.replaces is not None:
            before = next((each for each in book.closures if each.id == wanted.replaces), None)
            if before is None:
                raise ClosureUnknown(site, wanted.replaces)
        written = wanted.proposal().applied(book, parts).closures[-1]
        return replace(batch, closure=written.id, written=written, replaced=before)

    async def _require_standing(self, site: str, door: str, override: str) -> None:
        """Raises ``OverrideUnknown``, and ``Invalid`` where it is not this door that is out of service."""
        found = await self._override(override)
        here = found.site == site and [each.door for each in found.doors] == [door]
        if not (here and found.kind is OverrideKind.OUT_OF_SERVICE and found.wanted(self.clock.now())):
            raise invalid_field("replaces", f"must be an override that takes {door!r} out of service now or later")

    async def _close(self, batch: Batch, wanted: Wanted, actor: Actor) -> None:
        if isinstance(wanted, NothingClosed):
            return
        if wanted.door is None:
            await self.hours.change(batch.site, wanted.proposal(), anyway=True, actor=actor.name)
            return
        during = wanted.closure.during((await self._site(batch.site)).tz)
        draft = OverrideDraft(
            kind=OverrideKind.OUT_OF_SERVICE,
            doors=(wanted.door,),
            reason=wanted.closure.reason,
            starts=during.start,
            ends=during.end,
            id=batch.override,
        )
        await self.overrides.order(batch.site, draft, actor=actor)
        if wanted.replaces is not None:
            await self.overrides.end(wanted.replaces, why="it was changed", actor=actor)

    async def _decide(self, batch: Batch, wanted: Wanted, decision: BookingDecision, actor: Actor) -> BookingView:
        if decision.decision is Decision.KEEP:
            await self._update(batch, BatchState.RUNNING, lambda found: found)
            return await self._steps.keep(batch.site, wanted, decision, actor)
        sites = sorted({batch.site, decision.target.site if decision.target else batch.site})

        async def carry_out(tx: Tx) -> BookingView:
            for site in sites:
                await self.database.lock_site(tx, site)
            found = await self._in_state(tx, batch, BatchState.RUNNING)
            step, view = await self._steps.decide(tx, batch.site, wanted, decision, actor)
            await self._put(tx, found, found.with_step(step))
            return view

        return await self._written(carry_out, sites)

    async def undo(self, site: str, batch_id: str, *, actor: Actor) -> CarriedOut:
        """Open again, and put every booking back that nobody has changed since. What is refused can be tried again;
        what is undone already stays so. Raises ``SiteUnknown``, ``BatchUnknown``, ``TooLate``, ``NotAllowed``,
        ``BeingCarriedOut``, and ``ClosureChanged`` where somebody has changed the closure since."""
        _require(actor, site, Action.RUN, Action.DECIDE)
        where = await self._site(site)
        batch = await self.database.run(self._claim, where, batch_id)
        if batch.state is BatchState.UNDONE:
            return CarriedOut(site=where, batch=batch)
        done: list[BookingView] = []
        refused: list[RefusedDecision] = []
        becomes = BatchState.FINISHED
        # A booking that cannot be put back is not in it, and stays as they were told.
        text = f"This corrects what we wrote to you about “{batch.told}”, for the bookings below alone."
        with told_together(Together(id=batch.id, site=site, text=text)):
            try:
                if batch.reopened_at is None:
                    await self._open_again(batch, actor)
                for step in self._counted(batch, [each for each in reversed(batch.steps) if not each.undone]):
                    try:
                        done.append(await self._put_back(batch, step, actor))
                    except Exception as error:
                        refused.append(await self.offers.named(_refusal(step.booking, error)))
                if not refused:
                    becomes = BatchState.UNDONE
            finally:
                self.progress.pop(batch.id, None)
                batch = await self._rest(batch, BatchState.UNDOING, becomes)
        await self.database.run(self._record, batch, actor)
        return CarriedOut(site=where, batch=batch, done=tuple(done), refused=tuple(refused))

    async def make_final(self, site: str, batch_id: str, *, actor: Actor) -> tuple[Site, Batch]:
        """It is not to be undone, so those who waited for time that it frees are told at once. Idempotent. Raises
        ``SiteUnknown``, ``BatchUnknown``, ``BeingCarriedOut``, ``NotAllowed``."""
        _require(actor, site, Action.RUN, Action.DECIDE)
        where = await self._site(site)
        return where, await self.database.run(self._make_final, where, batch_id, actor)

    async def _make_final(self, tx: Tx, where: Site, batch_id: str, actor: Actor) -> Batch:
        await self.database.lock_site(tx, where.id)
        batch = await repository.one(tx, where.id, batch_id)
        if batch is None:
            raise BatchUnknown(where.id, batch_id)
        if batch.state in (BatchState.FINAL, BatchState.UNDONE):
            return batch
        now = self.clock.now()
        if batch.busy(now):
            raise BeingCarriedOut("it is just being carried out or undone; try again in a moment")
        await self.offers.let_stand(tx, batch, now)
        await self._put(tx, batch, final := replace(batch, state=BatchState.FINAL))
        await audit_log.record(tx, actor=actor.name, at=now, act="make final", site=where.id, thing=_thing(batch))
        return final

    async def _claim(self, tx: Tx, where: Site, batch_id: str) -> Batch:
        await self.database.lock_site(tx, where.id)
        batch = await repository.one(tx, where.id, batch_id)
        if batch is None:
            raise BatchUnknown(where.id, batch_id)
        now = self.clock.now()
        if batch.state is BatchState.UNDONE:
            return batch
        if batch.state is BatchState.FINAL:
            raise TooLate("somebody has said that it is not to be undone; move or restore its bookings yourself")
        if batch.undo_until <= now:
            until = times.at(batch.undo_until, where.tz, now=now)
            closure = "remove the closure, and " if batch.closes else ""
            raise TooLate(f"it could be undone until {until}; {closure}move or restore its bookings")
        if batch.busy(now):
            at = "carried out" if batch.state is BatchState.RUNNING else "undone"
            what = "this closure is" if batch.closes else "these bookings are"
            raise BeingCarriedOut(f"{what} just being {at}; try again in a moment")
        claimed = replace(batch, state=BatchState.UNDOING, claimed_at=now)
        if batch.reopened_at is None and isinstance(batch.replaced, str) and batch.shut_again is None:
            claimed = replace(claimed, shut_again=new_id(now))
        if not await repository.put(tx, claimed, was=batch):
            raise BatchTaken
        return claimed

    async def _open_again(self, batch: Batch, actor: Actor) -> None:
        async with self.database.read() as tx:
            others = await repository.since(tx, batch.site, batch.made_at - UNDO)
        if batch.closes:
            require_latest(batch, others)
        if batch.written is not None:
            before = batch.replaced if isinstance(batch.replaced, Closure) else None
            try:
                undone = UndoneClosure(written=batch.written, before=before)
                await self.hours.change(batch.site, undone, anyway=True, actor=actor.name)
            except ClosureUnknown:
                if before is not None:
                    raise ClosureChanged("the closure has been removed since, so its times before stay away") from None
                # It is open already, which is all that was to be reached.
        elif batch.override is not None:
            await self._open_door(batch, standing(batch.override, others), actor)
        now = self.clock.now()
        await self._update(batch, BatchState.UNDOING, lambda found: replace(found, reopened_at=now))

    async def _open_door(self, batch: Batch, override: str, actor: Actor) -> None:
        """A door whose times were changed is shut at the times before."""
        if not isinstance(batch.replaced, str):
            await self.overrides.end(override, why=UNDONE, actor=actor)
            return
        now = await self._override(override)
        if now.ended_at is not None and now.ended_why != UNDONE:
            raise ClosureChanged("somebody has opened the door since, so its times before stay away")
        await self.overrides.end(override, why=UNDONE, actor=actor)
        was = await self._override(batch.replaced)
        if was.ends <= self.clock.now() or await self._is_there(batch.shut_again):
            return
        doors = tuple(each.door for each in was.doors)
        draft = OverrideDraft(
            kind=was.kind, doors=doors, reason=was.reason, starts=was.starts, ends=was.ends, id=batch.shut_again
        )
        await self.overrides.order(batch.site, draft, actor=actor)

    async def _put_back(self, batch: Batch, step: Step, actor: Actor) -> BookingView:
        sites = await self._steps.sites(step)

        async def carry_out(tx: Tx) -> BookingView:
            for site in sites:
                await self.database.lock_site(tx, site)
            found = await self._in_state(tx, batch, BatchState.UNDOING)
            await self.offers.take_back(tx, batch, step, self.clock.now())
            view = await self._steps.put_back(tx, step, batch.told, actor)
            await self._put(tx, found, found.with_step(replace(step, undone=True)))
            return view

        return await self._written(carry_out, sites)

    async def _written(self, work: Callable[[Tx], Awaitable[BookingView]], sites: Sequence[str]) -> BookingView:
        view = await self.single.write(work)
        for site in sites:
            self.changes.site_changed(site)
        return view

    async def _rest(self, batch: Batch, was: BatchState, becomes: BatchState) -> Batch:
        """Nobody is at it any more, and those who booked are told; the batch as it is then."""
        now = self.clock.now()
        undone_at = now if becomes is BatchState.UNDONE else None
        try:
            rests = await self._update(batch, was, lambda found: replace(found, state=becomes, undone_at=undone_at))
            await self.database.run(self._tell, rests, now + SETTLE)
            return rests
        except BatchTaken:
            async with self.database.read() as tx:
                return await repository.one(tx, batch.site, batch.id) or batch

    async def _tell(self, tx: Tx, batch: Batch, at: datetime) -> None:
        await self.database.lock_site(tx, batch.site)
        await release(tx, batch.id, at)
        if batch.state is BatchState.UNDONE:
            await self.offers.let_stand(tx, batch, at)

    async def _update(self, batch: Batch, state: BatchState, change: Callable[[Batch], Batch]) -> Batch:
        """Change what is stored of a batch in this state. Raises ``BatchTaken`` where it is in another."""

        async def write(tx: Tx) -> Batch:
            await self.database.lock_site(tx, batch.site)
            found = await self._in_state(tx, batch, state)
            return await self._put(tx, found, change(found))

        return await self.database.run(write)

    async def _in_state(self, tx: Tx, batch: Batch, state: BatchState) -> Batch:
        """It as it is stored. Raises ``BatchTaken`` where it is in another state."""
        found = await repository.one(tx, batch.site, batch.id)
        if found is None or found.state is not state:
            raise BatchTaken
        return found

    async def _put(self, tx: Tx, found: Batch, made: Batch) -> Batch:
        made = replace(made, claimed_at=self.clock.now())
        if not await repository.put(tx, made, was=found):
            raise BatchTaken
        return made

    async def _record(self, tx: Tx, batch: Batch, actor: Actor) -> None:
        now = self.clock.now()
        ids = [each.booking for each in batch.steps if each.undone]
        changes = {"bookings": (ids, None)}
        thing = _thing(batch)
        await audit_log.record(tx, actor=actor.name, at=now, act="undo", site=batch.site, thing=thing, changes=changes)

    async def _override(self, override: str) -> Ordered:
        """Raises ``OverrideUnknown``."""
        return (await self.overrides.look(override)).ordered[0]

    async def _is_there(self, override: str | None) -> bool:
        async with self.database.read() as tx:
            return override is not None and await overrides.one(tx, override) is not None

    async def _site(self, site: str) -> Site:
        async with self.database.read() as tx:
            return await require_site(tx, site)


def _refusal(booking: str, error: Exception) -> RefusedDecision:
    if isinstance(error, Problem):
        return RefusedDecision(booking_id=booking, problem=error)
    log.error("A decision of a closure failed", exc_info=error, extra={"action": "closure", "booking": booking})
    return RefusedDecision(booking_id=booking, problem=Problem("an internal fault came between; look at it yourself"))


def _thing(batch: Batch) -> str:
    closed = batch.closure or batch.override
    return f"closure {closed}" if closed else f"bookings changed together {batch.id}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _require(actor: Actor, site: str, *actions: Action) -> None:
    """Raises ``NotAllowed``."""
    for action in actions:
        if not may(actor, action, Thing(site=site)):
            raise NotAllowed(actor, action, Thing(site=site))
