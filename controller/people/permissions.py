"""Who may do what to which thing: the one function that every route and every command asks; and what an actor sees of a
booking that is not their own. With the right to see parties: everything. A reader: the diary without contacts and
codes. A booker: only that the time is taken. Pure."""

from enum import StrEnum
from typing import TypeVar

import msgspec

from controller.people.model import Actor, Role
from controller.web.fields import Answer


class Action(StrEnum):
    """What can be done."""

    READ = "read"
    """See a site's diary, hours and prices."""
    LIVE = "live"
    """See what its doors, alarms and sensors report: who is inside, which door opened when, what is open now. It shows
    when a building is empty."""
    BOOK = "book"
    """Request a booking, change or cancel it; the rules decide the outcome."""
    DECIDE = "decide"
    """Approve, decline, book past quotas and windows, overrule a buffer."""
    RUN = "run"
    """Set hours, policy, tariffs, terms; import calendars."""
    BUILD = "build"
    """Make and change sites, spaces, doors, edges."""
    CONTACT = "contact"
    """See who is behind a booking or a party and how to reach them, the code, the link, who did what and why."""
    PEOPLE = "people"
    """Change parties, look through all of them."""
    USERS = "users"
    """Decide who may sign in, and as what."""
    OPEN = "open"
    """Open a door once, hold it open, take it out of service; test an edge, restart it, put its count right."""
    LOCK_DOWN = "lock_down"
    """Lock doors against the public, and lift that again."""
    REISSUE = "reissue"
    """Give a booking another code at once, since others know the one it has."""

    KEYS = "keys"
    """Decide who opens doors in their own right: staff, key holders, contractors, members; see their codes."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """What it is done to. ``site``: ``None`` for what belongs to the estate, that is to all sites together. ``party``:
    whose booking it is, or which party; ``None`` for nobody's in particular."""

    site: str | None = None
    party: str | None = None


_ALLOWED = {
    Role.ADMIN: frozenset(Action),
    Role.MANAGER: frozenset(Action) - {Action.BUILD, Action.USERS},
    Role.BOOKER: frozenset({Action.READ, Action.BOOK, Action.CONTACT, Action.REISSUE}),
    Role.PORTER: frozenset({Action.READ, Action.LIVE, Action.CONTACT, Action.OPEN, Action.LOCK_DOWN, Action.REISSUE}),
    Role.READER: frozenset({Action.READ}),
}
_ITS_OWN = frozenset({Action.BOOK, Action.CONTACT, Action.REISSUE})
"""What a booker may do for its own party only."""
_SHARED = frozenset({Action.READ, Action.CONTACT})
"""What who has some sites may do with a party of the estate, which books at their sites too."""


def may(actor: Actor, action: Action, thing: Thing) -> bool:
    """Whether the actor may do that to the thing. Who has some sites only may change nothing that belongs to all of
    them, and give nobody others."""
    if action not in _ALLOWED[actor.role]:
        return False
    if actor.sites is not None and action is Action.USERS:
        return False
    shared = thing.site is None and thing.party is not None and action in _SHARED
    if not shared and not sees(actor, thing.site):
        return False
    if actor.role is Role.BOOKER and action in _ITS_OWN:
        return actor.party is not None and thing.party == actor.party
    return True


def may_somewhere(actor: Actor, action: Action, *, party: str | None = None) -> bool:
    """Whether the actor may do that at one site at least, where need be for that party."""
    sites = (None,) if actor.sites is None else actor.sites
    return any(may(actor, action, Thing(site=site, party=party)) for site in sites)


def sees_party(actor: Actor, site: str | None) -> bool:
    """Whether a party of the site, ``None`` for the estate, may book with the actor's help; a booker's own always."""
    return site is None or actor.role is Role.BOOKER or sees(actor, site)


def only_site(actor: Actor) -> str | None:
    """The actor's site, where they have just one."""
    return next(iter(actor.sites)) if actor.sites is not None and len(actor.sites) == 1 else None


def sees(actor: Actor, site: str | None) -> bool:
    """Whether the site is one of the actor's; ``None``, for the estate, only to who has all sites."""
    return actor.sites is None or site in actor.sites


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
