"""Updates a booking's bill when the booking changes. Pure, except for the pricers that it asks."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from controller.billing import cancellation
from controller.billing.batch_pricing import BatchPricer
from controller.billing.model import Bill, PricingBasis
from controller.diary.model import Booking, BookingState


def ended(bill: Bill, before: Booking, after: Booking, *, zone: ZoneInfo, now: datetime) -> Bill:
    """The bill of a booking that was confirmed and is not any more."""
    if after.state is BookingState.NO_SHOW:
        return cancellation.no_show(bill, at=now)
    if after.state is BookingState.RELEASED:
        return cancellation.released(bill, at=now)
    if after.state is BookingState.CANCELLED:
        return cancellation.cancelled(bill, zone=zone, at=now)
    # Only an approval that is undone leaves all else as it was.
    if after.state is BookingState.DECLINED or before.asked == after.asked:
        return cancellation.withdrawn(bill, at=now)
    return cancellation.requested(bill, zone=zone, at=now)


def charged_for(was: PricingBasis, of: PricingBasis, at: datetime) -> PricingBasis:
    """What a booking is charged for that held ``was`` and holds ``of``: one that has begun and ends earlier, for all
    that it had."""
    early = of.during.start == was.during.start and of.during.end < was.during.end and cancellation.begun(was, at)
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
        resumed = cancellation.resumed(bill)
        if resumed is bill or current.has(of.party, resumed.quote.uses):
            current.spend(of.party, resumed.quote.uses)
            return resumed
    was = replace(bill.basis, party=of.party)
    if (kept := was.common(of)) != was:
        left = None if kept is None else then.look(kept, series=series)
        charge = cancellation.given_up(bill, left, zone=zone, at=at)
    if of.party != bill.basis.party:
        # Free hours are a party's own.
        bill = replace(bill, given_up=tuple(replace(each, uses=()) for each in bill.given_up))
        charge = None if charge is None else replace(charge, uses=())
    spent = bill.given_up if charge is None else (*bill.given_up, charge)
    for each in spent:
        current.spend(of.party, each.uses)
    return cancellation.changed(bill, current.price(of, series=series), of, charge)
