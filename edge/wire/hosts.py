"""Host names and addresses."""

import re
from ipaddress import ip_address

_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*\.?$")


def is_host(text: str) -> bool:
    """Whether it is a host name (RFC 1123, also with the underscore that some networks use) or an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return _NAME.match(text) is not None and not text.replace(".", "").isdigit()
    return True
