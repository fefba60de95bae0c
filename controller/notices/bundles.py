"""Changes that belong together, such as those of a closure: one notice tells each party all of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from controller.bookings import repository as bookings
from controller.bookings.diary.model import Booking
from controller.db.engine import Tx
from controller.notices.model import NoticeState
from controller.notices.tables import WAITING, bundled_bookings, notice_bundles, notices

LONGEST_WORK = timedelta(minutes=30)
"""How long a notice waits for the rest at most, should its batch be cut short."""


_UNHEARD = [NoticeState.WAITING.value, NoticeState.SKIPPED.value]


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """``id``: of what the changes are made for. ``site``: whose notices they are. ``text``: a sentence that says why,
    for who booked."""

    id: str
    site: str
    text: str

    def bundle(self, who: str) -> str:
        """What the notice to somebody is about; the same each time."""
        return str(uuid5(UUID(self.id), who))


TOGETHER: ContextVar[Together | None] = ContextVar("told together", default=None)


@contextmanager
def told_together(what: Together) -> Iterator[None]:
    """Changes that are made meanwhile are told together; ``release`` sends that."""
    before = TOGETHER.set(what)
    try:
        yield
    finally:
        TOGETHER.reset(before)


async def put(tx: Tx, together: Together, its: Mapping[str, str], now: datetime) -> None:
    """Note which bookings the notices of bundles are about, and why; of one from which nobody has heard anything, the
    text stays as it was. ``its``: bundles by booking, at least one. Under the lock of its site."""
    ids = list(dict.fromkeys(its.values()))
    insert = (postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert)(notice_bundles)
    row = {"batch": together.id, "text": together.text, "made_at": now}
    await tx.execute(insert.on_conflict_do_nothing(), [row | {"id": each} for each in ids])
    heard = select(notices.c.about).where(notices.c.about.in_(ids), notices.c.state.not_in(_UNHEARD))
    await tx.execute(update(notice_bundles).where(notice_bundles.c.id.in_(heard)).values(text=together.text))
    pairs = (postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert)(bundled_bookings)
    new = [{"bundle": bundle, "booking_id": booking} for booking, bundle in its.items()]
    await tx.execute(pairs.on_conflict_do_nothing(), new)


async def release(tx: Tx, batch: str, at: datetime) -> None:
    """All is done: the notices are due then. Under the lock of the site."""
    mine = select(notice_bundles.c.id).where(notice_bundles.c.batch == batch)
    await tx.execute(update(notices).where(WAITING, notices.c.about.in_(mine)).values(due_at=at))


async def tell_now(tx: Tx, booking_ids: Sequence[str], at: datetime) -> None:
    """What waits about them is due then. Under the lock of the site."""
    await tx.execute(update(notices).where(WAITING, notices.c.about.in_(booking_ids)).values(due_at=at))


async def tell_nobody(tx: Tx, booking_ids: Sequence[str]) -> None:
    """What waits about them is told to nobody. Under the lock of the site."""
    await tx.execute(delete(notices).where(WAITING, notices.c.about.in_(booking_ids)))


async def bookings_about(tx: Tx, about: str) -> list[Booking]:
    """The bookings that a notice is about: one, a series, or those that changed together; none where it is about
    something else."""
    single = await bookings.booking(tx, about)
    if single is not None:
        return [single]
    query = select(bundled_bookings.c.booking_id).where(bundled_bookings.c.bundle == about)
    if ids := list((await tx.execute(query)).scalars()):
        return sorted(await bookings.some(tx, ids), key=lambda each: (each.starts, each.id))
    return list(await bookings.of_series(tx, about))


async def text_of(tx: Tx, about: str) -> str:
    """Why what a notice is about was changed; empty where nothing is known of it."""
    query = select(notice_bundles.c.text).where(notice_bundles.c.id == about)
    return (await tx.execute(query)).scalar() or ""
