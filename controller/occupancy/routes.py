"""How many people are in a building, and which desks are free, over HTTP."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from controller.estate.errors import SiteUnknown
from controller.estate.service import require_site
from controller.occupancy.answers import (
    DeskPoolRead,
    DeskPools,
    ElsewhereRead,
    FreeDesksList,
    FreeDesksRead,
    OccupancyRead,
    RoomOccupancyRead,
)
from controller.occupancy.desks import FreeDesks, Readers, desk_pools, free_desks
from controller.occupancy.service import OccupancyService
from controller.people.authentication import Reads, ReadsAnySite, SeesLive
from controller.people.permissions import Action, sites_of
from controller.platform.web.fields import SlugPath, answer_of, read_edge
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheClock, TheDatabase, service

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
        zone = (await require_site(tx, site)).tz
        found = await desk_pools(tx, site, clock.now())
    return DeskPools(items=[answer_of(DeskPoolRead, each, zone) for each in found])


@router.get("/sites/{site}/desks/free")
async def get_free_desks(site: SlugPath, database: TheDatabase, clock: TheClock, actor: Reads) -> FreeDesksList:
    """Of each pool of touch-down desks, how many are free now, as far as everybody may know."""
    now = clock.now()
    async with database.read() as tx:
        await require_site(tx, site)
        return _free(now, await free_desks(tx, [site], now, to=Readers.SIGNED_IN))


@router.get("/desks/free")
async def get_free_desks_everywhere(database: TheDatabase, clock: TheClock, actor: ReadsAnySite) -> FreeDesksList:
    """The same for all sites that the user may see."""
    now = clock.now()
    async with database.read() as tx:
        return _free(now, await free_desks(tx, sites_of(actor, Action.READ), now, to=Readers.SIGNED_IN))


def _free(now: datetime, found: list[FreeDesks]) -> FreeDesksList:
    return FreeDesksList(at=now, items=[answer_of(FreeDesksRead, each, ZoneInfo(each.zone)) for each in found])
