"""A problem that somebody of a booking has reported. Pure."""

from datetime import datetime, timedelta

import msgspec

from controller.platform.web.problem import Conflicting, NotFound

LONGEST = 1000
"""Characters of a report."""
MOST_OPEN = 5
"""Reports of one booking that are not done yet: more are no news, and a link may be in anybody's hands."""
ADDS_PHOTO = timedelta(hours=1)
"""For how long after it was made a report takes a photograph."""
AFTER_END = timedelta(days=7)
"""For how long after a booking its people can report."""


class ReportUnknown(NotFound):
    def __init__(self) -> None:
        super().__init__("there is no such report; look at the list of the site again")


class NoReportPhoto(NotFound):
    def __init__(self) -> None:
        super().__init__("this report has no photograph")


class NotReportable(Conflicting, kind="not-reportable", title="This cannot be reported now"):
    """The booking is too long over, was never confirmed, or has enough open reports."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """``booking_id``: whose people reported it. ``space``: of the booking then. ``media_type``: of its photograph;
    ``None`` without one. ``done_at``: when somebody who runs the site ticked it off."""

    id: str
    site: str
    space: str
    booking_id: str
    text: str
    reported_at: datetime
    reported_by: str
    media_type: str | None = None
    size: int = 0
    done_at: datetime | None = None
    done_by: str = ""


class ShownReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report with the present names of its space and booking, and how to reach who booked."""

    report: Report
    space_name: str
    title: str
    contact_name: str
    contact_phone: str
