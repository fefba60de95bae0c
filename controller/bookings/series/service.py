"""Series: judges every date before it writes anything, all or nothing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec

from controller.access.code_status import lingering_texts
from controller.bookings import lifecycle
from controller.bookings import repository as bookings
from controller.bookings.booking_view import BookingView
from controller.bookings.code_issuing import lingering
from controller.bookings.diary.model import Booking, BookingState, Changed, clock_change_notes
from controller.bookings.diary.policy import CodePer
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.errors import NotNow
from controller.bookings.lifecycle import held_until, outcome, put
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import RuleRequest, Verdict
from controller.bookings.series import repository
from controller.bookings.series.alternatives import with_moves
from controller.bookings.series.date_edits import SeriesChange
from controller.bookings.series.edit_service import EditedSeries, SeriesEdits, kept_pattern
from controller.bookings.series.intents import DateIntent, intend
from controller.bookings.series.model import DateEffect, Series, SeriesDate, SeriesDraft, refusal
from controller.bookings.series.resolve import Asker, settle
from controller.bookings.series.summary import AllDates, SeriesDates, require
from controller.bookings.series.writer import SeriesWriter
from controller.bookings.service import BookingService, without_overruled_buffers
from controller.bookings.who_may_book import may_book, may_decide, party_for, require_allowed
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.estate.model import Site
from controller.hours.recurrence.expand import ExpandedSeries, SeriesOccurrence, expand_pattern
from controller.people.model import Actor
from controller.people.party_repository import tier_of, tier_to_book
from controller.people.permissions import Action, parties_of
from controller.platform.text import local_time
from controller.platform.web.problem import invalid_field
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.ids import new_id


class CheckedSeries(msgspec.Struct, frozen=True, kw_only=True):
    """The result that each date would have. ``one_code``: all of them would have one door code."""

    site: Site
    draft: SeriesDraft
    dates: tuple[SeriesDate, ...]
    one_code: bool


class BookedSeries(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome for a series. ``dates``: all of them, with what was done. ``together``: for the person who booked."""

    site: Site
    series: Series
    views: list[BookingView]
    dates: tuple[SeriesDate, ...]
    together: SeriesDates


class SeriesView(msgspec.Struct, frozen=True, kw_only=True):
    """A series in its current state. ``dates``: those of its pattern and those that are booked besides, by name, each
    with its booking. ``followers``: the series that continue it."""

    site: Site
    series: Series
    dates: tuple[tuple[SeriesOccurrence, Booking | None], ...]
    followers: tuple[str, ...]
    together: SeriesDates
    now: datetime


class CancelledSeries(msgspec.Struct, frozen=True, kw_only=True):
    """``views``: what was cancelled now. ``left``: bookings that belong to another party by now and stay."""

    site: Site
    series: Series
    views: list[BookingView]
    left: tuple[Booking, ...]


class RestoredSeries(msgspec.Struct, frozen=True, kw_only=True):
    """``left``: what stays cancelled, and why; ``others``: bookings that belong to another
    party by now and stay as they are."""

    site: Site
    series: Series
    views: list[BookingView]
    left: tuple[tuple[Booking, Verdict], ...]
    others: tuple[Booking, ...]


_ACTIVE = frozenset({BookingState.REQUESTED, BookingState.HELD, BookingState.CONFIRMED})
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class SeriesService:
    """``bookings`` writes, with its retries."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        changes: Changes,
        writer: BookingWriter,
        bookings: BookingService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._writer = writer
        self._bookings = bookings
        self.all_dates = AllDates(database, clock, writer)
        self._writing = SeriesWriter(writer)
        self._edits = SeriesEdits(writer, self._writing)

    async def check(self, site: str, draft: SeriesDraft, *, actor: Actor) -> CheckedSeries:
        """Every date with its status, the refused ones with where they could go. Raises ``Invalid``, ``SiteUnknown``,
        ``SpaceUnknown``, ``NotAllowed``."""
        draft = _own(draft, actor, site)
        if parties_of(actor, Action.DETAILS, site) is not None:
            require_allowed(actor, site, draft.details.party)
        async with self._database.read() as tx:
            site_config, asker, plans, dates = await self._settled(tx, site, draft, actor)
            dates = await with_moves(tx, site_config, dates, [each.asked for each in plans], asker)
            checked = await self.with_warnings(tx, site_config, dates, asker)
            per = site_config.policy.code_rule(draft.details.space).per
            shared = per is CodePer.SERIES or (per is CodePer.GROUP and draft.details.party is not None)
            return CheckedSeries(
                site=site_config.site, draft=draft, dates=tuple(checked), one_code=draft.one_code or shared
            )

    async def _settled(
        self, tx: Tx, site: str, draft: SeriesDraft, actor: Actor
    ) -> tuple[SiteConfig, Asker, Sequence[DateIntent], list[SeriesDate]]:
        """The site, who asks, and each date as asked for and as the rules judge it."""
        site_config = await self._writer.site_configs.of(tx, site)
        site_config.require(draft.details.space)
        tier = await tier_to_book(tx, draft.details.party, actor)
        asker = Asker(actor=actor, tier=tier, now=self._clock.now())
        plans = _planned(site_config, draft, asker.now)
        dates = await settle(tx, site_config, plans, draft.details.space, draft.wanted.otherwise, asker)
        return site_config, asker, plans, dates

    async def with_warnings(
        self, tx: Tx, site_config: SiteConfig, dates: Sequence[SeriesDate], asker: Asker
    ) -> list[SeriesDate]:
        """The dates, each with old codes that still open its doors, and with notes on clock changes."""
        now = asker.now
        old = await lingering(tx, site_config.site.id, now=now)
        zone = site_config.site.tz
        checked = []
        for each in dates:
            if each.during is None:
                checked.append(each)
                continue
            place, window = site_config.require(each.space), self._writer.codes.window(each.during, site_config.policy)
            doors = place.space.doors
            texts = lingering_texts(old, doors=doors, window=window, zone=zone, now=now, actor=asker.actor)
            known = clock_change_notes(each.during, place.site.tz)
            checked.append(msgspec.structs.replace(each, lingering=texts, notes=known))
        return checked

    async def create(self, site: str, draft: SeriesDraft, *, actor: Actor) -> BookedSeries:
        """Book every date as chosen, or none; dates that the clocks leave empty are skipped by themselves. Who
        leads one party need not name it. Raises ``SeriesRefused``, ``Invalid``, ``NotAllowed``, ``SiteUnknown``,
        ``SpaceUnknown``."""
        draft = _own(draft, actor, site)
        require_allowed(actor, site, draft.details.party, overrule=draft.wanted.overrule)
        booked = await self._bookings.write_many(self._create, site, draft, actor)
        self._changes.site_changed(site)
        return booked

    async def _create(self, tx: Tx, site: str, draft: SeriesDraft, actor: Actor) -> BookedSeries:
        await self._database.lock_site(tx, site)
        site_config, asker, plans, dates = await self._settled(tx, site, draft, actor)
        now = asker.now
        refused = [each for each in dates if each.effect is DateEffect.REFUSE]
        made = [each for each in dates if each.effect in (DateEffect.BOOK, DateEffect.HOLD)]
        if refused or not made:
            _nothing_booked(dates, refused, site_config)
        series_id = new_id(now)
        series = Series(
            id=series_id,
            site=site,
            details=draft.details,
            pattern=kept_pattern(draft.pattern, dates),
            code_owner=series_id if draft.one_code else None,
            created_at=now,
            created_by=actor.name,
        )
        await repository.insert_series(tx, series)
        written = await self._writing.book(tx, site_config, series.id, plans, dates, asker)
        views = await self._writer.views(tx, site_config, written, now)
        whole = self.all_dates.from_views(site_config, series, views, now)
        return BookedSeries(site=site_config.site, series=series, views=views, dates=tuple(dates), together=whole)

    async def get(self, series_id: str) -> SeriesView:
        """Raises ``SeriesUnknown``."""
        async with self._database.read() as tx:
            series = await require(tx, series_id)
            site_config = await self._writer.site_configs.of(tx, series.site)
            return await self._view(tx, site_config, series, self._clock.now())

    async def _view(self, tx: Tx, site_config: SiteConfig, series: Series, now: datetime) -> SeriesView:
        """The series with every date and its booking."""
        zone = site_config.site.tz
        booked = {_name(each, zone): each for each in await bookings.of_series(tx, series.id)}
        expanded = ExpandedSeries(occurrences=())
        if not series.imported:
            expanded = expand_pattern(series.pattern, zone, site_config.hours)
        planned = {each.name: each for each in expanded.occurrences}
        besides = {
            name: SeriesOccurrence(wall=datetime.fromisoformat(name), during=each.during)
            for name, each in booked.items()
            if name not in planned
        }
        return SeriesView(
            site=site_config.site,
            series=series,
            dates=tuple((each, booked.get(name)) for name, each in sorted((planned | besides).items())),
            followers=tuple(await repository.followers(tx, series.id)),
            together=await self.all_dates.of(tx, site_config, series, now),
            now=now,
        )

    async def change(self, series_id: str, change: SeriesChange, *, actor: Actor) -> EditedSeries:
        """Change the future dates of a series; changes made to single dates stay. With ``check`` nothing is
        written. Raises ``SeriesRefused``, ``Invalid``, ``NotAllowed``, ``NotNow``, ``SeriesStale``,
        ``SeriesUnknown``."""
        if change.check:
            return await self._look(series_id, change, actor)
        edited = await self._bookings.write_many(self._change, series_id, change, actor)
        self._changes.site_changed(edited.site.id)
        return edited

    async def _look(self, series_id: str, change: SeriesChange, actor: Actor) -> EditedSeries:
        async with self._database.read() as tx:
            now = self._clock.now()
            series = await require(tx, series_id)
            site_config = await self._writer.site_configs.of(tx, series.site)
            edited, plans, asker = await self._edits.look(tx, site_config, series, change, actor, now)
            moves = await with_moves(tx, site_config, edited.dates, [each.asked for each in plans], asker)
            return msgspec.structs.replace(edited, dates=tuple(await self.with_warnings(tx, site_config, moves, asker)))

    async def _change(self, tx: Tx, series_id: str, change: SeriesChange, actor: Actor) -> EditedSeries:
        series, site_config, now = await self.locked(tx, series_id)
        return await self._edits.carry_out(tx, site_config, series, change, actor, now)

    async def cancel(self, series_id: str, *, from_date: date | None, why: str, actor: Actor) -> CancelledSeries:
        """Cancel the rest of a series, or the rest from a local date on. Raises ``SeriesUnknown``.

        ``why`` is recorded in each booking's log.
        """
        done = await self._bookings.write_many(self._cancel, series_id, from_date, why, actor)
        self._changes.site_changed(done.site.id)
        return done

    async def _cancel(self, tx: Tx, series_id: str, from_date: date | None, why: str, actor: Actor) -> CancelledSeries:
        series, site_config, now = await self.locked(tx, series_id)
        since = _BEGINNING if from_date is None else local_time.day_start(from_date, site_config.site.tz)
        mine, others = _whose(
            actor,
            [
                each
                for each in await bookings.of_series(tx, series_id)
                if each.starts >= since and each.ends > now and each.state in _ACTIVE
            ],
        )
        gone = await self._writer.cancel(
            tx, site_config, mine, actor=actor, now=now, why=why or f"the series “{series.details.title}” was cancelled"
        )
        if gone:
            await repository.update_series(tx, changed(series, actor, now, cancelled_at=now))
        views = await self._writer.views(tx, site_config, gone, now)
        return CancelledSeries(site=site_config.site, series=series, views=views, left=others)

    async def restore(self, series_id: str, *, actor: Actor) -> RestoredSeries:
        """Undo the last cancel of a series where the time is still free and not over. Raises ``SeriesUnknown``,
        ``NotNow`` where nothing of it is left to restore."""
        done = await self._bookings.write_many(self._restore, series_id, actor)
        self._changes.site_changed(done.site.id)
        return done

    async def _restore(self, tx: Tx, series_id: str, actor: Actor) -> RestoredSeries:
        series, site_config, now = await self.locked(tx, series_id)
        gone, others = _whose(
            actor,
            [
                each
                for each in await bookings.of_series(tx, series_id)
                if each.state is BookingState.CANCELLED and each.state_at == series.cancelled_at and each.ends > now
            ],
        )
        if not gone:
            raise NotNow(f"nothing of “{series.details.title}” that was cancelled together is still to come")
        back = [_back(each, site_config, now) for each in gone]
        tier = await tier_of(tx, series.details.party)
        requests = [RuleRequest(asked=each.asked, actor=actor, tier=tier) for each in back]
        verdicts = await judge(tx, site_config, requests, now=now, together=True)
        verdicts = [without_overruled_buffers(old, verdict) for old, verdict in zip(gone, verdicts, strict=True)]
        possible: dict[str, list[Changed]] = defaultdict(list)
        for old, new, verdict in zip(gone, back, verdicts, strict=True):
            why = "the series was restored"
            if verdict.possible and not may_decide(actor, new):
                becomes = outcome(verdict, site_config.policy, new.during, now=now)
                new, why = put(new, becomes, now), becomes.why or why
            if verdict.possible or new.state is BookingState.REQUESTED:
                possible[why].append(Changed(before=old, after=new))
        written: list[Changed] = []
        for why, changes in possible.items():
            written += await self._writer.rewrite_all(
                tx, site_config, changes, actor=actor, now=now, what="restore", why=why
            )
        await self._writer.announce(tx, site_config, written, actor=actor, now=now)
        restored = {each.after.id for changes in possible.values() for each in changes}
        return RestoredSeries(
            site=site_config.site,
            series=series,
            views=await self._writer.views(
                tx, site_config, [each.after for each in written if each.after.id in restored], now
            ),
            left=tuple(
                (each, verdict) for each, verdict in zip(gone, verdicts, strict=True) if each.id not in restored
            ),
            others=others,
        )

    async def locked(self, tx: Tx, series_id: str) -> tuple[Series, SiteConfig, datetime]:
        """The series as it is once nobody else writes to its site's diary. Raises ``SeriesUnknown``."""
        found = await require(tx, series_id)
        await self._database.lock_site(tx, found.site)
        return await require(tx, series_id), await self._writer.site_configs.of(tx, found.site), self._clock.now()


def _back(old: Booking, site_config: SiteConfig, now: datetime) -> Booking:
    """As it was before it was cancelled; a hold that has expired meanwhile gets a new deadline."""
    new = lifecycle.restore(old, now)
    if new.state is BookingState.HELD and (new.held_until is None or new.held_until <= now):
        new = msgspec.structs.replace(new, held_until=held_until(site_config.policy, new.during, now=now))
    return new


def _whose(actor: Actor, found: Sequence[Booking]) -> tuple[list[Booking], tuple[Booking, ...]]:
    """Those that the actor may change, and those that are another party's by now."""
    mine = [each for each in found if may_book(actor, each)]
    return mine, tuple(each for each in found if each not in mine)


def changed(series: Series, actor: Actor, now: datetime, **fields: object) -> Series:
    """The series with other fields, one version on."""
    return msgspec.structs.replace(series, changed_at=now, changed_by=actor.name, version=series.version + 1, **fields)


def _own(draft: SeriesDraft, actor: Actor, site: str) -> SeriesDraft:
    """The draft with the party it is for; raises as ``party_for``."""
    party = party_for(draft.details.party, actor, site)
    return msgspec.structs.replace(draft, details=msgspec.structs.replace(draft.details, party=party))


def _planned(site_config: SiteConfig, draft: SeriesDraft, now: datetime) -> list[DateIntent]:
    zone = site_config.site.tz
    dates = expand_pattern(draft.pattern, zone, site_config.hours).occurrences
    return intend(dates, draft.details, draft.wanted, zone=zone, now=now)


def _nothing_booked(dates: Sequence[SeriesDate], refused: Sequence[SeriesDate], site_config: SiteConfig) -> None:
    """Raises what says why."""
    refused = refused or [each for each in dates if each.verdict.refusals]
    if refused:
        raise refusal(refused, site_config.site.tz)
    raise invalid_field("choices", "leave no date to book")


def _name(booking: Booking, zone: ZoneInfo) -> str:
    """What a booking is called among the dates of its series."""
    return booking.occurrence or local_time.wall(booking.starts, zone).isoformat(timespec="seconds")
