"""What bookings take and answer. Times in an answer carry the site's offset."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

import msgspec
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from controller.access.code_status import BookingDoorStatus, CodeState
from controller.bookings.day_counts import DayCount
from controller.bookings.diary.model import BookingChange, BookingStatus, Cause, Details, Draft, EventKind, Need
from controller.bookings.lifecycle import BookingAction
from controller.bookings.notice_board import BoardClosed, BoardEntry
from controller.people.model import Tier
from controller.platform.web.fields import (
    WITHOUT_CONTROL,
    Answer,
    Body,
    Email,
    Id,
    Line,
    LocalTime,
    MomentText,
    Name,
    Note,
    Page,
    Slug,
    WebLink,
    Whole,
    Yes,
    read_moment,
)
from controller.platform.web.problem import Conflict, ReasonBody


def _wall_text(text: str) -> str:
    if read_moment(text).wall is None:
        raise ValueError("must be the site's own time, without an offset, like 2026-11-25T18:00")
    return text


WallText = Annotated[str, AfterValidator(_wall_text), Field(examples=["2026-11-26T18:00"])]
"""A wall time of the site."""
People = Annotated[Whole, Field(ge=1, le=100_000)]
Minutes = Annotated[Whole, Field(ge=0, le=24 * 60)]
Equipment = Annotated[dict[Slug, Annotated[Whole, Field(ge=1, le=100_000)]], Field(max_length=30)]
"""How many of each of the site's equipment."""


About = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), WITHOUT_CONTROL]
"""Up to 500 characters that everybody may read, lines allowed."""


class BookingDetails(Body):
    """The requested details, without the time; ``BookingCreate`` describes the fields."""

    space: Slug
    title: Name
    contact_name: Line = ""
    contact_phone: Line = ""
    contact_email: Email = ""
    key_holder: Line = ""
    under_16s: Yes = False
    public: Yes = False
    listed_as: Line = ""
    event_kind: EventKind | None = None
    about: About = ""
    web_link: WebLink = ""
    notes: Note = ""
    people: People | None = None
    party: Slug | None = None
    layout: Slug | None = None
    seats: People | None = None
    equipment: Equipment = Field(default_factory=dict)
    setup_min: Minutes | None = None
    cleardown_min: Minutes | None = None
    overrule: Yes = False
    by_rules: Yes = False


class BookingCreate(BookingDetails):
    """A requested booking. Times have an offset, or are the site's local time.

    ``party``: for whom it is. ``layout``: left out, the space's default. ``seats``: of a pool. ``setup_min`` and
    ``cleardown_min``: its own minutes; the longest of booking, layout and space applies. ``overrule``: allow it in a
    buffer or change-over (managers). ``by_rules``: judge it as if its party had requested it. ``public``: show its
    title and time in what's on, to everybody. There ``listed_as`` is in place of the title if it is not empty, with
    ``event_kind``, ``about`` and ``web_link``, a web address.
    """

    starts: MomentText
    ends: MomentText

    def draft(self) -> Draft:
        read: dict[str, Any] = {
            "starts": read_moment(self.starts),
            "ends": read_moment(self.ends),
            "equipment": needs(self.equipment),
        }
        return Draft(**{name: read.get(name, getattr(self, name)) for name in Draft.__struct_fields__})


class BookingCheck(BookingCreate):
    """``id``: the booking to be moved; it is ignored in the check."""

    title: Line = ""
    id: Id | None = None


class DetailsUpdate(Body):
    """The changed details of a booking or a series."""

    never_null: ClassVar[frozenset[str]] = frozenset()
    """Fields that null does not clear, besides the details."""

    space: Slug | None = None
    title: Name | None = None
    contact_name: Line | None = None
    contact_phone: Line | None = None
    contact_email: Email | None = None
    key_holder: Line | None = None
    under_16s: Yes | None = None
    public: Yes | None = None
    listed_as: Line | None = None
    event_kind: EventKind | None = None
    about: About | None = None
    web_link: WebLink | None = None
    notes: Note | None = None
    people: People | None = None
    party: Slug | None = None
    layout: Slug | None = None
    seats: People | None = None
    equipment: Equipment | None = None
    setup_min: Minutes | None = None
    cleardown_min: Minutes | None = None
    overrule: Yes = False
    by_rules: Yes = False

    @model_validator(mode="after")
    def _nothing_emptied(self) -> Self:
        for name in sorted(self.model_fields_set & (_NEVER_NULL | self.never_null)):
            if getattr(self, name) is None:
                raise ValueError(f"{name} must not be null; leave it out to keep it")
        return self

    def details(self) -> dict[str, Any]:
        """The given fields; null clears a text."""
        given = {name: getattr(self, name) for name in self.model_fields_set & _DEFAULTS.keys()}
        given |= {name: "" for name, value in given.items() if value is None and _DEFAULTS[name] == ""}
        if "equipment" in given:
            given["equipment"] = needs(self.equipment or {})
        return given


_DEFAULTS = {field.name: field.default for field in msgspec.structs.fields(Details)}
_NEVER_NULL = frozenset(
    name for name, default in _DEFAULTS.items() if default is msgspec.NODEFAULT or isinstance(default, bool)
)


class BookingUpdate(DetailsUpdate):
    """The fields to change; fields left out stay. ``version``: refuse with 409 if it has changed.
    ``overrule`` and ``by_rules`` as in a new booking."""

    never_null: ClassVar[frozenset[str]] = frozenset({"starts", "ends"})

    starts: MomentText | None = None
    ends: MomentText | None = None
    version: Annotated[Whole, Field(ge=1)] | None = None

    def change(self) -> BookingChange:
        times = {name: read_moment(getattr(self, name)) for name in ("starts", "ends") if name in self.model_fields_set}
        how = {"overrule": self.overrule, "by_rules": self.by_rules, "version": self.version}
        return msgspec.structs.replace(BookingChange(), **self.details(), **times, **how)


def needs(equipment: Mapping[str, int]) -> tuple[Need, ...]:
    return tuple(Need(equipment=each, count=count) for each, count in sorted(equipment.items()))


class CancelBody(Body):
    reason: Note = ""


class ApproveBody(Body):
    """``overrule``: also confirm it in a buffer or change-over."""

    reason: Note = ""
    overrule: Yes = False


class DeclineBody(Body):
    """``reason``: shown to the person who asked."""

    reason: Annotated[Note, StringConstraints(min_length=1)]


class CodeWindow(Answer):
    """When the code opens: the booking with its lead-in and lag."""

    starts: LocalTime
    ends: LocalTime


class OnOneDoor(Answer, of=BookingDoorStatus): ...


class OnDoor(Answer):
    """``state``: ``on`` every door; ``later`` if it is not due yet; ``waiting`` or ``unreachable`` while one does
    not have it; ``removing`` while one may still open to a code that should be off; ``gone``; ``none`` where there
    is no door."""

    state: CodeState
    text: str
    doors: list[OnOneDoor]


class DoorCode(Answer):
    """A code with the names of the doors that it opens."""

    code: str
    doors: list[str]


class OfflineCodeRead(Answer):
    """A code that a door checks by itself while it is offline."""

    door: str
    name: str
    code: str
    starts: LocalTime
    ends: LocalTime
    text: str


class OfferRead(Answer):
    """``wait``: the place in the waiting list that it is offered to, and that accepts or declines it by ``until``."""

    wait: str
    until: LocalTime


class ImpactRead(Answer):
    """What a change did to a booking. ``cause``: ``closed`` by a closure or the space's own hours, ``mode``: the
    building is less open than planned, ``term``: its series keeps to school terms and it lies outside them,
    ``policy``: it exceeds a window or a quota, ``building``: the space has changed. ``kept_at``: when somebody
    decided that the booking goes ahead anyway; null while undecided."""

    cause: Cause
    text: str
    at: LocalTime
    actor: str
    kept_at: LocalTime | None
    kept_by: str | None


class DetailsRead(Answer):
    """What a booking or a series is for."""

    space: str
    title: str
    contact_name: str
    contact_phone: str
    contact_email: str
    key_holder: str
    under_16s: bool
    public: bool
    listed_as: str
    event_kind: EventKind | None
    about: str
    web_link: str
    notes: str
    people: int | None
    party: str | None
    layout: str | None
    seats: int | None
    equipment: dict[str, int]
    setup_min: int | None
    cleardown_min: int | None


class BookingRead(DetailsRead):
    """``status``: its status, ``why``: the reason if it is not confirmed, ``held_until``: when a hold expires.
    ``offer``: of a hold that is on offer to somebody who waited for its time; null once it is answered, and for any
    other booking. ``warned_at``: when its people were warned that nobody has come; ``release_at``: when it is released
    if nobody arrives; ``kept``: why it has not been released although that time is over, not yet or, where
    ``release_at`` is null, never. ``setup_starts`` and ``cleardown_ends``: the booking with set-up and clear-down.
    ``ends_before``: its end before it was finished early. ``contact_name``, ``contact_phone``, ``contact_email``: its
    own, or else its party's. ``code``: of a confirmed one; where doors have their own, that of the first door, and
    ``codes`` has all. ``offline_codes``: for doors that are offline. Codes are shown in the answer that creates
    them and masked afterwards, as in ``48••••``; ``POST /bookings/{id}/code`` shows them. ``still_opens``: what its own
    code still opens and should not. ``lingering``: what other bookings' old codes still open during this one.
    ``message``: a text to send, whose codes are masked too unless the booking is the user's own. ``link``: its door
    page, a secret. ``diary``: whose outside diary it comes from; empty for any other booking. ``affected_by``: changes
    that affect it, and how. ``actions``: what the user can do now."""

    id: str
    site: str
    site_name: str
    space_name: str
    party_name: str | None
    party_tier: Tier | None
    layout_name: str | None
    overruled: bool
    starts: LocalTime
    ends: LocalTime
    setup_starts: LocalTime
    cleardown_ends: LocalTime
    ends_before: LocalTime | None
    status: BookingStatus
    why: str
    held_until: LocalTime | None
    offer: OfferRead | None
    warned_at: LocalTime | None
    release_at: LocalTime | None
    kept: str
    series: str | None
    diary: str
    affected_by: list[ImpactRead]
    code: str | None
    codes: list[DoorCode]
    offline_codes: list[OfflineCodeRead]
    code_window: CodeWindow
    on_door: OnDoor
    still_opens: list[str]
    lingering: list[str]
    arrived_at: LocalTime | None
    arrived_how: str
    counted_in: int
    link: str
    show_link: str
    message: str
    actor: str
    created_at: LocalTime
    changed_at: LocalTime
    cancelled_at: LocalTime | None
    version: int
    actions: list[BookingAction]


class BookingList(Answer):
    items: list[BookingRead]


class DayCountRead(Answer, of=DayCount):
    """``bookings``: those that take time on the day. ``requests``: those that wait for approval, as far as the user
    sees them. ``share``: what is taken of the time of all rooms between 08:00 and 22:00, 0 to 1. ``closed``: why the
    site is closed on the day, a sentence; else empty. ``partly``: only for a part of it."""


class DayCountList(Answer):
    items: list[DayCountRead]


class BoardEntryRead(Answer, of=BoardEntry):
    """``who``: the public title of a public booking, or the group where the site's tablets name groups; else empty: the
    space is only in use."""


class BoardClosedRead(Answer, of=BoardClosed):
    """A time in which a space that can be booked is closed. The reason is for the staff, and is left out."""


class BoardRead(Answer):
    items: list[BoardEntryRead]
    closed: list[BoardClosedRead]


class BookingPage(Page[BookingRead]): ...


class RequestRead(BookingRead):
    """A booking that waits for approval. ``reasons``: what prevents approving it now; empty for users who cannot
    decide. ``approve`` is among the ``actions`` only where it is possible, if necessary by overruling a buffer."""

    reasons: list[ReasonBody]


class OwnBookingRead(BookingRead):
    """A booking of a party of the user's own. Its codes are in full while the user may see them. ``step_free``: its
    space can be reached without steps."""

    step_free: bool


class OwnBookingPage(Page[OwnBookingRead]): ...


class RequestPage(Page[RequestRead]): ...


class LogEntryRead(Answer):
    """``what``: book, change, move, approve, decline, cancel, restore, finish, check in, check out, expire, warn,
    release, no-show and the like. ``reason`` is empty where none was given."""

    at: LocalTime
    actor: str
    what: str
    reason: str


class BookingLog(Answer):
    """Oldest first."""

    items: list[LogEntryRead]


class CheckRead(Answer):
    """``free``: it can be booked; ``needs_approval``: it then waits for a manager. ``reasons``: everything that
    refuses it, or for which it needs approval. ``conflicts``: the bookings among them. ``lingering`` and ``notes``
    are information only."""

    free: bool
    needs_approval: bool
    reasons: list[ReasonBody]
    conflicts: list[Conflict]
    lingering: list[str]
    notes: list[str]
