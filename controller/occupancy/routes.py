"""How many people are in a building, and which desks are free, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from controller.estate.errors import SiteUnknown
from controller.estate.service import require_site
from controller.occupancy.answers import DeskPoolRead, DeskPools, ElsewhereRead, OccupancyRead, RoomOccupancyRead
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
    """How many people are inside, with error, what that rests on, and the same for each room. `GET /sites/{site}/now`
    has the building's too."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
    found = await (occupancy.rooms_now(site) if at is None else occupancy.rooms_at(site, read_edge(at, "at", zone)))
    rooms = [answer_of(RoomOccupancyRead, each) for each in found.rooms]
    elsewhere = None if found.elsewhere is None else answer_of(ElsewhereRead, found.elsewhere)
    building, disagree = found.building, found.disagree
    if building is not None and building.known:
        return answer_of(OccupancyRead, building, zone, rooms=rooms, elsewhere=elsewhere, disagree=disagree)
    return OccupancyRead(
        state="not measured" if building is None else building.state,
        rests_on="" if building is None else building.rests_on,
        missing=[] if building is None else list(building.missing),
        rooms=rooms,
    )


@router.get("/sites/{site}/desks")
async def get_desks(site: SlugPath, database: TheDatabase, clock: TheClock, actor: SeesLive) -> DeskPools:
    """Of each pool of touch-down desks, how many places are booked now, at how many somebody is, and how many are
    free."""
    async with database.read() as tx:
        found = await desk_pools(tx, site, clock.now())
    return DeskPools(items=[answer_of(DeskPoolRead, each) for each in found])
