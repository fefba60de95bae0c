"""Writes bookings: claims, codes and log together, inside the caller's transaction."""

from collections.abc import Awaitable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from controller.access import offline_codes
from controller.access import service as access
from controller.access.code_generation import Codes, IssuedCodes
from controller.access.code_status import CodeStatus, HeldGrant, LingeringCode, code_status
from controller.access.offline_codes import OfflineCode
from controller.access.repository import doors_offline, first_look_read
from controller.access.service import AccessService
from controller.bookings import claims, lifecycle, repository
from controller.bookings.affected import repository as affected
from controller.bookings.arrivals import evidence_of
from controller.bookings.booking_view import BookingView, OfflineShown
from controller.bookings.code_issuing import BookingCodes, lingering
from controller.bookings.diary import waitlist_repository
from controller.bookings.diary.model import Booking, BookingRequest, BookingState, Cause, Changed, Details, Impact
from controller.bookings.diary.site_config import SiteConfig, SiteConfigs, SpaceAtSite
from controller.bookings.lifecycle import words_of
from controller.bookings.links import Links
from controller.bookings.no_show_rules import Evidence, given_back_at
from controller.db.compiled_sql import BulkInsert
from controller.db.engine import Database, Tx
from controller.estate.errors import SiteUnknown
from controller.people.model import Actor, Tier
from controller.people.party_repository import parties
from controller.platform.key_files import KeyFiles
from controller.platform.text import times
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff
from edge.wire.ids import new_id


class CreatedBookings(msgspec.Struct, frozen=True, kw_only=True):
    """Bookings that were just made. ``issued``: the codes, by booking. ``why``: what they wait for approval for."""

    bookings: tuple[Booking, ...]
    issued: Mapping[str, IssuedCodes]
    why: str


class BookingHook(Protocol):
    """A hook for changes of bookings at one site, called in the same transaction."""

    def __call__(
        self, tx: Tx, site_config: SiteConfig, changes: Sequence[Changed], *, actor: str, now: datetime
    ) -> Awaitable[None]: ...


class BookingWriter:
    """``codes``: how bookings get theirs. ``address``: under which the door pages are."""

    def __init__(
        self, database: Database, access: AccessService, keys: KeyFiles, codes: BookingCodes, *, address: str
    ) -> None:
        self._database = database
        self._access = access
        self._keys = keys
        self.codes = codes
        self.links = Links(keys, address)
        self.site_configs = SiteConfigs()
        self._followers: list[BookingHook] = []

    def when_bookings_change(self, follow: BookingHook) -> None:
        """Have ``follow`` awaited after every write of bookings, in its transaction and under the site's lock."""
        self._followers.append(follow)

    async def announce(
        self, tx: Tx, site_config: SiteConfig, changes: Sequence[Changed], *, actor: Actor, now: datetime
    ) -> None:
        """Call the hooks. Only for changes that their writer has not announced."""
        for follow in self._followers:
            await follow(tx, site_config, changes, actor=actor.name, now=now)

    async def book(
        self,
        tx: Tx,
        site_config: SiteConfig,
        asked: Sequence[BookingRequest],
        *,
        actor: Actor,
        now: datetime,
        state: BookingState = BookingState.CONFIRMED,
        held_until: datetime | None = None,
        series_id: str | None = None,
        occurrences: Sequence[str] | None = None,
        changed_here: Sequence[str] | None = None,
        along: Sequence[Changed] = (),
        diary: str = "",
        why: str = "",
        expired: Collection[str] | None = None,
    ) -> CreatedBookings:
        """Write bookings of one site whose times were found free; the confirmed ones have a code each.

        ``occurrences``: the wall times that their series gives them, in their order; ``changed_here``: the fields that
        are each one's own. ``along``: what ``rewrite_all`` wrote before, announced together with them. ``diary``: whose
        outside diary they are blocks of. ``why``: why they wait for approval. ``expired``: as in ``rewrite``.
        """
        names: Sequence[str | None] = occurrences or [None] * len(asked)
        own = changed_here or [""] * len(asked)
        made = [
            self._new(
                each,
                site_config.site.id,
                actor,
                now,
                state=state,
                held_until=held_until,
                series_id=series_id,
                occurrence=name,
                changed_here=fields,
                diary=diary,
            )
            for each, name, fields in zip(asked, names, own, strict=True)
        ]
        rows = BulkInsert()
        await repository.insert_bookings(tx, made, rows)
        gone = await claims.write_claims(
            self._database, tx, site_config, made, now=now, new=True, expired=expired, into=rows
        )
        certain = [each for each in made if each.certain]
        issued = await self.codes.issue(tx, site_config, certain, now, new=True, into=rows)
        await self._record(
            tx,
            [Changed(before=None, after=each) for each in made],
            actor=actor,
            now=now,
            what="book",
            why=why,
            into=rows,
        )
        await rows.write(tx)
        new = [Changed(before=None, after=each) for each in made]
        await self.announce(tx, site_config, [*along, *gone, *new], actor=actor, now=now)
        return CreatedBookings(bookings=tuple(made), issued=issued, why=why)

    def _new(
        self,
        asked: BookingRequest,
        site: str,
        actor: Actor,
        now: datetime,
        *,
        state: BookingState,
        held_until: datetime | None,
        series_id: str | None,
        occurrence: str | None,
        changed_here: str,
        diary: str,
    ) -> Booking:
        return Booking(
            **{name: getattr(asked, name) for name in Details.__struct_fields__},
            id=new_id(now),
            site=site,
            starts=asked.during.start,
            ends=asked.during.end,
            overruled=asked.overrule,
            created_at=now,
            created_by=actor.name,
            changed_at=now,
            changed_by=actor.name,
            version=1,
            state=state,
            held_until=held_until,
            series_id=series_id,
            occurrence=occurrence,
            changed_here=changed_here,
            diary=diary,
        )

    async def reissue(
        self, tx: Tx, site_config: SiteConfig, booking: Booking, *, actor: Actor, now: datetime, why: str
    ) -> list[Booking]:
        """Give a booking, and all that share its codes, new codes at once; returns them. The old ones end with the
        doors' next plan."""
        share = await self.codes.own(tx, booking.id)
        together = await self.codes.together(tx, booking, share, now)
        await self.reissue_all(tx, site_config, together, actor=actor, now=now, why=why)
        return together

    async def reissue_all(
        self, tx: Tx, site_config: SiteConfig, bookings: Sequence[Booking], *, actor: Actor, now: datetime, why: str
    ) -> None:
        """Give these bookings new codes at once, which they share as before, and no others that share with them."""
        shares = await self.codes.shares(tx, bookings)
        await access.revoke(tx, booking_ids=[each.id for each in bookings], now=now)
        rows = BulkInsert()
        await self.codes.issue(tx, site_config, bookings, now, fresh=True, shares=shares, into=rows)
        changes = [Changed(before=each, after=each) for each in bookings]
        await self._record(tx, changes, actor=actor, now=now, what="new code", why=why, into=rows)
        await rows.write(tx)
        await self.announce(tx, site_config, changes, actor=actor, now=now)

    async def rewrite(
        self,
        tx: Tx,
        site_config: SiteConfig,
        old: Booking,
        new: Booking,
        *,
        actor: Actor,
        now: datetime,
        what: str,
        why: str = "",
        expired: Collection[str] | None = None,
    ) -> Booking:
        """Write a changed booking; its claim and its code are replaced if they change.

        ``expired``: ids of holds that give way, where a verdict has named them.
        """
        [*along, written] = await self.rewrite_all(
            tx, site_config, [Changed(before=old, after=new)], actor=actor, now=now, what=what, why=why, expired=expired
        )
        await self.announce(tx, site_config, [*along, written], actor=actor, now=now)
        return written.after

    async def rewrite_all(
        self,
        tx: Tx,
        site_config: SiteConfig,
        changes: Sequence[Changed],
        *,
        actor: Actor,
        now: datetime,
        what: str,
        why: str = "",
        expired: Collection[str] | None = None,
    ) -> list[Changed]:
        """Write changed bookings of one site together, so that they do not conflict with each other. Claims and codes
        follow where time, space or state changed. The caller announces what is returned: the expired holds that were
        replaced, then these."""
        if not changes:
            return []
        written = [
            Changed(
                before=each.before,
                after=msgspec.structs.replace(
                    each.after, changed_at=now, changed_by=actor.name, version=each.after.version + 1
                ),
            )
            for each in changes
        ]
        rows = BulkInsert()
        await repository.update_bookings(tx, [each.after for each in written])
        await repository.update_seen(tx, written)
        holding = [each.after for each in written if _differs(each, _HOLDING)]
        gone: list[Changed] = []
        if holding:
            gone = await claims.write_claims(
                self._database, tx, site_config, holding, now=now, expired=expired, into=rows
            )
        coded = [each for each in written if _differs(each, _CODED)]
        certain = [each for each in coded if each.after.certain]
        await access.revoke(tx, booking_ids=[each.after.id for each in coded], now=now)
        await offline_codes.revoke(tx, [each.after.id for each in coded], now=now)
        shares = await self.codes.kept_shares(tx, site_config, certain)
        await self.codes.issue(tx, site_config, [each.after for each in certain], now, shares=shares, into=rows)
        await _let_go(tx, site_config, [each.after for each in written if _differs(each, _PLACED)])
        await _open_again(tx, site_config, [each.after for each in written if _woken(each, now)])
        await self._record(tx, written, actor=actor, now=now, what=what, why=why, into=rows)
        await rows.write(tx)
        return [*gone, *written]

    async def cancel(
        self, tx: Tx, site_config: SiteConfig, bookings: Sequence[Booking], *, actor: Actor, now: datetime, why: str
    ) -> list[Booking]:
        """Cancel active bookings of one site; their time is free at once."""
        changes = [Changed(before=each, after=lifecycle.cancel(each, now)) for each in bookings]
        gone = await self.rewrite_all(tx, site_config, changes, actor=actor, now=now, what="cancel", why=why)
        await self.announce(tx, site_config, gone, actor=actor, now=now)
        return [each.after for each in gone]

    async def _record(
        self,
        tx: Tx,
        changes: Sequence[Changed],
        *,
        actor: Actor,
        now: datetime,
        what: str,
        why: str = "",
        into: BulkInsert,
    ) -> None:
        """One entry in each booking's log, and one in the audit log."""
        ids = [each.after.id for each in changes]
        first = changes[0].after
        await repository.log(tx, ids, at=now, actor=actor.name, what=what, why=why, into=into)
        thing = f"booking {ids[0]}" + (f" and {len(ids) - 1} more" if len(ids) > 1 else "")
        before = changes[0].before if len(ids) == 1 else None
        differs = diff(before, first, leave_out=_BOOKKEEPING) if len(ids) == 1 else {"bookings": (None, ids)}
        await audit_log.record(
            tx,
            actor=actor.name,
            at=now,
            act=what,
            site=first.site,
            thing=thing,
            changes=differs,
            why=why,
            subject=first.party,
            former=before.party if before is not None else None,
            into=into,
        )

    async def views(self, tx: Tx, where: SiteConfig, bookings: Sequence[Booking], now: datetime) -> list[BookingView]:
        """What screens show of bookings of one site, in few queries however many they are."""
        ids = [each.id for each in bookings]
        off = _off(bookings, now)
        return await self._shown(
            tx,
            where,
            bookings,
            now,
            codes=await self._access.codes(tx, [each.id for each in bookings if each.certain]),
            code_statuses=await access.code_statuses(tx, ids, now, off=off, zone=where.site.tz),
            lingering=await lingering(tx, where.site.id, now=now),
            reasons=await repository.reasons(tx, list(off)),
            issued=await self._access.offline(tx, where.site.id, [each.id for each in bookings if each.certain], now),
            impacts=await affected.of_bookings(tx, [each.id for each in bookings if lifecycle.is_active(each, now)]),
        )

    async def read_site(self, tx: Tx, site: str, now: datetime) -> tuple[SiteConfig, bool]:
        """The site as this transaction sees it, and whether there is anything unusual about its doors, for
        ``views_of``. Raises ``SiteUnknown``."""
        read, given = first_look_read(site, now)
        found = await read.first(tx, **given)
        if found is None:
            raise SiteUnknown(site)
        return await self.site_configs.at(tx, site, found["revision"]), found["unusual"]

    async def views_of(
        self, tx: Tx, where: SiteConfig, made: CreatedBookings, now: datetime, *, unusual: bool
    ) -> list[BookingView]:
        """As ``views``, of bookings that were made in this transaction: what was just written is not read again.
        ``unusual``: as ``read_site`` has found it in the same transaction."""
        site, off = where.site.id, _off(made.bookings, now)
        away = await doors_offline(tx, site) if unusual else {}
        held: dict[str, list[HeldGrant]] = {}
        for each in made.bookings:
            place = where.by_space[each.space]
            names = dict(zip(place.space.doors, place.door_names, strict=True))
            held[each.id] = [
                HeldGrant.fresh(grant, door_name=names[grant.door], offline_since=away.get(grant.door))
                for grant in (made.issued[each.id].grants if each.id in made.issued else ())
            ]
        return await self._shown(
            tx,
            where,
            made.bookings,
            now,
            codes={each: issued.codes for each, issued in made.issued.items()},
            code_statuses={
                each: code_status(grants, off=off.get(each, ""), now=now, zone=where.site.tz)
                for each, grants in held.items()
            },
            lingering=await lingering(tx, site, now=now) if unusual else [],
            reasons=dict.fromkeys(off, made.why),
        )

    async def _shown(
        self,
        tx: Tx,
        where: SiteConfig,
        bookings: Sequence[Booking],
        now: datetime,
        *,
        codes: Mapping[str, Codes],
        code_statuses: Mapping[str, CodeStatus],
        lingering: Sequence[LingeringCode],
        reasons: Mapping[str, str],
        issued: Mapping[str, Sequence[tuple[OfflineCode, str]]] | None = None,
        impacts: Mapping[str, Sequence[Impact]] | None = None,
    ) -> list[BookingView]:
        known = await parties(tx, {each.party for each in bookings if each.party is not None})
        held = [each for each in bookings if each.state is BookingState.HELD]
        offers = await waitlist_repository.offers(tx, held) if held else {}
        shown: list[BookingView] = []
        for each in bookings:
            party = None if each.party is None else known.get(each.party)
            rule = where.policy.release_rule(each.space, party.tier if party else Tier.COMMUNITY)
            release_at = None if rule is None else given_back_at(each, rule, now)
            evidence = Evidence(heard_until=None)
            place = where.by_space[each.space]
            if release_at is not None and (release_at <= now or not place.space.doors):
                evidence = await evidence_of(tx, where, place, self.codes.window(each.during, where.policy), now)
            view = BookingView(
                booking=each,
                place=place,
                party=party,
                why=reasons.get(each.id, ""),
                offer=offers.get(each.id),
                release_at=None if evidence.for_good else release_at,
                kept=evidence.missing,
                codes=codes.get(each.id),
                code_window=code_statuses[each.id].open_window or self.codes.window(each.during, where.policy),
                offline=tuple(
                    _offline(place, code, digits, now=now) for code, digits in (issued or {}).get(each.id, ())
                ),
                code_status=code_statuses[each.id],
                lingering=[old for old in lingering if each.certain and old.grant.booking_id != each.id],
                impacts=(impacts or {}).get(each.id, ()),
                links=self.links,
                now=now,
            )
            shown.append(view)
        return shown


async def _let_go(tx: Tx, where: SiteConfig, moved: Sequence[Booking]) -> None:
    """What affected a booking at its old time and place does no longer, but for a closure that still meets it."""
    shut = [each.id for each in moved if where.hours.closed(each.during, space=each.space)]
    await affected.clear(tx, [each.id for each in moved if each.id not in shut])
    await affected.clear(tx, shut, causes=[cause for cause in Cause if cause is not Cause.CLOSED])


async def _open_again(tx: Tx, where: SiteConfig, restored: Sequence[Booking]) -> None:
    """A closure that was removed while a booking was cancelled no longer affects it."""
    free = [each.id for each in restored if not where.hours.closed(each.during, space=each.space)]
    await affected.clear(tx, free, causes=[Cause.CLOSED])


def _woken(change: Changed, now: datetime) -> bool:
    """Whether it was not active before, and is now."""
    before = change.before
    return before is not None and not lifecycle.is_active(before, now) and lifecycle.is_active(change.after, now)


def _offline(place: SpaceAtSite, code: OfflineCode, digits: str, *, now: datetime) -> OfflineShown:
    names = dict(zip(place.space.doors, place.door_names, strict=True))
    during, zone, name = code.window.during, place.site.tz, names.get(code.door, code.door)
    since, until = times.at(during.start, zone, now=now), times.at(during.end, zone, now=now)
    text = f"for {name}, which is offline, from {since} until {until}"
    return OfflineShown(door=code.door, name=name, digits=digits, window=during, text=text)


def _off(bookings: Sequence[Booking], now: datetime) -> dict[str, str]:
    """Why those that have no code have none."""
    return {each.id: words_of(each.status(now)) for each in bookings if not each.certain}


def _differs(change: Changed, fields: Sequence[str]) -> bool:
    before, after = change.before, change.after
    return before is None or any(getattr(before, name) != getattr(after, name) for name in fields)


_CODED = ("space", "starts", "ends", "certain", "party")
"""What a booking's code follows."""
_BOOKKEEPING = (
    *("changed_at", "changed_by", "version", "state_at", "state_before", "ends_before"),
    *("id", "site", "created_at", "created_by"),
)
"""What follows from a change, and is not one, or is in the row anyway."""
_PLACED = ("space", "starts", "ends")
"""What closures and rules look at."""
_HOLDING = (*_CODED, "claims", "layout", "people", "seats", "equipment", "setup_min", "cleardown_min")
"""What its claims follow."""
