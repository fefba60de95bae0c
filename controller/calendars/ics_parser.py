"""Parses the text of an iCalendar file into components that know their line number (RFC 5545 3.1). What makes a whole
file unusable is an error; faults of single events are values.
"""

import re

import msgspec


class CalendarError(ValueError):
    """The file as a whole cannot be imported; nothing of it was written."""


class NotACalendar(CalendarError):
    """The bytes are no iCalendar file at all."""


class CalendarTooLarge(CalendarError):
    """The file is longer than an import may be."""


class CalendarTooSlow(CalendarError):
    """It would take too long to read."""


LIMIT_BYTES = 2_000_000
DEEPEST = 20
"""Most components inside each other."""
_ENDS = re.compile(rb"\r\n|\n|\r")
_NAME = re.compile(r"[A-Za-z0-9-]+(?=[:;])")


class ContentLine(msgspec.Struct, frozen=True, kw_only=True):
    """One content line after unfolding. ``number`` is where it begins in the file, from 1."""

    number: int
    text: str
    sound: bool = True

    @property
    def name(self) -> str:
        """The property's name in capitals; empty when this is no content line."""
        found = _NAME.match(self.text)
        return found.group().upper() if found else ""

    @property
    def value(self) -> str:
        """What follows the first colon outside quotes."""
        quoted = False
        for place, letter in enumerate(self.text):
            if letter == '"':
                quoted = not quoted
            elif letter == ":" and not quoted:
                return self.text[place + 1 :]
        return ""


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """A component of the calendar, without the components inside it unless it is a time zone. ``method``: the METHOD of
    its calendar in capitals. ``whole``: False where its end is missing, which is a fault of the file."""

    name: str
    line: int
    lines: tuple[ContentLine, ...]
    method: str = ""
    whole: bool = True

    @property
    def text(self) -> str:
        """The component as a text of its own, unfolded."""
        body = [f"BEGIN:{self.name}", *(line.text for line in self.lines), f"END:{self.name}"]
        return "\r\n".join(body) + "\r\n"

    def first(self, name: str) -> ContentLine | None:
        """The first line of that property."""
        return next((line for line in self.lines if line.name == name), None)

    def value(self, name: str) -> str:
        """The value of the first line of that property, stripped; empty where there is none."""
        line = self.first(name)
        return line.value.strip() if line else ""

    @property
    def uid(self) -> str | None:
        """Its UID, when it has one."""
        return self.value("UID") or None


class CalendarFault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was not imported: its line, its UID, why."""

    line: int
    uid: str | None
    reason: str


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """A file taken apart: its components in order and what could not be read."""

    components: tuple[Component, ...]
    faults: tuple[CalendarFault, ...]


def unfold(data: bytes) -> list[ContentLine]:
    """The content lines; bare LF and CR are taken too, though RFC 5545 3.1 wants CRLF.

    Bytes are joined before they are decoded, since a fold may split a character. What is not UTF-8 is read as
    Windows-1252 and not ``sound``.
    """
    numbered: list[tuple[int, bytearray]] = []
    for number, raw in enumerate(_ENDS.split(data), start=1):
        if raw[:1] in (b" ", b"\t") and numbered:
            numbered[-1][1].extend(raw[1:])
        elif raw.strip():
            numbered.append((number, bytearray(raw)))
    lines = []
    for number, joined in numbered:
        try:
            lines.append(ContentLine(number=number, text=joined.decode("utf-8")))
        except UnicodeDecodeError:
            lines.append(ContentLine(number=number, text=joined.decode("cp1252", errors="replace"), sound=False))
    return lines


def _refuse_other_things(lines: list[ContentLine]) -> None:
    start = next((line for line in lines if line.text.strip().upper() == "BEGIN:VCALENDAR"), None)
    if start is not None:
        return
    head = lines[0].text.lstrip()[:60] if lines else ""
    if head.startswith("<"):
        raise NotACalendar(
            "this is a web page, not a calendar; look for the address that ends in .ics, or export the calendar"
        )
    if not head:
        raise NotACalendar("the file is empty; export the calendar again")
    raise NotACalendar(f"no BEGIN:VCALENDAR in the file, which begins “{head}”; send an iCalendar (.ics) file")


def parse_components(data: bytes) -> Calendar:
    """The components of every VCALENDAR in ``data``.

    Raises ``NotACalendar`` and ``CalendarTooLarge``. Anything smaller than that is a fault with its line.
    """
    if len(data) > LIMIT_BYTES:
        raise CalendarTooLarge(
            f"the calendar is longer than {LIMIT_BYTES // 1_000_000} MB; export a shorter period and send that"
        )
    lines = unfold(data.removeprefix(b"\xef\xbb\xbf"))
    _refuse_other_things(lines)
    return _ComponentParser().take(lines)


class _ComponentParser:
    def __init__(self) -> None:
        self.components: list[Component] = []
        self.faults: list[CalendarFault] = []
        self.open: list[tuple[str, int]] = []
        self.body: list[ContentLine] = []
        self.method = ""

    def take(self, lines: list[ContentLine]) -> Calendar:
        for line in lines:
            name, what = line.name, line.value.strip().upper()
            if name == "BEGIN":
                self._begin(what, line)
            elif name == "END":
                self._end(what, line)
            elif not self.open:
                self._fault(line.number, "is outside BEGIN:VCALENDAR and END:VCALENDAR")
            elif len(self.open) == 2 or self._in_time_zone():
                self.body.append(line)
            elif name == "METHOD" and len(self.open) == 1:
                self.method = what
        while self.open:
            self._give_up("is never closed; the file may be cut short")
        return Calendar(components=tuple(self.components), faults=tuple(self.faults))

    def _in_time_zone(self) -> bool:
        return len(self.open) > 2 and self.open[1][0] == "VTIMEZONE"

    def _fault(self, number: int, reason: str) -> None:
        uid = next((line.value.strip() for line in self.body if line.name == "UID"), None)
        self.faults.append(CalendarFault(line=number, uid=uid, reason=reason))

    def _lose(self, depth: int, before: int) -> None:
        """Give up what is open beyond ``depth``: its end is missing before line ``before``."""
        while len(self.open) > depth:
            self._give_up(f"has no END:{self.open[-1][0]} before line {before}")

    def _give_up(self, why: str) -> None:
        """Close what was opened last; its end is missing."""
        lost, number = self.open.pop()
        self._fault(number, f"BEGIN:{lost} {why}")
        if len(self.open) == 1:
            self._add(lost, number, whole=False)

    def _add(self, name: str, number: int, *, whole: bool) -> None:
        body = tuple(self.body)
        self.components.append(Component(name=name, line=number, lines=body, method=self.method, whole=whole))
        self.body = []

    def _begin(self, what: str, line: ContentLine) -> None:
        # Neither holds another of its kind: what is open lost its end.
        if what == "VCALENDAR":
            self._lose(0, line.number)
            self.method = ""
        elif what == "VEVENT":
            self._lose(1, line.number)
        if len(self.open) >= DEEPEST:
            raise NotACalendar(
                f"on line {line.number} BEGIN:{what[:40]} is nested in {DEEPEST} others; a calendar has three levels"
            )
        self.open.append((what, line.number))
        if self._in_time_zone():
            self.body.append(line)

    def _end(self, what: str, line: ContentLine) -> None:
        places = [place for place, (name, _) in enumerate(self.open) if name == what]
        if not places:
            self._fault(line.number, f"END:{what} closes nothing that is open")
            return
        if self._in_time_zone():
            self.body.append(line)
        self._lose(places[-1] + 1, line.number)
        _, number = self.open.pop()
        if len(self.open) == 1:
            self._add(what, number, whole=True)
