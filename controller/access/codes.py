"""Door codes and PINs: how one is chosen, which are too easy to guess, and how one is read out."""

import re
import secrets
from collections.abc import Callable

import msgspec

from edge.wire.credentials import CODE_LENGTH, CODE_LENGTH_MAX, OFFLINE_FIRST

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
    """A pattern that a regular expression tells."""
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


def trivial(code: str) -> bool:
    """Whether a passer-by would try it."""
    return pattern_of(code) != ""


def choose(length: int = CODE_LENGTH) -> str:
    """A random code of 4 to 8 digits that is not trivial and never begins with 9.

    Nine is kept for codes issued offline, so that the first digit tells a keypad the length.
    """
    while True:
        code = "".join(secrets.choice("0123456789") for _ in range(length))
        if code[0] != OFFLINE_FIRST and not trivial(code):
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
