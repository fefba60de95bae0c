"""Hand counts over HTTP."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from controller.estate.errors import SiteUnknown
from controller.people.authentication import Runs
from controller.platform.web.fields import Answer, Body, LocalTime, MomentText, Slug, SlugPath, answer_of, read_moment
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from controller.telemetry.halves import visits_of
from controller.telemetry.hand_counts.calibration import Calibration, calibrated
from controller.telemetry.hand_counts.service import (
    CounterCalibration,
    CounterUnknown,
    HandCounts,
    HandCountUnknown,
    NotUsable,
)

router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn, SiteUnknown))
TheHandCounts = Annotated[HandCounts, service(HandCounts)]
People = Annotated[int, Field(ge=0, le=100_000)]


class HandCountAnswer(Answer):
    """``ins``, ``outs``: by hand. ``counted_ins``, ``counted_outs``: by the counter meanwhile, or ``counted_passages``
    by one that does not tell in from out. ``ends_at``: null while somebody counts."""

    id: str
    counter: str
    starts_at: LocalTime
    ends_at: LocalTime | None
    ins: int
    outs: int
    counted_ins: int
    counted_outs: int
    counted_passages: int


class HandCountBody(Body):
    counter: Slug


class HandCounted(Body):
    """Whom somebody counted by hand since the count began. ``ends_at``: when they stopped, where that is told later
    because the network was away; null for now."""

    ins: People
    outs: People
    ends_at: MomentText | None = None


class CalibratedTotal(Answer):
    """``total`` ± ``error`` people, by ``factor`` people for each that is counted."""

    total: int
    error: int
    factor: float


class CalibratedCounter(Answer):
    """A counter's raw totals of today, and as calibrated; null where two hand counts are missing, or where it is so far
    off that it must be broken, and where nothing is known of today. A counter that does not tell in from out has
    ``passages_today`` and, half of them as calibrated, ``calibrated_visits`` instead. ``state``: ``calibrated`` or
    ``not calibrated``."""

    counter: str
    door: str | None
    state: str
    hand_counts: int
    ins_today: int | None
    outs_today: int | None
    calibrated_ins: CalibratedTotal | None
    calibrated_outs: CalibratedTotal | None
    passages_today: int | None
    calibrated_visits: CalibratedTotal | None


class CalibratedCounters(Answer):
    items: list[CalibratedCounter]


@router.get("/sites/{site}/hand-counts")
async def list_hand_counts(site: SlugPath, counts: TheHandCounts, actor: Runs) -> CalibratedCounters:
    """The totals of today of each counter, raw and as calibrated by hand counts."""
    return CalibratedCounters(items=[_counter(each) for each in await counts.calibrations(site)])


@router.post("/sites/{site}/hand-counts", status_code=201, responses=described(CounterUnknown, NotUsable))
async def begin_hand_count(site: SlugPath, body: HandCountBody, counts: TheHandCounts, actor: Runs) -> HandCountAnswer:
    """Begin to count by hand at a counter."""
    return answer_of(HandCountAnswer, await counts.begin(site, body.counter, actor=actor), await counts.zone(site))


@router.post("/sites/{site}/hand-counts/{count}/end", responses=described(HandCountUnknown, NotUsable))
async def end_hand_count(
    site: SlugPath, count: str, body: HandCounted, counts: TheHandCounts, actor: Runs
) -> HandCountAnswer:
    """End a hand count: whom the counter counted meanwhile is stored beside it. Raw totals stay as they are."""
    zone = await counts.zone(site)
    ends_at = None if body.ends_at is None else read_moment(body.ends_at).resolve(zone, "ends_at")
    found = await counts.end(site, count, ins=body.ins, outs=body.outs, ends_at=ends_at, actor=actor)
    return answer_of(HandCountAnswer, found, zone)


def _counter(found: CounterCalibration) -> CalibratedCounter:
    today = found.today
    visits = None if today.passages is None else visits_of(today.passages)
    known = found.passages is not None if today.both_ways else found.ins is not None and found.outs is not None
    return CalibratedCounter(
        counter=today.counter,
        door=today.door,
        state="calibrated" if known else "not calibrated",
        hand_counts=found.hand_counts,
        ins_today=today.ins,
        outs_today=today.outs,
        calibrated_ins=_total(today.ins, found.ins),
        calibrated_outs=_total(today.outs, found.outs),
        passages_today=today.passages,
        calibrated_visits=_total(visits, found.passages),
    )


def _total(raw: float | None, by: Calibration | None) -> CalibratedTotal | None:
    if raw is None or by is None or (found := calibrated(raw, by)) is None:
        return None
    return CalibratedTotal(total=found[0], error=found[1], factor=round(by.factor, 4))
