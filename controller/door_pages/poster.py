"""A poster of what's on at a site: one sheet of A4 as PDF, with a QR code that leads to the page. Pure."""

import unicodedata
from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape

import segno
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from controller.door_pages.whats_on_view import ShownDay, ShownEvent

_MARGIN = 18 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_QR = 46 * mm
_FOOT = _MARGIN + _QR + 8 * mm
"""Up to where events are written; below are the code and where it leads."""
_FONT, _BOLD = "Vera", "VeraBd"
_BIG = ParagraphStyle("big", fontName=_BOLD, fontSize=34, leading=40)
_SITE = ParagraphStyle("site", fontName=_FONT, fontSize=20, leading=25)
_DAY = ParagraphStyle("day", fontName=_BOLD, fontSize=13, leading=17, spaceBefore=5 * mm)
_TIMES = 34 * mm
_EVENT = ParagraphStyle("event", fontName=_FONT, fontSize=11, leading=14, leftIndent=_TIMES, spaceBefore=1.5 * mm)
_TIME = ParagraphStyle("time", fontName=_FONT, fontSize=11, leading=14)
_SMALL = ParagraphStyle("small", fontName=_FONT, fontSize=10, leading=13)
_UNDER_CODE = ParagraphStyle("under", parent=_SMALL, alignment=TA_CENTER)


def poster(*, site: str, address: str, days: Sequence[ShownDay], notes: Sequence[str], link: str, as_of: str) -> bytes:
    """The sheet. ``notes``: lines beside the code, such as the opening hours. Events that have no room are left to the
    page, and the sheet says so. The same for the same values."""
    for name in (_FONT, _BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)
    found = BytesIO()
    canvas = Canvas(found, pagesize=A4, invariant=1, lang="en-GB")
    canvas.setTitle(f"What’s on at {site}")
    canvas.setSubject(f"Events as of {as_of}; {link}")
    top = A4[1] - _MARGIN
    top = _write(canvas, "What’s on", _BIG, top)
    top = _write(canvas, site, _SITE, top)
    if address:
        top = _write(canvas, address, _SMALL, top)
    left_out = _write_days(canvas, days, top)
    _draw_code(canvas, link)
    shown = [f"And {left_out} more: see the page."] if left_out else []
    line = _FOOT - 8 * mm
    for text in [*shown, *notes, f"As of {as_of}. The page has changes."]:
        line = _write(canvas, text, _SMALL, line, width=_WIDTH - _QR - 8 * mm)
        if line < _MARGIN + _SMALL.leading:
            break
    canvas.showPage()
    canvas.save()
    return found.getvalue()


def _write_days(canvas: Canvas, days: Sequence[ShownDay], top: float) -> int:
    """Write the days as far as they fit; how many events are left out."""
    lines: list[tuple[str, ShownEvent | None]] = []
    for day in days:
        lines.append((day.name, None))
        lines += [(_event_text(event), event) for event in day.events]
    if not lines:
        _write(canvas, "Nothing is listed for the coming four weeks.", _SMALL, top - 8 * mm)
    full = False
    left_out = 0
    for at, (text, event) in enumerate(lines):
        style = _EVENT if event else _DAY
        room = max(_height(text, style), _height(event.time, _TIME, _TIMES) if event else 0) + style.spaceBefore
        if event is None and at + 1 < len(lines):  # no heading stands alone at the end
            room += _height(lines[at + 1][0], _EVENT)
        full = full or top - room < _FOOT
        if full:
            left_out += event is not None
        elif event:
            top -= style.spaceBefore
            under_time = _write(canvas, event.time, _TIME, top, width=_TIMES)
            top = min(_write(canvas, text, style, top, marked=True), under_time)
        else:
            top = _write(canvas, text, style, top - style.spaceBefore)
    return left_out


def _event_text(event: ShownEvent) -> str:
    title = f"<b>{_marked(event.title)}</b>{' (cancelled)' if event.called_off else ''}"
    organiser = f", {_marked(event.organiser)}" if event.organiser and event.organiser not in event.title else ""
    return f"{title}<br/>{_marked(event.where)}{organiser}"


def _write(
    canvas: Canvas, text: str, style: ParagraphStyle, top: float, *, width: float = _WIDTH, marked: bool = False
) -> float:
    """Write a paragraph below ``top``; where it ends. ``marked``: the text is markup already."""
    paragraph = Paragraph(text if marked else _marked(text), style)
    _, height = paragraph.wrap(width, A4[1])
    paragraph.drawOn(canvas, _MARGIN, top - height)
    return float(top - height)


def _height(text: str, style: ParagraphStyle, width: float = _WIDTH) -> float:
    return float(Paragraph(text, style).wrap(width, A4[1])[1])


def _draw_code(canvas: Canvas, link: str) -> None:
    rows = [list(row) for row in segno.make_qr(link, error="m").matrix_iter(border=2)]
    size = _QR / len(rows)
    left, bottom = A4[0] - _MARGIN - _QR, _MARGIN + 6 * mm
    for down, row in enumerate(rows):
        for right, dark in enumerate(row):
            if dark:  # a little larger, so that no hairline shows between two of them
                y = bottom + _QR - (down + 1) * size
                canvas.rect(left + right * size, y, size * 1.02, size * 1.02, stroke=0, fill=1)
    under = Paragraph(_marked(link.removeprefix("https://").removeprefix("http://")), _UNDER_CODE)
    _, height = under.wrap(_QR + 16 * mm, A4[1])
    under.drawOn(canvas, left - 8 * mm, bottom - height)


def _marked(text: str) -> str:
    return escape(_written(text))


def _written(text: str) -> str:
    """The text in letters that the font has: others without their accents, or as a question mark."""
    glyphs = pdfmetrics.getFont(_FONT).face.charToGlyph
    found = []
    for letter in text:
        plain = "".join(each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each))
        found.append(letter if ord(letter) in glyphs else plain if plain.isascii() and plain else "?")
    return "".join(found)
