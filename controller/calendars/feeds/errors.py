"""Errors of feeds, and why one could not be read."""

from controller.calendars.feeds.model import PollReport, Trouble
from controller.web.problem import NotFound


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
