"""Who may do what to which thing: the one function that every route and every command asks. Pure."""

from enum import StrEnum

import msgspec

from controller.people.model import Actor, Role


class Action(StrEnum):
    """What can be done."""

    READ = "read"
    """See a site's diary, hours, doors and counts."""
    BOOK = "book"
    """Ask for a booking, change or cancel it; the rules decide what becomes of it."""
    DECIDE = "decide"
    """Approve, decline, book past quotas and windows, overrule a buffer."""
    RUN = "run"
    """Set hours, policy, tariffs, terms; import calendars."""
    BUILD = "build"
    """Make and change sites, spaces, doors, edges."""
    PEOPLE = "people"
    """See and change parties, persons, users."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """What it is done to. ``site``: ``None`` for what belongs to no site. ``party``: whose booking it is."""

    site: str | None = None
    party: str | None = None


_ALLOWED = {
    Role.ADMIN: frozenset(Action),
    Role.MANAGER: frozenset(Action) - {Action.BUILD},
    Role.BOOKER: frozenset({Action.READ, Action.BOOK}),
    Role.READER: frozenset({Action.READ}),
}


def may(actor: Actor, action: Action, thing: Thing) -> bool:
    """Whether the actor may do that to the thing."""
    if action not in _ALLOWED[actor.role]:
        return False
    if thing.site is not None and actor.sites is not None and thing.site not in actor.sites:
        return False
    return not (actor.role is Role.BOOKER and action is Action.BOOK and thing.party != actor.party)
