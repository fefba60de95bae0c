"""What ends when somebody leaves a party: rights, links, calendars, and with a leader the codes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.platform.settings import Settings
from tests.controller.access.test_door_codes import policy
from tests.controller.clock import ManualClock
from tests.controller.people.test_groups import people
from tests.controller.signin.signing import API, Json, put_party, signed_in_as
from tests.controller.signin.test_mail_sign_in import plain
from tests.controller.village import SITE, book, code_of, look
from tests.digits import says
from tests.services.mail import MailServer, mail_server

LEAVE = f"{API}/parties/choir/leave"


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def any_settings(any_settings: Settings, mail: MailServer) -> Settings:
    return msgspec.structs.replace(any_settings, mail=mail.settings)


@pytest.fixture
async def hub(any_village: httpx.AsyncClient) -> httpx.AsyncClient:
    await put_party(any_village, "choir", site=SITE, contact_name="Lena", contact_email="lena@choir.test")
    return any_village


@pytest.fixture
async def leader(any_app: FastAPI, hub: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    held = {"sites": [SITE], "party": "choir", "name": "Lena", "email": "lena@choir.test"}
    async with signed_in_as(any_app, hub, "group_leader", **held) as client:
        yield client


@pytest.fixture
async def other(any_app: FastAPI, hub: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    held = {"sites": [SITE], "party": "choir", "name": "Otto", "email": "otto@choir.test"}
    async with signed_in_as(any_app, hub, "group_leader", **held) as client:
        yield client


@pytest.fixture
async def member(any_app: FastAPI, hub: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in_as(any_app, hub, "group_member", sites=[SITE], party="choir", name="Mia") as client:
        yield client


async def opened(client: httpx.AsyncClient, link: str) -> int:
    return (await client.get(urlsplit(link).path)).status_code


async def links(client: httpx.AsyncClient, booking: Json) -> tuple[str, str]:
    found = await look(client, booking)
    return found["link"], found["show_link"]


async def test_a_leader_who_leaves_loses_rights_links_calendars_and_the_codes_change(
    hub: httpx.AsyncClient,
    leader: httpx.AsyncClient,
    other: httpx.AsyncClient,
    clock: ManualClock,
    any_container: Container,
    mail: MailServer,
) -> None:
    running = await book(hub, party="choir", starts="2026-11-25T11:00", ends="2026-11-25T14:00")
    coming = await book(hub, party="choir")
    hers = await book(
        hub, party="choir", starts="2026-11-27T18:00", ends="2026-11-27T20:00", contact_email="Lena@choir.test"
    )
    weekly = {"first_starts": "2026-12-03T18:00", "first_ends": "2026-12-03T20:00", "rule": "FREQ=WEEKLY;COUNT=3"}
    body = {"space": "hall", "party": "choir", "title": "Weekly", **weekly}
    assert (await hub.post(f"{API}/sites/{SITE}/series", json=body)).status_code == 201
    calendar = (await leader.post(f"{API}/subscriptions", json={"party": "choir", "shows": "titles"})).json()
    assert await opened(hub, calendar["link"]) == 200
    clock.set(datetime(2026, 11, 25, 12, tzinfo=UTC))
    await any_container.notice_worker.send_due()
    mail.mails.clear()
    before = {each["id"]: (await code_of(hub, each), await links(hub, each)) for each in (running, coming, hers)}
    assert (await leader.post(LEAVE)).status_code == 204
    assert (await leader.get(f"{API}/bookings/{coming['id']}")).status_code == 403
    assert (await leader.get(f"{API}/session")).json()["assignments"] == []
    for booking in (running, coming, hers):
        code, old = before[booking["id"]]
        new = await links(other, booking)
        assert [await opened(hub, each) for each in (*old, *new)] == [404, 404, 200, 200]
        assert (await code_of(other, booking) == code) is (booking is running)
    assert await opened(hub, calendar["link"]) == 404
    party = (await hub.get(f"{API}/parties/choir")).json()
    assert (party["contact_name"], party["contact_email"]) == ("Otto", "otto@choir.test")
    clock.advance(minutes=2)
    await any_container.notice_worker.send_due()
    assert {each["To"] for each in mail.mails} == {"otto@choir.test"}
    texts = [plain(each) for each in mail.mails]
    assert sum("Weekly" in each for each in texts) == 1
    assert not any(says(each, code) for each in texts for code, _ in [before[coming["id"]], before[hers["id"]]])
    log = (await hub.get(f"{API}/audit", params={"act": "leave"})).json()["items"]
    assert [each["user"] for each in log] == ["Lena"]


async def test_the_last_leader_leaves_only_once_another_leads_or_a_manager_ends_it(
    hub: httpx.AsyncClient, leader: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    own, mia = (await people(hub))["Lena"], (await people(hub))["Mia"]
    for refused in (
        await leader.post(LEAVE),
        await leader.delete(f"{API}/parties/choir/people/{own['id']}"),
        await leader.delete(f"{API}/parties/choir/people/{own['id']}", params={"force": True}),
        await leader.patch(f"{API}/parties/choir/people/{own['id']}", json={"role": "group_member"}),
        await hub.delete(f"{API}/parties/choir/people/{own['id']}"),
    ):
        assert refused.status_code == 409, refused.text
        assert "first make somebody else leader" in refused.json()["detail"]
    led = await leader.patch(f"{API}/parties/choir/people/{mia['id']}", json={"role": "group_leader"})
    assert led.is_success
    assert (await leader.post(LEAVE)).status_code == 204
    assert (await leader.post(LEAVE)).status_code == 404
    path = f"{API}/parties/choir/people/{mia['id']}"
    assert (await hub.delete(path)).status_code == 409
    assert (await hub.delete(path, params={"force": True})).json()["state"] == "over"


@pytest.mark.both_databases
async def test_two_last_leaders_who_leave_at_once_do_not_both_go(
    leader: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    both = await asyncio.gather(leader.post(LEAVE), other.post(LEAVE))
    assert sorted(each.status_code for each in both) == [204, 409]


async def test_when_a_member_leaves_the_link_that_was_passed_on_ends_and_the_code_stays(
    hub: httpx.AsyncClient, leader: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    booking = await book(hub, party="choir")
    code, (manage, show) = await code_of(hub, booking), await links(hub, booking)
    assert (await look(member, booking))["show_link"] == show
    assert (await member.post(LEAVE)).status_code == 204
    assert [await opened(hub, each) for each in (manage, show)] == [200, 404]
    assert await code_of(leader, booking) == code


async def test_a_leader_who_becomes_a_member_loses_the_link_to_manage_only(
    hub: httpx.AsyncClient, leader: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    booking = await book(hub, party="choir")
    code, (manage, show) = await code_of(hub, booking), await links(hub, booking)
    own = (await people(other))["Lena"]
    changed = await other.patch(f"{API}/parties/choir/people/{own['id']}", json={"role": "group_member"})
    assert changed.is_success
    assert [await opened(hub, each) for each in (manage, show)] == [404, 200]
    assert await code_of(other, booking) == code


async def test_a_code_that_a_group_shares_changes_for_what_comes_and_never_comes_back(
    hub: httpx.AsyncClient, leader: httpx.AsyncClient, other: httpx.AsyncClient, clock: ManualClock
) -> None:
    await policy(hub, codes=[{"per": "group"}])
    coming = await book(hub, party="choir")
    clock.advance(seconds=1)  # so that the one that keeps the old code is the newest booking
    running = await book(hub, party="choir", starts="2026-11-25T11:00", ends="2026-11-25T14:00")
    old = await code_of(hub, coming)
    assert await code_of(hub, running) == old
    clock.set(datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert (await leader.post(LEAVE)).status_code == 204
    new = await code_of(other, coming)
    assert (new != old, await code_of(other, running)) == (True, old)
    later = await book(hub, party="choir", starts="2026-11-28T18:00", ends="2026-11-28T20:00")
    assert await code_of(hub, later) == new


async def test_ending_the_account_of_a_leader_is_leaving_too(
    hub: httpx.AsyncClient, leader: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    booking = await book(hub, party="choir")
    code = await code_of(hub, booking)
    users = (await hub.get(f"{API}/users")).json()["items"]
    lena = next(each for each in users if each["name"] == "Lena")
    assert (await hub.patch(f"{API}/users/{lena['id']}", json={"ended": True})).is_success
    assert await code_of(other, booking) != code


@pytest.mark.cases_full
async def test_a_leader_who_is_a_member_too_takes_the_codes_along_however_both_roles_end(
    any_app: FastAPI, hub: httpx.AsyncClient, other: httpx.AsyncClient, clock: ManualClock
) -> None:
    booking = await book(hub, party="choir")
    for name in ("Lena", "Lara"):
        async with signed_in_as(any_app, hub, "group_leader", sites=[SITE], party="choir", name=name) as both:
            clock.advance(minutes=1)
            given = await hub.post(f"{API}/parties/choir/people", json={"user": name, "site": SITE})
            assert given.status_code == 201, given.text
            old = await code_of(hub, booking)
            if name == "Lena":
                assert (await both.post(LEAVE)).status_code == 204
            else:
                listed = (await hub.get(f"{API}/parties/choir/people")).json()["items"]
                for role in ("group_leader", "group_member"):
                    [held] = [each["id"] for each in listed if (each["user"], each["role"]) == (name, role)]
                    assert await code_of(hub, booking) == old
                    ended = await hub.delete(f"{API}/parties/choir/people/{held}")
                    assert ended.status_code == 200, ended.text
                    clock.advance(minutes=1)
            assert await code_of(hub, booking) != old
            assert (await both.get(f"{API}/session")).json()["assignments"] == []


@pytest.mark.parametrize(
    "change", [{"from_at": "2027-06-01"}, {"until_at": "2026-11-26T00:00"}, {"role": "group_member"}]
)
async def test_no_change_of_the_last_leaders_role_leaves_the_party_without_one(
    hub: httpx.AsyncClient, leader: httpx.AsyncClient, change: Json
) -> None:
    path = f"{API}/parties/choir/people/{(await people(leader))['Lena']['id']}"
    refused = await leader.patch(path, json=change)
    assert refused.status_code == 409, refused.text
    assert "first make somebody else leader" in refused.json()["detail"]
    assert (await people(leader))["Lena"]["state"] == "in_force"
    assert (await hub.patch(path, json={"until_at": "2027-06-01"}, params={"force": True})).status_code == 200
    assert (await leader.patch(path, json={"until_at": "2026-12-24"})).status_code == 409
