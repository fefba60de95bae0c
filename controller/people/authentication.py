"""Who makes this request: the cookie or bearer token, and the guard against writes from other sites."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from msgspec.structs import replace
from starlette.requests import HTTPConnection

from controller.db.engine import Database, Tx
from controller.people.errors import (
    DisplayRefused,
    NotAllowed,
    NotARoomTablet,
    ReadOnlyToken,
    RoomTabletRefused,
    SecondFactorMissing,
    SignInNeeded,
    TokenRefused,
    WallRefused,
)
from controller.people.model import Actor, DisplayPlace
from controller.people.permissions import Action, Thing, may, may_somewhere, parties_of
from controller.platform.settings import Settings
from controller.platform.text.id_patterns import ID_PATTERN
from controller.platform.web.csrf import ForeignOrigin, from_our_pages, reads
from controller.platform.web.services import service_of
from controller.records.audit.audit_log import Origin, Source, origin, set_origin
from edge.wire.ids import SLUG_PATTERN

COOKIE = "hk_session"
"""The cookie of a session; see ``cookie_name``."""
_ID = re.compile(f"{ID_PATTERN}|{SLUG_PATTERN}")


@dataclass(eq=False)
class Identification:
    """How the token of a cookie or of a request's header tells who is signed in: ``signin`` knows."""

    identify: Callable[[str, bool], Awaitable[Actor | None]]


class Owners(dict[str, Callable[[Tx, str], Awaitable[Thing | None]]]):
    """By the name of a route's path parameter: whose thing that is."""


def cookie_name(name: str, settings: Settings) -> str:
    """A cookie's name. Over HTTPS with ``__Host-`` before it, so that no other host can set it and it never travels
    without TLS (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if settings.secure else name


async def find_actor(connection: HTTPConnection) -> Actor | None:
    """The signed-in user of a request or WebSocket, or None. Looked up once a request.

    Raises ``ForeignOrigin`` for a write or a WebSocket that another site's page sent with our cookie, and
    ``ReadOnlyToken`` for a write.
    """
    if not hasattr(connection.state, "actor"):
        connection.state.actor = await _look_up(connection)
    actor: Actor | None = connection.state.actor
    if actor is not None:
        source = Source.WEB if actor.by_cookie else Source.API
        set_origin(Origin(source=source, user=actor.user, name=actor.name, address=origin().address))
        connection.state.user = actor.user
    if actor is not None and actor.by_cookie and not from_our_pages(connection):
        raise ForeignOrigin
    if actor is not None and actor.token is not None and actor.token.read_only and not reads(connection):
        raise ReadOnlyToken
    return actor


async def the_actor(connection: HTTPConnection) -> Actor:
    """As ``find_actor``, but raises ``SignInNeeded`` where nobody is signed in, ``RoomTabletRefused`` and
    ``WallRefused``."""
    actor = await find_actor(connection)
    if actor is None:
        raise SignInNeeded
    if actor.display is not None and actor.display.room:
        raise RoomTabletRefused
    if actor.display is not None and actor.display.wall is not None:
        raise WallRefused
    return actor


async def the_room_tablet(connection: HTTPConnection) -> DisplayPlace:
    """The tablet at a room's door that asks. Raises ``SignInNeeded``, ``NotARoomTablet``."""
    actor = await find_actor(connection)
    if actor is None:
        raise SignInNeeded
    if actor.display is None or not actor.display.room:
        raise NotARoomTablet
    return actor.display


async def the_person(connection: HTTPConnection) -> Actor:
    """As ``the_actor``, but raises ``TokenRefused`` for an API token, and ``DisplayRefused``."""
    actor = await the_actor(connection)
    if actor.token is not None:
        raise TokenRefused
    if actor.display is not None:
        raise DisplayRefused
    return actor


async def the_token_owner(connection: HTTPConnection) -> Actor:
    """As ``the_person``, but raises ``SecondFactorMissing`` where a role of theirs wants a second factor."""
    actor = await the_person(connection)
    if actor.needs_second_factor:
        raise SecondFactorMissing
    return actor


class Authenticated:
    """The dependency of a route that does ``action``: gives the actor. Raises ``SignInNeeded``, ``NotAllowed``.

    It is done to the site and the thing that the path names; where it names neither, to the estate, so that who has
    some sites only is refused. ``any_site``: they are let in instead, since the route keeps to the sites of the actor.
    Who is let in may still be answered from memory: then ``state.claim`` of the connection raises.
    """

    def __init__(self, action: Action, *, any_site: bool = False) -> None:
        self.action = action
        self.any_site = any_site

    async def __call__(self, connection: HTTPConnection) -> Actor:
        actor = await the_actor(connection)
        if actor.needs_second_factor:
            raise SecondFactorMissing
        if not may(actor, self.action, Thing()):  # not at all sites and for all parties
            await self._require(connection, actor)
        if (claim := getattr(connection.state, "claim", None)) is not None:
            await claim()
        return actor

    async def _require(self, connection: HTTPConnection, actor: Actor) -> None:
        site: str | None = connection.path_params.get("site")
        if not may_somewhere(actor, self.action):
            raise NotAllowed(actor, self.action, Thing(site=site))
        named, thing = await _named(connection)
        if thing is not None:
            for each in (thing, replace(thing, site=site or thing.site)):
                if not may(actor, self.action, each):
                    raise NotAllowed(actor, self.action, each)
        elif site is not None:
            # Where the path names nobody's booking the body may; the service asks again with it.
            if parties_of(actor, self.action, site) == frozenset():
                raise NotAllowed(actor, self.action, Thing(site=site))
        elif not (named or self.any_site):
            raise NotAllowed(actor, self.action, Thing())


async def _named(connection: HTTPConnection) -> tuple[bool, Thing | None]:
    """Whether the request's path names something by its id, and what that is; None where there is no such thing."""
    given = connection.path_params
    for name, find in service_of(connection, Owners).items():
        if name in given:
            if not _ID.fullmatch(given[name]):  # the route refuses it
                return True, None
            async with service_of(connection, Database).read() as tx:
                return True, await find(tx, given[name])
    return False, None


Reads = Annotated[Actor, Depends(Authenticated(Action.READ))]
ReadsAnySite = Annotated[Actor, Depends(Authenticated(Action.READ, any_site=True))]
SeesLive = Annotated[Actor, Depends(Authenticated(Action.LIVE))]
SeesLiveAnySite = Annotated[Actor, Depends(Authenticated(Action.LIVE, any_site=True))]
Books = Annotated[Actor, Depends(Authenticated(Action.BOOK))]
BooksAnySite = Annotated[Actor, Depends(Authenticated(Action.BOOK, any_site=True))]
Decides = Annotated[Actor, Depends(Authenticated(Action.DECIDE))]
Runs = Annotated[Actor, Depends(Authenticated(Action.RUN))]
Builds = Annotated[Actor, Depends(Authenticated(Action.BUILD))]
ChecksIn = Annotated[Actor, Depends(Authenticated(Action.CHECK_IN))]
SeesCodes = Annotated[Actor, Depends(Authenticated(Action.CODE))]
SeesCodesAnySite = Annotated[Actor, Depends(Authenticated(Action.CODE, any_site=True))]
SeesLog = Annotated[Actor, Depends(Authenticated(Action.LOG))]
SeesDocuments = Annotated[Actor, Depends(Authenticated(Action.DOCUMENTS))]
SeesContacts = Annotated[Actor, Depends(Authenticated(Action.CONTACT))]
KeepsPeople = Annotated[Actor, Depends(Authenticated(Action.PEOPLE))]
KeepsPeopleAnySite = Annotated[Actor, Depends(Authenticated(Action.PEOPLE, any_site=True))]
KeepsAllUsers = Annotated[Actor, Depends(Authenticated(Action.USERS))]
KeepsGroup = Annotated[Actor, Depends(Authenticated(Action.GROUP))]
KeepsUsers = Annotated[Actor, Depends(Authenticated(Action.USERS, any_site=True))]
KeepsUsersHere = Annotated[Actor, Depends(Authenticated(Action.USERS))]
OpensDoors = Annotated[Actor, Depends(Authenticated(Action.OPEN))]
LocksDown = Annotated[Actor, Depends(Authenticated(Action.LOCK_DOWN))]
KeepsKeys = Annotated[Actor, Depends(Authenticated(Action.KEYS))]
KeepsKeysAnySite = Annotated[Actor, Depends(Authenticated(Action.KEYS, any_site=True))]
ReadsAudit = Annotated[Actor, Depends(Authenticated(Action.AUDIT))]
SeesUse = Annotated[Actor, Depends(Authenticated(Action.USE))]
SeesUseAnySite = Annotated[Actor, Depends(Authenticated(Action.USE, any_site=True))]
Reissues = Annotated[Actor, Depends(Authenticated(Action.REISSUE))]
"""Dependencies of routes, by what they do."""

TheRoomTablet = Annotated[DisplayPlace, Depends(the_room_tablet)]
"""The dependency of the routes that only a tablet at a room's door has."""
TheActor = Annotated[Actor, Depends(the_actor)]
"""The dependency of the routes that are about the sign-in itself."""
ThePerson = Annotated[Actor, Depends(the_person)]
"""The same, for those by which somebody changes how they sign in."""
TokenOwner = Annotated[Actor, Depends(the_token_owner)]
"""The same, for those about one's own API tokens."""


async def _look_up(connection: HTTPConnection) -> Actor | None:
    identify = service_of(connection, Identification).identify
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return await identify(token.strip(), False)
    cookie = connection.cookies.get(cookie_name(COOKIE, service_of(connection, Settings)))
    return await identify(cookie, True) if cookie else None
