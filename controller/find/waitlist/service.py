"""The waiting list: a time that becomes free is offered to the people who wait for it, in order.

Time that a booking frees is offered in its transaction (``WaitQueue``). Time that is freed without a write to a booking
(hours, policy, divisions, a window that opens, a hold that expires) is found by ``run``, which sleeps until it is woken
or something is due, or by the first request for that time (``Overdue``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from datetime import datetime, timedelta
from functools import partial

import msgspec

from controller.bookings import repository as bookings
from controller.bookings.diary import waitlist_repository as repository
from controller.bookings.diary.model import Booking, BookingState, booking_time
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.diary.waitlist import IN_LINE, Wait, WaitState
from controller.bookings.errors import refusal
from controller.bookings.lifecycle import outcome
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import RuleRequest
from controller.bookings.service import BookingService
from controller.bookings.who_may_book import party_for, require_allowed
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.find.waitlist.model import InLine, NoOffer, NotBack, NothingToWaitFor, WaitDraft, WaitUnknown, may_pass
from controller.find.waitlist.offers import WaitQueue, declined, record
from controller.find.waitlist.waiting_order import WaitView, numbered
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.party_repository import tier_of, tier_to_book
from controller.people.permissions import Action, Thing, may, own_things_of
from controller.platform.web.problem import invalid_field
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.ids import new_id

LOOK_EVERY_S = 900.0
"""Longest sleep between two looks: windows and quotas open with the days."""
UNDONE_WITHIN = timedelta(hours=1)
"""How long leaving the queue can be undone."""
CHANGES_EVERY_S = 1.0
"""Shortest time between two looks at one site because its diary has changed, in real seconds."""


_Work = Callable[[Tx, SiteConfig, Wait, Actor, datetime], Awaitable[None]]
_Changed = Callable[[], Coroutine[None, None, Collection[str]]]


class WaitlistService:
    """``bookings`` writes, with its retries."""

    def __init__(
        self, database: Database, clock: Clock, changes: Changes, writer: BookingWriter, bookings: BookingService
    ) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._writer = writer
        self._bookings = bookings
        self._line = WaitQueue(writer)
        bookings.when_overdue(self.look)

    async def join(self, site: str, draft: WaitDraft, *, actor: Actor) -> WaitView:
        """Get in line for a time. Who leads one party need not name it. Raises ``InLine`` where the party waits for it
        already, ``NothingToWaitFor`` where it can be had now, ``NotPossible`` where it never will, ``Invalid``,
        ``NotAllowed``, ``SiteUnknown``, ``SpaceUnknown``."""
        party = party_for(draft.request.party, actor, site)
        draft = msgspec.structs.replace(draft, request=msgspec.structs.replace(draft.request, party=party))
        require_allowed(actor, site, draft.request.party)
        view = await self._database.run(self._join, site, draft, actor)
        self._changes.site_changed(site)
        return view

    async def _join(self, tx: Tx, site: str, draft: WaitDraft, actor: Actor) -> WaitView:
        await self._database.lock_site(tx, site)
        now = self._clock.now()
        site_config = await self._writer.site_configs.of(tx, site)
        zone = site_config.site.tz
        during = booking_time(draft.request.starts.resolve(zone, "starts"), draft.request.ends.resolve(zone, "ends"))
        if during.start <= now:
            raise invalid_field("starts", "must be in the future; nobody can wait for a time that has begun")
        await tier_to_book(tx, draft.request.party, actor)
        wait = Wait(
            id=new_id(now),
            site=site,
            asked=draft.request.asked(during),
            spaces=tuple(dict.fromkeys((draft.request.space, *draft.also))),
            state=WaitState.WAITING,
            state_at=now,
            offered_until=None,
            booking=None,
            made_at=now,
            made_by=actor.name,
            turn=await repository.next_turn(tx, site),
        )
        for space in wait.spaces:
            site_config.require(space)
        await self._once(tx, wait)
        judged = await self._line.judge(tx, site_config, wait, now)
        free = [request for request, verdict in judged if verdict.possible]
        if free:
            name = site_config.require(free[0].space).space.name
            raise NothingToWaitFor(f"{name} can be booked then as it is; book it")
        if not any(
            all(may_pass(each, request, site_config) for each in verdict.refusals) for request, verdict in judged
        ):
            raise refusal(site_config.require(wait.spaces[0]).space.name, judged[0][1], zone)
        await repository.insert_wait(tx, wait)
        await record(tx, wait, "wait", actor.name, now)
        return await self._view(tx, site_config, wait)

    async def _once(self, tx: Tx, wait: Wait) -> None:
        """Raises ``InLine`` where the party waits for one of these spaces at that time already."""
        for other in await repository.in_line(tx, wait.site):
            if wait.same_wish(other):
                raise InLine(other.asked.title)

    async def in_line(self, site: str, *, actor: Actor) -> list[WaitView]:
        """Who waits at a site or has an offer, those first who are next; as far as the actor sees the details. Raises
        ``SiteUnknown``."""
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            found = await repository.in_line(tx, site)
            return [
                each
                for each in numbered(site_config, found)
                if may(actor, Action.DETAILS, Thing(site=site, party=each.wait.asked.party))
            ]

    async def of_own_parties(self, *, actor: Actor) -> list[WaitView]:
        """What the actor's own parties wait for or have on offer at all sites, by start."""
        async with self._database.read() as tx:
            found = await repository.of_things(tx, own_things_of(actor, Action.DETAILS))
            views: dict[str, WaitView] = {}
            for site in dict.fromkeys(each.site for each in found):
                where = await self._writer.site_configs.of(tx, site)
                views |= {each.wait.id: each for each in numbered(where, await repository.in_line(tx, site))}
            return [views[each.id] for each in found]

    async def get(self, wait_id: str, *, actor: Actor) -> WaitView:
        """Raises ``NotAllowed`` where ``in_line`` would leave it out, ``WaitUnknown``."""
        async with self._database.read() as tx:
            wait = await self._require(tx, wait_id)
            thing = Thing(site=wait.site, party=wait.asked.party)
            if not may(actor, Action.DETAILS, thing):
                raise NotAllowed(actor, Action.DETAILS, thing)
            return await self._view(tx, await self._writer.site_configs.of(tx, wait.site), wait)

    async def withdraw(self, wait_id: str, *, actor: Actor) -> WaitView:
        """Leave the queue; an open offer is released. Idempotent. Raises ``WaitUnknown``."""
        return await self._answer(wait_id, partial(self._refuse, to=WaitState.WITHDRAWN), actor)

    async def restore(self, wait_id: str, *, actor: Actor) -> WaitView:
        """Undo leaving the queue, with the place that it had; what is free by now is offered at once. Idempotent.
        Raises ``WaitUnknown``, ``NotBack``, ``InLine`` where the party has begun to wait for it again."""
        return await self._answer(wait_id, self._restore, actor)

    async def decline(self, wait_id: str, *, actor: Actor) -> WaitView:
        """Say no to an offer, which goes to the next in line. Raises ``WaitUnknown``, ``NoOffer``."""
        return await self._answer(wait_id, partial(self._refuse, to=WaitState.DECLINED), actor)

    async def accept(self, wait_id: str, *, actor: Actor) -> WaitView:
        """Take an offer: it is confirmed, or waits for a manager where the rules say so. Idempotent.

        Raises ``WaitUnknown``, ``NoOffer`` where there is none or its time has run out, ``Clash`` or ``NotPossible``
        where the site's rules refuse it by now.
        """
        return await self._answer(wait_id, self._accept, actor)

    async def _answer(self, wait_id: str, work: _Work, actor: Actor) -> WaitView:
        async def answer(tx: Tx) -> WaitView:
            found = await self._require(tx, wait_id)
            await self._database.lock_site(tx, found.site)
            wait = await self._require(tx, wait_id)
            site_config = await self._writer.site_configs.of(tx, wait.site)
            await work(tx, site_config, wait, actor, self._clock.now())
            return await self._view(tx, site_config, await self._require(tx, wait_id))

        view = await self._bookings.write(answer)
        self._changes.site_changed(view.site.id)
        return view

    async def _refuse(
        self, tx: Tx, site_config: SiteConfig, wait: Wait, actor: Actor, now: datetime, *, to: WaitState
    ) -> None:
        if wait.state is to:
            return
        if wait.state is WaitState.OFFERED:
            await self._line.move(tx, wait, to, actor.name, now)
            await self._give_back(tx, site_config, wait, actor, now)
        elif wait.state is WaitState.WAITING and to is WaitState.WITHDRAWN:
            await self._line.move(tx, wait, to, actor.name, now)
        else:
            raise NoOffer(_nothing(wait))

    async def _restore(self, tx: Tx, site_config: SiteConfig, wait: Wait, actor: Actor, now: datetime) -> None:
        if wait.state in IN_LINE:
            return
        # One that had an offer comes back by restoring its hold.
        left = wait.state is WaitState.WITHDRAWN and wait.booking is None
        if not left or wait.state_at + UNDONE_WITHIN <= now or wait.asked.during.start <= now:
            raise NotBack
        await self._once(tx, wait)
        await self._line.move(tx, wait, WaitState.WAITING, actor.name, now)
        await self._line.settle(tx, site_config, now)

    async def _accept(self, tx: Tx, site_config: SiteConfig, wait: Wait, actor: Actor, now: datetime) -> None:
        if wait.state is WaitState.ACCEPTED:
            return
        held = await self._held(tx, wait)
        if wait.state is not WaitState.OFFERED or held is None or held.expired(now):
            raise NoOffer(_nothing(wait))
        request = msgspec.structs.replace(wait.asked, space=held.space, layout=held.layout)
        tier = await tier_of(tx, request.party)
        but = frozenset({held.id})
        promised = RuleRequest(asked=request, actor=actor, tier=tier, but=but, keeps_start=True, keeps_terms=True)
        [verdict] = await judge(tx, site_config, [promised], now=now)
        if not verdict.possible:
            raise refusal(site_config.require(held.space).space.name, verdict, site_config.site.tz)
        await self._line.move(tx, wait, WaitState.ACCEPTED, actor.name, now)
        becomes = outcome(verdict, site_config.policy, held.during, now=now)
        if verdict.needs_approval:
            # It holds its time even where requests hold none: it was promised.
            until = becomes.held_until or (held.starts if held.starts > now else held.ends)
            new = msgspec.structs.replace(held, held_until=until)
        else:
            new = msgspec.structs.replace(held, state=BookingState.CONFIRMED, state_at=now, state_before=held.state)
        why = becomes.why
        await self._writer.rewrite(tx, site_config, held, new, actor=actor, now=now, what="accept", why=why)

    async def _give_back(self, tx: Tx, site_config: SiteConfig, wait: Wait, actor: Actor, now: datetime) -> None:
        held = await self._held(tx, wait)
        if held is not None and held.state is BookingState.HELD:
            new = declined(held, now).after
            why = "the offer was not wanted"
            await self._writer.rewrite(tx, site_config, held, new, actor=actor, now=now, what="decline", why=why)

    async def _held(self, tx: Tx, wait: Wait) -> Booking | None:
        return None if wait.booking is None else await bookings.booking(tx, wait.booking)

    async def _require(self, tx: Tx, wait_id: str) -> Wait:
        wait = await repository.wait(tx, wait_id)
        if wait is None:
            raise WaitUnknown(wait_id)
        return wait

    async def _view(self, tx: Tx, site_config: SiteConfig, wait: Wait) -> WaitView:
        if wait.state is not WaitState.WAITING:
            return WaitView(wait=wait, where=site_config, place=None)
        line = numbered(site_config, await repository.in_line(tx, site_config.site.id))
        found = next((each for each in line if each.wait.id == wait.id), None)
        # A reader may have seen it in the queue a moment before it left.
        return found or WaitView(wait=await self._require(tx, wait.id), where=site_config, place=None)

    async def take_back(self, tx: Tx, batch: str, wanted: Booking, now: datetime) -> list[str]:
        """As ``WaitQueue.take_back``."""
        return await self._line.take_back(tx, batch, wanted, now)

    async def run(self) -> None:
        """Offer times that have become free, take back offers that have expired; runs forever."""
        with self._changes.subscribe(every_s=CHANGES_EVERY_S) as changed:
            sites, at = await retry_until_available(self._waiting, what="the waiting lists")
            due = sites
            while True:
                acted = False
                for site in due:
                    look = partial(self.look, site)
                    acted |= await retry_until_available(look, what=f"the waiting list of {site}")
                if acted:
                    _, at = await retry_until_available(self._waiting, what="the waiting lists")
                changes = await self._sleep(changed.sites, at)
                sites, at = await retry_until_available(self._waiting, what="the waiting lists")
                due = sites if changes is None else sites & changes

    async def _sleep(self, changed_sites: _Changed, at: datetime | None) -> set[str] | None:
        """The sites that change before the next is due, ``at`` that time; None once it is."""
        now = self._clock.now()
        wait_s = LOOK_EVERY_S if at is None else min(LOOK_EVERY_S, max(1.0, (at - now).total_seconds()))
        hear = asyncio.create_task(changed_sites(), name="a change for the waiting lists")
        sleep = asyncio.create_task(self._clock.sleep(wait_s), name="the next due of the waiting lists")
        try:
            await asyncio.wait({hear, sleep}, return_when=asyncio.FIRST_COMPLETED)
            return None if sleep.done() else set(hear.result())
        finally:
            for task in (hear, sleep):
                task.cancel()
            await asyncio.gather(hear, sleep, return_exceptions=True)

    async def _waiting(self) -> tuple[set[str], datetime | None]:
        """The sites where somebody waits or has an offer, and when something is due next at any of them. Asked at every
        change of a diary: one statement where nobody waits."""
        async with self._database.read_without_transaction() as tx:
            sites = await repository.sites(tx)
            return sites, await repository.next_due(tx, self._clock.now()) if sites else None

    async def look(self, site: str) -> bool:
        """Do for one site whatever is due now; whether anything was."""
        if not await self._bookings.write(self._look, site):
            return False
        self._changes.site_changed(site)
        return True

    async def _look(self, tx: Tx, site: str) -> bool:
        await self._database.lock_site(tx, site)
        site_config = await self._writer.site_configs.of(tx, site)
        return await self._line.settle(tx, site_config, self._clock.now())


def _nothing(wait: Wait) -> str:
    words = {
        WaitState.WAITING: "nothing has become free yet",
        WaitState.OFFERED: "the time to accept has run out",
        WaitState.ACCEPTED: "the offer was accepted",
        WaitState.DECLINED: "the offer was declined",
        WaitState.EXPIRED: "the time to accept has run out",
        WaitState.WITHDRAWN: "the person left the waiting list",
        WaitState.LOST: "it was not confirmed",
        WaitState.OVER: "nothing became free in time",
    }
    return f"“{wait.asked.title}”: {words[wait.state]}"
