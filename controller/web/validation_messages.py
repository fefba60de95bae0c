"""Short messages for invalid values, in place of the validator's. Each text continues from the field's name: “people
must be at least 1”. Pure."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from controller.text.patterns import IN_WORDS

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
