"""SQL of use: what it needs of the bookings of a year, of which there are tens of thousands."""

from sqlalchemy import bindparam, select

from controller.bookings.diary.model import LONGEST, BookingState
from controller.bookings.diary.tables import bookings
from controller.db.compiled_sql import CompiledReads
from controller.db.engine import Tx
from controller.db.sql_functions import micros
from controller.telemetry.rollups.fold import instant
from controller.use.model import BookedTime
from edge.wire.interval import Interval

_PLAIN = ("space", "party", "seats", "counted_in", "state", "state_before")
_TIMES = ("starts", "ends", "ends_before", "state_at", "arrived_at", "let_in_at")
_C = bookings.c
_BOOKED = CompiledReads(
    select(*(_C[name] for name in _PLAIN), *(micros(_C[name]).label(name) for name in _TIMES))
    .where(_C.site == bindparam("site"), _C.starts < bindparam("end"), _C.ends > bindparam("start"))
    .where(_C.starts > bindparam("earliest"))  # lets the index bound the search
    .order_by(_C.starts, _C.id)
)
_STATES = {each.value: each for each in BookingState}


async def booked(tx: Tx, site: str, during: Interval) -> list[BookedTime]:
    """Bookings of a site that touch ``during``, cancelled ones too, by start."""
    asked = {"site": site, "start": during.start, "end": during.end, "earliest": during.start - LONGEST}
    return [
        BookedTime(
            *(space, party, seats, counted_in, _STATES[state], _STATES.get(before), instant(starts), instant(ends)),
            *[each and instant(each) for each in times],
        )
        for space, party, seats, counted_in, state, before, starts, ends, *times in await _BOOKED.tuples(tx, **asked)
    ]
