"""Bounds how often a network may have times looked up, which costs the controller more than most requests. In memory:
each process counts by itself, and a restart forgets."""

from datetime import datetime

from controller.hire_requests.errors import TooManyChecks
from controller.people.sign_in_throttle import network_of

MOST_A_MINUTE = 60
"""Of one network, which may be a whole building's."""


class CheckLimit:
    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._counts: dict[str, int] = {}

    def count(self, address: str, now: datetime) -> None:
        """Count a look-up from an address; one that is not known is not counted. Raises ``TooManyChecks``."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        network = network_of(address)
        if not network:
            return
        if self._counts.get(network, 0) >= MOST_A_MINUTE:
            raise TooManyChecks(60 - now.second)
        self._counts[network] = self._counts.get(network, 0) + 1
