"""A poster of what's on at a site: one sheet of A4 as PDF, with a QR code that leads to the page. Pure."""

from collections.abc import Sequence
from io import BytesIO

import segno
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from controller.platform.text.pdf import BOLD, FONT, MARGIN, WIDTH, as_markup, height_of, sheet_of, write
from controller.screens.door_pages.whats_on_view import ShownDay, ShownEvent

_QR = 46 * mm
_FOOT = MARGIN + _QR + 8 * mm
"""Up to where events are written; below are the code and where it leads."""
_BIG = ParagraphStyle("big", fontName=BOLD, fontSize=34, leading=40)
_SITE = ParagraphStyle("site", fontName=FONT, fontSize=20, leading=25)
_DAY = ParagraphStyle("day", fontName=BOLD, fontSize=13, leading=17, spaceBefore=5 * mm)
_TIMES = 34 * mm
_EVENT = ParagraphStyle("event", fontName=FONT, fontSize=11, leading=14, leftIndent=_TIMES, spaceBefore=1.5 * mm)
_TIME = ParagraphStyle("time", fontName=FONT, fontSize=11, leading=14)
_SMALL = ParagraphStyle("small", fontName=FONT, fontSize=10, leading=13)
_UNDER_CODE = ParagraphStyle("under", parent=_SMALL, alignment=TA_CENTER)


def poster(*, site: str, address: str, days: Sequence[ShownDay], notes: Sequence[str], link: str, as_of: str) -> bytes:
    """The sheet. ``notes``: lines beside the code, such as the opening hours. Events that have no room are left to the
    page, and the sheet says so. The same for the same values."""
    found = BytesIO()
    canvas = sheet_of(found, title=f"What’s on at {site}", subject=f"Events as of {as_of}; {link}")
    top = A4[1] - MARGIN
    top = write(canvas, "What’s on", _BIG, top)
    top = write(canvas, site, _SITE, top)
    if address:
        top = write(canvas, address, _SMALL, top)
    left_out = _write_days(canvas, days, top)
    _draw_code(canvas, link)
    shown = [f"And {left_out} more: see the page."] if left_out else []
    line = _FOOT - 8 * mm
    for text in [*shown, *notes, f"As of {as_of}. The page has changes."]:
        line = write(canvas, text, _SMALL, line, width=WIDTH - _QR - 8 * mm)
        if line < MARGIN + _SMALL.leading:
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
        write(canvas, "Nothing is listed for the coming four weeks.", _SMALL, top - 8 * mm)
    full = False
    left_out = 0
    for at, (text, event) in enumerate(lines):
        style = _EVENT if event else _DAY
        room = max(height_of(text, style), height_of(event.time, _TIME, _TIMES) if event else 0) + style.spaceBefore
        if event is None and at + 1 < len(lines):  # no heading stands alone at the end
            room += height_of(lines[at + 1][0], _EVENT)
        full = full or top - room < _FOOT
        if full:
            left_out += event is not None
        elif event:
            top -= style.spaceBefore
            under_time = write(canvas, event.time, _TIME, top, width=_TIMES)
            top = min(write(canvas, text, style, top, marked=True), under_time)
        else:
            top = write(canvas, text, style, top - style.spaceBefore)
    return left_out


def _event_text(event: ShownEvent) -> str:
    title = f"<b>{as_markup(event.title)}</b>{' (cancelled)' if event.called_off else ''}"
    organiser = f", {as_markup(event.organiser)}" if event.organiser and event.organiser not in event.title else ""
    return f"{title}<br/>{as_markup(event.where)}{organiser}"


def _draw_code(canvas: Canvas, link: str) -> None:
    rows = [list(row) for row in segno.make_qr(link, error="m").matrix_iter(border=2)]
    size = _QR / len(rows)
    left, bottom = A4[0] - MARGIN - _QR, MARGIN + 6 * mm
    for down, row in enumerate(rows):
        for right, dark in enumerate(row):
            if dark:  # a little larger, so that no hairline shows between two of them
                y = bottom + _QR - (down + 1) * size
                canvas.rect(left + right * size, y, size * 1.02, size * 1.02, stroke=0, fill=1)
    under = Paragraph(as_markup(link.removeprefix("https://").removeprefix("http://")), _UNDER_CODE)
    _, height = under.wrap(_QR + 16 * mm, A4[1])
    under.drawOn(canvas, left - 8 * mm, bottom - height)
