"""A site's file as text: TOML 1.0."""

from typing import Any

import tomli_w

from controller.estate.site_file.sections import Plain, Problem
from controller.uploads import toml

FORMAT = 1
_HEAD = """\
# {name}, as Hallkeeper keeps it. What a field may be is told in docs/buildings.md.
# Bring it in with: hallkeeper site import FILE
"""


def write(document: Plain, *, name: str) -> bytes:
    """The tables as a file; the same bytes for the same tables."""
    text = _HEAD.format(name=name) + "\n" + tomli_w.dumps({"format": FORMAT, **document})
    return text.encode()


def read(data: bytes) -> tuple[Plain, list[Problem]]:
    """The tables of a file, without ``format``, and what keeps them from being read."""
    try:
        document: dict[str, Any] = toml.loads(data)
    except ValueError as error:
        return {}, [Problem(place="", text=str(error))]
    given = document.pop("format", None)
    if given != FORMAT or isinstance(given, bool):
        text = f"must be {FORMAT}, which is what this controller reads and writes"
        return {}, [Problem(place="format", text=text)]
    return document, []


def unknown(document: Plain, known: tuple[str, ...]) -> list[Problem]:
    """Tables that nobody reads."""
    return [
        Problem(place=name[:60], text=f"is no section of a site's file; there are {', '.join(known)}")
        for name in document
        if name not in known
    ]
