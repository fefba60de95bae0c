"""Future bookings, and the marks that a change of hours sets and removes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import or_, select

from controller.bookings import repository
from controller.bookings.affected import repository as affected
from controller.bookings.diary.model import LONGEST, LONGEST_WHY, BookingState, Cause, Changed
from controller.bookings.diary.tables import bookings, series
from controller.bookings.writer import BookingWriter
from controller.db.engine import Tx
from controller.hours.impact import Ahead, Broken, LossKind, broken
from controller.hours.timetable import Timetable
from controller.people.model import Actor
from edge.wire.interval import Interval

CAUSES = {LossKind.CLOSED: Cause.CLOSED, LossKind.MODE: Cause.MODE, LossKind.TERM: Cause.TERM}


class _Pattern(msgspec.Struct, frozen=True):
    """The part of a series' pattern that matters here."""

    term_only: bool = False


class HoursChanges:
    """The diary for hours (``controller.hours.impact.Diary``). The writer's hooks hear of bookings at whose time it is
    closed now, or open again."""

    def __init__(self, writer: BookingWriter) -> None:
        self._writer = writer

    async def ahead(self, tx: Tx, site: str, now: datetime) -> list[Ahead]:
        """As ``Diary.ahead``."""
        active = (BookingState.REQUESTED, BookingState.HELD, BookingState.CONFIRMED)
        c = bookings.c
        query = (
            select(c.id, c.title, c.space, c.starts, c.ends, series.c.pattern)
            .outerjoin(series, series.c.id == c.series_id)
            .where(
                c.site == site,
                c.starts > now - LONGEST,  # lets the index bound the search
                c.ends > now,
                c.state.in_([each.value for each in active]),
                or_(c.held_until.is_(None), c.held_until > now, c.state != BookingState.HELD.value),
            )
            .order_by(c.starts, c.id)
        )
        return [
            Ahead(
                id=row.id,
                title=row.title,
                space=row.space,
                during=Interval(start=row.starts, end=row.ends),
                term_only=row.pattern is not None and msgspec.json.decode(row.pattern, type=_Pattern).term_only,
            )
            for row in await tx.execute(query)
        ]

    async def mark(
        self,
        tx: Tx,
        old: Timetable,
        new: Timetable,
        ahead: Sequence[Ahead],
        lost: Sequence[Broken],
        *,
        at: datetime,
        actor: str,
    ) -> None:
        """As ``Diary.mark``."""
        site = new.site.id
        again = {each.booking.id: each.losses for each in broken(new, old, ahead)}
        open_again: set[str] = set()
        told: set[str] = set()
        for kind, cause in CAUSES.items():
            found = {
                each.booking.id: "; ".join(loss.text for loss in each.losses if loss.kind is kind)
                for each in lost
                if any(loss.kind is kind for loss in each.losses)
            }
            marked = set(await affected.affected(tx, site, cause=cause, now=at)) - found.keys()
            if kind is LossKind.CLOSED:
                closed = {
                    each.id: [period.against(each.during) for period in new.closed(each.during, space=each.space)]
                    for each in ahead
                    if each.id in marked
                }
                healed = {each for each, why in closed.items() if not why}
                still = {each: "; ".join(dict.fromkeys(why)) for each, why in closed.items() if why}
                await affected.reword(tx, still, cause=cause)
            else:
                healed = {each for each in marked if any(loss.kind is kind for loss in again.get(each, ()))}
            await affected.clear(tx, healed, causes=[cause])
            open_again |= healed
            await affected.record(tx, site, found, cause=cause, at=at, actor=actor)
            if cause is Cause.CLOSED:
                told = found.keys() | healed
        by_text: defaultdict[str, list[str]] = defaultdict(list)
        for each in lost:
            by_text[each.why[:LONGEST_WHY]].append(each.booking.id)
        if open_again:
            by_text["it could be booked at that time again"] += sorted(open_again)
        for text, ids in by_text.items():
            await repository.log(tx, ids, at=at, actor=actor, what="hours", why=text)
        if told:
            site_config = await self._writer.site_configs.of(tx, site)
            changes = [Changed(before=each, after=each) for each in await repository.some(tx, sorted(told))]
            await self._writer.announce(tx, site_config, changes, actor=Actor.acting(actor), now=at)
