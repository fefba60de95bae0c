"""What's on at a site, for everybody."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response, status
from fastapi.responses import JSONResponse

from controller.calendars.etags import matches
from controller.calendars.whats_on.board import NoticeBoard
from controller.calendars.whats_on.events import WhatsOn
from controller.estate.errors import SiteUnknown
from controller.web.fields import Day, SlugPath
from controller.web.problem import described
from controller.web.services import service

router = APIRouter(tags=["calendars"], responses=described(SiteUnknown))
TheNoticeBoard = Annotated[NoticeBoard, service(NoticeBoard)]
MOST_DAYS = 62
KEPT_S = 300
"""How long a reader may go without asking again."""


class JsonLd(JSONResponse):
    """Its content is written already."""

    media_type = "application/ld+json"

    def render(self, content: bytes) -> bytes:
        return content


@router.get("/sites/{site}/whats-on", response_model=WhatsOn, response_class=JsonLd)
async def get_whats_on(
    site: SlugPath,
    notice_board: TheNoticeBoard,
    from_: Annotated[Day | None, Query(alias="from", description="A date; today if left out")] = None,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 28,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """The bookings that are marked as public, as schema.org events (JSON-LD). Needs no sign-in; any website may show
    it."""
    found = await notice_board.shown(site, first=from_, days=days)
    data = found.model_dump_json(by_alias=True, exclude_none=True).encode()
    tag = hashlib.sha256(data).hexdigest()[:32]
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": f"public, max-age={KEPT_S}",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if matches(if_none_match, tag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return JsonLd(data, headers=headers)
