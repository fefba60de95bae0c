"""Reads and sets tariffs; gives, looks up and waives quotes; shows what typical bookings would cost."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from controller.billing import bill_changes, repository
from controller.billing.batch_pricing import load_pricer
from controller.billing.model import (
    Bill,
    Example,
    Frozen,
    Quote,
    QuoteLine,
    QuoteLineKind,
    QuoteReason,
    Shift,
    StoredTariffs,
    Tariffs,
    Waiver,
)
from controller.billing.quote_freezing import QuoteFreezer, confirmed
from controller.billing.rate_periods import micros
from controller.billing.tariff_cache import TariffCache, basis
from controller.billing.tariff_examples import examples, overpriced_parts
from controller.billing.validation import faults, parties_named
from controller.bookings import repository as bookings
from controller.bookings.diary.model import Booking, BookingRequest, BookingState, Changed, Draft, booking_time
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.errors import BookingUnknown
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.estate.model import Site
from controller.estate.repository import bump
from controller.people.model import Actor, Tier
from controller.people.optimistic_locking import require_version
from controller.people.party_repository import parties, tier_of
from controller.platform.web.problem import Conflicting, Invalid
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.ids import new_id
from edge.wire.interval import Interval


class NothingCharged(Conflicting, kind="nothing-charged", title="Nothing is charged"):
    """There is no charge to waive."""

    def __init__(self, title: str) -> None:
        super().__init__(f"nothing is charged for “{title}”, so there is nothing to waive")


MOST_SHIFTS = 100

_NEVER_SET = Quote(
    lines=(QuoteLine(kind=QuoteLineKind.UNSET, text="no charge was set when it was confirmed"),), total=None
)


class TariffEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What new tariffs change. ``shifts``: bookings that wait for a decision, at most ``MOST_SHIFTS`` by start.
    ``kept``: how many confirmed ones keep the quote they have. ``examples``: what typical bookings would cost.
    ``overpriced_parts``: sentences, one for each space that costs more than a space it is part of."""

    shifts: tuple[Shift, ...]
    kept: int
    examples: tuple[Example, ...]
    overpriced_parts: tuple[str, ...]


class Quoted(msgspec.Struct, frozen=True, kw_only=True):
    """A quote for one date, not frozen."""

    during: Interval
    quote: Quote


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What a booking costs. ``settled``: False while it may still change. ``frozen``: the quote that holds, if one was
    made. ``quote``: the same, or what it would be now. ``if_cancelled``: what it would be if a confirmed booking were
    cancelled now. ``earlier``: those that held before, the newest first."""

    site: Site
    booking: Booking
    quote: Quote
    settled: bool
    frozen: Frozen | None
    if_cancelled: Quote | None = None
    earlier: tuple[Frozen, ...]


class BillingService:
    """Each method is one transaction. ``writer`` notifies it of bookings."""

    def __init__(self, database: Database, clock: Clock, changes: Changes, writer: BookingWriter) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._writer = writer
        self._lists = TariffCache()
        writer.when_bookings_change(QuoteFreezer(self._lists).follow)

    async def tariffs(self, site: str) -> tuple[Site, StoredTariffs | None]:
        """The tariffs that hold; None where none were ever set. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            return site_config.site, await self._lists.of(tx, site_config)

    async def put(
        self, site: str, tariffs: Tariffs, *, version: int, check: bool, actor: Actor
    ) -> tuple[Site, StoredTariffs, TariffEffect]:
        """Set the tariffs of a site, or with ``check`` only find out what that would change. Frozen quotes stay as
        they are. ``version``: the one the asker has read. Raises ``Invalid``, ``SiteUnknown``, ``VersionStale``."""
        if check:
            async with self._database.read() as tx:
                return await self._put(tx, site, tariffs, version, actor, write=False)
        done = await self._database.run(self._put, site, tariffs, version, actor, write=True)
        self._changes.site_changed(site)
        return done

    async def _put(
        self, tx: Tx, site: str, tariffs: Tariffs, version: int, actor: Actor, *, write: bool
    ) -> tuple[Site, StoredTariffs, TariffEffect]:
        if write:
            await self._database.lock_site(tx, site)
        now = self._clock.now()
        site_config = await self._writer.site_configs.of(tx, site)
        old = await repository.current(tx, site)
        await require_version(tx, version, old.version if old else 0, site=site, thing="tariffs")
        if wrong := faults(tariffs, site_config, await parties(tx, parties_named(tariffs))):
            raise Invalid("; ".join(f"{each.field}: {each.message}" for each in wrong[:10]), errors=wrong)
        new = StoredTariffs(
            version=(old.version if old else 0) + 1, tariffs=tariffs, changed_at=now, changed_by=actor.name
        )
        effect = await self._effect(tx, site_config, old.tariffs if old else Tariffs(), tariffs, now)
        if write:
            await repository.put(tx, site, new)
            await bump(tx, site)
            changes = diff(old.tariffs if old else None, tariffs)
            await audit_log.record(
                tx, actor=actor.name, at=now, act="change", site=site, thing="tariffs", changes=changes
            )
        return site_config.site, new, effect

    async def _effect(self, tx: Tx, site_config: SiteConfig, old: Tariffs, new: Tariffs, now: datetime) -> TariffEffect:
        ids = await repository.undecided(tx, site_config.site.id, after=now, limit=MOST_SHIFTS)
        waiting = await bookings.some(tx, ids)
        asked = [each.asked for each in waiting]
        series = [each.series_id for each in waiting if each.series_id is not None]
        pricers = [await load_pricer(tx, site_config, tariffs, asked, series=series) for tariffs in (old, new)]
        shifts = []
        for each in waiting:
            before, after = (pricer.price(basis(site_config, each.asked), series=each.series_id) for pricer in pricers)
            shifts.append(Shift(booking_id=each.id, title=each.title, during=each.during, before=before, after=after))
        return TariffEffect(
            shifts=tuple(shifts),
            kept=await repository.count_confirmed(tx, site_config.site.id, after=now),
            examples=tuple(examples(site_config, old, new, now)),
            overpriced_parts=tuple(overpriced_parts(site_config, new, now)),
        )

    async def quote(
        self, site: str, drafts: Sequence[Draft], *, tier: Tier | None
    ) -> tuple[Site, list[Quoted], StoredTariffs | None]:
        """What bookings would cost if they were confirmed now, together as the dates of one series; free hours go to
        the first. ``tier`` is for drafts without a party. Raises ``Invalid``, ``SiteUnknown``, ``SpaceUnknown``."""
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            asked = [_asked(site_config, each) for each in drafts]
            for party in {each.party for each in asked}:
                await tier_of(tx, party)
            current = await self._lists.of(tx, site_config)
            pricer = await load_pricer(tx, site_config, current.tariffs if current else Tariffs(), asked)
            block = (len(asked), sum(micros(each.during.end - each.during.start) for each in asked))
            quoted = [
                Quoted(during=each.during, quote=pricer.price(basis(site_config, each), tier=tier, block=block))
                for each in asked
            ]
            return site_config.site, quoted, current

    async def quotes(self, tx: Tx, booking_ids: Sequence[str]) -> dict[str, Quote]:
        """What bookings cost, or what is charged although they do not take place, by id; without those that have never
        had a price."""
        return {each: frozen.quote for each, frozen in (await repository.live(tx, booking_ids)).items()}

    async def foreseen(
        self, tx: Tx, site_config: SiteConfig, changes: Sequence[Changed]
    ) -> dict[str, tuple[int | None, int | None]]:
        """By id, what each booking costs before and after a move or a cancellation, in pence, where nothing is charged
        for time that it gives up; ``None`` where no charge is set."""
        now, current = self._clock.now(), await self._lists.of(tx, site_config)
        if current is None:
            return {each.after.id: (None, None) for each in changes}
        both = [one for each in changes for one in (each.before or each.after, each.after)]
        frozen = await repository.live(tx, [each.id for each in both])
        pricer = await load_pricer(tx, site_config, current.tariffs, both, series=[each.series_id for each in both])
        found: dict[str, tuple[int | None, int | None]] = {}
        for was, becomes in zip(both[::2], both[1::2], strict=True):
            its, gone = frozen.get(was.id), not becomes.claims
            if its is None or not was.certain:
                before, after = (
                    pricer.price(basis(site_config, each), series=each.series_id).total for each in (was, becomes)
                )
                found[was.id] = (before, (0 if before else before) if gone else after)
                continue
            if gone:
                bill = bill_changes.cancelled(its.bill, zone=site_config.site.tz, at=now)
            else:
                bill = await confirmed(tx, site_config, current, pricer, becomes, its, now)
            waiver = its.bill.waiver
            since = waiver.since if waiver is not None and waiver.given_up_only else len(its.bill.given_up)
            free = bill_changes.waived(bill, "", given_up_only=not gone, since=since).quote.total
            full = bill.quote.total
            found[was.id] = (its.quote.total, free if (free or 0) < (full or 0) else full)
        return found

    async def account(self, booking_id: str) -> Account:
        """What a booking costs. Raises ``BookingUnknown``."""
        async with self._database.read() as tx:
            return await self._account(tx, await _require(tx, booking_id))

    async def _account(self, tx: Tx, booking: Booking) -> Account:
        site_config = await self._writer.site_configs.of(tx, booking.site)
        known = await repository.history(tx, booking.id)
        if booking.state not in {BookingState.REQUESTED, BookingState.HELD}:
            ends: Quote | None = None
            if known and booking.state is BookingState.CONFIRMED:
                ends = bill_changes.cancelled(known[0].bill, zone=site_config.site.tz, at=self._clock.now()).quote
            return Account(
                site=site_config.site,
                booking=booking,
                quote=known[0].quote if known else _NEVER_SET,
                settled=True,
                frozen=known[0] if known else None,
                if_cancelled=ends,
                earlier=tuple(known[1:]),
            )
        return Account(
            site=site_config.site,
            booking=booking,
            quote=await self._as_of_now(tx, site_config, booking, known[0] if known else None),
            settled=False,
            frozen=None,
            earlier=tuple(known),
        )

    async def _as_of_now(self, tx: Tx, site_config: SiteConfig, booking: Booking, frozen_quote: Frozen | None) -> Quote:
        """What a booking would cost if it were confirmed now."""
        current = await self._lists.of(tx, site_config)
        tariffs = current.tariffs if current else Tariffs()
        pricer = await load_pricer(tx, site_config, tariffs, [booking], series=[booking.series_id])
        if frozen_quote is None or current is None:
            return pricer.price(basis(site_config, booking), series=booking.series_id)
        return (await confirmed(tx, site_config, current, pricer, booking, frozen_quote, self._clock.now())).quote

    async def bill(self, tx: Tx, booking_id: str) -> Bill | None:
        """What a booking owes; None if it never had a price."""
        found = (await repository.live(tx, [booking_id])).get(booking_id)
        return None if found is None else found.bill

    async def waive(
        self, booking_id: str, *, why: str, given_up_only: bool, since: int | None = None, actor: Actor
    ) -> Account:
        """Waive a booking's charge, or the charge for time that was given up, whatever happens to it later; the
        quote that held is kept. ``since``: as in ``bill_changes.waived``. Raises ``BookingUnknown``,
        ``NothingCharged``."""

        account = await self._database.run(
            self.waive_in, booking_id, why=why, given_up_only=given_up_only, since=since, actor=actor
        )
        self._changes.site_changed(account.site.id)
        return account

    async def waive_in(
        self, tx: Tx, booking_id: str, *, why: str, given_up_only: bool, since: int | None = None, actor: Actor
    ) -> Account:
        """As ``waive``, in the caller's transaction; the caller notifies the listeners."""

        def off(frozen: Frozen | None, booking: Booking) -> Bill:
            if frozen is None:
                raise NothingCharged(booking.title)
            made = bill_changes.waived(frozen.bill, why, given_up_only=given_up_only, since=since)
            if (made.quote.total or 0) >= (frozen.quote.total or 0):
                raise NothingCharged(booking.title)
            return made

        return await self._rebill(tx, booking_id, off, QuoteReason.WAIVED, act="waive", actor=actor)

    async def charge(self, booking_id: str, *, actor: Actor) -> Account:
        """Take a waiver back. Idempotent. Raises ``BookingUnknown``."""

        def on(frozen: Frozen | None, _: Booking) -> Bill | None:
            return None if frozen is None or frozen.bill.waiver is None else bill_changes.charged(frozen.bill)

        rebill = self._rebill
        account = await self._database.run(rebill, booking_id, on, QuoteReason.CHARGED, act="charge", actor=actor)
        self._changes.site_changed(account.site.id)
        return account

    async def charge_again(self, tx: Tx, booking_id: str, *, why: str, former: Waiver | None, actor: Actor) -> Account:
        """Take the waiver of the whole charge back that has this reason, and put the ``former`` one in its place; any
        other stays. Idempotent; the caller notifies the listeners. Raises ``BookingUnknown``."""

        def on(frozen: Frozen | None, _: Booking) -> Bill | None:
            waiver = None if frozen is None else frozen.bill.waiver
            if frozen is None or waiver is None or waiver.given_up_only or waiver.why != why:
                return None
            made = bill_changes.charged(frozen.bill, former)
            return None if made == frozen.bill else made

        return await self._rebill(tx, booking_id, on, QuoteReason.CHARGED, act="charge", actor=actor)

    async def _rebill(
        self,
        tx: Tx,
        booking_id: str,
        becomes: Callable[[Frozen | None, Booking], Bill | None],
        why: QuoteReason,
        *,
        act: str,
        actor: Actor,
    ) -> Account:
        now = self._clock.now()
        booking = await _require(tx, booking_id)
        await self._database.lock_site(tx, booking.site)
        booking = await _require(tx, booking_id)
        old = (await repository.live(tx, [booking_id])).get(booking_id)
        bill = becomes(old, booking)
        if old is not None and bill is not None:
            made = old.next(bill, why, quote_id=new_id(now), at=now, by=actor.name[:200], version=old.tariff_version)
            await repository.freeze(tx, [made], instead_of=[old])
            thing = f"booking {booking_id}"
            await audit_log.record(tx, actor=actor.name, at=now, act=act, site=booking.site, thing=thing)
        return await self._account(tx, booking)


async def _require(tx: Tx, booking_id: str) -> Booking:
    booking = await bookings.booking(tx, booking_id)
    if booking is None:
        raise BookingUnknown(booking_id)
    return booking


def _asked(site_config: SiteConfig, draft: Draft) -> BookingRequest:
    site_config.require(draft.space)
    zone = site_config.site.tz
    return draft.asked(booking_time(draft.starts.resolve(zone, "starts"), draft.ends.resolve(zone, "ends")))
