"""Takes the pins: makes every device that the configuration names."""

from functools import partial
from typing import Protocol

import msgspec

from edge.doorway import Doorway
from edge.house import Device, House
from edge.kept import Kept
from edge.pins import Pins
from edge.readers import Reader
from edge.readers.fitting import Fitter
from edge.sensors import BeamCounter, MotionSensor, StationCounter


class Starting(Protocol):
    def start(self) -> None: ...


class Furniture(msgspec.Struct, frozen=True, kw_only=True):
    """The devices of one edge, each kind by id."""

    doors: dict[str, Doorway] = {}
    readers: dict[str, Reader] = {}
    counters: dict[str, BeamCounter] = {}
    motion: dict[str, MotionSensor] = {}
    stations: dict[str, StationCounter] = {}

    @property
    def devices(self) -> dict[str, Device]:
        """All of them."""
        return {**self.doors, **self.readers, **self.counters, **self.motion, **self.stations}

    def start(self) -> None:
        """Act on what is found, and begin to look."""
        starting: list[Starting] = [*self.doors.values(), *self.counters.values()]
        starting += [*self.readers.values(), *self.motion.values(), *self.stations.values()]
        for device in starting:
            device.start()

    def secure(self) -> None:
        """Bring every lock into its safe state, at once; nothing that comes in later moves it."""
        for reader in self.readers.values():
            reader.close()
        for door in self.doors.values():
            door.secure()


def furnish(house: House, pins: Pins, kept: Kept | None) -> Furniture:
    """Take the pins. From here on every strike is locked unless a door's machine releases it. Raises ``PinError``."""
    config = house.config
    doors = {each.id: Doorway(each, house=house, pins=pins) for each in config.doors}
    readers, fitter = {}, Fitter(house=house, pins=pins)
    for reading in config.readers:
        door = doors[reading.door]
        reader = fitter.fit(reading, partial(door.present, reader=reading.id))
        readers[reading.id] = door.readers[reading.id] = reader
    counters = {}
    for counting in config.counters:
        totals = house.outbox.totals.get(counting.id, (0, 0))
        counter = counters[counting.id] = BeamCounter(counting, house=house, pins=pins, totals=totals)
        if kept is not None and (day := kept.days.get(counter.id)) is not None:
            counter.resume_day(day.day, day.ins, day.outs)
    return Furniture(
        doors=doors,
        readers=readers,
        counters=counters,
        motion={each.id: MotionSensor(each, house=house, pins=pins) for each in config.motion},
        stations={each.id: StationCounter(each, house=house) for each in config.wifi},
    )
