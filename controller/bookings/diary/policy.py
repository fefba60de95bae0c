"""A site's booking policy: who is confirmed at once, who may book how early and how much, who shares a door code, and
the release of no-shows. One document per site, read and written as a whole. Pure."""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Protocol
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from controller.people.model import Tier
from controller.platform.text import local_time
from edge.wire.plan import Mode

_NAMES = UUID("6f1c0d52-3c1b-5a37-9a0e-4b1f0f2b7c11")
"""Under which the ids of groups and seasons are made; never another, or every shared code would be."""
SUMMER = range(4, 10)
"""Months of the summer season; the rest is the winter, which is named after the year it begins in."""


class CodePer(StrEnum):
    """What has one code."""

    BOOKING = "booking"
    SERIES = "series"
    """All dates of a series; a single booking has its own."""
    GROUP = "group"
    """All bookings of a party at the site."""
    SEASON = "season"
    """All bookings of a party at the site that begin from April to September, or from October to March."""


class CodeRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How codes are issued in some spaces; without ``spaces`` in all. ``each_door``: every door on the way in has a
    code of its own."""

    per: CodePer = CodePer.BOOKING
    each_door: bool = False
    spaces: tuple[str, ...] = ()


PLAIN = CodeRule()
"""Where no rule fits."""


class Sharer(Protocol):
    """What of a booking says with whom it shares."""

    @property
    def id(self) -> str: ...
    @property
    def site(self) -> str: ...
    @property
    def series_id(self) -> str | None: ...
    @property
    def party(self) -> str | None: ...
    @property
    def starts(self) -> datetime: ...


def owner(rule: CodeRule, booking: Sharer, zone: ZoneInfo) -> str:
    """The id of those who share the booking's code; its own where it shares with nobody."""
    if rule.per is CodePer.SERIES and booking.series_id is not None:
        return booking.series_id
    if rule.per in (CodePer.GROUP, CodePer.SEASON) and booking.party is not None:
        name = f"{booking.site} {booking.party}"
        if rule.per is CodePer.SEASON:
            name += f" {season(booking.starts, zone)}"
        return str(uuid5(_NAMES, name))
    return booking.id


def season(starts: datetime, zone: ZoneInfo) -> str:
    """“2026 summer”, “2026 winter”: that in which something begins, by the site's calendar."""
    day = local_time.local_day(starts, zone)
    if day.month in SUMMER:
        return f"{day.year} summer"
    return f"{day.year - (day.month < SUMMER.start)} winter"


class ApprovalRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Confirms at once whatever it fits; an empty list or ``None`` asks for nothing. ``modes``: every mode the booking
    meets must be one of these. ``most_a_week``: bookings of its party in that local week, this one included."""

    name: str
    tiers: tuple[Tier, ...] = ()
    parties: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    most_minutes: int | None = None
    most_days_ahead: int | None = None
    most_people: int | None = None
    most_a_week: int | None = None
    no_under_16s: bool = False


class PriorityWindow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many days ahead a tier may book; without ``spaces``, all of them. The most particular one holds."""

    tier: Tier
    days: int
    spaces: tuple[str, ...] = ()


class QuotaPeriod(StrEnum):
    """The time over which a quota counts, by the site's calendar; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    AHEAD = "ahead"
    """All that is still to come."""


class Quota(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """At most so much for a party in any ``per``. Empty lists ask for nothing; ``spaces``: only these count."""

    name: str
    per: QuotaPeriod
    tiers: tuple[Tier, ...] = ()
    parties: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    most_bookings: int | None = None
    most_minutes: int | None = None


class ReleaseRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A booking whose people have not come ``after_min`` minutes after its start is released, warned ``warn_min``
    minutes before that. Without ``spaces`` it applies to all spaces, without ``tiers`` to everyone.

    ``check_in``: only a code or a check-in counts as coming; otherwise anybody who walks in at its doors may be them.
    """

    after_min: int
    warn_min: int = 10
    check_in: bool = False
    spaces: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()


class Lapsing(StrEnum):
    """What comes of a document that has lapsed. What is confirmed stays so, also when it is changed within its old time
    or begins within a day (``change_impact.keeps_terms``)."""

    WARN = "warn"
    """Its party and the managers are told."""
    HOLD = "hold"
    """Besides, new bookings wait for a manager, and so do other changes."""


class DocumentRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A kind of document that a site asks for, or ``safeguarding``. ``needed``: also a party that never had one counts
    as one whose document has lapsed; ``Lapsing.HOLD`` needs it. What counts is today, by the site's clock. Without
    ``tiers`` it applies to every party."""

    kind: str
    name: str
    needed: bool = False
    lapsing: Lapsing = Lapsing.WARN
    tiers: tuple[Tier, ...] = ()

    def applies(self, tier: Tier) -> bool:
        return not self.tiers or tier in self.tiers


class HirePolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What people who have not signed in may ask for. ``terms``: the text that they accept. ``spaces``: these only,
    without any every bookable one. ``tier``: what their requests count as. ``confirms``: the approval rules may confirm
    them at once; otherwise a manager decides on each. ``most_days_ahead``: 0 is today. ``most_waiting``: of their
    requests wait for a decision at once, and of them the rules confirm while they are still to come."""

    terms: str
    spaces: tuple[str, ...] = ()
    tier: Tier = Tier.COMMUNITY
    confirms: bool = False
    most_days_ahead: int = 365
    most_waiting: int = 20

    @property
    def terms_version(self) -> str:
        """Names the text: another text has another version."""
        return sha256(self.terms.encode()).hexdigest()[:12]

    def takes(self, space: str) -> bool:
        return not self.spaces or space in self.spaces


class InductionRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many people of a party must have had the site's induction for what it books while there is no staff. Without
    ``spaces`` it applies to all spaces, without ``tiers`` to everyone."""

    people: int = 1
    spaces: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()

    def applies(self, tier: Tier, space: str) -> bool:
        return (not self.tiers or tier in self.tiers) and (not self.spaces or space in self.spaces)


class PublicPagePolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``shown``: the site has a public page. What this says besides the public events: ``in_use``: also when spaces are
    taken by others, as “In use”. ``unstaffed``: also when it is open to members only, without staff. ``access``: about
    getting in and about, in the site's own words. ``contact``: whom to ask."""

    shown: bool = False
    in_use: bool = False
    unstaffed: bool = False
    access: str = ""
    contact: str = ""


class Policy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``rules``: the first that fits confirms; none, and a manager decides. ``hold_hours``: how long a request holds
    its time, ``None`` until its start. ``requests_hold``: False lets requests pile up without holding the time.
    ``offer_hours``: how long a waiting party has to accept. ``release``: the first that fits; none, and none is.
    ``codes``: the first that fits; none, and each booking has its own. ``lead_in_min`` and ``lag_min``: how long before
    and after a booking its code opens; ``None``: the controller's settings apply. ``notice_min``: the minimum notice;
    what begins sooner waits for a manager, with ``None`` not even what has begun. ``reminder_hour``: the hour of the
    day before at which people are reminded; ``None``: never. ``documents``: what parties have to show.
    ``induction``: the first that fits; none, and nobody needs one.
    ``document_reminder_days``: how many days before a document ends its party is reminded. ``hire``: ``None``: who has
    not signed in asks for nothing. ``quiet_hours``: in which text messages wait that can, by the site's clock;
    ``None``: never. ``quiet_mail``: mails wait too. ``public_page``: what it shows to everybody. ``tablet_names``:
    tablets at rooms show which group is there. ``tablet_end``, ``tablet_book``: who types a booking's code there may
    end it early; make it longer, or book the room."""

    rules: tuple[ApprovalRule, ...] = ()
    windows: tuple[PriorityWindow, ...] = ()
    quotas: tuple[Quota, ...] = ()
    release: tuple[ReleaseRule, ...] = ()
    requests_hold: bool = True
    hold_hours: int | None = 72
    notice_min: int | None = 0
    offer_hours: int = 24
    codes: tuple[CodeRule, ...] = ()
    member_age: int = 16
    lead_in_min: int | None = None
    lag_min: int | None = None
    reminder_hour: int | None = 17
    documents: tuple[DocumentRule, ...] = ()
    induction: tuple[InductionRule, ...] = ()
    document_reminder_days: tuple[int, ...] = (60, 30, 7)
    hire: HirePolicy | None = None
    quiet_hours: str | None = "21:30-07:30"
    quiet_mail: bool = False
    public_page: PublicPagePolicy = PublicPagePolicy()
    tablet_names: bool = False
    tablet_end: bool = False
    tablet_book: bool = False

    def release_rule(self, space: str, tier: Tier) -> ReleaseRule | None:
        """By which bookings of a tier in a space are released."""
        for rule in self.release:
            if (not rule.spaces or space in rule.spaces) and (not rule.tiers or tier in rule.tiers):
                return rule
        return None

    def code_rule(self, space: str) -> CodeRule:
        """How codes are issued in a space."""
        return next((rule for rule in self.codes if not rule.spaces or space in rule.spaces), PLAIN)
