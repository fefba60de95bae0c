"""When an edge's next plan is compiled: at once after a quiet time, else when its last one is old enough."""

import heapq
from collections import defaultdict
from itertools import count

from controller.plans.model import EdgeName
from edge.wire.clock import real_s

REST = 8
"""An edge's next plan waits this many times as long as its last one took of the event loop's CPU time."""
COMPILE_EVERY_S = 0.2
"""Shortest time between two plans of one edge, in real seconds; the first change is compiled at once."""


class CompileThrottle:
    """The edges that are due, each with the earliest moment."""

    def __init__(self) -> None:
        self._due: dict[EdgeName, float] = {}
        self._order: list[tuple[float, int, EdgeName]] = []
        """A heap of the moments, of equal ones in the order they came; those that ``_due`` no longer names are void."""
        self._number = count()
        self._took_s: defaultdict[EdgeName, float] = defaultdict(float)
        """The event loop's CPU time from the beginning of the last plan to its end."""
        self._compiled_at: dict[EdgeName, float] = {}

    @property
    def any_due(self) -> bool:
        """Whether an edge is due, now or later."""
        return bool(self._due)

    def want(self, name: EdgeName, *, at_once: bool) -> None:
        """An edge is due: when its last plan is old enough, or ``at_once``."""
        rest_s = max(COMPILE_EVERY_S, REST * self._took_s[name])
        earliest = float("-inf") if at_once else self._compiled_at.get(name, float("-inf")) + rest_s
        if earliest < self._due.get(name, float("inf")):
            self._put(name, earliest)

    def next(self) -> EdgeName | float | None:
        """The edge that is due, which no longer is then, or in how many seconds one will be, or None."""
        while self._order:
            at, _, name = self._order[0]
            if self._due.get(name) == at:
                wait_s = at - real_s()
                if wait_s > 0:
                    return wait_s
                del self._due[name]
                heapq.heappop(self._order)
                return name
            heapq.heappop(self._order)
        return None

    def begun(self, name: EdgeName) -> None:
        """An edge's plan is being made."""
        self._compiled_at[name] = real_s()

    def took(self, name: EdgeName, cpu_s: float) -> None:
        """An edge's plan has taken so much of the event loop's CPU time."""
        self._took_s[name] = cpu_s

    def retry(self, name: EdgeName, after_s: float) -> None:
        """A plan could not be made: try again after so many real seconds."""
        self._put(name, real_s() + after_s)

    def _put(self, name: EdgeName, at: float) -> None:
        self._due[name] = at
        heapq.heappush(self._order, (at, next(self._number), name))
