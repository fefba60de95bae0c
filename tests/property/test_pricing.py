"""Whatever the tariffs: lines add up, nothing is below zero, the order of rules does not matter, no split pays."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.billing.bill_changes import cancelled, changed, given_up, no_show, waived
from controller.billing.model import (
    Allowance,
    AllowancePeriod,
    AnyScope,
    Cancelling,
    CancellingStep,
    Discount,
    EquipmentPrice,
    Limit,
    Priced,
    Quote,
    QuoteLineKind,
    Rate,
    Tariffs,
    Used,
    Vat,
)
from controller.billing.money import HOUR_US
from controller.billing.pricing import price
from controller.billing.rate_selection import most_particular, tie
from controller.hours.modes import ModePeriod
from controller.people.model import Tier
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.billing.wishes import LONDON, bill, wall
from tests.fuzz.effort import examples

T = TypeVar("T")
FIRST = wall("2026-10-24 12:00")
"""Half a day before the clocks go back."""
HOURS = ("Sat 18:00 - Sun 02:00", "Sun 00:00-24:00", "Mon-Fri 18:00-22:00", "Sun 01:00-01:30", "Sun 22:00 - Mon 05:00")
PENCE = st.integers(0, 3000)
SOME_VAT = st.sampled_from([None, Vat.EXEMPT, Vat.STANDARD])


def some(*values: T) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


SCOPE = {
    "name": st.integers(0, 10**9).map(str),
    "parties": some("choir", "scouts"),
    "spaces": some("hall", "studio"),
    "layouts": some("theatre"),
    "tiers": some(Tier.COMMUNITY, Tier.PARTNER),
}
RATE = st.builds(
    Rate,
    **SCOPE,
    hours=some(*HOURS),
    modes=some(Mode.CLOSED, Mode.STAFFED),
    per_hour_pence=st.none() | PENCE,
    flat_pence=st.none() | PENCE,
    each_seat=st.booleans(),
    vat=SOME_VAT,
)
LIMIT = st.builds(
    Limit,
    **SCOPE,
    minimum_minutes=st.none() | st.integers(1, 300),
    minimum_pence=st.none() | PENCE,
    day_cap_pence=st.none() | st.integers(0, 20_000),
    booking_cap_pence=st.none() | st.integers(0, 20_000),
)
ALLOWANCE = st.builds(
    Allowance, **SCOPE, id=st.just("free"), free_hours=st.integers(1, 30), per=st.sampled_from(list(AllowancePeriod))
)
DISCOUNT = st.builds(
    Discount,
    **SCOPE,
    percent=st.integers(0, 100),
    dates=st.none() | st.integers(1, 5),
    total_hours=st.none() | st.integers(1, 20),
)
CANCELLING = st.builds(
    Cancelling,
    **SCOPE,
    steps=st.lists(st.builds(CancellingStep, days=st.integers(0, 30), percent=st.integers(0, 100)), max_size=3).map(
        tuple
    ),
    late_percent=st.integers(0, 100),
    no_show_percent=st.integers(0, 100),
)


def apart(rules: st.SearchStrategy[AnyScope], most: int = 5) -> st.SearchStrategy[tuple[AnyScope, ...]]:
    """Lists of rules as they can be set: names differ, no two are tied."""

    def keep(found: list[AnyScope]) -> tuple[AnyScope, ...]:
        kept: list[AnyScope] = []
        for each in found:
            if each.name not in {other.name for other in kept} and tie([*kept, each]) is None:
                kept.append(each)
        return tuple(kept)

    return st.lists(rules, max_size=most).map(keep)


PLAIN = st.builds(
    Tariffs,
    rates=apart(RATE, 8),
    limits=apart(LIMIT),
    vat=st.sampled_from(list(Vat)),
)
"""Rates and limits alone."""
TARIFFS = st.builds(
    Tariffs,
    rates=apart(RATE, 8),
    limits=apart(LIMIT),
    discounts=apart(DISCOUNT),
    allowances=apart(ALLOWANCE, 3),
    cancelling=apart(CANCELLING, 3),
    equipment=st.just(())
    | st.builds(EquipmentPrice, equipment=st.just("projector"), per_use_pence=PENCE).map(lambda each: (each,)),
    vat=st.sampled_from(list(Vat)),
    vat_percent=st.none() | st.sampled_from([Decimal(20), Decimal("17.5")]),
    gross=st.booleans(),
    year_starts=st.integers(1, 12),
)


@st.composite
def wishes(draw: st.DrawFn) -> Priced:
    starts = FIRST + timedelta(minutes=draw(st.integers(0, 3 * 1440)))
    during = Interval(start=starts, end=starts + timedelta(seconds=draw(st.integers(1, 2 * 86_400))))
    middle = during.start + (during.end - during.start) / 2
    return Priced(
        zone=LONDON,
        space=draw(st.sampled_from(["hall", "studio"])),
        layout=draw(st.sampled_from([None, "theatre"])),
        tier=draw(st.sampled_from([Tier.COMMUNITY, Tier.COUNCIL])),
        party=draw(st.sampled_from([None, "choir"])),
        during=during,
        modes=_modes(during, middle),
        seats=draw(st.integers(1, 4)),
        equipment=(Used(equipment="projector", name="Projector", count=draw(st.integers(0, 2))),),
        dates=draw(st.integers(1, 6)),
        series_us=0,
    )


def _modes(during: Interval, middle: datetime) -> tuple[ModePeriod, ...]:
    if not during.start < middle < during.end:
        return (ModePeriod(during=during, mode=Mode.CLOSED),)
    return (
        ModePeriod(during=Interval(start=during.start, end=middle), mode=Mode.STAFFED),
        ModePeriod(during=Interval(start=middle, end=during.end), mode=Mode.CLOSED),
    )


SPENT = st.integers(0, 30).map(
    lambda hours: Counter({("free", "2026"): hours * HOUR_US, ("free", "2026-10"): hours * HOUR_US})
)


@given(tariffs=TARIFFS, wish=wishes(), spent=SPENT)
@settings(max_examples=examples(50))
def test_the_lines_add_up_to_the_total_and_nothing_is_below_zero(
    tariffs: Tariffs, wish: Priced, spent: Counter[tuple[str, str]]
) -> None:
    quote = price(tariffs, wish, spent)
    assert quote == price(tariffs, wish, spent)
    assert sum(line.pence for line in quote.lines) == (quote.total or 0)
    assert (quote.total or 0) >= quote.vat >= 0
    by_vat = Counter[Vat]()
    for line in quote.lines:
        if line.vat is not None:
            by_vat[line.vat] += line.pence
            assert by_vat[line.vat] >= 0
    limit = most_particular(tariffs.limits, wish)
    if limit is not None and limit.booking_cap_pence is not None:
        time = sum(line.pence for line in quote.lines if line.kind not in {QuoteLineKind.EQUIPMENT, QuoteLineKind.VAT})
        assert time <= limit.booking_cap_pence


@pytest.mark.cases_full
@given(tariffs=TARIFFS, wish=wishes(), spent=SPENT, order=st.randoms(use_true_random=False))
@settings(max_examples=examples(50))
def test_the_order_in_which_rules_are_written_is_of_no_matter(
    tariffs: Tariffs,
    wish: Priced,
    spent: Counter[tuple[str, str]],
    order: Random,
) -> None:
    def mixed(rules: tuple[AnyScope, ...]) -> tuple[AnyScope, ...]:
        return tuple(order.sample(rules, len(rules)))

    other = msgspec.structs.replace(
        tariffs,
        rates=mixed(tariffs.rates),
        limits=mixed(tariffs.limits),
        discounts=mixed(tariffs.discounts),
        allowances=mixed(tariffs.allowances),
        cancelling=mixed(tariffs.cancelling),
    )
    assert price(tariffs, wish, spent) == price(other, wish, spent)


@pytest.mark.cases_full
@given(tariffs=PLAIN, wish=wishes(), at=st.floats(0.01, 0.99))
@settings(max_examples=examples(50))
def test_two_bookings_in_a_row_never_cost_less_than_one_but_for_the_rounding_of_lines(
    tariffs: Tariffs, wish: Priced, at: float
) -> None:
    """Where no hours are free and nothing is discounted."""
    middle = wish.during.start + (wish.during.end - wish.during.start) * at
    if not wish.during.start < middle < wish.during.end:
        return
    halves = [
        price(tariffs, _part(wish, Interval(start=start, end=end)), Counter())
        for start, end in ((wish.during.start, middle), (middle, wish.during.end))
    ]
    whole = price(tariffs, wish, Counter())
    assert sum(half.total or 0 for half in halves) >= (whole.total or 0) - sum(
        line.kind in {QuoteLineKind.TIME, QuoteLineKind.MINIMUM} for each in (*halves, whole) for line in each.lines
    )


def _part(wish: Priced, during: Interval) -> Priced:
    modes = tuple(
        ModePeriod(
            during=Interval(start=max(each.during.start, during.start), end=min(each.during.end, during.end)),
            mode=each.mode,
        )
        for each in wish.modes
        if each.during.overlaps(during)
    )
    return msgspec.structs.replace(wish, during=during, modes=modes, equipment=())


@pytest.mark.cases_full
@given(tariffs=TARIFFS, wish=wishes(), spent=SPENT)
@settings(max_examples=examples(50))
def test_no_free_hours_are_given_twice_however_a_party_books(
    tariffs: Tariffs, wish: Priced, spent: Counter[tuple[str, str]]
) -> None:
    had = Counter(spent)
    for _ in range(3):
        for use in price(tariffs, wish, had).uses:
            had[use.allowance, use.period] += use.us
    rule = most_particular(tariffs.allowances, wish)
    allowed = rule.free_hours * HOUR_US if rule is not None else 0
    assert {key: us for key, us in had.items() if us != spent[key] and us > allowed} == {}


@pytest.mark.cases_full
@given(tariffs=TARIFFS, wish=wishes(), hours=st.integers(-2000, 2000))
@settings(max_examples=examples(50))
def test_what_is_left_of_a_cancelled_quote_adds_up_and_is_no_more_than_it_was(
    tariffs: Tariffs, wish: Priced, hours: int
) -> None:
    quote = price(tariffs, wish, Counter())
    at = wish.during.start + timedelta(hours=hours)
    booked = bill(quote, wish.during)
    for owed in (cancelled(booked, zone=LONDON, at=at), no_show(booked, at=at)):
        left = owed.quote
        assert _adds_up(left)
        assert left.lines[: len(quote.lines)] == quote.lines
        assert (left.total is None) == (quote.total is None)
        assert 0 <= (left.total or 0) <= (quote.total or 0)
        assert 0 <= left.vat <= (left.total or 0)


@given(
    tariffs=TARIFFS,
    wish=wishes(),
    hours=st.integers(-2000, 0),
    part=st.floats(0.05, 0.95),
    away=st.booleans(),
    let_off=st.booleans(),
)
@settings(max_examples=examples(50))
def test_no_change_before_a_cancel_makes_it_cheaper_than_the_cancel_alone(
    tariffs: Tariffs, wish: Priced, hours: int, part: float, away: bool, let_off: bool
) -> None:
    quote = price(tariffs, wish, Counter())
    at = wish.during.start + timedelta(hours=hours)
    booked = bill(quote, wish.during)
    short = Interval(start=wish.during.start, end=wish.during.start + (wish.during.end - wish.during.start) * part)
    kept = price(tariffs, _part(wish, short), Counter())
    charge = given_up(booked, None if away else kept, zone=LONDON, at=at)
    other = changed(booked, kept, bill(kept, short).basis, charge)
    assert _adds_up(other.quote)
    assert 0 <= other.quote.vat <= (other.quote.total or 0)
    alone, later = (cancelled(each, zone=LONDON, at=at).quote.total or 0 for each in (booked, other))
    assert later >= alone - 1  # each is rounded by itself
    if let_off:
        free = cancelled(waived(other, "why", given_up_only=False), zone=LONDON, at=at).quote
        assert (free.total or 0, free.vat) == (0, 0)
        assert _adds_up(free)


def _adds_up(quote: Quote) -> bool:
    return sum(line.pence for line in quote.lines) == (quote.total or 0)


@given(wish=wishes(), per_hour=st.lists(st.integers(0, 5000), min_size=4, max_size=4))
@settings(max_examples=examples(50))
def test_time_costs_what_going_through_it_second_by_second_gives(wish: Priced, per_hour: list[int]) -> None:
    """Against a plain walk; hours whose ends lie in no night of a clock change."""
    hours = ("Sat 18:00-24:00", "Sun 03:00-12:00", "Mon-Tue 09:00-17:00")
    tariffs = Tariffs(
        rates=(
            Rate(name="else", per_hour_pence=per_hour[3]),
            *(
                Rate(name=text, hours=(text,), per_hour_pence=pence)
                for text, pence in zip(hours, per_hour, strict=False)
            ),
        )
    )
    during = Interval(
        start=wish.during.start.replace(second=0), end=wish.during.end.replace(second=0) + timedelta(minutes=1)
    )
    exact: Counter[str] = Counter()
    at = during.start
    while at < during.end:
        local = at.astimezone(LONDON)
        name = (
            hours[0]
            if local.weekday() == 5 and local.hour >= 18
            else hours[1]
            if local.weekday() == 6 and 3 <= local.hour < 12
            else hours[2]
            if local.weekday() in {0, 1} and 9 <= local.hour < 17
            else "else"
        )
        exact[name] += 1
        at += timedelta(minutes=1)
    pence = dict(zip((*hours, "else"), per_hour, strict=True))
    walked = sum((2 * minutes * pence[name] + 60) // 120 for name, minutes in exact.items())
    modes = (ModePeriod(during=during, mode=Mode.CLOSED),)
    found = price(tariffs, msgspec.structs.replace(wish, during=during, modes=modes, equipment=()), Counter())
    assert found.total == walked
    assert during.start.tzinfo is UTC
