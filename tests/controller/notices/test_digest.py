"""The digest of those who run a site: when it comes, what stands in it, and that nothing to say is no mail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.notices.bounces.model import MailType
from controller.notices.bounces.tokens import BounceTokens, MailName, tokens_in
from controller.notices.digest.model import MOST_LINES, DigestSection, digest_text, next_digest
from tests.controller.access.test_access import go_offline
from tests.controller.billing.wishes import LONDON, wall
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.notices.test_notices import ROSA, listed, text
from tests.controller.notices.test_notices_cli import Hallkeeper, hallkeeper  # noqa: F401  # a fixture
from tests.controller.signin.signing import Json, put_party, signed_in_as
from tests.controller.village import API, SITE, act, book, code_of, post
from tests.digits import says
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


async def look(app: FastAPI) -> None:
    """Do what is due."""
    container: Container = app.state.container
    await container.digests.look()
    await container.notice_worker.send_due()


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
    any_village: httpx.AsyncClient, any_app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    await put_party(any_village, "choir", contact_email=ROSA)
    sending = Sending(any_app.state.container, clock)
    async with reading(any_app, any_village, 4) as manager:
        shown = (await manager.get(OWN)).json()
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as leader:
        assert (await post(leader, party="choir", title="Asked for", **NEXT_WEEK)).status_code in (201, 202)
    made = await book(any_village, space="studio", title="Made", **NEXT_WEEK)
    gone = await book(any_village, space="studio", title="Gone", starts="2026-12-04T18:00", ends="2026-12-04T20:00")
    await sending.after(minutes=1)
    await act(any_village, gone, "cancel")
    mail.next = [Behaviour.NO_SUCH_USER]
    await book(any_village, title="Failed", contact_email=ROSA, starts="2026-12-05T18:00", ends="2026-12-05T20:00")
    await sending.after(minutes=1)
    await go_offline(any_app.state.container, "pi-side", 30)
    code = await code_of(any_village, made)
    mail.raw.clear()
    clock.set(EIGHT)
    await look(any_app)
    [sent] = [each for each in mail.mails if each["To"] == MANAGER]
    assert sent["Subject"] == "What waits for you: Ramsey Hub, Thu 26 Nov"
    assert shown["next_at"] == "2026-11-26T08:00:00+00:00"
    sections = {part.splitlines()[0]: part for part in text(sent).replace("\r", "").split("\n\n")}
    assert "Asked for, Hall" in sections["Wait for a decision:"]
    assert "Made, Studio" in sections["New bookings:"]
    assert "Gone" in sections["Cancelled:"]
    assert "Gone" not in sections["New bookings:"]
    assert "Confirmed: Made" in sections["Ring these people, who cannot be reached otherwise:"]
    assert "550" in sections["Notices that failed:"]
    assert "Side door has not been heard of since" in sections["Doors:"]
    assert not says(text(sent) + text(sent, "html") + str(sent["Subject"]), code)


@pytest.mark.cases_full
async def test_nothing_to_say_is_no_mail_and_what_was_told_is_not_told_again(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    async with reading(app, village, 1, 2, 3, 4, 5) as manager:
        await _days_without_news(manager, village, app, clock, mail)


async def _days_without_news(
    manager: httpx.AsyncClient, client: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    clock.set(EIGHT)
    await look(app)
    assert mail.mails == []
    await book(client, **NEXT_WEEK)
    await look(app)
    assert mail.mails == []
    for _ in range(2):
        clock.advance(days=1)
        await look(app)
    assert len(mail.mails) == 1  # on Friday; Saturday has none
    await choose(manager)
    assert (await manager.get(OWN)).json()["next_at"] is None


async def test_one_that_is_not_taken_comes_later_and_loses_nothing(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    async with reading(app, village, 4, 5) as manager:
        await book(village, title="Made", **NEXT_WEEK)
        clock.set(EIGHT)
        mail.next = [Behaviour.GREYLIST]
        await look(app)
        assert mail.mails == []
        clock.advance(minutes=1)
        await look(app)
        assert ["Made" in text(each) for each in mail.mails] == [True]
        assert (await manager.get(OWN)).json()["next_at"] == "2026-11-27T08:00:00+00:00"


@pytest.mark.cases_full
async def test_it_is_in_the_log_with_its_own_return_path_and_a_click_stops_it(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    async with reading(app, village, 4, 5) as manager:
        await book(village, title="Made", **NEXT_WEEK)
        clock.set(EIGHT)
        await look(app)
        [sent] = mail.mails
        logged = [each for each in await listed(village, state="sent") if each["contact_address"] == MANAGER]
        assert [each["subject"] for each in logged] == [sent["Subject"]]
        [token] = tokens_in(str(sent["Message-ID"]))
        bounces = BounceTokens(app.state.container.keys.page)
        assert bounces.read(token, MANAGER) == MailName(kind=MailType.NOTICE, id=logged[0]["id"])
        page = sent["List-Unsubscribe"].strip("<>").partition("/n/")[2]
        shown = (await village.get(f"/n/{page}")).text
        assert "Ramsey Hub: Thursday and Friday at 08:00, next at 08:00 on Fri 27 Nov" in shown
        assert (await village.post(f"/n/{page}", data={"List-Unsubscribe": "One-Click"})).is_success
        own = {each["kind"]: each["by"] for each in await preferences_of(manager)}
        assert own["digest"] == "none"
        assert (await manager.get(OWN)).json()["next_at"] is None
        await book(village, space="studio", title="Another", **NEXT_WEEK)
        clock.advance(days=1)
        await look(app)
        assert len(mail.mails) == 1
        await choose(manager, 5)  # on purpose: it comes again
        assert (await manager.get(OWN)).json()["next_at"] == "2026-12-04T08:00:00+00:00"


async def preferences_of(client: httpx.AsyncClient) -> list[Json]:
    items: list[Json] = (await client.get(f"{API}/session/notice-preferences")).json()["items"]
    return items


async def test_who_has_no_digest_is_not_asked_about_it(village: httpx.AsyncClient, app: FastAPI) -> None:
    async with reading(app, village) as manager:
        assert "digest" not in {each["kind"] for each in await preferences_of(manager)}
        await choose(manager, 1)
        assert "digest" in {each["kind"] for each in await preferences_of(manager)}


async def test_it_waits_with_all_notices_of_a_site_that_are_stopped_and_counts_in_the_minute(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    [channel] = app.state.container.notice_worker.channels
    async with reading(app, village, 4):
        await book(village, title="Made", **NEXT_WEEK)
        assert (await village.post(f"{API}/sites/{SITE}/notices/pause")).is_success
        clock.set(EIGHT)
        await look(app)
        assert mail.mails == []
        assert (await village.post(f"{API}/sites/{SITE}/notices/resume")).is_success
        channel.not_before = EIGHT + timedelta(minutes=1)  # as many went as may in a minute
        await look(app)
        assert mail.mails == []
        clock.advance(minutes=1)
        await look(app)
        assert [each["To"] for each in mail.mails] == [MANAGER]


async def test_one_that_failed_is_nothing_to_ring_about(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    async with reading(app, village, 4) as manager:
        await book(village, contact_email=ROSA, **NEXT_WEEK)
        clock.set(EIGHT - timedelta(minutes=5))
        await look(app)
        mail.next = [Behaviour.NO_SUCH_USER]
        clock.set(EIGHT)
        await look(app)
        assert [each["contact_address"] for each in await listed(village, state="failed")] == [MANAGER]
        assert (await village.get(f"{API}/sites/{SITE}/calls")).json()["items"] == []
        clock.advance(minutes=1)
        assert "What waits for you" not in (await manager.get(OWN)).json()["text"]


async def test_who_no_longer_runs_the_site_gets_none(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    async with reading(app, village, 4):
        await book(village, **NEXT_WEEK)
        [user] = [each for each in (await village.get(f"{API}/users")).json()["items"] if each["email"] == MANAGER]
        ended = await village.patch(f"{API}/users/{user['id']}", json={"ended": True})
        assert ended.is_success, ended.text
    clock.set(EIGHT)
    await look(app)
    assert mail.mails == []


async def test_many_may_read_theirs_at_once(village: httpx.AsyncClient, app: FastAPI) -> None:
    async with reading(app, village, 4) as manager:
        answers = await asyncio.gather(*(manager.get(OWN) for _ in range(12)))
    assert [each.status_code for each in answers] == [200] * 12


async def test_a_click_in_an_old_mail_is_taken_also_where_it_no_longer_comes(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    async with reading(app, village, 4) as manager:
        await book(village, **NEXT_WEEK)
        clock.set(EIGHT)
        await look(app)
        page = mail.mails[0]["List-Unsubscribe"].strip("<>").partition("/n/")[2]
        await choose(manager)
        answer = await village.post(f"/n/{page}", data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, "These mails are stopped." in answer.text) == (200, True)


async def came_back(client: httpx.AsyncClient, app: FastAPI, clock: ManualClock, reply: str) -> str:
    """The digest of Thursday does, when that of Friday is sent already; its id."""
    for day, (space, title) in enumerate({"hall": "Made", "studio": "Another"}.items()):
        await book(client, space=space, title=title, **NEXT_WEEK)
        clock.advance(minutes=2)
        await look(app)  # no notice goes out for the booking, so the digest has it
        clock.set(EIGHT + timedelta(days=day))
        await look(app)
    sent = [each for each in await listed(client, state="sent") if each["contact_address"] == MANAGER][-1]
    name = MailName(kind=MailType.NOTICE, id=str(sent["id"]))
    assert await app.state.container.bounces.came_back(name, MANAGER, reply)
    return name.id


def told(mails: list[EmailMessage]) -> list[tuple[bool, bool]]:
    return [("Made, Hall" in text(each), "Another, Studio" in text(each)) for each in mails]


@pytest.mark.cases_full
async def test_what_comes_back_later_is_in_the_next_one(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    async with reading(app, village, 4, 5, 6, 7):
        await came_back(village, app, clock, "5.7.1 looks like spam")
        assert told(mail.mails) == [(True, False), (False, True)]
        for _ in range(2):
            clock.advance(days=1)
            await look(app)
        assert told(mail.mails[2:]) == [(True, True)]


@pytest.mark.cases_full
async def test_one_that_came_back_is_told_once_more_when_somebody_sends_it_again(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    async with reading(app, village, 4, 5, 6):
        failed = await came_back(village, app, clock, "5.1.1 no such user")
        assert (await village.post(f"{API}/sites/{SITE}/notices/{failed}/retry")).is_success
        await look(app)
        assert told(mail.mails[2:]) == [(True, True)]
        clock.advance(days=1)
        await look(app)
        assert len(mail.mails) == 3


@pytest.mark.parametrize("wrong", [{"weekdays": [0]}, {"weekdays": [1, 1]}, {"weekdays": [1], "hour": 24}])
async def test_no_such_day_or_hour_is_taken(village: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    assert (await village.patch(OWN, json=wrong)).status_code == 422


async def test_a_long_section_is_counted_and_an_empty_one_left_out(app: FastAPI, village: httpx.AsyncClient) -> None:
    container = app.state.container
    async with container.database.read() as tx:
        site = (await container.writer.site_configs.of(tx, SITE)).site
    long = DigestSection(heading="Long", lines=[str(each) for each in range(MOST_LINES + 3)])
    shown = digest_text(site, [long, DigestSection(heading="Empty", lines=[])], now=EIGHT, address="http://hub.test")
    assert "- and 3 more" in shown
    assert "Empty" not in shown
    assert digest_text(site, [DigestSection(heading="Empty", lines=[])], now=EIGHT, address="") == ""


@pytest.mark.cases_full
async def test_it_is_chosen_by_command(hallkeeper: Hallkeeper) -> None:  # noqa: F811
    assert "It does not come." in (await hallkeeper("digest", "show", SITE)).stdout
    assert "It comes next at 2026-11-26T08:00" in (await hallkeeper("digest", "put", SITE, "thu", "--hour", "8")).stdout
    wrong = await hallkeeper("digest", "put", SITE, "someday")
    assert (wrong.exit_code, "no weekday" in wrong.output) == (1, True)
    assert "It does not come." in (await hallkeeper("digest", "put", SITE, "none")).stdout
