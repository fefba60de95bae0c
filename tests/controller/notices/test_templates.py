"""A site's own wording: what is refused with its line, what a preview shows, what mails say then."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import httpx
import pytest
from fastapi import FastAPI

from controller.notices.model import NoticeKind
from controller.notices.schemas import KindName
from controller.notices.templates import FIELDS, faults, fill
from tests.controller.clock import ManualClock
from tests.controller.keyboard import Typed, keyboard
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import ROSA, text
from tests.controller.signin.signing import signed_in_as
from tests.controller.village import API, SITE, Json, act, book, code_of
from tests.digits import says
from tests.services.mail import MailServer

ROOT = f"{API}/sites/{SITE}/notice-templates"
OWN = "Dear {{ contact_name }},\n\n{{ message }}\n{% if phone %}Ring {{ phone }} about {{ title }}.{% endif %}\n"


@pytest.fixture
def sending(village: httpx.AsyncClient, app: FastAPI, clock: ManualClock) -> Sending:
    return Sending(app.state.container, clock)


@pytest.fixture
async def hallkeeper(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[Typed]:
    async with keyboard(app, village) as typed:
        yield typed


async def put(client: httpx.AsyncClient, kind: str, wording: str, status: int = 200, version: int = 0) -> Json:
    answer = await client.put(f"{ROOT}/{kind}", json={"text": wording, "version": version})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def preview(client: httpx.AsyncClient, kind: str, status: int = 200, **body: str) -> Json:
    answer = await client.post(f"{ROOT}/{kind}/preview", json=body)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


def test_every_kind_of_notice_has_its_name_in_the_api() -> None:
    assert [each.name.lower() for each in NoticeKind] == list(get_args(KindName))


@pytest.mark.parametrize(
    ("wording", "line", "says"),
    [
        ("{{ message }}\n\nSee you, {{ nmae }}", 3, "no field 'nmae'"),
        ("Hello", 1, "{{ message }} is missing"),
        ("Hello\n{% if phone %}{{ message }}{% endif %}", 2, "{{ message }} is missing"),
        ("{{ message }}\n{{ title", 2, "end of print statement"),
        ("{{ message }}\n{% endif %}", 2, "endif"),
        ("{{ message }}\n{% for each in title %}x{% endfor %}", 2, "only {{ field }}"),
        ("{{ message.__class__ }}", 1, "only {{ field }}"),
        ("{{ message | upper }}", 1, "only {{ field }}"),
        ("{{ message }}{{ 9 ** 9 ** 9 }}", 1, "only {{ field }}"),
        ("{% include 'secrets' %}{{ message }}", 1, "only {{ field }}"),
        ("{% set message = title %}{{ message }}", 1, "only {{ field }}"),
        ("{{ message }}" + "{% if phone %}" * 285, 1, "if"),
    ],
)
def test_a_wrong_wording_is_refused_with_its_line(wording: str, line: int, says: str) -> None:
    found = faults(wording)
    assert [each for each in found if each.line == line and says in each.text], found


def test_what_people_wrote_is_a_value_and_never_a_wording() -> None:
    values = dict.fromkeys(FIELDS, "") | {"message": "{{ phone }}", "title": "{% if %}"}
    assert fill("{{ title }}: {{ message }}", values) == "{% if %}: {{ phone }}"


async def test_mails_of_a_kind_are_worded_as_the_site_has_it_until_that_is_removed(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    made = await put(village, "confirmed", OWN)
    booking = await book(village, contact_email=ROSA, contact_name="Rosa")
    code = await code_of(village, booking)
    await sending.after(minutes=1)
    await act(village, booking, "cancel")
    await sending.after(minutes=1)
    confirmed, cancelled = mail.mails
    for kind in ("plain", "html"):
        assert "Dear Rosa," in text(confirmed, kind)
        assert f"{code[:3]} {code[3:]}" in text(confirmed, kind)
        assert "Ring 01487 555 010 about Choir." in text(confirmed, kind)
        assert "Dear" not in text(cancelled, kind)
    answer = await village.delete(f"{ROOT}/confirmed", params={"version": made["version"]})
    assert (answer.status_code, answer.json()["text"], answer.json()["version"]) == (200, "", 0)
    await book(village, contact_email=ROSA, contact_name="Rosa")
    await sending.after(minutes=1)
    assert "Dear" not in text(mail.mails[-1])


async def test_a_wording_is_refused_by_the_api_with_the_line_and_leaves_what_was_there(
    village: httpx.AsyncClient,
) -> None:
    made = await put(village, "moved", OWN)
    refused = await put(village, "moved", "{{ message }}\n{{ tilte }}", 422, version=made["version"])
    assert refused["errors"][0]["field"] == "text"
    assert refused["errors"][0]["message"].startswith("line 2: there is no field 'tilte'; there are message, title")
    for wrong in ("", "x" * 4001, "{{ message }}\0"):
        await put(village, "moved", wrong, 422, version=made["version"])
    await put(village, "wedding", OWN, 422)
    items = {each["kind"]: each for each in (await village.get(ROOT)).json()["items"]}
    assert (items["moved"]["text"], items["moved"]["subject"], items["late"]["text"]) == (OWN, "Moved", "")


async def test_a_wording_that_somebody_changed_meanwhile_is_not_overwritten(village: httpx.AsyncClient) -> None:
    made = await put(village, "moved", OWN)
    stale = await put(village, "moved", "{{ message }}", 409)
    assert "Una Porter made it" in stale["detail"]
    assert (await put(village, "moved", "{{ message }}", version=made["version"]))["text"] == "{{ message }}"
    assert (await village.delete(f"{ROOT}/moved", params={"version": made["version"]})).status_code == 409


async def test_a_preview_shows_a_real_booking_with_its_code_masked_and_sends_nothing(
    village: httpx.AsyncClient, sending: Sending, mail: MailServer
) -> None:
    assert (await preview(village, "reminder", 409))["title"] == "There is nothing to preview"
    booking = await book(village, contact_name="Rosa")
    code = await code_of(village, booking)
    shown = await preview(village, "reminder", text=OWN)
    assert shown["booking"] == booking["id"]
    assert shown["subject"] == "Reminder: Choir, Hall, Thu 26 Nov, 18:00 to 20:00"
    assert "Dear Rosa," in shown["text"]
    assert not says(shown["text"] + shown["html"], code)
    assert "Dear" not in (await preview(village, "reminder", booking=booking["id"]))["text"]
    await preview(village, "reminder", 422, text="{{ x }}")
    await preview(village, "reminder", 404, booking="01890000-0000-7000-8000-000000000000")
    await sending.after(minutes=1)
    assert mail.attempts == 0


async def test_only_who_runs_a_site_words_its_mails(village: httpx.AsyncClient, app: FastAPI) -> None:
    async with signed_in_as(app, village, "porter") as porter:
        await put(porter, "moved", OWN, 403)
        await preview(porter, "moved", 403)
        assert (await porter.get(ROOT)).status_code == 403


async def test_a_wording_is_tried_written_and_removed_at_the_terminal(
    hallkeeper: Typed, village: httpx.AsyncClient, tmp_path: Path
) -> None:
    await book(village, contact_name="Rosa")
    file = tmp_path / "confirmed.txt"
    file.write_text(OWN)
    tried = await hallkeeper("notices", "template", "preview", SITE, "confirmed", "--file", str(file))
    assert "Dear Rosa," in tried.stdout
    written = await hallkeeper("notices", "template", "put", SITE, "confirmed", str(file))
    assert (written.exit_code, "has its own wording now" in written.stdout) == (0, True), written.output
    listed = await hallkeeper("notices", "template", "list", SITE)
    assert "its own" in listed.stdout
    assert "{{ message }}" in listed.stdout
    assert (await hallkeeper("notices", "template", "show", SITE, "confirmed")).stdout.strip() == OWN.strip()
    file.write_text("{{ mesage }}")
    refused = await hallkeeper("notices", "template", "put", SITE, "confirmed", str(file))
    assert (refused.exit_code != 0, "line 1: there is no field 'mesage'" in refused.output) == (True, True)
    removed = await hallkeeper("notices", "template", "remove", SITE, "confirmed")
    assert (removed.exit_code, "worded as usual" in removed.stdout) == (0, True), removed.output
    unknown = await hallkeeper("notices", "template", "show", SITE, "wedding")
    assert (unknown.exit_code, "there are requested, confirmed" in unknown.output) == (2, True)
