"""Shows and reissues the codes of a booking, and issues offline codes; and that over HTTP."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import StringConstraints

from controller.access import code_replacement as reissue_log
from controller.access import offline_codes
from controller.access.code_generation import NoCodeLeft, spoken
from controller.access.code_status import CodeState
from controller.bookings import repository
from controller.bookings.answers import booking_answer, message
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Booking
from controller.bookings.errors import BookingUnknown, NotNow
from controller.bookings.schemas import BookingRead
from controller.bookings.who_may_book import may_book
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.estate.service import EstateService
from controller.people.authentication import Books, Reissues, SeesCodes
from controller.people.model import Actor
from controller.platform.text import times
from controller.platform.web.fields import Answer, Body, IdPath, Note
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from controller.records.audit import audit_log
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.messages import WORD_STALE_S

_UP = timedelta(seconds=59)
_CERTAIN = timedelta(seconds=WORD_STALE_S)
"""After this time offline a door accepts offline codes that its plan does not list."""


class BookingCodesView(msgspec.Struct, frozen=True, kw_only=True):
    """A booking's codes, each with the names of the doors that it opens; offline codes last."""

    view: BookingView
    codes: tuple[tuple[str, tuple[str, ...]], ...]


class Reissued(msgspec.Struct, frozen=True, kw_only=True):
    """``together``: ids of the bookings that have new codes, this one included."""

    view: BookingView
    together: tuple[str, ...]


@dataclass(eq=False)
class DoorCodes:
    """The caller checks permissions; every read and every change is recorded."""

    database: Database
    clock: Clock
    changes: Changes
    writer: BookingWriter
    estate: EstateService

    async def show(self, booking_id: str, *, actor: Actor, act: str = "see the code") -> BookingCodesView:
        """The codes, in the clear. ``act``: what is recorded. Raises ``BookingUnknown``, and ``NotNow`` where it has
        none."""

        async def look(tx: Tx) -> BookingCodesView:
            view = await self._view(tx, await self._found(tx, booking_id))
            if view.codes is None:
                raise NotNow(f"“{view.booking.title}” has no door code: {view.code_status.text}")
            await audit_log.record(
                tx,
                actor=actor.name,
                at=view.now,
                act=act,
                site=view.booking.site,
                thing=f"booking {booking_id}",
            )
            offline_ones = [(each.digits, (each.name,)) for each in view.offline]
            return BookingCodesView(view=view, codes=(*view.codes_by_doors, *offline_ones))

        return await self.database.run(look)

    async def reissue(self, booking_id: str, *, why: str, actor: Actor) -> Reissued:
        """New codes at once, for all that share them. Raises ``BookingUnknown``, ``NotNow``, ``NoCodeLeft``."""

        async def again(tx: Tx) -> Reissued:
            booking = await self._locked(tx, booking_id)
            now = self.clock.now()
            _require_coming(booking, now)
            where = await self.writer.site_configs.of(tx, booking.site)
            if not where.require(booking.space).space.doors:
                raise NotNow(f"no door needs a code for “{booking.title}”")
            together = await self.writer.reissue(tx, where, booking, actor=actor, now=now, why=why)
            await offline_codes.revoke(tx, [booking_id], now=now)
            await reissue_log.record(
                tx,
                site=booking.site,
                at=now,
                actor=actor.name,
                why=why,
                bookings=len(together),
                doors={door for each in together for door in where.require(each.space).space.doors},
            )
            return Reissued(view=await self._view(tx, booking), together=tuple(each.id for each in together))

        return await self._notified(await self.database.run(again))

    async def issue_offline(self, booking_id: str, *, actor: Actor) -> BookingView:
        """A code for each of its doors that is offline, knows it, and has not got the booking's. Idempotent. Raises
        ``BookingUnknown`` and ``NotNow``."""

        async def issue(tx: Tx) -> BookingView:
            booking = await self._locked(tx, booking_id)
            now = self.clock.now()
            _require_coming(booking, now)
            view = await self._view(tx, booking)
            wanting = [each for each in view.code_status.doors if each.state is CodeState.UNREACHABLE]
            if not wanting:
                raise NotNow(f"“{booking.title}” needs no offline code: {view.code_status.text}")
            certain_at = {each.door: (each.since or now) + _CERTAIN for each in wanting}
            certain = [each for each in wanting if certain_at[each.door] <= now]
            if not certain:
                first = min(wanting, key=lambda each: certain_at[each.door])
                when = times.clock(certain_at[first.door] + _UP, view.place.site.tz)
                raise NotNow(
                    f"{first.name} went offline only just now, and accepts no offline code until it has noticed; "
                    f"ask again at {when}"
                )
            window = offline_codes.fitting(view.code_window, now)
            if window is None:
                raise NotNow(f"less than a quarter of an hour is left of “{booking.title}”; open the door by hand")
            known = await self.estate.offline_secrets(tx, booking.site)
            for each in certain:
                if each.door not in known:
                    raise NotNow(f"{each.name} cannot check offline codes; enrol its edge again")
                made = await offline_codes.issue(
                    tx,
                    site=booking.site,
                    door=each.door,
                    booking_id=booking_id,
                    window=window,
                    actor=actor.name,
                    now=now,
                )
                if made is None:
                    raise NotNow(f"all offline codes of {each.name} for that time have been issued; open it by hand")
            await repository.log(tx, [booking_id], at=now, actor=actor.name, what="offline code", why="")
            thing = f"booking {booking_id}"
            await audit_log.record(tx, actor=actor.name, at=now, act="offline code", site=booking.site, thing=thing)
            return await self._view(tx, booking)

        view = await self.database.run(issue)
        self.changes.site_changed(view.booking.site)
        return view

    async def _notified(self, done: Reissued) -> Reissued:
        self.changes.site_changed(done.view.booking.site)
        return done

    async def _found(self, tx: Tx, booking_id: str) -> Booking:
        found = await repository.some(tx, [booking_id])
        if not found:
            raise BookingUnknown(booking_id)
        return found[0]

    async def _locked(self, tx: Tx, booking_id: str) -> Booking:
        await self.database.lock_site(tx, (await self._found(tx, booking_id)).site)
        return await self._found(tx, booking_id)

    async def _view(self, tx: Tx, booking: Booking) -> BookingView:
        where = await self.writer.site_configs.of(tx, booking.site)
        [view] = await self.writer.views(tx, where, [booking], self.clock.now())
        return view


def _require_coming(booking: Booking, now: datetime) -> None:
    if not booking.certain or booking.ends <= now:
        raise NotNow(f"“{booking.title}” has no door code: it is not confirmed, or it is over")


router = APIRouter(tags=["bookings"], responses=described(NotSignedIn, BookingUnknown, NotNow))
TheDoorCodes = Annotated[DoorCodes, service(DoorCodes)]


class DoorCodeAnswer(Answer):
    """``code``: the digits to type. ``spoken``: in groups, as people read them out. ``doors``: what it opens."""

    code: str
    spoken: str
    doors: list[str]


class CodesAnswer(Answer):
    """One code for all doors, or several, where doors have their own, and the offline codes. ``message``: the text to
    send, with the codes in it."""

    codes: list[DoorCodeAnswer]
    message: str


class ReissueBody(Body):
    """``reason``: recorded in the booking's log."""

    reason: Annotated[Note, StringConstraints(min_length=1)]


class ReissuedAnswer(Answer):
    """``together``: ids of all bookings that share the new code, this one included."""

    booking: BookingRead
    together: list[str]


@router.post("/bookings/{booking_id}/code")
async def show_code(booking_id: IdPath, door_codes: TheDoorCodes, actor: SeesCodes) -> CodesAnswer:
    """Show the door codes of a confirmed booking. Records who asked, and when."""
    shown = await door_codes.show(booking_id, actor=actor)
    return CodesAnswer(
        codes=[DoorCodeAnswer(code=code, spoken=spoken(code), doors=list(doors)) for code, doors in shown.codes],
        message=message(shown.view, clear=True, manage=may_book(actor, shown.view.booking)),
    )


@router.post("/bookings/{booking_id}/code/reissue", responses=described(NoCodeLeft))
async def reissue_code(
    booking_id: IdPath, body: ReissueBody, door_codes: TheDoorCodes, actor: Reissues
) -> ReissuedAnswer:
    """Give a booking another code at once, because others know the present one; all bookings that share it get the
    new one. The old one ends with the doors' next plan: see `on_door` and `still_opens`."""
    done = await door_codes.reissue(booking_id, why=body.reason, actor=actor)
    return ReissuedAnswer(booking=booking_answer(done.view, actor, drawn=True), together=list(done.together))


@router.post("/bookings/{booking_id}/offline-code")
async def issue_offline_code(booking_id: IdPath, door_codes: TheDoorCodes, actor: Books) -> BookingRead:
    """Issue a code of ten digits for each door of the booking that is offline and has not got its code: the door
    checks it by itself. `offline_codes` has it and until when it works. Idempotent."""
    return booking_answer(await door_codes.issue_offline(booking_id, actor=actor), actor, drawn=True)
