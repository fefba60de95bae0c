"""A county of 42 hubs with 252 spaces, and a diary of as many bookings as wanted.

Every hub has a hall of two halves, which are booked apart as well, and three rooms; all have setting up and clearing
down, the hall two layouts to change between. The eight weeks ahead are filled first, evenly, with 10,000 bookings; what
is more lies before them, as thick, so that more bookings mean more past.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import count, product
from typing import NamedTuple

from controller.app.container import Container
from controller.estate.model import Layout, Site, Space
from edge.wire.interval import Interval
from tests.bench.booking_peers import opened
from tests.controller.running import NOW, USER

SITES = tuple(f"hub-{number:02}" for number in range(42))
ROOMS = ("studio", "meeting", "computers")
LANES = ("east", "west", *ROOMS)
"""What is booked side by side; on one day in five the hall as a whole."""
DAYS, SLOTS, TURNS, STRIDE = 56, 3, 50, 37
"""Of the slots of eight weeks, how many each lane has taken, spread evenly: 1.8 bookings in a room and two days."""
FIRST = NOW.replace(hour=9) + timedelta(days=1)
LENGTHS = (60, 90, 120, 150)
"""Minutes; slots are four hours apart, so that buffers and change-overs fit between."""


class Laid(NamedTuple):
    """A booking of the diary."""

    site: str
    space: str
    during: Interval

    @property
    def atoms(self) -> tuple[str, ...]:
        names = ("east", "west") if self.space == "hall" else (self.space,)
        return tuple(f"{self.site}/{name}" for name in names)


async def build(container: Container) -> None:
    """Make the sites and their spaces."""
    layouts = (Layout(id="shelves", name="Shelves in", capacity=40), Layout(id="theatre", name="Theatre", capacity=90))
    for number, site in enumerate(SITES):
        latitude, longitude = 52.1 + 0.05 * (number % 7), -0.3 + 0.08 * (number // 7)
        made = Site(id=site, name=site.title(), zone="Europe/London", latitude=latitude, longitude=longitude)
        await container.estate.put_site(made, version=0, actor=USER)
        for name in LANES:
            space = Space(site=site, id=name, name=name.title(), capacity=30, setup_min=15, cleardown_min=15)
            await container.estate.put(space, version=0, actor=USER)
        hall = Space(
            site=site,
            id="hall",
            name="Hall",
            parts=("east", "west"),
            layouts=layouts,
            default_layout="shelves",
            setup_min=30,
            cleardown_min=15,
            changeover_min=45,
        )
        await container.estate.put(hall, version=0, actor=USER)


def diary() -> Iterator[Laid]:
    """Bookings that leave each other their buffers, without an end."""
    for block in count():
        for turn in range(TURNS):
            day, slot = divmod(turn * STRIDE % (DAYS * SLOTS), SLOTS)
            starts = FIRST + timedelta(days=day - block * DAYS, hours=4 * slot)
            for number, (site, lane) in enumerate(product(SITES, LANES)):
                minutes = LENGTHS[(turn + number) % len(LENGTHS)]
                during = Interval(start=starts, end=starts + timedelta(minutes=minutes))
                if day % 5:
                    yield Laid(site, lane, during)
                elif lane != "west":
                    yield Laid(site, "hall" if lane == "east" else lane, during)


async def fill(container: Container, laid: Iterable[Laid]) -> None:
    """Write bookings with their claims past everything but the database's own constraints."""
    peer = await opened(container.database.url)
    try:
        await peer.insert_many((each.site, each.space, each.atoms, each.during) for each in laid)
    finally:
        await peer.close()
