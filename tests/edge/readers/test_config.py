"""What a ``[[reader]]`` may say; what it may not is refused with a reason."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from edge.config_checks import ConfiguredDevices, check
from edge.doors.config import DoorConfig
from edge.errors import ConfigError
from edge.readers.config import OsdpConfig, ReaderConfig, UsbScannerConfig, WiegandConfig
from edge.system.pinout import OutputPin

BASE = {"id": "front", "door": "front-door"}


DOORS = (DoorConfig(id="front-door", relay=OutputPin(pin=17)),)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"kind": "wiegand", "d0": 5, "d1": 6, "formats": []}, "formats is empty"),
        ({"kind": "wiegand", "d0": 5, "d1": 6, "formats": ["h10302", "h10304"]}, "cannot be told apart"),
        ({"kind": "wiegand", "d0": 5, "d1": 6, "formats": ["w26", "bcd26"]}, "cannot be told apart"),
        ({"kind": "wiegand", "d0": 5, "d1": 6, "formats": ["w27"]}, "Invalid enum value 'w27'"),
        ({"kind": "wiegand", "d0": 5}, "missing required field `d1`"),
        ({"kind": "matrix", "rows": [1, 2, 3], "columns": [4, 5, 6]}, "length >= 4"),
        ({"kind": "matrix", "rows": [1, 2, 3, 4], "columns": [5, 6]}, "length >= 3"),
        ({"kind": "usb-keypad", "device": "/dev/input/event3"}, "name it by its link in /dev/input/by-id"),
        ({"kind": "usb-scanner"}, "missing required field `device`"),
        ({"kind": "osdp", "port": "/dev/ttyUSB0", "address": 0, "plain": True}, "link in /dev/serial/by-id"),
        ({"kind": "osdp", "port": "x", "address": 0}, "key_file is missing"),
        ({"kind": "osdp", "port": "x", "address": 127, "plain": True}, "<= 126"),
        ({"kind": "osdp", "port": "x", "address": 0, "plain": True, "install": True}, "plain means"),
        ({"kind": "osdp", "port": "x", "address": 0, "plain": True, "key_file": "k"}, "plain means"),
        ({"kind": "osdp", "port": "x", "address": 0, "plain": True, "baud": 1200}, "Invalid enum value 1200"),
        (
            {"kind": "osdp", "port": "x", "address": 0, "plain": True, "uid": True, "formats": ["w32"]},
            "cannot be told apart",
        ),
        ({"kind": "telepathy"}, "Invalid value 'telepathy'"),
    ],
)
def test_impossible_reader_settings_are_refused_with_the_reason(said: dict[str, object], refused: str) -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert({**BASE, **said}, ReaderConfig)
    assert refused in str(error.value)


@pytest.mark.parametrize("path", ["/dev/ttyAMA0", "/dev/serial0", "/dev/serial/by-id/usb-FTDI-if00-port0"])
def test_a_serial_line_with_a_stable_name_may_be_used(path: str) -> None:
    assert OsdpConfig(id="a", door="front-door", port=path, address=0, plain=True).port == path


def _osdp(name: str, address: int, *, port: str = "/dev/serial0", **more: object) -> ReaderConfig:
    said = {"kind": "osdp", "id": name, "door": "front-door", "port": port, "address": address, "plain": True, **more}
    made: ReaderConfig = msgspec.convert(said, ReaderConfig)
    return made


def _pair(make: Callable[[str], ReaderConfig]) -> tuple[ReaderConfig, ...]:
    return make("one"), make("two")


@pytest.mark.parametrize(
    ("readers", "key", "problem"),
    [
        (_pair(lambda name: WiegandConfig(id=name, door="front-door", d0=5, d1=6)), "reader[1].d0", "pin 5 is taken"),
        (_pair(lambda name: UsbScannerConfig(id=name, door="front-door", device="d")), "reader[1].device", "d is"),
        (_pair(lambda name: _osdp(name, 3)), "reader[1].address", "3 is already reader[0].address on /dev/serial0"),
        ((_osdp("one", 3), _osdp("two", 4, baud=19200)), "reader[1].baud", "different speeds"),
        ((_osdp("one", 3, key="MDEyMzQ1Njc4OWFiY2RlZg=="),), "reader[0].key", "is not allowed here"),
        ((WiegandConfig(id="one", door="back-door", d0=5, d1=6),), "reader[0].door", "no door 'back-door'"),
        ((WiegandConfig(id="front-door", door="front-door", d0=5, d1=6),), "reader[0].id", "already door[0].id"),
    ],
)
def test_conflicts_of_readers_that_share_a_device_are_named(
    readers: tuple[ReaderConfig, ...], key: str, problem: str
) -> None:
    with pytest.raises(ConfigError) as error:
        check(Path("edge.toml"), ConfiguredDevices(doors=DOORS, readers=readers))
    assert error.value.key == key
    assert problem in error.value.problem


def test_readers_share_a_line_with_an_address_each() -> None:
    readers = (_osdp("one", 3), _osdp("two", 4), _osdp("three", 3, port="/dev/ttyAMA2"))
    check(Path("edge.toml"), ConfiguredDevices(doors=DOORS, readers=readers))
