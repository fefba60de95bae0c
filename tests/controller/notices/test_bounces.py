"""Addresses from which mail comes back: marked, told another way, cleared."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from controller.app.container import Container
from controller.notices.bounces.model import blames_address
from controller.notices.tables import notices
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import ROSA, listed
from tests.controller.running import stranger
from tests.controller.signin.signing import make_user, put_party
from tests.controller.village import API, SITE, act, book, change
from tests.services.mail import Behaviour, MailServer

BOUNCED = f"{API}/sites/{SITE}/bounced-addresses"


@pytest.fixture
def container(app: FastAPI) -> Container:
    container: Container = app.state.container
    return container


@pytest.fixture
def sending(container: Container, clock: ManualClock) -> Sending:
    return Sending(container, clock)


async def marks(client: httpx.AsyncClient, path: str = BOUNCED) -> list[dict[str, object]]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


@pytest.mark.parametrize("refusal", [Behaviour.NO_SUCH_USER, Behaviour.MAILBOX_FULL, Behaviour.FULL_AFTER_DATA])
async def test_an_address_that_the_server_refuses_for_good_is_not_written_to_again(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, refusal: Behaviour
) -> None:
    mail.next = [refusal]
    booking = await book(village, contact_email="Rosa@Choir.test")
    await sending.after(minutes=1)
    [mark] = await marks(village)
    assert mark["contact_address"] == "Rosa@Choir.test"
    assert mark["reply"] == str(refusal)
    await act(village, booking, "cancel")
    await book(village, space="studio", contact_email=ROSA)
    for _ in range(3):
        await sending.after(minutes=1)
    assert mail.attempts == 1
    unreached = await listed(village, state="no_address")
    assert {each["reply"] for each in unreached} == {"mail to the address comes back"}


@pytest.mark.parametrize("reply", [Behaviour.GREYLIST, Behaviour.REFUSE_DATA, Behaviour.RELAY_DENIED])
async def test_a_refusal_that_is_not_about_the_address_marks_none(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, reply: Behaviour
) -> None:
    mail.next = [reply]
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    assert mail.attempts == 1
    assert await marks(village) == []


@pytest.mark.parametrize(
    ("reply", "blamed"),
    [
        ("550 5.1.1 no such user", True),
        ("550 No such user", True),
        ("552 5.2.2 over quota", True),
        ("550 5.4.1 Recipient address rejected: Access denied", True),
        ("554 5.7.1 Relay access denied", False),
        ("550 5.7.26 unauthenticated mail from hub.test is not accepted", False),
        ("550 5.1.8 sender's domain does not exist", False),
        ("554 5.6.0 the message contains a virus", False),
        ("550 10.5.7.1 is not on our list", True),
    ],
)
def test_an_address_is_blamed_for_what_is_wrong_with_it_alone(reply: str, blamed: bool) -> None:
    assert blames_address(reply) is blamed


async def test_a_mark_that_is_cleared_tells_what_is_ahead(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.NO_SUCH_USER]
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    await book(village, space="studio", title="Band", contact_email=ROSA)
    await sending.after(minutes=1)
    assert mail.raw == []
    [mark] = await marks(village)
    assert (await village.delete(f"{BOUNCED}/{mark['id']}")).status_code == 204
    assert await marks(village) == []
    await sending.after(minutes=1)
    assert sorted(each["Subject"].split(",")[0] for each in mail.mails) == ["Confirmed: Band", "Confirmed: Choir"]
    assert (await village.delete(f"{BOUNCED}/{mark['id']}")).status_code == 404
    log = (await village.get(f"{API}/audit?site={SITE}")).json()["items"]
    assert "clear bounced address" in {each["act"] for each in log}


async def test_a_notice_that_is_sent_again_by_hand_clears_its_address(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.NO_SUCH_USER]
    await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    [failed] = await listed(village, state="failed")
    await village.post(f"{API}/sites/{SITE}/notices/{failed['id']}/retry")
    assert await marks(village) == []
    await sending.after(seconds=1)
    assert [each["To"] for each in mail.mails] == [ROSA]


async def test_a_corrected_address_is_told(village: httpx.AsyncClient, sending: Sending, mail: MailServer) -> None:
    mail.next = [Behaviour.NO_SUCH_USER]
    await put_party(village, "choir", contact_email="rsoa@choir.test")
    await book(village, party="choir")
    await sending.after(minutes=1)
    [mark] = await marks(village)
    assert mark["party"] == "choir"
    await put_party(village, "choir", contact_email=ROSA)
    await sending.after(minutes=1)
    assert [each["To"] for each in mail.mails] == [ROSA]
    assert len(await marks(village)) == 1


async def test_another_site_finds_out_by_itself(
    village: httpx.AsyncClient, container: Container, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.NO_SUCH_USER]
    booking = await book(village, contact_email=ROSA)
    await sending.after(minutes=1)
    async with container.database.read() as tx:
        assert list((await tx.execute(select(notices.c.site).distinct())).scalars()) == [SITE]
    await change(village, booking, contact_email="other@choir.test")
    await sending.after(minutes=1)
    assert [each["To"] for each in mail.mails] == ["other@choir.test"]


async def test_a_party_that_is_forgotten_leaves_no_marked_address(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    mail.next = [Behaviour.NO_SUCH_USER]
    await put_party(village, "choir", contact_email=ROSA)
    booking = await book(village, party="choir")
    await sending.after(minutes=1)
    await act(village, booking, "cancel")
    assert len(await marks(village)) == 1
    assert (await village.post(f"{API}/parties/choir/forget")).is_success
    assert await marks(village) == []


async def test_mails_to_sign_in_by_no_longer_go_to_an_address_that_refused_one_until_it_is_cleared(
    app: FastAPI, client: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await make_user(client, "Rosa", "wall", email=ROSA)
    mail.next = [Behaviour.NO_SUCH_USER]
    async with stranger(app) as phone:
        for _ in range(2):
            assert (await phone.post(f"{API}/session/mail", json={"email": ROSA})).is_success
            await sending.after(minutes=1)
        assert mail.attempts == 1
        [mark] = await marks(client, f"{API}/bounced-addresses")
        assert mark["contact_address"] == ROSA
        assert (await client.delete(f"{API}/bounced-addresses/{mark['id']}")).status_code == 204
        await phone.post(f"{API}/session/mail", json={"email": ROSA})
        await sending.after(minutes=1)
    assert [each["To"] for each in mail.mails] == [ROSA]
