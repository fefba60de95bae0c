"""Many controllers over one database, each booking, asking, moving, cancelling, deciding, waiting and making series at
once: nothing overlaps, nothing is lost, nothing is done twice, and the log explains how every booking came to be so."""

import asyncio
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import httpx
import msgspec
import pytest
from sqlalchemy import select

from controller.app.container import Container
from controller.bookings.diary.model import Booking, BookingState
from controller.bookings.diary.policy import ApprovalRule, Policy
from controller.bookings.diary.tables import booking_log, bookings, claims, equipment_claims, pool_claims, pool_quarters
from controller.bookings.repository import some
from controller.bookings.rules.model import quarters
from edge.wire.interval import Interval
from tests.controller.bookings.policing import put_policy
from tests.controller.village import API, SITE
from tests.faults.diary_storm import Done, Storm, Told

POOL = 6
PROJECTORS = 2
ATOMS = {"hall": {"east", "west"}, "east": {"east"}, "west": {"west"}, "studio": {"studio"}}
SETUP = {"east": timedelta(minutes=15), "west": timedelta(minutes=15)}
CLEARDOWN = {"hall": timedelta(minutes=15)}
ENDS_WITH = {
    BookingState.CONFIRMED: {"book", "approve", "accept", "restore", "move", "change"},
    BookingState.HELD: {"book", "accept", "restore", "move", "change"},
    BookingState.DECLINED: {"decline", "expire"},
    BookingState.CANCELLED: {"cancel"},
}
"""What the last line of a booking's story may be, by its state."""
STORY_OF = {
    "book": {"book"},
    "again": {"book"},
    "series": {"book"},
    "change": {"move", "change", "book"},
    "cancel": {"cancel"},
    "restore": {"restore", "book", "approve", "accept", "move", "change"},
    "approve": {"approve", "book", "accept", "restore", "move", "change"},
    "decline": {"decline"},
    "cancel series": {"cancel"},
    "restore series": {"restore"},
}
"""What the line that made a booking so may be, by what was answered; something that is so already is answered, too."""


class Line(msgspec.Struct, frozen=True):
    """A line of a booking's story."""

    booking: str
    what: str


class Held(msgspec.Struct, frozen=True):
    """Something that is held for a time. ``what``: an atom, a pool, a kind of equipment."""

    booking: str
    what: str
    during: Interval
    count: int


class End(msgspec.Struct, frozen=True):
    """What the database holds when the storm is over."""

    every: list[Booking]
    story: list[Line]
    time_held: list[Held]
    seats: list[Held]
    taken: dict[tuple[str, datetime], int]
    things: list[Held]


async def furnish(client: httpx.AsyncClient, hub: Container) -> None:
    """A hall that divides, with setting up and clearing down; desks by number; projectors; a rule for short ones."""
    site = f"{API}/sites/{SITE}"
    for half in ("east", "west"):
        body = {"name": half.capitalize(), "doors": ["front-door"], "setup_min": 15}
        assert (await client.put(f"{site}/spaces/{half}", json=body)).is_success
    hall = {"name": "Hall", "parts": ["east", "west"], "doors": ["front-door", "side-door"], "cleardown_min": 15}
    assert (await client.put(f"{site}/spaces/hall", json=hall)).is_success
    desks = {"name": "Desks", "kind": "pool", "pool_size": POOL, "doors": ["front-door"]}
    assert (await client.put(f"{site}/spaces/desks", json=desks)).is_success
    projectors = {"name": "Projector", "count": PROJECTORS}
    assert (await client.put(f"{site}/equipment/projector", json=projectors)).is_success
    await put_policy(hub, Policy(rules=(ApprovalRule(name="Short ones", most_minutes=60),), hold_hours=1))


async def rage(hub: Container, client: httpx.AsyncClient, *, processes: int, acts: int, seconds: float) -> list[Done]:
    """Let the processes loose together; all that they did."""
    token = client.headers["Authorization"].removeprefix("Bearer ")
    settings = hub.settings
    running = []
    for seed in range(processes):
        told = Storm(
            database=str(settings.database),
            data_dir=str(settings.data_dir),
            token=token,
            seed=seed,
            acts=acts,
            seconds=seconds,
        )
        argv = [sys.executable, "-m", "tests.faults.diary_storm", msgspec.json.encode(told).decode()]
        pipe = asyncio.subprocess.PIPE
        running.append(await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe, limit=2**24))
    for process in running:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    began = f"{time.time()}\n".encode()
    outputs = await asyncio.gather(*(process.communicate(began) for process in running))
    assert [process.returncode for process in running] == [0] * processes
    return [msgspec.json.decode(line, type=Done) for output, _ in outputs for line in output.splitlines()]


async def look(hub: Container) -> End:
    async with hub.database.read() as tx:
        every = await some(tx, (await tx.execute(select(bookings.c.id))).scalars().all())
        story = (await tx.execute(select(booking_log).order_by(booking_log.c.id))).all()
        time_held = (await tx.execute(select(claims))).all()
        seats = (await tx.execute(select(pool_claims))).all()
        taken = (await tx.execute(select(pool_quarters))).all()
        things = (await tx.execute(select(equipment_claims))).all()

    def during(row: object) -> Interval:
        return Interval(start=row.starts, end=row.ends)  # type: ignore[attr-defined]

    return End(
        every=every,
        story=[Line(row.booking_id, row.what) for row in story],
        time_held=[Held(row.booking_id, row.atom, during(row), 1) for row in time_held],
        seats=[Held(row.booking_id, row.pool, during(row), row.seats) for row in seats],
        taken={(row.pool, row.quarter): row.taken for row in taken if row.taken},
        things=[Held(row.booking_id, row.equipment, during(row), row._mapping["count"]) for row in things],
    )


def nothing_overlaps(end: End) -> None:
    """Neither do bookings of one atom overlap, nor is there less between two than setting up and clearing down take."""
    by_atom: dict[str, list[Booking]] = defaultdict(list)
    for each in end.every:
        for atom in ATOMS.get(each.space, ()) if each.claims else ():
            by_atom[atom].append(each)
    for atom, found in by_atom.items():
        for earlier, later in pairwise(sorted(found, key=lambda each: each.starts)):
            gap = max(CLEARDOWN.get(earlier.space, timedelta()), SETUP.get(later.space, timedelta()))
            assert later.starts - earlier.ends >= gap, (atom, earlier.title, later.title)


def claims_say_what_bookings_do(end: End) -> None:
    wanted = {
        (each.id, f"{SITE}/{atom}", each.during)
        for each in end.every
        if each.claims
        for atom in ATOMS.get(each.space, ())
    }
    assert {(each.booking, each.what, each.during) for each in end.time_held} == wanted


def places_add_up(end: End) -> None:
    wanted: Counter[tuple[str, datetime]] = Counter()
    for each in end.every:
        if each.space == "desks" and each.claims:
            for quarter in quarters(each.during):
                wanted[f"{SITE}/desks", quarter] += each.seats or 1
    assert end.taken == dict(wanted)
    assert max(end.taken.values(), default=0) <= POOL
    held: Counter[tuple[str, datetime]] = Counter()
    for row in end.seats:
        for quarter in quarters(row.during):
            held[row.what, quarter] += row.count
    assert held == wanted


def things_are_there(end: End) -> None:
    for one in end.things:
        at = one.during.start
        here = sum(row.count for row in end.things if row.during.start <= at < row.during.end)
        assert here <= PROJECTORS
    carried = {each.booking for each in end.things}
    assert carried == {each.id for each in end.every if each.claims and each.equipment}


def the_log_explains(end: End) -> None:
    lines = _lines(end.story)
    for each in end.every:
        told = lines[each.id]
        assert told[0] == "book", told
        assert told[-1] in ENDS_WITH[each.state], (each.state, told)
        assert each.version == len(told), (each.version, told)  # a write that overwrote another would count once


def no_answered_write_is_lost(end: End, done: Sequence[Done]) -> None:
    """What an answer told as a booking's version is what was written as that version: it is in the story, nobody else
    was told another thing, and if nothing came later it stands."""
    lines = _lines(end.story)
    last = {each.id: each for each in end.every}
    said: dict[tuple[str, int], Told] = {}
    for act in done:
        for told in act.told:
            line = lines[told.id][told.version - 1]
            assert line in STORY_OF[act.what], (act.what, told, lines[told.id])
            before = said.setdefault((told.id, told.version), told)
            assert _content(before) == _content(told), (before, told)
            there = last[told.id]
            if there.version == told.version:
                assert (there.space, there.starts, there.ends) == (told.space, told.starts, told.ends), told


def _content(told: Told) -> tuple[str, datetime, datetime, str]:
    return told.space, told.starts, told.ends, told.title


def nothing_is_done_twice(end: End, done: Sequence[Done]) -> None:
    answers: dict[str, list[Done]] = defaultdict(list)
    for each in done:
        answers[each.key].append(each)
    for key, found in answers.items():
        assert len({(each.status, each.body) for each in found}) == 1, (key, [each.status for each in found])
    made = {told.id for each in done for told in each.told} | {name for each in done for name in each.named}
    offered = {each.key for each in done if each.what == "wait" and each.status == 201}
    assert [each.title for each in end.every if each.id not in made and each.title not in offered] == []
    assert made <= {each.id for each in end.every}
    single = Counter(each.title for each in end.every if each.series_id is None and each.title not in offered)
    assert [title for title, count in single.items() if count > 1] == []
    held_for = Counter(each.title for each in end.every if each.title in offered and each.claims)
    assert [title for title, count in held_for.items() if count > 1] == []


def _lines(story: Iterable[Line]) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = defaultdict(list)
    for each in story:
        lines[each.booking].append(each.what)
    return lines


def _told(done: Sequence[Done], took: float) -> str:
    counts = Counter((each.what, each.status) for each in done)
    lines = [f"  {what:<14} {status} {count:>6}" for (what, status), count in sorted(counts.items())]
    return f"\n{len(done)} acts in {took:.1f} s\n" + "\n".join(lines) + "\n"


async def weather(client: httpx.AsyncClient, hub: Container, *, processes: int, acts: int, seconds: float) -> End:
    await furnish(client, hub)
    began = time.monotonic()
    done = await rage(hub, client, processes=processes, acts=acts, seconds=seconds)
    sys.stdout.write(_told(done, time.monotonic() - began))
    assert [each for each in done if each.status not in {200, 201, 409}] == []
    happened = {each.what for each in done if each.status in {200, 201}}
    assert happened >= {
        "book",
        "again",
        "series",
        "change",
        "cancel",
        "restore",
        "shift series",
        "cancel series",
        "wait",
    }
    assert sum(each.status == 409 and each.what in {"book", "again", "change"} for each in done) >= 20
    end = await look(hub)
    nothing_overlaps(end)
    claims_say_what_bookings_do(end)
    places_add_up(end)
    things_are_there(end)
    the_log_explains(end)
    no_answered_write_is_lost(end, done)
    nothing_is_done_twice(end, done)
    return end


@pytest.mark.faults_full
async def test_controllers_at_once_neither_overlap_nor_lose_nor_double_anything(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await weather(any_village, any_container, processes=3, acts=80, seconds=120)


@pytest.mark.faults_full
async def test_eight_controllers_for_a_minute(any_village: httpx.AsyncClient, any_container: Container) -> None:
    end = await weather(any_village, any_container, processes=8, acts=100_000, seconds=60)
    assert {"approve", "decline", "expire", "accept", "move"} <= {each.what for each in end.story}
