"""Discrete-event time: what is due when, and processes written as generators. Pure and deterministic.

A process yields seconds to wait, or an ``Until`` to wait for a signal; ``yield`` returns whether the signal came
(``True``) or the time ran out (``False``).
"""

import heapq
import itertools
from collections.abc import Callable, Generator

import msgspec

Process = Generator["float | Until", bool, None]
Act = Generator["float | Until", bool, bool]
"""Part of a process, used with ``yield from``; returns whether it succeeded."""


class TimelineSignal:
    """Something processes can wait for; firing it wakes all that wait now."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []

    def fire(self) -> None:
        waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()

    def wait(self, wake: Callable[[], None]) -> None:
        self._waiting.append(wake)


class Until(msgspec.Struct, frozen=True, kw_only=True):
    """Wait until ``signal`` fires, but at most ``within_s`` seconds."""

    signal: TimelineSignal
    within_s: float


class EventTimeline:
    """Runs what is due in order of time, ties in the order they were put in. ``tick`` is in seconds."""

    def __init__(self, tick: float) -> None:
        self.tick = tick
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.woken: Callable[[], None] = lambda: None
        """Called when something new is due first, so that a task that sleeps until ``next_due`` wakes."""

    @property
    def next_due(self) -> float | None:
        """The tick at which something is due next."""
        return self._due[0][0] if self._due else None

    def at(self, tick: float, action: Callable[[], None]) -> None:
        """Do ``action`` at ``tick``, or at once when that has passed."""
        tick = max(tick, self.tick)
        first = not self._due or tick < self._due[0][0]
        heapq.heappush(self._due, (tick, next(self._order), action))
        if first:
            self.woken()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        self.at(self.tick + seconds, action)

    def spawn(self, process: Process, *, at: float | None = None) -> None:
        """Start a process at ``at``, by default now."""
        self.at(self.tick if at is None else at, lambda: self._go(process, lambda: next(process)))

    def run_until(self, tick: float) -> None:
        """Do everything due up to and including ``tick``."""
        while self._due and self._due[0][0] <= tick:
            due, _, action = heapq.heappop(self._due)
            self.tick = max(self.tick, due)
            action()
        self.tick = max(self.tick, tick)

    def _go(self, process: Process, resume: Callable[[], "float | Until"]) -> None:
        try:
            wish = resume()
        except StopIteration:
            return
        if isinstance(wish, Until):
            self._wait(process, wish)
        else:
            self.after(wish, lambda: self._go(process, lambda: process.send(False)))

    def _wait(self, process: Process, wish: Until) -> None:
        done = False

        def go(came: bool) -> None:
            nonlocal done
            if not done:
                done = True
                self._go(process, lambda: process.send(came))

        wish.signal.wait(lambda: self.at(self.tick, lambda: go(True)))
        self.after(wish.within_s, lambda: go(False))
