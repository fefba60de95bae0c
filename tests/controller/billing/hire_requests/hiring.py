"""A browser in which nobody has signed in asks to hire a space."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage

import httpx
from fastapi import FastAPI

from controller.app.container import Container
from tests.controller.running import BASE_URL, stranger
from tests.controller.village import API, Json
from tests.services.mail import MailServer

ANNA = "anna@home.test"
TERMS = "Leave the hall as you found it.\nNo candles."
POLICY = f"{API}/sites/ramsey/policy"


async def put_policy(manager: httpx.AsyncClient, **fields: object) -> None:
    answer = await manager.put(POLICY, json=fields)
    assert answer.status_code == 200, answer.text


async def open_hire(manager: httpx.AsyncClient, *, policy: Json | None = None, **hire: object) -> None:
    """Have Ramsey take requests."""
    await put_policy(manager, **(policy or {}), hire={"terms": TERMS, "spaces": ["hall", "studio"]} | hire)


@dataclass(frozen=True)
class Hiring:
    phone: httpx.AsyncClient
    manager: httpx.AsyncClient
    container: Container
    mail: MailServer

    @classmethod
    @asynccontextmanager
    async def of(
        cls, app: FastAPI, manager: httpx.AsyncClient, container: Container, mail: MailServer
    ) -> AsyncIterator["Hiring"]:
        async with stranger(app) as phone:
            yield cls(phone, manager, container, mail)

    async def version(self) -> str:
        found: str = (await self.phone.get(f"{API}/sites/ramsey/hire-options")).json()["terms_version"]
        return found

    async def post(self, **changes: object) -> httpx.Response:
        """Ask: a party in the hall on Saturday afternoon."""
        plain: Json = {
            "site": "ramsey",
            "space": "hall",
            "starts": "2026-12-05T14:00",
            "ends": "2026-12-05T17:00",
            "people": 25,
            "under_16s": True,
            "title": "Children's party",
            "name": "Anna Bell",
            "phone": "01487 555 0123",
            "email": ANNA,
        }
        if "terms_version" not in changes:
            plain["terms_version"] = await self.version()
        body = {name: value for name, value in (plain | changes).items() if value is not None}
        return await self.phone.post(f"{API}/hire-requests", json=body)

    async def ask(self, **changes: object) -> tuple[str, EmailMessage]:
        """The request, and the mail that was sent for it."""
        answer = await self.post(**changes)
        assert answer.status_code == 202, answer.text
        await self.container.notice_worker.send_due()
        return answer.json()["request"], [each for each in self.mail.mails if "/hire#" in plain(each)][-1]

    async def confirm(self, **proof: object) -> httpx.Response:
        return await self.phone.post(f"{API}/hire-requests/proof", json=proof)

    async def hired(self, **changes: object) -> Json:
        """Ask and confirm by the link; what is answered."""
        _, sent = await self.ask(**changes)
        answer = await self.confirm(token=token_in(sent))
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    async def waiting(self) -> list[Json]:
        """What the manager sees to decide on."""
        items: list[Json] = (await self.manager.get(f"{API}/sites/ramsey/requests")).json()["items"]
        return items

    async def diary(self) -> list[Json]:
        params = {"from": "2026-11-20", "to": "2027-01-10"}
        items: list[Json] = (await self.manager.get(f"{API}/sites/ramsey/bookings", params=params)).json()["items"]
        return items


def plain(sent: EmailMessage) -> str:
    part = sent.get_body(("plain",))
    assert part is not None
    content: str = part.get_content()
    return content


def token_in(sent: EmailMessage) -> str:
    [found] = re.findall(rf"^{re.escape(BASE_URL)}/hire#(\S+)\r?$", plain(sent), re.MULTILINE)
    return str(found)


def digits_in(sent: EmailMessage) -> str:
    [found] = re.findall(r"\b(\d{3} \d{3})\b", plain(sent))
    return str(found)
