"""Finds values in messages that neither the calendar nor the database can hold. Pure.

Which fields of a message need a look is worked out once for each of its types: most are numbers, flags and ids, which
the wire format has bounded already. For an event of a counter this takes 1 µs in place of 11.
"""

from datetime import UTC, datetime
from functools import cache

import msgspec
from msgspec import inspect

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these an instant can be shown in any zone; a clock that was never set begins at the first."""
_BOUNDED = (
    inspect.IntType,
    inspect.FloatType,
    inspect.BoolType,
    inspect.NoneType,
    inspect.EnumType,
    inspect.LiteralType,
    inspect.RawType,
)
"""Types whose every value can be stored; one that is kept raw is looked at when it is read."""


def out_of_bounds(value: object) -> str | None:
    """Which part of ``value`` cannot be stored; ``None`` where all can."""
    if isinstance(value, msgspec.Struct):
        for name in _open_fields(type(value)):
            if (why := out_of_bounds(getattr(value, name))) is not None:
                return why
        return None
    if isinstance(value, datetime):
        return None if EARLIEST <= value <= LATEST else f"the time {value}"
    if isinstance(value, str):
        return "a text with a NUL character, which PostgreSQL does not keep" if "\0" in value else None
    if isinstance(value, tuple | list):
        inner: list[object] = list(value)
    elif isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    else:
        return None
    return next((why for each in inner if (why := out_of_bounds(each)) is not None), None)


@cache
def _open_fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields of a message that may hold what cannot be stored."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return tuple(field.name for field in info.fields if not _bounded(field.type))


def _bounded(kind: inspect.Type) -> bool:
    match kind:
        case inspect.Metadata(type=inner):
            return _bounded(inner)
        case inspect.StrType(pattern=pattern):
            return pattern is not None and _keeps_nul_out(pattern)
        case inspect.UnionType(types=types):
            return all(map(_bounded, types))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return _bounded(item)
        case inspect.StructType(cls=cls):
            return not _open_fields(cls)
        case _:
            return isinstance(kind, _BOUNDED)


def _keeps_nul_out(pattern: str) -> bool:
    """Whether the pattern names every character that may stand in the whole text."""
    return (
        pattern.startswith("^")
        and pattern.endswith("$")
        and not any(mark in pattern for mark in (".", "\\", "|", "[^"))
    )
