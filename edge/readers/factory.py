"""Makes the readers that a configuration names, and the buses that some of them share."""

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
    """Makes readers."""

    def __init__(self, *, house: Runtime, pins: Pins, open_line: OpenLine = SerialLine) -> None:
        self._house = house
        self._pins = pins
        self._open_line = open_line
        self._buses: dict[str, Bus] = {}
        self._sides: dict[tuple[str, str], DoorSide] = {}

    def fit(self, config: ReaderConfig, present: Present) -> Reader:
        """The reader of ``config``, on one side of its door with all others that are there. Raises ``PinError``."""
        place = (config.door, config.side)
        side = self._sides.setdefault(place, DoorSide(*place, house=self._house))
        side.join(config.id, present)
        if isinstance(config, WiegandConfig):
            return WiegandReader(config, house=self._house, pins=self._pins, side=side)
        if isinstance(config, MatrixConfig):
            return MatrixReader(config, house=self._house, pins=self._pins, side=side)
        if not isinstance(config, OsdpConfig):
            return UsbReader(config, house=self._house, side=side)
        bus = self._buses.get(config.port)
        if bus is None:
            bus = Bus(config.port, baud=config.baud, house=self._house, open_line=self._open_line)
            self._buses[config.port] = bus
        return OsdpReader(config, bus=bus, house=self._house, side=side)
