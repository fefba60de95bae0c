"""The columns of a spreadsheet of bookings, and its rows turned into what is wanted. Pure."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from pydantic import ValidationError

from controller.bookings.csv_rows.model import BookingRow, BookingRowResult, ParsedBookingRow, RowStatus
from controller.bookings.csv_rows.times import read_clock, read_day, read_when, span, written
from controller.bookings.model import Booking
from controller.bookings.schemas import ChangeBody
from controller.csv_import.spreadsheet import CellFault, Row, Sheet, read_sheet
from controller.people.party_csv_rows import slug_of
from controller.web.fields import Moment
from controller.web.problem import field_errors
from edge.wire.ids import is_slug

T = TypeVar("T")

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("booking", "booking id"),
    "reference": ("ref", "booking reference", "external id"),
    "version": (),
    "space": ("room", "where", "resource"),
    "title": ("event", "name", "booking name", "what"),
    "date": ("day", "start date"),
    "start": ("from", "start time", "begins"),
    "end": ("to", "until", "end time", "finishes"),
    "starts": ("starts at", "start date and time"),
    "ends": ("ends at", "end date and time"),
    "party": ("group", "organisation", "hirer", "customer"),
    "people": ("attendees", "headcount", "expected", "numbers"),
    "layout": ("room layout",),
    "seats": ("places",),
    "equipment": (),
    "contact_name": ("contact", "contact person"),
    "contact_phone": ("phone", "telephone", "tel", "mobile"),
    "contact_email": ("email", "e-mail", "mail"),
    "key_holder": (),
    "under_16s": ("children",),
    "public": ("listed",),
    "setup_min": ("set-up", "setup"),
    "cleardown_min": ("clear-down", "cleardown"),
    "notes": ("note", "remarks", "comments"),
    "status": ("state",),
}
"""Column -> what else it may be called."""
NEEDED = (frozenset({"id", "reference", "title"}),)

_CANCELLED = frozenset({"cancelled", "canceled"})
_WAITS = frozenset({"requested", "held", "provisional", "tentative", "pending"})
_CONFIRMED = frozenset({"", "confirmed", "booked", "arrived", "finished"})
_KEPT = frozenset({"declined", "released", "no_show", "no show", "expired"})
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"", "no", "n", "false", "0"})
_TEXTS = ("contact_name", "contact_phone", "contact_email", "key_holder", "notes")


def read_file(data: bytes) -> tuple[tuple[str, ...], list[ParsedBookingRow], list[BookingRow]]:
    """The warnings about a file, and what ``read_rows`` makes of it. Raises ``SheetError``."""
    sheet = read_sheet(data, COLUMNS, needed=NEEDED)
    return sheet.warnings, *read_rows(sheet)


def read_rows(sheet: Sheet) -> tuple[list[ParsedBookingRow], list[BookingRow]]:
    """The rows that make sense for themselves, and those that do not."""
    wanted: list[ParsedBookingRow] = []
    refused = [
        BookingRow(line=each.line, title="", become=BookingRowResult.REFUSED, faults=(each,)) for each in sheet.faults
    ]
    seen: dict[str, int] = {}
    for row in sheet.rows:
        found, faults = _Reader(row).read()
        if not faults and (twin := seen.setdefault(found.booking or found.reference, row.line)) != row.line:
            column = "id" if found.booking else "reference"
            faults = [CellFault(line=row.line, column=column, reason=f"line {twin} is the same booking")]
        if faults:
            title = row.cells.get("title", "")[:200]
            refused.append(
                BookingRow(line=row.line, title=title, become=BookingRowResult.REFUSED, faults=tuple(faults))
            )
        else:
            wanted.append(found)
    return wanted, refused


def booking_row(booking: Booking, reference: str, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """A booking as it stands in an export; reading it again changes nothing."""
    return {
        "id": booking.id,
        "reference": reference,
        "version": str(booking.version),
        "space": booking.space,
        "title": booking.title,
        "starts": written(booking.starts, zone),
        "ends": written(booking.ends, zone),
        "party": booking.party or "",
        "people": _number(booking.people),
        "layout": booking.layout or "",
        "seats": _number(booking.seats),
        "equipment": "; ".join(f"{need.equipment} {need.count}" for need in booking.equipment),
        "contact_name": booking.contact_name,
        "contact_phone": booking.contact_phone,
        "contact_email": booking.contact_email,
        "key_holder": booking.key_holder,
        "under_16s": _yes_or_no(booking.under_16s),
        "public": _yes_or_no(booking.public),
        "setup_min": _number(booking.setup_min),
        "cleardown_min": _number(booking.cleardown_min),
        "notes": booking.notes,
        "status": booking.status(now).value,
    }


EXPORTED = tuple(name for name in COLUMNS if name not in ("date", "start", "end"))


class _Reader:
    """One row and what is wrong with it."""

    def __init__(self, row: Row) -> None:
        self._line = row.line
        self._cells = row.cells
        self._faults: list[CellFault] = []

    def read(self) -> tuple[ParsedBookingRow, list[CellFault]]:
        starts, ends, timed = self._times()
        standing = self._standing()
        version = self._cell("version", _whole)
        given = self._given()
        booking = self._cells.get("id", "").casefold()
        said = msgspec.json.encode(
            [sorted((name, str(value)) for name, value in given.items()), starts, ends, standing]
        )
        wanted = ParsedBookingRow(
            line=self._line,
            booking=booking[:36],
            reference=self._reference(starts),
            version=version,
            given=given,
            starts=starts,
            ends=ends,
            timed=timed,
            standing=standing,
            said=self._cells.get("status", "").casefold(),
            fingerprint=hashlib.sha256(said).digest(),
        )
        return wanted, self._faults

    def _reference(self, starts: Moment | None) -> str:
        own = self._cells.get("reference", "")
        if len(own) > 200:
            self._wrong("reference", "must be at most 200 characters")
        if own:
            return own[:200]
        about = (self._cells.get("space", ""), self._cells.get("title", ""), starts)
        return f"row {hashlib.sha256(msgspec.json.encode(about)).hexdigest()[:32]}"

    def _times(self) -> tuple[Moment | None, Moment | None, tuple[str, str]]:
        """Of the two columns with date and time, or else of the three with date, start and end."""
        cells = self._cells
        if cells.get("starts") or cells.get("ends"):
            return self._cell("starts", read_when), self._cell("ends", read_when), ("starts", "ends")
        if not any(cells.get(name) for name in ("date", "start", "end")):
            return None, None, ("starts", "ends")
        day, start, end = self._cell("date", read_day), self._cell("start", read_clock), self._cell("end", read_clock)
        for name, found in (("date", day), ("start", start), ("end", end)):
            if found is None and not cells.get(name):
                self._wrong(name, "is empty; a booking needs a date, a start and an end")
        if day is None or start is None or end is None:
            return None, None, ("start", "end")
        return *span(day, start, end), ("start", "end")

    def _standing(self) -> RowStatus:
        said = self._cells.get("status", "").casefold()
        for words, standing in (
            (_CONFIRMED, RowStatus.CONFIRMED),
            (_WAITS, RowStatus.WAITS),
            (_CANCELLED, RowStatus.CANCELLED),
            (_KEPT, RowStatus.KEPT),
        ):
            if said in words:
                return standing
        self._wrong("status", f"{said[:40]!r} is none of: confirmed, requested, held, cancelled")
        return RowStatus.KEPT

    def _given(self) -> dict[str, object]:
        """The fields that the row has, in the form that ``Change`` has them."""
        cells = self._cells
        given: dict[str, object] = {name: cells[name] for name in ("title", *_TEXTS) if name in cells}
        for name in ("people", "seats", "setup_min", "cleardown_min"):
            if name in cells:
                given[name] = self._cell(name, _whole)
        for name in ("under_16s", "public"):
            if name in cells:
                given[name] = self._cell(name, _yes) or False
        if "party" in cells:
            said = cells["party"]
            given["party"] = (said if is_slug(said) else slug_of(said)) or None
            if said and given["party"] is None:
                self._wrong("party", f"{said[:40]!r} is no party; write its id")
        self._form(given)
        for name in ("space", "layout", "equipment"):
            if name in cells:
                given[name] = cells[name]
        if given.get("space") == "":
            self._wrong("space", "is empty")
        return given

    def _form(self, given: dict[str, object]) -> None:
        try:
            change = ChangeBody.model_validate(given).change()
        except ValidationError as error:
            for each in field_errors(error.errors()):
                self._wrong(each.field, each.message)
        else:
            given |= {name: getattr(change, name) for name in given}

    def _cell(self, name: str, read: Callable[[str], T]) -> T | None:
        """What a cell says; None where it is empty or makes no sense."""
        text = self._cells.get(name, "")
        if not text:
            return None
        try:
            return read(text)
        except ValueError as error:
            self._wrong(name, str(error))
            return None

    def _wrong(self, column: str, reason: str) -> None:
        self._faults.append(CellFault(line=self._line, column=column, reason=reason))


def _whole(text: str) -> int:
    plain = text.replace(",", "").removesuffix(".0")
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise ValueError(f"{text[:40]!r} is no whole number")
    return int(plain)


def _yes(text: str) -> bool:
    if text.casefold() not in _YES | _NO:
        raise ValueError(f"{text[:40]!r} is neither yes nor no")
    return text.casefold() in _YES


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
