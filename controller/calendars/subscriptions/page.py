"""The iCalendar file behind a subscription's link, for anybody who has the link. The link is never logged."""

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Query, Response, status

from controller.calendars.etags import matches
from controller.calendars.ics_writer import MEDIA_TYPE
from controller.calendars.subscriptions.routes import TheSubscriptions
from controller.calendars.subscriptions.service import LONGEST
from controller.text import local_time
from controller.web.fields import read_date
from controller.web.problem import invalid_field
from edge.wire.interval import Interval

router = APIRouter(include_in_schema=False)
KEPT_S = 300
"""How long a reader may go without asking again."""
_UTC = local_time.zone("UTC")


@router.api_route("/c/{token}.ics", methods=["GET", "HEAD"])
async def calendar_file(
    subscriptions: TheSubscriptions,
    token: Annotated[str, Path(max_length=200)],
    from_: Annotated[str | None, Query(alias="from", max_length=10)] = None,
    to: Annotated[str | None, Query(max_length=10)] = None,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """The calendar, from `from` to before `to` (dates, at most 800 days), else from a month ago to a year ahead."""
    found = await subscriptions.file(token, during=_during(from_, to))
    headers = {
        "ETag": f'"{found.tag}"',
        "Cache-Control": f"private, max-age={KEPT_S}",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(found.name, safe='')}.ics",
        "X-Robots-Tag": "noindex",
    }
    if matches(if_none_match, found.tag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(found.data, media_type=MEDIA_TYPE, headers=headers)


def _during(starts: str | None, ends: str | None) -> Interval | None:
    if starts is None and ends is None:
        return None
    if starts is None or ends is None:
        raise invalid_field("from" if starts is None else "to", "give `from` and `to`, or neither")
    start = local_time.day_start(_date(starts, "from"), _UTC)
    end = local_time.day_start(_date(ends, "to"), _UTC)
    if end <= start:
        raise invalid_field("to", "must be after `from`")
    if end - start > LONGEST:
        raise invalid_field("to", f"must be at most {LONGEST.days} days after `from`")
    return Interval(start=start, end=end)


def _date(text: str, field: str) -> date:
    try:
        return read_date(text)
    except ValueError as error:
        raise invalid_field(field, str(error)) from error
