"""The WebSocket by which pages watch a site."""

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from sqlalchemy.exc import SQLAlchemyError

from controller.estate.errors import SiteUnknown
from controller.live.push import BEAT_EVERY_S, Live
from controller.people.authentication import find_actor
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.people.sign_in import SignInService
from controller.web.problem import Problem
from controller.web.services import service_of
from edge.wire.ids import SLUG_PATTERN

router = APIRouter()

SEND_WITHIN_S = 20.0
"""A watcher that takes nothing for so long, in real seconds, is let go."""
NOT_SIGNED_IN = 4401
NOT_ALLOWED = 4403
NO_SUCH_SITE = 4404
_TRY_AGAIN = 1013
_CONNECT_AGAIN = 1012

SlugQuery = Annotated[str, Query(pattern=SLUG_PATTERN)]


@router.websocket("/live")
async def live(socket: WebSocket, site: SlugQuery) -> None:
    """A `Snapshot` at once, then at most once a second when something changed; `BookingsChanged` when the diary did; a
    `Beat` every 5 seconds. `type` says which. A user who may see the site but not its `live` data gets a `Beat` at
    once, and no `Snapshot`.

    Ends with 4401 at the session's end, with 4403 where the user may not see the site (any more), and with 1012
    where the user may see more or less of it from now on: connect again.
    """
    try:
        actor = await find_actor(socket)
    except Problem:
        actor = None
    await socket.accept()
    if actor is None:
        await socket.close(NOT_SIGNED_IN, "sign in first")
        return
    rights = _rights(actor, site)
    if Action.READ not in rights:
        await socket.close(NOT_ALLOWED, "you may not see this site")
        return
    await _serve(socket, actor, site, rights)


@router.websocket("/room-tablet/live")
async def room_tablet_live(socket: WebSocket) -> None:
    """For a tablet at a room's door, which is let in at no other: a `Beat` at once and every 5 seconds, and
    `BookingsChanged` when the diary of its site did. Ends with 4401 once it is no longer paired."""
    try:
        actor = await find_actor(socket)
    except Problem:
        actor = None
    await socket.accept()
    if actor is None or actor.display is None or not actor.display.room:
        await socket.close(NOT_SIGNED_IN, "pair this tablet first")
        return
    await _serve(socket, actor, actor.display.site, None)


async def _serve(socket: WebSocket, actor: Actor, site: str, rights: frozenset[Action] | None) -> None:
    """Send until the watcher goes or is turned away. ``rights``: of who watches the site; ``None``: a room's tablet."""
    snapshots = rights is not None and Action.LIVE in rights
    sending = asyncio.create_task(_send(socket, site, snapshots=snapshots), name=f"live {site}")
    listening = asyncio.create_task(_listen(socket), name=f"live {site}, other way")
    turned_away = asyncio.create_task(_turned_away(socket, actor, site, rights), name=f"live {site}, its session")
    tasks = (sending, listening, turned_away)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if done == {turned_away}:
        await socket.close(*turned_away.result())


def _rights(actor: Actor, site: str) -> frozenset[Action]:
    """The live data of the site that the actor may watch."""
    return frozenset(action for action in (Action.READ, Action.LIVE) if may(actor, action, Thing(site=site)))


async def _send(socket: WebSocket, site: str, *, snapshots: bool) -> None:
    """Send until the watcher is gone or too slow."""
    messages = service_of(socket, Live).watch(site, snapshots=snapshots)
    try:
        async for message in messages:
            async with asyncio.timeout(SEND_WITHIN_S):
                await socket.send_text(message.decode())
    except SiteUnknown as error:
        await socket.close(NO_SUCH_SITE, error.detail[:100])
    except SQLAlchemyError:
        await socket.close(_TRY_AGAIN, "the database does not answer")
    except (WebSocketDisconnect, TimeoutError):
        pass
    finally:
        await messages.aclose()


async def _turned_away(socket: WebSocket, actor: Actor, site: str, before: frozenset[Action] | None) -> tuple[int, str]:
    """Returns when the watcher's session has ended or shows another part of the site, and says which. Looks at once
    when a user is changed here, and at every beat, since another controller may have done it."""
    sessions = service_of(socket, SignInService).sessions
    while True:
        changed = sessions.changed  # before the look, so that nothing falls in between
        with suppress(SQLAlchemyError):  # the sender ends the line where the database does not answer
            now = await sessions.again(actor)
            if now is None:
                return NOT_SIGNED_IN, "the session has ended"
            rights = None if before is None else _rights(now, site)
            if rights is not None and Action.READ not in rights:
                return NOT_ALLOWED, "you may no longer see this site"
            if rights != before:
                return _CONNECT_AGAIN, "you may see more or less of this site from now on; connect again"
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT_EVERY_S):
                await changed.wait()


async def _listen(socket: WebSocket) -> None:
    """Nothing a watcher says matters; that it goes does."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
