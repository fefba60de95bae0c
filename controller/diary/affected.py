"""How a change of hours, policy or building affects an active booking. Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec


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
            come = "Your booking goes ahead all the same." if each.kept_at else "Ask us before you come."
            return f"{each.text}. {come}"
    return ""
