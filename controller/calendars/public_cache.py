"""Keeps what everybody may read, as it was rendered, so that a crowd of readers costs one rendering."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from controller.changes import Changes
from controller.web.problem import TooMany
from edge.wire.clock import Clock

KEPT_S = 60
"""How long something is kept at most, by us and by browsers: what is on now changes with the time."""
_MOST = 500
_BURST = 60
_A_SECOND = 10
"""Renderings for addresses that are not kept; more are refused. A person reads a few, a crowd mostly the same ones."""


class _Kept(msgspec.Struct, frozen=True):
    site: str
    data: bytes
    at: datetime


class PublicCache:
    """Forgets what is of a site, and of all sites, as soon as the site changes."""

    def __init__(self, clock: Clock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes.subscribe()
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._allowed = float(_BURST)
        self._at = clock.monotonic()

    async def of(self, site: str, key: tuple[str, ...], make: Callable[[], Awaitable[bytes]]) -> bytes:
        """What is kept under the key, or what ``make`` returns. ``site``: empty for all sites. Raises ``TooMany``."""
        self._forget_changed()
        now = self._clock.now()
        found = self._kept.get(key)
        if found is not None and abs(now - found.at) < timedelta(seconds=KEPT_S):
            self._kept.move_to_end(key)
            return found.data
        self._spend()
        data = await make()
        if not self._forget_changed() & {site, ""}:  # else it may be older than the change
            self._kept[key] = _Kept(site, data, now)
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return data

    def _forget_changed(self) -> frozenset[str]:
        changed = self._changes.pending()
        if changed:
            changed |= {""}
            self._kept = OrderedDict((key, each) for key, each in self._kept.items() if each.site not in changed)
        return changed

    def _spend(self) -> None:
        now = self._clock.monotonic()
        self._allowed = min(self._allowed + max(now - self._at, 0.0) * _A_SECOND, _BURST)
        self._at = now
        if self._allowed < 1:
            raise TooMany("many people read this at the moment; try again in a few seconds")
        self._allowed -= 1
