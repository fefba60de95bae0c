"""A booking made through our HTTP and through MRBS's form, on one PostgreSQL server: the processor time of each.

Each side is what its users have, behind nginx: the controller's process and its broker, with sign-in, door code, plans
for the doors, story and audit; and MRBS on php-fpm with Debian's settings. The other side's programs do not run
meanwhile. Counted is all that a side's programs and the database server take from the first request to SETTLE_S after
the last answer. Of MRBS that is the request that sends the form alone, not the page with the form, the checks that it
asks for while it is filled in, nor the page that follows. Both have the same rooms with a year of bookings in them;
what is posted fills gaps all over that year.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import httpx
import msgspec
from sqlalchemy.engine import make_url

from edge.wire.interval import Interval
from tests.bench.bench_booking import first_user
from tests.bench.booking_peers import Bare, opened
from tests.controller.running import Client
from tests.controller.village import API
from tests.cpu_times import cpu_seconds_of
from tests.services.mrbs import ZONE, Mrbs, Person
from tests.services.postgres import PostgresServer

SITES = tuple(f"hub-{number:02}" for number in range(1, 13))
ROOMS = tuple((site, f"room-{number}") for site in SITES for number in range(1, 6))
"""MRBS calls sites areas, and numbers the rooms from 1."""
DAYS, STRIDE = 365, 41
TAKEN = range(7, 17)
"""The hours of each day and room that are booked before; with DAYS and ROOMS 219,000 bookings."""
PRESENT = len(ROOMS) * DAYS * len(TAKEN)
FREE = (17, 18)
"""Those that are booked while it is measured; MRBS's own day is from 7 to 19 o'clock."""
WARM = len(ROOMS)
SETTLE_S = 3.0
SAME_SLOTS, RIVALS = 20, 8
LIMIT = 0.1
"""Of MRBS's processor time."""
USER, PASSWORD = "mary", "thirteen shelves"
ADMINISTRATOR = "una"


class Slot(NamedTuple):
    """``room``: its place in ROOMS. ``starts``: in ZONE, without saying so."""

    room: int
    starts: datetime

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(hours=1)

    @property
    def during(self) -> Interval:
        starts, ends = (at.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC) for at in (self.starts, self.ends))
        return Interval(start=starts, end=ends)


def free_slots(first: date) -> Iterator[Slot]:
    """Each room in turn, on days all over the year that begins on ``first``."""
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001  # in ZONE
    for turn in range(DAYS * len(FREE)):
        for room in range(len(ROOMS)):
            day = (turn * STRIDE + room * 7) % DAYS
            yield Slot(room, start + timedelta(days=day, hours=FREE[turn // DAYS]))


def taken(first: date) -> Iterator[Bare]:
    """The bookings that are there before."""
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001  # in ZONE
    for day in range(DAYS):
        for hour in TAKEN:
            for room, (site, space) in enumerate(ROOMS):
                slot = Slot(room, start + timedelta(days=day, hours=hour))
                yield site, space, (f"{site}/{space}",), slot.during


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of processor time a booking, by program, and how long a client waited for one."""

    ms: dict[str, float]
    waited_ms: float

    @property
    def total(self) -> float:
        return sum(self.ms.values())

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {ms:.1f}" for name, ms in self.ms.items())
        return f"{self.total:.1f} ms of processor time a booking ({parts})"


class Race(NamedTuple):
    """How many bookings there are of SAME_SLOTS that RIVALS posted at once, and how many of them it said it made."""

    there: int
    said: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Of one side: by number of clients what a booking costs, and what came of the same slots."""

    name: str
    costs: dict[int, Cost]
    race: Race


def lines(ours: Figures, theirs: Figures, *, present: int) -> Iterator[str]:
    """What is printed."""
    for clients, cost in ours.costs.items():
        other = theirs.costs[clients]
        ratio = cost.total / other.total
        yield (
            f"PostgreSQL with {present:,} bookings, {clients} client{'s' if clients > 1 else ''}: {ours.name} {cost}; "
            f"{theirs.name} {other}: {ratio:.3f} of it (at most {LIMIT:g}); answered after {cost.waited_ms:.0f} ms and "
            f"{other.waited_ms:.0f} ms"
        )
    for side in (ours, theirs):
        yield (
            f"{RIVALS} clients that post the same {SAME_SLOTS} slots at once: {side.name} says yes {side.race.said} "
            f"times and holds {side.race.there} bookings of them"
        )


Book: TypeAlias = Callable[[Slot], Awaitable[bool]]
Count: TypeAlias = Callable[[], Awaitable[int]]


async def cost(clients: Sequence[Book], slots: Sequence[Slot], pids: Mapping[str, int], count: Count) -> Cost:
    """Let the clients share the slots, all of which must be accepted and then be in the table. ``pids``: of the first
    process of each program."""
    there = await count()
    left, waited = iter(slots), 0.0

    async def work(book: Book) -> None:
        nonlocal waited
        for slot in left:
            began = time.perf_counter()
            assert await book(slot)
            waited += time.perf_counter() - began

    before = {name: cpu_seconds_of(pid) for name, pid in pids.items()}
    await asyncio.gather(*map(work, clients))
    await asyncio.sleep(SETTLE_S)
    spent = {name: cpu_seconds_of(pid) - before[name] for name, pid in pids.items()}
    assert await count() == there + len(slots)
    each_ms = 1000 / len(slots)
    return Cost(ms={name: s * each_ms for name, s in spent.items()}, waited_ms=waited * each_ms)


async def race(clients: Sequence[Book], slots: Sequence[Slot], count: Count) -> Race:
    """All post all slots, each in the same order."""
    there = await count()

    async def work(book: Book) -> int:
        return sum([await book(slot) for slot in slots])

    said = await asyncio.gather(*map(work, clients))
    return Race(await count() - there, sum(said))


async def measured(
    name: str, clients: Sequence[Book], first: date, pids: Mapping[str, int], count: Count, *, each: int
) -> Figures:
    """One side, after WARM bookings that do not count. ``each``: bookings for each number of clients."""
    free = free_slots(first)
    await cost(clients, list(islice(free, WARM)), pids, count)
    costs = {number: await cost(clients[:number], list(islice(free, each)), pids, count) for number in (1, 4)}
    return Figures(name=name, costs=costs, race=await race(clients, list(islice(free, SAME_SLOTS)), count))


async def move_in(address: str, folder: Path) -> str:
    """Our sites, each with a door that leads to five rooms; the user's token."""
    async with Client(base_url=address, timeout=60) as client:
        token = await first_user(client, folder)
        for site in SITES:
            await _put(client, site, {"name": site.capitalize(), "zone": ZONE})
            await _put(client, f"{site}/edges/pi", {"name": "pi"})
            await _put(client, f"{site}/doors/front-door", {"name": "Front door", "edge": "pi"})
        for site, room in ROOMS:
            await _put(client, f"{site}/spaces/{room}", {"name": room.capitalize(), "doors": ["front-door"]})
        return token


async def _put(client: httpx.AsyncClient, path: str, body: Mapping[str, object]) -> None:
    answer = await client.put(f"{API}/sites/{path}", json=body)
    assert answer.is_success, answer.text


async def fill_ours(url: str, first: date) -> None:
    peer = await opened(make_url(url))
    try:
        await peer.insert_many(taken(first))
    finally:
        await peer.close()


def our_client(client: httpx.AsyncClient) -> Book:
    """Posts to our API."""

    async def book(slot: Slot) -> bool:
        site, space = ROOMS[slot.room]
        wish = {
            "space": space,
            "title": "Choir",
            "contact_name": "Mary Holloway",
            "starts": slot.starts.isoformat(),
            "ends": slot.ends.isoformat(),
        }
        answer = await client.post(f"{API}/sites/{site}/bookings", json=wish)
        assert answer.status_code in {201, 409}, answer.text
        return answer.status_code == 201

    return book


async def move_into_mrbs(running: Mrbs, server: PostgresServer, url: str, folder: Path, first: date) -> None:
    """The areas by MRBS's own page, which gives them its settings; the rooms and their year by SQL."""
    people = folder / "people.sql"
    rows = [
        f"({level}, '{name}', '{name.capitalize()}', crypt('{PASSWORD}', gen_salt('bf', 10)), '{name}@example.org')"
        for level, name in ((2, ADMINISTRATOR), (1, USER))
    ]
    people.write_text(
        "CREATE EXTENSION pgcrypto; INSERT INTO mrbs_users (level, name, display_name, password_hash, email) "
        f"VALUES {', '.join(rows)};"
    )
    server.run_file(url, people)
    administrator = await Person.sign_in(running.address, ADMINISTRATOR, PASSWORD)
    for site in SITES:
        await administrator.add_area(site)
    await administrator.close()
    rooms = [
        f"({number}, (SELECT id FROM mrbs_area WHERE area_name = '{site}'), '{room}', '{room}', '', 30)"
        for number, (site, room) in enumerate(ROOMS, 1)
    ]
    year = folder / "year.sql"
    year.write_text(
        "INSERT INTO mrbs_room (id, area_id, room_name, sort_key, description, capacity) "
        f"VALUES {', '.join(rooms)};\n"
        "INSERT INTO mrbs_entry (start_time, end_time, room_id, create_by, name, type, description, ical_uid) "
        f"SELECT at, at + 3600, room, '{USER}', 'Choir', 'I', '', 'MRBS-' || md5(at || '-' || room) || '@example.org' "
        f"FROM generate_series(0, {DAYS - 1}) day, generate_series({TAKEN[0]}, {TAKEN[-1]}) hour, "
        f"generate_series(1, {len(ROOMS)}) room, LATERAL (SELECT extract(epoch FROM (date '{first}' + day + "
        f"make_interval(hours => hour)) AT TIME ZONE '{ZONE}')::int AS at) AS begins;"
    )
    server.run_file(url, year)


def mrbs_client(person: Person) -> Book:
    """Sends MRBS's form."""

    async def book(slot: Slot) -> bool:
        return await person.book(slot.room + 1, slot.starts, slot.ends)

    return book
