"""A believable diary, made through the API as a person would make it."""

import tomllib
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

import msgspec

from edge.wire.ids import Slug
from firmware_sim.api import Api
from firmware_sim.building import DATA, Wall
from firmware_sim.errors import ApiRefused, BuildingError

WEEKS = 8
"""How many weeks ahead the weekly groups book."""
IMPORTED_INTO = ("march", "hall")


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the week."""

    site: Slug
    space: Slug
    title: str
    contact_name: str
    contact_phone: str
    people: int
    weekday: Annotated[int, msgspec.Meta(ge=0, le=6)]
    starts: Wall
    ends: Wall

    def first(self, today: date) -> date:
        """The first such weekday from ``today`` on."""
        return today + timedelta(days=(self.weekday - today.weekday()) % 7)

    def body(self, day: date, kind: Literal["starts", "first_starts"]) -> dict[str, Any]:
        end = {"starts": "ends", "first_starts": "first_ends"}[kind]
        return {
            "space": self.space,
            "title": self.title,
            "contact_name": self.contact_name,
            "contact_phone": self.contact_phone,
            "people": self.people,
            kind: _wall(day, self.starts),
            end: _wall(day, self.ends),
        }


class Week(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    series: tuple[Entry, ...]
    once: tuple[Entry, ...]


def demo_week() -> Week:
    """The week in ``data/week.toml``. Raises ``BuildingError``."""
    try:
        return msgspec.convert(tomllib.loads((DATA / "week.toml").read_text()), Week)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BuildingError(f"week.toml: {error}") from error


async def book_week(api: Api, today: date, *, now: datetime) -> int:
    """Book the single events of the week from ``today``, as far as their time is free and to come; how many."""
    made = 0
    for entry in demo_week().once:
        day = entry.first(today)
        if datetime.fromisoformat(_wall(day, entry.ends)) <= now.replace(tzinfo=None):
            day += timedelta(days=7)
        if await _wanted(api, f"/sites/{entry.site}/bookings", entry.body(day, "starts"), f"{entry.title}/{day}"):
            made += 1
    return made


async def book_series(api: Api, start: date, until: date) -> int:
    """Book the weekly groups from ``start`` until ``until``, skipping dates that are taken; how many series."""
    made = 0
    for entry in demo_week().series:
        body = entry.body(entry.first(start), "first_starts")
        body |= {"rule": f"FREQ=WEEKLY;UNTIL={until:%Y%m%d}", "otherwise": "skip"}
        made += await _wanted(api, f"/sites/{entry.site}/series", body, f"{entry.site}/{entry.title}/{start}")
    return made


async def import_diary(api: Api) -> dict[str, Any]:
    """Import the calendar that another program wrote; what came of it."""
    site, space = IMPORTED_INTO
    text = (DATA / "diary.ics").read_bytes()
    return await api.upload(f"/sites/{site}/calendar", text, kind="text/calendar", space=space)


async def _wanted(api: Api, path: str, body: dict[str, Any], key: str) -> bool:
    """Make something; whether it was free. The key keeps a second run from making it twice."""
    try:
        await api.post(path, body, key=f"demo/{key}")
    except ApiRefused as refused:
        if refused.status != 409:
            raise
        return False
    return True


def _wall(day: date, wall: str) -> str:
    return datetime.combine(day, time.fromisoformat(wall)).isoformat(timespec="minutes")
