"""Codes of bookings, issued and revoked, and what the plan compiler needs of them.

Every function works inside its caller's transaction; a caller that writes holds the site's lock. ``unused_codes`` draws
codes that nobody else uses at those doors; ``code_generation`` says which are too easy to guess.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from controller.access import code_generation, offline_codes, repository
from controller.access.code_generation import CodeRow, Codes, Issue, IssuedCodes, NewGrant, Share, WantedGrant
from controller.access.code_status import CodeStatus, code_status, open_window
from controller.access.offline_codes import OfflineCode
from controller.access.unused_codes import RECENT, draw_unused
from controller.db.compiled_sql import BulkInsert, CompiledReads, RowMemo
from controller.db.engine import DRAWN, Tx
from controller.estate.service import EstateService
from controller.platform.key_files import KeyFiles
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.ids import new_id
from edge.wire.interval import Interval

_SITES_KEPT = 256


class AccessService:
    """Issues codes. ``choose`` draws one of so many digits; tests pass their own."""

    def __init__(
        self, estate: EstateService, keys: KeyFiles, *, choose: code_generation.Chooser = code_generation.choose
    ) -> None:
        self._estate = estate
        self._keys = keys
        self._choose = choose
        self._door_secrets: dict[str, tuple[int, dict[str, bytes]]] = {}

    async def issue(
        self,
        tx: Tx,
        given: Issue,
        *,
        site: str,
        now: datetime,
        new: bool = False,
        fresh: bool = False,
        revision: int | None = None,
        into: BulkInsert | None = None,
    ) -> dict[str, IssuedCodes]:
        """Give each booking a code at its doors, keeping the present one unless somebody else has it. A booking
        whose window is over gets no code. ``new``: none of them had a code before. ``fresh``: no earlier code of
        theirs, or of those who share with them, is issued again. ``revision``: the site's, if it is known. ``into``:
        where the rows go, if others follow. Returns what was given, by booking. Raises ``NoCodeLeft``.
        """
        due = {each: window for each, window in given.windows.items() if window.end > now}
        if not due or not given.lengths:
            return {}
        here = await self._secrets(tx, site, revision)
        old = {} if new else await self.codes(tx, tuple(due))
        shared = {owner for each in due if (owner := given.owner(each)) != each}
        known = {given.owner(each): codes for each, codes in old.items()}
        if shared:
            known |= await self._shared(tx, shared)
        chosen = await draw_unused(tx, site, here, given, tuple(due), known, now, fresh=fresh, choose=self._choose)
        issued: dict[str, IssuedCodes] = {}
        rows: list[CodeRow] = []
        for each in due:
            codes, before = chosen[given.owner(each)], old.get(each)
            if before is not None and codes.by_door == before.by_door:
                codes = before
            else:
                codes = Codes(by_door=codes.by_door, changed_at=None if before is None else now)
                rows += [
                    CodeRow(
                        each, door, given.owner(each), self._keys.seal(code.encode(), _about(each)), codes.changed_at
                    )
                    for door, code in codes.by_door.items()
                ]
            issued[each] = IssuedCodes(
                codes=codes,
                grants=tuple(
                    NewGrant(
                        id=new_id(now),
                        booking_id=each,
                        owner=given.owner(each),
                        door=door,
                        code_key=code_key(here[door], CredentialKind.BOOKING_CODE, codes.at(door)),
                        window=due[each],
                    )
                    for door in given.lengths
                ),
            )
        changed = {row.booking_id for row in rows}
        await repository.put_codes(tx, rows, replaces=old.keys() & changed, into=into)
        grants = [grant for each in issued.values() for grant in each.grants]
        await repository.insert_grants(tx, site=site, new=grants, now=now, into=into)
        return issued

    def draw_ahead(
        self, tx: Tx, lengths: Mapping[str, int], *, site: str, revision: int, now: datetime
    ) -> list[tuple[CompiledReads, Mapping[str, object]]]:
        """Draw a code for a booking that is to have the same at these doors, as far as the site's secrets are known;
        what ``issue`` then reads for it first. Another is drawn if it is taken."""
        kept, lots = self._door_secrets.get(site), Issue(lengths=lengths, windows={}).lots()
        if kept is None or kept[0] != revision or len(lots) != 1 or len(lengths) > repository.FEW_KEYS:
            return []
        (lot,) = lots
        length = lengths[lot[0]]
        code = self._choose(length)
        tx.info[DRAWN] = {(lot, length): code}
        keys = [code_key(kept[1][door], CredentialKind.BOOKING_CODE, code) for door in lot]
        return [repository.holders_read(site, keys, now - RECENT)]

    async def _secrets(self, tx: Tx, site: str, revision: int | None) -> dict[str, bytes]:
        """Of all doors of a site; cached until its revision changes."""
        kept = self._door_secrets.get(site)
        if kept is not None and kept[0] == revision:
            return kept[1]
        found = await self._estate.door_secrets(tx, site)
        if revision is not None:
            if len(self._door_secrets) >= _SITES_KEPT:
                self._door_secrets.pop(next(iter(self._door_secrets)))
            self._door_secrets[site] = (revision, found)
        return found

    async def offline(
        self, tx: Tx, site: str, booking_ids: Sequence[str], now: datetime
    ) -> dict[str, list[tuple[OfflineCode, str]]]:
        """Booking id -> its valid offline codes, with their digits."""
        found = await offline_codes.of_bookings(tx, booking_ids, now=now)
        secrets_of = await self._estate.offline_secrets(tx, site) if found else {}
        return {each: [(code, code.digits(secrets_of)) for code in codes] for each, codes in found.items()}

    async def opened_now(self, tx: Tx, site: str, doors: Collection[str], code: str, *, now: datetime) -> list[str]:
        """The bookings whose code this is, as it is typed at one of these doors, and which it opens now."""
        here = await self._estate.door_secrets(tx, site)
        keys = {door: code_key(here[door], CredentialKind.BOOKING_CODE, code) for door in doors if door in here}
        return await repository.opened_now(tx, site, keys, now)

    async def sharing(self, tx: Tx, owner: str, *, now: datetime) -> list[str]:
        """The bookings that share ``owner``'s codes and for which they open a door, now or later."""
        return await repository.sharing(tx, owner, now=now)

    async def shares(self, tx: Tx, booking_ids: Sequence[str]) -> dict[str, Share]:
        """Booking id -> how it shares its codes; bookings without a code are left out."""
        rows = await repository.sealed_codes(tx, booking_ids)
        owners = {row.booking_id: row.owner for row in rows}
        return {
            each: Share(owner=owners[each], each_door=1 < len(codes.by_door) == len(set(codes.by_door.values())))
            for each, codes in self._opened(rows).items()
        }

    async def open_windows(self, tx: Tx, booking_ids: Sequence[str], *, now: datetime) -> dict[str, Interval]:
        """The windows of the codes that open a door now, by booking."""
        held = await repository.held(tx, booking_ids)
        return {each: window for each in booking_ids if (window := open_window(held[each], now)) is not None}

    async def to_reissue(self, tx: Tx, given: Issue, *, now: datetime) -> set[str]:
        """Those of the bookings whose codes or grants are not as ``issue`` would give them."""
        due = [each for each, window in given.windows.items() if window.end > now]
        grants = await repository.held(tx, due)
        wrong = {
            each
            for each in due
            if {(grant.door, grant.window) for grant in grants[each] if grant.ended_at is None}
            != {(door, given.windows[each]) for door in given.lengths}
        }
        return wrong | await self.reshaped(tx, given, now=now)

    async def reshaped(self, tx: Tx, given: Issue, *, now: datetime) -> set[str]:
        """Those of the bookings that share their codes with others, have others at each door, or other lengths, than
        ``issue`` would give them."""
        due = [each for each, window in given.windows.items() if window.end > now] if given.lengths else []
        rows = await repository.sealed_codes(tx, due)
        owners = {row.booking_id: row.owner for row in rows}
        codes = self._opened(rows)
        none, single = Codes(by_door={}), len(given.lots()) == 1
        return {
            each
            for each in due
            if owners.get(each) != given.owner(each)
            or any(len(codes.get(each, none).at(door)) != size for door, size in given.lengths.items())
            or ("" in codes.get(each, none).by_door) is not single
        }

    async def codes(self, tx: Tx, booking_ids: Sequence[str]) -> dict[str, Codes]:
        """Booking id -> its codes; bookings without a code are left out."""
        return self._opened(await repository.sealed_codes(tx, booking_ids))

    async def _shared(self, tx: Tx, owners: Collection[str]) -> dict[str, Codes]:
        """Owner -> the newest codes of those who share it. Bookings that were over when it was replaced have the one
        before."""
        rows = await repository.owned_codes(tx, owners)
        newest = sorted(rows, key=lambda row: (row.changed_at is not None, row.changed_at, row.booking_id))
        latest = {row.owner: row.booking_id for row in newest}
        found = self._opened([row for row in rows if latest[row.owner] == row.booking_id])
        return {owner: found[booking] for owner, booking in latest.items()}

    def _opened(self, rows: Sequence[CodeRow]) -> dict[str, Codes]:
        by_booking: dict[str, dict[str, str]] = {}
        changed: dict[str, datetime | None] = {}
        for row in rows:
            code = self._keys.unseal(row.sealed, _about(row.booking_id)).decode()
            by_booking.setdefault(row.booking_id, {})[row.door] = code
            changed[row.booking_id] = row.changed_at
        return {each: Codes(by_door=by_door, changed_at=changed[each]) for each, by_door in by_booking.items()}


def _about(booking_id: str) -> str:
    return f"code of booking {booking_id}"


async def revoke(tx: Tx, *, booking_ids: Sequence[str], now: datetime) -> None:
    """Remove these bookings' codes from all doors. They linger until each door has confirmed it."""
    if booking_ids:
        await repository.end_grants(tx, booking_ids=booking_ids, now=now)


async def code_statuses(
    tx: Tx, booking_ids: Sequence[str], now: datetime, *, off: Mapping[str, str], zone: ZoneInfo
) -> dict[str, CodeStatus]:
    """Each booking's code status, in words with the site's local time; ``off``: why those without a code have none."""
    found = await repository.held(tx, booking_ids)
    return {each: code_status(grants, off=off.get(each, ""), now=now, zone=zone) for each, grants in found.items()}


async def grants_for_edge(
    tx: Tx,
    site: str,
    doors: Sequence[str],
    now: datetime,
    horizon: datetime,
    memo: RowMemo[WantedGrant] | None = None,
) -> list[WantedGrant]:
    """The grants that a plan for an edge with these doors must hold. ``memo``: of the last time."""
    return await repository.wanted(tx, site, doors, now=now, horizon=horizon, memo=memo or RowMemo())
