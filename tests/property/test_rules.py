"""Whatever is booked, moved, ended early, cancelled, given other seats: places and verdicts agree with a plain list."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from controller.app.schema import migrate
from controller.bookings import repository
from controller.bookings.claims import write_claims
from controller.bookings.diary.model import Booking, BookingRequest, BookingState
from controller.bookings.diary.tables import bookings, claims, pool_claims, pool_quarters
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import RuleRequest
from controller.db.engine import Database, Tx
from controller.estate.model import Space, SpaceKind
from tests.controller.bookings.hub import MANAGER, asked, booking, build, site_config
from tests.controller.running import NOW
from tests.fuzz.effort import examples
from tests.services.postgres import PostgresServer

SIZE = 4
SPACES = (
    Space(site="hub", id="desks", name="Desks", kind=SpaceKind.POOL, pool_size=SIZE),
    Space(site="hub", id="library", name="Library", parts=("desks", "shelves")),
    Space(site="hub", id="shelves", name="Shelves"),
)
HUB = site_config(all_spaces=SPACES)
TOMORROW = NOW + timedelta(days=1)


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """``which`` picks one of the bookings made so far; ``start`` and ``length`` are in steps of five minutes."""

    what: Literal["book", "move", "seats", "finish", "cancel"]
    which: int
    space: str
    seats: int
    start: int
    length: int

    @property
    def wish(self) -> BookingRequest:
        start = TOMORROW + timedelta(minutes=5 * self.start)
        return asked(self.space, start, self.length / 12, seats=self.seats if self.space == "desks" else None)


ACTS = st.lists(
    st.builds(
        Act,
        what=st.sampled_from(["book", "book", "book", "move", "seats", "finish", "cancel"]),
        which=st.integers(0, 30),
        space=st.sampled_from(["desks", "desks", "desks", "library", "shelves"]),
        seats=st.integers(1, SIZE + 1),
        start=st.integers(0, 30),
        length=st.integers(1, 24),
    ),
    min_size=1,
    max_size=25,
)


class Model:
    """A plain list of what stands."""

    def __init__(self) -> None:
        self.standing: dict[str, BookingRequest] = {}

    def places(self, *, but: str = "") -> Counter[datetime]:
        taken: Counter[datetime] = Counter()
        for each, wish in self.standing.items():
            if each != but:
                for quarter in self.quarters(wish):
                    taken[quarter] += self.takes(wish)
        return +taken

    def takes(self, wish: BookingRequest) -> int:
        return {"desks": wish.seats or 1, "library": SIZE, "shelves": 0}[wish.space]

    def quarters(self, wish: BookingRequest) -> list[datetime]:
        whole = (TOMORROW + timedelta(minutes=15 * number) for number in range(24 * 4))
        return [each for each in whole if wish.during.start < each + timedelta(minutes=15) and each < wish.during.end]

    def fits(self, wish: BookingRequest, *, but: str = "") -> bool:
        taken = self.places(but=but)
        places = all(taken[each] + self.takes(wish) <= SIZE for each in self.quarters(wish))
        rooms = ("library", "shelves")
        return places and not any(
            each != but and wish.space in rooms and other.space in rooms and other.during.overlaps(wish.during)
            for each, other in self.standing.items()
        )


@pytest.fixture(scope="module")
def sqlite_copy() -> Iterator[Callable[[], str]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.db"
        asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
        asyncio.run(_built(f"sqlite+aiosqlite:///{file}"))

        def copy() -> str:
            shutil.copy(file, Path(folder) / "copy.db")
            return f"sqlite+aiosqlite:///{folder}/copy.db"

        yield copy


@pytest.fixture(scope="module")
def postgres_hub(postgres: PostgresServer) -> Iterator[str]:
    url = postgres.create()
    asyncio.run(migrate(url))
    asyncio.run(_built(url))
    yield url
    postgres.drop(url)


async def _built(url: str) -> None:
    database = Database(url)
    async with database.write() as tx:
        await build(tx, SPACES)
    await database.close()


@given(acts=ACTS)
@settings(max_examples=examples(25))
def test_places_agree_with_a_list(sqlite_copy: Callable[[], str], acts: list[Act]) -> None:
    asyncio.run(_agrees(sqlite_copy(), acts))


@pytest.mark.cases_full
@given(acts=ACTS)
@settings(max_examples=examples(4))
def test_places_agree_with_a_list_on_postgresql(postgres_hub: str, acts: list[Act]) -> None:
    asyncio.run(_agrees(postgres_hub, acts))


async def _agrees(url: str, acts: list[Act]) -> None:
    database, model = Database(url), Model()
    stored: dict[str, Booking] = {}
    try:
        async with database.write() as tx:
            for table in (claims, pool_claims, pool_quarters, bookings):
                await tx.execute(delete(table))
        for act in acts:
            async with database.write() as tx:
                await _do(database, tx, model, stored, act)
        async with database.read() as tx:
            await _compare(tx, model)
    finally:
        await database.close()


async def _do(database: Database, tx: Tx, model: Model, stored: dict[str, Booking], act: Act) -> None:
    old = list(stored.values())[act.which % len(stored)] if stored else None
    if act.what == "book":
        if await _possible(tx, model, act.wish):
            made = booking(act.wish)
            await repository.insert_bookings(tx, [made])
            await write_claims(database, tx, HUB, [made], now=NOW, new=True)
            stored[made.id], model.standing[made.id] = made, act.wish
        return
    if old is None:
        return
    new, wish = old, model.standing.get(old.id)
    if act.what == "cancel":
        new = msgspec.structs.replace(old, state=BookingState.CANCELLED)
        model.standing.pop(old.id, None)
    elif wish is None:
        return
    elif act.what == "finish":
        middle = old.starts + (old.ends - old.starts) / 2
        new = msgspec.structs.replace(old, ends=middle)
        during = msgspec.structs.replace(wish.during, end=middle)
        model.standing[old.id] = msgspec.structs.replace(wish, during=during)
    else:
        wish = msgspec.structs.replace(wish, seats=act.wish.seats) if act.what == "seats" else act.wish
        if wish.space != "desks":
            wish = msgspec.structs.replace(wish, seats=None)
        if not await _possible(tx, model, wish, but=old.id):
            return
        new = msgspec.structs.replace(
            old, space=wish.space, seats=wish.seats, starts=wish.during.start, ends=wish.during.end
        )
        model.standing[old.id] = wish
    await repository.update_booking(tx, new)
    await write_claims(database, tx, HUB, [new], now=NOW)
    stored[new.id] = new


async def _possible(tx: Tx, model: Model, wish: BookingRequest, *, but: str = "") -> bool:
    [found] = await judge(tx, HUB, [RuleRequest(asked=wish, actor=MANAGER, but=frozenset({but}))], now=NOW)
    assert found.possible is model.fits(wish, but=but), found
    return found.possible


async def _compare(tx: Tx, model: Model) -> None:
    rows = (await tx.execute(select(pool_quarters.c.quarter, pool_quarters.c.taken))).all()
    assert {row.quarter: row.taken for row in rows} == dict(model.places())
    held = (await tx.execute(select(claims.c.booking_id, claims.c.atom))).all()
    assert {(row.booking_id, row.atom) for row in held} == {
        (each, atom)
        for each, wish in model.standing.items()
        if wish.space != "desks"
        for atom in HUB.require(wish.space).atoms
    }
