"""The tablet beside a room's door: shows the room, and acts for who types the code of a booking there.

A code counts as at the door itself: in its own window, for the doors on the way to the room. Who knows
it checks in and reports problems; ending and booking are for sites that let it, by the rules and at the price of its
group.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.access.code_generation import spoken
from controller.access.service import AccessService
from controller.billing.answers import quote_answer
from controller.billing.service import BillingService
from controller.bookings import repository
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Booking, BookingChange, BookingState, BookingStatus, Details, Draft
from controller.bookings.diary.policy import Policy
from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.bookings.errors import refusal
from controller.bookings.problem_reports.service import ProblemReports
from controller.bookings.rules.model import ReasonKind
from controller.bookings.service import BookingService
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.people.errors import TooManyTries, Tried
from controller.people.model import Actor, DisplayPlace, Party, PartyKind, Role
from controller.people.party_repository import parties
from controller.people.sign_in_throttle import SignInThrottle, TryCounter
from controller.platform.text import times
from controller.platform.web.fields import Moment
from controller.records.audit import audit_log
from controller.records.changes import Changes
from controller.screens.room_tablets.model import (
    Done,
    NeedsStaff,
    NoGroup,
    NotHere,
    NothingRuns,
    Offer,
    OtherRoom,
    RoomView,
    Shut,
    Taken,
    WrongDoorCode,
)
from controller.telemetry import repository as telemetry
from controller.telemetry.alert_codes import AlertCode
from edge.wire.clock import Clock
from edge.wire.interval import Interval

SHOWN = timedelta(hours=24)
"""How far ahead a tablet looks."""
HALF_HOUR = timedelta(minutes=30)
_MINUTE = timedelta(minutes=1)
_BUFFER = timedelta(hours=4)
"""No setting up or clearing down is longer."""
_SHOWN = frozenset({BookingStatus.CONFIRMED, BookingStatus.HELD, BookingStatus.ARRIVED})


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """Whose code was typed. ``here``: those of the bookings that are in the room, by start; ``all``: also others."""

    where: SiteConfig
    there: SpaceAtSite
    here: tuple[Booking, ...]
    all: tuple[Booking, ...]
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return self.there.site.tz

    @property
    def running(self) -> Booking | None:
        return next((each for each in self.here if each.starts <= self.now < each.ends), None)


@dataclass(eq=False)
class RoomTablets:
    """A code is counted as a try before it is looked at, and never kept."""

    database: Database
    clock: Clock
    changes: Changes
    writer: BookingWriter
    bookings: BookingService
    billing: BillingService
    access: AccessService
    tries: SignInThrottle
    reports: ProblemReports

    async def zone(self, tablet: DisplayPlace) -> ZoneInfo:
        """That of its site."""
        async with self.database.read() as tx:
            return (await self.writer.site_configs.of(tx, tablet.site)).site.tz

    async def look(self, tablet: DisplayPlace) -> RoomView:
        """The room from now on. Raises ``SpaceUnknown`` where it is no more."""
        async with self.database.read() as tx:
            now = self.clock.now()
            where, there = await self._room(tx, tablet)
            ahead = Interval(start=now, end=now + SHOWN)
            around = Interval(start=now - _BUFFER, end=ahead.end + _BUFFER)
            found = [
                each
                for each in await repository.between(tx, tablet.site, around)
                if each.status(now) in _SHOWN and _meets(where, each, there)
            ]
            views = await self.writer.views(tx, where, found, now)
            known = await parties(tx, [each.party for each in found if each.party is not None])
        taken = [_taken(each, known, names=where.policy.tablet_names) for each in views if each.held.overlaps(ahead)]
        return RoomView(
            site=there.site.name,
            zone=there.site.zone,
            space=there.space.name,
            now=now,
            may_end=where.policy.tablet_end,
            may_book=where.policy.tablet_book,
            taken=tuple(sorted(taken, key=lambda each: each.starts)),
            shut=tuple(
                Shut(during=each.during, why=each.public or each.why)
                for each in where.hours.closed(ahead, space=there.space.id)
            ),
        )

    async def check_in(self, tablet: DisplayPlace, code: str) -> Done:
        """The people of the booking are here. Idempotent. Raises ``WrongDoorCode``, ``OtherRoom``, ``TooManyTries``,
        ``NotNow``."""
        typed = await self._typed(tablet, code)
        booking = self._here(typed)
        await self.bookings.check_in(booking.id, actor=Actor.acting(_name(tablet), Role.TABLET, site=tablet.site))
        return Done(text=f"Checked in, until {times.clock(booking.ends, typed.zone)}")

    async def report(self, tablet: DisplayPlace, code: str, text: str) -> Done:
        """Report a problem in this room for the booking, whatever the policy. Idempotent while it is open. Raises as
        ``check_in``, and ``NotReportable``."""
        typed = await self._typed(tablet, code)
        actor = Actor.acting(_name(tablet), Role.TABLET, site=tablet.site)
        await self.reports.add(self._here(typed).id, text, actor=actor, seen_at=typed.there.space.id)
        return Done(text="Reported. The staff will see it")

    async def end(self, tablet: DisplayPlace, code: str) -> Done:
        """End the booking that is on at the next full minute; the rest of its time is free. Idempotent. Raises as
        ``check_in``, and ``NothingRuns``, ``NotHere``."""
        await self._require(tablet, lambda policy: policy.tablet_end)
        typed = await self._typed(tablet, code)
        running = typed.running
        if running is None:
            raise NothingRuns(typed.there.space.name)
        actor = Actor.acting(_name(tablet), Role.MANAGER, site=tablet.site)
        ended = (await self.bookings.finish(running.id, actor=actor)).booking
        return Done(text=f"Ended at {times.clock(ended.ends, typed.zone)}. The room is free for others then")

    async def offer(self, tablet: DisplayPlace, code: str) -> Offer:
        """The next half hour for the group whose code it is, and what it costs: its booking lasts longer while it is on
        here, otherwise a new one begins at the next full minute. Raises ``Clash``, ``NotPossible``, ``NeedsStaff``,
        ``NoGroup``, ``NotHere``, ``WrongDoorCode``, ``TooManyTries``."""
        await self._require(tablet, lambda policy: policy.tablet_book)
        return (await self._offer(tablet, await self._typed(tablet, code)))[0]

    async def book(self, tablet: DisplayPlace, code: str, starts: datetime) -> Done:
        """Book it. ``starts``: of the offer; sent again with the same, nothing more is booked. Raises as ``offer``."""
        await self._require(tablet, lambda policy: policy.tablet_book)
        typed = await self._typed(tablet, code)
        if (before := await self._booked(tablet, typed, starts)) is not None:
            return before
        offer, draft = await self._offer(tablet, typed)
        actor = _leader(tablet, draft.party or "")
        if offer.longer and (running := typed.running) is not None:
            change = BookingChange(ends=draft.ends, version=running.version)
            view = await self.bookings.change(running.id, change, if_match=None, actor=actor)
            return _longer(view)
        view = await self.bookings.create(tablet.site, draft, actor=actor)
        if view.booking.state is BookingState.CONFIRMED:
            actor = Actor.acting(_name(tablet), Role.TABLET, site=tablet.site)
            view = await self.bookings.check_in(view.booking.id, actor=actor)
        return _new(view)

    async def _room(self, tx: Tx, tablet: DisplayPlace) -> tuple[SiteConfig, SpaceAtSite]:
        where = await self.writer.site_configs.of(tx, tablet.site)
        return where, where.require(tablet.space or "")

    async def _require(self, tablet: DisplayPlace, allows: Callable[[Policy], bool]) -> None:
        """Asked before a code is looked at. Raises ``NotHere``."""
        async with self.database.read() as tx:
            if not allows((await self.writer.site_configs.of(tx, tablet.site)).policy):
                raise NotHere

    async def _typed(self, tablet: DisplayPlace, code: str) -> Presented:
        counters = self.tries.room_tablet(tablet.id)
        await self.database.run(self.tries.count, counters, self.clock.now(), Tried.DOOR_CODE)
        async with self.database.read() as tx:
            now = self.clock.now()
            where, there = await self._room(tx, tablet)
            ids = await self.access.opened_now(tx, tablet.site, there.space.doors, code, now=now)
            found = [each for one in ids if (each := await repository.booking(tx, one)) is not None and each.certain]
        if not found:
            if await self.database.run(self._note_wrong, tablet, counters):
                self.changes.site_changed(tablet.site)
            raise WrongDoorCode
        await self.database.run(self.tries.right, counters)
        found.sort(key=lambda each: (each.ends <= now, each.starts))
        here = tuple(each for each in found if _meets(where, each, there))
        return Presented(where=where, there=there, here=here, all=tuple(found), now=now)

    async def _note_wrong(self, tx: Tx, tablet: DisplayPlace, counters: Sequence[TryCounter]) -> bool:
        """On record, and an alert for who runs the site, where it was one too many, so that the tablet takes no codes
        for a while. Returns whether it was."""
        now = self.clock.now()
        try:
            await self.tries.require_free(tx, counters, now, Tried.DOOR_CODE)
        except TooManyTries:
            act, thing = "too many wrong codes", f"display {tablet.id}"
            await audit_log.record(tx, actor=_name(tablet), at=now, act=act, site=tablet.site, thing=thing)
            text = f"Tablet {tablet.name}: too many wrong codes, so it takes none for a while"
            code = AlertCode.TABLET_LOCKOUT
            await telemetry.alert(tx, tablet.site, "", code, text, now, about=tablet.id)
            return True
        return False

    def _here(self, typed: Presented) -> Booking:
        if typed.here:
            return typed.here[0]
        other = typed.all[0]
        booked = typed.where.require(other.space).space.name
        raise OtherRoom(typed.there.space.name, booked, times.window(other.during, typed.zone, now=typed.now))

    async def _offer(self, tablet: DisplayPlace, typed: Presented) -> tuple[Offer, Draft]:
        running, room = typed.running, typed.there.space
        source = running or typed.all[0]
        if source.party is None:
            raise NoGroup
        if source.hired and running is None:
            raise NeedsStaff  # another booking of a hirer is a request from the hire page
        own = {name: getattr(source, name) for name in Details.__struct_fields__}
        if running is not None:
            starts, ends = running.starts, running.ends + HALF_HOUR
        else:
            starts = typed.now.replace(second=0, microsecond=0) + _MINUTE
            ends = starts + HALF_HOUR
            plain = {"layout": None, "seats": None, "equipment": (), "setup_min": None, "cleardown_min": None}
            own |= plain | {"space": room.id, "public": False}
        draft = Draft(**own, starts=Moment(instant=starts), ends=Moment(instant=ends))
        actor = _leader(tablet, source.party)
        but = None if running is None else running.id
        verdict = (await self.bookings.check(tablet.site, draft, but=but, actor=actor)).verdict
        if verdict.needs_approval or ReasonKind.STANDS in {each.why for each in verdict.refusals}:
            raise NeedsStaff
        if not verdict.possible:
            raise refusal(room.name, verdict, typed.zone)
        price = quote_answer(*await self.billing.quote(tablet.site, [draft], tier=None)).text
        begins = starts if running is None else running.ends
        return Offer(starts=begins, ends=ends, longer=running is not None, price=price), draft

    async def _booked(self, tablet: DisplayPlace, typed: Presented, starts: datetime) -> Done | None:
        """What was done where the same was asked for before."""
        running = typed.running
        if running is not None:
            return _longer(await self.bookings.get(running.id)) if running.ends > starts else None
        ahead = Interval(start=starts, end=starts + HALF_HOUR)
        async with self.database.read() as tx:
            found = await repository.between(tx, tablet.site, ahead, space=typed.there.space.id)
        mine = [each for each in found if each.created_by == _name(tablet) and each.certain and each.starts >= starts]
        same = [each for each in mine if each.party in {other.party for other in typed.all}]
        return _new(await self.bookings.get(same[0].id)) if same else None


def _meets(where: SiteConfig, booking: Booking, there: SpaceAtSite) -> bool:
    """Whether the booking takes the room or a part of it."""
    place = where.by_space.get(booking.space)
    return place is not None and not set(place.atoms).isdisjoint(there.atoms)


def _taken(view: BookingView, known: dict[str, Party], *, names: bool) -> Taken:
    """Who stands in the corridor reads the public title and no other: that of the diary may name what is private."""
    booking = view.booking
    group = known.get(booking.party or "")
    who = booking.listed_as if booking.public else ""
    if not who and names and group is not None and group.kind is not PartyKind.PERSON:
        who = group.name
    return Taken(
        starts=booking.starts,
        ends=booking.ends,
        held=view.held,
        who=who,
        sure=booking.certain,
        arrived=booking.arrived_at is not None,
    )


def _name(tablet: DisplayPlace) -> str:
    return f"display:{tablet.id}"


def _leader(tablet: DisplayPlace, party: str) -> Actor:
    """Who has typed a group's code asks for it as its leader would, at this site."""
    return Actor.acting(_name(tablet), Role.GROUP_LEADER, site=tablet.site, party=party)


def _longer(view: BookingView) -> Done:
    return Done(text=f"Booked until {times.clock(view.booking.ends, view.place.site.tz)}. Your code stays the same")


def _new(view: BookingView) -> Done:
    zone, during = view.place.site.tz, view.booking.during
    text = f"Booked, {times.clock(during.start, zone)} to {times.clock(during.end, zone)}"
    return Done(text=text, code=spoken(view.code) if view.code else "")
