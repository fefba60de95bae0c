"""What an actor sees of a booking that is not their own. With the right to see parties: everything. A reader: the diary
without contacts and codes. A booker: only that the time is taken. Pure."""

from enum import StrEnum
from typing import TypeVar

from controller.people.model import Actor, Role
from controller.people.permissions import Action, Thing, may
from controller.web.fields import Answer

A = TypeVar("A", bound=Answer)

TAKEN = "Taken"
"""What a booking of somebody else is called."""


class Seen(StrEnum):
    """How much."""

    ALL = "all"
    DIARY = "diary"
    TAKEN = "taken"


_NOT_IN_DIARY: dict[str, object] = {
    "contact_name": "",
    "contact_phone": "",
    "contact_email": "",
    "key_holder": "",
    "notes": "",
    "why": "",
    "code": None,
    "codes": [],
    "offline_codes": [],
    "link": "",
    "message": "",
}
_HIDDEN: dict[Seen, dict[str, object]] = {
    Seen.ALL: {},
    Seen.DIARY: _NOT_IN_DIARY,
    Seen.TAKEN: _NOT_IN_DIARY
    | {
        "title": TAKEN,
        "party": None,
        "party_name": None,
        "party_tier": None,
        "people": None,
        "under_16s": False,
        "equipment": {},
        "series": None,
        "affected_by": [],
        "diary": "",
        "still_opens": [],
        "lingering": [],
        "held_until": None,
        "kept": "",
        "offer": None,
        "ends_before": None,
        "warned_at": None,
        "release_at": None,
        "arrived_at": None,
        "arrived_how": "",
        "counted_in": 0,
        "actor": "",
    },
}
"""Field -> the value shown instead."""


def seen(actor: Actor, thing: Thing) -> Seen:
    """How much the actor sees of somebody's booking; that the site is theirs was asked before."""
    if may(actor, Action.CONTACT, thing):
        return Seen.ALL
    return Seen.TAKEN if actor.role is Role.BOOKER else Seen.DIARY


def redacted(answer: A, how_much: Seen) -> A:
    """The answer without what is not to be seen; fields that it does not have do not matter."""
    hidden = {name: value for name, value in _HIDDEN[how_much].items() if name in type(answer).model_fields}
    return answer.model_copy(update=hidden) if hidden else answer
