"""What comes of documents that lapse: reminders, each once, and new bookings that wait."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.notices.document_reminders import reminder_due
from tests.controller.billing.wishes import LONDON
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending, any_settings, mail, settings
from tests.controller.notices.test_notices import text
from tests.controller.people.documents.test_documents import add
from tests.controller.signin.signing import API, Json, put_party, signed_in_as
from tests.controller.village import SITE, book, change, code_of, look, post, wanted
from tests.services.mail import MailServer

__all__ = ["any_settings", "mail", "settings"]  # fixtures

STEPS = (60, 30, 7)
ROSA = "rosa@example.org"
NAME = "public liability insurance"


@pytest.fixture
def sending(any_container: Container, clock: ManualClock) -> Sending:
    return Sending(any_container, clock)


async def after(sending: Sending, **duration: float) -> None:
    """Let time pass, then do what is due."""
    sending.clock.advance(**duration)
    await sending.container.lapsing.look()
    await sending.container.notice_worker.send_due()


async def put_policy(client: httpx.AsyncClient, *documents: Json, **more: Any) -> None:
    rule = {"name": "All", "modes": []}
    body = {"rules": [rule], "documents": list(documents)} | more
    answer = await client.put(f"{API}/sites/{SITE}/policy", json=body)
    assert answer.is_success, answer.text


def asked(lapsing: str = "hold", *, kind: str = "insurance", **more: Any) -> Json:
    return {
        "kind": kind,
        "name": NAME if kind == "insurance" else "DBS check",
        "lapsing": lapsing,
        "needed": lapsing == "hold",
    } | more


async def why(client: httpx.AsyncClient, **changes: Any) -> str:
    """What the check of a booking of the choir says."""
    answer = await client.post(f"{API}/sites/{SITE}/bookings/check", json=wanted(party="choir", **changes))
    assert answer.status_code == 200, answer.text
    return "; ".join(each["text"] for each in answer.json()["reasons"])


@pytest.mark.parametrize(
    ("until", "reminded", "now", "due"),
    [
        (date(2027, 3, 28), None, "2027-01-27T08:59", None),
        (date(2027, 3, 28), None, "2027-01-27T09:00", 60),
        (date(2027, 3, 28), 60, "2027-02-26T08:59", None),
        (date(2027, 3, 28), 60, "2027-02-26T09:00", 30),
        (date(2027, 3, 28), None, "2027-03-25T12:00", 7),  # away for months: the nearest only
        (date(2027, 3, 28), 7, "2027-03-25T12:00", None),
        (date(2027, 4, 4), 30, "2027-03-28T07:59", None),  # the clocks have gone forward: 08:00 UTC is nine
        (date(2027, 4, 4), 30, "2027-03-28T08:00", 7),
        (date(2027, 11, 7), 30, "2027-10-31T08:59", None),  # they have gone back
        (date(2027, 11, 7), 30, "2027-10-31T09:00", 7),
        (date(2027, 10, 30), None, "2027-10-30T22:59", 7),  # the last day is not over
        (date(2027, 10, 30), None, "2027-10-30T23:00", None),
    ],
)
def test_a_reminder_is_due_at_nine_by_the_site_s_clock_and_of_the_nearest_step(
    until: date, reminded: int | None, now: str, due: int | None
) -> None:
    assert reminder_due(until, reminded, STEPS, LONDON, datetime.fromisoformat(now).replace(tzinfo=UTC)) == due


async def test_a_party_is_reminded_once_at_each_step_whatever_runs_how_often(
    any_village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await put_policy(any_village, asked())
    await put_party(any_village, "choir", name="St Mary's Choir", site=SITE, contact_email=ROSA)
    await add(any_village, valid_until="2027-01-26")  # 62 days ahead
    await after(sending, days=1)
    assert mail.mails == []
    await after(sending, days=1)
    await after(sending, minutes=10)
    await after(sending, hours=30)
    [first] = mail.mails
    assert (first["To"], first["Subject"].strip()) == (
        ROSA,
        f"Document ends soon: {NAME} of St Mary's Choir, 26 January 2027",
    )
    assert "From 27 January 2027 on new bookings wait for approval" in text(first)
    assert "Bookings that are confirmed already stay" in text(first)
    await after(sending, days=54)  # the controller was away at 30 days
    await after(sending, days=1)
    assert len(mail.mails) == 2
    await after(sending, days=10)
    assert len(mail.mails) == 2


async def test_a_newer_document_ends_the_reminders_and_another_end_begins_them_again(
    any_village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await put_party(any_village, "choir", site=SITE, contact_email=ROSA)
    made = await add(any_village, valid_until="2026-12-10")
    await after(sending, days=0)
    assert len(mail.mails) == 1
    body = {name: made[name] for name in ("kind", "valid_from", "version")} | {"valid_until": "2026-12-11"}
    assert (await any_village.put(f"{API}/parties/choir/documents/{made['id']}", json=body)).is_success
    await after(sending, minutes=10)
    assert len(mail.mails) == 2
    await add(any_village, valid_from="2026-12-01", valid_until="2027-12-10")
    await after(sending, days=10)
    assert len(mail.mails) == 2


async def test_who_has_no_address_is_listed_to_be_rung_and_a_group_is_reached_by_its_responsible_person(
    any_village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await put_party(any_village, "ann-lee", kind="person", contact_email="ann@example.org")
    await put_party(any_village, "choir", site=SITE, responsible="ann-lee")
    await put_party(any_village, "yoga", site=SITE)
    for party in ("choir", "yoga"):
        await add(any_village, party, valid_until="2026-12-20")
    await after(sending, minutes=1)
    assert [each["To"] for each in mail.mails] == ["ann@example.org"]
    unreached = (await any_village.get(f"{API}/sites/{SITE}/notices", params={"state": "no_address"})).json()["items"]
    assert [(each["party"], each["subject"].rpartition(", ")[2]) for each in unreached] == [
        ("yoga", "20 December 2026")
    ]


async def test_a_dbs_check_is_reminded_of_once_at_each_step_and_only_its_reader_sees_that_it_is_one(
    any_village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    await put_policy(any_village, asked(kind="safeguarding"))
    await put_party(any_village, "ann-lee", kind="person", site=SITE, name="Ann Lee", contact_email=ROSA)
    seen = {"level": "basic", "seen_on": "2026-01-01", "review_on": "2027-01-20"}
    assert (await any_village.put(f"{API}/parties/ann-lee/safeguarding", json=seen)).is_success
    await after(sending, days=1)  # 55 days ahead
    await after(sending, minutes=10)
    [first] = mail.mails
    assert (first["To"], first["Subject"]) == (ROSA, "Document ends soon: Ann Lee, 20 January 2027")
    assert "The DBS check of Ann Lee is to be looked at again by Wednesday 20 January 2027." in text(first)
    assert "Please show Ramsey Hub the certificate before that day. From 21 January 2027 on new bookings" in text(first)
    await after(sending, days=26)
    assert len(mail.mails) == 2
    newer = {"level": "basic", "seen_on": "2026-12-22", "review_on": "2029-12-22"}
    version = (await any_village.get(f"{API}/parties/ann-lee/safeguarding")).json()["version"]
    assert (await any_village.put(f"{API}/parties/ann-lee/safeguarding", json=newer | {"version": version})).is_success
    await after(sending, days=25)
    assert len(mail.mails) == 2


async def test_a_party_of_all_sites_that_comes_to_none_is_reminded_by_its_last_site_and_listed_for_who_keeps_it(
    any_app: FastAPI, any_village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    for party in ("ann-lee", "ben-ito"):
        await put_party(any_village, party, kind="person", contact_email=f"{party}@example.org")
        seen = {"level": "basic", "seen_on": "2026-01-01", "review_on": "2027-01-20"}
        assert (await any_village.put(f"{API}/parties/{party}/safeguarding", json=seen)).is_success
    await book(any_village, party="ann-lee")
    await after(sending, days=20)
    assert [each["Subject"] for each in mail.mails if "ends soon" in each["Subject"]] == [
        "Document ends soon: Ann lee, 20 January 2027"
    ]
    listing = f"{API}/sites/{SITE}/lapsing"
    found = (await any_village.get(listing)).json()["items"]
    assert [each["party"] for each in found] == ["ann-lee", "ben-ito"]
    async with signed_in_as(any_app, any_village, "manager", sites=[SITE]) as manager:
        assert (await manager.get(listing)).json()["items"] == []
        await book(any_village, party="ben-ito", starts="2026-12-30T18:00", ends="2026-12-30T20:00")
        found = (await any_village.get(listing)).json()["items"]
        assert [each["party"] for each in found] == ["ann-lee", "ben-ito"], "each once"


@pytest.mark.parametrize("how", ["over", "party ended", "still"])
async def test_a_reminder_that_waited_is_sent_only_while_its_document_counts(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer, how: str
) -> None:
    await put_party(village, "choir", site=SITE, contact_email=ROSA)
    await add(village, valid_until="2026-12-10")
    assert (await village.post(f"{API}/sites/{SITE}/notices/pause")).is_success
    await after(Sending(app.state.container, clock), minutes=1)
    if how == "party ended":
        await put_party(village, "choir", site=SITE, contact_email=ROSA, ended=True)
    clock.set(datetime(2026, 12, 11 if how == "over" else 10, 0, 0, tzinfo=UTC))
    assert (await village.post(f"{API}/sites/{SITE}/notices/resume")).is_success
    await app.state.container.notice_worker.send_due()
    assert len(mail.mails) == (1 if how == "still" else 0)
    [notice] = (await village.get(f"{API}/sites/{SITE}/notices")).json()["items"]
    assert notice["state"] == ("sent" if how == "still" else "skipped")


async def choices(client: httpx.AsyncClient, by: str) -> None:
    answer = await client.patch(f"{API}/parties/choir/notice-preferences", json={"choices": {"lapsing": by}})
    assert answer.is_success, answer.text


async def test_reminders_of_documents_follow_what_their_reader_chose(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    sending = Sending(app.state.container, clock)
    await put_party(village, "choir", site=SITE, contact_email=ROSA)
    await choices(village, "none")
    await add(village, valid_until="2026-12-20")
    await after(sending, minutes=1)
    assert mail.mails == []
    await choices(village, "mail")
    await after(sending, minutes=10)
    assert mail.mails == []  # what somebody did not want is not sent later
    await after(sending, days=18)
    [reminder] = mail.mails
    link = str(reminder["List-Unsubscribe"]).strip("<>")
    assert link.endswith("?kind=lapsing")
    assert link.partition("?")[0] in text(reminder)


async def test_a_reminder_that_waits_follows_a_choice_and_an_address_that_change_meanwhile(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    sending = Sending(app.state.container, clock)
    await put_party(village, "choir", site=SITE, contact_email="rsoa@example.org")
    await add(village, valid_until="2026-12-20")
    await sending.container.lapsing.look()
    await put_party(village, "choir", site=SITE, contact_email=ROSA)
    await sending.after(minutes=1)
    assert [each["To"] for each in mail.mails] == [ROSA]
    await add(village, valid_from="2026-11-26", valid_until="2026-12-21")
    await sending.container.lapsing.look()
    await choices(village, "none")
    await sending.after(minutes=1)
    assert len(mail.mails) == 1


async def test_new_bookings_wait_once_it_has_lapsed_and_what_is_confirmed_keeps_its_code(
    any_app: FastAPI, any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put_policy(any_village, asked(needed=True))
    await put_party(any_village, "choir")
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as leader:
        never = await book(leader, party="choir", space="yard")
        assert never["status"] == "held"
        assert f"no {NAME} is on record" in await why(leader)
        await add(any_village, valid_until="2026-11-25")
        tonight = await book(leader, party="choir")
        assert tonight["status"] == "confirmed"
        code = await code_of(leader, tonight)
        clock.advance(days=1)
        assert (await look(leader, tonight))["status"] == "confirmed"
        assert await code_of(leader, tonight) == code
        await change(leader, tonight, people=12)
        assert (await look(leader, tonight))["status"] == "confirmed"
        later = {"starts": "2026-12-03T18:00", "ends": "2026-12-03T20:00"}
        lapsed = await book(leader, party="choir", **later)
        assert lapsed["status"] == "held"
        assert "ended on 25 November 2026; show" in await why(
            leader, starts="2026-12-04T18:00", ends="2026-12-04T20:00"
        )
        await add(any_village, valid_from="2026-11-26", valid_until="2027-11-25")
        assert (await book(leader, party="choir", space="studio", **later))["status"] == "confirmed"
    assert (await post(any_village, party="choir", space="studio")).json()["status"] == "confirmed"


async def test_a_document_that_only_warns_and_one_of_another_tier_hold_nothing(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    await put_policy(village, asked("warn", needed=True), asked(kind="hire-terms", needed=True, tiers=["commercial"]))
    await put_party(village, "choir")
    async with signed_in_as(app, village, "group_leader", party="choir") as leader:
        assert (await book(leader, party="choir"))["status"] == "confirmed"


async def test_a_dbs_check_of_the_person_responsible_counts_for_the_group(
    any_app: FastAPI, any_village: httpx.AsyncClient
) -> None:
    await put_policy(any_village, asked(kind="safeguarding", needed=True))
    await put_party(any_village, "ann-lee", kind="person")
    await put_party(any_village, "choir", responsible="ann-lee")
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as leader:
        assert (await book(leader, party="choir"))["status"] == "held"
        seen = {"level": "basic", "seen_on": "2026-01-01", "review_on": "2027-01-01"}
        assert (await any_village.put(f"{API}/parties/ann-lee/safeguarding", json=seen)).is_success
        assert (await book(leader, party="choir", space="studio"))["status"] == "confirmed"


async def test_the_list_of_a_site_has_what_is_missing_over_or_ends_soon(
    any_app: FastAPI, any_village: httpx.AsyncClient
) -> None:
    await put_policy(any_village, asked(needed=True))
    for party in ("choir", "scouts", "yoga", "chess"):
        await put_party(any_village, party, site=SITE if party != "yoga" else None)
    await add(any_village, "choir", valid_until="2026-11-24")
    await add(any_village, "scouts", valid_until="2027-01-10")
    await add(any_village, "chess", valid_until="2027-11-24")
    await book(any_village, party="yoga")
    seen = {"level": "basic", "seen_on": "2025-01-01", "review_on": "2026-11-01"}
    for party in ("choir", "yoga"):
        assert (await any_village.put(f"{API}/parties/{party}/safeguarding", json=seen)).is_success
    found = (await any_village.get(f"{API}/sites/{SITE}/lapsing")).json()["items"]
    assert [(each["party"], each["kind"], each["until"], each["lapsed"], each["holds"]) for each in found] == [
        ("yoga", "insurance", None, True, True),
        ("choir", "safeguarding", "2026-11-01", True, False),
        ("yoga", "safeguarding", "2026-11-01", True, False),
        ("choir", "insurance", "2026-11-24", True, True),
        ("scouts", "insurance", "2027-01-10", False, True),
    ]
    async with signed_in_as(any_app, any_village, "manager", sites=[SITE]) as manager:
        own = (await manager.get(f"{API}/sites/{SITE}/lapsing")).json()["items"]
        assert [each["party"] for each in own if each["kind"] == "safeguarding"] == ["choir"]


async def test_a_group_keeps_its_code_when_tonight_s_booking_moves_and_no_other_change_avoids_the_rule(
    any_app: FastAPI, any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put_policy(any_village, asked())
    await put_party(any_village, "choir")
    await add(any_village, valid_until="2026-11-25")
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as leader:
        tonight = await book(leader, party="choir")
        later = await book(leader, party="choir", starts="2026-12-03T18:00", ends="2026-12-03T20:00")
        clock.advance(hours=23)  # 26 November, 11:00
        await change(leader, tonight, starts="2026-11-26T18:15", ends="2026-11-26T20:15")
        assert (await look(leader, tonight))["status"] == "confirmed"
        assert await code_of(any_village, tonight)
        await change(leader, later, starts="2026-12-03T18:30")  # within its old time
        assert (await look(leader, later))["status"] == "confirmed"
        await change(leader, later, ends="2026-12-03T21:00")
        assert (await look(leader, later))["status"] == "held"


async def test_what_holds_bookings_must_be_needed_as_old_records_are_deleted(any_village: httpx.AsyncClient) -> None:
    body = {"rules": [{"name": "All"}], "documents": [asked(needed=False)]}
    answer = await any_village.put(f"{API}/sites/{SITE}/policy", json=body)
    assert (answer.status_code, "needed must be true where lapsing is hold" in answer.text) == (422, True)
