"""Gives a booking or a series another link, which ends the one before, and whatever that led to; and that over HTTP."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from msgspec.structs import replace

from controller.bookings import repository
from controller.bookings.answers import booking_answer
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Booking
from controller.bookings.errors import BookingUnknown
from controller.bookings.schemas import BookingRead
from controller.bookings.series import repository as series_repository
from controller.bookings.series.answers import SeriesRead, view_answer
from controller.bookings.series.model import Series, SeriesUnknown
from controller.bookings.series.routes import TheSeries
from controller.bookings.series.summary import require
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.people.authentication import Reissues
from controller.people.model import Actor
from controller.platform.key_files import LinkKind
from controller.platform.web.fields import IdPath
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from controller.records.audit import audit_log
from edge.wire.clock import Clock

_NUMBERS = {LinkKind.MANAGE: "manage_link_number", LinkKind.SHOW: "show_link_number"}


class LinkRenewal:
    """The caller checks permissions; every new link is recorded."""

    def __init__(self, database: Database, clock: Clock, writer: BookingWriter) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer

    async def of_booking(self, booking_id: str, kind: LinkKind, *, actor: Actor) -> BookingView:
        """The booking with a new link of that kind. The page to manage a date of a series leads to all its dates, so
        their links end with it. Raises ``BookingUnknown``."""

        async def renew(tx: Tx) -> BookingView:
            found = await repository.booking(tx, booking_id)
            if found is None:
                raise BookingUnknown(booking_id)
            await self._database.lock_site(tx, found.site)
            booking = await repository.booking(tx, booking_id)
            assert booking is not None
            now, name = self._clock.now(), _NUMBERS[kind]
            if kind is LinkKind.MANAGE and booking.series_id is not None:
                await self._renew_line(tx, await require(tx, booking.series_id), kind, actor, beside=booking)
            else:
                await repository.update_booking(tx, replace(booking, **{name: getattr(booking, name) + 1}))
                await repository.log(tx, [booking_id], at=now, actor=actor.name, what=f"new link to {kind}", why="")
            await self._record(tx, kind, actor, booking.site, f"booking {booking_id}")
            where = await self._writer.site_configs.of(tx, booking.site)
            return (await self._writer.views(tx, where, await repository.some(tx, [booking_id]), now))[0]

        return await self._database.run(renew)

    async def of_series(self, series_id: str, kind: LinkKind, *, actor: Actor) -> Series:
        """The series with a new link of that kind. Its page leads to those of its dates, so their links of the kind end
        with it. Raises ``SeriesUnknown``."""

        async def renew(tx: Tx) -> Series:
            await self._database.lock_site(tx, (await require(tx, series_id)).site)
            series = await require(tx, series_id)
            await self._renew_line(tx, series, kind, actor)
            await self._record(tx, kind, actor, series.site, f"series {series_id}")
            return await require(tx, series_id)

        return await self._database.run(renew)

    async def renew_all(self, tx: Tx, bookings: Sequence[Booking], kind: LinkKind, *, actor: Actor) -> None:
        """New links of that kind to bookings of one site, which is locked, and to their series."""
        name, done = _NUMBERS[kind], set[str]()
        for series_id in sorted({each.series_id for each in bookings if each.series_id is not None}):
            if series_id not in done:
                done.update(await series_repository.line(tx, series_id))
                await self._renew_line(tx, await require(tx, series_id), kind, actor)
        again = await repository.some(tx, [each.id for each in bookings])
        before = {each.id: getattr(each, name) for each in bookings}
        left = [each for each in again if getattr(each, name) == before[each.id]]
        await repository.update_bookings(tx, [replace(each, **{name: getattr(each, name) + 1}) for each in left])
        ids = [each.id for each in left]
        if ids:
            await repository.log(tx, ids, at=self._clock.now(), actor=actor.name, what=f"new link to {kind}", why="")
        for each in bookings[:1]:
            thing = f"{len(bookings)} bookings of party {each.party}"
            await self._record(tx, kind, actor, each.site, thing)

    async def _renew_line(
        self, tx: Tx, series: Series, kind: LinkKind, actor: Actor, *, beside: Booking | None = None
    ) -> None:
        """New links to all series that go on from each other, to the dates of their party, and to ``beside``."""
        name, renewed = _NUMBERS[kind], [beside] if beside is not None else []
        for each in await series_repository.line(tx, series.id):
            one = await require(tx, each)
            await series_repository.update_series(tx, replace(one, **{name: getattr(one, name) + 1}))
            dates = await repository.of_series(tx, each)
            renewed += [date for date in dates if date.party == series.details.party and date not in renewed]
        changed = [replace(each, **{name: getattr(each, name) + 1}) for each in renewed]
        await repository.update_bookings(tx, changed)
        ids = [each.id for each in changed]
        await repository.log(tx, ids, at=self._clock.now(), actor=actor.name, what=f"new link to {kind}", why="")

    async def _record(self, tx: Tx, kind: LinkKind, actor: Actor, site: str, thing: str) -> None:
        act = f"new link to {kind}"
        await audit_log.record(tx, actor=actor.name, at=self._clock.now(), act=act, site=site, thing=thing)


router = APIRouter(tags=["bookings"], responses=described(NotSignedIn))
TheRenewal = Annotated[LinkRenewal, service(LinkRenewal)]


@router.post("/bookings/{booking_id}/links/{kind}/renew", responses=described(BookingUnknown))
async def renew_booking_link(booking_id: IdPath, kind: LinkKind, links: TheRenewal, actor: Reissues) -> BookingRead:
    """Give a booking another link, because others have the present one, which ends: `manage`, by which it can be
    cancelled, or `show`, which was passed on to those who come. Of a date of a series, `manage`
    ends for all its dates. The other kind stays, and so does the door code."""
    return booking_answer(await links.of_booking(booking_id, kind, actor=actor), actor)


@router.post("/series/{series_id}/links/{kind}/renew", responses=described(SeriesUnknown))
async def renew_series_link(
    series_id: IdPath, kind: LinkKind, links: TheRenewal, series: TheSeries, actor: Reissues
) -> SeriesRead:
    """Give a series another link to the page of all dates; the present one ends, and with it the
    links of that kind to its dates, to which it led."""
    await links.of_series(series_id, kind, actor=actor)
    return view_answer(await series.get(series_id), actor)
