"""A price, line by line. Pure: the same tariffs, request and usage give the same quote.

The steps, each applied to the result of those before it:

1. time at the rate of its hour and mode, in real minutes; flat fees
2. the minimum time and the minimum charge
3. free hours, from the booking's start on; they pay a minimum only where they pay for all of its time
4. the cap of each local day, then the cap of the booking
5. one discount, the highest that fits
6. equipment
7. VAT

Every line is rounded by itself to whole pence, half up. What a minimum, a cap or a discount changes is shared among
exempt and standard-rated lines in proportion.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from controller.billing import money
from controller.billing.model import (
    Allowance,
    AllowancePeriod,
    AllowanceUse,
    Discount,
    Limit,
    Priced,
    Quote,
    QuoteLine,
    QuoteLineKind,
    Rate,
    Tariffs,
    Vat,
)
from controller.billing.rate_periods import RatedPeriod, micros, split
from controller.billing.rate_selection import fits, most_particular
from controller.platform.text import local_time
from controller.platform.text.times import short_duration

NO_CHARGE_SET = "no charge is set"
Usage = Mapping[tuple[str, str], int]
"""Allowance and period -> microseconds that the party has had free of it."""


def price(tariffs: Tariffs, request: Priced, usage: Usage) -> Quote:
    """What a booking costs and why."""
    if tariffs.empty:
        return Quote(
            lines=(QuoteLine(kind=QuoteLineKind.UNSET, text=NO_CHARGE_SET),),
            total=None,
            unset_us=micros(request.during.end - request.during.start),
        )
    return _Bill(tariffs, request, usage).quote()


def half_up(numerator: int, denominator: int) -> int:
    """A quotient of numbers from zero up, rounded to the nearest whole, a half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def shared(amount: int, among: Mapping[Vat, int]) -> dict[Vat, int]:
    """A whole amount divided in proportion; no share of a reduction is above what it is taken from.

    ``among``: from zero up, more than zero in all, and not less than ``amount`` where that is taken off.
    """
    whole = sum(among.values())
    shares = {vat: amount * part // whole for vat, part in among.items()}
    rest = amount - sum(shares.values())
    for vat in sorted(among, key=lambda vat: (shares[vat] - among[vat], vat)):
        if rest == 0:
            break
        shares[vat] += 1
        rest -= 1
    return {vat: share for vat, share in shares.items() if share}


class _Bill:
    """A quote while it is being made. ``_sums``: pence so far by day and VAT, all that caps and discounts are about."""

    def __init__(self, tariffs: Tariffs, request: Priced, usage: Usage) -> None:
        self._tariffs = tariffs
        self._request = request
        self._usage = usage
        self._limit = most_particular(tariffs.limits, request) or Limit(name="")
        self._pieces = split(tariffs, request)
        self._lines: list[QuoteLine] = []
        self._sums: Counter[tuple[date, Vat]] = Counter()
        self._raised: Counter[tuple[date, Vat]] = Counter()
        self._uses: list[AllowanceUse] = []

    def quote(self) -> Quote:
        unset = sum(piece.us for piece in self._pieces if piece.rate is None)
        self._time()
        self._minimum()
        self._free_hours()
        self._caps()
        self._discount()
        priced = any(piece.rate is not None for piece in self._pieces)
        equipment = self._equipment()
        if unset:
            self._lines.insert(0, QuoteLine(kind=QuoteLineKind.UNSET, text=f"{short_duration(unset)}: {NO_CHARGE_SET}"))
        vat = self._vat(equipment) if priced or equipment else 0
        self._clock_change()
        total = sum(line.pence for line in self._lines) if priced or equipment else None
        return Quote(
            lines=tuple(self._lines),
            total=total,
            vat=vat,
            unset_us=unset,
            uses=tuple(self._uses),
            cancelling=most_particular(self._tariffs.cancelling, self._request),
        )

    def _vat_of(self, rate: Rate) -> Vat:
        return rate.vat or self._tariffs.vat

    def _add(self, kind: QuoteLineKind, text: str, shares: Mapping[tuple[date, Vat], int]) -> None:
        """A line for each kind of VAT that has a share in it."""
        by_vat = _by_vat(shares)
        self._sums.update(shares)
        self._lines += [
            QuoteLine(kind=kind, text=text, pence=by_vat[vat], vat=vat) for vat in sorted(by_vat) if by_vat[vat]
        ]

    def _time(self) -> None:
        """A line for each rate; for each of its days, where a day has a cap."""
        by_day = self._limit.day_cap_pence is not None and len({piece.day for piece in self._pieces}) > 1
        for rate, day, us in _grouped(self._pieces, by_day=by_day):
            if rate.per_hour_pence is None:
                continue
            seats = self._request.seats if rate.each_seat else 1
            pence = _worth(rate, us, seats)
            at = f"at {money.pounds(rate.per_hour_pence)} an hour" if rate.per_hour_pence else "free"
            each = f" for each of {seats:,} seats" if rate.each_seat and rate.per_hour_pence and seats > 1 else ""
            on = f" on {money.day(day)}" if by_day else ""
            text = f"{short_duration(us)}{on} {at}{each} ({rate.name})"
            vat = self._vat_of(rate)
            seconds = us / money.MICROSECONDS
            self._lines.append(
                QuoteLine(
                    kind=QuoteLineKind.TIME,
                    text=text,
                    pence=pence,
                    vat=vat,
                    seconds=seconds,
                    unit_pence=rate.per_hour_pence,
                )
            )
            self._sums[day, vat] += pence
        for rate, day, _ in _grouped(self._pieces, by_day=False):
            if rate.flat_pence is not None:
                vat = self._vat_of(rate)
                seats = self._request.seats if rate.each_seat else 1
                each = f", {seats:,} seats" if rate.each_seat and seats > 1 else ""
                text = f"flat fee of {money.pounds(rate.flat_pence)} ({rate.name}{each})"
                self._lines.append(
                    QuoteLine(kind=QuoteLineKind.FLAT, text=text, pence=rate.flat_pence * seats, vat=vat)
                )
                self._sums[day, vat] += rate.flat_pence * seats

    def _minimum(self) -> None:
        """Raises only what costs something: what its rates make free stays free."""
        first = next(((piece.rate, piece.day) for piece in self._pieces if piece.rate is not None), None)
        if first is None or not any(
            piece.rate and (piece.rate.per_hour_pence or piece.rate.flat_pence) for piece in self._pieces
        ):
            return
        (rate, day), limit = first, self._limit
        real = micros(self._request.during.end - self._request.during.start)
        short = (limit.minimum_minutes or 0) * 60 * money.MICROSECONDS - real
        if short > 0 and rate.per_hour_pence:
            pence = _worth(rate, short, self._request.seats if rate.each_seat else 1)
            text = f"{short_duration(short)} more, since the least is {short_duration(short + real)} ({limit.name})"
            self._raise(text, {(day, self._vat_of(rate)): pence})
        missing = (limit.minimum_pence or 0) - self._sums.total()
        if missing > 0:
            by_vat = _by_vat(self._sums) if self._sums.total() else {self._vat_of(rate): 1}
            text = f"the least charge is {money.pounds(limit.minimum_pence or 0)} ({limit.name})"
            self._raise(text, {(day, vat): pence for vat, pence in shared(missing, by_vat).items()})

    def _raise(self, text: str, shares: Mapping[tuple[date, Vat], int]) -> None:
        self._add(QuoteLineKind.MINIMUM, text, shares)
        self._raised.update(shares)

    def _free_hours(self) -> None:
        allowance = most_particular(self._tariffs.allowances, self._request) if self._request.party else None
        if allowance is None or not any(_costs(piece) for piece in self._pieces):
            return
        left: dict[tuple[str, date], int] = {}
        taken: Counter[tuple[str, date]] = Counter()
        paid: list[RatedPeriod] = []
        for piece in self._pieces:
            if piece.rate is None or not piece.rate.per_hour_pence:
                continue
            period = period_of(allowance, piece.day, self._tariffs.year_starts)
            if period not in left:
                had = self._usage.get((allowance.id, period[0]), 0)
                left[period] = max(0, allowance.free_hours * money.HOUR_US - had)
            free = min(piece.us, left[period] - taken[period])
            taken[period] += free
            paid.append(RatedPeriod(us=piece.us - free, day=piece.day, rate=piece.rate))
        self._take_off(allowance, left, taken, paid)
        self._uses = [
            AllowanceUse(allowance=allowance.id, period=key, us=taken[key, first])
            for key, first in left
            if taken[key, first]
        ]

    def _take_off(
        self,
        allowance: Allowance,
        left: Mapping[tuple[str, date], int],
        taken: Mapping[tuple[str, date], int],
        paid: list[RatedPeriod],
    ) -> None:
        by_day = self._limit.day_cap_pence is not None and len({piece.day for piece in self._pieces}) > 1
        before, after = self._hourly(self._pieces, by_day=by_day), self._hourly(paid, by_day=by_day)
        shares = {key: after[key] - pence for key, pence in before.items()}
        if not any(piece.us for piece in paid):
            for key, pence in self._raised.items():
                shares[key] = shares.get(key, 0) - pence
        remaining = "; ".join(
            f"first {allowance.free_hours:,} h in {money.period(allowance.per, first)} are free: "
            + (f"{short_duration(hours)} left, {short_duration(taken[key, first])} taken" if hours else "none left")
            for (key, first), hours in left.items()
        )
        self._add(QuoteLineKind.ALLOWANCE, f"{remaining} ({allowance.name})", shares)
        if not any(shares.values()):
            self._lines.append(QuoteLine(kind=QuoteLineKind.ALLOWANCE, text=f"{remaining} ({allowance.name})"))

    def _hourly(self, pieces: Iterable[RatedPeriod], *, by_day: bool) -> Counter[tuple[date, Vat]]:
        """What the time of these pieces costs, each line rounded as on the quote."""
        sums: Counter[tuple[date, Vat]] = Counter()
        for rate, day, us in _grouped(pieces, by_day=by_day):
            sums[day, self._vat_of(rate)] += _worth(rate, us, self._request.seats if rate.each_seat else 1)
        return sums

    def _caps(self) -> None:
        limit = self._limit
        if limit.day_cap_pence is not None:
            for day in sorted({day for day, _ in self._sums}):
                self._cap(
                    limit.day_cap_pence,
                    {key: pence for key, pence in self._sums.items() if key[0] == day},
                    money.day(day),
                )
        if limit.booking_cap_pence is not None:
            self._cap(limit.booking_cap_pence, dict(self._sums), "")

    def _cap(self, most: int, sums: Mapping[tuple[date, Vat], int], day: str) -> None:
        over = sum(sums.values()) - most
        if over <= 0:
            return
        what = f"on {day}" if day else "a booking"
        self._add(QuoteLineKind.CAP, f"at most {money.pounds(most)} {what} ({self._limit.name})", self._off(over, sums))

    def _off(self, amount: int, sums: Mapping[tuple[date, Vat], int]) -> dict[tuple[date, Vat], int]:
        """An amount taken off in proportion to VAT, and within each from the earliest days on."""
        shares: dict[tuple[date, Vat], int] = {}
        for vat, share in shared(amount, _by_vat(sums)).items():
            rest = share
            for key in sorted(key for key in sums if key[1] is vat):
                shares[key] = -min(rest, sums[key])
                rest += shares[key]
        return shares

    def _discount(self) -> None:
        fitting = [each for each in self._tariffs.discounts if fits(each, self._request) and self._earned(each)]
        total = self._sums.total()
        if not fitting or total <= 0:
            return
        best = max(fitting, key=lambda each: (each.percent, each.name))
        amount = half_up(total * best.percent, 100)
        block = f"block of {best.dates}" if best.dates is not None else f"{best.total_hours} h or more"
        text = f"{block}: −{money.percent(best.percent)} ({best.name})"
        self._add(QuoteLineKind.DISCOUNT, text, self._off(amount, dict(self._sums)))

    def _earned(self, discount: Discount) -> bool:
        enough_dates = discount.dates is None or self._request.dates >= discount.dates
        if discount.total_hours is None:
            return enough_dates
        long_enough = self._request.series_us >= discount.total_hours * money.HOUR_US
        return enough_dates and long_enough and self._request.dates > 1

    def _equipment(self) -> bool:
        """Whether any equipment of the booking has a price."""
        prices = {each.equipment: each for each in self._tariffs.equipment}
        found = False
        for used in self._request.equipment:
            if (set_ := prices.get(used.equipment)) is not None and used.count:
                at = f"at {money.pounds(set_.per_use_pence)}" if set_.per_use_pence else "free"
                text = f"{used.count:,} × {used.name} {at}"
                vat = set_.vat or self._tariffs.vat
                self._lines.append(
                    QuoteLine(kind=QuoteLineKind.EQUIPMENT, text=text, pence=used.count * set_.per_use_pence, vat=vat)
                )
                found = True
        return found

    def _vat(self, equipment: bool) -> int:
        """How much of the total is VAT."""
        rate = self._tariffs.vat_percent
        if rate is None:
            return 0
        standard = sum(line.pence for line in self._lines if line.vat is Vat.STANDARD)
        if not any(line.vat is Vat.STANDARD for line in self._lines):
            self._lines.append(QuoteLine(kind=QuoteLineKind.VAT, text="VAT exempt"))
            return 0
        at = money.percent(rate)
        if self._tariffs.gross:
            vat = _whole(standard * rate / (100 + rate))
            self._lines.append(QuoteLine(kind=QuoteLineKind.VAT, text=f"includes VAT of {money.pounds(vat)} ({at})"))
        else:
            vat = _whole(standard * rate / 100)
            self._lines.append(
                QuoteLine(kind=QuoteLineKind.VAT, text=f"VAT of {at} on {money.pounds(standard)}", pence=vat)
            )
        return vat

    def _clock_change(self) -> None:
        during, zone = self._request.during, self._request.zone
        real = micros(during.end - during.start)
        shown = micros(local_time.wall(during.end, zone) - local_time.wall(during.start, zone))
        if real != shown:
            way = "back" if real > shown else "forward"
            text = (
                f"the clocks go {way}: from {local_time.wall(during.start, zone):%H:%M} to "
                f"{local_time.wall(during.end, zone):%H:%M} it lasts {short_duration(real)}, and so much is counted"
            )
            self._lines.append(QuoteLine(kind=QuoteLineKind.NOTE, text=text))


def period_of(allowance: Allowance, day: date, year_starts: int) -> tuple[str, date]:
    """The name and the first day of the period of an allowance that a day lies in."""
    if allowance.per is AllowancePeriod.MONTH:
        first = day.replace(day=1)
        return f"{first:%Y-%m}", first
    first = date(day.year if day.month >= year_starts else day.year - 1, year_starts, 1)
    return f"{first.year}", first


def _by_vat(sums: Mapping[tuple[date, Vat], int]) -> Counter[Vat]:
    found: Counter[Vat] = Counter()
    for (_, vat), pence in sums.items():
        found[vat] += pence
    return found


def _costs(piece: RatedPeriod) -> bool:
    return piece.rate is not None and bool(piece.rate.per_hour_pence)


def _worth(rate: Rate, us: int, seats: int) -> int:
    return half_up((rate.per_hour_pence or 0) * seats * us, money.HOUR_US)


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _grouped(pieces: Iterable[RatedPeriod], *, by_day: bool) -> list[tuple[Rate, date, int]]:
    """Rate, first day and time of each rate, or of each rate on each day, in order of time."""
    found: dict[tuple[str, date | None], tuple[Rate, date, int]] = {}
    for piece in pieces:
        if piece.rate is None:
            continue
        key = (piece.rate.name, piece.day if by_day else None)
        rate, day, us = found.get(key, (piece.rate, piece.day, 0))
        found[key] = (rate, day, us + piece.us)
    return list(found.values())
