"""What overrides take and answer."""

from typing import Annotated

from pydantic import Field

from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.plans.overrides.service import OverridesView
from controller.plans.overrides.status import At
from controller.web.fields import Answer, Body, Line, LocalTime, MomentText, Name, Page, Slug, Whole, answer_of
from edge.wire.plan import OverrideKind


class OverrideBody(Body):
    """``doors``: left out, every door of the site, also one that is made later. ``starts``: left out, now. ``ends``:
    left out, after 1 hour of holding open, 4 hours of lock-down, 24 hours out of service; at most 24 hours, 7 days and
    35 days after the start. ``minutes``: how long, instead of ``ends``."""

    kind: OverrideKind
    reason: Name
    doors: Annotated[list[Slug], Field(min_length=1, max_length=200)] | None = None
    starts: MomentText | None = None
    ends: MomentText | None = None
    minutes: Annotated[Whole, Field(ge=1, le=50_400)] | None = None


class EndBody(Body):
    """``reason``: why it is ended early; may be left out."""

    reason: Line = ""


class DoorOfOverride(Answer):
    """``state``: on, waiting (the door is being updated), unreachable (it is not on the door), removing (it may
    still be there) or gone. ``holds``: whether it decides at the door now."""

    door: str
    name: str
    state: At
    since: LocalTime | None
    holds: bool
    text: str


class OverrideAnswer(Answer):
    """``whole``: of the whole site. ``stands``: whether it is in force or planned. Names and reasons are empty for
    users who may not see them."""

    id: str
    site: str
    kind: OverrideKind
    whole: bool
    starts: LocalTime
    ends: LocalTime
    reason: str
    actor: str
    made_at: LocalTime
    ended_at: LocalTime | None
    ended_by: str | None
    ended_reason: str | None
    stands: bool
    doors: list[DoorOfOverride]


class OverridePage(Page[OverrideAnswer]): ...


def override_answers(shown: OverridesView, actor: Actor) -> list[OverrideAnswer]:
    site = shown.parts.site
    hidden = {"reason": "", "actor": "", "ended_by": None}
    visible = may(actor, Action.LOG, Thing(site=site.id))
    return [
        answer_of(
            OverrideAnswer,
            one,
            site.tz,
            ended_reason=one.ended_why if visible else None,
            stands=one.wanted(shown.now),
            doors=shown.doors[one.id],
            **({} if visible else hidden),
        )
        for one in shown.ordered
    ]
