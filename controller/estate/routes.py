"""Sites, spaces, doors and edges."""

import base64

from fastapi import APIRouter, Response, status

from controller.estate.errors import KeyTaken, SiteUnknown
from controller.estate.model import Door, Edge, Site, Space
from controller.estate.schemas import (
    DoorAnswer,
    DoorBody,
    EdgeBody,
    EnrolmentAnswer,
    SiteAnswer,
    SiteBody,
    SitePage,
    SitePartsAnswer,
    SpaceAnswer,
    SpaceBody,
    door_answer,
    parts_answer,
    site_answer,
    space_answer,
)
from controller.fields import LIST_LIMIT, After, Limit, SlugPath
from controller.house import TheHouse
from controller.people.gate import Builds, Reads
from controller.problem import NotSignedIn, described

router = APIRouter(tags=["estate"], responses=described(NotSignedIn))


@router.get("/sites")
async def list_sites(house: TheHouse, actor: Reads, after: After = None, limit: Limit = LIST_LIMIT) -> SitePage:
    """The sites that the user may see, in the order of their ids."""
    sites = await house.estate.sites(after=after, limit=limit + 1, only=actor.sites)
    more = len(sites) > limit
    sites = sites[:limit]
    return SitePage(items=[site_answer(site) for site in sites], next=sites[-1].id if more else None)


@router.get("/sites/{site}", responses=described(SiteUnknown))
async def get_site(site: SlugPath, house: TheHouse, actor: Reads) -> SitePartsAnswer:
    """One site with its spaces, doors and edges."""
    return parts_answer(await house.estate.parts(site))


@router.put("/sites/{site}")
async def put_site(site: SlugPath, body: SiteBody, house: TheHouse, actor: Builds, response: Response) -> SiteAnswer:
    """Make or change a site."""
    value = Site(id=site, **body.model_dump())
    _created(response, await house.estate.put_site(value, actor=actor.name))
    return site_answer(value)


@router.put("/sites/{site}/spaces/{space}", responses=described(SiteUnknown))
async def put_space(
    site: SlugPath, space: SlugPath, body: SpaceBody, house: TheHouse, actor: Builds, response: Response
) -> SpaceAnswer:
    """Make or change a space; its doors must be there already."""
    value = Space(
        site=site,
        id=space,
        name=body.name,
        capacity=body.capacity,
        floor_area_m2=body.floor_area_m2,
        doors=tuple(sorted(set(body.doors))),
    )
    _created(response, await house.estate.put_space(value, actor=actor.name))
    return space_answer(value)


@router.put("/sites/{site}/doors/{door}", responses=described(SiteUnknown))
async def put_door(
    site: SlugPath, door: SlugPath, body: DoorBody, house: TheHouse, actor: Builds, response: Response
) -> DoorAnswer:
    """Make or change a door; its edge must be there already."""
    value = Door(site=site, id=door, **body.model_dump())
    _created(response, await house.estate.put_door(value, actor=actor.name))
    return door_answer(value)


@router.put("/sites/{site}/edges/{edge}", responses=described(SiteUnknown, KeyTaken))
async def put_edge(site: SlugPath, edge: SlugPath, body: EdgeBody, house: TheHouse, actor: Builds) -> EnrolmentAnswer:
    """Make or change an edge. Answers what its configuration needs; ask again once its doors are made."""
    value = Edge(site=site, id=edge, name=body.name, public_key=base64.b64decode(body.public_key))
    doors = await house.estate.put_edge(value, actor=actor.name)
    return EnrolmentAnswer(controller_key=base64.b64encode(house.keys.public).decode(), doors=doors)


def _created(response: Response, new: bool) -> None:
    if new:
        response.status_code = status.HTTP_201_CREATED
