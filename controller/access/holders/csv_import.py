"""Import and export of holders as CSV: the columns, how each row is validated, and what a file changes."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace
from pydantic import ValidationError

from controller.access.cards_and_pins import against_card
from controller.access.holders import repository
from controller.access.holders.model import CredentialRequest, Holder, HolderDraft, HolderPlace
from controller.access.holders.schemas import HolderFields
from controller.access.holders.service import HolderService
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.people.repository import name_key
from controller.platform.csv_import.rows import (
    CsvFormat,
    CsvImportResult,
    ImportedRow,
    Progress,
    RowReader,
    RowResult,
    parse,
    untold,
    yes_or_no,
)
from controller.platform.csv_import.spreadsheet import CellFault, write_sheet
from controller.platform.uploads.parser import Parser
from controller.platform.web.fields import read_date
from controller.platform.web.problem import Problem, field_errors, invalid_field
from controller.records.changes import Changes
from edge.wire.credentials import CredentialKind

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("holder",),
    "name": ("full name", "who"),
    "kind": ("type", "role"),
    "places": ("place", "doors", "door", "sites", "site", "where", "at"),
    "from": ("first", "first day", "since", "start"),
    "until": ("last", "last day", "to", "end"),
    "card": ("card number", "fob"),
    "code": ("draw a code",),
    "has": (),
}
"""Column -> what else it may be called. ``has`` is for people who read an export."""
EXPORTED = ("id", "name", "kind", "places", "from", "until", "has")
"""No export contains a card, code or PIN."""
MOST = 1000
_KINDS: dict[str, CredentialKind | None] = {
    "": None,
    "staff": CredentialKind.STAFF,
    "key holder": CredentialKind.KEY_HOLDER,
    "contractor": CredentialKind.CONTRACTOR,
    "keyholder": CredentialKind.KEY_HOLDER,
}
_COLUMN = {"first": "from", "last": "until", "places": "places", "kind": "kind", "name": "name", "card": "card"}


class ParsedHolderRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is valid on its own. ``given``: the fields of a holder that it has. ``card``: empty where it names
    none; ``draws``: a code is to be drawn for those who have none."""

    line: int
    id: str
    given: dict[str, object]
    card: str
    draws: bool

    @property
    def name(self) -> str:
        return str(self.given.get("name", ""))

    def is_of(self, holder: Holder) -> bool:
        """Whether a row without an id means this one among those of its name."""
        return self.given.get("kind") in (None, holder.draft.kind)

    def draft(self, old: Holder | None) -> HolderDraft | list[CellFault]:
        """The whole holder: what the row says, and the rest as it was; or what is wrong with it."""
        before: dict[str, object] = {}
        if old is not None:
            at, validity = old.draft, old.draft.validity
            before = {"kind": at.kind, "name": at.name, "places": _bodies(at.places)}
            before |= {"first": validity.first, "last": validity.last}
        try:
            draft = HolderFields.model_validate(before | self.given).draft()
        except ValidationError as error:
            return [self.fault(each.field, each.message) for each in field_errors(error.errors())]
        if old is None:
            return draft
        validity = msgspec.structs.replace(draft.validity, hours=old.draft.validity.hours)
        return msgspec.structs.replace(draft, validity=validity, hold_s=old.draft.hold_s)

    def fault(self, field: str, reason: str) -> CellFault:
        return CellFault(line=self.line, column=_COLUMN.get(field.split(".")[0], ""), why=reason)

    def refused(self, faults: Sequence[CellFault]) -> ImportedRow:
        return ImportedRow(line=self.line, id=self.id, name=self.name, become=RowResult.REFUSED, faults=tuple(faults))


def holder_row(holder: Holder) -> dict[str, str]:
    """A holder as exported; ``HOLDER_CSV`` reads the same from it."""
    draft = holder.draft
    return {
        "id": holder.id,
        "name": draft.name,
        "kind": draft.kind.value,
        "places": "; ".join(
            f"{place.site}/{door}" if door else place.site for place in draft.places for door in place.doors or ("",)
        ),
        "from": draft.validity.first.isoformat(),
        "until": draft.validity.last.isoformat() if draft.validity.last else "",
        "has": ", ".join(holder.has),
    }


def _read(reader: RowReader) -> ParsedHolderRow:
    holder_id, name, card = reader.text("id"), reader.text("name"), reader.text("card")
    reader.id, reader.name = holder_id, name
    given: dict[str, object] = {"name": name} if name else {}
    if not name and not holder_id:
        reader.fault("name", "is needed if there is no id")
    if kind := reader.choice("kind", _KINDS):
        given["kind"] = kind
    if (places := reader.read("places", _places)) is not None:
        given["places"] = places
    if first := reader.read("from", read_date):
        given["first"] = first
    if "until" in reader.cells:
        given["last"] = reader.read("until", read_date)
    if card and (wrong := against_card(card)):
        reader.fault("card", wrong)
    draws = reader.read("code", _draws) or False
    if holder_id:
        reader.unique("id", holder_id)
    else:
        reader.unique("name", name_key(name), said="name; give each its id")
    if card:
        reader.unique("card", card)
    return ParsedHolderRow(line=reader.line, id=holder_id, given=given, card=card, draws=draws)


def _draws(text: str) -> bool:
    """Raises ``ValueError``, which does not repeat the text: it may be a code."""
    try:
        return yes_or_no(text)
    except ValueError:
        raise ValueError("is yes or no: codes are drawn, never taken from a file") from None


def _places(text: str) -> list[dict[str, Any]]:
    """Sites with their doors, in the order that they are kept in. Raises ``ValueError``."""
    doors: dict[str, list[str]] = {}
    whole: set[str] = set()
    for each in filter(None, (part.strip() for part in text.replace(",", ";").split(";"))):
        site, slash, door = each.partition("/")
        doors.setdefault(site, []).extend([door] if slash else [])
        whole |= set() if slash else {site}
    for site in whole:
        if doors[site]:
            raise ValueError(f"{site!r} is named as a whole and by its doors; leave one of them out")
    return [{"site": site, "doors": named} for site, named in sorted(doors.items())]


def _bodies(places: tuple[HolderPlace, ...]) -> list[Mapping[str, object]]:
    return [{"site": place.site, "doors": list(place.doors)} for place in places]


HOLDER_CSV = CsvFormat(columns=COLUMNS, needed=(frozenset({"id", "name"}),), read=_read, most_rows=MOST)


_WHY = "imported from a list"
_PAGE = 500


class HolderImport:
    """A file means the same however often it comes: the second time it changes nothing. Nobody is ended by one."""

    def __init__(self, database: Database, changes: Changes, holders: HolderService, parser: Parser) -> None:
        self._database = database
        self._changes = changes
        self._holders = holders
        self._parser = parser

    async def take(
        self, data: bytes, *, preview: bool, actor: Actor, on_progress: Progress = untold
    ) -> CsvImportResult:
        """Write the valid rows one by one and list the others. ``preview`` finds out the same of each
        row by itself, writes nothing and draws no code that is shown. Raises ``Invalid`` for a file of no use."""
        parsed = await parse(self._parser, data, HOLDER_CSV)
        rows = parsed.refused
        written: set[str] = set()
        try:
            for done, row in enumerate(parsed.rows, start=1):
                imported, sites = await self._row(row, preview=preview, actor=actor)
                rows.append(imported)
                written |= sites
                on_progress(done, len(parsed.rows))
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
