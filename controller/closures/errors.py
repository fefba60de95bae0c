"""Refusals about closing as a whole."""

from controller.web.problem import Conflicting, NotFound


class BatchUnknown(NotFound):
    def __init__(self, site: str, batch: str) -> None:
        super().__init__(f"site {site!r} has no closure with decisions {batch!r}; look it up in their list")


class TooLate(Conflicting, kind="too-late", title="This can no longer be undone"):
    """More than an hour has gone by."""
