"""Alerts that nobody has seen are told to those who run the site: once, and many at once by one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.alerts.catalogue import Severity
from controller.alerts.escalation import AFTER, GAP, to_tell
from controller.alerts.machine import AlertState
from controller.notices.bounces import repository as bounces
from controller.notices.bounces.model import BouncedAddress
from controller.people.repository import email_key
from controller.platform.settings import Settings
from controller.telemetry.alert_codes import AlertCode
from tests.controller.alerts.building import RAMSEY, Building
from tests.controller.signin.signing import signed_in_as
from tests.controller.village import API
from tests.services.mail import MailServer, mail_server

DANGER, SERIOUS = AFTER[Severity.DANGER], AFTER[Severity.SERIOUS]
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def any_settings(any_settings: Settings, mail: MailServer) -> Settings:
    return msgspec.structs.replace(any_settings, mail=mail.settings)


@pytest.fixture
async def manager(
    any_app: FastAPI, any_village: httpx.AsyncClient, building: Building
) -> AsyncIterator[httpx.AsyncClient]:
    """Runs Ramsey, and Wyton, which has a Pi too."""
    assert (await any_village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})).is_success
    sites = ["ramsey", "wyton"]
    async with signed_in_as(any_app, any_village, "manager", sites=sites, name="Ann", email="ann@example.org") as ann:
        yield ann


class Told:
    """What was mailed about alerts."""

    def __init__(self, building: Building, mail: MailServer) -> None:
        self.building = building
        self.mail = mail

    async def look(self) -> None:
        alerts = self.building.container.mqtt.alerts
        await alerts.evaluate()
        for follow in alerts.when_looked:
            await follow()

    async def after(self, time: timedelta) -> list[str]:
        """Subjects so much later; the machine looks every minute, and notices are sent as they are due."""
        end = self.building.clock.now() + time
        await self.look()
        while self.building.clock.now() < end:
            self.building.clock.advance(seconds=min(60, (end - self.building.clock.now()).total_seconds()))
            await self.look()
            await self.building.container.notice_worker.send_due()
        return self.subjects

    @property
    def subjects(self) -> list[str]:
        return [
            str(each["Subject"]) for each in self.mail.mails if str(each["Subject"]).startswith(("Danger", "Needs"))
        ]


@pytest.fixture
def told(building: Building, mail: MailServer, manager: httpx.AsyncClient) -> Told:
    return Told(building, mail)


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_a_danger_that_nobody_has_seen_is_told_once(told: Told) -> None:
    await told.building.device("front-door", alarm="forced")
    assert await told.after(DANGER - timedelta(minutes=1)) == []
    assert await told.after(timedelta(hours=3)) == ["Danger: Front door was forced open, Ramsey Hub"]
    [mail] = [each for each in told.mail.mails if each["To"] == "ann@example.org" and "Danger" in each["Subject"]]
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "go there" in text.lower()
    assert "/now?site=ramsey" in text


@pytest.mark.cases_full
async def test_what_is_seen_put_off_or_over_in_time_is_told_to_nobody(told: Told) -> None:
    building = told.building
    await building.device("front-door", alarm="forced")
    await building.device("side-door", alarm="held")
    await building.device("back-door", alarm="held")
    for alert in await building.after(minutes=1):
        if alert["about"] != "back-door":
            act = ("acknowledge", None) if alert["kind"] == "forced" else ("snooze", {"minutes": 600})
            assert (await building.act(alert, *act)).is_success
    await building.device("back-door", alarm="")
    assert await told.after(timedelta(hours=2)) == []


@pytest.mark.cases_full
async def test_what_was_put_off_is_told_when_it_calls_again(told: Told) -> None:
    await told.building.device("side-door", alarm="held")
    [held] = await told.building.after(minutes=1)
    await told.building.act(held, "snooze", {"minutes": 120})
    assert await told.after(timedelta(minutes=119)) == []
    assert len(await told.after(timedelta(minutes=5))) == 1


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_a_restart_tells_nothing_twice_and_forgets_nothing(told: Told, any_settings: Settings) -> None:
    await told.building.device("front-door", alarm="forced")
    await told.building.device("side-door", alarm="held")
    await told.after(DANGER + timedelta(minutes=1))
    async with told.building.container.database.write() as tx:
        rows = (await tx.exec_driver_sql("SELECT kind FROM alerts WHERE escalated_at IS NOT NULL")).all()
    assert [row[0] for row in rows] == ["forced"], "noted where it outlives the process"
    for follow in told.building.container.mqtt.alerts.when_looked * 3:
        await follow()
    subjects = await told.after(SERIOUS)
    assert [each.partition(":")[0] for each in subjects] == ["Danger", "Needs somebody"]


@pytest.mark.both_databases
async def test_several_who_look_at_once_tell_it_once(told: Told) -> None:
    await told.building.device("front-door", alarm="forced")
    await told.building.after(seconds=int(DANGER.total_seconds()))
    follows = told.building.container.mqtt.alerts.when_looked * 4
    await asyncio.gather(*(follow() for follow in follows))
    assert len(await told.after(timedelta(minutes=5))) == 1


async def test_a_notice_that_fails_to_be_written_is_written_later(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    await told.building.device("front-door", alarm="forced")
    await told.building.after(seconds=int(DANGER.total_seconds()))
    notices = told.building.container.notices

    async def breaks(*given: object, **named: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(type(notices), "add_other", breaks)
        with pytest.raises(OSError, match="power"):
            await told.look()
    assert len(await told.after(timedelta(minutes=1))) == 1


async def test_a_storm_is_one_notice(told: Told) -> None:
    for number in range(9):
        await told.building.device(f"door-{number}", alarm="held")
        await told.after(timedelta(minutes=1))
    subjects = await told.after(SERIOUS)
    assert len(subjects) == 1
    assert "and 8 more" in subjects[0]


@pytest.mark.cases_full
async def test_a_storm_over_several_sites_is_one_notice_for_who_runs_them(told: Told) -> None:
    for site in ("ramsey", "wyton"):
        assert (await told.building.client.put(f"{API}/sites/{site}/edges/pi-x", json={"name": "Pi"})).is_success
    subjects = await told.after(SERIOUS + timedelta(minutes=5))
    assert subjects == ["Needs somebody: Pi has not reported yet and 1 more, 2 sites"]


@pytest.mark.cases_full
async def test_more_trouble_after_somebody_has_seen_it_is_told_again(told: Told) -> None:
    building = told.building
    await building.device("front-door", alarm="forced")
    await building.report(AlertCode.FORCED, "front-door was forced open", "front-door")
    assert len(await told.after(DANGER)) == 1
    [forced] = await building.alerts()
    await building.act(forced, "acknowledge")
    assert len(await told.after(timedelta(minutes=30))) == 1
    await building.report(AlertCode.FORCED, "front-door was forced open", "front-door")
    assert len(await told.after(DANGER)) == 2
    assert [each["id"] for each in await building.alerts()] == [forced["id"]], "it is the same alert"


@pytest.mark.cases_full
async def test_danger_waits_for_no_quiet_hours_and_the_rest_does(told: Told, manager: httpx.AsyncClient) -> None:
    policy = (await manager.get(f"{RAMSEY}/policy")).json()
    answer = await manager.put(f"{RAMSEY}/policy", json={"version": policy["version"], "quiet_mail": True})
    assert answer.is_success, answer.text
    told.building.clock.set(NOW.replace(hour=22))
    await told.building.edge("pi-front", online=True)
    await told.building.device("front-door", alarm="forced")
    await told.building.device("side-door", alarm="held")
    subjects = await told.after(timedelta(hours=2))
    assert [each.partition(":")[0] for each in subjects] == ["Danger"]


@pytest.mark.cases_full
async def test_who_chose_not_to_hear_of_it_hears_nothing(told: Told, manager: httpx.AsyncClient) -> None:
    own = f"{API}/session/notice-preferences"
    chosen = await manager.patch(own, json={"choices": {"alert": "none"}})
    assert chosen.is_success, chosen.text
    await told.building.device("side-door", alarm="held")
    assert await told.after(SERIOUS * 2) == []


async def test_only_who_runs_the_site_hears_of_it(told: Told, any_app: FastAPI, any_village: httpx.AsyncClient) -> None:
    others = {"name": "Bo", "email": "bo@example.org"}
    async with signed_in_as(any_app, any_village, "porter", sites=["ramsey"], **others):
        await told.building.device("front-door", alarm="forced")
        await told.after(DANGER)
    assert {str(each["To"]) for each in told.mail.mails if "Danger" in str(each["Subject"])} == {"ann@example.org"}


@pytest.mark.cases_full
async def test_nobody_is_to_be_rung_about_an_alert_because_mail_to_them_comes_back(
    told: Told, any_app: FastAPI, any_village: httpx.AsyncClient
) -> None:
    mark = BouncedAddress(
        id="019ab3e2-1c00-7000-8000-000000000002",
        address_key=email_key("bo@example.org"),
        contact_address="bo@example.org",
        at=NOW,
        reply="550 no such user",
        site="ramsey",
        party=None,
    )
    async with told.building.container.database.write() as tx:
        await bounces.put(tx, mark)
    async with signed_in_as(any_app, any_village, "manager", sites=["ramsey"], name="Bo", email="bo@example.org"):
        await told.building.device("front-door", alarm="forced")
        assert len(await told.after(DANGER)) == 1
    items = (await any_village.get(f"{RAMSEY}/notices")).json()["items"]
    about = [each for each in items if each["subject"].startswith("Danger")]
    assert [(each["contact_address"], each["state"]) for each in about] == [("ann@example.org", "sent")]


def raised(kind: AlertCode, ago: timedelta, *, site: str = "ramsey", about: str = "a") -> AlertState:
    at = NOW - ago
    return AlertState(
        id=about, site=site, kind=kind, edge="e", about=about, text="t", since=at, begun_at=at, raised_at=at
    )


def test_a_new_danger_does_not_wait_for_a_notice_of_what_is_less_serious() -> None:
    last = {("ramsey", AlertCode.HELD): NOW - timedelta(minutes=1)}
    assert Severity.DANGER in to_tell([raised(AlertCode.FORCED, DANGER)], last, NOW)
    assert to_tell([raised(AlertCode.LOCKOUT, SERIOUS)], last, NOW) == {}
    later = NOW + GAP[Severity.SERIOUS]
    assert Severity.SERIOUS in to_tell([raised(AlertCode.LOCKOUT, SERIOUS)], last, later)


def test_a_notice_in_the_future_of_a_clock_that_went_back_holds_nothing_up() -> None:
    last = {("ramsey", AlertCode.FORCED): NOW + timedelta(days=1)}
    assert to_tell([raised(AlertCode.FORCED, DANGER)], last, NOW)


def test_minor_alerts_are_told_to_nobody() -> None:
    assert to_tell([raised(AlertCode.NEW_LOG, timedelta(days=1))], {}, NOW) == {}


def test_what_no_longer_holds_waits_until_it_does() -> None:
    over = msgspec.structs.replace(raised(AlertCode.HELD, SERIOUS), over_since=NOW)
    assert to_tell([over], {}, NOW) == {}
