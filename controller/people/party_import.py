"""Import and export of parties as CSV."""

from collections.abc import Mapping, Sequence

import msgspec

from controller.db.engine import Database, Tx
from controller.people import party_repository
from controller.people.model import Actor, Party, PartyFilter, PartyKind
from controller.people.party_csv_rows import COLUMNS, PARTY_CSV, ImportingUser, Judged, ParsedPartyRow, judge, party_row
from controller.people.party_repository import PartyHook
from controller.people.permissions import Action, only_site, sites_of
from controller.people.repository import KnownSites
from controller.platform.csv_import.rows import CsvImportResult, ImportedRow, Progress, RowResult, parse, untold
from controller.platform.csv_import.spreadsheet import write_sheet
from controller.platform.uploads.parser import Parser
from controller.records.audit import audit_log
from edge.wire.clock import Clock

_BATCH = 200
_PAGE = 500


class PartyImport:
    """A file means the same however often it comes: the second time it changes nothing."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        parser: Parser,
        known_sites: KnownSites,
        hooks: Sequence[PartyHook],
    ) -> None:
        self._database = database
        self._clock = clock
        self._parser = parser
        self._known_sites = known_sites
        self._hooks = hooks

    async def take(
        self, data: bytes, *, preview: bool, all_or_nothing: bool, actor: Actor, on_progress: Progress = untold
    ) -> CsvImportResult:
        """Write the valid rows and list the others. ``preview`` writes nothing. In small transactions, so that other
        writes get their turn; the next import finishes an interrupted one. ``all_or_nothing``: in one, and only if
        every row is sound. A row of a party that the actor does not keep is refused. Raises ``Invalid`` for a file
        of no use.
        """
        parsed = await parse(self._parser, data, PARTY_CSV)
        wanted = parsed.rows
        lines: Sequence[ImportedRow]
        if preview or (all_or_nothing and parsed.refused):
            async with self._database.read() as tx:
                lines = (await self._judged(tx, wanted, await _known(tx, wanted), actor)).lines
        elif all_or_nothing:
            lines = await self._database.run(self._write_all, wanted, actor)
        else:
            lines = await self._write_batches(wanted, actor, on_progress)
        rows = (*parsed.refused, *lines)
        written = not all_or_nothing or all(row.become is not RowResult.REFUSED for row in rows)
        return CsvImportResult(preview=preview, written=written, rows=rows, warnings=parsed.warnings)

    async def put_out(self, *, actor: Actor) -> bytes:
        """The parties of the actor's sites and of the estate as a file that ``take`` reads."""
        rows: list[dict[str, str]] = []
        after: str | None = None
        async with self._database.read() as tx:
            while page := await party_repository.listed(
                tx, PartyFilter(), sites=sites_of(actor, Action.PEOPLE), after=after, limit=_PAGE
            ):
                rows += [party_row(party) for party in page]
                after = page[-1].id
        return write_sheet(list(COLUMNS), rows)

    async def _write_batches(
        self, wanted: Sequence[ParsedPartyRow], actor: Actor, on_progress: Progress
    ) -> Sequence[ImportedRow]:
        async with self._database.read() as tx:
            found = await self._judged(tx, wanted, await _known(tx, wanted), actor)
        batches = [found.writes[at : at + _BATCH] for at in range(0, len(found.writes), _BATCH)]
        coming = {each.id: PartyKind.PERSON for each in found.writes if each.given.get("kind") is PartyKind.PERSON}
        late: dict[int, ImportedRow] = {}
        for done, batch in enumerate(batches):
            late |= {line.line: line for line in await self._database.run(self._write, batch, coming, actor)}
            on_progress(done * _BATCH + len(batch), len(found.writes))
        for batch in batches:
            await self._database.run(self._name_responsible, batch, actor)
        return [late.get(line.line, line) for line in found.lines]

    async def _write(
        self, tx: Tx, batch: Sequence[ParsedPartyRow], coming: Mapping[str, PartyKind], actor: Actor
    ) -> list[ImportedRow]:
        """Write rows that were found sound; returns those that no longer are. ``coming``: persons of later batches."""
        await party_repository.lock(tx)
        known = await _known(tx, batch)
        found = await self._judged(tx, batch, known, actor, coming=coming)
        await self._put(tx, found.writes, known, actor)
        return [line for line in found.lines if line.become is RowResult.REFUSED]

    async def _write_all(self, tx: Tx, wanted: Sequence[ParsedPartyRow], actor: Actor) -> Sequence[ImportedRow]:
        """Write all rows, or none where one is not sound."""
        await party_repository.lock(tx)
        known = await _known(tx, wanted)
        found = await self._judged(tx, wanted, known, actor)
        if all(line.become is not RowResult.REFUSED for line in found.lines):
            await self._put(tx, found.writes, known, actor)
            await self._name_responsible(tx, found.writes, actor)
        return found.lines

    async def _judged(
        self,
        tx: Tx,
        wanted: Sequence[ParsedPartyRow],
        known: Mapping[str, Party],
        actor: Actor,
        *,
        coming: Mapping[str, PartyKind] | None = None,
    ) -> Judged:
        """The result for rows that this actor imports."""
        named = frozenset(str(each.given["site"]) for each in wanted if each.given.get("site"))
        sites = await self._known_sites(tx, named)
        return judge(wanted, known, ImportingUser(actor=actor, sites=sites), coming=coming)

    async def _put(self, tx: Tx, writes: Sequence[ParsedPartyRow], known: Mapping[str, Party], actor: Actor) -> None:
        """Write rows; who answers for them is left as it was where that person is not there yet."""
        now, who = self._clock.now(), _importer(actor)
        home = only_site(actor, Action.PEOPLE)
        drafts = {each.id: each.draft(known.get(each.id), home=home) for each in writes}
        for name, draft in drafts.items():
            if draft.responsible is not None and draft.responsible not in known:
                before = known[name].responsible if name in known else None
                drafts[name] = msgspec.structs.replace(draft, responsible=before)
        new = {name: draft for name, draft in drafts.items() if name not in known}
        await party_repository.add(tx, new, actor=who, now=now)
        for name, draft in drafts.items():
            if name in known:
                await party_repository.change(tx, known[name], draft, actor=who, now=now)
                if party_repository.reached_elsewhere(known[name], draft):
                    for follow in self._hooks:
                        await follow(tx, name, now)
        await audit_log.record_all(tx, actor=who, at=now, act="import", things=[f"party {name}" for name in drafts])

    async def _name_responsible(self, tx: Tx, writes: Sequence[ParsedPartyRow], actor: Actor) -> None:
        """Write who answers for these rows where ``_put`` had to leave it."""
        await party_repository.lock(tx)
        known = await _known(tx, writes)
        for each in writes:
            old, person = known.get(each.id), each.given.get("responsible")
            if old is not None and person in known and old.responsible != person:
                draft = each.draft(old, home=None)
                await party_repository.change(tx, old, draft, actor=_importer(actor), now=self._clock.now())


async def _known(tx: Tx, wanted: Sequence[ParsedPartyRow]) -> dict[str, Party]:
    """The existing parties of these rows and those that they name."""
    return await party_repository.parties(tx, {name for each in wanted for name in each.named})


def _importer(actor: Actor) -> str:
    return f"import:{actor.name}"
