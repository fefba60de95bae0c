"""What a booking costs and how the quote says so."""

from decimal import Decimal

import msgspec
import pytest

from controller.billing.model import (
    Allowance,
    AllowancePeriod,
    Discount,
    EquipmentPrice,
    Limit,
    QuoteLineKind,
    Rate,
    Tariffs,
    Used,
    Vat,
)
from controller.billing.money import HOUR_US
from controller.hours.modes import ModePeriod
from controller.people.model import Tier
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.billing.wishes import DAY, quote, told, wall

EVENINGS = Rate(
    name="community, evenings", tiers=(Tier.COMMUNITY,), hours=("Mon-Fri 18:00-22:00",), per_hour_pence=1200
)
FREE_20 = Allowance(id="groups", name="groups", tiers=(Tier.COMMUNITY,), free_hours=20, per=AllowancePeriod.YEAR)


def test_time_is_charged_by_the_rate_of_its_hour_in_words() -> None:
    found = quote(Tariffs(rates=(DAY, EVENINGS)), "2026-11-26 17:00", "2026-11-26 20:30")
    assert told(found) == [
        "1 h at £10.00 an hour (any time): 1000",
        "2 h 30 min at £12.00 an hour (community, evenings): 3000",
    ]
    assert (found.total, found.vat, found.net) == (4000, 0, 4000)


def test_no_tariff_is_no_charge_set_and_not_zero_pounds() -> None:
    found = quote(Tariffs(), "2026-11-26 17:00", "2026-11-26 20:30")
    assert (found.total, told(found)) == (None, ["no charge is set: 0"])


def test_time_without_a_rate_is_distinguished_from_free_time() -> None:
    free = Rate(name="mornings", hours=("Thu 09:00-12:00",), per_hour_pence=0)
    found = quote(Tariffs(rates=(free, EVENINGS)), "2026-11-26 11:00", "2026-11-26 19:00")
    assert told(found) == [
        "6 h: no charge is set: 0",
        "1 h free (mornings): 0",
        "1 h at £12.00 an hour (community, evenings): 1200",
    ]
    assert (found.total, found.unset_us) == (1200, 6 * HOUR_US)
    assert quote(Tariffs(rates=(EVENINGS,)), "2026-11-26 11:00", "2026-11-26 12:00").total is None
    assert quote(Tariffs(rates=(free,)), "2026-11-26 11:00", "2026-11-26 12:00").total == 0


@pytest.mark.parametrize(
    ("starts", "ends", "hours"),
    [
        ("2026-10-24 22:00", "2026-10-25 06:00", 9),
        ("2027-03-27 22:00", "2027-03-28 06:00", 7),
        ("2026-11-25 22:00", "2026-11-26 06:00", 8),
    ],
)
def test_real_minutes_are_charged_in_the_nights_of_the_clock_changes(starts: str, ends: str, hours: int) -> None:
    found = quote(Tariffs(rates=(DAY,)), starts, ends)
    assert found.total == hours * 1000
    notes = [line.text for line in found.lines if line.kind is QuoteLineKind.NOTE]
    way = {9: "back", 7: "forward"}.get(hours)
    told_so = f"the clocks go {way}: from 22:00 to 06:00 it lasts {hours} h, and so much is counted"
    assert notes == ([told_so] if way else [])


def test_rates_change_at_their_wall_time_in_the_night_of_the_clock_change() -> None:
    night = Rate(name="nights", hours=("Sun 01:00 - Sun 02:00",), per_hour_pence=6000)
    found = quote(Tariffs(rates=(DAY, night)), "2026-10-25 00:00", "2026-10-25 03:00")
    assert told(found)[:2] == ["2 h at £10.00 an hour (any time): 2000", "2 h at £60.00 an hour (nights): 12000"]


def test_a_booking_over_the_end_of_the_week_meets_monday_and_sunday() -> None:
    sunday = Rate(name="Sundays", hours=("Sun 00:00-24:00",), per_hour_pence=2000)
    monday = Rate(name="Mondays", hours=("Mon 00:00-24:00",), per_hour_pence=600)
    found = quote(Tariffs(rates=(sunday, monday)), "2026-11-29 23:00", "2026-11-30 00:30")
    assert told(found) == ["1 h at £20.00 an hour (Sundays): 2000", "30 min at £6.00 an hour (Mondays): 300"]


def test_modes_split_a_booking_where_a_rate_asks_for_one() -> None:
    during = Interval(start=wall("2026-11-26 16:00"), end=wall("2026-11-26 19:00"))
    five = wall("2026-11-26 17:00")
    modes = (
        ModePeriod(during=Interval(start=during.start, end=five), mode=Mode.STAFFED),
        ModePeriod(during=Interval(start=five, end=during.end), mode=Mode.CLOSED),
    )
    alone = Rate(name="nobody on site", modes=(Mode.CLOSED, Mode.EXTENDED), per_hour_pence=1500)
    found = quote(Tariffs(rates=(DAY, alone)), "2026-11-26 16:00", "2026-11-26 19:00", modes=modes)
    assert [line.pence for line in found.lines] == [1000, 3000]


def test_the_rate_that_names_most_wins_and_of_equals_the_one_that_names_the_earlier_kind() -> None:
    rates = [
        DAY,
        Rate(name="space", spaces=("hall",), per_hour_pence=800),
        Rate(name="tier", tiers=(Tier.COMMUNITY,), per_hour_pence=0),
        Rate(name="space and mode", spaces=("hall",), modes=(Mode.CLOSED,), per_hour_pence=600),
        Rate(name="tier and hours", tiers=(Tier.COMMUNITY,), hours=("Thu 00:00-24:00",), per_hour_pence=700),
        Rate(name="party", parties=("choir",), per_hour_pence=850),
    ]
    for count, winner in ((1, "any time"), (2, "space"), (3, "tier"), (4, "space and mode"), (5, "tier and hours")):
        found = quote(Tariffs(rates=tuple(rates[:count])), "2026-11-26 10:00", "2026-11-26 11:00")
        assert f"({winner})" in told(found)[0]
    found = quote(Tariffs(rates=(rates[0], rates[1], rates[2], rates[5])), "2026-11-26 10:00", "2026-11-26 11:00")
    assert "(party)" in told(found)[0]
    partner = quote(
        Tariffs(rates=tuple(rates)),
        "2026-11-26 10:00",
        "2026-11-26 11:00",
        space="studio",
        tier=Tier.PARTNER,
        party=None,
    )
    assert "(any time)" in told(partner)[0]


def test_a_layout_has_its_own_price() -> None:
    theatre = Rate(name="theatre", layouts=("theatre",), per_hour_pence=2500)
    tariffs = Tariffs(rates=(DAY, theatre))
    assert quote(tariffs, "2026-11-26 10:00", "2026-11-26 11:00", layout="theatre").total == 2500
    assert quote(tariffs, "2026-11-26 10:00", "2026-11-26 11:00").total == 1000


def test_every_line_is_rounded_half_up_by_itself() -> None:
    odd = Rate(name="odd", per_hour_pence=10)
    assert quote(Tariffs(rates=(odd,)), "2026-11-26 10:00", "2026-11-26 10:03").total == 1
    assert quote(Tariffs(rates=(odd,)), "2026-11-26 10:00:00", "2026-11-26 10:02:59").total == 0
    assert told(quote(Tariffs(rates=(odd,)), "2026-11-26 10:00", "2026-11-26 10:00:30.5"))[0].startswith("30.5 s")


def test_a_flat_fee_comes_once_for_all_time_at_its_rate() -> None:
    party = Rate(name="Friday night", hours=("Fri 18:00 - Sat 02:00",), flat_pence=15000)
    found = quote(Tariffs(rates=(DAY, party)), "2026-11-27 17:00", "2026-11-28 02:00")
    assert told(found) == ["1 h at £10.00 an hour (any time): 1000", "flat fee of £150.00 (Friday night): 15000"]


def test_seats_of_a_pool_cost_each() -> None:
    desks = Rate(name="desks", spaces=("desks",), per_hour_pence=150, each_seat=True)
    found = quote(Tariffs(rates=(desks,)), "2026-11-26 10:00", "2026-11-26 12:00", space="desks", seats=3)
    assert told(found) == ["2 h at £1.50 an hour for each of 3 seats (desks): 900"]


def test_too_short_a_booking_pays_the_least_time_and_then_the_least_charge() -> None:
    hour = Limit(name="lets", minimum_minutes=60, minimum_pence=1500)
    found = quote(Tariffs(rates=(DAY,), limits=(hour,)), "2026-11-26 10:00", "2026-11-26 10:30")
    assert told(found) == [
        "30 min at £10.00 an hour (any time): 500",
        "30 min more, since the least is 1 h (lets): 500",
        "the least charge is £15.00 (lets): 500",
    ]


def test_a_minimum_does_not_raise_what_its_rate_makes_free() -> None:
    free = Rate(name="council", per_hour_pence=0)
    limit = Limit(name="lets", minimum_minutes=60, minimum_pence=1500)
    assert quote(Tariffs(rates=(free,), limits=(limit,)), "2026-11-26 10:00", "2026-11-26 10:30").total == 0


def test_the_cap_of_a_day_holds_for_each_local_day_and_that_of_a_booking_for_all() -> None:
    limit = Limit(name="lets", day_cap_pence=5000, booking_cap_pence=8000)
    found = quote(Tariffs(rates=(DAY,), limits=(limit,)), "2026-11-26 16:00", "2026-11-28 02:00")
    assert told(found) == [
        "8 h on Thu 26 Nov at £10.00 an hour (any time): 8000",
        "24 h on Fri 27 Nov at £10.00 an hour (any time): 24000",
        "2 h on Sat 28 Nov at £10.00 an hour (any time): 2000",
        "at most £50.00 on Thu 26 Nov (lets): -3000",
        "at most £50.00 on Fri 27 Nov (lets): -19000",
        "at most £80.00 a booking (lets): -4000",
    ]
    assert found.total == 8000


def test_the_most_particular_limit_holds_alone() -> None:
    limits = (
        Limit(name="all", minimum_pence=5000),
        Limit(name="community", tiers=(Tier.COMMUNITY,), booking_cap_pence=700),
    )
    assert quote(Tariffs(rates=(DAY,), limits=limits), "2026-11-26 10:00", "2026-11-26 11:00").total == 700


def test_free_hours_run_out_in_the_middle_of_a_booking() -> None:
    tariffs = Tariffs(rates=(DAY, EVENINGS), allowances=(FREE_20,))
    used = {("groups", "2026"): 17 * HOUR_US}
    found = quote(tariffs, "2026-11-26 16:00", "2026-11-26 20:00", used)
    assert told(found) == [
        "2 h at £10.00 an hour (any time): 2000",
        "2 h at £12.00 an hour (community, evenings): 2400",
        "first 20 h in 2026 are free: 3 h left, 3 h taken (groups): -3200",
    ]
    assert [(use.period, use.us) for use in found.uses] == [("2026", 3 * HOUR_US)]
    after = quote(tariffs, "2026-11-26 16:00", "2026-11-26 20:00", {("groups", "2026"): 20 * HOUR_US})
    assert told(after)[2:] == ["first 20 h in 2026 are free: none left (groups): 0"]
    assert (after.total, after.uses) == (4400, ())


def test_nobody_in_particular_has_no_free_hours() -> None:
    tariffs = Tariffs(rates=(DAY,), allowances=(FREE_20,))
    assert quote(tariffs, "2026-11-26 16:00", "2026-11-26 20:00", party=None).total == 4000


def test_free_hours_are_counted_in_the_period_in_which_they_are_had() -> None:
    monthly = Allowance(id="groups", name="groups", free_hours=2, per=AllowancePeriod.MONTH)
    tariffs = Tariffs(rates=(DAY,), allowances=(monthly,))
    found = quote(tariffs, "2026-11-30 22:30", "2026-12-01 03:00", {("groups", "2026-11"): HOUR_US})
    assert [(use.period, use.us // HOUR_US) for use in found.uses] == [("2026-11", 1), ("2026-12", 2)]
    assert told(found)[1] == (
        "first 2 h in November 2026 are free: 1 h left, 1 h taken; "
        "first 2 h in December 2026 are free: 2 h left, 2 h taken (groups): -3000"
    )
    from_april = Tariffs(rates=(DAY,), allowances=(FREE_20,), year_starts=4)
    spring = quote(from_april, "2027-03-31 23:00", "2027-04-01 01:00")
    assert [use.period for use in spring.uses] == ["2026", "2027"]
    assert "the year from April 2026" in told(spring)[1]


def test_free_hours_pay_a_minimum_only_where_they_pay_for_all_of_the_time() -> None:
    tariffs = Tariffs(rates=(DAY,), allowances=(FREE_20,), limits=(Limit(name="lets", minimum_pence=1500),))
    assert quote(tariffs, "2026-11-26 16:00", "2026-11-26 17:00").total == 0
    assert quote(tariffs, "2026-11-26 16:00", "2026-11-26 17:00", {("groups", "2026"): 20 * HOUR_US - 1}).total == 1500


def test_free_hours_come_before_caps_and_caps_before_discounts() -> None:
    tariffs = Tariffs(
        rates=(DAY,),
        allowances=(FREE_20,),
        limits=(Limit(name="lets", booking_cap_pence=5000),),
        discounts=(Discount(name="terms", percent=10, dates=10),),
    )
    found = quote(tariffs, "2026-11-26 10:00", "2026-11-26 20:00", {("groups", "2026"): 18 * HOUR_US}, dates=10)
    assert told(found) == [
        "10 h at £10.00 an hour (any time): 10000",
        "first 20 h in 2026 are free: 2 h left, 2 h taken (groups): -2000",
        "at most £50.00 a booking (lets): -3000",
        "block of 10: −10 % (terms): -500",
    ]


def test_the_highest_discount_that_is_earned_is_given_alone() -> None:
    discounts = (
        Discount(name="terms", percent=10, dates=10),
        Discount(name="years", percent=25, dates=40),
        Discount(name="long", percent=15, total_hours=24),
    )
    tariffs = Tariffs(rates=(DAY,), discounts=discounts)
    totals = [
        quote(tariffs, "2026-11-26 10:00", "2026-11-26 12:00", dates=dates, series_us=dates * 2 * HOUR_US).total
        for dates in (1, 10, 12, 40)
    ]
    assert totals == [2000, 1800, 1700, 1500]
    twice = quote(tariffs, "2026-11-26 10:00", "2026-11-27 10:00", dates=2, series_us=48 * HOUR_US)
    assert told(twice)[1] == "24 h or more: −15 % (long): -3600"


def test_a_single_long_booking_is_no_series() -> None:
    tariffs = Tariffs(rates=(DAY,), discounts=(Discount(name="long", percent=15, total_hours=24),))
    alone = quote(tariffs, "2026-11-26 10:00", "2026-11-28 22:00", dates=1, series_us=60 * HOUR_US)
    assert [line for line in told(alone) if "long" in line] == []


def test_equipment_costs_by_the_piece_and_is_neither_capped_nor_discounted() -> None:
    tariffs = Tariffs(
        rates=(DAY,),
        limits=(Limit(name="lets", booking_cap_pence=100),),
        equipment=(
            EquipmentPrice(equipment="projector", per_use_pence=500),
            EquipmentPrice(equipment="chair", per_use_pence=0),
        ),
    )
    used = tuple(Used(equipment=each, name=each.title(), count=2) for each in ("chair", "lectern", "projector"))
    found = quote(tariffs, "2026-11-26 10:00", "2026-11-26 11:00", equipment=used)
    assert told(found)[2:] == ["2 × Chair free: 0", "2 × Projector at £5.00: 1000"]
    assert found.total == 1100


def test_vat_is_added_to_net_prices_and_named_within_gross_ones() -> None:
    mixed = Tariffs(
        rates=(Rate(name="any time", per_hour_pence=1000),),
        equipment=(EquipmentPrice(equipment="projector", per_use_pence=500, vat=Vat.STANDARD),),
        vat_percent=Decimal(20),
    )
    projector = (Used(equipment="projector", name="Projector", count=1),)
    gross = quote(mixed, "2026-11-26 10:00", "2026-11-26 11:00", equipment=projector)
    assert told(gross)[-1] == "includes VAT of £0.83 (20 %): 0"
    assert (gross.total, gross.vat, gross.net) == (1500, 83, 1417)
    net = quote(
        msgspec.structs.replace(mixed, gross=False), "2026-11-26 10:00", "2026-11-26 11:00", equipment=projector
    )
    assert told(net)[-1] == "VAT of 20 % on £5.00: 100"
    assert (net.total, net.vat) == (1600, 100)
    exempt = quote(mixed, "2026-11-26 10:00", "2026-11-26 11:00")
    assert told(exempt)[-1] == "VAT exempt: 0"
    half = msgspec.structs.replace(mixed, vat=Vat.STANDARD, vat_percent=Decimal("17.5"), gross=False)
    assert told(quote(half, "2026-11-26 10:00", "2026-11-26 11:00"))[-1] == "VAT of 17.5 % on £10.00: 175"


def test_what_a_cap_takes_off_is_shared_among_exempt_and_standard_rated_time() -> None:
    tariffs = Tariffs(
        rates=(
            Rate(name="days", hours=("Thu 09:00-18:00",), per_hour_pence=1000, vat=Vat.EXEMPT),
            Rate(name="late", hours=("Thu 18:00-24:00",), per_hour_pence=2000, vat=Vat.STANDARD),
        ),
        limits=(Limit(name="lets", booking_cap_pence=1001),),
        vat_percent=Decimal(20),
        gross=False,
    )
    found = quote(tariffs, "2026-11-26 17:00", "2026-11-26 19:00")
    caps = [(line.vat, line.pence) for line in found.lines if line.kind is QuoteLineKind.CAP]
    assert caps == [(Vat.EXEMPT, -666), (Vat.STANDARD, -1333)]
    assert found.total == 1001 + found.vat


def test_the_last_month_of_the_calendar_can_be_priced() -> None:
    assert quote(Tariffs(rates=(DAY,)), "2199-12-01 00:00", "2199-12-31 00:00").total == 720 * 1000
