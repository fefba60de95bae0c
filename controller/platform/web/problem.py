"""The tree of errors, and their one format: RFC 9457 ``application/problem+json``.

Invalid values have short messages, in place of the validator's. Each continues from the field's name: “people must be
at least 1”.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any, ClassVar, TypeAlias

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic_core import ErrorDetails
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from controller.db.errors import is_away, is_full, is_not_done, words_of
from controller.platform.text.id_patterns import IN_WORDS

NO_BODY = "the body must be a JSON object"
_NO_OBJECT = frozenset({"missing", "model_type", "model_attributes_type", "dict_type"})
_SHOULD = re.compile(r"^[A-Z]\w*(?: \w+)? should ")

Context: TypeAlias = Mapping[str, Any]


def message(found: Mapping[str, Any]) -> str:
    """One of pydantic's errors, as a problem shows it."""
    kind, context = found["type"], found.get("ctx", {})
    if kind == "json_invalid" or (tuple(found["loc"]) == ("body",) and kind in _NO_OBJECT):
        return NO_BODY
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _TOLD:
        return _TOLD[kind](context)
    text = _SHOULD.sub("must ", str(found["msg"]))
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


_WHOLE, _NUMBER, _TEXT, _LIST, _FIELDS = (
    "must be a whole number",
    "must be a number",
    "must be text",
    "must be a list",
    "must be an object with fields",
)
_PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "none_required": "must be left out",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": "must be a whole number of fewer digits",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "dict_type": _FIELDS,
    "model_type": _FIELDS,
    "model_attributes_type": _FIELDS,
}


def _figure(value: object) -> str:
    """A limit as it is read: 2,000."""
    if isinstance(value, int | float | Decimal) and value == int(value):
        return f"{int(value):,}"
    return str(value)


def _several(value: object, one: str) -> str:
    return f"{_figure(value)} {one}" if value == 1 else f"{_figure(value)} {one}s"


def _at_least(value: object, one: str) -> str:
    return "must not be empty" if value == 1 else f"must have at least {_several(value, one)}"


def _pattern(context: Context) -> str:
    return IN_WORDS.get(context["pattern"], f"must match {context['pattern']}")


_TOLD: Mapping[str, Callable[[Context], str]] = {
    "value_error": lambda ctx: str(ctx["error"]),  # a sentence of ours
    "greater_than_equal": lambda ctx: f"must be at least {_figure(ctx['ge'])}",
    "less_than_equal": lambda ctx: f"must be at most {_figure(ctx['le'])}",
    "greater_than": lambda ctx: f"must be more than {_figure(ctx['gt'])}",
    "less_than": lambda ctx: f"must be less than {_figure(ctx['lt'])}",
    "string_too_short": lambda ctx: _at_least(ctx["min_length"], "character"),
    "string_too_long": lambda ctx: f"must have at most {_several(ctx['max_length'], 'character')}",
    "too_short": lambda ctx: _at_least(ctx["min_length"], "item"),
    "too_long": lambda ctx: f"must have at most {_several(ctx['max_length'], 'item')}",
    "string_pattern_mismatch": _pattern,
    "decimal_max_digits": lambda ctx: f"must have at most {_several(ctx['max_digits'], 'digit')}",
    "decimal_max_places": lambda ctx: f"must have at most {_several(ctx['decimal_places'], 'digit')} after the point",
    "enum": lambda ctx: f"must be {ctx['expected']}",
    "literal_error": lambda ctx: f"must be {ctx['expected']}",
}


log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One field that was refused. ``field``: its path in the body (``spans.0.opens``) or parameter name."""

    field: str
    message: str


class Conflict(BaseModel):
    """A conflicting booking. ``starts`` and ``ends`` carry the site's offset. ``diary``: whose outside diary it comes
    from; empty for any other booking."""

    id: str
    title: str
    space: str
    starts: str
    ends: str
    diary: str = ""


class ReasonBody(BaseModel):
    """One reason against a booking. ``kind``: of which kind. ``field``: which field it is about. ``asked`` and
    ``limit``: the figures, in the unit that ``text`` names; times are minutes."""

    kind: str
    text: str
    field: str
    conflicts: list[Conflict]
    asked: float | None
    limit: float | None


class ProblemBody(BaseModel):
    """The body of every answer that is an error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | None = None
    conflicts: list[Conflict] | None = None
    reasons: list[ReasonBody] | None = None


class Problem(Exception):
    """Root of the controller's errors. ``detail`` says what happened, to which thing, and what to do.

    A leaf names its ``status``, ``kind`` (the last word of the problem's type) and ``title``, or takes its base's.
    """

    status: ClassVar[int] = 500
    kind: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"

    def __init_subclass__(cls, *, status: int = 0, kind: str = "", title: str = "") -> None:
        cls.status, cls.kind, cls.title = status or cls.status, kind or cls.kind, title or cls.title

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        conflicts: Sequence[Conflict] = (),
        reasons: Sequence[ReasonBody] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.conflicts = tuple(conflicts)
        self.reasons = tuple(reasons)
        self.headers = dict(headers or {})


class NotSignedIn(Problem, status=401, kind="not-signed-in", title="Sign in first"): ...


class Refused(Problem, status=403, kind="refused", title="Refused"):
    """The asker may not do this, or not in this way."""


class NotFound(Problem, status=404, kind="not-found", title="Not found"): ...


class Conflicting(Problem, status=409, kind="conflict", title="This conflicts with something that exists"):
    """The request is valid, but conflicts with something that exists."""


class TooLarge(Problem, status=413, kind="too-large", title="The request is too large"): ...


class Misdirected(Problem, status=421, kind="misdirected", title="This is another host"):
    """The request is for another host (RFC 9110, 15.5.20)."""


class Invalid(Problem, status=422, kind="invalid", title="The request is not valid"):
    """A field cannot be taken. Name it in ``errors``, with its limit."""


class TooMany(Problem, status=429, kind="too-many", title="Too many tries"): ...


class NoRoom(Problem, status=507, kind="no-room", title="No storage space left"):
    """The disk is full (RFC 4918, 11.5)."""


class Unavailable(Problem, status=503, kind="unavailable", title="Not available at the moment"): ...


def invalid_field(field: str, message: str) -> Invalid:
    """An ``Invalid`` about one field."""
    return Invalid(f"{field}: {message}", errors=[FieldError(field=field, message=message)])


def problem_body(problem: Problem, path: str) -> dict[str, object]:
    """The problem as JSON-ready values; ``errors``, ``conflicts`` and ``reasons`` only where there are any."""
    body: dict[str, object] = {
        "type": f"urn:hallkeeper:problem:{problem.kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": path,
    }
    if problem.errors:
        body["errors"] = [error.model_dump() for error in problem.errors]
    if problem.conflicts:
        body["conflicts"] = [conflict.model_dump() for conflict in problem.conflicts]
    if problem.reasons:
        body["reasons"] = [reason.model_dump() for reason in problem.reasons]
    return body


def problem_response(problem: Problem, path: str) -> JSONResponse:
    return JSONResponse(problem_body(problem, path), problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def described(*kinds: type[Problem]) -> dict[int | str, dict[str, object]]:
    """The ``responses`` of a route that may answer with these problems, for OpenAPI."""
    said: dict[int, dict[str, None]] = {}
    for kind in kinds:
        said.setdefault(kind.status, {})[f"{kind.title} ({kind.kind})"] = None
    content = {MEDIA_TYPE: {"schema": _BODY_REF}}
    return {status: {"description": "; ".join(texts), "content": content} for status, texts in said.items()}


_BODY_REF = {"$ref": "#/components/schemas/ProblemBody"}


def install_handlers(app: FastAPI) -> None:
    """Make every error of ``app`` a problem+json, our own and the framework's."""
    app.add_exception_handler(Problem, _ours)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _plain)
    for kind in (SQLAlchemyError, OSError):
        app.add_exception_handler(kind, _away)


def shown_path(path: str) -> str:
    """The path to name in an answer; those of a door page and a calendar link are secrets and are not repeated."""
    return next((f"{secret}…" for secret in ("/d/", "/c/") if path.startswith(secret)), path)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return problem_response(error, shown_path(request.url.path))


async def _unreadable(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    if any(found["loc"][:1] == ("path",) for found in error.errors()):
        # What the path names cannot be, as in GET /holders/import: that is another route's path, or nobody's.
        methods = request.app.state.methods_at(request.url.path)
        if methods and request.method not in methods:
            return await _plain(request, HTTPException(HTTPStatus.METHOD_NOT_ALLOWED))
    errors = [FieldError(field=_field(found["loc"]), message=message(found)) for found in error.errors()]
    detail = "; ".join(f"{found.field}: {found.message}" for found in errors)
    return problem_response(Invalid(detail, errors=errors), shown_path(request.url.path))


def field_errors(found: Sequence[ErrorDetails]) -> list[FieldError]:
    """What a model says against a value that did not come in a body of its own, such as a row of a file."""
    return [FieldError(field=".".join(map(str, each["loc"])) or "body", message=message(each)) for each in found]


_LONGEST_NAME = 60
"""What is repeated of a name that the asker made up."""


def _field(location: Sequence[object]) -> str:
    where, *rest = location
    if where == "body" and rest and isinstance(rest[0], int) and len(rest) == 1:
        return "body"  # a syntax error's place in the text
    return ".".join(str(part)[:_LONGEST_NAME] for part in rest) or str(where)


async def _away(request: Request, error: Exception) -> JSONResponse:
    """The database is away. A write of which nobody knows whether it was carried out is a fault as any other."""
    if is_full(error):
        problem: Problem = NoRoom("the controller's disk is full, and nothing was changed; its operator must make room")
    elif is_not_done(error):
        problem = Unavailable(
            "another write holds the database, and nothing was changed; try again", headers={"Retry-After": "5"}
        )
    elif is_away(error) and request.method in {"GET", "HEAD"}:
        problem = Unavailable("the database does not answer; try again", headers={"Retry-After": "5"})
    else:
        raise error
    log.error("The database refused a request", extra={"action": "database", "reason": words_of(error)})
    return problem_response(problem, shown_path(request.url.path))


async def _plain(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.BAD_REQUEST:  # the framework's, for bytes that are no text or nest too deep
        return problem_response(invalid_field("body", NO_BODY), shown_path(request.url.path))
    phrase = HTTPStatus(error.status_code).phrase
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (
        methods := request.app.state.methods_at(request.url.path)
    ):
        headers["Allow"] = ", ".join(methods)  # the framework names those of the first route only (RFC 9110, 10.2.1)
    problem = Problem(
        error.detail
        if error.detail != phrase
        else f"{request.method} {shown_path(request.url.path)}: {phrase.lower()}",
        headers=headers,
    )
    body = problem_body(problem, shown_path(request.url.path))
    body |= {
        "status": error.status_code,
        "title": phrase,
        "type": f"urn:hallkeeper:problem:{phrase.lower().replace(' ', '-')}",
    }
    return JSONResponse(body, error.status_code, headers=problem.headers, media_type=MEDIA_TYPE)
