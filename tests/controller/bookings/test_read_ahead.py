"""A booking's questions go to PostgreSQL in one trip, by what was known of the site, and are answered by the site as it
is."""

import httpx

from controller.app.container import Container
from tests.controller.statements import counted
from tests.controller.village import API, SITE, book

SPACE = f"{API}/sites/{SITE}/spaces/hall"


async def test_a_booking_takes_three_statements_on_postgresql(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    """The site's lock, what is asked, what is written."""
    await book(any_village, starts="2026-11-26T10:00", ends="2026-11-26T11:00")
    async with counted() as said:
        made = await book(any_village, starts="2026-11-26T12:00", ends="2026-11-26T13:00")
    assert made["status"] == "confirmed"
    if not any_container.database.sqlite:
        own = [each for each in said if "sessions" not in each]
        assert [each.split()[0] for each in own] == ["SELECT", "WITH", "WITH"]


async def test_a_site_that_is_another_by_now_is_asked_again(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    """As where another process has changed it."""
    configs = any_container.writer.site_configs
    await book(any_village, starts="2026-11-26T10:00", ends="2026-11-26T11:00")
    known = configs.known(SITE)
    assert known is not None
    other = {"name": "Hall", "capacity": 60, "setup_min": 60, "doors": ["side-door"]}
    answer = await any_village.put(SPACE, json=other)
    assert answer.is_success, answer.text
    configs._cached[SITE] = known
    body = {"space": "hall", "title": "Choir", "starts": "2026-11-26T11:30", "ends": "2026-11-26T12:00"}
    refused = await any_village.post(f"{API}/sites/{SITE}/bookings", json=body)
    assert refused.status_code == 409, refused.text
    configs._cached[SITE] = known
    made = await book(any_village, starts="2026-11-26T15:00", ends="2026-11-26T16:00")
    assert [each["door"] for each in made["on_door"]["doors"]] == ["side-door"]


async def test_a_code_that_was_drawn_ahead_and_is_taken_is_drawn_again(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    first = await book(any_village, starts="2026-11-26T10:00", ends="2026-11-26T11:00")
    drawn = iter([first["code"], "482913"])
    any_container.access._choose = lambda length: next(drawn)
    second = await book(any_village, starts="2026-11-26T12:00", ends="2026-11-26T13:00")
    assert second["code"] == "482913"
