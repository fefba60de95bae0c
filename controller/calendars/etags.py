"""Answers with an ``ETag``, which a client that has them already need not load again (RFC 9110 13.1.2)."""

import hashlib
from collections.abc import Mapping

from fastapi import Response, status


def etag(data: bytes) -> str:
    """A tag that changes when the bytes do."""
    return hashlib.sha256(data).hexdigest()[:32]


def tagged(
    kind: type[Response], data: bytes, tag: str, if_none_match: str | None, headers: Mapping[str, str]
) -> Response:
    """The bytes, or 304 where the header names their tag, weakly compared, or anything at all."""
    named = {each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")}
    headers = {"ETag": f'"{tag}"', **headers}
    if "*" in named or f'"{tag}"' in named:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return kind(data, headers=headers)
