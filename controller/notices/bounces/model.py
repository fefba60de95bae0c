"""Addresses whose mail comes back, and what a server's words say about an address. Pure."""

import re
from datetime import datetime
from enum import StrEnum

import msgspec

OLDEST = 30
"""Days after a mail was written in which its return is believed."""
_ENHANCED = re.compile(r"(?<![\d.])5\.(\d{1,3})\.\d{1,3}(?![\d.])")
_OF_THE_ADDRESS = frozenset({0, 1, 2, 4})
"""Subjects of enhanced status codes (RFC 3463, 4) that are about an address, its mailbox or the way to it. The others
are about servers, protocols, contents and policies: they hit any mail, such as all of those of a relay that is set up
wrongly."""
_OF_THE_SENDER = re.compile(r"(?<![\d.])5\.1\.[78](?![\d.])")


class MailType(StrEnum):
    """What kind of mail came back. One letter, since it stands in addresses."""

    NOTICE = "n"
    ACCOUNT_MAIL = "a"


class BouncedAddress(msgspec.Struct, frozen=True, kw_only=True):
    """``site``: whose notices no longer go to it; empty for mails about accounts. ``at``: when a mail to it came back.
    ``reply``: why, in the words of the server. ``cleared_at``: since when it is written to again."""

    id: str
    address_key: str
    contact_address: str
    at: datetime
    reply: str
    site: str
    party: str | None
    cleared_at: datetime | None = None


def blames_address(reply: str) -> bool:
    """Whether a permanent refusal in these words is about the address, rather than about us or the text. One without
    an enhanced status code is."""
    if _OF_THE_SENDER.search(reply):
        return False
    found = _ENHANCED.search(reply)
    return found is None or int(found[1]) in _OF_THE_ADDRESS
