"""Who may do what to which thing: the one function that every route and every command asks, and the table behind it,
which docs/permissions.md shows. Pure."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from controller.people.model import OF_PARTY, Actor, Assignment, Role


class Action(StrEnum):
    """What can be done."""

    READ = "read"
    """See a site's diary, with what is taken and when, its hours and prices."""
    DETAILS = "details"
    """See what a booking is: title, party, how many are expected, whether they came."""
    LIVE = "live"
    """See what a site's doors, alarms and sensors report: who is inside, which door opened when, what is open now. It
    shows when a building is empty."""
    BOOK = "book"
    """Request a booking, change or cancel it; the rules decide the outcome."""
    CHECK_IN = "check_in"
    """Say that the people of a booking have arrived."""
    DECIDE = "decide"
    """Approve, decline, book past quotas and windows, overrule a buffer."""
    RUN = "run"
    """Set hours, policy, tariffs, terms; import calendars."""
    BUILD = "build"
    """Make and change sites, spaces, doors, edges."""
    CODE = "code"
    """See the code of a booking and the link to pass on."""
    CONTACT = "contact"
    """See who is behind a booking or a party and how to reach them."""
    DOCUMENTS = "documents"
    """See a party's proof of insurance and signed hire terms, with their files."""
    LOG = "log"
    """See who did what to a booking or by hand at a door, and why."""
    PEOPLE = "people"
    """Change parties, look through all of them."""
    USERS = "users"
    """Decide who may sign in, and give them the rights that one has oneself."""
    GROUP = "group"
    """Decide who belongs to a party and answers for it: invite people, give and end the roles that one has oneself."""
    OPEN = "open"
    """Open a door once, hold it open, take it out of service; test an edge, restart it, put its count right."""
    LOCK_DOWN = "lock_down"
    """Lock doors against the public, and lift that again."""
    REISSUE = "reissue"
    """Give a booking another code at once, since others know the one it has."""
    AUDIT = "audit"
    """Read who did what, when and from where; see how long data are kept."""
    USE = "use"
    """See how much of a site was booked and used, and how often nobody came."""
    KEYS = "keys"
    """Decide who opens doors in their own right: staff, key holders, contractors, members; see their codes."""


TOKEN_ACTIONS = frozenset(Action) - {Action.USERS, Action.GROUP}
"""What API tokens can be used for."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """What it is done to. ``site``: ``None`` for what belongs to all sites together. ``party``: whose booking it is, or
    which party; ``None`` for nobody's in particular."""

    site: str | None = None
    party: str | None = None


class Scope(StrEnum):
    """How far a role's right goes at the sites of its assignment."""

    ALL = "all"
    OWN = "own"
    """Only what is of the assignment's party."""


def _all(*actions: Action) -> dict[Action, Scope]:
    return dict.fromkeys(actions, Scope.ALL)


def _own(*actions: Action) -> dict[Action, Scope]:
    return dict.fromkeys(actions, Scope.OWN)


_DIARY = _all(Action.READ, Action.DETAILS)
_FOR_A_PARTY = _all(Action.READ) | _own(
    *(Action.DETAILS, Action.BOOK, Action.CHECK_IN, Action.CODE),
    *(Action.CONTACT, Action.LOG, Action.REISSUE, Action.GROUP, Action.DOCUMENTS),
)
ALLOWED: Mapping[Role, Mapping[Action, Scope]] = {
    Role.OWNER: _all(*Action),
    Role.MANAGER: _all(*(each for each in Action if each not in (Action.BUILD, Action.AUDIT))),
    Role.FACILITIES: _DIARY | _all(Action.LIVE, Action.LOG, Action.OPEN, Action.LOCK_DOWN, Action.USE),
    Role.PORTER: _DIARY
    | _all(
        *(Action.LIVE, Action.CHECK_IN, Action.CODE, Action.CONTACT, Action.LOG),
        *(Action.OPEN, Action.LOCK_DOWN, Action.REISSUE),
    ),
    Role.GROUP_LEADER: _FOR_A_PARTY,
    Role.GROUP_MEMBER: _all(Action.READ) | _own(Action.DETAILS, Action.CHECK_IN, Action.CODE),
    Role.PARTNER: _FOR_A_PARTY,
    Role.TABLET: _DIARY | _all(Action.CHECK_IN),
    Role.WALL: _DIARY,
    Role.AUDITOR: _DIARY | _all(Action.LOG, Action.AUDIT, Action.USE),
    Role.PUBLIC: {},
}
"""What each role allows. What is not in it is refused."""
_SHARED = frozenset({Action.READ, Action.DETAILS, Action.CODE, Action.CONTACT, Action.LOG, Action.GROUP})
"""What an assignment for one site allows with a party of all sites, which books at that site too. Not its documents:
those are for who runs all sites, and for its own people."""


def may(actor: Actor, action: Action, thing: Thing) -> bool:
    """Whether one of the actor's assignments allows that. What belongs to all sites needs an assignment for all."""
    return any(_allows(each, action, thing) for each in _usable(actor, action))


def _usable(actor: Actor, action: Action) -> tuple[Assignment, ...]:
    """The actor's assignments; none for an action that their API token leaves out. No token decides who signs in."""
    if actor.token is None:
        return actor.assignments
    scopes = actor.token.scopes
    return actor.assignments if action in TOKEN_ACTIONS and (scopes is None or action in scopes) else ()


def _allows(given: Assignment, action: Action, thing: Thing) -> bool:
    scope = ALLOWED[given.role].get(action)
    if scope is None:
        return False
    if given.site is not None and given.site != thing.site:
        own = action is Action.DOCUMENTS and given.party == thing.party
        shared = thing.site is None and thing.party is not None and (own or action in _SHARED)
        if not shared:
            return False
    return scope is Scope.ALL or (given.party is not None and given.party == thing.party)


def sites_of(actor: Actor, action: Action, *, party: str | None = None) -> frozenset[str] | None:
    """The sites at which the actor may do that, ``None`` for all of them. ``party``: for this one; without it, for some
    party or all."""
    sites = {
        each.site
        for each in _usable(actor, action)
        if (scope := ALLOWED[each.role].get(action)) is not None
        and (scope is Scope.ALL or party is None or party == each.party)
    }
    return None if None in sites else frozenset(site for site in sites if site is not None)


def parties_of(actor: Actor, action: Action, site: str | None) -> frozenset[str] | None:
    """The parties for which the actor may do that at the site, ``None`` for all of them. Without a site: at any of
    theirs."""
    here = [each for each in _usable(actor, action) if site is None or each.site in (None, site)]
    scopes = [(ALLOWED[each.role].get(action), each.party) for each in here]
    if any(scope is Scope.ALL for scope, _ in scopes):
        return None
    return frozenset(party for scope, party in scopes if scope is Scope.OWN and party is not None)


def things_of(actor: Actor, action: Action) -> frozenset[Thing]:
    """What the actor may do that to, a site or a party that is ``None`` standing for all of them."""
    return frozenset(
        Thing(site=each.site, party=each.party if scope is Scope.OWN else None)
        for each in _usable(actor, action)
        if (scope := ALLOWED[each.role].get(action)) is not None
    )


def own_things_of(actor: Actor, action: Action) -> frozenset[Thing]:
    """The parties of the actor's own for which they may do that, with the site; ``None`` standing for all sites."""
    return frozenset(thing for thing in things_of(actor, action) if thing.party is not None)


def may_somewhere(actor: Actor, action: Action, *, party: str | None = None) -> bool:
    """Whether the actor may do that at one site at least. ``party``: as in ``sites_of``."""
    return sites_of(actor, action, party=party) != frozenset()


def own_party(actor: Actor, site: str | None) -> str | None:
    """The party for which the actor books where they name none: the only one they may book for."""
    parties = parties_of(actor, Action.BOOK, site)
    return next(iter(parties)) if parties is not None and len(parties) == 1 else None


def is_own(actor: Actor, action: Action, thing: Thing) -> bool:
    """Whether the actor may do that because the thing is of a party of theirs."""
    return any(
        ALLOWED[each.role].get(action) is Scope.OWN and _allows(each, action, thing) for each in _usable(actor, action)
    )


def sees(actor: Actor, site: str | None) -> bool:
    """Whether the actor may see the site; ``None``: what belongs to all sites."""
    return may(actor, Action.READ, Thing(site=site))


def sees_party(actor: Actor, party: str, site: str | None) -> bool:
    """Whether a party that belongs to the site, ``None`` for all of them, may book with the actor's help; the actor's
    own always."""
    return site is None or sees(actor, site) or any(each.party == party for each in actor.assignments)


def only_site(actor: Actor, action: Action) -> str | None:
    """The site at which the actor may do that, where it is just one."""
    sites = sites_of(actor, action)
    return next(iter(sites)) if sites is not None and len(sites) == 1 else None


def lacks(actor: Actor, given: Assignment, *, renewed: bool = False) -> Action | None:
    """What keeps the actor from giving somebody the assignment: the first action that it allows and that the actor may
    not do for as long, at the same site and for the same party; ``None`` where they may give it. ``renewed``: a role of
    theirs that follows an account lasts, since each sign-in renews it. That is for giving to others; what would let the
    actor take over a user, or keep a role of their own, asks without it."""
    lasting = msgspec.structs.replace(
        actor, assignments=tuple(each for each in actor.assignments if _lasts(each, given, renewed=renewed))
    )
    to_give = {Action.GROUP: Scope.OWN} if given.role in OF_PARTY else {Action.USERS: Scope.ALL}
    needed = {**to_give, **ALLOWED[given.role]}
    for action, scope in needed.items():
        thing = Thing(site=given.site, party=given.party if scope is Scope.OWN else None)
        if not may(lasting, action, thing):
            return action
    return None


def _lasts(own: Assignment, given: Assignment, *, renewed: bool) -> bool:
    if renewed and own.account_id is not None:
        return True
    return own.until_at is None or (given.until_at is not None and given.until_at <= own.until_at)
