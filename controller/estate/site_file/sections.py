"""Sections of a site's file besides the building; each domain can add one. Tables are validated by the API's bodies."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol, TypeAlias, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError

from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.platform.web.problem import Conflict, field_errors

Plain: TypeAlias = dict[str, Any]
"""What a table of a TOML file is read as, and written from."""


class FileFault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong with a file, and where: ``place`` is like "spaces.hall.floor"."""

    place: str
    text: str


class AffectedBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Something booked that a section would leave where it could not be made."""

    place: str
    text: str
    conflicts: tuple[Conflict, ...] = ()


class SectionValue(msgspec.Struct, frozen=True, kw_only=True):
    """What a section makes of its table: without ``problems`` it is ``value``, written as ``export`` would."""

    value: Plain = {}
    problems: tuple[FileFault, ...] = ()


class SectionPreview(msgspec.Struct, frozen=True, kw_only=True):
    """The preview of writing a table. Writing needs ``anyway`` if there are bookings in ``affected``."""

    affected: tuple[AffectedBooking, ...] = ()
    notes: tuple[str, ...] = ()


class FileSection(Protocol):
    """A table of its own in a site's file. ``parts``: the site as it is, or as it will be with the file."""

    @property
    def name(self) -> str:
        """The table's name."""
        ...

    async def export(self, tx: Tx, parts: SiteParts, *, now: datetime) -> Plain:
        """What holds, without what goes without saying; the same for the same."""
        ...

    def merged(self, current: Plain, given: Plain) -> Plain:
        """The table of a file, and what it leaves out as it is now. ``given`` may yet be anything."""
        ...

    async def read(self, tx: Tx, parts: SiteParts, table: Plain, *, now: datetime) -> SectionValue:
        """Whether a table makes sense. The site and its spaces may not be there yet."""
        ...

    async def preview_change(self, tx: Tx, parts: SiteParts, value: Plain, *, now: datetime) -> SectionPreview:
        """What it would do if this held; the site is there."""
        ...

    async def put(self, tx: Tx, parts: SiteParts, value: Plain, *, actor: str, now: datetime) -> None:
        """Make this hold in place of all before. The caller holds the site's lock and raises its revision."""
        ...


def overlaid(current: Plain, given: Plain, *tables: str) -> Plain:
    """The fields that are given in place of the current ones; those called ``tables`` are laid over each other by the
    ids in them."""
    found = {**current, **given}
    for name in tables:
        old, new = current.get(name), given.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            found[name] = {**old, **new}
    return found


def within(place: str, problems: Iterable[FileFault]) -> list[FileFault]:
    """Problems whose places are in a place."""
    return [FileFault(place=f"{place}.{each.place}".rstrip("."), text=each.text) for each in problems]


T = TypeVar("T", bound=BaseModel)
_SHOWN = 60


def read(model: type[T], value: object) -> tuple[T | None, list[FileFault]]:
    """The body of a table, or all that is wrong with it; places are within the table. A field that is not known is a
    fault: it would be one misspelt."""
    if not isinstance(value, dict):
        return None, [FileFault(place="", text="must be a table")]
    unknown = _unknown(model, value)
    known = {name: each for name, each in value.items() if name in model.model_fields}
    try:
        found = model.model_validate(known)
    except ValidationError as error:
        faults = [
            FileFault(place="" if each.field == "body" else each.field, text=each.message)
            for each in field_errors(error.errors())
        ]
        return None, [*unknown, *faults]
    return (None, unknown) if unknown else (found, [])


def written(body: BaseModel) -> Plain:
    """A body as a table: what is as it would be without saying is left out."""
    found: Plain = {}
    for name, field in type(body).model_fields.items():
        value = getattr(body, name)
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if value is not None and (field.is_required() or value != default):
            found[name] = _plain(value)
    return found


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return written(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def _unknown(model: type[BaseModel], value: dict[Any, Any]) -> list[FileFault]:
    unknown_field = f"is not a field here; the fields are {', '.join(model.model_fields)}"
    return [FileFault(place=str(name)[:_SHOWN], text=unknown_field) for name in value if name not in model.model_fields]
