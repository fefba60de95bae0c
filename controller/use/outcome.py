"""What became of a booking, as far as it is known. Pure."""

from datetime import timedelta
from enum import StrEnum

from controller.bookings.diary.model import BookingState
from controller.use.model import AnyBooking
from controller.use.spans import Span

LATE = timedelta(hours=24)
"""A booking that is cancelled less than this before its start is cancelled late: hardly anybody else can take it."""


class Outcome(StrEnum):
    """What became of a booking that began."""

    USED = "used"
    NO_SHOW = "no_show"
    """Nobody came, and its doors have reported everything."""
    UNKNOWN = "unknown"
    """Nothing is known: no door leads there, its doors were silent, or people came whose they may not have been."""


def outcome(booking: AnyBooking) -> Outcome | None:
    """``None`` for one that does not take place: a request, a declined or a cancelled one."""
    came = booking.arrived_at is not None or booking.let_in_at is not None or booking.counted_in > 0
    match booking.state:
        case BookingState.CONFIRMED:
            return Outcome.USED if came else Outcome.UNKNOWN
        case BookingState.NO_SHOW | BookingState.RELEASED:
            return Outcome.UNKNOWN if came else Outcome.NO_SHOW  # they came after the room was given back
        case _:
            return None


def cancelled_late(booking: AnyBooking) -> bool:
    """Whether it was confirmed, and cancelled less than ``LATE`` before its start."""
    return (
        booking.state is BookingState.CANCELLED
        and booking.state_before is BookingState.CONFIRMED
        and booking.state_at is not None
        and booking.state_at > booking.starts - LATE
    )


def booked_span(booking: AnyBooking) -> Span:
    """The time that it kept from others by its start: to the end it had before it was finished early, or until it was
    released."""
    ends = max(booking.ends, booking.ends_before or booking.ends)
    if booking.state is BookingState.RELEASED and booking.state_at is not None:
        ends = max(booking.starts, min(ends, booking.state_at))
    return int(booking.starts.timestamp()), int(ends.timestamp())


def used_span(booking: AnyBooking) -> Span:
    """The time that people may have been there, of one whose people came."""
    came = [each for each in (booking.arrived_at, booking.let_in_at) if each is not None]
    starts = min(booking.ends, max(booking.starts, min(came, default=booking.starts)))
    return int(starts.timestamp()), int(booking.ends.timestamp())
