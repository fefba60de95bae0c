"""Encodes and decodes messages: JSON by msgspec; every failure is a ``WireError``.

An unknown field is ignored. Instants are RFC 3339 in UTC; a naive one is refused.
"""

from typing import Any, TypeVar

import msgspec

from edge.wire.errors import Malformed, TooLarge

T = TypeVar("T")

PART_LIMIT = 64 * 1024
"""Largest plan part, in bytes."""
MESSAGE_LIMIT = 1024 * 1024
"""Largest message of any kind, in bytes."""
_WHY_LIMIT = 200
"""The most characters of an error message, which may quote foreign input."""

_encoder = msgspec.json.Encoder(order="deterministic")
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def encode(value: msgspec.Struct) -> bytes:
    """The canonical JSON of a value: equal values have equal bytes, so a digest identifies them."""
    return _encoder.encode(value)


def decode(data: bytes, kind: type[T], *, limit: int = MESSAGE_LIMIT) -> T:
    """Decode ``data`` as ``kind``.

    Raises ``TooLarge`` past ``limit`` bytes and ``Malformed`` for anything that is not a ``kind``.
    """
    if len(data) > limit:
        raise TooLarge(f"{len(data)} bytes; at most {limit} are allowed")
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        value: T = decoder.decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"not a {getattr(kind, '__name__', 'message')}: {str(error)[:_WHY_LIMIT]}") from error
    return value
