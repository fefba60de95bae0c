"""A site's booking policy: who is confirmed at once, who may book how early and how much, and the release of no-shows.
One document per site, read and written as a whole. Pure."""

from enum import StrEnum

import msgspec

from controller.diary.code_sharing import PLAIN, CodeRule
from controller.people.model import Tier
from edge.wire.plan import Mode


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


class Policy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``rules``: the first that fits confirms; none, and a manager decides. ``hold_hours``: how long a request holds
    its time, ``None`` until its start. ``requests_hold``: False lets requests pile up without holding the time.
    ``offer_hours``: how long a waiting party has to accept. ``release``: the first that fits; none, and none is.
    ``codes``: the first that fits; none, and each booking has its own. ``lead_in_min`` and ``lag_min``: how long before
    and after a booking its code opens; ``None``: as the controller has it. ``notice_min``: the minimum notice; what
    begins sooner waits for a manager, with ``None`` not even what has begun."""

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

    def code_rule(self, space: str) -> CodeRule:
        """How codes are given out in a space."""
        return next((rule for rule in self.codes if not rule.spaces or space in rule.spaces), PLAIN)
