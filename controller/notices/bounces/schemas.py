"""What the routes of bounced addresses answer."""

from collections.abc import Sequence
from datetime import tzinfo

from controller.notices.bounces.model import BouncedAddress
from controller.platform.web.fields import Answer, LocalTime, answer_of, page_of


class BouncedAddressRead(Answer):
    """`at`: when a mail to it came back. `reply`: why, in the words of the server. `party`: whose booking it was
    about."""

    id: str
    contact_address: str
    party: str | None
    at: LocalTime
    reply: str


class BouncedAddressPage(Answer):
    """The newest first. `next`: pass it as `after` for the next page; null on the last."""

    items: list[BouncedAddressRead]
    next: str | None


def bounced_page(found: Sequence[BouncedAddress], zone: tzinfo, *, limit: int) -> BouncedAddressPage:
    """``found``: one more than ``limit`` where there are more."""

    def read(each: BouncedAddress) -> BouncedAddressRead:
        return answer_of(BouncedAddressRead, each, zone)

    return page_of(BouncedAddressPage, found, limit, read, key=lambda each: each.id)
