"""Takes the pins: makes every device that the configuration names."""

from functools import partial
from typing import Protocol

import msgspec

from edge.doorway import Doorway
from edge.files import Files
from edge.fire import FireLine
from edge.house import Device, House
from edge.interlock import Interlock
from edge.kept import Kept
from edge.pins import Pins
from edge.readers import Reader
from edge.readers.fitting import Fitter
from edge.sensors import BeamCounter, MotionSensor, StationCounter
from edge.warden import Warden


class Starting(Protocol):
    def start(self) -> None: ...


class Furniture(msgspec.Struct, frozen=True, kw_only=True):
    """The devices of one edge, each kind by id."""

    warden: Warden | None = None
    fire: FireLine | None = None
    doors: dict[str, Doorway] = {}
    readers: dict[str, Reader] = {}
    counters: dict[str, BeamCounter] = {}
    motion: dict[str, MotionSensor] = {}
    stations: dict[str, StationCounter] = {}

    @property
    def devices(self) -> dict[str, Device]:
        """All of them."""
        line: dict[str, Device] = {self.fire.id: self.fire} if self.fire is not None else {}
        return {**line, **self.doors, **self.readers, **self.counters, **self.motion, **self.stations}

    def start(self) -> None:
        """Act on what is found, and begin to look. Fire goes first, so that no door that it released locks again."""
        if self.fire is not None:
            self.fire.start()
        if self.warden is not None:
            self.warden.start()
        starting: list[Starting] = [*self.doors.values(), *self.counters.values()]
        starting += [*self.readers.values(), *self.motion.values(), *self.stations.values()]
        for device in starting:
            device.start()

    def rest(self) -> None:
        """Switch every lock's relay off, at once; nothing that comes in later moves it."""
        for reader in self.readers.values():
            reader.close()
        for door in self.doors.values():
            door.rest()

    async def keep(self) -> None:
        """Bring to the disk what must outlast this run."""
        if self.fire is not None:
            await self.fire.keep()


def furnish(house: House, pins: Pins, files: Files, kept: Kept | None, *, fire_latched: bool) -> Furniture:
    """Take the pins. Every lock's relay is off until its door starts. Raises ``PinError``."""
    config = house.config
    warden = Warden(house, files=files, doors=[each.id for each in config.doors])
    interlocks = {each.interlock: Interlock() for each in config.doors if each.interlock is not None}
    doors = {
        each.id: Doorway(each, house=house, pins=pins, warden=warden, interlock=interlocks.get(each.interlock or ""))
        for each in config.doors
    }
    fire = None
    if config.fire is not None:
        fire = FireLine(config.fire, house=house, pins=pins, files=files, latched=fire_latched)
        fire.listeners += [*(door.fire for door in doors.values()), warden.fire]
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
        warden=warden,
        fire=fire,
        doors=doors,
        readers=readers,
        counters=counters,
        motion={each.id: MotionSensor(each, house=house, pins=pins) for each in config.motion},
        stations={each.id: StationCounter(each, house=house) for each in config.wifi},
    )
