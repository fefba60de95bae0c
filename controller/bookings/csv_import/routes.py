"""Bookings as CSV over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from controller.bookings.csv_import.service import BookingCsv
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Runs
from controller.platform.csv_import.progress import IMPORT_ANSWERS, WithProgress, answer_import
from controller.platform.csv_import.rows import CsvImportResult, Progress
from controller.platform.csv_import.schemas import CSV_IMPORT, Preview, csv_response
from controller.platform.web.fields import From, SlugPath, To
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["bookings"], responses=described(NotSignedIn, SiteUnknown))
TheBookingCsv = Annotated[BookingCsv, service(BookingCsv)]


@router.get("/sites/{site}/bookings.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_bookings(site: SlugPath, booking_csv: TheBookingCsv, actor: Runs, from_: From, to: To) -> Response:
    """The bookings that touch the time from `from` to before `to`, over at most 400 days, as CSV that the import reads.
    A cell that a spreadsheet would take for a formula is exported with a leading apostrophe."""
    return csv_response(await booking_csv.put_out(site, from_, to), f"{site}-bookings.csv")


@router.post("/sites/{site}/bookings/import", **CSV_IMPORT, responses=IMPORT_ANSWERS)
async def import_bookings(
    site: SlugPath,
    request: Request,
    booking_csv: TheBookingCsv,
    actor: Runs,
    preview: Preview = False,
    progress: WithProgress = False,
    take_back: Annotated[
        bool, Query(description="What it cancels by `id` was imported by mistake: a later file may book it afresh")
    ] = False,
) -> Response:
    """Book, change and cancel from CSV (at most 2 MB, 20,000 rows); docs/bookings-csv.md names the columns. Each row
    is judged like any booking, and written completely or not at all. `reference` (or `id`) says which booking a row
    is, so that importing it again changes nothing and a changed row changes its booking."""
    data = await request.body()

    async def take(on_progress: Progress) -> CsvImportResult:
        return await booking_csv.take(
            site, data, preview=preview, take_back=take_back, actor=actor, on_progress=on_progress
        )

    return await answer_import(take, request, progress=progress)
