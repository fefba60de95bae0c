"""What a change of the hours leaves behind in the bookings that it meets, and in those that it sets right again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from controller.bookings import repository as bookings
from controller.bookings.affected import repository as affected
from controller.db.engine import Tx
from controller.diary.model import LONGEST_WHY, Cause
from controller.hours.impact import Ahead, Broken, LossKind, broken
from controller.hours.timetable import Timetable

CAUSES = {LossKind.CLOSED: Cause.CLOSED, LossKind.MODE: Cause.MODE, LossKind.TERM: Cause.TERM}


async def mark(
    tx: Tx, old: Timetable, new: Timetable, ahead: Sequence[Ahead], lost: Sequence[Broken], *, at: datetime, actor: str
) -> None:
    """Write what ``lost`` says to the bookings and their logs, and remove what no longer applies. ``ahead``: all future
    bookings."""
    site = new.site.id
    again = {each.booking.id: each.losses for each in broken(new, old, ahead)}
    open_again: set[str] = set()
    for kind, cause in CAUSES.items():
        found = {
            each.booking.id: "; ".join(loss.text for loss in each.losses if loss.kind is kind)
            for each in lost
            if any(loss.kind is kind for loss in each.losses)
        }
        marked = set(await affected.affected(tx, site, cause=cause, now=at)) - found.keys()
        if kind is LossKind.CLOSED:
            closed = {
                each.booking.id: [
                    period.against(each.booking.during)
                    for period in new.closed(each.booking.during, space=each.booking.space)
                ]
                for each in ahead
                if each.booking.id in marked
            }
            healed = {each for each, why in closed.items() if not why}
            still = {each: "; ".join(dict.fromkeys(why)) for each, why in closed.items() if why}
            await affected.reword(tx, still, cause=cause)
        else:
            healed = {each for each in marked if any(loss.kind is kind for loss in again.get(each, ()))}
        await affected.clear(tx, healed, causes=[cause])
        open_again |= healed
        await affected.record(tx, site, found, cause=cause, at=at, actor=actor)
    by_text: defaultdict[str, list[str]] = defaultdict(list)
    for each in lost:
        by_text[each.why[:LONGEST_WHY]].append(each.booking.id)
    if open_again:
        by_text["it could be booked at that time again"] += sorted(open_again)
    for text, ids in by_text.items():
        await bookings.log(tx, ids, at=at, actor=actor, what="hours", why=text)
