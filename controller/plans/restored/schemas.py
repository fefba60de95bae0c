"""Answers about restored entries."""

import re

from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.plans.restored.describe import describe, doors
from controller.plans.restored.model import NEEDS, ItemKind, PageCursor, RestoredDecision, RestoredEntry
from controller.plans.restored.service import RestoredView
from controller.text.patterns import ID_PATTERN
from controller.web.fields import Answer, Body, LocalTime, Name, Page, answer_of
from controller.web.problem import invalid_field


class DecisionBody(Body):
    """``reason`` is recorded with the name of the user who decides."""

    reason: Name


class RestoredAnswer(Answer):
    """``gone``: the door no longer has what the database would give it. ``doors``: their names. ``booking``: the
    booking's id, where it belongs to one. ``text``: what it is. ``may_decide``: whether the user may keep or remove it.
    ``decision``: keep or remove, empty until somebody decides; also with ``keep`` it can be removed until it ends."""

    id: str
    site: str
    kind: ItemKind
    gone: bool
    doors: list[str]
    booking: str | None
    starts: LocalTime
    ends: LocalTime
    text: str
    found_at: LocalTime
    may_decide: bool
    decision: RestoredDecision | None
    decided_at: LocalTime | None
    decided_by: str | None
    decided_reason: str | None


class RestoredPage(Page[RestoredAnswer]): ...


_GROUPS = {"waiting": False, "kept": True}
"""What ``next`` begins with -> whether the last of its page was decided."""


def place_of(after: str) -> PageCursor:
    """What ``next`` of a page says. Raises ``Invalid``."""
    group, _, entry_id = after.partition("-")
    if group not in _GROUPS or not re.fullmatch(ID_PATTERN, entry_id):
        raise invalid_field("after", "must be `next` of the page before")
    return PageCursor(decided=_GROUPS[group], id=entry_id)


def next_after(entry: RestoredEntry) -> str:
    """``next`` of a page that ends with that entry."""
    return f"{'kept' if entry.decision else 'waiting'}-{entry.id}"


def restored_answers(shown: RestoredView, actor: Actor) -> list[RestoredAnswer]:
    site = shown.parts.site
    knows_people = may(actor, Action.KEYS, Thing(site=site.id))
    return [
        answer_of(
            RestoredAnswer,
            one,
            site.tz,
            doors=doors(shown.pieces[one.id], shown.parts),
            booking=one.subject if one.kind is ItemKind.BOOKING else None,
            text=describe(
                one,
                shown.pieces[one.id],
                shown.parts,
                title=shown.titles.get(one.subject, ""),
                name=shown.names.get(one.subject, "") if knows_people else "",
            ),
            may_decide=may(actor, NEEDS[one.kind], Thing(site=site.id)),
            decided_reason=one.decided_why,
        )
        for one in shown.entries
    ]
