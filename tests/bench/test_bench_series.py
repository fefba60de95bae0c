"""A year of weeks: every date checked with its reasons, then written with claim and code; edited, cancelled, restored.
Figures are printed, with the limit of a quiet machine."""

import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from controller.app.schema import migrate
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, NOW, running, signed_in
from tests.controller.serving import serving
from tests.controller.village import API, SITE, furnish


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(data_dir=tmp_path, pages_dir=tmp_path, public_url=BASE_URL)
    await migrate(settings.database_url)
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    async with running(settings, ManualClock(NOW), passwords) as app, signed_in(app) as client:
        await furnish(client)
        headers = {"Authorization": client.headers["Authorization"]}
        async with serving(app) as address, httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as caller:
            yield caller


async def _timed(client: httpx.AsyncClient, method: str, path: str, body: object = None) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = await client.request(method, f"{API}{path}", json=body)
    took = (time.perf_counter() - began) * 1000
    assert answer.is_success, answer.text
    return took, answer.json()


@pytest.mark.bench
async def test_a_year_of_weeks_is_checked_written_edited_cancelled_and_restored(village: httpx.AsyncClient) -> None:
    took: dict[str, list[float]] = {}
    for hour in range(8, 20, 2):
        asked = {
            "space": "hall",
            "title": "Yoga",
            "first_starts": f"2026-11-26T{hour:02}:00",
            "first_ends": f"2026-11-26T{hour + 1:02}:00",
            "rule": "FREQ=WEEKLY;COUNT=52",
        }
        checked, check = await _timed(village, "POST", f"/sites/{SITE}/series/check", asked)
        written, made = await _timed(village, "POST", f"/sites/{SITE}/series", asked)
        assert (len(check["dates"]), len(made["bookings"])) == (52, 52)
        later = {"scope": "all", "first_starts": f"2026-11-26T{hour:02}:30"}
        edited, edit = await _timed(village, "PATCH", f"/series/{made['id']}", later)
        assert {each["effect"] for each in edit["dates"]} == {"change"}
        cancelled, gone = await _timed(village, "POST", f"/series/{made['id']}/cancel")
        restored, back = await _timed(village, "POST", f"/series/{made['id']}/restore")
        assert (len(gone["bookings"]), len(back["bookings"])) == (52, 52)
        for name, ms in (
            ("check", checked),
            ("write", written),
            ("check and write", checked + written),
            ("edit", edited),
            ("cancel", cancelled),
            ("restore", restored),
        ):
            took.setdefault(name, []).append(ms)
    figures = ", ".join(f"{name} {statistics.median(each):.0f} ms" for name, each in took.items())
    print(f"\n52 weeks over HTTP on SQLite: {figures} (check and write: at most 100 ms)")
