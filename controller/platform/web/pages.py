"""Serves the built web app: hashed assets that never expire, its one page for every address a person may open.

The page names in its head what its address needs first, by ``dashboards/preload.ts``, so that a browser on a slow line
fetches all of it at once.
"""

import importlib.util
import json
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from controller.platform.web.fields import read_date

_FOR_EVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=3600"
_NOT_PAGES = ("/api/", "/c/", "/d/")
_OPEN = frozenset({"hire", "invitation", "pair", "tablet"})
"""Pages for people without an account."""
_NOT_BUILT = """\
<!doctype html>
<html lang="en-GB">
<title>Hallkeeper: the pages are not built</title>
<h1>The pages are not built</h1>
<p>The controller runs, but there are no pages to show. Run <code>make demo</code>, which builds them, or
set <code>pages_dir</code> in its configuration to a folder that holds them.</p>
</html>
"""


def find_pages(pages_dir: Path | None) -> Path | None:
    """The folder of built pages: the configured one, or the one installed with ``dashboards``; None without."""
    if pages_dir is None:
        spec = importlib.util.find_spec("dashboards")
        if spec is None or not spec.submodule_search_locations:
            return None
        pages_dir = Path(next(iter(spec.submodule_search_locations))) / "dist"
    return pages_dir.resolve() if (pages_dir / "index.html").is_file() else None


def build_of(pages_dir: Path | None) -> str:
    """Names the built pages: others have another name. Empty where there are none."""
    folder = find_pages(pages_dir)
    return "" if folder is None else sha256((folder / "index.html").read_bytes()).hexdigest()[:12]


class Pages:
    """ASGI app for all that no route answers. ``cookie``: the name of that of a session. ``api``: what addresses of the
    API begin with. ``preloads``: of those that a page needs first, what the API answers about a site."""

    def __init__(
        self,
        pages_dir: Path | None,
        *,
        cookie: str,
        api: str,
        preloads: Callable[[Request, list[str], str], Awaitable[list[str]]],
    ) -> None:
        self._pages_dir = pages_dir
        self._cookie = cookie
        self._api = api
        self._preloads = preloads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4404, "reason": "no such address"})
            return
        response = await self._answer(Request(scope))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        if path.startswith(_NOT_PAGES) or path == "/api":
            raise HTTPException(404, "there is no such address; /openapi.json lists those there are")
        if request.method not in {"GET", "HEAD"}:
            raise HTTPException(405, "pages can only be read", headers={"Allow": "GET, HEAD"})
        folder = find_pages(self._pages_dir)  # looked up each time: pages may be built while we run
        if folder is None:
            if _navigates(request):
                return HTMLResponse(_NOT_BUILT, 503)
            raise HTTPException(404, "there is no such file; the pages are not built: run make demo")
        file = _inside(folder, path)
        if file is not None and file.name != "index.html":
            cache = _FOR_EVER if path.startswith("/assets/") else _SHORT
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return FileResponse(file, media_type=kind, headers={"Cache-Control": cache})
        if not _navigates(request) or path.startswith("/assets/"):
            raise HTTPException(404, "there is no such file")
        files = (folder / "index.html", folder / "preload.json")
        html, first = _built(*files, tuple(each.stat().st_mtime_ns if each.exists() else 0 for each in files))
        links = "".join([each async for each in self._links(request, first, html)])
        return HTMLResponse(html.replace("</head>", f"{links}</head>", 1), headers={"Cache-Control": "no-store"})

    async def _links(self, request: Request, first: dict[str, Any], html: str) -> AsyncIterator[str]:
        """What the page of an address needs, as links for its head."""
        signed_in = self._cookie in request.cookies
        page, asked = request.url.path.strip("/"), dict(reversed(request.query_params.multi_items()))
        # Who comes from another site may be signed in: a browser then keeps back the cookie for the page alone.
        unsure = not signed_in and request.headers.get("sec-fetch-site") == "cross-site"
        if not signed_in and not unsure and page not in _OPEN:
            page = "sign-in"
        needs = first.get(f"{page}/{asked.get('view', '')}") or first.get(page) or {"files": [], "api": []}
        for file in needs["files"]:
            if f"/{file}" not in html:
                rel = "stylesheet" if file.endswith(".css") else "modulepreload"
                yield f'<link rel="{rel}" crossorigin href="/{file}">'
        if unsure or page == "tablet":
            return
        paths = ["/setup-needed"]
        if signed_in:
            needed = _dated(needs["api"], asked.get("date", ""))
            answered = await self._preloads(request, needed, asked.get("site", ""))
            paths = ["/session", "/sites?limit=200", *answered]
        for path in paths:
            yield f'<link rel="preload" as="fetch" crossorigin href="{escape(self._api + path)}">'


def _dated(paths: list[str], date: str) -> list[str]:
    """The paths with the day in the address and the next one, without those that need a day that is not there."""
    try:
        day = read_date(date)
    except ValueError:
        return [path for path in paths if "{date}" not in path]
    return [path.replace("{date}", f"{day}").replace("{next}", f"{day + timedelta(days=1)}") for path in paths]


@lru_cache(maxsize=1)
def _built(page: Path, first: Path, changed: tuple[int, ...]) -> tuple[str, dict[str, Any]]:
    """The page, and by address what it needs first. ``changed``: when the files were, so that new ones are read."""
    return page.read_text("utf-8"), json.loads(first.read_text("utf-8")) if first.exists() else {}


def _navigates(request: Request) -> bool:
    """Whether a person opens an address, rather than a page asking for a file."""
    return request.url.path == "/" or "text/html" in request.headers.get("accept", "")


def _inside(folder: Path, path: str) -> Path | None:
    """The file at a path, if there is one and it lies in the folder."""
    if "\0" in path:
        return None
    file = (folder / path.lstrip("/")).resolve()
    return file if file.is_relative_to(folder) and file.is_file() else None
