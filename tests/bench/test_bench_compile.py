"""Making a plan, SQL included: read, compile, sign, keep. Figures are printed, with the limits of a quiet machine."""

import secrets
import statistics
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from controller.access import repository as access
from controller.access.code_generation import NewGrant
from controller.app.schema import migrate
from controller.bookings.diary.tables import bookings
from controller.db.engine import Tx
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from edge.wire.ids import new_id, uuid7
from edge.wire.interval import Interval
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import NOW
from tests.integration.hub import Hub, open_hub
from tests.memory_link import MemoryBroker


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    settings = Settings(data_dir=tmp_path)
    await migrate(settings.database_url)
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    link = MemoryBroker().client(subscriptions("up"))
    async with open_hub(settings, ManualClock(NOW), passwords, link=link) as hub:
        await hub.quiet()
        yield hub


async def put_bookings(hub: Hub, first: int, count: int) -> None:
    """Write bookings of a quarter of an hour each, with a code each, one after the other."""

    async def put(tx: Tx) -> None:
        for number in range(first, first + count):
            booking = uuid7(NOW, number.to_bytes(10))
            start = NOW + timedelta(minutes=15 * (number % 3_000), seconds=number // 3_000)
            window = Interval(start=start, end=start + timedelta(minutes=15))
            row = dict.fromkeys(("title", "contact_name", "contact_phone", "created_by", "changed_by"), "")
            await tx.execute(
                bookings.insert().values(
                    row
                    | {
                        "id": booking,
                        "site": "ramsey",
                        "space": "hall",
                        "starts": window.start,
                        "ends": window.end,
                        "counted_in": 0,
                        "created_at": NOW,
                        "changed_at": NOW,
                        "version": 1,
                    }
                )
            )
            grant = NewGrant(
                id=new_id(NOW),
                booking_id=booking,
                owner=booking,
                door="front-door",
                code_key=secrets.token_bytes(32),
                window=window,
            )
            await access.insert_grants(tx, site="ramsey", new=[grant], now=NOW)

    await hub.container.database.run(put)


async def made_ms(hub: Hub, grants: int) -> float:
    """Milliseconds to make a plan, which holds so many grants."""
    began = time.perf_counter()
    plan = await hub.container.mqtt.planner.refresh(("ramsey", "main"))
    assert plan is not None
    took = (time.perf_counter() - began) * 1000
    assert plan.grants == grants
    return took


@pytest.mark.bench
@pytest.mark.parametrize(
    ("grants", "limit_ms"),
    [
        (500, 15),
        pytest.param(2_000, 60, marks=pytest.mark.bench),
        pytest.param(10_000, 300, marks=pytest.mark.bench),
    ],
)
async def test_a_plan_with_many_grants_holds_each_of_them_and_the_next_one_too(
    hub: Hub, grants: int, limit_ms: float
) -> None:
    await put_bookings(hub, 0, grants)
    first = await made_ms(hub, grants)
    again: list[float] = []
    for number in range(7):
        await put_bookings(hub, grants + number, 1)
        again.append(await made_ms(hub, grants + number + 1))
    print(
        f"\n{grants} grants: first plan {first:.0f} ms; one more booking {min(again):.0f} ms at best, "
        f"{statistics.median(again):.0f} ms in the middle = {statistics.median(again) / limit_ms:.2f} x the limit of "
        f"{limit_ms:.0f} ms"
    )
