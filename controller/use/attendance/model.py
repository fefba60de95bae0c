"""What is known of who came to a booking, and of rooms that were used without one. Pure."""

from datetime import datetime
from enum import StrEnum

import msgspec

from controller.bookings.diary.model import BookingStatus
from edge.wire.interval import Interval


class How(StrEnum):
    """How well a figure is known."""

    KNOWN = "known"
    """A count within its error, a time as it was reported."""
    AT_LEAST = "at_least"
    """There may be more; of a time: it may be later."""
    AT_MOST = "at_most"
    """Of all who cannot be told apart, so there may be fewer; of a time: it may be earlier."""
    SHARED = "shared"
    """Something is known, but it may be of others."""
    NONE = "none"
    """There was surely none."""
    NOT_MEASURED = "not_measured"
    """Nothing is known. This is not zero."""
    LATER = "later"
    """It is still to come."""


class When(msgspec.Struct, frozen=True, kw_only=True):
    """A time; ``at`` is ``None`` where none is known. ``text``: how it is known, or why it is not."""

    how: How
    at: datetime | None = None
    text: str = ""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """``number`` ± ``error`` people, codes or minutes; ``number`` is ``None`` where it is not measured, never 0."""

    how: How
    number: int | None = None
    error: int = 0
    text: str = ""


class Finding(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_MEASURED = "not_measured"
    LATER = "later"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether something is so. ``text``: by what, or why it is not known."""

    finding: Finding
    text: str = ""


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """One booking against who was there. ``during``: as it is booked. ``capacity``: people that the room holds in its
    layout. ``code_on``: since when all of its doors have its code. ``codes_used``: how often its code was accepted.
    ``came``: people counted in who are its. ``let_ins``: how many more those are than codes used. ``peak``: most people
    at once in the booked time. ``overstay``: minutes after its end. ``shared``: what cannot be told apart, a sentence
    each."""

    booking: str
    space: str
    space_name: str
    title: str
    party: str | None
    during: Interval
    status: BookingStatus
    people: int | None
    capacity: int | None
    code_on: When
    first_code: When
    first_person: When
    arrived: When
    codes_used: Count
    came: Count
    let_ins: Count
    peak: Count
    left: When
    overstay: Count
    no_show: Verdict
    over_capacity: Verdict
    shared: tuple[str, ...]


class UnbookedUse(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody was in a room that was not booked. ``people``: counted in there; ``None`` where it was movement alone.
    ``own_key``: somebody with a code or card of their own came in, such as staff."""

    space: str
    space_name: str
    during: Interval
    people: int | None
    own_key: bool
    text: str


class UnbookedRoom(msgspec.Struct, frozen=True, kw_only=True):
    """Which share of the time without a booking a sensor or counter of the room worked, from 0 to 1."""

    space: str
    space_name: str
    coverage: float
