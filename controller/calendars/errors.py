"""What makes a whole calendar file unusable. Faults of single events are values, not errors."""


class CalendarError(ValueError):
    """The file as a whole cannot be imported; nothing of it was written."""


class NotACalendar(CalendarError):
    """The bytes are no iCalendar file at all."""


class CalendarTooLarge(CalendarError):
    """The file is longer than an import may be."""


class CalendarTooSlow(CalendarError):
    """It would take too long to read."""
