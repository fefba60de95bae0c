"""The controller killed with kill -9 while notices go out: none is missing, and at most those in flight come twice."""

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from controller.db.engine import Tx
from controller.diary.model import Draft
from controller.notices.tables import notices
from controller.people.model import Actor
from controller.schema import migrate
from controller.settings import Settings
from controller.web.app import build_app
from controller.web.fields import read_moment
from edge.wire.clock import SystemClock
from tests.eventually import eventually
from tests.faults.controller_process import ControllerProcess
from tests.integration.hub import ACTOR, SITE, Hub
from tests.services.fork_client import ForkServer
from tests.services.mail import SENDER, MailServer, mail_server
from tests.services.mosquitto import Broker

SPACES = 20


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


async def killed_again_and_again(
    folder: Path, broker: Broker, fork_server: ForkServer, *, count: int, kills: int, seed: str
) -> None:
    chance = random.Random(seed)  # not for secrets
    async with mail_server() as mail:
        addresses = await waiting_notices(folder, mail, count)
        more = f'[mail]\nhost = "127.0.0.1"\nport = {mail.settings.port}\nsecurity = "none"\nsender = "{SENDER}"\n'
        process = ControllerProcess(folder, broker, fork_server.start, more=more)
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
async def test_the_controller_killed_while_notices_go_out_sends_each_at_least_once(
    tmp_path: Path, mosquitto: Broker, fork_server: ForkServer
) -> None:
    await killed_again_and_again(tmp_path, mosquitto, fork_server, count=30, kills=2, seed="short")


@pytest.mark.faults_full
async def test_the_controller_killed_twenty_times_while_2000_notices_go_out_loses_none(
    tmp_path: Path, mosquitto: Broker, fork_server: ForkServer
) -> None:
    await killed_again_and_again(tmp_path, mosquitto, fork_server, count=2_000, kills=20, seed="long")
