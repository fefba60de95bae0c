"""Wired sensors of rooms become events; a failure of one is a fault of it alone."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from edge.sensors.config import RoomSensorConfig
from edge.system.pinout import InputPin
from edge.wire.events import FaultData, ReadingData
from edge.wire.faults import FaultCode
from tests.edge.hall import Hall, config, with_hall
from tests.edge.test_kernel_values import SCD4X, device

WINDOW = 16


def hall_with(folder: Path, act: Callable[[Hall], Awaitable[None]]) -> None:
    sensors = (
        RoomSensorConfig(id="hall-air", device=str(folder)),
        RoomSensorConfig(id="window", contact=InputPin(pin=WINDOW)),
    )
    with_hall(act, config=msgspec.structs.replace(config(), room_sensors=sensors))


def readings(hall: Hall, device: str) -> list[ReadingData]:
    return [said for event in hall.recorded if event.device == device and isinstance(said := event.read(), ReadingData)]


def faults(hall: Hall) -> list[tuple[FaultCode, bool]]:
    return [(FaultCode(each.code), each.present) for each in hall.data(FaultData)]


def test_a_sensor_is_recorded_once_a_minute_while_it_changes_and_seldom_while_it_does_not(tmp_path: Path) -> None:
    device(tmp_path, SCD4X)

    async def act(hall: Hall) -> None:
        for ppm in (700, 800, 900):
            await asyncio.sleep(60)
            device(tmp_path, {"iio:device0/in_concentration_co2_raw": f"{ppm}\n"})
        await asyncio.sleep(3600)
        found = readings(hall, "wired-hall-air")
        co2 = [each.values["co2"] for each in found if "co2" in each.values]
        assert co2 == [612.0, 700.0, 800.0, 900.0, *[900.0] * 3]  # an hour of the same value
        assert {(each.family, each.name) for each in found} == {("wired", "hall-air")}
        assert faults(hall) == []

    hall_with(tmp_path, act)


def test_a_sensor_that_cannot_be_read_is_a_fault_until_it_can(tmp_path: Path) -> None:
    async def act(hall: Hall) -> None:
        await asyncio.sleep(90)
        assert faults(hall) == [(FaultCode.SENSOR_UNREADABLE, True)]
        await hall.enter("1")  # the keypad works
        device(tmp_path, SCD4X)
        await asyncio.sleep(90)
        assert faults(hall) == [(FaultCode.SENSOR_UNREADABLE, True), (FaultCode.SENSOR_UNREADABLE, False)]
        assert readings(hall, "wired-hall-air")[-1].available

    hall_with(tmp_path, act)


def test_a_window_that_opens_is_told_at_once_and_again_when_it_closes(tmp_path: Path) -> None:
    device(tmp_path, SCD4X)

    async def act(hall: Hall) -> None:
        await hall.drive(WINDOW, False)
        await asyncio.sleep(10)
        await hall.drive(WINDOW, True)
        await asyncio.sleep(0.1)
        assert readings(hall, "wired-window")[-1].values == {"open": 1.0}
        await hall.drive(WINDOW, False)
        await asyncio.sleep(10)
        assert [each.values["open"] for each in readings(hall, "wired-window")] == [1.0, 0.0, 1.0, 0.0]

    hall_with(tmp_path, act)


def test_a_contact_that_chatters_says_nothing(tmp_path: Path) -> None:
    device(tmp_path, SCD4X)

    async def act(hall: Hall) -> None:
        await asyncio.sleep(10)
        for _ in range(300):
            await hall.drive(WINDOW, True)
            await asyncio.sleep(0.005)
            await hall.drive(WINDOW, False)
            await asyncio.sleep(0.005)
        assert (FaultCode.INPUT_CHATTERS, True) in faults(hall)
        assert (FaultCode.SENSOR_UNREADABLE, True) in faults(hall)
        said = len(readings(hall, "wired-window"))
        await asyncio.sleep(30)
        assert all("open" not in each.values for each in readings(hall, "wired-window")[said:])
        await asyncio.sleep(120)
        assert (FaultCode.SENSOR_UNREADABLE, False) in faults(hall)
        assert readings(hall, "wired-window")[-1].available

    hall_with(tmp_path, act)


def test_a_sensor_whose_bus_is_gone_stops_no_door(tmp_path: Path) -> None:
    device(tmp_path, SCD4X)

    async def act(hall: Hall) -> None:
        await asyncio.sleep(10)
        os.rename(tmp_path / "iio:device0", tmp_path / "gone")
        await asyncio.sleep(90)
        assert faults(hall) == [(FaultCode.SENSOR_UNREADABLE, True)]
        await hall.order(hall.command())
        assert hall.unlocked()

    hall_with(tmp_path, act)
