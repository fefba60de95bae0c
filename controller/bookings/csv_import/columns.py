"""The columns of a CSV file of bookings, and its rows as requests. Pure."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.csv_import.model import ParsedBookingRow, RowStatus
from controller.bookings.csv_import.times import read_clock, read_day, read_when, span, written
from controller.bookings.diary.model import Booking
from controller.bookings.schemas import BookingUpdate
from controller.people.party_csv_rows import party_id_of
from controller.platform.csv_import.rows import CsvFormat, RowReader
from controller.platform.web.fields import Moment

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
    "listed_as": ("public title",),
    "event_kind": ("kind of event",),
    "about": ("public description",),
    "web_link": ("website",),
    "setup_min": ("set-up", "setup"),
    "cleardown_min": ("clear-down", "cleardown"),
    "notes": ("note", "remarks", "comments"),
    "status": ("state",),
}
"""Column -> what else it may be called."""

_STATUSES = {
    **dict.fromkeys(("", "confirmed", "booked", "arrived", "finished"), RowStatus.CONFIRMED),
    **dict.fromkeys(("requested", "held", "provisional", "tentative", "pending"), RowStatus.WAITS),
    **dict.fromkeys(("cancelled", "canceled"), RowStatus.CANCELLED),
    **dict.fromkeys(("declined", "released", "no show", "expired"), RowStatus.KEPT),
}
_NUMBERS = ("people", "seats", "setup_min", "cleardown_min")
_TEXTS = ("contact_name", "contact_phone", "contact_email", "key_holder", "notes", "listed_as", "about", "web_link")


def booking_row(booking: Booking, reference: str, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """A booking as exported; importing it again changes nothing."""
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
        "listed_as": booking.listed_as,
        "event_kind": booking.event_kind or "",
        "about": booking.about,
        "web_link": booking.web_link,
        "setup_min": _number(booking.setup_min),
        "cleardown_min": _number(booking.cleardown_min),
        "notes": booking.notes,
        "status": booking.status(now).value,
    }


EXPORTED = tuple(name for name in COLUMNS if name not in ("date", "start", "end"))


def _read(reader: RowReader) -> ParsedBookingRow:
    cells = reader.cells
    starts, ends, timed = _times(reader)
    status = reader.choice("status", _STATUSES) or RowStatus.KEPT
    version = reader.read("version", _whole)
    given = _given(reader)
    booking = cells.get("id", "").casefold()[:36]
    reference = _reference(reader, starts)
    reader.name = cells.get("title", "")[:200]
    named = "reference" if cells.get("reference") else "space, start and title; give each its own reference"
    reader.unique("id" if booking else "reference", booking or reference, said="id" if booking else named)
    said = msgspec.json.encode([sorted((name, str(value)) for name, value in given.items()), starts, ends, status])
    return ParsedBookingRow(
        line=reader.line,
        booking=booking,
        reference=reference,
        version=version,
        given=given,
        starts=starts,
        ends=ends,
        timed=timed,
        status=status,
        said=cells.get("status", "").casefold(),
        fingerprint=hashlib.sha256(said).digest(),
    )


def _reference(reader: RowReader, starts: Moment | None) -> str:
    own = reader.cells.get("reference", "")
    if len(own) > 200:
        reader.fault("reference", "must be at most 200 characters")
    if own:
        return own[:200]
    about = (reader.cells.get("space", ""), reader.cells.get("title", ""), starts)
    return f"row {hashlib.sha256(msgspec.json.encode(about)).hexdigest()[:32]}"


def _times(reader: RowReader) -> tuple[Moment | None, Moment | None, tuple[str, str]]:
    """Of the two columns with date and time, or else of the three with date, start and end."""
    cells = reader.cells
    if cells.get("starts") or cells.get("ends"):
        return reader.read("starts", read_when), reader.read("ends", read_when), ("starts", "ends")
    if not any(cells.get(name) for name in ("date", "start", "end")):
        return None, None, ("starts", "ends")
    day, start, end = reader.read("date", read_day), reader.read("start", read_clock), reader.read("end", read_clock)
    for name in ("date", "start", "end"):
        if not cells.get(name):
            reader.fault(name, "is empty; a booking needs a date, a start and an end")
    if day is None or start is None or end is None:
        return None, None, ("start", "end")
    return *span(day, start, end), ("start", "end")


def _given(reader: RowReader) -> dict[str, object]:
    """The fields that the row has, in the form that ``Change`` has them."""
    cells = reader.cells
    given: dict[str, object] = {name: cells[name] for name in ("title", *_TEXTS) if name in cells}
    given |= {name: reader.read(name, _whole) for name in _NUMBERS if name in cells}
    given |= {name: reader.yes(name) for name in ("under_16s", "public") if name in cells}
    if "event_kind" in cells:
        given["event_kind"] = cells["event_kind"].casefold() or None
    if "party" in cells:
        given["party"] = party_id_of(cells["party"])
        if cells["party"] and given["party"] is None:
            reader.fault("party", f"{cells['party'][:40]!r} is not a party's id")
    if body := reader.validated(BookingUpdate, given):
        change = body.change()
        given |= {name: getattr(change, name) for name in given}
    given |= {name: cells[name] for name in ("space", "layout", "equipment") if name in cells}
    if given.get("space") == "":
        reader.fault("space", "is empty")
    return given


def _whole(text: str) -> int:
    plain = text.replace(",", "").removesuffix(".0")
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise ValueError(f"{text[:40]!r} is not a whole number")
    return int(plain)


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


BOOKING_CSV = CsvFormat(columns=COLUMNS, needed=(frozenset({"id", "reference", "title"}),), read=_read)
