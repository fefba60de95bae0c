"""The agent's part in an update: takes the controller's order, fetches the package, waits for a time at which nobody
needs the doors, asks the helper to install it, and says whether the version on trial works.

It checks signature and version, as the helper does again. It never installs anything itself: it has no right to.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import timedelta

import msgspec

from edge.doors.door_io import DoorIo
from edge.runtime import Runtime
from edge.system.disk_room import LEAST_FREE
from edge.system.durable_files import Files
from edge.system.liveness import OUTSIDE_STUCK_S, Wake, wait_first
from edge.updates.download import TRIES, Download
from edge.updates.handover import FOLDER, HEALTHY, PACKAGE_FILE, RELEASE, REQUEST, Healthy, Request
from edge.updates.host import UpdateHost
from edge.updates.slots import STATE, Result, SlotState
from edge.wire.access_decision import ClockTrust
from edge.wire.codec import decode, encode
from edge.wire.envelope import Keyring, Purpose, open_envelope
from edge.wire.errors import ReleaseRefused, WireError
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval
from edge.wire.releases import (
    OpenedRelease,
    UpdateOrder,
    UpdatePhase,
    UpdateState,
    UpdateWanted,
    numbered,
    open_release,
)

log = logging.getLogger(__name__)

ORDER = f"{FOLDER}/order"
LOOK_S = 10.0
ASK_AGAIN_S = 20.0
"""After so long without a part the missing ones are asked for again."""
CLEAR_OF_BOOKINGS = timedelta(minutes=15)
"""Nothing is installed while a booking is in its window, nor so shortly before one."""
HELPER_WITHIN_S = 900.0
HEALTHY_AFTER_S = 20.0
"""A version on trial must have run for so long before it is said to work."""
_WRONG = frozenset({FaultCode.PLAN_DAMAGED, FaultCode.OUTPUT_ASTRAY})


@dataclass(eq=False, repr=False)
class Updater:
    """``host``: ``None`` where only a person can update this edge. ``controller_keys`` sign orders; ``version`` runs.
    ``publish_state`` and ``publish_wanted`` send. ``free``: bytes on the disk; ``None`` where that is not known."""

    runtime: Runtime
    _: KW_ONLY
    host: UpdateHost | None
    controller_keys: Keyring
    version: str
    machine_boot: Callable[[], str]
    doors: Callable[[], list[DoorIo]]
    publish_state: Callable[[UpdateState], None]
    publish_wanted: Callable[[UpdateWanted], None]
    free: Callable[[], int | None]

    def __post_init__(self) -> None:
        self._site, self._edge = self.runtime.config.site, self.runtime.config.edge
        self._order: UpdateOrder | None = None
        self._arrived: tuple[bytes, UpdateOrder] | None = None
        self._download: Download | None = None
        self._slot_state = SlotState()
        self._phase, self._why = UpdatePhase.NONE, ""
        self._said: UpdateState | None = None
        self._asked_mono = -ASK_AGAIN_S
        self._installing_since: float | None = None
        self._healthy_said = False
        self._greeted = False
        self._began = self.runtime.clock.monotonic()
        self.wake = Wake(OUTSIDE_STUCK_S)

    async def open(self) -> None:
        """Load the last order, before the network can bring an older one."""
        with contextlib.suppress(OSError, WireError):
            if (data := await asyncio.to_thread(self.runtime.files.read, ORDER)) is not None:
                self._order = decode(data, UpdateOrder)

    # Receiving

    def order(self, payload: bytes) -> None:
        """An order has arrived. An older one than the last is passed over. Raises ``WireError``."""
        order = open_envelope(
            payload,
            purpose=Purpose.UPDATE,
            kind=UpdateOrder,
            site=self._site,
            edge=self._edge,
            keys=self.controller_keys,
        )
        newest = self._arrived[1] if self._arrived is not None else self._order
        if newest is not None and order.number < newest.number:
            raise ReleaseRefused(f"order {order.number} is older than {newest.number}")
        if newest is None or order.number > newest.number:
            self._arrived = payload, order
            self.wake.set()

    def part(self, name: str, data: bytes) -> None:
        """A part of a package has arrived. Raises ``WireError``."""
        if self._download is not None and self._download.part(name, data):
            self._asked_mono = self.runtime.clock.monotonic()
            self.wake.set()

    def connected(self) -> None:
        """A connection begins: say how it is, and ask again for what is missing."""
        self._said = None
        self._greeted = False
        self._asked_mono = -ASK_AGAIN_S
        self.wake.set()

    def disconnected(self) -> None:
        self._greeted = False

    def greeted(self) -> None:
        """The controller has answered in this session."""
        self._greeted = True

    # Work

    async def run(self) -> None:
        """Follow the orders until cancelled. What the disk refuses is tried again."""
        while True:
            self.wake.clear()
            try:
                await self._work()
            except OSError as error:
                self._set(self._phase, f"the disk refuses: {error.strerror or error}")
            self._say()
            if self._phase is UpdatePhase.BY_HAND:
                await self.wake.wait()
            elif not self.wake.is_set():
                await wait_first(self.runtime.clock.sleep(LOOK_S), self.wake.wait())

    async def _work(self) -> None:
        host = self.host
        if host is None:
            self._set(UpdatePhase.BY_HAND)
            return
        await self._take_order()
        self._slot_state = await asyncio.to_thread(_slot_state, host.slots)
        if (trial := self._slot_state.trial) is not None and trial.failed is None and self._runs(trial.version):
            self._set(UpdatePhase.INSTALLING, "on trial")
            await self._say_healthy(trial.request)
            return
        if self._order is None or self._order.release is None:
            await self._forget()
            self._set(UpdatePhase.NONE)
            return
        try:
            release = self._opened(host, self._order.release)
        except WireError as error:
            self._set(UpdatePhase.REFUSED, str(error))
            return
        if self._runs(release.manifest.version):
            await self._forget()
            self._set(UpdatePhase.GOOD)
        elif not self._over(release):
            await self._follow(self._order, release)

    def _over(self, release: OpenedRelease) -> bool:
        """Whether the order has been dealt with, or can never be."""
        host, manifest = self.host, release.manifest
        assert host is not None
        outcome = self._slot_state.outcome
        if outcome is not None and outcome.request == self._request_id(release):
            self._installing_since = None
            ended = UpdatePhase.RETURNED if outcome.result is Result.RETURNED else UpdatePhase.REFUSED
            self._set(ended, outcome.why or "another version was installed since")
            return True
        here, made_for = (host.system, host.architecture), (manifest.system, manifest.architecture)
        if made_for != here:
            self._set(UpdatePhase.REFUSED, f"it is made for {' on '.join(made_for)}, and this is {' on '.join(here)}")
            return True
        if numbered(manifest.version) < numbered(self.version):
            self._set(UpdatePhase.REFUSED, f"{manifest.version} is older than {self.version}, which runs here")
            return True
        return False

    async def _follow(self, order: UpdateOrder, release: OpenedRelease) -> None:
        """Fetch the package, or have it installed as soon as that may be."""
        runtime = self.runtime
        download = self._download
        if download is None or download.manifest != release.manifest:
            download = self._download = Download(release.manifest, runtime.files)
            await download.open()
        try:
            await download.write()
        except OSError:
            await download.begin_again()
            raise
        if not download.complete:
            self._set(UpdatePhase.DOWNLOADING)
            free = await asyncio.to_thread(self.free)
            if free is not None and free < download.missing + LEAST_FREE:
                self._set(UpdatePhase.DOWNLOADING, "there is no room for it on the disk")
                return
            now = runtime.clock.monotonic()
            window = download.next_window(again=now - self._asked_mono >= ASK_AGAIN_S)
            if window is not None:
                self._asked_mono = now
                offset, parts = window
                sha256 = release.manifest.sha256
                self.publish_wanted(
                    UpdateWanted(site=self._site, edge=self._edge, sha256=sha256, offset=offset, parts=parts)
                )
            return
        if not download.sound:
            download.failures += 1
            runtime.count("release_refused")
            if download.failures >= TRIES:
                self._set(UpdatePhase.REFUSED, "what arrives is not the package that was signed")
                return
            await download.begin_again()
            self.wake.set()
        elif self._installing_since is not None:
            await self._wait_for_helper()
        elif (why := self._busy(order)) is not None:
            self._set(UpdatePhase.WAITING, why)
        else:
            await self._ask_helper(order, release)

    async def _ask_helper(self, order: UpdateOrder, release: OpenedRelease) -> None:
        files = self.runtime.files
        request = Request(id=self._request_id(release), machine_boot=self.machine_boot())
        await asyncio.to_thread(files.remove, HEALTHY)
        await asyncio.to_thread(files.replace, RELEASE, order.release or b"")
        await asyncio.to_thread(files.replace, REQUEST, encode(request))
        self._installing_since = self.runtime.clock.monotonic()
        self._set(UpdatePhase.INSTALLING)
        log.info("A release is handed to the helper", extra={"action": "update", "version": release.manifest.version})

    async def _wait_for_helper(self) -> None:
        assert self._installing_since is not None
        if self.runtime.clock.monotonic() - self._installing_since > HELPER_WITHIN_S:
            await asyncio.to_thread(self.runtime.files.remove, REQUEST)
            self._set(UpdatePhase.REFUSED, "the helper does not answer; look at hallkeeper-edge-update on the Pi")

    async def _say_healthy(self, request: str) -> None:
        """Say that the version on trial works, once it does."""
        if self._healthy_said or self._ill() is not None:
            return
        await asyncio.to_thread(self.runtime.files.replace, HEALTHY, encode(Healthy(request=request)))
        self._healthy_said = True
        log.info("The version on trial works", extra={"action": "update", "version": self.version})

    def _ill(self) -> str | None:
        """What the version on trial has not shown yet."""
        runtime = self.runtime
        if runtime.clock.monotonic() - self._began < HEALTHY_AFTER_S:
            return "it has only just begun"
        if not self._greeted:
            return "it has not reached the controller"
        if any(fault.code in _WRONG for _, fault in runtime.faults):
            return "a door or the plan is not as before"
        return "a part makes no progress" if runtime.stuck() else None

    def _busy(self, order: UpdateOrder) -> str | None:
        """Why the edge may not restart now; ``None`` if it may."""
        runtime = self.runtime
        now, plan = runtime.now(), runtime.plans.plan
        if runtime.trust is ClockTrust.UNPROVEN:
            return "the clock is not trusted"
        if not any(now in window for window in order.windows):
            return "it is not the time for it"
        if not self._greeted:
            return "the controller is not there"
        if plan is not None:
            soon = Interval(start=now, end=now + CLEAR_OF_BOOKINGS)
            if any(session.window.overlaps(soon) for session in plan.sessions):
                return "a booking is in its window, or about to be"
            if any(now in override.during for door in plan.doors.values() for override in door.overrides):
                return "a door is held open, locked down or out of service"
        if any(door.released or door.is_open for door in self.doors()):
            return "a door is open or unlocked"
        return None

    async def _take_order(self) -> None:
        """Put the order that has arrived in force, once it is on the disk. Raises ``OSError``."""
        if self._arrived is None:
            return
        _, order = self._arrived
        await asyncio.to_thread(self.runtime.files.replace, ORDER, encode(order))
        self._order, self._arrived = order, None
        self._installing_since = None
        if self._download is not None:
            self._download.failures = 0

    async def _forget(self) -> None:
        """Delete what no order needs any more."""
        self._download = self._installing_since = None
        files = self.runtime.files
        for name in await asyncio.to_thread(files.names, FOLDER):
            if name in (PACKAGE_FILE, RELEASE, REQUEST):
                await asyncio.to_thread(files.remove, name)

    def _opened(self, host: UpdateHost, release: bytes) -> OpenedRelease:
        return open_release(release, self._slot_state.keys or host.shipped)

    def _request_id(self, release: OpenedRelease) -> str:
        assert self._order is not None
        return f"{self._order.number}-{release.manifest.sha256[:16]}"

    def _runs(self, version: str) -> bool:
        return numbered(version) == numbered(self.version)

    # Saying

    def _set(self, phase: UpdatePhase, why: str = "") -> None:
        self._phase, self._why = phase, why[:300]

    def _say(self) -> None:
        """Publish what has changed; of a download every few parts."""
        order, download = self._order, self._download
        target = download.manifest.version if download is not None else None
        state = UpdateState(
            site=self._site,
            edge=self._edge,
            at=self.runtime.now(),
            version=self.version,
            system=self.host.system if self.host is not None else "",
            architecture=self.host.architecture if self.host is not None else "",
            number=order.number if order is not None else 0,
            phase=self._phase,
            target=target,
            received=_rounded(download) if download is not None else 0,
            why=self._why or None,
        )
        said = self._said
        if said is not None and msgspec.structs.replace(state, at=said.at) == said:
            return
        self._said = state
        self.publish_state(state)


def _rounded(download: Download) -> int:
    """What has been received, in whole MiB until all is there, so that not every part is reported."""
    return download.received if download.complete else download.received & -(1 << 20)


def _slot_state(slots: Files) -> SlotState:
    """What the helper has written; nothing where it cannot be read."""
    try:
        data = slots.read(STATE)
        return decode(data, SlotState) if data is not None else SlotState()
    except (OSError, WireError):
        return SlotState()
