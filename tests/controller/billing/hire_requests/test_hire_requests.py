"""Asking to hire a space without an account, confirmed by a mail through a real mail server, on both databases."""

import asyncio
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from controller.billing.hire_requests.repository import hire_requests
from controller.billing.hire_requests.service import MOST_A_MINUTE
from controller.people.account_mails.model import MOST_FROM_NETWORK
from tests.controller.billing.hire_requests.hiring import ANNA, TERMS, Hiring, digits_in, open_hire, plain, token_in
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, act, book


@pytest.mark.cases_full
async def test_a_request_books_nothing_before_it_is_confirmed_and_has_no_code_before_a_manager_decides(
    hiring: Hiring,
) -> None:
    _, sent = await hiring.ask()
    assert sent["To"] == ANNA
    assert "Hall at Ramsey Hub, Sat 5 Dec, 14:00 to 17:00" in plain(sent)
    assert await hiring.diary() == []
    for path in ("/hire", f"{API}/hire-requests/proof", f"{API}/sites/ramsey/hire-options"):
        await hiring.phone.get(path)  # a scanner that opens links uses nothing up
    answer = await hiring.confirm(token=token_in(sent))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["status"], made["site_name"], made["space_name"]) == ("held", "Ramsey Hub", "Hall")
    assert "a manager decides" in made["why"]
    page = await hiring.phone.get(made["link"])
    assert "is not confirmed yet" in page.text

    [request] = await hiring.waiting()
    assert (request["title"], request["code"]) == ("Children's party", None)
    contact = [request[f"contact_{each}"] for each in ("name", "phone", "email")]
    assert contact == ["Anna Bell", "01487 555 0123", ANNA]
    assert (request["people"], request["under_16s"], request["public"]) == (25, True, False)
    party = (await hiring.manager.get(f"{API}/parties/{request['party']}")).json()
    assert (party["kind"], party["one_off"], party["site"], party["name"]) == ("person", True, "ramsey", "Anna Bell")
    await act(hiring.manager, request, "approve")
    assert "Ramsey Hub" in (await hiring.phone.get(made["link"])).text
    assert "is not confirmed yet" not in (await hiring.phone.get(made["link"])).text


async def test_the_digits_confirm_it_where_it_was_asked_for_and_once(hiring: Hiring) -> None:
    request, sent = await hiring.ask()
    digits = digits_in(sent)
    assert (await hiring.confirm(request="another", digits=digits)).status_code == 401
    assert (await hiring.confirm(request=request, digits=digits)).status_code == 201
    assert (await hiring.confirm(request=request, digits=digits)).status_code == 401
    assert (await hiring.confirm(token=token_in(sent))).status_code == 401
    assert len(await hiring.diary()) == 1


@pytest.mark.both_databases
async def test_digits_that_are_guessed_end_after_five_tries_and_the_link_still_works(hiring: Hiring) -> None:
    request, sent = await hiring.ask()
    right = int(digits_in(sent).replace(" ", ""))
    wrong = [f"{(right + add) % 1_000_000:06d}" for add in range(1, 8)]
    answers = await asyncio.gather(*(hiring.confirm(request=request, digits=each) for each in wrong))
    assert {each.status_code for each in answers} == {401}
    assert (await hiring.confirm(request=request, digits=digits_in(sent))).status_code == 401
    assert (await hiring.confirm(token=token_in(sent))).status_code == 201


@pytest.mark.both_databases
async def test_a_link_that_is_opened_ten_times_at_once_makes_one_booking(hiring: Hiring) -> None:
    request, sent = await hiring.ask()
    proofs = [{"token": token_in(sent)}] * 5 + [{"request": request, "digits": digits_in(sent)}] * 4
    answers = await asyncio.gather(*(hiring.confirm(**each) for each in proofs))
    assert sorted(each.status_code for each in answers) == [201] + [401] * 8
    assert len(await hiring.diary()) == 1


async def test_a_link_is_late_after_ten_minutes_and_the_request_is_gone_after_a_day(
    hiring: Hiring, clock: ManualClock
) -> None:
    _, sent = await hiring.ask()
    clock.advance(minutes=10)
    assert (await hiring.confirm(token=token_in(sent))).status_code == 401
    assert await hiring.diary() == []
    clock.advance(hours=24)
    await hiring.container.hire_requests.tidy()
    async with hiring.container.database.read() as tx:
        assert (await tx.execute(select(hire_requests.c.id))).all() == []


@pytest.mark.both_databases
async def test_two_people_confirm_for_the_same_time_at_once_and_one_is_told_what_else_is_free(hiring: Hiring) -> None:
    sent = [(await hiring.ask(email=f"{each}@home.test", name=each))[1] for each in ("Anna", "Bea")]
    tokens = [token_in(each) for each in sent]
    answers = await asyncio.gather(*(hiring.confirm(token=each) for each in tokens))
    assert sorted(each.status_code for each in answers) == [201, 409]
    [late] = [token for token, each in zip(tokens, answers, strict=True) if each.status_code == 409]
    [refused] = [each.json() for each in answers if each.status_code == 409]
    assert refused["type"].endswith("clash")
    assert "Children" not in str(refused)  # nobody is told whose party it is
    looked = (await hiring.phone.post(f"{API}/hire-requests/proof/check", json={"token": late})).json()
    assert looked["free"] is False
    assert {each["space"] for each in looked["instead"]} <= {"hall", "studio"}
    other = looked["instead"][0]
    instead = {name: other[name] for name in ("space", "layout", "starts", "ends")}
    answer = await hiring.confirm(token=late, instead=instead)  # the link still works
    assert answer.status_code == 201, answer.text
    assert answer.json()["starts"] == other["starts"]
    assert len(await hiring.diary()) == 2


@pytest.mark.cases_full
async def test_hire_terms_that_have_changed_are_accepted_again(hiring: Hiring) -> None:
    _, sent = await hiring.ask()
    old = await hiring.version()
    await open_hire(hiring.manager, terms="No balloons.")
    refused = await hiring.confirm(token=token_in(sent))
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "hire-terms-changed")
    looked = (await hiring.phone.post(f"{API}/hire-requests/proof/check", json={"token": token_in(sent)})).json()
    assert (looked["terms"], looked["accepted"]) == ("No balloons.", old)
    assert (await hiring.post(terms_version=old)).status_code == 409
    answer = await hiring.confirm(token=token_in(sent), terms_version=looked["terms_version"])
    assert answer.status_code == 201, answer.text
    [booking] = await hiring.diary()
    found = (await hiring.manager.get(f"{API}/bookings/{booking['id']}/hire-request")).json()
    assert (found["terms"], found["terms_version"]) == ("No balloons.", looked["terms_version"])
    await open_hire(hiring.manager, terms="Anything goes.")
    kept = (await hiring.manager.get(f"{API}/bookings/{booking['id']}/hire-request")).json()
    assert kept == found


async def test_the_terms_are_kept_with_when_they_were_accepted(hiring: Hiring, clock: ManualClock) -> None:
    _, sent = await hiring.ask()
    clock.advance(minutes=5)
    await hiring.confirm(token=token_in(sent))
    [booking] = await hiring.diary()
    found = (await hiring.manager.get(f"{API}/bookings/{booking['id']}/hire-request")).json()
    assert found == {
        "site": "ramsey",
        "terms_version": await hiring.version(),
        "terms": TERMS,
        "made_at": "2026-11-25T12:00:00+00:00",
        "accepted_at": "2026-11-25T12:00:00+00:00",
        "confirmed_at": "2026-11-25T12:05:00+00:00",
    }
    other = await book(hiring.manager)
    assert (await hiring.manager.get(f"{API}/bookings/{other['id']}/hire-request")).status_code == 404


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_the_rules_confirm_at_once_only_where_the_policy_says_so(hiring: Hiring) -> None:
    rule = {"name": "Short and small", "most_minutes": 240, "most_people": 30}
    await open_hire(hiring.manager, policy={"rules": [rule]})
    assert (await hiring.hired())["status"] == "held"
    await open_hire(hiring.manager, policy={"rules": [rule]}, confirms=True)
    made = await hiring.hired(starts="2026-12-06T14:00", ends="2026-12-06T17:00", email="bea@home.test", name="Bea")
    assert (made["status"], made["why"], made["held_until"]) == ("confirmed", "", None)
    page = (await hiring.phone.get(made["link"])).text
    assert "The code works from" in page
    long = await hiring.hired(starts="2026-12-07T10:00", ends="2026-12-07T17:00", email="cay@home.test", name="Cay")
    assert long["status"] == "held"


async def test_known_and_unknown_addresses_are_answered_alike(hiring: Hiring) -> None:
    await put_party(hiring.manager, "choir", contact_email="rosa@choir.test", contact_name="Rosa")
    answers = [await hiring.post(email=each) for each in ("rosa@choir.test", "nobody@home.test")]
    assert [each.status_code for each in answers] == [202, 202]
    assert {tuple(each.json()) for each in answers} == {("request",)}
    assert len({len(each.content) for each in answers}) == 1
    await hiring.container.notice_worker.send_due()
    bodies = {plain(each).partition("/hire#")[0] for each in hiring.mail.mails}
    assert len(bodies) == 1


@pytest.mark.cases_full
async def test_the_same_person_is_found_again_and_never_a_group_or_its_people(hiring: Hiring) -> None:
    await put_party(hiring.manager, "choir", contact_email=ANNA, contact_name="Anna Bell", name="Anna Bell")
    await put_party(hiring.manager, "anna", kind="person", contact_email=ANNA, name="Anna Bell", site="ramsey")
    await hiring.hired()
    await hiring.hired(starts="2026-12-12T14:00", ends="2026-12-12T17:00", email=ANNA.upper(), name="anna BELL")
    await hiring.hired(starts="2026-12-19T14:00", ends="2026-12-19T17:00", name="Tom Bell")
    first, again, tom = [each["party"] for each in await hiring.diary()]
    assert first == again
    assert len({first, tom, "choir", "anna"}) == 4

    manager = hiring.manager
    await manager.put(f"{API}/parties/choir/members/{first}", json={})
    for booking in await hiring.diary():
        await act(manager, booking, "decline", reason="no")
    await hiring.hired(starts="2026-12-26T14:00", ends="2026-12-26T17:00")
    assert (await hiring.diary())[-1]["party"] not in (first, tom)


@pytest.mark.cases_full
async def test_an_erased_person_is_made_again(hiring: Hiring, clock: ManualClock) -> None:
    await hiring.hired()
    [booking] = await hiring.diary()
    await act(hiring.manager, booking, "decline", reason="no")
    forgotten = await hiring.manager.post(f"{API}/parties/{booking['party']}/forget")
    assert forgotten.status_code == 200, forgotten.text
    async with hiring.container.database.read() as tx:
        c = hire_requests.c
        assert tuple((await tx.execute(select(c.address_digest, c.sealed))).one()) == (None, b"")
    await hiring.hired()
    parties = {each["party"] for each in await hiring.diary()}
    assert len(parties) == 2
    assert "Anna" not in str([each for each in await hiring.diary() if each["party"] == booking["party"]])


@pytest.mark.cases_full
async def test_five_mails_an_hour_go_to_an_address(hiring: Hiring, clock: ManualClock) -> None:
    for hour in range(5):
        await hiring.ask(starts=f"2026-12-05T{10 + hour}:00", ends=f"2026-12-05T{11 + hour}:00")
    refused = await hiring.post(email=ANNA.upper())
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert (await hiring.phone.post(f"{API}/session/mail", json={"email": ANNA})).status_code == 429
    clock.advance(hours=1)
    await hiring.ask()


@pytest.mark.cases_full
async def test_a_network_asks_for_so_many_mails_whatever_they_are_for(hire: Hiring, app: FastAPI) -> None:
    def at(address: str) -> Hiring:
        phone = httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url=BASE_URL)
        return replace(hire, phone=phone)

    one, same, other = at("2001:db8::1"), at("2001:db8::2"), at("192.0.2.1")
    for number in range(MOST_FROM_NETWORK):
        assert (await (one, same)[number % 2].post(email=f"p{number}@home.test")).status_code == 202
    assert (await same.post()).status_code == 429
    assert (await one.phone.post(f"{API}/session/mail", json={"email": ANNA})).status_code == 429
    assert (await other.post()).status_code == 202


async def test_a_stranger_reads_why_a_space_is_closed_in_the_words_for_everybody_alone(hire: Hiring) -> None:
    asked = {"site": "ramsey", "space": "hall", "starts": "2026-12-05T14:00", "ends": "2026-12-05T17:00", "people": 9}
    day = {"first": "2026-12-05", "last": "2026-12-05", "reason": "Ann is ill"}
    for words, said in (("", "is closed on Sat 5 Dec"), ("floor works", "is closed on Sat 5 Dec: floor works")):
        body = {**day, "spaces": ["hall"], "public_words": words}
        closure = (await hire.manager.post(f"{API}/sites/ramsey/closures", json=body)).json()
        looked = (await hire.phone.post(f"{API}/hire-requests/check", json=asked)).json()
        assert looked["reasons"][0]["text"] == f"Hall {said}"
        assert "Ann" not in (await hire.post()).text
        assert (await hire.manager.delete(f"{API}/sites/ramsey/closures/{closure['id']}")).is_success


@pytest.mark.cases_full
async def test_a_network_looks_up_so_many_times_a_minute(hire: Hiring, app: FastAPI, clock: ManualClock) -> None:
    body = {"site": "ramsey", "space": "hall", "starts": "2026-12-05T14:00", "ends": "2026-12-05T17:00", "people": 9}

    async def look(address: str) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as phone:
            return await phone.post(f"{API}/hire-requests/check", json=body)

    answers = [await look(f"2001:db8::{number % 9}") for number in range(MOST_A_MINUTE)]
    assert {each.status_code for each in answers} == {200}
    refused = await look("2001:db8::1")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert (await look("192.0.2.1")).status_code == 200
    clock.advance(minutes=1)
    assert (await look("2001:db8::1")).status_code == 200


async def test_what_is_stored_about_somebody_has_the_terms_and_no_secret(hire: Hiring) -> None:
    await hire.hired()
    [booking] = await hire.diary()
    answer = await hire.manager.get(f"{API}/parties/{booking['party']}/data.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data = json.loads(archive.read("data.json"))["data"]
    [request] = data["hire_requests"]
    assert (request["terms_version"], request["booking_id"]) == (await hire.version(), booking["id"])
    assert not request.keys() & {"sealed", "address_digest"}


@pytest.mark.cases_full
async def test_so_many_requests_may_wait_of_an_address_and_at_a_site(hiring: Hiring) -> None:
    await open_hire(hiring.manager, most_waiting=4)
    days = [f"2026-12-{day:02}" for day in range(1, 8)]
    for day in days[:3]:
        await hiring.hired(starts=f"{day}T10:00", ends=f"{day}T11:00", name=f"Anna {day}")
    _, sent = await hiring.ask(starts=f"{days[3]}T10:00", ends=f"{days[3]}T11:00")
    refused = await hiring.confirm(token=token_in(sent))
    assert refused.status_code == 409
    assert "3 requests with this mail address wait" in refused.json()["detail"]
    await hiring.hired(starts=f"{days[4]}T10:00", ends=f"{days[4]}T11:00", email="bea@home.test")
    full = await hiring.post(starts=f"{days[5]}T10:00", ends=f"{days[5]}T11:00", email="cay@home.test")
    assert full.status_code == 409
    assert "ring 01487 555 010" in full.json()["detail"]
    await act(hiring.manager, (await hiring.waiting())[0], "decline", reason="no")
    assert (await hiring.confirm(token=token_in(sent))).status_code == 201


async def test_a_one_off_person_sees_and_does_nothing_but_with_their_link(hiring: Hiring, any_app: FastAPI) -> None:
    made = await hiring.hired()
    [booking] = await hiring.diary()
    assert (await hiring.phone.get(f"{API}/bookings/{booking['id']}")).status_code == 401
    assert (await hiring.phone.get(f"{API}/bookings/{booking['id']}/hire-request")).status_code == 401
    await put_party(hiring.manager, "choir")
    async with signed_in_as(any_app, hiring.manager, "group_leader", party="choir") as leader:
        seen = (await leader.get(f"{API}/bookings/{booking['id']}")).json()
        assert (seen["title"], seen["contact_phone"], seen["link"]) == ("Taken", "", "")
        assert (await leader.get(f"{API}/bookings/{booking['id']}/hire-request")).status_code == 403
    cancelled = await hiring.phone.post(made["link"], data={"step": "ask"})
    assert "Cancel Children&#39;s party?" in cancelled.text


async def test_a_decision_is_told_by_mail_with_the_link(hiring: Hiring, clock: ManualClock) -> None:
    made = await hiring.hired()
    clock.advance(minutes=2)
    await hiring.container.notice_worker.send_due()
    told = hiring.mail.mails[-1]
    assert told["To"] == ANNA
    assert made["link"] in plain(told)
    [request] = await hiring.waiting()
    await act(hiring.manager, request, "decline", reason="The boiler is being replaced.")
    clock.advance(minutes=2)
    await hiring.container.notice_worker.send_due()
    assert "The boiler is being replaced." in plain(hiring.mail.mails[-1])


async def test_a_day_on_which_the_clocks_change(hiring: Hiring, clock: ManualClock) -> None:
    clock.set(datetime(2027, 3, 20, 12, tzinfo=UTC))
    gone = await hiring.post(starts="2027-03-28T01:30", ends="2027-03-28T04:00")
    assert gone.status_code == 422
    assert gone.json()["errors"][0]["field"] == "starts"
    made = await hiring.hired(starts="2027-03-28T00:30", ends="2027-03-28T04:00")
    assert (made["starts"], made["ends"]) == ("2027-03-28T00:30:00+00:00", "2027-03-28T04:00:00+01:00")
    clock.set(datetime(2027, 10, 20, 12, tzinfo=UTC))
    made = await hiring.hired(starts="2027-10-31T00:30", ends="2027-10-31T02:30", name="Bea")
    assert (made["starts"], made["ends"]) == ("2027-10-31T00:30:00+01:00", "2027-10-31T02:30:00+00:00")


async def test_staff_enter_a_person_without_a_mail_address(hiring: Hiring) -> None:
    manager: httpx.AsyncClient = hiring.manager
    fields = {"kind": "person", "site": "ramsey", "contact_phone": "01487 555 0199", "one_off": True}
    party = await put_party(manager, "person-maud", name="Maud Lee", **fields)
    assert party["one_off"] is True
    booked = await book(manager, party="person-maud", title="Tea", starts="2026-12-01T14:00", ends="2026-12-01T16:00")
    assert (booked["contact_phone"], booked["contact_email"]) == ("01487 555 0199", "")
    group = await manager.put(f"{API}/parties/bells", json={"kind": "group", "name": "Bells", "one_off": True})
    assert group.json()["errors"][0]["field"] == "one_off"


@pytest.mark.cases_full
async def test_no_screen_shows_what_somebody_typed_before_a_manager_confirms_it(
    hiring: Hiring, any_app: FastAPI
) -> None:
    params = {"from": "2026-11-20", "to": "2027-01-10"}
    await hiring.hired(title="Rude words", name="Ruder Name")
    for role in ("wall", "tablet", "facilities"):
        async with signed_in_as(any_app, hiring.manager, role, sites=["ramsey"], name=role) as screen:
            [seen] = (await screen.get(f"{API}/sites/ramsey/bookings", params=params)).json()["items"]
            assert (seen["title"], seen["party_name"], seen["status"]) == ("Requested", None, "held")
    [request] = await hiring.waiting()
    assert (request["title"], request["party_name"]) == ("Rude words", "Ruder Name")
    async with signed_in_as(any_app, hiring.manager, "wall", sites=["ramsey"], name="Foyer") as screen:
        await act(hiring.manager, request, "decline", reason="no")
        assert (await screen.get(f"{API}/bookings/{request['id']}")).json()["title"] == "Requested"
        await act(hiring.manager, (await hiring.diary())[0], "restore")
        await act(hiring.manager, (await hiring.diary())[0], "approve")
        seen = (await screen.get(f"{API}/bookings/{request['id']}")).json()
        assert (seen["title"], seen["party_name"], seen["status"]) == ("Rude words", "Ruder Name", "confirmed")


async def test_members_read_what_their_own_group_asks_for(hiring: Hiring, any_app: FastAPI) -> None:
    await put_party(hiring.manager, "choir", site="ramsey")
    async with (
        signed_in_as(any_app, hiring.manager, "group_leader", sites=["ramsey"], party="choir", name="Lee") as leader,
        signed_in_as(any_app, hiring.manager, "group_member", sites=["ramsey"], party="choir", name="Mo") as member,
    ):
        asked = await book(leader, party="choir", title="Rehearsal")
        assert asked["status"] in ("held", "requested")
        assert (await member.get(f"{API}/bookings/{asked['id']}")).json()["title"] == "Rehearsal"
