"""Mail addresses as a mail's header takes them."""

from email.errors import MessageError
from email.headerregistry import Address


def mail_address(text: str) -> Address:
    """One address such as "name@example.org", without a display name (RFC 5322, 3.4.1). Raises ``ValueError`` for
    anything else; ``Address`` itself raises ``HeaderParseError``, which is none, and ``IndexError`` too."""
    try:
        return Address(addr_spec=text)
    except (MessageError, ValueError, IndexError):
        raise ValueError(f"{text!r} is not a mail address") from None
