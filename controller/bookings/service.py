"""Single bookings: creates, changes, decides, cancels, restores and shows them; ``listing`` lists them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError

from controller.access.code_generation import CODE_OVERLAP
from controller.access.code_status import lingering_texts
from controller.access.repository import first_look_read
from controller.bookings import lifecycle, repository
from controller.bookings.booking_view import BookingView
from controller.bookings.change_impact import PUBLIC_FIELDS, ChangedParts, PlannedChange, changing, wanted
from controller.bookings.claims import contended
from controller.bookings.code_issuing import lingering
from controller.bookings.diary import waitlist_repository
from controller.bookings.diary.model import (
    LONGEST_WHY,
    Booking,
    BookingChange,
    BookingState,
    Draft,
    LogEntry,
    booking_time,
    clock_change_notes,
    require_not_over,
    require_timely,
)
from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.bookings.diary.waitlist import Overdue, WaitState
from controller.bookings.errors import BookingUnknown, LinkUnknown, NotNow, PreconditionFailed, Stale, refusal
from controller.bookings.lifecycle import BookingAction, held_until, outcome, put
from controller.bookings.rules.evaluate import first_reads, judge
from controller.bookings.rules.model import OVERRULED, ReasonKind, RuleReason, RuleRequest, Verdict
from controller.bookings.series.model import changed_fields
from controller.bookings.who_may_book import may_decide, party_for, require, require_allowed
from controller.bookings.writer import BookingWriter
from controller.db.compiled_sql import read_ahead
from controller.db.engine import Database, Tx
from controller.db.errors import violates
from controller.estate.model import Site
from controller.people.model import Actor, Tier
from controller.people.party_repository import tier_of, tier_to_book
from controller.people.permissions import Action, Thing, parties_of
from controller.platform.key_files import LinkKind, linked
from controller.platform.web.problem import Problem
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.interval import Interval

T = TypeVar("T")
P = ParamSpec("P")
_Becomes = Callable[[Booking, datetime, SiteConfig], Booking]
_TRIES = 3
_TURNS = 10
"""How often overdue offers of the waiting list are settled before a write is given up."""
_ACCEPTS = "this accepts the offer for the person who waited"


class CheckedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on a request for ``place``, and the warnings that come with it."""

    site: Site
    place: SpaceAtSite
    verdict: Verdict
    lingering: tuple[str, ...]
    notes: tuple[str, ...]


class BookingService:
    """Each method is one transaction; after a write it notifies the site's listeners."""

    def __init__(self, database: Database, clock: Clock, changes: Changes, writer: BookingWriter) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._writer = writer
        self._settle: Callable[[str], Awaitable[object]] | None = None

    def when_overdue(self, settle: Callable[[str], Awaitable[object]]) -> None:
        """Have ``settle`` awaited with the site before a write that wants what others are waiting for."""
        self._settle = settle

    async def write(self, work: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work`` in a write transaction, and again if somebody outside our locks took the time or the code
        meanwhile: then ``work`` itself finds and names the conflict. People on the waiting list come first."""
        return await self._retry_on_conflict(self._database.run_brief, work, *args, **kwargs)

    async def write_many(
        self, work: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As ``write``, for work on so many rows that the event loop must not wait for it."""
        return await self._retry_on_conflict(self._database.run, work, *args, **kwargs)

    async def _retry_on_conflict(
        self,
        run: Callable[..., Awaitable[T]],
        work: Callable[Concatenate[Tx, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        conflicts = turns = 0
        while True:
            try:
                return await run(work, *args, **kwargs)
            except Overdue as overdue:
                turns += 1
                if self._settle is None or turns > _TURNS:
                    raise
                await self._settle(overdue.site)
            except IntegrityError as error:
                conflicts += 1
                if conflicts == _TRIES or not (contended(error) or violates(error, CODE_OVERLAP)):
                    raise

    async def create(self, site: str, draft: Draft, *, actor: Actor) -> BookingView:
        """Confirmed at once, held or asked for, as the site's rules have it. Who leads one party need not name it.
        Raises ``Clash``, ``NotPossible``, ``Invalid``, ``NotAllowed``, ``SiteUnknown``, ``SpaceUnknown``."""
        draft = replace(draft, party=party_for(draft.party, actor, site))
        require_allowed(actor, site, draft.party, overrule=draft.overrule)
        view = await self.write(self.create_in, site, draft, actor)
        self._changes.site_changed(site)
        return view

    async def create_in(self, tx: Tx, site: str, draft: Draft, actor: Actor, decide: str = "") -> BookingView:
        """As ``create``, for a draft that names its party, in a transaction of ``write``; the caller checks
        permissions and notifies the listeners. ``decide``: why a manager decides even if a rule fits."""
        await self._database.lock_site(tx, site)
        now = self._clock.now()
        await self._read_ahead(tx, site, draft, actor, now)
        where, unusual = await self._writer.read_site(tx, site, now)
        request = await request_of(tx, where, draft, but=None, actor=actor, now=now)
        asked, there = request.asked, where.require(draft.space)
        [verdict] = await judge(tx, where, [request], now=now)
        if not verdict.possible:
            raise refusal(there.space.name, verdict, there.site.tz)
        if decide and not verdict.needs_approval:
            verdict = replace(verdict, reasons=(*verdict.reasons, _approval(decide)))
        becomes = outcome(verdict, where.policy, asked.during, now=now)
        made = await self._writer.book(
            tx,
            where,
            [asked],
            actor=actor,
            now=now,
            state=becomes.state,
            held_until=becomes.held_until,
            why=becomes.why,
            expired=verdict.expired,
        )
        return (await self._writer.views_of(tx, where, made, now, unusual=unusual))[0]

    async def _read_ahead(self, tx: Tx, site: str, draft: Draft, actor: Actor, now: datetime) -> None:
        """Make three trips to PostgreSQL one, while others wait for the site: read what is asked next, by what was
        known of the site. Where that has changed, it is read again."""
        where = None if self._database.sqlite else self._writer.site_configs.known(site)
        if where is None or (there := where.by_space.get(draft.space)) is None:
            return
        try:
            request = RuleRequest(asked=draft.asked(_during(where, draft, now, new=True)), actor=actor)
        except Problem:  # it is judged, and refused, by the site as it is
            return
        facts = first_reads(tx, where, [request], now=now)
        codes = self._writer.codes.draw_ahead(tx, where, there.space, now)
        await read_ahead(tx, [first_look_read(site, now), *facts, *codes])

    async def check(self, site: str, draft: Draft, *, but: str | None, actor: Actor) -> CheckedRequest:
        """The result of ``create``, without writing; ``but``: a booking to ignore."""
        draft = replace(draft, party=party_for(draft.party, actor, site))
        if parties_of(actor, Action.DETAILS, site) is not None:
            require_allowed(actor, site, draft.party)
        async with self._database.read() as tx:
            now = self._clock.now()
            where = await self._writer.site_configs.of(tx, site)
            request = await request_of(tx, where, draft, but=but, actor=actor, now=now)
            there = where.require(draft.space)
            zone, during = there.site.tz, request.asked.during
            [verdict] = await judge(tx, where, [request], now=now)
            old_codes = lingering_texts(
                [each for each in await lingering(tx, site, now=now) if each.grant.booking_id != but],
                doors=there.space.doors,
                window=self._writer.codes.window(during, where.policy),
                now=now,
                zone=zone,
                actor=actor,
            )
            return CheckedRequest(
                site=there.site,
                place=there,
                verdict=verdict,
                lingering=old_codes,
                notes=clock_change_notes(during, zone),
            )

    async def get(self, booking_id: str) -> BookingView:
        """Raises ``BookingUnknown``."""
        async with self._database.read() as tx:
            return await self._view(tx, await _found(tx, booking_id))

    async def log_entries(self, booking_id: str) -> tuple[Site, list[LogEntry]]:
        """What happened to a booking, oldest first, and its site. Raises ``BookingUnknown``."""
        async with self._database.read() as tx:
            booking = await _found(tx, booking_id)
            return (await self._writer.site_configs.of(tx, booking.site)).site, await repository.log_entries(
                tx, booking_id
            )

    async def by_link(self, token: str) -> tuple[LinkKind, BookingView]:
        """What the link is for, and the booking of its page. Raises ``LinkUnknown``."""
        async with self._database.read() as tx:
            named = linked(token)
            booking = await repository.booking(tx, named) if named is not None else None
            if booking is None:
                raise LinkUnknown
            return self._writer.links.kind(token, booking), await self._view(tx, booking)

    async def _view(self, tx: Tx, booking: Booking) -> BookingView:
        where = await self._writer.site_configs.of(tx, booking.site)
        return (await self._writer.views(tx, where, [booking], self._clock.now()))[0]

    async def change(
        self, booking_id: str, change: BookingChange, *, if_match: int | None, actor: Actor
    ) -> BookingView:
        """Change a booking; changed parts are judged again. What the rules would not confirm waits for approval again,
        or is refused where that would cost a booking that begins soon its code; a manager's change keeps its state.
        Raises ``Clash``, ``NotPossible``, ``Invalid``, ``NotAllowed``, ``NotNow``, ``Stale``, ``PreconditionFailed``,
        ``BookingUnknown``."""
        return await self._notified(self.write(self.change_in, booking_id, change, if_match, actor))

    async def change_in(
        self, tx: Tx, booking_id: str, change: BookingChange, if_match: int | None, actor: Actor
    ) -> BookingView:
        """As ``change``, in a transaction of ``write``; the caller notifies the listeners."""
        now = self._clock.now()
        old = await self.locked(tx, booking_id)
        if if_match is not None and if_match != old.version:
            raise PreconditionFailed(old)
        if change.version is not None and change.version != old.version:
            raise Stale(old)
        if old.state is BookingState.HELD and await waitlist_repository.offers(tx, [old]):
            raise NotNow(f"“{old.title}” is on offer; accept the offer first, then change it")
        where = await self._writer.site_configs.of(tx, old.site)
        there = where.require(old.space if change.space is msgspec.UNSET else change.space)
        asked = wanted(old, change, there, now=now)
        if not asked.fields <= PUBLIC_FIELDS:
            lifecycle.require_changeable(old)
        if asked.what is ChangedParts.NOTHING:
            return await self._view(tx, old)
        require_allowed(actor, old.site, asked.new.party, overrule=change.overrule)
        asked.require_timely(there.site.tz, now=now)
        new = replace(asked.new, changed_here=changed_fields(old, asked.new))
        why, expired = "", None
        if asked.judged(now=now):
            request = await self._request(tx, asked, change, actor, there.site.tz, now)
            [verdict] = await judge(tx, where, [request], now=now)
            concerned = asked.concerned(verdict)
            if not concerned.possible and not asked.less:
                raise refusal(there.space.name, concerned, there.site.tz)
            new = replace(new, overruled=request.asked.overrule)
            expired = verdict.expired
            if change.by_rules or not may_decide(actor, new):
                becomes = outcome(concerned, where.policy, new.during, now=now)
                if old.certain or verdict.possible:
                    new, why = put(new, becomes, now), becomes.why
        new = await self._writer.rewrite(
            tx, where, old, new, actor=actor, now=now, what=asked.what.value, why=why, expired=expired
        )
        return await self._view(tx, new)

    async def _request(
        self, tx: Tx, asked: PlannedChange, change: BookingChange, actor: Actor, zone: ZoneInfo, now: datetime
    ) -> RuleRequest:
        new = asked.new
        same_party = new.party == asked.old.party
        tier = await (tier_of(tx, new.party) if same_party else tier_to_book(tx, new.party, actor))
        request = replace(new.asked, overrule=asked.overrules(change.overrule), by_rules=change.by_rules)
        found = RuleRequest(asked=request, actor=actor, tier=tier, but=frozenset({new.id}))
        return changing(found, asked.old, zone=zone, now=now)

    async def approve(self, booking_id: str, *, actor: Actor, why: str = "", overrule: bool = False) -> BookingView:
        """Confirm a request, judged again; one that is confirmed already stays so. Raises ``Clash``, ``NotPossible``,
        ``NotNow``, ``NotAllowed``, ``BookingUnknown``."""
        return await self._act(BookingAction.APPROVE, booking_id, actor, why, overrule=overrule)

    async def decline(self, booking_id: str, *, why: str, actor: Actor) -> BookingView:
        """Turn a request down; its time is free at once. Idempotent. Raises ``NotNow``, ``NotAllowed``,
        ``BookingUnknown``."""
        return await self._act(BookingAction.DECLINE, booking_id, actor, why)

    async def cancel(self, booking_id: str, *, why: str, if_match: int | None = None, actor: Actor) -> BookingView:
        """Cancel a booking or a request; one that is cancelled already stays as it is. Raises ``NotNow``,
        ``PreconditionFailed``, ``BookingUnknown``."""
        return await self._act(BookingAction.CANCEL, booking_id, actor, why, if_match=if_match)

    async def cancel_in(self, tx: Tx, booking_id: str, *, why: str, if_match: int, actor: Actor) -> BookingView:
        """As ``cancel``, in a transaction of ``write``; the caller notifies the listeners."""
        return await self._act_in(tx, BookingAction.CANCEL, booking_id, actor, why, if_match=if_match)

    async def restore(self, booking_id: str, *, if_match: int | None = None, actor: Actor) -> BookingView:
        """Undo what ``lifecycle.restore`` says. Raises ``Clash`` where the time is taken, ``NotPossible``, ``NotNow``
        where it is over, ``NotAllowed``, ``BookingUnknown``."""
        return await self._act(BookingAction.RESTORE, booking_id, actor, "", if_match=if_match)

    async def restore_in(self, tx: Tx, booking_id: str, *, if_match: int, actor: Actor) -> BookingView:
        """As ``restore``, in a transaction of ``write``; the caller notifies the listeners."""
        return await self._act_in(tx, BookingAction.RESTORE, booking_id, actor, "", if_match=if_match)

    async def finish(self, booking_id: str, *, actor: Actor) -> BookingView:
        """End a booking that runs; the rest of its time is free. Idempotent. Raises ``NotNow``, ``BookingUnknown``."""
        return await self._act(BookingAction.FINISH, booking_id, actor, "")

    async def check_in(self, booking_id: str, *, actor: Actor) -> BookingView:
        """Its people are here, as somebody says at the tablet. Idempotent. Raises ``NotNow``, ``BookingUnknown``."""

        def check_in(old: Booking, now: datetime, where: SiteConfig) -> Booking:
            return lifecycle.check_in(old, now, opens_at=self._writer.codes.window(old.during, where.policy).start)

        return await self._act(BookingAction.CHECK_IN, booking_id, actor, "", check_in)

    async def check_out(self, booking_id: str, *, actor: Actor) -> BookingView:
        """Undo a check-in. Idempotent. Raises ``NotNow``, ``BookingUnknown``."""
        return await self._act(
            BookingAction.CHECK_IN,
            booking_id,
            actor,
            "",
            lambda old, now, where: lifecycle.check_out(old),
            what="check out",
        )

    async def _act(
        self, act: BookingAction, booking_id: str, actor: Actor, why: str, becomes: _Becomes | None = None, **more: Any
    ) -> BookingView:
        return await self._notified(self.write(self._act_in, act, booking_id, actor, why, becomes, **more))

    async def _act_in(
        self,
        tx: Tx,
        act: BookingAction,
        booking_id: str,
        actor: Actor,
        why: str,
        becomes: _Becomes | None = None,
        *,
        what: str | None = None,
        overrule: bool = False,
        if_match: int | None = None,
    ) -> BookingView:
        now = self._clock.now()
        old = await self.locked(tx, booking_id)
        if if_match is not None and if_match != old.version:
            raise PreconditionFailed(old)
        require(actor, lifecycle.needs(act, old), Thing(site=old.site, party=old.party))
        where = await self._writer.site_configs.of(tx, old.site)
        new = becomes(old, now, where) if becomes else lifecycle.EFFECTS[act](old, now)
        if new is old:
            return await self._view(tx, old)
        if new.state is BookingState.HELD and (new.held_until is None or new.held_until <= now):
            new = replace(new, held_until=held_until(where.policy, new.during, now=now))
        wait = (await waitlist_repository.of_bookings(tx, [old.id])).get(old.id)
        expired, reason = None, why
        if lifecycle.takes_more(old, new):
            new = replace(new, overruled=old.overruled or overrule)
            verdict = await _require_possible(tx, where, old, new, actor, now, deciding=act is BookingAction.APPROVE)
            expired = verdict.expired
            offered = wait is not None and wait.back_on_offer(old, new)
            if lifecycle.asked_again(old, new) and not may_decide(actor, new) and not offered:
                ruled = outcome(verdict, where.policy, new.during, now=now)
                new, reason = put(new, ruled, now), ruled.why
        if act is BookingAction.APPROVE and wait is not None and wait.state is WaitState.OFFERED:
            reason = f"{_ACCEPTS}; {why}"[:LONGEST_WHY] if why else _ACCEPTS
        said = what or act.value.replace("_", " ")
        new = await self._writer.rewrite(
            tx, where, old, new, actor=actor, now=now, what=said, why=reason, expired=expired
        )
        return await self._view(tx, new)

    async def _notified(self, write: Awaitable[BookingView]) -> BookingView:
        """What was written, once the site\'s listeners are notified of it."""
        found = await write
        self._changes.site_changed(found.booking.site)
        return found

    async def locked(self, tx: Tx, booking_id: str) -> Booking:
        """The booking as it is once nobody else writes to its site's diary."""
        found = await _found(tx, booking_id)
        if not self._database.sqlite:
            await self._database.lock_site(tx, found.site)
            found = await _found(tx, booking_id)
        return found


def _approval(text: str) -> RuleReason:
    return RuleReason(why=ReasonKind.APPROVAL, field="", text=text)


async def _found(tx: Tx, booking_id: str) -> Booking:
    booking = await repository.booking(tx, booking_id)
    if booking is None:
        raise BookingUnknown(booking_id)
    return booking


def standing_request(booking: Booking, tier: Tier, actor: Actor) -> RuleRequest:
    """The request of a stored booking, judged against all other bookings."""
    but = frozenset({booking.id})
    kept = RuleRequest(asked=booking.asked, actor=actor, tier=tier, but=but, keeps_start=True, keeps_terms=True)
    return replace(kept, hired=booking.hired)


def without_overruled_buffers(old: Booking, verdict: Verdict) -> Verdict:
    """The verdict without the buffers that a manager let the booking into before."""
    if not old.overruled:
        return verdict
    return replace(verdict, reasons=tuple(each for each in verdict.reasons if each.why not in OVERRULED))


async def _require_possible(
    tx: Tx, where: SiteConfig, old: Booking, new: Booking, actor: Actor, now: datetime, *, deciding: bool
) -> Verdict:
    """The verdict on a booking that becomes active, or active again. Raises ``Clash``, ``NotPossible``."""
    there = where.require(new.space)
    [found] = await judge(tx, where, [standing_request(new, await tier_of(tx, new.party), actor)], now=now)
    verdict = without_overruled_buffers(old, found)
    if not verdict.possible:
        raise refusal(there.space.name, verdict, there.site.tz, deciding=deciding)
    return verdict


async def request_of(
    tx: Tx, site_config: SiteConfig, draft: Draft, *, but: str | None, actor: Actor, now: datetime
) -> RuleRequest:
    """A draft as the rules judge it. ``but``: a booking to ignore, such as the one that is to be moved. Raises
    ``Invalid``, ``SpaceUnknown``."""
    during = _during(site_config, draft, now, new=but is None)
    asked, old = draft.asked(during), None if but is None else await repository.booking(tx, but)
    tier, ignored = await tier_to_book(tx, draft.party, actor), frozenset[str]() if but is None else frozenset({but})
    request = RuleRequest(asked=asked, actor=actor, tier=tier, but=ignored)
    return changing(request, old, zone=site_config.site.tz, now=now)


def _during(site_config: SiteConfig, draft: Draft, now: datetime, *, new: bool) -> Interval:
    """The time that a draft asks for. Raises ``Invalid``, ``SpaceUnknown``."""
    zone = site_config.require(draft.space).site.tz
    during = booking_time(draft.starts.resolve(zone, "starts"), draft.ends.resolve(zone, "ends"))
    (require_timely if new else require_not_over)(during, zone=zone, now=now)
    return during
