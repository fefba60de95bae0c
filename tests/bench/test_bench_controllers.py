"""Bookings a second of 1, 2 and 4 controllers over one PostgreSQL, in turns in one run."""

import asyncio
import os
import shutil
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.bench.bench_booking import SITES, Caller, controller, moved_in, per_second, slots

NUMBERS = (1, 2, 4)


@pytest.mark.bench
async def test_bookings_of_one_two_and_four_controllers(
    tmp_path: Path, postgres_url: Callable[..., str], postgres_template: str
) -> None:
    """Sixteen clients, two at each of eight sites, which go to the controllers in turn."""
    url = make_url(postgres_url(postgres_template)).set(drivername="postgresql")
    database = url.render_as_string(hide_password=False)
    folders = [tmp_path / str(number) for number in range(max(NUMBERS))]
    with ExitStack() as running:
        addresses: list[str] = []
        for folder in folders:
            folder.mkdir()
            if addresses:
                shutil.copytree(folders[0] / "keys", folder / "keys")
            addresses.append((await asyncio.to_thread(running.enter_context, controller(folder, database))).address)
            if len(addresses) == 1:
                token = await moved_in(addresses[0], folder)
        free = slots()

        async def round_of(number: int, each: int) -> float:
            callers = await _callers(addresses[:number], token)
            try:
                return await per_second([caller.book for caller in callers], [next(free) for _ in range(each)])
            finally:
                for caller in callers:
                    await caller.close()

        figures: dict[int, list[float]] = {number: [] for number in NUMBERS}
        for turn in range(4):
            for number in NUMBERS:
                per_s = await round_of(number, 400)
                if turn:  # the first does not count
                    figures[number].append(per_s)
    for number, found in figures.items():
        print(
            f"\nPostgreSQL, {number} controller{'s' if number > 1 else ''}, 16 clients at 8 sites, "
            f"{os.cpu_count()} cores for all: {statistics.median(found):,.0f} bookings/s "
            f"({', '.join(f'{each:,.0f}' for each in found)})"
        )


async def _callers(addresses: Sequence[str], token: str) -> list[Caller]:
    found = []
    for number in range(2 * len(SITES)):
        site = SITES[number % len(SITES)]
        found.append(await Caller.open(addresses[number % len(addresses)], token, site))
    return found
