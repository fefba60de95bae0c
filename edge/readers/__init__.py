"""Readers: keypads, card readers and scanners. One file per kind, with a pure decoder and its input and output.

A reader passes what a person presents to its door, and shows that person the door's answer.
"""

from collections.abc import Callable
from typing import Protocol

from edge.doors.signals import DoorSignal
from edge.wire.credentials import Presented
from edge.wire.messages import DeviceState

Present = Callable[[Presented], None]
"""Called on the event loop with everything that one person presents at once."""


class Reader(Protocol):
    """A reader of a door. tests/contract/test_readers.py runs over every kind."""

    @property
    def id(self) -> str: ...

    def start(self) -> None:
        """Start reading and reporting faults."""
        ...

    def state(self) -> DeviceState:
        """``reader`` {door, side, kind}, and values specific to the kind."""
        ...

    def signal(self, signal: DoorSignal) -> None:
        """Show a signal, if the reader has a light or buzzer. Does not block."""
        ...

    def close(self) -> None:
        """Stop reading and close what it opened. Idempotent."""
        ...
