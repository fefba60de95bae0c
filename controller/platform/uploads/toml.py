"""TOML 1.0 that somebody else wrote, with a bound on how deep its keys go. Pure."""

import re
import tomllib
from typing import Any

MOST_KEY_PARTS = 20
"""Most parts of one dotted key. ``tomllib`` takes time that grows with their square."""

# Strings and comments are tokens of their own, so that a dot in one is no part of a key. What is never closed reaches
# to the end of the file or line, so that the scan is linear; the parser says what is wrong with it.
_TOKEN = re.compile(
    r'(?P<long>"""(?:\\.|[^\\])*?(?:"""|\Z)|\'\'\'.*?(?:\'\'\'|\Z))'
    r"|(?P<comment>#[^\n]*)"
    r'|(?P<part>"(?:\\.|[^"\\\n])*+"?|\'[^\'\n]*+\'?|[A-Za-z0-9_-]++)'
    r"|(?P<dot>[ \t]*+\.[ \t]*+)"
    r"|(?P<other>[ \t]++|.)",
    re.DOTALL,
)


def loads(data: bytes) -> dict[str, Any]:
    """The tables of a file in UTF-8. Raises ``ValueError``, which says what is wrong and where."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"this is not a text in UTF-8 (byte {error.start})") from error
    if line := _too_deep(text):
        raise ValueError(f"line {line} has a key of more than {MOST_KEY_PARTS} parts; a site's file needs six")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("this is nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"this is not TOML: {error}") from error


def _too_deep(text: str) -> int | None:
    """The line of the first key with too many parts."""
    parts, after_dot = 0, False
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "part":
            parts = parts + 1 if after_dot else 1
            if parts > MOST_KEY_PARTS:
                return text.count("\n", 0, token.start()) + 1
        elif token.lastgroup != "dot":
            parts = 0
        after_dot = token.lastgroup == "dot"
    return None
