"""Models of tariffs, prices and quotes. Money is whole pence (GBP), time is real time; ``name``: of a field as it is
stored. Pure."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.diary.model import Need
from controller.hours.modes import ModePeriod
from controller.people.model import Tier
from edge.wire.interval import Interval
from edge.wire.plan import Mode


class Vat(StrEnum):
    """How value added tax goes with a price."""

    EXEMPT = "exempt"
    STANDARD = "standard"


class AllowancePeriod(StrEnum):
    """The period in which free hours are counted."""

    MONTH = "month"
    YEAR = "year"


class RuleScope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The parties, spaces, layouts and tiers that a rule is for; an empty list allows all.
    ``name``: what people read on the quote."""

    name: str
    parties: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()


AnyScope = TypeVar("AnyScope", bound=RuleScope)


class Rate(RuleScope, frozen=True, kw_only=True, omit_defaults=True):
    """What time costs. ``hours``: wall times of the week as ``week`` reads them. ``per_hour_pence``: for each seat of a
    pool if ``each_seat``. ``flat_pence``: once a booking that has any time at this rate. ``vat``: the tariffs' own if
    ``None``."""

    hours: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    per_hour_pence: int | None = msgspec.field(default=None, name="per_hour")
    flat_pence: int | None = msgspec.field(default=None, name="flat")
    each_seat: bool = False
    vat: Vat | None = None


class Limit(RuleScope, frozen=True, kw_only=True, omit_defaults=True):
    """The least and the most that a booking costs. ``day_cap_pence``: for each of its local days."""

    minimum_minutes: int | None = None
    minimum_pence: int | None = msgspec.field(default=None, name="minimum")
    day_cap_pence: int | None = msgspec.field(default=None, name="day_cap")
    booking_cap_pence: int | None = msgspec.field(default=None, name="booking_cap")


class Discount(RuleScope, frozen=True, kw_only=True, omit_defaults=True):
    """``percent`` off for a series of at least ``dates`` dates, or of ``total_hours`` hours in all its dates."""

    percent: int
    dates: int | None = None
    total_hours: int | None = None


class Allowance(RuleScope, frozen=True, kw_only=True, omit_defaults=True):
    """The first ``free_hours`` of each party in each period are free. ``id``: by which its use is counted."""

    id: str
    free_hours: int
    per: AllowancePeriod


class CancellingStep(msgspec.Struct, frozen=True, kw_only=True):
    """The per cent to pay for cancelling at least ``days`` days before the start."""

    days: int
    percent: int


class Cancelling(RuleScope, frozen=True, kw_only=True, omit_defaults=True):
    """The charge for a booking that did not take place, in per cent. ``late_percent``: later than any step."""

    steps: tuple[CancellingStep, ...] = ()
    late_percent: int = msgspec.field(default=0, name="late")
    no_show_percent: int = msgspec.field(default=100, name="no_show")
    released_percent: int = msgspec.field(default=100, name="released")


class EquipmentPrice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one piece of an equipment costs for a booking, however long it is."""

    equipment: str
    per_use_pence: int = msgspec.field(name="per_use")
    vat: Vat | None = None


class Tariffs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All prices of a site. ``vat_percent``: the standard rate; ``None`` where no VAT is charged at all. ``gross``:
    prices hold it already. ``year_starts``: the month in which a year of free hours begins."""

    rates: tuple[Rate, ...] = ()
    limits: tuple[Limit, ...] = ()
    discounts: tuple[Discount, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    cancelling: tuple[Cancelling, ...] = ()
    equipment: tuple[EquipmentPrice, ...] = ()
    vat: Vat = Vat.EXEMPT
    vat_percent: Decimal | None = None
    gross: bool = True
    year_starts: int = 1

    @property
    def empty(self) -> bool:
        """Whether no price is set at all."""
        return not self.rates and not self.equipment


class PricingBasis(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a booking that its price depends on. ``layout``: the one it will be in. ``seats``: 1 for a room."""

    space: str
    layout: str | None
    during: Interval
    party: str | None
    seats: int = 1
    equipment: tuple[Need, ...] = ()

    def common(self, new: "PricingBasis") -> "PricingBasis | None":
        """The part of this time that the booking still holds as ``new``, whatever its party and space are then; None
        where none is left."""
        if not self.during.overlaps(new.during):
            return None
        wanted = {need.equipment: need.count for need in new.equipment}
        return PricingBasis(
            space=new.space,
            layout=self.layout if new.space == self.space else new.layout,
            during=Interval(start=max(self.during.start, new.during.start), end=min(self.during.end, new.during.end)),
            party=self.party,
            seats=min(self.seats, new.seats),
            equipment=tuple(
                Need(equipment=need.equipment, count=count)
                for need in self.equipment
                if (count := min(need.count, wanted.get(need.equipment, 0)))
            ),
        )


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """So many of an equipment, with its name."""

    equipment: str
    name: str
    count: int


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """A booking to price. ``layout``: the one it will be in. ``modes`` tile ``during``. ``seats``: 1 for a room.
    ``dates`` and ``series_us``: how many dates its series has and how long they are in all; one, itself, if alone."""

    zone: ZoneInfo
    space: str
    layout: str | None
    tier: Tier
    party: str | None
    during: Interval
    modes: tuple[ModePeriod, ...]
    seats: int = 1
    equipment: tuple[Used, ...] = ()
    dates: int = 1
    series_us: int = 0


class QuoteLineKind(StrEnum):
    """What a line of a quote is for, in the order in which lines come."""

    UNSET = "unset"
    """Time that no rate fits; nothing is charged for it, which is not the same as free."""
    TIME = "time"
    FLAT = "flat"
    MINIMUM = "minimum"
    ALLOWANCE = "allowance"
    CAP = "cap"
    DISCOUNT = "discount"
    EQUIPMENT = "equipment"
    VAT = "vat"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    RELEASED = "released"
    WAIVED = "waived"
    NOTE = "note"


class QuoteLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line in words. ``pence`` may be below zero. ``seconds`` and ``unit_pence``: how long at how much an hour."""

    kind: QuoteLineKind
    text: str
    pence: int = 0
    vat: Vat | None = None
    seconds: float | None = None
    unit_pence: int | None = msgspec.field(default=None, name="unit")


class AllowanceUse(msgspec.Struct, frozen=True, kw_only=True):
    """Free time that a quote has taken of a party's allowance. ``period``: "2026-11", or the year it begins in."""

    allowance: str
    period: str
    us: int


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A price with its reasons; the lines add up to ``total``, which is ``None`` where no charge is set. ``vat``: how
    much of it is VAT. ``unset_us``: time that no rate fits. ``uses``: what it takes of allowances. ``cancelling``: the
    rule that holds from then on."""

    lines: tuple[QuoteLine, ...]
    total: int | None
    vat: int = 0
    unset_us: int = 0
    uses: tuple[AllowanceUse, ...] = ()
    cancelling: Cancelling | None = None

    @property
    def net(self) -> int | None:
        return None if self.total is None else self.total - self.vat


class Charge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change of the price: a line below it. ``vat``: how much of its pence is VAT. ``uses``: free time that stays
    spent with it."""

    line: QuoteLine
    vat: int = 0
    uses: tuple[AllowanceUse, ...] = ()


class EndedBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Why a booking does not take place, since when, and how many per cent of its price are charged nevertheless."""

    charge: Charge
    percent: int
    at: datetime


class Waiver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A waiver of the whole charge, or with ``given_up_only`` what is charged for time that was given up. ``since``:
    so many of the first charges for such time stay. ``until``: how many there were, if later ones stay too."""

    charge: Charge
    why: str
    given_up_only: bool
    since: int = 0
    until: int | None = None


class Bill(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a booking owes: a price of its ``basis``, with the rule for cancelling of its first confirmation; what is
    charged for time that was given up by changing it; that it does not take place; that it is waived."""

    price: Quote
    basis: PricingBasis
    given_up: tuple[Charge, ...] = ()
    ended: EndedBooking | None = None
    waiver: Waiver | None = None

    @property
    def quote(self) -> Quote:
        """All of it line by line."""
        charges = list(self.given_up)
        if self.ended is not None:
            charges.append(self.ended.charge)
        if self.waiver is not None:
            charges.append(self.waiver.charge)
        price = self.price
        owes = price.total is not None or bool(self.given_up)
        uses: Counter[tuple[str, str]] = Counter()
        spent = [each for charge in charges for each in charge.uses]
        for each in (*(price.uses if self.ended is None or self.ended.percent else ()), *spent):
            uses[each.allowance, each.period] += each.us
        return msgspec.structs.replace(
            price,
            lines=(*price.lines, *(each.line for each in charges)),
            total=(price.total or 0) + sum(each.line.pence for each in charges) if owes else None,
            vat=price.vat + sum(each.vat for each in charges),
            uses=tuple(AllowanceUse(allowance=key[0], period=key[1], us=us) for key, us in uses.items()),
        )


class QuoteReason(StrEnum):
    """Why a quote was made."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    REQUESTED = "requested"
    """It waits for approval again."""
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    RELEASED = "released"
    RESTORED = "restored"
    WAIVED = "waived"
    CHARGED = "charged"
    """It is no longer waived."""


class StoredTariffs(msgspec.Struct, frozen=True, kw_only=True):
    """The tariffs of a site as somebody has set them. ``version`` counts from 1."""

    version: int
    tariffs: Tariffs
    changed_at: datetime
    changed_by: str


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """A quote as it was given. ``number`` counts those of its booking; one without ``superseded_at`` holds."""

    id: str
    booking_id: str
    number: int
    site: str
    party: str | None
    tariff_version: int
    why: QuoteReason
    made_at: datetime
    made_by: str
    superseded_at: datetime | None
    bill: Bill

    @property
    def quote(self) -> Quote:
        return self.bill.quote

    def next(self, bill: Bill, why: QuoteReason, *, quote_id: str, at: datetime, by: str, version: int) -> "Frozen":
        """The quote that takes its place."""
        return Frozen(
            id=quote_id,
            booking_id=self.booking_id,
            number=self.number + 1,
            site=self.site,
            party=bill.basis.party,
            tariff_version=version,
            why=why,
            made_at=at,
            made_by=by,
            superseded_at=None,
            bill=bill,
        )


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """What new tariffs make of a booking that has no frozen quote yet."""

    booking_id: str
    title: str
    during: Interval
    before: Quote
    after: Quote


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """What new tariffs make of a typical booking."""

    space: str
    tier: Tier
    during: Interval
    before: Quote
    after: Quote
