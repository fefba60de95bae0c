"""Tariffs and quotes over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from controller.billing.answers import (
    AccountAnswer,
    QuoteAnswer,
    StoredTariffsAnswer,
    TariffsAnswer,
    account_answer,
    quote_answer,
    set_answer,
    tariffs_answer,
)
from controller.billing.schemas import PutTariffsBody, QuoteBody, WaiveBody
from controller.billing.service import BillingService, NothingCharged
from controller.bookings.errors import BookingUnknown
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Decides, Reads, Runs
from controller.people.edit_versions import VersionStale
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.web.fields import IdPath, SlugPath
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["billing"], responses=described(NotSignedIn))
TheBilling = Annotated[BillingService, service(BillingService)]


@router.get("/sites/{site}/tariffs", responses=described(SiteUnknown))
async def get_tariffs(site: SlugPath, billing: TheBilling, actor: Reads) -> TariffsAnswer:
    """The site's tariffs. If none are set, `text` says so."""
    where, found = await billing.tariffs(site)
    return tariffs_answer(found, where)


@router.put("/sites/{site}/tariffs", responses=described(SiteUnknown, VersionStale))
async def put_tariffs(
    site: SlugPath, body: PutTariffsBody, billing: TheBilling, actor: Runs, check: Annotated[bool, Query()] = False
) -> StoredTariffsAnswer:
    """Replace the tariffs. `effect` says what that changes; with `check` nothing is written. Quotes of confirmed
    bookings stay as they are."""
    where, made, effect = await billing.put(site, body.tariffs(), version=body.version, check=check, actor=actor)
    return set_answer(where, made, effect, checked=check)


@router.post("/sites/{site}/quote", responses=described(SiteUnknown))
async def quote(site: SlugPath, body: QuoteBody, billing: TheBilling, actor: Reads) -> QuoteAnswer:
    """What a booking, or the dates of a series, would cost if confirmed now, line by line; writes nothing."""
    if body.party is not None:
        _require_own(actor, site, body.party)
    return quote_answer(*await billing.quote(site, body.drafts(), tier=body.tier))


@router.get("/bookings/{booking_id}/quote", responses=described(BookingUnknown))
async def booking_quote(booking_id: IdPath, billing: TheBilling, actor: Reads) -> AccountAnswer:
    """What a booking costs: the quote frozen when it was confirmed, with what followed; until then what it would cost
    now."""
    account = await billing.account(booking_id)
    _require_own(actor, account.booking.site, account.booking.party)
    return account_answer(account)


@router.post("/bookings/{booking_id}/quote/waive", responses=described(BookingUnknown, NothingCharged))
async def waive_quote(booking_id: IdPath, body: WaiveBody, billing: TheBilling, actor: Decides) -> AccountAnswer:
    """Waive a booking's charge, with a reason that the quote shows; it stays waived, whatever happens to the booking,
    until that is undone."""
    return account_answer(
        await billing.waive(booking_id, why=body.reason, given_up_only=body.given_up_only, actor=actor)
    )


@router.delete("/bookings/{booking_id}/quote/waive", responses=described(BookingUnknown))
async def charge_quote(booking_id: IdPath, billing: TheBilling, actor: Decides) -> AccountAnswer:
    """Charge again what was waived. Idempotent."""
    return account_answer(await billing.charge(booking_id, actor=actor))


def _require_own(actor: Actor, site: str, party: str | None) -> None:
    """Who sees the details of their own parties only sees what these pay and have free."""
    thing = Thing(site=site, party=party)
    if not may(actor, Action.DETAILS, thing):
        raise NotAllowed(actor, Action.DETAILS, thing)
