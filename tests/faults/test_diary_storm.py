"""Many controllers over one database, each booking, asking, moving, cancelling, deciding and making series at once:
nothing overlaps, nothing is lost, nothing is done twice, and the log explains how every booking came to be as it is."""

import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

import httpx
import msgspec
import pytest
from sqlalchemy import select

from controller.bookings.judging.pools import quarters
from controller.bookings.model import Booking, State
from controller.bookings.policy import ApprovalRule, Policy
from controller.bookings.repository import some
from controller.bookings.tables import booking_log, bookings, claims, equipment_claims, pool_claims, pool_quarters
from controller.house import House
from edge.wire.interval import Interval
from tests.controller.bookings.policing import put_policy
from tests.controller.village import API, SITE
from tests.faults.diary_storm import Done, Storm

POOL = 6
PROJECTORS = 2
ATOMS = {"hall": {"east", "west"}, "east": {"east"}, "west": {"west"}, "studio": {"studio"}}
ENDS_WITH = {
    State.CONFIRMED: {"book", "approve", "restore", "move", "change"},
    State.HELD: {"book", "restore", "move", "change"},
    State.DECLINED: {"decline", "expire"},
    State.CANCELLED: {"cancel"},
}
"""What the last line of a booking's story may be, by its state."""


async def furnish(client: httpx.AsyncClient, house: House) -> None:
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
    await put_policy(house, Policy(rules=(ApprovalRule(name="Short ones", most_minutes=60),), hold_hours=None))


async def rage(house: House, client: httpx.AsyncClient, *, processes: int, seconds: float) -> list[Done]:
    token = client.headers["Authorization"].removeprefix("Bearer ")
    settings = house.settings
    running = []
    for seed in range(processes):
        told = Storm(
            database=str(settings.database), data_dir=str(settings.data_dir), token=token, seed=seed, seconds=seconds
        )
        argv = [sys.executable, "-m", "tests.faults.diary_storm", msgspec.json.encode(told).decode()]
        running.append(await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE))
    outputs = await asyncio.gather(*(process.communicate() for process in running))
    assert [process.returncode for process in running] == [0] * processes
    return [msgspec.json.decode(line, type=Done) for output, _ in outputs for line in output.splitlines()]


def overlapping(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    ordered = sorted(spans)
    return [later for earlier, later in pairwise(ordered) if later[0] < earlier[1]]


async def judge_the_end(house: House, done: list[Done]) -> None:
    """What must hold of the database, whatever was done."""
    async with house.database.read() as tx:
        every = await some(tx, (await tx.execute(select(bookings.c.id))).scalars().all())
        time_held = (await tx.execute(select(claims))).all()
        story = (await tx.execute(select(booking_log).order_by(booking_log.c.id))).all()
        seats = (await tx.execute(select(pool_claims))).all()
        taken = {(row.pool, row.quarter): row.taken for row in await tx.execute(select(pool_quarters))}
        things = (await tx.execute(select(equipment_claims))).all()
    _nothing_overlaps(every, time_held)
    _claims_say_what_bookings_do(every, time_held)
    _places_add_up(every, seats, taken)
    _things_are_there(things)
    _the_log_explains(every, story)
    _nothing_is_lost_or_twice(every, done, story)


def _nothing_overlaps(every: list[Booking], time_held: Iterable[object]) -> None:
    by_atom = defaultdict(list)
    for each in every:
        for atom in ATOMS.get(each.space, ()) if each.claims else ():
            by_atom[atom].append((each.starts, each.ends))
    assert {atom: found for atom, spans in by_atom.items() if (found := overlapping(spans))} == {}


def _claims_say_what_bookings_do(every: list[Booking], time_held: Iterable[object]) -> None:
    wanted = {
        (each.id, f"{SITE}/{atom}", each.starts, each.ends)
        for each in every
        if each.claims
        for atom in ATOMS.get(each.space, ())
    }
    assert {(row.booking_id, row.atom, row.starts, row.ends) for row in time_held} == wanted  # type: ignore[attr-defined]


def _places_add_up(every: list[Booking], seats: Iterable[object], taken: dict[tuple[str, datetime], int]) -> None:
    wanted: Counter[tuple[str, datetime]] = Counter()
    for each in every:
        if each.space == "desks" and each.claims:
            for quarter in quarters(each.during):
                wanted[f"{SITE}/desks", quarter] += each.seats or 1
    assert {key: count for key, count in taken.items() if count} == dict(wanted)
    assert max(taken.values(), default=0) <= POOL
    held: Counter[tuple[str, datetime]] = Counter()
    for row in seats:
        for quarter in quarters(Interval(start=row.starts, end=row.ends)):  # type: ignore[attr-defined]
            held[row.pool, quarter] += row.seats  # type: ignore[attr-defined]
    assert held == wanted


def _things_are_there(things: Iterable[object]) -> None:
    rows = list(things)
    for one in rows:
        at = one.starts  # type: ignore[attr-defined]
        here = sum(row.count for row in rows if row.starts <= at < row.ends)  # type: ignore[attr-defined]
        assert here <= PROJECTORS


def _the_log_explains(every: list[Booking], story: Iterable[object]) -> None:
    lines = defaultdict(list)
    for row in story:
        lines[row.booking_id].append(row.what)  # type: ignore[attr-defined]
    for each in every:
        told = lines[each.id]
        assert told[0] == "book", told
        assert told[-1] in ENDS_WITH[each.state], (each.state, told)
        assert each.version == len(told), (each.version, told)  # a write that overwrote another would count once


def _nothing_is_lost_or_twice(every: list[Booking], done: list[Done], story: Iterable[object]) -> None:
    there = {each.id for each in every}
    made = [booking for each in done for booking in each.made]
    assert set(made) <= there
    by_key: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for each in done:
        if each.status == 201:
            by_key[each.key].add(each.made)
    assert {key: answers for key, answers in by_key.items() if len(answers) > 1} == {}
    # Titles are keys: whatever stands there was made by an answered request, and once for each key and date.
    assert there == set(made)
    single = Counter(each.title for each in every if each.series_id is None)
    assert [title for title, count in single.items() if count > 1] == []


def _told(done: list[Done], seconds: float) -> str:
    counts = Counter((each.what, each.status) for each in done)
    lines = [f"  {what:<8} {status} {count:>6}" for (what, status), count in sorted(counts.items())]
    return f"{len(done)} acts in {seconds:.0f} s\n" + "\n".join(lines)


async def weather(client: httpx.AsyncClient, house: House, *, processes: int, seconds: float) -> None:
    await furnish(client, house)
    done = await rage(house, client, processes=processes, seconds=seconds)
    sys.stdout.write(_told(done, seconds))
    unforeseen = [each for each in done if each.status not in {200, 201, 409, 412, 422}]
    assert unforeseen == []
    assert [each for each in done if each.status == 422] == []
    kinds = {each.what for each in done if each.status in {200, 201}}
    assert {"book", "series", "change", "cancel"} <= kinds
    await judge_the_end(house, done)


async def test_controllers_at_once_neither_overlap_nor_lose_nor_double_anything(
    any_village: httpx.AsyncClient, any_house: House
) -> None:
    await weather(any_village, any_house, processes=3, seconds=4)


@pytest.mark.faults_full
async def test_eight_controllers_for_a_minute(any_village: httpx.AsyncClient, any_house: House) -> None:
    await weather(any_village, any_house, processes=8, seconds=60)
