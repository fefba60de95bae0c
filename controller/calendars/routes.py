"""Calendars over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from msgspec.structs import replace

from controller.calendars.ics_parser import CalendarError, CalendarTooLarge
from controller.calendars.model import IMPORT, Vanished
from controller.calendars.schemas import ImportAnswer, import_answer
from controller.calendars.service import CalendarImport
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Runs
from controller.platform.web.fields import Name, Slug, SlugPath, large_answer
from controller.platform.web.problem import NotSignedIn, TooLarge, described, invalid_field
from controller.platform.web.services import service

router = APIRouter(tags=["calendars"], responses=described(NotSignedIn, SiteUnknown, TooLarge))
TheCalendars = Annotated[CalendarImport, service(CalendarImport)]
LONGEST_SOURCE = 50
_BODY: dict[str, object] = {
    "requestBody": {"required": True, "content": {"text/calendar": {"schema": {"type": "string"}}}}
}


@router.post("/sites/{site}/calendar", openapi_extra=_BODY, response_model=ImportAnswer)
async def import_calendar(
    site: SlugPath,
    request: Request,
    calendars: TheCalendars,
    actor: Runs,
    space: Annotated[Slug, Query()],
    preview: Annotated[bool, Query()] = False,
    calendar: Annotated[Name | None, Query(description="Which calendar it is, if several go into the space")] = None,
    vanished: Annotated[Vanished, Query()] = Vanished.KEEP,
    party: Annotated[Slug | None, Query(description="Whose bookings its events become")] = None,
) -> Response:
    """Import an iCalendar file (RFC 5545, at most 2 MB) into a space. Valid events are booked, others are listed by
    line and reason; importing it again changes nothing. Series are booked for 366 days ahead; `goes_on` lists those
    that have more dates then.

    `vanished` lists the bookings to come that an earlier import of the same `calendar` made and whose events are no
    longer in the file; with `vanished=cancel` they are cancelled."""
    if calendar is not None and len(calendar) > LONGEST_SOURCE:
        raise invalid_field("calendar", f"must be at most {LONGEST_SOURCE} characters")
    data = await request.body()
    try:
        outcome = await calendars.take(
            site,
            space,
            data,
            preview=preview,
            actor=replace(actor, name=f"{IMPORT}{actor.name}"),
            source=f"file:{calendar}" if calendar else "",
            party=party,
            vanished=vanished,
        )
    except CalendarTooLarge as error:
        raise TooLarge(str(error)) from error
    except CalendarError as error:
        raise invalid_field("body", str(error)) from error
    return await large_answer(lambda: import_answer(outcome, preview=preview))
