"""Errors of notices."""

from controller.notices.model import Notice
from controller.platform.web.problem import Conflicting, NotFound


class NoticeUnknown(NotFound):
    def __init__(self, notice_id: str) -> None:
        super().__init__(f"there is no notice {notice_id!r} here; look for it in the list of its site")


class BouncedAddressUnknown(NotFound):
    def __init__(self, bounced_id: str) -> None:
        super().__init__(f"no address is marked as {bounced_id!r} here; look for it in the list of bounced addresses")


class NothingToPreview(Conflicting):
    """A notice is tried on a booking."""

    kind = "nothing-to-preview"
    title = "There is nothing to preview"

    def __init__(self) -> None:
        super().__init__("the site has no booking on which the wording could be tried; make one first")


class NoticeNotFailed(Conflicting):
    """Only what failed can be sent again."""

    kind = "notice-not-failed"
    title = "The notice did not fail"

    def __init__(self, notice: Notice) -> None:
        super().__init__(
            f"this notice is {notice.state}; only one that failed can be sent again. To reach somebody at another "
            "address, change it in the booking: that sends a new notice"
        )


class NobodyToTell(Conflicting):
    """Preferences belong to an address."""

    kind = "nobody-to-tell"
    title = "There is no address to which notices go"


class PreferenceLinkUnknown(NotFound):
    def __init__(self) -> None:
        super().__init__("this link belongs to nobody's notices, or it is cut off; use the one in the newest mail")
