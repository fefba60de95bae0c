"""What is offered as free against the judge and against a minute-by-minute model: no more and no less."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from controller.app.schema import migrate
from controller.bookings import repository
from controller.bookings.claims import contended, write_claims
from controller.bookings.diary.model import Booking, BookingRequest, BookingState, Need
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.fitting_spaces import SpaceNeeds, sort_out
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import RuleRequest
from controller.db.engine import Database
from controller.estate.model import Changeover, Layout, Space, SpaceKind
from controller.find.diary_reads import DiaryReader, FreeSpace, ResourceNeed
from controller.find.free_intervals import MINUTE, Span, holds, interval, span
from controller.hours.model import BookableWindow, Closure, OpeningHours, SpaceHours
from controller.hours.timetable import Timetable
from edge.wire.interval import Interval
from tests.controller.bookings.hub import HUB, MANAGER, booking, build, site_config
from tests.controller.running import NOW
from tests.fuzz.effort import examples

DAY = datetime(2026, 11, 26, tzinfo=UTC)
SPACES = (
    Space(
        site="hub",
        id="hall",
        name="Hall",
        parts=("half-a", "half-b"),
        setup_min=15,
        cleardown_min=30,
        changeover_min=150,
        default_layout="theatre",
        layouts=(
            Layout(id="theatre", name="Theatre", capacity=100, setup_min=20),
            Layout(id="boardroom", name="Boardroom", capacity=12),
        ),
        changeovers=(Changeover(from_layout="theatre", to_layout="boardroom", minutes=90),),
    ),
    Space(site="hub", id="half-a", name="Half A", setup_min=10, cleardown_min=20),
    Space(site="hub", id="half-b", name="Half B", changeover_min=25, share_buffers=False, cleardown_min=5),
    Space(site="hub", id="desks", name="Desks", kind=SpaceKind.POOL, pool_size=4),
    Space(site="hub", id="library", name="Library", parts=("desks", "shelves")),
    Space(site="hub", id="shelves", name="Shelves"),
)
EVENINGS = tuple(BookableWindow(weekday=day, opens=17 * 60, closes=22 * 60) for day in range(7))
STEP = timedelta(minutes=5)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A booking to be made, if the diary lets it: times in steps from midnight."""

    space: str
    start: int
    length: int
    layout: str | None
    seats: int | None
    setup_min: int | None
    cleardown_min: int | None
    projectors: int
    run_out: bool

    def booking(self, midnight: datetime) -> Booking:
        start = midnight + STEP * self.start
        wanted = BookingRequest(
            space=self.space,
            title="x",
            during=Interval(start=start, end=start + STEP * self.length),
            layout=self.layout if self.space == "hall" else None,
            seats=self.seats if self.space == "desks" else None,
            setup_min=self.setup_min,
            cleardown_min=self.cleardown_min,
            equipment=(Need(equipment="projector", count=self.projectors),) if self.projectors else (),
        )
        if self.run_out:
            return booking(wanted, state=BookingState.HELD, held_until=NOW - timedelta(hours=1))
        return booking(wanted)


LONG = 24 * 12
PLANS = st.lists(
    st.builds(
        Plan,
        space=st.sampled_from([each.id for each in SPACES]),
        start=st.integers(0, LONG - 1),
        length=st.integers(1, 18),
        layout=st.sampled_from([None, "boardroom"]),
        seats=st.integers(1, 4),
        setup_min=st.sampled_from([None, None, 0, 60]),
        cleardown_min=st.sampled_from([None, None, 0, 60]),
        projectors=st.integers(0, 2),
        run_out=st.sampled_from([False, False, False, True]),
    ),
    max_size=20,
)
CLOSED = st.lists(st.tuples(st.integers(0, LONG - 1), st.integers(1, 24), st.booleans()), max_size=2)


@pytest.fixture(scope="module")
def migrated() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hallkeeper.db"
        asyncio.run(_prepare(file))
        yield file


async def _prepare(file: Path) -> None:
    await migrate(f"sqlite+aiosqlite:///{file}")
    database = Database(f"sqlite+aiosqlite:///{file}")
    async with database.write() as tx:
        await build(tx, SPACES)
    await database.close()


@given(
    plans=PLANS,
    closed=CLOSED,
    layout=st.sampled_from([None, "boardroom"]),
    seats=st.integers(1, 4),
    buffers=st.sampled_from([(None, None), (40, 0), (0, 75)]),
    projectors=st.integers(0, 2),
    midnight=st.sampled_from(
        [DAY, datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)],  # both clock changes
    ),
    length=st.sampled_from([5, 55, 120]),
)
@settings(max_examples=examples(20))
def test_what_is_offered_is_what_the_judge_allows(
    migrated: Path,
    plans: list[Plan],
    closed: list[tuple[int, int, bool]],
    layout: str | None,
    seats: int,
    buffers: tuple[int | None, int | None],
    projectors: int,
    midnight: datetime,
    length: int,
) -> None:
    there = _there(midnight, closed)
    wants = SpaceNeeds(
        layout=layout,
        seats=seats,
        equipment=(Need(equipment="projector", count=projectors),) if projectors else (),
    )
    use = ResourceNeed(
        shortest=length * MINUTE, setup_min=buffers[0], cleardown_min=buffers[1], equipment=wants.equipment
    )
    asyncio.run(_agrees(migrated, there, plans, midnight, wants, use))


def _there(midnight: datetime, closed: Sequence[tuple[int, int, bool]]) -> SiteConfig:
    closures = tuple(
        Closure(
            id=f"c{number}",
            during=Interval(start=midnight + STEP * start, end=midnight + STEP * (start + length)),
            reason="Boiler",
            spaces=("half-a",) if one else (),
            made_at=NOW,
            made_by="Una Porter",
        )
        for number, (start, length, one) in enumerate(closed)
    )
    bare = site_config(all_spaces=SPACES)
    hours = {
        place.space.id: SpaceHours(
            name=place.space.name,
            atoms=frozenset(place.atoms),
            windows=EVENINGS if place.space.id == "shelves" else None,
        )
        for place in bare.by_space.values()
    }
    book = Timetable(site=HUB, timetable=OpeningHours(), closures=closures, spaces=hours)
    return site_config(hours=book, all_spaces=SPACES)


async def _agrees(
    migrated: Path, there: SiteConfig, plans: Sequence[Plan], midnight: datetime, wants: SpaceNeeds, use: ResourceNeed
) -> None:
    during = Interval(start=midnight, end=midnight + timedelta(days=1))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(migrated, Path(folder) / "hallkeeper.db")
        database = Database(f"sqlite+aiosqlite:///{folder}/hallkeeper.db")
        made = [each for plan in plans if await _made(database, there, each := plan.booking(midnight))]
        fittings = [
            each
            for kind in SpaceKind
            for each in sort_out(there, msgspec.structs.replace(wants, kind=kind, **_FOR[kind](wants)))[0]
        ]
        async with database.read() as tx:
            found = await DiaryReader().look(tx, fittings, use, {"hub": span(during)}, now=NOW)
            tries = [(free, each) for free in found for each in _tries(free, during, use.shortest)]
            wishes = [_asked(free, each, use) for free, each in tries]
            verdicts = await judge(tx, there, [RuleRequest(asked=each, actor=MANAGER) for each in wishes], now=NOW)
        await database.close()
    for (free, tried), wish, said in zip(tries, wishes, verdicts, strict=True):
        offered = holds(free.times, tried)
        assert offered == said.possible, (wish, said.reasons)
        assert offered == _by_hand(there, [one for one in made if not one.expired(NOW)], wish), wish


_FOR: dict[SpaceKind, Callable[[SpaceNeeds], dict[str, object]]] = {
    SpaceKind.ROOM: lambda wants: {"seats": None},
    SpaceKind.POOL: lambda wants: {"layout": None},
}


async def _made(database: Database, there: SiteConfig, value: Booking) -> bool:
    """Whether the diary took it; buffers do not stop it, as when a manager overrules them."""
    try:
        async with database.write() as tx:
            await repository.insert_bookings(tx, [value])
            await write_claims(database, tx, there, [value], now=NOW, new=True, expired=())
    except IntegrityError as error:
        if not contended(error):
            raise
        return False
    return True


def _tries(free: FreeSpace, during: Interval, length: int) -> set[Span]:
    """Times to try: through the day, and on either side of every edge."""
    first, last = span(during)
    starts = set(range(first, last, 20 * MINUTE))
    for start, end in free.times:
        starts |= {start - MINUTE, start, end - length, end - length + MINUTE}
    return {(start, start + length) for start in starts if first <= start and start + length <= last}


def _asked(free: FreeSpace, wanted: Span, use: ResourceNeed) -> BookingRequest:
    return BookingRequest(
        space=free.fitting.place.space.id,
        title="wish",
        during=interval(wanted),
        layout=free.fitting.layout,
        seats=free.fitting.seats,
        equipment=use.equipment,
        setup_min=use.setup_min,
        cleardown_min=use.cleardown_min,
    )


def _by_hand(there: SiteConfig, standing: Sequence[Booking], wish: BookingRequest) -> bool:
    """The rules as a caretaker would go through them, minute by minute where things are counted."""
    place = there.by_space[wish.space]
    minutes = [wish.during.start + timedelta(minutes=each) for each in range(int(wish.during.seconds // 60))]
    closed = there.hours.closed(wish.during, space=wish.space)
    if any(minute in each.during for minute in minutes for each in closed):
        return False
    for need in wish.equipment:
        for minute in minutes:
            used = sum(other.count for each in standing if minute in each.during for other in each.equipment)
            if used + need.count > there.equipment[need.equipment].count:
                return False
    seats = (wish.seats or 0) if place.space.kind is SpaceKind.POOL else 4
    if place.pools and any(_seated(each, standing) + seats > 4 for each in minutes):
        return False
    if place.space.kind is SpaceKind.POOL:
        return True
    mine = [each for each in standing if each.space != "desks"]
    return all(_apart(there, wish, [each for each in mine if atom in _atoms(there, each)]) for atom in place.atoms)


def _atoms(there: SiteConfig, each: Booking) -> tuple[str, ...]:
    return there.by_space[each.space].atoms


def _seated(minute: datetime, standing: Sequence[Booking]) -> int:
    """Places taken in the quarter hour of a minute."""
    quarter = minute - timedelta(minutes=minute.minute % 15)
    around = Interval(start=quarter, end=quarter + timedelta(minutes=15))
    touching = [each for each in standing if each.during.overlaps(around)]
    return sum(
        (each.seats or 1) if each.space == "desks" else 4 for each in touching if each.space in {"desks", "library"}
    )


def _apart(there: SiteConfig, wish: BookingRequest, others: Sequence[Booking]) -> bool:
    """Whether a wish keeps its distance from what else is on one atom."""
    before = sorted((each for each in others if each.ends <= wish.during.start), key=lambda each: each.ends)
    after = sorted((each for each in others if each.starts >= wish.during.end), key=lambda each: each.starts)
    if len(before) + len(after) < len(others):
        return False
    for each in before:
        needed = _needed(there, each, wish, changing=each is before[-1])
        if wish.during.start - each.ends < needed:
            return False
    return not any(
        each.starts - wish.during.end < _needed(there, wish, each, changing=each is after[0]) for each in after
    )


def _needed(
    there: SiteConfig, first: BookingRequest | Booking, then: BookingRequest | Booking, *, changing: bool
) -> timedelta:
    one, other = there.by_space[first.space].space, there.by_space[then.space].space
    layouts = [space.layout(each.layout) for space, each in ((one, first), (other, then))]
    clear = max(one.cleardown_min, layouts[0].cleardown_min if layouts[0] else 0, first.cleardown_min or 0)
    setup = max(other.setup_min, layouts[1].setup_min if layouts[1] else 0, then.setup_min or 0)
    minutes = max(clear, setup) if one.share_buffers and other.share_buffers else clear + setup
    if changing and one.id != other.id:
        minutes = max(minutes, one.changeover_min, other.changeover_min)
    if changing and one.id == other.id and layouts[0] != layouts[1]:
        listed = layouts[0] and layouts[1] and (layouts[0].id, layouts[1].id) == ("theatre", "boardroom")
        minutes = max(minutes, 90 if listed else one.changeover_min)
    return timedelta(minutes=minutes)
