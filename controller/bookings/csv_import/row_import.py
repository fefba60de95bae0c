"""Imports some rows of a CSV file in one transaction: finds what its names mean at the site, judges them, and writes
them unless it is a dry run.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from controller.bookings import lifecycle
from controller.bookings import repository as bookings
from controller.bookings.change_impact import ChangedParts, changing
from controller.bookings.change_impact import PlannedChange as Other
from controller.bookings.change_impact import wanted as changed_into
from controller.bookings.csv_import import service
from controller.bookings.csv_import.model import ImportedBefore, ParsedBookingRow, RowStatus
from controller.bookings.diary.model import (
    Booking,
    BookingChange,
    BookingRequest,
    BookingState,
    Changed,
    Draft,
    Need,
    booking_time,
    require_timely,
)
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.errors import Stale, conflicts
from controller.bookings.lifecycle import held_until, waiting_state
from controller.bookings.rules.evaluate import HypotheticalBookings, judge
from controller.bookings.rules.model import RuleRequest, Verdict
from controller.bookings.series.model import changed_fields
from controller.bookings.writer import BookingWriter
from controller.db.engine import Tx
from controller.people.model import Actor, Tier
from controller.people.party_repository import tier_of, tier_to_book
from controller.platform.csv_import.rows import ImportedRow, RowResult
from controller.platform.web.problem import Problem, invalid_field

_COUNT_FIRST = re.compile(r"(?P<count>\d{1,6})\s*[x×*]?\s+(?P<name>\D.*)")
_COUNT_LAST = re.compile(r"(?P<name>.*?\S)\s*[x×*:]?\s+(?P<count>\d{1,6})")


def placed(
    wanted: ParsedBookingRow, site_config: SiteConfig, old: Booking | None
) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """The fields of a row with ids of this site, and what there is not. ``old``: the booking that it changes."""
    given = dict(wanted.given)
    faults: list[tuple[str, str]] = []

    def wrong(column: str, reason: str) -> None:
        faults.append((column, reason))

    space = None if old is None else old.space
    if "space" in given:
        said = str(given["space"])
        names = {each.space.id: each.space.name for each in site_config.by_space.values()}
        space = _found(said, names)
        if space is None:
            wrong("space", f"there is no space {said[:40]!r} here; there are {', '.join(sorted(names))}")
        given["space"] = space
    if "layout" in given:
        said = str(given["layout"])
        layouts = {} if space is None else {each.id: each.name for each in site_config.require(space).space.layouts}
        given["layout"] = _found(said, layouts) if said else None
        if said and given["layout"] is None and space is not None:
            wrong("layout", f"{space} has no layout {said[:40]!r}; it has {', '.join(sorted(layouts)) or 'none'}")
    if "equipment" in given:
        needs: dict[str, int] = {}
        names = {each.id: each.name for each in site_config.equipment.values()}
        for part in filter(None, (each.strip() for each in str(given["equipment"]).split(";"))):
            name, count = _counted(part)
            thing = _found(name, names)
            if thing is None or count < 1:
                wrong(
                    "equipment",
                    f"{part[:40]!r} is none of {', '.join(sorted(names)) or 'none'}; write “chairs 20; urn 1”",
                )
            else:
                needs[thing] = needs.get(thing, 0) + count
        given["equipment"] = tuple(Need(equipment=each, count=count) for each, count in sorted(needs.items()))
    return given, faults


def _found(said: str, names: Mapping[str, str]) -> str | None:
    """The id, given as such or by a name that is unique."""
    if said in names:
        return said
    plain = said.casefold()
    called = [each for each, name in names.items() if plain in (each, name.casefold())]
    return called[0] if len(called) == 1 else None


def _counted(part: str) -> tuple[str, int]:
    """“20 x chairs”, “chairs 20”, “projector”."""
    found = _COUNT_FIRST.fullmatch(part) or _COUNT_LAST.fullmatch(part)
    return (found["name"], int(found["count"])) if found else (part, 1)


_WHY = "cancelled in the spreadsheet that it came from"


class _Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """A row for a new booking."""

    row: ParsedBookingRow
    asked: BookingRequest
    tier: Tier


class _Move(msgspec.Struct, frozen=True, kw_only=True):
    """A row that changes its booking."""

    row: ParsedBookingRow
    other: Other
    tier: Tier

    @property
    def asked(self) -> BookingRequest:
        """As in a change by hand: an overruled buffer no longer counts once the booking holds other time."""
        new = self.other.new
        return replace(new.asked, overrule=new.overruled and not self.other.holds_other)


@dataclass(eq=False)
class RowImport:
    """Good for one ``take``. ``hypothetical``: of a dry run, which writes nothing: the result of earlier rows, grows.
    Otherwise the caller holds the site's lock."""

    tx: Tx
    writer: BookingWriter
    site_config: SiteConfig
    _: KW_ONLY
    actor: Actor
    now: datetime
    hypothetical: HypotheticalBookings | None = None

    def __post_init__(self) -> None:
        self._tiers: dict[tuple[str | None, bool], Tier] = {}
        self._fresh: list[_Fresh] = []
        self._moves: list[_Move] = []
        self._gone: list[tuple[ParsedBookingRow, Booking]] = []
        self._rows: list[ImportedRow] = []
        self._to_remember: list[tuple[ParsedBookingRow, str]] = []

    async def take(self, rows: Sequence[ParsedBookingRow]) -> list[ImportedRow]:
        """Write the rows, each completely or not at all; returns the results."""
        known = await service.imported_before(self.tx, self.site_config.site.id, [row.reference for row in rows])
        ids = {row.booking or known[row.reference].booking for row in rows if row.booking or row.reference in known}
        olds = {each.id: each for each in await bookings.some(self.tx, sorted(ids))}
        for row in rows:
            try:
                await self._sort(row, known.get(row.reference), olds)
            except Problem as problem:
                reasons = [(each.field, each.message) for each in problem.errors]
                self._rows.append(row.refused(reasons or [("", problem.detail)]))
        await self._cancel()
        await self._change()
        await self._book()
        if self.hypothetical is None:
            await service.remember(self.tx, self.site_config.site.id, self._to_remember)
        return self._rows

    async def _sort(self, row: ParsedBookingRow, known: ImportedBefore | None, olds: Mapping[str, Booking]) -> None:
        """What the row asks for. Raises ``Problem``."""
        old = olds.get(row.booking or (known.booking if known else ""))
        if row.booking and (old is None or old.site != self.site_config.site.id):
            raise invalid_field("id", f"there is no booking {row.booking!r} here; leave it empty for a new one")
        if old is not None and known is not None and not row.booking and row.fingerprint == known.fingerprint:
            return self._report(row, RowResult.UNCHANGED, old.id)  # a person may have changed it here since
        given, faults = placed(row, self.site_config, old)
        if faults:
            return self._rows.append(row.refused(faults))
        if old is None:
            return await self._sort_fresh(row, given)
        return await self._sort_other(row, given, old)

    async def _sort_fresh(self, row: ParsedBookingRow, given: dict[str, object]) -> None:
        if row.status in (RowStatus.CANCELLED, RowStatus.KEPT):
            raise invalid_field("status", f"is marked as {row.said}, so there is nothing to book")
        for name in ("space", "title"):
            if name not in given:
                raise invalid_field(name, "a new booking needs one")
        if row.starts is None or row.ends is None:
            raise invalid_field("ends" if row.starts else "starts", "a new booking needs a date, a start and an end")
        zone = self.site_config.site.tz
        fields: dict[str, Any] = given
        draft = Draft(starts=row.starts, ends=row.ends, **fields)
        during = booking_time(row.starts.resolve(zone, "starts"), row.ends.resolve(zone, "ends"))
        if during.end <= self.now:
            return self._report(row, RowResult.PAST)
        require_timely(during, zone=zone, now=self.now)
        tier = await self._tier(draft.party, changed_party=True)
        return self._fresh.append(_Fresh(row=row, asked=draft.asked(during), tier=tier))

    async def _sort_other(self, row: ParsedBookingRow, given: dict[str, object], old: Booking) -> None:
        if row.status is RowStatus.CANCELLED:
            if lifecycle.cancel(old, self.now) is old:
                return self._report(row, RowResult.UNCHANGED, old.id, keep=True)
            self._require_fresh(row, old)
            return self._gone.append((row, old))
        times = {name: value for name, value in (("starts", row.starts), ("ends", row.ends)) if value is not None}
        change = replace(BookingChange(), **given, **times)
        there = self.site_config.require(str(given.get("space", old.space)))
        other = changed_into(old, change, there, now=self.now)
        if other.what is ChangedParts.NOTHING:
            return self._report(row, RowResult.UNCHANGED, old.id, keep=True)
        lifecycle.require_changeable(old)
        self._require_fresh(row, old)
        other.require_timely(there.site.tz, now=self.now)
        tier = await self._tier(other.new.party, changed_party=other.new.party != old.party)
        return self._moves.append(_Move(row=row, other=other, tier=tier))

    def _require_fresh(self, row: ParsedBookingRow, old: Booking) -> None:
        """Raises ``Stale`` where somebody has changed the booking since the row was exported."""
        if row.version is not None and row.version != old.version:
            raise Stale(old)

    async def _tier(self, party: str | None, *, changed_party: bool) -> Tier:
        """Raises ``Invalid``."""
        if (party, changed_party) not in self._tiers:
            tier = tier_to_book(self.tx, party, self.actor) if changed_party else tier_of(self.tx, party)
            self._tiers[party, changed_party] = await tier
        return self._tiers[party, changed_party]

    async def _cancel(self) -> None:
        olds = [old for _, old in self._gone]
        if self.hypothetical is not None:
            self.hypothetical.let_go(old.id for old in olds)
        elif olds:
            await self.writer.cancel(self.tx, self.site_config, olds, actor=self.actor, now=self.now, why=_WHY)
        for row, old in self._gone:
            self._report(row, RowResult.CANCELLED, old.id, keep=True)

    async def _change(self) -> None:
        """Changed bookings make room for each other; one that cannot be changed stays, and blocks the others."""
        remaining, moved = self._moves, list[tuple[_Move, RuleRequest]]()
        expired: tuple[str, ...] = ()
        while judged := [each for each in remaining if each.other.judged(now=self.now)]:
            but = frozenset(each.other.old.id for each in judged)
            requests = [
                changing(
                    RuleRequest(asked=each.asked, actor=self.actor, tier=each.tier, but=but),
                    each.other.old,
                    zone=self.site_config.site.tz,
                    now=self.now,
                )
                for each in judged
            ]
            moved = list(zip(judged, requests, strict=True))
            verdicts = await self._judge(requests)
            concerned = [each.other.concerned(verdict) for each, verdict in zip(judged, verdicts, strict=True)]
            refused = [(each, why) for each, why in zip(judged, concerned, strict=True) if not why.possible]
            expired = tuple(dict.fromkeys(each for verdict in verdicts for each in verdict.expired))
            if not refused:
                break
            for each, why in refused:
                self._refuse(each.row, why, each.other.old.id)
            out = {each.row.line for each, _ in refused}
            remaining = [each for each in remaining if each.row.line not in out]
        if self.hypothetical is None:
            await self._rewrite(remaining, expired)
        elif remaining:
            self.hypothetical.let_go(each.other.old.id for each, _ in moved)
            self.hypothetical.take(self.site_config, [request for _, request in moved], now=self.now)
        for each in remaining:
            changed = sorted(each.other.fields)
            self._report(each.row, RowResult.CHANGED, each.other.old.id, changes=changed, keep=True)

    async def _judge(self, requests: Sequence[RuleRequest]) -> list[Verdict]:
        return await judge(
            self.tx, self.site_config, requests, now=self.now, together=True, hypothetical=self.hypothetical
        )

    async def _rewrite(self, remaining: Sequence[_Move], expired: Sequence[str]) -> None:
        changes = [Changed(before=each.other.old, after=_after(each)) for each in remaining]
        rewritten = await self.writer.rewrite_all(
            self.tx, self.site_config, changes, actor=self.actor, now=self.now, what="change", expired=expired
        )
        if rewritten:
            await self.writer.announce(self.tx, self.site_config, rewritten, actor=self.actor, now=self.now)

    async def _book(self) -> None:
        requests = [RuleRequest(asked=each.asked, actor=self.actor, tier=each.tier) for each in self._fresh]
        verdicts = await self._judge(requests)
        groups: dict[tuple[BookingState, datetime | None], list[_Fresh]] = defaultdict(list)
        expired = dict.fromkeys(each for verdict in verdicts for each in verdict.expired)
        for each, verdict in zip(self._fresh, verdicts, strict=True):
            if verdict.possible:
                groups[self._course(each)].append(each)
            else:
                self._refuse(each.row, verdict)
        if self.hypothetical is not None:
            possible = [request for request, verdict in zip(requests, verdicts, strict=True) if verdict.possible]
            self.hypothetical.take(self.site_config, possible, now=self.now)
            for each in (each for group in groups.values() for each in group):
                self._report(each.row, RowResult.ADDED)
            return
        for (state, until), group in groups.items():
            made = await self.writer.book(
                self.tx,
                self.site_config,
                [each.asked for each in group],
                actor=self.actor,
                now=self.now,
                state=state,
                held_until=until,
                expired=tuple(expired),
            )
            for each, booking in zip(group, made.bookings, strict=True):
                self._report(each.row, RowResult.ADDED, booking.id, keep=True)

    def _course(self, fresh: _Fresh) -> tuple[BookingState, datetime | None]:
        """The state of a new booking, and until when it is held."""
        if fresh.row.status is not RowStatus.WAITS:
            return BookingState.CONFIRMED, None
        policy = self.site_config.policy
        return waiting_state(policy), held_until(policy, fresh.asked.during, now=self.now)

    def _report(
        self,
        row: ParsedBookingRow,
        become: RowResult,
        booking: str = "",
        *,
        changes: Sequence[str] = (),
        keep: bool = False,
    ) -> None:
        """``keep``: note that the booking is now as the row says."""
        self._rows.append(row.result(become, booking, changes=changes))
        if keep and not row.booking:
            self._to_remember.append((row, booking))

    def _refuse(self, row: ParsedBookingRow, verdict: Verdict, booking: str = "") -> None:
        against = conflicts(verdict.conflicts, self.site_config.site.tz)
        reasons = [(each.field, each.text) for each in verdict.refusals]
        self._rows.append(row.refused(reasons, booking, conflicts=against))


def _after(move: _Move) -> Booking:
    old, new = move.other.old, move.other.new
    return replace(new, changed_here=changed_fields(old, new), overruled=move.asked.overrule)
