"""The world's unix socket: Pis connect to it, and so do the commands of ``hallkeeper sim``."""

import asyncio
import contextlib
import logging
import uuid
from pathlib import Path
from typing import Any, Protocol

import msgspec

from edge.wire.errors import WireError
from firmware_sim import cable
from firmware_sim.cable import (
    CardAsk,
    ClockAsk,
    DiskAsk,
    DoorStatus,
    EventLine,
    FireAsk,
    GlassAsk,
    HardwareLine,
    InputLine,
    KeyAsk,
    LevelsLine,
    ListingLine,
    NetworkAsk,
    OutputLine,
    PiHello,
    PowerAsk,
    ScanAsk,
    ScanLine,
    SiteStatus,
    WalkAsk,
    WorldAnswer,
)
from firmware_sim.errors import NoSuchThing, ProcessFailed
from firmware_sim.hardware import DiskState, Hardware
from firmware_sim.stage import ActResult, Stage
from firmware_sim.truth import Way

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
        self._writer.write(cable.line(InputLine(pin=pin, level=level, tick=tick)))

    def listing(self, wifi: str, text: str) -> None:
        self._writer.write(cable.line(ListingLine(wifi=wifi, text=text)))

    def scan(self, reader: str, text: str) -> None:
        self._writer.write(cable.line(ScanLine(reader=reader, text=text)))

    def levels(self, levels: dict[int, bool]) -> None:
        self._writer.write(cable.line(LevelsLine(levels=levels)))

    def hardware(self, hardware: Hardware) -> None:
        self._writer.write(cable.line(HardwareLine(hardware=hardware)))


class WorldSocket:
    """Serves one stage at ``path``."""

    def __init__(self, stage: Stage, mains: Mains, path: Path) -> None:
        self._stage = stage
        self._world = stage.world
        self._mains = mains
        self._path = path
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._plugged = {site: asyncio.Event() for site in self._world.sites}
        self._hardware = {site: Hardware(boot=str(uuid.uuid4())) for site in self._world.sites}

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(
            self._serve, sock=cable.listening(self._path), limit=cable.LINE_LIMIT
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
        self._hardware[site] = msgspec.structs.replace(self._hardware[site], **changes)
        wires = self._world.site(site).wires
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
            first = cable.read_to_world(await reader.readline())
            if isinstance(first, PiHello):
                await self._live(first, reader, writer)
            else:
                answer = await self._answer(first)
                writer.write(cable.line(answer))
                await writer.drain()
        except (WireError, OSError) as error:
            log.warning("A connection to the world ended early", extra={"action": "world", "reason": str(error)})
        except asyncio.CancelledError:
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _live(self, hello: PiHello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        site = self._world.behind(hello.site, hello.edge)
        wires = _PiWires(writer)
        self._stage.catch_up()
        # The levels go first, whatever plugging in says after them.
        wires.levels(dict(site.levels))
        wires.hardware(self._hardware[site.id])
        site.plug(wires)
        self._plugged[site.id].set()
        reported = self._world.reported[site.id]
        try:
            while data := await reader.readline():
                said = cable.read_to_world(data)
                self._stage.catch_up()
                if isinstance(said, OutputLine):
                    site.output(said.pin, said.level)
                elif isinstance(said, EventLine):
                    reported.note(said.event)
        finally:
            if site.wires is wires:
                self._stage.catch_up()
                site.unplug()
                self._plugged[site.id].clear()

    async def _answer(self, question: cable.ToWorld) -> WorldAnswer:
        try:
            if isinstance(question, KeyAsk):
                return _told(await self._stage.key(question.site, question.door, question.keys))
            if isinstance(question, CardAsk):
                return _told(await self._stage.card(question.site, question.door, question.card, question.pin))
            if isinstance(question, ScanAsk):
                return _told(await self._stage.scan(question.site, question.door, question.text, question.pin))
            if isinstance(question, WalkAsk):
                walk = self._stage.walk_in if question.way == "in" else self._stage.walk_out
                return _told(await walk(question.site, question.door))
            if isinstance(question, NetworkAsk):
                return self._network(question)
            if isinstance(question, PowerAsk):
                return await self._power(question)
            if isinstance(question, FireAsk):
                return _told(self._stage.set_fire(question.site, question.on))
            if isinstance(question, GlassAsk):
                return _told(self._stage.set_glass(question.site, question.door, question.broken))
            if isinstance(question, DiskAsk):
                name = self._world.site(question.site).building.name
                self.set_hardware(question.site, disk=question.state)
                return WorldAnswer(code=0, text=f"The Pi of {name} {_DISKS[question.state]}")
            if isinstance(question, ClockAsk):
                name = self._world.site(question.site).building.name
                self.set_hardware(question.site, clock_off_s=question.off_s)
                return WorldAnswer(code=0, text=f"The clock of the Pi of {name} is {question.off_s:g} s ahead")
        except NoSuchThing as error:
            return WorldAnswer(code=2, text=str(error))
        except (ValueError, ProcessFailed) as error:
            return WorldAnswer(code=1, text=str(error))
        return self.status()

    def _network(self, question: NetworkAsk) -> WorldAnswer:
        name = self._world.site(question.site).building.name
        self._mains.set_network(question.site, question.up)
        return WorldAnswer(code=0, text=f"{name} is {'on' if question.up else 'cut off from'} the network")

    async def _power(self, question: PowerAsk) -> WorldAnswer:
        place = self._world.site(question.site)
        self._stage.catch_up()
        place.set_mains(question.on)
        await self._mains.set_power(question.site, question.on)
        if question.on:
            await self.plugged(question.site)
        return WorldAnswer(code=0, text=f"{place.building.name} has {'power again' if question.on else 'no power'}")

    def status(self) -> WorldAnswer:
        """Ask for the true values and those that the edges recorded."""
        self._stage.catch_up()
        world, truth = self._world, self._world.truth
        sites = tuple(
            SiteStatus(
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
            DoorStatus(
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
        return WorldAnswer(code=0, text="", at=world.now.isoformat(timespec="seconds"), sites=sites, doors=doors)


def _told(outcome: ActResult) -> WorldAnswer:
    return WorldAnswer(code=0 if outcome.done else 1, text=outcome.text, latency_ms=outcome.latency_ms)
