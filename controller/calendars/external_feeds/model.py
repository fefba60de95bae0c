"""A feed: a diary that a partner keeps elsewhere, and what is known of it."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.platform.web.problem import NotFound

LISTED = 50
"""Most events that a report names of each kind."""


def source_of(feed: str) -> str:
    """Which calendar a feed is, among the imported ones of its site."""
    return f"feed:{feed}"


class FeedStatus(StrEnum):
    NEW = "new"
    """Not read yet."""
    OK = "ok"
    CLASHES = "clashes"
    """Read, but some of its events cannot be booked here."""
    FAILING = "failing"
    """It could not be read; what was known stays."""


class Trouble(StrEnum):
    """What kept a feed from being read as a whole."""

    ADDRESS = "address"
    """No address that can be asked, or one inside a network that is not allowed."""
    UNREACHABLE = "unreachable"
    """No such host, no answer, or one that took too long."""
    CERTIFICATE = "certificate"
    REDIRECTS = "redirects"
    SIGN_IN = "sign_in"
    """401 or 403."""
    GONE = "gone"
    """404 or 410."""
    SERVER = "server"
    """Any other answer that is no calendar, by its status."""
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    """What came is no calendar, or one that breaks off."""
    EMPTY = "empty"
    """It came without a single event where it had some before."""
    REFUSED = "refused"
    """This controller refuses to write what it says."""


class FeedDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as somebody writes it. ``name``: whose diary it is, as in “blocked by the diary of …”. ``address``:
    ``None`` for the one it has, or the ``sealed`` one of a feed of this name that was removed. ``party``: whose
    bookings its events become. ``paused``: it is not polled, and its blocks stay."""

    name: str
    space: str
    address: str | None
    every_min: int
    party: str | None
    paused: bool = False
    sealed: bytes | None = None


class FeedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a report. ``title`` and times: of what clashes; ``starts`` in UTC."""

    line: int
    uid: str
    text: str
    title: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    booking: str | None = None


class PollReport(msgspec.Struct, frozen=True, kw_only=True):
    """The result of the last poll. ``trouble`` and ``text``: why it failed and what to do. The rest is from the last
    time that it was read: how many events there were and their outcome; the first ``LISTED`` that clash or could not be
    read."""

    trouble: Trouble | None = None
    text: str = ""
    new: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0
    clashing: int = 0
    refused: int = 0
    clashes: tuple[FeedEvent, ...] = ()
    refusals: tuple[FeedEvent, ...] = ()


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """As stored. ``address`` is a secret and is sealed. ``read_at``: when it was last read as a whole; ``fresh_at``:
    when its source last said the same as we know. ``failures``: in a row. ``came_empty``: the last time, where it had
    events before. ``version``: counts its changes by people."""

    site: str
    id: str
    name: str
    space: str
    party: str | None
    address: bytes
    every_min: int
    paused: bool = False
    etag: str = ""
    modified: str = ""
    next_at: datetime
    asked_at: datetime | None = None
    read_at: datetime | None = None
    fresh_at: datetime | None = None
    failures: int = 0
    came_empty: bool = False
    status: FeedStatus = FeedStatus.NEW
    report: PollReport = PollReport()
    created_at: datetime
    created_by: str
    version: int = 1

    @property
    def source(self) -> str:
        """Which calendar it is, among the imported ones."""
        return source_of(self.id)

    @property
    def draft(self) -> FeedDraft:
        """As somebody would write it, so that it is made again."""
        return FeedDraft(
            name=self.name,
            space=self.space,
            address=None,
            every_min=self.every_min,
            party=self.party,
            paused=self.paused,
            sealed=self.address,
        )


class FeedView(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as pages show it, in its site's ``zone``. ``where``: the part of its address that may be shown.
    ``blocks``: how many to come."""

    feed: Feed
    zone: ZoneInfo
    where: str
    blocks: int


class FeedUnknown(NotFound):
    def __init__(self, site: str, feed: str) -> None:
        super().__init__(f"site {site!r} has no feed {feed!r}; look it up in the list of its feeds")


class FeedFault(Exception):
    """A feed could not be read. ``text``: what happened and what to do, without the address, which is a secret.
    ``retry_after_s``: how long its server asks us to wait. ``report``: what was imported anyway."""

    def __init__(
        self, trouble: Trouble, text: str, *, retry_after_s: float = 0.0, report: PollReport | None = None
    ) -> None:
        super().__init__(text)
        self.trouble = trouble
        self.text = text
        self.retry_after_s = retry_after_s
        self.report = report


class FeedChanged(Exception):
    """Somebody changed or removed the feed while it was read; what was read is of no use."""
