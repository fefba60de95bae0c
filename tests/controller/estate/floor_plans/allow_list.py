"""What a kept drawing may hold, written down a second time: the tests do not share a mistake of the code."""

import re
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = {
    "svg",
    "g",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "title",
    "desc",
}
_PLACES = {
    "id",
    "viewBox",
    "transform",
    "d",
    "points",
    "x",
    "y",
    "width",
    "height",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "x1",
    "y1",
    "x2",
    "y2",
    "dx",
    "dy",
    "rotate",
    "textLength",
}
_LOOKS = {
    "fill",
    "stroke",
    "color",
    "opacity",
    "fill-opacity",
    "stroke-opacity",
    "fill-rule",
    "stroke-width",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "vector-effect",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "letter-spacing",
    "word-spacing",
    "text-anchor",
    "text-decoration",
    "dominant-baseline",
    "visibility",
}
_BAD_VALUE = re.compile(r"url|script|data:|expression|import|[<>\\{};&]|//", re.IGNORECASE)
_LETTERS = re.compile(r"<(?!/?(?:svg|g|path|rect|circle|ellipse|line|polyline|polygon|text|tspan|title|desc)[ />])")


def require_only_what_is_allowed(text: str) -> ElementTree.Element:
    """Raises ``AssertionError`` unless a drawing has nothing else in it."""
    assert _LETTERS.search(text) is None, "no comment, no declaration, no other element, no prefix"
    root = ElementTree.fromstring(text)
    ids = []
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in _ELEMENTS
        assert element.tag.startswith(SVG)
        for name, value in element.attrib.items():
            assert name in _PLACES | _LOOKS, name
            assert _BAD_VALUE.search(value) is None, value
            ids += [value] if name == "id" else []
    assert len(ids) == len(set(ids)), "each id once"
    assert len(root.attrib["viewBox"].split()) == 4
    return root
