"""Who makes this request: the cookie or bearer token, and the guard against writes from other sites."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import HTTPConnection

from controller.house import House, the_house
from controller.people.errors import ForeignOrigin, SignInNeeded
from controller.people.model import Actor

COOKIE = "hk_session"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


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


TheActor = Annotated[Actor, Depends(the_actor)]
"""The dependency of every route that needs a sign-in."""


async def _look_up(connection: HTTPConnection) -> Actor | None:
    house: House = the_house(connection)
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return await house.people.identify(token.strip(), by_cookie=False)
    cookie = connection.cookies.get(COOKIE)
    return await house.people.identify(cookie, by_cookie=True) if cookie else None


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
    public = urlsplit(the_house(connection).settings.address).netloc
    return urlsplit(origin).netloc in {connection.headers.get("host"), public}
