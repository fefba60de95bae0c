"""The WebSockets by which pages watch a site, or all of them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Set
from contextlib import aclosing
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response, WebSocket, WebSocketDisconnect
from sqlalchemy.exc import SQLAlchemyError

from controller.estate.errors import SiteUnknown
from controller.people.authentication import COOKIE, cookie_name, find_actor
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may, sites_of
from controller.platform.backups.state import BackupWatch
from controller.platform.settings import Settings
from controller.platform.web.pages import build_of
from controller.platform.web.problem import Problem
from controller.platform.web.services import service_of
from controller.screens.live.push import Live
from controller.screens.live.routes import estate_answer
from controller.screens.live.sites_push import Alerts, Encode, Found, LiveSites, Sites, SitesView, wall_view
from controller.signin.displays.model import UNUSED_AFTER
from controller.signin.routes import set_cookie
from controller.signin.sign_in import SignInService
from edge.wire.clock import Clock
from edge.wire.ids import SLUG_PATTERN

router = APIRouter()

SEND_WITHIN_S = 20.0
"""A watcher that takes nothing for so long, in real seconds, is let go."""
NOT_SIGNED_IN = 4401
NOT_ALLOWED = 4403
NO_SUCH_SITE = 4404
_TRY_AGAIN = 1013
_CONNECT_AGAIN = 1012

Rights = Set[Action] | Sites
"""What of the live data somebody may watch; empty for nothing."""
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
    messages = service_of(socket, Live).watch(site, snapshots=Action.LIVE in rights)
    await _serve(socket, actor, messages, lambda now: _rights(now, site))


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
    messages = service_of(socket, Live).watch(actor.display.site, snapshots=False)
    await _serve(socket, actor, messages, lambda _: frozenset({Action.READ}))


@router.websocket("/live/sites")
async def live_sites(socket: WebSocket, view: SitesView = SitesView.ALERTS) -> None:
    """All sites whose live state the user may see, side by side: with `view=alerts` a `WallView`, what needs somebody;
    with `view=estate` what `GET /estate` answers, all pages in one. At once, then when it has changed, at most once a
    second or every 5 seconds; between them a `Beat` every 5 seconds. A paired screen for a wall is told the alerts of
    its sites. Ends as the live data of one site do."""
    try:
        actor = await find_actor(socket)
    except Problem:
        actor = None
    wall = None if actor is None or actor.display is None else actor.display.wall
    await socket.accept(headers=_renewed(socket) if wall is not None else None)
    if actor is None:
        await socket.close(NOT_SIGNED_IN, "sign in first")
        return
    sites = _watched(actor)
    if sites == frozenset() or (wall is not None and view is not SitesView.ALERTS):
        await socket.close(NOT_ALLOWED, "you may not see the live state of any site")
        return
    messages = service_of(socket, LiveSites).watch(sites, view, _encoder(socket, on_display=wall is not None))
    await _serve(socket, actor, messages, _watched)


def _watched(actor: Actor) -> Sites:
    """The sites whose live state the actor may watch side by side."""
    wall = None if actor.display is None else actor.display.wall
    return sites_of(actor, Action.LIVE) if wall is None else wall.sites


def _renewed(socket: WebSocket) -> list[tuple[bytes, bytes]]:
    """The cookie of a paired screen once more, since browsers forget it after a year, however it is used."""
    settings = service_of(socket, Settings)
    answer = Response()
    if token := socket.cookies.get(cookie_name(COOKIE, settings)):
        set_cookie(answer, COOKIE, token, settings, max_age=UNUSED_AFTER)
    return [each for each in answer.raw_headers if each[0] == b"set-cookie"]


def _encoder(socket: WebSocket, *, on_display: bool) -> Encode:
    clock: Clock = socket.app.state.services[Clock]
    backups = service_of(socket, BackupWatch)
    pages = service_of(socket, Settings).pages_dir

    def encode(found: Found) -> bytes:
        at = clock.now().isoformat()
        if isinstance(found, Alerts):
            return msgspec.json.encode(wall_view(found, at, build=build_of(pages), on_display=on_display))
        shown = estate_answer(found.items, backups).model_dump(mode="json")
        return msgspec.json.encode({"type": "estate", "at": at} | shown)

    return encode


async def _serve(
    socket: WebSocket, actor: Actor, messages: AsyncGenerator[bytes, None], rights_of: Callable[[Actor], Rights]
) -> None:
    """Send until the watcher goes or is turned away. ``rights_of``: what they may see of it; empty for nothing."""
    sending = asyncio.create_task(_send(socket, messages), name="live")
    listening = asyncio.create_task(_listen(socket), name="live, other way")
    turned_away = asyncio.create_task(_turned_away(socket, actor, rights_of), name="live, its session")
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


async def _send(socket: WebSocket, messages: AsyncGenerator[bytes, None]) -> None:
    """Send until the watcher is gone or too slow."""
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


async def _turned_away(socket: WebSocket, actor: Actor, rights_of: Callable[[Actor], Rights]) -> tuple[int, str]:
    """Returns when the watcher's session has ended or shows something else, and says which. The sender ends the line
    where the database does not answer."""
    before, last = rights_of(actor), actor
    async with aclosing(service_of(socket, SignInService).watched.watch(actor)) as looks:
        async for now in looks:
            if now is None:
                return NOT_SIGNED_IN, "the session has ended"
            if now == last:  # as at nearly all of thousands of looks
                continue
            rights, last = rights_of(now), now
            if rights == frozenset():
                return NOT_ALLOWED, "you may no longer see this"
            if rights != before:
                return _CONNECT_AGAIN, "you may see more or less of this from now on; connect again"
    raise AssertionError("a watcher is looked up for ever")


async def _listen(socket: WebSocket) -> None:
    """Nothing a watcher says matters; that it goes does."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
