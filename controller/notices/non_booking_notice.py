"""A notice that is about no booking, such as of a document that lapses, or a digest."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeAlias

import msgspec

from controller.bookings.diary.site_config import SiteConfig
from controller.db.engine import Tx
from controller.notices.model import Notice, NoticeKind
from controller.notices.recipients import Contact

Sent: TypeAlias = Callable[[Tx], Awaitable[None]]


class NonBookingNotice(msgspec.Struct, frozen=True, kw_only=True):
    """``contact``: who gets it, as things are now. ``text``: of the mail. ``sms``: as a text message; empty for what
    goes by mail alone. ``urgent``: it waits for no quiet hours. ``sent``: what follows, in the transaction that notes
    that the server took it."""

    kind: NoticeKind
    contact: Contact
    subject: str
    text: str
    sms: str = ""
    urgent: bool = False
    sent: Sent | None = None


class NonBookingNotices(Protocol):
    """Renders notices of one kind."""

    async def notice(self, tx: Tx, notice: Notice, site_config: SiteConfig, now: datetime) -> NonBookingNotice | None:
        """As things are now; ``None``: it is none of these, or there is nothing to tell any more."""
        ...
