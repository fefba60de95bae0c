"""The verdict on a request, and why: reasons in words and in data. Pure."""

from datetime import date
from enum import StrEnum

import msgspec

from controller.diary.model import Claimed


class ReasonKind(StrEnum):
    """The kinds of reasons, the hardest first."""

    UNBOOKABLE = "unbookable"
    CLASH = "clash"
    CLOSED = "closed"
    CAPACITY = "capacity"
    LAYOUT = "layout"
    EQUIPMENT = "equipment"
    SEATS = "seats"
    BUFFER = "buffer"
    CHANGEOVER = "changeover"
    TOO_EARLY = "too_early"
    """The window of its tier has not opened yet."""
    QUOTA = "quota"
    APPROVAL = "approval"
    """Only a manager's approval is missing."""


ADVICE = frozenset({ReasonKind.APPROVAL})
"""Reasons that refuse nothing: the booking waits for approval."""
OVERRULED = frozenset({ReasonKind.BUFFER, ReasonKind.CHANGEOVER})
"""Reasons that a manager may overrule after a warning."""
_TAKEN = frozenset({ReasonKind.CLASH, ReasonKind.BUFFER, ReasonKind.CHANGEOVER})
_SHARED = frozenset({ReasonKind.EQUIPMENT, ReasonKind.SEATS})
LIFTED = frozenset({ReasonKind.TOO_EARLY, ReasonKind.QUOTA, ReasonKind.APPROVAL})
"""Reasons that hold for parties and not for a manager who books for one."""


class RuleReason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason. ``field``: the field of the request that it is about. ``asked`` and ``limit``: the figures, in the
    unit that ``text`` names; times are minutes. ``conflicts``: the bookings it is about. ``last`` and ``first``: it
    does not apply up to the local day ``last``, nor from the local day ``first`` on."""

    why: ReasonKind
    text: str
    field: str
    conflicts: tuple[Claimed, ...] = ()
    asked: float | None = None
    limit: float | None = None
    last: date | None = None
    first: date | None = None

    @property
    def taken(self) -> bool:
        """Whether other bookings hold what it is about, and may release it."""
        return self.why in _TAKEN or (self.why in _SHARED and bool(self.conflicts))


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """All reasons against a request, hardest first. Empty: it is free and confirmed at once.

    ``expired``: ids of expired holds that it replaces, for ``write_claims``.
    """

    reasons: tuple[RuleReason, ...] = ()
    expired: tuple[str, ...] = ()

    @property
    def refusals(self) -> tuple[RuleReason, ...]:
        """The reasons that refuse it."""
        return tuple(each for each in self.reasons if each.why not in ADVICE)

    @property
    def possible(self) -> bool:
        return not self.refusals

    @property
    def askable(self) -> bool:
        """Whether it can at least be requested: nothing refuses it but other bookings."""
        return all(each.taken for each in self.refusals)

    @property
    def needs_approval(self) -> bool:
        return any(each.why is ReasonKind.APPROVAL for each in self.reasons)

    @property
    def conflicts(self) -> tuple[Claimed, ...]:
        """The bookings that hold what it wants, each once; those that a quota counts do not."""
        standing = (reason for reason in self.refusals if reason.why is not ReasonKind.QUOTA)
        return tuple({each: None for reason in standing for each in reason.conflicts})
