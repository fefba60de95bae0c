"""What the waiting list refuses."""

from controller.web.problem import Conflicting, NotFound


class WaitUnknown(NotFound):
    def __init__(self, wait_id: str) -> None:
        super().__init__(f"there is no entry {wait_id!r} on a waiting list; look for it in the list of its site")


class NothingToWaitFor(Conflicting):
    """The time can be had at once, or never."""

    kind = "nothing-to-wait-for"
    title = "Waiting would not help"


class NoOffer(Conflicting):
    """There is no offer to accept or decline."""

    kind = "no-offer"
    title = "Nothing is on offer"


class Overdue(Exception):
    """Somebody wants the time of a hold that has run out, and others wait for it: they come first."""

    def __init__(self, site: str) -> None:
        super().__init__(f"the waiting list of {site} has something to do first")
        self.site = site
