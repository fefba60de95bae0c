"""Answers of tariffs and quotes. Money is whole pence, plus a text; times carry the site's offset."""

from collections.abc import Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

from controller.billing.bill_changes import terms
from controller.billing.model import (
    Allowance,
    Cancelling,
    CancellingStep,
    Discount,
    EquipmentPrice,
    Example,
    Limit,
    Quote,
    QuoteLine,
    QuoteReason,
    Rate,
    RuleScope,
    Shift,
    StoredTariffs,
    Tariffs,
)
from controller.billing.money import pounds
from controller.billing.pricing import NO_CHARGE_SET
from controller.billing.service import Account, Quoted, TariffEffect
from controller.estate.model import Site
from controller.people.model import Tier
from controller.platform.text.times import short_duration
from controller.platform.web.fields import Answer, Ends, LocalTime, Starts, answer_of

A = TypeVar("A", bound=Answer)


class ScopeAnswer(Answer, of=RuleScope): ...


class RateAnswer(ScopeAnswer, of=Rate): ...


class LimitAnswer(ScopeAnswer, of=Limit): ...


class DiscountAnswer(ScopeAnswer, of=Discount): ...


class AllowanceAnswer(ScopeAnswer, of=Allowance): ...


class StepAnswer(Answer, of=CancellingStep): ...


class CancellingAnswer(ScopeAnswer, of=Cancelling):
    steps: list[StepAnswer]


class EquipmentPriceAnswer(Answer, of=EquipmentPrice): ...


class TariffsAnswer(Answer, of=Tariffs):
    """The tariffs in force; ``version`` is 0 if none are set."""

    version: int
    text: str
    rates: list[RateAnswer]
    limits: list[LimitAnswer]
    discounts: list[DiscountAnswer]
    allowances: list[AllowanceAnswer]
    cancelling: list[CancellingAnswer]
    equipment: list[EquipmentPriceAnswer]
    changed_at: LocalTime | None
    changed_by: str | None


class LineAnswer(Answer, of=QuoteLine):
    """``pence`` may be below zero. ``seconds`` and ``unit_pence``: how long at how much an hour."""


class PriceAnswer(Answer):
    """``total_pence`` is null where no charge is set, which is not the same as free of charge. ``unset_minutes``: time
    that no rate fits. ``terms``: what cancelling costs."""

    text: str
    total_pence: int | None
    net_pence: int | None
    vat_pence: int
    unset_minutes: float
    lines: list[LineAnswer]
    terms: str


class ShiftAnswer(Answer):
    """A booking that waits for a decision."""

    booking: str
    title: str
    starts: Starts
    ends: Ends
    before: str
    after: str


class ExampleAnswer(Answer):
    """What a typical booking would cost."""

    space: str
    tier: Tier
    starts: Starts
    ends: Ends
    before: str
    after: str


class TariffEffectAnswer(Answer):
    """``shifts``: bookings that wait for a decision, the first 100, with their price before and after. ``kept``: how
    many confirmed bookings are still to come, whose quotes stay as they are. ``examples``: typical bookings whose price
    changes. ``overpriced_parts``: sentences, one for each space that costs more than a space it is part of."""

    shifts: list[ShiftAnswer]
    kept: int
    examples: list[ExampleAnswer]
    overpriced_parts: list[str]


class StoredTariffsAnswer(TariffsAnswer):
    """``checked``: true where nothing was written. ``effect``: what it changes."""

    checked: bool
    effect: TariffEffectAnswer


class DatePriceAnswer(PriceAnswer):
    starts: Starts
    ends: Ends


class QuoteAnswer(Answer):
    """What it would cost if it were confirmed now. ``total_pence`` is null where no charge is set for any date."""

    text: str
    total_pence: int | None
    vat_pence: int
    tariff_version: int
    dates: list[DatePriceAnswer]


class FrozenAnswer(PriceAnswer):
    """``number`` counts the quotes of a booking. ``cause``: what it was made for. ``superseded_at``: since when another
    one holds."""

    number: int
    cause: QuoteReason
    tariff_version: int
    made_at: LocalTime
    made_by: str
    superseded_at: LocalTime | None


class AccountAnswer(PriceAnswer):
    """What a booking costs. ``frozen``: false while it waits for a decision, when it is what it would cost now.
    ``if_cancelled`` and ``if_cancelled_pence``: the total charge if it were cancelled now; empty and
    null unless it is confirmed at a price. ``quotes``: all that were frozen, the newest first."""

    booking: str
    frozen: bool
    if_cancelled: str
    if_cancelled_pence: int | None
    quotes: list[FrozenAnswer]


def summary(total: int | None, vat: int, unset_us: int) -> str:
    """A price in words."""
    if total is None:
        return NO_CHARGE_SET
    text = pounds(total) if total else "free of charge"
    if vat:
        text += f" including VAT of {pounds(vat)}"
    return f"{text}, and {short_duration(unset_us)} for which {NO_CHARGE_SET}" if unset_us else text


def tariffs_answer(found: StoredTariffs | None, site: Site) -> TariffsAnswer:
    return _tariffs(TariffsAnswer, found, site)


def set_answer(site: Site, made: StoredTariffs, effect: TariffEffect, *, checked: bool) -> StoredTariffsAnswer:
    return _tariffs(StoredTariffsAnswer, made, site, checked=checked, effect=_effect_answer(effect, site.tz))


def _tariffs(kind: type[A], found: StoredTariffs | None, site: Site, **own: object) -> A:
    value = found.tariffs if found else Tariffs()
    return answer_of(
        kind,
        value,
        site.tz,
        version=found.version if found else 0,
        text=f"prices as set by {found.changed_by}" if found and not value.empty else NO_CHARGE_SET,
        changed_at=found.changed_at if found else None,
        changed_by=found.changed_by if found else None,
        **own,
    )


def _effect_answer(effect: TariffEffect, zone: ZoneInfo) -> TariffEffectAnswer:
    shifts = [answer_of(ShiftAnswer, each, zone, booking=each.booking_id, **_change(each)) for each in effect.shifts]
    examples = [answer_of(ExampleAnswer, each, zone, **_change(each)) for each in effect.examples]
    return answer_of(TariffEffectAnswer, effect, shifts=shifts, examples=examples)


def _change(each: Shift | Example) -> dict[str, str]:
    return {"before": _summary(each.before), "after": _summary(each.after)}


def _summary(quote: Quote) -> str:
    return summary(quote.total, quote.vat, quote.unset_us)


def _price(kind: type[A], quote: Quote, source: object, zone: ZoneInfo, **own: object) -> A:
    """An answer with a price, and its other fields from ``source``."""
    return answer_of(
        kind,
        source,
        zone,
        text=_summary(quote),
        total_pence=quote.total,
        net_pence=quote.net,
        vat_pence=quote.vat,
        unset_minutes=quote.unset_us / 60_000_000,
        lines=quote.lines,
        terms=terms(quote.cancelling) if quote.total is not None else "",
        **own,
    )


def quote_answer(site: Site, quoted: Sequence[Quoted], current: StoredTariffs | None) -> QuoteAnswer:
    totals = [each.quote.total for each in quoted if each.quote.total is not None]
    total = sum(totals) if totals else None
    vat = sum(each.quote.vat for each in quoted)
    unset = sum(each.quote.unset_us for each in quoted)
    return QuoteAnswer(
        text=summary(total, vat, unset),
        total_pence=total,
        vat_pence=vat,
        tariff_version=current.version if current else 0,
        dates=[_price(DatePriceAnswer, each.quote, each, site.tz) for each in quoted],
    )


def account_answer(account: Account) -> AccountAnswer:
    zone = account.site.tz
    frozen = [account.frozen] if account.frozen else []
    ends = account.if_cancelled if account.if_cancelled and account.if_cancelled.total is not None else None
    return _price(
        AccountAnswer,
        account.quote,
        account,
        zone,
        booking=account.booking.id,
        frozen=account.settled,
        if_cancelled=summary(ends.total, ends.vat, 0) if ends else "",
        if_cancelled_pence=ends.total if ends else None,
        quotes=[_price(FrozenAnswer, each.quote, each, zone, cause=each.why) for each in (*frozen, *account.earlier)],
    )


def cancel_charge(account: Account) -> str:
    """What cancelling now would cost, as a sentence; empty where nothing is charged for it at all."""
    ends = account.if_cancelled
    if ends is None or ends.total is None or not account.quote.total:
        return ""
    return f"Cancelled now, {summary(ends.total, ends.vat, 0) if ends.total else 'nothing'} is charged."
