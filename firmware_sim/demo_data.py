"""The demo's hubs, made through the API as a user would: parties, the files of the sites, terms, a closure, and a
realistic diary.

The files are in ``data/``: ``parties.csv``, and ``sites/`` with one for each hub.
"""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

import msgspec

from edge.wire.ids import Slug
from firmware_sim.api_client import Api
from firmware_sim.building_file import DATA, Building, Wall
from firmware_sim.errors import ApiRefused, BuildingError

SCHOOL_YEARS = 3
KEY_HOLDER = "Tilda Warden"
_FRIDAY = 4


async def set_up_sites(api: Api, buildings: Sequence[Building], today: date) -> None:
    """Import everything about the hubs except their doors. Repeatable."""
    await api.upload("/parties/import", (DATA / "parties.csv").read_bytes(), kind="text/csv", all_or_nothing="true")
    for building in buildings:
        file = (DATA / "sites" / f"{building.id}.toml").read_bytes()
        await api.put_file(f"/sites/{building.id}/file", file, kind="application/toml")
    first, *others = (building.id for building in buildings)
    await api.put(f"/sites/{first}/terms", {"terms": school_terms(today)})
    for site in others:
        await api.put(f"/sites/{site}/terms", {"copy_from": first})
    await _lay_carpet(api, today)
    await _put_floor_plan(api, first)


async def key_codes(api: Api, buildings: Sequence[Building], today: date) -> dict[str, str]:
    """Building -> the code of its key holder, who comes after a fire. Repeatable."""
    found = await api.get("/holders", kind="key_holder", ended="false")
    held = [each for each in found["items"] if each["name"] == KEY_HOLDER]
    if held:
        given = await api.post(f"/holders/{held[0]['id']}/reveal", {})
    else:
        places = [{"site": building.id} for building in buildings]
        who = {"kind": "key_holder", "name": KEY_HOLDER, "places": places, "code": True, "first": today.isoformat()}
        given = await api.post("/holders", who)
    return {building.id: given["secrets"]["code"] for building in buildings}


def school_terms(today: date) -> list[dict[str, Any]]:
    """The terms of the school year around ``today`` and of the next ones, half-terms left out; dates are made up."""
    began = today.year if today.month >= 9 else today.year - 1
    return [term for year in range(began, began + SCHOOL_YEARS) for term in _terms_from(year)]


def _terms_from(year: int) -> list[dict[str, Any]]:
    return [
        _term(f"autumn-{year}", "Autumn term", f"{year}-09-03", f"{year}-12-18", f"{year}-10-24", f"{year}-11-01"),
        _term(
            f"spring-{year + 1}",
            "Spring term",
            f"{year + 1}-01-05",
            f"{year + 1}-03-26",
            f"{year + 1}-02-13",
            f"{year + 1}-02-21",
        ),
        _term(
            f"summer-{year + 1}",
            "Summer term",
            f"{year + 1}-04-13",
            f"{year + 1}-07-20",
            f"{year + 1}-05-25",
            f"{year + 1}-06-02",
        ),
    ]


def _term(name: str, title: str, first: str, last: str, off: str, on: str) -> dict[str, Any]:
    """``off`` and ``on``: the first and the last day of half-term."""
    breaks = [{"name": "Half-term", "first": off, "last": on}]
    return {"id": name, "name": title, "first": first, "last": last, "breaks": breaks}


async def _lay_carpet(api: Api, today: date) -> None:
    """Close a room of Ramsey's on the Friday after next: a weekly group finds its date closed."""
    friday = (today + timedelta(days=(_FRIDAY - today.weekday()) % 7, weeks=1)).isoformat()
    body = {"spaces": ["meeting-room"], "reason": "New carpet", "first": friday, "last": friday}
    await api.post("/sites/ramsey/closures", body, key=f"demo/carpet/{friday}")


async def _put_floor_plan(api: Api, site: str) -> None:
    """The first of them has one, unless somebody has changed it."""
    path = f"/sites/{site}/floor-plan"
    if (await api.get(path))["version"] == 0:
        drawing = (DATA / f"{site}-floor-plan.svg").read_bytes()
        await api.put_file(path, drawing, kind="image/svg+xml", version="0")


WEEKS = 8
"""How many weeks ahead the weekly groups book."""
IMPORTED_INTO = ("march", "hall")
SENT_WITHIN = timedelta(hours=1)
"""The longest time between reading the clock and judging a request, in the hubs' time: a minute of real time at
sixty times the speed."""
Clock = Callable[[], datetime]
"""The time at the site, read for each entry: the hubs' clock runs on while the diary is filled."""


class CreatedSoFar:
    """What a start has made, by name, so that an interrupted one can continue. ``keep`` is called after
    each."""

    def __init__(self, names: Iterable[str], keep: Callable[[], None]) -> None:
        self.names = set(names)
        self._keep = keep

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def add(self, name: str) -> None:
        self.names.add(name)
        self._keep()


class SeedEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the week. ``weeks``: how many weeks ahead it begins."""

    site: Slug
    space: Slug
    title: str
    contact_name: str
    contact_phone: str
    people: int
    weekday: Annotated[int, msgspec.Meta(ge=0, le=6)]
    starts: Wall
    ends: Wall
    weeks: int = 0
    party: Slug | None = None
    layout: Slug | None = None
    under_16s: bool = False
    equipment: dict[Slug, int] = {}
    notes: str = ""
    public: bool = False
    listed_as: str = ""
    event_kind: str | None = None
    about: str = ""
    web_link: str = ""

    def first(self, day: date, *, now: datetime) -> date:
        """The first such weekday from ``day`` on that is not nearly over, and the weeks after it. ``now``: at the
        site."""
        found = day + timedelta(days=(self.weekday - day.weekday()) % 7)
        if datetime.fromisoformat(_wall(found, self.ends)) <= now.replace(tzinfo=None) + SENT_WITHIN:
            found += timedelta(weeks=1)
        return found + timedelta(weeks=self.weeks)

    def body(self, day: date, kind: Literal["starts", "first_starts"]) -> dict[str, Any]:
        end = {"starts": "ends", "first_starts": "first_ends"}[kind]
        return {
            "space": self.space,
            "title": self.title,
            "contact_name": self.contact_name,
            "contact_phone": self.contact_phone,
            "people": self.people,
            "party": self.party,
            "layout": self.layout,
            "under_16s": self.under_16s,
            "equipment": self.equipment,
            **{
                name: getattr(self, name)
                for name in ("notes", "public", "listed_as", "event_kind", "about", "web_link")
            },
            kind: _wall(day, self.starts),
            end: _wall(day, self.ends),
        }


class WeeklyGroup(SeedEntry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group that comes every ``every`` weeks. ``clashes``: some of its dates are taken, on purpose, and are skipped
    or asked for as ``otherwise`` says."""

    every: int = 1
    term_only: bool = False
    clashes: bool = False
    otherwise: Literal["skip", "hold"] = "skip"


class Week(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``asked``: waits for a manager. ``waiting``: in line for a time that is taken."""

    series: tuple[WeeklyGroup, ...]
    once: tuple[SeedEntry, ...]
    asked: tuple[SeedEntry, ...]
    waiting: tuple[SeedEntry, ...]


def demo_week() -> Week:
    """The week in ``data/week.toml``. Raises ``BuildingError``."""
    try:
        return msgspec.convert(tomllib.loads((DATA / "week.toml").read_text()), Week)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BuildingError(f"week.toml: {error}") from error


async def book_week(api: Api, *, now: Clock, made: CreatedSoFar) -> int:
    """Book the single events of the coming week, as far as their time is free; how many."""
    booked = 0
    for entry in demo_week().once:
        if (name := f"{entry.site}/{entry.title}") not in made:
            day = entry.first(now().date(), now=now())
            body = entry.body(day, "starts")
            booked += await _wanted(api, f"/sites/{entry.site}/bookings", body, f"{name}/{day}")
            made.add(name)
    return booked


async def book_series(api: Api, start: date, until: date, *, now: Clock, made: CreatedSoFar) -> int:
    """Book the weekly groups from ``start`` until ``until``, skipping dates that are taken; how many series."""
    booked = 0
    for entry in demo_week().series:
        if (name := f"series/{entry.site}/{entry.title}") not in made:
            day = entry.first(start, now=now())
            body = entry.body(day, "first_starts") | {
                "rule": f"FREQ=WEEKLY;INTERVAL={entry.every};UNTIL={until:%Y%m%d}",
                "term_only": entry.term_only,
                "otherwise": entry.otherwise,
            }
            booked += await _wanted(api, f"/sites/{entry.site}/series", body, f"{name}/{day}/{until}")
            made.add(name)
    return booked


async def ask(api: Api, *, now: Clock, made: CreatedSoFar) -> int:
    """Make requests that need approval, and waits for taken times; returns how many."""
    asked = 0
    for what, entries in (("bookings", demo_week().asked), ("waiting", demo_week().waiting)):
        for entry in entries:
            if (name := f"{what}/{entry.site}/{entry.title}") not in made:
                day = entry.first(now().date(), now=now())
                body = entry.body(day, "starts") | {"by_rules": True}
                asked += await _wanted(api, f"/sites/{entry.site}/{what}", body, f"{name}/{day}")
                made.add(name)
    return asked


async def import_diary(api: Api) -> dict[str, Any]:
    """Import the calendar that another program wrote; the result."""
    site, space = IMPORTED_INTO
    text = (DATA / "diary.ics").read_bytes()
    return await api.upload(f"/sites/{site}/calendar", text, kind="text/calendar", space=space)


async def _wanted(api: Api, path: str, body: dict[str, Any], key: str) -> bool:
    """Make something; whether its time was free. The key prevents a second run from making it twice."""
    try:
        await api.post(path, body, key=f"demo/{key}")
    except ApiRefused as refused:
        if refused.status != 409:
            raise
        return False
    return True


def _wall(day: date, wall: str) -> str:
    return datetime.combine(day, time.fromisoformat(wall)).isoformat(timespec="minutes")
