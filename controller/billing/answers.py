"""Answers of tariffs and quotes. Money is whole pence, plus a text; times carry the site's offset."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from controller.billing import model
from controller.billing.bill_changes import terms
from controller.billing.model import (
    AllowancePeriod,
    Frozen,
    Quote,
    QuoteLine,
    QuoteLineKind,
    QuoteReason,
    StoredTariffs,
    Tariffs,
    Vat,
)
from controller.billing.money import length, pounds
from controller.billing.pricing import NO_CHARGE_SET
from controller.billing.service import Account, Quoted, TariffEffect
from controller.estate.model import Site
from controller.people.model import Tier
from controller.text import local_time
from controller.web.fields import Answer, answer_of
from edge.wire.interval import Interval
from edge.wire.plan import Mode


class ScopeAnswer(Answer):
    name: str
    parties: list[str]
    spaces: list[str]
    layouts: list[str]
    tiers: list[Tier]


class RateAnswer(ScopeAnswer):
    hours: list[str]
    modes: list[Mode]
    per_hour_pence: int | None
    flat_pence: int | None
    each_seat: bool
    vat: Vat | None


class LimitAnswer(ScopeAnswer):
    minimum_minutes: int | None
    minimum_pence: int | None
    day_cap_pence: int | None
    booking_cap_pence: int | None


class DiscountAnswer(ScopeAnswer):
    percent: int
    dates: int | None
    total_hours: int | None


class AllowanceAnswer(ScopeAnswer):
    id: str
    free_hours: int
    per: AllowancePeriod


class StepAnswer(Answer):
    days: int
    percent: int


class CancellingAnswer(ScopeAnswer):
    steps: list[StepAnswer]
    late_percent: int
    no_show_percent: int
    released_percent: int


class EquipmentPriceAnswer(Answer):
    equipment: str
    per_use_pence: int
    vat: Vat | None


class TariffsAnswer(Answer):
    """The tariffs in force; ``version`` is 0 if none are set."""

    version: int
    text: str
    rates: list[RateAnswer]
    limits: list[LimitAnswer]
    discounts: list[DiscountAnswer]
    allowances: list[AllowanceAnswer]
    cancelling: list[CancellingAnswer]
    equipment: list[EquipmentPriceAnswer]
    vat: Vat
    vat_percent: Decimal | None
    gross: bool
    year_starts: int
    changed_at: str | None
    changed_by: str | None


class LineAnswer(Answer):
    """``pence`` may be below zero. ``seconds`` and ``unit_pence``: how long at how much an hour."""

    kind: QuoteLineKind
    text: str
    pence: int
    vat: Vat | None
    seconds: float | None
    unit_pence: int | None


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
    starts: str
    ends: str
    before: str
    after: str


class ExampleAnswer(Answer):
    """What a typical booking would cost."""

    space: str
    tier: Tier
    starts: str
    ends: str
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
    starts: str
    ends: str


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
    made_at: str
    made_by: str
    superseded_at: str | None


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
    return f"{text}, and {length(unset_us)} for which {NO_CHARGE_SET}" if unset_us else text


def tariffs_answer(found: StoredTariffs | None, site: Site) -> TariffsAnswer:
    return TariffsAnswer(**_tariffs(found, site))


def set_answer(site: Site, made: StoredTariffs, effect: TariffEffect, *, checked: bool) -> StoredTariffsAnswer:
    return StoredTariffsAnswer(**_tariffs(made, site), checked=checked, effect=_effect_answer(effect, site.tz))


def _tariffs(found: StoredTariffs | None, site: Site) -> dict[str, Any]:
    value = found.tariffs if found else Tariffs()
    note = f"prices as set by {found.changed_by}" if found and not value.empty else NO_CHARGE_SET
    return {
        "version": found.version if found else 0,
        "text": note,
        "rates": [_rate_answer(each) for each in value.rates],
        "limits": [
            LimitAnswer(
                **_scope(each),
                minimum_minutes=each.minimum_minutes,
                minimum_pence=each.minimum,
                day_cap_pence=each.day_cap,
                booking_cap_pence=each.booking_cap,
            )
            for each in value.limits
        ],
        "discounts": [
            DiscountAnswer(**_scope(each), percent=each.percent, dates=each.dates, total_hours=each.total_hours)
            for each in value.discounts
        ],
        "allowances": [
            AllowanceAnswer(**_scope(each), id=each.id, free_hours=each.free_hours, per=each.per)
            for each in value.allowances
        ],
        "cancelling": [
            CancellingAnswer(
                **_scope(each),
                steps=[StepAnswer(days=step.days, percent=step.percent) for step in each.steps],
                late_percent=each.late,
                no_show_percent=each.no_show,
                released_percent=each.released,
            )
            for each in value.cancelling
        ],
        "equipment": [
            EquipmentPriceAnswer(equipment=each.equipment, per_use_pence=each.per_use, vat=each.vat)
            for each in value.equipment
        ],
        "vat": value.vat,
        "vat_percent": value.vat_percent,
        "gross": value.gross,
        "year_starts": value.year_starts,
        "changed_at": local_time.rfc3339(found.changed_at, site.tz) if found else None,
        "changed_by": found.changed_by if found else None,
    }


def _scope(rule: model.RuleScope) -> dict[str, Any]:
    return {
        "name": rule.name,
        "parties": list(rule.parties),
        "spaces": list(rule.spaces),
        "layouts": list(rule.layouts),
        "tiers": list(rule.tiers),
    }


def _rate_answer(rate: model.Rate) -> RateAnswer:
    return RateAnswer(
        **_scope(rate),
        hours=list(rate.hours),
        modes=list(rate.modes),
        per_hour_pence=rate.per_hour,
        flat_pence=rate.flat,
        each_seat=rate.each_seat,
        vat=rate.vat,
    )


def _effect_answer(effect: TariffEffect, zone: ZoneInfo) -> TariffEffectAnswer:
    return TariffEffectAnswer(
        shifts=[
            ShiftAnswer(
                booking=each.booking_id,
                title=each.title,
                **_times(each.during, zone),
                **_change(each.before, each.after),
            )
            for each in effect.shifts
        ],
        kept=effect.kept,
        examples=[
            ExampleAnswer(
                space=each.space, tier=each.tier, **_times(each.during, zone), **_change(each.before, each.after)
            )
            for each in effect.examples
        ],
        overpriced_parts=list(effect.overpriced_parts),
    )


def _times(during: Interval, zone: ZoneInfo) -> dict[str, Any]:
    return {"starts": local_time.rfc3339(during.start, zone), "ends": local_time.rfc3339(during.end, zone)}


def _change(before: Quote, after: Quote) -> dict[str, Any]:
    return {
        "before": summary(before.total, before.vat, before.unset_us),
        "after": summary(after.total, after.vat, after.unset_us),
    }


def _line_answer(line: QuoteLine) -> LineAnswer:
    return answer_of(LineAnswer, line, unit_pence=line.unit)


def _price(quote: Quote) -> dict[str, Any]:
    return {
        "text": summary(quote.total, quote.vat, quote.unset_us),
        "total_pence": quote.total,
        "net_pence": quote.net,
        "vat_pence": quote.vat,
        "unset_minutes": quote.unset_us / 60_000_000,
        "lines": [_line_answer(line) for line in quote.lines],
        "terms": terms(quote.cancelling) if quote.total is not None else "",
    }


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
        dates=[DatePriceAnswer(**_price(each.quote), **_times(each.during, site.tz)) for each in quoted],
    )


def account_answer(account: Account) -> AccountAnswer:
    zone = account.site.tz
    frozen = [account.frozen] if account.frozen else []
    ends = account.if_cancelled if account.if_cancelled and account.if_cancelled.total is not None else None
    return AccountAnswer(
        **_price(account.quote),
        booking=account.booking.id,
        frozen=account.settled,
        if_cancelled=summary(ends.total, ends.vat, 0) if ends else "",
        if_cancelled_pence=ends.total if ends else None,
        quotes=[_frozen_answer(each, zone) for each in (*frozen, *account.earlier)],
    )


def cancel_charge(account: Account) -> str:
    """What cancelling now would cost, as a sentence; empty where nothing is charged for it at all."""
    ends = account.if_cancelled
    if ends is None or ends.total is None or not account.quote.total:
        return ""
    return f"Cancelled now, {summary(ends.total, ends.vat, 0) if ends.total else 'nothing'} is charged."


def _frozen_answer(frozen: Frozen, zone: ZoneInfo) -> FrozenAnswer:
    return FrozenAnswer(
        **_price(frozen.quote),
        number=frozen.number,
        cause=frozen.why,
        tariff_version=frozen.tariff_version,
        made_at=local_time.rfc3339(frozen.made_at, zone),
        made_by=frozen.made_by,
        superseded_at=local_time.rfc3339(frozen.superseded_at, zone) if frozen.superseded_at else None,
    )
