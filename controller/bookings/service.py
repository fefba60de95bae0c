"""Single bookings: asked for, changed, cancelled, restored, shown."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

import msgspec
from sqlalchemy.exc import IntegrityError

from controller.access import service as access
from controller.access.tables import CODE_OVERLAP
from controller.bookings import limits, links, repository
from controller.bookings.claims import contended
from controller.bookings.desk import Desk, View
from controller.bookings.errors import BookingUnknown, LinkUnknown, NotNow, PreconditionFailed, Stale
from controller.bookings.model import Asked, Booking, Change, Claimed, Draft, State, Status, Told
from controller.bookings.notes import notes
from controller.bookings.picture import Picture, Place
from controller.changes import Changes
from controller.database import Database, Tx, violates
from controller.estate.model import Site
from controller.people.model import Actor
from edge.wire.clock import Clock

T = TypeVar("T")
P = ParamSpec("P")
_TRIES = 3


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a request."""

    site: Site
    conflicts: tuple[Claimed, ...]
    lingering: tuple[str, ...]
    notes: tuple[str, ...]


class Bookings:
    """Each method is one transaction; after a write the site's listeners are told."""

    def __init__(self, database: Database, clock: Clock, changes: Changes, desk: Desk) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._desk = desk

    async def write(self, work: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work`` in a write transaction, again if somebody outside our locks took the time or the code
        meanwhile: then ``work`` itself finds and names what stands in the way."""
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._database.run(work, *args, **kwargs)
            except IntegrityError as error:
                overlap = contended(error) or violates(error, CODE_OVERLAP)
                if not overlap or attempt == _TRIES:
                    raise
        raise AssertionError("unreachable")

    async def create(self, site: str, draft: Draft, *, actor: Actor) -> View:
        """Raises ``Invalid``, ``Clash``, ``SiteUnknown``, ``SpaceUnknown``."""
        view = await self.write(self._create, site, draft, actor)
        self._changes.site_changed(site)
        return view

    async def _create(self, tx: Tx, site: str, draft: Draft, actor: Actor) -> View:
        now = self._clock.now()
        where = await self._desk.pictures.of(tx, site)
        there = where.require(draft.space)
        asked = _asked(draft, there, now)
        await self._desk.require_free(tx, there, asked.during, now=now)
        made = await self._desk.book(tx, where, [asked], actor=actor, now=now)
        return (await self._desk.views(tx, where, made, now))[0]

    async def check(self, site: str, draft: Draft, *, but: str | None) -> Checked:
        """What ``create`` would say, without writing; ``but``: a booking that does not stand in the way."""
        async with self._database.read() as tx:
            now = self._clock.now()
            there = (await self._desk.pictures.of(tx, site)).require(draft.space)
            zone = there.site.tz
            during = limits.window(draft.starts.resolve(zone, "starts"), draft.ends.resolve(zone, "ends"))
            (limits.timely if but is None else limits.not_over)(during, zone=zone, now=now)
            lingering = await access.lingering(
                tx,
                site=site,
                doors=there.space.doors,
                window=self._desk.code_window(during),
                now=now,
                zone=zone,
                but=but,
            )
            return Checked(
                site=there.site,
                conflicts=tuple(await self._desk.conflicts(tx, there, during, now=now, but=but)),
                lingering=lingering,
                notes=notes(there, during, draft.people),
            )

    async def between(self, site: str, starts: str, ends: str, *, space: str | None) -> list[View]:
        """The bookings of a site that touch a time, given as the API takes moments and dates."""
        async with self._database.read() as tx:
            where = await self._desk.pictures.of(tx, site)
            during = limits.shown(starts, ends, where.site.tz)
            bookings = await repository.between(tx, site, during, space=space)
            return await self._desk.views(tx, where, bookings, self._clock.now())

    async def get(self, booking_id: str) -> View:
        """Raises ``BookingUnknown``."""
        async with self._database.read() as tx:
            return await self._view(tx, await _require(tx, booking_id))

    async def story(self, booking_id: str) -> tuple[Site, list[Told]]:
        """What happened to a booking, oldest first, and its site. Raises ``BookingUnknown``."""
        async with self._database.read() as tx:
            booking = await _require(tx, booking_id)
            return (await self._desk.pictures.of(tx, booking.site)).site, await repository.story(tx, booking_id)

    async def by_link(self, token: str) -> View:
        """The booking of a door page. Raises ``LinkUnknown``."""
        async with self._database.read() as tx:
            booking = await repository.booking_by_link(tx, links.token_hash(token))
            if booking is None:
                raise LinkUnknown
            return await self._view(tx, booking)

    async def _view(self, tx: Tx, booking: Booking) -> View:
        where = await self._desk.pictures.of(tx, booking.site)
        return (await self._desk.views(tx, where, [booking], self._clock.now()))[0]

    async def change(self, booking_id: str, change: Change, *, if_match: int | None, actor: Actor) -> View:
        """Raises ``Invalid``, ``Clash``, ``NotNow``, ``Stale``, ``PreconditionFailed``, ``BookingUnknown``."""
        view = await self.write(self._change, booking_id, change, if_match, actor)
        self._changes.site_changed(view.booking.site)
        return view

    async def _change(self, tx: Tx, booking_id: str, change: Change, if_match: int | None, actor: Actor) -> View:
        now = self._clock.now()
        old = await self.locked(tx, booking_id)
        if if_match is not None and if_match != old.version:
            raise PreconditionFailed(old)
        if change.version is not None and change.version != old.version:
            raise Stale(old)
        if old.state is State.CANCELLED:
            raise NotNow(f"“{old.title}” is cancelled; restore it first")
        where = await self._desk.pictures.of(tx, old.site)
        there = where.require(old.space if change.space is msgspec.UNSET else change.space)
        new = _changed(old, change, there)
        if new == old:
            return await self._view(tx, old)
        if (new.space, new.during) == (old.space, old.during):
            await self._desk.reword(tx, where, old, new, actor=actor, now=now)
        else:
            await self._move(tx, where, old, new, actor, now)
        return await self._view(tx, await _require(tx, booking_id))

    async def _move(self, tx: Tx, where: Picture, old: Booking, new: Booking, actor: Actor, now: datetime) -> None:
        there = where.require(new.space)
        if old.status(now) is Status.FINISHED:
            raise NotNow(f"“{old.title}” is over; make a new booking")
        if new.starts != old.starts:
            limits.timely(new.during, zone=there.site.tz, now=now)
        else:
            limits.not_over(new.during, zone=there.site.tz, now=now)
        await self._desk.require_free(tx, there, new.during, now=now, but=new.id)
        if new.starts > now:
            new = msgspec.structs.replace(new, let_in_at=None, let_in_door=None, arrived_at=None, counted_in=0)
        await self._desk.rewrite(tx, where, old, new, actor=actor, now=now, what="move")

    async def cancel(self, booking_id: str, *, why: str, actor: Actor) -> View:
        """Cancel a booking; one that is cancelled already stays as it is. Raises ``BookingUnknown``, ``NotNow``."""
        view = await self.write(self._cancel, booking_id, why, actor)
        self._changes.site_changed(view.booking.site)
        return view

    async def _cancel(self, tx: Tx, booking_id: str, why: str, actor: Actor) -> View:
        now = self._clock.now()
        booking = await self.locked(tx, booking_id)
        if booking.status(now) is Status.FINISHED:
            raise NotNow(f"“{booking.title}” is over and cannot be cancelled")
        if booking.state is not State.CANCELLED:
            where = await self._desk.pictures.of(tx, booking.site)
            [booking] = await self._desk.cancel(tx, where, [booking], actor=actor, now=now, why=why)
        return await self._view(tx, booking)

    async def restore(self, booking_id: str, *, actor: Actor) -> View:
        """Undo a cancel. Raises ``Clash`` when the time is taken, ``NotNow`` when it is over, ``BookingUnknown``."""
        view = await self.write(self._restore, booking_id, actor)
        self._changes.site_changed(view.booking.site)
        return view

    async def _restore(self, tx: Tx, booking_id: str, actor: Actor) -> View:
        now = self._clock.now()
        old = await self.locked(tx, booking_id)
        if old.state is not State.CANCELLED:
            return await self._view(tx, old)
        if old.ends <= now:
            raise NotNow(f"the time of “{old.title}” is over; make a new booking")
        where = await self._desk.pictures.of(tx, old.site)
        there = where.require(old.space)
        await self._desk.require_free(tx, there, old.during, now=now, but=old.id)
        new = msgspec.structs.replace(old, state=State.CONFIRMED, state_at=now)
        new = await self._desk.rewrite(tx, where, old, new, actor=actor, now=now, what="restore")
        return await self._view(tx, new)

    async def locked(self, tx: Tx, booking_id: str) -> Booking:
        """The booking as it is once nobody else writes to its site's diary."""
        found = await _require(tx, booking_id)
        await self._database.lock_site(tx, found.site)
        return await _require(tx, booking_id)


async def _require(tx: Tx, booking_id: str) -> Booking:
    booking = await repository.booking(tx, booking_id)
    if booking is None:
        raise BookingUnknown(booking_id)
    return booking


def _asked(draft: Draft, place: Place, now: datetime) -> Asked:
    zone = place.site.tz
    during = limits.window(draft.starts.resolve(zone, "starts"), draft.ends.resolve(zone, "ends"))
    limits.timely(during, zone=zone, now=now)
    return draft.asked(during)


def _changed(old: Booking, change: Change, place: Place) -> Booking:
    given = {
        name: value
        for name in Change.__struct_fields__
        if name in Booking.__struct_fields__
        and name not in ("starts", "ends", "version")
        and (value := getattr(change, name)) is not msgspec.UNSET
    }
    zone = place.site.tz
    starts = old.starts if change.starts is msgspec.UNSET else change.starts.resolve(zone, "starts")
    ends = old.ends if change.ends is msgspec.UNSET else change.ends.resolve(zone, "ends")
    during = limits.window(starts, ends)
    return msgspec.structs.replace(old, **given, starts=during.start, ends=during.end)
