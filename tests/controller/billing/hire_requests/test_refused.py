"""What cannot be asked for without an account, and what is said about it."""

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.platform.settings import MailSection, Settings
from tests.controller.billing.hire_requests.hiring import Hiring, open_hire, plain, put_policy, token_in
from tests.controller.running import stranger
from tests.controller.village import API, act, book


async def test_a_site_takes_none_unless_its_policy_says_so(app: FastAPI, village: httpx.AsyncClient) -> None:
    body = {"site": "ramsey", "space": "hall", "starts": "2026-12-05T14:00", "ends": "2026-12-05T17:00", "people": 9}
    whole = body | {
        "title": "x",
        "name": "x",
        "phone": "01487 555 0123",
        "email": "a@x.test",
        "terms_version": "0" * 12,
    }
    async with stranger(app) as phone:
        answers = [
            await phone.get(f"{API}/sites/ramsey/hire-options"),
            await phone.post(f"{API}/hire-requests/check", json=body),
            await phone.post(f"{API}/hire-requests", json=whole),
        ]
        unknown = await phone.get(f"{API}/sites/nowhere/hire-options")
    assert [each.status_code for each in answers] == [409] * 3
    assert {each.json()["type"].rpartition(":")[2] for each in answers} == {"hire-closed"}
    assert "ring 01487 555 010" in answers[0].json()["detail"]
    assert unknown.status_code == 404


async def test_a_site_that_was_closed_meanwhile_confirms_none(hire: Hiring) -> None:
    _, sent = await hire.ask()
    await put_policy(hire.manager, hire=None)
    refused = await hire.confirm(token=token_in(sent))
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "hire-closed")
    assert await hire.diary() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 201),
        ("name", "Anna\nBcc: all@x.test"),
        ("name", "\u202eanna"),
        ("phone", "call me"),
        ("phone", "12345"),
        ("phone", "1" * 16),
        ("phone", "٠١٢٣٤٥٦٧٨٩"),
        ("email", ""),
        ("email", "anna@home.test, bea@home.test"),
        ("email", "Anna <anna@home.test>"),
        ("email", f"{'a' * 200}@home.test"),
        ("title", ""),
        ("people", 0),
        ("people", 100_001),
        ("notes", "x" * 2001),
        ("terms_version", "yes"),
        ("starts", "5 December"),
        ("ends", "2026-12-05T13:00"),
        ("starts", "2026-11-24T14:00"),
        ("starts", "2027-12-05T14:00"),
        ("space", "yard"),
    ],
)
async def test_a_wrong_field_is_named(hire: Hiring, field: str, value: object) -> None:
    later = {"ends": "2027-12-05T17:00"} if value == "2027-12-05T14:00" else {}
    refused = await hire.post(**{field: value} | later)
    assert refused.status_code == 422, refused.text
    fields = {each["field"] for each in refused.json()["errors"]}
    assert fields & {field, "ends" if field == "starts" else field}
    await hire.container.notice_worker.send_due()
    assert hire.mail.mails == []


async def test_a_time_that_is_taken_is_refused_before_a_mail_goes(hire: Hiring) -> None:
    await book(hire.manager, title="Secret meeting", starts="2026-12-05T13:00", ends="2026-12-05T15:00")
    refused = await hire.post()
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "clash")
    assert "Secret" not in refused.text
    body = {"site": "ramsey", "space": "hall", "starts": "2026-12-05T14:00", "ends": "2026-12-05T17:00", "people": 9}
    checked = (await hire.phone.post(f"{API}/hire-requests/check", json=body)).json()
    assert checked["free"] is False
    assert "Secret" not in str(checked)
    assert {each["space"] for each in checked["instead"]} == {"hall", "studio"}  # the yard is not hired out
    await open_hire(hire.manager, spaces=["hall"])
    big = (await hire.phone.post(f"{API}/hire-requests/check", json=body | {"people": 900})).json()
    assert (big["free"], big["instead"], bool(big["why"])) == (False, [], True)
    await hire.container.notice_worker.send_due()
    assert hire.mail.mails == []


async def test_a_check_says_what_it_costs_and_that_a_manager_decides(hire: Hiring) -> None:
    tariffs = {
        "rates": [
            {"name": "Community", "tiers": ["community"], "per_hour_pence": 1200},
            {"name": "Commercial", "tiers": ["commercial"], "per_hour_pence": 3000},
        ]
    }
    answer = await hire.manager.put(f"{API}/sites/ramsey/tariffs", json=tariffs)
    assert answer.status_code == 200, answer.text
    body = {"site": "ramsey", "space": "hall", "starts": "2026-12-05T14:00", "ends": "2026-12-05T17:00", "people": 9}
    checked = (await hire.phone.post(f"{API}/hire-requests/check", json=body)).json()
    assert (checked["free"], checked["needs_approval"], checked["accepted"]) == (True, True, None)
    assert checked["quote"]["total_pence"] == 3600
    assert checked["when"] == "Sat 5 Dec, 14:00 to 17:00"
    await open_hire(hire.manager, tier="commercial")
    checked = (await hire.phone.post(f"{API}/hire-requests/check", json=body)).json()
    assert checked["quote"]["total_pence"] == 9000
    await hire.hired()
    [booking] = await hire.diary()
    price = (await hire.manager.get(f"{API}/bookings/{booking['id']}/quote")).json()
    assert price["total_pence"] == 9000
    await open_hire(hire.manager, tier="community")
    await hire.hired(starts="2026-12-06T14:00", ends="2026-12-06T17:00")
    later = (await hire.diary())[-1]
    price = (await hire.manager.get(f"{API}/bookings/{later['id']}/quote")).json()
    assert price["total_pence"] == 3600  # as the check says now, whatever the person was before


async def test_the_mail_repeats_nothing_that_was_typed(hire: Hiring) -> None:
    _, sent = await hire.ask(name="<b>Win</b> money at x.test", title="Ring 0900 1234567", notes="<script>x</script>")
    html = sent.get_body(("html",))
    assert html is not None
    for text in (plain(sent), html.get_content(), sent["Subject"]):
        assert not {each for each in ("Win", "0900", "script") if each in text}
    made = await hire.confirm(token=token_in(sent))
    page = (await hire.phone.get(made.json()["link"])).text
    assert "<script>x" not in page
    assert "<b>Win" not in page


async def test_a_wrong_proof_confirms_nothing(hire: Hiring) -> None:
    request, sent = await hire.ask()
    wrong = [
        {"token": "x"},
        {"request": request, "digits": "12"},
        {"token": "x", "digits": "123456"},
        {},
        {"token": ""},
    ]
    answers = [await hire.confirm(**each) for each in wrong]
    assert [each.status_code for each in answers] == [401, 422, 422, 422, 422]
    other = {"space": "yard", "starts": "2026-12-05T14:00", "ends": "2026-12-05T17:00"}
    elsewhere = await hire.confirm(token=token_in(sent), instead=other)
    assert elsewhere.json()["errors"][0]["field"] == "space"
    assert (await hire.phone.post(f"{API}/session/mail/proof", json={"token": token_in(sent)})).status_code == 401
    assert await hire.diary() == []


async def test_a_policy_names_its_spaces_and_has_terms(village: httpx.AsyncClient) -> None:
    for hire, field in (
        ({"terms": ""}, "hire.terms"),
        ({}, "hire.terms"),
        ({"terms": "x", "spaces": ["attic"]}, "hire.spaces.0"),
        ({"terms": "x", "most_waiting": 0}, "hire.most_waiting"),
    ):
        refused = await village.put(f"{API}/sites/ramsey/policy", json={"hire": hire})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == field


async def test_a_declined_request_gives_its_time_back(hire: Hiring) -> None:
    await hire.hired()
    assert (await hire.post(email="bea@home.test", name="Bea")).status_code == 409
    [request] = await hire.waiting()
    await act(hire.manager, request, "decline", reason="no")
    assert (await hire.hired(email="bea@home.test", name="Bea"))["status"] == "held"


class TestWithoutMail:
    """A controller without a mail server."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return msgspec.structs.replace(settings, mail=MailSection())

    async def test_nobody_can_ask_and_the_answer_says_what_to_do(self, hire: Hiring) -> None:
        options = (await hire.phone.get(f"{API}/sites/ramsey/hire-options")).json()
        assert options["mail"] is False
        refused = await hire.post()
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "no-mail-server")
        assert "ring 01487 555 010" in refused.json()["detail"]
