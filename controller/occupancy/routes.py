"""How many people are in a building, and which desks are free, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from controller.estate.errors import SiteUnknown
from controller.estate.service import require_site
from controller.occupancy.answers import DeskPoolRead, DeskPools, OccupancyRead
from controller.occupancy.desks import desk_pools
from controller.occupancy.service import OccupancyService
from controller.people.authentication import SeesLive
from controller.web.fields import SlugPath, answer_of, read_edge
from controller.web.problem import NotSignedIn, described
from controller.web.services import TheClock, TheDatabase, service

router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn, SiteUnknown))


@router.get("/sites/{site}/occupancy")
async def get_occupancy(
    site: SlugPath,
    occupancy: Annotated[OccupancyService, service(OccupancyService)],
    database: TheDatabase,
    actor: SeesLive,
    at: Annotated[
        str | None, Query(max_length=40, description="A past moment: what was shown then. Left out, now")
    ] = None,
) -> OccupancyRead:
    """How many people are inside, with error, and what that rests on. `GET /sites/{site}/now` has it too."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
    found = await (occupancy.now(site) if at is None else occupancy.at(site, read_edge(at, "at", zone)))
    if found is None:
        return OccupancyRead(state="not measured")
    if not found.known:
        return OccupancyRead(state=found.state, rests_on=found.rests_on, missing=list(found.missing))
    return answer_of(OccupancyRead, found, zone)


@router.get("/sites/{site}/desks")
async def get_desks(site: SlugPath, database: TheDatabase, clock: TheClock, actor: SeesLive) -> DeskPools:
    """Of each pool of touch-down desks, how many places are booked now, at how many somebody is, and how many are
    free."""
    async with database.read() as tx:
        found = await desk_pools(tx, site, clock.now())
    return DeskPools(items=[answer_of(DeskPoolRead, each) for each in found])
