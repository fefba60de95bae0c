"""QR codes as SVG pictures, dark on light in every scheme."""

import io
from typing import Literal

import segno


def inline_qr(text: str, *, error: Literal["l", "m"] = "m") -> str:
    """An element of a page, as wide as its place. ``error``: how much of it may be unreadable, 7 % or 15 %."""
    return segno.make_qr(text, error=error).svg_inline(border=4, light="#fff", omitsize=True)


def qr_file(text: str) -> bytes:
    """A file of its own, to be put on a screen or printed."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", scale=6, border=4, light="#fff")
    return out.getvalue()
