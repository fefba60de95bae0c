"""Bookings as CSV over HTTP."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from controller.bookings.csv_import.service import BookingCsv
from controller.csv_import.schemas import CSV_IMPORT, Preview, csv_response, import_response
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Runs
from controller.people.model import Actor
from controller.web.fields import SlugPath
from controller.web.problem import NotSignedIn, Problem, TooLarge, described, problem_body
from controller.web.services import service

router = APIRouter(tags=["bookings"], responses=described(NotSignedIn, SiteUnknown))
TheBookingCsv = Annotated[BookingCsv, service(BookingCsv)]
Edge = Annotated[str, Query(max_length=40, description="A date, or a time as in bookings")]
_LINES = "application/x-ndjson"


@router.get("/sites/{site}/bookings.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_bookings(
    site: SlugPath, booking_csv: TheBookingCsv, actor: Runs, from_: Annotated[Edge, Query(alias="from")], to: Edge
) -> Response:
    """The bookings that touch the time from `from` to before `to`, over at most 400 days, as CSV that the import reads.
    A cell that a spreadsheet would take for a formula is exported with a leading apostrophe."""
    return csv_response(await booking_csv.put_out(site, from_, to), f"{site}-bookings.csv")


@router.post(
    "/sites/{site}/bookings/import",
    **CSV_IMPORT,
    responses={200: {"content": {_LINES: {"schema": {"type": "string"}}}}, **described(TooLarge)},
)
async def import_bookings(
    site: SlugPath,
    request: Request,
    booking_csv: TheBookingCsv,
    actor: Runs,
    preview: Preview = False,
    progress: Annotated[bool, Query(description=f"Answer in lines ({_LINES}): how far it is, then the answer")] = False,
) -> Response:
    """Book, change and cancel from CSV (at most 2 MB, 20,000 rows); docs/bookings-csv.md names the columns. Each row
    is judged like any booking, and written completely or not at all. `reference` (or `id`) says which booking a row
    is, so that importing it again changes nothing and a changed row changes its booking."""
    data = await request.body()
    if progress:
        lines = _progress_lines(booking_csv, site, data, preview, actor, request.url.path)
        return StreamingResponse(_behind(await anext(lines), lines), media_type=_LINES)
    return await import_response(
        await booking_csv.take(site, data, preview=preview, actor=actor, on_progress=lambda _done, _of: None)
    )


async def _behind(first: str, lines: AsyncGenerator[str, None]) -> AsyncIterator[str]:
    async with aclosing(lines):
        yield first
        async for line in lines:
            yield line


async def _progress_lines(
    booking_csv: BookingCsv, site: str, data: bytes, preview: bool, actor: Actor, path: str
) -> AsyncGenerator[str, None]:
    """A line for every part that is done, then the answer, or the problem in its place. Raises ``Problem`` where
    nothing has been done yet: then there is no other answer."""
    news: asyncio.Queue[str | Problem | None] = asyncio.Queue()

    def on_progress(done: int, of: int) -> None:
        news.put_nowait(f'{{"done":{done},"of":{of}}}')

    async def take() -> None:
        try:
            answer = await import_response(
                await booking_csv.take(site, data, preview=preview, actor=actor, on_progress=on_progress)
            )
            news.put_nowait(bytes(answer.body).decode())
        except Problem as problem:
            news.put_nowait(problem)
        finally:
            news.put_nowait(None)

    task = asyncio.create_task(take(), name=f"import bookings of {site}")
    try:
        begun = False
        while (line := await news.get()) is not None:
            if isinstance(line, Problem):
                if not begun:
                    raise line
                line = msgspec.json.encode(problem_body(line, path)).decode()
            begun = True
            yield line + "\n"
        await task
    finally:
        task.cancel()
