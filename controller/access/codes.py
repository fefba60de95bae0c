"""Six-digit door codes: how one is chosen and how it is read out."""

import secrets
from collections.abc import Callable
from itertools import pairwise

LENGTH = 6

Chooser = Callable[[], str]


def trivial(code: str) -> bool:
    """Whether a passer-by would try it: one digit six times, or a straight run up or down."""
    steps = {(int(right) - int(left)) % 10 for left, right in pairwise(code)}
    return len(steps) == 1 and steps <= {0, 1, 9}


def choose() -> str:
    """A random code of six digits that is not trivial and never begins with 9.

    Nine is kept for codes issued offline, so that the first digit tells a keypad the length.
    """
    while True:
        code = secrets.choice("012345678") + "".join(secrets.choice("0123456789") for _ in range(LENGTH - 1))
        if not trivial(code):
            return code


def spoken(code: str) -> str:
    """The code in two groups of three, as people read it out."""
    return f"{code[:3]} {code[3:]}"
