"""A library system's list of members as a spreadsheet: its columns, and each row turned into a member. Pure."""

import contextlib
import re
from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from controller.access.cards_and_pins import against_card, against_pin
from controller.access.members.model import EVERYWHERE, LibraryRecord
from controller.csv_import.spreadsheet import CellFault, Row, Sheet, read_sheet
from controller.web.fields import read_date
from edge.wire.ids import is_slug

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("card number", "barcode", "library card", "borrower number", "membership number", "patron"),
    "card": ("card text", "rfid", "uid"),
    "pin": ("password",),
    "born": ("date of birth", "birth date", "dob"),
    "expires": ("expiry", "expiry date", "expires on", "valid until"),
    "suspended": ("blocked", "barred", "debarred"),
    "suspended_until": ("blocked until", "debarred until"),
    "inducted": ("induction", "induction date"),
    "sites": ("site", "branches", "libraries"),
}
"""Column -> what else it may be called."""
NEEDED = (frozenset({"number"}),)
FIRST_BORN = 1900
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"", "no", "n", "false", "0"})


class ParsedMemberRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row in order for itself. ``has``: the columns that the file has. ``inductions``: ``None`` where it says nothing
    of them."""

    line: int
    standing: LibraryRecord
    has: frozenset[str]
    inductions: Mapping[str, date] | None

    def over(self, old: LibraryRecord) -> LibraryRecord:
        """What was known with what the row says over it."""
        said = {name: getattr(self.standing, name) for name in self.has & frozenset(LibraryRecord.__struct_fields__)}
        return msgspec.structs.replace(old, **said)


def read_file(data: bytes) -> tuple[tuple[str, ...], list[ParsedMemberRow], list[CellFault]]:
    """The warnings about a file, and what ``read_rows`` makes of it. Raises ``SheetError``."""
    sheet = read_sheet(data, COLUMNS, needed=NEEDED)
    return sheet.warnings, *read_rows(sheet)


def read_rows(sheet: Sheet) -> tuple[list[ParsedMemberRow], list[CellFault]]:
    """The rows that make sense for themselves, and what is wrong with the others."""
    found: list[ParsedMemberRow] = []
    faults = list(sheet.faults)
    numbers: dict[str, int] = {}
    cards: dict[str, int] = {}
    for row in sheet.rows:
        given, wrong = _read(row)
        standing = given.standing
        for name, value, seen in (("number", standing.number, numbers), ("card", standing.card, cards)):
            if not wrong and value in seen:
                wrong.append(CellFault(line=row.line, column=name, reason=f"stands in line {seen[value]} already"))
        if wrong:
            faults += wrong
            continue
        numbers[standing.number], cards[standing.card] = row.line, row.line
        found.append(given)
    return found, faults


def _read(row: Row) -> tuple[ParsedMemberRow, list[CellFault]]:
    cells = row.cells
    faults: list[CellFault] = []

    def fault(column: str, reason: str) -> None:
        faults.append(CellFault(line=row.line, column=column, reason=reason))

    def day(column: str) -> date | None:
        if not cells.get(column):
            return None
        try:
            return read_date(cells[column])
        except ValueError as error:
            fault(column, str(error))
            return None

    def born() -> date | None:
        text = cells.get("born", "").strip()
        if not text:
            return None
        # A diary begins in 2000; people do not.
        if _DATE.fullmatch(text) and int(text[:4]) >= FIRST_BORN:
            with contextlib.suppress(ValueError):
                return date.fromisoformat(text)
        fault("born", f"must be a date like 1990-11-25, from {FIRST_BORN} on")
        return None

    number = cells["number"].strip()
    if not (1 <= len(number) <= 60 and number.isascii() and number.isprintable()):
        fault("number", "must be 1 to 60 letters, digits and signs")
    card = cells.get("card", "").strip() or f"bar:{number}"
    if number and (wrong := against_card(card)):
        fault("card", wrong)
    pin = cells.get("pin", "").strip()
    # The library system gave it out, so an easy one is not refused here.
    if pin and (wrong := against_pin(pin)) and "digits" in wrong:
        fault("pin", wrong)
    suspended = cells.get("suspended", "").strip().casefold()
    if suspended not in _YES | _NO:
        fault("suspended", f"{suspended[:40]!r} is neither yes nor no")
    until = day("suspended_until")
    standing = LibraryRecord(
        number=number,
        card=card,
        pin=pin,
        born=born(),
        expires=day("expires"),
        suspended=suspended in _YES or until is not None,
        suspended_until=until,
    )
    has = frozenset(cells) - {"inducted", "sites"}
    has |= {"card"} if "card" not in cells else frozenset()
    has |= {"suspended"} if "suspended_until" in cells else frozenset()
    return ParsedMemberRow(line=row.line, standing=standing, has=has, inductions=_inductions(cells, day, fault)), faults


def _inductions(
    cells: Mapping[str, str], day: Callable[[str], date | None], fault: Callable[[str, str], None]
) -> Mapping[str, date] | None:
    if "inducted" not in cells:
        return None
    when = day("inducted")
    if when is None:
        return {}
    sites = [site.strip() for site in cells.get("sites", "").replace(",", ";").split(";") if site.strip()]
    for site in sites:
        if not is_slug(site):
            fault("sites", f"{site[:60]!r} is no id of a site; separate several with semicolons")
    return dict.fromkeys(sites or [EVERYWHERE], when)
