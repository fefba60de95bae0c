"""What all plain pages share: the frame around them (``base.html``), their headers, and how their forms are read."""

import base64
import hashlib
import re
from collections.abc import Mapping
from email.message import Message
from functools import cached_property
from importlib.resources import files
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Query
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup
from pydantic import ValidationError

from controller.platform.web.problem import Invalid, Problem, field_errors
from controller.platform.web.qr_picture import inline_qr
from controller.screens.door_pages import words
from controller.screens.door_pages.words import gettext, marked
from edge.wire.ids import SLUG_PATTERN

_TYPED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
_MOST_PARTS = 50
"""Of a form with a file; each is read by itself."""
_LONGEST_HEADER = 4096
NOT_YOURS = marked("You may not see this. Sign in as somebody who may, then open this page again.")
SiteQuery = Annotated[str, Query(pattern=SLUG_PATTERN)]


def read_asset(name: str) -> str:
    """A file of this folder."""
    return (files("controller.screens.door_pages") / name).read_text(encoding="utf-8")


_JINJA = Environment(
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    loader=FunctionLoader(read_asset),
)
words.install(_JINJA)
_JINJA.filters["dial"] = lambda phone: "".join(letter for letter in phone if letter.isdigit() or letter == "+")
_JINJA.filters["megabytes"] = lambda size: f"{max(size / 1024 / 1024, 0.1):.1f} MB"
_JINJA.filters["day"] = lambda date: f"{date:%-d %B %Y}"
_JINJA.filters["capital"] = lambda text: f"{text[:1].upper()}{text[1:]}"


class PlainPage:
    """An HTML file in the frame. ``styles``: further CSS. ``script``: the only one that runs. ``referrer``: without an
    origin a form of somebody who has signed in is refused; the address of a page that is a secret goes nowhere.
    ``public``: the same for everybody, and to be found by search engines. ``framed``: any website may show it in a
    frame of its own."""

    def __init__(
        self,
        template: str,
        *styles: str,
        script: str = "",
        referrer: str = "same-origin",
        title: str = "",
        public: bool = False,
        framed: bool = False,
    ) -> None:
        css = "".join(map(read_asset, ("door.css", *styles)))
        self._name = template
        self._title = title
        self._frame = {"css": Markup(css), "script": Markup(script), "referrer": referrer, "public": public}  # noqa: S704  # our own files
        runs = f"script-src {_hashed(script)}; worker-src 'self'; " if script else ""
        framers = "*" if framed else "'none'"
        self._headers = {
            "Content-Security-Policy": f"default-src 'none'; style-src {_hashed(css)}; img-src 'self'; {runs}"
            f"form-action 'self'; base-uri 'none'; frame-ancestors {framers}",
            "Cache-Control": "no-store",
            "Referrer-Policy": referrer,
            "X-Robots-Tag": "noindex",
        }
        if public:
            del self._headers["X-Robots-Tag"], self._headers["Cache-Control"]
        if framed:
            self._headers |= {"Cross-Origin-Resource-Policy": "cross-origin", "X-Robots-Tag": "noindex"}

    def render(
        self,
        status: int = 200,
        *,
        heading: str = "",
        notice: str = "",
        headers: dict[str, str] | None = None,
        **values: object,
    ) -> HTMLResponse:
        """``heading``: the page's title where it is empty."""
        return HTMLResponse(self.html(heading=heading, notice=notice, **values), status, self.headers | (headers or {}))

    @property
    def headers(self) -> dict[str, str]:
        return dict(self._headers)

    @cached_property
    def _template(self) -> Template:
        """Compiled when it is first shown: all of them are a tenth of a controller's start, seconds on a Pi."""
        return _JINJA.get_template(self._name)

    def html(self, *, heading: str = "", notice: str = "", **values: object) -> str:
        """As ``render`` answers it."""
        frame = self._frame | words.frame()
        return self._template.render(frame, heading=heading or gettext(self._title), notice=notice, **values)

    def refuse(self, status: int = 403, notice: str = NOT_YOURS) -> HTMLResponse:
        """Nothing but the reason."""
        return self.render(status, page="none", notice=sentence(gettext(notice)))


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_TOO_LARGE = PlainPage("base.html", title=marked("Too large"))


def refuse_size(largest: int, takes_file: bool) -> HTMLResponse:
    """For what a form sent. ``largest``: bytes."""
    less = "send a smaller scan or photograph" if takes_file else "write less"
    much = f"larger than {largest // 1024 // 1024} MB"
    return _TOO_LARGE.refuse(413, f"This is {much}, and nothing was kept. Go back and {less}")


def keeping_script(worker: str) -> str:
    """Registers the service worker, which browsers have on https and on this very machine; then the page no longer says
    that it is not kept. ``worker``: its address, seen from the page."""
    gone = 'document.getElementById("unkept")?.remove()'
    return f'navigator.serviceWorker?.register("{worker}").then(() => {gone}, () => {{}})'


def qr_code(text: str) -> Markup:
    return Markup(inline_qr(text))  # noqa: S704  # made of our own letters


def read_form(body: bytes, most: int = 50) -> dict[str, str]:
    """The fields of a form, each once; none for anything else, or for more than ``most``."""
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=most)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def read_parts(body: bytes, content_type: str) -> dict[str, bytes]:
    """The fields of a form with a file (RFC 7578), each once; none for anything else. Raises ``Invalid`` for more parts
    than a form of ours has."""
    kind = _header("Content-Type", content_type)
    boundary = kind.get_param("boundary")
    if kind.get_content_type() != "multipart/form-data" or not isinstance(boundary, str) or not boundary:
        return {}
    fields: dict[str, bytes] = {}
    # What comes before the first part and after the last are pieces too.
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii", "replace"), _MOST_PARTS + 2)
    if len(pieces) > _MOST_PARTS + 2:
        raise Invalid(f"a form may have at most {_MOST_PARTS} parts; open the page again and send its form")
    for part in pieces[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        said = _disposition(head[:_LONGEST_HEADER])
        name = _header("Content-Disposition", said).get_param("name", header="Content-Disposition")
        if isinstance(name, str):
            fields.setdefault(name, value)
    return fields


def _header(name: str, value: str) -> Message:
    message = Message()
    message[name] = value[:_LONGEST_HEADER]
    return message


def _disposition(head: bytes) -> str:
    lines = (line.partition(":") for line in head.decode("utf-8", "replace").splitlines())
    return next((value for name, _, value in lines if name.lower() == "content-disposition"), "").strip()


def typed_day(text: str) -> str:
    """A day typed as 31/5/2027, as the API takes it; anything else as it is."""
    found = _TYPED.fullmatch(text.strip())
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text.strip()


def sentence(text: str) -> str:
    """What an error says, with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


def why(error: ValidationError | Problem, called: Mapping[str, str]) -> str:
    """What is wrong. ``called``: what the page calls the fields of the API."""
    if isinstance(error, Problem) and not error.errors:
        return sentence(error.detail)
    found = field_errors(error.errors()) if isinstance(error, ValidationError) else error.errors
    return " ".join(sentence(f"{called.get(each.field, each.field)} {each.message}") for each in found)


def faults(error: ValidationError) -> str:
    """Each with its place in what was given."""
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}" for each in error.errors()) + "."
