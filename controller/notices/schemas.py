"""What the routes of notices answer. Texts of notices are not kept: they have codes in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from controller.bookings.diary.site_config import SiteConfig
from controller.notices.calls import Call
from controller.notices.model import Channel, Notice, NoticeKind, NoticeState
from controller.platform.text import local_time
from controller.platform.web.fields import Answer, Body, LocalTime, MomentText, Name, Page, answer_of, page_of

BookingKindName = Literal[
    "requested",
    "confirmed",
    "moved",
    "ended_early",
    "new_code",
    "declined",
    "cancelled",
    "released",
    "expired",
    "offered",
    "late",
    "closed",
    "reopened",
    "reminder",
    "door_trouble",
    "door_works",
]
KindName = Literal[BookingKindName, "lapsing", "problem", "digest", "danger", "alert"]


class NoticeRead(Answer):
    """`about`: the id of a booking, a series, what was changed together, a document, a DBS check, a problem, a
    digest or alerts. `due_at`: when it is sent, or tried again. `reply`: the server's last words. `subject` is empty
    until it is rendered."""

    id: str
    about: str
    party: str | None
    channel: Channel
    contact_address: str
    state: NoticeState
    made_at: LocalTime
    due_at: LocalTime
    ended_at: LocalTime | None
    attempts: int
    subject: str
    reply: str


class NoticePage(Page[NoticeRead]):
    """The newest first. ``next``: give it as ``after`` for the next page; null on the last one."""


class NoticeStatus(Answer):
    """`sends`: whether a mail server or an SMS gateway is set up. `paused_at`: since when nothing is sent.
    `waiting`: how many are not sent yet."""

    sends: bool
    paused_at: str | None
    waiting: int


def notice_answer(notice: Notice, zone: ZoneInfo) -> NoticeRead:
    return answer_of(NoticeRead, notice, zone)


def notice_page(notices: Sequence[Notice], zone: ZoneInfo, *, limit: int) -> NoticePage:
    """``notices``: one more than ``limit`` where there are more."""
    return page_of(NoticePage, notices, limit, lambda each: notice_answer(each, zone), key=lambda each: each.id)


def status_answer(*, sends: bool, paused: datetime | None, waiting: int, zone: ZoneInfo) -> NoticeStatus:
    paused_at = local_time.rfc3339(paused, zone) if paused else None
    return NoticeStatus(sends=sends, paused_at=paused_at, waiting=waiting)


def kind_of(name: KindName) -> NoticeKind:
    return NoticeKind[name.upper()]


class CallRead(Answer):
    """`text`: what changed, without a code, or why somebody (`made_by`) put it on the list. `name`, `phone`: whom to
    ring; empty where nobody knows it. `booking_id`: the next booking that it is about, null for none. `due_at`: when
    that begins, or by when to ring; null where nothing is ahead. `called_at`: when somebody has rung, and who
    (`called_by`). `tries`, `tried_at`: how often nobody answered, and when last."""

    id: str
    made_at: LocalTime
    text: str
    name: str
    phone: str
    booking_id: str | None
    called_at: LocalTime | None
    called_by: str
    due_at: LocalTime | None
    made_by: str
    tries: int
    tried_at: LocalTime | None


class CallBody(Body):
    """Whom to ring and why. `due`: by when, by the site's clock."""

    name: Name
    phone: Name
    why: Name
    due: MomentText


class CallList(Answer):
    """At most 500."""

    items: list[CallRead]


def call_list(site_config: SiteConfig, calls: Sequence[Call]) -> CallList:
    return CallList(items=[answer_of(CallRead, each, site_config.site.tz) for each in calls])
