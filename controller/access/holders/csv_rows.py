"""A spreadsheet of holders: its columns, and each row as far as it makes sense for itself. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from pydantic import ValidationError

from controller.access.cards_and_pins import against_card
from controller.access.holders.model import Holder, HolderDraft, HolderPlace
from controller.access.holders.schemas import HolderFields
from controller.csv_import.spreadsheet import CellFault, Row, Sheet, SheetError, read_sheet
from controller.people.repository import name_key
from controller.web.fields import read_date
from controller.web.problem import field_errors
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
"""Column -> what else it may be called. ``has`` is for whoever reads an export."""
NEEDED = (frozenset({"id", "name"}),)
EXPORTED = ("id", "name", "kind", "places", "from", "until", "has")
"""No card, code or PIN ever goes out in a file."""
MOST = 1000
_KINDS = {
    "staff": CredentialKind.STAFF,
    "key holder": CredentialKind.KEY_HOLDER,
    "keyholder": CredentialKind.KEY_HOLDER,
    "contractor": CredentialKind.CONTRACTOR,
}
_YES = frozenset({"yes", "y", "true", "x"})
_NO = frozenset({"", "no", "n", "false"})
_COLUMN = {"first": "from", "last": "until", "places": "places", "kind": "kind", "name": "name", "card": "card"}


class ParsedHolderRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row in order for itself. ``given``: fields of a holder that it says anything of. ``card``: empty where it names
    none; ``draws``: a code is to be drawn for whoever has none."""

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
        return CellFault(line=self.line, column=_COLUMN.get(field.split(".")[0], ""), reason=reason)


def read_file(data: bytes) -> tuple[tuple[str, ...], list[ParsedHolderRow], list[CellFault]]:
    """The warnings about a file, and what ``read_rows`` makes of it. Raises ``SheetError``."""
    sheet = read_sheet(data, COLUMNS, needed=NEEDED)
    return sheet.warnings, *read_rows(sheet)


def read_rows(sheet: Sheet) -> tuple[list[ParsedHolderRow], list[CellFault]]:
    """The rows that make sense for themselves, and what is wrong with the others. Raises ``SheetError``."""
    if len(sheet.rows) > MOST:
        raise SheetError(f"the file has {len(sheet.rows)} rows, and at most {MOST} can be taken; send it in parts")
    found: list[ParsedHolderRow] = []
    faults = list(sheet.faults)
    seen: dict[tuple[str, object], int] = {}
    for row in sheet.rows:
        wanted, wrong = _read(row)
        about: list[tuple[str, object]] = [("id", wanted.id)] if wanted.id else [("name", name_key(wanted.name))]
        about += [("card", wanted.card)] if wanted.card else []
        for mark in about:
            if not wrong and mark in seen:
                mend = "; give each its id" if mark[0] == "name" else ""
                reason = f"stands in line {seen[mark]} already{mend}"
                wrong.append(CellFault(line=row.line, column=mark[0], reason=reason))
        if wrong:
            faults += wrong
            continue
        seen |= dict.fromkeys(about, row.line)
        found.append(wanted)
    return found, faults


def holder_row(holder: Holder) -> dict[str, str]:
    """A holder as it stands in an export; ``read_rows`` makes the same of it."""
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


def _read(row: Row) -> tuple[ParsedHolderRow, list[CellFault]]:
    cells = {name: cell.strip() for name, cell in row.cells.items()}
    faults: list[CellFault] = []
    given: dict[str, object] = {}

    def fault(column: str, reason: str) -> None:
        faults.append(CellFault(line=row.line, column=column, reason=reason))

    if cells.get("name"):
        given["name"] = cells["name"]
    elif not cells.get("id"):
        fault("name", "is needed where there is no id")
    if kind := cells.get("kind", "").casefold().replace("_", " "):
        if kind in _KINDS:
            given["kind"] = _KINDS[kind]
        else:
            fault("kind", f"{kind[:40]!r} is none of: staff, key holder, contractor")
    if cells.get("places"):
        places = _places(cells["places"])
        if isinstance(places, str):
            fault("places", places)
        else:
            given["places"] = places
    for column, field in (("from", "first"), ("until", "last")):
        day = _day(cells.get(column, ""))
        if isinstance(day, str):
            fault(column, day)
        elif day is not None or (column == "until" and column in cells):
            given[field] = day
    card = cells.get("card", "")
    if card and (wrong := against_card(card)):
        fault("card", wrong)
    draws = cells.get("code", "").casefold()
    if draws not in _YES | _NO:
        fault("code", "is yes or no: codes are drawn, never taken from a file")
    wanted = ParsedHolderRow(line=row.line, id=cells.get("id", ""), given=given, card=card, draws=draws in _YES)
    return wanted, faults


def _places(text: str) -> list[dict[str, Any]] | str:
    """Sites with their doors, in the order that they are kept in; else what is wrong with the cell."""
    doors: dict[str, list[str]] = {}
    whole: set[str] = set()
    for each in filter(None, (part.strip() for part in text.replace(",", ";").split(";"))):
        site, slash, door = each.partition("/")
        doors.setdefault(site, []).extend([door] if slash else [])
        whole |= set() if slash else {site}
    for site in whole:
        if doors[site]:
            return f"{site!r} is named as a whole and by its doors; leave one of them out"
    return [{"site": site, "doors": named} for site, named in sorted(doors.items())]


def _day(text: str) -> date | str | None:
    try:
        return read_date(text) if text else None
    except ValueError as error:
        return str(error)


def _bodies(places: tuple[HolderPlace, ...]) -> list[Mapping[str, object]]:
    return [{"site": place.site, "doors": list(place.doors)} for place in places]
