"""What every kind of reader has in common: where it is, and the side of the door that it reads for."""

from edge.doors.signals import DoorSignal
from edge.readers.config import ReaderConfig
from edge.readers.reading import Reading
from edge.readers.side import DoorSide
from edge.runtime import Runtime
from edge.wire.events import UnreadWhat
from edge.wire.messages import DeviceState


class ReaderBase:
    """One for each reader, whatever its kind."""

    def __init__(self, config: ReaderConfig, *, runtime: Runtime, side: DoorSide) -> None:
        self._config = config
        self._runtime = runtime
        self._side = side

    def take(self, reading: Reading, at: float, *, earliest: float | None = None) -> None:
        """Something was read, at ``at`` in monotonic seconds, or as far back as ``earliest``."""
        self._side.take(self._config.id, reading, at, earliest=earliest)

    def garbled(self, what: UnreadWhat, count: int) -> None:
        """So many keys, bits or characters came that say nothing."""
        self._runtime.count("reader_garbled")
        self._side.garbled(self._config.id, what, count)

    def answer(self, signal: DoorSignal) -> None:
        """The door has said so to whoever stands there."""
        self._side.answer(signal)

    def state(self, kind: str, **values: str | bool | None) -> DeviceState:
        """The state of the reader, of that kind; ``values`` is what no other kind shows."""
        config = self._config
        return DeviceState(
            device=config.id,
            kind="reader",
            seq=self._runtime.seq(config.id),
            at=self._runtime.now(),
            values={"door": config.door, "side": config.side, "kind": kind, **values},
        )

    def forget(self) -> None:
        """The reader has gone: whatever was begun there is over."""
        self._side.forget(self._config.id)
