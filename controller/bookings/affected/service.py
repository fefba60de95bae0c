"""The list of affected bookings: lists, moves, cancels and keeps them."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType

from controller.bookings import repository as bookings
from controller.bookings.affected import repository
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import LONGEST_WHY, Booking, BookingChange, Cause, Changed
from controller.bookings.errors import BookingUnknown, NotNow
from controller.bookings.service import BookingService
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.platform.text import local_time
from controller.platform.web.fields import Moment
from controller.platform.web.problem import Problem
from controller.records.audit import audit_log
from controller.records.changes import Changes
from edge.wire.clock import Clock

MOST = 500
"""Bookings that one request decides on."""


class AffectedSelection(msgspec.Struct, frozen=True, kw_only=True):
    """The bookings to decide on: these ``ids``, or where it is ``None`` all of the list that nobody has decided on (to
    open again: that are kept), with one of ``causes``, the next ones first, at most ``MOST``. To keep them decides on
    ``causes`` alone."""

    ids: tuple[str, ...] | None
    causes: frozenset[Cause] = frozenset(Cause)


class RefusedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that could not be changed. ``problem``: why."""

    booking_id: str
    problem: Problem


class AffectedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """``left``: how many on the list are still undecided."""

    done: tuple[BookingView, ...]
    refused: tuple[RefusedDecision, ...]
    left: int


@dataclass(eq=False)
class AffectedBookings:
    """Each booking is decided on separately: one that is refused does not affect the others."""

    database: Database
    clock: Clock
    changes: Changes
    writer: BookingWriter
    single: BookingService

    async def page(
        self, site: str, *, causes: Collection[Cause], kept: bool, after: str | None, limit: int
    ) -> list[BookingView]:
        """Active bookings that are affected, by start. ``kept``: those that go ahead anyway, instead of those
        that nobody has decided on. Raises ``SiteUnknown``."""
        async with self.database.read() as tx:
            now = self.clock.now()
            where = await self.writer.site_configs.of(tx, site)
            ids = await repository.page(tx, site, causes=causes, kept=kept, now=now, after=after, limit=limit)
            return await self.writer.views(tx, where, await bookings.some(tx, ids), now)

    async def keep(
        self, site: str, which: AffectedSelection, *, kept: bool, why: str, actor: Actor
    ) -> AffectedDecision:
        """They go ahead anyway, whichever of ``causes`` affects them; not ``kept``: undecided again. Raises
        ``SiteUnknown``."""

        async def keep(booking: Booking) -> BookingView:
            return await self._keep(booking, which.causes, kept=kept, why=why, actor=actor)

        return await self._each(site, which, keep, of_kept=not kept)

    async def cancel(self, site: str, which: AffectedSelection, *, why: str, actor: Actor) -> AffectedDecision:
        """Cancel them. Raises ``SiteUnknown``."""
        return await self._each(site, which, lambda booking: self.single.cancel(booking.id, why=why, actor=actor))

    async def move(
        self, site: str, which: AffectedSelection, *, space: str | None, days: int, overrule: bool, actor: Actor
    ) -> AffectedDecision:
        """Move them to another space, or by so many days at the same time of day, or both. Raises ``SiteUnknown``."""

        async def move(booking: Booking) -> BookingView:
            zone = await self._zone(booking.site)
            change = BookingChange(
                space=space or UNSET,
                starts=_later(booking.starts, days, zone),
                ends=_later(booking.ends, days, zone),
                overrule=overrule,
            )
            return await self.single.change(booking.id, change, if_match=None, actor=actor)

        return await self._each(site, which, move)

    async def _each(
        self,
        site: str,
        which: AffectedSelection,
        act: Callable[[Booking], Awaitable[BookingView]],
        *,
        of_kept: bool = False,
    ) -> AffectedDecision:
        done: list[BookingView] = []
        refused: list[RefusedDecision] = []
        ids = which.ids if which.ids is not None else await self._listed(site, which.causes, kept=of_kept)
        async with self.database.read() as tx:
            await self.writer.site_configs.of(tx, site)  # raises SiteUnknown
            found = {each.id: each for each in await bookings.some(tx, list(ids)) if each.site == site}
        for each in ids:
            try:
                if each not in found:
                    raise BookingUnknown(each)
                done.append(await act(found[each]))
            except Problem as problem:
                refused.append(RefusedDecision(booking_id=each, problem=problem))
        return AffectedDecision(done=tuple(done), refused=tuple(refused), left=await self._left(site))

    async def _keep(
        self, booking: Booking, causes: Collection[Cause], *, kept: bool, why: str, actor: Actor
    ) -> BookingView:
        async def keep(tx: Tx) -> BookingView:
            now = self.clock.now()
            current = await self.single.locked(tx, booking.id)
            found = (await repository.of_bookings(tx, [current.id])).get(current.id, [])
            if not found:
                raise NotNow(f"nothing affects “{current.title}”, so there is nothing to decide")
            mine = [each for each in found if each.cause in causes and (each.kept_at is not None) is not kept]
            if mine:
                pairs = [(each.booking_id, each.cause) for each in mine]
                await repository.keep(tx, pairs, at=now if kept else None, actor=actor.name if kept else None)
                said = "; ".join([*([why] if why else []), *(each.text for each in mine)])[:LONGEST_WHY]
                what = "keep" if kept else "open again"
                await bookings.log(tx, [current.id], at=now, actor=actor.name, what=what, why=said)
                decided = sorted(str(each.cause) for each in mine)
                await audit_log.record(
                    tx,
                    actor=actor.name,
                    at=now,
                    act=what,
                    site=current.site,
                    thing=f"booking {current.id}",
                    changes={"kept_despite": (None, decided) if kept else (decided, None)},
                    why=why,
                    subject=current.party,
                )
            where = await self.writer.site_configs.of(tx, current.site)
            if any(each.cause is Cause.CLOSED for each in mine):
                await self.writer.announce(tx, where, [Changed(before=current, after=current)], actor=actor, now=now)
            return (await self.writer.views(tx, where, [current], now))[0]

        view = await self.single.write(keep)
        self.changes.site_changed(booking.site)
        return view

    async def _listed(self, site: str, causes: Collection[Cause], *, kept: bool) -> Sequence[str]:
        async with self.database.read() as tx:
            now = self.clock.now()
            return await repository.page(tx, site, causes=causes, kept=kept, now=now, after=None, limit=MOST)

    async def _left(self, site: str) -> int:
        async with self.database.read() as tx:
            return await repository.undecided(tx, site, now=self.clock.now())

    async def _zone(self, site: str) -> ZoneInfo:
        async with self.database.read() as tx:
            return (await self.writer.site_configs.of(tx, site)).site.tz


def _later(moment: datetime, days: int, zone: ZoneInfo) -> Moment | UnsetType:
    """The same wall time so many days later."""
    return Moment(wall=local_time.wall(moment, zone) + timedelta(days=days)) if days else UNSET
