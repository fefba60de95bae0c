"""By which channels somebody wants notices of a kind. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from controller.notices.model import Channel, NoticeKind


class By(StrEnum):
    """How notices of a kind come."""

    MAIL = "mail"
    SMS = "sms"
    BOTH = "both"
    NONE = "none"

    @property
    def channels(self) -> frozenset[Channel]:
        if self is By.BOTH:
            return frozenset(Channel)
        return frozenset({Channel(self)}) if self is not By.NONE else frozenset()

    @property
    def mails(self) -> bool:
        """Whether mails are among them."""
        return Channel.MAIL in self.channels


Preferences = Mapping[NoticeKind, By]
"""What somebody chose; the rest is ``usual``."""
USUAL = By.MAIL
"""By text message where there is no mail address."""


def usual(kind: NoticeKind) -> By:
    """How notices of a kind come to who has not chosen."""
    return By.NONE if kind is NoticeKind.PROBLEM else USUAL


REQUIRED = frozenset(
    {
        NoticeKind.CONFIRMED,
        NoticeKind.MOVED,
        NoticeKind.NEW_CODE,
        NoticeKind.CANCELLED,
        NoticeKind.RELEASED,
        NoticeKind.CLOSED,
        NoticeKind.REOPENED,
    }
)
"""They bring the door code, or say that the door stays shut: somebody must be told by one channel at least."""
