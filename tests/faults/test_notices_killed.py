"""The controller killed with kill -9 while notices go out: none is missing, and at most those in flight come twice."""

import asyncio
import random
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from controller.app.http_app import build_app
from controller.app.schema import migrate
from controller.bookings.diary.model import Draft
from controller.db.engine import Tx
from controller.db.lease import LEASE_S
from controller.notices.tables import notices
from controller.people.model import Actor
from controller.platform.settings import Settings
from controller.platform.web.fields import read_moment
from edge.wire.clock import SystemClock
from tests.eventually import eventually
from tests.faults.controller_process import ControllerProcess
from tests.integration.hub import ACTOR, SITE, Hub
from tests.services.fork_client import ForkServer
from tests.services.mail import SENDER, Behaviour, MailServer, mail_server
from tests.services.mosquitto import Broker
from tests.services.postgres import PostgresServer

SPACES = 20
AT_WORK = "This controller does the work of the estate"


async def waiting_notices(folder: Path, mail: MailServer, count: int, *, database: str | None = None) -> list[str]:
    """Book so often that so many notices are due; the addresses. ``database``: if it is not in the folder."""
    settings = Settings(data_dir=folder, mail=mail.settings, database=database)
    await migrate(settings.database_url)
    hub = Hub(build_app(settings, SystemClock()))
    container = hub.container
    await container.start()
    await hub.furnish()
    first = SystemClock().now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    addresses = [f"group-{number}@hub.test" for number in range(count)]
    for number, address in enumerate(addresses):
        starts = first + timedelta(hours=number)
        draft = Draft(
            space="hall",
            title=f"Group {number}",
            starts=read_moment(starts.isoformat()),
            ends=read_moment((starts + timedelta(hours=1)).isoformat()),
            contact_email=address,
        )
        await container.bookings.create(SITE.id, draft, actor=Actor.acting(ACTOR))

    async def due(tx: Tx) -> None:
        await tx.execute(update(notices).values(due_at=SystemClock().now()))

    await container.database.run(due)
    await container.close()
    return addresses


def mail_settings(mail: MailServer) -> str:
    """Lines of controller.toml."""
    return f'[mail]\nhost = "127.0.0.1"\nport = {mail.settings.port}\nsecurity = "none"\nsender = "{SENDER}"\n'


async def killed_again_and_again(
    folder: Path, broker: Broker, fork_server: ForkServer, *, count: int, kills: int, seed: str
) -> None:
    chance = random.Random(seed)  # not for secrets
    async with mail_server() as mail:
        addresses = await waiting_notices(folder, mail, count)
        process = ControllerProcess(folder, broker, fork_server.start, more=mail_settings(mail))
        for _ in range(kills):
            await process.start()
            goal = len(mail.ids) + chance.randrange(1, max(2, count // kills))

            async def some(goal: int = goal) -> bool:
                return len(mail.ids) >= min(goal, count)

            await eventually(some, what="some notices have gone out", within_s=900)
            await process.kill()
        await process.start()

        async def all_told() -> bool:
            return {address for address, _ in mail.ids} == set(addresses)

        try:
            await eventually(all_told, what="every notice has gone out", within_s=900)
        finally:
            await process.stop()
        by_id = Counter(mail.ids)
        assert len(by_id) == count  # a second copy has the first one's Message-ID
        assert sum(by_id.values()) - count <= kills  # one is in flight at a time


@pytest.mark.faults_full
async def test_killed_after_a_mail_was_taken_and_before_that_was_stored_it_sends_that_one_again_and_no_other(
    tmp_path: Path, mosquitto: Broker, fork_server: ForkServer
) -> None:
    async with mail_server() as mail:
        addresses = await waiting_notices(tmp_path, mail, 5)
        mail.next = [Behaviour.TAKE, Behaviour.TAKE, Behaviour.HOLD]
        process = ControllerProcess(tmp_path, mosquitto, fork_server.start, more=mail_settings(mail))

        async def held() -> bool:
            return len(mail.ids) == 3

        async def every() -> bool:
            return {address for address, _ in mail.ids} == set(addresses)

        await process.start()
        await eventually(held, what="the third mail is handed over", within_s=300)
        await process.kill()
        mail.released.set()
        await process.start()
        await eventually(every, what="every notice has gone out", within_s=300)
        await process.stop()
        by_id = Counter(mail.ids)
        assert len(by_id) == 5
        assert {each for each, count in by_id.items() if count == 2} == {mail.ids[2]}
        assert sum(by_id.values()) == 6


@pytest.mark.faults_full
async def test_the_primary_of_the_database_lost_while_a_mail_is_handed_over_costs_and_doubles_none(
    tmp_path: Path,
    mosquitto: Broker,
    fork_server: ForkServer,
    postgres_pair: tuple[PostgresServer, PostgresServer],
) -> None:
    """What became of it is stored at the promoted standby, however long that takes."""
    primary, standby = postgres_pair
    database = primary.url_with(standby, primary.create().rpartition("/")[2]).replace("+asyncpg", "")
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    async with mail_server() as mail:
        addresses = await waiting_notices(one, mail, 8, database=database)
        two.mkdir()
        shutil.copytree(one / "keys", two / "keys")
        mail.next = [Behaviour.TAKE, Behaviour.TAKE, Behaviour.HOLD]
        first, second = (
            ControllerProcess(each, mosquitto, fork_server.start, database=database, more=mail_settings(mail))
            for each in (one, two)
        )

        async def held() -> bool:
            return len(mail.ids) == 3

        async def every() -> bool:
            return {address for address, _ in mail.ids} == set(addresses)

        await first.start()
        await eventually(held, what="the third mail is handed over", within_s=300)
        await second.start()
        await asyncio.to_thread(primary.kill)
        mail.released.set()
        await asyncio.sleep(LEASE_S + 2)  # longer than the lease: nobody else may take it for ended
        await asyncio.to_thread(standby.promote)
        await eventually(every, what="every notice has gone out", within_s=300)
        for process in (first, second):
            await process.stop()
        assert Counter(mail.ids).total() == len(set(mail.ids)) == 8
        assert AT_WORK in first.log
        assert AT_WORK not in second.log


@pytest.mark.faults_full
async def test_the_controller_killed_while_notices_go_out_sends_each_at_least_once(
    tmp_path: Path, mosquitto: Broker, fork_server: ForkServer
) -> None:
    await killed_again_and_again(tmp_path, mosquitto, fork_server, count=30, kills=2, seed="short")


@pytest.mark.faults_full
async def test_the_controller_killed_twenty_times_while_2000_notices_go_out_loses_none(
    tmp_path: Path, mosquitto: Broker, fork_server: ForkServer
) -> None:
    await killed_again_and_again(tmp_path, mosquitto, fork_server, count=2_000, kills=20, seed="long")
