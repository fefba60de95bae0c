"""The world's unix socket: Pis connect to it, and so do the commands of ``hallkeeper sim``."""

import asyncio
import contextlib
import logging
import uuid
from pathlib import Path
from typing import Any, Protocol

import msgspec

from edge.wire.errors import WireError
from firmware_sim import world_protocol as protocol
from firmware_sim.errors import NoSuchThing, ProcessFailed
from firmware_sim.ground_truth import Way
from firmware_sim.pi_faults import DiskState, Hardware
from firmware_sim.world_runner import ActResult, WorldRunner

log = logging.getLogger(__name__)

_DISKS = {
    DiskState.SOUND: "has a sound disk",
    DiskState.FULL: "has a full disk",
    DiskState.READ_ONLY: "has a disk that has become read-only",
}


class Mains(Protocol):
    """Control of a building from outside the world: its Pi's process and its line."""

    async def set_power(self, site: str, on: bool) -> None: ...

    def set_network(self, site: str, up: bool) -> None: ...

    def network(self, site: str) -> bool: ...


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
        self._mains = mains
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
                answer = await self._answer(first)
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
        finally:
            if site.wires is wires:
                self._runner.catch_up()
                site.unplug()
                self._plugged[site.id].clear()

    async def _answer(self, question: protocol.ToWorld) -> protocol.WorldAnswer:
        try:
            if isinstance(question, protocol.KeyAsk):
                return _told(await self._runner.key(question.site, question.door, question.keys))
            if isinstance(question, protocol.CardAsk):
                return _told(await self._runner.card(question.site, question.door, question.card, question.pin))
            if isinstance(question, protocol.ScanAsk):
                return _told(await self._runner.scan(question.site, question.door, question.text, question.pin))
            if isinstance(question, protocol.WalkAsk):
                walk = self._runner.walk_in if question.way == "in" else self._runner.walk_out
                return _told(await walk(question.site, question.door))
            if isinstance(question, protocol.SwitchAsk):
                return await self._switch(question)
            if isinstance(question, protocol.GlassAsk):
                return _told(self._runner.set_glass(question.site, question.door, question.broken))
            if isinstance(question, protocol.DiskAsk):
                self.set_hardware(question.site, disk=question.state)
                return self._done(question.site, _DISKS[question.state], "The Pi of ")
            if isinstance(question, protocol.ClockAsk):
                self.set_hardware(question.site, clock_off_s=question.off_s)
                return self._done(question.site, f"is {question.off_s:g} s ahead", "The clock of the Pi of ")
        except NoSuchThing as error:
            return protocol.WorldAnswer(code=2, text=str(error))
        except (ValueError, ProcessFailed) as error:
            return protocol.WorldAnswer(code=1, text=str(error))
        return self.status()

    async def _switch(self, question: protocol.SwitchAsk) -> protocol.WorldAnswer:
        site, on = question.site, question.on
        if question.what == "fire":
            return _told(self._runner.set_fire(site, on))
        place = self._world.site(site)
        if question.what == "network":
            self._mains.set_network(site, on)
            return self._done(site, f"is {'on' if on else 'cut off from'} the network")
        self._runner.catch_up()
        place.set_mains(on)
        await self._mains.set_power(site, on)
        if on:
            await self.plugged(site)
        return self._done(site, f"has {'power again' if on else 'no power'}")

    def _done(self, site: str, what: str, of: str = "") -> protocol.WorldAnswer:
        return protocol.WorldAnswer(code=0, text=f"{of}{self._world.site(site).building.name} {what}")

    def status(self) -> protocol.WorldAnswer:
        """Ask for the true values and those that the edges recorded."""
        self._runner.catch_up()
        world, truth = self._world, self._world.truth
        sites = tuple(
            protocol.SiteStatus(
                site=name,
                power=place.mains,
                fire=place.fire,
                siren=place.siren,
                agent=place.wires is not None,
                network=self._mains.network(name),
                people=place.people,
                stations=place.stations,
                events=world.reported[name].events,
                outages=len(world.reported[name].outages),
            )
            for name, place in world.sites.items()
        )
        doors = tuple(
            protocol.DoorStatus(
                site=name,
                door=door,
                leaf="open" if doorway.is_open else "shut",
                lock="released" if doorway.circuit.released else "locked",
                true_ins=truth.count(name, Way.IN, door),
                true_outs=truth.count(name, Way.OUT, door),
                turned_back=truth.count(name, Way.BACK, door),
                ins=world.reported[name].ins[door],
                outs=world.reported[name].outs[door],
            )
            for name, place in world.sites.items()
            for door, doorway in place.doorways.items()
        )
        return protocol.WorldAnswer(
            code=0, text="", at=world.now.isoformat(timespec="seconds"), sites=sites, doors=doors
        )


def _told(outcome: ActResult) -> protocol.WorldAnswer:
    return protocol.WorldAnswer(code=0 if outcome.done else 1, text=outcome.text, latency_ms=outcome.latency_ms)
