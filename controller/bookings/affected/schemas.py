"""Bodies and answers of the list of affected bookings."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from controller.bookings.affected.service import MOST, AffectedDecision, AffectedSelection
from controller.bookings.answers import booking_answer
from controller.bookings.schemas import BookingRead
from controller.bookings.writer import BookingView
from controller.diary.model import Cause
from controller.people.model import Actor
from controller.web.fields import Answer, Body, Id, Note, Page, Slug, Whole, Yes, page_of
from controller.web.problem import ReasonBody

Days = Annotated[Whole, Field(ge=-366, le=366)]


class WhichBody(Body):
    """The bookings to decide on: these ``bookings`` of the site, on the list or named by a check, or ``all`` on the
    list that nobody has decided on (with ``kept`` false: that are kept), at most 500 at once, of these ``causes``
    only."""

    bookings: Annotated[list[Id] | None, Field(min_length=1, max_length=MOST)] = None
    all: Yes = False
    causes: Annotated[list[Cause] | None, Field(min_length=1, max_length=len(Cause))] = None

    @model_validator(mode="after")
    def _one_way(self) -> "WhichBody":
        if (self.bookings is None) is not self.all:
            raise ValueError("give either the ids of bookings, or all: true")
        if self.causes is not None and not self.all:
            raise ValueError("causes narrow all; leave them out if bookings are named")
        return self

    def which(self) -> AffectedSelection:
        ids = None if self.bookings is None else tuple(dict.fromkeys(self.bookings))
        return AffectedSelection(ids=ids, causes=frozenset(self.causes or Cause))


class KeepBody(WhichBody):
    """``kept`` false: withdraw an earlier decision to keep it. ``reason``: recorded in the booking's log."""

    kept: Yes = True
    reason: Note = ""


class CancelAffectedBody(WhichBody):
    """``reason``: recorded in the booking's log."""

    reason: Note = ""


class MoveAffectedBody(WhichBody):
    """To another ``space``, or by ``days`` at the same time of day (a negative number is earlier), or both."""

    space: Slug | None = None
    days: Days = 0
    overrule: Yes = False

    @model_validator(mode="after")
    def _somewhere(self) -> "MoveAffectedBody":
        if self.space is None and not self.days:
            raise ValueError("give a space, or days other than 0")
        return self


class AffectedPage(Page[BookingRead]): ...


class NotDone(Answer):
    """A booking that stays as it is, and why."""

    id: str
    detail: str
    reasons: list[ReasonBody]


class DecidedAnswer(Answer):
    """``refused``: those that stay as they are. ``left``: how many on the list are still undecided."""

    done: list[BookingRead]
    refused: list[NotDone]
    left: int


def affected_page(views: Sequence[BookingView], actor: Actor, *, limit: int) -> AffectedPage:
    """``views``: one more than ``limit`` where there are more."""
    return page_of(
        AffectedPage, views, limit, lambda view: booking_answer(view, actor), key=lambda view: view.booking.id
    )


def decided_answer(decided: AffectedDecision, actor: Actor) -> DecidedAnswer:
    return DecidedAnswer(
        done=[booking_answer(view, actor) for view in decided.done],
        refused=[
            NotDone(id=each.booking_id, detail=each.problem.detail, reasons=list(each.problem.reasons))
            for each in decided.refused
        ],
        left=decided.left,
    )
