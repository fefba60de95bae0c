"""Footfall and samples by five minutes, hour, day and month, over HTTP."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Query, Response

from controller.csv_import.schemas import csv_response
from controller.db.engine import Database
from controller.estate.errors import SiteUnknown
from controller.estate.service import require_site
from controller.people.authentication import SeesLive
from controller.telemetry.rollups.figures import StoredFigures, TooManyRows, figures, stored_figures
from controller.telemetry.rollups.fold import Step
from controller.telemetry.rollups.rows import (
    FOOTFALL_COLUMNS,
    SAMPLE_COLUMNS,
    FootfallRow,
    SampleRow,
    as_csv,
    footfall_rows,
    sample_rows,
)
from controller.web.fields import Answer, SlugPath, read_edge
from controller.web.problem import NotSignedIn, described, invalid_field
from controller.web.services import TheClock, TheDatabase
from edge.wire.ids import SLUG_PATTERN
from edge.wire.interval import Interval

LONGEST = {
    Step.FIVE_MINUTES: timedelta(days=32),
    Step.HOUR: timedelta(days=400),
    Step.DAY: timedelta(days=3700),
    Step.MONTH: timedelta(days=36_600),
}
"""How long a time one answer may span."""


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


router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn, SiteUnknown))
_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
From = Annotated[str, Query(alias="from", max_length=40, description="A date, or a time with or without offset")]
To = Annotated[str, Query(max_length=40, description="A date, or a time; steps that begin from then on are left out")]
By = Annotated[Step, Query(description="How much time a row sums up, in the site's own time")]
Named = Annotated[str | None, Query(pattern=SLUG_PATTERN)]


@router.get("/sites/{site}/footfall", response_model=FootfallRows)
async def get_footfall(
    site: SlugPath,
    database: TheDatabase,
    clock: TheClock,
    actor: SeesLive,
    from_: From,
    to: To,
    by: By = Step.HOUR,
    counter: Named = None,
) -> Response:
    """How many people each counter counted in and out, for every step that begins from `from` to before `to`, up to
    now; over at most 32 days by five minutes, 400 by the hour, and 200000 rows. Steps in which nothing is known are
    null, not 0."""
    return await _answer(await _footfall(database, site, (from_, to), by, clock.now(), counter))


@router.get("/sites/{site}/footfall.csv", response_class=Response, responses=_CSV)
async def export_footfall(
    site: SlugPath,
    database: TheDatabase,
    clock: TheClock,
    actor: SeesLive,
    from_: From,
    to: To,
    by: By = Step.HOUR,
    counter: Named = None,
) -> Response:
    """The same as CSV, with units and notes."""
    rows = await _footfall(database, site, (from_, to), by, clock.now(), counter)
    return csv_response(await asyncio.to_thread(as_csv, rows, FOOTFALL_COLUMNS), f"{site}-footfall.csv")


@router.get("/sites/{site}/samples", response_model=SampleRows)
async def get_samples(
    site: SlugPath,
    database: TheDatabase,
    clock: TheClock,
    actor: SeesLive,
    from_: From,
    to: To,
    by: By = Step.HOUR,
    place: Named = None,
) -> Response:
    """What other devices counted and measured, such as movement and WiFi devices, as `footfall`; of one door or zone
    with `place`."""
    return await _answer(await _samples(database, site, (from_, to), by, clock.now(), place))


@router.get("/sites/{site}/samples.csv", response_class=Response, responses=_CSV)
async def export_samples(
    site: SlugPath,
    database: TheDatabase,
    clock: TheClock,
    actor: SeesLive,
    from_: From,
    to: To,
    by: By = Step.HOUR,
    place: Named = None,
) -> Response:
    """The same as CSV, with units and notes."""
    rows = await _samples(database, site, (from_, to), by, clock.now(), place)
    return csv_response(await asyncio.to_thread(as_csv, rows, SAMPLE_COLUMNS), f"{site}-samples.csv")


async def _answer(rows: Sequence[FootfallRow] | Sequence[SampleRow]) -> Response:
    return Response(await asyncio.to_thread(msgspec.json.encode, {"items": rows}), media_type="application/json")


async def _footfall(
    database: Database, site: str, edges: tuple[str, str], by: Step, now: datetime, counter: str | None
) -> list[FootfallRow]:
    stored, zone = await _stored(database, site, edges, by, now, footfall=True, device=counter)
    return await asyncio.to_thread(lambda: footfall_rows(figures(stored), zone))


async def _samples(
    database: Database, site: str, edges: tuple[str, str], by: Step, now: datetime, place: str | None
) -> list[SampleRow]:
    stored, zone = await _stored(database, site, edges, by, now, footfall=False, place=place)
    return await asyncio.to_thread(lambda: sample_rows(figures(stored), zone))


async def _stored(
    database: Database,
    site: str,
    edges: tuple[str, str],
    by: Step,
    now: datetime,
    *,
    footfall: bool,
    device: str | None = None,
    place: str | None = None,
) -> tuple[StoredFigures | None, ZoneInfo]:
    """Raises ``SiteUnknown``, ``Invalid``."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
        during = _during(edges, by, zone)
        try:
            found = await stored_figures(tx, site, by, during, zone, now, footfall=footfall, device=device, place=place)
        except TooManyRows as error:
            raise invalid_field("to", str(error)) from error
    return found, zone


def _during(edges: tuple[str, str], by: Step, zone: ZoneInfo) -> Interval:
    start, end = read_edge(edges[0], "from", zone), read_edge(edges[1], "to", zone)
    if end <= start:
        raise invalid_field("to", "must be after `from`")
    if end - start > LONGEST[by]:
        raise invalid_field("to", f"must be at most {LONGEST[by].days} days after `from` by {by.value}")
    return Interval(start=start, end=end)
