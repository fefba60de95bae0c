"""The waiting list: somebody who waits for a time that is taken, and all SQL about them."""

from collections.abc import Collection, Container
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import RowMapping, and_, func, insert, or_, select, update

from controller.db.engine import Tx
from controller.diary.model import Booking, BookingRequest, BookingState
from controller.diary.tables import bookings, waits
from controller.people.permissions import Thing
from edge.wire.interval import Interval


class WaitState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    """A hold is kept for them until ``offered_until``."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    """They said no to the offer."""
    EXPIRED = "expired"
    """They did not answer in time."""
    WITHDRAWN = "withdrawn"
    LOST = "lost"
    """They said yes, but a manager said no, or nobody decided in time."""
    OVER = "over"
    """Nothing became free while it was of use to them."""


WIDEST_BUFFER = timedelta(days=1)
"""The most that set-up, clear-down or a change-over may take: how far from a booking time is freed by its going."""
LEAST = timedelta(minutes=30)
"""How much of a time that has begun must be left to be offered."""
IN_LINE = frozenset({WaitState.WAITING, WaitState.OFFERED})
"""The states in which it may still be offered."""

_ANSWERED = frozenset({WaitState.ACCEPTED, WaitState.DECLINED, WaitState.WITHDRAWN})


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """One place in the queue. ``spaces``: those that would do, the best first. ``booking``: the hold that was
    offered last. ``turn``: counts up within the site."""

    id: str
    site: str
    asked: BookingRequest
    spaces: tuple[str, ...]
    state: WaitState
    state_at: datetime
    offered_until: datetime | None
    booking: str | None
    made_at: datetime
    made_by: str
    turn: int

    def requests(self, there: Container[str]) -> tuple[BookingRequest, ...]:
        """The request in each acceptable space that still exists (``there``). A layout belongs to the first one
        only."""
        first = self.spaces[0]
        return tuple(
            msgspec.structs.replace(self.asked, space=each, layout=self.asked.layout if each == first else None)
            for each in self.spaces
            if each in there
        )

    def back_on_offer(self, before: Booking, after: Booking) -> bool:
        """Whether undoing the change of its hold also undoes the answer to the offer, which is then open again. A hold
        whose end had to change is no longer an offer."""
        return (
            self.state in _ANSWERED
            and self.state_at == before.state_at
            and before.state is not BookingState.HELD
            and after.state is BookingState.HELD
            and after.held_until == before.held_until
        )

    def of_use(self, now: datetime) -> bool:
        """Whether its time may still be offered."""
        during = self.asked.during
        return during.start > now or during.end - LEAST > now

    def near(self, during: Interval) -> bool:
        """Whether freeing that time may free some of what is requested."""
        wanted = self.asked.during
        return wanted.start < during.end + WIDEST_BUFFER and during.start - WIDEST_BUFFER < wanted.end


class Overdue(Exception):
    """Somebody wants the time of a hold that has run out, and others wait for it: they come first."""

    def __init__(self, site: str) -> None:
        super().__init__(f"the waiting list of {site} has something to do first")
        self.site = site


_WANTED = waits.c.state == WaitState.WAITING.value
_IN_LINE = waits.c.state.in_([state.value for state in IN_LINE])


async def insert_wait(tx: Tx, value: Wait) -> None:
    await tx.execute(insert(waits).values(_row(value)))


async def next_turn(tx: Tx, site: str) -> int:
    """The next number in the queue. The caller holds the site's lock."""
    last: int | None = (await tx.execute(select(func.max(waits.c.turn)).where(waits.c.site == site))).scalar()
    return (last or 0) + 1


async def update_wait(tx: Tx, value: Wait) -> None:
    """Write every field. The caller holds the site's lock."""
    await tx.execute(update(waits).where(waits.c.id == value.id).values(_row(value)))


async def wait(tx: Tx, wait_id: str) -> Wait | None:
    row = (await tx.execute(select(waits).where(waits.c.id == wait_id))).mappings().first()
    return _wait(row) if row else None


async def whose(tx: Tx, wait_id: str) -> Thing | None:
    """The site and the party of a wait; None where there is none."""
    row = (await tx.execute(select(waits.c.site, waits.c.party).where(waits.c.id == wait_id))).first()
    return Thing(site=row.site, party=row.party) if row else None


async def in_line(tx: Tx, site: str, *, state: WaitState | None = None) -> list[Wait]:
    """The waits of a site that are waiting or on offer, in the order in which they were made."""
    query = select(waits).where(waits.c.site == site, _IN_LINE)
    if state is not None:
        query = query.where(waits.c.state == state.value)
    rows = (await tx.execute(query.order_by(waits.c.turn))).mappings()
    return [_wait(row) for row in rows]


async def of_bookings(tx: Tx, ids: Collection[str]) -> dict[str, Wait]:
    """The waits to which these bookings are, or were last, on offer, by booking."""
    query = select(waits).where(waits.c.booking.in_(ids))
    return {row["booking"]: _wait(row) for row in (await tx.execute(query)).mappings()}


async def offers(tx: Tx, held: Collection[Booking]) -> dict[str, Wait]:
    """Booking id -> the wait to which this hold is on offer; holds that are no offer are left out."""
    if not held:
        return {}
    found = await of_bookings(tx, [each.id for each in held])
    return {booking: wait for booking, wait in found.items() if wait.state is WaitState.OFFERED}


async def anybody_near(tx: Tx, site: str, spans: Collection[Interval]) -> bool:
    """Whether anybody waits for one of these times."""
    near = [
        and_(waits.c.starts < each.end + WIDEST_BUFFER, waits.c.ends > each.start - WIDEST_BUFFER) for each in spans
    ]
    query = select(waits.c.id).where(waits.c.site == site, _IN_LINE, or_(*near)).limit(1)
    return (await tx.execute(query)).first() is not None


async def still(tx: Tx, party: str, now: datetime) -> str | None:
    """As ``PersonalData`` has it."""
    found = (await tx.execute(select(waits.c.id).where(waits.c.party == party, _IN_LINE).limit(1))).first()
    return "waits for a time; take it off the waiting list first" if found else None


async def sites(tx: Tx) -> set[str]:
    """The sites at which somebody waits or has an offer."""
    return set((await tx.execute(select(waits.c.site).where(_IN_LINE).distinct())).scalars())


async def next_due(tx: Tx, now: datetime) -> datetime | None:
    """When the next offer runs out, or a hold at a site where somebody waits, or a time that is waited for begins or is
    no longer of use."""
    held = (
        select(func.min(bookings.c.held_until))
        .join_from(bookings, waits, bookings.c.site == waits.c.site)
        .where(bookings.c.state == BookingState.HELD.value, bookings.c.held_until > now, _IN_LINE)
    )
    offer = select(func.min(waits.c.offered_until)).where(waits.c.state == WaitState.OFFERED.value)
    begins = select(func.min(waits.c.starts)).where(_WANTED, waits.c.starts > now)
    ends = select(func.min(waits.c.ends)).where(_WANTED, waits.c.starts <= now)
    times = [(await tx.execute(query)).scalar() for query in (held, offer, begins)]
    last: datetime | None = (await tx.execute(ends)).scalar()
    return min((each for each in (*times, last and last - LEAST) if each is not None), default=None)


def _wait(row: RowMapping) -> Wait:
    return Wait(
        asked=msgspec.json.decode(row["asked"], type=BookingRequest),
        spaces=tuple(row["spaces"].split(",")),
        state=WaitState(row["state"]),
        **{name: row[name] for name in _PLAIN},
    )


def _row(value: Wait) -> dict[str, object]:
    return {
        **{name: getattr(value, name) for name in _PLAIN},
        "party": value.asked.party,
        "starts": value.asked.during.start,
        "ends": value.asked.during.end,
        "asked": msgspec.json.encode(value.asked).decode(),
        "spaces": ",".join(value.spaces),
        "state": value.state.value,
    }


_PLAIN = tuple(name for name in Wait.__struct_fields__ if name not in ("asked", "spaces", "state"))
"""Fields that are columns of the same name and type."""
