"""What questions cost as the diary grows, and how much memory a controller takes that has been asked them all.

The time ahead is as full from 10,000 bookings on: what is more is past. A cost that grows as log n is up by a quarter
with each tenfold. Figures are printed.
"""

import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import httpx
import pytest

from controller.app.container import Container
from controller.bookings.diary.model import Draft
from controller.find.free import FreeQuery
from controller.find.nearby_sites import MOST_SITES, SiteSearch
from controller.people.model import Actor
from controller.platform.web.fields import read_moment
from edge.wire.clock import ClockFile
from edge.wire.codec import encode
from tests.bench.bench_booking import controller
from tests.bench.county import FIRST, build, diary, fill
from tests.bench.timing import took
from tests.controller.running import NOW, USER
from tests.controller.village import API

ACTOR = Actor.acting(USER)
SITE = "hub-07"
DAY = FreeQuery(starts="2026-12-03", ends="2026-12-04", minutes=60)
WEEKS = FreeQuery(starts="2026-11-26", ends="2027-01-21", minutes=60)
MEMORY_MB = 200.0
SHORT, FULL = (300, 1_000), (1_000, 10_000, 100_000, 1_000_000)
WITH_MEMORY = 100_000
ASKED = 20
"""Rounds of questions before memory is looked at."""


def questions(container: Container) -> dict[str, Callable[[], Awaitable[object]]]:
    """What is asked at every size. A booking that is made is cancelled, so that the diary stays as it is."""
    morning = FIRST.replace(hour=6) + timedelta(days=8)
    wish = Draft(
        space="hall",
        title="Early birds",
        starts=read_moment(morning.isoformat()),
        ends=read_moment((morning + timedelta(hours=1)).isoformat()),
    )

    async def book() -> None:
        view = await container.bookings.create(SITE, wish, actor=ACTOR)
        await container.bookings.cancel(view.booking.id, why="", actor=ACTOR)

    return {
        "a day of one site": lambda: container.availability.free(SITE, DAY, actor=ACTOR),
        "8 weeks of all": lambda: container.availability.free_everywhere(
            SiteSearch(), WEEKS, actor=ACTOR, after=None, limit=MOST_SITES
        ),
        "a site's day of bookings": lambda: container.booking_listing.between(SITE, DAY.starts, DAY.ends, actor=ACTOR),
        "a wish judged": lambda: container.bookings.check(SITE, wish, but=None, actor=ACTOR),
        "booked and cancelled": book,
    }


async def curve(container: Container, sizes: tuple[int, ...], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each question at each size of the diary, the best of some rounds: what disk and neighbours add is
    not the diary's."""
    await build(container)
    found: dict[str, list[float]] = {}
    filled = 0
    for size in sizes:
        await fill(container, islice(diary(), filled, size))
        filled = size
        for name, ask in questions(container).items():
            found.setdefault(name, []).append(min(await took(ask, rounds)))
    return found


def told(database: str, sizes: tuple[int, ...], found: dict[str, list[float]]) -> str:
    """The curve as a table, with the growth of each cost from the second size to the last against that of log n."""
    first = min(1, len(sizes) - 2)
    by_log = math.log(sizes[-1]) / math.log(sizes[first])
    head = (
        f"\n{database:<26}"
        + "".join(f"{size:>12,}" for size in sizes)
        + f"   x from {sizes[first]:,} (log n: x {by_log:.2f})"
    )
    lines = [
        f"  {name:<24}" + "".join(f"{ms:>9.2f} ms" for ms in each) + f"   x {each[-1] / each[first]:.2f}"
        for name, each in found.items()
    ]
    return "\n".join([head, *lines])


@pytest.mark.bench
@pytest.mark.parametrize(("sizes", "rounds"), [(SHORT, 1), pytest.param(FULL, 15, marks=pytest.mark.bench)])
async def test_what_questions_cost_as_the_diary_grows(
    any_container: Container, sizes: tuple[int, ...], rounds: int
) -> None:
    found = await curve(any_container, sizes, rounds)
    assert {len(each) for each in found.values()} == {len(sizes)}
    print(told(any_container.database.url.get_backend_name(), sizes, found))


@pytest.mark.bench
@pytest.mark.parametrize("bookings", [1_000, pytest.param(WITH_MEMORY, marks=pytest.mark.bench)])
async def test_how_much_memory_a_controller_takes(
    any_client: httpx.AsyncClient, any_container: Container, tmp_path: Path, bookings: int
) -> None:
    await build(any_container)
    await fill(any_container, islice(diary(), bookings))
    clock_file = tmp_path / "clock.json"
    clock_file.write_bytes(encode(ClockFile(epoch=NOW, started=datetime.now(UTC), rate=1.0)))
    url = any_container.database.url
    plain = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=False)
    headers = {"Authorization": any_client.headers["Authorization"]}
    with controller(any_container.settings.data_dir, plain, clock_file=clock_file) as running:
        async with httpx.AsyncClient(base_url=running.address, headers=headers, timeout=60) as client:
            assert (await client.get("/healthz")).is_success
            rested = _most_memory_mb(running.pid)
            for _ in range(ASKED):
                await _ask_everything(client)
            asked = _most_memory_mb(running.pid)
    print(
        f"\n{url.get_backend_name()}, {bookings:,} bookings: the controller takes {rested:.0f} MB when it has started "
        f"and at most {asked:.0f} MB after {ASKED} rounds of all questions and a booking = "
        f"{asked / MEMORY_MB:.2f} x the limit of {MEMORY_MB:.0f} MB"
    )


async def _ask_everything(client: httpx.AsyncClient) -> None:
    for path in (
        f"/free?from={WEEKS.starts}&to={WEEKS.ends}&minutes=60&limit={MOST_SITES}",
        f"/sites/{SITE}/free?from={DAY.starts}&to={DAY.ends}&minutes=60",
        f"/sites/{SITE}/bookings?from={WEEKS.starts}&to={WEEKS.ends}",
    ):
        answer = await client.get(f"{API}{path}")
        assert answer.is_success, answer.text
    wish = {"space": "hall", "title": "Early birds", "starts": "2026-12-04T06:00", "ends": "2026-12-04T07:00"}
    made = await client.post(f"{API}/sites/{SITE}/bookings", json=wish)
    assert made.status_code == 201, made.text
    gone = await client.post(f"{API}/bookings/{made.json()['id']}/cancel", json={})
    assert gone.is_success, gone.text


def _most_memory_mb(pid: int) -> float:
    """The most that a process has had in memory so far (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
