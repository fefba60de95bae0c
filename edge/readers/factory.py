"""Creates the configured readers, and the buses that some of them share."""

from edge.readers import Present, Reader
from edge.readers.config import MatrixConfig, OsdpConfig, ReaderConfig, WiegandConfig
from edge.readers.matrix import MatrixReader
from edge.readers.osdp import Bus, OpenLine, OsdpReader
from edge.readers.serial_line import SerialLine
from edge.readers.side import DoorSide
from edge.readers.usb import UsbReader
from edge.readers.wiegand import WiegandReader
from edge.runtime import Runtime
from edge.system.pins import Pins


class ReaderFactory:
    """Creates readers."""

    def __init__(self, *, runtime: Runtime, pins: Pins, open_line: OpenLine = SerialLine) -> None:
        self._runtime = runtime
        self._pins = pins
        self._open_line = open_line
        self._buses: dict[str, Bus] = {}
        self._sides: dict[tuple[str, str], DoorSide] = {}

    def fit(self, config: ReaderConfig, present: Present) -> Reader:
        """Create a reader and add it to its side of the door. Raises ``PinError``."""
        place = (config.door, config.side)
        side = self._sides.setdefault(place, DoorSide(*place, runtime=self._runtime))
        side.join(config.id, present)
        if isinstance(config, WiegandConfig):
            return WiegandReader(config, runtime=self._runtime, pins=self._pins, side=side)
        if isinstance(config, MatrixConfig):
            return MatrixReader(config, runtime=self._runtime, pins=self._pins, side=side)
        if not isinstance(config, OsdpConfig):
            return UsbReader(config, runtime=self._runtime, side=side)
        bus = self._buses.get(config.port)
        if bus is None:
            bus = Bus(config.port, baud=config.baud, runtime=self._runtime, open_line=self._open_line)
            self._buses[config.port] = bus
        return OsdpReader(config, bus=bus, runtime=self._runtime, side=side)
