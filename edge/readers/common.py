"""What all kinds of reader share: their place, and the side of the door that they belong to."""

from edge.doors.signals import DoorSignal
from edge.readers.config import ReaderConfig
from edge.readers.reading import Reading
from edge.readers.side import DoorSide
from edge.runtime import Runtime
from edge.wire.events import UnreadWhat
from edge.wire.messages import DeviceState


class ReaderBase:
    """The common part of one reader."""

    def __init__(self, config: ReaderConfig, *, runtime: Runtime, side: DoorSide) -> None:
        self._config = config
        self._runtime = runtime
        self._side = side

    def take(self, reading: Reading, at: float, *, earliest: float | None = None) -> None:
        """Pass on a reading made at ``at`` (monotonic seconds), or as early as ``earliest``."""
        self._side.take(self._config.id, reading, at, earliest=earliest)

    def garbled(self, what: UnreadWhat, count: int) -> None:
        """Report ``count`` keys, bits or characters that could not be decoded."""
        self._runtime.count("reader_garbled")
        self._side.garbled(self._config.id, what, count)

    def answer(self, signal: DoorSignal) -> None:
        """The door has answered with this signal."""
        self._side.answer(signal)

    def state(self, kind: str, **values: str | bool | None) -> DeviceState:
        """The state of the reader; ``values``: values specific to its kind."""
        config = self._config
        return DeviceState(
            device=config.id,
            kind="reader",
            seq=self._runtime.seq(config.id),
            at=self._runtime.now(),
            values={"door": config.door, "side": config.side, "kind": kind, **values},
        )

    def forget(self) -> None:
        """The reader is gone: discard any incomplete entry."""
        self._side.forget(self._config.id)
