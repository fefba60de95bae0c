"""A recurrence rule as people and programs write it, checked (RFC 5545 3.3.10). Pure."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.hours.recurrence.errors import Unbookable
from controller.hours.recurrence.rrule_evaluation import LONGEST_RULE, interval_of, last_wall
from controller.hours.recurrence.week_numbers import WEEKDAYS
from controller.platform.web.problem import invalid_field


class Frequency(StrEnum):
    SECONDLY = "SECONDLY"
    MINUTELY = "MINUTELY"
    HOURLY = "HOURLY"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


_NUMBERS = {
    "BYSECOND": (0, 59, False),
    "BYMINUTE": (0, 59, False),
    "BYHOUR": (0, 23, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYMONTH": (1, 12, False),
    "BYSETPOS": (1, 366, True),
}
"""Least, most, and whether it may be counted from the end. A 60th second is none that a diary has."""
_NAMES = frozenset(_NUMBERS) | {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}
_DAY = re.compile(r"(?P<nth>[+-]?\d{1,2})?(?P<day>MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)


class Weekday(msgspec.Struct, frozen=True, kw_only=True):
    """A day of BYDAY. ``nth``: which one of the month or year, from its end if below zero; 0 for each of them."""

    day: int  # 0 is Monday
    nth: int = 0


class RecurrenceRule(msgspec.Struct, frozen=True, kw_only=True):
    """``parts`` in the order they were written, values in capitals; ``COUNT`` and ``UNTIL`` are never both there."""

    parts: dict[str, str]

    @property
    def frequency(self) -> Frequency:
        return Frequency(self.parts["FREQ"])

    @property
    def interval(self) -> int:
        return int(self.parts.get("INTERVAL", "1"))

    @property
    def count(self) -> int | None:
        return int(self.parts["COUNT"]) if "COUNT" in self.parts else None

    @property
    def ends(self) -> bool:
        """Whether it says when it is over."""
        return "COUNT" in self.parts or "UNTIL" in self.parts

    def until(self, zone: ZoneInfo) -> datetime | None:
        """The last wall time that can be one of it; a date means the whole of that day, a UTC time that instant."""
        return last_wall(self.parts.get("UNTIL"), zone)

    def numbers(self, name: str) -> tuple[int, ...]:
        """The values of a part such as BYMONTH, each once, in order, those from the end last."""
        values = {int(each) for each in self.parts[name].split(",")} if name in self.parts else set()
        return tuple(sorted(values, key=lambda each: (each < 0, each)))

    @property
    def weekdays(self) -> tuple[Weekday, ...]:
        """The days of BYDAY as written, each once."""
        found = (_DAY.fullmatch(each) for each in self.parts["BYDAY"].split(",")) if "BYDAY" in self.parts else ()
        days = [Weekday(day=WEEKDAYS.index(each["day"]), nth=int(each["nth"] or 0)) for each in found if each]
        return tuple(dict.fromkeys(days))

    @property
    def text(self) -> str:
        """As RFC 5545 writes it, without the name of the property."""
        return ";".join(f"{name}={value}" for name, value in self.parts.items())

    @property
    def endless(self) -> str:
        """The same without its end: what is walked through."""
        return self.but(COUNT=None, UNTIL=None).text

    def but(self, **changed: str | None) -> "RecurrenceRule":
        """The rule with other parts; ``None`` takes one away."""
        kept = {name: value for name, value in self.parts.items() if name not in changed}
        return RecurrenceRule(parts=kept | {name: value for name, value in changed.items() if value is not None})


def read_rule(text: str) -> RecurrenceRule:
    """Reads “FREQ=WEEKLY;BYDAY=TU;COUNT=10”, also with “RRULE:” before it. Raises ``Invalid`` on ``rule``."""
    line = text.strip().upper().removeprefix("RRULE:").rstrip(";")
    if len(line) > LONGEST_RULE:
        raise invalid_field("rule", f"must be at most {LONGEST_RULE} characters")
    parts: dict[str, str] = {}
    for part in line.split(";"):
        name, _, value = (each.strip() for each in part.partition("="))
        if name not in _NAMES:
            raise invalid_field("rule", f"“{part[:30]}” is not part of a rule; write one like FREQ=WEEKLY;BYDAY=TU")
        if name in parts:
            raise invalid_field("rule", f"has {name} twice")
        parts[name] = value.replace(" ", "")
    _check(parts)
    return RecurrenceRule(parts=parts)


def _check(parts: dict[str, str]) -> None:
    if parts.get("FREQ") not in Frequency.__members__:
        raise invalid_field("rule", f"must have FREQ, one of {', '.join(reversed(Frequency))}")
    if "COUNT" in parts and "UNTIL" in parts:
        raise invalid_field("rule", "has both COUNT and UNTIL; one is allowed")
    for name, (least, most, backwards) in _NUMBERS.items():
        if name in parts:
            _check_numbers(name, parts[name].split(","), least, most, backwards=backwards)
    if "BYDAY" in parts:
        _check_days(parts["BYDAY"].split(","), parts["FREQ"], by_week="BYWEEKNO" in parts)
    if parts.get("WKST", "MO") not in WEEKDAYS:
        raise invalid_field("rule", f"WKST must be one of {', '.join(WEEKDAYS)}")
    if "BYSETPOS" in parts and not any(name in parts for name in (*_NUMBERS, "BYDAY") if name != "BYSETPOS"):
        raise invalid_field("rule", "BYSETPOS chooses among days; name them too, for instance by BYDAY")
    if "COUNT" in parts and not (_WHOLE.fullmatch(parts["COUNT"]) and int(parts["COUNT"]) > 0):
        raise invalid_field("rule", "COUNT must be a whole number above zero, of at most 9 digits")
    try:
        interval_of(parts)
        last_wall(parts.get("UNTIL"), ZoneInfo("UTC"))
    except Unbookable as error:
        raise invalid_field("rule", error.reason) from error


def _check_numbers(name: str, values: Iterable[str], least: int, most: int, *, backwards: bool) -> None:
    for value in values:
        number = int(value) if _WHOLE.fullmatch(value) else None
        if number is None or not least <= (abs(number) if backwards else number) <= most:
            back = f", or -{most} to -{least} from the end" if backwards else ""
            raise invalid_field("rule", f"{name} must be {least} to {most}{back}, not “{value[:20]}”")


def _check_days(values: Iterable[str], frequency: str, *, by_week: bool) -> None:
    for value in values:
        found = _DAY.fullmatch(value)
        nth = None if found is None else int(found["nth"] or 0)
        if found is None or nth is None or (found["nth"] is not None and not 1 <= abs(nth) <= 53):
            raise invalid_field(
                "rule", f"BYDAY must be days such as TU, or 2TU and -1FR in a month, not “{value[:20]}”"
            )
        if nth and by_week:
            raise invalid_field(
                "rule",
                f"BYDAY={value} counts days of the year and cannot be combined with BYWEEKNO, which counts weeks",
            )
        if nth and frequency not in ("MONTHLY", "YEARLY"):
            raise invalid_field(
                "rule", f"BYDAY={value} counts days of a month or year; it needs FREQ=MONTHLY or YEARLY"
            )
