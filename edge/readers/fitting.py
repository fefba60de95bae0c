"""Makes the reader that a configuration names."""

from edge.house import House
from edge.pins import Pins
from edge.readers import Present, Reader
from edge.readers.config import ReaderConfig
from edge.readers.wiegand import WiegandReader


def fit(config: ReaderConfig, *, house: House, pins: Pins, present: Present) -> Reader:
    """The reader of ``config``, listening. Raises ``PinError``."""
    return WiegandReader(config, house=house, pins=pins, present=present)
