"""The digest of those who run a site: when it comes, what stands in it, and that nothing to say is no mail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from controller.notices.digest.model import MOST_LINES, DigestSection, digest_text, next_digest
from controller.notices.digest.service import DigestService
from tests.controller.access.test_access import go_offline
from tests.controller.billing.wishes import LONDON, wall
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import ROSA, text
from tests.controller.notices.test_notices_cli import Hallkeeper, hallkeeper  # noqa: F401  # a fixture
from tests.controller.people.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, act, book, code_of, furnish, post
from tests.services.mail import Behaviour, MailServer

OWN = f"{API}/sites/{SITE}/notice-digest"
NEXT_WEEK = {"starts": "2026-12-03T18:00", "ends": "2026-12-03T20:00"}
MANAGER = "manager@hub.test"
EIGHT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # Thursday


@pytest.mark.parametrize(
    ("weekdays", "hour", "after", "at"),
    [
        ("4", 8, "2026-11-26 07:59", "2026-11-26T08:00:00+00:00"),
        ("4", 8, "2026-11-26 08:00", "2026-12-03T08:00:00+00:00"),
        ("12345", 8, "2026-11-27 09:00", "2026-11-30T08:00:00+00:00"),
        ("", 8, "2026-11-26 07:59", None),
        ("7", 1, "2027-03-27 12:00", "2027-03-28T01:00:00+00:00"),  # skipped: 02:00 in London
        ("7", 8, "2027-03-27 12:00", "2027-03-28T07:00:00+00:00"),
        ("7", 1, "2027-10-30 12:00", "2027-10-31T00:00:00+00:00"),  # the first of the two
        ("7", 8, "2027-10-30 12:00", "2027-10-31T08:00:00+00:00"),
    ],
)
def test_it_comes_at_the_hour_of_the_clock_on_the_wall(weekdays: str, hour: int, after: str, at: str | None) -> None:
    found = next_digest(weekdays, hour, LONDON, wall(after))
    assert found == (datetime.fromisoformat(at) if at else None)


def digests(app: FastAPI) -> DigestService:
    service: DigestService = app.state.container.digests
    return service


@asynccontextmanager
async def reading(app: FastAPI, client: httpx.AsyncClient, *weekdays: int) -> AsyncIterator[httpx.AsyncClient]:
    """A manager with a mail address, to whom it comes on these days."""
    async with signed_in_as(app, client, "manager") as manager:
        name = (await manager.get(f"{API}/session")).json()["user"]
        [user] = [each for each in (await client.get(f"{API}/users")).json()["items"] if each["name"] == name]
        changed = await client.patch(f"{API}/users/{user['id']}", json={"email": MANAGER})
        assert changed.is_success, changed.text
        await choose(manager, *weekdays)
        yield manager


async def choose(client: httpx.AsyncClient, *weekdays: int, hour: int = 8) -> None:
    answer = await client.patch(OWN, json={"weekdays": weekdays, "hour": hour})
    assert answer.status_code == 200, answer.text


async def test_it_tells_what_waits_on_both_databases(
    any_client: httpx.AsyncClient, any_app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    await furnish(any_client)
    await put_party(any_client, "choir", contact_email=ROSA)
    sending = Sending(any_app.state.container, clock)
    async with reading(any_app, any_client, 4) as manager:
        shown = (await manager.get(OWN)).json()
    async with signed_in_as(any_app, any_client, "group_leader", party="choir") as leader:
        assert (await post(leader, party="choir", title="Asked for", **NEXT_WEEK)).status_code in (201, 202)
    made = await book(any_client, space="studio", title="Made", **NEXT_WEEK)
    gone = await book(any_client, space="studio", title="Gone", starts="2026-12-04T18:00", ends="2026-12-04T20:00")
    await sending.after(minutes=1)
    await act(any_client, gone, "cancel")
    mail.next = [Behaviour.NO_SUCH_USER]
    await book(any_client, title="Failed", contact_email=ROSA, starts="2026-12-05T18:00", ends="2026-12-05T20:00")
    await sending.after(minutes=1)
    await go_offline(any_app.state.container, "pi-side", 30)
    code = await code_of(any_client, made)
    mail.raw.clear()
    clock.set(EIGHT)
    await digests(any_app).look()
    [sent] = [each for each in mail.mails if each["To"] == MANAGER]
    assert sent["Subject"].startswith("Ramsey Hub: what waits for you, ")
    assert shown["next_at"] == "2026-11-26T08:00:00+00:00"
    sections = {part.splitlines()[0]: part for part in text(sent).replace("\r", "").split("\n\n")}
    assert "Asked for, Hall" in sections["Wait for a decision:"]
    assert "Made, Studio" in sections["New bookings:"]
    assert "Gone" in sections["Cancelled:"]
    assert "Gone" not in sections["New bookings:"]
    assert "Confirmed: Made" in sections["Ring these people, who cannot be reached otherwise:"]
    assert "550" in sections["Notices that failed:"]
    assert "Side door has not been heard of since" in sections["Doors:"]
    for digits in (code, f"{code[:3]} {code[3:]}"):
        assert digits not in text(sent) + text(sent, "html") + str(sent["Subject"])


async def test_nothing_to_say_is_no_mail_and_what_was_told_is_not_told_again(
    client: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    await furnish(client)
    async with reading(app, client, 1, 2, 3, 4, 5) as manager:
        await _days_without_news(manager, client, app, clock, mail)


async def _days_without_news(
    manager: httpx.AsyncClient, client: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    clock.set(EIGHT)
    await digests(app).look()
    assert mail.mails == []
    await book(client, **NEXT_WEEK)
    await digests(app).look()
    assert mail.mails == []
    for _ in range(2):
        clock.advance(days=1)
        await digests(app).look()
    assert len(mail.mails) == 1  # on Friday; Saturday has none
    await choose(manager)
    assert (await manager.get(OWN)).json()["next_at"] is None


async def test_one_that_is_not_taken_comes_later_and_loses_nothing(
    client: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    await furnish(client)
    async with reading(app, client, 4, 5) as manager:
        await book(client, title="Made", **NEXT_WEEK)
        clock.set(EIGHT)
        mail.next = [Behaviour.GREYLIST]
        await digests(app).look()
        assert mail.mails == []
        clock.advance(minutes=10)
        await digests(app).look()
        assert ["Made" in text(each) for each in mail.mails] == [True]
        assert (await manager.get(OWN)).json()["next_at"] == "2026-11-27T08:00:00+00:00"


async def test_who_no_longer_runs_the_site_gets_none(
    client: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    await furnish(client)
    async with reading(app, client, 4):
        await book(client, **NEXT_WEEK)
        [user] = [each for each in (await client.get(f"{API}/users")).json()["items"] if each["email"] == MANAGER]
        ended = await client.patch(f"{API}/users/{user['id']}", json={"ended": True})
        assert ended.is_success, ended.text
    clock.set(EIGHT)
    await digests(app).look()
    assert mail.mails == []


@pytest.mark.parametrize("wrong", [{"weekdays": [0]}, {"weekdays": [1, 1]}, {"weekdays": [1], "hour": 24}])
async def test_no_such_day_or_hour_is_taken(client: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    await furnish(client)
    assert (await client.patch(OWN, json=wrong)).status_code == 422


async def test_a_long_section_is_counted_and_an_empty_one_left_out(app: FastAPI, client: httpx.AsyncClient) -> None:
    await furnish(client)
    container = app.state.container
    async with container.database.read() as tx:
        site = (await container.writer.site_configs.of(tx, SITE)).site
    long = DigestSection(heading="Long", lines=[str(each) for each in range(MOST_LINES + 3)])
    shown = digest_text(site, [long, DigestSection(heading="Empty", lines=[])], now=EIGHT, address="http://hub.test")
    assert "- and 3 more" in shown
    assert "Empty" not in shown
    assert digest_text(site, [DigestSection(heading="Empty", lines=[])], now=EIGHT, address="") == ""


async def test_it_is_chosen_by_command(hallkeeper: Hallkeeper) -> None:  # noqa: F811
    assert "It does not come." in (await hallkeeper("digest", "show", SITE)).stdout
    assert "It comes next at 2026-11-26T08:00" in (await hallkeeper("digest", "put", SITE, "thu", "--hour", "8")).stdout
    wrong = await hallkeeper("digest", "put", SITE, "someday")
    assert (wrong.exit_code, "no weekday" in wrong.output) == (1, True)
    assert "It does not come." in (await hallkeeper("digest", "put", SITE, "none")).stdout
