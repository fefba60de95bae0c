"""Requests made up from the OpenAPI document: mostly what it asks for, here and there what nobody should send."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from hypothesis import strategies as st

Json = dict[str, Any]

NASTY: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**400,
    1e308,
    0.5,
    "",
    " ",
    "\0",
    "a\0b",
    "\u202e",
    "\ud800",
    "🎺" * 10_000,
    "../../etc",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "2027-03-28T01:30",
    "2026-10-25T01:30",
    "NaN",
    [],
    [None],
    {},
    {"": {"": []}},
)
"""Wherever a value stands, one of these may stand in its place."""
TIMES = (
    "2026-11-26T18:00",
    "2026-11-26T20:00",
    "2026-11-26T21:30:00+00:00",
    "2026-10-25T01:30",
    "2027-03-28T01:30",
    "2027-03-28T02:30",
    "2000-01-01T00:00",
    "2199-12-31T23:59",
    "2026-11-27T00:00:00+14:00",
)
DATES = ("2026-11-26", "2026-11-27", "2026-12-24", "2000-01-01", "2199-12-31", "2027-03-28")
PLAUSIBLE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("starts", "ends", "first_starts", "first_ends"), TIMES),
    **dict.fromkeys(("from", "to"), TIMES + DATES),
    **dict.fromkeys(("first", "last", "date", "from_date", "since", "until", "day", "extra", "without"), DATES),
    "rule": ("FREQ=WEEKLY;COUNT=3", "FREQ=DAILY", "FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", ""),
    "zone": ("Europe/London", "UTC", "Mars/Base", "America/St_Johns"),
    "opens": ("09:00", "00:00", "24:00", "9"),
    "closes": ("17:00", "24:00", "02:00", "25:00"),
    "hours": ("Mon-Fri 18:00-22:00", "Fri 18:00 - Sat 02:00", "always"),
    "equipment": ("chair", "chair:3", "chair:0"),
    "status": ("confirmed", "held"),
}
"""By the name of a field: what people write there."""
FILES = {
    "application/octet-stream": (
        b"%PDF-1.7\n",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 5000,
        b"",
        b"<svg/>",
    ),
    "image/svg+xml": (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect id="hall" width="4"/></svg>',
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>",
        b"<svg onload='alert(1)'>" + b"<g>" * 500,
        b"\xff\xfe<\0",
        b"",
    ),
    "text/csv": (
        b"title,space,date,start,end\nChoir,hall,26/11/2026,18:00,20:00\n",
        b"id,kind,name\nchoir,group,Choir\n",
        b"title\n\xff\xfe\0\n",
        b"",
        b"<html><body>Sign in</body></html>",
        b'title,space\n"open,hall\n' + b"x" * 5000,
    ),
    "text/calendar": (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261126T180000\r\nDTEND:20261126T200000\r\n"
        b"RRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 500,
        b"<!doctype html><title>Sign in</title>",
        b"\0\xff",
    ),
    "application/toml": (
        b'name = "Ramsey Hub"\nzone = "Europe/London"\n',
        b"[[[[",
        b"hallkeeper = 99999999999999999999999\n",
        b"\xff\0",
        b'format = 1\n[site]\nname = 7\nzone = "Mars/Base"\n[spaces.hall]\ncapacity = -1\n',
    ),
}


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to send. ``query`` may hold a name several times."""

    method: str
    path: str
    query: list[tuple[str, str | int | float | bool | None]]
    headers: dict[str, str]
    body: bytes | None

    def __repr__(self) -> str:
        body = None if self.body is None else self.body[:400]
        return f"{self.method} {self.path[:200]} {self.query} {self.headers} {body!r}"


class Maker:
    """Makes requests of a document. ``known``: ids that there are, by the name of a parameter or field."""

    def __init__(self, document: Json, known: Mapping[str, tuple[str, ...]]) -> None:
        self._schemas: Json = document["components"]["schemas"]
        self._known = known

    def request(self, method: str, path: str, operation: Json) -> st.SearchStrategy[Request]:
        @st.composite
        def build(draw: st.DrawFn) -> Request:
            address, headers = path, dict[str, str]()
            query: list[tuple[str, str | int | float | bool | None]] = []
            for each in operation.get("parameters", ()):
                if each["in"] != "path" and not each.get("required") and draw(st.integers(0, 3)):
                    continue
                values = draw(self.value(each["schema"], each["name"]))
                texts = [_text(one) for one in (values if isinstance(values, list) else [values])]
                if each["in"] == "path":
                    address = address.replace(f"{{{each['name']}}}", quote((texts or ["x"])[0][:1000] or "x", safe=""))
                elif each["in"] == "query":
                    query += [(each["name"], text) for text in texts]
                else:
                    headers[each["name"]] = "".join(texts).encode("ascii", "ignore").decode()[:200]
            body = None
            if "requestBody" in operation:
                ((kind, content),) = operation["requestBody"]["content"].items()
                headers["content-type"] = kind
                body = draw(self._body(kind, content["schema"]))
            return Request(method=method.upper(), path=address, query=query, headers=headers, body=body)

        return build()

    def _body(self, kind: str, schema: Json) -> st.SearchStrategy[bytes]:
        if kind != "application/json":
            return st.one_of(st.sampled_from(FILES[kind]), st.binary(max_size=60))
        return st.one_of(
            self.value(schema, "").map(_json),
            self.value(schema, "").map(_json),
            self.value(schema, "").map(_json),
            st.sampled_from(
                [b"", b"{", b"[]", b"null", b'{"a":' * 2000, b'{"title": NaN}', b'{"title":1,"title":2}', b"\xff"]
            ),
        )

    def value(self, schema: Json, name: str) -> st.SearchStrategy[Any]:
        """What the schema allows, or now and then something that it does not."""
        return st.integers(0, 11).flatmap(
            lambda roll: st.sampled_from(NASTY) if roll == 11 else self._sound(schema, name)
        )

    def _sound(self, schema: Json, name: str) -> st.SearchStrategy[Any]:
        if "$ref" in schema:
            return self._sound(self._schemas[schema["$ref"].rpartition("/")[2]], name)
        if "anyOf" in schema:
            return st.one_of([self._sound(each, name) for each in schema["anyOf"]])
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        kinds: dict[str, Callable[[Json, str], st.SearchStrategy[Any]]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
            "number": self._number,
            "boolean": lambda _schema, _name: st.booleans(),
            "null": lambda _schema, _name: st.none(),
        }
        return kinds[schema["type"]](schema, name)

    def _object(self, schema: Json, name: str) -> st.SearchStrategy[Any]:
        @st.composite
        def build(draw: st.DrawFn) -> Json:
            needed = schema.get("required", ())
            found = {}
            for field, inner in schema.get("properties", {}).items():
                if field in needed or draw(st.integers(0, 2)) == 0:
                    found[field] = draw(self.value(inner, field))
            others = [*schema.get("patternProperties", {}).values()]
            if isinstance(schema.get("additionalProperties"), dict):
                others.append(schema["additionalProperties"])
            for inner in others:
                for key in draw(st.lists(st.sampled_from(["chair", "2026-12-03", "", "\0", "hall"]), max_size=2)):
                    found[key] = draw(self.value(inner, name))
            return found

        return build()

    def _array(self, schema: Json, name: str) -> st.SearchStrategy[Any]:
        return st.lists(self.value(schema["items"], name.removesuffix("s")), max_size=3)

    def _string(self, schema: Json, name: str) -> st.SearchStrategy[str]:
        known = self._known.get(name) or PLAUSIBLE.get(name)
        if known:
            return st.sampled_from(known)
        if "pattern" in schema:
            return st.sampled_from([*self._known["site"], *self._known["space"], *self._known["booking_id"], "nowhere"])
        least, most = schema.get("minLength", 0), min(schema.get("maxLength", 40), 40)
        return st.text(min_size=least, max_size=max(least, most))

    def _integer(self, schema: Json, name: str) -> st.SearchStrategy[int]:
        least = int(schema.get("minimum", -(2**40)))
        return st.integers(least, int(schema.get("maximum", 2**40)))

    def _number(self, schema: Json, name: str) -> st.SearchStrategy[float]:
        return st.floats(schema.get("minimum", -1e9), schema.get("maximum", 1e9), allow_nan=False)


def _text(value: object) -> str:
    text = value if isinstance(value, str) else repr(value).lower()
    return text.encode("utf-8", "ignore").decode()[:1000]


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
