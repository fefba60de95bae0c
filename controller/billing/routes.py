"""Tariffs and quotes over HTTP, and the bodies that they take. Money is whole pence; ``answers`` has the answers."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec
from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from controller.billing import rate_selection
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
from controller.billing.model import AllowancePeriod, Tariffs, Vat
from controller.billing.service import BillingService, NothingCharged
from controller.bookings.diary.model import Draft, Need
from controller.bookings.errors import BookingUnknown
from controller.bookings.schemas import Equipment, People
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Decides, Reads, Runs
from controller.people.errors import NotAllowed
from controller.people.model import Actor, Tier
from controller.people.optimistic_locking import VersionStale
from controller.people.permissions import Action, Thing, may
from controller.platform.web.fields import (
    Body,
    IdPath,
    MomentText,
    Name,
    Note,
    Slug,
    SlugPath,
    Versioned,
    Whole,
    read_moment,
)
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from edge.wire.plan import Mode

E = TypeVar("E", bound=StrEnum)
MOST_RULES = 200
MOST_DATES = 400


def _hours(text: str) -> str:
    rate_selection.windows(text)
    return " ".join(text.replace("–", "-").split())


Pence = Annotated[Whole, Field(ge=0, le=10_000_000)]
Percent = Annotated[Whole, Field(ge=0, le=100)]
HoursText = Annotated[
    str,
    StringConstraints(max_length=rate_selection.LONGEST_TEXT),
    AfterValidator(_hours),
    Field(examples=["Fri 18:00 - Sat 02:00"]),
]
VatPercent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]


def _sorted(ids: list[str]) -> list[str]:
    return sorted(set(ids))


Slugs = Annotated[list[Slug], AfterValidator(_sorted), Field(max_length=200, default_factory=list)]
Count = Annotated[Whole, Field(ge=1, le=10_000)]


def _in_order(given: list[E]) -> list[E]:
    """Each once, in the order in which the words are defined."""
    return [each for each in type(given[0]) if each in given] if given else []


class ScopeBody(Body):
    """Whom and what a rule is for; a list left out or empty asks for nothing. ``name``: what quotes call it."""

    name: Name
    parties: Slugs
    spaces: Slugs
    layouts: Slugs
    tiers: Annotated[list[Tier], AfterValidator(_in_order), Field(max_length=10, default_factory=list)]


class RateBody(ScopeBody):
    """What time costs. ``hours``: wall times such as "Mon-Fri 18:00-22:00". ``per_hour_pence``: for each seat of a pool
    if ``each_seat``. ``flat_pence``: once a booking that has any time at this rate. ``vat``: null, the tariffs' own."""

    hours: Annotated[list[HoursText], Field(max_length=20, default_factory=list)]
    modes: Annotated[list[Mode], AfterValidator(_in_order), Field(max_length=10, default_factory=list)]
    per_hour_pence: Pence | None = None
    flat_pence: Pence | None = None
    each_seat: Annotated[bool, Field(strict=True)] = False
    vat: Vat | None = None


class LimitBody(ScopeBody):
    """The least and the most that a booking costs; the most specific one that fits applies."""

    minimum_minutes: Annotated[Whole, Field(ge=1, le=24 * 60)] | None = None
    minimum_pence: Pence | None = None
    day_cap_pence: Pence | None = None
    booking_cap_pence: Pence | None = None


class DiscountBody(ScopeBody):
    """So much off for a series of at least ``dates`` dates, or of ``total_hours`` hours in all of them."""

    percent: Annotated[Whole, Field(ge=1, le=100)]
    dates: Count | None = None
    total_hours: Count | None = None


class AllowanceBody(ScopeBody):
    """The first ``free_hours`` of each party in each month or year are free. ``id``: by which their use is counted."""

    id: Slug
    free_hours: Count
    per: AllowancePeriod


class StepBody(Body):
    """A party that cancels at least ``days`` days before the start pays ``percent`` per cent."""

    days: Annotated[Whole, Field(ge=0, le=730)]
    percent: Percent


def _longest_first(steps: list[StepBody]) -> list[StepBody]:
    return sorted(steps, key=lambda step: step.days, reverse=True)


class CancellingBody(ScopeBody):
    """The charge for a booking that did not take place. ``late_percent``: of one cancelled later than any step."""

    steps: Annotated[list[StepBody], AfterValidator(_longest_first), Field(max_length=20, default_factory=list)]
    late_percent: Percent = 0
    no_show_percent: Percent = 100
    released_percent: Percent = 100


class EquipmentPriceBody(Body):
    """What one piece costs for a booking, however long it is."""

    equipment: Slug
    per_use_pence: Pence
    vat: Vat | None = None


class TariffsBody(Body):
    """Replaces all tariffs of the site. ``vat``: how prices are taxed that do not say otherwise. ``vat_percent``: the
    standard rate; null where no VAT is charged. ``gross``: prices hold VAT already. ``year_starts``: the month in which
    a year of free hours begins."""

    rates: Annotated[list[RateBody], Field(max_length=MOST_RULES, default_factory=list)]
    limits: Annotated[list[LimitBody], Field(max_length=MOST_RULES, default_factory=list)]
    discounts: Annotated[list[DiscountBody], Field(max_length=MOST_RULES, default_factory=list)]
    allowances: Annotated[list[AllowanceBody], Field(max_length=MOST_RULES, default_factory=list)]
    cancelling: Annotated[list[CancellingBody], Field(max_length=MOST_RULES, default_factory=list)]
    equipment: Annotated[list[EquipmentPriceBody], Field(max_length=MOST_RULES, default_factory=list)]
    vat: Vat = Vat.EXEMPT
    vat_percent: VatPercent | None = None
    gross: Annotated[bool, Field(strict=True)] = True
    year_starts: Annotated[Whole, Field(ge=1, le=12)] = 1

    def tariffs(self) -> Tariffs:
        return msgspec.convert(self, Tariffs, from_attributes=True)


class PutTariffsBody(TariffsBody, Versioned): ...


class DateBody(Body):
    """One date of a series. Times as in a booking. ``space`` and ``layout``: where it is elsewhere than the others."""

    starts: MomentText
    ends: MomentText
    space: Slug | None = None
    layout: Slug | None = None


class QuoteBody(Body):
    """A booking, by ``starts`` and ``ends``, or the ``dates`` of a series. ``tier``: for whom there is no party yet."""

    space: Slug
    starts: MomentText | None = None
    ends: MomentText | None = None
    dates: Annotated[list[DateBody], Field(max_length=MOST_DATES, default_factory=list)]
    party: Slug | None = None
    tier: Tier | None = None
    layout: Slug | None = None
    people: People | None = None
    seats: People | None = None
    equipment: Equipment = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> "QuoteBody":
        single = self.starts is not None and self.ends is not None
        if single == bool(self.dates) or (self.starts is None) != (self.ends is None):
            raise ValueError("give starts and ends, or dates, and not both")
        if self.party is not None and self.tier is not None:
            raise ValueError("give party or tier, and not both: a party has a tier of its own")
        return self

    def drafts(self) -> list[Draft]:
        dates = self.dates or [DateBody(starts=self.starts or "", ends=self.ends or "")]
        return [
            Draft(
                space=each.space or self.space,
                title="",
                starts=read_moment(each.starts),
                ends=read_moment(each.ends),
                people=self.people,
                party=self.party,
                layout=each.layout if each.space else self.layout,
                seats=self.seats,
                equipment=tuple(Need(equipment=one, count=count) for one, count in sorted(self.equipment.items())),
            )
            for each in dates
        ]


class WaiveBody(Body):
    """``given_up_only``: waive only what is charged for time that was given up by changing the booking."""

    reason: Annotated[Note, Field(min_length=1)]
    given_up_only: Annotated[bool, Field(strict=True)] = False


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
