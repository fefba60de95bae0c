"""Readers: keypads, cards and scanners, one file per kind, each a pure decoder beside its input and output.

A reader tells its door what a person presents, and shows that person the door's answer.
"""

from collections.abc import Callable
from typing import Protocol

from edge.doors.signals import DoorSignal
from edge.wire.credentials import Presented
from edge.wire.messages import DeviceState

Present = Callable[[Presented], None]
"""Called on the event loop with all that one person presents at once."""


class Reader(Protocol):
    """A reader of a door. tests/contract/test_readers.py runs over every kind."""

    @property
    def id(self) -> str: ...

    def start(self) -> None:
        """Begin to read, and report what is amiss."""
        ...

    def state(self) -> DeviceState:
        """``reader`` {door, side, kind}, and what its kind adds."""
        ...

    def signal(self, signal: DoorSignal) -> None:
        """Tell whoever stands there, as far as it has a light or a buzzer. Returns at once."""
        ...

    def close(self) -> None:
        """Stop listening, and let go of what it has opened itself. Idempotent."""
        ...
