"""Finds secrets where they must not be: as text, in hexadecimal and in base64, at any place of any file."""

import base64
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_DIGITS = re.compile(r"\d{4,10}")


def patterns(secret: str | bytes) -> list[re.Pattern[bytes]]:
    """What a secret looks like. One of digits alone counts only where no other digit, letter or point is beside it, and
    not as a number of JSON, which no secret is sent as: fractions of seconds, parts of keys and milliseconds since a
    start would look like it by chance."""
    raw = secret.encode() if isinstance(secret, str) else secret
    texts = [raw]
    if isinstance(secret, str) and _DIGITS.fullmatch(secret):
        half = len(secret) // 2
        texts += [f"{secret[:half]}{between}{secret[half:]}".encode() for between in (" ", "-", "\xa0")]
        found = [re.compile(rb"(?<![\w.])(?<!\":)" + re.escape(each) + rb"(?!\w)") for each in texts]
    else:
        found = [re.compile(re.escape(each)) for each in texts]
    found += [re.compile(each.hex().encode(), re.IGNORECASE) for each in texts]
    return found + [re.compile(re.escape(each)) for each in _in_base64(raw)]


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """The part of it that does not depend on what stands before and behind it, at each of three places."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        first = -(-shift * 8 // 6)
        last = (shift + len(raw)) * 8 // 6
        whole = encoded[first:last]
        yield whole
        if (safe := whole.translate(bytes.maketrans(b"+/", b"-_"))) != whole:
            yield safe


def leaks(secrets: Mapping[str, str | bytes], places: Mapping[str, bytes]) -> list[str]:
    """“what: where” for each secret in a place. ``secrets``: by what they are. ``places``: contents by name."""
    wanted = {what: patterns(secret) for what, secret in secrets.items()}
    return sorted(
        f"{what}: {where}"
        for where, content in places.items()
        for what, looks in wanted.items()
        if any(look.search(content) for look in looks)
    )


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder as it lies on the disk."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}
