"""Makes the readers that a configuration names, and the buses that some of them share."""

from edge.house import House
from edge.pins import Pins
from edge.readers import Present, Reader
from edge.readers.config import MatrixConfig, OsdpConfig, ReaderConfig, WiegandConfig
from edge.readers.matrix import MatrixReader
from edge.readers.osdp import Bus, OsdpReader
from edge.readers.usb import UsbReader
from edge.readers.wiegand import WiegandReader


class Fitter:
    """Makes readers."""

    def __init__(self, *, house: House, pins: Pins) -> None:
        self._house = house
        self._pins = pins
        self._buses: dict[str, Bus] = {}

    def fit(self, config: ReaderConfig, present: Present) -> Reader:
        """The reader of ``config``. Raises ``PinError``."""
        if isinstance(config, WiegandConfig):
            return WiegandReader(config, house=self._house, pins=self._pins, present=present)
        if isinstance(config, MatrixConfig):
            return MatrixReader(config, house=self._house, pins=self._pins, present=present)
        if not isinstance(config, OsdpConfig):
            return UsbReader(config, house=self._house, present=present)
        bus = self._buses.setdefault(config.port, Bus(config.port, baud=config.baud, house=self._house))
        return OsdpReader(config, bus=bus, house=self._house, present=present)
