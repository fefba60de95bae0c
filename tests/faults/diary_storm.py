"""A controller of its own that does everything to one diary at once: ``python -m tests.faults.diary_storm CONFIG``.

Prints one JSON line for each thing it did: what, under which key, the answer's status, and the booking it made.
"""

import asyncio
import random
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec

from controller.app import build_app
from controller.people.passwords import Passwords
from controller.settings import Settings
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, NOW
from tests.controller.village import API, SITE

ROOMS = ("hall", "east", "west", "studio", "desks")
DAYS = 10


class Storm(msgspec.Struct, frozen=True, kw_only=True):
    database: str
    data_dir: str
    token: str
    seed: int
    seconds: float


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done. ``made``: the ids of bookings that it made."""

    what: str
    key: str
    status: int
    made: tuple[str, ...] = ()
    detail: str = ""


class Visitor:
    def __init__(self, client: httpx.AsyncClient, seed: int) -> None:
        self._client = client
        self._dice = random.Random(seed)
        self._seed = seed
        self._turn = 0
        self.done: list[Done] = []

    async def act(self) -> None:
        often = (self.book, self.change)
        now_and_then = (self.book, self.ask, self.again, self.series, self.end, self.decide)
        await self._dice.choice((*often, *often, *now_and_then))()

    def _key(self) -> str:
        self._turn += 1
        return f"{self._seed}-{self._turn}"

    def _wish(self, key: str) -> dict[str, Any]:
        starts = NOW + timedelta(days=1 + self._dice.randrange(DAYS), minutes=30 * self._dice.randrange(20))
        wish: dict[str, Any] = {
            "space": self._dice.choice(ROOMS),
            "title": key,
            "starts": starts.isoformat(),
            "ends": (starts + timedelta(minutes=30 * self._dice.randrange(1, 6))).isoformat(),
        }
        if wish["space"] == "desks":
            wish["seats"] = self._dice.randrange(1, 4)
        if self._dice.random() < 0.2:
            wish["equipment"] = {"projector": 1}
        return wish

    async def _post(self, what: str, path: str, body: dict[str, Any], key: str, method: str = "POST") -> httpx.Response:
        answer = await self._client.request(method, f"{API}{path}", json=body, headers={"Idempotency-Key": key})
        made: tuple[str, ...] = ()
        if answer.status_code == 201:
            made = tuple(each["id"] for each in answer.json().get("bookings", [answer.json()]))
        detail = "" if answer.is_success else str(answer.json().get("type", ""))
        self.done.append(Done(what=what, key=key, status=answer.status_code, made=made, detail=detail))
        return answer

    async def book(self) -> None:
        key = self._key()
        await self._post("book", f"/sites/{SITE}/bookings", self._wish(key), key)

    async def ask(self) -> None:
        key = self._key()
        await self._post("book", f"/sites/{SITE}/bookings", self._wish(key) | {"by_rules": True}, key)

    async def again(self) -> None:
        """The same wish twice at once, as after a lost answer."""
        key = self._key()
        wish = self._wish(key)
        await asyncio.gather(*(self._post("again", f"/sites/{SITE}/bookings", wish, key) for _ in range(2)))

    async def series(self) -> None:
        key = self._key()
        wish = self._wish(key)
        starts = datetime.fromisoformat(wish.pop("starts")).replace(tzinfo=None)
        ends = datetime.fromisoformat(wish.pop("ends")).replace(tzinfo=None)
        body = wish | {
            "first_starts": starts.isoformat(timespec="minutes"),
            "first_ends": ends.isoformat(timespec="minutes"),
            "rule": "FREQ=DAILY;COUNT=4",
            "otherwise": self._dice.choice(["none", "skip"]),
        }
        await self._post("series", f"/sites/{SITE}/series", body, key)

    async def _some(self) -> dict[str, Any] | None:
        day = NOW + timedelta(days=1 + self._dice.randrange(DAYS))
        query = {"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat()}
        items = (await self._client.get(f"{API}/sites/{SITE}/bookings", params=query)).json()["items"]
        return self._dice.choice(items) if items else None

    async def change(self) -> None:
        found = await self._some()
        if found is None:
            return
        starts = datetime.fromisoformat(found["starts"]) + timedelta(minutes=self._dice.choice([-60, -30, 30, 60]))
        ends = starts + timedelta(minutes=30 * self._dice.randrange(1, 5))
        body: dict[str, Any] = {"starts": starts.isoformat(), "ends": ends.isoformat()}
        if self._dice.random() < 0.5:
            body["version"] = found["version"]
        await self._post("change", f"/bookings/{found['id']}", body, self._key(), "PATCH")

    async def end(self) -> None:
        found = await self._some()
        if found is not None:
            what = self._dice.choice(["cancel", "restore"])
            await self._post(what, f"/bookings/{found['id']}/{what}", {}, self._key())

    async def decide(self) -> None:
        items = (await self._client.get(f"{API}/sites/{SITE}/requests")).json()["items"]
        if items:
            found, what = self._dice.choice(items), self._dice.choice(["approve", "decline"])
            await self._post(what, f"/bookings/{found['id']}/{what}", {"why": "because"}, self._key())


async def storm(told: Storm) -> list[Done]:
    settings = Settings(data_dir=Path(told.data_dir), database=told.database, public_url=BASE_URL)
    app = build_app(settings, ManualClock(NOW), passwords=Passwords())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {told.token}"}
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
        visitor = Visitor(client, told.seed)
        until = time.monotonic() + told.seconds
        while time.monotonic() < until:
            await visitor.act()
    await app.state.house.close()
    return visitor.done


if __name__ == "__main__":
    for each in asyncio.run(storm(msgspec.json.decode(sys.argv[1], type=Storm))):
        sys.stdout.write(msgspec.json.encode(each).decode() + "\n")
