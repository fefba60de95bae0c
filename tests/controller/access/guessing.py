"""What a guess at a keypad is worth, worked out from the constants in the code; the tables of docs/codes.md."""

from functools import cache

from controller.access.code_generation import PATTERNS, pattern_of
from edge.wire.credentials import OFFLINE_FIRST, OFFLINE_LENGTH
from edge.wire.offline_codes import QUARTERS_MAX, SLOTS

LENGTHS = (4, 5, 6)
"""Counted one by one; every digit more makes it ten times as many."""
OFFLINE_SPACE = 10 ** (OFFLINE_LENGTH - 1)
OFFLINE_FITTING = SLOTS * sum(1 for start in range(QUARTERS_MAX) for end in range(1, QUARTERS_MAX + 1) if start < end)
"""Windows of one moment: begun up to 47 quarter hours ago and not over."""


@cache
def space(length: int) -> int:
    """How many codes of so many digits can be given out."""
    codes = (f"{code:0{length}}" for code in range(10**length))
    return sum(1 for code in codes if code[0] != OFFLINE_FIRST and not pattern_of(code))


def patterns() -> str:
    return "\n".join(f"| {each.name} | {', '.join(each.examples)} |" for each in PATTERNS)


def guesses() -> str:
    rows = [(live, length) for length in LENGTHS for live in (1, 10)]
    return "\n".join(
        f"| {live} of {length} digits | {space(length):,} | once in {round(space(length) / live):,} tries |"
        for live, length in rows
    )


def offline_once() -> str:
    return f"{round(OFFLINE_SPACE / OFFLINE_FITTING):,}"
