"""Sheets of A4 as PDF: fonts that every reader has from the file, and paragraphs one below the other. Pure."""

import unicodedata
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
FONT, BOLD = "Vera", "VeraBd"


def sheet_of(into: object, *, title: str, subject: str) -> Canvas:
    """A canvas that writes the same for the same values."""
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)
    canvas = Canvas(into, pagesize=A4, invariant=1, lang="en-GB")
    canvas.setTitle(title)
    canvas.setSubject(subject)
    return canvas


def write(
    canvas: Canvas,
    text: str,
    style: ParagraphStyle,
    top: float,
    *,
    left: float = MARGIN,
    width: float = WIDTH,
    marked: bool = False,
) -> float:
    """Write a paragraph below ``top``; where it ends. ``marked``: the text is markup already."""
    paragraph = Paragraph(text if marked else as_markup(text), style)
    _, height = paragraph.wrap(width, A4[1])
    paragraph.drawOn(canvas, left, top - height)
    return float(top - height)


def height_of(text: str, style: ParagraphStyle, width: float = WIDTH) -> float:
    """How high a paragraph of this markup is."""
    return float(Paragraph(text, style).wrap(width, A4[1])[1])


def as_markup(text: str) -> str:
    """The text in letters that the font has, as markup: others without their accents, or as a question mark."""
    glyphs = pdfmetrics.getFont(FONT).face.charToGlyph
    found = []
    for letter in text:
        plain = "".join(each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each))
        found.append(letter if ord(letter) in glyphs else plain if plain.isascii() and plain else "?")
    return escape("".join(found))
