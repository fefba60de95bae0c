"""Notices over HTTP, for those who see contacts."""

from typing import Annotated

from fastapi import APIRouter, Query

from controller.estate.errors import SiteUnknown
from controller.notices.errors import NoticeNotFailed, NoticeUnknown
from controller.notices.model import NoticeState
from controller.notices.schemas import NoticePage, NoticeRead, NoticeStatus, notice_answer, notice_page, status_answer
from controller.notices.service import NoticeService
from controller.people.authentication import Runs, SeesContacts
from controller.platform.web.fields import After, IdPath, Limit, SlugPath
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["notices"], responses=described(NotSignedIn))
TheNotices = Annotated[NoticeService, service(NoticeService)]


@router.get("/sites/{site}/notices", responses=described(SiteUnknown))
async def list_notices(
    site: SlugPath,
    notices: TheNotices,
    actor: Runs,
    state: NoticeState | None = None,
    to: Annotated[str, Query(max_length=200, description="Part of the address or number, in any case")] = "",
    after: After = None,
    limit: Limit = 50,
) -> NoticePage:
    """The notices of a site, the newest first, with what the server said of each."""
    site_config, found = await notices.of_site(site, state=state, to=to.strip(), before=after, limit=limit + 1)
    return notice_page(found, site_config.site.tz, limit=limit)


@router.get("/sites/{site}/notices/status", responses=described(SiteUnknown))
async def get_notice_status(site: SlugPath, notices: TheNotices, actor: Runs) -> NoticeStatus:
    """How many notices of the site wait, and whether they are paused."""
    site_config, paused, waiting = await notices.status(site)
    return status_answer(sends=notices.sends, paused=paused, waiting=waiting, zone=site_config.site.tz)


@router.post("/sites/{site}/notices/pause", responses=described(SiteUnknown))
async def pause_notices(site: SlugPath, notices: TheNotices, actor: Runs) -> NoticeStatus:
    """Send no notice of the site until it is resumed. What happens meanwhile is told then, as things are then."""
    await notices.pause(site, actor=actor)
    return await get_notice_status(site, notices, actor)


@router.post("/sites/{site}/notices/resume", responses=described(SiteUnknown))
async def resume_notices(site: SlugPath, notices: TheNotices, actor: Runs) -> NoticeStatus:
    """Send what waits."""
    await notices.resume(site, actor=actor)
    return await get_notice_status(site, notices, actor)


@router.post("/sites/{site}/notices/{notice}/retry", responses=described(SiteUnknown, NoticeUnknown, NoticeNotFailed))
async def retry_notice(site: SlugPath, notice: IdPath, notices: TheNotices, actor: Runs) -> NoticeRead:
    """Send a failed notice again, with what is to tell now."""
    site_config, found = await notices.retry(site, notice, actor=actor)
    return notice_answer(found, site_config.site.tz)


@router.get("/bookings/{booking_id}/notices", responses=described(NoticeUnknown))
async def list_booking_notices(booking_id: IdPath, notices: TheNotices, actor: SeesContacts) -> NoticePage:
    """The notices about a booking and about its series: “sent 14:02, taken by the server”."""
    site_config, found = await notices.of_booking(booking_id)
    return notice_page(found, site_config.site.tz, limit=len(found))
