"""Door codes and PINs: how one is chosen, which are too easy to guess, and how one is read out."""

import secrets
from collections.abc import Callable
from itertools import pairwise

import msgspec

from edge.wire.credentials import CODE_LENGTH, OFFLINE_FIRST

Chooser = Callable[[int], str]
"""Draws a code of so many digits."""


def _steps(code: str) -> list[int]:
    return [(int(right) - int(left)) % 10 for left, right in pairwise(code)]


def _one_digit(code: str) -> bool:
    return len(set(code)) == 1


def _run(code: str) -> bool:
    steps = set(_steps(code))
    return len(steps) == 1 and steps <= {1, 9, 2, 8}


def _repeated(code: str) -> bool:
    """A group of one to three digits over and over, or twice the same half."""
    sizes = {2, 3, len(code) // 2 if len(code) % 2 == 0 else 2}
    return any(code == (code[:size] * len(code))[: len(code)] for size in sizes if size < len(code))


def _mirrored(code: str) -> bool:
    return code == code[::-1]


def _doubled(code: str) -> bool:
    """Each digit of a run twice: 112233."""
    halves = code[::2]
    return len(code) % 2 == 0 and halves == code[1::2] and (_run(halves) or len(set(halves)) <= 2)


def _few(code: str) -> bool:
    """Two digits only, in a code of six or more."""
    return len(code) >= 6 and len(set(code)) <= 2


def _year(code: str) -> bool:
    return len(code) == 4 and 1900 <= int(code) <= 2099


def _month_and_day(one: str, other: str) -> bool:
    return 1 <= int(one) <= 31 and 1 <= int(other) <= 12


def _date(code: str) -> bool:
    """A day as people write it: 2511, 251126, 261125, 25112026, 20261125; also the American way round."""
    if len(code) == 4:
        return _month_and_day(code[:2], code[2:]) or _month_and_day(code[2:], code[:2])
    if len(code) == 6:
        first, middle, last = code[:2], code[2:4], code[4:]
        ways = ((first, middle), (middle, first), (last, middle))
        return any(_month_and_day(day, month) for day, month in ways)
    if len(code) == 8:
        ends = (code[4:], code[:2], code[2:4]), (code[:4], code[6:], code[4:6])
        return any(_year(year) and (_month_and_day(a, b) or _month_and_day(b, a)) for year, a, b in ends)
    return False


_LINES = ("147", "258", "369", "123", "456", "789", "159", "357", "2580", "1470", "3690", "0852")
_DRAWN = frozenset(line[::way] for line in _LINES for way in (1, -1))


def _on_the_keypad(code: str) -> bool:
    """Whole rows, columns or diagonals of the keypad one after the other: 147258, 2580, 159357."""
    whole = {""}
    for _ in range(3):
        whole |= {done + line for done in whole for line in _DRAWN if code.startswith(done + line)}
    return code in whole or any(len(code) - len(done) == 1 and done for done in whole)


class EasyPattern(msgspec.Struct, frozen=True, kw_only=True):
    """A way in which a code is easy to guess. ``holds`` says whether a code is of it."""

    name: str
    holds: Callable[[str], bool]
    examples: tuple[str, ...]


PATTERNS = (
    EasyPattern(name="one digit over and over", holds=_one_digit, examples=("0000", "555555")),
    EasyPattern(name="a run up or down, by ones or twos", holds=_run, examples=("1234", "654321", "890123", "2468")),
    EasyPattern(name="a group repeated", holds=_repeated, examples=("1212", "123123", "12341234", "12312")),
    EasyPattern(name="the same forwards and backwards", holds=_mirrored, examples=("1221", "482284", "12321")),
    EasyPattern(name="each digit twice, in order", holds=_doubled, examples=("1122", "112233", "224466", "7788")),
    EasyPattern(name="two digits only", holds=_few, examples=("112121", "7777772")),
    EasyPattern(name="a year", holds=_year, examples=("1966", "2026")),
    EasyPattern(name="a date", holds=_date, examples=("2511", "1125", "251126", "261125", "25112026", "20261125")),
    EasyPattern(name="lines on the keypad", holds=_on_the_keypad, examples=("2580", "147258", "159357", "1470")),
)
"""What is never given out, and refused where somebody chooses for themselves."""


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
