"""A hub whose doors, counters and sensors report what a test says, and the records of its bookings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from controller.access.code_generation import CodeWindow
from controller.access.code_status import HeldGrant
from controller.bookings.diary.model import Booking
from controller.bookings.diary.policy import Policy
from controller.bookings.diary.site_config import SiteConfig, places
from controller.estate.model import Door, Site, SiteParts, Space
from controller.hours.model import OpeningHours
from controller.hours.timetable import Timetable
from controller.telemetry.movement_holds import MovementHold
from controller.use.attendance.case import Case
from controller.use.attendance.evidence import Happened, Known, Seen, seen
from controller.use.attendance.model import Attendance
from controller.use.attendance.record import attendance
from controller.use.spans import Span
from edge.wire.access_decision import Reason
from edge.wire.events import AccessData, DoorChange, DoorData, EventData, FootfallData, MotionData, ReadingData
from edge.wire.interval import Interval
from edge.wire.readings import ReadingKind
from tests.controller.bookings.hub import asked, booking
from tests.controller.hours.books import span, week

HUB = Site(id="hub", name="Ramsey Hub", zone="Europe/London")
SPACES = (
    Space(site="hub", id="hall", name="Hall", capacity=20, doors=("hall-door",)),
    Space(site="hub", id="hut", name="Hut", capacity=10, doors=("hut-door",)),
    Space(site="hub", id="meeting", name="Meeting room", capacity=12, doors=("front-door",)),
    Space(site="hub", id="studio", name="Studio", capacity=12, doors=("front-door",)),
    Space(site="hub", id="yard", name="Yard"),
)
DOORS = ("front-door", "hall-door", "hut-door")
COUNTED = ("front-door", "hall-door")
THURSDAY = "2026-11-26"
LEAD, LAG = timedelta(minutes=15), timedelta(minutes=15)
OPEN = OpeningHours(pattern=week(span("09:00", "17:00")))
"""Staffed by day, closed in the evening but for bookings."""


def hub(opening: OpeningHours = OPEN, spaces: Iterable[Space] = SPACES) -> SiteConfig:
    doors = tuple(
        Door(site="hub", id=each, name=each.replace("-", " ").capitalize(), edge="pi", hold_s=5, held_after_s=60)
        for each in DOORS
    )
    parts = SiteParts(site=HUB, spaces=tuple(spaces), doors=doors)
    return SiteConfig(
        site=HUB,
        revision=1,
        by_space=places(parts),
        equipment={},
        hours=Timetable(site=HUB, timetable=opening),
        policy=Policy(),
        doors=doors,
    )


def at(clock: str, day: str = THURSDAY) -> datetime:
    """A time on the wall of the hub; with Z, in UTC."""
    if clock.endswith("Z"):
        return datetime.fromisoformat(f"{day}T{clock[:-1]}").replace(tzinfo=UTC)
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=HUB.tz).astimezone(UTC)


def booked(space: str, starts: str, ends: str, *, day: str = THURSDAY, **more: object) -> Booking:
    first, last = at(starts, day), at(ends, day)
    hours = (last - first).total_seconds() / 3600
    return booking(asked(space, first, hours), **more)  # type: ignore[arg-type]


def window(one: Booking) -> Interval:
    return Interval(start=one.starts - LEAD, end=one.ends + LAG)


class Day:
    """What happened, in the order in which it is told."""

    def __init__(self, *bookings: Booking, day: str = THURSDAY, where: SiteConfig | None = None) -> None:
        self.bookings = bookings
        self.where = where or hub()
        self.events: list[Happened] = []
        self.totals: dict[str, list[int]] = {}
        self._day = day

    def _add(self, when: str, data: EventData, device: str) -> "Day":
        self.events.append(Happened(at(when, self._day), len(self.events), "pi", device, data))
        return self

    def code(self, when: str, whose: Booking, door: str = "hall-door", reader: str | None = None) -> "Day":
        reason = next(iter(Reason))
        data = AccessData(door=door, granted=True, reason=reason, booking=whose.id, reader=reader)
        return self._add(when, data, door)

    def key(self, when: str, door: str = "hall-door") -> "Day":
        """Staff or a key holder is let in."""
        return self._add(when, AccessData(door=door, granted=True, reason=next(iter(Reason))), door)

    def count(self, when: str, ins: int = 0, outs: int = 0, door: str = "hall-door") -> "Day":
        data = FootfallData(counter=f"{door}-beams", door=door, ins=ins, outs=outs, total_ins=ins, total_outs=outs)
        return self._add(when, data, f"{door}-beams")

    def passes(self, when: str, passages: int = 1, door: str = "hut-door") -> "Day":
        """Somebody passes a counter that does not tell in from out."""
        data = FootfallData(
            counter=f"{door}-mat",
            door=door,
            ins=0,
            outs=0,
            total_ins=0,
            total_outs=0,
            passages=passages,
            total_passages=passages,
        )
        return self._add(when, data, f"{door}-mat")

    def door(
        self, when: str, change: DoorChange = DoorChange.OPENED, door: str = "hut-door", why: str | None = None
    ) -> "Day":
        return self._add(when, DoorData(door=door, change=change, why=why), door)

    def moves(self, when: str, until: str, zone: str = "hall") -> "Day":
        self._add(when, MotionData(zone=zone, active=True), f"{zone}-pir")
        return self._add(until, MotionData(zone=zone, active=False), f"{zone}-pir")

    def reads(self, when: str, motion: float, zone: str = "hall") -> "Day":
        """A sensor over MQTT says whether somebody moves."""
        data = ReadingData(name="PIR", family="zigbee2mqtt", values={ReadingKind.MOTION: motion})
        return self._add(when, data, f"{zone}-pir")

    def seen(
        self,
        *,
        dark: Sequence[tuple[str, str]] = (),
        blind: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        counters: Sequence[str] = COUNTED,
        either_way: Sequence[str] = (),
        sensors: Sequence[str] = (),
        heard: str | None = None,
        contacts: Sequence[str] = DOORS,
        sides: Mapping[str, tuple[str, bool]] | None = None,
        relayed: Sequence[str] = (),
        holds: Mapping[str, Sequence[MovementHold]] | None = None,
    ) -> Seen:
        """``dark``: when the edge was away; ``blind``: when the beams of a door were dead; ``heard``: until when it is
        known that all is here. ``holds``: what is learned of the sensor of a room."""
        known = _parts(self._day, dark, heard)
        return seen(
            self.events,
            [
                CodeWindow(each.id, door, window(each).start, window(each).end, None)
                for each in self.bookings
                for door in self.where.by_space[each.space].space.doors
            ],
            Known(
                names={each.id: each.name for each in self.where.doors},
                doors=dict.fromkeys(DOORS, known),
                counters={door: _parts(self._day, (blind or {}).get(door, ()), heard) for door in counters},
                either_way={door: _parts(self._day, (blind or {}).get(door, ()), heard) for door in either_way},
                sensors={("pi", f"{room}-pir"): known for room in sensors},
                places={("pi", f"{room}-pir"): room for room in sensors},
                sides={("pi", reader): side for reader, side in (sides or {}).items()},
                relayed=frozenset(("pi", f"{room}-pir") for room in relayed),
                contacts=frozenset(contacts),
                shut=frozenset(contacts),
                holds={("pi", f"{room}-pir"): learned for room, learned in (holds or {}).items()},
            ),
        )

    def record(self, one: Booking, *, now: str = "23:30", **known: object) -> Attendance:
        return self.recorded(one, self.seen(**known), now=now)  # type: ignore[arg-type]

    def recorded(self, one: Booking, found: Seen, *, now: str = "23:30") -> Attendance:
        following = [
            window(each).start for each in self.bookings if each.space == one.space and each.starts >= one.ends
        ]
        case = Case(
            booking=one,
            where=self.where,
            window=window(one),
            seen=found,
            now=at(now, self._day),
            next_at=min(following, default=None),
        )
        return attendance(case, [grant(one, door) for door in self.where.by_space[one.space].space.doors])


def grant(one: Booking, door: str, *, on_at: datetime | None = None, on: bool = True) -> HeldGrant:
    return HeldGrant(
        booking_id=one.id,
        door=door,
        door_name=door,
        code_key=b"",
        window=window(one),
        ended_at=None,
        on_version=1,
        on_at=(on_at or one.starts - timedelta(hours=5)) if on else None,
        off_version=None,
        off_at=None,
        offline_since=None,
    )


def _parts(day: str, dark: Sequence[tuple[str, str]], heard: str | None) -> list[Span]:
    start = int((at("00:00", day) - timedelta(days=2)).timestamp())
    found = []
    for first, last in dark:
        found.append((start, int(at(first, day).timestamp())))
        start = int(at(last, day).timestamp())
    end = at("00:00", day) + timedelta(days=2) if heard is None else at(heard, day)
    return [*found, (start, int(end.timestamp()))]


def with_layout(one: Booking, **more: object) -> Booking:
    return msgspec.structs.replace(one, **more)
