"""Whether the controller's own disk is nearly full: on every *Now*, and on /metrics. It is no site's, and a database
that cannot be written keeps no alert."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

LEAST = 500 * 2**20
"""Bytes; with less it is nearly full, and with half as much again it is no longer."""


@dataclass(eq=False, kw_only=True)
class DiskRoom(Collector):
    """The disk of ``folder``, which has the keys, and with SQLite the database."""

    folder: Path
    full: bool = False

    @property
    def free(self) -> int | None:
        """Bytes that may still be written; None where that is not known."""
        try:
            room = os.statvfs(self.folder)
        except OSError:
            return None
        return room.f_bavail * room.f_frsize

    def trouble(self) -> str | None:
        """What is wrong with it, or None."""
        free = self.free
        if free is not None:
            self.full = free < (LEAST * 3 // 2 if self.full else LEAST)
        return "less than 500 MB are free" if self.full else None

    def collect(self) -> Iterable[Metric]:
        if (free := self.free) is not None:
            yield GaugeMetricFamily("hallkeeper_disk_free_bytes", "What may still be written to the data folder.", free)
