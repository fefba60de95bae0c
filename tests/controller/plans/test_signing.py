"""Plans are made from one look at the diary and signed later: what goes or comes between."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy.engine import URL

from controller.access.holder_and_member_grants import OtherGrants
from controller.access.repository import held
from controller.app.http_app import build_app
from controller.bookings.booking_view import BookingView
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.people.passwords import Passwords
from controller.plans import repository
from controller.plans.model import SignedPlan
from controller.plans.service import Planner
from controller.platform.settings import Settings
from edge.wire.envelope import Signer
from edge.wire.plan_assembly import assemble
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.integration.hub import ACTOR, Hub, book
from tests.memory_link import MemoryBroker

T = TypeVar("T")
P = ParamSpec("P")


class Interrupted(Database):
    """A database whose writers have others come before them, as often as ``left`` says."""

    def __init__(self, url: URL) -> None:
        super().__init__(url)
        self.others: Callable[[], Awaitable[object]] | None = None
        self.left = 0

    async def run(self, work: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        if self.left and self.others is not None:
            self.left -= 1
            await self.others()
        return await super().run(work, *args, **kwargs)


class Desk:
    """A hub without its tasks, and a planner of its own that others come between."""

    def __init__(self, hub: Hub, database: Interrupted) -> None:
        self.hub = hub
        self.database = database
        self.standing: list[BookingView] = []
        self._hour = 8
        container = hub.container
        self._planner = Planner(
            database=database,
            link=container.mqtt.link,
            signer=Signer(container.keys.signing),
            clock=container.clock,
            changes=container.changes,
            site_configs=container.writer.site_configs,
            others=OtherGrants(container.estate, container.keys, container.holders),
            secret_names=container.enrolment.registry.secret_names,
            time=container.mqtt.time,
            registry=CollectorRegistry(),
        )

    async def book(self) -> BookingView:
        self._hour += 1
        made = await book(self.hub, f"2026-11-26T{self._hour:02}:00", f"2026-11-26T{self._hour:02}:30")
        self.standing.append(made)
        return made

    async def cancel(self, number: int = -1) -> BookingView:
        gone = self.standing.pop(number)
        await self.hub.container.bookings.cancel(gone.booking.id, why="", actor=Actor.acting(ACTOR))
        return gone

    async def swap(self) -> None:
        await self.cancel()
        await self.book()

    async def plan(self, others: Callable[[], Awaitable[object]] | None = None, *, times: int = 1) -> SignedPlan:
        self.database.others, self.database.left = others, times
        made = await self._planner.refresh(("ramsey", "main"))
        assert made is not None
        return made

    async def held(self, plan: SignedPlan) -> set[str | None]:
        """The bookings whose codes are in a plan."""
        async with self.database.read() as tx:
            content = assemble(plan.manifest, await repository.parts_of(tx, plan.manifest))
        return {
            grant.booking
            for door in content.doors.values()
            for index in door.grants
            for grants in index.values()
            for grant in grants
        }

    async def versions(self, view: BookingView) -> tuple[int | None, int | None]:
        """The first plan with a booking's code, and the first without it."""
        async with self.database.read() as tx:
            [grant] = (await held(tx, [view.booking.id]))[view.booking.id]
        return grant.on_version, grant.off_version

    @property
    def ids(self) -> set[str]:
        return {view.booking.id for view in self.standing}


@pytest.fixture
async def writer(settings: Settings, clock: ManualClock, passwords: Passwords) -> AsyncIterator[Desk]:
    link = MemoryBroker().client(subscriptions("up"))
    hub = Hub(build_app(settings, clock, passwords=passwords, link=link))
    await hub.container.start()
    database = Interrupted(hub.container.database.url)
    try:
        await hub.furnish()
        yield Desk(hub, database)
    finally:
        await database.close()
        await hub.container.close()


async def test_a_code_that_comes_between_waits_for_the_next_plan(writer: Desk) -> None:
    first = await writer.book()
    plan = await writer.plan(writer.book)
    assert await writer.held(plan) == {first.booking.id}
    assert await writer.versions(writer.standing[1]) == (None, None)
    following = await writer.plan()
    assert await writer.held(following) == writer.ids
    assert [(await writer.versions(view))[0] for view in writer.standing] == [
        plan.manifest.version,
        following.manifest.version,
    ]


@pytest.mark.parametrize("times", [1, 2, 100])
async def test_a_code_that_no_door_has_had_and_that_goes_between_is_in_no_plan(writer: Desk, times: int) -> None:
    await writer.book()
    plan = await writer.plan(writer.swap, times=times)
    assert await writer.held(plan) == writer.ids
    assert await writer.versions(writer.standing[0]) == (plan.manifest.version, None)


async def test_a_code_on_the_door_that_goes_between_is_off_with_the_plan_that_leaves_it_out(writer: Desk) -> None:
    gone = await writer.book()
    kept = await writer.plan()
    await writer.book()
    plan = await writer.plan(lambda: writer.cancel(0))
    assert gone.booking.id in await writer.held(plan)
    assert await writer.versions(gone) == (kept.manifest.version, None)
    following = await writer.plan()
    assert await writer.held(following) == writer.ids
    assert await writer.versions(gone) == (kept.manifest.version, following.manifest.version)


async def test_of_two_planners_the_one_that_looked_first_does_not_sign_last(writer: Desk) -> None:
    await writer.book()

    async def another() -> None:
        await writer.book()
        await Desk(writer.hub, writer.database).plan()

    plan = await writer.plan(another)
    assert await writer.held(plan) == writer.ids
