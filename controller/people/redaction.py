"""What an actor sees of a booking that is not their own: of each field only what an action lets them see. Pure."""

from typing import TypeVar

from controller.people.model import Actor
from controller.people.permissions import Action, Thing, is_own, may
from controller.platform.web.fields import Answer

A = TypeVar("A", bound=Answer)

TAKEN = "Taken"
"""What a booking of somebody else is called."""
REQUESTED = "Requested"
"""What a booking is called on which nobody has decided yet, or that was never confirmed: its title may be a stranger's
words, which belong on no screen before somebody has read them."""

_CONTACT: dict[str, object] = {
    "contact_name": "",
    "contact_phone": "",
    "contact_email": "",
    "key_holder": "",
    "notes": "",
}
_CODE: dict[str, object] = {"code": None, "codes": [], "offline_codes": [], "show_link": "", "message": ""}
_MANAGE: dict[str, object] = {"link": ""}
_LOG: dict[str, object] = {"why": ""}
_DETAILS: dict[str, object] = {
    "title": TAKEN,
    "listed_as": "",
    "event_kind": None,
    "about": "",
    "web_link": "",
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
}
_NEEDS = {
    Action.CONTACT: _CONTACT,
    Action.CODE: _CODE,
    Action.BOOK: _MANAGE,
    Action.LOG: _LOG,
    Action.DETAILS: _DETAILS,
}
"""Action -> the fields that are shown to who may do it, with the value that others see instead."""


def reads_requests(actor: Actor, thing: Thing) -> bool:
    """Whether the actor sees what somebody typed who asks for a time, before it is confirmed: those who may see who
    asks, and the people of the party itself."""
    return may(actor, Action.CONTACT, thing) or is_own(actor, Action.DETAILS, thing)


def redacted(answer: A, actor: Actor, thing: Thing) -> A:
    """The answer about somebody's booking without what the actor may not see; fields that it does not have do not
    matter."""
    hidden = {
        name: value
        for action, fields in _NEEDS.items()
        if not may(actor, action, thing)
        for name, value in fields.items()
        if name in type(answer).model_fields
    }
    return answer.model_copy(update=hidden) if hidden else answer
