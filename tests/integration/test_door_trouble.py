"""Doors that do not work, told to those whose bookings begin there soon: once, and once more when they work again.
Nobody calls anything: edges come and go, and the controller's own tasks do the rest."""

from collections.abc import AsyncIterator
from email.message import EmailMessage

import httpx
import msgspec
import pytest

from controller.platform.settings import Settings
from edge.wire.messages import DeviceState
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.controller.notices.test_notices import ROSA, text
from tests.controller.running import signed_in
from tests.digits import says
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub
from tests.integration.test_no_shows import pass_minutes
from tests.memory_link import MemoryBroker
from tests.services.mail import MailServer, mail_server

SOON = {"starts": "2026-11-25T14:00", "ends": "2026-11-25T16:00"}
LATE = {"starts": "2026-11-25T19:00", "ends": "2026-11-25T21:00"}
DOWN = subscriptions("down", site="ramsey", edge="main")


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def settings(any_settings: Settings, mail: MailServer) -> Settings:
    return msgspec.structs.replace(any_settings, mail=mail.settings)


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(hub.app) as client:
        yield client


async def book(client: httpx.AsyncClient, **fields: object) -> str:
    body = {"space": "hall", "title": "Choir", "people": 12, "contact_email": ROSA, **SOON, **fields}
    answer = await client.post("/api/v1/sites/ramsey/bookings", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def headlines(hub: Hub, mail: MailServer, *wanted: str) -> EmailMessage:
    """Wait for these mails and no others; the last of them."""

    async def there() -> bool:
        return len(mail.mails) >= len(wanted)

    await eventually(there, what=f"mails: {wanted}")
    await hub.quiet()
    assert [each["Subject"].partition(":")[0] for each in mail.mails] == list(wanted)
    return mail.mails[-1]


@pytest.mark.cases_full
async def test_an_edge_that_is_cut_off_is_told_once_and_so_is_its_return(
    hub: Hub, broker: MemoryBroker, client: httpx.AsyncClient, clock: ManualClock, mail: MailServer
) -> None:
    async with hub.edge(broker.client(DOWN)) as edge:
        made = await book(client)
        await book(client, title="Chess", **LATE)
        await hub.up_to_date()
        await pass_minutes(hub, clock, 12)
        await headlines(hub, mail, "Confirmed", "Confirmed")
        await edge.say_status(online=False)
        await hub.quiet()
    await pass_minutes(hub, clock, 9)
    await headlines(hub, mail, "Confirmed", "Confirmed")
    await pass_minutes(hub, clock, 30)
    told = await headlines(hub, mail, "Confirmed", "Confirmed", "Door trouble")
    assert told["Subject"] == "Door trouble: Choir, Hall, Wed 25 Nov, 14:00 to 16:00"
    said = text(told)
    assert "Front door has not been heard of since 12:1" in said
    assert "Your code is on it, so it should open all the same." in said
    assert "If you cannot get in, ring 01632 960 001." in said
    assert not list(told.iter_attachments())
    code = (await client.post(f"/api/v1/bookings/{made}/code")).json()["codes"][0]["code"]
    assert not says(said + str(told["Subject"]) + text(told, "html"), code)
    assert "kind=door_trouble" in str(told["List-Unsubscribe"])
    for _ in range(3):  # it comes and goes
        async with hub.edge(broker.client(DOWN)) as edge:
            await hub.up_to_date()
            await pass_minutes(hub, clock, 4)
            await edge.say_status(online=False)
            await hub.quiet()
        await pass_minutes(hub, clock, 4)
    await headlines(hub, mail, "Confirmed", "Confirmed", "Door trouble")
    async with hub.edge(broker.client(DOWN)):
        await hub.up_to_date()
        await pass_minutes(hub, clock, 11)
        works = await headlines(hub, mail, "Confirmed", "Confirmed", "Door trouble", "The door works again")
        assert "Come in as usual." in text(works)
        await pass_minutes(hub, clock, 30)
        await headlines(hub, mail, "Confirmed", "Confirmed", "Door trouble", "The door works again")


@pytest.mark.cases_full
async def test_a_lock_that_does_not_release_is_told_with_what_to_do(
    hub: Hub, edge: FakeEdge, client: httpx.AsyncClient, clock: ManualClock, mail: MailServer
) -> None:
    await book(client)
    await hub.up_to_date()
    await pass_minutes(hub, clock, 12)
    fault = DeviceState(
        device="front-door", kind="door", seq=5, at=clock.now(), values={"mode": "code", "fault": "lock_not_released"}
    )
    await edge.say_state(fault)
    await pass_minutes(hub, clock, 4)
    told = await headlines(hub, mail, "Confirmed", "Door trouble")
    assert "Front door: the lock does not release." in text(told)
    fixed = msgspec.structs.replace(fault, seq=6, at=clock.now(), values={"mode": "code"})
    await edge.say_state(fixed)
    await pass_minutes(hub, clock, 4)
    await headlines(hub, mail, "Confirmed", "Door trouble", "The door works again")


@pytest.mark.cases_full
async def test_a_code_that_does_not_come_on_the_door_is_told(
    hub: Hub, edge: FakeEdge, client: httpx.AsyncClient, clock: ManualClock, mail: MailServer
) -> None:
    await pass_minutes(hub, clock, 11)
    edge.refuses = "its disk is full"
    await book(client)
    await pass_minutes(hub, clock, 9)
    await headlines(hub, mail, "Confirmed")
    await pass_minutes(hub, clock, 5)
    told = await headlines(hub, mail, "Confirmed", "Door trouble")
    assert "Front door does not have your code yet." in text(told)


@pytest.mark.cases_full
async def test_while_the_broker_is_away_no_door_is_in_trouble(
    hub: Hub, broker: MemoryBroker, client: httpx.AsyncClient, clock: ManualClock, mail: MailServer
) -> None:
    async with hub.edge(broker.client(DOWN)):
        await book(client)
        await hub.up_to_date()
        await pass_minutes(hub, clock, 12)
        await headlines(hub, mail, "Confirmed")
        broker.kill()
        await pass_minutes(hub, clock, 40)
        await headlines(hub, mail, "Confirmed")


@pytest.mark.cases_full
async def test_what_was_confirmed_while_the_door_is_in_trouble_says_so_with_the_code(
    hub: Hub, broker: MemoryBroker, client: httpx.AsyncClient, clock: ManualClock, mail: MailServer
) -> None:
    async with hub.edge(broker.client(DOWN)) as edge:
        await hub.up_to_date()
        await pass_minutes(hub, clock, 11)
        await edge.say_status(online=False)
        await hub.quiet()
    await pass_minutes(hub, clock, 12)
    await book(client)
    await pass_minutes(hub, clock, 2)
    told = await headlines(hub, mail, "Confirmed")
    assert "It does not have your code." in text(told)
    await pass_minutes(hub, clock, 20)
    await headlines(hub, mail, "Confirmed")
