"""Values that settings may have: host names and addresses, and the list of those that a type allows, for error
messages.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import msgspec
from msgspec import inspect

_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*\.?$")


def is_host(text: str) -> bool:
    """Whether it is a host name (RFC 1123, also with the underscore that some networks use) or an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return _NAME.match(text) is not None and not text.replace(".", "").isdigit()
    return True


_STEP = re.compile(r"\[(?:\d+|\.\.\.)\]|\w+")
_MOST = 40


def choices(kind: Any, error: msgspec.ValidationError) -> str:
    """What is allowed where msgspec refused a value of the type ``kind``, such as "; it takes: sql, influx": the values
    of an enumeration, or the keys of a table. Empty if there is no such list."""
    problem, _, where = str(error).partition(" - at ")
    places = [inspect.type_info(kind)]
    steps = _STEP.findall(where.strip("`").removeprefix("$"))
    tags: set[str] = set()
    for step in steps:
        tags = set(_tags(places, step))
        places = list(_below(places, step))
    unknown = "unknown field" in problem
    found = sorted(_keys(places) if unknown else tags or _values(places))
    return f"; it takes: {', '.join(found)}" if found and len(found) <= _MOST else ""


def _plain(places: list[inspect.Type]) -> Iterator[inspect.Type]:
    """Without what is wrapped around types."""
    for each in places:
        if isinstance(each, inspect.UnionType):
            yield from _plain(list(each.types))
        elif isinstance(each, inspect.Metadata):
            yield from _plain([each.type])
        else:
            yield each


def _tags(places: list[inspect.Type], step: str) -> Iterator[str]:
    for each in _plain(places):
        if isinstance(each, inspect.StructType) and each.tag_field == step:
            yield str(each.tag)


def _below(places: list[inspect.Type], step: str) -> Iterator[inspect.Type]:
    for each in _plain(places):
        if isinstance(each, inspect.StructType):
            yield from (field.type for field in each.fields if field.encode_name == step)
        elif step.startswith("["):
            if isinstance(each, inspect.VarTupleType | inspect.ListType | inspect.SetType | inspect.FrozenSetType):
                yield each.item_type
            elif isinstance(each, inspect.DictType):
                yield each.value_type


def _keys(places: list[inspect.Type]) -> set[str]:
    structs = (each for each in _plain(places) if isinstance(each, inspect.StructType))
    return {field.encode_name for each in structs for field in each.fields}


def _values(places: list[inspect.Type]) -> set[str]:
    found: set[str] = set()
    for each in _plain(places):
        if isinstance(each, inspect.LiteralType):
            found |= {str(value) for value in each.values}
        elif isinstance(each, inspect.EnumType):
            found |= {str(member.value) for member in each.cls}
    return found
