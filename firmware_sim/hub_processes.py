"""A small county as real processes in one folder: broker, controller, an edge for each building, the world.

The demo and the fault tests run the same processes. It ends everything that it starts, by process id.
"""

import asyncio
import contextlib
import os
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import tomli_w

from edge.net.identity import FILE
from edge.wire.clock import ClockFile, ScaledClock
from edge.wire.codec import encode
from firmware_sim import provision
from firmware_sim.api_client import Api
from firmware_sim.broker import make_broker
from firmware_sim.building_file import Building
from firmware_sim.child_process import Child, Start, execute
from firmware_sim.edge_line import EdgeLine
from firmware_sim.errors import SimError
from firmware_sim.mail_server import DemoMailServer
from firmware_sim.ports import free_port
from firmware_sim.power import PowerSupply
from firmware_sim.world import World
from firmware_sim.world_runner import ANSWER_S, WorldRunner
from firmware_sim.world_socket import WorldSocket

USER = "warden"
PATIENCE_S = 60.0
_POLL_S = 0.05


class SimHubPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What to run. ``epoch``: the simulated instant of now. ``port``: for pages and API, 0 for any.
    ``most_per_hour`` caps visitors per building and simulated hour. ``tls``: the line to the broker is encrypted, with
    certificates of the controller's authority; it takes mosquitto. ``answer_s``: real seconds within which an edge must
    have answered a code. ``inbox``: mails are sent, into an inbox. ``framed_by``: the
    origins whose pages may show the controller's in a frame. ``feed_networks``: those that are
    not public and in which calendars may be read. ``bare``: nobody has signed in yet, there is no building, and an edge
    runs from ``let_in`` on. ``controller_line``: the controller too reaches the broker by a line that can fail.
    ``connections``: the most to the controller, where that is not the usual."""

    folder: Path
    buildings: tuple[Building, ...]
    epoch: datetime
    rate: float = 1.0
    port: int = 0
    seed: str = "hallkeeper"
    most_per_hour: float = 1000.0
    embedded_broker: bool = False
    tls: bool = False
    database: str | None = None
    answer_s: float = ANSWER_S
    inbox: bool = False
    framed_by: tuple[str, ...] = ()
    second_factor_roles: tuple[str, ...] = ()
    feed_networks: tuple[str, ...] = ()
    bare: bool = False
    controller_line: bool = False
    connections: int | None = None


class SimHub:
    """``async with SimHub(plan) as hub``: everything is up inside the block, and ended after it.

    ``launch`` starts the controller and the edges.

    Raises ``ProcessFailed`` with the end of the log of whatever did not answer.
    """

    def __init__(
        self, plan: SimHubPlan, *, say: Callable[[str], None] = lambda _: None, launch: Start = execute
    ) -> None:
        self.plan = plan
        self.folder = plan.folder
        self.say = say
        self._launch = launch
        self.port = plan.port or free_port()
        self.broker_port = free_port()
        self.password = ""
        self.inbox = DemoMailServer() if plan.inbox else None
        self.pis: dict[str, Child] = {}
        self.lines: dict[str, EdgeLine] = {}
        self.controller_line = EdgeLine(port=free_port(), target=self.broker_port)
        """Stands still unless the plan has one."""
        self.started: Callable[[], None] = lambda: None
        """Called whenever processes have been started."""
        self.prepared = False
        self.broker_on = True
        """False while somebody has stopped the broker on purpose."""
        self.power = PowerSupply(self)
        self._running: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket(self) -> Path:
        return self.folder / "world.sock"

    @property
    def children(self) -> list[Child]:
        return [self.broker, self.controller, *self.pis.values()]

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start everything in order; returns when the edges are online."""
        self._prepare()
        if self.plan.tls:
            await self._make_broker_files()
        self.say("starting the broker")
        await self.broker.start()
        self.started()
        if self.inbox is not None:
            await self.inbox.start()
        if self.plan.controller_line:
            self.controller_line.repair()
        self.say("starting the controller")
        await self.controller.spawn()
        self.started()
        await self.controller.answers()
        if not self.plan.bare:
            self.say("signing in")
            await self._sign_in()
            self.say("entering the buildings")
            for building in self.plan.buildings:
                await self._enter(building)
        self.say("waking the edges")
        self._running = asyncio.create_task(self.runner.run(), name="the world")
        await self.gate.start()
        for building in self.plan.buildings:
            line = self.lines[building.id]
            line.repair()
            folder = self._edge_folder(building)
            provision.write_config(folder, building, broker_port=line.port, clock_file=self.clock_file)
        if self.plan.bare:
            return
        await asyncio.gather(*(pi.start() for pi in self.pis.values()))
        self.started()
        for building in self.plan.buildings:
            await self.online(building.id)

    @property
    def setup_token(self) -> str:
        """With which the first user makes their account."""
        return (self.folder / "controller" / "data" / "setup-token").read_text().strip()

    async def let_in(self, site: str, token: str) -> None:
        """Enrol an edge with its token and start it, as somebody does who has put its Pi on the wall."""
        await provision.enrol_by(self.api, token, self._edge_folder(self.world.site(site).building))
        await self.pis[site].start()

    async def stop(self) -> None:
        """End everything: edges first, so that they can say goodbye."""
        if self.inbox is not None:
            await self.inbox.stop()
        if not self.prepared:
            return
        await asyncio.gather(*(pi.stop() for pi in self.pis.values()))
        await self.controller.stop()
        await self.broker.stop()
        for line in (self.controller_line, *self.lines.values()):
            await line.stop()
        await self.gate.stop()
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
        await self.api.close()

    async def set_power(self, site: str, on: bool) -> None:
        """As ``PowerSupply.switch`` does."""
        await self.power.switch(site, on)

    def set_network(self, site: str, up: bool) -> None:
        """Restore or cut the connection between an edge and the broker."""
        line = self.lines[site]
        if up:
            line.repair()
        else:
            line.cut()

    def network(self, site: str) -> bool:
        return self.lines[site].up

    async def set_broker(self, on: bool) -> None:
        """Stop or start the broker."""
        self.broker_on = on
        if on and not self.broker.running:
            await self.broker.start()
            self.started()
        elif not on:
            await self.broker.stop()

    async def online(self, site: str, within_s: float = PATIENCE_S) -> None:
        """Wait until the controller says that all edges of a site are online with the newest plan applied."""
        site = self.world.site(site).building.site

        async def there() -> bool:
            edges = (await self.api.get(f"/sites/{site}/now"))["edges"]
            return all(edge["online"] and edge["applied_version"] == (edge["plan_version"] or -1) for edge in edges)

        await self.until(there, f"the edge of {site} is online with its plan", within_s)

    async def until(self, holds: Callable[[], Awaitable[bool]], what: str, within_s: float = PATIENCE_S) -> None:
        """Wait until ``holds``. Raises ``SimError`` naming ``what`` and the processes that have ended."""
        deadline = time.monotonic() + within_s
        while not await holds():
            if time.monotonic() > deadline:
                dead = [child for child in self.children if not child.running]
                tails = "\n".join(f"{child.name} has ended:\n{child.tail()}" for child in dead)
                raise SimError(f"waited {within_s:g} s in vain until {what}. {tails}")
            await asyncio.sleep(_POLL_S)

    def _prepare(self) -> None:
        for name in ("broker", "controller", "edges"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.clock_file = self.folder / "clock.json"
        started = datetime.now(UTC)
        file = ClockFile(epoch=self.plan.epoch, started=started, rate=self.plan.rate)
        self.clock_file.write_bytes(encode(file))
        self.clock = ScaledClock(epoch=self.plan.epoch, started=started, rate=self.plan.rate)
        tick = self.clock.monotonic()
        world = World(
            self.plan.buildings,
            zero=self.clock.now() - timedelta(seconds=tick),
            tick=tick,
            seed=self.plan.seed,
            most_per_hour=self.plan.most_per_hour,
        )
        self.world = world
        self.runner = WorldRunner(world, self.clock, answer_s=self.plan.answer_s)
        self.gate = WorldSocket(self.runner, self, self.socket)
        self.api = Api(self.address)
        self.broker = make_broker(
            self.folder / "broker",
            self.broker_port,
            embedded=self.plan.embedded_broker,
            tls=self.folder / "controller" / "data" / "broker" if self.plan.tls else None,
        )
        self.controller = self._controller()
        for building in self.plan.buildings:
            self.lines[building.id] = EdgeLine(port=free_port(), target=self.broker_port)
            self.pis[building.id] = self._pi(building)
        self.prepared = True

    async def _make_broker_files(self) -> None:
        """What the broker reads must be there before it starts, and it before the controller."""
        config = self.folder / "controller" / "controller.toml"
        argv = [hallkeeper(), "controller", "broker-files", "--config", str(config)]
        making = await self._launch(argv, self.folder / "broker" / "broker-files.log", os.environ)
        if await making.wait():
            raise SimError(f"`{' '.join(argv)}` could not make the broker's files")

    def _controller(self) -> Child:
        folder = self.folder / "controller"
        config = folder / "controller.toml"
        broker_port = self.controller_line.port if self.plan.controller_line else self.broker_port
        listen = {"host": "127.0.0.1", "port": self.port, "framed_by": list(self.plan.framed_by)}
        settings: dict[str, object] = {
            "data_dir": "data",
            "clock_file": str(self.clock_file),
            "lead_in_minutes": 15,
            "lag_minutes": 15,
            **({"database": self.plan.database} if self.plan.database is not None else {}),
            "listen": listen,
            "broker": {"host": "127.0.0.1", "port": broker_port, "tls": self.plan.tls},
        }
        if self.plan.connections is not None:
            settings["listen"] = {**listen, "connections": self.plan.connections}
        if self.plan.second_factor_roles:
            settings["second_factor_roles"] = list(self.plan.second_factor_roles)
        if self.plan.feed_networks:
            settings["feeds"] = {"networks": list(self.plan.feed_networks)}
        if self.inbox is not None:
            mail = {"host": "127.0.0.1", "port": self.inbox.smtp_port, "security": "none"}
            settings["mail"] = {**mail, "sender": "Hallkeeper demo <demo@example.org>"}
        config.write_text(tomli_w.dumps(settings), encoding="utf-8")
        argv = [hallkeeper(), "controller", "run", "--config", str(config)]
        return Child(
            "controller",
            argv,
            log=folder / "controller.log",
            ready=lambda: self.api.answers("/readyz"),
            patience_s=240,
            launch=self._launch,
        )

    def _pi(self, building: Building) -> Child:
        folder = self._edge_folder(building)
        argv = [hallkeeper(), "sim", "pi", "--config", str(folder / "edge.toml"), "--world", str(self.socket)]

        async def alive() -> bool:
            return self.world.sites[building.id].wires is not None

        return Child(f"edge of {building.id}", argv, log=folder / "edge.system.log", ready=alive, launch=self._launch)

    def _edge_folder(self, building: Building) -> Path:
        folder = self.folder / "edges" / building.id
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    async def _sign_in(self) -> None:
        kept = self.folder / "password"
        if (await self.api.get("/setup-needed"))["setup_needed"]:
            self.password = secrets.token_urlsafe(9)
            kept.touch(mode=0o600)
            kept.write_text(self.password)
            await self.api.set_up(token=self.setup_token, user=USER, password=self.password)
            return
        try:
            self.password = kept.read_text()
        except OSError as error:
            raise SimError(f"{kept} cannot be read ({error.strerror}); start over with --fresh") from error
        await self.api.sign_in(user=USER, password=self.password)

    async def _enter(self, building: Building) -> None:
        """Enter a building and its other parts, and let their edges in."""
        parts = [part for part in self.plan.buildings if part.part_of == building.id]
        if building.part_of is not None or (self._edge_folder(building) / provision.DATA / FILE).exists():
            return
        for part in (building, *parts):
            await provision.put_building(self.api, part)
        await provision.put_hours(self.api, building, *parts)
        for part in (building, *parts):
            await provision.enrol(self.api, part, self._edge_folder(part))


def hallkeeper() -> str:
    """The command of this installation."""
    return str(Path(sys.executable).parent / "hallkeeper")
