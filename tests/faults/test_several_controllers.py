"""Two controllers over one PostgreSQL and one broker: when one is killed or sleeps, nothing is lost, doubled or stale.

Both answer people at any time; one of them, with the lease, speaks with edges and sends notices.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url
from websockets.asyncio.client import connect

from controller.app.http_app import build_app
from controller.bookings.diary.tables import bookings
from controller.db.engine import Database
from controller.db.lease import LEASE_S
from controller.platform.mqtt_client import BrokerLink
from controller.platform.settings import Settings
from controller.telemetry.tables import event_logs, events
from edge.wire.broker_link import Message
from edge.wire.clock import SystemClock
from edge.wire.events import Event
from edge.wire.topics import subscriptions
from tests.controller.running import BASE_URL, signed_in
from tests.controller.seeds import cheap_passwords
from tests.controller.telemetry.speaking import LOG, event
from tests.eventually import eventually
from tests.faults.controller_process import Broker as AnyBroker
from tests.faults.controller_process import ControllerProcess
from tests.faults.test_notices_killed import AT_WORK, mail_settings, waiting_notices
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub
from tests.services.fork_client import ForkServer
from tests.services.mail import mail_server
from tests.services.mosquitto import Broker


async def at_work(process: ControllerProcess) -> None:
    """Wait until it has the lease."""

    async def look() -> bool:
        return AT_WORK in process.log

    await eventually(look, what="the controller has the lease")


class Pair:
    """``first`` and ``second`` are not started yet. ``head``: of a request by somebody who may do everything."""

    def __init__(self, hub: Hub, first: ControllerProcess, second: ControllerProcess, token: str) -> None:
        self.hub = hub
        self.first = first
        self.second = second
        self.head = {"Authorization": f"Bearer {token}"}
        self.database: Database = hub.container.database

    async def ready(self, process: ControllerProcess) -> None:
        """Wait until nothing is wrong with it: it has a broker, and the audit log is sealed."""

        async def look() -> bool:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{process.port}/readyz")).is_success

        await eventually(look, what="the controller is ready")

    async def stored(self) -> list[tuple[str, int]]:
        """Log and number of every stored event."""
        query = select(event_logs.c.log, events.c.seq).join(event_logs, event_logs.c.id == events.c.log_id)
        async with self.database.read() as tx:
            return [(log, seq) for log, seq in await tx.execute(query.order_by(event_logs.c.log, events.c.seq))]

    async def book(self, at: ControllerProcess, number: int, key: str = "choir") -> httpx.Response:
        """Ask a controller for the ``number``-th hour from tomorrow on."""
        first = SystemClock().now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
        starts = first + timedelta(hours=number)
        body = {"space": "hall", "title": f"Choir {number}", "starts": starts.isoformat()}
        body["ends"] = (starts + timedelta(hours=1)).isoformat()
        return await self.post(at, "/sites/ramsey/bookings", body, f"{key}-{number}")

    async def post(self, at: ControllerProcess, path: str, body: dict[str, str], key: str) -> httpx.Response:
        head = self.head | {"Idempotency-Key": key}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{at.port}/api/v1", timeout=30) as client:
            return await client.post(path, json=body, headers=head)


@asynccontextmanager
async def open_pair(
    folder: Path, broker: AnyBroker, fork_server: ForkServer, database: str, *, of_first: str = ""
) -> AsyncIterator[Pair]:
    """On the database at that SQLAlchemy URL, which is empty but for its tables. ``of_first``: the address at which
    the first reaches it, where that is another."""
    url = make_url(database)
    one, two = folder / "one", folder / "two"
    one.mkdir()
    database = url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = Settings(data_dir=one, database=database, public_url=BASE_URL)
    app = build_app(settings, SystemClock(), passwords=cheap_passwords())
    hub = Hub(app)
    await hub.container.start()
    async with signed_in(app) as client:
        token = client.headers["Authorization"].removeprefix("Bearer ")
    await hub.furnish()
    two.mkdir()
    shutil.copytree(one / "keys", two / "keys")
    processes = [
        ControllerProcess(each, broker, fork_server.start, database=address)
        for each, address in ((one, of_first or database), (two, database))
    ]
    yield Pair(hub, processes[0], processes[1], token)
    for process in processes:
        await process.stop()
    await hub.container.close()


@pytest.fixture
async def pair(
    tmp_path: Path, mosquitto: Broker, fork_server: ForkServer, postgres_url: Callable[..., str], postgres_template: str
) -> AsyncIterator[Pair]:
    async with open_pair(tmp_path, mosquitto, fork_server, postgres_url(postgres_template)) as pair:
        yield pair


@pytest.fixture
async def edge(pair: Pair, mosquitto: Broker) -> AsyncIterator[FakeEdge]:
    await pair.first.start()
    await at_work(pair.first)
    await pair.second.start()
    filters = subscriptions("down", site="ramsey", edge="main")
    async with pair.hub.edge(BrokerLink(host=mosquitto.host, port=mosquitto.port, subscribe=filters)) as edge:
        await edge.until(lambda: edge.hellos and edge.manifest, "a hello and a plan")
        yield edge


def now_of(first: int, last: int) -> list[Event]:
    at = SystemClock().now()
    return [event(seq, at=at) for seq in range(first, last + 1)]


async def test_what_is_done_at_one_controller_reaches_the_door_by_the_other_and_goes_on_when_that_is_killed(
    pair: Pair, edge: FakeEdge
) -> None:
    await edge.send(now_of(1, 50))
    await edge.acknowledged(50)
    version = edge.manifest.version if edge.manifest else 0
    made = await pair.book(pair.second, 1)
    assert made.status_code == 201, made.text
    await edge.until(lambda: edge.manifest and edge.manifest.version > version, "a plan with the booking")
    version = edge.manifest.version if edge.manifest else 0
    down = await pair.post(pair.second, "/sites/ramsey/overrides", {"kind": "lock_down", "reason": "drill"}, "down")
    assert down.status_code == 201, down.text
    await edge.until(lambda: edge.manifest and edge.manifest.version > version, "a plan with the lock-down")
    body = {"kind": "unlock", "reason": "forgot a bag"}
    unlock = await pair.post(pair.second, "/sites/ramsey/doors/front-door/commands", body, "unlock")
    assert unlock.status_code == 202, unlock.text
    await edge.until(lambda: edge.commands, "the command")
    assert AT_WORK not in pair.second.log
    edge.hellos.clear()
    await pair.first.kill()
    await edge.until(lambda: edge.hellos, "a hello of the other controller")
    assert edge.hellos[0].next_seq == 51
    await edge.send(now_of(41, 150))
    await edge.acknowledged(150)
    assert await pair.stored() == [(LOG, seq) for seq in range(1, 151)]
    await pair.ready(pair.second)
    again = await pair.book(pair.second, 1)
    assert (again.status_code, again.json()["id"]) == (201, made.json()["id"])


@pytest.mark.faults_full
async def test_a_holder_that_sleeps_for_three_leases_publishes_stores_and_acknowledges_nothing_afterwards(
    pair: Pair, edge: FakeEdge, mosquitto: Broker
) -> None:
    await edge.send(now_of(1, 50))
    await edge.acknowledged(50)
    pair.first.pause()
    await edge.send(now_of(51, 100))  # the broker hands them to the one that sleeps
    edge.hellos.clear()
    await at_work(pair.second)
    await edge.until(lambda: edge.hellos, "a hello of the other controller")
    await edge.send(now_of(51, 100))
    await edge.acknowledged(100)
    assert (await pair.book(pair.second, 1)).status_code == 201
    await asyncio.sleep(3 * LEASE_S)
    pair.second.pause()  # from here on only the one that wakes up can send
    await edge.send(now_of(101, 150))
    heard: list[object] = []
    everything = BrokerLink(host=mosquitto.host, port=mosquitto.port, subscribe=["hk/1/#"])

    async def listen() -> None:
        async for each in everything.events():
            heard.append(each)  # noqa: PERF401  # they are looked at while it goes on

    listening = asyncio.create_task(listen())

    async def hears() -> bool:
        return everything.connected

    await eventually(hears, what="the listener is connected")
    pair.first.resume()
    async with asyncio.timeout(60):
        assert await pair.first.ended() == 1
    assert "another controller does the work" in pair.first.log
    assert [each for each in heard if isinstance(each, Message) and not each.retained] == []
    assert await pair.stored() == [(LOG, seq) for seq in range(1, 101)]
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    pair.second.resume()
    edge.acks.clear()
    await edge.send(now_of(101, 150))
    await edge.acknowledged(150)
    assert await pair.stored() == [(LOG, seq) for seq in range(1, 151)]
    await pair.first.start()
    assert (await pair.book(pair.first, 2)).status_code == 201
    await pair.second.stop()  # in order: it gives the lease back

    async def again_at_work() -> bool:
        return pair.first.log.count(AT_WORK) == 2

    await eventually(again_at_work, what="the first has the lease again", within_s=LEASE_S)
    await pair.ready(pair.first)
    assert "is not sealed any more" not in pair.first.log


@pytest.mark.faults_full
async def test_killed_under_load_no_booking_or_event_is_lost_or_doubled_and_a_watcher_moves_to_the_other(
    pair: Pair, edge: FakeEdge
) -> None:
    """Who gets no answer asks the other controller, with the same key."""
    first, second = pair.first, pair.second

    async def ask(number: int) -> str:
        for at in (first, second) if number % 2 else (second, first):
            try:
                answer = await pair.book(at, number)
            except httpx.TransportError:
                continue
            if "outcome-unknown" in answer.text:  # the first one asked is gone: look, then ask again
                async with pair.database.read() as tx:
                    query = select(bookings.c.id).where(bookings.c.title == f"Choir {number}")
                    if (found := (await tx.execute(query)).scalar()) is not None:
                        return str(found)
                answer = await pair.book(at, number, "again")
            assert answer.status_code == 201, answer.text
            return str(answer.json()["id"])
        raise AssertionError("no controller answers")

    looking = asyncio.Event()

    async def watch(process: ControllerProcess) -> AsyncIterator[dict[str, object]]:
        """A snapshot for each connection, and again when one has ended."""
        address = f"ws://127.0.0.1:{process.port}/api/v1/live?site=ramsey"
        async with connect(address, additional_headers=pair.head) as socket:
            yield msgspec.json.decode(await socket.recv())
            await socket.wait_closed()

    async def watch_both() -> dict[str, object]:
        """What a page does whose controller is gone: it connects again, to one that is there."""
        async for _ in watch(first):
            looking.set()
        async for snapshot in watch(second):
            return snapshot
        raise AssertionError("nothing was sent")

    watcher = asyncio.create_task(watch_both())
    await asyncio.wait_for(looking.wait(), 30)
    asking = [asyncio.create_task(ask(number)) for number in range(40)]
    sent = 0

    async def some() -> bool:
        return sum(each.done() for each in asking) >= 8

    for last in range(100, 1_001, 100):
        await edge.send(now_of(sent + 1, last))
        sent = last
        if last == 500:
            await eventually(some, what="some bookings are made")
            edge.hellos.clear()
            await first.kill()
    ids = await asyncio.gather(*asking)
    assert len(set(ids)) == 40
    assert (await asyncio.wait_for(watcher, 30))["type"] == "snapshot"
    await edge.until(lambda: edge.hellos, "a hello of the other controller")
    wanted = edge.hellos[0].next_seq
    for begin in range(min(wanted, 1_000), 1_001, 100):
        await edge.send(now_of(begin, min(begin + 99, 1_000)))
    await edge.acknowledged(1_000)
    assert await pair.stored() == [(LOG, seq) for seq in range(1, 1_001)]

    await edge.until(lambda: edge.plan and edge.plan.grant_count == 40, "every booking's code is on the door")


@pytest.mark.faults_full
@pytest.mark.parametrize("sleeps", [False, True])
async def test_notices_go_out_once_though_whoever_sends_them_is_killed_or_sleeps(
    tmp_path: Path,
    mosquitto: Broker,
    fork_server: ForkServer,
    postgres_url: Callable[..., str],
    postgres_template: str,
    sleeps: bool,
) -> None:
    """One that was in the server's hands at that moment may come twice, with the same Message-ID."""
    url = make_url(postgres_url(postgres_template)).set(drivername="postgresql")
    database = url.render_as_string(hide_password=False)
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    async with mail_server() as mail:
        addresses = await waiting_notices(one, mail, 60, database=database)
        two.mkdir()
        shutil.copytree(one / "keys", two / "keys")
        first, second = (
            ControllerProcess(each, mosquitto, fork_server.start, database=database, more=mail_settings(mail))
            for each in (one, two)
        )
        await first.start()
        await at_work(first)
        await second.start()

        async def some() -> bool:
            return len(mail.ids) >= 20

        async def every() -> bool:
            return {address for address, _ in mail.ids} == set(addresses)

        await eventually(some, what="some notices have gone out")
        if sleeps:
            first.pause()
        else:
            await first.kill()
        await eventually(every, what="every notice has gone out")
        if sleeps:
            first.resume()
            async with asyncio.timeout(60):
                assert await first.ended() == 1
        await second.stop()
        await first.stop()
        by_id = Counter(mail.ids)
        assert len(by_id) == len(addresses)
        assert sum(by_id.values()) - len(addresses) <= 1
