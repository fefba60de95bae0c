"""Door codes and PINs: how one is chosen, which are too easy to guess, how one is read out, and what plans
get of them. ``unused_codes`` draws until nobody uses them at those doors."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from controller.platform.web.problem import Unavailable
from edge.wire.credentials import CODE_LENGTH, CODE_LENGTH_MAX, OFFLINE_FIRST, CredentialKind
from edge.wire.interval import Interval

Chooser = Callable[[int], str]
"""Draws a code of so many digits."""


_RUNS = frozenset(
    "".join(str((first + step * at) % 10) for at in range(length))
    for length in range(2, CODE_LENGTH_MAX + 1)
    for first in range(10)
    for step in (1, 2, 8, 9)
)
_DAY, _MONTH, _YEAR = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])", r"(?:19|20)\d\d"
_DAY_AND_MONTH = f"(?:{_DAY}{_MONTH}|{_MONTH}{_DAY})"
_LINES = ("147", "258", "369", "123", "456", "789", "159", "357", "2580", "1470", "3690", "0852")
_DRAWN = "|".join(line[::way] for line in _LINES for way in (1, -1))


def _doubled(code: str) -> bool:
    halves = code[::2]
    return len(code) % 2 == 0 and halves == code[1::2] and (halves in _RUNS or len(set(halves)) <= 2)


class EasyPattern(msgspec.Struct, frozen=True, kw_only=True):
    """A way in which a code is easy to guess. ``holds`` says whether a code is of it."""

    name: str
    holds: Callable[[str], object]
    examples: tuple[str, ...]


def _form(name: str, form: str, *examples: str) -> EasyPattern:
    """A pattern that a regular expression recognises."""
    return EasyPattern(name=name, holds=re.compile(form).fullmatch, examples=examples)


PATTERNS = (
    _form("one digit over and over", r"(\d)\1*", "0000", "555555"),
    EasyPattern(
        name="a run up or down, by ones or twos",
        holds=_RUNS.__contains__,
        examples=("1234", "654321", "890123", "2468"),
    ),
    _form(  # of two digits, of three, or half of the code
        "a group repeated",
        r"(\d)(\d)(?=\d)(?:\1\2)*\1?|(\d)(\d)(\d)(?=\d)(?:\3\4\5)*(?:\3\4?)?|(\d+)\6",
        *("1212", "123123", "12341234", "12312"),
    ),
    EasyPattern(
        name="the same forwards and backwards",
        holds=lambda code: code == code[::-1],
        examples=("1221", "482284", "12321"),
    ),
    EasyPattern(name="each digit twice, in order", holds=_doubled, examples=("1122", "112233", "224466", "7788")),
    EasyPattern(
        name="two digits only",
        holds=lambda code: len(code) >= 6 and len(set(code)) <= 2,
        examples=("112121", "7777772"),
    ),
    _form("a year", _YEAR, "1966", "2026"),
    _form(  # as people write it, also the American way round
        "a date",
        rf"{_DAY_AND_MONTH}(?:\d\d)?|\d\d{_MONTH}{_DAY}|{_DAY_AND_MONTH}{_YEAR}|{_YEAR}{_DAY_AND_MONTH}",
        *("2511", "1125", "251126", "261125", "25112026", "20261125"),
    ),
    _form(  # whole rows, columns or diagonals one after the other
        "lines on the keypad", rf"(?:{_DRAWN}){{1,3}}\d?", *("2580", "147258", "159357", "1470")
    ),
)
"""Codes that are never issued, and refused if somebody chooses one."""


def pattern_of(code: str) -> str:
    """The name of the pattern that a passer-by would try and that ``code`` is of; empty where it is of none."""
    return next((each.name for each in PATTERNS if each.holds(code)), "")


def choose(length: int = CODE_LENGTH) -> str:
    """A random code of 4 to 8 digits that is of no easy pattern and never begins with 9.

    Nine is kept for codes issued offline, so that the first digit tells a keypad the length.
    """
    while True:
        code = f"{secrets.randbelow(10**length):0{length}}"
        if code[0] != OFFLINE_FIRST and not pattern_of(code):
            return code


def spoken(code: str) -> str:
    """The code in groups, as people read it out: two of three, or of four, the first the longer one; an offline code
    as 9 and three of three."""
    if len(code) > 8:
        return " ".join((code[:1], code[1:4], code[4:7], code[7:]))
    if len(code) <= 4:
        return code
    half = (len(code) + 1) // 2
    return f"{code[:half]} {code[half:]}"


def masked(code: str) -> str:
    """The code as shown until somebody asks to see it: a third of its digits, enough to tell two codes apart."""
    return code[: len(code) // 3].ljust(len(code), "•")


class WantedGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A credential that is to be on a door. ``code_key``: ``edge.wire.credentials.code_key`` of it. ``new``: no plan
    has held it yet."""

    id: str
    booking_id: str
    door: str
    kind: CredentialKind
    code_key: bytes
    window: Interval
    hold_s: float | None
    new: bool = True


class NewGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A credential to write, one per door. ``owner``: who may share its code."""

    id: str
    booking_id: str
    owner: str
    door: str
    code_key: bytes
    window: Interval


class Codes(msgspec.Struct, frozen=True, kw_only=True):
    """The codes of one booking. ``by_door``: door -> its code; under "" the one for all doors, where there is one.
    ``changed_at``: when they replaced earlier codes; ``None``: they are the first. ``repr`` does not show them."""

    by_door: Mapping[str, str]
    changed_at: datetime | None = None

    def at(self, door: str) -> str:
        """The code at a door; empty where it has none there."""
        return self.by_door.get(door) or self.by_door.get("", "")

    @property
    def first(self) -> str:
        """The one code, or that of the first door by its id."""
        return self.by_door[min(self.by_door)]

    def lots(self, doors: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Each code with the doors that it opens, of those given, in their order."""
        found: dict[str, tuple[str, ...]] = {}
        for door in doors:
            if code := self.at(door):
                found[code] = (*found.get(code, ()), door)
        return list(found.items())

    def __repr__(self) -> str:
        return f"Codes({len(self.by_door)})"


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How a booking shares its codes: with whom, and whether each door has its own."""

    owner: str
    each_door: bool


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """How codes are given to the bookings of a space. ``lengths``: door -> digits. ``windows``: booking -> when its
    code opens, lead-in and lag included. ``owners``: booking -> who shares its code; itself where it is not named.
    ``each_door``: every door has a code of its own."""

    lengths: Mapping[str, int]
    windows: Mapping[str, Interval]
    owners: Mapping[str, str] = {}
    each_door: bool = False

    def owner(self, booking: str) -> str:
        return self.owners.get(booking, booking)

    def keeping(self, open_now: Mapping[str, Interval]) -> "Issue":
        """The same, where no window that is open now is cut: it lasts from the earlier start to the later end."""
        windows = {
            each: Interval(start=min(window.start, running.start), end=max(window.end, running.end))
            if (running := open_now.get(each)) is not None
            else window
            for each, window in self.windows.items()
        }
        return msgspec.structs.replace(self, windows=windows)

    def lots(self) -> list[tuple[str, ...]]:
        """Groups of doors that share a code: doors with codes of one length, or each door alone."""
        if self.each_door:
            return [(door,) for door in self.lengths]
        by_length: dict[int, tuple[str, ...]] = {}
        for door, length in self.lengths.items():
            by_length[length] = (*by_length.get(length, ()), door)
        return list(by_length.values())


class CodeRow(NamedTuple):
    """A code as it is stored. ``door``: "" where it is for all of the booking's."""

    booking_id: str
    door: str
    owner: str
    sealed: bytes
    changed_at: datetime | None


class CodeWindow(NamedTuple):
    """When the code of a booking opens a door, and when it was ended early."""

    booking_id: str
    door: str
    starts: datetime
    ends: datetime
    ended_at: datetime | None


class IssuedCodes(msgspec.Struct, frozen=True, kw_only=True):
    """The codes that a booking was given, and what was written for it."""

    codes: Codes
    grants: tuple[NewGrant, ...]


CODE_OVERLAP = "code_claims_no_overlap"
"""Name of the constraint and of what the triggers raise."""


class NoCodeLeft(Unavailable, kind="no-code-left"):
    """Every code that was tried is in use at one of the doors."""

    def __init__(self, site: str, tries: int) -> None:
        super().__init__(f"{tries} codes in a row are in use at the doors of {site!r}; try again")
