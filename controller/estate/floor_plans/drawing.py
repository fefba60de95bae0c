"""A drawing that somebody sends, rebuilt: what comes out has only elements, attributes and values of ``allowed``. Pure.

Nothing is passed through: a tree is made of what is allowed, and written. Rules of style sheets for classes, as
Illustrator and Visio write them, become attributes, so that such a drawing keeps its colours.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape, quoteattr

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, fromstring

from controller.estate.floor_plans.allowed import AS_GROUP, ELEMENTS, GEOMETRY, LOOKS, TEXTS, pixels, value_of, view_box
from controller.platform.web.problem import FieldError, Invalid, TooLarge

LARGEST = 1024 * 1024
"""Bytes of a drawing at most, as it is sent and as it is kept."""
MOST_ELEMENTS = 5_000
DEEPEST = 64
LONGEST_VALUE = 128 * 1024
"""Characters of an attribute, and of the style sheets together."""
MOST_RULES = 500
"""Rules of style sheets."""

SVG = "http://www.w3.org/2000/svg"
_GZIP = b"\x1f\x8b"
_WORDS = {
    "script": "scripts",
    "foreignObject": "pieces of web pages",
    "image": "pictures",
    "use": "copies of a shape (make them shapes of their own)",
    "a": "links",
    **dict.fromkeys(("animate", "set", "animateMotion", "animateTransform", "animateColor", "mpath"), "animations"),
    **dict.fromkeys(("iframe", "object", "embed", "audio", "video", "canvas", "link"), "pieces of web pages"),
    **dict.fromkeys(("linearGradient", "radialGradient", "pattern", "hatch"), "gradients and patterns"),
    **dict.fromkeys(("filter", "mask", "clipPath", "marker"), "filters, masks and arrowheads"),
}
"""What is not kept, as a manager knows it."""
_UNKNOWN, _PROGRAM = "other elements", "notes of the drawing program"
_LABEL = "{http://www.inkscape.org/namespaces/inkscape}label"
_QUIET_ELEMENTS = frozenset({"defs", "metadata", "style", "switch"})
_QUIET = frozenset({"id", "version", "baseProfile", "class", "style", "display", "preserveAspectRatio", _LABEL})
_QUIET_OUTSIDE = _QUIET | {"x", "y", "width", "height", "viewBox"}
"""Attributes that are read otherwise, or say nothing of how a drawing looks; of the outermost element."""
_XML = "{http://www.w3.org/XML/1998/namespace}"
_EVENT = re.compile("on[a-z]", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CLASS = re.compile(r"(?:[a-z]+)?\.([A-Za-z_][\w-]*)")
_NAMED = re.compile(r"(?:door|room|space)[-_][\w-]{1,60}", re.IGNORECASE | re.ASCII)
"""What somebody who means a door or a room calls a shape."""
_ADDRESS = re.compile(r"url\s*\(|(?:java|vb)script:|data:", re.IGNORECASE)


class Unusable(Invalid):
    """What was sent is no drawing that can be kept."""

    def __init__(self, text: str) -> None:
        super().__init__(f"body: {text}", errors=[FieldError(field="body", message=text)])
        self.text = text

    def __reduce__(self) -> tuple[type["Unusable"], tuple[str]]:
        return Unusable, (self.text,)


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """What was not kept, in words, and how often it was there."""

    what: str
    count: int


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """``text``: the SVG as it is kept. ``ids``: of its elements, as they come."""

    text: str
    ids: tuple[str, ...]
    dropped: tuple[Dropped, ...]


class _Element:
    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.inside: list[_Element | str] = []

    @property
    def named(self) -> str | None:
        """A door or room that its label of Inkscape or its title, in Visio its name, says it is."""
        titles = (each.inside for each in self.inside if isinstance(each, _Element) and each.name == "title")
        names = [self.attributes.get(_LABEL, ""), *("".join(map(str, inside)) for inside in titles)]
        return next((each.strip() for each in names if _NAMED.fullmatch(each.strip())), None)


class _Parser(DefusedXMLParser):  # type: ignore[misc]  # has no types
    """Takes a document type that only names SVG, as Visio and Inkscape write it, and never reads it. One that declares
    anything is refused."""

    def defused_start_doctype_decl(self, name: str, sysid: str, pubid: str, has_internal_subset: bool) -> None:
        if has_internal_subset:
            super().defused_start_doctype_decl(name, sysid, pubid, has_internal_subset)


class _Reader:
    """Makes a tree of what is allowed, as the parser reads it, and stops at the first limit."""

    def __init__(self) -> None:
        self.root: _Element | None = None
        self.dropped = Counter[str]()
        self.styles: list[str] = []
        self._open: list[_Element] = []
        self._depth = self._elements = self._skipped = self._style_size = 0
        self._in_style = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise Unusable(f"must not have more than {DEEPEST} groups in one another; ungroup some")
        if self._elements > MOST_ELEMENTS:
            raise Unusable(f"must have at most {MOST_ELEMENTS} shapes; draw walls, doors and rooms only")
        if any(len(each) > LONGEST_VALUE for each in attributes.values()):
            raise Unusable(f"must have no attribute of more than {LONGEST_VALUE} characters; simplify its lines")
        name = _local(tag)
        if self.root is None and name != "svg":
            raise Unusable("must be an SVG drawing; this is something else")
        self._in_style = name == "style"
        if name in AS_GROUP and not self._skipped:
            self._count(tag)
            name = "g"
        if self._skipped or name not in ELEMENTS:
            if name not in ELEMENTS:
                self._count(tag)
            self._skipped += 1
            return
        element = _Element(name, attributes)
        if self._open:
            self._open[-1].inside.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _tag: str) -> None:
        self._depth -= 1
        self._in_style = False
        if self._skipped:
            self._skipped -= 1
        else:
            self._open.pop()

    def data(self, text: str) -> None:
        if self._in_style:
            self._style_size += len(text)
            if self._style_size > LONGEST_VALUE:
                raise Unusable(f"must have style sheets of at most {LONGEST_VALUE} characters together")
            self.styles.append(text)
        elif not self._skipped and self._open and self._open[-1].name in TEXTS:
            self._open[-1].inside.append(text)

    def close(self) -> None:
        """The parser asks for it."""

    def _count(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name not in _QUIET_ELEMENTS:
            self.dropped[_WORDS.get(name, _UNKNOWN if _local(tag) else _PROGRAM)] += 1


class _Writer:
    """Writes the tree again. ``rules``: of classes, by name."""

    def __init__(self, dropped: Counter[str], rules: Mapping[str, Mapping[str, str]]) -> None:
        self.ids: dict[str, None] = {}
        self._dropped = dropped
        self._rules = rules

    def write(self, element: _Element, box: str | None = None) -> Iterator[str]:
        """``box``: the ``viewBox`` of the whole, which the outermost element has."""
        looks = self._looks(element)
        if looks.pop("display", "") == "none" and box is None:
            self._dropped["hidden parts"] += 1
            return
        kept = self._attributes(element, _QUIET if box is None else _QUIET_OUTSIDE) | looks
        if box is not None:
            kept = {"xmlns": SVG, "viewBox": box} | kept
        yield f"<{element.name}"
        yield from (f" {name}={quoteattr(value)}" for name, value in kept.items())
        if not element.inside:
            yield "/>"
            return
        yield ">"
        for each in element.inside:
            if isinstance(each, str):
                yield escape(each)
            else:
                yield from self.write(each)
        yield f"</{element.name}>"

    def _looks(self, element: _Element) -> dict[str, str]:
        """What its classes and its style say, of which the later one wins."""
        found = {"display": element.attributes.get("display", "").strip()}
        for name in element.attributes.get("class", "").split():
            found |= self._rules.get(name, {})
        return found | kept_looks(element.attributes.get("style", ""), self._dropped)

    def _attributes(self, element: _Element, quiet: frozenset[str]) -> dict[str, str]:
        kept = dict[str, str]()
        if named := element.named or element.attributes.get("id"):
            self._keep_id(kept, named)
        for name, text in element.attributes.items():
            if name in quiet or name.startswith((_XML, "data-")):
                continue
            if (value := value_of(element.name, name, text)) is not None:
                kept[name] = value
            else:
                self._dropped[_why_not(name, text)] += 1
        return kept

    def _keep_id(self, kept: dict[str, str], text: str) -> None:
        value = value_of("", "id", text)
        if value is None:
            self._dropped["ids that cannot be used"] += 1
        elif value in self.ids:
            self._dropped["ids that another element has"] += 1
        else:
            self.ids[value] = None
            kept["id"] = value


def rebuilt(content: bytes) -> Drawing:
    """The drawing in a file, of nothing but what is allowed. Raises ``TooLarge``, and ``Unusable`` for what is no
    drawing, for one without a size, for one that declares entities, and beyond the limits."""
    if len(content) > LARGEST:
        raise TooLarge(f"a drawing may have at most {LARGEST // 1024 // 1024} MB; leave out pictures and furniture")
    if content.startswith(_GZIP):
        raise Unusable("must not be compressed (svgz); save it as plain SVG")
    reader = _Reader()
    try:
        parser = _Parser(target=reader, forbid_dtd=True)
        parser.feed(content)
        parser.close()
    except DefusedXmlException:
        raise Unusable("must not declare entities or a document type of its own; save it as plain SVG") from None
    except (ParseError, ValueError, LookupError):
        raise Unusable("must be an SVG drawing; this is no XML, or a part of it only") from None
    assert reader.root is not None, "the parser has read one"
    box = _box(reader.root.attributes)
    writer = _Writer(reader.dropped, _rules("".join(reader.styles), reader.dropped))
    parts, size = [], 0
    for part in writer.write(reader.root, box):
        size += len(part.encode())
        if size > LARGEST:  # a short rule can make each of its shapes long
            raise TooLarge("a drawing may have at most 1 MB without what is not kept; simplify its lines")
        parts.append(part)
    dropped = tuple(Dropped(what=what, count=count) for what, count in sorted(reader.dropped.items()))
    return Drawing(text="".join(parts), ids=tuple(writer.ids), dropped=dropped)


def ids_of(drawing: str) -> tuple[str, ...]:
    """The ids of the elements of a drawing that ``rebuilt`` made, as they come."""
    return tuple(name for each in fromstring(drawing).iter() if (name := each.get("id")))


def kept_looks(style: str, dropped: Counter[str]) -> dict[str, str]:
    """Of a style, by name, what may be an attribute, and ``display``."""
    kept = {}
    for each in _COMMENT.sub("", style).split(";"):
        name, colon, text = (part.strip() for part in each.partition(":"))
        text = text.partition("!")[0].strip()
        value = text if name == "display" else value_of("", name, text) if name in LOOKS else None
        if value is not None:
            kept[name] = value
        elif colon:
            dropped[_why_not(name, text)] += 1
    return kept


def _rules(sheet: str, dropped: Counter[str]) -> dict[str, dict[str, str]]:
    """What the rules for each class say, later ones over earlier ones."""
    found: dict[str, dict[str, str]] = {}
    rules = [each.rpartition("{") for each in _COMMENT.sub("", sheet).split("}")[:-1] if "{" in each]
    if len(rules) > MOST_RULES:
        raise Unusable(f"must have at most {MOST_RULES} rules in its style sheets")
    for before, _, body in rules:
        selectors = before.rpartition("{")[2]
        classes = [_CLASS.fullmatch(each.strip()) for each in selectors.split(",")]
        if None in classes:
            dropped["rules of style sheets"] += 1
        looks = kept_looks(body, dropped)
        for each in classes:
            if each is not None:
                found[each[1]] = found.get(each[1], {}) | looks
    return found


def _why_not(name: str, text: str) -> str:
    if _EVENT.match(name):
        return "event attributes, such as onload"
    if _ADDRESS.search(text) or name.rpartition("}")[2] == "href":
        return "links, and fills or masks by reference"
    if "}" in name or name.startswith("-"):
        return _PROGRAM
    return "values that cannot be read" if name in LOOKS or name in GEOMETRY else "other attributes and styles"


def _box(attributes: Mapping[str, str]) -> str:
    """How large the drawing is: its ``viewBox``, or else from its width and height."""
    if "viewBox" in attributes:
        found = view_box(attributes["viewBox"])
    else:
        width, height = (pixels(attributes.get(name, "")) for name in ("width", "height"))
        found = view_box(f"0 0 {width} {height}") if width is not None and height is not None else None
    if found is None:
        raise Unusable("must say how large it is: give its svg element a viewBox, such as “0 0 800 600”")
    return " ".join(f"{each:.10g}" for each in found)


def _local(name: str) -> str:
    """The name of an element or attribute of SVG, or of none; empty for one of another vocabulary."""
    space, brace, local = name.rpartition("}")
    return local if not brace or space == f"{{{SVG}" else ""
