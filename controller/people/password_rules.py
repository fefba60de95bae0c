"""Which passwords are refused: those that are tried first (NIST SP 800-63B, 3.1.1.2)."""

from functools import cache
from pathlib import Path

from controller.web.problem import invalid_field

_FEWEST_LETTERS = 5
"""Different ones."""
_SHORTEST_NAME = 4
_OURS = "hallkeeper"


def require_strong(password: str, user: str, *, field: str = "password") -> None:
    """Raises ``Invalid`` naming ``field`` for a password that is easy to guess."""
    why = weakness(password, user)
    if why:
        raise invalid_field(field, f"is too easy to guess: {why}; take another, such as four words that nobody links")


def weakness(password: str, user: str) -> str:
    """Why a password is easy to guess; empty where it is not. Length is another's matter."""
    plain = password.strip().casefold()
    if plain in _common():
        return "it is among the passwords that are tried first"
    names = [name for name in (*user.casefold().split(), _OURS) if len(name) >= _SHORTEST_NAME]
    rest = plain
    for name in names:
        rest = rest.replace(name, "")
    if rest != plain and sum(letter.isalpha() for letter in rest) < _FEWEST_LETTERS:
        return "it is little more than a name"
    if len(set(plain)) < _FEWEST_LETTERS:
        return f"it has fewer than {_FEWEST_LETTERS} different characters"
    return ""


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
