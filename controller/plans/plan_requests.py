"""Which requests led to a plan, for the log: the line of a request, of the plan that it changed and of the door that
carries it out can be found by one id."""

from controller.plans.model import EdgeName
from controller.records.changes import MOST_REQUESTS


class PlanRequests:
    """Ids of requests by edge: for the plan that is due, and for the one that was published last."""

    def __init__(self) -> None:
        self._due: dict[EdgeName, dict[str, None]] = {}
        self._made: dict[EdgeName, tuple[int, list[str]]] = {}

    def due(self, name: EdgeName, requests: tuple[str, ...]) -> None:
        """These requests may have changed the plan of an edge."""
        known = self._due.setdefault(name, {})
        known |= dict.fromkeys(requests[: max(MOST_REQUESTS - len(known), 0)])

    def drop(self, name: EdgeName) -> None:
        """They have not."""
        self._due.pop(name, None)

    def made(self, name: EdgeName, version: int) -> list[str]:
        """A plan was published: the requests that led to it."""
        found = list(self._due.pop(name, ()))
        self._made[name] = (version, found)
        return found

    def of(self, name: EdgeName, version: int) -> list[str]:
        """Those of a plan, if it is the last one that this process published."""
        made, found = self._made.get(name, (0, []))
        return found if made == version else []
