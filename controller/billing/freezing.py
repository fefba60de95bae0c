"""Quotes frozen in the transaction that confirms a booking, and followed by others when it is changed, cancelled or
nobody comes. Under the site's lock, so that free hours are counted once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from controller.billing import cancelling, repository
from controller.billing.model import Frozen, Quote, Set, Why
from controller.billing.pricelists import PriceLists, same_price
from controller.billing.till import Till, open_till
from controller.bookings.model import Booking, Changed, State
from controller.bookings.picture import Picture
from controller.database import Tx
from edge.wire.ids import uuid7

_UNDONE = frozenset({State.CANCELLED, State.RELEASED, State.NO_SHOW})
_GIVEN = frozenset({Why.CONFIRMED, Why.CHANGED, Why.RESTORED})
"""Why a quote was made that a restored booking may have again."""


class _Do(StrEnum):
    """What a change of a booking asks of its quote."""

    NOTHING = "nothing"
    CONFIRM = "confirm"
    CHANGE = "change"
    RESTORE = "restore"
    END = "end"


class Freezer:
    """Follows bookings (``Desk.when_bookings_change``)."""

    def __init__(self, lists: PriceLists) -> None:
        self._lists = lists

    async def follow(self, tx: Tx, picture: Picture, changes: Sequence[Changed], *, actor: str, now: datetime) -> None:
        todo = [(change, what) for change in changes if (what := _asked(change, now)) is not _Do.NOTHING]
        if not todo:
            return
        current = await self._lists.of(tx, picture)
        if current is None:
            return  # nothing was ever priced here
        known = [change.after.id for change, _ in todo if change.before is not None]
        old = await repository.live(tx, known) if known else {}
        wished = [change.after for change, what in todo if what is not _Do.END]
        till = await open_till(tx, picture, current.tariffs, wished, series=[each.series_id for each in wished])
        made = []
        for change, what in todo:
            standing = old.get(change.after.id)
            if what is _Do.END:
                if standing is not None:
                    made.append(_next(standing, *_ended(change.after, standing.quote, picture, now), actor, now))
            elif what is _Do.RESTORE and (given := await _given(tx, till, change.after)) is not None:
                assert standing is not None
                given = msgspec.structs.replace(given, number=standing.number)
                made.append(_next(given, Why.RESTORED, given.quote, actor, now))
            else:
                why = Why.CONFIRMED if what is _Do.CONFIRM or standing is None else Why.CHANGED
                made.append(
                    _fresh(
                        change.after,
                        till.price(change.after, series=change.after.series_id),
                        why,
                        standing,
                        current,
                        actor,
                        now,
                    )
                )
        if made:
            await repository.freeze(
                tx, made, instead_of=[old[each.booking_id] for each in made if each.booking_id in old]
            )


def _asked(change: Changed, now: datetime) -> _Do:
    before, after = change.before, change.after
    was = before is not None and before.state is State.CONFIRMED
    if after.state is not State.CONFIRMED:
        return _Do.END if was else _Do.NOTHING
    if before is None or (not was and before.state not in _UNDONE):
        return _Do.CONFIRM
    if not was:
        return _Do.RESTORE if same_price(before, after) else _Do.CHANGE
    return _Do.NOTHING if same_price(before, after) or _gave_back(before, after, now) else _Do.CHANGE


def _gave_back(before: Booking, after: Booking, now: datetime) -> bool:
    """Whether a booking that has begun only ends earlier: it is charged as it was booked."""
    return (
        before.starts <= now
        and after.ends < before.ends
        and same_price(before, msgspec.structs.replace(after, ends=before.ends))
    )


def _ended(booking: Booking, quote: Quote, picture: Picture, now: datetime) -> tuple[Why, Quote]:
    if booking.state is State.NO_SHOW:
        return Why.NO_SHOW, cancelling.no_show(quote)
    if booking.state is State.RELEASED:
        return Why.RELEASED, cancelling.released(quote)
    if booking.state is State.CANCELLED:
        return Why.CANCELLED, cancelling.cancelled(quote, starts=booking.starts, zone=picture.site.tz, at=now)
    return Why.CANCELLED, cancelling.withdrawn(quote)


async def _given(tx: Tx, till: Till, booking: Booking) -> Frozen | None:
    """The quote that a restored booking had, unless others have had its free hours meanwhile."""
    for each in await repository.history(tx, booking.id):
        if each.why in _GIVEN:
            if not till.has(booking.party, each.quote.uses):
                return None
            till.spend(booking.party, each.quote.uses)
            return each
    return None


def _fresh(
    booking: Booking, quote: Quote, why: Why, old: Frozen | None, current: Set, actor: str, now: datetime
) -> Frozen:
    return Frozen(
        id=uuid7(now, secrets.token_bytes(10)),
        booking_id=booking.id,
        number=1 if old is None else old.number + 1,
        site=booking.site,
        party=booking.party,
        tariff_version=current.version,
        why=why,
        made_at=now,
        made_by=actor[:200],
        superseded_at=None,
        quote=quote,
    )


def _next(old: Frozen, why: Why, quote: Quote, actor: str, now: datetime) -> Frozen:
    """What follows a quote under the same tariffs."""
    return msgspec.structs.replace(
        old,
        id=uuid7(now, secrets.token_bytes(10)),
        number=old.number + 1,
        why=why,
        made_at=now,
        made_by=actor[:200],
        superseded_at=None,
        quote=quote,
    )
