"""What overrides take and answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.plans.overrides.service import OverridesView
from controller.plans.overrides.status import At
from controller.text import local_time
from controller.web.fields import Answer, Body, Line, MomentText, Name, Slug, Whole, answer_of
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
    since: str | None
    holds: bool
    text: str


class OverrideAnswer(Answer):
    """``whole``: of the whole site. ``stands``: whether it is in force or planned. Names and reasons are empty for
    users who may not see them."""

    id: str
    site: str
    kind: OverrideKind
    whole: bool
    starts: str
    ends: str
    reason: str
    actor: str
    made_at: str
    ended_at: str | None
    ended_by: str | None
    ended_reason: str | None
    stands: bool
    doors: list[DoorOfOverride]


class OverridePage(Answer):
    items: list[OverrideAnswer]
    next: str | None


def override_answers(shown: OverridesView, actor: Actor) -> list[OverrideAnswer]:
    return list(_answers(shown, actor))


def _answers(shown: OverridesView, actor: Actor) -> Iterable[OverrideAnswer]:
    zone = shown.parts.site.tz
    visible = may(actor, Action.CONTACT, Thing(site=shown.parts.site.id))
    for one in shown.ordered:
        yield OverrideAnswer(
            id=one.id,
            site=one.site,
            kind=one.kind,
            whole=one.whole,
            starts=local_time.rfc3339(one.starts, zone),
            ends=local_time.rfc3339(one.ends, zone),
            reason=one.reason if visible else "",
            actor=one.actor if visible else "",
            made_at=local_time.rfc3339(one.made_at, zone),
            ended_at=_time(one.ended_at, zone),
            ended_by=one.ended_by if visible else None,
            ended_reason=one.ended_why if visible else None,
            stands=one.wanted(shown.now),
            doors=[answer_of(DoorOfOverride, at, since=_time(at.since, zone)) for at in shown.doors[one.id]],
        )


def _time(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return local_time.rfc3339(moment, zone) if moment else None
