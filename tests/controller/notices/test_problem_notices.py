"""Who runs a site, and chose it, hears of a reported problem at once."""

import httpx
from fastapi import FastAPI

from controller.app.container import Container
from tests.controller.bookings.problem_reports.test_reports import report
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.signin.signing import Json, signed_in_as
from tests.controller.village import API, SITE, book
from tests.services.mail import MailServer

OWN = f"{API}/session/notice-preferences"
REPORTS = f"{API}/sites/{SITE}/problem-reports"


async def kinds(client: httpx.AsyncClient) -> dict[str, str]:
    items: list[Json] = (await client.get(OWN)).json()["items"]
    return {each["kind"]: each["by"] for each in items}


async def test_only_who_chose_it_and_runs_the_site_gets_a_mail_at_once(
    village: httpx.AsyncClient, app: FastAPI, container: Container, clock: ManualClock, mail: MailServer
) -> None:
    made = await book(village, title="Yoga")
    async with (
        signed_in_as(app, village, "manager", sites=[SITE], name="Ann", email="ann@example.org") as ann,
        signed_in_as(app, village, "manager", sites=[SITE], name="Bo", email="bo@example.org") as bo,
        signed_in_as(app, village, "facilities", sites=[SITE], name="Cy", email="cy@example.org") as cy,
    ):
        assert (await kinds(ann))["problem"] == "none"
        await ann.patch(OWN, json={"choices": {"problem": "mail"}})
        assert ((await kinds(ann))["problem"], (await kinds(bo))["problem"]) == ("mail", "none")
        assert "problem" not in await kinds(cy), "they do not run the site"
        await report(village, made, "The tap drips")
        await Sending(container, clock).after(seconds=1)
    told = [each for each in mail.mails if "Reported problem" in each["Subject"]]
    assert [each["To"] for each in told] == ["ann@example.org"]
    assert told[0]["Subject"] == "Reported problem: Hall, Ramsey Hub"
    body = told[0].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "The tap drips" in text
    assert "for Yoga: Hall, Ramsey Hub" in text


async def test_what_is_done_before_the_mail_goes_is_not_told(
    village: httpx.AsyncClient, app: FastAPI, container: Container, clock: ManualClock, mail: MailServer
) -> None:
    made = await book(village)
    async with signed_in_as(app, village, "manager", sites=[SITE], name="Ann", email="ann@example.org") as ann:
        await ann.patch(OWN, json={"choices": {"problem": "mail"}})
        found = (await report(village, made)).json()
        assert (await ann.put(f"{REPORTS}/{found['id']}")).status_code == 200
        await Sending(container, clock).after(seconds=1)
    assert [each for each in mail.mails if "Reported problem" in each["Subject"]] == []
