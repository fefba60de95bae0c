"""The columns of a CSV list of library members, and each row as a member. Pure."""

import contextlib
import re
from collections.abc import Mapping
from datetime import date

import msgspec

from controller.access.cards_and_pins import against_card, against_pin
from controller.access.members.model import EVERYWHERE, LibraryRecord
from controller.platform.csv_import.rows import CsvFormat, RowReader
from controller.platform.web.fields import read_date
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
FIRST_BORN = 1900
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class ParsedMemberRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is valid on its own. ``has``: the columns that the file has. ``inductions``: ``None`` where it has
    none of their columns."""

    line: int
    record: LibraryRecord
    has: frozenset[str]
    inductions: Mapping[str, date] | None

    def over(self, old: LibraryRecord) -> LibraryRecord:
        """What was known with what the row says over it."""
        said = {name: getattr(self.record, name) for name in self.has & frozenset(LibraryRecord.__struct_fields__)}
        return msgspec.structs.replace(old, **said)


def _read(reader: RowReader) -> ParsedMemberRow:
    number = reader.text("number")
    if not (1 <= len(number) <= 60 and number.isascii() and number.isprintable()):
        reader.fault("number", "must be 1 to 60 letters, digits and signs")
    card = reader.text("card") or f"bar:{number}"
    if number and (wrong := against_card(card)):
        reader.fault("card", wrong)
    pin = reader.text("pin")
    # The library system gave it out, so an easy one is not refused here.
    if pin and (wrong := against_pin(pin)) and "digits" in wrong:
        reader.fault("pin", wrong)
    until = reader.read("suspended_until", read_date)
    record = LibraryRecord(
        number=number,
        card=card,
        pin=pin,
        born=reader.read("born", _born),
        expires=reader.read("expires", read_date),
        suspended=reader.yes("suspended") or until is not None,
        suspended_until=until,
    )
    reader.unique("number", number)
    reader.unique("card", card)
    has = frozenset(reader.cells) - {"inducted", "sites"}
    has |= {"card"} if "card" not in reader.cells else frozenset()
    has |= {"suspended"} if "suspended_until" in reader.cells else frozenset()
    return ParsedMemberRow(line=reader.line, record=record, has=has, inductions=_inductions(reader))


def _born(text: str) -> date:
    """Raises ``ValueError``. A diary begins in 2000; people do not."""
    if _DATE.fullmatch(text) and int(text[:4]) >= FIRST_BORN:
        with contextlib.suppress(ValueError):
            return date.fromisoformat(text)
    raise ValueError(f"must be a date like 1990-11-25, from {FIRST_BORN} on")


def _inductions(reader: RowReader) -> Mapping[str, date] | None:
    if "inducted" not in reader.cells:
        return None
    when = reader.read("inducted", read_date)
    if when is None:
        return {}
    sites = [site.strip() for site in reader.text("sites").replace(",", ";").split(";") if site.strip()]
    for site in sites:
        if not is_slug(site):
            reader.fault("sites", f"{site[:60]!r} is not a site's id; separate several with semicolons")
    return dict.fromkeys(sites or [EVERYWHERE], when)


MEMBER_CSV = CsvFormat(columns=COLUMNS, needed=(frozenset({"number"}),), read=_read)
