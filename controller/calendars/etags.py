"""``If-None-Match``: whether a client has the current version (RFC 9110 13.1.2). Pure."""


def matches(if_none_match: str | None, tag: str) -> bool:
    """Whether the header names the tag, weakly compared, or anything at all."""
    if if_none_match is None:
        return False
    named = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in named or f'"{tag}"' in named
