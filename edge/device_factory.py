"""Creates every device that the configuration names, and claims their pins.

Creates the configured readers, and the buses that some of them share.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

import msgspec

from edge.alarm.area_io import Area, StoredArea
from edge.alarm.closing import ClosingService
from edge.alarm.fire import FireLine
from edge.alarm.occupancy_outputs import Announcer, Followed
from edge.doors.access_state import AccessState
from edge.doors.door_io import DoorIo
from edge.doors.interlock import Interlock
from edge.doors.lockout_service import LockoutService, StoredLockOuts
from edge.readers.config import MatrixConfig, OsdpConfig, ReaderConfig, WiegandConfig
from edge.readers.door_side import DoorSide, Present, Reader
from edge.readers.keypad_matrix import MatrixReader
from edge.readers.osdp import Bus, OpenLine, OsdpReader
from edge.readers.serial_line import SerialLine
from edge.readers.usb_keyboard import UsbReader
from edge.readers.wiegand import WiegandReader
from edge.runtime import Device, Runtime
from edge.sensors.beam_counter_and_pir import BeamCounter, MotionSensor
from edge.sensors.counter import Counter
from edge.sensors.mqtt_devices.listener import MqttSensors, SensorsLinkMaker
from edge.sensors.mqtt_devices.people_counter import MqttCounter
from edge.sensors.one_beam_counter import OneBeamCounter
from edge.sensors.wifi_stations import StationCounter, station_sets
from edge.sensors.wired_sensors import WiredSensors
from edge.system.persisted_state import HeardCounter, PersistedState


class ReaderFactory:
    """Creates readers."""

    def __init__(self, *, runtime: Runtime, open_line: OpenLine = SerialLine) -> None:
        self._runtime = runtime
        self._open_line = open_line
        self._buses: dict[str, Bus] = {}
        self._sides: dict[tuple[str, str], DoorSide] = {}

    def fit(self, config: ReaderConfig, present: Present) -> Reader[Any]:
        """Create a reader and add it to its side of the door. Raises ``PinError``."""
        place = (config.door, config.side)
        side = self._sides.setdefault(place, DoorSide(*place, runtime=self._runtime))
        side.join(config.id, present)
        if isinstance(config, WiegandConfig):
            return WiegandReader(config, runtime=self._runtime, side=side)
        if isinstance(config, MatrixConfig):
            return MatrixReader(config, runtime=self._runtime, side=side)
        if not isinstance(config, OsdpConfig):
            return UsbReader(config, runtime=self._runtime, side=side)
        bus = self._buses.get(config.port)
        if bus is None:
            bus = Bus(config.port, baud=config.baud, runtime=self._runtime, open_line=self._open_line)
            self._buses[config.port] = bus
        return OsdpReader(config, bus=bus, runtime=self._runtime, side=side)


class _Starting(Protocol):
    def start(self) -> None: ...


class Devices(msgspec.Struct, frozen=True, kw_only=True):
    """The devices of one edge, each kind by id."""

    lockouts: LockoutService | None = None
    access_state: AccessState | None = None
    fire: FireLine | None = None
    doors: dict[str, DoorIo] = {}
    readers: dict[str, Reader[Any]] = {}
    counters: dict[str, Counter] = {}
    motion: dict[str, MotionSensor] = {}
    stations: dict[str, StationCounter] = {}
    mqtt_sensors: dict[str, MqttSensors] = {}
    wired_sensors: WiredSensors | None = None
    areas: dict[str, Area] = {}
    closing_service: ClosingService | None = None

    @property
    def devices(self) -> dict[str, Device]:
        """All of them."""
        line: dict[str, Device] = {self.fire.id: self.fire} if self.fire is not None else {}
        sensors: dict[str, Device] = {**self.counters, **self.motion, **self.stations, **self.mqtt_sensors}
        return {**line, **self.doors, **self.readers, **sensors, **self.areas}

    @property
    def heard(self) -> dict[str, HeardCounter]:
        """Of the counters over MQTT, what must survive this run."""
        return {each.id: each.heard for each in self.counters.values() if isinstance(each, MqttCounter)}

    def area_of(self, door: str) -> Area | None:
        """The alarm area that a door leads into."""
        return next((area for area in self.areas.values() if door in area.doors), None)

    def refresh(self) -> None:
        """The plan or the clock trust has changed."""
        for each in (*self.doors.values(), *self.areas.values(), self.closing_service, self.access_state):
            if each is not None:
                each.refresh()

    def start(self) -> None:
        """Start all devices. Alarm areas that were set come first, so that no door into them is free; then the fire
        line, so that no door that it released locks again."""
        starting: list[_Starting | None] = [*self.areas.values(), self.lockouts, self.access_state, self.fire]
        starting += [*self.doors.values(), *self.counters.values(), *self.readers.values(), *self.motion.values()]
        starting += [*self.stations.values(), *self.mqtt_sensors.values(), self.wired_sensors, self.closing_service]
        for each in starting:
            if each is not None:
                each.start()

    def switch_off(self) -> None:
        """Switch every relay off immediately; nothing received later moves a lock."""
        for reader in self.readers.values():
            reader.close()
        for each in (*self.doors.values(), *self.areas.values(), self.closing_service):
            if each is not None:
                each.switch_off()
        if self.lockouts is not None:
            self.lockouts.refusals.flush_all()

    async def save(self) -> None:
        """Write to disk what must survive this run."""
        for each in (self.fire, *self.areas.values(), self.lockouts):
            if each is not None:
                await each.state_file.save()
        for state_file in self.access_state.state_files.values() if self.access_state is not None else ():
            await state_file.save()


def _is_shut(door: DoorIo) -> bool:
    return door.is_open is False


def build_devices(
    runtime: Runtime,
    persisted: PersistedState | None,
    *,
    fire_latched: bool,
    stored_areas: Mapping[str, StoredArea],
    stored_lock_outs: StoredLockOuts,
    sensors_link: SensorsLinkMaker | None = None,
) -> Devices:
    """Create all devices and claim their pins. Every lock's relay is off until its door starts. Raises ``PinError``."""
    config = runtime.config
    interlocks = {each.interlock: Interlock() for each in config.doors if each.interlock is not None}
    lockouts = LockoutService(runtime, stored=stored_lock_outs)
    access_state = AccessState(runtime, doors=[each.id for each in config.doors])
    doors = {
        each.id: DoorIo(
            each,
            runtime=runtime,
            lockouts=lockouts,
            access_state=access_state,
            interlock=interlocks.get(each.interlock or ""),
        )
        for each in config.doors
    }
    fire = None
    if config.fire is not None:
        fire = FireLine(config.fire, runtime=runtime, latched=fire_latched)
        fire.listeners += [*(door.fire for door in doors.values()), access_state.fire]
    readers, fitter = {}, ReaderFactory(runtime=runtime)
    for reading in config.readers:
        door = doors[reading.door]
        reader = fitter.fit(reading, partial(door.present, reader=reading.id))
        readers[reading.id] = door.readers[reading.id] = reader
    counters: dict[str, Counter] = {}
    for counting in config.counters:
        if counting.both_ways is not None:
            counters[counting.id] = OneBeamCounter(counting, counting.both_ways, runtime=runtime)
        elif counting.outer is not None and counting.inner is not None:
            beams = counters[counting.id] = BeamCounter(counting, counting.outer, counting.inner, runtime=runtime)
            if counting.door is not None:
                beams.shut = partial(_is_shut, doors[counting.door])
    heard = {each: MqttCounter(each, runtime=runtime) for each in config.mqtt_counters}
    counters |= {each.id: each for each in heard.values()}
    for counter in counters.values():
        if persisted is not None and (day := persisted.days.get(counter.id)) is not None:
            counter.resume_day(day)
    for listening_to in heard.values():
        if persisted is not None and (before := persisted.heard.get(listening_to.id)) is not None:
            listening_to.resume(before)
    motion = {each.id: MotionSensor(each, runtime=runtime) for each in config.motion}
    areas = {
        each.id: Area(
            each,
            runtime=runtime,
            stored=stored_areas[each.id],
            doors=doors,
            counters=counters,
            motion=motion,
        )
        for each in config.areas
    }
    closing_service = ClosingService(
        runtime=runtime,
        doors=doors,
        areas=areas,
        announcers=[Announcer(each, runtime=runtime) for each in config.announcers],
        outputs=[Followed(each, runtime=runtime) for each in config.outputs],
    )
    if fire is not None:
        fire.listeners += [*(area.fire for area in areas.values()), closing_service.fire]
    listening: dict[str, MqttSensors] = {}
    if config.mqtt_sensors is not None and sensors_link is not None:
        sensors = MqttSensors(config.mqtt_sensors, runtime=runtime, link=sensors_link, counters=heard)
        listening[sensors.id] = sensors
    stations = station_sets(config.wifi)
    return Devices(
        lockouts=lockouts,
        access_state=access_state,
        fire=fire,
        doors=doors,
        readers=readers,
        counters=counters,
        motion=motion,
        stations={each.id: StationCounter(each, runtime=runtime, zone=stations[each.zone]) for each in config.wifi},
        mqtt_sensors=listening,
        wired_sensors=WiredSensors(config.room_sensors, runtime=runtime),
        areas=areas,
        closing_service=closing_service,
    )
