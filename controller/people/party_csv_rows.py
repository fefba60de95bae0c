"""A spreadsheet of parties: its columns, its rows turned into parties, and what becomes of each. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec
from pydantic import ValidationError

from controller.csv_import.spreadsheet import CellFault, Row, Sheet, read_sheet
from controller.people.directory import against
from controller.people.model import Actor, Party, PartyDraft, PartyKind, Tier
from controller.people.party_schemas import PartyBody
from controller.people.permissions import Action, Thing, may, only_site, sees_party
from controller.people.repository import name_key
from controller.web.problem import field_errors
from edge.wire.ids import is_slug

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("reference", "ref", "code"),
    "kind": ("type",),
    "name": ("full name", "organisation name", "group name"),
    "tier": ("category", "rate", "price group"),
    "organisation": ("organization", "parent", "part of"),
    "responsible": ("responsible person",),
    "site": ("building", "hub"),
    "contact_name": ("contact", "contact person"),
    "contact_phone": ("phone", "telephone", "tel", "mobile", "contact telephone"),
    "contact_email": ("email", "e-mail", "mail", "contact e-mail"),
    "notes": ("note", "remarks", "comments"),
    "ended": ("inactive", "archived"),
}
"""Column -> what else it may be called."""
NEEDED = (frozenset({"id", "name"}),)

_KINDS = {
    "organisation": PartyKind.ORGANISATION,
    "organization": PartyKind.ORGANISATION,
    "company": PartyKind.ORGANISATION,
    "charity": PartyKind.ORGANISATION,
    "group": PartyKind.GROUP,
    "club": PartyKind.GROUP,
    "society": PartyKind.GROUP,
    "person": PartyKind.PERSON,
    "individual": PartyKind.PERSON,
}
_TIERS = {"": None, **{tier.value: tier for tier in Tier}}
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"", "no", "n", "false", "0"})
_ORDER = (PartyKind.ORGANISATION, PartyKind.PERSON, PartyKind.GROUP)


class PartyRowResult(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class PartyRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the file. ``changes``: the columns that are different. ``faults``: why it was refused."""

    line: int
    id: str
    become: PartyRowResult
    changes: tuple[str, ...] = ()
    faults: tuple[CellFault, ...] = ()


class ParsedPartyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row in order for itself: which party, and what it says of it."""

    line: int
    id: str
    given: dict[str, object]

    @property
    def named(self) -> set[str]:
        """The parties that it speaks of, itself included."""
        return {self.id, *(str(self.given[name]) for name in ("organisation", "responsible") if self.given.get(name))}

    def draft(self, old: Party | None, *, home: str | None) -> PartyDraft:
        """The whole party: what the row says, and the rest as it was; a new one is of ``home``."""
        before = PartyDraft(kind=PartyKind.GROUP, name=self.id, site=home) if old is None else old.draft
        return msgspec.structs.replace(before, **self.given)


class ImportingUser(msgspec.Struct, frozen=True, kw_only=True):
    """Who brings the rows in. ``sites``: those of the sites that the rows name that there are."""

    actor: Actor
    sites: frozenset[str]

    def against(self, party_id: str, draft: PartyDraft, old: Party | None) -> tuple[str, str] | None:
        """What of the sites speaks against writing a party over ``old``: the column and why."""
        kept = only_site(self.actor) if old is None else old.site
        if draft.site not in {None, kept, *self.sites}:
            return "site", f"there is no site {draft.site!r}; look it up in the list of sites"
        for column, site in (("id", draft.site if old is None else old.site), ("site", draft.site)):
            changes = old is None or draft != old.draft
            if changes and not may(self.actor, Action.PEOPLE, Thing(site=site, party=party_id)):
                whose = "all sites" if site is None else f"site {site!r}"
                return column, f"{party_id!r} belongs to {whose}, which is not yours to change"
        return None


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written, in an order in which nothing is named before it is there but persons who answer for
    others, and what becomes of every row."""

    writes: tuple[ParsedPartyRow, ...]
    lines: tuple[PartyRow, ...]


def read_file(data: bytes) -> tuple[tuple[str, ...], list[ParsedPartyRow], list[PartyRow]]:
    """The warnings about a file, and what ``read_rows`` makes of it. Raises ``SheetError``."""
    sheet = read_sheet(data, COLUMNS, needed=NEEDED)
    return sheet.warnings, *read_rows(sheet)


def read_rows(sheet: Sheet) -> tuple[list[ParsedPartyRow], list[PartyRow]]:
    """The rows that make sense for themselves, and those that do not."""
    wanted: list[ParsedPartyRow] = []
    refused = [PartyRow(line=each.line, id="", become=PartyRowResult.REFUSED, faults=(each,)) for each in sheet.faults]
    lines: dict[str, int] = {}
    for row in sheet.rows:
        party_id, given, faults = _read(row)
        if not faults and party_id in lines:
            reason = f"line {lines[party_id]} has the same id {party_id!r}; give each its own in a column id"
            faults = [CellFault(line=row.line, column="id", reason=reason)]
        if faults:
            refused.append(PartyRow(line=row.line, id=party_id, become=PartyRowResult.REFUSED, faults=tuple(faults)))
        else:
            lines[party_id] = row.line
            wanted.append(ParsedPartyRow(line=row.line, id=party_id, given=given))
    return wanted, refused


def judge(
    wanted: Iterable[ParsedPartyRow],
    known: Mapping[str, Party],
    keeper: ImportingUser,
    *,
    coming: Mapping[str, PartyKind] | None = None,
) -> Judged:
    """What becomes of rows among the parties that they name and that there are, or are ``coming``. A row that names a
    refused one is refused as well."""
    standing = {each.id: each for each in wanted}
    refused: list[PartyRow] = []
    while True:
        home = only_site(keeper.actor)
        drafts = {each.id: each.draft(known.get(each.id), home=home) for each in standing.values()}
        there = {party.id: party.kind for party in known.values() if sees_party(keeper.actor, party.site)}
        kinds = dict(coming or {}) | there | {name: draft.kind for name, draft in drafts.items()}
        wrong: list[PartyRow] = []
        for each in standing.values():
            old = known.get(each.id)
            found = keeper.against(each.id, drafts[each.id], old)
            found = found or against(each.id, drafts[each.id], old=old, kinds=kinds)
            if old is None and "name" not in each.given:
                found = "name", f"there is no party {each.id!r}, and a new one needs a name"
            if found:
                fault = CellFault(line=each.line, column=found[0], reason=found[1])
                wrong.append(PartyRow(line=each.line, id=each.id, become=PartyRowResult.REFUSED, faults=(fault,)))
        if not wrong:
            break
        refused += wrong
        for line in wrong:
            del standing[line.id]
    told = {name: _told(each, known.get(name), drafts[name]) for name, each in standing.items()}
    writes = [each for name, each in standing.items() if told[name].become is not PartyRowResult.UNCHANGED]
    writes.sort(key=lambda each: _ORDER.index(drafts[each.id].kind))
    return Judged(writes=tuple(writes), lines=(*told.values(), *refused))


def party_row(party: Party) -> dict[str, str]:
    """A party as it stands in an export; ``read_rows`` makes the same of it."""
    return {
        "id": party.id,
        "kind": party.kind.value,
        "name": party.name,
        "tier": party.own_tier.value if party.own_tier else "",
        "organisation": party.organisation or "",
        "responsible": party.responsible or "",
        "site": party.site or "",
        "contact_name": party.contact_name,
        "contact_phone": party.contact_phone,
        "contact_email": party.contact_email,
        "notes": party.notes,
        "ended": "yes" if party.ended_at else "no",
    }


def slug_of(name: str) -> str:
    """An id made of a name, the same every time: “St Mary’s Choir” is st-marys-choir. Empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def _told(wanted: ParsedPartyRow, old: Party | None, draft: PartyDraft) -> PartyRow:
    if old is None:
        return PartyRow(line=wanted.line, id=wanted.id, become=PartyRowResult.ADDED)
    changes = tuple(name for name in PartyDraft.__struct_fields__ if getattr(draft, name) != getattr(old.draft, name))
    become = PartyRowResult.CHANGED if changes else PartyRowResult.UNCHANGED
    return PartyRow(line=wanted.line, id=wanted.id, become=become, changes=changes)


def _read(row: Row) -> tuple[str, dict[str, object], list[CellFault]]:
    """Id and fields of a row, and what is wrong with it."""
    cells = row.cells
    given: dict[str, object] = dict(cells)
    faults: list[CellFault] = []
    if not cells.get("kind"):
        given.pop("kind", None)
    for name, words in (("kind", _KINDS), ("tier", _TIERS)):
        if name in given:
            said = cells[name].casefold()
            if said in words:
                given[name] = words[said]
            else:
                del given[name]
                reason = f"{cells[name][:40]!r} is none of: {', '.join(word for word in words if word)}"
                faults.append(CellFault(line=row.line, column=name, reason=reason))
    if "ended" in cells:
        said = cells["ended"].casefold()
        if said not in _YES | _NO:
            reason = f"{cells['ended'][:40]!r} is neither yes nor no"
            faults.append(CellFault(line=row.line, column="ended", reason=reason))
        given["ended"] = said in _YES
    for name in ("organisation", "responsible"):
        if name in cells:
            given[name] = (cells[name] if is_slug(cells[name]) else slug_of(cells[name])) or None
    if "site" in cells:
        given["site"] = cells["site"] or None
    given.pop("id", None)
    party_id = cells.get("id") or _made_id(given)
    faults += _form(row.line, party_id, given)
    return party_id[:40], given, faults


def _made_id(given: Mapping[str, object]) -> str:
    """The id of a row that has none. A person's says nothing of who it is, since it stays when the person is
    forgotten."""
    name = str(given.get("name", ""))
    if given.get("kind") is PartyKind.PERSON:
        about = f"{name_key(name)}\n{name_key(str(given.get('contact_email', '')))}"
        return f"person-{hashlib.sha256(about.encode()).hexdigest()[:12]}"
    return slug_of(name)


def _form(line: int, party_id: str, given: dict[str, object]) -> list[CellFault]:
    """What is wrong with the fields; puts those that are right into their form."""
    if not is_slug(party_id):
        if party_id:
            reason = (
                f"{party_id[:60]!r} must be 1 to 40 small letters, digits and hyphens, with no hyphen at either end"
            )
        else:
            reason = "no id can be made of the name; give one in a column id"
        return [CellFault(line=line, column="id", reason=reason)]
    try:
        body = PartyBody.model_validate({"kind": PartyKind.GROUP, "name": party_id} | given)
    except ValidationError as error:
        return [CellFault(line=line, column=each.field, reason=each.message) for each in field_errors(error.errors())]
    draft = body.draft()
    given |= {name: getattr(draft, name) for name in given}
    return []
