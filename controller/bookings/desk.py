"""Where bookings are written: claim, code and story together, inside the caller's transaction."""

import secrets
from collections import defaultdict
from collections.abc import Awaitable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from controller.access import service as access
from controller.access.repository import held, lingering
from controller.access.service import Access
from controller.access.standing import Lingering, Standing, lingering_texts
from controller.bookings import claims, course, links, repository
from controller.bookings.course import words_of
from controller.bookings.errors import Clash
from controller.bookings.judging.buffers import buffers_of
from controller.bookings.model import Asked, Booking, Changed, Claimed, State
from controller.bookings.picture import Picture, Pictures, Place
from controller.database import Database, Tx
from controller.estate.model import Space
from controller.people import audit
from controller.people.model import Actor, Party
from controller.people.parties import parties
from controller.secrets import Keys
from edge.wire.ids import uuid7
from edge.wire.interval import Interval

NAMED_CONFLICTS = 20


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A booking with all that a screen shows of it. ``why``: why it is not confirmed, as far as somebody said.
    ``code``: of a confirmed one."""

    booking: Booking
    place: Place
    party: Party | None
    why: str
    code: str | None
    code_window: Interval
    standing: Standing
    lingering: tuple[str, ...]
    link: str
    now: datetime

    @property
    def held(self) -> Interval:
        """The booking with its setting up and clearing down, as wide as booking, layout or space want them."""
        booking = self.booking
        buffers = buffers_of(
            self.place.space,
            layout=booking.layout,
            setup_min=booking.setup_min,
            cleardown_min=booking.cleardown_min,
        )
        return Interval(
            start=booking.starts - timedelta(minutes=buffers.setup_min),
            end=booking.ends + timedelta(minutes=buffers.cleardown_min),
        )


class Follower(Protocol):
    """Whoever must know, in the same transaction, what became of bookings of one site."""

    def __call__(
        self, tx: Tx, picture: Picture, changes: Sequence[Changed], *, actor: str, now: datetime
    ) -> Awaitable[None]: ...


class Desk:
    """``lead_in`` and ``lag``: how long before and after a booking its code opens."""

    def __init__(
        self, database: Database, access: Access, keys: Keys, *, lead_in: timedelta, lag: timedelta, address: str
    ) -> None:
        self._database = database
        self._access = access
        self._keys = keys
        self._lead_in = lead_in
        self._lag = lag
        self._address = address
        self.pictures = Pictures()
        self._followers: list[Follower] = []

    def when_bookings_change(self, follow: Follower) -> None:
        """Have ``follow`` awaited after every write of bookings, in its transaction and under the site's lock."""
        self._followers.append(follow)

    async def tell(self, tx: Tx, picture: Picture, changes: Sequence[Changed], *, actor: Actor, now: datetime) -> None:
        """Let the followers know. Only for changes that their writer has not told of."""
        for follow in self._followers:
            await follow(tx, picture, changes, actor=actor.name, now=now)

    def code_window(self, during: Interval) -> Interval:
        """When the code of a booking opens."""
        return Interval(start=during.start - self._lead_in, end=during.end + self._lag)

    async def conflicts(
        self, tx: Tx, place: Place, during: Interval, *, now: datetime, but: str | None = None
    ) -> list[Claimed]:
        """Who holds the space during that time."""
        return await claims.claimed(tx, place.atoms, during, now=now, but=but, limit=NAMED_CONFLICTS)

    async def require_free(
        self, tx: Tx, place: Place, during: Interval, *, now: datetime, but: str | None = None
    ) -> None:
        """Raises ``Clash``. Ask under the site's lock, so that the answer still holds at the claim."""
        await self._database.lock_site(tx, place.site.id)
        if found := await self.conflicts(tx, place, during, now=now, but=but):
            raise Clash(place.space.name, found, place.site.tz)

    async def book(
        self,
        tx: Tx,
        picture: Picture,
        asked: Sequence[Asked],
        *,
        actor: Actor,
        now: datetime,
        state: State = State.CONFIRMED,
        held_until: datetime | None = None,
        series_id: str | None = None,
        occurrences: Sequence[str] | None = None,
        changed_here: Sequence[str] | None = None,
        along: Sequence[Changed] = (),
        why: str = "",
        expired: Collection[str] | None = None,
    ) -> list[Booking]:
        """Write bookings of one site whose times were found free; the confirmed ones have a code each.

        ``occurrences``: the wall times that their series gives them, in their order; ``changed_here``: the fields that
        are each one's own. ``along``: what ``rewrite_all`` wrote before it, told together with them. ``why``: what they
        wait for approval for. ``expired``: as in ``rewrite``.
        """
        names: Sequence[str | None] = occurrences or [None] * len(asked)
        own = changed_here or [""] * len(asked)
        made = [
            msgspec.structs.replace(
                self._new(picture.require(each.space), each, actor, now),
                state=state,
                held_until=held_until,
                series_id=series_id,
                occurrence=name,
                changed_here=fields,
            )
            for each, name, fields in zip(asked, names, own, strict=True)
        ]
        await repository.insert_bookings(tx, made)
        gone = await claims.write_claims(self._database, tx, picture, made, now=now, new=True, expired=expired)
        await self._issue(tx, picture, [each for each in made if each.certain], now)
        await self.record(tx, made, actor=actor, now=now, what="book", why=why)
        new = [Changed(before=None, after=each) for each in made]
        await self.tell(tx, picture, [*along, *gone, *new], actor=actor, now=now)
        return made

    def _new(self, place: Place, asked: Asked, actor: Actor, now: datetime) -> Booking:
        booking_id = uuid7(now, secrets.token_bytes(10))
        return Booking(
            id=booking_id,
            site=place.site.id,
            space=place.space.id,
            series_id=None,
            title=asked.title,
            contact_name=asked.contact_name,
            contact_phone=asked.contact_phone,
            people=asked.people,
            starts=asked.during.start,
            ends=asked.during.end,
            state=State.CONFIRMED,
            state_at=None,
            held_until=None,
            party=asked.party,
            contact_email=asked.contact_email,
            key_holder=asked.key_holder,
            under_16s=asked.under_16s,
            public=asked.public,
            notes=asked.notes,
            layout=asked.layout,
            seats=asked.seats,
            equipment=asked.equipment,
            setup_min=asked.setup_min,
            cleardown_min=asked.cleardown_min,
            overruled=asked.overrule,
            occurrence=None,
            changed_here="",
            let_in_at=None,
            let_in_door=None,
            arrived_at=None,
            arrived_how="",
            release_warned_at=None,
            counted_in=0,
            link_hash=links.token_hash(links.token(self._keys.page, booking_id)),
            created_at=now,
            created_by=actor.name,
            changed_at=now,
            changed_by=actor.name,
            version=1,
        )

    async def _issue(self, tx: Tx, picture: Picture, bookings: Iterable[Booking], now: datetime) -> None:
        by_space: dict[str, list[Booking]] = defaultdict(list)
        for each in bookings:
            by_space[each.space].append(each)
        for space, group in by_space.items():
            windows = {each.id: self.code_window(each.during) for each in group}
            doors = picture.require(space).space.doors
            await self._access.issue(tx, site=picture.site.id, doors=doors, windows=windows, now=now)

    async def rewrite(
        self,
        tx: Tx,
        picture: Picture,
        old: Booking,
        new: Booking,
        *,
        actor: Actor,
        now: datetime,
        what: str,
        why: str = "",
        expired: Collection[str] | None = None,
    ) -> Booking:
        """Write a changed booking; its claim and its code follow where they are others.

        ``expired``: ids of holds that give way, where a verdict has named them.
        """
        [*along, written] = await self.rewrite_all(
            tx, picture, [Changed(before=old, after=new)], actor=actor, now=now, what=what, why=why, expired=expired
        )
        await self.tell(tx, picture, [*along, written], actor=actor, now=now)
        return written.after

    async def rewrite_all(
        self,
        tx: Tx,
        picture: Picture,
        changes: Sequence[Changed],
        *,
        actor: Actor,
        now: datetime,
        what: str,
        why: str = "",
        expired: Collection[str] | None = None,
    ) -> list[Changed]:
        """Write changed bookings of one site together, so that none is in the way of another. Claims and codes follow
        where time, space or standing is another. Whoever calls tells the followers what is returned: the holds that
        gave way, then these."""
        if not changes:
            return []
        written = [
            Changed(
                before=each.before,
                after=msgspec.structs.replace(
                    each.after, changed_at=now, changed_by=actor.name, version=each.after.version + 1
                ),
            )
            for each in changes
        ]
        await repository.update_bookings(tx, [each.after for each in written])
        holding = [each.after for each in written if _differs(each, _HOLDING)]
        gone = (
            await claims.write_claims(self._database, tx, picture, holding, now=now, expired=expired) if holding else []
        )
        coded = [each.after for each in written if _differs(each, _CODED)]
        await access.revoke(tx, booking_ids=[each.id for each in coded], now=now)
        await self._issue(tx, picture, [each for each in coded if each.certain], now)
        await self.record(tx, [each.after for each in written], actor=actor, now=now, what=what, why=why)
        return [*gone, *written]

    async def cancel(
        self, tx: Tx, picture: Picture, bookings: Sequence[Booking], *, actor: Actor, now: datetime, why: str
    ) -> list[Booking]:
        """Cancel bookings of one site that stand; their time is free at once."""
        changes = [Changed(before=each, after=course.cancel(each, now)) for each in bookings]
        gone = await self.rewrite_all(tx, picture, changes, actor=actor, now=now, what="cancel", why=why)
        await self.tell(tx, picture, gone, actor=actor, now=now)
        return [each.after for each in gone]

    async def follow_doors(self, tx: Tx, space: Space, now: datetime) -> None:
        """Give the codes of a space's bookings to the doors that are on its way in now, and take them from others."""
        ahead = await repository.ahead(tx, space.site, space.id, after=now - self._lag)
        grants = await held(tx, [each.id for each in ahead])
        wrong = [
            each
            for each in ahead
            if {grant.door for grant in grants[each.id] if grant.ended_at is None} != set(space.doors)
        ]
        await access.revoke(tx, booking_ids=[each.id for each in wrong], now=now)
        windows = {each.id: self.code_window(each.during) for each in wrong}
        await self._access.issue(tx, site=space.site, doors=space.doors, windows=windows, now=now)

    async def record(
        self, tx: Tx, bookings: Sequence[Booking], *, actor: Actor, now: datetime, what: str, why: str = ""
    ) -> None:
        """A line in each booking's story, and one among everybody's writes."""
        await repository.log(tx, [each.id for each in bookings], at=now, actor=actor.name, what=what, why=why)
        thing = f"booking {bookings[0].id}" + (f" and {len(bookings) - 1} more" if len(bookings) > 1 else "")
        await audit.record(tx, actor=actor.name, at=now, act=what, site=bookings[0].site, thing=thing)

    async def views(self, tx: Tx, where: Picture, bookings: Sequence[Booking], now: datetime) -> list[View]:
        """What screens show of bookings of one site, in few queries however many they are."""
        ids = [each.id for each in bookings]
        codes = await self._access.codes(tx, [each.id for each in bookings if each.certain])
        off = {each.id: words_of(each.status(now)) for each in bookings if not each.certain}
        standing = await access.standing(tx, ids, now, off=off, zone=where.site.tz)
        old = await lingering(tx, where.site.id, now=now)
        known = await parties(tx, {each.party for each in bookings if each.party is not None})
        reasons = await repository.reasons(tx, list(off))
        return [
            View(
                booking=each,
                place=where.by_space[each.space],
                party=None if each.party is None else known.get(each.party),
                why=reasons.get(each.id, ""),
                code=codes.get(each.id),
                code_window=self.code_window(each.during),
                standing=standing[each.id],
                lingering=self._lingering(each, where.by_space[each.space], old, now),
                link=f"{self._address}/d/{links.token(self._keys.page, each.id)}",
                now=now,
            )
            for each in bookings
        ]

    def _lingering(self, booking: Booking, place: Place, old: Iterable[Lingering], now: datetime) -> tuple[str, ...]:
        if not booking.certain:
            return ()
        others = [found for found in old if found.grant.booking_id != booking.id]
        window = self.code_window(booking.during)
        return lingering_texts(others, doors=place.space.doors, window=window, zone=place.site.tz, now=now)


def _differs(change: Changed, fields: Sequence[str]) -> bool:
    before, after = change.before, change.after
    return before is None or any(getattr(before, name) != getattr(after, name) for name in fields)


_CODED = ("space", "starts", "ends", "certain")
"""What a booking's code follows."""
_HOLDING = (*_CODED, "claims", "layout", "people", "seats", "equipment", "setup_min", "cleardown_min")
"""What its claims follow."""
