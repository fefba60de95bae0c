"""A controller of its own that does everything to one diary at once: ``python -m tests.faults.diary_storm STORM``.

Says "ready", waits for a line with the moment at which the storm began, and ends by printing one JSON line for each
thing it did.
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

from controller.app.http_app import build_app
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from tests.controller.running import BASE_URL, NOW, Client
from tests.controller.village import API, SITE

ROOMS = ("hall", "east", "west", "studio", "desks")
FIRST_DAY = 7
DAYS = 2
RATE = 2400
"""Seconds of the controllers' clocks in one of ours: holds run out while it storms."""


class Storm(msgspec.Struct, frozen=True, kw_only=True):
    """It ends after so many ``acts``, or ``seconds``."""

    database: str
    data_dir: str
    token: str
    seed: int
    acts: int
    seconds: float


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as an answer told it."""

    id: str
    version: int
    title: str
    space: str
    status: str
    starts: datetime
    ends: datetime


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done. ``on``: the booking or series it was done to; ``told``: the bookings of its answer;
    ``named``: ids of others; ``body``: the whole answer."""

    what: str
    key: str
    status: int
    on: str = ""
    told: tuple[Told, ...] = ()
    named: tuple[str, ...] = ()
    problem: str = ""
    body: str = ""


class StormClock:
    """The same in all processes; goes ``RATE`` times as fast as ours from ``NOW`` on."""

    def __init__(self, began: float) -> None:
        self._began = began

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.time() - self._began) * RATE

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / RATE)


class Visitor:
    def __init__(self, client: httpx.AsyncClient, seed: int) -> None:
        self._client = client
        self._dice = random.Random(seed)
        self._seed = seed
        self._turn = 0
        self._series: list[str] = []
        self.done: list[Done] = []

    async def act(self) -> None:
        often = (self.book, self.change, self.end)
        now_and_then = (self.book, self.ask, self.ask, self.again, self.decide, self.series, self.alter, self.wait)
        await self._dice.choice((*often, *now_and_then))()

    def _key(self) -> str:
        self._turn += 1
        return f"{self._seed}-{self._turn}"

    def _wish(self, key: str) -> dict[str, Any]:
        starts = NOW + timedelta(days=FIRST_DAY + self._dice.randrange(DAYS), minutes=30 * self._dice.randrange(16))
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

    async def _send(
        self, what: str, path: str, body: dict[str, Any], key: str, *, on: str = "", method: str = "POST"
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key}
        answer = await self._client.request(method, f"{API}{path}", json=body, headers=headers)
        told: list[dict[str, Any]] = []
        named: list[str] = []
        if answer.is_success:
            found = answer.json()
            told = found.get("bookings", [found] if "space_name" in found else [])
            named = [each["booking"] for each in found.get("dates", ()) if each["booking"]]
        done = Done(
            what=what,
            key=key,
            status=answer.status_code,
            on=on,
            told=tuple(msgspec.convert(each, Told) for each in told),
            named=tuple(named),
            problem="" if answer.is_success else answer.text,
            body=answer.text if what == "again" else "",
        )
        self.done.append(done)
        return answer

    async def book(self) -> None:
        key = self._key()
        await self._send("book", f"/sites/{SITE}/bookings", self._wish(key), key)

    async def ask(self) -> None:
        key = self._key()
        await self._send("book", f"/sites/{SITE}/bookings", self._wish(key) | {"by_rules": True}, key)

    async def again(self) -> None:
        """The same wish twice at once, as after a lost answer."""
        key = self._key()
        wish = self._wish(key)
        await asyncio.gather(*(self._send("again", f"/sites/{SITE}/bookings", wish, key) for _ in range(2)))

    async def series(self) -> None:
        key = self._key()
        wish = self._wish(key)
        first, last = (datetime.fromisoformat(wish.pop(name)).replace(tzinfo=None) for name in ("starts", "ends"))
        body = wish | {
            "first_starts": first.isoformat(timespec="minutes"),
            "first_ends": last.isoformat(timespec="minutes"),
            "rule": "FREQ=DAILY;COUNT=3",
            "otherwise": self._dice.choice(["none", "skip"]),
        }
        answer = await self._send("series", f"/sites/{SITE}/series", body, key)
        if answer.status_code == 201:
            self._series.append(answer.json()["id"])

    async def alter(self) -> None:
        """Change, cancel or restore a series of one's own."""
        if not self._series:
            return
        series = self._dice.choice(self._series)
        what = self._dice.choice(["shift", "cancel", "restore"])
        if what != "shift":
            await self._send(f"{what} series", f"/series/{series}/{what}", {}, self._key(), on=series)
            return
        seen = (await self._client.get(f"{API}/series/{series}")).json()
        first, last = (datetime.fromisoformat(seen[name]) for name in ("first_starts", "first_ends"))
        by = timedelta(minutes=self._dice.choice([-30, 30]))
        body = {
            "scope": "all",
            "first_starts": (first + by).isoformat(timespec="minutes"),
            "first_ends": (last + by).isoformat(timespec="minutes"),
            "otherwise": "skip",
        }
        await self._send("shift series", f"/series/{series}", body, self._key(), on=series, method="PATCH")

    async def wait(self) -> None:
        """Get in line for something, or take what is offered."""
        in_line = (await self._client.get(f"{API}/sites/{SITE}/waiting")).json()["items"]
        offered = [each["id"] for each in in_line if each["state"] == "offered"]
        if offered and self._dice.random() < 0.5:
            wait = self._dice.choice(offered)
            await self._send("accept", f"/waiting/{wait}/accept", {}, self._key(), on=wait)
            return
        key = self._key()
        await self._send("wait", f"/sites/{SITE}/waiting", self._wish(key), key)

    async def _some(self) -> dict[str, Any] | None:
        day = NOW.replace(hour=0) + timedelta(days=FIRST_DAY + self._dice.randrange(DAYS))
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
        path = f"/bookings/{found['id']}"
        await self._send("change", path, body, self._key(), on=found["id"], method="PATCH")

    async def end(self) -> None:
        found = await self._some()
        if found is not None:
            what = self._dice.choice(["cancel", "restore"])
            await self._send(what, f"/bookings/{found['id']}/{what}", {}, self._key(), on=found["id"])

    async def decide(self) -> None:
        found = (await self._client.get(f"{API}/sites/{SITE}/requests")).json()["items"]
        items = [each for each in found if each["title"][-1] in "02468"]  # the others run out
        if items:
            one, what = self._dice.choice(items), self._dice.choice(["approve", "decline"])
            await self._send(what, f"/bookings/{one['id']}/{what}", {"reason": "because"}, self._key(), on=one["id"])


async def storm(told: Storm, began: float) -> list[Done]:
    settings = Settings(data_dir=Path(told.data_dir), database=told.database, public_url=BASE_URL)
    app = build_app(settings, StormClock(began), passwords=Passwords())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {told.token}"}
    async with Client(transport=transport, base_url=BASE_URL, headers=headers) as client:
        visitor = Visitor(client, told.seed)
        until = time.monotonic() + told.seconds
        for _ in range(told.acts):
            if time.monotonic() >= until:
                break
            await visitor.act()
    await app.state.container.close()
    return visitor.done


def main() -> None:
    told = msgspec.json.decode(sys.argv[1], type=Storm)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    began = float(sys.stdin.readline())
    for each in asyncio.run(storm(told, began)):
        sys.stdout.write(msgspec.json.encode(each).decode() + "\n")


if __name__ == "__main__":
    main()
