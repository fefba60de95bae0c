"""However a building divides, to any depth and with shared parts: its atoms are those of its parts, and no two bookings
hold one of them at one time, because the database does not let them."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from controller.app.composition import open_container
from controller.app.schema import migrate
from controller.bookings import repository
from controller.bookings.claims import contended, write_claims
from controller.bookings.diary.model import Booking, BookingRequest, BookingState, Draft
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.diary.tables import bookings, claims
from controller.db.engine import Database
from controller.estate.errors import ChangeBlocked
from controller.estate.model import Circular, Space, atoms_of
from controller.people.model import Actor
from controller.people.optimistic_locking import version_of
from controller.platform.settings import Settings
from controller.platform.web.fields import Moment
from tests.controller.bookings.hub import asked, booking, build, site_config
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.fuzz.effort import examples
from tests.services.postgres import PostgresServer

NAMES = tuple(f"s{number}" for number in range(7))
TOMORROW = NOW + timedelta(days=1)
ACTOR = Actor.acting("test")

Parts = Mapping[str, tuple[str, ...]]
"""Space -> what it divides into."""


@st.composite
def divisions(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """A space divides into any of those before it, so none is a part of itself; one may lie in several."""
    return {
        name: tuple(sorted(draw(st.sets(st.sampled_from(NAMES[:number]), max_size=3)))) if number else ()
        for number, name in enumerate(NAMES)
    }


TANGLES = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple), min_size=1
)
"""Any parts at all, in circles too, and some that are no spaces of their own."""


def below(parts: Parts, space: str) -> set[str]:
    """All that lies in a space, itself only if it lies in itself."""
    found: set[str] = set()
    ahead = list(parts.get(space, ()))
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead += parts.get(here, ())
    return found


def leaves(parts: Parts, space: str) -> frozenset[str]:
    """What cannot be divided further in a space that is no circle, found another way than ours."""
    return frozenset(each for each in {space, *below(parts, space)} if not parts.get(each))


@given(parts=TANGLES)
@example(parts={"s0": ("s0",)})
@example(parts={"s0": ("s1",), "s1": ("s2",), "s2": ("s1",)})
def test_atoms_are_those_of_the_parts_and_a_circle_is_told_as_one(parts: dict[str, tuple[str, ...]]) -> None:
    circular = {space for space in parts if space in below(parts, space)}
    if circular:
        with pytest.raises(Circular) as told:
            atoms_of(parts)
        way = told.value.way
        assert way[0] == way[-1]
        assert set(way) <= circular
        assert all(part in parts[space] for space, part in pairwise(way))
        return
    atoms = atoms_of(parts)
    assert atoms.keys() == parts.keys()
    for space, found in atoms.items():
        assert found == tuple(sorted(leaves(parts, space)))
        inner = [atoms.get(part, (part,)) for part in parts[space]]
        assert set(found) == set().union(*inner) if inner else found == (space,)


@pytest.mark.parametrize("depth", [1, 1500])
def test_a_division_may_be_as_deep_as_it_likes(depth: int) -> None:
    parts = {f"floor-{number}": (f"floor-{number + 1}", f"room-{number}") for number in range(depth)}
    assert len(atoms_of(parts)["floor-0"]) == depth + 1
    with pytest.raises(Circular) as told:
        atoms_of({**parts, f"floor-{depth}": ("floor-0",)})
    assert len(told.value.way) == depth + 2


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """``which`` picks one of the bookings made so far; times are in quarter hours from tomorrow."""

    what: Literal["book", "move", "cancel"]
    which: int
    space: str
    start: int
    length: int

    @property
    def wish(self) -> BookingRequest:
        return asked(self.space, TOMORROW + timedelta(minutes=15 * self.start), self.length / 4)


ACTS = st.lists(
    st.builds(
        Act,
        what=st.sampled_from(["book", "book", "book", "move", "cancel"]),
        which=st.integers(0, 30),
        space=st.sampled_from(NAMES),
        start=st.integers(0, 8),
        length=st.integers(1, 6),
    ),
    min_size=1,
    max_size=20,
)


@pytest.fixture(scope="module")
def sqlite_copy() -> Iterator[Callable[[Path], str]]:
    """Copies a migrated database with the spaces in it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.db"
        asyncio.run(_built(f"sqlite+aiosqlite:///{file}"))

        def copy(to: Path) -> str:
            shutil.copy(file, to)
            return f"sqlite+aiosqlite:///{to}"

        yield copy


@pytest.fixture(scope="module")
def postgres_hub(postgres: PostgresServer) -> Iterator[str]:
    url = postgres.create()
    asyncio.run(_built(url))
    yield url
    postgres.drop(url)


async def _built(url: str) -> None:
    await migrate(url)
    database = Database(url)
    async with database.write() as tx:
        await build(tx, [Space(site="hub", id=name, name=name) for name in NAMES])
    await database.close()


@pytest.mark.cases_full
@given(parts=divisions(), acts=ACTS)
@settings(max_examples=examples(20))
def test_the_database_alone_keeps_whole_and_parts_apart(
    sqlite_copy: Callable[[Path], str], parts: dict[str, tuple[str, ...]], acts: list[Act]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_kept_apart(sqlite_copy(Path(folder) / "copy.db"), parts, acts))


@pytest.mark.cases_full
@given(parts=divisions(), acts=ACTS)
@settings(max_examples=examples(6))
def test_the_database_alone_keeps_whole_and_parts_apart_on_postgresql(
    postgres_hub: str, parts: dict[str, tuple[str, ...]], acts: list[Act]
) -> None:
    asyncio.run(_kept_apart(postgres_hub, parts, acts))


async def _kept_apart(url: str, parts: Parts, acts: list[Act]) -> None:
    """Claims are written without asking whether they may be: what must not be is refused by the constraint."""
    there = site_config(all_spaces=[Space(site="hub", id=name, name=name, parts=parts[name]) for name in NAMES])
    database, live = Database(url), dict[str, Booking]()
    try:
        async with database.write() as tx:
            await tx.execute(delete(claims))
            await tx.execute(delete(bookings))
        for act in acts:
            await _do(database, there, parts, live, act)
        await _compare(database, parts, live, site="hub")
    finally:
        await database.close()


async def _do(database: Database, there: SiteConfig, parts: Parts, live: dict[str, Booking], act: Act) -> None:
    old = list(live.values())[act.which % len(live)] if live else None
    if act.what == "book":
        value = booking(act.wish)
    elif old is None:
        return
    elif act.what == "move":
        during = act.wish.during
        value = msgspec.structs.replace(old, space=act.space, starts=during.start, ends=during.end)
    else:
        value = msgspec.structs.replace(old, state=BookingState.CANCELLED)
    fits = not value.claims or all(
        leaves(parts, value.space).isdisjoint(leaves(parts, other.space)) or not other.during.overlaps(value.during)
        for other in live.values()
        if other.id != value.id
    )
    try:
        async with database.write() as tx:
            if act.what == "book":
                await repository.insert_bookings(tx, [value])
            else:
                await repository.update_booking(tx, value)
            await write_claims(database, tx, there, [value], now=NOW, new=act.what == "book")
    except IntegrityError as error:
        if not contended(error):
            raise
        assert not fits, act
        return
    assert fits, act
    live[value.id] = value
    if not value.claims:
        del live[value.id]


async def _compare(database: Database, parts: Parts, live: Mapping[str, Booking], *, site: str) -> None:
    async with database.read() as tx:
        rows = (await tx.execute(select(claims))).mappings().all()
    assert {(row["booking_id"], row["atom"], row["starts"], row["ends"]) for row in rows} == {
        (each.id, f"{site}/{atom}", each.starts, each.ends)
        for each in live.values()
        for atom in leaves(parts, each.space)
    }
    for one, other in combinations(rows, 2):
        assert one["atom"] != other["atom"] or one["ends"] <= other["starts"] or other["ends"] <= one["starts"]


@pytest.mark.cases_full
@given(first=divisions(), second=divisions(), acts=ACTS)
@settings(max_examples=examples(6))
def test_a_building_that_divides_otherwise_takes_its_bookings_along_or_stays_as_it_is(
    sqlite_copy: Callable[[Path], str],
    first: dict[str, tuple[str, ...]],
    second: dict[str, tuple[str, ...]],
    acts: list[Act],
) -> None:
    assume(first != second)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_divided(Path(folder), sqlite_copy(Path(folder) / "copy.db"), first, second, acts))


async def _divided(folder: Path, url: str, first: Parts, second: Parts, acts: list[Act]) -> None:
    container = open_container(Settings(data_dir=folder, database=url), ManualClock(NOW))
    try:
        for name in NAMES:
            space = Space(site="hub", id=name, name=name, parts=first[name])
            version = version_of(Space(site="hub", id=name, name=name))
            await container.estate.put(space, version=version, actor="test")
        live: dict[str, Booking] = {}
        for act in acts:
            during = act.wish.during
            if any(
                not leaves(first, each.space).isdisjoint(leaves(first, act.space)) and each.during.overlaps(during)
                for each in live.values()
            ):
                continue
            draft = Draft(
                space=act.space, title="x", starts=Moment(instant=during.start), ends=Moment(instant=during.end)
            )
            made = (await container.bookings.create("hub", draft, actor=ACTOR)).booking
            live[made.id] = made
        parts = dict(first)
        for name in NAMES:
            wanted = parts | {name: second[name]}
            clashes = any(
                not leaves(wanted, one.space).isdisjoint(leaves(wanted, other.space))
                and one.during.overlaps(other.during)
                for one, other in combinations(live.values(), 2)
            )
            try:
                before = Space(site="hub", id=name, name=name, parts=parts[name])
                space = Space(site="hub", id=name, name=name, parts=second[name])
                await container.estate.put(space, version=version_of(before), actor="test")
            except ChangeBlocked:
                assert clashes
            else:
                assert not clashes
                parts = wanted
            await _compare(container.database, parts, live, site="hub")
    finally:
        await container.close()
