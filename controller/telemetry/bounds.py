"""What a message may say and neither calendar nor database can hold. Pure."""

from datetime import UTC, datetime

import msgspec

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these an instant can be shown in any zone; a clock that was never set begins at the first."""


def out_of_bounds(value: object) -> str | None:
    """Which part of ``value`` cannot be stored; ``None`` where all can."""
    if isinstance(value, datetime):
        return None if EARLIEST <= value <= LATEST else f"the time {value}"
    if isinstance(value, str):
        return "a text with a NUL character, which PostgreSQL does not keep" if "\0" in value else None
    if isinstance(value, msgspec.Struct):
        inner: list[object] = [getattr(value, name) for name in value.__struct_fields__]
    elif isinstance(value, tuple | list):
        inner = list(value)
    elif isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    else:
        return None
    return next((why for each in inner if (why := out_of_bounds(each)) is not None), None)
