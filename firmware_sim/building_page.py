"""The page of the simulated buildings: the floor, the keypads, the switches, and the controller's pages beside them.

It answers on loopback only, under its own name only, and to its own pages only: another site's page in the visitor's
browser can neither read it nor move a door. It opens by the address that the demo prints, which holds a key.
"""

import asyncio
import contextlib
import logging
import secrets
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from edge.wire.errors import WireError
from firmware_sim import floor
from firmware_sim import world_protocol as protocol
from firmware_sim.building_file import Building
from firmware_sim.errors import SimError
from firmware_sim.floor import FloorLog
from firmware_sim.loopback_server import LoopbackServer, listening
from firmware_sim.sim_requests import SimRequests
from firmware_sim.world import World

COOKIE = "hallkeeper_building"
LOOK_EVERY_S = 0.1
"""How often the world is looked at for what has changed."""
BEAT_EVERY_S = 1.0
CODES_EVERY_S = 4.0
BODY_LIMIT = 4096
_log = logging.getLogger(__name__)
_FILES = files("firmware_sim") / "pages"
_KINDS = {"building.js": "text/javascript", "floor.js": "text/javascript", "building.css": "text/css"}
_REFUSED = """\
<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Simulated building</title>
<h1>Open the address that the demo printed</h1>
<p>It holds a key. It is also in <code>ready.json</code> in the demo's folder.</p></html>
"""


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """What the page needs of the controller. ``title_of``: of a booking. ``codes``: those that work at a site now.
    ``sign_in``: the cookies of somebody who has signed in there."""

    title_of: Callable[[str], Awaitable[str]]
    codes: Callable[[str], Awaitable[tuple[floor.ShownCode, ...]]]
    sign_in: Callable[[], Awaitable[list[str]]]


class BuildingPage:
    """The page on ``port``, which is held from now on. ``key``: what opens it; ``pages``: the address of the
    controller. Raises ``OSError`` when the port is taken."""

    def __init__(self, buildings: tuple[Building, ...], *, port: int, key: str, pages: str, speed: float) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self._port = port
        self._listener: socket.socket | None = listening(port)
        self._key = key
        self._pages = pages
        self._plans = {each.id: floor.plan_of(each, buildings, speed=speed, pages=pages) for each in buildings}
        self._buildings = {each.id: each for each in buildings}
        self._codes: dict[str, tuple[floor.ShownCode, ...]] = {}
        self._viewed: Counter[str] = Counter()
        self._look = asyncio.Event()
        self._server: LoopbackServer | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """The address that opens it."""
        return f"{self.origin}/?key={self._key}"

    def start(self, world: World, requests: SimRequests, visitor: Visitor) -> None:
        """Serve it; also again after ``stop``."""
        self._requests = requests
        self._visitor = visitor
        self._logs = {
            site: FloorLog(
                building,
                world.reported[site],
                clock=lambda: world.now,
                title_of=visitor.title_of,
                planned=self._look.set,
            )
            for site, building in self._buildings.items()
        }
        routes = [
            Route("/", self._page),
            Route("/act", self._act, methods=["POST"]),
            Route("/{name}", self._file),
            WebSocketRoute("/live", self._live),
        ]
        app = _OwnPagesOnly(Starlette(routes=routes), self.origin, self._pages)
        self._server = LoopbackServer(app, self._listener or listening(self._port))
        self._listener = None
        self._watching = asyncio.create_task(self._watch_codes(), name="the codes on the page")

    async def stop(self) -> None:
        """Idempotent."""
        if self._listener is not None:
            self._listener.close()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
        if self._server is not None:
            await self._server.stop()
        self._server = self._watching = self._listener = None

    def _opens(self, connection: HTTPConnection) -> bool:
        return secrets.compare_digest(connection.cookies.get(COOKIE, "").encode(), self._key.encode())

    async def _page(self, request: Request) -> Response:
        if secrets.compare_digest(request.query_params.get("key", "").encode(), self._key.encode()):
            answer: Response = RedirectResponse("/", 303)
            answer.set_cookie(COOKIE, self._key, httponly=True, samesite="strict")
            with contextlib.suppress(SimError):
                for cookie in await self._visitor.sign_in():
                    answer.headers.append("set-cookie", cookie)
            return answer
        if not self._opens(request):
            return HTMLResponse(_REFUSED, 403)
        return HTMLResponse((_FILES / "building.html").read_bytes())

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name == "app.css":
            return Response(_app_css(), media_type="text/css")
        if name not in _KINDS:
            return PlainTextResponse("there is no such file", 404)
        return Response((_FILES / name).read_bytes(), media_type=_KINDS[name])

    async def _act(self, request: Request) -> Response:
        if not self._opens(request):
            return PlainTextResponse("open the address that the demo printed", 403)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                return PlainTextResponse("too long", 413)
        try:
            question = protocol.read_question(body)
        except WireError as error:
            return PlainTextResponse(str(error), 422)
        answer = await self._requests.answer(question)
        return Response(msgspec.json.encode(answer), media_type="application/json")

    async def _live(self, websocket: WebSocket) -> None:
        site = websocket.query_params.get("site", "")
        if not self._opens(websocket) or site not in self._plans:
            await websocket.close(4403)
            return
        await websocket.accept()
        self._viewed[site] += 1
        self._look.set()
        telling = asyncio.create_task(self._tell(websocket, site), name="tell a page")
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            self._viewed -= Counter((site,))
            telling.cancel()
            await asyncio.wait([telling])

    async def _tell(self, websocket: WebSocket, site: str) -> None:
        loop = asyncio.get_running_loop()
        await websocket.send_bytes(msgspec.json.encode(self._plans[site]))
        told: floor.FloorState | None = None
        number, beat = 0, 0.0
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                if lines := await self._logs[site].after(number):
                    number = lines[-1].number
                    await websocket.send_bytes(msgspec.json.encode(floor.FloorLines(lines=lines)))
                if (state := self._state(site)) != told:
                    told = state
                    await websocket.send_bytes(msgspec.json.encode(state))
                if loop.time() >= beat:
                    beat = loop.time() + BEAT_EVERY_S
                    await websocket.send_bytes(msgspec.json.encode(floor.FloorBeat(at=self._logs[site].now())))
                await asyncio.sleep(LOOK_EVERY_S)

    def _state(self, site: str) -> floor.FloorState:
        status = self._requests.status(site)
        return floor.FloorState(
            broker=status.broker,
            site=status.sites[0],
            doors=status.doors,
            stored=self._requests.stored(site),
            codes=self._codes.get(site, ()),
        )

    async def _watch_codes(self) -> None:
        """Ask for the codes of the sites that are looked at, whenever an edge has a new plan and every few seconds."""
        while True:
            self._look.clear()
            for site in sorted(self._viewed):
                try:
                    self._codes[site] = await self._visitor.codes(site)
                except SimError:
                    pass
                except Exception:  # the other sites' codes go on
                    _log.exception("the codes of %s could not be shown", site)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CODES_EVERY_S):
                    await self._look.wait()


def _app_css() -> bytes:
    """The colours and controls of the web app, as built."""
    spec = find_spec("dashboards")
    folders = spec.submodule_search_locations if spec is not None else None
    found = [file for each in folders or () for file in Path(each).glob("dist/assets/app-*.css")]
    return found[0].read_bytes() if found else b""


class _OwnPagesOnly:
    """Refuses what does not come under our own name (DNS rebinding), and writes and WebSockets that a page of another
    origin sends; adds the headers."""

    def __init__(self, app: ASGIApp, origin: str, pages: str) -> None:
        self._app = app
        self._origin = origin.encode()
        self._host = origin.removeprefix("http://").encode()
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            f"connect-src 'self'; frame-src {pages}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            return await self._app(scope, receive, send)
        headers = dict(scope["headers"])
        reads = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        ours = headers.get(b"host") == self._host and (reads or headers.get(b"origin") == self._origin)
        if scope["type"] == "websocket":
            if ours:
                return await self._app(scope, receive, send)
            return await send({"type": "websocket.close", "code": 4403, "reason": "another origin's"})

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        if ours:
            return await self._app(scope, receive, dressed)
        refused = PlainTextResponse(f"this page answers to {self._origin.decode()} only", 403)
        return await refused(scope, receive, dressed)
