"""Photographs without what a camera or a program has written into them: where, when and with what one was taken. Pure.

JPEG (ITU-T T.81, annex B) and PNG (W3C, third edition) are read piece by piece and only what draws the picture is kept,
so that nothing of a kind that we have not thought of stays. What follows the picture's end, such as the film of a
moving photograph, goes too. How a camera was held (TIFF 6.0, Orientation) is written again, alone.
"""

from typing import Literal

from controller.platform.web.problem import FieldError, Invalid, TooLarge

LARGEST_PHOTO = 5 * 1024 * 1024
"""Bytes of a photograph at most."""
MOST_PIXELS = 50_000_000
"""Pixels of a picture: a phone’s camera makes fewer, and a picture with more could stop the browser that shows it."""

_PNG = b"\x89PNG\r\n\x1a\n"
_DRAWS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM"})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_KEPT = _FRAMES | {0xC4, 0xCC, 0xDA, 0xDB, 0xDD}
"""Markers of segments: frame, tables, scan, restart interval."""
_STARTS = {0xE0: (b"JFIF\0", b"\0\0"), 0xEE: (b"Adobe", b"")}
"""Markers of those that are written again, without a small picture of what was cut off and anything else: how they
begin, and what is behind their first twelve bytes (ITU-T T.871, 10.1; T.872, 6.5.3)."""
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112


class Photo(Invalid):
    """What was sent is no photograph that can be kept."""

    def __init__(self, text: str) -> None:
        super().__init__(f"body: {text}", errors=[FieldError(field="body", message=text)])
        self.text = text

    def __reduce__(self) -> tuple[type["Photo"], tuple[str]]:
        return Photo, (self.text,)


def cleaned(content: bytes) -> tuple[str, bytes]:
    """Its media type, and the picture alone. Raises ``Photo`` for what is no whole JPEG or PNG, ``TooLarge``."""
    if len(content) > LARGEST_PHOTO:
        raise TooLarge(f"a photograph may have at most {LARGEST_PHOTO // 1024 // 1024} MB; send a smaller one")
    try:
        if content.startswith(b"\xff\xd8"):
            return "image/jpeg", _jpeg(content)
        if content.startswith(_PNG):
            return "image/png", _png(content)
    except (IndexError, ValueError):
        raise Photo("must be whole; this picture is cut off or broken") from None
    raise Photo("must be a JPEG or PNG")


def _jpeg(content: bytes) -> bytes:
    kept, place, turned, framed, scanned = [b"\xff\xd8"], 2, b"", False, False
    while True:
        if content[place] != 0xFF:
            raise ValueError("no marker")
        marker = content[place + 1]
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        if marker == 0xD9:
            break
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        segment = content[place : place + 2 + length]
        if length < 2 or len(segment) < length + 2:
            raise ValueError("cut off")
        if marker in _FRAMES:
            _require_size(int.from_bytes(segment[7:9], "big"), int.from_bytes(segment[5:7], "big"))
            framed = True
        if marker == 0xE1 and not turned:
            turned = _turned(segment[4:])
        begins, ends = _STARTS.get(marker, (b"", b""))
        if begins and segment[4:].startswith(begins) and len(segment) >= 16:
            body = segment[4:16] + ends
            kept.append(segment[:2] + (len(body) + 2).to_bytes(2, "big") + body)
        if marker in _KEPT:
            kept.append(segment)
        place += 2 + length
        if marker == 0xDA:
            end = _scan_end(content, place)
            kept.append(content[place:end])
            place, scanned = end, True
    if not (framed and scanned):
        raise ValueError("no picture in it")
    return b"".join([kept[0], turned, *kept[1:], b"\xff\xd9"])


def _scan_end(content: bytes, place: int) -> int:
    """Where the next marker begins that is neither a stuffed byte nor a restart."""
    while True:
        place = content.index(b"\xff", place)
        after = content[place + 1]
        if after != 0 and not 0xD0 <= after <= 0xD7:
            return place
        place += 2


def _turned(exif: bytes) -> bytes:
    """An Exif segment that says nothing but how the camera was held; empty where it was held upright."""
    tiff = exif.removeprefix(_EXIF)
    if tiff == exif or tiff[:2] not in (b"II", b"MM"):
        return b""
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)

    first = number(4, 4)
    for entry in range(first + 2, first + 2 + 12 * min(number(first, 2), 200), 12):
        if number(entry, 2) == _ORIENTATION:
            value = number(entry + 8, 2)
            if not 2 <= value <= 8:
                return b""
            words = (b"\0\x2a\0\0\0\x08\0\x01", b"\x01\x12\0\x03\0\0\0\x01", bytes((0, value, 0, 0)), b"\0\0\0\0")
            body = _EXIF + b"MM" + b"".join(words)
            return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    return b""


def _png(content: bytes) -> bytes:
    kept, place, kind = [_PNG], len(_PNG), b""
    while kind != b"IEND":
        length = int.from_bytes(content[place : place + 4], "big")
        chunk = content[place : place + 12 + length]
        kind = chunk[4:8]
        if len(chunk) < 12 + length:
            raise ValueError("cut off")
        if (len(kept) == 1) is not (kind == b"IHDR"):
            raise ValueError("its size comes first, once")
        if kind == b"IHDR":
            _require_size(int.from_bytes(chunk[8:12], "big"), int.from_bytes(chunk[12:16], "big"))
        if kind in _DRAWS:
            kept.append(chunk)
        place += 12 + length
    return b"".join(kept)


def _require_size(width: int, height: int) -> None:
    if not 0 < width * height <= MOST_PIXELS:
        raise Photo(f"must have at most {MOST_PIXELS // 1_000_000} million pixels; send a smaller picture")
