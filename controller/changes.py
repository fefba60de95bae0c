"""Who wants to know that a site changed: a tiny notifier inside one process."""

import asyncio
from types import TracebackType


class Subscription:
    """What has changed since it was last asked for; a site that changed often is named once."""

    def __init__(self, changes: "Changes") -> None:
        self._changes = changes
        self._sites: set[str] = set()
        self._some = asyncio.Event()

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hear no more. Idempotent."""
        self._changes.forget(self)

    def note(self, site: str) -> None:
        self._sites.add(site)
        self._some.set()

    async def sites(self) -> frozenset[str]:
        """Wait until something has changed and return the sites, once each."""
        await self._some.wait()
        return self.pending()

    def pending(self) -> frozenset[str]:
        """The sites that changed and were not yet returned; does not wait."""
        self._some.clear()
        changed, self._sites = frozenset(self._sites), set()
        return changed


class Changes:
    """Services call ``site_changed`` after their commit; the plan compiler and the live view listen."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    def subscribe(self) -> Subscription:
        """Hears of every change from now on; close it, or use it in a ``with`` block."""
        subscription = Subscription(self)
        self._subscriptions.add(subscription)
        return subscription

    def forget(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)

    def site_changed(self, site: str) -> None:
        """Bookings, hours or estate of ``site`` are different from what they were; never waits."""
        for subscription in self._subscriptions:
            subscription.note(site)
