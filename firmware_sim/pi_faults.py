"""What can be wrong with a simulated Pi: its disk and its clocks below the agent; its wires, which are cut, shorted or
loose, whatever the device at their end does.
"""

import errno
import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from edge.system.durable_files import Medium
from edge.wire.clock import Clock
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


FOLDER_BYTES = 4096
"""What an empty folder takes of the disk."""


class DiskState(StrEnum):
    SOUND = "sound"
    FULL = "full"
    READ_ONLY = "read-only"


class Hardware(msgspec.Struct, frozen=True, kw_only=True):
    """How a Pi is. ``room``: bytes that a full disk still has. ``clock_off_s``: how far its clock is ahead of the true
    time. ``synchronised``: a time service vouches for that. ``battery_off_s``: the same of its battery clock, ``None``
    where none answers. ``boot``: which boot of the machine it is."""

    disk: DiskState = DiskState.SOUND
    room: int = 0
    clock_off_s: float = 0.0
    synchronised: bool = True
    battery_off_s: float | None = 0.0
    boot: str = ""


class FailingMedium:
    """A ``Medium`` that can be made full or read-only."""

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        self._state = DiskState.SOUND
        self._room = 0
        self._one_at_a_time = threading.Lock()

    def become(self, state: DiskState, room: int = 0) -> None:
        """``room``: bytes that a full disk still accepts; deleting files adds to it."""
        with self._one_at_a_time:
            self._state, self._room = state, room

    def read(self, path: str) -> bytes:
        return self._medium.read(path)

    def names(self, folder: str) -> list[str]:
        return self._medium.names(folder)

    def exists(self, path: str) -> bool:
        return self._medium.exists(path)

    def sync(self, path: str) -> None:
        self._medium.sync(path)

    def write(self, path: str, data: bytes, *, truncate: bool = False) -> None:
        with self._one_at_a_time:
            self._changes(frees=path if truncate else None)
            fits = len(data) if self._state is not DiskState.FULL else min(len(data), self._room)
            self._medium.write(path, data[:fits], truncate=truncate)
            self._takes(len(data), fits)

    def overwrite(self, path: str, at: int, data: bytes) -> None:
        with self._one_at_a_time:
            self._changes()
            self._medium.overwrite(path, at, data)

    def rename(self, old: str, new: str) -> None:
        with self._one_at_a_time:
            self._changes(frees=new)
            self._medium.rename(old, new)

    def unlink(self, path: str) -> None:
        with self._one_at_a_time:
            self._changes(frees=path)
            self._medium.unlink(path)

    def mkdir(self, path: str) -> None:
        with self._one_at_a_time:
            self._changes()
            self._takes(FOLDER_BYTES, min(FOLDER_BYTES, self._room))
            self._medium.mkdir(path)

    def _changes(self, *, frees: str | None = None) -> None:
        if self._state is DiskState.READ_ONLY:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        if self._state is DiskState.FULL and frees is not None and self._medium.exists(frees):
            self._room += len(self._medium.read(frees))

    def _takes(self, wanted: int, fits: int) -> None:
        if self._state is DiskState.FULL:
            self._room -= fits
            if fits < wanted:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class WrongClock:
    """A ``Clock`` whose time of day is ``off_s`` ahead of the true one; its monotonic seconds are right."""

    def __init__(self, true: Clock) -> None:
        self._true = true
        self.off_s = 0.0
        self.battery_off_s: float | None = 0.0

    def now(self) -> datetime:
        return self._true.now() + timedelta(seconds=self.off_s)

    def battery(self) -> datetime | None:
        """The battery clock's time."""
        return None if self.battery_off_s is None else self._true.now() + timedelta(seconds=self.battery_off_s)

    def monotonic(self) -> float:
        return self._true.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._true.sleep(seconds)
