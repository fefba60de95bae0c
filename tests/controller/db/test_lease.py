"""One controller at a time has the lease, whatever clocks say; nothing of an earlier holder is committed or sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from controller.app.container import NamedTask
from controller.app.main import under_lease
from controller.db import lease as leases
from controller.db.engine import FENCE, Database, Tx
from controller.db.lease import LEASE_S, TAKE_S, LeaseLost, WorkLease
from controller.platform.mqtt_client import IN_FLIGHT, BrokerLink
from edge.wire.broker_link import Message
from tests.eventually import eventually
from tests.services.mosquitto import Broker
from tests.services.postgres_clock import put_clock

_ADD = text("INSERT INTO hire_terms (version, terms) VALUES ('1', 'x')")
_END = text("UPDATE leases SET until = to_timestamp(0)")


async def _add(tx: Tx) -> None:
    await tx.execute(_ADD)


class Controller:
    """A database and a lease of one of several controllers."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.lease = WorkLease(self.database.url, "work", self.database.name)
        self._engine = create_async_engine(url)
        self.connection: AsyncConnection

    async def __aenter__(self) -> "Controller":
        self.connection = await self._engine.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()
        await self._engine.dispose()
        await self.database.close()

    def certain(self) -> bool:
        return self.lease.is_certain

    async def end_lease(self) -> None:
        """As if its holder had given it back."""
        async with self.connection.begin():
            await self.connection.execute(_END)


class Steady:
    """The steady clock of all controllers. ``now``: seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    async def passes(self, seconds: float, watching: Controller) -> bool:
        """Let time pass while a controller looks again and again; whether it got the lease."""
        until = self.now + seconds
        while self.now < until:
            if await watching.lease.take(watching.connection):
                return True
            self.now += TAKE_S
        return await watching.lease.take(watching.connection)


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> Steady:
    made = Steady()
    monkeypatch.setattr(leases, "_now", lambda: made.now)
    return made


@pytest.fixture
async def new_url(postgres_url: Callable[..., str], postgres_template: str) -> str:
    url = postgres_url(postgres_template)
    await put_clock(url)
    return url


@pytest.fixture
async def first(new_url: str) -> AsyncIterator[Controller]:
    async with Controller(new_url) as controller:
        yield controller


@pytest.fixture
async def second(new_url: str) -> AsyncIterator[Controller]:
    async with Controller(new_url) as controller:
        yield controller


async def test_the_second_gets_it_with_a_higher_number_when_it_was_not_renewed_for_its_length_and_the_first_loses_it(
    first: Controller, second: Controller, steady: Steady
) -> None:
    assert await first.lease.take(first.connection)
    assert not await steady.passes(0.9 * LEASE_S, second)
    assert not first.certain()
    assert await first.lease.renew(first.connection)  # late, and nobody else has taken it
    assert first.certain()
    assert not await steady.passes(0.9 * LEASE_S, second)
    assert await steady.passes(0.2 * LEASE_S, second)
    assert (first.lease.number, second.lease.number) == (1, 2)
    with pytest.raises(LeaseLost):
        await first.lease.renew(first.connection)
    assert (first.lease.number, first.certain(), second.certain()) == (0, False, True)


async def test_one_that_was_given_back_need_not_be_waited_for(
    first: Controller, second: Controller, steady: Steady
) -> None:
    assert await first.lease.take(first.connection)
    assert not await second.lease.take(second.connection)
    await first.end_lease()
    assert await second.lease.take(second.connection)


@pytest.mark.parametrize("ahead", ["1 hour", "-1 hour"])
async def test_though_the_database_s_clock_jumps_nobody_has_the_lease_while_another_is_certain_of_it(
    first: Controller, second: Controller, steady: Steady, new_url: str, ahead: str
) -> None:
    assert await first.lease.take(first.connection)
    assert not await second.lease.take(second.connection)
    await put_clock(new_url, ahead)
    assert first.certain()
    assert not await second.lease.take(second.connection)
    for _ in range(3):
        assert await first.lease.renew(first.connection)
        assert not await steady.passes(0.9 * LEASE_S, second)
    await put_clock(new_url)
    assert not await second.lease.take(second.connection)
    assert await steady.passes(1.2 * LEASE_S, second)  # nobody renews it
    assert not first.certain()
    with pytest.raises(LeaseLost):
        await first.lease.renew(first.connection)


async def test_after_the_database_was_away_its_holder_has_time_to_renew_it(
    first: Controller, second: Controller, steady: Steady
) -> None:
    assert await first.lease.take(first.connection)
    assert not await second.lease.take(second.connection)
    steady.now += 2 * LEASE_S
    away = leases._Session(make_url("postgresql+asyncpg://postgres@127.0.0.1:1/nothing"), "nobody")
    assert not await second.lease._try(away, second.lease.take)
    await away.close()
    assert not await second.lease.take(second.connection)
    assert await first.lease.renew(first.connection)


async def test_a_look_that_hangs_in_the_database_takes_no_lease_whose_holder_hung_too(
    first: Controller, second: Controller, steady: Steady
) -> None:
    assert await first.lease.take(first.connection)
    assert not await second.lease.take(second.connection)
    steady.now += 0.2 * LEASE_S
    waits = text("SELECT count(*) FROM pg_locks WHERE relation = 'leases'::regclass AND NOT granted")

    async def hangs() -> bool:
        return bool((await first.connection.execute(waits)).scalar())

    async with first.connection.begin():
        await first.connection.execute(text("LOCK TABLE leases IN ACCESS EXCLUSIVE MODE"))
        looking = asyncio.create_task(second.lease.take(second.connection))
        await eventually(hangs, what="the look hangs")
        steady.now += 0.9 * LEASE_S
    assert not await looking
    steady.now += TAKE_S
    assert not await second.lease.take(second.connection)  # its holder may wait a while before it tries again
    assert await first.lease.renew(first.connection)


async def test_nothing_that_an_earlier_holder_began_before_or_begins_after_is_committed(
    first: Controller, second: Controller
) -> None:
    await first.lease.take(first.connection)
    FENCE.set(first.lease.require)

    async def sleeps_before_its_end() -> None:
        async with first.database.write() as tx:
            await tx.execute(_ADD)
            await second.end_lease()
            assert await second.lease.take(second.connection)

    with pytest.raises(SQLAlchemyError, match=r"commit|closed|terminat|in progress"):
        await sleeps_before_its_end()
    with pytest.raises(LeaseLost):
        await first.database.run(_add)
    FENCE.set(second.lease.require)
    async with second.database.write() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM hire_terms"))).scalar() == 0


async def test_it_is_certain_again_only_once_it_is_renewed(first: Controller, monkeypatch: pytest.MonkeyPatch) -> None:
    await first.lease.take(first.connection)
    slept = leases._now() + 3 * LEASE_S
    monkeypatch.setattr(leases, "_now", lambda: slept)
    waiting = asyncio.create_task(first.lease.certain())
    await first.database.close()  # anything that takes a while
    await asyncio.sleep(0)
    assert not waiting.done()
    await first.lease.renew(first.connection)
    await asyncio.wait_for(waiting, 10)


async def test_of_what_waits_for_a_slow_broker_nothing_more_is_sent_once_the_lease_is_lost(
    first: Controller, mosquitto: Broker
) -> None:
    await first.lease.take(first.connection)
    link = BrokerLink(host=mosquitto.host, port=mosquitto.port, subscribe=[], before=first.lease.certain)
    others = BrokerLink(host=mosquitto.host, port=mosquitto.port, subscribe=["hk/1/#"])
    heard = list[bytes]()

    async def listen(to: BrokerLink) -> None:
        async for each in to.events():
            if isinstance(each, Message):
                heard.append(each.payload)

    listening = [asyncio.create_task(listen(each)) for each in (link, others)]

    async def connected() -> bool:
        return link.connected and others.connected

    async def all_handed_over() -> bool:
        return sum(each.done() for each in sending) == IN_FLIGHT

    async def all_heard() -> bool:
        return b"last" in heard

    await eventually(connected, what="both are connected")
    mosquitto.pause()
    sending = [asyncio.create_task(link.publish("hk/1/ramsey/main/hello", b"x")) for _ in range(2 * IN_FLIGHT)]
    await asyncio.sleep(0)  # each is as far as it can be
    first.lease._number = 0
    mosquitto.resume()
    await eventually(all_handed_over, what="the broker has what was sent before")
    await others.publish("hk/1/ramsey/main/hello", b"last")
    await eventually(all_heard, what="the last message is heard")
    assert heard == [b"x"] * IN_FLIGHT + [b"last"]
    for each in (*sending, *listening):
        each.cancel()
    await asyncio.gather(*sending, *listening, return_exceptions=True)


async def test_work_ends_when_the_lease_is_lost_and_begins_elsewhere(
    first: Controller, second: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_S", 0.05)
    monkeypatch.setattr(leases, "TAKE_S", 0.05)
    at_work: list[str] = []

    async def work(name: str) -> None:
        at_work.append(name)
        try:
            await asyncio.Event().wait()
        finally:
            at_work.remove(name)

    async def works(name: str) -> None:
        async def look() -> bool:
            return at_work == [name]

        await eventually(look, what=f"the {name} works")

    one = asyncio.create_task(first.lease.run(lambda: work("first")))
    await works("first")
    two = asyncio.create_task(second.lease.run(lambda: work("second")))
    first.lease._number = 9  # as if it had slept, and another were at work
    with pytest.raises(LeaseLost):
        await one
    await second.end_lease()
    await works("second")
    two.cancel()  # in order: the next one need not wait
    await asyncio.gather(two, return_exceptions=True)
    assert await first.lease.take(first.connection)


async def test_without_the_lease_only_what_runs_everywhere_runs_and_with_it_the_rest_under_the_fence(
    first: Controller, second: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "TAKE_S", 0.05)
    ran: dict[str, bool] = {}

    async def run(name: str) -> None:
        async def child() -> None:
            ran[name] = FENCE.get() is not None

        async with asyncio.TaskGroup() as group:
            group.create_task(child())
        await asyncio.Event().wait()

    async def every() -> bool:
        return ran == {"everywhere": False}

    async def both() -> bool:
        return ran == {"everywhere": False, "alone": True}

    await first.lease.take(first.connection)
    tasks = [
        NamedTask(name=name, run=partial(run, name), everywhere=name != "alone") for name in ("alone", "everywhere")
    ]
    running = [asyncio.create_task(each.run()) for each in under_lease(tasks, second.lease)]
    await eventually(every, what="what runs everywhere runs")
    await first.end_lease()
    await eventually(both, what="the rest runs")
    for each in running:
        each.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_a_database_that_is_away_ends_no_work(first: Controller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_S", 0.02)
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    at_work = asyncio.create_task(first.lease.run(work))
    await asyncio.wait_for(started.wait(), 30)
    until = first.lease._certain_until
    ended = text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = :name")
    async with first.connection.begin():
        await first.connection.execute(ended, {"name": first.database.name})

    async def renewed() -> bool:
        return first.lease._certain_until > until

    await eventually(renewed, what="the lease is renewed on another connection")
    assert not at_work.done()
    at_work.cancel()
    await asyncio.gather(at_work, return_exceptions=True)
