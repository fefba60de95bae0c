"""Writes docs/api.md from the application's OpenAPI document and its gates: ``python -m tools.api_document``."""

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute

from controller.people.authentication import Authenticated, the_actor
from controller.people.model import Actor, Role
from controller.people.permissions import Action, Thing, may
from controller.settings import Settings
from controller.telemetry import routes as telemetry
from controller.text.patterns import ID_PATTERN
from controller.web.app import ANYWHERE, API, ROUTERS, build_app
from controller.web.problem import NotSignedIn, described
from edge.wire.clock import SystemClock
from edge.wire.ids import SLUG_PATTERN

Json = dict[str, Any]
"""A part of the OpenAPI document."""

INTRODUCTION = """\
# The HTTP API

Generated from the routes by `python -m tools.api_document > docs/api.md`; a test fails when this page and the code
differ. A running controller says the same as OpenAPI at `/openapi.json`. What the pages beside this one tell in words
is not repeated here: [bookings](bookings.md), [people](people.md), [opening hours](opening-hours.md), and so on.

- **Sign in** with `POST /api/v1/session`; send the `token` that it answers as `Authorization: Bearer …`. Browsers have
  it as a cookie, and write from our own pages only.
- **Times** are answered with the site's offset, `2026-11-26T18:00:00+00:00`. They are taken with an offset, or bare,
  `2026-11-26T18:00`, as the site's own. Years are 2000 to 2199.
- **Ids** that people choose have 1 to 40 small letters, digits and inner hyphens; those that the controller gives are
  UUIDs. Text is one line without control characters, except where it says “lines”.
- **A field** that is left out has the value in the column “left out”. One that is not known is refused by its name.
- **What a PUT replaces** has a `version`, which reading it tells; 0 where there is nothing yet, or nobody has set it.
  Every PUT sends the one it has read. Where it is another by now, nothing is written: the answer is 409 and says who
  changed it and when. A site's file has none, since it is kept elsewhere and may be brought in again at any time.
- **A write that may be sent twice** carries an `Idempotency-Key` of 1 to 200 printable characters. Sent again within a
  day it is answered as before and not done again; sent again with something else in it, or under other rights, it is
  refused.
- **Lists** come in pages: as long as `next` is not null, ask again with it as `after`.

## Problems

Every error is an `application/problem+json` (RFC 9457), a [ProblemBody](#problembody). `type` is
`urn:hallkeeper:problem:` and the word in brackets below. Any route may answer:
"""
UNFORESEEN = """
What else a route may answer stands with it. Anything unforeseen is a 500 whose cause is in the controller's log.
"""
WHO = """\
## Who may do what

Each route asks for one of these; [people](people.md) tells what they mean. A user who has some sites only may do it
there only. `GET /api/v1/session` tells who one is.
"""
_PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true/false", "null": "null"}
_LIMITS = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", ""),
    ("minProperties", "maxProperties", ""),
)
_PATTERNS = {SLUG_PATTERN: "id", ID_PATTERN: "UUID"}


def page() -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as folder:
        app = build_app(Settings(data_dir=Path(folder)), SystemClock())
        return Page(app.openapi()).text()


def gates() -> dict[tuple[str, str], str]:
    """Who may call a route: an action's word, or in words. By method in small letters, and path."""
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
            return "whoever is signed in"
    return "everybody"


class Page:
    """One document being written. A model stands in the section of the first route that names it."""

    def __init__(self, document: Json) -> None:
        self._paths: Json = document["paths"]
        self._schemas: Json = document["components"]["schemas"]
        self._taken: dict[str, bool] = {}
        self._waiting: list[str] = []
        self._taking = False

    def text(self) -> str:
        lines = [INTRODUCTION]
        lines += [f"- {status}: {each['description']}" for status, each in _common().items()]
        self._model("ProblemBody")
        lines += [UNFORESEEN, *self._models(), WHO, *_roles()]
        who = gates()
        by_tag: dict[str, list[tuple[str, str, Json]]] = defaultdict(list)
        for path, methods in self._paths.items():
            for method, operation in methods.items():
                by_tag[operation["tags"][0]].append((path, method, operation))
        for tag, group in by_tag.items():
            lines += [f"## {tag.capitalize()}\n"]
            for path, method, operation in group:
                lines += self._route(path, method, operation, who.get((method, path), "everybody"))
            if tag == telemetry.router.tags[0]:
                for name in ("BookingsChanged", "Beat"):
                    self._model(name)
                lines += [
                    f"### WS {API}/live?site={{site}}\n",
                    f"{_prose(telemetry.live.__doc__ or '')}\n",
                    "- who: `read`\n",
                ]
            lines += self._models()
        return "\n".join(lines).rstrip() + "\n"

    def _route(self, path: str, method: str, operation: Json, may_call: str) -> Iterator[str]:
        yield f"### {method.upper()} {path}\n"
        yield f"{_prose(operation['description'])}\n"
        yield f"- who: {may_call}"
        parameters = [each for each in operation.get("parameters", ()) if not _plain_path(each)]
        if "requestBody" in operation:
            ((kind, content),) = operation["requestBody"]["content"].items()
            self._taking = True
            named = self._kind(content["schema"]) if kind == "application/json" else f"`{kind}`"
            self._taking = False
            yield f"- body: {named}"
        usual = _common()
        for status, answer in sorted(operation["responses"].items()):
            if int(status) < 400:
                yield f"- {status}: {self._answer(answer)}"
            elif answer["description"] != usual.get(int(status), {}).get("description"):
                yield f"- {status}: {answer['description']}"
        yield ""
        if parameters:
            yield from ("| parameter | in | type | left out | |", "|---|---|---|---|---|")
            for each in parameters:
                schema = each["schema"]
                left_out = "needed" if each["required"] else _default(schema)
                said = _prose(each.get("description", ""))
                yield f"| `{each['name']}` | {each['in']} | {self._kind(schema)} | {left_out} | {said} |"
            yield ""

    def _answer(self, answer: Json) -> str:
        kinds = []
        for kind, content in answer.get("content", {}).items():
            schema = content.get("schema", {})
            said = self._kind(schema) if "$ref" in schema or (schema and kind == "application/json") else ""
            named = "" if kind == "application/json" else f"`{kind}`"
            kinds.append(f"{said} as {named}" if said and named else said or named or "JSON")
        return " or ".join(kinds) or "nothing"

    def _models(self) -> Iterator[str]:
        """Those that were named and are not told yet, and those that they name."""
        while self._waiting:
            name = self._waiting.pop(0)
            schema = self._schemas[name]
            yield f"### {_title(name)}\n"
            if "description" in schema:
                yield _prose(schema["description"]) + "\n"
            self._taking = self._taken[name]
            yield from self._fields(schema)
            self._taking = False

    def _fields(self, schema: Json) -> Iterator[str]:
        """Of an answer only what they are, of a body also what they are where they are left out."""
        if not schema.get("properties"):
            return
        yield from (
            ("| field | type | left out |", "|---|---|---|") if self._taking else ("| field | type |", "|---|---|")
        )
        for field, inner in schema["properties"].items():
            left_out = "needed" if field in schema.get("required", ()) else _default(inner)
            yield f"| `{field}` | {self._kind(inner)} |" + (f" {left_out} |" if self._taking else "")
        yield ""

    def _model(self, name: str) -> None:
        if name not in self._taken:
            self._taken[name] = self._taking
            self._waiting.append(name)

    def _kind(self, schema: Json) -> str:
        """A type in words a reader of JSON knows, with its limits."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            inner = self._schemas[name]
            if "enum" in inner or "const" in inner:
                return self._kind(inner)
            self._model(name)
            title = _title(name)
            return f"[{title}](#{title.lower().replace(' ', '-')})"
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


def _common() -> dict[int, Json]:
    """The problems of every route of the API, by status."""
    return {int(status): each for status, each in sorted(described(NotSignedIn, *ANYWHERE).items())}


def _roles() -> Iterator[str]:
    yield "| | " + " | ".join(role.value for role in Role) + " |"
    yield "|---|" + "---|" * len(Role)
    for action in Action:
        yield f"| `{action}` | " + " | ".join(_mark(role, action) for role in Role) + " |"
    yield ""


def _mark(role: Role, action: Action) -> str:
    actor = Actor(name="", by_cookie=False, role=role, party="ours" if role is Role.BOOKER else None)
    if may(actor, action, Thing(party="theirs")):
        return "yes"
    return "its own party's" if may(actor, action, Thing(party="ours")) else ""


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
    sys.stdout.write(page())
