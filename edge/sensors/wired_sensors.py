"""Sensors of rooms that are wired to this computer: on I2C, SPI and 1-Wire, and contacts on pins. What they measure
becomes the same events as that of sensors over MQTT; a failure of one does not affect the doors."""

from math import inf
from pathlib import Path

from edge.runtime import Runtime, Timer
from edge.sensors.config import RoomSensorConfig
from edge.sensors.debounced_input import Switch
from edge.sensors.kernel_values import read
from edge.sensors.last_values import CHANGE_S, LastValues, device_id
from edge.sensors.report import Aside, Family, Finding, Report
from edge.system.blocking_io import LATE_S, run_blocking
from edge.system.liveness import STUCK_S, Liveness
from edge.wire.faults import FaultCode
from edge.wire.readings import ReadingKind

EVERY_S = 60.0
"""How often a sensor is read, and a contact looked at that has not changed."""


class WiredSensors:
    """Records what the sensors of ``configs`` measure. Each has an id of its own in the events, ``wired-`` and that of
    the configuration. Raises ``PinError`` for a contact's pin."""

    def __init__(self, configs: tuple[RoomSensorConfig, ...], *, runtime: Runtime) -> None:
        self._runtime = runtime
        self._values = LastValues()
        self._telling = Timer(runtime, "tell of wired sensors", self._tell)
        self._sensors = {each.id: Path(each.device) for each in configs if each.device is not None}
        self._contacts: dict[str, Switch] = {}
        for each in configs:
            if each.contact is not None:
                self._contacts[each.id] = self._contact(each.id, each)

    def _contact(self, name: str, config: RoomSensorConfig) -> Switch:
        assert config.contact is not None

        def changed(closed: bool) -> None:
            self._look(name)

        return Switch(
            config.contact,
            device=device_id(Family.WIRED, name),
            what="contact",
            runtime=self._runtime,
            changed=changed,
            doubted=lambda: self._look(name),
        )

    def start(self) -> None:
        for name, folder in self._sensors.items():
            liveness = Liveness(EVERY_S + LATE_S + STUCK_S)
            self._runtime.supervise(f"sensor {name}", self._read(name, folder, liveness), liveness)
        if self._contacts:
            liveness = Liveness(EVERY_S + STUCK_S)
            self._runtime.supervise("contacts of rooms", self._look_at_all(liveness), liveness)

    async def _read(self, name: str, folder: Path, liveness: Liveness) -> None:
        hangs = Report(family=Family.WIRED, device=name, available=False)
        while True:
            liveness.progressed()
            self._take(await run_blocking(read, folder, name, liveness=liveness, late=lambda: self._take(hangs)))
            await self._runtime.clock.sleep(EVERY_S)

    async def _look_at_all(self, liveness: Liveness) -> None:
        while True:
            liveness.progressed()
            for name in self._contacts:
                self._look(name)
            await self._runtime.clock.sleep(EVERY_S)

    def _look(self, name: str) -> None:
        """A contact that chatters says nothing."""
        found, contact = Finding(), self._contacts[name]
        if contact.chatters:
            found.aside.append(Aside.SENSOR_FAULT)
        else:
            found.flag(ReadingKind.OPEN, not contact.active)
        found.facts["available"] = not contact.chatters
        self._take(found.report(Family.WIRED, name))

    def _take(self, report: Report) -> None:
        device = device_id(Family.WIRED, report.device)
        self._runtime.fault(device, FaultCode.SENSOR_UNREADABLE, present=not report.available)
        self._values.take(report, self._runtime.clock.monotonic())
        self._tell()

    def _tell(self) -> None:
        for device, data in self._values.events(self._runtime.clock.monotonic()):
            self._runtime.record(device, data)
        due = self._values.due()
        self._telling.set(None if due == inf else max(due, self._runtime.clock.monotonic() + CHANGE_S))
