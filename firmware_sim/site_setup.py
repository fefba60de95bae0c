"""Sets up the demo's hubs: parties, the files of the sites, terms, a closure, imported as a user would.

The files are in ``data/``: ``parties.csv``, and ``sites/`` with one for each hub.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from firmware_sim.api import Api
from firmware_sim.building import DATA, Building

SCHOOL_YEARS = 3
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
