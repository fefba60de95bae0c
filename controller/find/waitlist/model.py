"""A request to wait, when waiting can help, and what the waiting list refuses."""

import msgspec

from controller.bookings.diary.model import BookingRequest, Draft
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.rules.model import ReasonKind, RuleReason
from controller.platform.web.problem import Conflicting, NotFound

PASSING = frozenset(
    {
        ReasonKind.CLASH,
        ReasonKind.BUFFER,
        ReasonKind.CHANGEOVER,
        ReasonKind.EQUIPMENT,
        ReasonKind.SEATS,
        ReasonKind.QUOTA,
        ReasonKind.TOO_EARLY,
        ReasonKind.CLOSED,
    }
)
"""Reasons that may go away by themselves; waiting does not change the others."""


def may_pass(reason: RuleReason, asked: BookingRequest, site_config: SiteConfig) -> bool:
    """Whether waiting can help against a reason. More than there is of a thing never comes free."""
    if reason.why is ReasonKind.EQUIPMENT:
        found = site_config.equipment.get(reason.field.partition(".")[2])
        return found is not None and reason.asked is not None and reason.asked <= found.count
    if reason.why is ReasonKind.SEATS and reason.field == "seats":
        size = site_config.require(asked.space).space.pool_size
        return size is not None and reason.asked is not None and reason.asked <= size
    return reason.why in PASSING


class WaitDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A request to wait. ``also``: other spaces that would do, the best first."""

    request: Draft
    also: tuple[str, ...] = ()


class WaitUnknown(NotFound):
    def __init__(self, wait_id: str) -> None:
        super().__init__(f"there is no entry {wait_id!r} on a waiting list; look for it in the list of its site")


class NothingToWaitFor(Conflicting, kind="nothing-to-wait-for", title="Waiting would not help"):
    """The time can be had at once, or never."""


class InLine(Conflicting, kind="in-line", title="It is on the waiting list already"):
    """One party has one place for a space and a time."""

    def __init__(self, title: str) -> None:
        super().__init__(f"the group waits for that time already, with “{title}”; it keeps that place")


class NotBack(Conflicting, kind="not-back-in-line", title="The place on the waiting list is gone"):
    """Only what was left within the hour, before its time began, can be undone."""

    def __init__(self) -> None:
        super().__init__("this can no longer be undone; wait for the time once more")


class NoOffer(Conflicting, kind="no-offer", title="Nothing is on offer"):
    """There is no offer to accept or decline."""
