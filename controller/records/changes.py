"""Notifies listeners inside one process that a site changed. ``records.change_log`` tells of other processes."""

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType

from controller.platform.text.request_id import REQUEST
from edge.wire.clock import real_s

MOST_REQUESTS = 20
"""How many ids of requests are kept for one site."""


class ChangeSubscription:
    """What has changed since it was last asked for; a site that changed often is named once.

    ``every_s``: how many real seconds lie at least between two namings of a site for what is booked there; the first
    is at once. ``estate``: to hear only of changes to sites themselves.
    """

    def __init__(self, changes: "Changes", *, every_s: float = 0.0, estate: bool = False) -> None:
        self._changes = changes
        self._every_s = every_s
        self._estate = estate
        self._sites: set[str] = set()
        self._requests: dict[str, dict[str, None]] = {}
        self._not_before: dict[str, float] = {}
        self._some = asyncio.Event()

    @property
    def waiting(self) -> bool:
        """Whether there is a site that has changed and was not yet returned."""
        return bool(self._sites)

    def __enter__(self) -> "ChangeSubscription":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hear no more. Idempotent."""
        self._changes.forget(self)

    def note(self, site: str, *, estate: bool) -> None:
        if (request := REQUEST.get()) is not None and len(known := self._requests.setdefault(site, {})) < MOST_REQUESTS:
            known[request] = None
        if estate:
            self._not_before.pop(site, None)
        if estate or not (self._estate or site in self._sites):  # one that is named already wakes nobody again
            self._sites.add(site)
            self._some.set()

    async def sites(self) -> frozenset[str]:
        """Wait until something has changed and return the sites, once each."""
        while not (due := self._due()):
            self._some.clear()
            first = min((self._not_before[site] for site in self._sites), default=None)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if first is None else first - real_s()):
                    await self._some.wait()
        self._not_before |= dict.fromkeys(due, real_s() + self._every_s)
        self._sites -= due
        return due

    def requests(self, site: str) -> tuple[str, ...]:
        """The ids of requests that have changed the site since this was asked, in order, the first few."""
        return tuple(self._requests.pop(site, ()))

    def _due(self) -> frozenset[str]:
        now = real_s()
        self._not_before = {site: at for site, at in self._not_before.items() if at > now}
        return frozenset(self._sites - self._not_before.keys())

    def pending(self) -> frozenset[str]:
        """The sites that changed and were not yet returned; does not wait."""
        changed, self._sites = frozenset(self._sites), set()
        return changed


class Changes:
    """Services call ``site_changed`` after their commit; the plan compiler and the live view listen."""

    def __init__(self) -> None:
        self._subscriptions: set[ChangeSubscription] = set()
        self.when_changed_here: list[Callable[[], None]] = []
        """Called after each change that this process has made."""

    def subscribe(self, *, every_s: float = 0.0, estate: bool = False) -> ChangeSubscription:
        """Receives every change from now on; close it, or use it in a ``with`` block."""
        subscription = ChangeSubscription(self, every_s=every_s, estate=estate)
        self._subscriptions.add(subscription)
        return subscription

    def forget(self, subscription: ChangeSubscription) -> None:
        self._subscriptions.discard(subscription)

    def site_changed(self, site: str, *, estate: bool = False, here: bool = True) -> None:
        """Bookings or hours of ``site`` are different from what they were, or it itself: ``estate``. ``here``: this
        process has changed them. Never waits."""
        for subscription in self._subscriptions:
            subscription.note(site, estate=estate)
        if here:
            self.wake_others()

    def wake_others(self) -> None:
        """This process has changed something that those who listen here know of already."""
        for follow in self.when_changed_here:
            follow()
