"""Refusals about closing as a whole."""

from controller.platform.web.problem import Conflicting, NotFound


class BatchUnknown(NotFound):
    def __init__(self, site: str, batch: str) -> None:
        super().__init__(f"site {site!r} has no closure with decisions {batch!r}; look it up in their list")


class TooLate(Conflicting, kind="too-late", title="This can no longer be undone"):
    """More than an hour has gone by."""


class BeingCarriedOut(Conflicting, kind="being-carried-out", title="It is still being carried out"):
    """Somebody is carrying it out or undoing it."""


class ClosureChanged(Conflicting, kind="closure-changed", title="The closure has been changed since"):
    """Opening again would overwrite what somebody else has decided."""


class BatchTaken(Conflicting, kind="batch-taken", title="It is not going on any more"):
    """It was undone while it was being carried out, or the other way round."""

    def __init__(self) -> None:
        super().__init__("the closure was undone meanwhile, so this booking stays as it is")
