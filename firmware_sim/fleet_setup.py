"""Makes the sites of a fleet in a controller and enrols their edges, over the HTTP API, as people and Pis would."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path

import tomli_w

from edge.net.enrol import EnrolmentClient
from firmware_sim.api_client import Api, Json
from firmware_sim.errors import ApiRefused, SimError
from firmware_sim.fleet_state import SITE_PREFIX, EdgeState, FleetState, write_state

AT_ONCE = 4
"""How many sites are made at a time."""
KEEP_EVERY = 250
"""After so many new sites the fleet's file is written, so that an interrupted set-up goes on from there."""
TRIES, PAUSE_S = 6, 5.0
"""How often, and after how many seconds, a site is tried that a busy controller has refused."""
MOST_SITES = 20_000
MOST_EDGES = 20
DOOR, COUNTER, ZONE, SPACE = "front-door", "front-beams", "hall", "hall"
HOURS = [{"weekday": day, "opens": "09:00", "closes": "18:00", "mode": "staffed"} for day in range(6)]


class RealEstate(SimError):
    """The controller has sites that are not of a fleet."""

    def __init__(self, address: str, site: str, count: int) -> None:
        others = f" and {count - 1} more" if count > 1 else ""
        super().__init__(
            f"{address} has the site {site!r}{others}: it may be a real one, and simulated sites would stand among its "
            "own. Use a controller of its own with an empty database, or --yes if that is meant"
        )


def site_id(number: int) -> str:
    """The id of site ``number``, from 1."""
    return f"{SITE_PREFIX}{number:05}"


def edge_ids(edges_per_site: int) -> list[str]:
    """The ids of a site's edges."""
    return [f"pi-{number}" for number in range(1, edges_per_site + 1)]


def door_of(edge: str) -> str:
    """The one door of an edge."""
    return f"{DOOR}-{edge.removeprefix('pi-')}"


def counter_of(edge: str) -> str:
    """The counter at its door."""
    return f"{COUNTER}-{edge.removeprefix('pi-')}"


def site_file(site: str, edges: list[str]) -> bytes:
    """A site of a hall behind a door for each edge, open six days a week, as a file to import."""
    doors = {door_of(edge): {"name": f"Door {edge}", "edge": edge, "counter": counter_of(edge)} for edge in edges}
    document = {
        "format": 1,
        "site": {"id": site, "name": f"Simulated {site}", "zone": "Europe/London"},
        "edges": {edge: {"name": edge} for edge in edges},
        "doors": doors,
        "spaces": {SPACE: {"name": "Hall", "capacity": 80, "doors": list(doors)}},
        "hours": {"free_doors": list(doors)[:1], "pattern": HOURS},
    }
    return tomli_w.dumps(document).encode()


async def refuse_real(api: Api) -> None:
    """Raises ``RealEstate`` if the controller has a site that is not of a fleet."""
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = await api.get("/sites", **after)
        found += [each["id"] for each in page["items"] if not each["id"].startswith(SITE_PREFIX)]
        if page["next"] is None:
            break
        after = {"after": str(page["next"])}
    if found:
        raise RealEstate(api.address, found[0], len(found))


async def set_up(
    api: Api, state: FleetState, folder: Path, *, sites: int, edges_per_site: int, say: Callable[[int], None]
) -> None:
    """Make the first ``sites`` of the fleet, as far as they are not there, with an enrolled edge for each place.
    ``say``: called with how many are there. Raises ``ApiRefused``, ``ApiSilent``."""
    edges = edge_ids(edges_per_site)
    left = _missing(state, sites, edges)
    made = 0

    async def work() -> None:
        nonlocal made
        for site in left:
            await _patiently(partial(_enter, api, state, site, edges))
            made += 1
            if made % KEEP_EVERY == 0:
                write_state(folder, state)
                say(len(state.edges))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    finally:
        if made:
            write_state(folder, state)


async def _patiently(do: Callable[[], Awaitable[None]]) -> None:
    """Do it, again while the controller says that it is busy: a database that others write to may answer 503."""
    for turn in range(TRIES):
        try:
            await do()
        except ApiRefused as refused:
            if refused.status != HTTPStatus.SERVICE_UNAVAILABLE or turn == TRIES - 1:
                raise
            await asyncio.sleep(PAUSE_S)
        else:
            return


async def _enter(api: Api, state: FleetState, site: str, edges: list[str]) -> None:
    """Make a site, and enrol those of its edges that are not."""
    await api.put_file(f"/sites/{site}/file", site_file(site, edges), kind="application/toml")
    for edge in edges:
        if f"{site}/{edge}" not in state.edges:
            state.edges[f"{site}/{edge}"] = await _enrolled(api, site, edge)


def _missing(state: FleetState, sites: int, edges: list[str]) -> Iterator[str]:
    for number in range(1, sites + 1):
        site = site_id(number)
        if any(f"{site}/{edge}" not in state.edges for edge in edges):
            yield site


async def _enrolled(api: Api, site: str, edge: str) -> EdgeState:
    made: Json = await api.post(f"/sites/{site}/edges/{edge}/enrolment", {})
    applicant = EnrolmentClient(made["token"])
    answer = await api.post("/enrol", applicant.body)
    return EdgeState(identity=applicant.accept(base64.b64decode(answer["identity"])))
