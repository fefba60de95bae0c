"""Quotes frozen in the transaction that confirms a booking, and followed by others when it is changed, cancelled or
nobody comes. Under the site's lock, so that free hours are counted once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from controller.billing import bill_changes, repository
from controller.billing.batch_pricing import BatchPricer, load_pricer
from controller.billing.model import Bill, Frozen, QuoteReason, StoredTariffs
from controller.billing.tariff_cache import TariffCache, basis
from controller.bookings.diary.model import Booking, BookingState, Changed
from controller.bookings.diary.site_config import SiteConfig
from controller.db.engine import Tx
from edge.wire.ids import new_id

_UNDONE = frozenset({BookingState.CANCELLED, BookingState.RELEASED, BookingState.NO_SHOW})
_ENDED = {BookingState.NO_SHOW: QuoteReason.NO_SHOW, BookingState.RELEASED: QuoteReason.RELEASED}
_PRICED = ("space", "layout", "starts", "ends", "party", "people", "seats", "equipment")
"""What a price can depend on."""


class QuoteFreezer:
    """Follows bookings (``BookingWriter.when_bookings_change``)."""

    def __init__(self, lists: TariffCache) -> None:
        self._lists = lists

    async def follow(
        self, tx: Tx, site_config: SiteConfig, changes: Sequence[Changed], *, actor: str, now: datetime
    ) -> None:
        todo = [each for each in changes if _concerns(each, now)]
        if not todo:
            return
        current = await self._lists.of(tx, site_config)
        if current is None:
            return  # nothing was ever priced here
        known = [each.before.id for each in todo if each.before is not None]
        old = await repository.live(tx, known) if known else {}
        requested = [each.after for each in todo if each.after.certain]
        pricer = await load_pricer(
            tx, site_config, current.tariffs, requested, series=[each.series_id for each in requested]
        )
        made = []
        for change in todo:
            frozen_quote = old.get(change.after.id)
            if frozen_quote is None:
                if _priced_first(site_config, change, now):
                    of = basis(site_config, change.after)
                    first = Bill(price=pricer.price(of, series=change.after.series_id), basis=of)
                    made.append(_first(change.after, first, current, actor, now))
                continue
            was = frozen_quote.bill
            if change.after.certain:
                bill = await confirmed(tx, site_config, current, pricer, change.after, frozen_quote, now)
            else:
                assert change.before is not None
                bill = bill_changes.ended(was, change.before, change.after, zone=site_config.site.tz, now=now)
            if bill is not was:
                version = frozen_quote.tariff_version if bill.price is was.price else current.version
                why = _why(change, was, bill)
                made.append(frozen_quote.next(bill, why, quote_id=new_id(now), at=now, by=actor[:200], version=version))
        if made:
            await repository.freeze(
                tx, made, instead_of=[old[each.booking_id] for each in made if each.booking_id in old]
            )


async def confirmed(
    tx: Tx,
    site_config: SiteConfig,
    current: StoredTariffs,
    pricer: BatchPricer,
    booking: Booking,
    frozen_quote: Frozen,
    now: datetime,
) -> Bill:
    """What a booking that had a quote owes when it is confirmed as it is now."""
    if booking.ends <= now:
        return bill_changes.resumed(frozen_quote.bill)
    of, then = basis(site_config, booking), pricer
    if frozen_quote.tariff_version != current.version and of != frozen_quote.bill.basis:
        tariffs = await repository.version(tx, booking.site, frozen_quote.tariff_version)
        then = await load_pricer(tx, site_config, tariffs, [booking], series=[booking.series_id])
    return bill_changes.confirmed(
        frozen_quote.bill, of, then=then, current=pricer, series=booking.series_id, zone=site_config.site.tz, now=now
    )


def _concerns(change: Changed, now: datetime) -> bool:
    """Whether a quote may have to follow. What is over may be on an invoice: only that nobody came changes it."""
    before, after = change.before, change.after
    if before is None or not (before.certain and after.certain):
        return after.certain or (before is not None and before.certain)
    return before.ends > now and any(getattr(before, name) != getattr(after, name) for name in _PRICED)


def _priced_first(site_config: SiteConfig, change: Changed, now: datetime) -> bool:
    """Whether a booking that has no quote gets one: when it is confirmed, and when one from before any tariffs becomes
    another."""
    before, after = change.before, change.after
    if not after.certain:
        return False
    if before is None or not (before.certain or before.state in _UNDONE):
        return True
    was = basis(site_config, msgspec.structs.replace(before, ends=before.ends_before or before.ends))
    return bill_changes.charged_for(was, basis(site_config, after), now) != was


def _why(change: Changed, old: Bill, new: Bill) -> QuoteReason:
    after = change.after
    if not after.certain:
        open_again = after.state in (BookingState.REQUESTED, BookingState.HELD)
        return QuoteReason.REQUESTED if open_again else _ENDED.get(after.state, QuoteReason.CANCELLED)
    if change.before is not None and not change.before.certain and change.before.state not in _UNDONE:
        return QuoteReason.CONFIRMED
    return QuoteReason.RESTORED if new.price is old.price else QuoteReason.CHANGED


def _first(booking: Booking, bill: Bill, current: StoredTariffs, actor: str, now: datetime) -> Frozen:
    return Frozen(
        id=new_id(now),
        booking_id=booking.id,
        number=1,
        site=booking.site,
        party=booking.party,
        tariff_version=current.version,
        why=QuoteReason.CONFIRMED,
        made_at=now,
        made_by=actor[:200],
        superseded_at=None,
        bill=bill,
    )
