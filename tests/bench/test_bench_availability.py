"""What is free in a county over eight weeks, and at one hub for a day, with a full diary. Figures are printed as shares
of the limits of a quiet machine."""

from itertools import islice
from statistics import median

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.find.free import FreeQuery
from controller.find.nearby_sites import MOST_SITES, SiteSearch
from controller.people.model import Actor
from tests.bench.county import SITES, build, diary, fill
from tests.bench.timing import took
from tests.controller.running import USER
from tests.controller.serving import serving
from tests.controller.village import API

EIGHT_WEEKS = FreeQuery(starts="2026-11-26", ends="2027-01-21", minutes=60)
ONE_DAY = FreeQuery(starts="2026-12-03", ends="2026-12-04", minutes=60)
EIGHT_WEEKS_MS, ONE_DAY_MS = 50.0, 5.0
ACTOR = Actor.acting(USER)


@pytest.mark.bench
@pytest.mark.parametrize(("bookings", "rounds"), [(1_000, 1), pytest.param(100_000, 15, marks=pytest.mark.bench)])
async def test_what_is_free_with_a_full_diary(
    any_app: FastAPI, any_client: httpx.AsyncClient, any_container: Container, bookings: int, rounds: int
) -> None:
    finding = any_container.availability
    await build(any_container)
    await fill(any_container, islice(diary(), bookings))
    page = await finding.free_everywhere(SiteSearch(), EIGHT_WEEKS, actor=ACTOR, after=None, limit=MOST_SITES)
    assert sum(len(there.free) for there in page.items) == 6 * len(SITES)
    times = sum(len(free.times) for there in page.items for free in there.free)

    weeks = median(
        await took(
            lambda: finding.free_everywhere(SiteSearch(), EIGHT_WEEKS, actor=ACTOR, after=None, limit=MOST_SITES),
            rounds,
        )
    )
    day = median(await took(lambda: finding.free("hub-07", ONE_DAY, actor=ACTOR), rounds))
    everywhere = f"{API}/free?from={EIGHT_WEEKS.starts}&to={EIGHT_WEEKS.ends}&minutes=60&limit={MOST_SITES}"
    here = f"{API}/sites/hub-07/free?from={ONE_DAY.starts}&to={ONE_DAY.ends}&minutes=60"
    headers = {"Authorization": any_client.headers["Authorization"]}
    async with serving(any_app) as address, httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
        weeks_http = median(await took(lambda: client.get(everywhere), rounds))
        day_http = median(await took(lambda: client.get(here), rounds))
    print(
        f"\n{any_container.database.url.get_backend_name()}, {bookings:,} bookings: 252 spaces x 8 weeks "
        f"({times:,} free times) {weeks:.1f} ms = {weeks / EIGHT_WEEKS_MS:.2f} x the limit of {EIGHT_WEEKS_MS:.0f} ms, "
        f"over HTTP {weeks_http:.1f} ms; a day of one site {day:.2f} ms "
        f"= {day / ONE_DAY_MS:.2f} x the limit of {ONE_DAY_MS:.0f} ms, over HTTP {day_http:.2f} ms"
    )
