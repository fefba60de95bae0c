"""What a notice is, and what its recipient knows of a booking. Pure."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.diary.model import BookingStatus
from controller.platform.text import local_time

CAME_BACK = "came back: "
"""How the reply of a mail begins that the server took and sent back."""


class Channel(StrEnum):
    """By which way a notice goes."""

    MAIL = "mail"
    SMS = "sms"


class NoticeState(StrEnum):
    """How far a notice is."""

    WAITING = "waiting"
    """Written down; rendered and sent when it is due, or tried again then."""
    SENDING = "sending"
    """On its way to the mail server or the SMS gateway. After a crash it is sent again, with the same Message-ID."""
    SENT = "sent"
    """The server took it."""
    FAILED = "failed"
    """The server refused it, or was not reached for days."""
    SKIPPED = "skipped"
    """When it was due, there was nothing that its recipient did not know."""
    NO_ADDRESS = "no_address"
    """There is no address to write to: ring the person."""


class NoticeKind(StrEnum):
    """What has happened, as the subject line says it."""

    REQUESTED = "Requested"
    CONFIRMED = "Confirmed"
    MOVED = "Moved"
    ENDED_EARLY = "Ended early"
    NEW_CODE = "New door code"
    DECLINED = "Declined"
    CANCELLED = "Cancelled"
    RELEASED = "Cancelled, nobody came"
    EXPIRED = "Not confirmed in time"
    OFFERED = "Offered to you"
    LATE = "Nobody has arrived yet"
    CLOSED = "The building is closed then"
    REOPENED = "Open after all"
    REMINDER = "Reminder"
    DOOR_TROUBLE = "Door trouble"
    DOOR_WORKS = "The door works again"
    LAPSING = "Document ends soon"
    """An insurance or the like, or a DBS check."""
    PROBLEM = "Reported problem"
    """For those who run a site and chose it."""
    DIGEST = "What waits for you"
    """For those who run a site."""
    DANGER = "Danger"
    """An alert of danger that nobody has seen; for those who run a site."""
    ALERT = "Needs somebody"
    """A serious alert that nobody has seen; for those who run a site."""


OF_WHO_RUNS_A_SITE = frozenset({NoticeKind.PROBLEM, NoticeKind.DANGER, NoticeKind.ALERT})
_OTHERS = frozenset({NoticeKind.LAPSING, NoticeKind.DIGEST}) | OF_WHO_RUNS_A_SITE
BOOKING_KINDS = tuple(each for each in NoticeKind if each not in _OTHERS)
"""Those about bookings."""


class NoticeTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A site's own wording of its notices of one kind. ``version`` is 0 where it has none, and they are as usual."""

    kind: NoticeKind
    text: str
    version: int


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """``about``: the id of a booking, a series, a bundle of bookings, a document, a DBS check, a problem, a digest or
    alerts. ``contact_address``: a mail address, or a mobile number in E.164; empty for none. ``due_at``: when it is
    sent, or tried again. ``tried_at``: when it was tried first. ``reply``: the server's last words. ``whole``: it
    tells all that is ahead, whether it has changed or not, since its address is new. ``told_since``: of a digest that
    was sent, since when it told."""

    id: str
    site: str
    about: str
    party: str | None
    channel: Channel
    contact_address: str
    state: NoticeState
    made_at: datetime
    due_at: datetime
    tried_at: datetime | None
    attempts: int
    ended_at: datetime | None
    subject: str
    reply: str
    whole: bool = False
    told_since: datetime | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an address knows of a booking since the last notice. ``address_tag``, ``code_tag``: keyed digests of the
    address and of the codes; empty where there are none. ``closed_tag``: that of the text which says that it is closed
    then; ``None`` where it is open. ``warned``: that nobody had arrived. ``reminded``: on the day before, or later.
    ``door_trouble``: ids of doors that do not work. ``notice``: the one that told it; ``None``: not recorded."""

    booking_id: str
    address_tag: bytes
    status: BookingStatus
    space: str
    starts: datetime
    ends: datetime
    code_tag: bytes
    closed_tag: bytes | None
    warned: bool
    reminded: bool
    door_trouble: str = ""
    notice: str | None = None


def remind_at(starts: datetime, zone: ZoneInfo, hour: int | None) -> datetime | None:
    """When people are reminded of what begins then: at the hour of the day before, by the site's clock; in the
    night when that is skipped an hour later. ``None``: never."""
    if hour is None:
        return None
    day = local_time.local_day(starts, zone) - timedelta(days=1)
    return local_time.instant_moved(datetime.combine(day, time(hour)), zone)[0]
