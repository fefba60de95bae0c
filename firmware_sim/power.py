"""Power cuts: a Pi without power is ended at once (kill -9), and boots when the power is back."""

from collections.abc import Callable, Mapping
from typing import Protocol

from firmware_sim.child_process import Child


class _Rebooted(Protocol):
    def booted(self, site: str) -> None: ...


class PoweredHub(Protocol):
    """The Pis' processes. ``started`` is called when one has been started."""

    @property
    def pis(self) -> Mapping[str, Child]: ...

    @property
    def gate(self) -> _Rebooted: ...

    @property
    def started(self) -> Callable[[], None]: ...


class PowerSupply:
    """The power of each site's Pi."""

    def __init__(self, hub: PoweredHub) -> None:
        self._hub = hub
        self._off: set[str] = set()

    async def switch(self, site: str, on: bool) -> None:
        """Cut a Pi's power (kill -9) or restore it."""
        hub, pi = self._hub, self._hub.pis[site]
        if on:
            self._off.discard(site)
            if not pi.running:
                hub.gate.booted(site)
                await pi.start()
                hub.started()
        else:
            self._off.add(site)
            await pi.kill()

    def is_off(self, site: str) -> bool:
        """Whether the site's power was switched off."""
        return site in self._off
