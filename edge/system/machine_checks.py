"""What the doctor checks of the machine: pins, clock, disk, power, systemd."""

import contextlib
import errno
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from edge.config import Config
from edge.readers.config import OsdpConfig, UsbKeypadConfig, UsbScannerConfig
from edge.sensors.config import ListingConfig, SnmpConfig
from edge.sensors.kernel_values import channels
from edge.sensors.station_snmp import WALK
from edge.wire.doctor_findings import UNIT_FIELDS, Finding, clock, fail, ok, unit, warn
from edge.wire.machine_clock import battery_clock, kernel_error_s, kernel_synchronised

UNIT = "hallkeeper-edge"
ANSWER_S = 5.0
LEAST_FREE_MB = 100
LEAST_INODES = 1000
PROBE = "doctor"
"""A file that is written, read back and deleted."""
UNDERVOLTAGE_NOW, UNDERVOLTAGE_SEEN = 0x1, 0x10000
"""Of `vcgencmd get_throttled` (Raspberry Pi documentation, vcgencmd)."""
_WHERE_WRITING_FAILS = {
    errno.ENOSPC: "Free some space: `du -x -h {mount} | sort -h | tail` says what takes it",
    errno.EROFS: "Mount it for writing. If the kernel made it read-only, the SD card fails: replace it "
    "(docs/staying-alive.md)",
}
_NOT_THERE = "Install it, or give its full path"
_MISSING = {WALK: "apt-get install snmp"}
_SUPPLY = "Use the Pi's own power supply and a short, thick cable; strikes and magnets need a supply of their own"


def run(*command: str) -> str | None:
    """The output of a program; ``None`` if it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


class Machine:
    """``root``: the root of its file system; ``run``: runs a program."""

    def __init__(self, root: Path = Path("/"), *, run: Callable[..., str | None] = run) -> None:
        self._root = root
        self._run = run

    def findings(self, config: Config) -> Iterator[Finding]:
        """All findings about the machine for a configuration."""
        if config.clock_file is not None:
            said = "clock_file is set: pins and clock are simulated, so those of this machine are not checked"
            yield ok("demonstration", said)
            yield from self.programs(config)
            yield from self.disk(config)
            return
        yield self.pins(len(config.doors))
        yield from self.devices(config)
        yield from self.programs(config)
        yield self.battery(config)
        yield from self.clock()
        yield from self.disk(config)
        yield self.service()
        yield self.hardware_watchdog()
        yield self.power()

    def bare_findings(self) -> Iterator[Finding]:
        """The findings that need no configuration."""
        yield self.pins(0)
        yield from self.clock()
        yield self.hardware_watchdog()
        yield self.power()

    def pins(self, doors: int) -> Finding:
        """Whether the pins are accessible. They are not claimed, because the agent may be running."""
        chips = sorted((self._root / "dev").glob("gpiochip*"))
        if not chips:
            return fail(
                "pins",
                "there is no /dev/gpiochip",
                "Run this on the Pi. If this is the Pi, its kernel has no GPIO support",
            )
        if not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
            return fail("pins", "they cannot be opened", f"Add the user to the group gpio, as {UNIT}.service does")
        return ok("pins", f"{chips[0].name} is available; configured doors: {doors}")

    def devices(self, config: Config) -> Iterator[Finding]:
        for reader in config.readers:
            if isinstance(reader, UsbKeypadConfig | UsbScannerConfig):
                yield self._device(reader.id, Path(reader.device), "input", "/dev/input/by-id")
            elif isinstance(reader, OsdpConfig):
                yield self._device(reader.id, Path(reader.port), "dialout", "/dev/serial/by-id")

        for each in config.room_sensors:
            if each.device is not None:
                yield self._room_sensor(each.id, Path(each.device))

    @staticmethod
    def _room_sensor(name: str, folder: Path) -> Finding:
        thing = f"room sensor {name}"
        if not folder.exists():
            hint = "Look at its wires, and whether config.txt loads its overlay: docs/sensors.md"
            return fail(thing, f"{folder} does not exist, so no driver has found it", hint)
        if not (found := channels(folder)):
            hint = "Use the folder of the device itself, such as /sys/bus/i2c/devices/1-0062; docs/sensors.md"
            return fail(thing, f"{folder} has nothing that a room sensor measures", hint)
        return ok(thing, f"its driver measures {', '.join(sorted(found))}")

    def _device(self, name: str, path: Path, group: str, listed: str) -> Finding:
        thing = f"reader {name}"
        if not path.exists():
            return fail(thing, f"{path} does not exist", f"Plug it in, or use its name from `ls -l {listed}`")
        if not os.access(path, os.R_OK):
            return fail(thing, f"{path} cannot be read", f"Add the user to the group {group}")
        return ok(thing, f"{path} is available")

    def programs(self, config: Config) -> Iterator[Finding]:
        named = [(each.id, each.command) for each in config.announcers]
        named += [(each.id, each.command) for each in config.wifi if isinstance(each, ListingConfig)]
        named += [(each.id, (WALK,)) for each in config.wifi if isinstance(each, SnmpConfig)]
        for name, command in named:
            if command is not None and shutil.which(command[0]) is None:
                yield fail(name, f"the program {command[0]!r} is not installed", _MISSING.get(command[0], _NOT_THERE))
            elif command is not None:
                yield ok(name, f"{command[0]} is installed")
        for each in config.wifi:
            if not isinstance(each, ListingConfig):
                continue
            if each.file is not None and not Path(each.file).is_file():
                yield warn(
                    each.id,
                    f"the file {each.file} does not exist",
                    "Let the program that lists the stations write to it",
                )
            elif each.file is not None:
                yield ok(each.id, f"{each.file} exists")

    def battery(self, config: Config) -> Finding:
        file = self._root / "sys/class/rtc/rtc0/since_epoch"
        if not config.rtc:
            hint = "Fit one and set rtc = true; without it, booking codes wait for the network after a power cut"
            return warn("battery clock", "there is none, by the configuration", hint)
        said = battery_clock(file)
        if said is None:
            hint = "Load its overlay (dtoverlay=i2c-rtc,...; on a Pi 5 fit the battery), or set rtc = false"
            return fail("battery clock", "rtc = true, but no battery clock answers", hint)
        return ok("battery clock", f"it shows {said:%Y-%m-%d %H:%M:%S} UTC")

    def clock(self) -> Iterator[Finding]:
        told = battery_clock(self._root / "sys/class/rtc/rtc0/since_epoch")
        off_s = told.timestamp() - time.time() if told is not None else None
        yield from clock(synchronised=kernel_synchronised(), error_s=kernel_error_s(), battery_off_s=off_s)

    def disk(self, config: Config) -> Iterator[Finding]:
        folder = config.data_dir
        try:
            (folder / PROBE).write_bytes(PROBE.encode())
            same = (folder / PROBE).read_bytes() == PROBE.encode()
            (folder / PROBE).unlink()
            room = os.statvfs(folder)
        except OSError as error:
            hint = _WHERE_WRITING_FAILS.get(error.errno or 0, "Check its owner and the SD card")
            hint = hint.format(mount=next(each for each in (folder, *folder.parents) if each.is_mount()))
            yield fail("disk", f"{folder} cannot be written ({error.strerror})", hint)
            with contextlib.suppress(OSError):
                (folder / PROBE).unlink()
            return
        if not same:
            yield fail("disk", f"{folder} returns other data than was written", "Replace the SD card")
        if folder.stat().st_mode & 0o077:
            yield warn("disk", f"{folder} is accessible to other users", f"chmod 700 {folder}")
        free = room.f_bavail * room.f_frsize // 2**20
        wanted = LEAST_FREE_MB + config.outbox_mb
        if free < wanted:
            yield warn(
                "disk", f"{free} MB are free, but events may need {wanted} MB", "Free some space, or lower outbox_mb"
            )
        elif room.f_files and room.f_favail < LEAST_INODES:
            yield warn("disk", f"only {room.f_favail} inodes are free", "Remove small files")
        else:
            yield ok("disk", f"{folder} is writable; {free} MB are free")

    def service(self) -> Finding:
        return unit(UNIT, self._run("systemctl", "show", UNIT, "-p", UNIT_FIELDS), watched=True)

    def hardware_watchdog(self) -> Finding:
        output = self._run("systemctl", "show", "-p", "RuntimeWatchdogUSec", "--value")
        if output in (None, "", "0", "infinity"):
            hint = "Run `hallkeeper setup hall` again where the controller is on it too; elsewhere install the package"
            return warn("hardware watchdog", "it is off, so a Pi that hangs is not restarted", hint)
        if not any((self._root / "sys/class/watchdog").glob("watchdog*")):
            said = "systemd has none to ask, so a Pi that hangs is not restarted"
            hint = "On a Pi: dtparam=watchdog=on in /boot/firmware/config.txt, and restart; elsewhere load its driver"
            return warn("hardware watchdog", said, hint)
        return ok("hardware watchdog", f"the Pi restarts when it hangs for {output}")

    def power(self) -> Finding:
        output = self._run("vcgencmd", "get_throttled") or ""
        try:
            flags = int(output.partition("=")[2], 16)
        except ValueError:
            return self._power_by_kernel()
        if flags & UNDERVOLTAGE_NOW:
            return fail("power", "the voltage is too low now", _SUPPLY)
        if flags & UNDERVOLTAGE_SEEN:
            return warn("power", "the voltage was too low since the Pi started", _SUPPLY)
        return ok("power", "the voltage has not been too low since the Pi started")

    def _power_by_kernel(self) -> Finding:
        for name in (self._root / "sys/class/hwmon").glob("hwmon*/name"):
            if name.read_text().strip() == "rpi_volt":
                low = (name.parent / "in0_lcrit_alarm").read_text().strip() == "1"
                if low:
                    return fail("power", "the voltage is too low", _SUPPLY)
                return ok("power", "the voltage is high enough")
        return warn("power", "the voltage cannot be read", "apt-get install raspi-utils")
