"""Models of a booking, a request, and the effect of a change of hours, policy or building on one; the limits of the
time of any booking, each of which raises ``Invalid`` naming the field and the limit. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.platform.text import local_time, times
from controller.platform.web.fields import Moment, read_edge
from controller.platform.web.problem import invalid_field
from edge.wire.interval import Interval

HIRE_PAGE = "hire page"
"""Who made a booking that somebody without an account asked for, in its log."""
LONGEST = timedelta(days=31)
BEGUN = timedelta(hours=12)
"""How far back a booking may have begun when it is made."""
SHOWN_LONGEST = timedelta(days=62)
"""Most time whose bookings are listed at once."""


class BookingState(StrEnum):
    """What is stored of a booking's lifecycle; the rest of its ``BookingStatus`` follows from the times."""

    REQUESTED = "requested"
    """Asked for; holds no time."""
    HELD = "held"
    """Holds its time until somebody decides or ``held_until`` passes."""
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    RELEASED = "released"
    """Released, because its people did not come."""
    NO_SHOW = "no_show"
    """Over, kept its time, and nobody came."""


CLAIMING = frozenset({BookingState.HELD, BookingState.CONFIRMED, BookingState.NO_SHOW})
"""The states that hold time."""
UNDECIDED = frozenset({BookingState.REQUESTED, BookingState.HELD})
"""The states in which somebody has still to decide."""


class BookingStatus(StrEnum):
    """The status that people see: the state, combined with the time."""

    REQUESTED = "requested"
    HELD = "held"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    FINISHED = "finished"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    RELEASED = "released"
    NO_SHOW = "no_show"
    EXPIRED = "expired"
    """A hold that expired; the next request for its time removes it."""


class Arrival(StrEnum):
    """How it is known that a booking's people came."""

    CODE = "code"
    TABLET = "tablet"
    PRESENCE = "presence"


class EventKind(StrEnum):
    """What sort of event a public booking is, for people who look for something to do."""

    CHILDREN = "children"
    ARTS = "arts"
    SPORT = "sport"
    LEARNING = "learning"
    ADVICE = "advice"
    SOCIAL = "social"
    MEETING = "meeting"


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """So many of one equipment of the site."""

    equipment: str
    count: int


class Details(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is requested, without the time.

    ``party``: for whom. ``layout``: ``None`` for the space's default. ``seats``: of a pool. ``setup_min`` and
    ``cleardown_min``: its own minutes; the longest of booking, layout and space applies. ``public``: it is shown in
    what's on, under ``listed_as`` if that is not empty, with ``about`` and ``web_link``.
    """

    space: str
    title: str
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    key_holder: str = ""
    under_16s: bool = False
    public: bool = False
    listed_as: str = ""
    event_kind: EventKind | None = None
    about: str = ""
    web_link: str = ""
    notes: str = ""
    people: int | None = None
    party: str | None = None
    layout: str | None = None
    seats: int | None = None
    equipment: tuple[Need, ...] = ()
    setup_min: int | None = None
    cleardown_min: int | None = None

    def at(self, during: Interval, *, overrule: bool, by_rules: bool) -> "BookingRequest":
        """A request for a time."""
        own = {name: getattr(self, name) for name in Details.__struct_fields__}
        return BookingRequest(during=during, overrule=overrule, by_rules=by_rules, **own)


class BookingRequest(Details, frozen=True, kw_only=True):
    """A draft: checked for form, not yet against the diary. ``overrule``: a manager lets it into a buffer.
    ``by_rules``: judge it as if the party itself had asked for it."""

    during: Interval
    overrule: bool = False
    by_rules: bool = False


class Booking(Details, frozen=True, kw_only=True, omit_defaults=False):
    """A booking as stored. ``version`` counts its changes from 1. ``occurrence``: the wall time that its series gives
    it; ``changed_here``: the fields that an edit of the series leaves alone, comma between. ``state_before`` and
    ``ends_before``: what undoing its last change of state, or its early end, restores. ``diary``: whose outside diary
    it comes from; such a booking is a block. ``counted_in``: how many people came in who certainly belong to it,
    ``maybe_in``: how many more may belong to it."""

    id: str
    site: str
    series_id: str | None
    starts: datetime
    ends: datetime
    state: BookingState
    state_at: datetime | None = None
    held_until: datetime | None
    state_before: BookingState | None = None
    ends_before: datetime | None = None
    overruled: bool
    occurrence: str | None
    changed_here: str
    diary: str = ""
    let_in_at: datetime | None = None
    let_in_door: str | None = None
    arrived_at: datetime | None = None
    arrived_how: str = ""
    release_warned_at: datetime | None = None
    counted_in: int = 0
    maybe_in: int = 0
    manage_link_number: int = 0
    show_link_number: int = 0
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    version: int

    @property
    def during(self) -> Interval:
        return Interval(start=self.starts, end=self.ends)

    @property
    def asked(self) -> BookingRequest:
        """The request that it fulfils."""
        return self.at(self.during, overrule=self.overruled, by_rules=False)

    @property
    def claims(self) -> bool:
        """Whether its claims are in the database; those of an expired hold stay until somebody requests the time."""
        return self.state in CLAIMING

    @property
    def certain(self) -> bool:
        """Whether its people may come: it has a code, a session in the plan, a place in the arrivals."""
        return self.state is BookingState.CONFIRMED

    @property
    def hired(self) -> bool:
        """Whether somebody without an account asked for it, so that the hire policy also judges its changes."""
        return self.created_by == HIRE_PAGE

    @property
    def never_confirmed(self) -> bool:
        """Whether it is a request, or one that was declined or cancelled as such."""
        return self.state in UNDECIDED or (self.state is not BookingState.CONFIRMED and self.state_before in UNDECIDED)

    def expired(self, now: datetime) -> bool:
        """Whether it is a hold that has run out."""
        return self.state is BookingState.HELD and self.held_until is not None and self.held_until <= now

    def status(self, now: datetime) -> BookingStatus:
        """Derived from what happened and from the time; nothing has to run for a booking to finish."""
        if self.expired(now):
            return BookingStatus.EXPIRED
        if self.state is not BookingState.CONFIRMED:
            return BookingStatus(self.state.value)
        if self.ends <= now:
            return BookingStatus.FINISHED
        return BookingStatus.CONFIRMED if self.arrived_at is None else BookingStatus.ARRIVED


LONGEST_WHY = 2000
"""Longest reason in a booking's log, in characters."""


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in a booking's log. ``what``: book, change, move, cancel, restore."""

    at: datetime
    actor: str
    what: str
    why: str


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that holds the requested time. ``party`` and ``diary``: as in a booking. ``hidden``: the reader may see
    only that the time is taken."""

    id: str
    title: str
    space: str
    during: Interval
    party: str | None = None
    diary: str = ""
    hidden: bool = False


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What a write did to a booking. ``before``: ``None`` for one that is new."""

    before: Booking | None
    after: Booking


class Draft(Details, frozen=True, kw_only=True):
    """A request for a single booking, as ``BookingRequest``; its times wait for the site's zone."""

    starts: Moment
    ends: Moment
    overrule: bool = False
    by_rules: bool = False

    def asked(self, during: Interval) -> BookingRequest:
        """The request, once its time is known."""
        return self.at(during, overrule=self.overrule, by_rules=self.by_rules)


class BookingChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change in a booking; what is ``UNSET`` stays. ``version``: the version that the user has read, if
    given."""

    space: str | msgspec.UnsetType = msgspec.UNSET
    title: str | msgspec.UnsetType = msgspec.UNSET
    starts: Moment | msgspec.UnsetType = msgspec.UNSET
    ends: Moment | msgspec.UnsetType = msgspec.UNSET
    contact_name: str | msgspec.UnsetType = msgspec.UNSET
    contact_phone: str | msgspec.UnsetType = msgspec.UNSET
    contact_email: str | msgspec.UnsetType = msgspec.UNSET
    key_holder: str | msgspec.UnsetType = msgspec.UNSET
    under_16s: bool | msgspec.UnsetType = msgspec.UNSET
    public: bool | msgspec.UnsetType = msgspec.UNSET
    listed_as: str | msgspec.UnsetType = msgspec.UNSET
    event_kind: EventKind | msgspec.UnsetType | None = msgspec.UNSET
    about: str | msgspec.UnsetType = msgspec.UNSET
    web_link: str | msgspec.UnsetType = msgspec.UNSET
    notes: str | msgspec.UnsetType = msgspec.UNSET
    people: int | msgspec.UnsetType | None = msgspec.UNSET
    party: str | msgspec.UnsetType | None = msgspec.UNSET
    layout: str | msgspec.UnsetType | None = msgspec.UNSET
    seats: int | msgspec.UnsetType | None = msgspec.UNSET
    equipment: tuple[Need, ...] | msgspec.UnsetType = msgspec.UNSET
    setup_min: int | msgspec.UnsetType | None = msgspec.UNSET
    cleardown_min: int | msgspec.UnsetType | None = msgspec.UNSET
    overrule: bool = False
    by_rules: bool = False
    version: int | None = None


class Cause(StrEnum):
    """What kind of change it was."""

    CLOSED = "closed"
    """A closure, or the space's own hours: it could not be booked at that time any more."""
    MODE = "mode"
    """The building is less open than it was to be."""
    TERM = "term"
    """Its series keeps to school terms, and it lies outside them."""
    POLICY = "policy"
    """It goes beyond a window or a quota of the booking policy."""
    BUILDING = "building"
    """The space holds fewer people, cannot be booked any more, or leaves too little time between two bookings."""


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """One cause, as a complete text. ``kept_at`` and ``kept_by``: when and who decided that the booking goes ahead all
    the same; ``None`` while nobody has."""

    booking_id: str
    cause: Cause
    text: str
    at: datetime
    actor: str
    kept_at: datetime | None = None
    kept_by: str | None = None


def closed_text(impacts: Iterable[Impact]) -> str:
    """The notice for the people who come: that it is closed then, and whether they may come; empty where it is open."""
    for each in impacts:
        if each.cause is Cause.CLOSED:
            come = "Your booking goes ahead anyway." if each.kept_at else "Ask us before you come."
            return f"{each.text}. {come}"
    return ""


def booking_time(starts: datetime, ends: datetime) -> Interval:
    """The time between two instants. Raises ``Invalid`` unless it is above zero and at most 31 days."""
    if ends <= starts:
        why = "must be after starts, not at the same time" if ends == starts else "must be after starts"
        raise invalid_field("ends", why)
    if ends - starts > LONGEST:
        raise invalid_field("ends", f"must be at most {LONGEST.days} days after starts")
    return Interval(start=starts, end=ends)


def require_not_over(during: Interval, *, zone: ZoneInfo, now: datetime) -> None:
    """Raises ``Invalid`` for a time that is over."""
    if during.end <= now:
        raise invalid_field("ends", f"must be in the future; {times.at(during.end, zone, now=now)} is over")


def require_timely(during: Interval, *, zone: ZoneInfo, now: datetime) -> None:
    """Raises ``Invalid`` for a time that is over or began too long ago."""
    require_not_over(during, zone=zone, now=now)
    if during.start < now - BEGUN:
        hours = BEGUN.total_seconds() / 3600
        raise invalid_field("starts", f"must be at most {hours:.0f} hours ago")


def last_moment(during: Interval, *, now: datetime) -> datetime:
    """Until when a time can be held: to its start, or to its end once it has begun."""
    return during.start if during.start > now else during.end


def listed_time(starts: str, ends: str, zone: ZoneInfo, *, longest: timedelta = SHOWN_LONGEST) -> Interval:
    """The time between two moments or dates; a date means where its day begins. Raises ``Invalid``."""
    start, end = read_edge(starts, "from", zone), read_edge(ends, "to", zone)
    if end <= start:
        raise invalid_field("to", "must be after `from`")
    if end - start > longest:
        raise invalid_field("to", f"must be at most {longest.days} days after `from`")
    return Interval(start=start, end=end)


def clock_change_notes(during: Interval, zone: ZoneInfo) -> tuple[str, ...]:
    """Worth knowing of a requested time, though it refuses nothing: a night in which the clocks change."""
    on_the_wall = local_time.wall(during.end, zone) - local_time.wall(during.start, zone)
    real = during.end - during.start
    if real == on_the_wall:
        return ()
    word = "longer" if real > on_the_wall else "shorter"
    return (f"the clocks change: it lasts {times.duration(real)}, {times.duration(abs(real - on_the_wall))} {word}",)
