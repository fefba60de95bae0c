"""Detects a pause in the input, on a machine that may be too busy to receive everything in time."""

from collections.abc import Callable

from edge.runtime import Runtime, Timer

PROMPT_S = 0.050
"""A timer that fires later than this was delayed; input may have been delayed as well."""
TRIES = 20
"""How often it waits again when it was delayed; after that the pause counts in any case."""


class PauseTimer:
    """Calls back at a set time, but not while the machine lags: input from before the pause may still be on its way and
    would be taken to come after it."""

    def __init__(self, runtime: Runtime, name: str, callback: Callable[[], None]) -> None:
        self._clock = runtime.clock
        self._callback = callback
        self._timer = Timer(runtime, name, self._rang)
        self._wanted: float | None = None
        self._due = 0.0
        self._tries = 0

    def set(self, at: float | None) -> None:
        """Fire at ``at`` (monotonic seconds), replacing any earlier setting; ``None`` cancels it."""
        if at != self._wanted:
            self._wanted, self._tries = at, 0
            self._wait(at)

    def _wait(self, at: float | None) -> None:
        self._due = at or 0.0
        self._timer.set(at)

    def _rang(self) -> None:
        now = self._clock.monotonic()
        if now > self._due + PROMPT_S and self._tries < TRIES:
            self._tries += 1
            self._wait(now + PROMPT_S)
            return
        self._wanted = None
        self._callback()
