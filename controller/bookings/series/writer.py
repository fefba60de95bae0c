"""Writes the resolved dates, inside the caller's transaction and under the site's lock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from controller.bookings import lifecycle
from controller.bookings import repository as bookings
from controller.bookings.change_impact import ChangedParts
from controller.bookings.diary.model import Booking, BookingRequest, BookingState, Changed
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.lifecycle import InitialState, outcome, put, requested_state
from controller.bookings.series.date_edits import kept_fields
from controller.bookings.series.intents import DateIntent
from controller.bookings.series.model import DateEffect, SeriesDate, joined
from controller.bookings.series.resolve import Asker
from controller.bookings.writer import BookingWriter
from controller.db.engine import Tx
from controller.people.permissions import Action, Thing, may

_CHANGED = "the series was changed"


class SeriesWriter:
    def __init__(self, writer: BookingWriter) -> None:
        self._writer = writer

    async def book(
        self,
        tx: Tx,
        site_config: SiteConfig,
        series_id: str,
        plans: Sequence[DateIntent],
        dates: Sequence[SeriesDate],
        asker: Asker,
        *,
        along: Sequence[Changed] = (),
    ) -> list[Booking]:
        """Write the new bookings of a series, by start; those that become the same are written together. ``along``:
        what ``change`` wrote before, announced with them."""
        groups: dict[InitialState, list[tuple[BookingRequest, DateIntent, SeriesDate]]] = defaultdict(list)
        for plan, each in zip(plans, dates, strict=True):
            if plan.asked is None or plan.before is not None or each.effect not in (DateEffect.BOOK, DateEffect.HOLD):
                continue
            becomes = requested_state(each.verdict)
            if each.effect is DateEffect.BOOK:
                becomes = outcome(each.verdict, site_config.policy, plan.asked.during, now=asker.now)
            groups[becomes].append((plan.asked, plan, each))
        made: list[Booking] = []
        for becomes, group in groups.items():
            written = await self._writer.book(
                tx,
                site_config,
                [asked for asked, _, _ in group],
                actor=asker.actor,
                now=asker.now,
                state=becomes.state,
                held_until=becomes.held_until,
                series_id=series_id,
                occurrences=[plan.occurrence.name for _, plan, _ in group],
                changed_here=[joined(plan.own) for _, plan, _ in group],
                why=becomes.why,
                expired=_expired(each for _, _, each in group),
                along=() if made else along,
            )
            made += written.bookings
        if along and not made:
            await self._writer.announce(tx, site_config, along, actor=asker.actor, now=asker.now)
        return sorted(made, key=lambda each: each.starts)

    async def change(
        self,
        tx: Tx,
        site_config: SiteConfig,
        series_id: str,
        plans: Sequence[DateIntent],
        dates: Sequence[SeriesDate],
        asker: Asker,
    ) -> list[Changed]:
        """Write the changes of a series' bookings: first those that are cancelled, then those that move, all at once,
        then those that change only in details. The caller announces the returned changes."""
        stay: list[Booking] = []
        gone: dict[str, list[Changed]] = defaultdict(list)
        become: dict[ChangedParts, list[Changed]] = defaultdict(list)
        for plan, each in zip(plans, dates, strict=True):
            if plan.before is None:
                continue
            if each.effect is DateEffect.CANCEL:
                after = _named(lifecycle.cancel(plan.before, asker.now), series_id, plan, plan.before.changed_here)
                gone[each.text].append(Changed(before=plan.before, after=after))
            elif each.effect in (DateEffect.CHANGE, DateEffect.HOLD) and plan.change is not None:
                after = _named(_becoming(plan, each, site_config, asker), series_id, plan, joined(plan.own))
                become[plan.change.what].append(Changed(before=plan.before, after=after))
            else:
                own = joined(kept_fields(plan)) if each.effect is DateEffect.KEEP else plan.before.changed_here
                stay.append(_named(plan.before, series_id, plan, own))
        await bookings.update_bookings(tx, stay)
        written: list[Changed] = []
        for why, changes in gone.items():
            written += await self._writer.rewrite_all(
                tx, site_config, changes, actor=asker.actor, now=asker.now, what="cancel", why=why
            )
        for what in (ChangedParts.MOVE, ChangedParts.CHANGE):
            written += await self._writer.rewrite_all(
                tx,
                site_config,
                become[what],
                actor=asker.actor,
                now=asker.now,
                what=what.value,
                why=_CHANGED,
                expired=_expired(dates),
            )
        return written


def _expired(dates: Iterable[SeriesDate]) -> list[str]:
    """The holds that give way to these dates."""
    return list(dict.fromkeys(each for date in dates for each in date.verdict.expired))


def _named(booking: Booking, series_id: str, plan: DateIntent, own: str) -> Booking:
    """The booking as this date of that series."""
    return replace(booking, series_id=series_id, occurrence=plan.occurrence.name, changed_here=own)


def _becoming(plan: DateIntent, each: SeriesDate, site_config: SiteConfig, asker: Asker) -> Booking:
    """What a change makes of a booking. What the rules would not confirm waits for approval again; a manager's change
    leaves it in the state it has."""
    assert plan.change is not None
    new = plan.change.new
    if each.effect is DateEffect.HOLD:
        since = new.state_at if new.state is BookingState.REQUESTED else asker.now
        return replace(new, state=BookingState.REQUESTED, state_at=since, held_until=None)
    if plan.asked is None:
        return new
    new = replace(new, overruled=plan.asked.overrule)
    if plan.asked.by_rules or not may(asker.actor, Action.DECIDE, Thing(site=new.site, party=new.party)):
        return put(new, outcome(each.verdict, site_config.policy, new.during, now=asker.now), asker.now)
    return new
