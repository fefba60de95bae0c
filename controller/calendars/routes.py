"""Calendars over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from msgspec.structs import replace

from controller.calendars.errors import CalendarError, CalendarTooLarge
from controller.calendars.schemas import ImportAnswer, import_answer
from controller.estate.errors import SiteUnknown
from controller.fields import Slug, SlugPath
from controller.house import TheHouse
from controller.people.gate import Runs
from controller.problem import NotSignedIn, TooLarge, described, invalid_field

router = APIRouter(tags=["calendars"], responses=described(NotSignedIn, SiteUnknown, TooLarge))

_BODY: dict[str, object] = {
    "requestBody": {"required": True, "content": {"text/calendar": {"schema": {"type": "string"}}}}
}


@router.post("/sites/{site}/calendar", openapi_extra=_BODY)
async def import_calendar(
    site: SlugPath,
    request: Request,
    house: TheHouse,
    actor: Runs,
    space: Annotated[Slug, Query()],
    preview: Annotated[bool, Query()] = False,
) -> ImportAnswer:
    """Import an iCalendar file (RFC 5545, at most 2 MB) into a space. What is sound is booked, the rest is told
    by line and reason; importing it again changes nothing. Series are booked for 366 days ahead."""
    data = await request.body()
    try:
        outcome = await house.calendars.take(
            site, space, data, preview=preview, actor=replace(actor, name=f"import:{actor.name}")
        )
    except CalendarTooLarge as error:
        raise TooLarge(str(error)) from error
    except CalendarError as error:
        raise invalid_field("body", str(error)) from error
    return import_answer(outcome, preview=preview)
