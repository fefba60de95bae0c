"""What makes a whole calendar file unusable. Faults of single events are values, not errors."""


class CalendarError(ValueError):
    """The file as a whole cannot be imported; nothing of it was written."""


class NotACalendar(CalendarError):
    """The bytes are no iCalendar file at all."""


class CalendarTooLarge(CalendarError):
    """The file is longer than an import may be."""


class CalendarTooSlow(CalendarError):
    """It would take too long to read."""


class Unbookable(ValueError):
    """One event cannot become bookings. ``line`` counts from 1, ``None`` where it is the whole event."""

    def __init__(self, reason: str, *, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class TooLong(Unbookable):
    """It would take too long to work out its dates."""
