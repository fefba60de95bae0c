"""Addresses whose mail comes back over HTTP: of a site's notices, and of mails about accounts."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter

from controller.estate.errors import SiteUnknown
from controller.notices.bounces.schemas import BouncedAddressPage, bounced_page
from controller.notices.bounces.service import BounceService
from controller.notices.errors import BouncedAddressUnknown
from controller.people.authentication import KeepsAllUsers, Runs
from controller.platform.web.fields import After, IdPath, Limit, SlugPath
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["notices"], responses=described(NotSignedIn))
TheBounces = Annotated[BounceService, service(BounceService)]


@router.get("/sites/{site}/bounced-addresses", responses=described(SiteUnknown))
async def list_bounced_addresses(
    site: SlugPath, bounces: TheBounces, actor: Runs, after: After = None, limit: Limit = 50
) -> BouncedAddressPage:
    """The addresses to which the site's notices no longer go, since a mail came back, the newest first."""
    zone, found = await bounces.of_site(site, before=after, limit=limit + 1)
    return bounced_page(found, zone, limit=limit)


@router.delete(
    "/sites/{site}/bounced-addresses/{bounced_address}",
    status_code=204,
    responses=described(SiteUnknown, BouncedAddressUnknown),
)
async def clear_bounced_address(site: SlugPath, bounced_address: IdPath, bounces: TheBounces, actor: Runs) -> None:
    """Write to the address again. What its people do not know is told then."""
    await bounces.clear(site, bounced_address, actor=actor)


@router.get("/bounced-addresses")
async def list_bounced_account_addresses(
    bounces: TheBounces, actor: KeepsAllUsers, after: After = None, limit: Limit = 50
) -> BouncedAddressPage:
    """The addresses to which mails about accounts no longer go, such as those to sign in by, the newest first."""
    return bounced_page(await bounces.of_accounts(before=after, limit=limit + 1), UTC, limit=limit)


@router.delete("/bounced-addresses/{bounced_address}", status_code=204, responses=described(BouncedAddressUnknown))
async def clear_bounced_account_address(bounced_address: IdPath, bounces: TheBounces, actor: KeepsAllUsers) -> None:
    """Send mails about accounts to the address again."""
    await bounces.clear("", bounced_address, actor=actor)
