"""After a restore, Now lists what only the doors knew; who looks after them keeps or removes it with a reason."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from playwright.async_api import expect

from edge.wire.codec import encode
from edge.wire.ids import new_id
from edge.wire.interval import Interval
from edge.wire.plan import Override, OverrideKind, OverridesPart
from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _met(hub: SimHub, kind: OverrideKind, door: str) -> None:
    """As the controller writes it down when it meets a door that has an override it does not know."""
    now = hub.clock.now()
    during = Interval(start=now + timedelta(hours=20), end=now + timedelta(hours=22))
    part = encode(OverridesPart(overrides=(Override(door=door, kind=kind, during=during),)))
    entry = new_id(now)
    times = {"starts": _micros(during.start), "ends": _micros(during.end), "site": "ramsey"}
    rows: dict[str, dict[str, object]] = {
        "restored": {
            "id": entry,
            "kind": "override",
            "subject": f"{kind} {door}",
            "gone": False,
            "found_at": _micros(now),
        },
        "restored_pieces": {"entry": entry, "number": 0, "edge": "ramsey-pi", "door": door, "part": part},
    }
    with closing(sqlite3.connect(_file(hub), timeout=60)) as database, database:
        for table, row in rows.items():
            row |= times
            marks = ", ".join(f":{name}" for name in row)
            database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


def _file(hub: SimHub) -> str:
    return str(hub.folder / "controller" / "data" / "hallkeeper.db")


@pytest.fixture
def met(hub: SimHub) -> Iterator[None]:
    _met(hub, OverrideKind.LOCK_DOWN, "front-door")
    _met(hub, OverrideKind.OUT_OF_SERVICE, "library-door")
    yield
    with closing(sqlite3.connect(_file(hub), timeout=60)) as database, database:
        database.execute("DELETE FROM restored_pieces")
        database.execute("DELETE FROM restored")


@pytest.mark.parametrize("size", [pytest.param(None, marks=pytest.mark.browser_full), PHONE])
async def test_grants_known_only_to_the_door_stay_or_are_removed_with_a_reason(
    screens: Screens, met: None, size: tuple[int, int] | None
) -> None:
    screen = await (screens.new(size=size) if size else screens.new())
    page = screen.page
    await screen.open("/now?site=ramsey")
    listed = page.get_by_role("region", name="Known only to the door")
    lock = listed.get_by_role("article", name=re.compile("^Front door: locked down"))
    out = listed.get_by_role("article", name=re.compile("^Library door: out of service"))
    await expect(lock).to_contain_text(re.compile(r"from Thu 26 Nov \d\d:\d\d until Thu 26 Nov \d\d:\d\d"))
    await expect(out).to_be_visible()
    assert await faults(page, "now after a restore") == []

    await lock.get_by_role("button", name=re.compile("^Keep until it ends…")).press("Enter")
    reason = lock.get_by_label(re.compile("^Why"))
    await expect(reason).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(lock.get_by_role("alert")).to_have_text("Give a reason; it is recorded with your name.")
    await reason.fill("police ask for it")
    await page.keyboard.press("Enter")
    await screen.said("It stays as the door has it.")
    await expect(lock).to_contain_text("“police ask for it”")

    await out.get_by_role("button", name=re.compile("^Remove…")).click()
    await out.get_by_label(re.compile("^Why")).fill("the glass is repaired")
    await out.get_by_role("button", name="Remove", exact=True).click()
    await screen.said("The door is being updated.")
    await expect(listed).not_to_be_visible()
    await page.get_by_role("link", name="Done by hand").click()
    done = page.get_by_role("row").filter(has_text="the glass is repaired")
    await expect(done).to_contain_text("Removed, as in the database")
