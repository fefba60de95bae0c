"""The loop through a reader's cable: open when the cable is cut or the reader has been taken off."""

from collections.abc import Callable

from edge.readers.config import MatrixConfig, WiegandConfig
from edge.runtime import Runtime
from edge.sensors.switch import Switch
from edge.system.pins import Pins
from edge.wire.faults import FaultCode


class Loop:
    """Reports a fault while the loop is open, and calls ``cut``. Does nothing for a reader without a loop."""

    def __init__(
        self, config: WiegandConfig | MatrixConfig, *, runtime: Runtime, pins: Pins, cut: Callable[[], None]
    ) -> None:
        self._reader = config.id
        self._runtime = runtime
        self._cut = cut
        self._switch: Switch | None = None
        if config.loop is not None:
            self._switch = Switch(
                config.loop,
                device=config.id,
                what="reader_loop",
                doubtful=False,
                runtime=runtime,
                pins=pins,
                changed=self._changed,
            )

    def start(self) -> None:
        if self._switch is not None:
            self._changed(self._switch.active)

    def _changed(self, joined: bool) -> None:
        if not joined:
            self._cut()
        self._runtime.fault(self._reader, FaultCode.READER_CUT_OFF, present=not joined)
