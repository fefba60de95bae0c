"""How many people are in a building, as the API answers it."""

from pydantic import Field

from controller.web.fields import Answer, LocalTime


class OccupancyRead(Answer):
    """``state``: ``measured``, ``uncertain``, where ``missing`` says what was not counted, ``not known``, where
    nobody has passed since counting began, or ``not measured``, where no door has a counter: all numbers are null
    then. The number is in ``low`` to ``high`` in nine of ten cases, and as likely more than ``people`` as fewer.
    ``capacity``: how many the rooms hold; ``full``: more are there, even allowing for the error, and not by counters
    over MQTT alone, which are not signed. ``rests_on``: what it is made of."""

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


class DeskPoolRead(Answer):
    """Places of a pool of touch-down desks now. `booked`: held by bookings; `arrived`: those of them whose people came,
    by code, check-in or door. `present`: people whom sensors at the desks see, null where it is not measured, never 0;
    `at_least`: there may be more; `text`: by what, or why not. `free`: neither booked nor, as far as is seen, taken; 0
    while `closed`."""

    space: str
    name: str
    places: int
    booked: int
    arrived: int
    present: int | None
    at_least: bool
    text: str
    free: int
    closed: bool


class DeskPools(Answer):
    """By name; empty where the site has no pool."""

    items: list[DeskPoolRead]
