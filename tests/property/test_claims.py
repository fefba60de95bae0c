"""Whatever is booked, moved, cancelled and restored: the diary agrees with a plain list, and nothing overlaps."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from controller.app.composition import open_container
from controller.app.container import Container
from controller.app.schema import migrate
from controller.bookings.diary.model import BookingChange, Draft
from controller.bookings.diary.tables import claims
from controller.bookings.errors import Clash
from controller.estate.model import Site, Space
from controller.people.model import Actor
from controller.platform.settings import Settings
from controller.platform.web.fields import Moment
from edge.wire.interval import Interval
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.fuzz.effort import examples

SITE = "ramsey"
ACTOR = Actor.acting("test")
SPACES = ("hall", "studio")


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """``which`` picks one of the bookings made so far; times are in quarter hours from tomorrow."""

    what: Literal["book", "move", "cancel", "restore"]
    which: int
    space: str
    start: int
    length: int

    @property
    def during(self) -> Interval:
        start = NOW + timedelta(days=1, minutes=15 * self.start)
        return Interval(start=start, end=start + timedelta(minutes=15 * self.length))


ACTS = st.lists(
    st.builds(
        Act,
        what=st.sampled_from(["book", "book", "move", "cancel", "restore"]),
        which=st.integers(0, 30),
        space=st.sampled_from(SPACES),
        start=st.integers(0, 24),
        length=st.integers(1, 8),
    ),
    max_size=25,
)


class Listed(msgspec.Struct, kw_only=True):
    """A booking in the plain list."""

    id: str
    space: str
    during: Interval
    cancelled: bool = False


@pytest.fixture(scope="module")
def migrated() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hallkeeper.db"
        asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
        yield file


@given(acts=ACTS)
@settings(max_examples=examples(25))
def test_the_diary_agrees_with_a_list(migrated: Path, acts: list[Act]) -> None:
    asyncio.run(_agrees(migrated, acts))


async def _agrees(migrated: Path, acts: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hallkeeper.db"
        shutil.copy(migrated, file)
        container = open_container(
            Settings(data_dir=Path(folder), database=f"sqlite+aiosqlite:///{file}"), ManualClock(NOW)
        )
        try:
            await container.estate.put_site(Site(id=SITE, name="Ramsey", zone="Europe/London"), version=0, actor="test")
            for space in SPACES:
                await container.estate.put(Space(site=SITE, id=space, name=space), version=0, actor="test")
            listed: list[Listed] = []
            for act in acts:
                await _both(container, listed, act)
            await _compare(container, listed)
        finally:
            await container.close()


def _free(listed: list[Listed], space: str, during: Interval, but: Listed | None = None) -> bool:
    return not any(
        each.space == space and not each.cancelled and each.during.overlaps(during)
        for each in listed
        if each is not but
    )


async def _both(container: Container, listed: list[Listed], act: Act) -> None:
    starts, ends = Moment(instant=act.during.start), Moment(instant=act.during.end)
    if act.what == "book":
        free = _free(listed, act.space, act.during)
        draft = Draft(space=act.space, title="x", starts=starts, ends=ends)
        try:
            made = await container.bookings.create(SITE, draft, actor=ACTOR)
        except Clash:
            assert not free
        else:
            assert free
            listed.append(Listed(id=made.booking.id, space=act.space, during=act.during))
        return
    if not listed:
        return
    one = listed[act.which % len(listed)]
    if act.what == "cancel":
        await container.bookings.cancel(one.id, why="", actor=ACTOR)
        one.cancelled = True
    elif act.what == "restore":
        free = not one.cancelled or _free(listed, one.space, one.during, one)
        try:
            await container.bookings.restore(one.id, actor=ACTOR)
        except Clash:
            assert not free
        else:
            assert free
            one.cancelled = False
    elif not one.cancelled:
        free = _free(listed, act.space, act.during, one)
        try:
            await container.bookings.change(
                one.id, BookingChange(space=act.space, starts=starts, ends=ends), if_match=None, actor=ACTOR
            )
        except Clash:
            assert not free
        else:
            assert free
            one.space, one.during = act.space, act.during


async def _compare(container: Container, listed: list[Listed]) -> None:
    async with container.database.read() as tx:
        rows = (await tx.execute(select(claims))).mappings().all()
    held = {(row["booking_id"], row["atom"], row["starts"], row["ends"]) for row in rows}
    assert held == {
        (each.id, f"{SITE}/{each.space}", each.during.start, each.during.end) for each in listed if not each.cancelled
    }
    for one in rows:
        for other in rows:
            apart = one["ends"] <= other["starts"] or other["ends"] <= one["starts"]
            assert one is other or one["atom"] != other["atom"] or apart
