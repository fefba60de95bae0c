"""What is changed together is told to each party by one notice, and so is its undoing."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from controller.bookings.diary.waitlist import UndoableChange, undoable
from tests.controller.clock import ManualClock
from tests.controller.closures.test_closure_batches import FLOOR, cancelled, carry_out, moved, undo
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import text
from tests.controller.village import API, SITE, Json, act, book, change, furnish
from tests.services.mail import MailServer

WHEN = [{"starts": f"2026-12-10T{hour:02}:00", "ends": f"2026-12-10T{hour + 1:02}:00"} for hour in range(9, 13)]


@pytest.fixture
async def village(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await furnish(client)
    return client


@pytest.fixture
def sending(village: httpx.AsyncClient, app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(app.state.container, clock)


@pytest.fixture
async def any_village(any_client: httpx.AsyncClient) -> httpx.AsyncClient:
    await furnish(any_client)
    return any_client


@pytest.fixture
def any_sending(any_village: httpx.AsyncClient, any_app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(any_app.state.container, clock)


async def three(village: httpx.AsyncClient, **more: str) -> list[Json]:
    slots = [
        ("Choir", "2026-12-10", "18:00", "20:00"),
        ("Drama", "2026-12-10", "09:00", "11:00"),
        ("Choir", "2026-12-11", "09:00", "10:00"),
    ]
    return [
        await book(village, title=title, people=10, starts=f"{day}T{starts}", ends=f"{day}T{ends}", **more)
        for title, day, starts, ends in slots
    ]


async def test_a_party_hears_of_all_its_bookings_by_one_notice_and_by_one_that_it_is_undone(
    any_village: httpx.AsyncClient, any_sending: Sending, mail: MailServer
) -> None:
    first, second, third = await three(any_village, contact_email="rosa@hub.test")
    await any_sending.after(minutes=1)
    before = len(mail.mails)
    done = await carry_out(any_village, FLOOR, moved(first), cancelled(second), cancelled(third))
    await any_sending.after(minutes=1)
    [told] = mail.mails[before:]
    assert told["Subject"] == "Changes: 3 bookings, Ramsey Hub"
    body = text(told).replace("\r", "")
    assert body.startswith("Why: floor sanding.\n")
    assert "Moved:\n- Choir, Thu 17 Dec, 18:00 to 20:00, Hall." in body
    assert "Cancelled:\n- Drama, Thu 10 Dec, 09:00 to 11:00, Hall.\n- Choir, Fri 11 Dec, 09:00 to 10:00, Hall." in body
    await undo(any_village, done)
    await any_sending.after(minutes=1)
    [_, correction] = mail.mails[before:]
    assert correction["Subject"] == "Changes: 3 bookings, Ramsey Hub"
    said = "This corrects what we wrote to you about “floor sanding”, for the bookings below alone.\r\n"
    assert text(correction).startswith(said)


@pytest.mark.cases_full
async def test_what_is_undone_in_part_before_anything_was_sent_corrects_nothing(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    first, second, _ = await three(village, contact_email="rosa@hub.test")
    await sending.after(minutes=1)
    before = len(mail.mails)
    both = {"reason": "floor sanding", "decisions": [cancelled(first), cancelled(second)]}
    done = (await village.post(f"{API}/sites/{SITE}/closure-batches/bookings", json=both)).json()
    await book(village, title="Other", starts="2026-12-10T09:00", ends="2026-12-10T11:00")
    assert len((await undo(village, done))["refused"]) == 1
    await sending.after(minutes=1)
    bodies = [text(each) for each in mail.mails[before:]]
    assert any(each.startswith("Why: floor sanding.") for each in bodies)
    assert not any("corrects" in each for each in bodies)


@pytest.mark.cases_full
async def test_a_hold_that_runs_out_while_a_batch_is_carried_out_is_told_at_once(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer, clock: ManualClock
) -> None:
    room = {"starts": "2026-12-10T18:00", "ends": "2026-12-10T20:00", "people": 5}
    choir = await book(village, title="Choir", **room)
    body = {"space": "hall", "contact_email": "rosa@hub.test"} | room
    for title in ("Band", "Chess"):
        assert (await village.post(f"{API}/sites/{SITE}/waiting", json=body | {"title": title})).is_success
    await act(village, choir, "cancel")
    await sending.after(minutes=1)
    before = len(mail.mails)
    clock.advance(hours=25)
    change_of = UndoableChange(batch="b", until=clock.now() + timedelta(hours=1))
    with undoable(change_of):
        assert await sending.container.waitlist.look(SITE)
    await sending.after(minutes=1)
    found = " ".join(text(each) for each in mail.mails[before:])
    assert "Band" in found
    assert "Chess" in found


@pytest.mark.cases_full
async def test_a_correction_does_not_take_back_what_cannot_be_undone(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    first, second, _ = await three(village, contact_email="rosa@hub.test")
    await sending.after(minutes=1)
    done = await carry_out(village, FLOOR, cancelled(first), moved(second))
    await sending.after(minutes=1)
    await change(village, second, people=12)
    await sending.after(minutes=1)
    before = len(mail.mails)
    assert [each["id"] for each in (await undo(village, done))["refused"]] == [second["id"]]
    await sending.after(minutes=1)
    [correction] = mail.mails[before:]
    assert "for the bookings below alone" in text(correction)
    assert "Drama" not in text(correction)


@pytest.mark.cases_full
async def test_a_booking_says_which_notices_told_of_it(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    first, second, _ = await three(village, contact_email="rosa@hub.test")
    await sending.after(minutes=1)
    await carry_out(village, FLOOR, cancelled(first), cancelled(second))
    await sending.after(minutes=1)
    found = (await village.get(f"{API}/bookings/{first['id']}/notices")).json()["items"]
    assert [each["subject"].partition(":")[0] for each in found] == ["Changes", "Confirmed"]
    assert found[0]["subject"] == mail.mails[-1]["Subject"]


@pytest.mark.cases_full
async def test_who_has_no_address_is_to_be_rung_once_about_all_of_it(
    village: httpx.AsyncClient, sending: Sending
) -> None:
    first, second, third = await three(village, contact_phone="01234 5678")
    await sending.after(minutes=1)
    await carry_out(village, FLOOR, cancelled(first), cancelled(second), cancelled(third))
    await sending.after(minutes=1)
    [call] = (await village.get(f"{API}/sites/{SITE}/calls")).json()["items"]
    assert (call["text"], call["phone"]) == ("Cancelled: 3 bookings, Ramsey Hub", "01234 5678")


@pytest.mark.cases_full
async def test_who_is_to_be_rung_about_another_booking_stays_on_the_list(
    village: httpx.AsyncClient, sending: Sending
) -> None:
    day = {"people": 10, "contact_phone": "01354 111111"}
    mine = await book(village, title="Choir", **WHEN[0], **day)
    await book(village, title="Drama", space="studio", starts="2026-12-20T09:00", ends="2026-12-20T10:00", people=5)
    await sending.after(minutes=1)
    await carry_out(village, FLOOR, cancelled(mine))
    await sending.after(minutes=1)
    calls = (await village.get(f"{API}/sites/{SITE}/calls")).json()["items"]
    assert [each["text"].partition(", ")[0] for each in calls] == ["Cancelled: Choir", "Confirmed: Drama"]


@pytest.mark.cases_full
async def test_who_was_rung_about_a_booking_hears_what_became_of_it_together_with_others(
    village: httpx.AsyncClient, sending: Sending
) -> None:
    mine = await book(village, title="Choir", people=10, contact_phone="01354 111111", **WHEN[0])
    calls = f"{API}/sites/{SITE}/calls"

    async def ring() -> list[str]:
        await sending.after(minutes=1)
        items = (await village.get(calls)).json()["items"]
        for each in items:
            assert (await village.put(f"{calls}/{each['id']}", json={"called": True})).is_success
        return [each["text"].partition(":")[0] for each in items]

    assert await ring() == ["Confirmed"]
    done = await carry_out(village, FLOOR, moved(mine))
    assert await ring() == ["Moved"]
    [booking] = done["done"]
    await act(village, booking, "cancel")
    assert await ring() == ["Cancelled"]


@pytest.mark.cases_full
async def test_people_with_numbers_of_their_own_are_each_to_be_rung(
    village: httpx.AsyncClient, sending: Sending
) -> None:
    mine = [
        await book(village, title=f"{who}’s party", people=10, contact_name=who, contact_phone=phone, **WHEN[at])
        for at, (who, phone) in enumerate([("Rosa", "01354 111111"), ("Tom", "01354 222222"), ("Una", ""), ("Jim", "")])
    ]
    await sending.after(minutes=1)
    await carry_out(village, FLOOR, *map(cancelled, mine))
    await sending.after(minutes=1)
    calls = (await village.get(f"{API}/sites/{SITE}/calls")).json()["items"]
    assert sorted((each["name"], each["phone"]) for each in calls) == [
        ("Jim", ""),
        ("Rosa", "01354 111111"),
        ("Tom", "01354 222222"),
        ("Una", ""),
    ]


@pytest.mark.cases_full
async def test_bookings_of_two_parties_are_told_apart_even_to_one_address(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    for party in ("choir", "drama"):
        body = {"name": party.title(), "kind": "group"}
        assert (await village.put(f"{API}/parties/{party}", json=body)).is_success
    day = {"contact_email": "rosa@hub.test", "people": 10}
    mine = [
        await book(village, party=party, starts=f"2026-12-10T{start}", ends=f"2026-12-10T{end}", **day)
        for party, start, end in (("choir", "09:00", "10:00"), ("drama", "11:00", "12:00"))
    ]
    await sending.after(minutes=1)
    before = len(mail.mails)
    await carry_out(village, FLOOR, *map(cancelled, mine))
    await sending.after(minutes=1)
    assert len(mail.mails) == before + 2
