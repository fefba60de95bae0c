"""How many people are in a building, as the API answers it."""

from datetime import datetime

from pydantic import Field

from controller.occupancy.desks import FreeDesks
from controller.platform.web.fields import Answer, LocalTime


class RoomOccupancyRead(Answer):
    """``state``: as of the building, but ``not known`` where all that senses people there is silent, and ``not
    measured`` where nothing does: all numbers are null then, never 0. ``rests_on``: what each kind of sensor says, and
    what is booked; ``missing``: what makes it uncertain."""

    space: str
    name: str
    state: str
    people: int | None = None
    mean: float | None = None
    low: int | None = None
    high: int | None = None
    capacity: int | None = None
    rests_on: str = ""
    missing: list[str] = Field(default_factory=list)


class ElsewhereRead(Answer):
    """People in the building and in none of its measured rooms: with the rooms they add up to the building."""

    people: int
    mean: float
    low: int
    high: int


class OccupancyRead(Answer):
    """``state``: ``measured``, ``uncertain``, where ``missing`` says what was not counted, ``not known``, where
    nobody has passed since counting began, or ``not measured``, where no door has a counter: all numbers are null
    then. The number is in ``low`` to ``high`` in nine of ten cases, and as likely more than ``people`` as fewer.
    ``capacity``: how many the rooms hold; ``full``: more are there, even allowing for the error, and not by counters
    over MQTT alone, which are not signed. ``rests_on``: what it is made of. ``rooms``: all of them, by name; with
    ``elsewhere``, which is null where the building is not measured or not known, they add up to it. ``disagree``: in
    what rooms and doors contradict each other, if they do."""

    state: str
    at: LocalTime | None = None
    people: int | None = None
    mean: float | None = None
    low: int | None = None
    high: int | None = None
    capacity: int | None = None
    full: bool | None = None
    rests_on: str = ""
    missing: list[str] = Field(default_factory=list)
    rooms: list[RoomOccupancyRead] = Field(default_factory=list)
    elsewhere: ElsewhereRead | None = None
    disagree: str = ""


class DeskPoolRead(Answer):
    """Places of a pool of touch-down desks now. `booked`: held by bookings; `arrived`: those of them whose people came,
    by code, check-in or door. `present`: people whom sensors at the desks see, null where it is not measured, never 0;
    `at_least`: there may be more; `text`: by what, or why not; `seen_at`: when the sensor was heard that has been quiet
    for longest. `free`: neither booked nor, as far as is seen, taken; 0
    while `closed`."""

    space: str
    name: str
    places: int
    booked: int
    arrived: int
    present: int | None
    at_least: bool
    text: str
    seen_at: LocalTime | None
    free: int
    closed: bool


class DeskPools(Answer):
    """By name; empty where the site has no pool."""

    items: list[DeskPoolRead]


class FreeDesksRead(Answer, of=FreeDesks):
    """Places of a pool of touch-down desks that are free now, as far as everybody may know: counts, and nobody's
    presence at a certain desk. `measured`: people who sit there without a booking are counted too, as sensors said at
    `seen_at`; else `free` are those that are not booked, and `text` says why: no sensor sees people there, there are
    fewer than three desks, or the building is closed. While `closed`, `free` is 0. Times carry the site's offset."""


class FreeDesksList(Answer):
    """By the names of sites and pools; empty where there is no pool. `at`: when it was so, in UTC."""

    at: datetime
    items: list[FreeDesksRead]
