"""Waits for a pause in what is read, on a machine that may be too busy to hear of everything in time."""

from collections.abc import Callable

from edge.runtime import Runtime, Timer

PROMPT_S = 0.050
"""A timer that rings later than this was kept waiting; so may be what has been read meanwhile."""
TRIES = 20
"""So often it waits for a prompt moment; then the pause is over in any case."""


class PauseTimer:
    """Rings once it is so late, and not while the machine lags: what came before the pause was over may still be on its
    way, and would be taken to come after it."""

    def __init__(self, runtime: Runtime, name: str, callback: Callable[[], None]) -> None:
        self._clock = runtime.clock
        self._callback = callback
        self._timer = Timer(runtime, name, self._rang)
        self._wanted: float | None = None
        self._due = 0.0
        self._tries = 0

    def set(self, at: float | None) -> None:
        """Ring at ``at``, in monotonic seconds, instead of whatever was set; ``None``: not at all."""
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
