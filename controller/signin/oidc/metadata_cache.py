"""What a provider publishes, kept for a while and fetched again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from edge.wire.clock import Clock

FAILED_S = 5.0
"""How long after a fetch that failed there is no other."""
LONGEST_S = 86_400.0
"""How long the last one is used while no newer one can be had: a key may have been withdrawn meanwhile."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class ProviderFault(Exception):
    """The provider cannot be used at present; says why, for who keeps the controller. No secret is in it."""


class Refreshed(Generic[T]):
    """One fetch at a time, of which all who wait have the result, also where it fails. Its age runs by the monotonic
    clock, so that a clock which was put right keeps nobody out. ``what``, ``provider``: for the log."""

    def __init__(self, what: str, provider: str, clock: Clock) -> None:
        self.value: T | None = None
        self._what, self._provider, self._clock = what, provider, clock
        self._fetched_at = self._failed_at = 0.0
        self._fault = ""
        self._fetching = asyncio.Lock()

    async def get(self, fetch: Callable[[], Awaitable[T]], kept_s: float) -> T:
        """It, no older than ``kept_s`` seconds; up to ``LONGEST_S`` where ``fetch`` fails. Raises
        ``ProviderFault``, as ``fetch`` does."""
        async with self._fetching:
            now = self._clock.monotonic()
            if self.value is not None and now - self._fetched_at < kept_s:
                return self.value
            if not self._fault or now - self._failed_at >= FAILED_S:
                await self._fetch(fetch)
            if self.value is None or (self._fault and now - self._fetched_at >= LONGEST_S):
                raise ProviderFault(self._fault)
            return self.value

    async def _fetch(self, fetch: Callable[[], Awaitable[T]]) -> None:
        try:
            self.value = await fetch()
        except ProviderFault as fault:
            self._fault, self._failed_at = str(fault), self._clock.monotonic()
            if self.value is not None:
                fields = {"action": "oidc", "provider": self._provider, "reason": self._fault, "what": self._what}
                log.warning("An OpenID provider could not be asked; what it said last is used", extra=fields)
        else:
            self._fault, self._fetched_at = "", self._clock.monotonic()
