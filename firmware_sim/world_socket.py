"""The world's unix socket: Pis connect to it, and so do the commands of ``hallkeeper sim``."""

import asyncio
import contextlib
import logging
import uuid
from pathlib import Path
from typing import Any

import msgspec

from edge.wire.errors import WireError
from firmware_sim import world_protocol as protocol
from firmware_sim.pi_faults import Hardware
from firmware_sim.sim_requests import Mains, SimRequests
from firmware_sim.world_runner import WorldRunner

log = logging.getLogger(__name__)


class _PiWires:
    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def drive(self, pin: int, level: bool, tick: float) -> None:
        self._writer.write(protocol.line(protocol.InputLine(pin=pin, level=level, tick=tick)))

    def listing(self, wifi: str, text: str) -> None:
        self._writer.write(protocol.line(protocol.ListingLine(wifi=wifi, text=text)))

    def scan(self, reader: str, text: str) -> None:
        self._writer.write(protocol.line(protocol.ScanLine(reader=reader, text=text)))

    def levels(self, levels: dict[int, bool]) -> None:
        self._writer.write(protocol.line(protocol.LevelsLine(levels=levels)))

    def hardware(self, hardware: Hardware) -> None:
        self._writer.write(protocol.line(protocol.HardwareLine(hardware=hardware)))


class WorldSocket:
    """Serves one world at ``path``."""

    def __init__(self, runner: WorldRunner, mains: Mains, path: Path) -> None:
        self._runner = runner
        self._world = runner.world
        self.requests = SimRequests(runner, mains, self)
        self._path = path
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._plugged = {site: asyncio.Event() for site in self._world.sites}
        self._hardware = {site: Hardware(boot=str(uuid.uuid4())) for site in self._world.sites}

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(
            self._serve, sock=protocol.listening(self._path), limit=protocol.LINE_LIMIT
        )

    async def stop(self) -> None:
        """Close it and everybody's connection; Pis end by that."""
        if self._server is not None:
            self._server.close()
        for task in list(self._serving):
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving)
        self._path.unlink(missing_ok=True)

    async def plugged(self, site: str) -> None:
        """Wait until a Pi has started at a site."""
        await self._plugged[site].wait()

    def set_hardware(self, site: str, **changes: Any) -> None:
        """Change the hardware of a site's Pi, whether it runs or not: fields of ``Hardware``."""
        wires = self._world.site(site).wires
        self._hardware[site] = msgspec.structs.replace(self._hardware[site], **changes)
        if isinstance(wires, _PiWires):
            wires.hardware(self._hardware[site])

    def hardware_of(self, site: str) -> Hardware:
        """The state of the hardware of a site's Pi."""
        return self._hardware[site]

    def booted(self, site: str) -> None:
        """A Pi restarts, not only its agent."""
        self.set_hardware(site, boot=str(uuid.uuid4()))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        try:
            first = protocol.read_to_world(await reader.readline())
            if isinstance(first, protocol.PiHello):
                await self._live(first, reader, writer)
            else:
                answer = await self.requests.answer(first)
                writer.write(protocol.line(answer))
                await writer.drain()
        except (WireError, OSError) as error:
            log.warning("A connection to the world ended early", extra={"action": "world", "reason": str(error)})
        except asyncio.CancelledError:
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _live(self, hello: protocol.PiHello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        site = self._world.behind(hello.site, hello.edge)
        wires = _PiWires(writer)
        self._runner.catch_up()
        # The levels go first, whatever plugging in says after them.
        wires.levels(dict(site.wire_faults.levels))
        wires.hardware(self._hardware[site.id])
        site.plug(wires)
        self._plugged[site.id].set()
        reported = self._world.reported[site.id]
        try:
            while data := await reader.readline():
                said = protocol.read_to_world(data)
                self._runner.catch_up()
                if isinstance(said, protocol.OutputLine):
                    site.output(said.pin, said.level)
                elif isinstance(said, protocol.EventLine):
                    reported.note(said.event)
                elif isinstance(said, protocol.StoredLine):
                    reported.stored = said.seq
        finally:
            if site.wires is wires:
                self._runner.catch_up()
                site.unplug()
                self._plugged[site.id].clear()
