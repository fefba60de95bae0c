"""The files of kernel drivers, as documented, become values in our units; what is none is set aside."""

import os
from pathlib import Path

import pytest

from edge.sensors.kernel_values import channels, read
from edge.sensors.report import Aside
from edge.wire.readings import ReadingKind

SCD4X = {
    "iio:device0/in_concentration_co2_raw": "612\n",
    "iio:device0/in_concentration_co2_scale": "0.000100000\n",
    "iio:device0/in_temp_raw": "24901\n",
    "iio:device0/in_temp_scale": "2.670288085\n",
    "iio:device0/in_temp_offset": "-16852\n",
    "iio:device0/in_humidityrelative_raw": "30000\n",
    "iio:device0/in_humidityrelative_scale": "1.525878906\n",
    "iio:device0/name": "scd4x\n",
    "iio:device0/buffer/enable": "0\n",
}
BME280 = {
    "iio:device1/in_temp_input": "21340\n",
    "iio:device1/in_pressure_input": "100.653210156\n",
    "iio:device1/in_humidityrelative_input": "45123\n",
}
BH1750 = {"iio:device0/in_illuminance_raw": "240\n", "iio:device0/in_illuminance_scale": "0.833333\n"}
SHT3X = {"hwmon/hwmon2/temp1_input": "20515\n", "hwmon/hwmon2/humidity1_input": "51230\n"}
DS18B20 = {"temperature": "-1062\n", "w1_slave": "ef ff 4b 46 7f ff 02 10 41 : crc=41 YES\n", "resolution": "12\n"}
TWO_TEMPERATURES = {"iio:device0/in_temp1_input": "9000\n", "iio:device0/in_temp0_input": "19000\n"}
BOTH_FORMS = {"iio:device0/in_temp_raw": "5\n", "iio:device0/in_temp_input": "18500\n"}
SHARED_SCALE = {"iio:device0/in_temp0_raw": "2000\n", "iio:device0/in_temp_scale": "10\n"}


def device(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


@pytest.mark.parametrize(
    ("files", "values"),
    [
        (SCD4X, {"co2": 612.0, "temperature": 21.4931, "humidity": 45.7764}),
        (BME280, {"temperature": 21.34, "pressure": 1006.5321, "humidity": 45.123}),
        (BH1750, {"illuminance": 199.9999}),
        (SHT3X, {"temperature": 20.515, "humidity": 51.23}),
        (DS18B20, {"temperature": -1.062}),
        (TWO_TEMPERATURES, {"temperature": 19.0}),
        (BOTH_FORMS, {"temperature": 18.5}),
        (SHARED_SCALE, {"temperature": 20.0}),
    ],
)
def test_each_driver_is_read_in_the_unit_of_its_documentation(
    files: dict[str, str], values: dict[str, float], tmp_path: Path
) -> None:
    found = read(device(tmp_path, files), "air")
    assert {str(each.kind): each.value for each in found.readings} == values
    assert (found.available, found.aside) == (True, ())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("85000", Aside.SENSOR_FAULT),
        ("", Aside.SENSOR_FAULT),
        ("nan", Aside.SENSOR_FAULT),
        ("1" * 70, Aside.SENSOR_FAULT),
        ("\udcff", Aside.SENSOR_FAULT),
        ("999999", Aside.OUT_OF_BOUNDS),
        ("-127000", Aside.OUT_OF_BOUNDS),
    ],
)
def test_what_is_no_temperature_of_a_room_is_set_aside(content: str, why: Aside, tmp_path: Path) -> None:
    (tmp_path / "temperature").write_text(content, errors="surrogateescape")
    found = read(tmp_path, "store")
    assert (found.readings, found.aside, found.available) == ((), (why,), False)


def test_a_wrong_value_costs_only_itself(tmp_path: Path) -> None:
    device(tmp_path, SHT3X)
    (tmp_path / "hwmon/hwmon2/temp1_input").write_text("85000\n")
    found = read(tmp_path, "air")
    assert [each.kind for each in found.readings] == [ReadingKind.HUMIDITY]
    assert (found.aside, found.available) == ((Aside.SENSOR_FAULT,), True)


def test_a_missing_device_is_not_available(tmp_path: Path) -> None:
    found = read(tmp_path / "1-0062", "air")
    assert (found.readings, found.aside, found.available) == ((), (), False)


def test_a_pipe_in_place_of_a_file_does_not_hold_up_the_reading(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "temperature")
    assert read(tmp_path, "store").aside == (Aside.SENSOR_FAULT,)


def test_a_folder_of_another_device_measures_nothing(tmp_path: Path) -> None:
    assert channels(device(tmp_path, {"eeprom": "x", "name": "24c32\n", "iio:device0/in_voltage0_raw": "7\n"})) == {}
