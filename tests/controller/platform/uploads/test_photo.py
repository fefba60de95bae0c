"""Photographs are kept without what was written into them."""

import struct
import zlib

import pytest

from controller.platform.uploads.photo import MOST_PIXELS, Photo, cleaned
from controller.platform.web.problem import TooLarge

GPS = b"52.4483N"
_FRAME = b"\x08\0\x10\0\x10\x01\x01\x11\0"
_SCAN = b"\x01\x01\0\0\x3f\0"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(order: str, orientation: int) -> bytes:
    mark = b"II" if order == "<" else b"MM"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack(f"{order}HHII", 0x8825, 4, 1, 99)
    return b"Exif\0\0" + mark + struct.pack(f"{order}HI", 42, 8) + struct.pack(f"{order}H", 2) + entries + GPS


def jpeg(app1: bytes, frame: bytes = _FRAME) -> bytes:
    """Sixteen pixels square, with a comment, and a film behind the picture."""
    parts = [segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"), segment(0xE1, app1), segment(0xED, GPS)]
    parts += [segment(0xFE, GPS), segment(0xDB, b"\0" + b"\x10" * 64), segment(0xC0, frame)]
    parts += [segment(0xC4, b"\0" + b"\0" * 16), segment(0xDA, _SCAN), b"\x12\xff\x00\x34\xff\xd0\x56"]
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xd9" + GPS


JPEG = jpeg(exif("<", 6))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 1, height: int = 1) -> bytes:
    size = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    said = chunk(b"tEXt", b"Location\0" + GPS) + chunk(b"eXIf", GPS) + chunk(b"tIME", GPS)
    return b"\x89PNG\r\n\x1a\n" + size + said + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"") + GPS


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_jpeg_keeps_its_picture_and_how_it_was_held_and_nothing_else(order: str) -> None:
    kind, kept = cleaned(jpeg(exif(order, 6)))
    assert kind == "image/jpeg"
    assert GPS not in kept
    assert kept.count(b"Exif") == 1
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in kept
    assert b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9" in kept
    assert kept.endswith(b"\xff\xd9")
    assert cleaned(kept) == (kind, kept), "what is clean stays as it is"


XMP = b"http://ns.adobe.com/xap/1.0/\0" + GPS


def test_a_jpeg_loses_the_small_picture_of_what_was_cut_off() -> None:
    whole = jpeg(b"")
    plain = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0")
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")
    small = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01FACE") + segment(0xE0, b"JFXX\0\x10FACE")
    more = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01FACE") + segment(0xEE, b"FACE")
    assert plain in whole
    _, kept = cleaned(whole.replace(plain, small + more))
    assert b"FACE" not in kept
    assert kept == cleaned(whole)[1].replace(plain, plain + adobe)


@pytest.mark.parametrize("app1", [exif("<", 1), exif(">", 99), XMP, b"Exif\0\0II", b""])
def test_a_jpeg_that_was_held_upright_keeps_no_exif_at_all(app1: bytes) -> None:
    assert b"Exif" not in cleaned(jpeg(app1))[1]
    assert GPS not in cleaned(jpeg(app1))[1]


def test_a_png_keeps_only_the_chunks_that_draw() -> None:
    kind, kept = cleaned(png())
    assert (kind, GPS in kept) == ("image/png", False)
    assert kept.endswith(b"IEND" + struct.pack(">I", zlib.crc32(b"IEND")))
    assert cleaned(kept) == (kind, kept)


def test_every_beginning_of_a_picture_is_refused() -> None:
    for whole in (JPEG.removesuffix(GPS), png().removesuffix(GPS)):
        for cut in range(len(whole)):
            with pytest.raises(Photo):
                cleaned(whole[:cut])


def test_a_picture_with_more_pixels_than_a_camera_has_is_refused() -> None:
    with pytest.raises(Photo, match="million pixels"):
        cleaned(png(60_000, 60_000))
    with pytest.raises(Photo, match="million pixels"):
        cleaned(jpeg(b"", b"\x08\xff\xff\xff\xff\x01\x01\x11\0"))
    assert MOST_PIXELS < 60_000 * 60_000
    with pytest.raises(TooLarge):
        cleaned(JPEG + b"\0" * 6_000_000)
