"""Applies door events to bookings: somebody was admitted, came through, was counted; and determines the time up to
which a booking's doors have reported everything.

``note`` runs inside the transaction that stores the events, so each event counts once or not at all. However many
events come, it reads four times, and writes once per changed booking, plus a log entry when the booking becomes
arrived.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from controller.access import repository as access
from controller.bookings import repository
from controller.bookings.claims import SYSTEM_ACTOR
from controller.bookings.diary.model import LONGEST, Arrival, BookingState
from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.bookings.diary.tables import bookings
from controller.bookings.no_show_rules import Evidence
from controller.db.engine import Tx
from controller.estate import repository as estate
from controller.estate.errors import SiteUnknown
from controller.hours.repository import hours_book
from controller.hours.timetable import Timetable
from controller.platform.text import times
from controller.telemetry import queries
from controller.telemetry import repository as telemetry
from controller.telemetry.model import StoredEvent
from controller.telemetry.watermark import FOR_GOOD, Gap, Silence, heard_until
from edge.wire.events import AccessData, DoorChange, DoorData, EventData, FootfallData
from edge.wire.interval import Interval
from edge.wire.plan import Mode

THROUGH = timedelta(minutes=2)
"""How long after an access an opening or a crossing counts as that person's."""
_LAST = 50
"""How many earlier access events are searched for people with their own credentials."""
WINDOW_LONGEST = LONGEST + timedelta(hours=8)
"""The longest a code opens: the longest booking with the longest lead-in and lag that settings allow."""


_NO_DOOR = "no door leads there, so arrivals cannot be detected"
_TEXTS = {
    Gap.NOT_RUNNING: "what happened at {doors} from {starts} to {ends} is not known",
    Gap.WRONG_CLOCK: "the clock at {doors} was wrong from {starts} to {ends}",
    Gap.LOST: "some events of {doors} were lost",
    Gap.NEW_LOG: "what happened at {doors} before {ends} is not known",
    Gap.NEVER_HEARD: "{doors} never reported anything",
    Gap.OFFLINE: "{doors} offline since {starts}",
    Gap.CLOCK: "the clock at {doors} is not known to be right",
    Gap.TO_COME: "events of {doors} have not all arrived yet",
}


async def note(tx: Tx, site: str, events: Sequence[StoredEvent]) -> None:
    """Apply events of one edge, in order. A granted code is recorded as access. The door's opening, or a crossing
    inwards at it, within two minutes makes the booking arrived. Crossings inwards in those two minutes are counted
    as its people. Others are where no other booking's code is good at that door then and nobody else comes in there:
    it leads to one space only, which makes the booking arrived by presence, or the building is closed but for it.
    What is left, and who comes in within two minutes after staff, a key holder or a member was let in, may have been
    the people of any booking whose code is good, and is counted apart. So is what a counter reports late, and who
    passes one that does not tell in from out; within those two minutes that counts as coming through. Who uses a
    code at a reader inside leaves: that admits nobody, but somebody of the booking was there.
    """
    told = any(isinstance(each.data, FootfallData | AccessData) for each in events)
    devices = await queries.site_devices(tx, site) if told else []
    late = queries.late_counters(devices)
    inside = {(door, reader) for (_, reader), (door, leaves) in queries.reader_sides(devices).items() if leaves}
    entering = [each for each in events if not _leaves(each.data, inside)]
    await _note_passages(tx, site, [each for each in entering if (each.edge, each.device) not in late])
    await _note_counts(tx, site, entering, late, inside)
    left = [each.data for each in events if isinstance(each.data, AccessData) and _leaves(each.data, inside)]
    for booking in {each.booking for each in left if each.granted and each.booking is not None}:
        mine = bookings.c.site == site, bookings.c.id == booking
        await tx.execute(update(bookings).where(*mine).values(maybe_in=bookings.c.maybe_in + 1))


def _leaves(data: EventData | None, inside: Collection[tuple[str, str]]) -> bool:
    """``inside``: door and reader of those at which people leave."""
    return isinstance(data, AccessData) and (data.door, data.reader) in inside


async def _note_passages(tx: Tx, site: str, events: Sequence[StoredEvent]) -> None:
    passed = [event.at for event in events if _passage(event) is not None]
    waiting = await _let_in_since(tx, site, min(passed) - THROUGH) if passed else {}
    let_in: dict[str, tuple[str, datetime]] = {}
    arrived: dict[str, tuple[datetime, str]] = {}
    for event in events:
        if isinstance(event.data, AccessData) and event.data.granted and event.data.booking is not None:
            let_in[event.data.booking] = waiting[event.data.booking] = (event.data.door, event.at)
        elif (door := _passage(event)) is not None:
            for booking, (at_door, since) in waiting.items():
                if at_door == door and since <= event.at <= since + THROUGH:
                    arrived.setdefault(booking, (event.at, door))
    mine = bookings.c.site == site
    for booking, (door, at) in let_in.items():
        later = or_(bookings.c.let_in_at.is_(None), bookings.c.let_in_at <= at)
        await tx.execute(
            update(bookings).where(mine, bookings.c.id == booking, later).values(let_in_at=at, let_in_door=door)
        )
    for booking, (at, door) in arrived.items():
        await _arrive(tx, site, booking, at, door, Arrival.CODE)


def _passage(event: StoredEvent) -> str | None:
    """The door that somebody came in by, or may have."""
    match event.data:
        case DoorData(change=DoorChange.OPENED, door=door):
            return door
        case FootfallData(door=door, ins=ins, passages=passages) if ins + passages > 0:
            return door
        case _:
            return None


async def _let_in_since(tx: Tx, site: str, since: datetime) -> dict[str, tuple[str, datetime]]:
    """Bookings whose code was accepted and whose people have not come through: where and when."""
    query = select(bookings.c.id, bookings.c.let_in_door, bookings.c.let_in_at).where(
        bookings.c.site == site, bookings.c.let_in_at >= since, bookings.c.arrived_at.is_(None)
    )
    return {row.id: (row.let_in_door, row.let_in_at) for row in await tx.execute(query)}


async def _note_counts(
    tx: Tx,
    site: str,
    events: Sequence[StoredEvent],
    late_counters: Collection[tuple[str, str]],
    inside: Collection[tuple[str, str]],
) -> None:
    crossings = [
        (event.data.door, event.at, event.data, (event.edge, event.device) in late_counters)
        for event in events
        if isinstance(event.data, FootfallData)
        and event.data.ins + event.data.passages > 0
        and event.data.door is not None
    ]
    if not crossings:
        return
    times, doors = [each[1] for each in crossings], {each[0] for each in crossings}
    windows = await access.windows(tx, site, doors, min(times), max(times), longest=WINDOW_LONGEST)
    alone = await estate.doors_of_one_space(tx, site, doors)
    about = Interval(start=min(times) - THROUGH, end=max(times) + THROUGH)
    let_in = await _let_in_at(tx, site, events, doors, about, inside)
    hours: Timetable | None = None
    counted: dict[str, int] = defaultdict(int)
    maybe: dict[str, int] = defaultdict(int)
    present: dict[str, tuple[datetime, str]] = {}
    for door, at, data, late in crossings:
        bearers = [(since, each) for since, each in let_in[door] if since <= at <= since + THROUGH]
        _, bearer = max(bearers, key=lambda each: each[0], default=(None, None))
        if bearer is not None and not late:
            counted[bearer] += data.ins
            maybe[bearer] += data.passages
            continue
        # A moved booking may hold two grants at one moment; its people are counted once.
        whose = {
            row.booking_id
            for row in windows
            if row.door == door and row.starts <= at < row.ends and (row.ended_at is None or row.ended_at > at)
        }
        one = len(whose) == 1 and not data.passages and not bearers and not late
        surely = one and door in alone
        if one and not surely:
            hours = hours or await _hours(tx, site)
            surely = hours.mode_at(at).mode is Mode.CLOSED
        for booking in whose:
            (counted if surely else maybe)[booking] += data.ins + data.passages
            if surely and door in alone:
                present[booking] = min((at, door), present.get(booking, (at, door)))
    for booking in counted.keys() | maybe.keys():
        more = {
            "counted_in": bookings.c.counted_in + counted[booking],
            "maybe_in": bookings.c.maybe_in + maybe[booking],
        }
        await tx.execute(update(bookings).where(bookings.c.site == site, bookings.c.id == booking).values(more))
    for booking, (at, door) in present.items():
        await _arrive(tx, site, booking, at, door, Arrival.PRESENCE)


async def _let_in_at(
    tx: Tx,
    site: str,
    events: Sequence[StoredEvent],
    doors: Collection[str],
    during: Interval,
    inside: Collection[tuple[str, str]],
) -> dict[str, list[tuple[datetime, str | None]]]:
    """Door -> when which booking's code was accepted there, in these events or, of each booking the last time, before;
    ``None``: people with their own credentials, in these events or among the site's last ones."""
    found: dict[str, list[tuple[datetime, str | None]]] = defaultdict(list)
    query = select(bookings.c.id, bookings.c.let_in_door, bookings.c.let_in_at).where(
        bookings.c.site == site,
        bookings.c.let_in_at >= during.start,
        bookings.c.let_in_at < during.end,
        bookings.c.let_in_door.in_(doors),
    )
    for row in await tx.execute(query):
        found[row.let_in_door].append((row.let_in_at, row.id))
    for event in events:
        if isinstance(event.data, AccessData) and event.data.granted:
            found[event.data.door].append((event.at, event.data.booking))
    for at, data in await telemetry.last_accesses(tx, site, _LAST):
        if data.granted and data.booking is None and during.start <= at < during.end and not _leaves(data, inside):
            found[data.door].append((at, None))
    return found


async def _hours(tx: Tx, site: str) -> Timetable:
    parts = await estate.site_parts(tx, site)
    if parts is None:
        raise SiteUnknown(site)
    return await hours_book(tx, parts.site)


async def _arrive(tx: Tx, site: str, booking: str, at: datetime, door: str, how: Arrival) -> None:
    """Mark a booking as arrived unless it is already, and write that to its log."""
    first = (bookings.c.site == site, bookings.c.id == booking, bookings.c.arrived_at.is_(None))
    written = update(bookings).where(*first).values(arrived_at=at, arrived_how=how.value).returning(bookings.c.state)
    state: str | None = (await tx.execute(written)).scalar()
    if state is None:
        return
    names = {each.id: each.name for each in await estate.site_doors(tx, site)}
    came = "came in with its code" if how is Arrival.CODE else "walked in"
    late = ", after it had been released" if state == BookingState.RELEASED.value else ""
    why = f"somebody {came} at {names.get(door, door)}{late}"
    await repository.log(tx, [booking], at=at, actor=SYSTEM_ACTOR, what="arrive", why=why)


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
    return Evidence(
        heard_until=None, missing=_silence_text(heard, doors, site_config, now), for_good=heard.gap in FOR_GOOD
    )


def _silence_text(silence: Silence, doors: Sequence[str], site_config: SiteConfig, now: datetime) -> str:
    starts, ends = (
        "" if each is None else times.at(each, site_config.site.tz, now=now) for each in (silence.starts, silence.ends)
    )
    return _TEXTS[silence.gap].format(doors=times.listed(doors), starts=starts, ends=ends)
