"""Creating a booking through HTTP against the bare constrained INSERT, side by side in one run.

The controller is the process that its users run, with its real server, sign-in, judging, door code, story and audit;
the client speaks HTTP/1.1 over a socket that stays open. A third side is a FastAPI application around the same bare
INSERT and nothing else (``bare_app``): the most that any such application comes to. All write to one database, in
turns. Eight clients book at one site, whose bookings wait for each other, and then each at a site of its own.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import httpx
import msgspec

from edge.wire.interval import Interval
from firmware_sim.ports import free_port
from tests.bench.booking_peers import Peer
from tests.controller.running import Client
from tests.controller.village import API, SITE, furnish
from tests.services.ports import answers
from tests.services.process import Service

HALL, ATOMS = "hall", (f"{SITE}/east", f"{SITE}/west")
QUARTER = timedelta(minutes=15)
YEAR, PER_DAY, STRIDE = 367, 96, 41  # the first is prime, so that every day is met
CLIENTS = (1, 8)
SITES = (SITE, *(f"hub-{number}" for number in range(2, 9)))
WANTED = {("SQLite", 1): 0.5, ("SQLite", 8): 0.4, ("PostgreSQL", 1): 0.4}
"""Of the speed of FastAPI around the bare INSERT, by database and clients."""
WANTED_PER_S = {("PostgreSQL", 1): 200, ("PostgreSQL", 8): 300}
"""Bookings a second of eight clients, by database and sites."""
_COMMAND = "from edge.cli import main; main()"  # what the script `hallkeeper` does


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Bookings a second of the three sides, by round. ``frame``: of the bare application."""

    database: str
    clients: int
    bare: list[float]
    frame: list[float]
    http: list[float]

    @property
    def ratio(self) -> float:
        """Of the rounds' ratios to the bare application the middle one."""
        return statistics.median(one / frame for one, frame in zip(self.http, self.frame, strict=True))

    def __str__(self) -> str:
        bare, frame, http = (statistics.median(side) for side in (self.bare, self.frame, self.http))
        wanted = WANTED.get((self.database, self.clients))
        ratio = f"ratio {self.ratio:.2f}" + (f" (at least {wanted})" if wanted else "")
        return (
            f"{self.database}, {self.clients} client{'s' if self.clients > 1 else ''} at one site: through HTTP "
            f"{http:,.0f}/s ({self.clients * 1000 / http:.2f} ms each){wanted_per_s(self.database, self.clients, 1)}; "
            f"FastAPI around the bare INSERT alone {frame:,.0f}/s, {ratio}; bare INSERT {bare:,.0f}/s "
            f"({self.clients * 1000 / bare:.2f} ms each)"
        )


def wanted_per_s(database: str, clients: int, sites: int) -> str:
    """The limit that a figure is to be seen beside, if there is one."""
    wanted = WANTED_PER_S.get((database, sites)) if clients == max(CLIENTS) else None
    return f" (at least {wanted}/s)" if wanted else ""


class Running(NamedTuple):
    """A controller's process, and where it answers."""

    pid: int
    address: str


@contextmanager
def controller(
    folder: Path, database: str, *, clock_file: Path | None = None, broker_port: int | None = None, more: str = ""
) -> Iterator[Running]:
    """``hallkeeper controller run`` with its data in ``folder``; no broker answers unless one has ``broker_port``.
    ``more``: of its configuration."""
    port = free_port()
    config = folder / "controller.toml"
    today = datetime.now(UTC).date()
    clock = f'clock_file = "{clock_file}"\n' if clock_file else f"clock_right_on = {today}\n"
    config.write_text(
        f'data_dir = "{folder}"\ndatabase = "{database}"\n{clock}'
        f"[listen]\nport = {port}\n[broker]\nport = {broker_port or free_port()}\n{more}"
    )
    service = Service(
        "controller",
        [sys.executable, "-c", _COMMAND, "controller", "run", "--config", str(config)],
        log=folder / "controller.log",
        ready=lambda: answers(port),
    )
    try:
        service.start()
        yield Running(service.pid, f"http://127.0.0.1:{port}")
    finally:
        service.stop()


@contextmanager
def bare_application(folder: Path, database: str) -> Iterator[str]:
    """``tests.bench.bare_app`` in a process of its own; its address."""
    port = free_port()
    service = Service(
        "bare application",
        [sys.executable, "-m", "tests.bench.bare_app", database, str(port)],
        log=folder / "bare-application.log",
        ready=lambda: answers(port),
    )
    try:
        service.start()
        yield f"http://127.0.0.1:{port}"
    finally:
        service.stop()


async def moved_in(address: str, folder: Path) -> str:
    """Make the first user and a hall of two halves behind two doors; the user's token."""
    async with Client(base_url=address, timeout=60) as client:
        made = await first_user(client, folder)
        await furnish(client)
        for site in SITES[1:]:
            await _put(client, site, {"name": site.capitalize(), "zone": "Europe/London"})
            for door, edge in (("front-door", "pi-front"), ("side-door", "pi-side")):
                await _put(client, f"{site}/edges/{edge}", {"name": edge})
                await _put(client, f"{site}/doors/{door}", {"name": door, "edge": edge})
        for site in SITES:
            for half in ("east", "west"):
                await _put(client, f"{site}/spaces/{half}", {"name": half.capitalize()})
            hall = {"name": "Hall", "parts": ["east", "west"], "doors": ["front-door", "side-door"]}
            await _put(client, f"{site}/spaces/{HALL}", hall)
        return made


async def first_user(client: httpx.AsyncClient, folder: Path) -> str:
    """Make the first user, as whom the client acts from then on; the user's token."""
    await client.get("/healthz")  # it listens before it is ready, and answers after
    token = (folder / "setup-token").read_text()
    body = {"token": token, "user": "Una Porter", "password": "thirteen shelves"}
    made = (await client.post(f"{API}/setup", json=body)).json()["token"]
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {made}"
    return str(made)


async def _put(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    answer = await client.put(f"{API}/sites/{path}", json=body)
    assert answer.is_success, answer.text


class Caller:
    """One client on a socket of its own that writes requests and reads answers, and does nothing else."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self._head = head

    @classmethod
    async def open(cls, address: str, token: str, site: str = SITE) -> "Caller":
        host, _, port = address.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"POST {API}/sites/{site}/bookings HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )
        return cls(reader, writer, head.encode())

    async def book(self, during: Interval, *, contact_email: str = "") -> None:
        wish = {
            "space": HALL,
            "title": "Choir",
            "contact_name": "Mary Holloway",
            "contact_email": contact_email,
            "starts": during.start.isoformat(),
            "ends": during.end.isoformat(),
        }
        body = msgspec.json.encode(wish)
        self._writer.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        said = await self._reader.readexactly(length)
        assert answer.startswith(b"HTTP/1.1 201"), said.decode()

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


_Book: TypeAlias = Callable[[Interval], Awaitable[None]]


async def per_second(doers: list[_Book], slots: list[Interval]) -> float:
    """How many slots a second these take, each doing one after the other of those that are left."""
    left = iter(slots)

    async def work(do: _Book) -> None:
        for slot in left:
            await do(slot)

    began = time.perf_counter()
    await asyncio.gather(*(work(do) for do in doers))
    return len(slots) / (time.perf_counter() - began)


async def measure(
    name: str,
    addresses: tuple[str, str],
    token: str,
    peer: Peer,
    slots: Iterator[Interval],
    *,
    clients: int,
    rounds: int,
    each: int,
) -> Result:
    """The three sides in turns, after one turn that does not count. ``addresses``: of the bare application and of the
    controller."""
    frame_callers, callers = [[await Caller.open(address, token) for _ in range(clients)] for address in addresses]
    sides: list[list[_Book]] = [
        [lambda slot: peer.insert(HALL, ATOMS, slot)] * clients,
        [caller.book for caller in frame_callers],
        [caller.book for caller in callers],
    ]
    before = await peer.count()
    try:
        figures = [
            [await per_second(side, [next(slots) for _ in range(each)]) for side in sides] for _ in range(rounds + 1)
        ]
    finally:
        for caller in (*frame_callers, *callers):
            await caller.close()
    assert await peer.count() - before == (rounds + 1) * len(sides) * each
    bare, frame, http = (list(side) for side in zip(*figures[1:], strict=True))
    return Result(database=name, clients=clients, bare=bare, frame=frame, http=http)


async def over_sites(address: str, token: str, slots: Iterator[Interval], *, rounds: int, each: int) -> list[float]:
    """Bookings a second through HTTP, by round, of eight clients of which each books at a site of its own; one round
    before them does not count."""
    callers = [await Caller.open(address, token, site) for site in SITES]
    try:
        figures = [
            await per_second([caller.book for caller in callers], [next(slots) for _ in range(each)])
            for _ in range(rounds + 1)
        ]
    finally:
        for caller in callers:
            await caller.close()
    return figures[1:]


def slots() -> Iterator[Interval]:
    """Quarter hours all over the coming year, as a diary fills: the next one is weeks away from the one before."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    for number in range(YEAR * PER_DAY):
        day, quarter = number * STRIDE % YEAR, number // YEAR
        at = start + timedelta(days=day) + quarter * QUARTER
        yield Interval(start=at, end=at + QUARTER)
