"""A site as one file: export, check, import."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import tomli_w

from controller.db.engine import Database, Tx
from controller.estate import repository
from controller.estate.change_hooks import ChangePreview, Obstacle
from controller.estate.change_preview import SECTIONS, Difference, differences
from controller.estate.errors import ChangeBlocked
from controller.estate.model import SiteParts
from controller.estate.service import EstateService, require_parts
from controller.estate.site_file import building
from controller.estate.site_file.sections import AffectedBooking, FileFault, FileSection, Plain, within
from controller.estate.validation import unfit
from controller.platform.uploads import toml
from controller.platform.uploads.parser import Parser
from controller.platform.web.problem import FieldError, Invalid
from controller.records.audit import audit_log
from controller.records.changes import Changes
from edge.wire.clock import Clock

FORMAT = 1
_HEAD = """\
# {name}, as Hallkeeper keeps it. docs/buildings.md describes each field.
# Import it with: hallkeeper site import FILE
"""


def write(document: Plain, *, name: str) -> bytes:
    """The tables as a file; the same bytes for the same tables."""
    text = _HEAD.format(name=name) + "\n" + tomli_w.dumps({"format": FORMAT, **document})
    return text.encode()


def read(data: bytes) -> tuple[Plain, list[FileFault]]:
    """The tables of a file, without ``format``, and what keeps them from being read."""
    try:
        document: dict[str, Any] = toml.loads(data)
    except ValueError as error:
        return {}, [FileFault(place="", text=str(error))]
    given = document.pop("format", None)
    if given != FORMAT or isinstance(given, bool):
        text = f"must be {FORMAT}, which is what this controller reads and writes"
        return {}, [FileFault(place="format", text=text)]
    return document, []


def unknown(document: Plain, known: tuple[str, ...]) -> list[FileFault]:
    """Tables that nobody reads."""
    return [
        FileFault(place=name[:60], text=f"is not a section of a site's file; the sections are {', '.join(known)}")
        for name in document
        if name not in known
    ]


Rebuild = Callable[[object], tuple[object, list[FileFault]]]
MOST_PROBLEMS = 200
"""The most that are listed for one file."""


class SiteFileOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What bringing a file in does, or would do."""

    new: bool = False
    written: bool = False
    changes: tuple[Difference, ...] = ()
    problems: tuple[FileFault, ...] = ()
    foreseen: ChangePreview = ChangePreview()

    @property
    def possible(self) -> bool:
        return not self.problems and not self.foreseen.obstacles


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """The tables of a file, what they say of the building, and what keeps them from being read."""

    tables: Plain
    wanted: building.Built
    problems: tuple[FileFault, ...]


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A file compared with a site. ``tables``: what sections of it are to be, by name; those that change."""

    before: SiteParts | None
    after: SiteParts | None
    tables: Mapping[str, Plain]
    brought: SiteFileOutcome


class FileRefused(Invalid):
    """Everything that is wrong with a file, by its place."""

    def __init__(self, problems: Sequence[FileFault]) -> None:
        listed = "; ".join(f"{each.place}: {each.text}".removeprefix(": ") for each in problems[:10])
        more = f"; and {len(problems) - 10} more" if len(problems) > 10 else ""
        super().__init__(
            f"The file is refused. {listed}{more}",
            errors=[FieldError(field=each.place or "body", message=each.text) for each in problems],
        )


@dataclass(eq=False)
class SiteFile:
    """``sections``: what the domains add, in the order of the file; the list may grow until the first request.
    ``wiring_faults``: what seems wrong with the site as it would be, by what its edges report, each a sentence; it
    refuses nothing. ``rebuilds``: by section, what makes the table that is read of the one in the file, where the file
    is parsed; a function of a module."""

    database: Database
    clock: Clock
    changes: Changes
    estate: EstateService
    sections: Sequence[FileSection]
    wiring_faults: Callable[[Tx, SiteParts], Awaitable[list[str]]]
    parser: Parser
    rebuilds: Mapping[str, Rebuild]

    async def export(self, site: str) -> bytes:
        """The site's file. Raises ``SiteUnknown``."""
        now = self.clock.now()
        async with self.database.read() as tx:
            parts = await require_parts(tx, site)
            tables = {each.name: await each.export(tx, parts, now=now) for each in self.sections}
        return write({**building.plain(parts), **tables}, name=parts.site.name)

    async def check(self, site: str, data: bytes, *, prune: bool = False, anyway: bool = False) -> SiteFileOutcome:
        """What ``bring`` would do, with all that is wrong with the file; writes nothing."""
        read = await self.parser.run(_read, data, site, self.rebuilds)
        async with self.database.read() as tx:
            return (await self._plan(tx, site, read, prune=prune, anyway=anyway)).brought

    async def bring(
        self, site: str, data: bytes, *, prune: bool = False, anyway: bool = False, actor: str
    ) -> SiteFileOutcome:
        """Make a site what a file says, in one transaction; bringing it in again changes nothing. What the file leaves
        out stays, and with ``prune`` goes from the tables that the file has. ``anyway``: also where bookings could not
        be made under the new hours; they stay.

        Raises ``FileRefused``, ``ChangeBlocked``, ``InUse``.
        """
        read = await self.parser.run(_read, data, site, self.rebuilds)
        brought = await self.database.run(self._bring, site, read, prune, anyway, actor)
        if brought.changes:
            self.changes.site_changed(site, estate=True)
        return brought

    async def _bring(self, tx: Tx, site: str, read: _Read, prune: bool, anyway: bool, actor: str) -> SiteFileOutcome:
        await self.database.lock_site(tx, site)
        plan = await self._plan(tx, site, read, prune=prune, anyway=anyway)
        brought = plan.brought
        if brought.problems:
            raise FileRefused(brought.problems)
        if brought.foreseen.obstacles:
            raise ChangeBlocked(brought.foreseen.obstacles)
        if not brought.changes:
            return msgspec.structs.replace(brought, written=True)
        assert plan.after is not None
        now = self.clock.now()
        await self.estate.rebuild(tx, plan.before, plan.after)
        for section in self.sections:
            if section.name in plan.tables:
                await section.put(tx, plan.after, plan.tables[section.name], actor=actor, now=now)
        act = "make" if brought.new else "change"
        thing = f"site {site} from a file, {len(brought.changes)} things"
        await audit_log.record(
            tx,
            actor=actor,
            at=now,
            act=act,
            site=site,
            thing=thing,
            changes={"things": (None, [str(each) for each in brought.changes])},
        )
        return msgspec.structs.replace(brought, written=True)

    async def _plan(self, tx: Tx, site: str, read: _Read, *, prune: bool, anyway: bool) -> _Plan:
        now = self.clock.now()
        before = await repository.site_parts(tx, site)
        if read.problems:
            return _refused(before, read.problems)
        problems: list[FileFault] = []
        tables, wanted = read.tables, read.wanted
        problems += unknown(tables, ("site", *SECTIONS, *(each.name for each in self.sections)))
        problems += wanted.problems
        after = building.merged(before, wanted, prune=prune)
        found = await self.estate.faults(tx, before, after)
        problems += [FileFault(place=each.place, text=each.text) for each in found if not wanted.doubts(each)]
        readable = after if not found else _loose(after)
        put, changes, obstacles, notes = await self._sections_of(
            tx, before, readable, tables, prune=prune, now=now, problems=problems
        )
        if problems:
            return _refused(before, problems)
        foreseen = await self.estate.preview_change(tx, before, after)
        return _Plan(
            before=before,
            after=after,
            tables=put,
            brought=SiteFileOutcome(
                new=before is None,
                changes=(*differences(before, after), *changes),
                foreseen=msgspec.structs.replace(
                    foreseen,
                    obstacles=foreseen.obstacles if anyway else (*foreseen.obstacles, *obstacles),
                    notes=(*foreseen.notes, *notes, *await self.wiring_faults(tx, after), *unfit(after)),
                ),
            ),
        )

    async def _sections_of(
        self,
        tx: Tx,
        before: SiteParts | None,
        after: SiteParts,
        tables: Plain,
        *,
        prune: bool,
        now: datetime,
        problems: list[FileFault],
    ) -> tuple[dict[str, Plain], list[Difference], list[Obstacle], list[str]]:
        """How the domains read their tables: what to write, what changes, what prevents it, what to note."""
        put: dict[str, Plain] = {}
        changes: list[Difference] = []
        obstacles: list[Obstacle] = []
        notes: list[str] = []
        for section in self.sections:
            given = tables.get(section.name)
            if given is None:
                continue
            if not isinstance(given, dict):
                problems.append(FileFault(place=section.name, text="must be a table"))
                continue
            current = {} if before is None else await section.export(tx, before, now=now)
            table = given if prune else section.merged(current, given)
            reading = await section.read(tx, after, table, now=now)
            problems += within(section.name, reading.problems)
            becomes = reading.value
            if reading.problems or not (differs := _differences(section.name, current, becomes)):
                continue
            put[section.name] = becomes
            changes += differs
            if before is None or problems:
                continue
            outlook = await section.preview_change(tx, after, becomes, now=now)
            obstacles += [_obstacle(section.name, each) for each in outlook.affected]
            notes += outlook.notes
        return put, changes, obstacles, notes


def _loose(parts: SiteParts) -> SiteParts:
    """A site that is not sound, with nothing in it that refers to anything else, for the names alone."""
    spaces = tuple(msgspec.structs.replace(space, parts=(), doors=()) for space in parts.spaces)
    return msgspec.structs.replace(parts, spaces=spaces)


def _refused(before: SiteParts | None, problems: Sequence[FileFault]) -> _Plan:
    brought = SiteFileOutcome(new=before is None, problems=tuple(problems[:MOST_PROBLEMS]))
    return _Plan(before=before, after=None, tables={}, brought=brought)


def _read(data: bytes, site: str, rebuilds: Mapping[str, Rebuild]) -> _Read:
    tables, problems = read(data)
    wanted = building.built({} if problems else tables, site)
    for name in rebuilds.keys() & tables.keys():
        tables[name], faults = rebuilds[name](tables[name])
        problems += within(name, faults)
    return _Read(tables=tables, wanted=wanted, problems=tuple(problems))


def _obstacle(section: str, affected: AffectedBooking) -> Obstacle:
    return Obstacle(
        section=section,
        id="",
        field=affected.place,
        kind="would-break",
        text=affected.text,
        conflicts=affected.conflicts,
    )


def _differences(section: str, current: Plain, becomes: Plain) -> list[Difference]:
    """The differences in a section, by its fields; where a field holds tables by id, by those."""
    found: list[Difference] = []
    for name in sorted(current | becomes):
        old, new = current.get(name), becomes.get(name)
        if old == new:
            continue
        if _by_id(old) and _by_id(new):
            inner = _differences(section, old or {}, new or {})
            found += [msgspec.structs.replace(each, id=f"{name}.{each.id}") for each in inner]
            continue
        what = "add" if name not in current else "remove" if name not in becomes else "change"
        found.append(Difference(section=section, id=name, what=what))
    return found


def _by_id(value: object) -> bool:
    return value is None or (isinstance(value, dict) and all(isinstance(each, dict) for each in value.values()))
