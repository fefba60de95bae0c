"""Whether a text says a random code: an id, a time or a longer number that happens to have its digits does not."""

import re

_CHANCE = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a UUID
    r"|(\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d\.\d+"  # a time with its fraction of a second
    r"|#[0-9a-f]{6}\b"  # a colour
    r"|(?=[\w-]*[a-z])[\w-]{16,}",  # a hash, a salt, a random address
    re.IGNORECASE,
)


def says(text: str, code: str) -> bool:
    """Whether ``text`` has the digits of ``code`` as a number of its own, as one or in groups."""
    return re.search(rf"(?<!\d){' ?'.join(code)}(?!\d)", _CHANCE.sub("", text)) is not None
