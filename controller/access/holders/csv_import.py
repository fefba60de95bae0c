"""Import and export of holders as CSV."""

from msgspec.structs import replace

from controller.access.holders import repository
from controller.access.holders.csv_rows import EXPORTED, HOLDER_CSV, ParsedHolderRow, holder_row
from controller.access.holders.model import CredentialRequest, Holder
from controller.access.holders.service import HolderService
from controller.changes import Changes
from controller.csv_import.rows import CsvImportResult, ImportedRow, RowResult, parse
from controller.csv_import.spreadsheet import write_sheet
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.uploads.parser import Parser
from controller.web.problem import Problem, invalid_field

_WHY = "imported from a list"
_PAGE = 500


class HolderImport:
    """A file means the same however often it comes: the second time it changes nothing. Nobody is ended by one."""

    def __init__(self, database: Database, changes: Changes, holders: HolderService, parser: Parser) -> None:
        self._database = database
        self._changes = changes
        self._holders = holders
        self._parser = parser

    async def take(self, data: bytes, *, preview: bool, actor: Actor) -> CsvImportResult:
        """Write the valid rows one by one and list the others. ``preview`` finds out the same of each
        row by itself, writes nothing and draws no code that is shown. Raises ``Invalid`` for a file of no use."""
        parsed = await parse(self._parser, data, HOLDER_CSV)
        rows = parsed.refused
        written: set[str] = set()
        try:
            for row in parsed.rows:
                imported, sites = await self._row(row, preview=preview, actor=actor)
                rows.append(imported)
                written |= sites
        finally:  # what was written before a fault is to reach the doors
            for site in sorted(written):
                self._changes.site_changed(site, estate=True)
        return CsvImportResult(preview=preview, rows=rows, warnings=parsed.warnings)

    async def put_out(self, *, actor: Actor) -> bytes:
        """All who open anything and whose sites the actor may see to, as a file that ``take`` reads."""
        rows: list[dict[str, str]] = []
        after: str | None = None
        async with self._database.read() as tx:
            while page := await repository.listed(tx, site=None, kind=None, ended=False, after=after, limit=_PAGE):
                rows += [holder_row(each) for each in self._holders.seen(page, actor)]
                after = page[-1].id
        return write_sheet(list(EXPORTED), rows)

    async def _row(self, row: ParsedHolderRow, *, preview: bool, actor: Actor) -> tuple[ImportedRow, set[str]]:
        """The result for a row, and the sites that it changed."""
        try:
            if not preview:
                return await self._database.run(self._write, row, actor=actor)
            async with self._database.read() as tx:
                return (await self._write(tx, row, actor=actor, preview=True))[0], set()
        except Problem as problem:
            faults = [row.fault(each.field, each.message) for each in problem.errors]
            return row.refused(faults or [row.fault("", problem.detail)]), set()

    async def _write(
        self, tx: Tx, row: ParsedHolderRow, *, actor: Actor, preview: bool = False
    ) -> tuple[ImportedRow, set[str]]:
        old = await self._old(tx, row, actor)
        draft = row.draft(old)
        if isinstance(draft, list):
            return row.refused(draft), set()
        result = ImportedRow(line=row.line, id=row.id, name=draft.name, become=RowResult.UNCHANGED)
        if old is None:
            request = CredentialRequest(code=row.draws or not row.card, card=row.card)
            given = await self._holders.make_in(tx, draft, request, actor=actor, preview=preview)
            made = "" if preview else given.holder.id
            added = replace(result, become=RowResult.ADDED, id=made, code=given.secrets.code)
            return added, set(given.holder.sites)
        has, at, now = await self._holders.secrets(tx, old), old.draft, old
        pairs = {
            "name": (draft.name, at.name),
            "kind": (draft.kind, at.kind),
            "places": (draft.places, at.places),
            "from": (draft.validity.first, at.validity.first),
            "until": (draft.validity.last, at.validity.last),
        }
        changes = [column for column, (new_value, old_value) in pairs.items() if new_value != old_value]
        if changes:
            now = await self._holders.change_in(tx, old, draft, actor=actor, preview=preview)
        request = CredentialRequest(code=row.draws and not has.code, card=row.card if row.card != has.card else "")
        code = ""
        if request != CredentialRequest():
            given = await self._holders.reissue_in(tx, now, request, why=_WHY, actor=actor, preview=preview)
            code = given.secrets.code
            changes += [name for name in ("card", "code") if getattr(request, name)]
        if not changes:
            return replace(result, id=old.id), set()
        changed = replace(result, become=RowResult.CHANGED, id=old.id, changes=tuple(changes), code=code)
        return changed, {*old.sites, *(place.site for place in draft.places)}

    async def _old(self, tx: Tx, row: ParsedHolderRow, actor: Actor) -> Holder | None:
        """Whom a row is about; ``None``: somebody new. Raises ``HolderUnknown``, ``HolderEnded``,
        ``NotAllowed``, ``Invalid``."""
        if row.id:
            return await self._holders.active_holder(tx, row.id, actor)
        alike = self._holders.seen(await repository.of_name(tx, row.name), actor)
        same = [each for each in alike if row.is_of(each)]
        if len(same) > 1:
            raise invalid_field("name", f"there are {len(same)} of this name; give the id of the one who is meant")
        return same[0] if same else None
