"""A busy hour of real processes, real mails and a real edge leaves no secret in a log, on a page of a database, in the
head of a mail or on the broker."""

import asyncio
import base64
import re
import secrets
import sqlite3
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest

from controller.platform.mqtt_client import BrokerLink
from edge.wire.broker_link import Message
from firmware_sim.building_file import demo_buildings
from firmware_sim.hub_processes import SimHub, SimHubPlan
from tests.leaks import files_in, leaks
from tests.services.fork_client import ForkServer

TUESDAY = datetime(2026, 3, 24, 11, 0, tzinfo=UTC)
ROSA, ROSAS_PASSWORD = "rosa@choir.test", "nine purple tea towels"
BY_DESIGN = (
    re.compile(r"^password$"),  # the simulator's own, for its next start
    re.compile(r"^controller/data/keys/"),  # the keys themselves
    re.compile(r"^controller/data/setup-token$"),
)
"""Files that hold a secret because that is what they are for. Besides these, codes, links and digits stand in the body
of a mail to the person whom they are for."""


@pytest.fixture
async def hub(tmp_path: Path, fork_server: ForkServer) -> AsyncIterator[SimHub]:
    buildings = tuple(each for each in demo_buildings() if each.id == "ramsey")
    plan = SimHubPlan(folder=tmp_path, buildings=buildings, epoch=TUESDAY, rate=10.0, answer_s=30.0, inbox=True)
    async with SimHub(plan, launch=fork_server.start) as started:
        yield started


class BusyHour:
    """``issued``: every secret that somebody was given, by what it is. ``heard``: all that went over the broker."""

    def __init__(self, hub: SimHub) -> None:
        self.hub = hub
        self.issued: dict[str, str | bytes] = {"the first user's password": hub.password, "their token": hub.api.token}
        self.heard: list[Message] = []

    async def listen(self) -> None:
        link = BrokerLink(host="127.0.0.1", port=self.hub.broker_port, subscribe=("hk/#",))
        async for event in link.events():
            if isinstance(event, Message):
                self.heard.append(event)

    async def mail(self, start: str, to: str = ROSA) -> EmailMessage:
        """The newest mail to somebody whose subject begins so."""
        inbox = self.hub.inbox
        assert inbox is not None

        async def there() -> bool:
            return any(each["Subject"].startswith(start) and each["To"] == to for each in inbox.mails)

        await self.hub.until(there, f"there is a mail {start!r} to {to}")
        return next(each for each in inbox.mails if each["Subject"].startswith(start) and each["To"] == to)

    async def door(self) -> None:
        """A booking whose code opens the door, is told by mail, shown, replaced, and cancelled."""
        api, now = self.hub.api, self.hub.clock.now()
        body = {"space": "studio", "title": "Choir", "contact_email": ROSA}
        body |= {"starts": (now - timedelta(minutes=1)).isoformat(), "ends": (now + timedelta(hours=3)).isoformat()}
        made = await api.post("/sites/ramsey/bookings", body)
        for name in ("code", "link", "show_link"):
            self.issued[f"booking's {name}"] = made[name].rpartition("/")[2]

        async def on_door() -> bool:
            return bool((await api.get(f"/bookings/{made['id']}"))["on_door"]["state"] == "on")

        await self.hub.until(on_door, "the code is on the door")
        await self.hub.runner.key("ramsey", "front-door", made["code"])
        await self.hub.runner.key("ramsey", "front-door", "000000")
        await api.post(f"/bookings/{made['id']}/code", {})
        assert made["code"] in _text(await self.mail("Confirmed")).replace(" ", "")
        again = await api.post(f"/bookings/{made['id']}/code/reissue", {"reason": "told to too many"})
        self.issued["the new code"] = again["booking"]["code"]
        await self.mail("New door code")
        await self._open(made["link"], made["show_link"])
        renewed = await api.post(f"/bookings/{made['id']}/links/show/renew", {})
        self.issued["the new link"] = renewed["show_link"].rpartition("/")[2]
        calendar = await api.post("/subscriptions", {"site": "ramsey", "shows": "contacts"})
        self.issued["a calendar's link"] = re.findall(r"[\w-]{22}", calendar["link"])[-1]
        await self._open(made["show_link"], renewed["show_link"], calendar["link"])

    async def _open(self, *links: str) -> None:
        """As somebody does to whom they were passed on."""
        async with httpx.AsyncClient(base_url=self.hub.address, timeout=30) as phone:
            answers = [await phone.get(urlsplit(each).path) for each in links]
        assert any(each.is_success for each in answers)

    async def account(self) -> None:
        """Sign-in by password, by link and by digits; an API token; an authenticator app."""
        roles = [{"role": "manager", "site": "ramsey", "party": None}]
        user = {"name": "Rosa", "password": ROSAS_PASSWORD, "email": ROSA, "assignments": roles}
        await self.hub.api.post("/users", user)
        self.issued["Rosa's password"] = ROSAS_PASSWORD
        async with httpx.AsyncClient(base_url=f"{self.hub.address}/api/v1", timeout=30) as phone:
            await self._by_mail(phone)
            wrong = await phone.post("/session", json={"user": "Rosa", "password": ROSAS_PASSWORD[:-1]})
            assert wrong.status_code == 401
            signed = await phone.post("/session", json={"user": "Rosa", "password": ROSAS_PASSWORD})
            assert signed.is_success, signed.text
            self._note_cookies(phone, "by password")
            head = {"Origin": self.hub.address, "Idempotency-Key": str(uuid.uuid4())}
            until = (self.hub.clock.now() + timedelta(days=30)).date().isoformat()
            body = {"name": "Report", "current": ROSAS_PASSWORD, "until": until}
            token = await phone.post("/tokens", json=body, headers=head)
            assert token.is_success, token.text
            self.issued["API token"] = token.json()["token"]
            await phone.get("/sites", headers={"Authorization": f"Bearer {token.json()['token']}"})
            head["Idempotency-Key"] = str(uuid.uuid4())
            factor = await phone.post("/session/second-factor", json={"current": ROSAS_PASSWORD}, headers=head)
            assert factor.is_success, factor.text
            app = pyotp.TOTP(factor.json()["secret"])
            self.issued["the app's secret"] = app.secret
            self.issued["the app's secret in bytes"] = app.byte_secret()
            proof = {"code": app.at(self.hub.clock.now())}
            head["Idempotency-Key"] = str(uuid.uuid4())
            confirmed = await phone.post("/session/second-factor/proof", json=proof, headers=head)
            assert confirmed.is_success, confirmed.text
            for number, code in enumerate(confirmed.json()["recovery_codes"]):
                self.issued[f"recovery code {number}"] = code
                self.issued[f"recovery code {number} without its dash"] = re.sub(r"\W", "", code)

    async def _by_mail(self, phone: httpx.AsyncClient) -> None:
        asked = await phone.post("/session/mail", json={"email": ROSA})
        assert asked.is_success, asked.text
        self.issued["request to sign in"] = asked.json()["request"]
        text = _text(await self.mail("Sign in"))
        [token] = re.findall(r"sign-in#([\w-]{22})", text)
        [digits] = re.findall(r"(\d{3} \d{3})", text)
        self.issued |= {"sign-in link": token, "sign-in digits": digits.replace(" ", "")}
        head = {"Idempotency-Key": str(uuid.uuid4())}
        signed = await phone.post("/session/mail/proof", json={"token": token}, headers=head)
        assert signed.is_success, signed.text
        self._note_cookies(phone, "by mail")
        phone.cookies.clear()

    def _note_cookies(self, phone: httpx.AsyncClient, how: str) -> None:
        assert phone.cookies
        for name, value in phone.cookies.items():
            self.issued[f"cookie {name} {how}"] = value


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    text: str = part.get_content()
    return text


def _places(hub: SimHub, hour: BusyHour) -> dict[str, bytes]:
    """Everywhere that a secret could have got to."""
    assert hub.inbox is not None
    found = {
        name: content
        for name, content in files_in(hub.folder).items()
        if not any(each.search(name) for each in BY_DESIGN)
    }
    for number, each in enumerate(hub.inbox.mails):
        head = "\n".join(f"{name}: {value}" for name, value in each.items())
        found[f"head of mail {number} ({each['Subject']})"] = head.encode()
        if each["To"] != ROSA:
            found[f"mail {number} to {each['To']}"] = each.as_bytes()
    for number, message in enumerate(hour.heard):
        found[f"message {number} on {message.topic}"] = message.topic.encode() + b"\n" + message.payload
    return found


async def test_a_busy_hour_leaves_no_secret_behind(hub: SimHub) -> None:
    hour = BusyHour(hub)
    listening = asyncio.create_task(hour.listen(), name="listen to the broker")
    try:
        await hour.door()
        await hour.account()
        database = hub.folder / "controller" / "data" / "hallkeeper.db"
        running = _places(hub, hour)  # with SQLite's log
        assert f"{database.relative_to(hub.folder)}-wal" in running
        await hub.stop()
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    assert len(hour.issued) > 25
    assert any(each.topic.endswith("/events") for each in hour.heard)
    assert any("controller.log" in name for name in running)
    assert leaks(hour.issued, running) == []
    assert leaks(hour.issued, _places(hub, hour)) == []


@pytest.mark.parametrize("secret", ["482913", "k3yT0ken_of-22_letters", b"\1\2\3\xff\xfe\4\5\6\7"])
@pytest.mark.parametrize("form", ["text", "hex", "base64", "base64 in the middle", "deleted row"])
def test_a_secret_that_is_left_somewhere_is_found(tmp_path: Path, secret: str | bytes, form: str) -> None:
    raw = secret.encode() if isinstance(secret, str) else secret
    contents = {
        "text": b'{"code": "' + raw + b'", "at": "11:00:00.123456"}',
        "hex": b"value=" + raw.hex().upper().encode(),
        "base64": base64.b64encode(raw),
        "base64 in the middle": base64.b64encode(b"code " + raw + b" and more"),
    }
    if form == "deleted row":
        connection = sqlite3.connect(tmp_path / "left.db", isolation_level=None)
        connection.execute("PRAGMA secure_delete = off")
        connection.execute("CREATE TABLE kept (value BLOB)")
        connection.execute("INSERT INTO kept VALUES (?)", (b"[" + raw + b"]",))
        connection.execute("DELETE FROM kept")
        connection.close()
    else:
        (tmp_path / "left.log").write_bytes(contents[form])
    assert leaks({"it": secret, "another": secrets.token_urlsafe(16)}, files_in(tmp_path)) != []


def test_fractions_of_seconds_longer_numbers_and_numbers_of_json_are_no_codes(tmp_path: Path) -> None:
    (tmp_path / "controller.log").write_text('11:00:00.482913 seq=14829133 a482913f {"mono_ms":482913}')
    assert leaks({"code": "482913"}, files_in(tmp_path)) == []
    (tmp_path / "controller.log").write_text('{"code":"482913"}')
    assert leaks({"code": "482913"}, files_in(tmp_path)) == ["code: controller.log"]
