"""The policy as a table of a site's file."""

from typing import Any

import httpx
import pytest

from controller.app.container import Container
from controller.bookings.policies.routes import PolicyBody
from controller.bookings.policies.site_section import PolicySection
from controller.estate.site_file.sections import SectionValue
from tests.controller.running import NOW
from tests.controller.signin.signing import put_party
from tests.controller.village import SITE, book

TABLE: dict[str, Any] = {
    "rules": [{"name": "Evenings", "tiers": ["community"], "parties": ["choir"], "most_minutes": 180}],
    "windows": [{"tier": "community", "days": 90, "spaces": ["hall"]}],
    "quotas": [{"name": "One a week", "per": "week", "most_bookings": 1}],
    "release": [{"after_min": 30, "check_in": True}],
    "requests_hold": False,
    "hold_hours": "until-start",
    "notice_min": "none",
    "reminder_hour": "none",
    "quiet_hours": "none",
}


@pytest.fixture
async def parish(village: httpx.AsyncClient) -> httpx.AsyncClient:
    await put_party(village, "choir", name="Ramsey Choir")
    return village


async def read(container: Container, table: dict[str, Any]) -> SectionValue:
    async with container.database.read() as tx:
        return await PolicySection(container.policies).read(tx, await container.estate.parts(SITE), table, now=NOW)


async def test_a_policy_is_exported_without_its_defaults(parish: httpx.AsyncClient, container: Container) -> None:
    section, parts = PolicySection(container.policies), await container.estate.parts(SITE)
    unsaid = PolicyBody.model_validate({}).model_dump()
    nulls = {"hold_hours": 72, "notice_min": 0, "reminder_hour": 17, "quiet_hours": "21:30-07:30"}
    plain = {"offer_hours": 24} | nulls
    for table, exported in ((TABLE, TABLE), ({}, {}), (TABLE | plain, TABLE | nulls)):
        reading = await read(container, table)
        assert reading.problems == ()
        async with container.database.write() as tx:
            await section.put(tx, parts, reading.value, actor="test", now=NOW)
            found = await section.export(tx, parts, now=NOW)
        assert found == reading.value
        kept = {name: value for name, value in exported.items() if value != unsaid.get(name)}
        assert found == kept


async def test_every_fault_of_a_table_has_its_place(parish: httpx.AsyncClient, container: Container) -> None:
    named = {
        "rules": [{"name": "x", "spaces": ["attic"]}],
        "quotas": [{"name": "y", "per": "day", "most_bookings": 1, "parties": ["yoga"]}],
    }
    assert [each.place for each in (await read(container, named)).problems] == [
        "rules.0.spaces.0",
        "quotas.0.parties.0",
    ]
    form = {"hold_hours": "for ever", "windows": [{"tier": "community", "days": 4000}]}
    assert [each.place for each in (await read(container, form)).problems] == ["windows.0.days", "hold_hours"]


async def test_a_site_file_previews_the_effect_of_its_policy(parish: httpx.AsyncClient, container: Container) -> None:
    for day in ("2026-11-25", "2026-11-26"):
        await book(parish, party="choir", by_rules=True, starts=f"{day}T18:00", ends=f"{day}T20:00")
    section, parts = PolicySection(container.policies), await container.estate.parts(SITE)
    async with container.database.read() as tx:
        outlook = await section.preview_change(tx, parts, (await read(container, TABLE)).value, now=NOW)
        two = {"rules": TABLE["rules"]}
        free = await section.preview_change(tx, parts, (await read(container, two)).value, now=NOW)
    assert outlook.affected == ()
    assert outlook.notes == (
        "Ramsey Choir has 2 bookings in the week from Mon 23 Nov; “One a week” would allow 1 booking",
    )
    assert free.notes == ("the new rules would confirm 2 requests that now wait for a manager",)


async def test_hire_requests_are_put_out_taken_in_and_turned_off(
    parish: httpx.AsyncClient, container: Container
) -> None:
    section, parts = PolicySection(container.policies), await container.estate.parts(SITE)
    open_table = {"hire": {"terms": "No candles.\nNo balloons.", "spaces": ["hall"], "confirms": True}}
    reading = await read(container, open_table)
    assert (reading.problems, reading.value) == ((), open_table)
    closed = await read(container, section.merged(reading.value, {"hire": "none"}))
    assert (closed.problems, closed.value) == ((), {})
    wrong = await read(container, {"hire": {"spaces": ["attic"], "terms": "x"}})
    assert [each.place for each in wrong.problems] == ["hire.spaces.0"]
    async with container.database.write() as tx:
        await section.put(tx, parts, reading.value, actor="test", now=NOW)
        assert await section.export(tx, parts, now=NOW) == open_table
