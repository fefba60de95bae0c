"""Who gets which notices, and how: chosen by the person, for a party, or by the link in a mail."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.notices.model import BOOKING_KINDS, Channel, NoticeKind
from controller.notices.preferences.channel_choice import channels_for, used_channels
from controller.notices.preferences.model import REQUIRED, By
from controller.platform.settings import Settings
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import ROSA, listed, text
from tests.controller.notices.test_notices_cli import Hallkeeper, hallkeeper  # noqa: F401  # a fixture
from tests.controller.notices.test_reminders import NEXT_WEEK, headlines
from tests.controller.notices.test_sms import AS_WRITTEN, NUMBER
from tests.controller.running import stranger
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, act, book, change, post
from tests.services.mail import MailServer
from tests.services.sms import SmsServer, sms_server

OWN = f"{API}/session/notice-preferences"
CHOIR = f"{API}/parties/choir/notice-preferences"
EVE = datetime(2026, 12, 2, 17, 0, tzinfo=UTC)
BOTH = frozenset(Channel)


@pytest.fixture
async def gateway() -> AsyncIterator[SmsServer]:
    async with sms_server() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, gateway: SmsServer) -> Settings:
    return msgspec.structs.replace(settings, sms=gateway.settings)


@pytest.fixture
def any_settings(any_settings: Settings, gateway: SmsServer) -> Settings:
    return msgspec.structs.replace(any_settings, sms=gateway.settings, public_url="https://hub.test")


@pytest.fixture
async def village(village: httpx.AsyncClient) -> httpx.AsyncClient:
    await put_party(village, "choir", contact_email=ROSA, contact_phone=AS_WRITTEN)
    return village


@pytest.fixture
def sending(village: httpx.AsyncClient, app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(app.state.container, clock)


async def choose(client: httpx.AsyncClient, url: str = CHOIR, **choices: str) -> None:
    answer = await client.patch(url, json={"choices": choices})
    assert answer.status_code == 200, answer.text
    shown = {each["kind"]: each["by"] for each in answer.json()["items"]}
    assert shown | choices == shown


def texts(gateway: SmsServer) -> list[str]:
    return [each["text"].split(": ")[1] for each in gateway.texts]


def stop_link(mail: EmailMessage) -> str:
    return str(mail["List-Unsubscribe"]).strip("<>")


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.mark.parametrize("kind", BOOKING_KINDS)
@pytest.mark.parametrize("reachable", [frozenset({Channel.MAIL}), frozenset({Channel.SMS}), BOTH])
def test_what_must_be_told_goes_by_one_channel_at_least(kind: NoticeKind, reachable: frozenset[Channel]) -> None:
    for by in By:
        chosen = channels_for({kind: by}, kind, reachable)
        assert chosen <= reachable
        assert bool(chosen) is (by is not By.NONE)
    assert channels_for({}, kind, BOTH) == {Channel.MAIL}
    assert used_channels({kind: By.SMS}, BOTH) == BOTH


async def test_each_kind_goes_by_the_channels_that_were_chosen(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, gateway: SmsServer, clock: ManualClock
) -> None:
    await choose(village, confirmed="both", reminder="sms", cancelled="mail")
    booking = await book(village, party="choir", **NEXT_WEEK)
    await sending.after(minutes=1)
    clock.set(EVE)
    await sending.after(minutes=1)
    await act(village, booking, "cancel")
    await sending.after(minutes=1)
    assert (headlines(mail), texts(gateway)) == (["Confirmed", "Cancelled"], ["Confirmed", "Reminder"])
    assert {each["to"] for each in gateway.texts} == {NUMBER}


async def test_a_channel_chosen_later_goes_on_from_what_was_told_by_the_other(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, gateway: SmsServer, clock: ManualClock
) -> None:
    booking = await book(village, party="choir", **NEXT_WEEK)
    await sending.after(minutes=1)
    await choose(village, moved="sms", reminder="both")
    await change(village, booking, starts="2026-12-03T18:30")
    await sending.after(minutes=1)
    clock.set(EVE)
    await sending.after(minutes=1)
    assert (headlines(mail), texts(gateway)) == (["Confirmed", "Reminder"], ["Moved", "Reminder"])


async def test_the_choice_at_sending_time_counts(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, gateway: SmsServer
) -> None:
    await book(village, party="choir", **NEXT_WEEK)
    await choose(village, confirmed="sms")
    await sending.after(minutes=1)
    await sending.after(seconds=1)
    assert (headlines(mail), texts(gateway)) == ([], ["Confirmed"])
    assert sorted((each["channel"], each["state"]) for each in await listed(village)) == [
        ("mail", "skipped"),
        ("sms", "sent"),
    ]
    await sending.after(hours=1)
    assert len(gateway.texts) == 1


async def test_who_cannot_be_reached_as_they_chose_is_told_the_other_way(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, gateway: SmsServer
) -> None:
    await put_party(village, "choir", contact_email=ROSA, contact_phone="01487 555010")
    await choose(village, confirmed="sms")
    await book(village, party="choir", **NEXT_WEEK)
    await sending.after(minutes=1)
    assert (headlines(mail), gateway.texts) == (["Confirmed"], [])


async def test_what_is_switched_off_is_not_told_and_not_made_up_for(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    await choose(village, reminder="none", requested="none")
    booking = await book(village, party="choir", **NEXT_WEEK)
    await sending.after(minutes=1)
    clock.set(EVE)
    for _ in range(3):
        await sending.after(minutes=1)
    await choose(village, reminder="mail")
    await change(village, booking, notes="Bring the lectern")
    await sending.after(minutes=1)
    assert headlines(mail) == ["Confirmed"]
    assert [each["state"] for each in await listed(village)] == ["skipped", "skipped", "sent"]


@pytest.mark.parametrize("kind", sorted(REQUIRED))
async def test_code_and_closure_cannot_be_switched_off(village: httpx.AsyncClient, kind: NoticeKind) -> None:
    answer = await village.patch(CHOIR, json={"choices": {kind.name.lower(): "none", "reminder": "none"}})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == f"choices.{kind.name.lower()}"
    assert "cannot be switched off" in error["message"]
    assert {each["by"] for each in (await village.get(CHOIR)).json()["items"]} == {"mail"}


async def test_a_user_chooses_for_their_own_address_and_everybody_with_it_sees_that(
    village: httpx.AsyncClient, app: FastAPI, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    assert (await village.get(OWN)).json()["items"] == []
    nobody = await village.patch(OWN, json={"choices": {"reminder": "none"}})
    assert (nobody.status_code, nobody.json()["title"]) == (409, "There is no address to which notices go")
    async with signed_in_as(app, village, "group_leader", party="choir") as leader:
        me = (await leader.get(f"{API}/session")).json()["user"]
        [user] = [each for each in (await village.get(f"{API}/users")).json()["items"] if each["name"] == me]
        changed = await village.patch(f"{API}/users/{user['id']}", json={"email": "ROSA@choir.test"})
        assert changed.is_success, changed.text
        await choose(leader, OWN, reminder="none")
        assert (await leader.patch(CHOIR, json={"choices": {"late": "none"}})).status_code == 403
        seen = (await leader.get(CHOIR)).json()
    assert [each["by"] for each in seen["items"] if each["kind"] == "reminder"] == ["none"]
    assert seen["channels"] == ["mail", "sms"]
    await book(village, party="choir", **NEXT_WEEK)
    await sending.after(minutes=1)
    clock.set(EVE)
    await sending.after(minutes=1)
    assert headlines(mail) == ["Confirmed"]
    rows = (await village.get(f"{API}/audit", params={"thing": "own notice preferences"})).text
    assert '"reminder":["mail","none"]' in rows.replace(" ", "")


async def test_a_party_without_an_address_is_named(village: httpx.AsyncClient) -> None:
    await put_party(village, "chess")
    assert (await village.get(f"{API}/parties/chess/notice-preferences")).json()["items"] == []
    answer = await village.patch(f"{API}/parties/chess/notice-preferences", json={"choices": {"late": "none"}})
    assert answer.status_code == 409
    assert "chess has neither a mail address nor a mobile number" in answer.json()["detail"]
    assert (await village.get(f"{API}/parties/gone/notice-preferences")).status_code == 404


async def test_one_click_in_the_mail_program_stops_that_kind_on_both_databases(
    any_village: httpx.AsyncClient, any_app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    sending = Sending(any_app.state.container, clock)
    await book(any_village, contact_email=ROSA, **NEXT_WEEK)
    await book(any_village, contact_email=ROSA, starts="2026-12-10T18:00", ends="2026-12-10T20:00")
    await sending.after(minutes=1)
    clock.set(EVE)
    await sending.after(minutes=1)
    confirmed, reminder = mail.mails[0], mail.mails[-1]
    assert headlines(mail) == ["Confirmed", "Confirmed", "Reminder"]
    assert confirmed["List-Unsubscribe"] is None
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = stop_link(reminder)
    assert link.startswith("https://hub.test/n/")
    assert f"List-Unsubscribe: <{link}>\r\n".encode() in mail.raw[-1]  # no program reads it folded or encoded
    assert link.endswith("?kind=reminder")
    assert link.partition("?")[0] in text(confirmed)
    assert link.partition("?")[0] in text(reminder, "html")
    async with stranger(any_app) as reader:
        seen = await reader.get(path_of(link))  # as a scanner of mails does
        assert "Stop these mails" in seen.text
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        stopped = await reader.post(path_of(link), content="List-Unsubscribe=One-Click", headers=kind)
        assert (stopped.status_code, "These mails are stopped." in stopped.text) == (200, True)
        again = await reader.post(path_of(link), files={"List-Unsubscribe": (None, "One-Click")})
        assert again.status_code == 200
        assert "Stop these mails" not in (await reader.get(path_of(link))).text
    clock.set(datetime(2026, 12, 9, 17, 0, tzinfo=UTC))
    await sending.after(minutes=1)
    assert headlines(mail) == ["Confirmed", "Confirmed", "Reminder"]


async def test_a_look_at_the_page_changes_nothing_and_a_wrong_link_says_so(
    village: httpx.AsyncClient, app: FastAPI, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    await book(village, party="choir", **NEXT_WEEK)
    await sending.after(minutes=1)
    clock.set(EVE)
    await sending.after(minutes=1)
    path = path_of(stop_link(mail.mails[-1]))
    assert mail.mails[-1]["List-Unsubscribe-Post"] is None  # the pages are not reached over https
    before = (await village.get(CHOIR)).json()
    async with stranger(app) as reader:
        for method in ("GET", "HEAD"):
            assert (await reader.request(method, path)).status_code == 200
        required = await reader.post(path.replace("reminder", "confirmed"))
        assert "Nothing was changed." in required.text
        refused = await reader.post(path, data={"step": "save", "confirmed": "none", "late": "none"})
        assert (refused.status_code, "cannot be switched off" in refused.text) == (422, True)
        assert (await village.get(CHOIR)).json() == before
        saved = await reader.post(path, data={"step": "save", "confirmed": "both", "late": "none"})
        assert "Saved." in saved.text
        token = path.partition("?")[0].removeprefix("/n/")
        other = ("B" if token[0] == "A" else "A") + token[1:]
        for wrong in ("x", other, "é" * 30):
            for answer in (await reader.get(f"/n/{wrong}"), await reader.post(f"/n/{wrong}?kind=reminder")):
                assert (answer.status_code, "belongs to nobody" in answer.text) == (404, True)
    after = {each["kind"]: each["by"] for each in (await village.get(CHOIR)).json()["items"]}
    assert {kind: by for kind, by in after.items() if by != "mail"} == {"confirmed": "both", "late": "none"}


async def test_the_page_to_manage_a_booking_leads_to_them_and_the_one_to_pass_on_does_not(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    booking = await book(village, contact_phone=AS_WRITTEN, **NEXT_WEEK)
    unreached = await book(village, space="studio", **NEXT_WEEK)
    async with stranger(app) as reader:
        page = (await reader.get(path_of(booking["link"]))).text
        token = page.partition('href="../n/')[2].partition('"')[0]
        assert "Your notices" in (await reader.get(f"/n/{token}")).text
        for other in (booking["show_link"], unreached["link"]):
            assert "../n/" not in (await reader.get(path_of(other))).text


async def test_choices_are_listed_and_made_by_command(hallkeeper: Hallkeeper, client: httpx.AsyncClient) -> None:  # noqa: F811
    await put_party(client, "choir", contact_email=ROSA)
    shown = (await hallkeeper("preferences", "put", "reminder", "none", "--party", "choir")).stdout
    [line] = [line for line in shown.splitlines() if "Reminder" in line]
    assert "not at all" in line
    listed_again = await hallkeeper("preferences", "list", "--party", "choir")
    assert "cannot be switched off" in listed_again.stdout
    refused = await hallkeeper("preferences", "put", "new_code", "none", "--party", "choir")
    assert (refused.exit_code, "cannot be switched off" in refused.output) == (1, True)
    assert "There is no address" in (await hallkeeper("preferences", "list")).stdout


async def test_a_request_that_nobody_wants_to_hear_of_is_still_confirmed(
    village: httpx.AsyncClient, app: FastAPI, sending: Sending, mail: MailServer
) -> None:
    await choose(village, requested="none")
    async with signed_in_as(app, village, "group_leader", party="choir") as leader:
        answer = await post(leader, party="choir", **NEXT_WEEK)
    assert answer.json()["status"] in ("held", "requested"), answer.text
    await sending.after(minutes=1)
    assert mail.mails == []
    await act(village, answer.json(), "approve")
    await sending.after(minutes=1)
    assert headlines(mail) == ["Confirmed"]
