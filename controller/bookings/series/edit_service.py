"""Edits of a series: this and following dates, or all future dates. A check shows the effect on each date first."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from controller.bookings import repository as bookings
from controller.bookings.diary.model import Booking
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.errors import NotNow
from controller.bookings.series import repository
from controller.bookings.series.date_edits import Edit, EditScope, SeriesChange, intend_edit
from controller.bookings.series.intents import DateIntent
from controller.bookings.series.model import DateEffect, Series, SeriesDate, SeriesStale, refusal
from controller.bookings.series.resolve import Asker, settle
from controller.bookings.series.writer import SeriesWriter
from controller.bookings.who_may_book import may_book, require_allowed
from controller.bookings.writer import BookingWriter
from controller.db.engine import Tx
from controller.estate.model import Site
from controller.hours.recurrence.expand import ExpandedSeries, expand_pattern
from controller.hours.recurrence.pattern import RecurrencePattern
from controller.hours.recurrence.rule import Frequency
from controller.hours.recurrence.shift_pattern import pair, require_shifted, reshape
from controller.hours.recurrence.split import SplitPattern, split_pattern
from controller.people.model import Actor
from controller.people.party_repository import tier_of, tier_to_book
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff
from edge.wire.ids import new_id

_BOOKKEEPING = ("details", "version", "changed_at", "changed_by", "created_at", "created_by", "id", "follows")
"""What follows from a change, or is shown apart."""


class EditedSeries(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an edit, or of a check. ``series``: the one that the dates belong to from then on. ``made``: the
    new bookings, by the name of their date."""

    site: Site
    series: Series
    dates: tuple[SeriesDate, ...]
    made: dict[str, Booking]


class _Planned(msgspec.Struct, frozen=True, kw_only=True):
    """``head``: the series as it ends where another one follows it; ``None`` where none does."""

    head: Series | None
    series: Series
    plans: list[DateIntent]
    dates: list[SeriesDate]
    asker: Asker


class SeriesEdits:
    def __init__(self, writer: BookingWriter, writing: SeriesWriter) -> None:
        self._writer = writer
        self._writing = writing

    async def look(
        self, tx: Tx, site_config: SiteConfig, series: Series, change: SeriesChange, actor: Actor, now: datetime
    ) -> tuple[EditedSeries, list[DateIntent], Asker]:
        """A check: the result without writing."""
        planned = await self._plan(tx, site_config, series, change, actor, now)
        return _edited(site_config, planned, planned.dates, {}), planned.plans, planned.asker

    async def carry_out(
        self, tx: Tx, site_config: SiteConfig, series: Series, change: SeriesChange, actor: Actor, now: datetime
    ) -> EditedSeries:
        """Raises ``SeriesRefused`` and what ``_plan`` raises."""
        planned = await self._plan(tx, site_config, series, change, actor, now)
        refused = [each for each in planned.dates if each.effect is DateEffect.REFUSE]
        if refused:
            raise refusal(refused, site_config.site.tz)
        if planned.head is not None:
            await repository.update_series(tx, planned.head)
            await repository.insert_series(tx, planned.series)
        else:
            await repository.update_series(tx, planned.series)
        args = (tx, site_config, planned.series.id, planned.plans, planned.dates, planned.asker)
        made = await self._writing.book(*args, along=await self._writing.change(*args))
        await audit_log.record(
            tx,
            actor=actor.name,
            at=now,
            act="change series",
            site=series.site,
            thing=f"series {series.id}",
            changes=diff(series, planned.series, leave_out=_BOOKKEEPING)
            | diff(series.details, planned.series.details, leave_out=_BOOKKEEPING),
            subject=planned.series.details.party,
            former=series.details.party,
        )
        return _edited(site_config, planned, planned.dates, {each.occurrence or "": each for each in made})

    async def _plan(
        self, tx: Tx, site_config: SiteConfig, series: Series, change: SeriesChange, actor: Actor, now: datetime
    ) -> _Planned:
        """Raises ``Invalid``, ``NotAllowed``, ``NotNow``, ``SeriesStale``, ``SpaceUnknown``."""
        if series.imported:
            raise NotNow(f"“{series.details.title}” comes from a calendar; change it there, or its dates one by one")
        if change.version is not None and change.version != series.version:
            raise SeriesStale(series)
        zone, days = site_config.site.tz, site_config.hours
        whole = expand_pattern(series.pattern, zone, days)
        parts = _parts(series, whole, change, site_config, now)
        reshaped = reshape(parts.tail, change.pattern, zone)
        expanded = expand_pattern(reshaped.pattern, zone, days)
        if change.pattern.rule is msgspec.UNSET:
            require_shifted(expand_pattern(parts.tail, zone, days), expanded, reshaped.by)
        rule = reshaped.pattern.read
        details = replace(series.details, **change.details)
        require_allowed(actor, series.site, details.party, overrule=change.wanted.overrule)
        site_config.require(details.space)
        booked = _of_part(await bookings.of_series(tx, series.id), parts, now)
        pairs = pair(
            (datetime.fromisoformat(each.occurrence or "") for each in booked),
            expanded,
            reshaped.by,
            monthly=rule is not None and rule.frequency in (Frequency.MONTHLY, Frequency.YEARLY),
        )
        edit = Edit(
            details=details,
            occurrences=expanded.occurrences,
            pairs=pairs,
            given=frozenset(change.details),
            wanted=change.wanted,
            others=frozenset(each.id for each in booked if not may_book(actor, each)),
        )
        plans = intend_edit(edit, booked, site_config, now=now)
        same_party = details.party == series.details.party
        tier = await (tier_of(tx, details.party) if same_party else tier_to_book(tx, details.party, actor))
        asker = Asker(actor=actor, tier=tier, now=now)
        dates = await settle(tx, site_config, plans, details.space, change.wanted.otherwise, asker)
        values: dict[str, object] = {"changed_at": now, "changed_by": actor.name, "version": series.version + 1}
        pattern = kept_pattern(reshaped.pattern, dates)
        code_owner = series.code_owner
        if code_owner is not None and details.party != series.details.party:
            code_owner = new_id(now)  # its previous owner knows the code
        values["code_owner"] = code_owner
        if parts.head is None:
            return _Planned(
                head=None,
                series=replace(series, details=details, pattern=pattern, **values),
                plans=plans,
                dates=dates,
                asker=asker,
            )
        following = Series(
            id=new_id(now),
            site=series.site,
            details=details,
            pattern=pattern,
            follows=series.id,
            code_owner=code_owner,
            created_at=now,
            created_by=actor.name,
        )
        head = replace(series, pattern=parts.head, **values | {"code_owner": series.code_owner})
        return _Planned(head=head, series=following, plans=plans, dates=dates, asker=asker)


def _parts(
    series: Series, whole: ExpandedSeries, change: SeriesChange, site_config: SiteConfig, now: datetime
) -> SplitPattern:
    if change.scope is EditScope.ALL:
        return SplitPattern(head=None, tail=series.pattern)
    if change.from_date is None:
        raise invalid_field("from_date", "is needed to change this and the following dates")
    coming = [
        each.wall
        for each in whole.occurrences
        if each.wall.date() >= change.from_date and (each.during is None or each.during.start > now)
    ]
    if not coming:
        last = whole.occurrences[-1].wall
        raise invalid_field("from_date", f"has no future date from then on; the last one is on {last:%-d %B %Y}")
    return split_pattern(series.pattern, whole, coming[0], site_config.site.tz, site_config.hours)


def _of_part(booked: Sequence[Booking], parts: SplitPattern, now: datetime) -> list[Booking]:
    """The bookings that the edit is about."""
    first = parts.tail.first_starts.isoformat() if parts.head is not None else ""
    return [each for each in booked if each.starts > now and each.occurrence is not None and each.occurrence >= first]


def kept_pattern(pattern: RecurrencePattern, dates: Sequence[SeriesDate]) -> RecurrencePattern:
    """The pattern with what is left out by choice, and with what is booked though it would be left out."""
    given = {each.occurrence.wall: each for each in dates if each.effect is not DateEffect.NOTHING}
    left = {
        wall for wall, each in given.items() if each.effect in (DateEffect.SKIP, DateEffect.CANCEL) and _could_be(each)
    }
    wanted = {
        wall
        for wall, each in given.items()
        if each.occurrence.out and each.effect not in (DateEffect.SKIP, DateEffect.CANCEL)
    }
    return pattern.with_choices(left_out=left, wanted=wanted)


def _could_be(each: SeriesDate) -> bool:
    """Whether it is left out by choice, and not by the clocks or the pattern itself."""
    return each.during is not None and not each.occurrence.out


def _edited(
    site_config: SiteConfig, planned: _Planned, dates: Sequence[SeriesDate], made: dict[str, Booking]
) -> EditedSeries:
    return EditedSeries(
        site=site_config.site,
        series=planned.series,
        dates=tuple(dates),
        made=made,
    )
