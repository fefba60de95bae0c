"""Models of a series: stored, requested and judged; which fields of a date an edit leaves alone; errors."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.diary.model import Booking, Details
from controller.bookings.errors import conflicts
from controller.bookings.rules.model import Verdict
from controller.hours.recurrence.expand import SeriesOccurrence
from controller.hours.recurrence.pattern import RecurrencePattern
from controller.platform.web.fields import Moment
from controller.platform.web.problem import Conflicting, FieldError, NotFound
from edge.wire.interval import Interval

OF_TIME = frozenset({"starts", "ends"})
"""Fields that go together: a date that was moved by hand keeps both."""
FIELDS = ("starts", "ends", *Details.__struct_fields__)
"""What a date has from its series."""


def changed_fields(before: Booking, after: Booking) -> str:
    """``Booking.changed_here`` once somebody has changed this one booking: fields of its series that are its own now,
    in their order, with commas between. Empty for a booking of no series."""
    if after.series_id is None:
        return ""
    own = own_fields(before) | {name for name in FIELDS if getattr(before, name) != getattr(after, name)}
    return joined(own)


def own_fields(booking: Booking) -> frozenset[str]:
    """The fields in which a date differs from its series."""
    return frozenset(booking.changed_here.split(",")) - {""}


def joined(fields: frozenset[str]) -> str:
    """As ``Booking.changed_here`` keeps them."""
    return ",".join(name for name in FIELDS if name in fields)


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """``follows``: the series that it was split from. ``imported``: it came from a calendar, and its dates are
    those of its bookings. ``code_owner``: who shares the one door code of its dates; ``None``: they share theirs as the
    site's policy has it. ``cancelled_at``: when it was last cancelled as a whole or in part; what was cancelled at that
    instant can be restored together. ``version`` counts its changes from 1."""

    id: str
    site: str
    details: Details
    pattern: RecurrencePattern
    follows: str | None = None
    imported: bool = False
    code_owner: str | None = None
    cancelled_at: datetime | None = None
    created_at: datetime
    created_by: str
    changed_at: datetime | None = None
    changed_by: str = ""
    version: int = 1
    manage_link_number: int = 0
    show_link_number: int = 0


class DateAction(StrEnum):
    """What to do with a date."""

    BOOK = "book"
    SKIP = "skip"
    """Leave it out; where it is booked already, cancel it."""
    HOLD = "hold"
    """Ask for it without holding the time, for somebody to decide."""
    MOVE = "move"
    """Book another time or space for it."""
    KEEP = "keep"
    """Leave it as it is, whatever happens to the others."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The choice for a date; the other fields are for ``DateAction.MOVE``, where ``None`` means unchanged."""

    act: DateAction
    starts: Moment | None = None
    ends: Moment | None = None
    space: str | None = None
    layout: str | None = None


class Otherwise(StrEnum):
    """What to do with refused dates that have no choice of their own."""

    NONE = "none"
    """Nothing is written at all."""
    SKIP = "skip"
    HOLD = "hold"
    KEEP = "keep"


class SeriesRequest(msgspec.Struct, frozen=True, kw_only=True):
    """How to carry out a request: the choices by date or by occurrence, and for the rest."""

    choices: dict[str, Choice] = msgspec.field(default_factory=dict)
    otherwise: Otherwise = Otherwise.NONE
    overrule: bool = False
    by_rules: bool = False

    def of(self, occurrence: SeriesOccurrence) -> Choice | None:
        """The choice for one date: its own, or that for all of its day."""
        return self.choices.get(occurrence.name) or self.choices.get(occurrence.wall.date().isoformat())


class SeriesDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a series. ``one_code``: all dates have one door code, whatever the site's policy says."""

    details: Details
    pattern: RecurrencePattern
    wanted: SeriesRequest = SeriesRequest()
    one_code: bool = False


class DateStatus(StrEnum):
    """The status of one date."""

    FREE = "free"
    MOVED_BY_CLOCK = "moved_by_clock"
    """Free, at another time or for longer than the wall says."""
    APPROVAL = "approval"
    """Free, once somebody has approved it."""
    CLASH = "clash"
    CLOSED = "closed"
    REFUSED = "refused"
    """Refused for another reason."""
    EMPTY = "empty"
    """Nothing is left of it when the clocks change."""
    LEFT_OUT = "left_out"
    PAST = "past"


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Where a refused date could go. ``text`` says it in words."""

    space: str
    layout: str | None
    during: Interval
    text: str


class DateEffect(StrEnum):
    """What a request does to one date."""

    BOOK = "book"
    HOLD = "hold"
    SKIP = "skip"
    REFUSE = "refuse"
    CHANGE = "change"
    KEEP = "keep"
    CANCEL = "cancel"
    NOTHING = "nothing"


class SeriesDate(msgspec.Struct, frozen=True, kw_only=True):
    """One date of a series as checked. ``during`` and ``space``: when and where it would be, moved by choice or by
    hand; ``during`` is ``None`` where nothing of it is left. ``before``: the booking that it has already. ``own``:
    fields in which it differs from the series.

    ``moves`` are alternatives for refused dates. ``lingering`` and ``notes`` refuse nothing.
    """

    occurrence: SeriesOccurrence
    space: str
    during: Interval | None
    status: DateStatus
    text: str
    effect: DateEffect
    verdict: Verdict = Verdict()
    before: Booking | None = None
    own: frozenset[str] = frozenset()
    moves: tuple[Move, ...] = ()
    lingering: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def date(self) -> date:
        return self.occurrence.wall.date()


class SeriesUnknown(NotFound):
    def __init__(self, series_id: str) -> None:
        super().__init__(f"there is no series {series_id!r}")


class SeriesRefused(Conflicting, kind="not-possible", title="Some dates cannot be booked"):
    """Some dates cannot be booked, and have no choice. ``errors`` names each date, ``conflicts`` what it
    clashes with."""

    def __init__(self, dates: Sequence[SeriesDate], zone: ZoneInfo) -> None:
        days = ", ".join(f"{each.date}" for each in dates[:10]) + (" …" if len(dates) > 10 else "")
        super().__init__(
            f"{len(dates)} of the dates cannot be booked: {days}. Nothing was written; say in `choices` or `otherwise` "
            "what to do with them, or ask for another time.",
            errors=[FieldError(field=each.date.isoformat(), message=each.text) for each in dates],
            conflicts=conflicts([clash for each in dates for clash in each.verdict.conflicts], zone),
        )


class SeriesClash(SeriesRefused, kind="clash", title="Some dates are taken"):
    """As ``SeriesRefused``, where a date is taken."""


def refusal(dates: Sequence[SeriesDate], zone: ZoneInfo) -> SeriesRefused:
    """The error that names these dates."""
    taken = any(each.status is DateStatus.CLASH for each in dates)
    return (SeriesClash if taken else SeriesRefused)(dates, zone)


class SeriesStale(Conflicting, kind="stale", title="Somebody else changed it"):
    """Somebody has changed the series since it was read."""

    def __init__(self, series: Series) -> None:
        super().__init__(
            f"“{series.details.title}” is at version {series.version}, changed by {series.changed_by}; "
            "read it again and repeat your change"
        )
