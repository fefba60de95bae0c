"""When a booking whose people have not arrived is warned, released, marked as a no-show, or confirmed again because
they came late. Pure.

Absence counts only where every edge of the booking's doors has reported past the moment in question.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from controller.bookings.diary.model import Arrival, Booking, BookingState
from controller.bookings.diary.policy import ReleaseRule

FORGOTTEN_AFTER = timedelta(days=2)
"""How long after its end a booking may still become a no-show, if its doors were offline until then."""


class NoShowAction(StrEnum):
    """What to do with a booking."""

    NOTHING = "nothing"
    HEAR = "hear"
    """It is due, but not every edge of its doors has reported past that time."""
    WARN = "warn"
    RELEASE = "release"
    NO_SHOW = "no_show"
    TAKE_UP = "take_up"
    """It was released, but its people came after all."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a booking's doors. ``heard_until``: the time up to which all their edges' events are committed;
    ``None`` where one is offline, behind, without a right clock, or was not running for a part of the time, and
    where there is no door. ``missing``: text for what is not known; ``for_good``: it never will be."""

    heard_until: datetime | None
    missing: str = ""
    for_good: bool = False


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of a rule on one booking."""

    warn_at: datetime
    release_at: datetime


def course(booking: Booking, rule: ReleaseRule | None) -> Course | None:
    """When it is warned and released if nobody comes; ``None`` where no rule does so, or not before its end.

    A late warning moves the release: nobody loses a room without a warning.
    """
    if rule is None:
        return None
    release_at = booking.starts + timedelta(minutes=rule.after_min)
    warn = timedelta(minutes=rule.warn_min)
    if booking.release_warned_at is not None:
        release_at = max(release_at, booking.release_warned_at + warn)
    if release_at >= booking.ends:
        return None
    return Course(warn_at=max(booking.starts, release_at - warn), release_at=release_at)


def given_back_at(booking: Booking, rule: ReleaseRule, now: datetime) -> datetime | None:
    """When a booking that may still run is released if nobody comes; ``None`` where it never is."""
    if booking.state is not BookingState.CONFIRMED or booking.ends <= now or came(booking, rule):
        return None
    planned = course(booking, rule)
    return planned.release_at if planned else None


def came(booking: Booking, rule: ReleaseRule | None) -> bool:
    """Whether its people came, or may have: its code was accepted, somebody checked in, or, unless the rule wants a
    check-in, anybody walked in at its doors."""
    by_presence = booking.arrived_how == Arrival.PRESENCE
    if booking.let_in_at is not None or (booking.arrived_at is not None and not by_presence):
        return True
    return (by_presence or booking.counted_in + booking.maybe_in > 0) and not (rule is not None and rule.check_in)


def step(booking: Booking, rule: ReleaseRule | None, evidence: Evidence, now: datetime) -> NoShowAction:
    """What is due now."""
    if booking.state is BookingState.RELEASED and booking.let_in_at is not None and now < booking.ends:
        return NoShowAction.TAKE_UP
    if booking.state is not BookingState.CONFIRMED or now < booking.starts or came(booking, rule):
        return NoShowAction.NOTHING
    if now >= booking.ends:
        if now >= booking.ends + FORGOTTEN_AFTER or came(booking, None):
            return NoShowAction.NOTHING
        return NoShowAction.NO_SHOW if _known(evidence, booking.ends) else NoShowAction.HEAR
    planned = course(booking, rule)
    if planned is None:
        return NoShowAction.NOTHING
    if booking.release_warned_at is None:
        due, then = planned.warn_at, NoShowAction.WARN
    else:
        due, then = planned.release_at, NoShowAction.RELEASE
    if now < due:
        return NoShowAction.NOTHING
    return then if _known(evidence, due) else NoShowAction.HEAR


def _known(evidence: Evidence, moment: datetime) -> bool:
    return evidence.heard_until is not None and evidence.heard_until >= moment


def next_due(found: Sequence[tuple[Booking, ReleaseRule | None]], now: datetime) -> datetime | None:
    """When the next of these is due, if later than ``now``."""
    times = []
    for booking, rule in found:
        planned = course(booking, rule)
        if planned is not None:
            times += [planned.warn_at, planned.release_at]
        times.append(booking.ends)
    return min((time for time in times if time > now), default=None)
