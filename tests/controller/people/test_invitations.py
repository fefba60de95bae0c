"""Invitations by mail and by link, through a real mail server."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.platform.settings import Settings
from tests.controller.clock import ManualClock
from tests.controller.people.test_groups import people
from tests.controller.running import stranger
from tests.controller.signin.signing import API, Json, make_user, put_party, signed_in_as
from tests.controller.signin.test_mail_sign_in import digits_in, plain, token_in
from tests.controller.village import SITE
from tests.services.mail import MailServer, mail_server

INVITATIONS = f"{API}/parties/choir/invitations"
ROSA = "rosa@choir.test"


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def any_settings(any_settings: Settings, mail: MailServer) -> Settings:
    return msgspec.structs.replace(any_settings, mail=mail.settings)


@pytest.fixture
async def hub(any_village: httpx.AsyncClient) -> httpx.AsyncClient:
    await put_party(any_village, "choir", site=SITE, name="Fen Choir")
    return any_village


@pytest.fixture
async def leader(any_app: FastAPI, hub: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in_as(any_app, hub, "group_leader", sites=[SITE], party="choir", name="Lena") as client:
        yield client


@pytest.fixture
async def phone(any_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which nobody has signed in."""
    async with stranger(any_app) as client:
        yield client


async def invite(client: httpx.AsyncClient, **fields: object) -> Json:
    answer = await client.post(INVITATIONS, json={"site": SITE} | fields)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def accept(client: httpx.AsyncClient, **fields: object) -> httpx.Response:
    return await client.post(f"{API}/invitations/accept", json=fields)


async def states(client: httpx.AsyncClient) -> list[str]:
    return [each["state"] for each in (await client.get(INVITATIONS)).json()["items"]]


async def test_somebody_new_joins_by_the_link_of_a_mail_and_is_signed_in(
    hub: httpx.AsyncClient,
    leader: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
) -> None:
    made = await invite(leader, email=ROSA)
    assert (made["state"], made["email"], made["link"], made["invited_by"]) == ("open", ROSA, None, "Lena")
    await any_container.notice_worker.send_due()
    sent = mail.mails[-1]
    assert (sent["To"], sent["Subject"]) == (ROSA, "Invitation to Fen Choir")
    assert "Lena invites you to “Fen Choir”" in plain(sent)
    token = token_in(sent)
    await phone.get("/invitation")
    facts = await phone.post(f"{API}/invitations/look", json={"token": token})
    assert facts.json() | {"expires_at": ""} == {
        "party": "choir",
        "party_name": "Fen Choir",
        "role": "group_member",
        "invited_by": "Lena",
        "by_mail": True,
        "expires_at": "",
        "users": [],
    }
    nameless = await accept(phone, token=token)
    assert (nameless.status_code, nameless.json()["errors"][0]["field"]) == (422, "name")
    taken = await accept(phone, token=token, name="lena")
    assert taken.status_code == 409
    joined = await accept(phone, token=token, name="Rosa")
    assert joined.status_code == 201, joined.text
    assert (joined.json()["user"], joined.json()["new"], joined.json()["signed_in"]) == ("Rosa", True, True)
    session = (await phone.get(f"{API}/session")).json()
    assert [(each["role"], each["party"]) for each in session["assignments"]] == [("group_member", "choir")]
    assert (await people(leader))["Rosa"]["given_by"] == "Lena"
    again = await accept(phone, token=token)
    assert (again.status_code, again.json()["already"]) == (201, True)
    await phone.delete(f"{API}/session")
    phone.cookies.clear()
    late = await accept(phone, token=token, name="Thief")
    assert late.status_code == 409
    assert "accepted already" in late.json()["detail"]
    assert await states(leader) == ["accepted"]
    user = await hub.get(f"{API}/users")
    assert next(each for each in user.json()["items"] if each["name"] == "Rosa")["email"] == ROSA


async def test_an_existing_user_joins_by_digits_and_then_signs_in_as_usual(
    hub: httpx.AsyncClient,
    leader: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
) -> None:
    await put_party(hub, "scouts", site=SITE)
    await make_user(hub, "Rosa", "group_member", sites=[SITE], party="scouts", password=None, email=ROSA)
    known, unknown = await invite(leader, email=ROSA), await invite(leader, email="nobody@choir.test")
    assert known.keys() == unknown.keys()
    assert {known["state"], unknown["state"]} == {"open"}
    await any_container.notice_worker.send_due()
    sent = next(each for each in mail.mails if each["To"] == ROSA)
    right = digits_in(sent)
    wrong = f"{(int(right.replace(' ', '')) + 1) % 1_000_000:06d}"
    for email in (ROSA, "somebody@else.test"):
        refused = await phone.post(f"{API}/invitations/look", json={"email": email, "digits": wrong})
        assert refused.status_code == 401
    joined = await accept(phone, email=ROSA.upper(), digits=right)
    assert joined.status_code == 201, joined.text
    assert (joined.json()["user"], joined.json()["signed_in"]) == ("Rosa", False)
    assert (await phone.get(f"{API}/session")).status_code == 401
    assert (await people(leader))["Rosa"]["state"] == "in_force"


async def test_digits_are_tried_five_times_and_the_link_still_works(
    leader: httpx.AsyncClient, phone: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    await invite(leader, email=ROSA)
    await any_container.notice_worker.send_due()
    right = digits_in(mail.mails[-1])
    wrong = f"{(int(right.replace(' ', '')) + 1) % 1_000_000:06d}"
    for digits in (*[wrong] * 5, right):
        refused = await accept(phone, email=ROSA, digits=digits, name="Rosa")
        assert refused.status_code == 401, refused.text
    assert (await accept(phone, token=token_in(mail.mails[-1]), name="Rosa")).status_code == 201


async def test_an_invitation_ends_after_seven_days_and_a_new_mail_ends_the_old_one(
    leader: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    clock: ManualClock,
    mail: MailServer,
) -> None:
    made = await invite(leader, email=ROSA)
    await any_container.notice_worker.send_due()
    first = token_in(mail.mails[-1])
    clock.advance(days=7)
    assert await states(leader) == ["expired"]
    late = await accept(phone, token=first, name="Rosa")
    assert (late.status_code, "has run out" in late.json()["detail"]) == (409, True)
    again = await leader.post(f"{INVITATIONS}/{made['id']}/resend")
    assert (again.status_code, again.json()["state"]) == (200, "open")
    await any_container.notice_worker.send_due()
    assert (await accept(phone, token=first, name="Rosa")).status_code == 401
    assert (await accept(phone, token=token_in(mail.mails[-1]), name="Rosa")).status_code == 201
    assert (await leader.post(f"{INVITATIONS}/{made['id']}/resend")).status_code == 409


async def test_a_withdrawn_invitation_and_one_of_somebody_who_lost_the_right_are_dead(
    hub: httpx.AsyncClient,
    leader: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
) -> None:
    one = await invite(leader, email=ROSA)
    await any_container.notice_worker.send_due()
    token = token_in(mail.mails[-1])
    assert (await leader.delete(f"{INVITATIONS}/{one['id']}")).json()["state"] == "withdrawn"
    dead = await accept(phone, token=token, name="Rosa")
    assert (dead.status_code, "was withdrawn" in dead.json()["detail"]) == (409, True)
    await invite(leader, email="other@choir.test")
    await any_container.notice_worker.send_due()
    own = (await people(hub))["Lena"]
    gone = await hub.delete(f"{API}/parties/choir/people/{own['id']}", params={"force": True})
    assert gone.status_code == 200, gone.text
    assert (await leader.get(INVITATIONS)).status_code == 403
    listed = (await hub.get(INVITATIONS)).json()["items"]
    assert {each["state"]: each["link"] for each in listed} == {"void": None, "withdrawn": None}
    dead = await phone.post(f"{API}/invitations/look", json={"token": token_in(mail.mails[-1])})
    assert (dead.status_code, "Lena may no longer invite" in dead.json()["detail"]) == (409, True)


async def test_nobody_invites_to_a_role_that_they_lack(
    any_app: FastAPI, hub: httpx.AsyncClient, leader: httpx.AsyncClient
) -> None:
    for role, status in (("manager", 422), ("public", 422)):
        answer = await leader.post(INVITATIONS, json={"site": SITE, "role": role, "email": ROSA})
        assert answer.status_code == status, answer.text
    assert (await leader.post(INVITATIONS, json={"email": ROSA})).status_code == 403  # for all sites
    assert (await leader.post(f"{API}/parties/bells/invitations", json={"email": ROSA})).status_code == 403
    async with signed_in_as(any_app, hub, "group_member", sites=[SITE], party="choir", name="Mia") as member:
        assert (await member.post(INVITATIONS, json={"site": SITE, "email": ROSA})).status_code == 403


async def test_who_leads_for_some_time_invites_for_no_longer(
    any_app: FastAPI, hub: httpx.AsyncClient, phone: httpx.AsyncClient, any_container: Container, mail: MailServer
) -> None:
    held = [{"role": "group_leader", "site": SITE, "party": "choir", "until_at": "2026-12-31"}]
    async with signed_in_as(any_app, hub, "user", name="Term", assignments=held) as leader:
        await invite(leader, email=ROSA)
        await any_container.notice_worker.send_due()
        assert (await accept(phone, token=token_in(mail.mails[-1]), name="Rosa")).status_code == 201
        assert (await people(leader))["Rosa"]["until_at"] == "2027-01-01T00:00:00+00:00"


async def test_at_most_five_mails_an_hour_go_to_an_address(leader: httpx.AsyncClient) -> None:
    for _ in range(5):
        await invite(leader, email=ROSA)
    sixth = await leader.post(INVITATIONS, json={"site": SITE, "email": ROSA})
    assert sixth.status_code == 429
    assert len(await states(leader)) == 5


@pytest.mark.both_databases
async def test_a_link_lets_in_so_many_people_and_then_no_more(
    any_app: FastAPI,
    hub: httpx.AsyncClient,
    leader: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    mail: MailServer,
) -> None:
    made = await invite(leader, most_uses=2, days=2)
    address, _, token = made["link"].partition("#")
    assert address.endswith("/invitation")
    picture = await leader.get(f"{INVITATIONS}/{made['id']}/qr.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.text.startswith("<?xml")
    assert token not in picture.text
    first = await accept(phone, token=token)
    assert (first.status_code, first.json()["errors"][0]["field"]) == (422, "email")
    for email in (ROSA, "nobody@choir.test"):
        asked = await phone.post(f"{API}/invitations/mail", json={"token": token, "email": email})
        assert (asked.status_code, asked.text) == (202, "null")
    await any_container.notice_worker.send_due()
    sent = next(each for each in mail.mails if each["To"] == ROSA)
    assert (await accept(phone, token=token_in(sent), name="Rosa")).status_code == 201
    async with signed_in_as(any_app, hub, "wall", sites=[SITE], name="Ben") as ben:
        both = await asyncio.gather(accept(ben, token=token), accept(ben, token=token))
        assert sorted(each.json()["already"] for each in both) == [False, True]
    assert await states(leader) == ["accepted"]
    async with signed_in_as(any_app, hub, "wall", sites=[SITE], name="Eve") as eve:
        assert (await accept(eve, token=token)).status_code == 409
    other = next(each for each in mail.mails if each["To"] == "nobody@choir.test")
    await phone.delete(f"{API}/session")
    assert (await accept(phone, token=token_in(other), name="Nobody")).status_code == 409
    assert set(await people(leader)) == {"Lena", "Rosa", "Ben"}


async def test_a_member_who_is_invited_to_lead_has_one_role_then(
    any_app: FastAPI, hub: httpx.AsyncClient, leader: httpx.AsyncClient
) -> None:
    made = await invite(leader, most_uses=1, days=1, role="group_leader")
    token = made["link"].partition("#")[2]
    async with signed_in_as(any_app, hub, "group_member", sites=[SITE], party="choir", name="Mia") as mia:
        joined = await accept(mia, token=token)
        assert (joined.status_code, joined.json()["already"]) == (201, False)
    found = (await leader.get(f"{API}/parties/choir/people")).json()["items"]
    held = {each["role"]: each["state"] for each in found if each["user"] == "Mia"}
    assert held == {"group_member": "over", "group_leader": "in_force"}
