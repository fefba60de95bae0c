"""Writes docs/api/, a page per domain, from the OpenAPI document: ``python -m tools.api_document docs/api``."""

import json
import re
import sys
import tempfile
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute

from controller.app.http_app import ANYWHERE, API, ROUTERS, build_app
from controller.people.authentication import Authenticated, the_actor, the_person, the_room_tablet, the_token_owner
from controller.platform.settings import Settings
from controller.platform.text.id_patterns import ID_PATTERN
from controller.platform.web.problem import NotSignedIn, described
from controller.screens.live import routes as telemetry
from controller.screens.live.websocket import live, live_sites, room_tablet_live
from edge.wire.clock import SystemClock
from edge.wire.ids import SLUG_PATTERN

Json = dict[str, Any]
"""A part of the OpenAPI document."""
Gates = dict[tuple[str, str], str]
"""Who may call a route: an action's word, or in words. By method in small letters, and path."""
INDEX = "README.md"

INTRODUCTION = """\
# The HTTP API

Generated from the routes by `python -m tools.api_document docs/api`; a test fails when these pages and the code
differ. A running controller serves the same as OpenAPI at `/openapi.json`. The pages of [docs](../README.md) explain
what the routes are for; this is the reference.

- **Sign in** with `POST /api/v1/session`; send the `token` of its answer as `Authorization: Bearer …`. Browsers get it
  as a cookie, and may write from our own pages only.
- **Times** in answers have the site's offset: `2026-11-26T18:00:00+00:00`. A request may send an offset, or a bare
  `2026-11-26T18:00`, which is the site's own time. Years are 2000 to 2199.
- **Ids** that people choose have 1 to 40 small letters, digits and inner hyphens; those that the controller chooses are
  UUIDs. Text is one line without control characters, except where it says “lines”.
- **A field** that is left out has the value in the column “left out”. An unknown field is refused by its name.
- **What a PUT replaces** has a `version`. Reading it returns the version: 0 if nobody has set it yet. Every PUT sends
  the version that it has read. If it has changed since, nothing is written: the answer is 409 and says who changed it
  and when. A site's file has no version, since it is kept elsewhere and may be imported again at any time.
- **A write that may be sent twice** carries an `Idempotency-Key` of 1 to 200 printable characters. Sent again within a
  day, it gets the same answer and is not done again. Sent again with other content, or under other rights, it is
  refused.
- **Lists** come in pages: while `next` is not null, ask again with it as `after`.

## Problems

Every error is an `application/problem+json` (RFC 9457), a [ProblemBody](#problembody). `type` is
`urn:hallkeeper:problem:` and the word in brackets below. Any route may answer:
"""
UNFORESEEN = """
Each route lists the other problems that it may answer. Anything unexpected is a 500 whose cause is in the controller's
log.
"""
WHO = """\
## Who may do what

Each route asks for an action; [permissions](../permissions.md) has the table of roles and actions. An assignment for a
site allows it at that site only. `GET /api/v1/session` returns the user who is signed in, and what they may do where.
"""
WIDTH = 120
"""Characters a line of prose has at most, where a word is not longer."""
LONGEST_ROW = 200
"""Characters a row of a table has at most; longer content goes below the table."""
_PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true/false", "null": "null"}
_LIMITS = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", ""),
    ("minProperties", "maxProperties", ""),
)
_PATTERNS = {SLUG_PATTERN: "id", ID_PATTERN: "UUID"}


def pages() -> dict[str, str]:
    """All pages: text by file name."""
    with tempfile.TemporaryDirectory() as folder:
        app = build_app(Settings(data_dir=Path(folder)), SystemClock())
        return ApiPages(app.openapi()).texts()


def write(folder: Path) -> None:
    """Write the pages into ``folder``, and remove any that no longer belong there."""
    texts = pages()
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in texts:
            old.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def gates() -> Gates:
    """Who may call each route."""
    found = {}
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in route.methods or ():
                    found[method.lower(), API + route.path] = _gate(route)
    return found


def _gate(route: APIRoute) -> str:
    for each in route.dependant.dependencies:
        if isinstance(each.call, Authenticated):
            return f"`{each.call.action}`"
        if each.call is the_actor:
            return "any signed-in user"
        if each.call in (the_person, the_token_owner):
            return "any signed-in user, but no API token"
        if each.call is the_room_tablet:
            return "a tablet that is paired with a room's door, and nobody else"
    return "anyone"


class ApiPages:
    """Pages being written: an introduction, and one per tag. A model is on the page of the first route that names
    it; links from other pages lead there."""

    def __init__(self, document: Json) -> None:
        self._paths: Json = document["paths"]
        self._schemas: Json = document["components"]["schemas"]
        self._page = INDEX
        self._page_of: dict[str, str] = {}
        self._taken: dict[str, bool] = {}
        self._waiting: list[str] = []
        self._taking = False

    def texts(self) -> dict[str, str]:
        who = gates()
        by_tag: dict[str, list[tuple[str, str, Json]]] = defaultdict(list)
        for path, methods in self._paths.items():
            for method, operation in methods.items():
                by_tag[operation["tags"][0]].append((path, method, operation))
        found = {INDEX: _joined(self._index(by_tag))}
        for tag, group in by_tag.items():
            self._page = _file_name(tag)
            found[self._page] = _joined(self._domain(tag, group, who))
        return found

    def _index(self, by_tag: Mapping[str, Sequence[tuple[str, str, Json]]]) -> Iterator[str]:
        yield INTRODUCTION
        for status, each in _common().items():
            yield from _item(f"{status}: {each['description']}")
        self._model("ProblemBody")
        yield UNFORESEEN
        yield from self._models()
        yield WHO
        yield "## Routes\n"
        for tag, group in by_tag.items():
            yield f"### [{tag.capitalize()}]({_file_name(tag)})\n"
            for path, method, _ in group:
                title = f"{method.upper()} {path}"
                yield f"- [`{title}`]({_file_name(tag)}#{_anchor(title)})"
            yield ""

    def _domain(self, tag: str, group: Sequence[tuple[str, str, Json]], who: Gates) -> Iterator[str]:
        yield f"# {tag.capitalize()}\n"
        yield f"Part of [the HTTP API]({INDEX}), generated like it.\n"
        for path, method, operation in group:
            yield from self._route(path, method, operation, who.get((method, path), "anyone"))
        if tag == telemetry.router.tags[0]:
            for name in ("BookingsChanged", "Beat", "WallView"):
                self._model(name)
            yield f"## WS {API}/live?site={{site}}\n"
            yield from _paragraph(live.__doc__ or "")
            yield "- who: `read`\n"
            yield f"## WS {API}/live/sites\n"
            yield from _paragraph(live_sites.__doc__ or "")
            yield "- who: `live` at some site, and a screen for a wall\n"
            yield f"## WS {API}/room-tablet/live\n"
            yield from _paragraph(room_tablet_live.__doc__ or "")
            yield "- who: a tablet at a room's door\n"
        if self._waiting:
            yield "# Bodies and answers\n"
        yield from self._models()

    def _route(self, path: str, method: str, operation: Json, may_call: str) -> Iterator[str]:
        yield f"## {method.upper()} {path}\n"
        yield from _paragraph(operation["description"])
        yield f"- who: {may_call}"
        parameters = [each for each in operation.get("parameters", ()) if not _plain_path(each)]
        if "requestBody" in operation:
            ((kind, content),) = operation["requestBody"]["content"].items()
            self._taking = True
            named = self._kind(content["schema"]) if kind == "application/json" else f"`{kind}`"
            self._taking = False
            yield from _item(f"body: {named}")
        usual = _common()
        for status, answer in sorted(operation["responses"].items()):
            if int(status) < 400:
                yield from _item(f"{status}: {self._answer(answer)}")
            elif answer["description"] != usual.get(int(status), {}).get("description"):
                yield from _item(f"{status}: {answer['description']}")
        yield ""
        rows = []
        for each in parameters:
            schema = each["schema"]
            left_out = "needed" if each["required"] else _default(schema)
            said = _prose(each.get("description", ""))
            rows.append((f"`{each['name']}`", each["in"], self._kind(schema), left_out, said))
        yield from _table(("parameter", "in", "type", "left out", ""), rows)

    def _answer(self, answer: Json) -> str:
        kinds = []
        for kind, content in answer.get("content", {}).items():
            schema = content.get("schema", {})
            said = self._kind(schema) if "$ref" in schema or (schema and kind == "application/json") else ""
            named = "" if kind == "application/json" else f"`{kind}`"
            kinds.append(f"{said} as {named}" if said and named else said or named or "JSON")
        return " or ".join(kinds) or "nothing"

    def _models(self) -> Iterator[str]:
        """The models that were named and not written yet, and those that they name in turn."""
        while self._waiting:
            name = self._waiting.pop(0)
            schema = self._schemas[name]
            yield f"## {_title(name)}\n"
            if "description" in schema:
                yield from _paragraph(schema["description"])
            self._taking = self._taken[name]
            yield from self._fields(schema)
            self._taking = False

    def _fields(self, schema: Json) -> Iterator[str]:
        """A table of the fields and their types; for a body, also of their defaults."""
        rows = []
        for field, inner in schema.get("properties", {}).items():
            row = (f"`{field}`", self._kind(inner))
            left_out = "needed" if field in schema.get("required", ()) else _default(inner)
            rows.append((*row, left_out) if self._taking else row)
        yield from _table(("field", "type", "left out") if self._taking else ("field", "type"), rows)

    def _model(self, name: str) -> None:
        if name not in self._taken:
            self._taken[name] = self._taking
            self._page_of[name] = self._page
            self._waiting.append(name)

    def _kind(self, schema: Json) -> str:
        """A type in words a reader of JSON knows, with its limits."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            inner = self._schemas[name]
            if "enum" in inner or "const" in inner:
                return self._kind(inner)
            self._model(name)
            page = self._page_of[name] if self._page_of[name] != self._page else ""
            return f"[{_title(name)}]({page}#{_anchor(_title(name))})"
        if "anyOf" in schema:
            return " or ".join(dict.fromkeys(self._kind(each) for each in schema["anyOf"]))
        if "const" in schema:
            return f"`{schema['const']}`"
        if "enum" in schema:
            return ", ".join(f"`{each}`" for each in schema["enum"])
        if schema.get("type") == "array":
            return f"list of {self._kind(schema['items'])}{_bounds(schema)}"
        if schema.get("type") == "object":
            inner = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
            return f"object: name to {self._kind(inner)}{_bounds(schema)}" if isinstance(inner, dict) else "object"
        if schema.get("pattern") in _PATTERNS:
            return _PATTERNS[schema["pattern"]]
        return f"{schema.get('format') or _PLAIN[schema['type']]}{_bounds(schema)}"


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _file_name(tag: str) -> str:
    return f"{tag.replace(' ', '-')}.md"


def _anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _paragraph(text: str) -> Iterator[str]:
    yield from _wrapped(_prose(text))
    yield ""


def _item(text: str) -> Iterator[str]:
    """One item of a list."""
    yield from _wrapped(f"- {text}", indent="  ")


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table, and below it whatever would make a row longer than ``LONGEST_ROW``. Nothing if it has no rows."""
    if not rows:
        return
    below: list[str] = []
    yield "| " + " | ".join(head) + " |"
    yield "|---" * len(head) + "|"
    for row in rows:
        cells = list(row)
        while len(line := "| " + " | ".join(cells) + " |") > LONGEST_ROW:
            longest = max(range(1, len(cells)), key=lambda at: len(cells[at]))
            below += _item(f"{cells[0]}: {cells[longest]}")
            cells[longest] = "see below"
        yield line
    yield ""
    if below:
        yield from (*below, "")


def _common() -> dict[int, Json]:
    """The problems of every route of the API, by status."""
    return {int(status): each for status, each in sorted(described(NotSignedIn, *ANYWHERE).items())}


def _plain_path(parameter: Json) -> bool:
    return parameter["in"] == "path" and parameter["schema"].get("pattern") in _PATTERNS


def _default(schema: Json) -> str:
    value = schema.get("default")
    if value is None:
        return "empty" if schema.get("type") in ("array", "object") else "null"
    return "empty" if value in ("", [], {}) else f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _bounds(schema: Json) -> str:
    said = []
    for least, most, of in _LIMITS:
        low, high = schema.get(least), schema.get(most)
        if low is not None and high is not None:
            said.append(f"{_figure(low)} to {_figure(high)}{of}")
        else:
            said += [f"at least {_figure(low)}{of}"] if low is not None else []
            said += [f"at most {_figure(high)}{of}"] if high is not None else []
    said += [f"above {_figure(schema['exclusiveMinimum'])}"] if "exclusiveMinimum" in schema else []
    said += [f"`{schema['pattern']}`".replace("|", "\\|")] if "pattern" in schema else []
    said += [f"such as `{each}`" for each in schema.get("examples", ())]
    return f" ({', '.join(said)})" if said else ""


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else str(number)


def _title(name: str) -> str:
    """Of a model; where two have a name, with the domain that it is of."""
    *where, last = name.split("__")
    return f"{last} of {where[1]}" if where else last


def _prose(text: str) -> str:
    return " ".join(text.replace("``", "`").split()).replace("|", "\\|")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
