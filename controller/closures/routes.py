"""Closing over HTTP, with its bodies and answers: what it would affect, with proposals; the closure with its
decisions; undoing them."""

import re
from typing import Annotated, Protocol, TypeVar

from fastapi import APIRouter, Query, Request, status
from pydantic import Field, StringConstraints, model_validator

from controller.bookings.affected.routes import NotDone
from controller.bookings.answers import booking_answer
from controller.bookings.errors import BookingUnknown
from controller.bookings.schemas import BookingRead
from controller.closures.errors import BatchUnknown, BeingCarriedOut, ClosureChanged, TooLate
from controller.closures.model import Batch, BatchState, BookingDecision, Decision, Target
from controller.closures.preview import ClosureForeseen, ClosurePreview, HitCursor
from controller.closures.requested_closure import NothingClosed, RequestedClosure
from controller.closures.service import CarriedOut, ClosureBatches, Progress
from controller.closures.together import TogetherPreview
from controller.estate.errors import DoorUnknown, SiteUnknown, SpaceUnknown
from controller.estate.model import Site
from controller.find.answers import ProposalAnswer, proposal_answer
from controller.hours.impact import ClosureUnknown
from controller.hours.schemas import ClosureBody
from controller.people.authentication import Runs
from controller.people.model import Actor
from controller.plans.overrides.service import OverrideUnknown
from controller.platform.text.id_patterns import ID_PATTERN
from controller.platform.web.fields import (
    Answer,
    Body,
    Id,
    IdPath,
    LocalTime,
    MomentText,
    Note,
    Slug,
    SlugPath,
    Whole,
    answer_of,
    read_moment,
)
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import TheClock, service
from edge.wire.clock import Clock
from edge.wire.ids import new_id

MOST = 500
"""Bookings that one request decides on."""
PAGE = 25
"""Most bookings of one page of a preview: alternatives are looked for for each."""


class RequestedClosureBody(ClosureBody):
    """As a closure; or ``door`` takes one door out of service instead. ``replaces``: the id of the closure, or of the
    door's override, that this is a change of."""

    door: Slug | None = None
    replaces: Id | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "RequestedClosureBody":
        if self.door is not None and self.spaces:
            raise ValueError("give either spaces or a door")
        if self.door is not None and self.public_words:
            raise ValueError("a shut door is not announced; leave public_words out")
        return self

    def wanted(self, clock: Clock, actor: Actor) -> RequestedClosure:
        now = clock.now()
        plain = ClosureBody(**{name: getattr(self, name) for name in ClosureBody.model_fields})
        closure = plain.closure(new_id(now), made_at=now, made_by=actor.name)
        return RequestedClosure(closure=closure, door=self.door, replaces=self.replaces)


class TargetBody(Body):
    """Where and when a booking is to be instead, as in a proposal."""

    site: Slug
    space: Slug
    layout: Slug | None = None
    starts: MomentText
    ends: MomentText


class BookingDecisionBody(Body):
    """``decision``: keep it anyway, move it, book it at another site and cancel it here (rebook), or cancel it.
    ``target``: for move and rebook. ``version``: refuse it if it has changed."""

    booking: Id
    decision: Decision
    target: TargetBody | None = None
    version: Annotated[Whole, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _placed(self) -> "BookingDecisionBody":
        if (self.target is not None) is not (self.decision in (Decision.MOVE, Decision.REBOOK)):
            raise ValueError("target is for move and rebook only, and they need it")
        return self

    def given(self) -> BookingDecision:
        target = None
        if self.target is not None:
            times = {name: read_moment(getattr(self.target, name)) for name in ("starts", "ends")}
            target = Target(site=self.target.site, space=self.target.space, layout=self.target.layout, **times)
        return BookingDecision(booking=self.booking, decision=self.decision, target=target, version=self.version)


class _Decides(Protocol):
    @property
    def decisions(self) -> list[BookingDecisionBody]: ...


D = TypeVar("D", bound=_Decides)


def _decided_once(body: D) -> D:
    if len({each.booking for each in body.decisions}) < len(body.decisions):
        raise ValueError("a booking is decided on twice; decide once")
    return body


class ClosureBatchBody(RequestedClosureBody):
    """A closure and what becomes of bookings in it; those that are not named stay, marked as affected."""

    decisions: Annotated[list[BookingDecisionBody], Field(max_length=MOST, default_factory=list)]

    _once = model_validator(mode="after")(_decided_once)


class TogetherBody(Body):
    """Bookings to move within the site or to cancel together. ``reason``: who booked reads it."""

    reason: Annotated[Note, StringConstraints(min_length=1, max_length=200)]
    decisions: Annotated[list[BookingDecisionBody], Field(min_length=1, max_length=MOST)]

    @model_validator(mode="after")
    def _moved_or_cancelled(self) -> "TogetherBody":
        if any(each.decision not in (Decision.MOVE, Decision.CANCEL) for each in self.decisions):
            raise ValueError("bookings are moved or cancelled together, nothing else")
        return self

    _once = model_validator(mode="after")(_decided_once)


class DecisionForeseenAnswer(Answer):
    """``refused``: why it would stay as it is, a sentence; empty where the decision can be carried out.
    ``before_pence``, ``after_pence``: what it costs now, and would then; null where no charge is set."""

    booking: BookingRead
    refused: str
    before_pence: int | None
    after_pence: int | None


class TogetherPreviewAnswer(Answer):
    """In the order of the decisions."""

    items: list[DecisionForeseenAnswer]


class AffectedWithProposalsAnswer(Answer):
    """``reasons``: how the closure would affect it. ``proposals``: what would fit instead, the nearest first. ``why``:
    a sentence where nothing would, else empty."""

    booking: BookingRead
    reasons: list[str]
    proposals: list[ProposalAnswer]
    why: str


class ClosurePreviewAnswer(Answer):
    """``count``: all bookings that it would affect. ``next``: give it as ``after`` for the next page."""

    items: list[AffectedWithProposalsAnswer]
    count: int
    next: str | None


class ClosureBatchAnswer(Answer):
    """``closure``: of the site or of spaces; ``override``: of a door; neither where bookings alone were changed
    together. ``moved``: to other spaces, times or sites. ``cut_short``: whether carrying it out, or undoing it, ended
    half way. ``open_again``, ``put_back``: what undoing it has done so far, of the bookings how many. ``planned``,
    ``finished``: of how many bookings, and how many were dealt with; null while the controller that answers is not at
    it. ``key``: the `Idempotency-Key` of the request that is just being carried out."""

    id: str
    reason: str
    state: BatchState
    cut_short: bool
    planned: int | None
    finished: int | None
    key: str | None
    closure: str | None
    override: str | None
    actor: str
    made_at: LocalTime
    undo_until: LocalTime
    undone_at: LocalTime | None
    moved: int
    cancelled: int
    open_again: bool
    put_back: int


class ShutDoorsAnswer(Answer):
    """``override``: of doors that are out of service. ``count``: how many bookings have no way in because of it, which
    nobody has moved or cancelled; ``bookings``: the next of them."""

    override: str
    count: int
    bookings: list[BookingRead]


class ClosureBatchList(Answer):
    """The newest first. ``shut_doors``: those behind which bookings have no way in, by start."""

    items: list[ClosureBatchAnswer]
    shut_doors: list[ShutDoorsAnswer]


class ClosureBatchDone(ClosureBatchAnswer):
    """``done``: the bookings that were changed, as they are now. ``refused``: those that stay as they are."""

    done: list[BookingRead]
    refused: list[NotDone]


router = APIRouter(tags=["closures"], responses=described(NotSignedIn, SiteUnknown))
TheTogetherPreview = Annotated[TogetherPreview, service(TogetherPreview)]
ThePreview = Annotated[ClosurePreview, service(ClosurePreview)]
TheBatches = Annotated[ClosureBatches, service(ClosureBatches)]
_REFUSED = described(SiteUnknown, DoorUnknown, ClosureUnknown, OverrideUnknown)


@router.post("/sites/{site}/closure-batches/preview", responses=_REFUSED)
async def preview_closure(
    site: SlugPath,
    body: RequestedClosureBody,
    preview: ThePreview,
    clock: TheClock,
    actor: Runs,
    after: Annotated[
        str | None, Query(max_length=60, description="`next` of the page before; leave out for the first page")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = 10,
    within_miles: Annotated[float, Query(gt=0, le=500, description="How far other sites may be")] = 25.0,
) -> ClosurePreviewAnswer:
    """The bookings that a closure would affect, by start, each with what would fit instead while it is closed. Writes
    nothing."""
    place = place_of(after) if after else None
    found = await preview.page(
        site, body.wanted(clock, actor), miles=within_miles, actor=actor, after=place, limit=limit
    )
    return preview_answer(found, actor)


@router.post("/sites/{site}/closure-batches", status_code=status.HTTP_201_CREATED, responses=_REFUSED)
async def post_closure_batch(
    site: SlugPath, body: ClosureBatchBody, batches: TheBatches, clock: TheClock, actor: Runs, request: Request
) -> ClosureBatchDone:
    """Close, and carry out what was decided about each booking. One that is refused stays as it is, marked as
    affected, with the reasons. All of it can be undone for an hour."""
    decisions = [each.given() for each in body.decisions]
    wanted, key = body.wanted(clock, actor), request.headers.get("idempotency-key")
    return done_answer(await batches.carry_out(site, wanted, decisions, actor=actor, key=key), actor)


@router.post("/sites/{site}/closure-batches/bookings/check", responses=described(BookingUnknown, SpaceUnknown))
async def check_bookings_together(
    site: SlugPath, body: TogetherBody, preview: TheTogetherPreview, actor: Runs
) -> TogetherPreviewAnswer:
    """What would become of bookings that are moved or cancelled together, each on its own. Writes nothing."""
    found = await preview.look(site, [each.given() for each in body.decisions], actor=actor)
    items = [
        DecisionForeseenAnswer(
            booking=booking_answer(each.view, actor),
            refused=each.refused,
            before_pence=each.before,
            after_pence=each.after,
        )
        for each in found
    ]
    return TogetherPreviewAnswer(items=items)


@router.post("/sites/{site}/closure-batches/bookings", status_code=status.HTTP_201_CREATED)
async def change_bookings_together(
    site: SlugPath, body: TogetherBody, batches: TheBatches, actor: Runs, request: Request
) -> ClosureBatchDone:
    """Move or cancel bookings together, with nothing closed. One that is refused stays as it is, with the reasons. All
    of it can be undone for an hour, as a closure with its decisions."""
    decisions = [each.given() for each in body.decisions]
    wanted, key = NothingClosed(reason=body.reason), request.headers.get("idempotency-key")
    return done_answer(await batches.carry_out(site, wanted, decisions, actor=actor, key=key), actor)


@router.get("/sites/{site}/closure-batches")
async def list_closure_batches(
    site: SlugPath, batches: TheBatches, preview: ThePreview, actor: Runs
) -> ClosureBatchList:
    """What can still be undone, the newest first; and the bookings that have no way in, because a door is out of
    service."""
    where, found = await batches.open(site)
    shut = [
        ShutDoorsAnswer(
            override=each.override, count=each.count, bookings=[booking_answer(view, actor) for view in each.bookings]
        )
        for each in await preview.shut_doors(site)
    ]
    now = batches.clock.now()
    items = [batch_answer(each, where, batches.progress.get(each.id), cut_short=each.cut_short(now)) for each in found]
    return ClosureBatchList(items=items, shut_doors=shut)


@router.post(
    "/sites/{site}/closure-batches/{batch_id}/undo",
    responses=described(BatchUnknown, TooLate, BeingCarriedOut, ClosureChanged),
)
async def undo_closure_batch(site: SlugPath, batch_id: IdPath, batches: TheBatches, actor: Runs) -> ClosureBatchDone:
    """Open again, move its bookings back with their codes and restore the cancelled ones, within an hour. A booking
    that somebody has changed since stays, with the reason; then it can be tried again. A closure that somebody has
    changed since stays with all its bookings, and one that is still being carried out cannot be undone yet."""
    return done_answer(await batches.undo(site, batch_id, actor=actor), actor)


@router.post("/sites/{site}/closure-batches/{batch_id}/final", responses=described(BatchUnknown, BeingCarriedOut))
async def make_closure_batch_final(
    site: SlugPath, batch_id: IdPath, batches: TheBatches, actor: Runs
) -> ClosureBatchAnswer:
    """It is not to be undone: who is offered time that it freed hears of it at once. Idempotent."""
    where, batch = await batches.make_final(site, batch_id, actor=actor)
    return batch_answer(batch, where)


def place_of(after: str) -> HitCursor:
    """What ``next`` of a page says. Raises ``Invalid``."""
    starts, _, booking = after.partition("-")
    if not re.fullmatch("[0-9]{1,12}", starts) or not re.fullmatch(ID_PATTERN, booking):
        raise invalid_field("after", "must be `next` of the page before")
    return HitCursor(starts=int(starts), id=booking)


def preview_answer(found: ClosureForeseen, actor: Actor) -> ClosurePreviewAnswer:
    items = [
        AffectedWithProposalsAnswer(
            booking=booking_answer(each.view, actor),
            reasons=list(each.hit.reasons),
            proposals=[proposal_answer(one) for one in each.proposals],
            why=each.why,
        )
        for each in found.items
    ]
    following = None if found.next is None else f"{found.next.starts}-{found.next.id}"
    return ClosurePreviewAnswer(items=items, count=found.count, next=following)


def batch_answer(
    batch: Batch, site: Site, progress: Progress | None = None, *, cut_short: bool = False
) -> ClosureBatchAnswer:
    return answer_of(ClosureBatchAnswer, batch, site.tz, **_counts(batch, progress) | {"cut_short": cut_short})


def done_answer(done: CarriedOut, actor: Actor) -> ClosureBatchDone:
    refused = [
        NotDone(id=each.booking_id, detail=each.problem.detail, reasons=list(each.problem.reasons))
        for each in done.refused
    ]
    views = [booking_answer(view, actor) for view in done.done]
    own = _counts(done.batch)
    return answer_of(ClosureBatchDone, done.batch, done.site.tz, done=views, refused=refused, **own)


def _counts(batch: Batch, progress: Progress | None = None) -> dict[str, object]:
    moved = batch.count(Decision.MOVE, Decision.REBOOK)
    at: dict[str, object] = {name: getattr(progress, name, None) for name in ("planned", "finished", "key")}
    at["cut_short"] = False
    at |= {"open_again": batch.reopened_at is not None, "put_back": sum(each.undone for each in batch.steps)}
    return at | {"actor": batch.made_by, "moved": moved, "cancelled": batch.count(Decision.CANCEL)}
