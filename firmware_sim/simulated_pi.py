"""A simulated Pi as a process: the real agent on simulated pins, joined to the world by a unix socket.

When the world ends the process ends; when the process ends its outputs are released.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from edge.agent import Agent
from edge.config import Config, load
from edge.net.mqtt_client import MqttLink, sensors_link
from edge.readers.config import ReaderConfig, UsbScannerConfig
from edge.readers.keyboard_events import ENTER, typed
from edge.sensors.config import ListingConfig
from edge.system.durable_files import Folder, SafeFiles
from edge.system.pins import GpioPins
from edge.wire.clock import Clock, clock_from
from edge.wire.events import Event
from firmware_sim import world_protocol as protocol
from firmware_sim.errors import SimError
from firmware_sim.pi_faults import FailingMedium, Hardware, WrongClock
from firmware_sim.simulated_pins import SimFactory

STORED_EVERY_S = 0.25
"""How often a Pi looks which of its events the controller has stored."""


class Scanners:
    """The scanners among ``readers``, plugged in until they are closed."""

    def __init__(self, readers: Iterable[ReaderConfig]) -> None:
        self._pipes: dict[str, int] = {}
        for reader in readers:
            if isinstance(reader, UsbScannerConfig):
                path = Path(reader.device)
                path.unlink(missing_ok=True)
                os.mkfifo(path, 0o600)
                # Both ways, so that it waits for no reader.
                self._pipes[reader.id] = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def scan(self, reader: str, text: str) -> None:
        """It reads ``text``. A disconnected scanner does nothing; input beyond its buffer is lost."""
        if (pipe := self._pipes.get(reader)) is not None:
            try:
                os.write(pipe, typed(text + ENTER))
            except BlockingIOError:
                return

    def close(self) -> None:
        for pipe in self._pipes.values():
            os.close(pipe)
        self._pipes.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class WorldGone(SimError):
    """The world has closed the connection."""


async def run_pi(config_file: Path, world: Path) -> None:
    """Run an edge until SIGTERM or until the world ends.

    Raises ``edge.errors.ConfigError``, ``WorldGone``, or the agent's own error.
    """
    config = load(config_file)
    clock = clock_from(config.clock_file.read_bytes() if config.clock_file is not None else None)
    try:
        reader, writer = await protocol.joined(world)
    except OSError as error:
        raise WorldGone(f"no world answers at {world} ({error.strerror}); start `hallkeeper demo` first") from error
    pi = _Pi(config, clock, reader, writer)
    try:
        await pi.run()
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


class _Pi:
    def __init__(
        self, config: Config, clock: Clock, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._config = config
        self._clock = WrongClock(clock)
        self._disk = FailingMedium(Folder(config.data_dir))
        self._hardware = Hardware()
        self._reader = reader
        self._writer = writer

    async def run(self) -> None:
        config = self._config
        self._writer.write(protocol.line(protocol.PiHello(site=config.site, edge=config.edge, pid=os.getpid())))
        first = protocol.read_to_pi(await self._next())
        if not isinstance(first, protocol.LevelsLine):
            raise WorldGone(f"the world began with {type(first).__name__} instead of the levels")
        second = protocol.read_to_pi(await self._next())
        if not isinstance(second, protocol.HardwareLine):
            raise WorldGone(f"the world went on with {type(second).__name__} instead of the hardware")
        self._become(second.hardware)
        factory = SimFactory(first.levels, self._driven)
        pins = GpioPins(factory)
        scanners = Scanners(config.readers)
        agent = Agent(
            config,
            clock=self._clock,
            pins=pins,
            link=lambda connect_options: MqttLink(config.broker, connect_options),
            sensors_link=sensors_link,
            files=SafeFiles(self._disk),
            observer=self._recorded,
            synchronised=lambda: self._hardware.synchronised,
            battery=self._clock.battery,
            machine_boot=lambda: self._hardware.boot,
        )
        acting = asyncio.create_task(agent.run(), name="agent")
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, acting.cancel)
        listening = asyncio.create_task(self._listen(factory, scanners), name="world")
        reporting = asyncio.create_task(self._report_stored(agent), name="what is stored")
        tasks = (acting, listening, reporting)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            pins.close()
            scanners.close()
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    async def _listen(self, factory: SimFactory, scanners: Scanners) -> None:
        listed = [wifi for wifi in self._config.wifi if isinstance(wifi, ListingConfig)]
        files = {wifi.id: Path(wifi.file) for wifi in listed if wifi.file is not None}
        while True:
            said = protocol.read_to_pi(await self._next())
            if isinstance(said, protocol.InputLine):
                factory.drive(said.pin, said.level, said.tick)
            elif isinstance(said, protocol.ListingLine) and said.wifi in files:
                put_listing(files[said.wifi], said.text)
            elif isinstance(said, protocol.ScanLine):
                scanners.scan(said.reader, said.text)
            elif isinstance(said, protocol.HardwareLine):
                self._become(said.hardware)

    async def _report_stored(self, agent: Agent) -> None:
        reported = 0
        while True:
            if (seq := agent.stored_seq) != reported:
                reported = seq
                self._writer.write(protocol.line(protocol.StoredLine(seq=seq)))
            await asyncio.sleep(STORED_EVERY_S)

    def _become(self, hardware: Hardware) -> None:
        if (hardware.disk, hardware.room) != (self._hardware.disk, self._hardware.room):
            self._disk.become(hardware.disk, hardware.room)
        self._clock.off_s, self._clock.battery_off_s = hardware.clock_off_s, hardware.battery_off_s
        self._hardware = hardware

    async def _next(self) -> bytes:
        try:
            data = await self._reader.readline()
        except (OSError, ValueError) as error:
            raise WorldGone(f"the connection to the world broke: {error}") from error
        if not data:
            raise WorldGone("the world has ended, so this Pi ends too")
        return data

    def _driven(self, pin: int, level: bool) -> None:
        self._writer.write(protocol.line(protocol.OutputLine(pin=pin, level=level)))

    def _recorded(self, event: Event) -> None:
        self._writer.write(protocol.line(protocol.EventLine(event=event)))


def put_listing(file: Path, text: str) -> None:
    """Replace a file at once, so that a reader never sees half a listing, with a last line, so that none is empty."""
    new = file.with_suffix(".new")
    new.write_text(f"{text}\n")
    new.replace(file)
