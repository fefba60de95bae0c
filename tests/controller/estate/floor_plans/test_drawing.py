"""Whatever is sent as a drawing, what is kept of it only draws."""

import gzip
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.estate.floor_plans.drawing import LARGEST, LONGEST_VALUE, Drawing, Unusable, rebuilt
from controller.platform.uploads.parser import Parser
from controller.platform.web.problem import TooLarge
from tests.controller.estate.floor_plans.allow_list import SVG, require_only_what_is_allowed
from tests.fuzz.effort import examples

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
DOOR = '<rect id="door-front-door" x="1" y="2" width="3" height="4"/>'


def drawn(inside: str = "", attributes: str = 'viewBox="0 0 80 60"', before: str = "") -> bytes:
    return f"{before}<svg {NS} {attributes}>{DOOR}{inside}</svg>".encode()


def counts(drawing: Drawing) -> dict[str, int]:
    return {each.what: each.count for each in drawing.dropped}


LINKS = "links, and fills or masks by reference"
EVENTS = "event attributes, such as onload"
HARMLESS: dict[str, tuple[str, str, int]] = {
    "script": ("<script>alert(1)</script>", "scripts", 1),
    "a script of another name": ('<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>', "scripts", 1),
    "a script of HTML": ('<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>', "scripts", 1),
    "a script in a group": ("<g><g><script>alert(1)</script></g></g>", "scripts", 1),
    "a script in what is dropped": ("<defs><script>alert(1)</script></defs>", "scripts", 1),
    "onload": ('<rect onload="alert(1)" ONCLICK="alert(2)"/>', EVENTS, 2),
    "onload in a style's place": ('<g style="onload:alert(1)"/>', EVENTS, 1),
    "foreignObject": ("<foreignObject><body>x</body></foreignObject>", "pieces of web pages", 1),
    "an iframe": ('<iframe xmlns="http://www.w3.org/1999/xhtml" src="//evil"/>', "pieces of web pages", 1),
    "a picture inside": ('<image href="data:image/svg+xml;base64,PHN2Zz4="/>', "pictures", 1),
    "a picture elsewhere": ('<image xlink:href="https://evil.test/a.png"/>', "pictures", 1),
    "a link that runs": ('<a xlink:href="javascript:alert(1)"><rect x="9"/></a>', "links", 1),
    "its address": ('<a xlink:href="javascript:alert(1)"><rect x="9"/></a>', LINKS, 1),
    "its other address": ('<g href="javascript:alert(1)"/>', LINKS, 1),
    "use": ('<use href="#door-front-door"/>', "copies of a shape (make them shapes of their own)", 1),
    "use of use": (
        '<defs><g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g></defs>',
        "copies of a shape (make them shapes of their own)",
        2,
    ),
    "an animation": ('<rect><set attributeName="href" to="javascript:alert(1)"/></rect>', "animations", 1),
    "a fill elsewhere": ('<rect fill="url(https://evil.test/a.svg#b)"/>', LINKS, 1),
    "a fill elsewhere, in a style": (
        "<rect style=\"fill:red;fill:u\\72l('//evil')\"/>",
        "values that cannot be read",
        1,
    ),
    "a cursor": ('<rect style="cursor:url(https://evil.test)"/>', LINKS, 1),
    "a style sheet elsewhere": ("<style>@import url(https://evil.test/a.css);</style>", "", 0),
    "a rule of a style sheet": ("<style>#x{fill:red} rect{stroke:red}</style>", "rules of style sheets", 2),
    "an address in a rule": ('<style>.a{fill:url(//evil);stroke:red}</style><g class="a"/>', LINKS, 1),
    "a path that is none": ('<path d="M 0 0 L nan 1e999"/>', "values that cannot be read", 1),
    "a path that is far away": ('<path d="M 0 0 L 9999999 1"/>', "values that cannot be read", 1),
    "a size that is none": ('<rect width="NaN" height="calc(1px)"/>', "values that cannot be read", 2),
    "a turn that is none": ('<g transform="rotate(1) evil(2)"/>', "values that cannot be read", 1),
    "an id of two": ('<g id="door-front-door"/>', "ids that another element has", 1),
    "an id of markup": ('<g id="a b&lt;"/>', "ids that cannot be used", 1),
    "an attribute of another": (
        '<g x:label="Hall" xmlns:x="http://www.inkscape.org/"/>',
        "notes of the drawing program",
        1,
    ),
    "an element of another": ('<x:view xmlns:x="http://www.inkscape.org/"/>', "notes of the drawing program", 1),
    "what is hidden": ('<g style="display: none !important"><text>safe 1234</text></g>', "hidden parts", 1),
    "an instruction": ('<?xml-stylesheet href="https://evil.test/a.css"?>', "", 0),
    "a comment": ("<!-- <script>alert(1)</script> -->", "", 0),
    "markup as text": ("<text><![CDATA[<script>alert(1)</script>]]></text>", "", 0),
    "markup as a value": ('<text font-family="a&quot;&gt;&lt;script&gt;">x</text>', "values that cannot be read", 1),
    "an unknown element": ("<blink/>", "other elements", 1),
    "an unknown attribute": ('<g tabindex="1"/>', "other attributes and styles", 1),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_what_does_not_draw_is_left_out_and_counted_in_words(case: str) -> None:
    inside, what, count = HARMLESS[case]
    found = rebuilt(drawn(inside))
    require_only_what_is_allowed(found.text)
    assert counts(found).get(what, 0) == count, found.dropped
    assert found.ids[0] == "door-front-door"
    assert "1234" not in found.text


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPE = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"{}>'
REFUSED: dict[str, tuple[bytes, str]] = {
    "an entity bomb": (drawn("<text>&a11;</text>", before=f'<!DOCTYPE svg [<!ENTITY a0 "ha">{BOMB}]>'), "entities"),
    "an entity from a file": (
        drawn("<text>&x;</text>", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "entities",
    ),
    "a parameter entity": (drawn(before='<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://evil.test/x"> %x;]>'), "entities"),
    "attributes by default": (drawn(before='<!DOCTYPE svg [<!ATTLIST svg onload CDATA "x()">]>'), "entities"),
    "an entity that nobody declared": (drawn("<text>&x;</text>", before=DOCTYPE.format("")), "no XML"),
    "a billion groups": (b"<svg " + NS.encode() + b' viewBox="0 0 1 1">' + b"<g>" * 100_000, "in one another"),
    "many shapes": (drawn("<g/>" * 20_000), "at most 5000 shapes"),
    "many shapes in what is dropped": (drawn("<defs>" + "<g/>" * 20_000 + "</defs>"), "at most 5000 shapes"),
    "a long path": (drawn(f'<path d="M0 0{" L1 1" * 40_000}"/>'), "no attribute"),
    "a long style sheet": (drawn(f"<style>{'.a{fill:red}' * 20_000}</style>"), "style sheets"),
    "many rules": (drawn(f"<style>{'.a{fill:red}' * 600}</style>"), "500 rules"),
    "a viewBox of NaN": (drawn(attributes='viewBox="0 0 NaN 1"'), "how large"),
    "a viewBox of nothing": (drawn(attributes='viewBox="0 0 0 10"'), "how large"),
    "a viewBox without end": (drawn(attributes='viewBox="0 0 1e999 1"'), "how large"),
    "no size": (drawn(attributes='width="100%" height="100%"'), "how large"),
    "svgz": (gzip.compress(drawn()), "compressed"),
    "HTML": (b"<!doctype html><html><script>alert(1)</script></html>", "SVG drawing"),
    "HTML as XML": (b'<html xmlns="http://www.w3.org/1999/xhtml"><svg/></html>', "SVG drawing"),
    "an svg of another vocabulary": (b'<svg xmlns="http://evil.test" viewBox="0 0 1 1"/>', "SVG drawing"),
    "a PDF": (b"%PDF-1.7", "no XML"),
    "nothing": (b"", "no XML"),
    "half of it": (drawn()[:-4], "no XML"),
    "NUL": (drawn("<text>\0</text>"), "no XML"),
    "an unknown encoding": (b'<?xml version="1.0" encoding="utf-7"?>' + drawn(), "no XML"),
    "bytes of no letter": (drawn("<text>") + b"\xff\xfe", "no XML"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_drawing_or_without_bounds_is_refused_with_a_reason(case: str) -> None:
    content, why = REFUSED[case]
    with pytest.raises(Unusable, match=why) as refused:
        rebuilt(content)
    assert pickle.loads(pickle.dumps(refused.value)).detail == refused.value.detail


def test_a_file_of_megabytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge, match="1 MB"):
        rebuilt(b"<svg>" + b" " * 2 * 1024 * 1024)


def test_a_drawing_that_grows_as_it_is_written_is_refused() -> None:
    rules = f"<style>.a{{font-family:{'a' * 190}}}</style>"
    with pytest.raises(TooLarge, match="1 MB"):
        rebuilt(drawn(rules + '<g class="a"/>' * 4_900 + "<text>" + "&gt;" * (LARGEST // 6) + "</text>"))


_LONG = LONGEST_VALUE - 100
SLOW: dict[str, str] = {
    "a style sheet without rules": f"<style>{'a' * _LONG}</style>",
    "rules that do not end": f"<style>{'{' * (_LONG // 2)}{'a' * (_LONG // 2)}</style>",
    "comments that do not end": f"<style>{'/*' * (_LONG // 2)}</style>",
    "turns that do not end": f"<g transform='rotate({'1 ' * (_LONG // 2)}'/>" * 7,
}


async def test_what_is_made_to_take_long_is_read_within_the_limits_of_a_file() -> None:
    parser = Parser()
    try:
        for inside in SLOW.values():
            assert (await parser.run(rebuilt, drawn(inside))).ids == ("door-front-door",)
        grows = f"<style>.a{{stroke-dasharray:{'1 ' * 60_000}}}</style>" + '<g class="a"/>' * 4_000
        with pytest.raises(TooLarge):
            await parser.run(rebuilt, drawn(grows))
    finally:
        parser.close()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_a_drawing_may_be_in_any_usual_encoding(encoding: str) -> None:
    declared = "" if encoding == "utf-8-sig" else f'<?xml version="1.0" encoding="{encoding}"?>'
    found = rebuilt((declared + drawn("<text>Café</text>").decode()).encode(encoding))
    assert require_only_what_is_allowed(found.text)[1].text == "Café"


def test_a_drawing_without_a_viewbox_has_that_of_its_size() -> None:
    found = rebuilt(drawn(attributes='width="210mm" height="10in"'))
    assert require_only_what_is_allowed(found.text).attrib["viewBox"] == "0 0 793.7007874 960"


INKSCAPE = f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->
{DOCTYPE.format("")}
<svg width="80" height="60" viewBox="0 0 80 60" version="1.1" id="svg5" inkscape:version="1.2.2"
  xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns="http://www.w3.org/2000/svg"
  xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd">
 <sodipodi:namedview id="base" pagecolor="#fff"/><defs id="defs2"/>
 <g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1" transform="translate(-1.5,.5e1) scale(2 2)">
  <rect style="opacity:1;fill:#deaa87;fill-rule:evenodd;stroke:#000;stroke-width:1.32292;stroke-dasharray:none"
   id="room-hall" width="10.5" height="5" x="1" y="2"/>
  <path id="door-front-door" d="m 1,2 3.25,-4 a 1 1 0 01.5.5 z" style="fill:none;-inkscape-stroke:none"
   sodipodi:nodetypes="cc"/>
  <text xml:space="preserve" style="font-size:5px;font-family:sans-serif" x="3" y="4"><tspan
   sodipodi:role="line" id="tspan9" x="3 4" y="4">Hall</tspan></text>
 </g></svg>"""
ILLUSTRATOR = f"""<svg id="Layer_1" data-name="Layer 1" {NS} viewBox="0 0 80 60"><defs><style>.cls-1, .cls-2 {{
 fill: #fff; }} .cls-2 {{ stroke: #231f20; stroke-miterlimit: 10; fill: none }} .st0{{display:none;}}
 .cls-3 {{ fill: url(#linear-gradient); clip-path: url(#c); }}</style>
 <linearGradient id="linear-gradient"><stop offset="0"/></linearGradient></defs><switch><g>
 <rect id="room_hall" class="cls-1" x="1" width="5" height="5"/><line class="cls-2" x2="4" id="door-front-door"/>
 <rect class="cls-3" width="9" height="9"/><g class="st0"><text>safe 1234</text></g></g></switch></svg>"""
VISIO = f"""<?xml version="1.0"?>{DOCTYPE.format("")}
<svg {NS} xmlns:v="http://schemas.microsoft.com/visio/2003/SVGExtensions/" width="8.26772in" height="11.6929in"
 viewBox="0 0 595.276 841.89" xml:space="preserve" color-interpolation-filters="sRGB" class="st5">
 <v:documentProperties v:langID="1033"/><style type="text/css"><![CDATA[ .st1 {{fill:#cccccc;stroke:#4677bf;
 stroke-width:0.75}} .st2 {{font-size:1.00001em}} ]]></style>
 <g v:mID="0" v:index="1"><title>Page-1</title><g id="shape1-1" v:mID="1" transform="translate(100,-200)">
 <title>Sheet.1</title><rect x="0" y="700" width="99" height="50" class="st1"/></g></g></svg>"""


def test_the_drawings_of_usual_programs_keep_their_shapes_colours_and_ids() -> None:
    inkscape, illustrator, visio = (rebuilt(each.encode()) for each in (INKSCAPE, ILLUSTRATOR, VISIO))
    layer = require_only_what_is_allowed(inkscape.text)[0]
    assert layer.attrib["transform"] == "translate(-1.5 .5e1) scale(2 2)"
    assert layer[0].attrib | {"fill": "#deaa87", "stroke-width": "1.32292", "id": "room-hall"} == layer[0].attrib
    assert layer[1].attrib["d"] == "m 1 2 3.25 -4 a 1 1 0 01.5.5 z"
    assert layer[2][0].text == "Hall"
    assert inkscape.ids == ("svg5", "layer1", "room-hall", "door-front-door", "tspan9")
    hall, line, plain = require_only_what_is_allowed(illustrator.text).iter(f"{SVG}g").__next__()[0]
    assert (hall.attrib["fill"], line.attrib["fill"], line.attrib["stroke"]) == ("#fff", "none", "#231f20")
    assert "fill" not in plain.attrib
    assert "1234" not in illustrator.text
    assert counts(illustrator)[LINKS] == 2
    shape = require_only_what_is_allowed(visio.text)[0][1]
    assert shape.attrib["id"] == "shape1-1"
    assert shape[1].attrib["stroke-width"] == "0.75"


def test_a_shape_is_the_door_or_room_that_its_label_or_its_title_names() -> None:
    label = 'xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:label="Room_Hall"'
    named = (
        f'<g id="path5" {label}/><g id="shape1-1"><title> door-side-door</title></g><g id="a"><title>Hall</title></g>'
    )
    assert rebuilt(drawn(named)).ids == ("door-front-door", "Room_Hall", "door-side-door", "a")


_NAMES = st.sampled_from(
    [
        "svg",
        "g",
        "path",
        "rect",
        "text",
        "title",
        "style",
        "script",
        "foreignObject",
        "use",
        "image",
        "a",
        "set",
        "defs",
        "x:g",
        "html:script",
        "switch",
    ]
)
_ATTRIBUTES = st.sampled_from(
    [
        "id",
        "d",
        "points",
        "fill",
        "style",
        "class",
        "viewBox",
        "x",
        "width",
        "transform",
        "href",
        "xlink:href",
        "onload",
        "onclick",
        "x:label",
        "font-family",
    ]
)
_VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        (
            *(
                "url(#a)",
                "javascript:alert(1)",
                "data:text/html,x",
                "fill:url(//x)",
                "a",
                "M0 0L1 1z",
                "0 0 9 9",
                "red",
            ),
            *("fill:red;x:y", "rotate(5)", "1e400", "NaN", "\\75rl(x)", "@import", "/*", "{}", "]]>", '"><script>'),
        )
    ),
)


@st.composite
def _markup(draw: st.DrawFn, depth: int = 0) -> str:
    """Elements of any kind in one another, well formed."""
    name = draw(_NAMES)
    names = draw(st.lists(_ATTRIBUTES, max_size=4, unique=True))
    written = "".join(f" {each}={_quoted(draw(_VALUES))}" for each in names)
    inside = st.one_of(_VALUES.map(_escaped), _markup(depth=depth + 1)) if depth < 4 else _VALUES.map(_escaped)
    return f"<{name}{written}>{''.join(draw(st.lists(inside, max_size=3)))}</{name}>"


def _escaped(text: str) -> str:
    kept = "".join(each for each in text if each.isprintable())
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "")


def _quoted(text: str) -> str:
    return '"' + _escaped(text).replace('"', "&quot;") + '"'


SPACES = 'xmlns:x="http://x.test" xmlns:html="http://www.w3.org/1999/xhtml"'


@settings(max_examples=examples(60))
@given(inside=st.lists(_markup(), max_size=4))
def test_whatever_comes_in_what_goes_out_has_only_what_is_allowed(inside: list[str]) -> None:
    found = rebuilt(drawn("".join(inside), f'{SPACES} viewBox="0 0 80 60"'))
    require_only_what_is_allowed(found.text)
    again = rebuilt(found.text.encode())
    assert (again.text, again.ids) == (found.text, found.ids), "what was rebuilt stays as it is"


@settings(max_examples=examples(60))
@given(content=st.binary(max_size=60), place=st.integers(0, len(INKSCAPE)), length=st.integers(0, 40))
def test_broken_bytes_are_refused_or_make_a_drawing_of_what_is_allowed(content: bytes, place: int, length: int) -> None:
    sent = INKSCAPE.encode()
    try:
        found = rebuilt(sent[:place] + content + sent[place + length :])
    except Unusable:
        return
    require_only_what_is_allowed(found.text)
