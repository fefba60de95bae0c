"""What series refuse."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from controller.bookings.errors import conflicts
from controller.bookings.series.model import DateStatus, Series, SeriesDate
from controller.web.problem import Conflicting, FieldError, NotFound


class SeriesUnknown(NotFound):
    def __init__(self, series_id: str) -> None:
        super().__init__(f"there is no series {series_id!r}")


class SeriesRefused(Conflicting):
    """Some dates cannot be had, and nothing was chosen for them. ``errors`` names each date, ``conflicts`` what it
    clashes with."""

    kind = "not-possible"
    title = "Some dates cannot be booked"

    def __init__(self, dates: Sequence[SeriesDate], zone: ZoneInfo) -> None:
        days = ", ".join(f"{each.date}" for each in dates[:10]) + (" …" if len(dates) > 10 else "")
        super().__init__(
            f"{len(dates)} of the dates cannot be booked: {days}. Nothing was written; say in `choices` or `otherwise` "
            "what to do with them, or ask for another time.",
            errors=[FieldError(field=each.date.isoformat(), message=each.text) for each in dates],
            conflicts=conflicts([clash for each in dates for clash in each.verdict.conflicts], zone),
        )


class SeriesClash(SeriesRefused):
    """As ``SeriesRefused``, where a date is taken."""

    kind = "clash"
    title = "Some dates are taken"


def refusal(dates: Sequence[SeriesDate], zone: ZoneInfo) -> SeriesRefused:
    """The error that names these dates."""
    taken = any(each.mark is DateStatus.CLASH for each in dates)
    return (SeriesClash if taken else SeriesRefused)(dates, zone)


class SeriesStale(Conflicting):
    """Somebody changed the series since the asker read it."""

    kind = "stale"
    title = "Somebody else changed it"

    def __init__(self, series: Series) -> None:
        super().__init__(
            f"“{series.details.title}” is at version {series.version}, changed by {series.changed_by}; "
            "read it again and repeat your change"
        )
