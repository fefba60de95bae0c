"""The waiting list: whoever wants a time that is taken is offered it, in order, when it becomes free.

An offer is a hold, so what is offered is claimed, and nothing is promised twice. It is made in the transaction that
frees the time, before anybody else can have it. What frees time without a booking being written (hours, policy,
divisions, a window that opens, a hold that runs out) is found by ``run``, which sleeps until it is told or due.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from controller.bookings import limits
from controller.bookings import repository as bookings
from controller.bookings.claims import HOUSE
from controller.bookings.desk import Desk
from controller.bookings.errors import refusal
from controller.bookings.judging.judge import Wish, judge
from controller.bookings.model import Asked, Booking, Changed, State
from controller.bookings.picture import Picture
from controller.bookings.service import Bookings, for_whom, require_allowed
from controller.bookings.verdict import Verdict, Why
from controller.bookings.waiting import repository
from controller.bookings.waiting.errors import NoOffer, NothingToWaitFor, WaitUnknown
from controller.bookings.waiting.model import Wait, WaitDraft, WaitState, may_pass
from controller.changes import Changes
from controller.database import Database, Tx
from controller.estate.model import Site
from controller.patience import patiently
from controller.people import audit
from controller.people.discreet import Seen, seen
from controller.people.errors import NotAllowed
from controller.people.may import Action, Thing
from controller.people.model import Actor, Role
from controller.people.parties import tier_of, tier_to_book
from controller.problem import invalid_field
from edge.wire.clock import Clock
from edge.wire.ids import uuid7

WIDEST_BUFFER = timedelta(days=1)
"""The most that set-up, clear-down or a change-over may take."""
LOOK_EVERY_S = 900.0
"""Longest sleep between two looks: windows and quotas open with the days."""


_Work = Callable[[Tx, Picture, Wait, Actor, datetime], Awaitable[None]]
_Told = Callable[[], Coroutine[None, None, Collection[str]]]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A wait as it stands. ``place``: 1 for whoever is next; ``None`` for who does not wait any more."""

    wait: Wait
    site: Site
    place: int | None


class Waiting:
    """``bookings`` lends its way to write and to retry."""

    def __init__(self, database: Database, clock: Clock, changes: Changes, desk: Desk, bookings: Bookings) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._desk = desk
        self._bookings = bookings
        desk.when_bookings_change(self._follow)

    async def join(self, site: str, draft: WaitDraft, *, actor: Actor) -> Standing:
        """Get in line for a time. A booker who names no party waits for their own. Raises ``NothingToWaitFor`` where
        it can be had now, ``NotPossible`` where it never will, ``Invalid``, ``NotAllowed``, ``SiteUnknown``,
        ``SpaceUnknown``."""
        draft = msgspec.structs.replace(draft, wish=for_whom(draft.wish, actor))
        require_allowed(actor, site, draft.wish.party)
        standing = await self._database.run(self._join, site, draft, actor)
        self._changes.site_changed(site)
        return standing

    async def _join(self, tx: Tx, site: str, draft: WaitDraft, actor: Actor) -> Standing:
        await self._database.lock_site(tx, site)
        now = self._clock.now()
        picture = await self._desk.pictures.of(tx, site)
        zone = picture.site.tz
        during = limits.window(draft.wish.starts.resolve(zone, "starts"), draft.wish.ends.resolve(zone, "ends"))
        if during.start <= now:
            raise invalid_field("starts", "must be in the future; nobody can wait for a time that has begun")
        await tier_to_book(tx, draft.wish.party)
        wait = Wait(
            id=uuid7(now, secrets.token_bytes(10)),
            site=site,
            asked=draft.wish.asked(during),
            spaces=tuple(dict.fromkeys((draft.wish.space, *draft.also))),
            state=WaitState.WAITING,
            state_at=now,
            offered_until=None,
            booking=None,
            made_at=now,
            made_by=actor.name,
            turn=await repository.next_turn(tx, site),
        )
        verdicts = await self._judge(tx, picture, wait, now)
        free = [asked for asked, verdict in zip(wait.wishes(), verdicts, strict=True) if verdict.possible]
        if free:
            name = picture.require(free[0].space).space.name
            raise NothingToWaitFor(f"{name} can be booked then as it is; book it")
        judged = zip(wait.wishes(), verdicts, strict=True)
        if not any(all(may_pass(each, asked, picture) for each in verdict.refusals) for asked, verdict in judged):
            raise refusal(picture.require(wait.spaces[0]).space.name, verdicts[0], zone)
        await repository.insert_wait(tx, wait)
        await self._record(tx, wait, actor.name, "wait", now)
        return await self._standing(tx, picture.site, wait)

    async def in_line(self, site: str, *, actor: Actor) -> list[Standing]:
        """Who waits at a site or has an offer, those first who are next; a booker sees their own party. Raises
        ``SiteUnknown``."""
        async with self._database.read() as tx:
            picture = await self._desk.pictures.of(tx, site)
            found = await repository.in_line(tx, site)
            return [
                each
                for each in _numbered(picture.site, found)
                if seen(actor, Thing(site=site, party=each.wait.asked.party)) is not Seen.TAKEN
            ]

    async def get(self, wait_id: str, *, actor: Actor) -> Standing:
        """Raises ``NotAllowed`` where ``in_line`` would leave it out, ``WaitUnknown``."""
        async with self._database.read() as tx:
            wait = await self._require(tx, wait_id)
            thing = Thing(site=wait.site, party=wait.asked.party)
            if seen(actor, thing) is Seen.TAKEN:
                raise NotAllowed(actor.name, Action.READ, thing)
            return await self._standing(tx, (await self._desk.pictures.of(tx, wait.site)).site, wait)

    async def withdraw(self, wait_id: str, *, actor: Actor) -> Standing:
        """Leave the line; an offer that stands is given back. Idempotent. Raises ``WaitUnknown``."""
        return await self._answer(wait_id, partial(self._refuse, to=WaitState.WITHDRAWN), actor)

    async def decline(self, wait_id: str, *, actor: Actor) -> Standing:
        """Say no to an offer, which goes to the next in line. Raises ``WaitUnknown``, ``NoOffer``."""
        return await self._answer(wait_id, partial(self._refuse, to=WaitState.DECLINED), actor)

    async def accept(self, wait_id: str, *, actor: Actor) -> Standing:
        """Take an offer: it is confirmed, or waits for a manager where the rules say so. Idempotent.

        Raises ``WaitUnknown``, ``NoOffer`` where there is none or its time has run out.
        """
        return await self._answer(wait_id, self._accept, actor)

    async def _answer(self, wait_id: str, work: _Work, actor: Actor) -> Standing:
        async def answer(tx: Tx) -> Standing:
            found = await self._require(tx, wait_id)
            await self._database.lock_site(tx, found.site)
            wait = await self._require(tx, wait_id)
            picture = await self._desk.pictures.of(tx, wait.site)
            await work(tx, picture, wait, actor, self._clock.now())
            return await self._standing(tx, picture.site, await self._require(tx, wait_id))

        standing = await self._bookings.write(answer)
        self._changes.site_changed(standing.site.id)
        return standing

    async def _refuse(
        self, tx: Tx, picture: Picture, wait: Wait, actor: Actor, now: datetime, *, to: WaitState
    ) -> None:
        if wait.state is to:
            return
        if wait.state is WaitState.OFFERED:
            await self._move(tx, wait, to, actor.name, now)
            await self._give_back(tx, picture, wait, actor, now, why="the offer was not wanted")
        elif wait.state is WaitState.WAITING and to is WaitState.WITHDRAWN:
            await self._move(tx, wait, to, actor.name, now)
        else:
            raise NoOffer(_nothing(wait))

    async def _accept(self, tx: Tx, picture: Picture, wait: Wait, actor: Actor, now: datetime) -> None:
        if wait.state is WaitState.ACCEPTED:
            return
        held = await self._held(tx, wait)
        if wait.state is not WaitState.OFFERED or held is None or held.expired(now):
            raise NoOffer(_nothing(wait))
        wish = msgspec.structs.replace(wait.asked, space=held.space, layout=held.layout)
        tier = await tier_of(tx, wish.party)
        verdicts = await judge(
            tx, picture, [Wish(asked=wish, actor=actor, tier=tier, but=frozenset({held.id}))], now=now
        )
        await self._move(tx, wait, WaitState.ACCEPTED, actor.name, now)
        if verdicts[0].needs_approval:
            hours = picture.policy.hold_hours
            until = held.starts if hours is None else min(held.starts, now + timedelta(hours=hours))
            new = msgspec.structs.replace(held, held_until=until)
            why = "; ".join(each.text for each in verdicts[0].reasons if each.why is Why.APPROVAL)
        else:
            new = msgspec.structs.replace(
                held, state=State.CONFIRMED, state_at=now, state_before=held.state, held_until=None
            )
            why = ""
        await self._desk.rewrite(tx, picture, held, new, actor=actor, now=now, what="accept", why=why)

    async def _give_back(
        self, tx: Tx, picture: Picture, wait: Wait, actor: Actor, now: datetime, *, why: str, what: str = "decline"
    ) -> None:
        held = await self._held(tx, wait)
        if held is not None and held.state is State.HELD:
            new = msgspec.structs.replace(held, state=State.DECLINED, state_at=now, state_before=held.state)
            await self._desk.rewrite(tx, picture, held, new, actor=actor, now=now, what=what, why=why)

    async def _held(self, tx: Tx, wait: Wait) -> Booking | None:
        return None if wait.booking is None else await bookings.booking(tx, wait.booking)

    async def _follow(self, tx: Tx, picture: Picture, changes: Sequence[Changed], *, actor: str, now: datetime) -> None:
        """Take note of what became of offers elsewhere, and offer the time that these changes free."""
        await self._note_offers(tx, changes, actor, now)
        spans = [
            (each.before.starts, each.before.ends)
            for each in changes
            if each.before is not None and each.before.claims and _frees(each.before, each.after)
        ]
        if spans:
            # What follows a booking or a change-over is freed by it as well.
            wide = [(start - WIDEST_BUFFER, end + WIDEST_BUFFER) for start, end in spans]
            await self._offer(tx, picture, now, wide)

    async def _note_offers(self, tx: Tx, changes: Sequence[Changed], actor: str, now: datetime) -> None:
        became = {State.CONFIRMED: WaitState.ACCEPTED, State.CANCELLED: WaitState.DECLINED}
        ended = {
            each.after.id: WaitState.EXPIRED
            if each.after.state is State.DECLINED and actor == HOUSE
            else became.get(each.after.state, WaitState.DECLINED)
            for each in changes
            if each.before is not None and each.before.state is State.HELD and each.after.state is not State.HELD
        }
        if ended:
            for booking, wait in (await repository.offered(tx, list(ended))).items():
                await self._move(tx, wait, ended[booking], actor, now)

    async def _offer(
        self, tx: Tx, picture: Picture, now: datetime, spans: Sequence[tuple[datetime, datetime]] | None = None
    ) -> int:
        """Offer what can be had to those who wait for it, in their order; how many offers. ``spans``: the only times
        that may have become free."""
        line = await repository.in_line(tx, picture.site.id, state=WaitState.WAITING)
        line = [each for each in line if each.asked.during.start > now]
        if spans is not None:
            line = repository.overlapping(line, spans)
        made = 0
        for wait in line:
            # One at a time: each offer takes what the next might have wanted.
            verdicts = await self._judge(tx, picture, wait, now)
            fits = [asked for asked, verdict in zip(wait.wishes(), verdicts, strict=True) if verdict.possible]
            if not fits:
                continue
            until = min(wait.asked.during.start, now + timedelta(hours=picture.policy.offer_hours))
            [held] = await self._desk.book(
                tx, picture, [fits[0]], actor=_HOUSE, now=now, state=State.HELD, held_until=until
            )
            offered = msgspec.structs.replace(wait, booking=held.id, offered_until=until)
            await self._move(tx, offered, WaitState.OFFERED, HOUSE, now)
            made += 1
        return made

    async def _judge(self, tx: Tx, picture: Picture, wait: Wait, now: datetime) -> list[Verdict]:
        tier = await tier_of(tx, wait.asked.party)
        asker = Actor(name=wait.made_by, role=Role.BOOKER, party=wait.asked.party)
        wishes = [Wish(asked=_by_rules(asked), actor=asker, tier=tier) for asked in wait.wishes()]
        return await judge(tx, picture, wishes, now=now)

    async def _move(self, tx: Tx, wait: Wait, to: WaitState, actor: str, now: datetime) -> None:
        until = wait.offered_until if to is WaitState.OFFERED else None
        moved = msgspec.structs.replace(wait, state=to, state_at=now, offered_until=until)
        await repository.update_wait(tx, moved)
        await self._record(tx, moved, actor, _ACTS[to], now)

    async def _record(self, tx: Tx, wait: Wait, actor: str, act: str, now: datetime) -> None:
        await audit.record(tx, actor=actor, at=now, act=act, site=wait.site, thing=f"wait {wait.id}")

    async def _require(self, tx: Tx, wait_id: str) -> Wait:
        wait = await repository.wait(tx, wait_id)
        if wait is None:
            raise WaitUnknown(wait_id)
        return wait

    async def _standing(self, tx: Tx, site: Site, wait: Wait) -> Standing:
        if wait.state is not WaitState.WAITING:
            return Standing(wait=wait, site=site, place=None)
        line = _numbered(site, await repository.in_line(tx, site.id))
        return next(each for each in line if each.wait.id == wait.id)

    async def run(self) -> None:
        """Offer what has become free otherwise, take back offers that have run out, for ever."""
        with self._changes.subscribe() as changed:
            due: set[str] = await patiently(self._sites, what="the waiting lists")
            while True:
                for site in due:
                    await patiently(partial(self.look, site), what=f"the waiting list of {site}")
                due = await self._sleep(changed.sites)

    async def _sleep(self, told: _Told) -> set[str]:
        """The sites to look at next: those that change, or all where something is due."""
        at = await patiently(self._next_due, what="the waiting lists")
        now = self._clock.now()
        wait_s = LOOK_EVERY_S if at is None else min(LOOK_EVERY_S, max(1.0, (at - now).total_seconds()))
        hear = asyncio.create_task(told(), name="a change for the waiting lists")
        sleep = asyncio.create_task(self._clock.sleep(wait_s), name="the next due of the waiting lists")
        try:
            await asyncio.wait({hear, sleep}, return_when=asyncio.FIRST_COMPLETED)
            everyone = await patiently(self._sites, what="the waiting lists")
            return everyone if sleep.done() else everyone & set(hear.result())
        finally:
            for task in (hear, sleep):
                task.cancel()
            await asyncio.gather(hear, sleep, return_exceptions=True)

    async def _sites(self) -> set[str]:
        async with self._database.read() as tx:
            return await repository.sites(tx)

    async def _next_due(self) -> datetime | None:
        async with self._database.read() as tx:
            return await repository.next_due(tx)

    async def look(self, site: str) -> bool:
        """Do for one site whatever is due now; whether anything was."""
        if not await self._bookings.write(self._look, site):
            return False
        self._changes.site_changed(site)
        return True

    async def _look(self, tx: Tx, site: str) -> bool:
        await self._database.lock_site(tx, site)
        now = self._clock.now()
        picture = await self._desk.pictures.of(tx, site)
        gone = await repository.run_out(tx, site, now)
        for wait in gone:
            await self._move(tx, wait, WaitState.EXPIRED, HOUSE, now)
            await self._give_back(tx, picture, wait, _HOUSE, now, why="the offer was not taken up", what="expire")
        ended = await repository.end(tx, site, now)
        offers = await self._offer(tx, picture, now)
        return bool(gone or ended or offers)


_HOUSE = Actor(name=HOUSE)
_ACTS = {
    WaitState.WAITING: "wait",
    WaitState.OFFERED: "offer",
    WaitState.ACCEPTED: "accept offer",
    WaitState.DECLINED: "decline offer",
    WaitState.EXPIRED: "offer expired",
    WaitState.WITHDRAWN: "leave the line",
    WaitState.OVER: "waited in vain",
}


def _by_rules(asked: Asked) -> Asked:
    return msgspec.structs.replace(asked, by_rules=True, overrule=False)


def _frees(before: Booking, after: Booking) -> bool:
    """Whether some of what ``before`` held may be free now."""
    if not after.claims:
        return True
    held = ("space", "starts", "ends", "layout", "seats", "people", "equipment", "setup_min", "cleardown_min")
    return any(getattr(before, name) != getattr(after, name) for name in held)


def _numbered(site: Site, line: Sequence[Wait]) -> list[Standing]:
    waiting = [each.id for each in line if each.state is WaitState.WAITING]
    return [
        Standing(wait=each, site=site, place=waiting.index(each.id) + 1 if each.id in waiting else None)
        for each in line
    ]


def _nothing(wait: Wait) -> str:
    words = {
        WaitState.WAITING: "nothing has become free yet",
        WaitState.OFFERED: "the time to accept has run out",
        WaitState.ACCEPTED: "the offer was accepted",
        WaitState.DECLINED: "the offer was declined",
        WaitState.EXPIRED: "the time to accept has run out",
        WaitState.WITHDRAWN: "this place in the line was given up",
        WaitState.OVER: "the time has come and nothing had become free",
    }
    return f"“{wait.asked.title}”: {words[wait.state]}"
