"""Controller, edges and world in one process and in virtual time: the real ones, on a broker in memory."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx
from anyio.to_thread import current_default_thread_limiter
from argon2 import PasswordHasher
from fastapi import FastAPI

from controller.app.composition import open_container
from controller.app.container import Container
from controller.app.http_app import app_of
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from edge.agent import Agent
from edge.config import load
from edge.net.connect_options import ConnectOptions
from edge.system.durable_files import DiskFiles
from edge.system.pins import GpioPins
from edge.wire.topics import subscriptions
from firmware_sim import provision
from firmware_sim.api_client import Api
from firmware_sim.building_file import Building
from firmware_sim.simulated_pi import Scanners, put_listing
from firmware_sim.simulated_pins import SimFactory
from firmware_sim.world import World
from firmware_sim.world_runner import WorldRunner
from tests.memory_link import MemoryBroker, MemoryLink
from tests.virtual_time import VirtualClock, VirtualLoop

ADDRESS = "http://hub.test"
WIFI_EVERY_S = 900.0
"""Seldom, since every count is an event that a whole day would wait for."""


class _Wires:
    """The world's wires, straight into a Pi's pins."""

    def __init__(self, factory: SimFactory, scanners: Scanners, listings: dict[str, Path]) -> None:
        self._factory = factory
        self._scanners = scanners
        self._listings = listings

    def drive(self, pin: int, level: bool, tick: float) -> None:
        self._factory.drive(pin, level, tick)

    def listing(self, wifi: str, text: str) -> None:
        put_listing(self._listings[wifi], text)

    def scan(self, reader: str, text: str) -> None:
        self._scanners.scan(reader, text)


class VirtualHub:
    """Everything a scenario plays with."""

    def __init__(self, folder: Path, clock: VirtualClock, world: World, wifi_every_s: float) -> None:
        self.clock = clock
        self.world = world
        self.runner = WorldRunner(world, clock)
        self.broker = MemoryBroker()
        self.links: dict[str, MemoryLink] = {}
        self._folder = folder
        self._wifi_every_s = wifi_every_s
        self._tasks: list[asyncio.Task[None]] = []
        self._scanners = contextlib.ExitStack()
        settings = Settings(
            data_dir=folder,
            database=f"sqlite+aiosqlite:///{folder / 'hallkeeper.db'}",
            public_url=ADDRESS,
            lead_in_minutes=15,
            lag_minutes=15,
        )
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.container: Container = open_container(
            settings, clock, passwords=cheap, link=self.broker.client(subscriptions("up"))
        )
        self.app: FastAPI = app_of(self.container)
        self.api = Api(ADDRESS, transport=httpx.ASGITransport(self.app))

    async def open(self) -> None:
        """Start the controller, sign in, and bring every building of the world to life."""
        await self.container.start()
        for task in self.container.tasks:
            self._run(task.name, task.run)
        token = (self._folder / "setup-token").read_text().strip()
        await self.api.set_up(token=token, user="Una Porter", password="thirteen shelves")
        self._run("the world", self.runner.run)
        for site in self.world.sites.values():
            await self._wake(site.building)

    async def close(self) -> None:
        for task in reversed(self._tasks):
            task.cancel()
        await asyncio.wait(self._tasks)
        self._scanners.close()
        await self.api.close()

    def check(self) -> None:
        """Raises what any part has died of."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def sleep_until(self, moment: datetime) -> None:
        while (seconds := (moment - self.clock.now()).total_seconds()) > 0:
            await self.clock.sleep(seconds)
            self.check()

    async def _wake(self, building: Building) -> None:
        folder = self._folder / building.id
        folder.mkdir()
        await provision.put_building(self.api, building)
        await provision.put_hours(self.api, building)
        await provision.enrol(self.api, building, folder)
        config = load(
            provision.write_config(folder, building, broker_port=1, clock_file=None, wifi_every_s=self._wifi_every_s)
        )
        site = self.world.site(building.id)
        factory = SimFactory(dict(site.wire_faults.levels), self._driver(building.id))

        def connect(connect_options: ConnectOptions) -> MemoryLink:
            self.links[building.id] = self.broker.link(connect_options)
            return self.links[building.id]

        agent = Agent(
            config,
            clock=self.clock,
            pins=GpioPins(factory),
            link=connect,
            files=DiskFiles(config.data_dir),
            observer=self.world.reported[building.id].note,
            synchronised=lambda: True,
            battery=self.clock.now,
        )
        scanners = self._scanners.enter_context(Scanners(config.readers))
        site.plug(_Wires(factory, scanners, {wifi.id: folder / f"{wifi.id}.txt" for wifi in config.wifi}))
        self._run(f"edge of {building.id}", agent.run)

    def _driver(self, site: str) -> Callable[[int, bool], None]:
        def driven(pin: int, level: bool) -> None:
            self.runner.catch_up()
            self.world.site(site).output(pin, level)

        return driven

    def _run(self, name: str, run: Callable[[], Coroutine[None, None, None]]) -> None:
        self._tasks.append(asyncio.create_task(run(), name=name))


@asynccontextmanager
async def virtual_hub(
    folder: Path, clock: VirtualClock, world: World, *, wifi_every_s: float = WIFI_EVERY_S
) -> AsyncIterator[VirtualHub]:
    """A hub that is open inside; time waits for its database and its threads."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    made = VirtualHub(folder, clock, world, wifi_every_s)
    limiter = current_default_thread_limiter()
    closing: list[bool] = []
    loop.busy_when("the database", lambda: made.container.database.busy)
    loop.busy_when("a worker thread", lambda: limiter.borrowed_tokens > 0)
    loop.busy_when("the database, which closes", lambda: bool(closing))
    try:
        await made.open()
        yield made
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await made.close()
        closing.append(True)
        await made.container.close()
        closing.clear()
