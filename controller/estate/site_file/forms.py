"""Validates tables of a file by the API's bodies, and writes them."""

from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from controller.estate.site_file.sections import FileFault, Plain
from controller.web.problem import field_errors

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
