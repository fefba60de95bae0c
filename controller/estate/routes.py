"""Sites and their parts. A write that bookings prevent is refused with their list; ``check=true`` previews it and
writes nothing."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from controller.estate.change_preview import Edit, Put
from controller.estate.errors import InUse, SiteUnknown
from controller.estate.model import Door, Edge, Equipment, Floor
from controller.estate.schemas import (
    ChangePreviewAnswer,
    DoorAnswer,
    EdgeAnswer,
    EquipmentAnswer,
    FloorAnswer,
    PutDoorBody,
    PutEdgeBody,
    PutEquipmentBody,
    PutFloorBody,
    PutSiteBody,
    SiteAnswer,
    SitePage,
    SitePartsAnswer,
    SpaceAnswer,
    SpaceBody,
    change_preview_answer,
    parts_answer,
    thing_of,
    versioned,
)
from controller.estate.service import EstateService
from controller.people.authentication import Builds, Reads, ReadsAnySite
from controller.people.optimistic_locking import VersionStale
from controller.people.permissions import Action, sites_of
from controller.platform.web.fields import LIST_LIMIT, After, Limit, SlugPath, made, page_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["estate"], responses=described(NotSignedIn))
TheEstate = Annotated[EstateService, service(EstateService)]
Check = Annotated[bool, Query(description="Preview the change, and write nothing")]
_OF_A_SITE = described(SiteUnknown, InUse, VersionStale)
_GONE = status.HTTP_204_NO_CONTENT


@router.get("/sites")
async def list_sites(
    estate: TheEstate, actor: ReadsAnySite, after: After = None, limit: Limit = LIST_LIMIT
) -> SitePage:
    """The sites that the user may see, in the order of their ids."""
    sites = await estate.sites(after=after, limit=limit + 1, only=sites_of(actor, Action.READ))
    return page_of(SitePage, sites, limit, partial(versioned, SiteAnswer), key=lambda site: site.id)


@router.get("/sites/{site}", responses=described(SiteUnknown))
async def get_site(site: SlugPath, estate: TheEstate, actor: Reads) -> SitePartsAnswer:
    """One site with its floors, spaces, equipment, doors and edges."""
    return parts_answer(await estate.parts(site))


@router.put("/sites/{site}", responses=described(VersionStale) | made(SiteAnswer))
async def put_site(
    site: SlugPath, body: PutSiteBody, estate: TheEstate, actor: Builds, response: Response
) -> SiteAnswer:
    """Create or change a site. Its organisation must exist already."""
    value = body.site(site)
    _created(response, await estate.put_site(value, version=body.version, actor=actor.name))
    return versioned(SiteAnswer, value)


@router.put("/sites/{site}/floors/{floor}", responses=_OF_A_SITE | made(FloorAnswer))
async def put_floor(
    site: SlugPath, floor: SlugPath, body: PutFloorBody, estate: TheEstate, actor: Builds, response: Response
) -> FloorAnswer:
    """Create or change a floor."""
    value = thing_of(Floor, body, site, floor)
    _created(response, await estate.put(value, version=body.version, actor=actor.name))
    return versioned(FloorAnswer, value)


@router.delete("/sites/{site}/floors/{floor}", status_code=_GONE, responses=_OF_A_SITE)
async def delete_floor(site: SlugPath, floor: SlugPath, estate: TheEstate, actor: Builds) -> None:
    """Delete a floor that no space is on."""
    await estate.remove(site, "floors", floor, actor=actor.name)


@router.put("/sites/{site}/spaces/{space}", responses=_OF_A_SITE | made(SpaceAnswer))
async def put_space(
    site: SlugPath,
    space: SlugPath,
    body: SpaceBody,
    estate: TheEstate,
    actor: Builds,
    response: Response,
    check: Check = False,
) -> SpaceAnswer | ChangePreviewAnswer:
    """Create or change a space; its floor, doors and parts must exist already. Where its division, its places or its
    minutes change, the claims of future bookings are written again, or it is refused with the bookings that would
    clash."""
    value = body.whole(site, space)
    if check:
        return await _check(estate, site, Put(value=value, version=body.version))
    _created(response, await estate.put(value, version=body.version, actor=actor.name))
    return versioned(SpaceAnswer, value)


@router.delete("/sites/{site}/spaces/{space}", status_code=_GONE, responses=_OF_A_SITE)
async def delete_space(site: SlugPath, space: SlugPath, estate: TheEstate, actor: Builds) -> None:
    """Delete a space that was never booked and that nothing refers to. One that was booked stays, for its history; make
    it `bookable: false`."""
    await estate.remove(site, "spaces", space, actor=actor.name)


@router.put("/sites/{site}/equipment/{equipment}", responses=_OF_A_SITE | made(EquipmentAnswer))
async def put_equipment(
    site: SlugPath,
    equipment: SlugPath,
    body: PutEquipmentBody,
    estate: TheEstate,
    actor: Builds,
    response: Response,
    check: Check = False,
) -> EquipmentAnswer | ChangePreviewAnswer:
    """Create or change equipment. Refused with the future bookings that need more of it than there would be."""
    value = thing_of(Equipment, body, site, equipment)
    if check:
        return await _check(estate, site, Put(value=value, version=body.version))
    _created(response, await estate.put(value, version=body.version, actor=actor.name))
    return versioned(EquipmentAnswer, value)


@router.delete("/sites/{site}/equipment/{equipment}", status_code=_GONE, responses=_OF_A_SITE)
async def delete_equipment(site: SlugPath, equipment: SlugPath, estate: TheEstate, actor: Builds) -> None:
    """Delete equipment that no future booking needs."""
    await estate.remove(site, "equipment", equipment, actor=actor.name)


@router.put("/sites/{site}/doors/{door}", responses=_OF_A_SITE | made(DoorAnswer))
async def put_door(
    site: SlugPath, door: SlugPath, body: PutDoorBody, estate: TheEstate, actor: Builds, response: Response
) -> DoorAnswer:
    """Create or change a door; its edge must exist already."""
    value = thing_of(Door, body, site, door)
    _created(response, await estate.put(value, version=body.version, actor=actor.name))
    return versioned(DoorAnswer, value)


@router.delete("/sites/{site}/doors/{door}", status_code=_GONE, responses=_OF_A_SITE)
async def delete_door(site: SlugPath, door: SlugPath, estate: TheEstate, actor: Builds) -> None:
    """Delete a door that leads to no space and never had a code."""
    await estate.remove(site, "doors", door, actor=actor.name)


@router.put("/sites/{site}/edges/{edge}", responses=_OF_A_SITE | made(EdgeAnswer))
async def put_edge(
    site: SlugPath, edge: SlugPath, body: PutEdgeBody, estate: TheEstate, actor: Builds, response: Response
) -> EdgeAnswer:
    """Create or change an edge. A new one must enrol before it works."""
    value = thing_of(Edge, body, site, edge)
    _created(response, await estate.put(value, version=body.version, actor=actor.name))
    return versioned(EdgeAnswer, value)


@router.delete("/sites/{site}/edges/{edge}", status_code=_GONE, responses=_OF_A_SITE)
async def delete_edge(site: SlugPath, edge: SlugPath, estate: TheEstate, actor: Builds) -> None:
    """Delete an edge without doors."""
    await estate.remove(site, "edges", edge, actor=actor.name)


async def _check(estate: EstateService, site: str, edit: Edit) -> ChangePreviewAnswer:
    return change_preview_answer(*await estate.check(site, edit))


def _created(response: Response, new: bool) -> None:
    if new:
        response.status_code = status.HTTP_201_CREATED
