"""What may be in a floor plan: elements, attributes and their values. Pure.

The values are those of SVG 2 (W3C, 2018) that say where something is and how it looks. None names another thing: there
is no ``url()``, no address and no style sheet.
"""

import re
from collections.abc import Callable

SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
TEXTS = frozenset({"text", "tspan", "title", "desc"})
"""Elements with text in them."""
ELEMENTS = SHAPES | TEXTS | {"svg", "g"}
AS_GROUP = frozenset({"a", "switch"})
"""Elements of which the content is kept."""
MOST = 1_000_000.0
"""The largest coordinate, either way."""

_NUMBER = r"[+-]?(?:\d{1,20}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?"
_TOKEN = re.compile(rf"(?P<gap>[\s,]+)|(?P<number>{_NUMBER})|(?P<letter>[A-Za-z]+)|(?P<round>[()])")
_LENGTH = re.compile(rf"({_NUMBER})(px|mm|cm|in|pt|pc|em|ex|%)?")
_COLOUR = re.compile(
    r"#[0-9a-f]{3,8}|[a-z]{3,25}|(?:rgb|hsl)a?\(\s*[0-9.]{1,20}(?:deg|%)?(?:[\s,/]{1,5}[0-9.]{1,20}%?){2,3}\s*\)",
    re.IGNORECASE,
)
_KEYWORD = re.compile(r"[a-z]{2,12}(?:-[a-z]{2,12}){0,3}|[1-9]00")
_FONTS = re.compile(r"""[\w ,'"-]{1,200}""")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,99}")
_UNITS_PX = {"": 1.0, "px": 1.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "pt": 96 / 72, "pc": 16.0}
_MOVES = re.compile("[MmZzLlHhVvCcSsQqTtAa]+")
_TURNS = re.compile("matrix|translate|scale|rotate|skew[XY]")
_TURN = re.compile(r"[A-Za-z]+ ?\( ?[-+.\d][-+.\deE ]*\) ?")

Check = Callable[[str], str | None]
"""A value as it may be written; ``None`` for one that may not."""


def number(text: str) -> float | None:
    """Finite, and not larger than ``MOST``; ``None`` otherwise."""
    if re.fullmatch(_NUMBER, text) is None:
        return None
    value = float(text)
    return value if -MOST <= value <= MOST else None


def _tokens(text: str, word: re.Pattern[str] | None = None, *, brackets: bool = False) -> str | None:
    """Numbers, words and brackets, with single spaces for what is between; ``None`` where there is anything else."""
    written, place = [], 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            return None
        kind, token, place = found.lastgroup, found.group(), found.end()
        allowed = {
            "gap": True,
            "number": kind == "number" and number(token) is not None,
            "letter": word is not None and word.fullmatch(token) is not None,
            "round": brackets,
        }
        if not allowed[kind or ""]:
            return None
        written.append(" " if kind == "gap" else token)
    return "".join(written).strip()


def _numbers(text: str) -> str | None:
    return _tokens(text) or None


def _path(text: str) -> str | None:
    found = _tokens(text, _MOVES)
    return found if found and found[0] in "Mm" else None


def _transform(text: str) -> str | None:
    found = _tokens(text, _TURNS, brackets=True)
    if not found:
        return None
    place = 0
    while place < len(found):
        turn = _TURN.match(found, place)
        if turn is None:
            return None
        place = turn.end()
    return found


def _length(text: str) -> str | None:
    found = _LENGTH.fullmatch(text)
    return text if found and number(found[1]) is not None else None


def pixels(text: str) -> float | None:
    """A size in px of CSS; ``None`` for one that depends on something else."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None or (unit := _UNITS_PX.get(found[2] or "")) is None or (value := number(found[1])) is None:
        return None
    return value * unit


def view_box(text: str) -> tuple[float, float, float, float] | None:
    """Left, top, width, height; the last two more than 0."""
    found = [number(each) for each in re.split(r"[\s,]+", text.strip()[:200])]
    values = [each for each in found if each is not None]
    if len(found) != 4 or len(values) != 4 or min(values[2:]) <= 0:
        return None
    left, top, width, height = values
    return left, top, width, height


def _view_box(text: str) -> str | None:
    return None if (found := view_box(text)) is None else " ".join(f"{each:g}" for each in found)


def _whole(pattern: re.Pattern[str]) -> Check:
    return lambda text: text if pattern.fullmatch(text) else None


def _dashes(text: str) -> str | None:
    return text if text == "none" else _numbers(text.replace("px", " "))


_colour, _keyword = _whole(_COLOUR), _whole(_KEYWORD)
_PLACES = ("x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2", "textLength")
GEOMETRY: dict[str, Check] = {
    **dict.fromkeys(_PLACES, _length),
    **dict.fromkeys(("dx", "dy", "rotate", "points"), _numbers),
    "d": _path,
    "id": _whole(_ID),
    "transform": _transform,
    "viewBox": _view_box,
}
"""Attributes that say where something is."""
LOOKS: dict[str, Check] = {
    **dict.fromkeys(("fill", "stroke", "color"), _colour),
    **dict.fromkeys(("stroke-width", "stroke-dashoffset", "font-size", "letter-spacing", "word-spacing"), _length),
    **dict.fromkeys(("opacity", "fill-opacity", "stroke-opacity", "stroke-miterlimit"), _length),
    **dict.fromkeys(("fill-rule", "stroke-linecap", "stroke-linejoin", "text-anchor", "vector-effect"), _keyword),
    **dict.fromkeys(("dominant-baseline", "font-style", "font-weight", "text-decoration", "visibility"), _keyword),
    "font-family": _whole(_FONTS),
    "stroke-dasharray": _dashes,
}
"""Attributes, and properties of a style, that say how something looks."""
LISTED = frozenset({"x", "y"})
"""Of texts these may be lists."""


def value_of(element: str, name: str, text: str) -> str | None:
    """An attribute's value as it may be written; ``None`` for one that may not."""
    text = text.strip()
    if name in LISTED and element in TEXTS:
        return _length(text) or _numbers(text)
    check = GEOMETRY.get(name) or LOOKS.get(name)
    return None if check is None else check(text)
