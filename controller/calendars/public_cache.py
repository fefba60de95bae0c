"""Keeps what everybody may read, as it was rendered, so that a crowd of readers costs one rendering."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from controller.estate.errors import SiteUnknown
from controller.platform.web.problem import TooMany
from controller.records.changes import Changes
from edge.wire.clock import Clock

KEPT_S = 60
"""How long something is kept at most, by us and by browsers: what is on now changes with the time."""
_MOST = 500
_NETWORKS = 2000
_BURST = 60
_A_SECOND = 10
"""Renderings of what is not kept, for one network; more are refused. A person reads few, a crowd mostly the same."""


class _Kept(msgspec.Struct, frozen=True):
    site: str
    data: bytes
    at: datetime


class _Making(msgspec.Struct, frozen=True):
    site: str
    task: asyncio.Task[bytes]


class _Allowance(msgspec.Struct):
    left: float
    at: float


class PublicCache:
    """What is of a site, and of all sites, is old as soon as the site changes. What is rendered is rendered once, for
    all who wait for it."""

    def __init__(self, clock: Clock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes.subscribe()
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._making: dict[tuple[str, ...], _Making] = {}
        self._allowances: OrderedDict[str, _Allowance] = OrderedDict()

    async def of(self, site: str, key: tuple[str, ...], make: Callable[[], Awaitable[bytes]], *, network: str) -> bytes:
        """What is kept under the key, or what ``make`` returns. ``site``: empty for all sites. ``network``: of who
        asks. Raises ``TooMany``."""
        self._forget_changed()
        found = self._kept.get(key)
        if found is not None and abs(self._clock.now() - found.at) < timedelta(seconds=KEPT_S):
            self._kept.move_to_end(key)
            return found.data
        making = self._making.get(key)
        if making is None:
            if not self._spend(network):
                if found is not None:
                    return found.data
                raise TooMany("many people read this at the moment; try again in a few seconds")
            task = asyncio.create_task(self._make(site, key, make, network))
            making = self._making[key] = _Making(site, task)
        return await asyncio.shield(making.task)  # others may wait for it too

    async def _make(self, site: str, key: tuple[str, ...], make: Callable[[], Awaitable[bytes]], network: str) -> bytes:
        task, now = asyncio.current_task(), self._clock.now()
        try:
            data = await make()
            self._forget_changed()
            if self._is_making(key, task):  # else the site has changed meanwhile
                self._kept[key] = _Kept(site, data, now)
                self._kept.move_to_end(key)
                while len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
            return data
        except SiteUnknown:
            if network in self._allowances:
                self._allowances[network].left += 1  # it cost one look-up
            raise
        finally:
            if self._is_making(key, task):
                del self._making[key]

    def _is_making(self, key: tuple[str, ...], task: asyncio.Task[bytes] | None) -> bool:
        return key in self._making and self._making[key].task is task

    def _forget_changed(self) -> None:
        changed = self._changes.pending()
        if changed:
            changed |= {""}
            self._making = {key: each for key, each in self._making.items() if each.site not in changed}
            self._kept = OrderedDict((key, each) for key, each in self._kept.items() if each.site not in changed)

    def _spend(self, network: str) -> bool:
        now = self._clock.monotonic()
        one = self._allowances.setdefault(network, _Allowance(float(_BURST), now))
        self._allowances.move_to_end(network)
        while len(self._allowances) > _NETWORKS:
            self._allowances.popitem(last=False)
        one.left = min(one.left + max(now - one.at, 0.0) * _A_SECOND, _BURST)
        one.at = now
        if one.left < 1:
            return False
        one.left -= 1
        return True
