"""What the API takes in its fields: strict types with limits that PostgreSQL and SQLite can both hold; and answers of
thousands of lines, which are made off the event loop.
"""

import asyncio
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from inspect import get_annotations
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, Unpack, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from fastapi import Path, Query, Response
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
)

from controller.platform.text import local_time
from controller.platform.text.id_patterns import ID_PATTERN
from controller.platform.text.web_host import web_host
from controller.platform.web.problem import invalid_field
from edge.wire.ids import SLUG_PATTERN


async def large_answer(make: Callable[[], BaseModel]) -> Response:
    """The JSON of what ``make`` returns, which is called in a thread. The route names its ``response_model``."""
    return Response(await asyncio.to_thread(lambda: make().model_dump_json().encode()), media_type="application/json")


A = TypeVar("A", bound="Answer")
T = TypeVar("T")
LIST_LIMIT = 500
"""Most items in one page of a list."""

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Explicit bidirectional formatting (UAX 9): a title with it could change how the text next to it reads."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAK = re.compile("[\t\n\r\u2028\u2029]")
_WALL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII)
_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Body(BaseModel):
    """Root of request bodies. An unknown field is refused, since what somebody meant by it would be lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Versioned(Body):
    """What the body of a PUT has besides the thing itself. ``version``: of the thing as it was read, 0 where there was
    none; where it has changed since, the answer is 409 and says whose change it was."""

    version: Annotated[int, Field(strict=True, ge=0, lt=2**53)]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.__doc__ = cls.__doc__ or cls.__base__.__doc__  # of the thing itself, since OpenAPI shows a class's own only


def _in_zone(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, datetime):
        return value
    assert isinstance(info.context, tzinfo), "answer_of needs the zone"
    return local_time.rfc3339(value, info.context)


LocalTime = Annotated[str, BeforeValidator(_in_zone)]
"""A time in an answer, with the offset of the zone that ``answer_of`` was given."""
Starts = Annotated[LocalTime, Field(validation_alias=AliasChoices("starts", AliasPath("during", "start")))]
"""The start of the source's ``during``, unless the source has ``starts``."""
Ends = Annotated[LocalTime, Field(validation_alias=AliasChoices("ends", AliasPath("during", "end")))]
DateText = Annotated[str, BeforeValidator(lambda value: value.isoformat() if isinstance(value, date) else value)]
"""A date in an answer."""
TextOrNull = Annotated[str | None, BeforeValidator(lambda value: value or None)]
"""In an answer, null for an empty text."""


def _answered(kind: Any) -> Any:
    """The type in an answer for the type of a struct's field."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _answered(parts[0])
    if origin in (Union, UnionType):
        return Union[tuple(_answered(part) for part in parts)]  # noqa: UP007  # the parts are found at run time
    if origin is tuple:
        return list.__class_getitem__(_answered(parts[0]))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        raise TypeError(f"say by which answer a {kind.__name__} is answered")
    return {datetime: LocalTime, date: DateText}.get(kind, kind)


class Answer(BaseModel):
    """Root of answers. ``of``: a struct whose fields it has under the same names, besides those it declares itself;
    but for ``hidden``. Instants are answered as ``LocalTime``, dates as ``DateText``, tuples as lists."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    def __init_subclass__(
        cls, *, of: type[msgspec.Struct] | None = None, hidden: Collection[str] = (), **config: Unpack[ConfigDict]
    ) -> None:
        super().__init_subclass__(**config)
        if of is not None:
            own, given = get_annotations(cls), get_type_hints(of, include_extras=True)
            fields = [name for name in of.__struct_fields__ if name not in hidden and name not in cls.model_fields]
            cls.__annotations__ = {name: own.get(name) or _answered(given[name]) for name in fields} | own


class _Overridden:
    """A source with some attributes replaced or added."""

    def __init__(self, source: object, own: Mapping[str, object]) -> None:
        self._source = source
        self._own = own

    def __getattr__(self, name: str) -> object:
        return self._own[name] if name in self._own else getattr(self._source, name)


def answer_of(kind: type[A], source: object, zone: tzinfo | None = None, /, **own: object) -> A:
    """An answer with the fields that ``source`` has by the same name, and ``own`` in place of these or besides them;
    answers inside it are made of the parts of ``source`` in the same way. ``zone``: of its times."""
    return kind.model_validate(_Overridden(source, own) if own else source, context=zone)


class Page(Answer, Generic[A]):
    """A page of a list. ``next``: give it as ``after`` for the next page; null on the last one."""

    items: list[A]
    next: str | None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.__doc__ = cls.__doc__ or Page.__doc__  # OpenAPI shows a class's own only


def page_of(
    kind: type[A], found: Sequence[T], limit: int, make: Callable[[T], Answer], *, key: Callable[[T], str]
) -> A:
    """A page of a list: the first ``limit`` of ``found``, and as ``next`` the key of the last where there are more."""
    shown = found[:limit]
    after = key(shown[-1]) if len(found) > limit else None
    return kind.model_validate({"items": [make(each) for each in shown], "next": after})


def made(answer: object) -> dict[int | str, dict[str, object]]:
    """The ``responses`` of a PUT that makes what is not there yet, for OpenAPI."""
    return {201: {"model": answer, "description": "Created"}}


def _one_line(text: str) -> str:
    if _BREAK.search(text) or _CONTROL.search(text):
        raise ValueError("must be one line without control characters")
    if _TURNING.search(text):
        raise ValueError("must not have characters that turn the direction of reading")
    return text


def _visible(text: str) -> str:
    if all(unicodedata.category(letter)[0] in "CZ" for letter in text):
        raise ValueError("must have something that can be seen")
    return text


def _no_control(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not have control characters")
    return text


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
"""An id that the controller gave."""
Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]
"""1 to 40 small letters, digits and inner hyphens."""
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_one_line),
    AfterValidator(_visible),
]
"""What people read: 1 to 200 characters on one line."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_one_line)]


_DOT_ATOM = r"[^\s@,;:<>()\[\]\\\".]+(\.[^\s@,;:<>()\[\]\\\".]+)*"
_ONE_ADDRESS = re.compile(f"{_DOT_ATOM}@{_DOT_ATOM}")


def _address(text: str) -> str:
    if text and not _ONE_ADDRESS.fullmatch(text):
        raise ValueError("must be an e-mail address like name@example.org")
    return text


Email = Annotated[Line, AfterValidator(_address)]
"""One mail address, or empty: nothing that a mail would take for a list, a name or a comment (RFC 5322, 3.4), and
no dot that lacks a neighbour (3.2.3)."""
_WEB_ADDRESS = re.compile(r"https?://[^\s/@:?#\"<>\\]+\.[^\s@\"<>\\]+", re.ASCII)


def _web_address(text: str) -> str:
    if text and not (_WEB_ADDRESS.fullmatch(text) and web_host(text)):
        raise ValueError("must be a web address like https://choir.example.org/concerts")
    return text


WebLink = Annotated[Line, AfterValidator(_web_address)]
"""A web address that everybody may see, or empty: http or https, with a host of several names, without a sign-in."""
WITHOUT_CONTROL = AfterValidator(_no_control)
"""Text of several lines, without other control characters. Write it last: limits come before it."""
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), WITHOUT_CONTROL]
"""Up to 2,000 characters, lines allowed."""
Whole = Annotated[int, Field(strict=True)]
Yes = Annotated[bool, Field(strict=True)]
"""Yes or no, as true or false."""
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A time as a request writes it: ``wall`` naive, or ``instant`` aware in UTC; exactly one is set."""

    wall: datetime | None = None
    instant: datetime | None = None

    def resolve(self, zone: ZoneInfo, field: str) -> datetime:
        """The UTC instant at a site. Raises ``Invalid`` naming ``field`` where the clocks skip the time."""
        if self.instant is not None:
            return self.instant
        assert self.wall is not None
        try:
            return local_time.instant(self.wall, zone)
        except local_time.NoSuchWallTime as error:
            raise invalid_field(field, str(error)) from error


def read_moment(text: str) -> Moment:
    """Read "2026-11-25T18:00" (the site's wall) or the same with an offset. Raises ``ValueError``."""
    if _WALL.fullmatch(text):
        wall = datetime.fromisoformat(text)
        _within_years(wall.year)
        return Moment(wall=wall)
    if _OFFSET.fullmatch(text):
        aware = datetime.fromisoformat(text)
        _within_years(aware.year)
        return Moment(instant=aware.astimezone(UTC))
    raise ValueError("must be a time like 2026-11-25T18:00 (the site's own) or 2026-11-25T18:00:00+00:00")


def read_date(text: str) -> date:
    """Read "2026-11-25". Raises ``ValueError``."""
    if not _DATE.fullmatch(text):
        raise ValueError("must be a date like 2026-11-25")
    day = date.fromisoformat(text)
    _within_years(day.year)
    return day


def read_edge(text: str, field: str, zone: ZoneInfo) -> datetime:
    """A moment, or where the day of a date begins, in UTC. Raises ``Invalid``."""
    try:
        if "T" in text:
            return read_moment(text).resolve(zone, field)
        return local_time.day_start(read_date(text), zone)
    except ValueError as error:
        raise invalid_field(field, str(error)) from error


def _within_years(year: int) -> None:
    if not local_time.FIRST_YEAR <= year <= local_time.LAST_YEAR:
        raise ValueError(f"the year must be {local_time.FIRST_YEAR} to {local_time.LAST_YEAR}")


def _date_text(value: object) -> object:
    return read_date(value) if isinstance(value, str) else value


MomentText = Annotated[
    str, AfterValidator(lambda text: (read_moment(text), text)[1]), Field(examples=["2026-11-26T18:00"])
]
"""A field that holds a readable moment; turn it into one with ``read_moment``."""
Day = Annotated[date, BeforeValidator(_date_text), Field(strict=True)]
"""A local date, written 2026-11-25."""

SlugPath = Annotated[str, Path(pattern=SLUG_PATTERN)]
"""An id in a route's path that people chose."""
IdPath = Annotated[str, Path(pattern=ID_PATTERN)]
"""An id in a route's path that the controller gave."""
_EDGE = "A date, which means where its day begins, or a time"
From = Annotated[str, Query(alias="from", max_length=40, description=_EDGE)]
To = Annotated[str, Query(max_length=40, description=_EDGE)]
"""A time from `from` to before `to`, as ``read_edge`` reads it."""
Limit = Annotated[int, Query(ge=1, le=LIST_LIMIT, description="Most items to return")]
After = Annotated[
    str | None,
    AfterValidator(lambda text: text and _one_line(text)),
    Query(max_length=200, description="`next` of the page before; leave out for the first page"),
]
