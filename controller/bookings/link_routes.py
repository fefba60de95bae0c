"""New links to the pages of a booking and of a series."""

from typing import Annotated

from fastapi import APIRouter

from controller.bookings.answers import booking_answer
from controller.bookings.errors import BookingUnknown
from controller.bookings.link_renewal import LinkRenewal
from controller.bookings.schemas import BookingRead
from controller.bookings.series.answers import SeriesRead, view_answer
from controller.bookings.series.model import SeriesUnknown
from controller.bookings.series.routes import TheSeries
from controller.key_files import LinkKind
from controller.people.authentication import Reissues
from controller.web.fields import IdPath
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["bookings"], responses=described(NotSignedIn))
TheRenewal = Annotated[LinkRenewal, service(LinkRenewal)]


@router.post("/bookings/{booking_id}/links/{kind}/renew", responses=described(BookingUnknown))
async def renew_booking_link(booking_id: IdPath, kind: LinkKind, links: TheRenewal, actor: Reissues) -> BookingRead:
    """Give a booking another link, because others have the present one, which ends: `manage`, by which it can be
    cancelled, or `show`, which was passed on to those who come. Of a date of a series, `manage`
    ends for all its dates. The other kind stays, and so does the door code."""
    return booking_answer(await links.of_booking(booking_id, kind, actor=actor), actor)


@router.post("/series/{series_id}/links/{kind}/renew", responses=described(SeriesUnknown))
async def renew_series_link(
    series_id: IdPath, kind: LinkKind, links: TheRenewal, series: TheSeries, actor: Reissues
) -> SeriesRead:
    """Give a series another link to the page of all dates; the present one ends, and with it the
    links of that kind to its dates, to which it led."""
    await links.of_series(series_id, kind, actor=actor)
    return view_answer(await series.get(series_id), actor)
