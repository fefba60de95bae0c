"""Carries out what was settled, inside the caller's transaction and under the site's lock."""

from collections import defaultdict
from collections.abc import Sequence

from controller.bookings.desk import Desk
from controller.bookings.model import Asked, Booking, State
from controller.bookings.outcome import Outcome, outcome
from controller.bookings.picture import Picture
from controller.bookings.series.intending import Plan
from controller.bookings.series.model import Deed, SeriesDate
from controller.bookings.series.own import joined
from controller.bookings.series.settling import Asker
from controller.database import Tx


class Writing:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def book(
        self,
        tx: Tx,
        picture: Picture,
        series_id: str,
        plans: Sequence[Plan],
        dates: Sequence[SeriesDate],
        asker: Asker,
    ) -> list[Booking]:
        """Write the new bookings of a series, by start. Those of one state are written together."""
        groups: dict[Outcome, list[tuple[Asked, Plan]]] = defaultdict(list)
        for plan, each in zip(plans, dates, strict=True):
            if plan.asked is None or plan.before is not None or each.deed not in (Deed.BOOK, Deed.HOLD):
                continue
            becomes = Outcome(state=State.REQUESTED, why=each.text)
            if each.deed is Deed.BOOK:
                becomes = outcome(each.verdict, picture.policy, plan.asked.during, now=asker.now)
            groups[becomes].append((plan.asked, plan))
        made: list[Booking] = []
        for becomes, group in groups.items():
            made += await self._desk.book(
                tx,
                picture,
                [asked for asked, _ in group],
                actor=asker.actor,
                now=asker.now,
                state=becomes.state,
                held_until=becomes.held_until,
                series_id=series_id,
                occurrences=[plan.occurrence.name for _, plan in group],
                changed_here=[joined(plan.own) for _, plan in group],
            )
        return sorted(made, key=lambda each: each.starts)
