"""The list of members: import, list, suspensions, inductions."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from controller.access.members import repository
from controller.access.members.csv_rows import MEMBER_CSV, ParsedMemberRow
from controller.access.members.model import LibraryRecord, Member, MemberUnknown, against
from controller.db.engine import Database, Tx
from controller.estate import repository as estate
from controller.people.optimistic_locking import require_version, version_of
from controller.platform.csv_import.rows import CsvImportResult, ImportedRow, Progress, RowResult, parse, untold
from controller.platform.csv_import.spreadsheet import CellFault
from controller.platform.key_files import KeyFiles
from controller.platform.text import local_time
from controller.platform.uploads.parser import Parser
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.ids import new_id

_BATCH = 500


class MemberChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be different of one member; ``UNSET`` stays."""

    suspended: bool | msgspec.UnsetType = msgspec.UNSET
    suspended_until: date | msgspec.UnsetType | None = msgspec.UNSET


_MOST_SITES = 1000
"""More than any library has; a bound only because a list of sites wants one."""


@dataclass(eq=False, repr=False)
class MemberService:
    """Importing the same file again changes nothing. The actor may keep keys. ``least_age``: of members at a site."""

    database: Database
    clock: Clock
    changes: Changes
    keys: KeyFiles
    parser: Parser
    least_age: Callable[[Tx, str], Awaitable[int]]

    async def listed(self, *, number: str | None, after: str | None, limit: int) -> list[Member]:
        """All of them, or the one of a number."""
        async with self.database.read() as tx:
            if number is not None:
                return list((await repository.numbered(tx, self.keys, [number])).values())
            return await repository.listed(tx, self.keys, after=after, limit=limit)

    async def get(self, member_id: str) -> Member:
        """Raises ``MemberUnknown``."""
        async with self.database.read() as tx:
            return await self._found(tx, member_id)

    async def kept_out(self, found: Sequence[Member]) -> list[dict[str, str]]:
        """What keeps each of them out today, by site; sites at which nothing does are left out."""
        now = self.clock.now()
        kept: list[dict[str, str]] = [{} for _ in found]
        async with self.database.read() as tx:
            for site in await estate.list_sites(tx, after=None, limit=_MOST_SITES):
                least_age, day = await self.least_age(tx, site.id), local_time.local_day(now, site.tz)
                for each, at in zip(found, kept, strict=True):
                    if why := against(each, site.id, day, least_age=least_age):
                        at[site.id] = why
        return kept

    async def take(
        self, data: bytes, *, preview: bool, whole: bool, source: str, actor: str, on_progress: Progress = untold
    ) -> CsvImportResult:
        """Write the rows that are sound. ``whole``: who is not in the file is no longer a member; only where no row is
        refused. ``preview``: find out the same and write nothing. Raises ``Invalid`` for a file of no use."""
        parsed = await parse(self.parser, data, MEMBER_CSV)
        refused = [*parsed.refused, *await self._of_unknown_sites(parsed.rows)]
        wrong = {row.line for row in refused}
        sound = [each for each in parsed.rows if each.line not in wrong]
        rows, ended = await self.bring(
            sound, preview=preview, whole=whole and not wrong, source=source, actor=actor, on_progress=on_progress
        )
        warnings = parsed.warnings
        if whole and wrong:
            warnings += ("because a row was refused, members who are not in the file were not ended",)
        return CsvImportResult(preview=preview, rows=[*refused, *rows], warnings=warnings, ended=ended)

    async def bring(
        self,
        given: Sequence[ParsedMemberRow],
        *,
        preview: bool,
        whole: bool,
        source: str,
        actor: str,
        on_progress: Progress = untold,
    ) -> tuple[list[ImportedRow], int]:
        """As ``take``, of rows that are sound."""
        rows: list[ImportedRow] = []
        touched: set[str] = set()
        for at in range(0, len(given), _BATCH):
            batch = given[at : at + _BATCH]
            if preview:
                async with self.database.read() as tx:
                    rows += (await self._judged(tx, batch, source, self.clock.now()))[0]
            else:
                done, sites = await self.database.run(self._write, batch, source, actor)
                rows += done
                touched |= sites
            on_progress(len(rows), len(given))
        ended = 0
        if whole:
            numbers = [each.record.number for each in given]
            ended = await (self._would_end(numbers) if preview else self._end_others(numbers, actor))
            touched |= {""} if ended and not preview else set()
        await self._notify_sites(touched)
        return rows, ended

    async def change(self, member_id: str, change: MemberChange, *, actor: str) -> Member:
        """Raises ``MemberUnknown``."""

        async def write(tx: Tx) -> Member:
            old = await self._found(tx, member_id)
            said = {
                name: value
                for name in MemberChange.__struct_fields__
                if (value := getattr(change, name)) is not msgspec.UNSET
            }
            if said.get("suspended") is False:
                said["suspended_until"] = None
            if said.get("suspended_until") is not None:
                said["suspended"] = True
            new = msgspec.structs.replace(old, record=msgspec.structs.replace(old.record, **said))
            return await self._put(tx, old, new, actor, "suspend" if new.record.suspended else "lift a suspension")

        return await self._alone(write)

    async def induct(self, member_id: str, site: str, day: date | None, *, version: int, actor: str) -> Member:
        """Note the day of an induction at a site, or everywhere (""); ``None``: there was none. Raises
        ``MemberUnknown``, ``Invalid``, ``VersionStale``."""

        async def write(tx: Tx) -> Member:
            if site and await estate.site(tx, site) is None:
                raise invalid_field("site", f"there is no site {site!r}")
            current = version_of((await self._found(tx, member_id)).inductions.get(site))
            await require_version(tx, version, current, site=None, thing=f"member {member_id}")
            return await self.induct_in(tx, member_id, site, day, actor=actor)

        before = await self.get(member_id)
        after = await self._alone(write)
        await self._notify_sites(set(before.inductions))
        return after

    async def induct_in(self, tx: Tx, member_id: str, site: str, day: date | None, *, actor: str) -> Member:
        """``induct`` as part of a transaction, over what is there; the caller has the site's plan compiled again after
        it with ``changes.site_changed``. Raises ``MemberUnknown``."""
        old = await self._found(tx, member_id)
        days = {each: when for each, when in old.inductions.items() if each != site}
        if day is not None:
            days[site] = day
        new = msgspec.structs.replace(old, inductions=days)
        return await self._put(tx, old, new, actor, "induct" if day is not None else "withdraw an induction")

    async def _put(self, tx: Tx, old: Member, new: Member, actor: str, act: str) -> Member:
        now = self.clock.now()
        await repository.write(tx, self.keys, [new], known=frozenset({new.id}), by=actor)
        changes = {**diff(old.record, new.record, leave_out=["number"]), **diff(old, new, leave_out=["record"])}
        await audit_log.record(tx, actor=actor, at=now, act=act, thing=f"member {new.id}", changes=changes)
        return new

    async def _alone(self, write: Callable[[Tx], Awaitable[Member]]) -> Member:
        written = await self.database.run(write)
        await self._notify_sites(set(written.inductions))
        return written

    async def _notify_sites(self, sites: set[str]) -> None:
        """Have the plans of these sites compiled again; "" for all of them."""
        if "" in sites:
            async with self.database.read() as tx:
                sites = sites | {edge.site for edge in await estate.all_edges(tx)}
        for site in sites - {""}:
            self.changes.site_changed(site)

    async def _write(
        self, tx: Tx, batch: Sequence[ParsedMemberRow], source: str, actor: str
    ) -> tuple[list[ImportedRow], set[str]]:
        now = self.clock.now()
        rows, written, known = await self._judged(tx, batch, source, now)
        before = await repository.sites_of(tx, sorted(known))
        if written:
            await repository.write(tx, self.keys, written, known=known, by=actor)
            await audit_log.record(tx, actor=actor, at=now, act="import", thing=f"{len(written)} members")
        return rows, {site for each in written for site in each.inductions} | (before if written else set())

    async def _judged(
        self, tx: Tx, batch: Sequence[ParsedMemberRow], source: str, now: datetime
    ) -> tuple[list[ImportedRow], list[Member], frozenset[str]]:
        """The outcome of each row, what is to be written, and the ids of the members that exist already."""
        known = await repository.numbered(tx, self.keys, [each.record.number for each in batch])
        rows: list[ImportedRow] = []
        written: list[Member] = []
        for each in batch:
            old = known.get(each.record.number)
            new = Member(
                id=new_id(now) if old is None else old.id,
                record=each.record if old is None else each.over(old.record),
                inductions=each.inductions if each.inductions is not None else old.inductions if old else {},
                source=source,
                checked_at=now,
                ended_at=None,
            )
            changes = () if old is None else _differences(old, new)
            become = RowResult.ADDED if old is None else RowResult.CHANGED if changes else RowResult.UNCHANGED
            rows.append(ImportedRow(line=each.line, become=become, changes=changes))
            if become is not RowResult.UNCHANGED:
                written.append(new)
        return rows, written, frozenset(each.id for each in known.values())

    async def _end_others(self, numbers: Sequence[str], actor: str) -> int:
        async def end(tx: Tx) -> int:
            now = self.clock.now()
            ended = await repository.end_others(tx, self.keys, numbers, now=now)
            if ended:
                await audit_log.record(tx, actor=actor, at=now, act="end", thing=f"{ended} members")
            return ended

        return await self.database.run(end)

    async def _would_end(self, numbers: Sequence[str]) -> int:
        async with self.database.read() as tx:
            return await repository.count_others(tx, self.keys, numbers)

    async def _of_unknown_sites(self, given: Sequence[ParsedMemberRow]) -> list[ImportedRow]:
        """The rows with an induction at a site that there is not, as refused."""
        named = {site for each in given for site in each.inductions or {} if site}
        async with self.database.read() as tx:
            unknown = {site for site in named if await estate.site(tx, site) is None}
        return [
            ImportedRow(
                line=each.line,
                become=RowResult.REFUSED,
                faults=tuple(
                    CellFault(line=each.line, column="sites", why=f"there is no site {site!r}") for site in wrong
                ),
            )
            for each in given
            if (wrong := sorted(unknown.intersection(each.inductions or {})))
        ]

    async def _found(self, tx: Tx, member_id: str) -> Member:
        found = await repository.member(tx, self.keys, member_id)
        if found is None:
            raise MemberUnknown(member_id)
        return found


def _differences(old: Member, new: Member) -> tuple[str, ...]:
    changed = [
        name for name in LibraryRecord.__struct_fields__ if getattr(old.record, name) != getattr(new.record, name)
    ]
    changed += ["inducted"] if dict(old.inductions) != dict(new.inductions) else []
    changed += ["ended"] if old.ended_at != new.ended_at else []
    return tuple(changed)
