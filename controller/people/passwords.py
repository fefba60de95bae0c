"""Passwords, hashed with Argon2id (RFC 9106) off the event loop."""

import asyncio
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from controller.people.errors import Busy
from controller.platform.web.problem import invalid_field

_FEWEST_LETTERS = 5
"""Different ones."""
_SHORTEST_NAME = 4
_OURS = "hallkeeper"


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


LINE_LENGTH = 20
"""How many strangers may wait, the one that is looked at among them."""

REFUSAL_PAUSE_S = 1.0
"""For how long the answer to a stranger who is refused without a look at the password is held back. Otherwise a flood
asks again as fast as it is refused, and everybody else's requests wait behind it."""
_MOST_HELD_BACK = 500
"""Answers at a time: more connections are not kept open for it."""


class Passwords:
    """Each hash takes a processor and 64 MB for a moment. Unknown clients therefore wait in one bounded queue and known
    ones in another: however many are guessing, a client that has signed in before comes next."""

    def __init__(self, hasher: PasswordHasher | None = None, *, pause_s: float = REFUSAL_PAUSE_S) -> None:
        self.breached: Container[str] = frozenset()
        """Those known from breaches, where the operator has a list."""
        self._hasher = hasher or PasswordHasher()
        self._pause_s = pause_s
        self._held_back = 0
        self._known = asyncio.Semaphore(1)
        self._strangers = asyncio.Semaphore(1)
        self._waiting = 0
        self._nobody: str | None = None

    def require_strong(self, password: str, user: str, *, field: str = "password") -> None:
        """Raises ``Invalid`` naming ``field`` for a password that is easy to guess."""
        why = weakness(password, user) or ("it is known from a breach" if password in self.breached else "")
        if why:
            hint = "take another, such as four words that nobody links"
            raise invalid_field(field, f"is too easy to guess: {why}; {hint}")

    async def hash(self, password: str) -> str:
        async with self._known:
            return await asyncio.to_thread(self._hasher.hash, password)

    def require_room(self) -> None:
        """Raises ``Busy`` where the strangers' line is full."""
        if self._waiting >= LINE_LENGTH:
            raise Busy

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A stranger's turn, for which they have waited in the line: one at a time is looked at. Raises ``Busy``."""
        self.require_room()
        self._waiting += 1
        try:
            async with self._strangers:
                yield
        finally:
            self._waiting -= 1

    async def hold_back(self) -> None:
        """Wait before a stranger is refused."""
        if self._held_back >= _MOST_HELD_BACK:
            return
        self._held_back += 1
        try:
            await asyncio.sleep(self._pause_s)
        finally:
            self._held_back -= 1

    async def fits(self, password: str, hashed: str | None, *, known: bool = True) -> bool:
        """Whether the password is the one that was hashed. None (no such user) takes as long, and is False. ``known``:
        whether who asks is no stranger; for those it is their ``turn``."""
        if self._nobody is None:
            self._nobody = await self.hash("nobody has this password")
        if not known:
            return await self._compare(password, hashed)
        async with self._known:
            return await self._compare(password, hashed)

    async def _compare(self, password: str, hashed: str | None) -> bool:
        assert self._nobody is not None
        return await asyncio.to_thread(self._verify, password, hashed or self._nobody) and hashed is not None

    def _verify(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
