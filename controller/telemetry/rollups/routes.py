"""Footfall and samples by five minutes, hour, day and month, over HTTP."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response

from controller.estate.errors import SiteUnknown
from controller.people.authentication import SeesLive
from controller.platform.csv_import.schemas import csv_response
from controller.platform.web.fields import Answer, SlugPath
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from controller.telemetry.rollups.figure_reader import FigureReader
from controller.telemetry.rollups.figures import figures
from controller.telemetry.rollups.fold import Step
from controller.telemetry.rollups.influx_rows import HistoryUnreadable
from controller.telemetry.rollups.rows import (
    FOOTFALL_COLUMNS,
    SAMPLE_COLUMNS,
    FootfallRow,
    SampleRow,
    as_csv,
    footfall_rows,
    sample_rows,
)
from edge.wire.ids import SLUG_PATTERN


class FootfallRowAnswer(Answer, of=FootfallRow):
    __doc__ = FootfallRow.__doc__


class FootfallRows(Answer):
    """Counts as the counters made them, counter by counter, in the order of time."""

    items: list[FootfallRowAnswer]


class SampleRowAnswer(Answer, of=SampleRow):
    __doc__ = SampleRow.__doc__


class SampleRows(Answer):
    """Device by device, in the order of time."""

    items: list[SampleRowAnswer]


router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn, SiteUnknown, HistoryUnreadable))
_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
From = Annotated[str, Query(alias="from", max_length=40, description="A date, or a time with or without offset")]
To = Annotated[str, Query(max_length=40, description="A date, or a time; steps that begin from then on are left out")]
By = Annotated[Step, Query(description="How much time a row sums up, in the site's own time")]
Named = Annotated[str | None, Query(pattern=SLUG_PATTERN)]
TheFigures = Annotated[FigureReader, service(FigureReader)]


@router.get("/sites/{site}/footfall", response_model=FootfallRows)
async def get_footfall(
    site: SlugPath,
    reader: TheFigures,
    actor: SeesLive,
    from_: From,
    to: To,
    by: By = Step.HOUR,
    counter: Named = None,
) -> Response:
    """How many people each counter counted in and out, for every step that begins from `from` to before `to`, up to
    now; over at most 32 days by five minutes, 400 by the hour, and 200000 rows. Steps in which nothing is known are
    null, not 0."""
    return await _answer(await _footfall(reader, site, (from_, to), by, counter))


@router.get("/sites/{site}/footfall.csv", response_class=Response, responses=_CSV)
async def export_footfall(
    site: SlugPath,
    reader: TheFigures,
    actor: SeesLive,
    from_: From,
    to: To,
    by: By = Step.HOUR,
    counter: Named = None,
) -> Response:
    """The same as CSV, with units and notes."""
    rows = await _footfall(reader, site, (from_, to), by, counter)
    return csv_response(await asyncio.to_thread(as_csv, rows, FOOTFALL_COLUMNS), f"{site}-footfall.csv")


@router.get("/sites/{site}/samples", response_model=SampleRows)
async def get_samples(
    site: SlugPath,
    reader: TheFigures,
    actor: SeesLive,
    from_: From,
    to: To,
    by: By = Step.HOUR,
    place: Named = None,
) -> Response:
    """What other devices counted and measured, such as movement and WiFi devices, as `footfall`; of one door or zone
    with `place`."""
    return await _answer(await _samples(reader, site, (from_, to), by, place))


@router.get("/sites/{site}/samples.csv", response_class=Response, responses=_CSV)
async def export_samples(
    site: SlugPath,
    reader: TheFigures,
    actor: SeesLive,
    from_: From,
    to: To,
    by: By = Step.HOUR,
    place: Named = None,
) -> Response:
    """The same as CSV, with units and notes."""
    rows = await _samples(reader, site, (from_, to), by, place)
    return csv_response(await asyncio.to_thread(as_csv, rows, SAMPLE_COLUMNS), f"{site}-samples.csv")


async def _answer(rows: Sequence[FootfallRow] | Sequence[SampleRow]) -> Response:
    return Response(await asyncio.to_thread(msgspec.json.encode, {"items": rows}), media_type="application/json")


async def _footfall(
    reader: FigureReader, site: str, edges: tuple[str, str], by: Step, counter: str | None
) -> list[FootfallRow]:
    stored, zone = await reader.read(site, edges, by, footfall=True, device=counter)
    return await asyncio.to_thread(lambda: footfall_rows(figures(stored), zone))


async def _samples(
    reader: FigureReader, site: str, edges: tuple[str, str], by: Step, place: str | None
) -> list[SampleRow]:
    stored, zone = await reader.read(site, edges, by, footfall=False, place=place)
    return await asyncio.to_thread(lambda: sample_rows(figures(stored), zone))
