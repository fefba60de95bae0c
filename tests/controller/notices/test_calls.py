"""Whom to ring since no notice reaches them, and the slip on paper."""

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.notices import call_repository
from controller.notices.commands import calls as calls_cli
from tests.controller.access.test_people_cli import Typed, typed
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.records.audit.reading import rows_of
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import make_user, put_party, signed_in_as
from tests.controller.village import API, SITE, Json, act, book, change, code_of
from tests.services.mail import Behaviour, MailServer

__all__ = ["typed"]  # a fixture
CALLS = f"{API}/sites/{SITE}/calls"
OURS = {"Origin": "http://hub.test"}
NORA: Json = {"title": "Whist", "contact_name": "Nora Bell", "contact_phone": "01487 555 020"}

JIM: Json = {"name": "Jim Fenn", "phone": "01354 555 077", "why": "Has he found the keys?", "due": "2026-11-25T17:00"}


@pytest.fixture
def sending(any_container: Container, clock: ManualClock) -> Sending:
    return Sending(any_container, clock)


async def listed(client: httpx.AsyncClient, **query: str) -> list[Json]:
    answer = await client.get(CALLS, params=query)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def test_who_has_no_address_is_listed_with_number_and_last_news_until_somebody_rang(
    any_village: httpx.AsyncClient, any_container: Container, sending: Sending
) -> None:
    booking = await book(any_village, **NORA)
    await book(any_village, space="studio", contact_email="rosa@example.org")
    await sending.after(minutes=1)
    [first] = await listed(any_village)
    assert (first["name"], first["phone"], first["booking_id"]) == ("Nora Bell", "01487 555 020", booking["id"])
    assert first["text"] == "Confirmed: Whist, Hall, Thu 26 Nov, 18:00 to 20:00"
    await change(any_village, booking, starts="2026-11-26T18:30")
    await sending.after(minutes=1)
    [moved] = await listed(any_village)
    assert moved["text"] == "Confirmed: Whist, Hall, Thu 26 Nov, 18:30 to 20:00"  # nobody has told her of the first
    left = await any_village.put(f"{CALLS}/{moved['id']}")
    assert (left.status_code, left.json()["items"]) == (200, [])
    [rung] = await listed(any_village, called="true")
    assert (rung["called_by"], rung["called_at"]) == ("Una Porter", "2026-11-25T12:02:00+00:00")
    assert (await any_village.put(f"{CALLS}/{moved['id']}")).json()["items"] == []  # again changes nothing
    assert [each["id"] for each in (await any_village.delete(f"{CALLS}/{moved['id']}")).json()["items"]] == [
        moved["id"]
    ]
    acts = [each["act"] for each in await rows_of(any_container.database)]
    assert (acts.count("ring"), acts.count("take back a call")) == (1, 1)
    assert (await any_village.put(f"{CALLS}/{'0' * 36}")).status_code == 404


async def test_later_news_comes_back_onto_the_list_and_what_is_over_leaves_it(
    any_village: httpx.AsyncClient, any_container: Container, sending: Sending
) -> None:
    booking = await book(any_village, **NORA)
    await sending.after(minutes=1)
    await any_village.put(f"{CALLS}/{(await listed(any_village))[0]['id']}")
    await act(any_village, booking, "cancel")
    await sending.after(minutes=1)
    assert [each["text"].partition(":")[0] for each in await listed(any_village)] == ["Cancelled"]
    sending.clock.advance(days=2)
    _, left = await any_container.calls.of_site(SITE, called=False)
    assert left == []


async def news_of(client: httpx.AsyncClient) -> list[str]:
    return [each["text"].partition(":")[0] for each in await listed(client)]


@pytest.mark.cases_full
async def test_who_was_rung_hears_next_what_changed_since_and_an_undo_takes_that_back(
    any_village: httpx.AsyncClient, sending: Sending
) -> None:
    booking = await book(any_village, **NORA)
    await sending.after(minutes=1)
    await any_village.put(f"{CALLS}/{(await listed(any_village))[0]['id']}")
    answer = await any_village.post(f"{API}/bookings/{booking['id']}/code/reissue", json={"reason": "passed on"})
    assert answer.is_success, answer.text
    await sending.after(minutes=1)
    assert await news_of(any_village) == ["New door code"]
    [code] = await listed(any_village)
    await any_village.put(f"{CALLS}/{code['id']}")
    await any_village.delete(f"{CALLS}/{code['id']}")
    await change(any_village, booking, starts="2026-11-26T18:30")
    await sending.after(minutes=1)
    assert await news_of(any_village) == ["Moved"]
    [moved] = await listed(any_village)
    await any_village.put(f"{CALLS}/{moved['id']}")
    await sending.after(hours=10)
    assert await listed(any_village) == []  # nobody is reminded by phone


@pytest.mark.parametrize("undone", [False, True])
async def test_who_was_rung_about_a_mail_that_failed_is_not_told_it_again(
    any_village: httpx.AsyncClient, sending: Sending, mail: MailServer, undone: bool
) -> None:
    booking = await book(any_village, contact_email="rosa@example.org")
    await sending.after(minutes=1)
    mail.next = [Behaviour.REFUSE_DATA]
    await change(any_village, booking, starts="2026-11-26T18:30")
    await sending.after(minutes=1)
    [moved] = await listed(any_village)
    path = f"{CALLS}/{moved['id']}"
    assert (await any_village.put(path)).is_success
    if undone:
        assert (await any_village.delete(path)).is_success
    mail.raw.clear()
    await change(any_village, booking, people=12)  # which is no news
    await sending.after(minutes=1)
    assert [each["Subject"].partition(":")[0] for each in mail.mails] == (["Moved"] if undone else [])


@pytest.mark.cases_full
async def test_news_that_nobody_rang_about_stays_in_what_replaces_it(
    any_village: httpx.AsyncClient, sending: Sending
) -> None:
    dates: Json = {"first_starts": "2026-12-01T09:00", "first_ends": "2026-12-01T10:00"}
    body = NORA | dates | {"space": "hall", "rule": "FREQ=WEEKLY;COUNT=3"}
    made = await any_village.post(f"{API}/sites/{SITE}/series", json=body)
    assert made.status_code == 201, made.text
    window = {"from": "2026-12-01", "to": "2026-12-16"}
    first, second, _ = (await any_village.get(f"{API}/sites/{SITE}/bookings", params=window)).json()["items"]
    await sending.after(minutes=1)
    [all_dates] = await listed(any_village)
    await change(any_village, first, starts="2026-12-01T09:30")
    await sending.after(minutes=1)
    [still] = await listed(any_village)
    assert still["text"] == all_dates["text"]  # all three dates, which nobody has told her of
    await any_village.put(f"{CALLS}/{still['id']}")
    await change(any_village, first, starts="2026-12-01T09:15")
    await sending.after(minutes=1)
    assert await news_of(any_village) == ["Moved"]
    await act(any_village, second, "cancel")
    await sending.after(minutes=1)
    [both] = await listed(any_village)
    assert "2 dates" in both["text"]


@pytest.mark.cases_full
async def test_tonight_comes_before_what_has_waited_longer(any_village: httpx.AsyncClient, sending: Sending) -> None:
    await book(any_village, **NORA)
    await sending.after(minutes=1)
    tonight: Json = NORA | {"title": "Chess", "starts": "2026-11-25T19:00", "ends": "2026-11-25T20:00"}
    await book(any_village, **tonight)
    await sending.after(minutes=1)
    assert ["Chess" in each["text"] for each in await listed(any_village)] == [True, False]


async def test_what_is_over_takes_no_place_on_the_list(
    any_village: httpx.AsyncClient, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_repository, "_MOST", 1)
    await book(any_village, **(NORA | {"starts": "2026-11-25T13:00", "ends": "2026-11-25T14:00"}))
    await sending.after(minutes=1)
    sending.clock.advance(hours=3)
    await book(any_village, **(NORA | {"title": "Chess"}))
    await sending.after(minutes=1)
    assert ["Chess" in each["text"] for each in await listed(any_village)] == [True]


async def test_a_leader_does_not_see_the_list(app: FastAPI, village: httpx.AsyncClient) -> None:
    await put_party(village, "choir")
    for role, fields in (("group_leader", {"party": "choir"}), ("porter", {}), ("wall", {})):
        async with signed_in_as(app, village, role, **fields) as client:
            assert (await client.get(CALLS)).status_code == 403, role


async def test_the_page_ticks_off_and_puts_back(
    any_app: FastAPI, any_village: httpx.AsyncClient, sending: Sending
) -> None:
    booking = await book(any_village, **NORA)
    await sending.after(minutes=1)
    [call] = await listed(any_village)
    await make_user(any_village, "Max", "manager", sites=[SITE])
    async with stranger(any_app) as page:
        path = f"/calls?site={SITE}"
        assert (await page.get(path)).status_code == 403
        await page.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
        shown = await page.get(path)
        for text in ("Nora Bell", "tel:01487555020", "Confirmed: Whist", f"slip/{booking['id']}"):
            assert text in shown.text
        form = {"notice": call["id"], "step": "done"}
        assert (await page.post(path, data=form, headers={"Origin": "http://evil.test"})).status_code == 403
        assert len(await listed(any_village)) == 1
        done = await page.post(path, data=form, headers=OURS)
        assert ("There is nobody to ring." in done.text, "by Max" in done.text) == (True, True)
        assert "I have rung" in (await page.post(path, data=form | {"step": "undo"}, headers=OURS)).text
        gone = await page.post(path, data=form | {"notice": "0" * 36}, headers=OURS)
        assert "not on the list any more" in gone.text


async def test_somebody_is_put_on_the_list_by_hand_and_stays_until_they_answer(
    any_village: httpx.AsyncClient, any_container: Container, sending: Sending
) -> None:
    await book(any_village, **NORA)
    await sending.after(minutes=1)
    added = await any_village.post(CALLS, json=JIM)
    assert added.status_code == 201, added.text
    first, second = added.json()["items"]
    assert (first["name"], first["phone"], first["text"]) == ("Jim Fenn", "01354 555 077", "Has he found the keys?")
    assert (first["made_by"], first["due_at"], first["booking_id"]) == ("Una Porter", "2026-11-25T17:00:00+00:00", None)
    assert (second["name"], second["due_at"]) == ("Nora Bell", "2026-11-26T18:00:00+00:00")
    for each in (first, second, first):
        left = await any_village.post(f"{CALLS}/{each['id']}/no-answer")
        assert left.status_code == 200, left.text
    assert [(each["tries"], each["tried_at"]) for each in left.json()["items"]] == [
        (2, "2026-11-25T12:01:00+00:00"),
        (1, "2026-11-25T12:01:00+00:00"),
    ]
    assert [each["name"] for each in (await any_village.put(f"{CALLS}/{first['id']}")).json()["items"]] == ["Nora Bell"]
    [rung] = await listed(any_village, called="true")
    assert (rung["id"], rung["called_by"]) == (first["id"], "Una Porter")
    assert len((await any_village.delete(f"{CALLS}/{first['id']}")).json()["items"]) == 2
    acts = [each["act"] for each in await rows_of(any_container.database)]
    assert [acts.count(each) for each in ("add a call", "ring, no answer", "ring", "take back a call")] == [1, 3, 1, 1]
    assert "Jim" not in str([each["thing"] for each in await rows_of(any_container.database)])
    for wrong in ({"due": "2026-11-25T11:00"}, {"due": "soon"}, {"name": " "}, {"phone": ""}, {"why": "x" * 201}):
        assert (await any_village.post(CALLS, json=JIM | wrong)).status_code == 422, wrong
    assert (await any_village.post(f"{CALLS}/{'0' * 36}/no-answer")).status_code == 404
    assert (await any_village.post(f"{API}/sites/nowhere/calls", json=JIM)).status_code == 404
    sending.clock.advance(days=40)
    _, left_over = await any_container.calls.of_site(SITE, called=False)
    assert left_over == []


async def test_calls_by_hand_to_a_party_that_is_forgotten_go_with_it(any_village: httpx.AsyncClient) -> None:
    await put_party(any_village, "jim-fenn", kind="person", name="James Fenn", contact_phone="+44 1354 555077")
    by_name = {"name": "james fenn", "phone": "none"}
    for changes in ({}, by_name, {"name": "Nora Bell", "phone": "01354 555 078"}):
        added = await any_village.post(CALLS, json=JIM | changes)
        await any_village.post(f"{CALLS}/{added.json()['items'][0]['id']}/no-answer")
    forgotten = await any_village.post(f"{API}/parties/jim-fenn/forget")
    assert forgotten.is_success, forgotten.text
    assert [each["name"] for each in await listed(any_village)] == ["Nora Bell"]


async def test_on_the_page_somebody_is_added_and_nobody_answers(app: FastAPI, village: httpx.AsyncClient) -> None:
    path = f"/calls?site={SITE}"
    typed = {"step": "add", "name": "Jim Fenn", "phone": "01354 555 077", "why": "The keys?"}
    async with signed_in_as(app, village, "manager", sites=[SITE]) as page:
        for day, time, said in (("25/11/2026", "11:00", "By when must not be over"), ("31/11/2026", "9:00", "By when")):
            refused = await page.post(path, data=typed | {"day": day, "time": time})
            assert (said in refused.text, 'value="Jim Fenn"' in refused.text) == (True, True), refused.text
        assert await listed(village) == []
        added = await page.post(path, data=typed | {"day": "26/11/2026", "time": "9:00"})
        for text in ("Jim Fenn is on the list.", "tel:01354555077", "The keys?", "Ring by 09:00 on Thu 26 Nov"):
            assert text in added.text, added.text
        [call] = await listed(village)
        tried = await page.post(path, data={"step": "no-answer", "notice": call["id"]})
        assert "No answer once, last" in tried.text
    async with signed_in_as(app, village, "porter", sites=[SITE]) as page:
        assert (await page.post(path, data=typed | {"day": "26/11/2026", "time": "9:00"})).status_code == 403
    assert len(await listed(village)) == 1


async def test_a_slip_has_the_code_only_once_it_is_asked_for_and_that_is_recorded(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container
) -> None:
    site = {"name": "Ramsey Hub", "zone": "Europe/London", "address": "Great Whyte 4", "phone": "01487 555 000"}
    assert (await any_village.put(f"{API}/sites/{SITE}", json=site)).is_success
    booking = await book(any_village, **NORA)
    code = await code_of(any_village, booking)
    spoken = f"{code[:3]} {code[3:]}"
    await put_party(any_village, "choir")
    await make_user(any_village, "Max", "porter", sites=[SITE])
    await make_user(any_village, "Lee", "group_leader", party="choir")
    path = f"/slip/{booking['id']}"
    async with stranger(any_app) as page:
        assert (await page.get(path)).status_code == 403
        await page.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
        asked = await page.get(path)
        assert (asked.status_code, spoken in asked.text) == (200, False)
        slip = await page.post(path, headers=OURS)
        for text in (
            *("Thursday 26 November 2026", "18:00 to 20:00", "Hall", "Ramsey Hub", "Great Whyte 4", spoken),
            *("from 17:45 to 20:15", "Front door", "ring 01487 555 000"),
        ):
            assert text in slip.text, text
        last = (await rows_of(any_container.database))[-1]
        assert (last["act"], last["thing"]) == ("print a slip", f"booking {booking['id']}")
        assert (await page.post(path, headers={"Origin": "http://evil.test"})).status_code == 403
        assert (await page.get(f"/slip/{'0' * 36}")).status_code in (403, 422)
        await act(any_village, booking, "cancel")
        none = await page.post(path, headers=OURS)
        assert (none.status_code, spoken in none.text) == (409, False)
    async with stranger(any_app) as page:
        await page.post(f"{API}/session", json={"user": "Lee", "password": PASSWORD})
        assert (await page.get(path)).status_code == 403
        assert (await page.post(path, headers=OURS)).status_code == 403


async def test_the_list_is_worked_through_at_the_terminal(
    typed: Typed, village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await book(village, **NORA)
    await Sending(container, clock).after(minutes=1)
    shown = await typed(calls_cli, "list", SITE)
    assert ("01487 555 020" in shown.stdout, "Confirmed: Whist" in shown.stdout) == (True, True), shown.output
    [call] = await listed(village)
    assert "0 left to ring" in (await typed(calls_cli, "done", SITE, call["id"])).stdout
    assert "nobody to ring" in (await typed(calls_cli, "list", SITE)).stdout
    assert "Una Porter" in (await typed(calls_cli, "list", SITE, "--called")).stdout
    assert "1 to ring" in (await typed(calls_cli, "done", SITE, call["id"], "--undo")).stdout
    assert (await typed(calls_cli, "done", SITE, "0" * 36)).exit_code == 1
    added = await typed(calls_cli, "add", SITE, "Jim", "01354", "--why", "Keys?", "--by", "2026-11-27T17:00")
    assert "Jim is on the list; 2 to ring" in added.stdout, added.output
    jim = next(each for each in await listed(village) if each["name"] == "Jim")
    assert "stays on the list" in (await typed(calls_cli, "no-answer", SITE, jim["id"])).stdout
    assert "no answer" in (await typed(calls_cli, "list", SITE)).stdout
