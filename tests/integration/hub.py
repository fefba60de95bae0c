"""A running controller inside the test's process, one site, and an edge that speaks the wire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from controller.app.container import Container
from controller.app.http_app import build_app
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Draft
from controller.estate.model import Door, Edge, Site, Space
from controller.people.model import Actor
from controller.people.passwords import Passwords
from controller.plans import repository as plans
from controller.platform.settings import Settings
from controller.platform.web.fields import read_moment
from controller.telemetry import repository as telemetry
from edge.wire.broker_link import Link
from edge.wire.clock import Clock
from tests.controller.enrolment.trusting import trust
from tests.controller.telemetry.speaking import Speaker
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge

SITE = Site(id="ramsey", name="Ramsey Library", zone="Europe/London", phone="01632 960 001")
FRONT = Door(
    site="ramsey", id="front-door", name="Front door", edge="main", hold_s=5, held_after_s=60, counter="front-beams"
)
HALL = Space(site="ramsey", id="hall", name="Hall", capacity=80, doors=("front-door",))
ACTOR = "Una Porter"


class Hub:
    """``container`` with its tasks running; ``failed`` is the first task that ended, which none must."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.container: Container = app.state.container
        self.speaker = Speaker()
        self.tasks: list[asyncio.Task[None]] = []

    async def furnish(self) -> None:
        """Make the site with a door, an edge and a space."""
        estate = self.container.estate
        await estate.put_site(SITE, version=0, actor=ACTOR)
        await estate.put(Edge(site="ramsey", id="main", name="Main"), version=0, actor=ACTOR)
        await trust(self.container, "ramsey", "main", self.speaker.public_key)
        await estate.put(FRONT, version=0, actor=ACTOR)
        await estate.put(HALL, version=0, actor=ACTOR)

    def run(self) -> None:
        self.tasks = [asyncio.create_task(task.run(), name=task.name) for task in self.container.tasks]

    async def stop(self) -> None:
        """End the tasks; raises what one of them died of. The controller must not have failed at a message."""
        assert not self.container.mqtt.router.failed
        for task in self.tasks:
            if task.done():
                raise AssertionError(f"the task {task.get_name()!r} has ended") from task.exception()
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks = []

    async def connected(self) -> None:
        async def look() -> bool:
            return self.container.mqtt.link.connected

        await eventually(look, what="the controller is connected")

    async def quiet(self) -> None:
        """Wait until nothing that came is still being dealt with."""

        async def look() -> bool:
            return not self.container.mqtt.busy and not self.container.database.busy

        await eventually(look, what="the controller has nothing to do")

    async def up_to_date(self) -> None:
        """Wait until the edge has the plan it should have, and the controller knows and has nothing left to do."""

        async def look() -> bool:
            if self.container.mqtt.busy:
                return False  # a plan may be on its way that is newer than the latest in the database
            async with self.container.database.read() as tx:
                latest = await plans.latest_version(tx, SITE.id, "main")
                state = await telemetry.edge_state(tx, SITE.id, "main")
            return latest is not None and state is not None and state.applied_version == latest

        await eventually(look, what="the edge's plan is up to date")
        await self.quiet()

    async def times(self, edge: FakeEdge) -> None:
        """Greet the edge, and wait until it is known how far its run has come."""
        await self.container.mqtt.edge_sessions.greet((SITE.id, "main"))

        async def known() -> bool:
            async with self.container.database.read() as tx:
                return edge.boot in await telemetry.clock_samples(tx, SITE.id, "main", [edge.boot])

        await eventually(known, what="the run is known")

    def edge(self, link: Link, *, obeys: bool = True, speaker: Speaker | None = None) -> FakeEdge:
        return FakeEdge(
            link,
            speaker or self.speaker,
            controller_key=self.container.keys.public,
            clock=self.container.clock,
            obeys=obeys,
        )


@asynccontextmanager
async def open_hub(
    settings: Settings, clock: Clock, passwords: Passwords, *, link: Link | None = None
) -> AsyncIterator[Hub]:
    """A hub that is furnished and runs; with ``link`` in place of the broker of the settings."""
    hub = Hub(build_app(settings, clock, passwords=passwords, link=link))
    await hub.container.start()
    try:
        await hub.furnish()
        hub.run()
        await hub.connected()
        yield hub
        await hub.stop()
    finally:
        await hub.stop()
        await hub.container.close()


async def book(hub: Hub, starts: str, ends: str, *, space: str = "hall") -> BookingView:
    """A booking, in the site's own time."""
    draft = Draft(space=space, title="Choir", starts=read_moment(starts), ends=read_moment(ends), people=12)
    return await hub.container.bookings.create("ramsey", draft, actor=Actor.acting(ACTOR))
