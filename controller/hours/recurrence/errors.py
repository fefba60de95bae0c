"""Why a rule or a date cannot be expanded. Values of an event, not problems of a request."""


class Unbookable(ValueError):
    """One event cannot become bookings. ``line`` counts from 1, ``None`` where it is the whole event."""

    def __init__(self, reason: str, *, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class TooLong(Unbookable):
    """It would take too long to work out its dates."""
