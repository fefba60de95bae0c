"""Makes the readers that a configuration names, and the buses that some of them share."""

from edge.house import House
from edge.pins import Pins
from edge.readers import Present, Reader
from edge.readers.config import MatrixConfig, OsdpConfig, ReaderConfig, WiegandConfig
from edge.readers.matrix import MatrixReader
from edge.readers.osdp import Bus, OpenLine, OsdpReader
from edge.readers.serial_line import SerialLine
from edge.readers.usb import UsbReader
from edge.readers.wiegand import WiegandReader


class Fitter:
    """Makes readers."""

    def __init__(self, *, house: House, pins: Pins, open_line: OpenLine = SerialLine) -> None:
        self._house = house
        self._pins = pins
        self._open_line = open_line
        self._buses: dict[str, Bus] = {}

    def fit(self, config: ReaderConfig, present: Present) -> Reader:
        """The reader of ``config``. Raises ``PinError``."""
        if isinstance(config, WiegandConfig):
            return WiegandReader(config, house=self._house, pins=self._pins, present=present)
        if isinstance(config, MatrixConfig):
            return MatrixReader(config, house=self._house, pins=self._pins, present=present)
        if not isinstance(config, OsdpConfig):
            return UsbReader(config, house=self._house, present=present)
        bus = self._buses.get(config.port)
        if bus is None:
            bus = Bus(config.port, baud=config.baud, house=self._house, open_line=self._open_line)
            self._buses[config.port] = bus
        return OsdpReader(config, bus=bus, house=self._house, present=present)
