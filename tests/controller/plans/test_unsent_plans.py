"""A plan that the broker has not confirmed on a connection that lasts is sent again."""

from collections.abc import AsyncIterator

import pytest

from controller.people.model import Actor
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import ACTOR, Hub, book, open_hub
from tests.memory_link import MemoryBroker, MemoryLink


class RefusingLink(MemoryLink):
    """Passes on no message of the names in ``refuses``, as a broker that is connected and confirms other things."""

    def __init__(self, broker: MemoryBroker) -> None:
        super().__init__(broker, subscriptions("up"), None)
        self.refuses: set[str] = set()
        self.refused = 0

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        if "/".join(topic.split("/")[4:6]) in self.refuses:
            self.refused += 1
            return False
        return await super().publish(topic, payload, qos=qos, retain=retain)


@pytest.fixture
async def link(broker: MemoryBroker) -> RefusingLink:
    return RefusingLink(broker)


@pytest.fixture
async def hub(settings: Settings, clock: ManualClock, passwords: Passwords, link: RefusingLink) -> AsyncIterator[Hub]:
    async with open_hub(settings, clock, passwords, link=link) as hub:
        yield hub


async def test_a_plan_that_is_not_confirmed_on_a_live_connection_is_sent_again(
    hub: Hub, edge: FakeEdge, link: RefusingLink
) -> None:
    view = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await edge.until(lambda: edge.plan and edge.plan.grant_count == 1, "the code is on the door")
    await hub.up_to_date()
    link.refuses = {"plan"}
    await hub.container.bookings.cancel(view.booking.id, why="", actor=Actor.acting(ACTOR))
    await edge.until(lambda: link.refused, "the plan is not confirmed")
    link.refuses = set()
    await edge.until(lambda: edge.plan and edge.plan.grant_count == 0, "the code is off the door")
    await hub.up_to_date()


@pytest.mark.cases_full
async def test_a_part_that_is_not_confirmed_on_a_live_connection_is_sent_again(
    hub: Hub, edge: FakeEdge, link: RefusingLink
) -> None:
    link.refuses = {"plan/part"}
    await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await edge.until(lambda: link.refused, "a part is not confirmed")
    link.refuses = set()
    await edge.until(lambda: edge.plan and edge.plan.grant_count == 1, "the code is on the door")
    await hub.up_to_date()
