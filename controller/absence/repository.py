"""All SQL about bookings whose people have not come, and what the doors of a booking are known to have seen, with what
keeps us from knowing in words."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select

from controller.absence.rules import FORGOTTEN_AFTER, Evidence
from controller.bookings import repository as bookings_repository
from controller.db.engine import Tx
from controller.diary.limits import LONGEST
from controller.diary.model import Arrival, Booking, BookingState
from controller.diary.site_config import SiteConfig, SpaceAtSite
from controller.diary.tables import bookings
from controller.estate import repository as estate
from controller.telemetry.coverage import FOR_GOOD, Gap, Silence, heard_until
from controller.text import times
from edge.wire.interval import Interval

_NO_DOOR = "no door leads there, so arrivals cannot be detected"
_TEXTS = {
    Gap.NOT_RUNNING: "what happened at {doors} from {starts} to {ends} is not known",
    Gap.WRONG_CLOCK: "the clock at {doors} was wrong from {starts} to {ends}",
    Gap.LOST: "some events of {doors} were lost",
    Gap.NEW_LOG: "what happened at {doors} before {ends} is not known",
    Gap.NEVER_HEARD: "{doors} never reported anything",
    Gap.OUT_OF_REACH: "{doors} out of reach since {starts}",
    Gap.CLOCK: "the clock at {doors} is not known to be right",
    Gap.TO_COME: "events of {doors} have not all arrived yet",
}


async def evidence_of(tx: Tx, site_config: SiteConfig, place: SpaceAtSite, window: Interval, now: datetime) -> Evidence:
    """``window``: when the code of the booking opens."""
    if not place.space.doors:
        return Evidence(heard_until=None, missing=_NO_DOOR, for_good=True)
    edge_of = {door.id: door.edge for door in await estate.site_doors(tx, site_config.site.id)}
    edges = sorted({edge_of[door] for door in place.space.doors})
    heard = await heard_until(tx, site_config.site.id, edges, window)
    if not isinstance(heard, Silence):
        return Evidence(heard_until=heard)
    doors = [
        name for door, name in zip(place.space.doors, place.door_names, strict=True) if edge_of[door] == heard.edge
    ]
    return Evidence(heard_until=None, missing=_told(heard, doors, site_config, now), for_good=heard.gap in FOR_GOOD)


def _told(silence: Silence, doors: Sequence[str], site_config: SiteConfig, now: datetime) -> str:
    starts, ends = (
        "" if each is None else times.at(each, site_config.site.tz, now=now) for each in (silence.starts, silence.ends)
    )
    return _TEXTS[silence.gap].format(doors=times.listed(doors), starts=starts, ends=ends)


async def not_come(tx: Tx, now: datetime, *, site: str | None = None) -> list[Booking]:
    """Bookings that have begun, are not long over, and whose people are not known to have arrived, or arrived after the
    release. Blocks of outside diaries are not among them: only that diary releases them.
    """
    # Anybody may have walked in; a rule may want more than that.
    unsure = or_(bookings.c.arrived_at.is_(None), bookings.c.arrived_how == Arrival.PRESENCE.value)
    query = select(bookings.c.id).where(
        or_(
            and_(bookings.c.state == BookingState.CONFIRMED.value, unsure),
            and_(bookings.c.state == BookingState.RELEASED.value, bookings.c.let_in_at.is_not(None)),
        ),
        bookings.c.diary == "",
        bookings.c.starts <= now,
        bookings.c.starts > now - LONGEST - FORGOTTEN_AFTER,
        bookings.c.ends > now - FORGOTTEN_AFTER,
    )
    if site is not None:
        query = query.where(bookings.c.site == site)
    ids: Sequence[str] = (await tx.execute(query.order_by(bookings.c.starts))).scalars().all()
    return await bookings_repository.some(tx, ids)


async def pinned(tx: Tx, booking_id: str) -> Booking | None:
    """The booking; reports of its doors wait until this transaction ends."""
    await tx.execute(select(bookings.c.id).where(bookings.c.id == booking_id).with_for_update())
    return await bookings_repository.booking(tx, booking_id)
