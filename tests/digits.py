"""Whether a text says a random code: an id, a time or a longer number that happens to have its digits does not."""

import re
from html import unescape
from urllib.parse import unquote

_CHANCE = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a UUID
    r"|(\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d\.\d+"  # a time with its fraction of a second
    r"|#[0-9a-fA-F]{6}\b"  # a colour
    r"|\b(?=[0-9a-f]*[a-f])[0-9a-f]{16,}\b"  # a hash
    # A random address or a salt: what people write has no small and large letters and numbers so mixed.
    r"|(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d[\w-]*[A-Za-z][\w-]*\d)[\w-]{22,}"
)


def says(text: str, code: str) -> bool:
    """Whether ``text`` has the digits of ``code`` as a number of its own, as one or in groups; also in an address."""
    shown = _CHANCE.sub(" … ", unescape(unquote(text))).replace("\u00a0", " ")
    return re.search(rf"(?<!\d){'[ -]?'.join(code)}(?!\d)", shown) is not None
