"""A spreadsheet of parties: its columns, its rows as parties, and the result for each. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

import msgspec

from controller.people.model import Actor, Party, PartyDraft, PartyKind, Tier
from controller.people.party_schemas import PartyBody
from controller.people.party_service import against
from controller.people.permissions import Action, Thing, may, only_site, sees_party
from controller.people.repository import name_key
from controller.platform.csv_import.rows import CsvFormat, ImportedRow, RowReader, RowResult
from controller.platform.csv_import.spreadsheet import CellFault
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
_ORDER = (PartyKind.ORGANISATION, PartyKind.PERSON, PartyKind.GROUP)


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
    """The user who imports the rows. ``sites``: the existing sites among those that the rows name."""

    actor: Actor
    sites: frozenset[str]

    def against(self, party_id: str, draft: PartyDraft, old: Party | None) -> tuple[str, str] | None:
        """Why the sites do not allow writing a party over ``old``: the column and the reason."""
        default_site = only_site(self.actor, Action.PEOPLE) if old is None else old.site
        if draft.site not in {None, default_site, *self.sites}:
            return "site", f"there is no site {draft.site!r}; look it up in the list of sites"
        for column, site in (("id", draft.site if old is None else old.site), ("site", draft.site)):
            changes = old is None or draft != old.draft
            if changes and not may(self.actor, Action.PEOPLE, Thing(site=site, party=party_id)):
                whose = "all sites" if site is None else f"site {site!r}"
                return column, f"{party_id!r} belongs to {whose}, which is not yours to change"
        return None


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written, in an order in which nothing is named before it is there but persons who answer for
    others, and the result for every row."""

    writes: tuple[ParsedPartyRow, ...]
    lines: tuple[ImportedRow, ...]


def judge(
    wanted: Iterable[ParsedPartyRow],
    known: Mapping[str, Party],
    keeper: ImportingUser,
    *,
    coming: Mapping[str, PartyKind] | None = None,
) -> Judged:
    """The result for rows, given the parties that they name: existing ones, and those that are ``coming``. A row
    that names a refused one is refused as well."""
    by_id = {each.id: each for each in wanted}
    refused: list[ImportedRow] = []
    while True:
        home = only_site(keeper.actor, Action.PEOPLE)
        drafts = {each.id: each.draft(known.get(each.id), home=home) for each in by_id.values()}
        there = {party.id: party.kind for party in known.values() if sees_party(keeper.actor, party.id, party.site)}
        kinds = dict(coming or {}) | there | {name: draft.kind for name, draft in drafts.items()}
        wrong: list[ImportedRow] = []
        for each in by_id.values():
            old = known.get(each.id)
            found = keeper.against(each.id, drafts[each.id], old)
            found = found or against(each.id, drafts[each.id], old=old, kinds=kinds)
            if old is None and "name" not in each.given:
                found = "name", f"there is no party {each.id!r}, and a new one needs a name"
            if found:
                fault = CellFault(line=each.line, column=found[0], why=found[1])
                wrong.append(ImportedRow(line=each.line, id=each.id, become=RowResult.REFUSED, faults=(fault,)))
        if not wrong:
            break
        refused += wrong
        for line in wrong:
            del by_id[line.id]
    results = {name: _row_result(each, known.get(name), drafts[name]) for name, each in by_id.items()}
    writes = [each for name, each in by_id.items() if results[name].become is not RowResult.UNCHANGED]
    writes.sort(key=lambda each: _ORDER.index(drafts[each.id].kind))
    return Judged(writes=tuple(writes), lines=(*results.values(), *refused))


def party_row(party: Party) -> dict[str, str]:
    """A party as exported; ``PARTY_CSV`` reads the same from it."""
    draft = msgspec.structs.asdict(party.draft) | {"ended": "yes" if party.ended_at else "no"}
    return {"id": party.id} | {name: str(value or "") for name, value in draft.items()}


def slug_of(name: str) -> str:
    """An id made of a name, the same every time: “St Mary’s Choir” is st-marys-choir. Empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def _row_result(wanted: ParsedPartyRow, old: Party | None, draft: PartyDraft) -> ImportedRow:
    if old is None:
        return ImportedRow(line=wanted.line, id=wanted.id, become=RowResult.ADDED)
    changes = tuple(name for name in PartyDraft.__struct_fields__ if getattr(draft, name) != getattr(old.draft, name))
    become = RowResult.CHANGED if changes else RowResult.UNCHANGED
    return ImportedRow(line=wanted.line, id=wanted.id, become=become, changes=changes)


def party_id_of(text: str) -> str | None:
    """The id that a cell names a party by: its id, or the name that the id is made of."""
    return (text if is_slug(text) else slug_of(text)) or None


def _read(reader: RowReader) -> ParsedPartyRow:
    cells = reader.cells
    given: dict[str, object] = {name: text for name, text in cells.items() if name not in ("id", "kind")}
    if cells.get("kind") and (kind := reader.choice("kind", _KINDS)):
        given["kind"] = kind
    if "tier" in cells:
        given["tier"] = reader.choice("tier", _TIERS)
    if "ended" in cells:
        given["ended"] = reader.yes("ended")
    for name in ("organisation", "responsible"):
        if name in cells:
            given[name] = party_id_of(cells[name])
    if "site" in cells:
        given["site"] = cells["site"] or None
    party_id = cells.get("id") or _made_id(given)
    reader.id = party_id[:40]
    reader.unique("id", party_id, said=f"id {party_id!r}; give each its own in a column id")
    if not party_id:
        reader.fault("id", "no id can be made of the name; give one in a column id")
    elif not is_slug(party_id):
        reason = f"{party_id[:60]!r} must be 1 to 40 small letters, digits and hyphens, with no hyphen at either end"
        reader.fault("id", reason)
    elif body := reader.validated(PartyBody, {"kind": PartyKind.GROUP, "name": party_id} | given):
        draft = body.draft()
        given |= {name: getattr(draft, name) for name in given}
    return ParsedPartyRow(line=reader.line, id=party_id, given=given)


def _made_id(given: Mapping[str, object]) -> str:
    """The id of a row that has none. A person's says nothing of who it is, since it stays when the person is
    forgotten."""
    name = str(given.get("name", ""))
    if given.get("kind") is PartyKind.PERSON:
        about = f"{name_key(name)}\n{name_key(str(given.get('contact_email', '')))}"
        return f"person-{hashlib.sha256(about.encode()).hexdigest()[:12]}"
    return slug_of(name)


PARTY_CSV = CsvFormat(columns=COLUMNS, needed=(frozenset({"id", "name"}),), read=_read)
