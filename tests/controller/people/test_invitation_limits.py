"""What an invitation does not do: bring somebody back who was removed, block the group, or let digits be guessed."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.people.account_mails.model import MOST_FROM_NETWORK
from controller.people.groups.model import MOST_OPEN, SPARE_MAILS
from controller.signin import joining
from tests.controller.clock import ManualClock
from tests.controller.people.test_groups import people
from tests.controller.people.test_invitations import (
    INVITATIONS,
    ROSA,
    accept,
    any_settings,
    hub,
    invite,
    leader,
    mail,
    phone,
)
from tests.controller.running import BASE_URL
from tests.controller.signin.signing import API, Json, make_user, signed_in_as
from tests.controller.signin.test_mail_sign_in import digits_in, token_in
from tests.controller.village import SITE
from tests.services.mail import MailServer

__all__ = ["any_settings", "hub", "leader", "mail", "phone"]  # fixtures


def token_of(link: Json) -> str:
    return str(link["link"].partition("#")[2])


@pytest.fixture
async def guest(any_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser whose network is known."""
    transport = httpx.ASGITransport(any_app, client=("192.0.2.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield client


async def ask(client: httpx.AsyncClient, link: Json, email: str) -> httpx.Response:
    return await client.post(f"{API}/invitations/mail", json={"token": token_of(link), "email": email})


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_nobody_who_was_removed_comes_back_by_an_older_invitation(
    any_app: FastAPI,
    hub: httpx.AsyncClient,
    leader: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    clock: ManualClock,
    mail: MailServer,
) -> None:
    link, direct = await invite(leader, most_uses=5, days=3), await invite(leader, email=ROSA)
    await any_container.notice_worker.send_due()
    older = token_in(mail.mails[-1])
    async with signed_in_as(any_app, hub, "wall", sites=[SITE], name="Rosa", email=ROSA) as rosa:
        clock.advance(minutes=1)
        assert (await accept(rosa, token=token_of(link))).json()["already"] is False
        assert (await accept(rosa, token=token_of(link))).json()["already"] is True
        clock.advance(minutes=1)
        assert (await ask(phone, link, "rosa@elsewhere.test")).status_code == 202
        await any_container.notice_worker.send_due()
        through = token_in(mail.mails[-1])
        gone = await leader.delete(f"{API}/parties/choir/people/{(await people(leader))['Rosa']['id']}")
        assert (gone.status_code, gone.json()["ended_links"]) == (200, 1), gone.text
        clock.advance(minutes=1)
        assert (await ask(phone, link, "rosa@third.test")).status_code == 409, "nor with another address"
        again = await accept(phone, token=through, name="Rosa at another address")
        assert (again.status_code, "was withdrawn" in again.json()["detail"]) == (409, True)
        for token, why in ((token_of(link), "was withdrawn"), (older, "ended after it was made")):
            refused = await accept(rosa, token=token)
            assert (refused.status_code, why in refused.json()["detail"]) == (409, True)
        used = {each["id"]: each["uses"] for each in (await leader.get(INVITATIONS)).json()["items"]}
        assert used == {link["id"]: 1, direct["id"]: 0}
        assert (await people(leader))["Rosa"]["state"] == "over"
        assert (await leader.post(f"{INVITATIONS}/{direct['id']}/resend")).status_code == 200
        await any_container.notice_worker.send_due()
        assert (await accept(rosa, token=token_in(mail.mails[-1]))).status_code == 201


@pytest.mark.cases_full
async def test_who_floods_a_link_neither_blocks_the_groups_invitations_nor_sends_more_than_the_bound(
    leader: httpx.AsyncClient,
    guest: httpx.AsyncClient,
    any_container: Container,
    clock: ManualClock,
    mail: MailServer,
) -> None:
    guest = guest
    link = await invite(leader, most_uses=200, days=30)
    asked = [(await ask(guest, link, f"a{number}@x.test")).status_code for number in range(MOST_FROM_NETWORK + 1)]
    assert asked == [202] * MOST_FROM_NETWORK + [429]
    await invite(leader, email="real@choir.test")
    small = await invite(leader, most_uses=2, days=30)
    clock.advance(minutes=61)
    asked = [(await ask(guest, small, f"b{number}@x.test")).status_code for number in range(SPARE_MAILS + 3)]
    assert asked == [202] * (SPARE_MAILS + 2) + [409]
    await any_container.notice_worker.send_due()
    for number in range(MOST_OPEN):
        if number % MOST_FROM_NETWORK == 0:
            clock.advance(minutes=61)
        assert (await ask(guest, link, f"c{number}@x.test")).status_code == (202 if number < 190 else 409)
    await invite(leader, email="second@choir.test")
    assert (await leader.delete(f"{INVITATIONS}/{small['id']}")).status_code == 200
    sent = next(each for each in mail.mails if each["To"] == "b0@x.test")
    dead = await accept(guest, token=token_in(sent), name="Bea")
    assert (dead.status_code, "withdrawn" in dead.json()["detail"]) == (409, True)


async def test_above_a_bound_no_digits_of_invitations_are_taken_and_links_still_are(
    leader: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    clock: ManualClock,
    mail: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(joining, "MOST_WRONG_DIGITS", 8)
    for email in ("a@x.test", "b@x.test", ROSA):
        await invite(leader, email=email)
    await any_container.notice_worker.send_due()
    sent = next(each for each in mail.mails if each["To"] == ROSA)
    guesses = [await accept(phone, email=email, digits="000000") for email in ("a@x.test", "b@x.test") for _ in "1234"]
    assert {each.status_code for each in guesses} == {401}
    for email in (ROSA, "nobody@x.test"):
        blocked = await accept(phone, email=email, digits=digits_in(sent), name="Rosa")
        assert blocked.status_code == 429
        assert "open the link in the mail instead" in blocked.json()["detail"]
    assert (await accept(phone, token=token_in(sent), name="Rosa")).status_code == 201
    clock.advance(minutes=75)  # as `Retry-After` says
    await invite(leader, email="late@x.test")
    await any_container.notice_worker.send_due()
    assert (await accept(phone, email="late@x.test", digits=digits_in(mail.mails[-1]), name="Late")).status_code == 201


async def _two_links(leader: httpx.AsyncClient) -> tuple[Json, Json]:
    return await invite(leader, most_uses=5, days=3), await invite(leader, most_uses=5, days=3, role="group_leader")


async def _open(leader: httpx.AsyncClient) -> set[str]:
    """The ids of what still works."""
    return {each["id"] for each in (await leader.get(INVITATIONS)).json()["items"] if each["state"] == "open"}


async def test_a_leader_who_is_made_a_member_does_not_lead_again_by_an_open_link(
    any_app: FastAPI, hub: httpx.AsyncClient, leader: httpx.AsyncClient
) -> None:
    members, leaders = await _two_links(leader)
    personal = await invite(leader, email="new@choir.test", role="group_leader")
    async with signed_in_as(any_app, hub, "group_leader", sites=[SITE], party="choir", name="Max") as max_:
        place = f"{API}/parties/choir/people/{(await people(leader))['Max']['id']}"
        for role, ended in (("group_member", 1), ("group_leader", 0)):
            changed = await leader.patch(place, json={"role": role})
            assert (changed.status_code, changed.json()["ended_links"]) == (200, ended), changed.text
        assert await _open(leader) == {members["id"], personal["id"]}
        await leader.patch(place, json={"role": "group_member"})
        refused = await accept(max_, token=token_of(leaders))
        assert (await people(leader))["Max"]["role"] == "group_member", refused.text


@pytest.mark.parametrize("way", ["assignment", "user"])
async def test_links_end_however_somebody_is_removed(
    any_app: FastAPI, hub: httpx.AsyncClient, leader: httpx.AsyncClient, way: str
) -> None:
    await _two_links(leader)
    user = await make_user(hub, "Rosa", "group_member", sites=[SITE], party="choir")
    place = f"{API}/users/{user['id']}"
    if way == "user":
        ended = await hub.patch(place, json={"ended": True})
    else:
        ended = await hub.delete(f"{place}/assignments/{user['assignments'][0]['id']}")
    assert (ended.status_code, ended.json()["ended_links"]) == (200, 2), ended.text
    assert await _open(leader) == set()
    assert (await hub.get(f"{API}/users")).json()["items"][-1]["ended_links"] == 0


async def test_links_stay_where_somebody_leaves_by_themselves(
    any_app: FastAPI, hub: httpx.AsyncClient, leader: httpx.AsyncClient
) -> None:
    links = await _two_links(leader)
    async with signed_in_as(any_app, hub, "group_member", sites=[SITE], party="choir", name="Rosa") as rosa:
        assert (await rosa.post(f"{API}/parties/choir/leave")).status_code == 204
    assert await _open(leader) == {each["id"] for each in links}


@pytest.mark.parametrize("way", ["group", "user"])
async def test_an_earlier_end_ends_the_links_that_would_still_work_then(
    hub: httpx.AsyncClient, leader: httpx.AsyncClient, clock: ManualClock, way: str
) -> None:
    short, long = await invite(leader, most_uses=5, days=1), await invite(leader, most_uses=5, days=30)
    user = await make_user(hub, "Rosa", "group_member", sites=[SITE], party="choir")
    place = f"users/{user['id']}/assignments" if way == "user" else "parties/choir/people"
    client, place = (hub if way == "user" else leader), f"{API}/{place}/{user['assignments'][0]['id']}"
    for days, ended in ((40, 0), (2, 1), (3, 0)):
        until = {"until_at": (clock.now() + timedelta(days=days)).isoformat()}
        changed = await client.patch(place, json=until)
        assert (changed.status_code, changed.json()["ended_links"]) == (200, ended), changed.text
        assert await _open(leader) == ({short["id"]} if days < 40 else {short["id"], long["id"]})


@pytest.mark.parametrize("way", ["end now", "end earlier"])
async def test_links_end_that_would_work_when_the_role_that_is_left_ends(
    hub: httpx.AsyncClient, leader: httpx.AsyncClient, clock: ManualClock, way: str
) -> None:
    short, long = await invite(leader, most_uses=5, days=3), await invite(leader, most_uses=5, days=30)
    until = (clock.now() + timedelta(days=10)).isoformat()
    held = {"role": "group_member", "site": SITE, "party": "choir"}
    user = await make_user(hub, "Rosa", "", assignments=[held, {**held, "role": "group_leader", "until_at": until}])
    lasting = next(each for each in user["assignments"] if each["until_at"] is None)
    place = f"{API}/users/{user['id']}/assignments/{lasting['id']}"
    if way == "end now":
        changed = await hub.delete(place)
    else:
        changed = await hub.patch(place, json={"until_at": (clock.now() + timedelta(days=2)).isoformat()})
    assert (changed.status_code, changed.json()["ended_links"]) == (200, 1), changed.text
    assert await _open(leader) == {short["id"]}, long


@pytest.mark.parametrize("way", ["role", "user"])
async def test_nobody_who_was_removed_comes_back_by_their_address_with_a_new_name(
    hub: httpx.AsyncClient,
    leader: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    clock: ManualClock,
    mail: MailServer,
    way: str,
) -> None:
    until = None if way == "user" else (clock.now() + timedelta(days=1)).isoformat()
    role = {"role": "group_member", "site": SITE, "party": "choir", "until_at": until}
    rosa = await make_user(hub, "Rosa", "group_member", email=ROSA, assignments=[role])
    direct = await invite(leader, email=ROSA)
    if way == "user":
        clock.advance(minutes=1)
        assert (await hub.patch(f"{API}/users/{rosa['id']}", json={"ended": True})).status_code == 200
    clock.advance(days=2)
    await any_container.notice_worker.send_due()
    back = await accept(phone, token=token_in(mail.mails[-1]), name="Rosa again")
    assert (back.status_code, "ended after it was made" in back.json()["detail"]) == (409, True)
    assert (await leader.post(f"{INVITATIONS}/{direct['id']}/resend")).status_code == 200
    await any_container.notice_worker.send_due()
    assert (await accept(phone, token=token_in(mail.mails[-1]), name="Rosa again")).status_code == 201


async def test_on_a_shared_address_one_who_is_promoted_ends_no_invitation_of_another(
    any_app: FastAPI,
    hub: httpx.AsyncClient,
    leader: httpx.AsyncClient,
    phone: httpx.AsyncClient,
    any_container: Container,
    clock: ManualClock,
    mail: MailServer,
) -> None:
    await invite(leader, email=ROSA)
    link = await invite(leader, most_uses=1, days=1, role="group_leader")
    await any_container.notice_worker.send_due()
    clock.advance(minutes=1)
    async with signed_in_as(any_app, hub, "group_member", sites=[SITE], party="choir", name="Mia", email=ROSA) as mia:
        assert (await accept(mia, token=token_of(link))).status_code == 201
    joined = await accept(phone, token=token_in(mail.mails[-1]), name="Rosa")
    assert joined.status_code == 201, joined.text
    found = (await leader.get(f"{API}/parties/choir/people")).json()["items"]
    held = {(each["user"], each["role"]) for each in found if each["state"] == "in_force"}
    assert held == {("Lena", "group_leader"), ("Mia", "group_leader"), ("Rosa", "group_member")}
