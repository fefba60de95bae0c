"""Who makes this request: the cookie or bearer token, and the guard against writes from other sites."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from msgspec.structs import replace
from starlette.requests import HTTPConnection

from controller.db.engine import Database, Tx
from controller.people.errors import ForeignOrigin, NotAllowed, SignInNeeded
from controller.people.model import Actor, Role
from controller.people.permissions import Action, Thing, may, may_somewhere
from controller.people.service import SignInService
from controller.settings import Settings
from controller.text.patterns import ID_PATTERN
from controller.web.services import service, service_of
from edge.wire.ids import SLUG_PATTERN

COOKIE = "hk_session"
_ID = re.compile(f"{ID_PATTERN}|{SLUG_PATTERN}")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Owners(dict[str, Callable[[Tx, str], Awaitable[Thing | None]]]):
    """By the name of a route's path parameter: whose thing that is."""


async def find_actor(connection: HTTPConnection) -> Actor | None:
    """The signed-in user of a request or WebSocket, or None. Looked up once a request.

    Raises ``ForeignOrigin`` for a write or a WebSocket that another site's page sent with our cookie.
    """
    if not hasattr(connection.state, "actor"):
        connection.state.actor = await _look_up(connection)
    actor: Actor | None = connection.state.actor
    if actor is not None and actor.by_cookie and not _from_our_pages(connection):
        raise ForeignOrigin
    return actor


async def the_actor(connection: HTTPConnection) -> Actor:
    """As ``find_actor``, but raises ``SignInNeeded`` where nobody is signed in."""
    actor = await find_actor(connection)
    if actor is None:
        raise SignInNeeded
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
        for thing in await self._things(connection, actor):
            if not may(actor, self.action, thing):
                raise NotAllowed(actor, self.action, thing)
        if (claim := getattr(connection.state, "claim", None)) is not None:
            await claim()
        return actor

    async def _things(self, connection: HTTPConnection, actor: Actor) -> list[Thing]:
        """What it is done to; nothing where the actor may do it somewhere and the route tells the rest."""
        site: str | None = connection.path_params.get("site")
        # Where the path names nobody's booking the body may; the service asks again with it.
        plain = [Thing(site=site, party=actor.party if site else None)]
        if not _limited(actor):
            return plain
        named, thing = await _named(connection)
        if thing is not None:
            return [thing, replace(thing, site=site or thing.site)]
        if (named or self.any_site) and may_somewhere(actor, self.action, party=actor.party):
            return plain if site else []
        return plain


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


def _limited(actor: Actor) -> bool:
    """Whether it matters whose thing it is."""
    return actor.role is Role.BOOKER or actor.sites is not None


Reads = Annotated[Actor, Depends(Authenticated(Action.READ))]
ReadsAnySite = Annotated[Actor, Depends(Authenticated(Action.READ, any_site=True))]
SeesLive = Annotated[Actor, Depends(Authenticated(Action.LIVE))]
SeesLiveAnySite = Annotated[Actor, Depends(Authenticated(Action.LIVE, any_site=True))]
Books = Annotated[Actor, Depends(Authenticated(Action.BOOK))]
BooksAnySite = Annotated[Actor, Depends(Authenticated(Action.BOOK, any_site=True))]
Decides = Annotated[Actor, Depends(Authenticated(Action.DECIDE))]
Runs = Annotated[Actor, Depends(Authenticated(Action.RUN))]
Builds = Annotated[Actor, Depends(Authenticated(Action.BUILD))]
SeesContacts = Annotated[Actor, Depends(Authenticated(Action.CONTACT))]
KeepsPeople = Annotated[Actor, Depends(Authenticated(Action.PEOPLE))]
KeepsPeopleAnySite = Annotated[Actor, Depends(Authenticated(Action.PEOPLE, any_site=True))]
KeepsUsers = Annotated[Actor, Depends(Authenticated(Action.USERS))]
OpensDoors = Annotated[Actor, Depends(Authenticated(Action.OPEN))]
LocksDown = Annotated[Actor, Depends(Authenticated(Action.LOCK_DOWN))]
KeepsKeys = Annotated[Actor, Depends(Authenticated(Action.KEYS))]
KeepsKeysAnySite = Annotated[Actor, Depends(Authenticated(Action.KEYS, any_site=True))]
Reissues = Annotated[Actor, Depends(Authenticated(Action.REISSUE))]
"""Dependencies of routes, by what they do."""

TheActor = Annotated[Actor, Depends(the_actor)]
"""The dependency of the routes that are about the sign-in itself."""
ThePeople = Annotated[SignInService, service(SignInService)]


async def _look_up(connection: HTTPConnection) -> Actor | None:
    people = service_of(connection, SignInService)
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return await people.identify(token.strip(), by_cookie=False)
    cookie = connection.cookies.get(COOKIE)
    return await people.identify(cookie, by_cookie=True) if cookie else None


def _from_our_pages(connection: HTTPConnection) -> bool:
    """A browser names the page's origin on every write and WebSocket; without one, only JSON will do,
    which no form of another site can send."""
    scope = connection.scope
    if scope["type"] == "http" and scope["method"] in _READS:
        return True
    origin = connection.headers.get("origin")
    if origin is None:
        kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
        return scope["type"] == "websocket" or kind == "application/json"
    public = urlsplit(service_of(connection, Settings).address).netloc
    return urlsplit(origin).netloc in {connection.headers.get("host"), public}
