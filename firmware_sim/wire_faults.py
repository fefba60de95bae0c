"""Faulty wires of a simulated Pi: cut, shorted or loose, whatever the device at their end does."""

from collections.abc import Callable

from firmware_sim.timeline import Process


class WireFaults:
    """The wires of one Pi by BCM number. ``drive`` is called with each level that arrives at the Pi, which is also in
    ``levels``."""

    def __init__(self, drive: Callable[[int, bool], None]) -> None:
        self._drive = drive
        self._given: dict[int, bool] = {}
        self._stuck: dict[int, bool] = {}
        self.levels: dict[int, bool] = {}

    def give(self, pin: int, level: bool) -> None:
        """The device at the end of the wire puts ``level`` on it."""
        self._given[pin] = level
        self.levels[pin] = level = self._stuck.get(pin, level)
        self._drive(pin, level)

    def stick(self, pin: int, level: bool | None) -> None:
        """The wire is cut or shorted: it has ``level`` whatever its device does; ``None`` repairs it."""
        if level is None:
            self._stuck.pop(pin, None)
        else:
            self._stuck[pin] = level
        self.give(pin, self._given[pin])

    def chatter(self, pin: int, *, every_s: float, for_s: float) -> Process:
        """The wire is loose: its level changes all the time."""
        for _ in range(round(for_s / every_s)):
            self.stick(pin, not self.levels[pin])
            yield every_s
        self.stick(pin, None)
