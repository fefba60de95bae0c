"""What is plugged into the machine: a keyboard by `uinput`, a reader at a USB serial adaptor, a chip on I2C."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import osdp

from edge.readers.keyboard_events import ENTER, typed
from tests.contract.readers import Peripheral
from tests.pi.machine import Machine

SCANNER = "/dev/input/by-id/usb-Test_Scanner-event-kbd"
SCANNER_READER = f"""
[[reader]]
kind = "usb-scanner"
id = "front-scanner"
door = "front-door"
device = "{SCANNER}"
"""
_PROGRAM = Path(__file__).parent / "guest_keyboard.py"
_THERE, _PIPE, _UNIT = "/run/keyboard.py", "/run/keyboard", "test-keyboard"

OSDP_KEY = bytes(range(16, 32))
OSDP_PORT = "/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_1-if00-port0"
OSDP_READER = f"""
[[reader]]
kind = "osdp"
id = "front-osdp"
door = "front-door"
port = "{OSDP_PORT}"
address = 5
formats = ["w26"]
key_file = "/etc/hallkeeper/front-osdp.key"
"""
_LINE = "line"
USB = (
    *("-device", "qemu-xhci", "-chardev", f"socket,id=line,path={_LINE},server=on,wait=off"),
    *("-device", "usb-serial,chardev=line,serial=1,always-plugged=on"),
)
"""What QEMU gives the machine: a USB serial adaptor of FTDI, whose line is a socket beside the machine's disk."""
_REFRESH_S = 0.005


class Scanner:
    """A scanner of codes, which types what it reads."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        machine.put(_THERE, _PROGRAM.read_text())

    def plug(self) -> None:
        """Returns once its device is there."""
        self._machine.sh(
            f"modprobe uinput; systemd-run --quiet --collect --unit={_UNIT} python3 -B {_THERE} {SCANNER} {_PIPE}\n"
            f"until [ -e {SCANNER} ]; do sleep 0.2; done"
        )

    def scan(self, text: str) -> None:
        """Type a text, and Enter."""
        self._machine.run("dd", f"of={_PIPE}", "bs=64K", "iflag=fullblock", "status=none", stdin=typed(text + ENTER))

    def pull(self) -> None:
        self._machine.sh(f"systemctl stop {_UNIT}; rm {SCANNER} {_PIPE}")


@asynccontextmanager
async def osdp_reader(machine: Machine) -> AsyncIterator[Peripheral]:
    """LibOSDP's peripheral at address 5 at the far end of the serial line of a machine with ``USB``."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(machine.disk.parent / _LINE))
        line.setblocking(False)
        peripheral = Peripheral(5, say=line.sendall, key=OSDP_KEY, flags=(osdp.LibFlag.EnforceSecure,))

        async def answer() -> None:
            while True:
                with contextlib.suppress(BlockingIOError):
                    peripheral.hear(line.recv(4096))
                peripheral.refresh()
                await asyncio.sleep(_REFRESH_S)

        answering = asyncio.create_task(answer())
        try:
            yield peripheral
        finally:
            answering.cancel()


class Thermometer:
    """An LM75, or what the kernel's own driver takes for one: registers at its address, by `i2c-stub`."""

    ADDRESS = "0x48"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        machine.sh(f"modprobe i2c-dev; modprobe lm75; modprobe i2c-stub chip_addr={self.ADDRESS}")
        found = machine.sh("grep -l 'SMBus stub' /sys/bus/i2c/devices/i2c-*/name").split("/")[5]
        self._bus = found.removeprefix("i2c-")
        self.reader = f"""
[[room_sensor]]
id = "hall-air"
device = "/sys/bus/i2c/devices/{self._bus}-0048"
"""

    def measures(self, degrees: float) -> None:
        """Whole or half degrees; the chip sends the high byte first, where SMBus has the low one first."""
        high, low = divmod(round(degrees * 256) & 0xFFFF, 256)
        self._machine.sh(f"i2cset -f -y {self._bus} {self.ADDRESS} 0 {low << 8 | high:#06x} w")

    def plug(self) -> None:
        self._machine.sh(f"echo lm75 {self.ADDRESS} >/sys/bus/i2c/devices/i2c-{self._bus}/new_device")

    def pull(self) -> None:
        self._machine.sh(f"echo {self.ADDRESS} >/sys/bus/i2c/devices/i2c-{self._bus}/delete_device")
