"""Problem reports over HTTP."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import StringConstraints

from controller.bookings.errors import BookingUnknown
from controller.bookings.problem_reports.model import LONGEST, NoReportPhoto, NotReportable, ReportUnknown, ShownReport
from controller.bookings.problem_reports.service import ProblemReports
from controller.estate.errors import SiteUnknown
from controller.estate.ways.routes import photo_response
from controller.people.authentication import ChecksIn, Runs
from controller.platform.text import local_time
from controller.platform.web.fields import WITHOUT_CONTROL, Answer, Body, IdPath, SlugPath
from controller.platform.web.problem import NotSignedIn, TooLarge, described
from controller.platform.web.services import service

router = APIRouter(tags=["bookings"], responses=described(NotSignedIn))
TheReports = Annotated[ProblemReports, service(ProblemReports)]
ReportText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=LONGEST), WITHOUT_CONTROL]
_BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_TAKES_FILE: dict[str, Any] = {"requestBody": {"required": True, "content": _BINARY}}
_PHOTO = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/jpeg", "image/png")}


class ReportBody(Body):
    """What is wrong, in words."""

    text: ReportText


class ReportMade(Answer):
    """``id``: to send a photograph to, within an hour."""

    id: str


class ReportAnswer(Answer):
    """A problem that somebody of a booking has reported. ``photo``: whether it has one. ``contact_name``,
    ``contact_phone``: of who booked. ``done_by``: who ticked it off."""

    id: str
    booking_id: str
    title: str
    space: str
    space_name: str
    text: str
    photo: bool
    contact_name: str
    contact_phone: str
    reported_at: str
    done_at: str | None
    done_by: str


class ReportList(Answer):
    items: list[ReportAnswer]


def report_answer(shown: ShownReport, zone: ZoneInfo) -> ReportAnswer:
    report = shown.report
    return ReportAnswer(
        id=report.id,
        booking_id=report.booking_id,
        title=shown.title,
        space=report.space,
        space_name=shown.space_name,
        text=report.text,
        photo=report.media_type is not None,
        contact_name=shown.contact_name,
        contact_phone=shown.contact_phone,
        reported_at=local_time.rfc3339(report.reported_at, zone),
        done_at=local_time.rfc3339(report.done_at, zone) if report.done_at is not None else None,
        done_by=report.done_by,
    )


@router.post(
    "/bookings/{booking_id}/problem-reports",
    status_code=status.HTTP_201_CREATED,
    responses=described(BookingUnknown, NotReportable),
)
async def report_problem(booking_id: IdPath, body: ReportBody, reports: TheReports, actor: ChecksIn) -> ReportMade:
    """Report a problem at a booking's room, such as a dripping tap, up to a week after it. It stands on Morning of who
    runs the site until it is done, and in their digest."""
    return ReportMade(id=(await reports.add(booking_id, body.text, actor=actor)).id)


@router.put(
    "/bookings/{booking_id}/problem-reports/{report_id}/content",
    responses=described(BookingUnknown, ReportUnknown, NotReportable, TooLarge),
    openapi_extra=_TAKES_FILE,
)
async def add_report_photo(
    booking_id: IdPath, report_id: IdPath, request: Request, reports: TheReports, actor: ChecksIn
) -> ReportMade:
    """Add a photograph to a report, once: a JPEG or PNG of at most 5 MB. Where, when and with what it was taken is
    removed, and it is stored encrypted."""
    return ReportMade(id=(await reports.add_photo(booking_id, report_id, await request.body(), actor=actor)).id)


@router.get("/sites/{site}/problem-reports", responses=described(SiteUnknown))
async def list_reports(
    site: SlugPath,
    reports: TheReports,
    actor: Runs,
    done: Annotated[bool, Query(description="Those that are done")] = False,
) -> ReportList:
    """What is reported at a site and not done, the oldest first, or what is done, the latest first; 200 at most."""
    zone = await reports.zone(site)
    return ReportList(items=[report_answer(each, zone) for each in await reports.of_site(site, done=done)])


@router.put("/sites/{site}/problem-reports/{report_id}", responses=described(SiteUnknown, ReportUnknown))
async def mark_report(site: SlugPath, report_id: IdPath, reports: TheReports, actor: Runs) -> ReportMade:
    """Tick a report off, since its problem is solved. Idempotent."""
    return ReportMade(id=(await reports.mark(site, report_id, done=True, actor=actor)).id)


@router.delete("/sites/{site}/problem-reports/{report_id}", responses=described(SiteUnknown, ReportUnknown))
async def unmark_report(site: SlugPath, report_id: IdPath, reports: TheReports, actor: Runs) -> ReportMade:
    """Put a report back that was ticked off. Idempotent."""
    return ReportMade(id=(await reports.mark(site, report_id, done=False, actor=actor)).id)


@router.get(
    "/sites/{site}/problem-reports/{report_id}/content",
    response_class=Response,
    responses={200: {"content": _PHOTO}, **described(SiteUnknown, ReportUnknown, NoReportPhoto)},
)
async def read_report_photo(site: SlugPath, report_id: IdPath, reports: TheReports, actor: Runs) -> Response:
    """The photograph of a report."""
    return photo_response(*await reports.photo(site, report_id))
