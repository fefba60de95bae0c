"""Series over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response, status

from controller.bookings.errors import NotNow
from controller.bookings.series.answers import (
    SeriesCancelled,
    SeriesCheckRead,
    SeriesCodesRead,
    SeriesEdited,
    SeriesMade,
    SeriesRead,
    SeriesRestored,
    booked_answer,
    cancelled_answer,
    check_answer,
    codes_answer,
    edited_answer,
    restored_answer,
    view_answer,
)
from controller.bookings.series.model import SeriesRefused, SeriesUnknown
from controller.bookings.series.schemas import SeriesCancel, SeriesCheck, SeriesCreate, SeriesUpdate
from controller.bookings.series.service import SeriesService
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Books, Reads, SeesCodes
from controller.web.fields import IdPath, SlugPath
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["series"], responses=described(NotSignedIn))
TheSeries = Annotated[SeriesService, service(SeriesService)]


@router.post("/sites/{site}/series/check", responses=described(SiteUnknown))
async def check_series(site: SlugPath, body: SeriesCheck, series: TheSeries, actor: Reads) -> SeriesCheckRead:
    """Every date of a series with its status, and alternatives for a refused one; writes nothing."""
    return check_answer(await series.check(site, body.draft(), actor=actor))


@router.post(
    "/sites/{site}/series", status_code=status.HTTP_201_CREATED, responses=described(SiteUnknown, SeriesRefused)
)
async def create_series(
    site: SlugPath, body: SeriesCreate, series: TheSeries, actor: Books, response: Response
) -> SeriesMade:
    """Book a series: every date as chosen, or none of them."""
    booked = await series.create(site, body.draft(), actor=actor)
    response.headers["Location"] = f"/api/v1/series/{booked.series.id}"
    return booked_answer(booked, actor)


@router.get("/series/{series_id}", responses=described(SeriesUnknown))
async def get_series(series_id: IdPath, series: TheSeries, actor: Reads) -> SeriesRead:
    """A series with its rule, what its dates have from it, and every date with its booking."""
    return view_answer(await series.get(series_id), actor)


@router.post("/series/{series_id}/code", responses=described(SeriesUnknown))
async def show_series_codes(series_id: IdPath, series: TheSeries, actor: SeesCodes) -> SeriesCodesRead:
    """The message for all dates of a series with its door codes in the clear. Records who asked, and when."""
    return codes_answer(await series.all_dates.show_codes(series_id, actor=actor), actor)


@router.patch("/series/{series_id}", responses=described(SeriesUnknown, SeriesRefused))
async def change_series(series_id: IdPath, body: SeriesUpdate, series: TheSeries, actor: Books) -> SeriesEdited:
    """Change the future dates of a series: its time, space, rule or anything else. Dates that it no longer has are
    cancelled, new ones booked; with `check` it only shows the effect on each."""
    return edited_answer(await series.change(series_id, body.change(), actor=actor))


@router.post("/series/{series_id}/cancel", responses=described(SeriesUnknown))
async def cancel_series(
    series_id: IdPath, series: TheSeries, actor: Books, body: SeriesCancel | None = None
) -> SeriesCancelled:
    """Cancel the remaining dates of a series, or those from a date on. `restore` undoes it."""
    asked = body or SeriesCancel()
    done = await series.cancel(series_id, from_date=asked.from_date, why=asked.reason, actor=actor)
    return cancelled_answer(done, actor)


@router.post("/series/{series_id}/restore", responses=described(SeriesUnknown, NotNow))
async def restore_series(series_id: IdPath, series: TheSeries, actor: Books) -> SeriesRestored:
    """Undo the last cancel of a series where the time is still free; other dates are listed."""
    return restored_answer(await series.restore(series_id, actor=actor), actor)
