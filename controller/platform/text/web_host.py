"""The host in a web address."""

from urllib.parse import urlsplit


def web_host(address: str) -> str:
    """Its host, in small letters; empty where it has none or cannot be read."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
