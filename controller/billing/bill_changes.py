"""How a bill changes when its booking changes, ends or nobody comes, or its charge is waived. Pure, except for the
pricers that ``confirmed`` asks: lines are added to a bill, those of the price stay.

Time is given up by cancelling, by shortening or moving a booking, and by a change that must be approved. The charge
follows the rule of the first confirmation, by how long before the start of the given-up time it happens; from that
start on the full price is due. A waiver stays valid whatever happens to the booking later.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from controller.billing import money
from controller.billing.batch_pricing import BatchPricer
from controller.billing.model import (
    AllowanceUse,
    Bill,
    Cancelling,
    CancellingStep,
    Charge,
    EndedBooking,
    PricingBasis,
    Quote,
    QuoteLine,
    QuoteLineKind,
    Waiver,
)
from controller.bookings.diary.model import Booking, BookingState
from controller.platform.text import local_time


def begun(of: PricingBasis, at: datetime) -> bool:
    """Whether its time runs, or has run: nothing of it can be given up any more."""
    return of.during.start <= at


def cancelled(bill: Bill, *, zone: ZoneInfo, at: datetime) -> Bill:
    """The bill of a booking cancelled at ``at``. Days before the start end at its wall time."""
    percent, when = _percent(bill, zone, at)
    return _end(bill, QuoteLineKind.CANCELLED, percent, f"cancelled{when}", at)


def requested(bill: Bill, *, zone: ZoneInfo, at: datetime) -> Bill:
    """The bill of a booking that its people have changed so that it waits for approval again."""
    percent, when = _percent(bill, zone, at)
    return _end(bill, QuoteLineKind.CANCELLED, percent, f"changed in a way that must be approved{when}", at)


def withdrawn(bill: Bill, *, at: datetime) -> Bill:
    """The bill of a booking that is no longer confirmed, by no doing of its people."""
    return _end(bill, QuoteLineKind.CANCELLED, 0, "no longer confirmed", at)


def no_show(bill: Bill, *, at: datetime) -> Bill:
    """The bill of a booking whose people are known not to have come. Without a rule the full price is charged."""
    rule = bill.price.cancelling
    percent, name = (100, "") if rule is None else (rule.no_show_percent, f" ({rule.name})")
    return _end(bill, QuoteLineKind.NO_SHOW, percent, f"nobody came{name}", at)


def released(bill: Bill, *, at: datetime) -> Bill:
    """As ``no_show``, where the time was released for others."""
    rule = bill.price.cancelling
    percent, name = (100, "") if rule is None else (rule.released_percent, f" ({rule.name})")
    return _end(bill, QuoteLineKind.RELEASED, percent, f"nobody came and the time was released{name}", at)


def resumed(bill: Bill) -> Bill:
    """The bill of a booking that takes place after all, at its old price; the very same one if it was to anyway."""
    return bill if bill.ended is None else _waive(replace(bill, ended=None))


def given_up(bill: Bill, remaining: Quote | None, *, zone: ZoneInfo, at: datetime) -> Charge | None:
    """What giving up all but ``remaining`` costs. ``remaining``: the earlier price of what is not
    given up."""
    percent, when = _percent(bill, zone, at)
    worth, vat, uses = bill.price.total or 0, bill.price.vat, bill.price.uses
    if remaining is not None:
        worth, vat, uses = (
            max(0, worth - (remaining.total or 0)),
            max(0, vat - remaining.vat),
            _beyond(uses, remaining.uses),
        )
    pence = _share(worth, percent)
    if not percent or not (pence or uses):
        return None
    was = bill.basis.during
    span = f"{local_time.wall(was.start, zone):%a %-d %b %H:%M} to {local_time.wall(was.end, zone):%H:%M}"
    text = f"gave up {span}{when}: {money.percent(percent)} of {money.pounds(worth)} is charged"
    return Charge(
        line=QuoteLine(kind=QuoteLineKind.GIVEN_UP, text=text, pence=pence),
        vat=min(_share(vat, percent), pence),
        uses=uses,
    )


def changed(bill: Bill, price: Quote, of: PricingBasis, charge: Charge | None) -> Bill:
    """The bill of a booking that is another now. The rule for cancelling stays the one it was confirmed with."""
    price = replace(price, cancelling=bill.price.cancelling)
    charges = bill.given_up if charge is None else (*bill.given_up, charge)
    return _waive(replace(bill, price=price, basis=of, given_up=charges, ended=None))


def waived(bill: Bill, why: str, *, given_up_only: bool, since: int | None = None) -> Bill:
    """The bill let off as a whole, or what is charged for time that was given up. Free hours that it took stay
    spent. ``since``: only from this one on of the charges for given-up time, and no later ones than there are."""
    none = Charge(line=QuoteLine(kind=QuoteLineKind.WAIVED, text=""))
    waiver = Waiver(charge=none, why=why, given_up_only=given_up_only)
    if since is not None:
        waiver = replace(waiver, since=since, until=len(bill.given_up) if given_up_only else None)
    return _waive(replace(bill, waiver=waiver))


def charged(bill: Bill, former: Waiver | None = None) -> Bill:
    """The bill without a waiver, or with the one that it had before."""
    return _waive(replace(bill, waiver=former))


def terms(rule: Cancelling | None) -> str:
    """What cancelling and not coming cost, in words."""
    if rule is None:
        return "cancelling is free until the start; a no-show pays in full"
    steps = sorted(rule.steps, key=lambda step: step.days, reverse=True)
    step_texts = [f"{_charged(step.percent)} until {_days(step)} before" for step in steps]
    step_texts.append(_charged(rule.late_percent) if not steps else f"then {_charged(rule.late_percent)}")
    if rule.late_percent < 100:
        step_texts.append("in full from the start on")
    return f"cancelling: {', '.join(step_texts)}; not coming: {_charged(rule.no_show_percent)} ({rule.name})"


def _percent(bill: Bill, zone: ZoneInfo, at: datetime) -> tuple[int, str]:
    """How many per cent giving it up costs, and why."""
    rule, of = bill.price.cancelling, bill.basis
    wall = local_time.wall(of.during.start, zone)
    steps = sorted(rule.steps, key=lambda step: step.days, reverse=True) if rule is not None else []
    for step in steps:
        until, _ = local_time.instant_moved(wall - timedelta(days=step.days), zone)
        if rule is not None and at <= until:
            return step.percent, f" {_days(step)} or more before ({rule.name})"
    if begun(of, at):
        return 100, " after it had begun"
    if rule is None:
        return 0, ""
    when = f" less than {_days(steps[-1])} before" if steps else ""
    return rule.late_percent, f"{when} ({rule.name})"


def _end(bill: Bill, kind: QuoteLineKind, percent: int, text: str, at: datetime) -> Bill:
    price = bill.price
    if price.total is None:
        charge = Charge(line=QuoteLine(kind=kind, text=text))
    else:
        left, vat = _share(price.total, percent), _share(price.vat, percent)
        step_texts = f"{text}: {money.percent(percent)} of {money.pounds(price.total)} is charged"
        if price.vat and percent < 100:
            step_texts += f", {money.pounds(vat)} of it VAT"
        charge = Charge(line=QuoteLine(kind=kind, text=step_texts, pence=left - price.total), vat=vat - price.vat)
    return _waive(replace(bill, ended=EndedBooking(charge=charge, percent=percent, at=at)))


def _waive(bill: Bill) -> Bill:
    """The bill with its present waiver applied."""
    waiver = bill.waiver
    if waiver is None:
        return bill
    if waiver.given_up_only:
        off, vat = _sums(bill.given_up[waiver.since : waiver.until])
    else:
        whole = replace(bill, waiver=None).quote
        stays, vat_of_it = _sums(bill.given_up[: waiver.since])
        off, vat = (whole.total or 0) - stays, whole.vat - vat_of_it
    text = f"waived: {waiver.why}" + (f": 0 % of {money.pounds(off)} is charged" if off else "")
    charge = Charge(line=QuoteLine(kind=QuoteLineKind.WAIVED, text=text, pence=-off), vat=-vat)
    return replace(bill, waiver=replace(waiver, charge=charge))


def _sums(charges: Sequence[Charge]) -> tuple[int, int]:
    """Pence, and the VAT in them."""
    return sum(each.line.pence for each in charges), sum(each.vat for each in charges)


def _beyond(uses: tuple[AllowanceUse, ...], remaining: tuple[AllowanceUse, ...]) -> tuple[AllowanceUse, ...]:
    """Free time that is in the one and not in the other."""
    had = {(each.allowance, each.period): each.us for each in remaining}
    return tuple(
        replace(each, us=us) for each in uses if (us := each.us - had.get((each.allowance, each.period), 0)) > 0
    )


def _charged(percent: int) -> str:
    return money.percent(percent) if percent else "free"


def _share(pence: int, percent: int) -> int:
    return int((Decimal(pence) * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _days(step: CancellingStep) -> str:
    return "1 day" if step.days == 1 else f"{step.days} days"


def ended(bill: Bill, before: Booking, after: Booking, *, zone: ZoneInfo, now: datetime) -> Bill:
    """The bill of a booking that was confirmed and is not any more."""
    if after.state is BookingState.NO_SHOW:
        return no_show(bill, at=now)
    if after.state is BookingState.RELEASED:
        return released(bill, at=now)
    if after.state is BookingState.CANCELLED:
        return cancelled(bill, zone=zone, at=now)
    # Only an approval that is undone leaves all else as it was.
    if after.state is BookingState.DECLINED or before.asked == after.asked:
        return withdrawn(bill, at=now)
    return requested(bill, zone=zone, at=now)


def charged_for(was: PricingBasis, of: PricingBasis, at: datetime) -> PricingBasis:
    """What a booking is charged for that held ``was`` and holds ``of``: one that has begun and ends earlier, for all
    that it had."""
    early = of.during.start == was.during.start and of.during.end < was.during.end and begun(was, at)
    return replace(of, during=was.during) if early else of


def confirmed(
    bill: Bill,
    of: PricingBasis,
    *,
    then: BatchPricer,
    current: BatchPricer,
    series: str | None,
    zone: ZoneInfo,
    now: datetime,
) -> Bill:
    """The bill of a booking that is confirmed, as ``of`` says; the same object where nothing changes. Time that it has
    given up counts from when it was given up.

    ``then``: a pricer with the tariffs by which it was priced; ``current``: one with the present tariffs.
    """
    at = now if bill.ended is None else bill.ended.at
    of = charged_for(bill.basis, of, at)
    charge = None
    if of == bill.basis or all(pricer.alike(bill.basis, of) for pricer in (then, current)):
        again = resumed(bill)
        if again is bill or current.has(of.party, again.quote.uses):
            current.spend(of.party, again.quote.uses)
            return again
    was = replace(bill.basis, party=of.party)
    if (shared := was.common(of)) != was:
        left = None if shared is None else then.look(shared, series=series)
        charge = given_up(bill, left, zone=zone, at=at)
    if of.party != bill.basis.party:
        # Free hours are a party's own.
        bill = replace(bill, given_up=tuple(replace(each, uses=()) for each in bill.given_up))
        charge = None if charge is None else replace(charge, uses=())
    spent = bill.given_up if charge is None else (*bill.given_up, charge)
    for each in spent:
        current.spend(of.party, each.uses)
    return changed(bill, current.price(of, series=series), of, charge)
