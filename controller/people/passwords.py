"""Passwords, hashed with Argon2id (RFC 9106) off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Two at a time, since each takes a processor and 64 MB for a moment."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(2)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Whether the password is the one that was hashed. None (no such user) takes as long, and is False."""
        if self._nobody is None:
            self._nobody = await self.hash("nobody has this password")
        async with self._turns:
            return await asyncio.to_thread(self._verify, password, hashed or self._nobody) and hashed is not None

    def _verify(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
