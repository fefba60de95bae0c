"""The queue of people who wait, and the offers to them. Runs inside the caller's transaction, under the site's lock.

An offer is a hold: the time is claimed, so nothing is offered twice. It is created in the transaction that frees the
time, before anybody else can book it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from controller.bookings import repository as bookings
from controller.bookings.claims import SYSTEM_ACTOR
from controller.bookings.diary import waitlist_repository as repository
from controller.bookings.diary.model import Booking, BookingRequest, BookingState, Changed
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.diary.waitlist import LEAST, UNDOABLE, WIDEST_BUFFER, Wait, WaitState, undoable
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import RuleRequest, Verdict
from controller.bookings.writer import BookingWriter
from controller.db.engine import Tx
from controller.people.model import Actor, Role
from controller.people.party_repository import tier_of
from controller.platform.text import times as words
from controller.platform.web.problem import Problem
from controller.records.audit import audit_log
from edge.wire.interval import Interval

log = logging.getLogger(__name__)

BEGUN_OFFER = timedelta(minutes=15)
"""How long an offer of a time that has begun lasts."""


class WaitQueue:
    """The line of every site."""

    def __init__(self, writer: BookingWriter) -> None:
        self._writer = writer
        writer.when_bookings_change(self._follow)

    async def settle(self, tx: Tx, site_config: SiteConfig, now: datetime) -> bool:
        """Do whatever is due: take back what nobody took up or decided in time, offer what is free, and let go whom
        nothing can be offered any more. Whether anything was. It is due by itself, so it is of no batch of changes."""
        with undoable(None):
            return await self._settle(tx, site_config, now)

    async def _settle(self, tx: Tx, site_config: SiteConfig, now: datetime) -> bool:
        line = await repository.in_line(tx, site_config.site.id)
        late = [each for each in line if each.offered_until is not None and each.offered_until <= now]
        for wait in late:
            await self.move(tx, wait, WaitState.EXPIRED, SYSTEM_ACTOR, now)
        gone = await self._take_back(tx, site_config, line, {each.booking for each in late}, now)
        over = [each for each in line if each.state is WaitState.WAITING and not _hopes(each, site_config, now)]
        for wait in over:
            await self.move(tx, wait, WaitState.OVER, SYSTEM_ACTOR, now)
        offers = await self._offer(tx, site_config, now)
        return bool(late or gone or over or offers)

    async def _take_back(
        self, tx: Tx, site_config: SiteConfig, line: Sequence[Wait], offers: set[str | None], now: datetime
    ) -> list[Changed]:
        """Decline the holds that have run out and that somebody in line waits for; ``offers``: those of offers."""
        if not line:
            return []
        times = [each.asked.during for each in line]
        span = Interval(start=min(each.start for each in times), end=max(each.end for each in times))
        found = await bookings.run_out(tx, site_config.site.id, span, margin=WIDEST_BUFFER, now=now)
        wanted = [held for held in found if any(each.near(held.during) for each in line)]
        gone: list[Changed] = []
        for held in wanted:
            until = words.at(held.held_until or now, site_config.site.tz, now=now)
            why = "the offer was not accepted in time" if held.id in offers else f"nobody decided by {until}"
            gone += await self._writer.rewrite_all(
                tx, site_config, [declined(held, now)], actor=SYSTEM, now=now, what="expire", why=why
            )
        if gone:
            await self._writer.announce(tx, site_config, gone, actor=SYSTEM, now=now)
        return gone

    async def _follow(
        self, tx: Tx, site_config: SiteConfig, changes: Sequence[Changed], *, actor: str, now: datetime
    ) -> None:
        """Record offers that ended elsewhere, and offer the time that these changes free."""
        changes = [each for each in changes if each.before is not None]
        if not changes:
            return
        await self._note_offers(tx, changes, actor, now)
        await self._note_undone(tx, changes, actor, now)
        freed = [
            each.before.during
            for each in changes
            if each.before is not None and each.before.claims and _frees(each.before, each.after)
        ]
        if freed:
            await self._offer(tx, site_config, now, freed)

    async def _note_offers(self, tx: Tx, changes: Sequence[Changed], actor: str, now: datetime) -> None:
        ended = {
            each.after.id: each.after.state
            for each in changes
            if each.before is not None
            and each.before.state is BookingState.HELD
            and each.after.state is not BookingState.HELD
        }
        if not ended:
            return
        for booking, wait in (await repository.of_bookings(tx, list(ended))).items():
            if wait.state not in (WaitState.OFFERED, WaitState.ACCEPTED):
                continue
            became = _became(wait.state, ended[booking], by_itself=actor == SYSTEM_ACTOR)
            if became is not wait.state:
                await self.move(tx, wait, became, actor, now)

    async def _note_undone(self, tx: Tx, changes: Sequence[Changed], actor: str, now: datetime) -> None:
        undone = {
            each.after.id: (each.before, each.after)
            for each in changes
            if each.before is not None
            and each.before.state is not BookingState.HELD
            and each.after.state is BookingState.HELD
        }
        if not undone:
            return
        for booking, wait in (await repository.of_bookings(tx, list(undone))).items():
            before, after = undone[booking]
            if wait.back_on_offer(before, after):
                again = msgspec.structs.replace(wait, offered_until=after.held_until)
                await self.move(tx, again, WaitState.OFFERED, actor, now)

    async def _offer(
        self, tx: Tx, site_config: SiteConfig, now: datetime, freed: Sequence[Interval] | None = None
    ) -> int:
        """Offer what can be had to those who wait for it, in their order; how many offers. ``freed``: the only times
        that may have become free."""
        line = await repository.in_line(tx, site_config.site.id, state=WaitState.WAITING)
        made = 0
        for wait in line:
            near = freed is None or any(wait.near(each) for each in freed)
            if not near or not _hopes(wait, site_config, now):
                continue
            # One at a time: each offer takes what the next might have wanted.
            request = await self._possible(tx, site_config, wait, now)
            if request is None:
                continue
            kept = UNDOABLE.get()
            if kept is not None and request.during.start <= kept.until:
                kept = None  # it would be told too late
            until = _offered_until(request.during, site_config.policy.offer_hours, kept.until if kept else now)
            why = f"it came free; offered until {words.at(until, site_config.site.tz, now=now)}: accept or decline it"
            promised = await self._writer.book(
                tx, site_config, [request], actor=SYSTEM, now=now, state=BookingState.HELD, held_until=until, why=why
            )
            batch = kept.batch if kept else ""
            offered = msgspec.structs.replace(
                wait, booking=promised.bookings[0].id, offered_until=until, undo_batch=batch
            )
            await self.move(tx, offered, WaitState.OFFERED, SYSTEM_ACTOR, now)
            made += 1
        return made

    async def _possible(self, tx: Tx, site_config: SiteConfig, wait: Wait, now: datetime) -> BookingRequest | None:
        """The best that is possible of what somebody waits for. A wait that can no longer be judged is skipped: it must
        not make other people's changes fail."""
        try:
            judged = await self.judge(tx, site_config, wait, now)
        except Problem as problem:
            fields = {"action": "waitlist", "wait": wait.id, "reason": problem.detail}
            log.error("A waiting request cannot be judged", extra=fields)
            return None
        return next((request for request, verdict in judged if verdict.possible), None)

    async def take_back(self, tx: Tx, batch: str, wanted: Booking, now: datetime) -> list[str]:
        """Take back the offers of a batch of changes that are in the way of ``wanted``, which is put back; who waited
        keeps their place. The bookings that were offered. In the transaction that takes the time."""
        site_config = await self._writer.site_configs.of(tx, wanted.site)
        place = site_config.require(wanted.space)
        mine = set(place.atoms)
        own = max(wanted.setup_min or 0, wanted.cleardown_min or 0)
        margin = timedelta(minutes=max(own, site_config.widest_buffer_min))
        around = Interval(start=wanted.starts - margin, end=wanted.ends + margin)
        taken: list[str] = []
        for wait in await repository.kept_offers(tx, batch):
            held = None if wait.booking is None else await bookings.booking(tx, wait.booking)
            if held is None or held.state is not BookingState.HELD or not held.during.overlaps(around):
                continue
            if held.site != wanted.site or mine.isdisjoint(site_config.require(held.space).atoms):
                continue
            await repository.update_wait(
                tx,
                msgspec.structs.replace(wait, state=WaitState.WAITING, state_at=now, offered_until=None, undo_batch=""),
            )
            await record(tx, wait, "take back offer", SYSTEM_ACTOR, now)
            gone = await self._writer.rewrite_all(
                tx, site_config, [declined(held, now)], actor=SYSTEM, now=now, what="expire", why="the change is undone"
            )
            taken += [each.after.id for each in gone]
        return taken

    async def judge(
        self, tx: Tx, site_config: SiteConfig, wait: Wait, now: datetime
    ) -> list[tuple[BookingRequest, Verdict]]:
        """Each request, as if the party itself asked for it now, in the spaces that exist."""
        tier = await tier_of(tx, wait.asked.party)
        asker = Actor.acting(wait.made_by, Role.GROUP_LEADER, party=wait.asked.party)
        asked = wait.requests(site_config.by_space)
        requests = [RuleRequest(asked=_by_rules(each), actor=asker, tier=tier) for each in asked]
        verdicts = await judge(tx, site_config, requests, now=now)
        return [(request.asked, verdict) for request, verdict in zip(requests, verdicts, strict=True)]

    async def move(self, tx: Tx, wait: Wait, to: WaitState, actor: str, now: datetime) -> None:
        """Write the new state of a wait, and who caused it."""
        until = wait.offered_until if to is WaitState.OFFERED else None
        moved = msgspec.structs.replace(wait, state=to, state_at=now, offered_until=until)
        await repository.update_wait(tx, moved)
        await record(tx, moved, _ACTS[to], actor, now)


SYSTEM = Actor.acting(SYSTEM_ACTOR)
_ACTS = {
    WaitState.WAITING: "wait",
    WaitState.OFFERED: "offer",
    WaitState.ACCEPTED: "accept offer",
    WaitState.DECLINED: "decline offer",
    WaitState.EXPIRED: "offer expired",
    WaitState.WITHDRAWN: "leave",
    WaitState.LOST: "not confirmed",
    WaitState.OVER: "nothing became free",
}


async def record(tx: Tx, wait: Wait, act: str, actor: str, now: datetime) -> None:
    """A row of the audit log."""
    await audit_log.record(tx, actor=actor, at=now, act=act, site=wait.site, thing=f"wait {wait.id}")


def declined(held: Booking, now: datetime) -> Changed:
    """The hold, released."""
    new = msgspec.structs.replace(held, state=BookingState.DECLINED, state_at=now, state_before=held.state)
    return Changed(before=held, after=new)


def _became(wait: WaitState, hold: BookingState, *, by_itself: bool) -> WaitState:
    """The state of a wait whose hold has ended. ``by_itself``: because its time ran out."""
    if wait is WaitState.ACCEPTED:
        return {BookingState.DECLINED: WaitState.LOST, BookingState.CANCELLED: WaitState.WITHDRAWN}.get(hold, wait)
    if hold is BookingState.CONFIRMED:
        return WaitState.ACCEPTED
    return WaitState.EXPIRED if hold is BookingState.DECLINED and by_itself else WaitState.DECLINED


def _by_rules(asked: BookingRequest) -> BookingRequest:
    return msgspec.structs.replace(asked, by_rules=True, overrule=False)


def _hopes(wait: Wait, site_config: SiteConfig, now: datetime) -> bool:
    """Whether anything may still be offered: its time is of use, and one of its spaces is still there."""
    return wait.of_use(now) and any(each in site_config.by_space for each in wait.spaces)


def _offered_until(during: Interval, offer_hours: int, now: datetime) -> datetime:
    """Not beyond its start; a while only where that is past."""
    if during.start > now:
        return min(during.start, now + timedelta(hours=offer_hours))
    return min(during.end - LEAST, now + BEGUN_OFFER)


def _frees(before: Booking, after: Booking) -> bool:
    """Whether some of what ``before`` held may be free now."""
    if not after.claims:
        return True
    held = ("space", "starts", "ends", "layout", "seats", "people", "equipment", "setup_min", "cleardown_min")
    return any(getattr(before, name) != getattr(after, name) for name in held)
