"""The web app in words that no language has: two fifths longer, with accents, in brackets.

``dashboards/words/pseudo.ts`` makes them of the catalogue, so what has no brackets is in none.
"""

import fcntl
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page, Response, Route, WebSocket

from hatch_build import ROOT, Pages

_ACCENTS = str.maketrans("acdeinouyAEINOU", "áçdéíñóúýÁÉÍÑÓÚ")


_NAMES = [f"{date(2024, 1, day):%A}" for day in range(1, 8)] + [f"{date(2024, month, 1):%B}" for month in range(1, 13)]
"""What the browser itself says in the language of a page: names of days and months, also the short ones in them."""


def pseudo(text: str) -> str:
    """A part of a message in these words, without its brackets."""

    def longer(word: re.Match[str]) -> str:
        said = word[0]
        return said.translate(_ACCENTS) + "ė" * (0 if len(said) < 3 else -(-len(said) * 2 // 5))

    return re.sub(r"[^\W\d_]+", longer, text)


def either(text: str, *, exact: bool = False) -> re.Pattern[str]:
    """The text in English or in these words."""
    # Dots that a button adds stand outside the brackets of its message.
    said = re.sub("…$", "⟧?…", re.escape(pseudo(text)))
    found = f"{re.escape(text)}|{said}"
    return re.compile(rf"^⟦?({found})⟧?$" if exact else found)


def built() -> Path:
    """The folder of these pages, built unless it is fresh."""
    (ROOT / "dashboards" / "languages").mkdir(exist_ok=True)
    with (ROOT / "dashboards" / "languages" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return Pages(ROOT).build_language("pseudo")


class PseudoPages:
    """What a page gets of the server, with the app's files in these words; and the texts that come as data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._answers: list[Response] = []
        self._data = ["Hallkeeper", *_NAMES]

    async def serve(self, page: Page) -> None:
        page.on("response", self._note)
        page.on("websocket", self._listen)
        # Of an answer that a test gives, the browser knows no address, and would not let it ask this machine for more.
        await page.context.grant_permissions(["local-network-access"])
        await page.route("**/*", self._answer)

    async def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        file = self._folder / path.lstrip("/")
        if path.startswith("/assets/") and file.is_file():
            await route.fulfill(path=file)
        elif route.request.is_navigation_request():
            response = await route.fetch()
            app = '<div id="app">' in await response.text()
            index = (self._folder / "index.html").read_text(encoding="utf-8")
            await (route.fulfill(response=response, body=index) if app else route.fulfill(response=response))
        else:
            await route.continue_()

    def _note(self, response: Response) -> None:
        if "json" in response.headers.get("content-type", ""):
            self._answers.append(response)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self._data.extend(_strings(_parsed(frame))))

    async def unknown(self, page: Page) -> list[str]:
        """Texts on the page that are in no catalogue, and did not come as data."""
        found: list[str] = await page.evaluate(_OUTSIDE)
        for answer in self._answers:
            self._data += _strings(await answer.json())
        data = _plain("\n".join(self._data))
        return sorted({each for each in found if not _of_a_day(each) and _plain(each) not in data})


def _plain(text: str) -> str:
    return text.casefold().replace("_", " ").replace("-", " ")


def _of_a_day(text: str) -> bool:
    """Whether it is a day or a month with its number: “Nov 2026”."""
    return any(re.fullmatch(rf"[\d ]*({name}|{name[:3]})[\d ]*", text) for name in _NAMES)


def _parsed(frame: bytes | str) -> Any:
    try:
        return json.loads(frame)
    except ValueError:
        return None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (str(key) for key in value)
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


_OUTSIDE = """() => {
  const found = [];
  const outside = (texts) => {
    let [depth, piece] = [0, ""];
    const end = () => { if (/\\p{L}{2}/u.test(piece)) found.push(piece.trim()); piece = ""; };
    for (const text of texts) {
      if (depth === 0) end();
      for (const letter of text) {
        if (letter === "⟦") { if (depth++ === 0) end(); }
        else if (letter === "⟧") depth = Math.max(0, depth - 1);
        else if (depth === 0) piece += letter;
      }
    }
    end();
  };
  const walker = document.createTreeWalker(document.getElementById("app"), NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.closest("script, style, code, svg")) texts.push(node.data);
  }
  outside(texts);
  for (const name of ["aria-label", "title", "placeholder", "alt"]) {
    for (const each of document.querySelectorAll(`#app [${name}]`)) outside([each.getAttribute(name)]);
  }
  outside([document.title]);
  const parts = found.flatMap((each) => each.replace(/\\d\\d:\\d\\d/g, ",").split(/[,;:·]/));
  return parts.map((each) => each.replace(/^[\\s.“”()]+|[\\s.“”()]+$/g, "")).filter((each) => /\\p{L}{2}/u.test(each));
}"""
"""Pieces of text outside of every bracket. A sentence over several elements has its two brackets in different ones."""
