"""What the page of a simulated building shows: its plan, its state, and its log in words."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from edge.wire.errors import WireError
from edge.wire.events import PlanData
from firmware_sim.building_file import Building
from firmware_sim.event_words import booking_of, words_of
from firmware_sim.world import Reported
from firmware_sim.world_protocol import DoorStatus, SiteStatus

KEPT = 200
"""Lines of the log that a page can show."""


class FloorRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A room, drawn in the ``zone`` that its first door leads to."""

    name: str
    zone: str
    area: float


class FloorDoor(msgspec.Struct, frozen=True, kw_only=True):
    """A door and what is at it."""

    id: str
    name: str
    zone: str
    cards: bool
    scanner: bool
    glass: bool


class NamedSite(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str


class FloorPlan(msgspec.Struct, frozen=True, kw_only=True, tag="plan"):
    """A building as drawn. ``pages``: the controller's address. ``sites``: all buildings of the demo."""

    site: str
    name: str
    zone: str
    speed: float
    pages: str
    sites: tuple[NamedSite, ...]
    rooms: tuple[FloorRoom, ...]
    doors: tuple[FloorDoor, ...]


class ShownCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that works now or soon, from ``opens`` to ``until`` in the site's time. ``on_door``: whether the door has
    it, in words. ``link``: its page for a phone."""

    title: str
    space: str
    doors: str
    code: str
    opens: str
    until: str
    on_door: str
    link: str


class FloorState(msgspec.Struct, frozen=True, kw_only=True, tag="state"):
    """How a building is. ``stored``: the controller has all events up to it."""

    broker: bool
    site: SiteStatus
    doors: tuple[DoorStatus, ...]
    stored: int
    codes: tuple[ShownCode, ...]


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """An event in words. ``at``: in the site's time. ``answers``: it answers what was presented at the door."""

    number: int
    seq: int
    at: str
    text: str
    tone: str
    door: str
    answers: bool


class FloorLines(msgspec.Struct, frozen=True, kw_only=True, tag="lines"):
    """New lines of the log, oldest first."""

    lines: tuple[LogLine, ...]


class FloorBeat(msgspec.Struct, frozen=True, kw_only=True, tag="beat"):
    """The demo runs. ``at``: the site's time."""

    at: str


def plan_of(building: Building, buildings: tuple[Building, ...], *, speed: float, pages: str) -> FloorPlan:
    """The drawing of a building."""
    zones = {door.id: door.zone for door in building.doors}
    return FloorPlan(
        site=building.id,
        name=building.name,
        zone=building.zone,
        speed=speed,
        pages=pages,
        sites=tuple(NamedSite(id=each.id, name=each.name) for each in buildings),
        rooms=tuple(
            FloorRoom(name=space.name, zone=zones[space.doors[0]], area=space.floor_area_m2)
            for space in building.spaces
            if space.doors and space.doors[0] in zones
        ),
        doors=tuple(
            FloorDoor(
                id=door.id,
                name=door.name,
                zone=door.zone,
                cards=door.cards is not None,
                scanner=door.scanner,
                glass=door.break_glass is not None,
            )
            for door in building.doors
        ),
    )


class FloorLog:
    """The log of one building. ``title_of``: that of a booking. ``planned`` is called when an edge has a new plan."""

    def __init__(
        self,
        building: Building,
        reported: Reported,
        *,
        clock: Callable[[], datetime],
        title_of: Callable[[str], Awaitable[str]],
        planned: Callable[[], None],
    ) -> None:
        self._names = {door.id: door.name for door in building.doors}
        self._zone = ZoneInfo(building.zone)
        self._clock = clock
        self._reported = reported
        self._title_of = title_of
        self._planned = planned
        self._seen = 0
        self._lines: list[LogLine] = []
        self._number = 0
        self._one_at_a_time = asyncio.Lock()

    def now(self) -> str:
        """The site's time."""
        return self._clock().astimezone(self._zone).strftime("%a %d %b, %H:%M:%S")

    async def after(self, number: int) -> tuple[LogLine, ...]:
        """The lines after line ``number``."""
        async with self._one_at_a_time:
            await self._catch_up()
        return tuple(line for line in self._lines if line.number > number)

    async def _catch_up(self) -> None:
        missing = self._reported.events - self._seen
        new = list(self._reported.recent)[-missing:] if missing else []
        self._seen += missing
        for event in new:
            try:
                if isinstance(event.read(), PlanData):
                    self._planned()
                booking = booking_of(event)
                words = words_of(event, self._names, await self._title_of(booking) if booking is not None else "")
            except WireError:
                continue
            if words is not None:
                self._number += 1
                self._lines.append(
                    LogLine(
                        number=self._number,
                        seq=event.seq,
                        at=event.at.astimezone(self._zone).strftime("%H:%M:%S"),
                        text=words.text,
                        tone=words.tone,
                        door=words.door,
                        answers=words.answers,
                    )
                )
        del self._lines[:-KEPT]
