"""What stands in a manager's morning, and since when. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.access.code_status import CodeState
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Booking, BookingStatus
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.listing import Request
from controller.bookings.problem_reports.model import ShownReport
from controller.notices.calls import Call
from controller.notices.document_reminders import LapsingDocument
from controller.notices.door_trouble.model import MISSING_FOR, DoorReport
from controller.platform.text import local_time

EVENING = time(18)
"""By the site's clock: what has changed after that nobody has looked at yet."""
DAYS_AHEAD = 7
"""What a fault or a lapsed document hits is shown for today and so many days less one."""
SEEN_FOR = timedelta(days=7)
"""How long what somebody has seen stays away."""
LATE_AFTER = timedelta(minutes=10)
"""How long after its start a booking to which nobody has come is late; as on the page Now."""


class DoorDown(msgspec.Struct, frozen=True, kw_only=True):
    """A door that does not work, or is out of service. ``bookings``: the next ones that pass through it;
    ``more``: how many follow in these days."""

    door: str
    text: str
    hint: str
    bookings: Sequence[BookingView]
    more: int


class ShutDoor(msgspec.Struct, frozen=True, kw_only=True):
    """A door that is out of service on purpose. ``bookings``: those ahead that have no other way in."""

    door: str
    text: str
    bookings: Sequence[Booking]


class DocumentHit(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is missing at a party's next ``bookings``, or has lapsed by then."""

    document: LapsingDocument
    bookings: Sequence[BookingView]
    more: int


class Morning(msgspec.Struct, frozen=True, kw_only=True):
    """``since``: from when on changes are shown; ``until``: up to when bookings are looked through. ``late``: running,
    and nobody has come. ``unready``: today's whose code is not on a door although the door is online. ``affected``:
    nobody has decided yet whether they go ahead. ``next``: the next one. ``seen``: keys of what the reader has seen."""

    site_config: SiteConfig
    seen: Sequence[str]
    now: datetime
    since: datetime
    until: datetime
    requests: Sequence[Request]
    calls: Sequence[Call]
    problems: Sequence[ShownReport]
    late: Sequence[BookingView]
    unready: Sequence[BookingView]
    affected: Sequence[BookingView]
    doors: Sequence[DoorDown]
    documents: Sequence[DocumentHit]
    new: Sequence[BookingView]
    moved: Sequence[BookingView]
    cancelled: Sequence[BookingView]
    unused: Sequence[BookingView]
    next: BookingView | None


def evening_before(now: datetime, zone: ZoneInfo, days: int = 1) -> datetime:
    """The evening so many days ago, by the clock on the wall; an hour that the clocks skip is an hour later, of one
    that comes twice it is the first."""
    day = local_time.local_day(now, zone) - timedelta(days=days)
    return local_time.instant_moved(datetime.combine(day, EVENING), zone)[0]


def day_after(now: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The first instant of the day so many days after today."""
    return local_time.day_start(local_time.local_day(now, zone) + timedelta(days=days), zone)


def is_heard(doors: Sequence[str], reports: Mapping[str, DoorReport]) -> bool:
    """Whether all these doors report, so that one can know who has come, and which codes they have."""
    return bool(doors) and all(door in reports and reports[door].online for door in doors)


def is_late(booking: Booking, now: datetime) -> bool:
    """Whether nobody has come, if its doors are heard."""
    return booking.status(now) is BookingStatus.CONFIRMED and booking.starts + LATE_AFTER <= now


def is_unready(view: BookingView, now: datetime) -> bool:
    """Whether a door does not have its code although it had time to get it."""
    missing = view.code_status.state in (CodeState.WAITING, CodeState.UNREACHABLE)
    return missing and view.booking.changed_at + MISSING_FOR <= now


def lapses_before(booking: Booking, until: date | None, zone: ZoneInfo) -> bool:
    """Whether a document that is valid ``until`` then, ``None``: that there is not, does not cover a booking."""
    return until is None or until < local_time.local_day(booking.starts, zone)
